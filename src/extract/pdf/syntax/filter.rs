//! Filters that streams of text, fonts and objects are packed with
//! (ISO 32000-2, 7.4). Pictures stay packed: nothing here looks at them.

use flate2::{Decompress, FlushDecompress, Status};

use super::lexer::{hex_digit, is_white};
use crate::extract::pdf::meter::Meter;
use crate::model::{Gap, GapKind, Limit};

/// What one stream may unpack to, if it is not a file of its own.
pub(crate) const MAX_STREAM: usize = 64 << 20;

/// Unpacked bytes.
#[derive(Debug, Default)]
pub(crate) struct Unpacked {
    pub(crate) bytes: Vec<u8>,
    /// Whether everything came out; if not, `bytes` is what did.
    pub(crate) is_whole: bool,
}

/// Parameters of a filter, with their defaults.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parameters {
    pub(crate) predictor: i64,
    pub(crate) colors: i64,
    pub(crate) bits: i64,
    pub(crate) columns: i64,
    pub(crate) early_change: bool,
}

impl Default for Parameters {
    fn default() -> Self {
        Self { predictor: 1, colors: 1, bits: 8, columns: 1, early_change: true }
    }
}

/// Undoes one filter. `None` if it is one that only pictures have, or unknown.
pub(crate) fn unpack(
    name: &[u8],
    packed: &[u8],
    parameters: Parameters,
    most: usize,
    meter: &Meter<'_>,
) -> Option<Unpacked> {
    let gauge = Gauge { meter, packed: packed.len(), most };
    Some(match name {
        b"FlateDecode" | b"Fl" => predicted(inflate(packed, &gauge), parameters),
        b"LZWDecode" | b"LZW" => {
            predicted(lzw(packed, parameters.early_change, &gauge), parameters)
        }
        b"ASCIIHexDecode" | b"AHx" => whole(ascii_hex(packed)),
        b"ASCII85Decode" | b"A85" => whole(ascii_85(packed)),
        b"RunLengthDecode" | b"RL" => run_length(packed, &gauge),
        // Encryption has been undone before.
        b"Crypt" => whole(packed.to_vec()),
        _ => return None,
    })
}

/// Watches over what comes out of one stream.
struct Gauge<'m, 'b> {
    meter: &'m Meter<'b>,
    packed: usize,
    most: usize,
}

impl Gauge<'_, '_> {
    /// Charges bytes that came out, `out` so far. False if no more may.
    fn unpacked(&self, count: usize, out: usize) -> bool {
        if out > self.most {
            let detail = format!("more than {} bytes unpacked from one stream", self.most);
            self.meter.note(Gap::new(GapKind::Limit(Limit::Bytes), detail));
        }
        self.meter.unpacked(count, self.packed, out) && out <= self.most
    }
}

fn whole(bytes: Vec<u8>) -> Unpacked {
    Unpacked { bytes, is_whole: true }
}

fn inflate(packed: &[u8], gauge: &Gauge<'_, '_>) -> Unpacked {
    // Check sums are often wrong and never matter, so the data is read bare.
    let is_zlib = match packed {
        [first, second, ..] => {
            first & 15 == 8 && (u32::from(*first) * 256 + u32::from(*second)).is_multiple_of(31)
        }
        _ => false,
    };
    let data = if is_zlib { packed.get(2..).unwrap_or_default() } else { packed };
    let made = inflate_bare(data, gauge);
    if made.bytes.is_empty() && !is_zlib {
        // The two bytes before the data are wrong as well.
        return inflate_bare(packed.get(2..).unwrap_or_default(), gauge);
    }
    made
}

