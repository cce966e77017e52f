//! Signed, compressed and sealed content (CMS, RFC 5652; PKCS #7; the Chinese
//! GM/T 0010): `.p7m` and `.p7s` files and the opaque parts of S/MIME (RFC 8551).
//!
//! What was signed or compressed comes out as a child. Certificates and
//! signatures are not read: they say who signed, not what.

use flate2::read::ZlibDecoder;
use memchr::memmem;

use super::der::{self, Element};
use super::transfer;
use crate::extract::{Budget, Extraction, Metered};
use crate::model::{Gap, GapKind, Origin, Submission};

/// What a content type's number says of what is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// The content, as it is.
    Data,
    /// The content with something beside it: signatures, a digest.
    Wrapped,
    Compressed,
    Sealed,
    Unknown,
}

/// PKCS #7 content types: 1.2.840.113549.1.7.
const PKCS7: &[u8] = b"\x2A\x86\x48\x86\xF7\x0D\x01\x07";

/// S/MIME content types: 1.2.840.113549.1.9.16.1.
const SMIME: &[u8] = b"\x2A\x86\x48\x86\xF7\x0D\x01\x09\x10\x01";

/// GM/T 0010 content types: 1.2.156.10197.6.1.4.2.
const GM: &[u8] = b"\x2A\x81\x1C\xCF\x55\x06\x01\x04\x02";

fn kind(oid: &[u8]) -> Kind {
    let pkcs7 = oid.strip_prefix(PKCS7).or_else(|| oid.strip_prefix(GM));
    match (pkcs7, oid.strip_prefix(SMIME)) {
        (Some([1]), _) => Kind::Data,
        (Some([2 | 5]), _) if oid.starts_with(PKCS7) => Kind::Wrapped,
        (Some([2]), _) => Kind::Wrapped,
        (Some([3..=6]), _) | (_, Some([23])) => Kind::Sealed,
        (_, Some([2])) => Kind::Wrapped,
        (_, Some([9])) => Kind::Compressed,
        _ => Kind::Unknown,
    }
}

/// Reads it.
pub(crate) fn read(submission: &Submission, budget: &mut Budget) -> Extraction {
    let mut out = Extraction::default();
    let unarmoured = unarmoured(&submission.bytes);
    let bytes = unarmoured.as_deref().unwrap_or(&submission.bytes);
    if let Err(gap) = content(submission, bytes, budget, &mut out) {
        out.gaps.push(gap);
    }
    out
}

fn content(
    submission: &Submission,
    bytes: &[u8],
    budget: &mut Budget,
    out: &mut Extraction,
) -> Result<(), Gap> {
    let damaged =
        |what: &str| Gap::new(GapKind::Damaged, format!("the signed or sealed data: {what}"));
    let (whole, rest) = der::element(bytes).ok_or_else(|| damaged("no structure"))?;
    if rest.iter().any(|b| !matches!(b, 0 | b'\r' | b'\n')) {
        out.gaps.push(damaged("bytes stand behind it"));
    }
    let mut parts = whole.children();
    let oid = parts.next().filter(|e| e.tag == der::OID).ok_or_else(|| damaged("no type"))?;
    let inner = parts.next().and_then(|e| e.children().next());
    let kind = kind(oid.content);
    if kind == Kind::Sealed {
        return Err(Gap::new(GapKind::Encrypted, "the content is sealed for others"));
    }
    if kind == Kind::Unknown {
        return Err(Gap::new(GapKind::Unsupported, "content of a type that is not known"));
    }
    let inner = inner.ok_or_else(|| damaged("no content"))?;
    let packed = match kind {
        Kind::Data => Some(inner.octets(budget)?),
        // The content stands in a sequence of its type and itself (RFC 5652, 5.2).
        _ => match inner.children().filter_map(|e| e.encapsulated()).max_by_key(Option::is_some) {
            Some(Some(content)) => {
                out.gaps.extend(content.cut.then(|| damaged("its content is cut")));
                Some(content.octets(budget)?)
            }
            // A signature on something that stands elsewhere.
            Some(None) => None,
            None => return Err(damaged("it is cut")),
        },
    };
    if whole.cut {
        out.gaps.push(damaged("it is cut"));
    }
    let Some(mut bytes) = packed else { return Ok(()) };
    if kind == Kind::Compressed {
        let length = bytes.len() as u64;
        let (unpacked, gap) = Metered::new(ZlibDecoder::new(&*bytes), length, budget).read_all();
        out.gaps.extend(gap);
        bytes = unpacked;
    }
    let own = submission.provenance.name();
    let name = own.rsplit_once('.').filter(|(stem, extension)| {
        ["p7m", "p7s", "p7b"].iter().any(|e| extension.eq_ignore_ascii_case(e))
            && stem.contains('.')
    });
    let name = name.map_or("content", |(stem, _)| stem);
    out.children.push(submission.child(name, Origin::MailBody, bytes));
    Ok(())
}

