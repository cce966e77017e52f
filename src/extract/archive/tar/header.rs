//! One header of a tape archive (POSIX.1-1990 ustar, GNU tar, the tar of the
//! seventh edition of Unix).

/// Length of every block.
pub(super) const BLOCK: usize = 512;

/// A header block.
#[derive(Clone, Copy, Debug)]
pub(super) struct Header<'a>(&'a [u8]);

impl<'a> Header<'a> {
    /// The block at that place, if its checksum says that it is a header.
    pub fn at(bytes: &'a [u8], at: usize) -> Option<Self> {
        let block = bytes.get(at..at.checked_add(BLOCK)?)?;
        Self(block).fits_checksum().then_some(Self(block))
    }

    /// Early programs summed signed bytes.
    fn fits_checksum(self) -> bool {
        // A block of zeros ends an archive.
        let Some(stated) = number(self.field(148, 8)).filter(|_| self.0.first() != Some(&0)) else {
            return self.is_nameless() && number(self.field(148, 8)) == Some(self.sums().0);
        };
        let (unsigned, signed) = self.sums();
        stated == unsigned || u64::try_from(signed) == Ok(stated)
    }

    /// A header may leave the name to the one before it.
    fn is_nameless(self) -> bool {
        self.0.first() == Some(&0) && self.field(257, 5) == b"ustar"
    }

    fn sums(self) -> (u64, i64) {
        let counted = self.0.iter().enumerate().map(|(at, byte)| match at {
            148..156 => b' ',
            _ => *byte,
        });
        counted.fold((0, 0), |(unsigned, signed), byte| {
            (unsigned + u64::from(byte), signed + i64::from(byte.cast_signed()))
        })
    }

    fn field(self, at: usize, length: usize) -> &'a [u8] {
        self.0.get(at..at + length).unwrap_or_default()
    }

    /// The name as its bytes stand, with the prefix of ustar.
    pub fn name(self) -> Vec<u8> {
        let name = until_zero(self.field(0, 100));
        // GNU tar has other things where ustar has the prefix.
        let prefix = match self.field(257, 8) {
            b"ustar\x0000" => until_zero(self.field(345, 155)),
            // Some write the magic and forget the version.
            [b'u', b's', b't', b'a', b'r', 0, ..] => until_zero(self.field(345, 155)),
            _ => &[],
        };
        match prefix {
            [] => name.to_vec(),
            prefix => [prefix, b"/", name].concat(),
        }
    }

    /// Where a link leads.
    pub fn link(self) -> &'a [u8] {
        until_zero(self.field(157, 100))
    }

    /// What kind of member it is: the type flag.
    pub fn kind(self) -> u8 {
        self.0.get(156).copied().unwrap_or_default()
    }

    /// The length of the data behind it, if it is a number.
    pub fn size(self) -> Option<u64> {
        number(self.field(124, 12))
    }

    /// GNU tar's list of the data of a sparse member: the pieces here, whether
    /// more blocks of pieces follow, and the member's true length.
    pub fn old_sparse(self) -> (Vec<(u64, u64)>, bool, Option<u64>) {
        (pieces(self.field(386, 96)), self.field(482, 1) != [0], number(self.field(483, 12)))
    }
}

/// A further block of pieces of an old sparse member, and whether more follow.
pub(super) fn more_pieces(block: &[u8]) -> (Vec<(u64, u64)>, bool) {
    let more = block.get(504).is_some_and(|byte| *byte != 0);
    (pieces(block.get(..504).unwrap_or_default()), more)
}

/// Offsets and lengths, in fields of twelve bytes.
fn pieces(fields: &[u8]) -> Vec<(u64, u64)> {
    let pair = |pair: &[u8]| Some((number(pair.get(..12)?)?, number(pair.get(12..24)?)?));
    let used = fields.chunks_exact(24).take_while(|pair| pair.first() != Some(&0));
    used.map_while(pair).collect()
}

/// A number in octal digits, or, with the first bit set, in binary (GNU). A
/// field of spaces and zero bytes is 0.
pub(super) fn number(field: &[u8]) -> Option<u64> {
    if let Some((first, rest)) = field.split_first()
        && first & 0x80 != 0
    {
        let wide = rest.iter().try_fold(u128::from(first & 0x3F), |sum, byte| {
            sum.checked_mul(256)?.checked_add((*byte).into())
        });
        // The second bit is that of a negative number, which no length is.
        return wide.filter(|_| first & 0x40 == 0).and_then(|wide| u64::try_from(wide).ok());
    }
    let digits = field.iter().skip_while(|b| matches!(b, b' ' | 0));
    digits.take_while(|b| !matches!(b, b' ' | 0)).try_fold(0u64, |sum, byte| match byte {
        b'0'..=b'7' => sum.checked_mul(8)?.checked_add((byte - b'0').into()),
        _ => None,
    })
}

/// The bytes before the first zero.
pub(super) fn until_zero(field: &[u8]) -> &[u8] {
    field.split(|byte| *byte == 0).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_octal_or_binary() {
        let binary = |value: u64| [&[0x80, 0, 0, 0][..], &value.to_be_bytes()].concat();
        for (field, want) in [
            (&b"0000644\0"[..], Some(0o644)),
            (b"   644 \0", Some(0o644)),
            (b"00000000017 ", Some(15)),
            (b"77777777777", Some(0o77777777777)),
            (b"\0\0\0\0", Some(0)),
            (b"", Some(0)),
            (b"0000648\0", None),
            (b"12x", None),
            (&binary(1 << 40), Some(1 << 40)),
            (&[0xFF; 12], None),
            (&[0x80, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 0], None),
        ] {
            assert_eq!(number(field), want, "{field:?}");
        }
    }
}
