//! Mail.

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
mod page;
mod params;
mod transfer;
mod words;
