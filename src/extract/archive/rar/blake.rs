//! BLAKE2sp, the other checksum of RAR 5 (RFC 7693, and the tree of eight leaves of
//! the BLAKE2 paper, 2.10).

const IV: [u32; 8] = [
    0x6A09_E667,
    0xBB67_AE85,
    0x3C6E_F372,
    0xA54F_F53A,
    0x510E_527F,
    0x9B05_688C,
    0x1F83_D9AB,
    0x5BE0_CD19,
];

/// Which words of a block each round takes, in their order (RFC 7693, 2.7).
const ROUNDS: [[usize; 16]; 10] = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
    [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
    [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
    [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
    [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
    [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
    [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
    [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
    [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
    [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
];

/// Columns and diagonals of the state that are mixed.
const MIXED: [[usize; 4]; 8] = [
    [0, 4, 8, 12],
    [1, 5, 9, 13],
    [2, 6, 10, 14],
    [3, 7, 11, 15],
    [0, 5, 10, 15],
    [1, 6, 11, 12],
    [2, 7, 8, 13],
    [3, 4, 9, 14],
];

const BLOCK: usize = 64;
const LEAVES: usize = 8;

/// The digest of content: its blocks go to eight leaves in turn, whose digests go to
/// the root.
pub(super) fn digest(content: &[u8]) -> [u8; 32] {
    let leaves: Vec<u8> = (0..LEAVES)
        .flat_map(|leaf| {
            let blocks = content.chunks(BLOCK).skip(leaf).step_by(LEAVES);
            node(leaf as u32, 0, leaf == LEAVES - 1, blocks)
        })
        .collect();
    node(0, 1, true, leaves.chunks(BLOCK))
}

fn node<'a>(
    offset: u32,
    depth: u8,
    is_last: bool,
    blocks: impl Iterator<Item = &'a [u8]>,
) -> [u8; 32] {
    let mut state = IV;
    state[0] ^= u32::from_le_bytes([32, 0, LEAVES as u8, 2]);
    state[2] ^= offset;
    state[3] ^= u32::from_le_bytes([0, 0, depth, 32]);
    let mut blocks = blocks.peekable();
    let mut count = 0u64;
    loop {
        let block = blocks.next().unwrap_or_default();
        count += block.len() as u64;
        let ends = blocks.peek().is_none();
        compress(&mut state, block, count, [ends, ends && is_last]);
        if ends {
            break;
        }
    }
    let mut out = [0; 32];
    for (to, word) in out.as_chunks_mut::<4>().0.iter_mut().zip(state) {
        *to = word.to_le_bytes();
    }
    out
}

fn compress(state: &mut [u32; 8], block: &[u8], count: u64, ends: [bool; 2]) {
    let mut padded = [0; BLOCK];
    padded.iter_mut().zip(block).for_each(|(to, from)| *to = *from);
    let mut words = [0u32; 16];
    for (to, from) in words.iter_mut().zip(padded.as_chunks::<4>().0) {
        *to = u32::from_le_bytes(*from);
    }
    let mut v = [0u32; 16];
    v[..8].copy_from_slice(state);
    v[8..].copy_from_slice(&IV);
    v[12] ^= count as u32;
    v[13] ^= (count >> 32) as u32;
    for (word, ends) in v[14..].iter_mut().zip(ends) {
        *word ^= if ends { u32::MAX } else { 0 };
    }
    for order in ROUNDS {
        for ([a, b, c, d], [x, y]) in MIXED.iter().zip(order.as_chunks::<2>().0) {
            let (x, y) = (words[*x], words[*y]);
            v[*a] = v[*a].wrapping_add(v[*b]).wrapping_add(x);
            v[*d] = (v[*d] ^ v[*a]).rotate_right(16);
            v[*c] = v[*c].wrapping_add(v[*d]);
            v[*b] = (v[*b] ^ v[*c]).rotate_right(12);
            v[*a] = v[*a].wrapping_add(v[*b]).wrapping_add(y);
            v[*d] = (v[*d] ^ v[*a]).rotate_right(8);
            v[*c] = v[*c].wrapping_add(v[*d]);
            v[*b] = (v[*b] ^ v[*c]).rotate_right(7);
        }
    }
    let (low, high) = v.split_at(8);
    for (word, (low, high)) in state.iter_mut().zip(low.iter().zip(high)) {
        *word ^= low ^ high;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Digests by Python's hashlib, node by node.
    #[test]
    fn digests_are_those_of_another_program() {
        let hex = |content: &[u8]| {
            digest(content).iter().map(|byte| format!("{byte:02x}")).collect::<String>()
        };
        let long: Vec<u8> = (0..1000u32).map(|at| (at * 7) as u8).collect();
        for (content, want) in [
            (&b""[..], "dd0e891776933f43c7d032b08a917e25741f8aa9a12c12e1cac8801500f2ca4f"),
            (b"abc", "70f75b58f1fecab821db43c88ad84edde5a52600616cd22517b7bb14d440a7d5"),
            (&long[..512], "90f6dd8ebe5eb20cbdd81ceddc069fd64c4bfc2e1a29eaf45034c0ca325da579"),
            (&long, "7d22a5d406083be8f5680305ffc9b40d2787a50c1c32227d93eaf397a92214a6"),
        ] {
            assert_eq!(hex(content), want, "{} bytes", content.len());
        }
    }
}
