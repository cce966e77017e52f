//! From bytes to verdict: the documents of `corpora/`, and long plain texts with
//! and without anything to find.
//!
//! Each run asserts its verdicts or findings, so speed is never bought with blindness.

#![allow(missing_docs, reason = "criterion makes a function without")]
#![allow(clippy::unwrap_used, reason = "a bench ends where something unexpected happens")]

use std::collections::BTreeMap;
use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use vetmark::dictionary::Dictionary;
use vetmark::extract::Limits;
use vetmark::model::{Date, Submission};
use vetmark::pipeline::Pipeline;

const TODAY: Date = Date::constant(2026, 11, 23);

fn pipeline() -> Pipeline {
    Pipeline::new(Arc::new(Dictionary::shipped()), Limits::default(), TODAY)
}

/// All labelled documents: the bench is right if the verdicts are.
fn corpora(criterion: &mut Criterion) {
    let pipeline = pipeline();
    let mut group = criterion.benchmark_group("pipeline");
    group.sample_size(10);
    for collection in ["sample", "marks", "traps", "folded", "hostile"] {
        let documents = documents(collection);
        let bytes: usize = documents.iter().map(|(d, _)| d.bytes.len()).sum();
        group.throughput(Throughput::Bytes(bytes as u64));
        group.bench_function(collection, |bencher| {
            bencher.iter(|| {
                for (document, verdict) in &documents {
                    let examination = pipeline.examine(document.clone());
                    assert_eq!(examination.verdict.name(), verdict, "{}", examination.source);
                    black_box(examination);
                }
            });
        });
    }
    group.finish();
}

/// Ordinary text of eight mebibytes, alone and with marks spoken about.
fn long_texts(criterion: &mut Criterion) {
    let pipeline = pipeline();
    let line = "第三章　桥梁伸缩缝内的泥沙用高压水枪冲出，司机密切注意锥桶，计算机密码另行通知。\n";
    let spoken = "例如“机密★10年”，前面是密级，中间是五角星，后面是保密期限。\n";
    let ordinary = line.repeat((8 << 20) / line.len());
    let quoted = format!("{}{spoken}", line.repeat(999)).repeat(64);
    let marked = format!("000001\n机密★10年\n\n{ordinary}");
    let mut group = criterion.benchmark_group("pipeline-long");
    group.sample_size(10);
    for (name, text, rule, count) in [
        ("ordinary.txt", ordinary, "cn.mark.state-secret", 0),
        ("quoted.txt", quoted, "cn.mark.quoted", 64),
        ("marked.txt", marked, "cn.mark.state-secret", 1),
    ] {
        group.throughput(Throughput::Bytes(text.len() as u64));
        let submission = Submission::file(name, text.into_bytes());
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let examination = pipeline.examine(submission.clone());
                let findings = examination.parts.iter().flat_map(|part| &part.findings);
                assert_eq!(findings.filter(|f| f.rule == rule).count(), count, "{name}: {rule}");
                black_box(examination)
            });
        });
    }
    group.finish();
}

/// The documents of a collection with the verdicts of their labels; without those
/// that wait for rules to come or are judged on another day.
fn documents(collection: &str) -> Vec<(Submission, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpora").join(collection);
    let truth: toml::Table =
        toml::from_str(&fs::read_to_string(folder.join("truth.toml")).unwrap()).unwrap();
    let labels: BTreeMap<String, String> = truth["document"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|label| label.get("pending").is_none() && label.get("as_of").is_none())
        .map(|label| {
            let word = |key: &str| label[key].as_str().unwrap().to_owned();
            (word("path"), word("verdict"))
        })
        .collect();
    assert!(labels.len() >= 10, "only {} documents in {collection}", labels.len());
    labels
        .into_iter()
        .map(|(name, verdict)| {
            let bytes = fs::read(folder.join("documents").join(&name)).unwrap();
            (Submission::file(name, bytes), verdict)
        })
        .collect()
}

criterion_group!(benches, corpora, long_texts);
criterion_main!(benches);
