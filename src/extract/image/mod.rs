//! Pictures: what is said beside what they show is read; what they show is left to
//! the recognition of text, and is a gap until there is some.
//!
//! Every format is walked by code of our own: the containers are simple, and what
//! counts is that a broken one is read as far as it goes. Nothing is decoded.

mod bitmap;
mod boxes;
mod exif;
mod gif;
mod iptc;
mod jpeg;
mod metafile;
mod numbers;
mod picture;
mod png;
mod psd;
mod tags;
#[cfg(test)]
mod tests;
mod tiff;
mod webp;
mod words;

use picture::Picture;

use crate::extract::{Budget, Extraction};
use crate::model::{GapKind, Submission};

/// What reads one kind of picture.
type Walk = fn(&[u8], &mut Picture<'_>);

/// First bytes at an offset, and what reads what begins so.
const KINDS: &[(usize, &[u8], Walk)] = &[
    (0, b"\x89PNG\r\n\x1A\n", png::read),
    (0, b"\xFF\xD8", jpeg::read),
    (0, b"GIF8", gif::read),
    (0, b"II*\0", tiff::read),
    (0, b"MM\0*", tiff::read),
    (0, b"II+\0", tiff::read),
    (0, b"MM\0+", tiff::read),
    (0, b"BM", bitmap::read),
    (0, b"\0\0\x01\0", bitmap::read_icon),
    (0, b"P4", bitmap::read_portable),
    (0, b"P5", bitmap::read_portable),
    (0, b"P6", bitmap::read_portable),
    (8, b"WEBP", webp::read),
    (0, b"8BPS", psd::read),
    (4, b"ftyp", boxes::read),
    (4, b"jP  ", boxes::read),
    (4, b"JXL ", boxes::read),
    (0, b"\xFF\x4F\xFF\x51", boxes::read_codestream),
    (0, b"\xFF\x0A", |_, picture| picture.page(None)),
    (0, b"\xD7\xCD\xC6\x9A", metafile::read_wmf),
    (0, b"\x01\0\x09\0", metafile::read_wmf),
    (40, b" EMF", metafile::read_emf),
];

/// Whether bytes are a metafile that holds text as characters. Such a drawing in a
/// document is a part that can be read; other pictures are counted where they stand.
pub(crate) fn is_drawing_with_text(bytes: &[u8], budget: &mut Budget) -> bool {
    let mut picture = Picture::new(budget);
    if bytes.get(40..44) == Some(b" EMF") {
        metafile::read_emf(bytes, &mut picture);
    } else if bytes.starts_with(b"\xD7\xCD\xC6\x9A") || bytes.starts_with(b"\x01\0\x09\0") {
        metafile::read_wmf(bytes, &mut picture);
    }
    picture.has_shown
}

/// Reads it.
pub(crate) fn read(submission: &Submission, budget: &mut Budget) -> Extraction {
    let bytes: &[u8] = &submission.bytes;
    let begins = |(at, first, _): &&(usize, &[u8], Walk)| {
        bytes.get(*at..).is_some_and(|rest| rest.starts_with(first))
    };
    let Some((.., walk)) = KINDS.iter().find(begins) else {
        return Extraction::gap(GapKind::Unsupported, "no reader for pictures of this kind");
    };
    let mut picture = Picture::new(budget);
    walk(bytes, &mut picture);
    picture.finish(submission)
}
