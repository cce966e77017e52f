//! Where papers come from: a file that `scan --format ndjson` wrote, or the store.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use super::settings::{Key, Settings};
use super::store_file::{InWords, now, said};
use crate::model::{Step, Verdict};
use crate::record::{Act, Acted, Chosen, Docket, Paper, Proposed, Store};
use crate::report::examined::Examined;
use crate::report::filed::{Filed, Record, Taken};
use crate::report::{Lang, Shown};

/// Longest line that is taken: an examination of many thousands of findings.
const LINE: u64 = 256 << 20;

/// Which matters of the store, and who takes papers out of it.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct Which {
    /// From the store: this matter (may be given more than once) [default: all]
    #[arg(long = "matter", value_name = "N", conflicts_with = "file")]
    matters: Vec<i64>,
    /// From the store: those with this verdict
    #[arg(long, conflicts_with = "file", value_parser = Verdict::STRONGEST_FIRST.map(Verdict::name))]
    verdict: Option<String>,
    /// From the store: those that wait for this step; closed: those that were decided
    #[arg(long, conflicts_with = "file")]
    step: Option<Step>,
    /// From the store: those opened, or opened again, on this day or later, YYYY-MM-DD
    #[arg(long, value_name = "DATE", conflicts_with = "file", value_parser = super::scan::day)]
    since: Option<crate::model::Date>,
    /// From the store: who takes the paper out of it, which is entered in the ledger
    #[arg(long, value_name = "NAME", conflicts_with = "file")]
    by: Option<String>,
}

/// Where a paper comes from.
pub(super) enum From {
    /// A file.
    File(PathBuf),
    /// A store: who takes it out, and the matters it is of.
    Store { store: Box<Store>, by: String, matters: Vec<i64>, lang: Lang },
}

impl From {
    /// The file, or the store that settings name.
    pub(super) fn of(
        file: Option<&Path>,
        which: &Which,
        settings: &Settings,
    ) -> anyhow::Result<Self> {
        if let Some(file) = file {
            return Ok(Self::File(file.to_path_buf()));
        }
        let lang = settings.lang();
        let path = settings.path(Key::Store).context(
            lang.pick("of what? FILE, or --store FILE", "请指明来源：FILE，或者--store FILE"),
        )?;
        let by = which.by.clone().context(lang.pick(
            "who takes the paper out of the store? --by NAME",
            "请指明由谁从库中导出：--by NAME",
        ))?;
        let store = Store::open(&path).map_err(|error| said(&error, &path, lang))?;
        let chosen = Chosen {
            matters: which.matters.clone(),
            verdict: Verdict::STRONGEST_FIRST
                .into_iter()
                .find(|verdict| Some(verdict.name()) == which.verdict.as_deref()),
            step: which.step,
            since: which.since,
        };
        let matters = store.choose(&chosen).in_words(lang)?;
        Ok(Self::Store { store: Box::new(store), by, matters, lang })
    }

    /// Goes through its matters, each with the line it was reported in. The first that
    /// cannot be had ends it: a paper with a matter left out would pass for a whole one.
    pub(super) fn each(
        &self,
        mut with: impl FnMut(Filed, &str) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        match self {
            Self::File(file) => lines(file, |one, line| with(Filed::of(one), line)),
            Self::Store { store, matters, lang, .. } => {
                for &matter in matters {
                    let line = store.told(matter).in_words(*lang)?;
                    let examined = Examined::read(&line)
                        .with_context(|| format!("matter {matter}: no examination"))?;
                    let docket = store.docket(matter).in_words(*lang)?;
                    with(filed(matter, examined, &docket), &line)?;
                }
                Ok(())
            }
        }
    }

    /// All its matters.
    pub(super) fn all(&self) -> anyhow::Result<Vec<Filed>> {
        let mut all = Vec::new();
        self.each(|one, _| {
            all.push(one);
            Ok(())
        })?;
        Ok(all)
    }

    /// Enters in the ledger that a paper is taken out, before anybody has it.
    pub(super) fn taken(&mut self, name: &str, sha256: &str, bytes: usize) -> anyhow::Result<()> {
        if let Self::Store { store, by, matters, lang } = self {
            let paper = Paper { name, matters, sha256, bytes };
            store.exported(Act { actor: by, at: now() }, &paper).in_words(*lang)?;
        }
        Ok(())
    }
}

/// A matter of the record with what was said of its present version.
fn filed(matter: i64, examined: Examined, docket: &Docket) -> Filed {
    let version = docket.lines.first().map_or(1, |line| line.version);
    let standing = |proposed: &&Proposed| proposed.version == version && !proposed.step.is_undone();
    let record = |proposed: &Proposed| Record {
        title: proposed.title.clone(),
        carrier: proposed.carrier,
        channel: proposed.channel.clone(),
        on: proposed.on.clone(),
        basis: proposed.basis.clone(),
        next: proposed.step,
        steps: docket
            .acts
            .iter()
            .filter(|acted| acted.proposal == proposed.id)
            .map(taken)
            .collect(),
    };
    let records = docket.proposals.iter().filter(standing).map(record).collect();
    Filed { examined, number: Some((matter, version)), records }
}

fn taken(acted: &Acted) -> Taken {
    Taken {
        step: acted.step,
        person: acted.person.clone(),
        at: acted.at.clone(),
        entry: acted.entry,
        words: acted.words.clone(),
        opened: acted.opened,
        bulk: acted.bulk,
        rulings: acted.rulings.clone(),
        attested: acted.attested.clone(),
        conclusion: acted.conclusion.clone(),
    }
}

/// Goes through a file's examinations, each with the line it stands on.
fn lines(
    file: &Path,
    mut with: impl FnMut(Examined, &str) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let name = file.display().to_string();
    let name = Shown(&name);
    let what = || format!("cannot read {name}");
    let mut lines: Box<dyn BufRead> = match file.as_os_str() == "-" {
        true => Box::new(io::stdin().lock()),
        false => Box::new(BufReader::new(File::open(file).with_context(what)?)),
    };
    for number in 1_u64.. {
        let mut line = Vec::new();
        let read = lines.by_ref().take(LINE + 1).read_until(b'\n', &mut line).with_context(what)?;
        if read == 0 {
            break;
        }
        if line.len() as u64 > LINE {
            bail!("{name}, line {number}: longer than {LINE} bytes");
        }
        let no_examination = || format!("{name}, line {number}: no examination");
        let line = std::str::from_utf8(&line).with_context(no_examination)?.trim();
        if !line.is_empty() {
            with(Examined::read(line).with_context(no_examination)?, line)?;
        }
    }
    Ok(())
}
