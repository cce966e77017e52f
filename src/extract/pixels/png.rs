//! PNG pictures (ISO/IEC 15948): all kinds of pixels, rows one after another or
//! interlaced, turned as their Exif data say.

use std::io::Read;

use flate2::read::ZlibDecoder;

use super::{Pixels, charge, damaged, orientation};
use crate::extract::{Budget, Metered};
use crate::model::{Gap, GapKind};

/// What the header says.
#[derive(Clone, Copy)]
struct Header {
    width: usize,
    height: usize,
    /// Bits of a sample.
    depth: usize,
    /// Samples of a pixel.
    samples: usize,
    /// 0 grey, 2 colours, 3 a palette, 4 grey and 6 colours with transparency.
    kind: u8,
    /// Whether it comes in seven passes (clause 8.2).
    interlaced: bool,
}

/// Chunks that matter.
#[derive(Default)]
struct Chunks {
    palette: Vec<u8>,
    /// Transparency of the palette's entries, or the colour that lets all through.
    alpha: Vec<u8>,
    data: Vec<u8>,
    /// Orientation, from 1.
    turn: u8,
    /// Frames that a moving picture has.
    frames: u32,
}

/// Rows of a pass: the column and row it begins at, and the ways to the next.
#[derive(Clone, Copy)]
struct Pass {
    first: (usize, usize),
    step: (usize, usize),
}

/// All pixels in one pass.
const PLAIN: &[Pass] = &[Pass { first: (0, 0), step: (1, 1) }];

/// The seven passes of Adam7.
const ADAM7: &[Pass] = &[
    Pass { first: (0, 0), step: (8, 8) },
    Pass { first: (4, 0), step: (8, 8) },
    Pass { first: (0, 4), step: (4, 8) },
    Pass { first: (2, 0), step: (4, 4) },
    Pass { first: (0, 2), step: (2, 4) },
    Pass { first: (1, 0), step: (2, 2) },
    Pass { first: (0, 1), step: (1, 2) },
];

impl Pass {
    /// Its columns and rows in a picture of that size; none where one is none.
    fn size(&self, header: &Header) -> (usize, usize) {
        let count =
            |all: usize, first: usize, step: usize| all.saturating_sub(first).div_ceil(step);
        let columns = count(header.width, self.first.0, self.step.0);
        let rows = count(header.height, self.first.1, self.step.1);
        if columns == 0 || rows == 0 { (0, 0) } else { (columns, rows) }
    }
}

/// Reads a picture, turned.
pub(super) fn read(bytes: &[u8], most: u32, budget: &mut Budget) -> Result<Pixels, Gap> {
    let header = header(bytes)?;
    charge(header.width as u64, header.height as u64, budget)?;
    let chunks = chunks(bytes);
    let passes = if header.interlaced { ADAM7 } else { PLAIN };
    let line = |columns: usize| (columns * header.samples * header.depth).div_ceil(8);
    let length = |pass: &Pass| {
        let (columns, rows) = pass.size(&header);
        (line(columns) + 1) * rows
    };
    let whole: usize = passes.iter().map(length).sum();
    let packed = chunks.data.len() as u64;
    let unpacked = ZlibDecoder::new(&chunks.data[..]).take(whole as u64);
    let (mut rows, lost) = Metered::new(unpacked, packed, budget).read_all();
    if let Some(gap) = lost.filter(|gap| matches!(gap.kind, GapKind::Limit(_))) {
        return Err(gap);
    }
    // What is there is shown, and the rest stays white.
    let mut starts = Vec::with_capacity(passes.len());
    let mut at = 0;
    for pass in passes {
        let end = (at + length(pass)).min(rows.len());
        let own = line(pass.size(&header).0);
        if let Some(rows) = rows.get_mut(at..end) {
            unfilter(rows, own, (header.samples * header.depth).div_ceil(8));
        }
        starts.push((at.min(end), end, own));
        at = end;
    }
    let size = (header.width, header.height);
    let pixels = Pixels::sampled(size, most, |x, y| {
        let on = |pass: &Pass| {
            let way = |at: usize, first: usize, step: usize| {
                at.checked_sub(first).filter(|way| way.is_multiple_of(step)).map(|way| way / step)
            };
            way(x, pass.first.0, pass.step.0).zip(way(y, pass.first.1, pass.step.1))
        };
        let found = passes.iter().zip(&starts).find_map(|(pass, start)| Some((on(pass)?, start)));
        let Some(((column, row), (start, end, line))) = found else { return [255; 4] };
        let from = start + row * (line + 1) + 1;
        let row = rows.get(from..from + line).filter(|_| from + line <= *end);
        row.map_or([255; 4], |row| pixel(&header, &chunks, row, column))
    });
    let more_frames = chunks.frames.saturating_sub(1);
    Ok(Pixels { more_frames, ..pixels.turned(chunks.turn) })
}

