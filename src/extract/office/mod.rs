//! Office documents.

mod base64;
pub(crate) mod compound;
pub(crate) mod controls;
pub(crate) mod crypt;
pub mod doc;
pub mod docx;
pub(crate) mod drawing;
pub(crate) mod equation;
pub mod flat;
pub(crate) mod numbers;
pub mod odf;
pub(crate) mod ole;
pub(crate) mod package;
pub(crate) mod packed;
pub mod ppt;
pub mod pptx;
pub(crate) mod properties;
pub(crate) mod property_sets;
pub(crate) mod sheet;
pub(crate) mod theme;
pub mod uof;
pub(crate) mod vba;
mod word;
mod workbook;
pub mod xls;
pub mod xlsx;
pub(crate) mod xml;
