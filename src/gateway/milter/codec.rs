//! Packets of the milter protocol, version 6, taken out of bytes and made into them.
//!
//! A packet is four bytes of length, big-endian, one letter, and what belongs to it;
//! texts end with a zero byte.

/// The longest packet that is read: a body's piece is 64 KiB unless more was agreed on,
/// and headers and macros are shorter than mail servers let them be.
pub(super) const LONGEST: u32 = 2 << 20;

/// Texts of one packet. The most are a sender's or recipient's parameters, or macros: a
/// packet of nothing but ends of texts is one that wants memory.
const TEXTS: usize = 1000;

/// What this program speaks.
pub(super) const VERSION: u32 = 6;

/// Actions that may be asked for (`SMFIF_…`).
pub(super) mod action {
    pub const ADD_HEADERS: u32 = 0x01;
    pub const CHANGE_HEADERS: u32 = 0x10;
    pub const QUARANTINE: u32 = 0x20;
}

/// What a mail server may leave out, or need not be answered (`SMFIP_…`).
pub(super) mod protocol {
    pub const NO_HELO: u32 = 0x2;
    pub const NO_UNKNOWN: u32 = 0x100;
    pub const NO_DATA: u32 = 0x200;
    pub const NO_REPLY_HEADER: u32 = 0x80;
    pub const NO_REPLY_CONNECT: u32 = 0x1000;
    pub const NO_REPLY_MAIL: u32 = 0x4000;
    pub const NO_REPLY_RECIPIENT: u32 = 0x8000;
    pub const NO_REPLY_EOH: u32 = 0x4_0000;
    pub const NO_REPLY_BODY: u32 = 0x8_0000;
    /// The blank behind a header's colon is part of its value.
    pub const LEADING_SPACE: u32 = 0x10_0000;
}

/// What a mail server says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// What it speaks, offers and can leave out.
    Negotiate {
        version: u32,
        actions: u32,
        protocol: u32,
    },
    /// Names and values for the command that this is the letter of.
    Macros(u8, Vec<(Vec<u8>, Vec<u8>)>),
    /// Who connected: name and address.
    Connect {
        host: Vec<u8>,
        address: Vec<u8>,
    },
    Helo,
    /// Envelope sender with its parameters.
    Mail(Vec<Vec<u8>>),
    /// An envelope recipient with its parameters.
    Recipient(Vec<Vec<u8>>),
    Data,
    /// A header field, as it stands.
    Header(Vec<u8>, Vec<u8>),
    EndOfHeaders,
    Body(Vec<u8>),
    /// The message is whole; its last piece.
    EndOfBody(Vec<u8>),
    /// This message is not to be.
    Abort,
    Quit,
    /// The client is gone, another may come.
    QuitNewConnection,
    Unknown,
}

/// What does not follow the protocol.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Broken(pub &'static str);

/// Takes a packet from the front of what was read; nothing where it is not there yet.
///
/// # Errors
/// That what stands there is none.
pub(super) fn take(buffer: &mut Vec<u8>) -> Result<Option<Said>, Broken> {
    let Some(head) = buffer.first_chunk::<4>() else { return Ok(None) };
    let length = u32::from_be_bytes(*head);
    if length == 0 {
        return Err(Broken("a packet of nothing"));
    }
    if length > LONGEST {
        return Err(Broken("a packet that is too long"));
    }
    let end = 4 + length as usize;
    if buffer.len() < end {
        return Ok(None);
    }
    let (letter, rest) = buffer[4..end].split_first().ok_or(Broken("a packet of nothing"))?;
    let said = said(*letter, rest);
    buffer.drain(..end);
    said.map(Some)
}

fn said(letter: u8, rest: &[u8]) -> Result<Said, Broken> {
    Ok(match letter {
        b'O' => {
            let number = |at: usize| -> Result<u32, Broken> {
                let four = rest.get(at..at + 4).and_then(|four| four.try_into().ok());
                four.map(u32::from_be_bytes).ok_or(Broken("a negotiation cut short"))
            };
            Said::Negotiate { version: number(0)?, actions: number(4)?, protocol: number(8)? }
        }
        b'D' => {
            let (command, pairs) = rest.split_first().ok_or(Broken("macros for nothing"))?;
            let texts = texts(pairs)?;
            let (pairs, odd) = texts.as_chunks::<2>();
            if !odd.is_empty() {
                return Err(Broken("a macro without a value"));
            }
            Said::Macros(
                *command,
                pairs.iter().cloned().map(|[name, value]| (name, value)).collect(),
            )
        }
        b'C' => connect(rest)?,
        b'H' => Said::Helo,
        b'M' => Said::Mail(some(rest)?),
        b'R' => Said::Recipient(some(rest)?),
        b'T' => Said::Data,
        b'L' => match <[Vec<u8>; 2]>::try_from(texts(rest)?) {
            Ok([name, value]) => Said::Header(name, value),
            Err(_) => return Err(Broken("a header that is no name and value")),
        },
        b'N' => Said::EndOfHeaders,
        b'B' => Said::Body(rest.to_vec()),
        b'E' => Said::EndOfBody(rest.to_vec()),
        b'A' => Said::Abort,
        b'Q' => Said::Quit,
        b'K' => Said::QuitNewConnection,
        b'U' => Said::Unknown,
        _ => return Err(Broken("a command that is not known")),
    })
}

