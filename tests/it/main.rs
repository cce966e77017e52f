//! Tests through the door and over the whole house, one module a subject.

/// Who may know whom, and what must stay absent.
mod architecture;
/// The program itself: status, streams, files, signals.
mod cli;
/// What the program prints, held against `tests/golden/cli`.
mod golden;
/// What the program prints for machines, held against the published schema.
mod schema;
/// Running the program.
mod support;
