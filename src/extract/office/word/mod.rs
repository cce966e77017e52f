//! What the formats of Word have in common: how paragraphs come to stand on
//! pages, tables, fields, symbol fonts, and which page shows which header.

pub(in crate::extract::office) mod fields;
pub(in crate::extract::office) mod ink;
pub(in crate::extract::office) mod sections;
pub(in crate::extract::office) mod sheet;
pub(in crate::extract) mod symbols;
pub(in crate::extract::office) mod tables;
