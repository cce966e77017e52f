//! `vetmark render`: a page of a PDF as a picture.

use std::path::PathBuf;

use anyhow::bail;

use super::output::Output;
use super::passwords::PasswordFile;
use super::settings::SettingArgs;
use super::{Status, note};
use crate::extract::{Budget, Draw, Format, pdf_pages, sniff};
use crate::intake::{self, MatterBy};
use crate::view::png::png;

/// Draw one page of a PDF as a PNG picture
///
/// The picture is written whole or not at all. Exit status: 0 if the page was drawn, 1 if it was drawn
/// without characters whose font is not in the file, 2 if it could not be drawn.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The file, or - for standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The page, from 1
    #[arg(long, value_name = "N", default_value_t = 1)]
    page: u32,
    /// Pixels to the inch
    #[arg(long, value_name = "N", default_value_t = 150, value_parser = clap::value_parser!(u32).range(10..=1200))]
    dpi: u32,
    /// Where the picture goes
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    passwords: PasswordFile,
    #[command(flatten)]
    settings: SettingArgs,
}

/// Draws and writes.
pub(super) fn run(args: &Args) -> anyhow::Result<Status> {
    let settings = args.settings.settings(&[&args.passwords])?;
    settings.tell(settings.lang());
    let shown = args.file.display();
    if args.file.is_dir() {
        bail!("cannot read {shown}: it is a folder");
    }
    let Some(unread) = intake::walk(vec![args.file.clone()], MatterBy::File).next() else {
        bail!("cannot read {shown}");
    };
    let matter = unread.read(settings.read_limit());
    let Some(submission) = matter.submissions.first() else { bail!("cannot read {shown}") };
    if let (true, Some(gap)) = (submission.bytes.is_empty(), submission.gaps.first()) {
        bail!("{}: {}", matter.source, gap.detail);
    }
    if sniff(&submission.bytes) != Format::Pdf {
        bail!("cannot draw {shown}: it is not a PDF");
    }
    let mut out = Output::open(Some(&args.out))?;
    let passwords = PasswordFile::of(&settings).load()?;
    let mut budget = Budget::new(settings.limits()).with_passwords(passwords.clone());
    let scale = args.dpi as f32 / 72.0;
    let drawn = pdf_pages(&submission.bytes, &passwords).draw(args.page, scale, &mut budget);
    let picture = match drawn {
        Ok(picture) => picture,
        Err(gap) => bail!("cannot draw {shown}: {}: {}", gap.kind.rule(), gap.detail),
    };
    png(&picture, args.dpi, &mut out)?;
    out.finish()?;
    if picture.missing > 0 {
        let count = picture.missing;
        note(&format!(
            "page {}: {count} characters are in fonts that are not in the file: they may not be drawn",
            args.page
        ));
        return Ok(Status::PersonNeeded);
    }
    Ok(Status::NothingFound)
}
