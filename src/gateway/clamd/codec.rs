//! Commands and chunks of clamd's protocol, taken out of bytes. No policy here.
//!
//! A command is `zNAME\0`, `nNAME\n` or, bare, `NAME\n`; a bare one may also end with
//! the connection. Chunks of INSTREAM are four bytes of length, big-endian, and so many
//! bytes; a length of zero ends them.

/// The longest command: a path and a word.
pub(super) const LONGEST: usize = 8 << 10;

/// How a command was written, and with what its answer ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// `z…\0`
    Zero,
    /// `n…\n`
    Newline,
    /// Neither: the oldest form, one command a connection.
    Bare,
}

impl Form {
    /// The byte that ends an answer.
    pub(super) fn end(self) -> u8 {
        match self {
            Self::Zero => 0,
            Self::Newline | Self::Bare => b'\n',
        }
    }
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Command {
    Ping,
    Version,
    VersionCommands,
    Instream,
    Idsession,
    End,
    Stats,
    Reload,
    Fildes,
    /// Stop at the first hit.
    Scan(Vec<u8>),
    /// Go on behind a hit.
    ContScan(Vec<u8>),
    /// The same, by several at a time.
    MultiScan(Vec<u8>),
    Unknown,
}

/// Takes a command from the front of what was read.
///
/// # Errors
/// That none can come of it any more.
pub(super) fn command(
    buffer: &mut Vec<u8>,
    ended: bool,
) -> Result<Option<(Form, Command)>, TooLong> {
    let (form, skip) = match buffer.first() {
        None => return Ok(None),
        Some(b'z') => (Form::Zero, 1),
        Some(b'n') => (Form::Newline, 1),
        Some(_) => (Form::Bare, 0),
    };
    let end = buffer.iter().position(|byte| *byte == form.end());
    let (text_end, taken) = match end {
        Some(end) if end > LONGEST => return Err(TooLong),
        Some(end) => (end, end + 1),
        None if buffer.len() > LONGEST => return Err(TooLong),
        None if ended && form == Form::Bare => (buffer.len(), buffer.len()),
        None => return Ok(None),
    };
    let text = buffer[skip..text_end].to_vec();
    buffer.drain(..taken);
    Ok(Some((form, read(text.strip_suffix(b"\r").unwrap_or(&text)))))
}

/// A command that does not end.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooLong;

fn read(text: &[u8]) -> Command {
    let (word, rest) = match text.iter().position(|byte| *byte == b' ') {
        Some(at) => (&text[..at], text[at + 1..].to_vec()),
        None => (text, Vec::new()),
    };
    match (word, rest.is_empty()) {
        (b"PING", true) => Command::Ping,
        (b"VERSION", true) => Command::Version,
        (b"VERSIONCOMMANDS", true) => Command::VersionCommands,
        (b"INSTREAM", true) => Command::Instream,
        (b"IDSESSION", true) => Command::Idsession,
        (b"END", true) => Command::End,
        (b"STATS", true) => Command::Stats,
        (b"RELOAD", true) => Command::Reload,
        (b"FILDES", true) => Command::Fildes,
        (b"SCAN", false) => Command::Scan(rest),
        (b"CONTSCAN", false) => Command::ContScan(rest),
        (b"MULTISCAN", false) => Command::MultiScan(rest),
        _ => Command::Unknown,
    }
}

/// The length of the next chunk, taken from the front of what was read; nothing where it
/// is not there yet.
pub(super) fn chunk(buffer: &mut Vec<u8>) -> Option<u32> {
    let length = u32::from_be_bytes(buffer.get(..4)?.try_into().ok()?);
    buffer.drain(..4);
    Some(length)
}

/// Any bytes, as a peer might send them: each command and chunk takes something away.
#[cfg(fuzzing)]
pub fn fuzzed(bytes: &[u8]) {
    let Some((how, bytes)) = bytes.split_first() else { return };
    let mut buffer = bytes.to_vec();
    while !buffer.is_empty() {
        let before = buffer.len();
        match command(&mut buffer, how & 1 == 1) {
            Ok(Some((_, Command::Instream))) => {
                while let Some(length) = chunk(&mut buffer).filter(|length| *length > 0) {
                    let taken = buffer.len().min(length as usize);
                    buffer.drain(..taken);
                }
            }
            Ok(Some(_)) => {}
            Ok(None) | Err(TooLong) => return,
        }
        assert!(buffer.len() < before, "a command of nothing");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_in_every_form() {
        use Command::{ContScan, Fildes, Idsession, Instream, MultiScan, Ping, Scan, Unknown};
        for (bytes, want, rest) in [
            (&b"zPING\0"[..], Some((Form::Zero, Ping)), &b""[..]),
            (b"nPING\n", Some((Form::Newline, Ping)), b""),
            (b"PING\n", Some((Form::Bare, Ping)), b""),
            (b"PING\r\n", Some((Form::Bare, Ping)), b""),
            (b"PING", None, b"PING"),
            (b"zPING\n", None, b"zPING\n"),
            (b"zINSTREAM\0\0\0\0\x01x", Some((Form::Zero, Instream)), b"\0\0\0\x01x"),
            (b"zIDSESSION\0zPING\0", Some((Form::Zero, Idsession)), b"zPING\0"),
            (b"nFILDES\n", Some((Form::Newline, Fildes)), b""),
            (b"SCAN /a b\n", Some((Form::Bare, Scan(b"/a b".to_vec()))), b""),
            (b"CONTSCAN /x\n", Some((Form::Bare, ContScan(b"/x".to_vec()))), b""),
            (b"zMULTISCAN /\xff\n\0", Some((Form::Zero, MultiScan(b"/\xff\n".to_vec()))), b""),
            (b"SCAN\n", Some((Form::Bare, Unknown)), b""),
            (b"zSHUTDOWN\0", Some((Form::Zero, Unknown)), b""),
            (b"zPING x\0", Some((Form::Zero, Unknown)), b""),
            (b"ping\n", Some((Form::Bare, Unknown)), b""),
            (b"GET / HTTP/1.1\r\n", Some((Form::Bare, Unknown)), b""),
            (b"z\0", Some((Form::Zero, Unknown)), b""),
        ] {
            let mut buffer = bytes.to_vec();
            assert_eq!(command(&mut buffer, false), Ok(want), "{bytes:?}");
            assert_eq!(buffer, rest, "{bytes:?}");
        }
        let mut buffer = b"PING".to_vec();
        assert_eq!(command(&mut buffer, true), Ok(Some((Form::Bare, Ping))));
        let mut buffer = b"zPING".to_vec();
        assert_eq!(command(&mut buffer, true), Ok(None));
    }

    #[test]
    fn a_command_without_an_end_is_given_up() {
        let mut buffer = vec![b'z'; LONGEST + 2];
        assert_eq!(command(&mut buffer, false), Err(TooLong));
        let mut buffer = [vec![b'S'; LONGEST + 1], b"\n".to_vec()].concat();
        assert_eq!(command(&mut buffer, false), Err(TooLong));
    }

    /// Whatever comes, piece by piece, is a command, a wait or an end; and each command
    /// takes something away.
    #[test]
    fn any_bytes_end() {
        let mut seed = 7_u64;
        let mut next = move || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (seed >> 33) as usize
        };
        let words = b"znPINGSCANINSTREAM \0\n\r\xff/";
        for _ in 0..2000 {
            let bytes: Vec<u8> = (0..next() % 60).map(|_| words[next() % words.len()]).collect();
            let mut buffer = bytes.clone();
            let mut left = buffer.len() + 1;
            while let Ok(Some(_)) = command(&mut buffer, true) {
                assert!(buffer.len() < left, "{bytes:?}");
                left = buffer.len();
            }
        }
    }

    #[test]
    fn chunks() {
        let mut buffer = b"\0\0\0\x02ab\0\0\0\0".to_vec();
        assert_eq!(chunk(&mut buffer), Some(2));
        buffer.drain(..2);
        assert_eq!(chunk(&mut buffer), Some(0));
        assert_eq!(chunk(&mut buffer), None);
        assert_eq!(chunk(&mut vec![0xff; 4]), Some(u32::MAX));
    }
}