fn inflate_bare(data: &[u8], gauge: &Gauge<'_, '_>) -> Unpacked {
    if data.is_empty() {
        return whole(Vec::new());
    }
    let mut state = Decompress::new(false);
    let mut out = Vec::with_capacity(data.len().saturating_mul(4).clamp(1 << 10, 1 << 20));
    loop {
        if out.len() == out.capacity() {
            out.reserve(out.len().clamp(1 << 12, 8 << 20));
        }
        let read = state.total_in() as usize;
        let before = out.len();
        let rest = data.get(read..).unwrap_or_default();
        let status = state.decompress_vec(rest, &mut out, FlushDecompress::None);
        let is_fine = gauge.unpacked(out.len() - before, out.len());
        let stuck = out.len() == before && state.total_in() as usize == read;
        match status {
            Ok(Status::StreamEnd) => return whole(out),
            Ok(Status::Ok | Status::BufError) if is_fine && !stuck => {}
            _ => return Unpacked { bytes: out, is_whole: false },
        }
    }
}

/// LZW as TIFF has it: codes of 9 to 12 bits, high bits first.
fn lzw(packed: &[u8], early_change: bool, gauge: &Gauge<'_, '_>) -> Unpacked {
    const CLEAR: usize = 256;
    const END: usize = 257;
    // For each code from 258 on: where its bytes stand in the output, and how many.
    let mut table: Vec<(usize, usize)> = Vec::with_capacity(4096);
    let mut out: Vec<u8> = Vec::with_capacity(packed.len().min(1 << 20) * 2);
    let mut last: Option<(usize, usize)> = None;
    let (mut buffer, mut have, mut width) = (0_u32, 0_u32, 9_u32);
    let mut charged = 0;
    for byte in packed {
        buffer = (buffer << 8) | u32::from(*byte);
        have += 8;
        if have < width {
            continue;
        }
        have -= width;
        let code = ((buffer >> have) & ((1 << width) - 1)) as usize;
        buffer &= (1 << have) - 1;
        if code == END {
            gauge.unpacked(out.len() - charged, out.len());
            return whole(out);
        }
        if code == CLEAR {
            table.clear();
            (last, width) = (None, 9);
            continue;
        }
        let start = out.len();
        let known = if code < CLEAR {
            out.push(code as u8);
            true
        } else if let Some((from, count)) = table.get(code - 258).copied() {
            out.extend_from_within(from..from + count);
            true
        } else if let (Some((from, count)), true) = (last, code - 258 == table.len()) {
            out.extend_from_within(from..from + count);
            out.extend_from_within(from..=from);
            true
        } else {
            false
        };
        if !known {
            break;
        }
        if let Some((from, count)) = last
            && table.len() < 4096 - 258
        {
            // The last string and the first byte of this one stand side by side.
            table.push((from, count + 1));
        }
        last = Some((start, out.len() - start));
        width = match table.len() + 258 + usize::from(early_change) {
            ..512 => 9,
            512..1024 => 10,
            1024..2048 => 11,
            _ => 12,
        };
        if out.len() - charged > 1 << 16 {
            if !gauge.unpacked(out.len() - charged, out.len()) {
                return Unpacked { bytes: out, is_whole: false };
            }
            charged = out.len();
        }
    }
    gauge.unpacked(out.len() - charged, out.len());
    // Streams without an end code are common.
    Unpacked { is_whole: have < width, bytes: out }
}

fn ascii_hex(packed: &[u8]) -> Vec<u8> {
    let end = memchr::memchr(b'>', packed).unwrap_or(packed.len());
    let digits = packed.get(..end).unwrap_or_default();
    let mut bytes = Vec::with_capacity(digits.len() / 2 + 1);
    let mut high = None;
    for digit in digits.iter().filter_map(|byte| hex_digit(*byte)) {
        match high.take() {
            None => high = Some(digit),
            Some(high) => bytes.push(high * 16 + digit),
        }
    }
    bytes.extend(high.map(|high| high * 16));
    bytes
}

