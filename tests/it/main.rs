//! Tests through the door and over the whole house, one module a subject.

#![allow(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

/// The API for programs, held against its own document.
mod api;
/// Who may know whom, and what must stay absent.
mod architecture;
/// Documents made by hand.
mod builders;
/// Documents in processes of their own.
mod cells;
/// What is said in Chinese.
mod chinese;
/// The program itself: status, streams, files, signals.
mod cli;
/// The reviewer's console, by its router.
mod console;
/// What each reader makes of small files, held against goldens.
mod extraction;
/// Mail and file servers before a gateway.
mod gateway;
/// What the program prints, held against `tests/golden/cli`.
mod golden;
/// Bombs, loops and other malice: each ends in a named gap.
mod hostile;
/// Where the documents are, and the pipeline the tests run.
mod house;
/// What no document can do, row by row.
mod immunity;
/// Papers out of the store: what people said, and that they were made.
mod papers;
/// What holds for every document there could be.
mod properties;
/// What is kept, and the procedure on it.
mod record;
/// Papers made of what `scan` wrote.
mod report;
/// What the program prints for machines, held against the published schema.
mod schema;
/// Keyed lists and known documents, from what they are made of to findings.
mod sealed;
/// Flags, variables and files of settings.
mod settings;
/// Running the program.
mod support;
/// Decisions that hits are not what they seem.
mod suppress;
/// Every document of `corpora/` against what a person says of it.
mod verdicts;
/// Documents shown in processes of their own; originals that are held.
mod viewing;
