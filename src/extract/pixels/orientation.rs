//! How a picture is turned: tag 0x0112 of its Exif data (Exif 3.0, 4.6.5.1; TIFF 6.0).

/// Entries of a directory that are looked through.
const ENTRIES: usize = 4096;

const ORIENTATION: u16 = 0x0112;

/// The orientation in a block of Exif data, with or without its signature; 1 where it
/// says none.
pub(super) fn of_exif(exif: &[u8]) -> u8 {
    let tiff = exif.strip_prefix(b"Exif\0\0").unwrap_or(exif);
    find(tiff).unwrap_or(1)
}

fn find(tiff: &[u8]) -> Option<u8> {
    let big = match tiff.get(..4)? {
        b"MM\0*" => true,
        b"II*\0" => false,
        _ => return None,
    };
    let short = |at: usize| {
        let two: [u8; 2] = tiff.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if big { u16::from_be_bytes(two) } else { u16::from_le_bytes(two) })
    };
    let four: [u8; 4] = tiff.get(4..8)?.try_into().ok()?;
    let start = if big { u32::from_be_bytes(four) } else { u32::from_le_bytes(four) } as usize;
    let count = usize::from(short(start)?).min(ENTRIES);
    let mut entries = (0..count).map(|number| start + 2 + number * 12);
    let entry = entries.find(|at| short(*at) == Some(ORIENTATION))?;
    // A short number stands in the entry itself.
    u8::try_from(short(entry + 8)?).ok().filter(|turn| (1..=8).contains(turn))
}

/// The orientation of a JPEG file: in its first segment of Exif data.
pub(super) fn of_jpeg(jpeg: &[u8]) -> u8 {
    let mut at = 2;
    for _ in 0..ENTRIES {
        let Some(&[0xFF, marker]) = jpeg.get(at..at + 2) else { break };
        match marker {
            0xFF => {
                at += 1;
                continue;
            }
            0x01 | 0xD0..=0xD8 => {
                at += 2;
                continue;
            }
            0xDA | 0xD9 => break,
            _ => {}
        }
        let Some(&[high, low]) = jpeg.get(at + 2..at + 4) else { break };
        let end = at + 2 + usize::from(u16::from_be_bytes([high, low])).max(2);
        let segment = jpeg.get(at + 4..end.min(jpeg.len())).unwrap_or_default();
        if marker == 0xE1 && segment.starts_with(b"Exif\0\0") {
            return of_exif(segment);
        }
        at = end;
    }
    1
}
