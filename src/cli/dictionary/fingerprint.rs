//! `vetmark dictionary fingerprint`: documents made known by their text.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;

use anyhow::bail;

use crate::cli::output::Output;
use crate::cli::passwords::PasswordFile;
use crate::cli::{Status, key_file, locale, remark};
use crate::dictionary::Key;
use crate::dictionary::known::{Added, Maker};
use crate::extract::{Budget, Limits, Passwords, extract};
use crate::intake::{self, MatterBy};
use crate::model::hex;
use crate::model::{GapKind, SourceText, Submission};

/// Make documents known, so that texts that hold pieces of them are found
///
/// Reads every document as `scan` does and keeps keyed hashes of runs of its letters; no text is
/// kept. Prints one line for each: its id and its file. What could not be read is said on
/// standard error. Exit status: 0 if everything was read and is known, 1 if not, 2 if nothing
/// was written.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Files and folders with the documents
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The key, as `vetmark dictionary key` makes it
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// The file to write, whole or not at all
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Name documents by their files in findings, and not by a keyed hash of their bytes
    #[arg(long)]
    title_as_id: bool,
    /// Files and folders with templates: what stands in them is no document's own (may be given
    /// more than once)
    #[arg(long, value_name = "PATH")]
    template: Vec<PathBuf>,
    /// What stands in so many documents is no document's own; versions of one count once
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(2..))]
    common: u32,
    #[command(flatten)]
    passwords: PasswordFile,
}

/// Makes them known.
pub(in crate::cli) fn run(args: &Args) -> anyhow::Result<Status> {
    for path in args.paths.iter().chain(&args.template) {
        if let Err(error) = std::fs::symlink_metadata(path) {
            bail!("cannot open {}: {error}", path.display());
        }
    }
    let key = key_file::load(&args.key)?;
    let mut reader = Reader { passwords: args.passwords.load()?, whole: true };
    let mut maker = Maker::new(&key);
    for unread in intake::walk(args.template.clone(), MatterBy::File) {
        let (_, texts) = reader.read(unread);
        maker.template(&texts);
    }
    let mut ids = Ids::default();
    let mut names = Vec::new();
    for unread in intake::walk(args.paths.clone(), MatterBy::File) {
        let source = unread.source.clone();
        let (bytes, texts) = reader.read(unread);
        let id = match args.title_as_id {
            true => title(&source),
            false => hashed(&key, &bytes),
        };
        maker.add(ids.different(id), &texts);
        names.push(source);
    }
    let (bytes, added) = maker.finish(args.common as usize);
    if added.iter().all(|document| document.runs == 0) {
        bail!("no document has text of its own: nothing is written");
    }
    let mut out = Output::open(Some(&args.out))?;
    out.write_all(&bytes)?;
    out.finish()?;
    let known = list(&added, &names)?;
    let (letters, runs) = added.iter().fold((0, 0), |(l, r), d| (l + d.letters, r + d.runs));
    let (out, all, length) = (args.out.display(), added.len(), bytes.len());
    let id = hex(&key.id());
    remark(&locale::spoken().pick(
        format!(
            "{out}: {known} of {all} documents, {letters} letters, {runs} hashes, {length} bytes; \
             key id {id}"
        ),
        format!(
            "{out}：文件{all}份，登记{known}份；{letters}字，散列值{runs}个，{length}字节；\
             密钥标识{id}"
        ),
    ));
    Ok(match reader.whole && known == added.len() {
        true => Status::NothingFound,
        false => Status::PersonNeeded,
    })
}

/// Prints the documents, and says which are not known; how many are.
fn list(added: &[Added], names: &[String]) -> anyhow::Result<usize> {
    let mut out = Output::open(None)?;
    let mut known = 0;
    for (Added { id, letters, common, runs }, name) in added.iter().zip(names) {
        if *runs > 0 {
            known += 1;
            writeln!(out, "{}\t{}", crate::report::Shown(id), crate::report::Shown(name))?;
        } else {
            remark(&locale::spoken().pick(
                format!(
                    "{name}: not known: {letters} letters, of which {common} stand in templates \
                     or in many documents; too few are its own"
                ),
                format!(
                    "{name}：未登记：共{letters}字，其中{common}字见于模板或者多份文件，\
                     自身文字过少"
                ),
            ));
        }
    }
    out.finish()?;
    Ok(known)
}

/// Reads matters to their last part.
struct Reader {
    passwords: Passwords,
    /// Whether everything could be read so far.
    whole: bool,
}

impl Reader {
    /// The bytes of a matter's first file, and the texts of all its parts.
    fn read(&mut self, unread: intake::Unread) -> (Vec<u8>, Vec<SourceText>) {
        let matter = unread.read(intake::READ_LIMIT);
        let bytes = matter.submissions.first().map_or_else(Vec::new, |s| s.bytes.to_vec());
        let mut budget = Budget::new(Limits::default()).with_passwords(self.passwords.clone());
        let mut texts = Vec::new();
        let mut waiting: Vec<Submission> = matter.submissions.into_iter().rev().collect();
        while let Some(submission) = waiting.pop() {
            let mut extraction = extract(&submission, &mut budget);
            for gap in &extraction.gaps {
                self.whole = false;
                let limit = match gap.kind {
                    GapKind::Limit(limit) => format!(" ({})", limit.name()),
                    _ => String::new(),
                };
                let (trail, rule) = (&submission.provenance, gap.kind.rule());
                let why = locale::spoken().message(&gap.detail);
                remark(&format!("{trail}: {rule}{limit}: {why}"));
            }
            waiting.extend(std::mem::take(&mut extraction.children).into_iter().rev());
            texts.push(extraction.text);
        }
        (bytes, texts)
    }
}

/// Names that are all different.
#[derive(Default)]
struct Ids(BTreeMap<String, usize>);

impl Ids {
    fn different(&mut self, id: String) -> String {
        let seen = self.0.entry(id.clone()).or_default();
        *seen += 1;
        if *seen == 1 { id } else { format!("{id}-{seen}") }
    }
}

/// The name of a file without its ending.
fn title(source: &str) -> String {
    let name = source.rsplit(['/', '\\']).next().unwrap_or(source);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    if stem.is_empty() { name.to_owned() } else { stem.to_owned() }
}

fn hashed(key: &Key, bytes: &[u8]) -> String {
    hex(&key.mac("vetmark known document").of(&[bytes])[..8])
}
