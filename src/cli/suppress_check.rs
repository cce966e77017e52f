//! `vetmark suppress check`: which decisions expired, and which are about
//! nothing that is there any more.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use super::dictionary::Source;
use super::key_file::Keys;
use super::locale::LangArg;
use super::output::Output;
use super::passwords::PasswordFile;
use super::settings::SettingArgs;
use super::{Status, suppress};
use crate::intake::{self, MatterBy};
use crate::model::Date;
use crate::pipeline::Pipeline;

/// Check decisions against documents: which expired, which are about nothing any more
///
/// Exit status: 0 if all hold and are about something, 1 if a person should look, 2 if it could
/// not be done.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Files and folders the decisions are about
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The file of decisions
    #[arg(long, value_name = "FILE")]
    store: PathBuf,
    #[command(flatten)]
    keys: Keys,
    /// The day, YYYY-MM-DD [default: today]
    #[arg(long, value_name = "DATE", value_parser = super::scan::day)]
    today: Option<Date>,
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    passwords: PasswordFile,
    /// Language [default: the locale's]
    #[arg(long, value_enum)]
    lang: Option<LangArg>,
    #[command(flatten)]
    settings: SettingArgs,
}

/// Checks.
pub(super) fn run(args: &Args) -> anyhow::Result<Status> {
    super::scan::check_paths(&args.paths)?;
    let settings =
        args.settings.settings(&[&args.keys, &args.source, &args.passwords, &args.lang])?;
    settings.not_among(&args.paths)?;
    let lang = settings.lang();
    settings.tell(lang);
    let today = args.today.unwrap_or_else(super::scan::today);
    let decisions = Arc::new(suppress::load(&args.store, &Keys::of(&settings))?);
    let pipeline = Pipeline::new(Arc::new(Source::of(&settings).load()?), settings.limits(), today)
        .with_passwords(PasswordFile::of(&settings).load()?)
        .with_suppressions(Some(Arc::clone(&decisions)));
    let jobs = usize::try_from(settings.jobs().1).unwrap_or(1);
    let allowance = settings.read_limit();
    // An expired decision is about something where it is named and not heeded.
    let mut about: BTreeMap<String, u64> = BTreeMap::new();
    let matters = intake::walk(args.paths.clone(), MatterBy::File)
        .map(|unread| (unread.source.clone(), move || unread.read(allowance)));
    pipeline.examine_all(jobs, matters, |examination| {
        for part in &examination.parts {
            let named = part.findings.iter().flat_map(|f| [&f.suppressed, &f.unheeded]);
            for suppression in named.flatten() {
                *about.entry(suppression.id.clone()).or_default() += 1;
            }
        }
        Ok(())
    })?;
    let mut out = Output::open(None)?;
    let (mut expired, mut idle) = (0, 0);
    for decision in decisions.decisions() {
        suppress::render(decision, today, lang, &mut out)?;
        expired += u64::from(decision.expires < today);
        let count = about.get(&decision.id()).copied().unwrap_or_default();
        idle += u64::from(count == 0);
        match count {
            0 => writeln!(
                out,
                "    {}",
                lang.pick("about nothing in these documents", "与所查文件均不相符")
            )?,
            count => writeln!(
                out,
                "    {}",
                lang.pick(format!("about {count} findings"), format!("涉及{count}处发现"))
            )?,
        }
    }
    let all = decisions.decisions().count();
    writeln!(
        out,
        "{}",
        lang.pick(
            format!(
                "{all} suppressions, {expired} expired, {idle} about nothing in these documents"
            ),
            format!("排除决定{all}项，其中{expired}项已到期，{idle}项与所查文件均不相符"),
        )
    )?;
    out.finish()?;
    Ok(match expired + idle {
        0 => Status::NothingFound,
        _ => Status::PersonNeeded,
    })
}