/// Whether a text begins as such data does in base64, without anything around it.
pub(crate) fn is_bare_base64(text: &str) -> bool {
    const HEAD: usize = 40;
    let head = text.as_bytes().get(..HEAD).unwrap_or_default();
    head.starts_with(b"M") && !head.contains(&b' ') && is_cms(&transfer::base64(head).bytes)
}

/// Whether bytes begin as such data does: with a sequence and the number of a
/// content type of PKCS #7, S/MIME or GM/T 0010.
pub(crate) fn is_cms(bytes: &[u8]) -> bool {
    let Some(length) = bytes.strip_prefix(b"\x30").and_then(|rest| rest.first()) else {
        return false;
    };
    let begin = 2 + if *length > 0x80 { usize::from(length & 0x7F) } else { 0 };
    let rest = bytes.get(begin..).unwrap_or_default();
    [PKCS7, SMIME, GM]
        .iter()
        .any(|base| rest.starts_with(&[&[der::OID, base.len() as u8 + 1], *base].concat()))
}

/// The bytes of a text in base64, armoured (RFC 7468) or bare.
fn unarmoured(bytes: &[u8]) -> Option<Vec<u8>> {
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start();
    let Some(armour) = text.strip_prefix(b"-----BEGIN ") else {
        return text.starts_with(b"M").then(|| transfer::base64(text).bytes);
    };
    let line = memchr::memchr(b'\n', armour)?;
    let rest = armour.get(line + 1..)?;
    let end = memmem::find(rest, b"-----END ").unwrap_or(rest.len());
    Some(transfer::base64(rest.get(..end)?).bytes)
}

impl<'a> Element<'a> {
    /// What a sequence of a type and content holds; `Some(None)` if the content is absent.
    fn encapsulated(&self) -> Option<Option<Element<'a>>> {
        let mut parts = self.children();
        let is_type = self.tag == der::SEQUENCE && parts.next()?.tag == der::OID;
        match (is_type, parts.next()) {
            (true, None) => Some(None),
            (true, Some(e)) if e.tag == der::EXPLICIT_0 => Some(e.children().next()),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::{Format, Limits, sniff};
    use std::io::Write;

    fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
        let length = content.len();
        let mut out = vec![tag];
        match length {
            0..128 => out.push(length as u8),
            _ => out.extend([0x82, (length >> 8) as u8, length as u8]),
        }
        out.extend(content);
        out
    }

    fn info(oid: &[u8], content: &[u8]) -> Vec<u8> {
        tlv(0x30, &[tlv(6, oid), tlv(0xA0, content)].concat())
    }

    fn signed(base: &[u8], content: Option<&[u8]>) -> Vec<u8> {
        let data = [base, &[1]].concat();
        let inner = content.map(|c| tlv(0xA0, &tlv(4, c))).unwrap_or_default();
        let encapsulated = tlv(0x30, &[tlv(6, &data), inner].concat());
        let sha = tlv(0x31, &tlv(0x30, &tlv(6, &[1, 2, 3])));
        let body = tlv(0x30, &[tlv(2, &[1]), sha, encapsulated, tlv(0x31, &[])].concat());
        info(&[base, &[2]].concat(), &body)
    }

