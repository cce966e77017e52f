//! Archives and compressed streams: what is packed inside comes out as children.

pub mod ar;
pub mod cab;
mod codec;
mod compress;
pub mod cpio;
mod members;
pub(super) mod names;
pub mod rar;
pub mod seven;
pub mod stream;
pub mod tar;
pub(super) mod volumes;
pub mod zip;