/// Name, family, and for all families but the unknown a port and an address.
fn connect(rest: &[u8]) -> Result<Said, Broken> {
    let broken = Broken("a connection without an address");
    let end = rest.iter().position(|byte| *byte == 0).ok_or(Broken("a name without an end"))?;
    let (host, rest) = (rest[..end].to_vec(), &rest[end + 1..]);
    let address = match rest.split_first() {
        None | Some((b'U', _)) => Vec::new(),
        Some((_, rest)) => {
            let address = rest.get(2..).ok_or(broken)?;
            address.split(|byte| *byte == 0).next().unwrap_or_default().to_vec()
        }
    };
    Ok(Said::Connect { host, address })
}

/// Texts, each ended by a zero byte.
fn texts(bytes: &[u8]) -> Result<Vec<Vec<u8>>, Broken> {
    match bytes.split_last() {
        None => Ok(Vec::new()),
        Some((0, texts)) if memchr::memchr_iter(0, texts).take(TEXTS).count() == TEXTS => {
            Err(Broken("too many texts"))
        }
        Some((0, texts)) => Ok(texts.split(|byte| *byte == 0).map(<[u8]>::to_vec).collect()),
        Some(_) => Err(Broken("a text without an end")),
    }
}

/// At least one text.
fn some(bytes: &[u8]) -> Result<Vec<Vec<u8>>, Broken> {
    let texts = texts(bytes)?;
    if texts.is_empty() { Err(Broken("an address that is missing")) } else { Ok(texts) }
}

/// What a filter says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reply {
    Negotiate {
        version: u32,
        actions: u32,
        protocol: u32,
    },
    Continue,
    /// Try again later, in the mail server's own words.
    TempFail,
    /// An answer of our own: `550 5.7.1 …`, lines parted by CR LF.
    Code(String),
    AddHeader(String, String),
    /// Changes the so-manieth header of a name, from 1; without a value it goes.
    ChangeHeader(u32, String, String),
    Quarantine(String),
}

impl Reply {
    /// Its packet.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut rest = Vec::new();
        let text = |rest: &mut Vec<u8>, text: &str| {
            rest.extend(text.bytes().filter(|byte| *byte != 0));
            rest.push(0);
        };
        let letter = match self {
            Self::Negotiate { version, actions, protocol } => {
                for number in [version, actions, protocol] {
                    rest.extend_from_slice(&number.to_be_bytes());
                }
                b'O'
            }
            Self::Continue => b'c',
            Self::TempFail => b't',
            Self::Code(code) => {
                text(&mut rest, code);
                b'y'
            }
            Self::AddHeader(name, value) => {
                text(&mut rest, name);
                text(&mut rest, value);
                b'h'
            }
            Self::ChangeHeader(number, name, value) => {
                rest.extend_from_slice(&number.to_be_bytes());
                text(&mut rest, name);
                text(&mut rest, value);
                b'm'
            }
            Self::Quarantine(reason) => {
                text(&mut rest, reason);
                b'q'
            }
        };
        let mut packet = (rest.len() as u32 + 1).to_be_bytes().to_vec();
        packet.push(letter);
        packet.extend(rest);
        packet
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(letter: u8, rest: &[u8]) -> Vec<u8> {
        [&(rest.len() as u32 + 1).to_be_bytes()[..], &[letter], rest].concat()
    }

    fn vecs(texts: &[&str]) -> Vec<Vec<u8>> {
        texts.iter().map(|text| text.as_bytes().to_vec()).collect()
    }