fn ascii_85(packed: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(packed.len() / 5 * 4 + 4);
    let packed = packed.strip_prefix(b"<~").unwrap_or(packed);
    let mut group: Vec<u8> = Vec::with_capacity(5);
    let flush = |group: &mut Vec<u8>, bytes: &mut Vec<u8>| {
        let count = group.len();
        if count < 2 {
            return group.clear();
        }
        group.resize(5, 84);
        let value = group
            .iter()
            .fold(0_u32, |value, digit| value.wrapping_mul(85).wrapping_add(u32::from(*digit)));
        bytes.extend(value.to_be_bytes().iter().take(count - 1));
        group.clear();
    };
    for byte in packed {
        match byte {
            b'z' if group.is_empty() => bytes.extend([0; 4]),
            b'!'..=b'u' => {
                group.push(byte - b'!');
                if group.len() == 5 {
                    flush(&mut group, &mut bytes);
                }
            }
            b'~' => break,
            byte if is_white(*byte) => {}
            _ => {}
        }
    }
    flush(&mut group, &mut bytes);
    bytes
}

fn run_length(packed: &[u8], gauge: &Gauge<'_, '_>) -> Unpacked {
    let mut bytes = Vec::new();
    let mut at = 0;
    while let Some(count) = packed.get(at) {
        let count = usize::from(*count);
        match count {
            0..=127 => {
                let end = (at + 2 + count).min(packed.len());
                bytes.extend_from_slice(packed.get(at + 1..end).unwrap_or_default());
                at += count + 2;
            }
            128 => break,
            _ => {
                let Some(byte) = packed.get(at + 1) else { break };
                bytes.resize(bytes.len() + 257 - count, *byte);
                at += 2;
            }
        }
    }
    gauge.unpacked(bytes.len(), bytes.len());
    whole(bytes)
}

/// Undoes the prediction that was made before packing (7.4.4.4).
fn predicted(unpacked: Unpacked, parameters: Parameters) -> Unpacked {
    let Parameters { predictor, colors, bits, columns, .. } = parameters;
    let in_range = (1..=32).contains(&colors)
        && matches!(bits, 1 | 2 | 4 | 8 | 16)
        && (1..=1 << 24).contains(&columns);
    if predictor < 2 || !in_range {
        return unpacked;
    }
    let row = ((colors * bits * columns + 7) / 8) as usize;
    let pixel = ((colors * bits + 7) / 8) as usize;
    let bytes = match predictor {
        2 if bits == 8 => tiff(unpacked.bytes, row, pixel),
        2 => unpacked.bytes,
        _ => png(&unpacked.bytes, row, pixel),
    };
    Unpacked { bytes, ..unpacked }
}

fn tiff(mut bytes: Vec<u8>, row: usize, pixel: usize) -> Vec<u8> {
    for line in bytes.chunks_mut(row) {
        for at in pixel..line.len() {
            let left = line.get(at - pixel).copied().unwrap_or_default();
            if let Some(byte) = line.get_mut(at) {
                *byte = byte.wrapping_add(left);
            }
        }
    }
    bytes
}

fn png(bytes: &[u8], row: usize, pixel: usize) -> Vec<u8> {
    let mut out: Vec<u8> = Vec::with_capacity(bytes.len());
    let mut above = vec![0_u8; row];
    let mut line: Vec<u8> = Vec::with_capacity(row);
    for coded in bytes.chunks(row + 1) {
        let Some((kind, coded)) = coded.split_first() else { break };
        line.clear();
        for (at, byte) in coded.iter().enumerate() {
            let back = |line: &[u8]| at.checked_sub(pixel).and_then(|at| line.get(at).copied());
            let left = back(&line).unwrap_or_default();
            let up = above.get(at).copied().unwrap_or_default();
            let guess = match kind {
                1 => left,
                2 => up,
                3 => (u16::from(left) + u16::from(up)).div_euclid(2) as u8,
                4 => paeth(left, up, back(&above).unwrap_or_default()),
                _ => 0,
            };
            line.push(byte.wrapping_add(guess));
        }
        out.extend_from_slice(&line);
        line.resize(row, 0);
        std::mem::swap(&mut above, &mut line);
    }
    out
}

