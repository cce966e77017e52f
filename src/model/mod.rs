//! The vocabulary: plain values that every room shares. Names no other room.

mod bound;
mod calendar;
mod document;
mod facts;
mod finding;
mod hex;
mod losses;
mod marking;
mod picture;
mod review;
mod suppression;
mod text;
mod verdict;
mod wire;

pub use bound::upper_limit;
pub use calendar::Calendar;
pub use document::{Bytes, Matter, Origin, Provenance, Submission, own_name};
pub use facts::{Extension, Facts, IssueDate, Piece};
pub use finding::{Evidence, Finding, Gap, GapKind, Limit, Note, Place, Said, Severity, Words};
pub use hex::{hex, unhex};
pub use jiff::Timestamp;
pub use jiff::civil::Date;
pub use losses::{Losses, Quarantined};
pub use marking::{Level, Mark, MarkForm, Term, TermLength};
pub use picture::{Bitmap, Lettering};
pub(crate) use review::named;
pub use review::{
    Asked, Attested, Carrier, Conclusion, Disposition, Due, Proposal, Review, Role, Ruled, Ruling,
    Seen, Step, Upward,
};
pub use suppression::{Decided, Suppression};
pub use text::{
    Align, Block, BlockHead, FoldedText, Rect, Region, SourceText, Span, Style, StyleId, StyleRun,
    TextBuilder,
};
pub use verdict::{
    Coverage, Declassification, DeclassificationState, Disclosure, Encoding, EngineId, Examination,
    Part, ReadState, Verdict,
};
