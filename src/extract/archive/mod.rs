//! Archives.

pub mod zip;
