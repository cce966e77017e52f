//! `vetmark man`: manual pages.

use std::io::{self, Write};

use anyhow::Context;
use clap::CommandFactory;

use super::{Cli, Status};

/// Print the manual page of vetmark or of one command, for man(1)
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The command; vetmark itself where none is given
    command: Option<String>,
}

/// Prints it.
pub(super) fn run(args: &Args) -> anyhow::Result<Status> {
    let mut page = Cli::command();
    page.build();
    if let Some(name) = &args.command {
        let found = page.find_subcommand(name).with_context(|| format!("no command {name}"))?;
        page = found.clone();
    }
    let mut roff = Vec::new();
    clap_mangen::Man::new(page).render(&mut roff)?;
    io::stdout().write_all(&roff)?;
    Ok(Status::NothingFound)
}