    fn base64_of(bytes: &[u8]) -> String {
        const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let mut out = String::new();
        for group in bytes.chunks(3) {
            let word = group.iter().fold(0_u32, |sum, b| sum << 8 | u32::from(*b))
                << (8 * (3 - group.len()));
            for place in 0..4 {
                let digit = DIGITS[(word >> (18 - 6 * place) & 63) as usize];
                out.push(if place > group.len() { '=' } else { digit.into() });
            }
        }
        out
    }

    fn reading(bytes: &[u8]) -> (Vec<(String, Vec<u8>)>, Vec<GapKind>) {
        let submission = Submission::file("a.txt.p7m", bytes);
        let read = read(&submission, &mut Budget::new(Limits::default()));
        let child = |c: &Submission| (c.provenance.name().to_owned(), c.bytes.to_vec());
        (read.children.iter().map(child).collect(), read.gaps.iter().map(|g| g.kind).collect())
    }

    #[test]
    fn content_comes_out_and_what_is_sealed_is_said() {
        let content = "Content-Type: text/plain\r\n\r\n机密".as_bytes();
        let out = vec![("a.txt".to_owned(), content.to_vec())];
        let der = signed(PKCS7, Some(content));
        assert_eq!(sniff(content), Format::Eml);
        for bytes in
            [&der, &signed(GM, Some(content)), &info(&[PKCS7, &[1]].concat(), &tlv(4, content))]
        {
            assert_eq!(sniff(bytes), Format::Other("application/pkcs7-mime"));
            assert_eq!(reading(bytes), (out.clone(), vec![]));
        }
        // Lengths that are not told, content in pieces.
        let pieces =
            [&[0x24, 0x80][..], &tlv(4, &content[..9]), &tlv(4, &content[9..]), &[0, 0]].concat();
        let ber = [
            &[0x30, 0x80][..],
            &tlv(6, &[PKCS7, &[1]].concat()),
            &[0xA0, 0x80],
            &pieces,
            &[0, 0, 0, 0],
        ]
        .concat();
        assert_eq!(reading(&ber), (out.clone(), vec![]));

        let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        zlib.write_all(content).unwrap();
        let data = tlv(
            0x30,
            &[tlv(6, &[PKCS7, &[1]].concat()), tlv(0xA0, &tlv(4, &zlib.finish().unwrap()))]
                .concat(),
        );
        let compressed = info(
            &[SMIME, &[9]].concat(),
            &tlv(0x30, &[tlv(2, &[0]), tlv(0x30, &tlv(6, &[1])), data].concat()),
        );
        assert_eq!(reading(&compressed), (out.clone(), vec![]));

        // In base64, armoured or not.
        let text = base64_of(&der);
        for armoured in [format!("-----BEGIN PKCS7-----\n{text}\n-----END PKCS7-----\n"), text] {
            assert_eq!(sniff(armoured.as_bytes()), Format::Other("application/pkcs7-mime"));
            assert_eq!(reading(armoured.as_bytes()), (out.clone(), vec![]));
        }

        assert_eq!(reading(&signed(PKCS7, None)), (vec![], vec![]));
        for sealed in [[PKCS7, &[3]].concat(), [SMIME, &[23]].concat(), [GM, &[3]].concat()] {
            assert_eq!(
                reading(&info(&sealed, &tlv(0x30, &[]))),
                (vec![], vec![GapKind::Encrypted])
            );
        }
        assert_eq!(reading(&[&der[..], b"more"].concat()), (out, vec![GapKind::Damaged]));
        assert_eq!(reading(&info(&[1, 2], &[])).1, [GapKind::Unsupported]);
    }

    #[test]
    fn cut_or_changed_data_ends_in_a_gap_or_content() {
        let der = signed(PKCS7, Some(&[b'x'; 300]));
        for length in 0..der.len() {
            let (children, gaps) = reading(&der[..length]);
            assert!(!gaps.is_empty(), "{length} {children:?}");
            for byte in [0, 0x80, 0xFF] {
                let mut changed = der.clone();
                changed[length] = byte;
                reading(&changed);
            }
        }
    }
}
