//! Office documents.

pub mod docx;
pub mod odf;
pub(crate) mod ole;
pub(crate) mod package;
pub(crate) mod properties;
pub(crate) mod xml;
