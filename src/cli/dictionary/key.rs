//! `vetmark dictionary key`: a new key of random bytes.

use std::path::PathBuf;

use crate::cli::{Status, new_key, note};
use crate::dictionary::Key;
use crate::model::hex;

/// Make a key for keyed lists and known documents
///
/// 32 bytes of the operating system's randomness as hexadecimal digits, in a new file that its
/// owner alone can read. The key is never printed; its id is, on standard error.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The file to make; one that is there already is left as it is
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Makes it.
pub(in crate::cli) fn run(args: &Args) -> anyhow::Result<Status> {
    let text = Key::write(&new_key::random()?);
    new_key::write(&args.out, &text)?;
    let key = Key::read(text.as_bytes())
        .map_err(|why| anyhow::anyhow!("{}: {why}", args.out.display()))?;
    note(&format!("{}: key id {}", args.out.display(), hex(&key.id())));
    Ok(Status::NothingFound)
}
