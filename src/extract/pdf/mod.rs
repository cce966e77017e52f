//! PDF (ISO 32000): text with its place on the page, properties, annotations,
//! form fields, embedded files.

mod beside;
mod device;
mod doubt;
mod guard;
mod layout;
mod page;
mod second;
mod structure;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;

use hayro_interpret::kurbo::Rect as Area;
use hayro_interpret::{
    Context, InterpreterCache, InterpreterSettings, TransformExt, interpret_page,
};
use hayro_syntax::{DecryptionError, LoadPdfError, Pdf};

use self::device::{Collector, Stop};
use self::doubt::doubts;
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
    /// Whether the first reader found no document at all.
    unopened: bool,
}

fn read_here(submission: &Submission, budget: &mut Budget) -> Extraction {
    let mut reading = Reading::default();
    let bytes = submission.bytes.shared();
    if let Err(gap) = guard::check(&bytes, budget) {
        return Extraction { gaps: vec![gap], ..Extraction::default() };
    }
    guarded(&mut reading, |reading| read_pages(Arc::clone(&bytes), budget, reading));
    let stopped =
        reading.gaps.iter().any(|gap| matches!(gap.kind, GapKind::Limit(_) | GapKind::Encrypted));
    let mut document = None;
    if !stopped {
        let doubtful = reading.pages.iter().any(|page| page.unmapped > 0);
        if doubtful || !reading.gaps.is_empty() || beside::hinted(&bytes) {
            guarded(&mut reading, |_| document = second::open(&bytes));
        }
    }
    if let Some(document) = &document {
        guarded(&mut reading, |reading| read_again(document, budget, reading));
    }
    doubts(&bytes, &mut reading);
    let mut extraction = assemble(reading);
    if let Some(document) = &document {
        let read = catch_unwind(AssertUnwindSafe(|| {
            beside::read(document, submission, budget, &mut extraction);
        }));
        if read.is_err() {
            let detail = "properties, annotations, fields or embedded files could not be read";
            extraction.gaps.push(Gap::new(GapKind::Damaged, detail));
        }
    }
    extraction
}

/// Runs a reader; where it panics or is stopped there is a gap, and what was
/// read before stays.
fn guarded(reading: &mut Reading, run: impl FnOnce(&mut Reading)) {
    let Err(panic) = catch_unwind(AssertUnwindSafe(|| run(reading))) else { return };
    let gap = match panic.downcast::<Stop>() {
        Ok(stop) => stop.0,
        Err(_) => Gap::new(GapKind::Crashed, "a reader of PDF failed on the document"),
    };
    reading.gaps.push(gap);
}

/// The second reader's turn: everything, where the first could not open the
/// document or failed on it, else the pages with untold characters.
fn read_again(document: &pdfrum::Document, budget: &mut Budget, reading: &mut Reading) {
    let failed = reading.pages.len() < document.page_count() as usize;
    if failed {
        if let Err(gap) = budget.check_pages(document.page_count() as usize) {
            return reading.gaps.push(gap);
        }
        for index in reading.pages.len() as u32..document.page_count() {
            let mut page = second::blank(document, index);
            page.unmapped = 1;
            reading.pages.push(page);
        }
        // What one reader could not open the other has read.
        if reading.unopened && !reading.pages.is_empty() {
            reading.gaps.retain(|gap| gap.kind != GapKind::Damaged);
        }
    }
    for (index, page) in (0..).zip(&mut reading.pages) {
        if page.unmapped == 0 {
            continue;
        }
        if let Err(gap) = second::replace(document, index, page, &mut reading.faces, budget) {
            return reading.gaps.push(gap);
        }
    }
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
            reading.unopened = true;
            return reading.gaps.push(Gap::new(GapKind::Damaged, detail));
        }
    };
    if let Err(gap) = budget.check_pages(pdf.pages().len()) {
        return reading.gaps.push(gap);
    }
    match structure::check(&pdf, budget) {
        Ok(gaps) => reading.gaps.extend(gaps),
        Err(gap) => return reading.gaps.push(gap),
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
        collector.page.to_page = start.as_coeffs();
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
    let pages = (!reading.pages.is_empty()).then_some(reading.pages.len() as u32);
    Extraction { pages, text: builder.finish(), gaps: reading.gaps, ..Extraction::default() }
}
