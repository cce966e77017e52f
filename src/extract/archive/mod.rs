//! Archives.

pub mod rar;
pub mod seven;
pub mod stream;
pub mod tar;
pub mod zip;
