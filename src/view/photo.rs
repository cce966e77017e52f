//! A JPEG picture as a page of a PDF document, so that what draws pages draws it, by the
//! same rules and within the same budget.

use crate::model::{Gap, GapKind};

/// Headers of a JPEG file that are looked through for its size.
const SEGMENTS: usize = 10_000;

/// What the frame header says (ITU-T T.81, B.2.2).
struct Frame {
    width: u16,
    height: u16,
    components: u8,
}

/// The page: as many points wide and high as the picture has pixels.
pub(super) fn page(jpeg: &[u8]) -> Result<Vec<u8>, Gap> {
    let damaged = || Gap::new(GapKind::Damaged, "the picture has no frame that can be drawn");
    let (Frame { width, height, components }, is_inverted) = frame(jpeg).ok_or_else(damaged)?;
    let space = match components {
        1 => "/DeviceGray",
        3 => "/DeviceRGB",
        // Four inks are stored the other way round by the one program that says so.
        4 if is_inverted => "/DeviceCMYK/Decode[1 0 1 0 1 0 1 0]",
        4 => "/DeviceCMYK",
        _ => return Err(damaged()),
    };
    let drawing = format!("q {width} 0 0 {height} 0 0 cm /I Do Q");
    let image = format!(
        "<</Type/XObject/Subtype/Image/Width {width}/Height {height}/ColorSpace{space}\
         /BitsPerComponent 8/Filter/DCTDecode/Length {}>>stream\n",
        jpeg.len()
    );
    let mut pdf = Pdf { file: b"%PDF-1.4\n".to_vec(), at: Vec::new() };
    pdf.object(&[b"<</Type/Catalog/Pages 2 0 R>>"]);
    pdf.object(&[b"<</Type/Pages/Kids[3 0 R]/Count 1>>"]);
    let leaf = format!(
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 {width} {height}]\
         /Resources<</XObject<</I 4 0 R>>>>/Contents 5 0 R>>"
    );
    pdf.object(&[leaf.as_bytes()]);
    pdf.object(&[image.as_bytes(), jpeg, b"\nendstream"]);
    let contents = format!("<</Length {}>>stream\n{drawing}\nendstream", drawing.len());
    pdf.object(&[contents.as_bytes()]);
    Ok(pdf.end())
}

/// The frame header, and whether an Adobe segment stands before it.
fn frame(jpeg: &[u8]) -> Option<(Frame, bool)> {
    let (mut at, mut adobe) = (2, false);
    for _ in 0..SEGMENTS {
        let &[0xFF, marker] = jpeg.get(at..at + 2)? else { return None };
        match marker {
            // Fill bytes, and markers that stand alone.
            0xFF => at += 1,
            0x01 | 0xD0..=0xD8 => at += 2,
            0xC0..=0xCF if !matches!(marker, 0xC4 | 0xC8 | 0xCC) => {
                let &[height, height2, width, width2, components] = jpeg.get(at + 5..at + 10)?
                else {
                    return None;
                };
                let height = u16::from_be_bytes([height, height2]);
                let width = u16::from_be_bytes([width, width2]);
                let frame = Frame { width, height, components };
                return (width > 0 && height > 0).then_some((frame, adobe));
            }
            // The scan, or the end, and no frame before it.
            0xDA | 0xD9 => return None,
            _ => {
                adobe |= marker == 0xEE && jpeg.get(at + 4..)?.starts_with(b"Adobe");
                let &[high, low] = jpeg.get(at + 2..at + 4)? else { return None };
                at += 2 + usize::from(u16::from_be_bytes([high, low])).max(2);
            }
        }
    }
    None
}

/// A document in the making.
struct Pdf {
    file: Vec<u8>,
    /// Where each object begins.
    at: Vec<usize>,
}

impl Pdf {
    fn object(&mut self, content: &[&[u8]]) {
        self.at.push(self.file.len());
        self.file.extend(format!("{} 0 obj", self.at.len()).bytes());
        content.iter().for_each(|piece| self.file.extend(*piece));
        self.file.extend(b"\nendobj\n");
    }

    fn end(mut self) -> Vec<u8> {
        let (table, size) = (self.file.len(), self.at.len() + 1);
        let mut end = format!("xref\n0 {size}\n0000000000 65535 f \n");
        for at in &self.at {
            end += &format!("{at:010} 00000 n \n");
        }
        end += &format!("trailer<</Size {size}/Root 1 0 R>>\nstartxref\n{table}\n%%EOF\n");
        self.file.extend(end.bytes());
        self.file
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_frame_is_found_behind_what_stands_before_it() {
        let sof = [0xFF, 0xC0, 0, 17, 8, 0, 20, 0, 30, 3];
        let adobe = [&[0xFF, 0xEE, 0, 14][..], b"Adobe\0\0\0\0\0\0\0"].concat();
        for (before, is_inverted) in [
            (vec![0xFF, 0xD8], false),
            ([&[0xFF, 0xD8][..], &adobe].concat(), true),
            (vec![0xFF, 0xD8, 0xFF, 0xFF, 0xFE, 0, 3, b'c'], false),
        ] {
            let jpeg = [&before[..], &sof].concat();
            let (frame, inverted) = frame(&jpeg).unwrap();
            assert_eq!((frame.width, frame.height, frame.components), (30, 20, 3));
            assert_eq!(inverted, is_inverted, "{before:?}");
            for cut in 0..jpeg.len() {
                assert!(super::frame(&jpeg[..cut]).is_none(), "{cut}");
            }
        }
    }
}
