//! What a parent and a cell say to each other over a socket: frames of a length
//! and a `borsh` value, and open files beside them.

use std::fs::File;
use std::io::{self, IoSlice, IoSliceMut, Read, Write};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;

use borsh::{BorshDeserialize, BorshSerialize};
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags,
};

use super::confine::Confinement;
use crate::model::{Examination, Gap};

/// The longest frame that is taken, in bytes: an examination of the most parts
/// and findings that limits allow is far below it.
const FRAME: u32 = 256 << 20;

/// What comes with an open file: the descriptor needs a byte to travel on.
const MARKER: u8 = 0xFD;

/// What the parent asks for.
#[derive(Debug, BorshSerialize, BorshDeserialize)]
pub(super) struct Order {
    /// What the matter is called.
    pub source: String,
    /// Its submissions. For each that is there follows, in order, why it cannot be
    /// opened (`Option<Gap>`), or the open file.
    pub items: Vec<Ordered>,
    /// Parts that are not to be read, by their place in the examination, since
    /// cells were lost at them.
    pub skip: Vec<(u64, Gap)>,
}

/// One submission of an order.
#[derive(Debug, BorshSerialize, BorshDeserialize)]
pub(super) struct Ordered {
    /// Its name as a person would read it.
    pub name: String,
    /// Whether there is anything to open.
    pub is_there: bool,
    /// What was lost of it before.
    pub gap: Option<Gap>,
}

/// What a cell answers.
#[derive(Debug, BorshSerialize, BorshDeserialize)]
pub(super) enum Answer {
    /// It stands, so confined, and works by these rules.
    Ready(Confinement, String),
    /// It begins with a part, by its place in the examination.
    Begun(u64),
    /// The examination, and the processor time it took so far in milliseconds.
    Done(Box<Examination>, u64),
}

/// Writes a frame.
///
/// # Errors
/// What the socket says, or that the value is longer than a frame may be.
pub(super) fn send<T: BorshSerialize>(socket: &mut UnixStream, value: &T) -> io::Result<()> {
    let mut frame = vec![0; 4];
    value.serialize(&mut frame)?;
    let length = u32::try_from(frame.len() - 4).ok().filter(|length| *length <= FRAME);
    let length = length.ok_or_else(|| io::Error::other("an answer longer than a frame"))?;
    frame[..4].copy_from_slice(&length.to_le_bytes());
    socket.write_all(&frame)
}

/// Reads a frame. Room is made as it comes in and not as its length says.
///
/// # Errors
/// What the socket says, an end before its time, or a value that is none.
pub(super) fn receive<T: BorshDeserialize>(socket: &mut impl Read) -> io::Result<T> {
    receive_within(socket, FRAME)
}

/// The same, for a frame of at most `most` bytes.
///
/// # Errors
/// As [`receive`].
pub(super) fn receive_within<T: BorshDeserialize>(
    socket: &mut impl Read,
    most: u32,
) -> io::Result<T> {
    let mut length = [0; 4];
    socket.read_exact(&mut length)?;
    let length = u32::from_le_bytes(length);
    if length > most {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "a frame longer than allowed"));
    }
    let mut frame = Vec::new();
    socket.take(u64::from(length)).read_to_end(&mut frame)?;
    if frame.len() as u64 != u64::from(length) {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    borsh::from_slice(&frame)
}

/// Hands an open file over.
///
/// # Errors
/// What the socket says.
pub(super) fn send_file(socket: &UnixStream, file: &File) -> io::Result<()> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut beside = SendAncillaryBuffer::new(&mut space);
    let files = [file.as_fd()];
    beside.push(SendAncillaryMessage::ScmRights(&files));
    loop {
        let sent = rustix::net::sendmsg(
            socket,
            &[IoSlice::new(&[MARKER])],
            &mut beside,
            SendFlags::NOSIGNAL,
        );
        match sent {
            Err(rustix::io::Errno::INTR) => continue,
            sent => return sent.map(drop).map_err(io::Error::from),
        }
    }
}

