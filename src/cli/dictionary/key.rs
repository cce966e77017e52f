//! `vetmark dictionary key`: a new key of random bytes.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;

use anyhow::Context;

use crate::cli::{Status, remark};
use crate::dictionary::{Key, hex};

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
    let mut random = [0; Key::LEAST];
    getrandom::fill(&mut random).context("the operating system gives no random bytes")?;
    let text = Key::write(&random);
    let what = || format!("cannot write {}", args.out.display());
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&args.out).with_context(what)?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).with_context(what)?;
    let key = Key::read(text.as_bytes()).map_err(|why| anyhow::anyhow!("{}: {why}", what()))?;
    remark(&format!("{}: key id {}", args.out.display(), hex(&key.id())));
    Ok(Status::NothingFound)
}
