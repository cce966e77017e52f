//! `vetmark man`: manual pages.

use std::io::{self, Write};

use anyhow::Context;
use clap::CommandFactory;

use super::{Cli, Status};

/// Print the manual page of vetmark or of one command, for man(1)
///
/// vetmark man dictionary import
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The command, and one of its own where it has such; vetmark itself where none is given
    command: Vec<String>,
}

/// Prints it.
pub(super) fn run(args: &Args) -> anyhow::Result<Status> {
    let mut page = Cli::command();
    page.build();
    for name in &args.command {
        let found = page.find_subcommand(name).with_context(|| format!("no command {name}"))?;
        page = found.clone();
    }
    let mut roff = Vec::new();
    clap_mangen::Man::new(page).render(&mut roff)?;
    io::stdout().write_all(&roff)?;
    Ok(Status::NothingFound)
}