    #[test]
    fn every_command_and_what_is_none() {
        let numbers = [0, 0, 0, 6, 0, 0, 1, 0xff, 0, 0x1f, 0xff, 0xff];
        for (letter, rest, want) in [
            (
                b'O',
                &numbers[..],
                Ok(Said::Negotiate { version: 6, actions: 0x1ff, protocol: 0x1f_ffff }),
            ),
            (b'O', &numbers[..11], Err(Broken("a negotiation cut short"))),
            (
                b'D',
                b"Mi\0 4X\0{auth_authen}\0wang\0",
                Ok(Said::Macros(
                    b'M',
                    vec![
                        (b"i".to_vec(), b" 4X".to_vec()),
                        (b"{auth_authen}".to_vec(), b"wang".to_vec()),
                    ],
                )),
            ),
            (b'D', b"M", Ok(Said::Macros(b'M', vec![]))),
            (b'D', b"", Err(Broken("macros for nothing"))),
            (b'D', b"Mi\0", Err(Broken("a macro without a value"))),
            (b'D', b"Mi\0x", Err(Broken("a text without an end"))),
            (
                b'C',
                b"mail.example\x004\x00\x19192.0.2.1\0",
                Ok(Said::Connect {
                    host: b"mail.example".to_vec(),
                    address: b"192.0.2.1".to_vec(),
                }),
            ),
            (
                b'C',
                b"localhost\0U",
                Ok(Said::Connect { host: b"localhost".to_vec(), address: vec![] }),
            ),
            (b'C', b"mail\x004\x00", Err(Broken("a connection without an address"))),
            (b'C', b"mail", Err(Broken("a name without an end"))),
            (b'M', b"<a@b>\0SIZE=3\0", Ok(Said::Mail(vecs(&["<a@b>", "SIZE=3"])))),
            (b'M', b"<>\0", Ok(Said::Mail(vecs(&["<>"])))),
            (b'M', b"", Err(Broken("an address that is missing"))),
            (b'R', b"<c@d>\0", Ok(Said::Recipient(vecs(&["<c@d>"])))),
            (b'L', b"Subject\0 x\n y\0", Ok(Said::Header(b"Subject".to_vec(), b" x\n y".to_vec()))),
            (b'L', b"Subject\0", Err(Broken("a header that is no name and value"))),
            (b'L', b"a\0b\0c\0", Err(Broken("a header that is no name and value"))),
            (b'B', b"a\0b", Ok(Said::Body(b"a\0b".to_vec()))),
            (b'E', b"", Ok(Said::EndOfBody(vec![]))),
            (b'A', b"", Ok(Said::Abort)),
            (b'K', b"", Ok(Said::QuitNewConnection)),
            (b'!', b"", Err(Broken("a command that is not known"))),
        ] {
            let mut buffer = packet(letter, rest);
            buffer.extend(b"\0\0");
            assert_eq!(take(&mut buffer), want.map(Some), "{} {rest:?}", char::from(letter));
            assert_eq!(buffer, b"\0\0");
            for cut in 0..buffer.len() {
                assert_eq!(take(&mut packet(letter, rest)[..cut].to_vec()), Ok(None));
            }
        }
        let many = packet(b'R', &[0; TEXTS + 1]);
        assert!(take(&mut packet(b'R', &[0; TEXTS])).is_ok());
        assert_eq!(take(&mut many.clone()), Err(Broken("too many texts")));
        for (bytes, why) in [
            ([0, 0, 0, 0, 1], "a packet of nothing"),
            ([0xff, 0, 0, 0, 1], "a packet that is too long"),
        ] {
            assert_eq!(take(&mut bytes.to_vec()), Err(Broken(why)));
        }
    }

    #[test]
    fn replies() {
        for (reply, want) in [
            (Reply::Continue, packet(b'c', b"")),
            (Reply::Code("550 5.7.1 no".into()), packet(b'y', b"550 5.7.1 no\0")),
            (Reply::Quarantine("a\0b".into()), packet(b'q', b"ab\0")),
            (Reply::ChangeHeader(2, "X".into(), String::new()), packet(b'm', b"\0\0\0\x02X\0\0")),
            (
                Reply::Negotiate { version: 6, actions: 1, protocol: 2 },
                packet(b'O', &[0, 0, 0, 6, 0, 0, 0, 1, 0, 0, 0, 2]),
            ),
        ] {
            assert_eq!(reply.bytes(), want, "{reply:?}");
        }
    }

    /// Packets that were changed at random are answers or errors, and never a wait for
    /// what is there.
    #[test]
    fn any_bytes_end() {
        let mut seed = 11_u64;
        let mut next = move || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (seed >> 33) as usize
        };
        let good = [
            packet(b'O', &[0; 12]),
            packet(b'D', b"Mi\x004X\0"),
            packet(b'C', b"h\x004\0\x19192.0.2.1\0"),
            packet(b'L', b"a\0b\0"),
            packet(b'R', b"<a@b>\0X\0"),
        ];
        for _ in 0..5000 {
            let mut bytes = good[next() % good.len()].clone();
            for _ in 0..1 + next() % 3 {
                let at = 4 + next() % (bytes.len() - 4);
                match next() % 3 {
                    0 => bytes[at] = next() as u8,
                    1 => bytes[at] = 0,
                    _ => bytes.truncate(at.max(5)),
                }
            }
            let length = bytes.len() as u32 - 4;
            bytes[..4].copy_from_slice(&length.to_be_bytes());
            assert_ne!(take(&mut bytes.clone()), Ok(None), "{bytes:?}");
        }
    }
}
