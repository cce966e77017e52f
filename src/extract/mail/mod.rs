//! Mail.

pub mod eml;
