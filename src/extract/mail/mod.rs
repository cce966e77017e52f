//! Mail.

pub mod apple;
pub mod calendar;
pub mod cms;
pub mod eml;
pub mod mbox;
pub mod mht;
pub mod msg;
pub mod tnef;
pub mod uu;

mod body;
mod der;
mod entity;
mod fields;
mod mapi;
mod page;
mod params;
mod rtf_lz;
mod transfer;
mod words;