fn header(bytes: &[u8]) -> Result<Header, Gap> {
    let field = |at: usize| {
        let four: [u8; 4] = bytes.get(at..at + 4)?.try_into().ok()?;
        usize::try_from(u32::from_be_bytes(four)).ok()
    };
    let (Some(width), Some(height), Some(&[depth, kind, _, _, interlaced])) =
        (field(16), field(20), bytes.get(24..29))
    else {
        return Err(damaged("it breaks off in its header"));
    };
    let samples = match kind {
        0 | 3 => 1,
        2 => 3,
        4 => 2,
        6 => 4,
        _ => return Err(damaged("pixels of no known kind")),
    };
    let depths: &[u8] = match kind {
        0 => &[1, 2, 4, 8, 16],
        3 => &[1, 2, 4, 8],
        _ => &[8, 16],
    };
    if !depths.contains(&depth) || width == 0 || height == 0 {
        return Err(damaged("a header that makes no sense"));
    }
    let interlaced = interlaced != 0;
    Ok(Header { width, height, depth: depth.into(), samples, kind, interlaced })
}

fn chunks(bytes: &[u8]) -> Chunks {
    let mut chunks = Chunks { turn: 1, ..Chunks::default() };
    let mut at = 8;
    while let Some(head) = bytes.get(at..at + 8) {
        let length = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
        let end = (at + 8).saturating_add(length).min(bytes.len());
        let data = bytes.get(at + 8..end).unwrap_or_default();
        match &head[4..] {
            b"PLTE" => chunks.palette = data.to_vec(),
            b"tRNS" => chunks.alpha = data.to_vec(),
            b"eXIf" => chunks.turn = orientation::of_exif(data),
            b"fcTL" => chunks.frames += 1,
            b"IDAT" => chunks.data.extend(data),
            b"IEND" => break,
            _ => {}
        }
        at = end.saturating_add(4);
    }
    chunks
}

/// Undoes the filters of rows (clause 9), in place: the byte before each says which.
fn unfilter(rows: &mut [u8], line: usize, pixel: usize) {
    let mut above = vec![0; line];
    for row in rows.chunks_exact_mut(line + 1) {
        let Some((filter, row)) = row.split_first_mut() else { continue };
        for at in 0..row.len() {
            let left = if at < pixel { 0 } else { row[at - pixel] };
            let corner = if at < pixel { 0 } else { above[at - pixel] };
            let up = above[at];
            let guess = match filter {
                1 => left,
                2 => up,
                3 => left.midpoint(up),
                4 => paeth(left, up, corner),
                _ => 0,
            };
            row[at] = row[at].wrapping_add(guess);
        }
        above.copy_from_slice(row);
    }
}

fn paeth(left: u8, up: u8, corner: u8) -> u8 {
    let [a, b, c] = [left, up, corner].map(i16::from);
    let guess = a + b - c;
    let far = |from: i16| (guess - from).abs();
    match (far(a) <= far(b) && far(a) <= far(c), far(b) <= far(c)) {
        (true, _) => left,
        (false, true) => up,
        (false, false) => corner,
    }
}