fn paeth(left: u8, up: u8, corner: u8) -> u8 {
    let guess = i16::from(left) + i16::from(up) - i16::from(corner);
    let off = |value: u8| (guess - i16::from(value)).abs();
    if off(left) <= off(up) && off(left) <= off(corner) {
        left
    } else if off(up) <= off(corner) {
        up
    } else {
        corner
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::extract::{Budget, Limits};

    fn unpacked(name: &[u8], packed: &[u8], parameters: Parameters) -> (Unpacked, Vec<GapKind>) {
        let mut budget = Budget::new(Limits::default());
        let meter = Meter::new(&mut budget);
        let made = unpack(name, packed, parameters, MAX_STREAM, &meter).unwrap();
        (made, meter.take_gaps().into_iter().map(|gap| gap.kind).collect())
    }

    fn deflated(bytes: &[u8]) -> Vec<u8> {
        let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        packer.write_all(bytes).unwrap();
        packer.finish().unwrap()
    }

    #[test]
    fn text_filters_are_undone() {
        let cases: [(&[u8], &[u8], &[u8]); 6] = [
            (b"AHx", b"48 65 6c 6C 6f>junk", b"Hello"),
            (b"A85", b"87cURD]i,\"Ebo80~>", b"Hello World!"),
            (b"A85", b"z~>", &[0; 4]),
            (b"RL", &[4, b'H', b'e', b'l', b'l', b'o', 254, b'!', 128, 9], b"Hello!!!"),
            (b"LZW", &[0x80, 0x0B, 0x60, 0x50, 0x22, 0x0C, 0x0C, 0x85, 0x01], b"-----A---B"),
            (b"Crypt", b"as it is", b"as it is"),
        ];
        for (name, packed, want) in cases {
            let (made, _) = unpacked(name, packed, Parameters::default());
            assert_eq!(made.bytes, want, "{}", String::from_utf8_lossy(name));
        }
    }

    #[test]
    fn deflated_data_is_kept_up_to_its_damage() {
        let text: Vec<u8> = (0..20_000_u32).flat_map(u32::to_le_bytes).collect();
        let packed = deflated(&text);
        let (made, _) = unpacked(b"Fl", &packed, Parameters::default());
        assert!(made.is_whole && made.bytes == text);
        // A wrong check sum is no damage; a cut is.
        let (made, _) = unpacked(b"Fl", &packed[..packed.len() - 4], Parameters::default());
        assert!(made.is_whole && made.bytes == text);
        let (made, _) = unpacked(b"Fl", &packed[..packed.len() / 2], Parameters::default());
        assert!(!made.is_whole && made.bytes.len() > 1000 && text.starts_with(&made.bytes));
        let (made, _) = unpacked(b"Fl", b"no such thing", Parameters::default());
        assert!(!made.is_whole);
    }

    #[test]
    fn bombs_stop_at_the_ratio() {
        let packed = deflated(&vec![0; 32 << 20]);
        let (made, gaps) = unpacked(b"Fl", &packed, Parameters::default());
        assert_eq!(gaps, [GapKind::Limit(Limit::Ratio)]);
        assert!(!made.is_whole && made.bytes.len() < 24 << 20);
    }

    #[test]
    fn predictions_are_undone() {
        let row = |kind: u8, bytes: [u8; 3]| [kind, bytes[0], bytes[1], bytes[2]];
        let coded = [
            row(0, [1, 2, 3]),
            row(1, [1, 1, 1]),
            row(2, [1, 1, 1]),
            row(3, [1, 1, 1]),
            row(4, [1, 1, 1]),
        ]
        .concat();
        let png = Parameters { predictor: 12, columns: 3, ..Parameters::default() };
        let (made, _) = unpacked(b"Fl", &deflated(&coded), png);
        let want = [[1, 2, 3], [1, 2, 3], [2, 3, 4], [2, 3, 4], [3, 4, 5]].concat();
        assert_eq!(made.bytes, want);
        let tiff = Parameters { predictor: 2, columns: 3, ..Parameters::default() };
        let (made, _) = unpacked(b"Fl", &deflated(&[1, 1, 1, 5, 0, 1]), tiff);
        assert_eq!(made.bytes, [1, 2, 3, 5, 5, 6]);
        let hostile =
            Parameters { predictor: 12, columns: i64::MAX, colors: 7, ..Parameters::default() };
        assert_eq!(unpacked(b"Fl", &deflated(b"abc"), hostile).0.bytes, b"abc");
    }
}
