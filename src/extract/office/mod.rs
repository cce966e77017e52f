//! Office documents.

pub mod docx;
pub(crate) mod ole;
pub(crate) mod package;
pub(crate) mod properties;
pub(crate) mod xml;
