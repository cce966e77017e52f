//! PNG pictures, read for showing (ISO/IEC 15948): all kinds of pixels, rows one after
//! another; made smaller by averaging, on white.

use std::io::Read;

use flate2::read::ZlibDecoder;

use super::PIXELS;
use crate::extract::{Budget, Metered};
use crate::model::{Bitmap, Gap, GapKind, Limit};

/// Pixels of a picture that is read at all.
const MOST: u64 = 60_000_000;

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
}

/// Chunks that matter.
#[derive(Default)]
struct Chunks {
    palette: Vec<u8>,
    /// Transparency of the palette's entries.
    alpha: Vec<u8>,
    data: Vec<u8>,
}

fn damaged(what: &str) -> Gap {
    Gap::new(GapKind::Damaged, format!("the picture cannot be drawn: {what}"))
}

/// Reads a picture.
pub(super) fn png(bytes: &[u8], budget: &mut Budget) -> Result<Bitmap, Gap> {
    let header = header(bytes)?;
    let chunks = chunks(bytes);
    let line = (header.width * header.samples * header.depth).div_ceil(8);
    let whole = (line + 1) * header.height;
    budget.spend_steps(whole as u64 / 16)?;
    let packed = chunks.data.len() as u64;
    let unpacked = ZlibDecoder::new(&chunks.data[..]).take(whole as u64);
    let (mut rows, lost) = Metered::new(unpacked, packed, budget).read_all();
    match lost {
        Some(gap) if matches!(gap.kind, GapKind::Limit(_)) => return Err(gap),
        // What is there is shown, and the rest stays white.
        _ => rows.truncate(rows.len() - rows.len() % (line + 1)),
    }
    unfilter(&mut rows, line, (header.samples * header.depth).div_ceil(8));
    Ok(shrink(&header, &chunks, &rows, line))
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
    if width as u64 * height as u64 > MOST {
        let detail = format!("more than {MOST} pixels in a picture");
        return Err(Gap::new(GapKind::Limit(Limit::Memory), detail));
    }
    if interlaced != 0 {
        return Err(Gap::new(GapKind::Unsupported, "interlaced pictures are not drawn"));
    }
    Ok(Header { width, height, depth: depth.into(), samples, kind })
}

