//! Folding and matching in bytes a second, one thread. `VETMARK_BENCH_TEXT=FILE`
//! measures a text of your own instead of the ordinary prose written out here.

#![allow(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

use std::hint::black_box;

use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use vetmark::detect::detect;
use vetmark::dictionary::Dictionary;
use vetmark::model::{Finding, SourceText};
use vetmark::normalize::fold;

const PROSE: &str = "第三条　道路养护单位应当在每年冬季来临之前，按照本办法第二条规定的标准储备融雪剂（含工业盐），\
并向县级以上人民政府交通主管部门备案；储备数量不足的，责令限期改正。储备仓库与居民区的距离不得少于100米。\n";

/// Stands every so often in the prose, in the words of a shipped scope entry.
const HIT: &str = "国家教育省级统一考试在启用之前的试题、参考答案和评分标准拟存放于旧粮库二层。\n";
const ENTRY: &str = "cn.education.2001.3-2-5";

/// Blocks of prose, each with one hit behind it: fewer than are listed in full.
const BLOCKS: usize = 50;

/// About 16 MB of ordinary text with a known number of hits, or the file that
/// was asked for, of which nothing is known.
fn text() -> (String, Option<usize>) {
    match std::env::var_os("VETMARK_BENCH_TEXT") {
        Some(file) => (std::fs::read_to_string(file).expect("the bench text cannot be read"), None),
        None => {
            let block = PROSE.repeat((16 << 20) / PROSE.len() / BLOCKS) + HIT;
            (block.repeat(BLOCKS), Some(BLOCKS))
        }
    }
}

fn hits(findings: &[Finding]) -> usize {
    findings.iter().filter(|finding| finding.entry.as_deref() == Some(ENTRY)).count()
}

fn matching(c: &mut Criterion) {
    let (text, expected) = text();
    let source = SourceText::from_lines(text);
    let dictionary = Dictionary::shipped();
    let expected = expected
        .unwrap_or_else(|| hits(&detect(&source, &fold(source.as_str()), &dictionary).findings));

    let mut group = c.benchmark_group("match");
    group.throughput(Throughput::Bytes(source.as_str().len() as u64)).sample_size(10);
    folding(&mut group, &source);
    let folded = fold(source.as_str());
    group.bench_function("detect", |b| {
        b.iter(|| {
            let found = detect(black_box(&source), &folded, &dictionary);
            assert_eq!(hits(&found.findings), expected);
        })
    });
    group.bench_function("fold and detect", |b| {
        b.iter(|| {
            let folded = fold(black_box(source.as_str()));
            assert_eq!(hits(&detect(&source, &folded, &dictionary).findings), expected);
        })
    });
    group.finish();
}

fn folding<M: criterion::measurement::Measurement>(
    group: &mut BenchmarkGroup<'_, M>,
    source: &SourceText,
) {
    let text = source.as_str();
    let expected = fold(text).as_str().len();
    if text.starts_with(PROSE) {
        let narrowed = text.matches(['　', '（', '）']).count();
        assert_eq!(expected, text.len() - 2 * narrowed);
    }
    group.bench_function("fold", |b| {
        b.iter(|| {
            let folded = fold(black_box(text));
            assert_eq!(folded.as_str().len(), expected);
            folded
        })
    });
}

criterion_group!(benches, matching);
criterion_main!(benches);
