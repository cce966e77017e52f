//! Office documents.

pub mod docx;
pub(crate) mod ole;
pub(crate) mod package;
mod properties;
mod xml;
