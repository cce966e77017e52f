//! `vetmark suppress add`: one finding of a report is not what it seems.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};

use super::dictionary::Source;
use super::key_file::Keys;
use super::locale::LangArg;
use super::output::Output;
use super::passwords::PasswordFile;
use super::settings::SettingArgs;
use super::{Status, explain_finding, suppress};
use crate::intake::{self, MatterBy};
use crate::judge::why_not_suppressed;
use crate::model::Date;
use crate::pipeline::Pipeline;
use crate::suppress::{Decision, Store, Wanted};

/// Decide that a finding of a report is not what it seems
///
/// The document is read again, since a report need hold no text, and must be the one the report is
/// about. Exit status: 0 if the decision stands in the file, 2 if it could not be made.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The finding's id in the report, e.g. f3
    #[arg(long, value_name = "ID")]
    finding: String,
    /// The report, as `scan --format ndjson` writes it; - is standard input
    #[arg(long, value_name = "FILE")]
    report: PathBuf,
    /// The matter the finding stands in, where several of the report have such a finding
    #[arg(long, value_name = "SOURCE")]
    matter: Option<String>,
    /// The document [default: the report's name for it]
    #[arg(long, value_name = "PATH")]
    file: Option<PathBuf>,
    /// Why the hit is not what it seems; without words of the hit
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Who answers for it
    #[arg(long, value_name = "NAME")]
    owner: String,
    /// The last day it holds, YYYY-MM-DD: at most 366 days ahead
    #[arg(long, value_name = "DATE", value_parser = super::scan::day)]
    expires: Date,
    /// The day it is made, YYYY-MM-DD [default: today]
    #[arg(long, value_name = "DATE", value_parser = super::scan::day)]
    today: Option<Date>,
    /// The file of decisions; it is made where there is none
    #[arg(long, value_name = "FILE")]
    store: PathBuf,
    #[command(flatten)]
    keys: Keys,
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    passwords: PasswordFile,
    /// Language of messages [default: the locale's]
    #[arg(long, value_enum)]
    lang: Option<LangArg>,
    #[command(flatten)]
    settings: SettingArgs,
}

/// Decides.
pub(super) fn run(args: &Args) -> anyhow::Result<Status> {
    let settings =
        args.settings.settings(&[&args.keys, &args.source, &args.passwords, &args.lang])?;
    let lang = settings.lang();
    settings.tell(lang);
    let keys = Keys::of(&settings).load()?;
    let mut store = match (is_there(&args.store), keys.as_slice()) {
        (_, []) => bail!("a decision is made with a key: --key FILE"),
        (false, [key]) => Store::new(key),
        (false, _) => bail!("a new file of decisions is made with one key"),
        _ => Store::parse(&suppress::read(&args.store)?)
            .with_context(|| suppress::in_file(&args.store))?,
    };
    let before = store.clone();
    let key = store.verify(&keys).with_context(|| suppress::in_file(&args.store))?;

    let reported = explain_finding::find(&args.report, &args.finding, args.matter.as_deref())?;
    let path = args.file.clone().unwrap_or_else(|| PathBuf::from(&reported.matter));
    let by = if path.is_dir() { MatterBy::Folder } else { MatterBy::File };
    let Some(unread) = intake::walk(vec![path.clone()], by).next() else {
        bail!("cannot read {}", path.display());
    };
    let matter = unread.read(settings.read_limit());
    let pipeline = Pipeline::new(
        Arc::new(Source::of(&settings).load()?),
        settings.limits(),
        reported.as_of()?,
    )
    .with_passwords(PasswordFile::of(&settings).load()?);
    let (examination, bound) = pipeline.examine_and_bind(matter, key);
    if examination.sha256 != reported.sha256 {
        bail!("{} is not what the report is about: its content is another", path.display());
    }
    let parts = examination.parts.iter().zip(&bound);
    let mut findings =
        parts.flat_map(|(part, bound)| part.findings.iter().map(move |f| (f, bound)));
    let found = findings.find(|(finding, _)| finding.id == args.finding);
    let Some((finding, bound)) = found.filter(|(finding, _)| reported.is(finding)) else {
        bail!(
            "{} is another finding by the rules of this run: make the report anew, and choose again",
            args.finding
        );
    };
    if let Some(why) = why_not_suppressed(finding) {
        bail!("{} ({}) cannot be suppressed: {}", finding.id, finding.rule, lang.of(&why));
    }
    let Some((_, bound)) = bound.iter().find(|(span, _)| *span == finding.span) else {
        bail!("{} stands on no place of the text", finding.id);
    };
    let wanted = Wanted {
        rule: &finding.rule,
        entry: finding.entry.as_deref(),
        bound: bound.clone(),
        hit: finding.quote.as_deref().unwrap_or_default(),
        owner: &args.owner,
        reason: &args.reason,
        made: args.today.unwrap_or_else(super::scan::today),
        expires: args.expires,
    };
    let decision = Decision::make(wanted, key)?;
    let (id, expires) = (decision.id(), decision.expires);
    let replaced = store.put(decision);

    // A person beside us may have decided meanwhile: nobody's decision is lost.
    let now = match is_there(&args.store) {
        true => Store::parse(&suppress::read(&args.store)?).ok(),
        false => Some(Store::new(key)),
    };
    if now != Some(before) {
        bail!("{} was changed meanwhile: decide again", args.store.display());
    }
    let mut out = Output::open(Some(&args.store))?;
    std::io::Write::write_all(&mut out, store.write().as_bytes())?;
    out.finish()?;
    let mut said = lang.pick(
        format!("{id} suppresses {} ({}) until {expires}", finding.id, finding.rule),
        format!("{id}：{}（{}）排除至{expires}", finding.id, finding.rule),
    );
    if let Some(old) = replaced {
        said += &lang.pick(
            format!("; it takes the place of the one until {}", old.expires),
            format!("；取代有效至{}的决定", old.expires),
        );
    }
    super::remark(&said);
    Ok(Status::NothingFound)
}

/// Whether there is a file, or something that is none: only what is known not to
/// be there is made anew.
fn is_there(path: &Path) -> bool {
    !matches!(path.try_exists(), Ok(false))
}
