//! `vetmark ledger`: the book of what was done, held against itself.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Subcommand;

use super::locale::{self, LangArg};
use super::new_key;
use super::output::Output;
use super::store_file::{InWords, StoreArgs, now, said};
use super::{Status, remark};
use crate::record::{self, Checkpoint, PublicKey, SigningKey, Store};
use crate::report::{Lang, ndjson};

/// Verify, sign and export the ledger of a store
///
/// Every entry is bound to the one before it by a hash; a checkpoint signs the hash of one. Who
/// changes, deletes, adds or moves an entry is found out, and behind a checkpoint so is who cuts
/// the end off or makes everything anew.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Verify(Verify),
    Export(Export),
    Checkpoint(Sign),
    Key(MakeKey),
}

/// Verify a ledger: an exported file or a store, and nothing else is needed
///
/// Exit status: 0 if every entry holds, 1 if one does not (the first is named), 2 if it could not
/// be read.
#[derive(Debug, clap::Args)]
struct Verify {
    /// An exported ledger, or a store
    file: PathBuf,
    /// Public key whose signatures count; then no others do, and there must be one (may be given
    /// more than once)
    #[arg(long, value_name = "KEY")]
    trust: Vec<PublicKey>,
    /// A checkpoint that was kept elsewhere, as `ledger checkpoint` prints it
    #[arg(long, value_name = "FILE")]
    checkpoint: Vec<PathBuf>,
    /// Language [default: the locale's]
    #[arg(long, value_enum)]
    lang: Option<LangArg>,
}

/// Write the ledger as a file of its own: a line with the checkpoints, then a line an entry
#[derive(Debug, clap::Args)]
struct Export {
    #[command(flatten)]
    store: StoreArgs,
    /// Where to, whole or not at all [default: standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Sign the last entry first
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
}

/// Sign the last entry, and print the signature to be kept elsewhere
#[derive(Debug, clap::Args)]
struct Sign {
    #[command(flatten)]
    store: StoreArgs,
    /// The key, as `vetmark ledger key` makes it
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
}

/// Make a key that signs
///
/// A new file that its owner alone can read. Its public half is printed, for `ledger verify
/// --trust`.
#[derive(Debug, clap::Args)]
struct MakeKey {
    /// The file to make; one that is there already is left as it is
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Runs the subcommand.
pub(super) fn run(args: &Args) -> anyhow::Result<Status> {
    match &args.command {
        Command::Verify(args) => verify(args),
        Command::Export(args) => export(args),
        Command::Checkpoint(args) => sign(args),
        Command::Key(args) => {
            let key = SigningKey::of(new_key::random()?);
            new_key::write(&args.out, &key.write())?;
            writeln!(std::io::stdout(), "{}", key.public())?;
            Ok(Status::NothingFound)
        }
    }
}

fn verify(args: &Verify) -> anyhow::Result<Status> {
    let lang = locale::choose(args.lang);
    let known: Vec<_> =
        args.checkpoint.iter().map(|file| kept(file)).collect::<anyhow::Result<_>>()?;
    let seen = record::verify(&args.file, &known, &args.trust)
        .map_err(|error| said(&error, &args.file, lang))?;
    let mut out = std::io::stdout().lock();
    let (entries, signed, head) = (seen.entries, seen.signed, seen.head);
    writeln!(
        out,
        "{}",
        lang.pick(
            format!("entries that hold: {entries}; signed up to: {signed}; head: {head}"),
            format!("完好条目：{entries}；签名覆盖至：{signed}；末条散列值：{head}"),
        )
    )?;
    let Some(broken) = seen.broken else { return Ok(Status::NothingFound) };
    writeln!(out, "{}{}", lang.pick("BROKEN at ", "损坏："), lang.of(&broken.words()))?;
    Ok(Status::PersonNeeded)
}

fn kept(file: &Path) -> anyhow::Result<Checkpoint> {
    let what = || format!("cannot read the checkpoint {}", file.display());
    let text = fs::read_to_string(file).with_context(what)?;
    serde_json::from_str(&text).with_context(what)
}

fn key(file: &Path) -> anyhow::Result<SigningKey> {
    let name = file.display();
    let text = fs::read_to_string(file).with_context(|| format!("cannot read the key {name}"))?;
    SigningKey::read(&text).map_err(|why| anyhow::anyhow!("{name} is {why}"))
}

fn sign_with(store: &mut Store, file: &Path, lang: Lang) -> anyhow::Result<Checkpoint> {
    store.sign(&key(file)?, now()).in_words(lang)
}

fn sign(args: &Sign) -> anyhow::Result<Status> {
    let (mut store, lang) = args.store.open()?;
    let signed = sign_with(&mut store, &args.key, lang)?;
    ndjson::line(&signed, &mut std::io::stdout())?;
    Ok(Status::NothingFound)
}

fn export(args: &Export) -> anyhow::Result<Status> {
    let (mut store, lang) = args.store.open()?;
    if let Some(file) = &args.key {
        sign_with(&mut store, file, lang)?;
    }
    let mut out = Output::open(args.out.as_deref())?;
    let count = store.export_ledger(&mut out).in_words(lang)?;
    out.finish()?;
    remark(&lang.pick(format!("{count} entries"), format!("{count}条")));
    Ok(Status::NothingFound)
}
