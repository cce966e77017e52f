//! The command line: one file a subcommand.

use std::process::ExitCode;

/// Runs the program.
pub fn run() -> ExitCode {
    ExitCode::from(2)
}
