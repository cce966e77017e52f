//! `vetmark text`: the text of one file as vetmark reads it.

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;

use anyhow::bail;
use clap::ValueEnum;

use super::locale;
use super::output::Output;
use super::passwords::PasswordFile;
use super::settings::SettingArgs;
use super::{Status, remark};
use crate::extract::{Budget, Extraction, extract};
use crate::intake::{self, MatterBy};
use crate::model::{GapKind, Submission};
use crate::report::text::{PartText, json, plain};

/// Print the text of a file as vetmark reads it, with all that is packed in it
///
/// What could not be read is said on standard error. Exit status: 0 if all was read, 1 if not,
/// 2 if the file cannot be opened.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The file, or - for standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// How it is written
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    passwords: PasswordFile,
    #[command(flatten)]
    settings: SettingArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// The text as it is
    Text,
    /// One JSON object a line for each part: lines with region, page, place and style
    Json,
}

/// Reads and prints.
pub(super) fn run(args: &Args) -> anyhow::Result<Status> {
    let settings = args.settings.settings(&[&args.passwords])?;
    settings.tell(settings.lang());
    if args.file.is_dir() {
        bail!("cannot read {}: it is a folder", args.file.display());
    }
    let Some(unread) = intake::walk(vec![args.file.clone()], MatterBy::File).next() else {
        bail!("cannot read {}", args.file.display());
    };
    let matter = unread.read(settings.read_limit());
    let whole = matter.bytes();
    if let (0, Some(gap)) = (whole, matter.submissions.iter().flat_map(|s| &s.gaps).next()) {
        bail!("{}: {}", matter.source, gap.detail);
    }

    let mut out = Output::open(None)?;
    let for_terminal = io::stdout().is_terminal();
    let passwords = PasswordFile::of(&settings).load()?;
    let mut budget = Budget::new(settings.limits()).for_input(whole).with_passwords(passwords);
    let mut status = Status::NothingFound;
    let mut waiting: Vec<Submission> = matter.submissions.into_iter().rev().collect();
    while let Some(submission) = waiting.pop() {
        let mut extraction = extract(&submission, &mut budget);
        if !extraction.gaps.is_empty() {
            status = Status::PersonNeeded;
        }
        match args.format {
            Format::Json => json(&part(&submission, &extraction), &mut out)?,
            Format::Text => {
                if submission.provenance.depth() > 0 {
                    let name = submission.provenance.to_string();
                    writeln!(out, "=== {} ===", crate::report::Shown(&name))?;
                }
                plain(&extraction.text, for_terminal, &mut out)?;
                say_gaps(&submission, &extraction);
            }
        }
        waiting.extend(std::mem::take(&mut extraction.children).into_iter().rev());
    }
    out.finish()?;
    Ok(status)
}

fn part<'a>(submission: &'a Submission, extraction: &'a Extraction) -> PartText<'a> {
    PartText {
        path: submission.provenance.names(),
        media_type: extraction.format.media_type(),
        pages: extraction.pages,
        encoding: extraction.encoding.as_ref(),
        gaps: &extraction.gaps,
        notes: &extraction.notes,
        children: extraction.children.iter().map(|child| child.provenance.name()).collect(),
        text: &extraction.text,
    }
}

fn say_gaps(submission: &Submission, extraction: &Extraction) {
    for gap in &extraction.gaps {
        let limit = match gap.kind {
            GapKind::Limit(limit) => format!(" ({})", limit.name()),
            _ => String::new(),
        };
        let (trail, rule) = (&submission.provenance, gap.kind.rule());
        let why = locale::spoken().message(&gap.detail);
        remark(&format!("{trail}: {rule}{limit}: {why}"));
    }
}
