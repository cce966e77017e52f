//! Style as CSS tells it, as far as it decides what a reader sees: what is
//! hidden, and what is evidence (size, weight, face, colour, alignment).

pub(super) mod color;
pub(super) mod declared;
pub(super) mod sheet;
mod split;
mod values;

pub(super) use color::ink_of_attribute;
pub(super) use declared::{Display, Position, Set, White, declarations};
pub(super) use sheet::{Node, Sheet};
pub(super) use values::Length;