/// A pixel of a row, from 0.
fn pixel(header: &Header, chunks: &Chunks, row: &[u8], x: usize) -> [u8; 4] {
    let raw = |number: usize| -> u16 {
        let at = x * header.samples + number;
        let byte = |at: usize| row.get(at).copied().unwrap_or_default();
        match header.depth {
            8 => byte(at).into(),
            16 => u16::from_be_bytes([byte(at * 2), byte(at * 2 + 1)]),
            depth => {
                let shift = 8 - depth - at * depth % 8;
                ((byte(at * depth / 8) >> shift) & ((1 << depth) - 1)).into()
            }
        }
    };
    let most = (1_u32 << header.depth) - 1;
    let part = |number: usize| (u32::from(raw(number)) * 255 / most) as u8;
    // One colour may be said to let all through (11.3.2.1).
    let hole = |number: usize| {
        let two = chunks.alpha.get(number * 2..number * 2 + 2)?.try_into().ok()?;
        Some(u16::from_be_bytes(two))
    };
    let is_hole = |count: usize| (0..count).all(|n| hole(n) == Some(raw(n)));
    let solid = |is_hole: bool| if is_hole { 0 } else { 255 };
    match header.kind {
        0 => [part(0), part(0), part(0), solid(is_hole(1))],
        2 => [part(0), part(1), part(2), solid(is_hole(3))],
        3 => {
            let index = usize::from(raw(0));
            let entry = |n: usize| chunks.palette.get(index * 3 + n).copied().unwrap_or_default();
            let alpha = chunks.alpha.get(index).copied().unwrap_or(255);
            [entry(0), entry(1), entry(2), alpha]
        }
        4 => [part(0), part(0), part(0), part(1)],
        _ => [part(0), part(1), part(2), part(3)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::Limits;
    use crate::extract::pixels::tests::png_file;
    use flate2::Compression;
    use flate2::write::ZlibEncoder;
    use std::io::Write;

    fn decoded(file: &[u8]) -> Result<Pixels, Gap> {
        read(file, 1000, &mut Budget::new(Limits::default()))
    }

    fn packed(rows: &[u8]) -> Vec<u8> {
        let mut packed = ZlibEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(rows).unwrap();
        packed.finish().unwrap()
    }

    #[test]
    fn what_was_written_is_read_whatever_breaks() {
        let rows = (0..5).flat_map(|y| {
            let row = (0..7).flat_map(move |x| [x * 7, 255 - y, 13]);
            std::iter::once(0).chain(row)
        });
        let data = packed(&rows.collect::<Vec<u8>>());
        let file = png_file(7, 5, [8, 2, 0, 0, 0], &[(b"IDAT", &data)]);
        let made = decoded(&file).unwrap();
        assert_eq!((made.width, made.height), (7, 5));
        assert_eq!(made.rgba[(3 * 7 + 2) * 4..][..4], [14, 252, 13, 255]);
        // Cut off or changed anywhere it is a picture of that size, or a gap.
        for at in 0..file.len() {
            let _ = decoded(&file[..at]);
            // Another size costs what it says; what is in the way of its sense is below.
            for bit in [1, 128].into_iter().filter(|_| !(16..24).contains(&at)) {
                let mut changed = file.clone();
                changed[at] ^= bit;
                if let Ok(read) = decoded(&changed) {
                    assert_eq!(read.rgba.len(), (read.width * read.height * 4) as usize);
                }
            }
        }
    }

    #[test]
    fn what_comes_in_seven_passes_is_the_same_picture() {
        let (width, height) = (11_usize, 9_usize);
        let grey = |x: usize, y: usize| (x * 20 + y * 3) as u8;
        let mut rows = Vec::new();
        let header = header(&png_file(11, 9, [8, 0, 0, 0, 1], &[])).unwrap();
        for pass in ADAM7 {
            let (columns, count) = pass.size(&header);
            for row in 0..count {
                rows.push(0);
                let y = pass.first.1 + row * pass.step.1;
                rows.extend((0..columns).map(|n| grey(pass.first.0 + n * pass.step.0, y)));
            }
        }
        assert_eq!(rows.iter().filter(|byte| **byte != 0).count(), width * height - 1);
        let data = packed(&rows);
        let made = decoded(&png_file(11, 9, [8, 0, 0, 0, 1], &[(b"IDAT", &data)])).unwrap();
        for (at, pixel) in made.rgba.as_chunks::<4>().0.iter().enumerate() {
            assert_eq!(pixel[0], grey(at % width, at / width), "{at}");
        }
    }

    #[test]
    fn every_filter_is_undone() {
        // Two rows of three grey pixels: what is stored for each filter gives 10 20 30 twice.
        for (filter, first, second) in [
            (0, [10, 20, 30], [10, 20, 30]),
            (1, [10, 10, 10], [10, 10, 10]),
            (2, [10, 20, 30], [0, 0, 0]),
            (3, [10, 15, 20], [5, 5, 5]),
            (4, [10, 10, 10], [0, 0, 0]),
        ] {
            let mut rows = [&[filter][..], &first, &[filter], &second].concat();
            unfilter(&mut rows, 3, 1);
            assert_eq!(
                (&rows[1..4], &rows[5..8]),
                (&[10, 20, 30][..], &[10, 20, 30][..]),
                "{filter}"
            );
        }
    }

    #[test]
    fn pixels_of_every_kind_are_read() {
        let header = |kind, samples, depth| Header {
            width: 2,
            height: 1,
            depth,
            samples,
            kind,
            interlaced: false,
        };
        let palette = || vec![0, 0, 0, 1, 2, 3];
        let chunks = Chunks { palette: palette(), alpha: vec![255, 0], ..Chunks::default() };
        let hole = Chunks { alpha: vec![0, 7], ..Chunks::default() };
        for (header, chunks, row, want) in [
            (header(0, 1, 1), &chunks, &[0b0100_0000][..], [255; 4]),
            (header(0, 1, 4), &chunks, &[0x0F][..], [255; 4]),
            (header(0, 1, 16), &chunks, &[0, 0, 9, 9][..], [9, 9, 9, 255]),
            (header(0, 1, 8), &hole, &[0, 7][..], [7, 7, 7, 0]),
            (header(2, 3, 8), &chunks, &[0, 0, 0, 1, 2, 3][..], [1, 2, 3, 255]),
            (header(3, 1, 8), &chunks, &[0, 1][..], [1, 2, 3, 0]),
            (header(4, 2, 8), &chunks, &[0, 0, 7, 255][..], [7, 7, 7, 255]),
            (header(6, 4, 8), &chunks, &[0, 0, 0, 0, 1, 2, 3, 0][..], [1, 2, 3, 0]),
        ] {
            assert_eq!(pixel(&header, chunks, row, 1), want, "{} {}", header.kind, header.depth);
        }
    }
}
