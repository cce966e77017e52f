//! PDF (ISO 32000): text with its place on the page, properties, annotations,
//! form fields, embedded files.

mod device;
mod layout;
mod page;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;

use hayro_interpret::kurbo::Rect as Area;
use hayro_interpret::{
    Context, InterpreterCache, InterpreterSettings, TransformExt, interpret_page,
};
use hayro_syntax::{DecryptionError, LoadPdfError, Pdf};

use self::device::{Collector, Stop};
use self::page::{Faces, Page};
use crate::extract::{Budget, Extraction};
use crate::model::{Gap, GapKind, Submission, TextBuilder};

/// Stack for parsers that recurse as deep as a file says, in bytes.
const STACK: usize = 256 << 20;

/// Reads it.
pub(crate) fn read(submission: &Submission, budget: &mut Budget) -> Extraction {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK);
        let spawned = thread.spawn_scoped(scope, || read_here(submission, budget));
        match spawned.map(|running| running.join()) {
            Ok(Ok(extraction)) => extraction,
            Ok(Err(panic)) => resume_unwind(panic),
            Err(error) => Extraction::gap(GapKind::Crashed, format!("no thread: {error}")),
        }
    })
}

/// What was read of the pages.
#[derive(Default)]
struct Reading {
    pages: Vec<Page>,
    faces: Faces,
    gaps: Vec<Gap>,
}

fn read_here(submission: &Submission, budget: &mut Budget) -> Extraction {
    let mut reading = Reading::default();
    let read = catch_unwind(AssertUnwindSafe(|| {
        read_pages(submission.bytes.shared(), budget, &mut reading);
    }));
    if let Err(panic) = read {
        match panic.downcast::<Stop>() {
            Ok(stop) => reading.gaps.push(stop.0),
            Err(panic) => {
                let detail = "the first reader of PDF failed on a page";
                reading.gaps.push(Gap::new(GapKind::Crashed, detail));
                drop(panic);
            }
        }
    }
    assemble(reading)
}

fn read_pages(bytes: Arc<Vec<u8>>, budget: &mut Budget, reading: &mut Reading) {
    let pdf = match Pdf::new(bytes) {
        Ok(pdf) => pdf,
        Err(LoadPdfError::Decryption(why)) => {
            let detail = match why {
                DecryptionError::PasswordProtected => "the document opens with a password only",
                _ => "the document is encrypted in a way that cannot be undone",
            };
            return reading.gaps.push(Gap::new(GapKind::Encrypted, detail));
        }
        Err(LoadPdfError::Invalid) => {
            let detail = "no page tree could be found in the document";
            return reading.gaps.push(Gap::new(GapKind::Damaged, detail));
        }
    };
    if let Err(gap) = budget.check_pages(pdf.pages().len()) {
        return reading.gaps.push(gap);
    }
    let cache = InterpreterCache::new();
    for page in pdf.pages().iter() {
        let (width, height) = page.render_dimensions();
        let area = Area::new(0.0, 0.0, f64::from(width), f64::from(height));
        let start = page.initial_transform(true).to_kurbo();
        let settings = InterpreterSettings::default();
        let mut context = Context::new(start, area, &cache, pdf.xref(), settings);
        let mut collector = Collector::new(width, height, &mut reading.faces, budget);
        let read = catch_unwind(AssertUnwindSafe(|| {
            interpret_page(page, &mut context, &mut collector);
        }));
        reading.pages.push(collector.page);
        if let Err(panic) = read {
            resume_unwind(panic);
        }
    }
}

fn assemble(mut reading: Reading) -> Extraction {
    let mut all = Vec::with_capacity(reading.pages.len());
    for page in &mut reading.pages {
        let mut lines = layout::lines(page);
        layout::mark_watermarks(&mut lines);
        all.push(lines);
    }
    layout::mark_running(&reading.pages, &mut all);
    let mut builder = TextBuilder::new();
    for (number, (page, lines)) in (1..).zip(reading.pages.iter().zip(&all)) {
        layout::write(&mut builder, number, page, lines, &reading.faces);
    }
    let pages = (!reading.pages.is_empty()).then(|| reading.pages.len() as u32);
    Extraction { pages, text: builder.finish(), gaps: reading.gaps, ..Extraction::default() }
}
