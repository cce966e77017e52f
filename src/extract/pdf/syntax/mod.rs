//! The objects of a PDF file (ISO 32000-2, clause 7): read when they are asked
//! for, with every byte unpacked and every object made charged to the budget.
//!
//! Read as leniently as any viewer does: where the places of objects are wrong,
//! the file is searched for them.

pub(crate) mod crypt;
pub(crate) mod file;
pub(crate) mod filter;
pub(crate) mod lexer;
pub(crate) mod object;
pub(crate) mod text;
pub(crate) mod xref;

pub(crate) use crypt::Refusal;
pub(crate) use file::File;
pub(crate) use lexer::{Lexer, Token};
pub(crate) use object::{Dict, Object, Stream, entry};
