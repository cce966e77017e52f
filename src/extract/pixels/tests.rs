//! One picture in every form that is decoded: a red corner at the top left, a black one
//! at the bottom right, white between them.

use std::fs;
use std::path::PathBuf;

use super::*;
use crate::extract::Limits;

/// A PNG file with these last five bytes of its header and these chunks.
pub(super) fn png_file(
    width: u32,
    height: u32,
    kind: [u8; 5],
    chunks: &[(&[u8; 4], &[u8])],
) -> Vec<u8> {
    let mut file = b"\x89PNG\r\n\x1A\n".to_vec();
    let size = [&width.to_be_bytes()[..], &height.to_be_bytes(), &kind].concat();
    for (kind, data) in [(b"IHDR", &size[..])].iter().chain(chunks).chain([&(b"IEND", &b""[..])]) {
        file.extend((data.len() as u32).to_be_bytes());
        file.extend(*kind);
        file.extend(*data);
        file.extend(crc32fast::hash(&[&kind[..], data].concat()).to_be_bytes());
    }
    file
}

fn sample(name: &str) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/pixels").join(name);
    fs::read(path).unwrap()
}

fn decoded(bytes: &[u8], page: u32) -> Result<Pixels, Gap> {
    pixels(bytes, page, 1_000_000, &mut Budget::new(Limits::default()))
}

/// What is seen near the four corners: top left and right, bottom left and right.
fn corners(pixels: &Pixels) -> [char; 4] {
    let (right, bottom) = (pixels.width - 3, pixels.height - 3);
    [(2, 2), (right, 2), (2, bottom), (right, bottom)].map(|(x, y)| {
        let at = ((y * pixels.width + x) * 4) as usize;
        match pixels.rgba[at..at + 4] {
            [200..=255, ..20, ..20, 255] => 'r',
            [..5, ..5, ..5, 255] => 'k',
            [250..=255, 250..=255, 250..=255, 255] => 'w',
            [60..70, 60..70, 60..70, 255] => 'g',
            _ => '?',
        }
    })
}

#[test]
fn every_kind_is_decoded_and_turned() {
    let upright = (48, 32);
    for (name, size, want) in [
        ("lzw.tif", upright, "rwwk"),
        ("deflate.tif", upright, "rwwk"),
        ("jpeg.tif", upright, "rwwk"),
        ("four-inks.tif", upright, "rwwk"),
        ("packbits-palette.tif", upright, "rwwk"),
        ("fax-group-3.tif", upright, "kwwk"),
        ("fax-group-4.tif", upright, "kwwk"),
        ("three-pages.tif", upright, "gwwk"),
        ("frame.gif", upright, "rwwk"),
        ("lossless.webp", upright, "rwwk"),
        ("colours.bmp", upright, "rwwk"),
        ("palette.bmp", upright, "rwwk"),
        ("two-colours.bmp", upright, "kwwk"),
        ("plain.jpg", upright, "rwwk"),
        ("progressive.jpg", upright, "rwwk"),
        ("grey.jpg", upright, "gwwk"),
        ("four-inks.jpg", upright, "rwwk"),
        // A quarter turn clockwise: the top left comes to the top right.
        ("turned.jpg", (32, 48), "wrkw"),
        ("turned.png", (32, 48), "wrkw"),
        ("turned.tif", (32, 48), "wrkw"),
        ("turned.webp", (32, 48), "wrkw"),
    ] {
        let made = decoded(&sample(name), 1).unwrap_or_else(|gap| panic!("{name}: {gap:?}"));
        assert_eq!((made.width, made.height), size, "{name}");
        assert_eq!(corners(&made).iter().collect::<String>(), want, "{name}");
    }
}

