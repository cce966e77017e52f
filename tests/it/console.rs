//! The console through its router: who gets in, what is refused before any page, every page
//! in both languages, and the procedure by forms alone.

mod browser;
mod documents;
mod doors;
mod pages;
mod procedure;
