//! Reading: bytes a second for each format, over the documents of `corpora/`
//! and over long texts made here.
//!
//! Each run asserts how many lines it read, or that there is ink on what it drew,
//! so speed is never bought with blindness.

#![allow(missing_docs, reason = "criterion makes a function without")]
#![allow(clippy::unwrap_used, reason = "a bench ends where something unexpected happens")]

mod packages;

use std::fs;
use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use vetmark::extract::{Budget, Draw, Limits, Passwords, extract, pdf_pages};
use vetmark::model::Submission;

/// Formats by extension, with the lines a reader finds per document at the least.
const FORMATS: [(&str, usize); 5] = [("pdf", 5), ("docx", 5), ("html", 4), ("eml", 3), ("txt", 3)];

/// Collections whose documents can all be read.
const COLLECTIONS: [&str; 4] = ["sample", "marks", "traps", "folded"];

fn corpora(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("extract");
    for (extension, lines) in FORMATS {
        let documents = documents(extension);
        let bytes: usize = documents.iter().map(|d| d.bytes.len()).sum();
        let least = documents.len() * lines;
        group.throughput(Throughput::Bytes(bytes as u64));
        group.bench_function(extension, |bencher| {
            bencher.iter(|| {
                let read: usize = documents.iter().map(blocks).sum();
                assert!(
                    read >= least,
                    "{extension}: {read} lines of {} documents",
                    documents.len()
                );
                black_box(read)
            });
        });
    }
    group.finish();
}

fn long_texts(criterion: &mut Criterion) {
    const LINES: usize = 100_000;
    let line = "融雪剂入库以后，库房地面铺设防潮垫板，袋装料码放不超过八层。";
    let text = format!("{line}\n").repeat(LINES);
    let html =
        format!("<!DOCTYPE html><meta charset=utf-8>{}", format!("<p>{line}</p>").repeat(LINES));
    let (gb18030, _, _) = encoding_rs::GB18030.encode(&text);
    let (gb18030, utf8) = (gb18030.into_owned(), text.into_bytes());
    let mut group = criterion.benchmark_group("extract-long");
    group.sample_size(10);
    for (name, bytes) in [("utf-8.txt", utf8), ("gb18030.txt", gb18030), ("long.html", html.into())]
    {
        group.throughput(Throughput::Bytes(bytes.len() as u64));
        let submission = Submission::file(name, bytes);
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let read = blocks(&submission);
                assert_eq!(read, LINES, "{name}");
                black_box(read)
            });
        });
    }
    group.finish();
}

fn long_packages(criterion: &mut Criterion) {
    const LINES: usize = 20_000;
    let mut group = criterion.benchmark_group("extract-package");
    group.sample_size(10);
    for (name, make) in packages::KINDS {
        let submission = Submission::file(format!("long.{name}"), make(LINES));
        // The bytes of the text and not of the package, which says one line over and over.
        let text = extract(&submission, &mut Budget::new(Limits::default())).text;
        group.throughput(Throughput::Bytes(text.as_str().len() as u64));
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let read = blocks(&submission);
                assert_eq!(read, LINES, "{name}");
                black_box(read)
            });
        });
    }
    group.finish();
}

/// First pages of PDFs as pictures, by the pixel.
fn pictures(criterion: &mut Criterion) {
    const MANY: usize = 5;
    let documents = documents("pdf");
    let passwords = Passwords::default();
    let mut group = criterion.benchmark_group("draw");
    group.sample_size(10);
    for dpi in [72, 150, 300] {
        let draw = |document: &Submission| {
            let mut budget = Budget::new(Limits::default());
            let scale = dpi as f32 / 72.0;
            let made = pdf_pages(&document.bytes, &passwords).draw(1, scale, &mut budget).unwrap();
            made.rgba
        };
        let pixels: usize = documents.iter().take(MANY).map(|d| draw(d).len() / 4).sum();
        group.throughput(Throughput::Elements(pixels as u64));
        group.bench_function(format!("{dpi} dpi"), |bencher| {
            bencher.iter(|| {
                for document in documents.iter().take(MANY) {
                    let dark =
                        draw(document).as_chunks::<4>().0.iter().filter(|p| p[1] < 128).count();
                    assert!(dark > 100, "{}", document.provenance);
                    black_box(dark);
                }
            });
        });
    }
    group.finish();
}

/// How many lines are read of a document and of what is packed in it.
fn blocks(document: &Submission) -> usize {
    let mut budget = Budget::new(Limits::default());
    let mut waiting = vec![document.clone()];
    let mut blocks = 0;
    while let Some(submission) = waiting.pop() {
        let extraction = extract(&submission, &mut budget);
        blocks += extraction.text.blocks().len();
        waiting.extend(extraction.children);
    }
    blocks
}

fn documents(extension: &str) -> Vec<Submission> {
    let mut documents = Vec::new();
    for collection in COLLECTIONS {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpora").join(collection);
        for entry in fs::read_dir(folder.join("documents")).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|e| e == extension) {
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                documents.push(Submission::file(name, fs::read(&path).unwrap()));
            }
        }
    }
    assert!(documents.len() >= 10, "only {} {extension} documents", documents.len());
    documents
}

criterion_group!(benches, corpora, long_texts, long_packages, pictures);
criterion_main!(benches);
