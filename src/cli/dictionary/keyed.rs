//! `vetmark dictionary keyed`: scope dictionaries whose words nobody can read.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::bail;

use super::check::complain_of;
use super::sound;
use crate::cli::output::Output;
use crate::cli::{Status, key_file, locale, note, remark};
use crate::dictionary::keyed::{LEAST_BITS, Made, make};
use crate::dictionary::{Dictionary, Key, Kind, load};
use crate::model::hex;
use crate::pipeline::rehearse;
use crate::report::Lang;

/// Make a list that finds its words and does not show them
///
/// Of each head word the list holds a keyed hash; conditions are opened by the head words that a
/// text holds. Head words that are short or everyday are left out and named by entry, line and
/// number: whoever has list and key could guess them. The entries' examples are rehearsed with
/// the finished list. Exit status: 0 if every head word is in it, 1 if some are left out, 2 if
/// there is no list.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Scope dictionaries
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The key, as `vetmark dictionary key` makes it
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// The list to write, whole or not at all
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Bits a head word has at least, as estimated
    #[arg(
        long,
        value_name = "BITS",
        default_value_t = LEAST_BITS,
        value_parser = clap::value_parser!(u32).range(24..=128)
    )]
    least_bits: u32,
    /// Put the names of matters in, which findings then show
    #[arg(long)]
    names: bool,
}

impl Args {
    /// What to make where nothing else is said.
    pub(super) fn plain(files: &[PathBuf], key: &Path, out: &Path) -> Self {
        let (key, out) = (key.to_owned(), out.to_owned());
        Self { files: files.to_vec(), key, out, least_bits: LEAST_BITS, names: false }
    }
}

/// Makes it.
pub(in crate::cli) fn run(args: &Args) -> anyhow::Result<Status> {
    let key = key_file::load(&args.key)?;
    // Entries may name lists of words that ship with the program.
    let mut sources: Vec<_> =
        load::shipped().into_iter().filter(|s| s.kind == Kind::Scope).collect();
    let mut wanted = Vec::new();
    for path in &args.files {
        let source = load::read_file(path)?;
        wanted.push(source.name.clone());
        load::put_in_place(&mut sources, source);
    }
    let made = sound(make(&sources, &wanted, &key, args.least_bits, args.names))?;
    for refused in &made.refused {
        note(&refused.to_string());
    }
    for entry in &made.empty {
        note(&format!("{entry}: no head word is left, so the entry is not in the list"));
    }
    if made.words == 0 {
        bail!("no head word is left: no list is written");
    }
    rehearsed(&sources, &wanted, &made, &key)?;
    let mut out = Output::open(Some(&args.out))?;
    out.write_all(&made.bytes)?;
    out.finish()?;
    summary(args, &made, &key);
    Ok(if made.refused.is_empty() { Status::NothingFound } else { Status::PersonNeeded })
}

/// The examples of the entries, held against the list itself: it must do what its
/// files do. Entries that lost a head word are not asked.
fn rehearsed(
    sources: &[load::Source],
    wanted: &[String],
    made: &Made,
    key: &Key,
) -> anyhow::Result<()> {
    let mut readable = sound(load(sources))?;
    let whole = |entry: &crate::dictionary::Entry| {
        wanted.contains(&entry.file) && !made.refused.iter().any(|r| r.entry == entry.id)
    };
    let entries: Vec<_> = readable.entries.iter().filter(|e| whole(e)).cloned().collect();
    let mut keyed = Dictionary {
        entries: entries.into(),
        scopes: std::mem::take(&mut readable.scopes),
        ..Dictionary::default()
    };
    if let Err(shut) = keyed.add_sealed("", &made.bytes, std::slice::from_ref(key)) {
        bail!("the list that was made cannot be opened: {shut}");
    }
    let failures = rehearse(&Arc::new(keyed));
    failures.iter().for_each(complain_of);
    if failures.is_empty() { Ok(()) } else { bail!("examples fail: no list is written") }
}

fn summary(args: &Args, made: &Made, key: &Key) {
    let Made { entries, conditions, words, bytes, .. } = made;
    let (out, refused, length) = (args.out.display(), made.refused.len(), bytes.len());
    let id = hex(&key.id());
    remark(&match locale::spoken() {
        Lang::En => {
            let fewest = made.least_bits.map(|bits| format!(", {bits} bits or more"));
            format!(
                "{out}: {words} head words{}; {entries} entries, {conditions} of them with \
                 conditions; {refused} head words left out; {length} bytes; key id {id}",
                fewest.unwrap_or_default()
            )
        }
        Lang::Zh => {
            let fewest = made.least_bits.map(|bits| format!("（不少于{bits}位）"));
            format!(
                "{out}：首词{words}个{}；条目{entries}个，其中附条件的{conditions}个；\
                 未收入首词{refused}个；{length}字节；密钥标识{id}",
                fewest.unwrap_or_default()
            )
        }
    });
}
