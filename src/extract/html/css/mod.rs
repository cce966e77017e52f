//! Style as CSS tells it, as far as it decides what a reader sees: what is
//! hidden, and what is evidence (size, weight, face, colour, alignment).

pub(in crate::extract) mod color;
pub(in crate::extract) mod declared;
pub(in crate::extract) mod sheet;
mod split;
mod values;

pub(in crate::extract) use color::ink_of_attribute;
pub(in crate::extract) use declared::{Display, Position, Set, White, declarations};
pub(in crate::extract) use sheet::{Node, Sheet, bit};
pub(in crate::extract) use values::Length;
