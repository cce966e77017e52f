//! `vetmark completions`: completion scripts for shells.

use std::io::{self, Write};

use clap_complete::Shell;

use super::{Status, help, locale};

/// Print the completion script for a shell
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Prints it.
pub(super) fn run(args: &Args) -> anyhow::Result<Status> {
    let mut script = Vec::new();
    let mut described = help::described(locale::spoken());
    clap_complete::generate(args.shell, &mut described, "vetmark", &mut script);
    io::stdout().write_all(&script)?;
    Ok(Status::NothingFound)
}
