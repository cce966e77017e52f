//! vetmark finds classification marks in documents before they are disclosed,
//! and says what could not be read.
//!
//! The rooms, in the order a document meets them. [`pipeline::Pipeline::examine`]
//! is where to start reading.

pub mod model;

pub mod intake;

pub mod detect;
pub mod dictionary;
pub mod extract;
pub mod judge;
pub mod normalize;
pub mod suppress;

pub mod pipeline;

pub mod hold;
pub mod view;

#[cfg(target_os = "linux")]
pub mod cell;

pub mod record;
pub mod report;

pub mod console;

#[cfg(target_os = "linux")]
pub mod gateway;

pub mod cli;
