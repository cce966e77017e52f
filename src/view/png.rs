//! Pictures as PNG files (ISO/IEC 15948): red, green and blue in eight bits.

use std::io::{self, Write};

use flate2::write::ZlibEncoder;
use flate2::{Compression, Crc};

use crate::model::Bitmap;

/// A filter of a row: each byte less the one above it, which is mostly the same.
const UP: u8 = 2;

/// Writes a picture of `dpi` pixels to the inch.
///
/// # Errors
/// What `out` says.
pub fn png(picture: &Bitmap, dpi: u32, out: &mut impl Write) -> io::Result<()> {
    out.write_all(b"\x89PNG\r\n\x1A\n")?;
    let size = [picture.width.to_be_bytes(), picture.height.to_be_bytes()].concat();
    // Eight bits a colour, three colours; deflate, filters by row, no interlacing.
    chunk(b"IHDR", &[&size[..], &[8, 2, 0, 0, 0]].concat(), out)?;
    let per_metre = ((f64::from(dpi) / 0.0254).round() as u32).to_be_bytes();
    chunk(b"pHYs", &[&per_metre[..], &per_metre, &[1]].concat(), out)?;
    chunk(b"IDAT", &rows(picture)?, out)?;
    chunk(b"IEND", &[], out)
}

fn rows(picture: &Bitmap) -> io::Result<Vec<u8>> {
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::fast());
    let width = picture.width as usize;
    let mut above = vec![0; width * 3];
    for row in picture.rgba.chunks_exact((width * 4).max(1)) {
        let row: Vec<u8> =
            row.as_chunks::<4>().0.iter().flat_map(|[r, g, b, _]| [*r, *g, *b]).collect();
        packed.write_all(&[UP])?;
        let less: Vec<u8> =
            row.iter().zip(&above).map(|(byte, above)| byte.wrapping_sub(*above)).collect();
        packed.write_all(&less)?;
        above = row;
    }
    packed.finish()
}

fn chunk(kind: &[u8; 4], data: &[u8], out: &mut impl Write) -> io::Result<()> {
    let too_long = |_| io::Error::other("the picture is too large for a PNG file");
    out.write_all(&u32::try_from(data.len()).map_err(too_long)?.to_be_bytes())?;
    let mut sum = Crc::new();
    for part in [&kind[..], data] {
        sum.update(part);
        out.write_all(part)?;
    }
    out.write_all(&sum.sum().to_be_bytes())
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn a_picture_is_written_in_chunks_with_their_sums() {
        let rgba = [[1, 2, 3, 255], [4, 5, 6, 255], [1, 2, 4, 255], [0, 0, 0, 255]].concat();
        let mut file = Vec::new();
        png(&Bitmap { width: 2, height: 2, rgba, missing: 0 }, 150, &mut file).unwrap();
        let (mut kinds, mut at) = (Vec::new(), 8);
        let mut content = Vec::new();
        while at < file.len() {
            let length = u32::from_be_bytes(file[at..at + 4].try_into().unwrap()) as usize;
            let (kind, data) = (&file[at + 4..at + 8], &file[at + 8..at + 8 + length]);
            kinds.push(String::from_utf8_lossy(kind).into_owned());
            match kind {
                b"IHDR" => assert_eq!(data, [0, 0, 0, 2, 0, 0, 0, 2, 8, 2, 0, 0, 0]),
                b"pHYs" => assert_eq!(data[..4], 5906_u32.to_be_bytes()),
                b"IDAT" => {
                    assert!(
                        flate2::read::ZlibDecoder::new(data).read_to_end(&mut content).unwrap() > 0
                    )
                }
                _ => {}
            }
            at += 12 + length;
        }
        assert_eq!(kinds, ["IHDR", "pHYs", "IDAT", "IEND"]);
        assert_eq!(content, [2, 1, 2, 3, 4, 5, 6, 2, 0, 0, 1, 252, 251, 250]);
        // The sum of an empty last chunk is known (RFC 2083).
        assert_eq!(file[file.len() - 4..], [0xAE, 0x42, 0x60, 0x82]);
    }
}
