//! Pages drawn.

use super::*;

/// A page, drawn with `scale` pixels to the point.
fn draw(pdf: &Pdf, number: u32, scale: f32, limits: Limits) -> Result<Bitmap, Gap> {
    let mut budget = Budget::new(limits);
    let (bytes, passwords) = (pdf.bytes(), Passwords::default());
    pdf_pages(&bytes, &passwords).draw(number, scale, &mut budget)
}

/// Red, green and blue of a pixel.
fn pixel(picture: &Bitmap, x: u32, y: u32) -> [u8; 3] {
    let at = (y * picture.width + x) as usize * 4;
    assert_eq!(picture.rgba[at + 3], 255);
    [picture.rgba[at], picture.rgba[at + 1], picture.rgba[at + 2]]
}

/// Share of a box that is darker than grey, in percent.
fn ink(picture: &Bitmap, [left, top, right, bottom]: [u32; 4]) -> u32 {
    let places = (top..bottom).flat_map(|y| (left..right).map(move |x| (x, y)));
    let dark = places.filter(|(x, y)| pixel(picture, *x, *y)[1] < 128).count() as u32;
    dark * 100 / ((right - left) * (bottom - top))
}

#[test]
fn what_is_drawn_stands_where_it_is_read() {
    // A red box, a picture of one grey pixel, half-transparent blue, and a line of text.
    let content = "1 0 0 rg 100 50 200 100 re f q 40 0 0 40 340 140 cm /Im Do Q \
        q /Half gs 0 0 1 rg 0 0 50 50 re f Q 0 g BT /F1 24 Tf 20 165 Td (MMMMMMMM) Tj ET";
    let pdf = Pdf::page(content)
        .change(3, "/Font", "/ExtGState<</Half<</ca .5>>>>/XObject<</Im 6 0 R>>/Font")
        .stream(
            "/Type/XObject/Subtype/Image/Width 1/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray",
            b"\x40",
        );
    for scale in [0.5, 1.0, 2.0] {
        let made = draw(&pdf, 1, scale, Limits::default()).unwrap();
        let at = |length: u32| (length as f32 * scale) as u32;
        assert_eq!((made.width, made.height, made.missing), (at(400), at(200), 0));
        assert_eq!(made.rgba.len(), (made.width * made.height * 4) as usize);
        // From the top left, in points: the page is 400 by 200.
        for (x, y, colour) in [
            (4, 60, [255; 3]),
            (200, 100, [255, 0, 0]),
            (102, 52, [255, 0, 0]),
            (297, 147, [255, 0, 0]),
            (96, 100, [255; 3]),
            (200, 155, [255; 3]),
            (360, 40, [64; 3]),
            (360, 70, [255; 3]),
        ] {
            assert_eq!(pixel(&made, at(x), at(y)), colour, "{x} {y} at {scale}");
        }
        let [red, green, blue] = pixel(&made, at(20), at(170));
        assert!((126..130).contains(&red) && red == green && blue == 255, "{red} {green} {blue}");
        // Where the reader finds the text there is ink, and beside it none.
        let read = read(&pdf);
        let bbox = read.text.blocks()[0].bbox.unwrap();
        let [x0, y0, x1, y1] = [bbox.x0, bbox.y0, bbox.x1, bbox.y1].map(|length| at(length as u32));
        let (words, beside) = ([x0, y0, x1, y1], [x1 + at(10), y0, at(330), y1]);
        assert!(ink(&made, words) > 15, "{words:?}: {}", ink(&made, words));
        assert_eq!(ink(&made, beside), 0, "{beside:?}");
    }
}

#[test]
fn drawing_is_bounded_and_says_what_it_lacks() {
    let pdf = Pdf::page("1 0 0 rg 0 0 400 200 re f");
    for (number, scale, kind) in [
        (2, 1.0, GapKind::MissingPart),
        (0, 1.0, GapKind::MissingPart),
        (u32::MAX, 1.0, GapKind::MissingPart),
        (1, 1000.0, GapKind::Limit(Limit::Memory)),
        (1, 0.0, GapKind::Limit(Limit::Memory)),
        (1, -1.0, GapKind::Limit(Limit::Memory)),
        (1, f32::NAN, GapKind::Limit(Limit::Memory)),
    ] {
        let gap = draw(&pdf, number, scale, Limits::default()).unwrap_err();
        assert_eq!(gap.kind, kind, "{number} {scale}");
    }
    let few = |steps| Limits { steps, ..Limits::default() };
    let time = GapKind::Limit(Limit::Time);
    assert_eq!(draw(&pdf, 1, 1.0, few(10)).unwrap_err().kind, time);
    assert!(draw(&pdf, 1, 1.0, few(20_000)).is_ok());
    // Little to read, much to paint: pages painted over and over, groups in groups.
    let much = "0 0 400 200 re f ".repeat(500);
    assert_eq!(draw(&Pdf::page(&much), 1, 1.0, few(20_000)).unwrap_err().kind, time);
    assert!(draw(&Pdf::page(&much), 1, 1.0, few(2_000_000)).is_ok());
    let group =
        "/Type/XObject/Subtype/Form/BBox[0 0 400 200]/Group<</S/Transparency/I true/K true>>";
    let mut nested = Pdf::page("/Half gs /G Do").change(
        3,
        "/Font",
        "/ExtGState<</Half<</ca .5/BM/Multiply>>>>/XObject<</G 6 0 R>>/Font",
    );
    for inner in 7..27 {
        let inside = format!(
            "{group}/Resources<</ExtGState<</Half<</ca .5/BM/Multiply>>>>/XObject<</G {inner} 0 R>>>>"
        );
        nested = nested.stream(&inside, b"/Half gs /G Do /G Do");
    }
    nested = nested.stream(group, b"0 0 400 200 re f");
    assert!(matches!(draw(&nested, 1, 1.0, few(100_000)).unwrap_err().kind, GapKind::Limit(_)));
    // Fonts that are nowhere: said, not passed over.
    let content = "BT /F2 20 Tf 30 100 Td <673A5BC6> Tj ET";
    let pdf = Pdf::page(content)
        .change(3, "/F1 5 0 R", "/F2 6 0 R")
        .with("<</Type/Font/Subtype/Type0/BaseFont/STSong/Encoding/UniGB-UCS2-H/DescendantFonts[7 0 R]>>")
        .with("<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 4>>>>");
    assert_eq!(draw(&pdf, 1, 1.0, Limits::default()).unwrap().missing, 2);
}

#[test]
fn damaged_pages_are_drawn_or_a_gap() {
    let content = "q 100 0 0 100 9 9 cm /Im Do Q BT /F1 24 Tf 20 165 Td (MM) Tj ET";
    let pdf = Pdf::page(content).change(3, "/Font", "/XObject<</Im 6 0 R>>/Font").stream(
        "/Type/XObject/Subtype/Image/Width 2/Height 2/BitsPerComponent 8/ColorSpace/DeviceGray",
        b"\x40\x50\x60\x70",
    );
    let whole = pdf.bytes();
    let passwords = Passwords::default();
    let mut drawn = 0;
    for at in (0..whole.len()).step_by(23) {
        let mut changed = whole.clone();
        changed[at] = b'0';
        for bytes in [&whole[..at], &changed] {
            let mut budget = Budget::new(Limits { steps: 100_000, ..Limits::default() });
            drawn += u32::from(pdf_pages(bytes, &passwords).draw(1, 0.25, &mut budget).is_ok());
        }
    }
    assert!(drawn > 10, "{drawn}");
}