/// Takes an open file.
///
/// # Errors
/// What the socket says, or that no file came.
pub(super) fn receive_file(socket: &UnixStream) -> io::Result<File> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut beside = RecvAncillaryBuffer::new(&mut space);
    let mut marker = [0];
    let got = rustix::net::recvmsg(
        socket,
        &mut [IoSliceMut::new(&mut marker)],
        &mut beside,
        RecvFlags::CMSG_CLOEXEC,
    )?;
    let mut files = beside.drain().filter_map(|message| match message {
        RecvAncillaryMessage::ScmRights(files) => Some(files),
        _ => None,
    });
    let file: Option<OwnedFd> = files.next().and_then(|mut files| files.next());
    match (got.bytes, marker[0], file) {
        (1, MARKER, Some(file)) => Ok(file.into()),
        _ => Err(io::Error::new(io::ErrorKind::InvalidData, "no file came where one was said to")),
    }
}

/// What a parent and a cell make of each other's frames, for fuzzing alone.
#[cfg(fuzzing)]
pub mod fuzzed {
    use super::*;

    /// An examination as a cell sends it.
    pub fn answer(examination: Examination) -> Vec<u8> {
        framed(&Answer::Done(Box::new(examination), 0))
    }

    /// An order as a parent sends it.
    pub fn order(source: &str, gap: Gap) -> Vec<u8> {
        let item = Ordered { name: source.to_owned(), is_there: true, gap: Some(gap.clone()) };
        let items = vec![item];
        framed(&Order { source: source.to_owned(), items, skip: vec![(1, gap)] })
    }

    /// The examination that a parent takes a frame for.
    ///
    /// # Panics
    /// If what it is taken for is sent as other bytes.
    pub fn taken(frame: &[u8]) -> Option<Examination> {
        match same::<Answer>(frame)? {
            Answer::Done(examination, _) => Some(*examination),
            Answer::Ready(..) | Answer::Begun(_) => None,
        }
    }

    /// Whether a cell takes a frame for an order.
    ///
    /// # Panics
    /// If what it is taken for is sent as other bytes.
    pub fn ordered(frame: &[u8]) -> bool {
        same::<Order>(frame).is_some()
    }

    fn same<T: BorshSerialize + BorshDeserialize>(frame: &[u8]) -> Option<T> {
        let value: T = receive(&mut &*frame).ok()?;
        let sent = framed(&value);
        assert_eq!(frame.get(..sent.len()), Some(&*sent), "one value is two frames");
        Some(value)
    }

    fn framed<T: BorshSerialize>(value: &T) -> Vec<u8> {
        let body = borsh::to_vec(value).unwrap_or_default();
        [&(body.len() as u32).to_le_bytes()[..], &body].concat()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Seek;

    use super::*;
    use crate::model::GapKind;

    #[test]
    fn frames_and_files_come_as_they_went() {
        let (mut here, mut there) = UnixStream::pair().unwrap();
        let mut file = tempfile::tempfile().unwrap();
        file.write_all("密级".as_bytes()).unwrap();
        file.rewind().unwrap();
        let gap = Gap::new(GapKind::Damaged, "gone");
        let order = Order {
            source: "a".into(),
            items: vec![Ordered { name: "b".into(), is_there: false, gap: Some(gap.clone()) }],
            skip: vec![(3, gap)],
        };
        send(&mut here, &order).unwrap();
        send_file(&here, &file).unwrap();
        send(&mut here, &order).unwrap();
        let first: Order = receive(&mut there).unwrap();
        assert_eq!(format!("{first:?}"), format!("{order:?}"));
        let mut text = String::new();
        receive_file(&there).unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, "密级");
        assert!(receive::<Order>(&mut there).is_ok());
        send(&mut here, &order).unwrap();
        assert!(receive_file(&there).is_err());
    }

    /// What a captured cell may send: nothing of it is more than an error.
    #[test]
    fn broken_frames_are_refused() {
        let long = (FRAME + 1).to_le_bytes();
        let cases: [&[u8]; 6] = [
            &[],
            &[1, 0],
            &[9, 0, 0, 0, 1],
            &long,
            &[1, 0, 0, 0, 77],
            // A list of four thousand million items, and then nothing.
            &[13, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255],
        ];
        for bytes in cases {
            assert!(receive::<Answer>(&mut &bytes[..]).is_err(), "{bytes:?}");
        }
    }
}
