//! Compressed RTF of Outlook messages (MS-OXRTFCP).

/// What the dictionary holds before the first byte (2.1.2.1).
const INITIAL: &[u8] = b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \
\\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\
\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";

const SIZE: usize = 4096;

/// The text, and whether it is whole; `None` if it is nothing of the kind.
///
/// Each pair of bytes gives at most 17, so what comes out is bounded by what is there.
pub(super) fn unpack(bytes: &[u8]) -> Option<(Vec<u8>, bool)> {
    let word = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let (raw_size, kind) = (word(4)? as usize, word(8)?);
    let packed = bytes.get(16..)?;
    match kind {
        // Stored as it is.
        0x414C_454D => {
            let text = packed.get(..raw_size).unwrap_or(packed).to_vec();
            // Some programs count the rest of the head in.
            let whole = text.len() + 12 >= raw_size;
            Some((text, whole))
        }
        0x7546_5A4C => Some(unpack_pairs(packed, raw_size)),
        _ => None,
    }
}

fn unpack_pairs(packed: &[u8], raw_size: usize) -> (Vec<u8>, bool) {
    let mut dictionary = [b' '; SIZE];
    dictionary[..INITIAL.len()].copy_from_slice(INITIAL);
    let mut write = INITIAL.len();
    let mut out = Vec::new();
    let mut bytes = packed.iter().copied();
    while let Some(control) = bytes.next() {
        for bit in 0..8 {
            if control >> bit & 1 == 0 {
                let Some(literal) = bytes.next() else { return (out, false) };
                out.push(literal);
                dictionary[write] = literal;
                write = (write + 1) % SIZE;
                continue;
            }
            let (Some(high), Some(low)) = (bytes.next(), bytes.next()) else {
                return (out, false);
            };
            let reference = usize::from(high) << 8 | usize::from(low);
            let (offset, length) = (reference >> 4, (reference & 15) + 2);
            // A reference to where the next byte goes ends the text (2.2.2.2).
            if offset == write {
                let whole = out.len() >= raw_size;
                return (out, whole);
            }
            for step in 0..length {
                let byte = dictionary[(offset + step) % SIZE];
                out.push(byte);
                dictionary[write] = byte;
                write = (write + 1) % SIZE;
            }
        }
    }
    let whole = out.len() >= raw_size;
    (out, whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_specification_come_out() {
        assert_eq!(INITIAL.len(), 207);
        // MS-OXRTFCP 4.1.1: text with a reference to what stands at the beginning.
        let packed = b"\x2d\0\0\0\x2b\0\0\0LZFu\xf1\xc5\xc7\xa7\x03\0\x0a\0rcpg125\x42\x32\x0a\xf3 hel\x09\0\x20bw\x05\xb0ld}\x0a\x80\x0f\xa0";
        let text = b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n";
        assert_eq!(unpack(packed), Some((text.to_vec(), true)));
        // 4.2: text that repeats what it just wrote.
        let packed = b"\x1a\0\0\0\x1c\0\0\0LZFu\xe2\xd4\x4bQA\0\x04\x20WXYZ\x0dn\x7d\x01\x0e\xb0";
        assert_eq!(unpack(packed), Some((b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}".to_vec(), true)));
        let stored = b"\x10\0\0\0\x04\0\0\0MELA\0\0\0\0{\\r}";
        assert_eq!(unpack(stored), Some((b"{\\r}".to_vec(), true)));
        assert_eq!(unpack(b"\x10\0\0\0\x04\0\0\0XXXX\0\0\0\0"), None);
        for length in 0..packed.len() {
            assert!(
                unpack(&packed[..length]).is_none_or(|(text, whole)| !whole || text.len() == 28),
                "{length}"
            );
        }
    }
}
