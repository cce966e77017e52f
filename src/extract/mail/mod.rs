//! Mail.

pub mod cms;
pub mod eml;
pub mod mbox;
pub mod mht;
pub mod msg;
pub mod tnef;