#[test]
fn pages_of_a_fax_are_told_apart() {
    let file = sample("three-pages.tif");
    let seen = |page| decoded(&file, page).map(|made| corners(&made).iter().collect::<String>());
    assert_eq!([1, 2, 3].map(|page| seen(page).unwrap()), ["gwwk", "kwwk", "rwwk"]);
    for page in [0, 4, u32::MAX] {
        assert_eq!(seen(page).unwrap_err().kind, GapKind::MissingPart, "{page}");
        assert_eq!(decoded(&sample("plain.jpg"), page).unwrap_err().kind, GapKind::MissingPart);
    }
}

#[test]
fn all_eight_orientations() {
    // Two columns, three rows: 1 2 / 3 4 / 5 6.
    let rgba: Vec<u8> = (1..=6).flat_map(|n| [n, 0, 0, 255]).collect();
    let made = || Pixels { width: 2, height: 3, rgba: rgba.clone(), more_frames: 0 };
    for (orientation, width, want) in [
        (1, 2, [1, 2, 3, 4, 5, 6]),
        (2, 2, [2, 1, 4, 3, 6, 5]),
        (3, 2, [6, 5, 4, 3, 2, 1]),
        (4, 2, [5, 6, 3, 4, 1, 2]),
        (5, 3, [1, 3, 5, 2, 4, 6]),
        (6, 3, [5, 3, 1, 6, 4, 2]),
        (7, 3, [6, 4, 2, 5, 3, 1]),
        (8, 3, [2, 4, 6, 1, 3, 5]),
        (9, 2, [1, 2, 3, 4, 5, 6]),
    ] {
        let turned = made().turned(orientation);
        let seen: Vec<u8> = turned.rgba.as_chunks::<4>().0.iter().map(|pixel| pixel[0]).collect();
        assert_eq!((turned.width, &seen[..]), (width, &want[..]), "{orientation}");
    }
}

#[test]
fn a_large_picture_is_made_smaller_and_a_huge_one_is_refused() {
    let made =
        Pixels::sampled((40, 20), 200, |x, _| if x < 20 { [0, 0, 0, 255] } else { [255; 4] });
    assert_eq!((made.width, made.height), (20, 10));
    assert_eq!(made.rgba[..4], [0, 0, 0, 255]);
    // What lets all through has no colour that counts.
    let made =
        Pixels::sampled((2, 2), 1, |x, _| if x == 0 { [9, 9, 9, 0] } else { [200, 0, 0, 255] });
    assert_eq!(made.rgba, [200, 0, 0, 127]);
    let huge = png_file(100_000, 100_000, [8, 2, 0, 0, 0], &[]);
    assert_eq!(decoded(&huge, 1).unwrap_err().kind, GapKind::Limit(Limit::Memory));
    let mut bitmap = sample("colours.bmp");
    bitmap[18..26].copy_from_slice(&[0xFF, 0xFF, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0x7F]);
    assert_eq!(decoded(&bitmap, 1).unwrap_err().kind, GapKind::Limit(Limit::Memory));
    let mut budget = Budget::new(Limits { steps: 10, ..Limits::default() });
    let spent = pixels(&sample("plain.jpg"), 1, 1000, &mut budget).unwrap_err();
    assert_eq!(spent.kind, GapKind::Limit(Limit::Time));
}

#[test]
fn whatever_breaks_is_a_picture_or_a_gap() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/pixels");
    let mut seen = 0;
    // A size that was changed is worth so many pixels and no more.
    let limits = Limits { steps: 100_000, ..Limits::default() };
    let decoded = |bytes: &[u8]| pixels(bytes, 1, 1_000_000, &mut Budget::new(limits.clone()));
    for entry in fs::read_dir(folder).unwrap() {
        let file = fs::read(entry.unwrap().path()).unwrap();
        seen += 1;
        for at in (0..file.len()).step_by(1 + file.len() / 60) {
            let _ = decoded(&file[..at]);
            for bits in [0x01, 0xFF] {
                let mut changed = file.clone();
                changed[at] ^= bits;
                if let Ok(made) = decoded(&changed) {
                    assert_eq!(made.rgba.len(), (made.width * made.height * 4) as usize);
                }
            }
        }
    }
    assert!(seen >= 20, "{seen}");
}
