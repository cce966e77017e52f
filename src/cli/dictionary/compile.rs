//! `vetmark dictionary compile`: scope dictionaries made ready for many runs.

use std::io::Write;
use std::path::PathBuf;

use super::{Source, keyed, sound};
use crate::cli::Status;
use crate::cli::output::Output;
use crate::dictionary::pack;

/// Compile scope dictionaries into one file that is loaded at once, however many terms it has
///
/// The file is given to --dictionary in the place of those it was made from, and finds the same.
/// It is refused where it is damaged, or where this program, its folding of characters or a list
/// of another file is not what it was compiled with: then it is compiled again. With --keyed its
/// words cannot be read: see `dictionary keyed`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Scope dictionaries
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// File to write
    #[arg(long, value_name = "CACHE")]
    out: PathBuf,
    /// Folder with rules to use instead of those built in
    #[arg(long, value_name = "DIR")]
    rules: Option<PathBuf>,
    /// Make a list of keyed hashes with this key, as `dictionary keyed` does
    #[arg(long, value_name = "KEYFILE", conflicts_with = "rules")]
    keyed: Option<PathBuf>,
}

/// Compiles.
pub(super) fn run(args: &Args) -> anyhow::Result<Status> {
    if let Some(key) = &args.keyed {
        return keyed::run(&keyed::Args::plain(&args.files, key, &args.out));
    }
    let source =
        Source { rules: args.rules.clone(), dictionary: args.files.clone(), ..Source::default() };
    let read = source.rules().and_then(|beside| Ok((source.files()?, beside)));
    let packed = sound(read.and_then(|(own, beside)| pack(&own, &beside)))?;
    let mut out = Output::open(Some(&args.out))?;
    out.write_all(&packed)?;
    out.finish()?;
    Ok(Status::NothingFound)
}
