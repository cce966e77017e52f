//! Office documents.

pub mod doc;
pub mod docx;
pub mod odf;
pub(crate) mod ole;
pub(crate) mod package;
pub mod ppt;
pub mod pptx;
pub(crate) mod properties;
pub(crate) mod property_sets;
pub mod xls;
pub mod xlsx;
pub(crate) mod xml;