fn chunks(bytes: &[u8]) -> Chunks {
    let mut chunks = Chunks::default();
    let mut at = 8;
    while let Some(head) = bytes.get(at..at + 8) {
        let length = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
        let end = (at + 8).saturating_add(length).min(bytes.len());
        let data = bytes.get(at + 8..end).unwrap_or_default();
        match &head[4..] {
            b"PLTE" => chunks.palette = data.to_vec(),
            b"tRNS" => chunks.alpha = data.to_vec(),
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

/// A pixel on white.
fn pixel(header: &Header, chunks: &Chunks, row: &[u8], x: usize) -> [u32; 3] {
    let sample = |number: usize| -> u8 {
        let at = x * header.samples + number;
        match header.depth {
            8 => row.get(at).copied().unwrap_or_default(),
            16 => row.get(at * 2).copied().unwrap_or_default(),
            depth => {
                let byte = row.get(at * depth / 8).copied().unwrap_or_default();
                let shift = 8 - depth - at * depth % 8;
                (byte >> shift) & ((1 << depth) - 1)
            }
        }
    };
    let grey = |value: u8| match header.depth {
        8 | 16 => value,
        depth => (u32::from(value) * 255 / ((1 << depth) - 1)) as u8,
    };
    let (color, alpha) = match header.kind {
        0 => ([grey(sample(0)); 3], 255),
        2 => ([sample(0), sample(1), sample(2)], 255),
        3 => {
            let index = usize::from(sample(0));
            let part = |n: usize| chunks.palette.get(index * 3 + n).copied().unwrap_or_default();
            let alpha = chunks.alpha.get(index).copied().unwrap_or(255);
            ([part(0), part(1), part(2)], alpha)
        }
        4 => ([sample(0); 3], sample(1)),
        _ => ([sample(0), sample(1), sample(2)], sample(3)),
    };
    let alpha = u32::from(alpha);
    color.map(|part| (u32::from(part) * alpha + 255 * (255 - alpha)) / 255)
}

/// The picture, by a whole number smaller where it has more than [`PIXELS`]: each pixel
/// is the mean of a square.
fn shrink(header: &Header, chunks: &Chunks, rows: &[u8], line: usize) -> Bitmap {
    let all = (header.width * header.height) as u64;
    let factor = (1..).find(|n| all / (n * n) <= u64::from(PIXELS)).unwrap_or(1) as usize;
    let (width, height) = ((header.width / factor).max(1), (header.height / factor).max(1));
    let mut rgba = Vec::with_capacity(width * height * 4);
    let row_at = |y: usize| rows.get(y * (line + 1) + 1..(y + 1) * (line + 1));
    for y in 0..height {
        for x in 0..width {
            let (mut sum, mut count) = ([0_u32; 3], 0);
            for (dy, dx) in (0..factor).flat_map(|dy| (0..factor).map(move |dx| (dy, dx))) {
                let (x, y) = (x * factor + dx, y * factor + dy);
                if x >= header.width || y >= header.height {
                    continue;
                }
                let color = row_at(y).map_or([255; 3], |row| pixel(header, chunks, row, x));
                sum.iter_mut().zip(color).for_each(|(sum, part)| *sum += part);
                count += 1;
            }
            rgba.extend(sum.map(|sum| (sum / count.max(1)) as u8));
            rgba.push(255);
        }
    }
    Bitmap { width: width as u32, height: height as u32, rgba, missing: 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::Limits;
    use crate::view::png as writer;

    #[test]
    fn what_was_written_is_read() {
        let rgba: Vec<u8> =
            (0..7 * 5).flat_map(|n| [n as u8 * 7, 255 - n as u8, 13, 255]).collect();
        let bitmap = Bitmap { width: 7, height: 5, rgba, missing: 0 };
        let mut file = Vec::new();
        writer::png(&bitmap, 72, &mut file).unwrap();
        assert_eq!(png(&file, &mut Budget::new(Limits::default())).unwrap(), bitmap);
        // Cut off or changed anywhere it is a picture of that size, or a gap.
        for at in 0..file.len() {
            let _ = png(&file[..at], &mut Budget::new(Limits::default()));
            // Another size costs what it says; what is in the way of its sense is below.
            for bit in [1, 128].into_iter().filter(|_| !(16..24).contains(&at)) {
                let mut changed = file.clone();
                changed[at] ^= bit;
                if let Ok(read) = png(&changed, &mut Budget::new(Limits::default())) {
                    assert_eq!(read.rgba.len(), (read.width * read.height * 4) as usize);
                }
            }
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
    fn pixels_of_every_kind_stand_on_white() {
        let header = |kind, samples, depth| Header { width: 2, height: 1, depth, samples, kind };
        let chunks = Chunks { palette: vec![0, 0, 0, 1, 2, 3], alpha: vec![255, 0], data: vec![] };
        for (header, row, want) in [
            (header(0, 1, 1), &[0b0100_0000][..], [255; 3]),
            (header(0, 1, 4), &[0x0F][..], [255; 3]),
            (header(0, 1, 16), &[0, 0, 9, 0][..], [9; 3]),
            (header(2, 3, 8), &[0, 0, 0, 1, 2, 3][..], [1, 2, 3]),
            (header(3, 1, 8), &[0, 1][..], [255; 3]),
            (header(4, 2, 8), &[0, 0, 7, 255][..], [7; 3]),
            (header(6, 4, 8), &[0, 0, 0, 0, 1, 2, 3, 0][..], [255; 3]),
        ] {
            assert_eq!(pixel(&header, &chunks, row, 1), want, "{} {}", header.kind, header.depth);
        }
    }
}
