//! Office documents.

pub mod docx;
