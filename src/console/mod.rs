//! The reviewer's console: the procedure of a matter as web pages, over the record.
//!
//! Rendered here, and whole without a script. `routes` is the one table of what there is; a
//! page is one file with its template beside it in `templates/`; what must hold for every
//! request (`guard`) and who asks (`who`) stand before all of them. No page decides
//! anything: what a person says goes to the record, and what the record refuses comes back
//! in words. No clock, no environment and no file here: whoever starts it brings them.

mod account;
pub mod api;
mod assets;
mod bulk;
mod error;
mod examined;
mod guard;
mod ledger;
mod matter;
mod matter_page;
mod page;
mod people;
mod queue;
mod records;
mod routes;
mod rules;
mod samples;
mod scopes;
mod serve;
mod sign_in;
mod state;
mod step;
mod step_form;
mod typed;
mod view;
mod who;
mod words;

pub use records::Records;
pub use routes::{router, router_with};
pub use serve::{Limits, Listener, serve};
pub use state::{Console, Options};
pub use view::Viewing;
