//! Folding and matching in bytes a second. `VETMARK_BENCH_TEXT=FILE` measures a
//! text of your own instead of the ordinary prose written out here.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use vetmark::normalize::fold;

const PROSE: &str = "第三条　道路养护单位应当在每年冬季来临之前，按照本办法第二条规定的标准储备融雪剂（含工业盐），\
并向县级以上人民政府交通主管部门备案；储备数量不足的，责令限期改正。储备仓库与居民区的距离不得少于100米。\n";

/// About 16 MB of ordinary text, or the file that was asked for.
fn text() -> String {
    match std::env::var_os("VETMARK_BENCH_TEXT") {
        Some(file) => std::fs::read_to_string(file).expect("the bench text cannot be read"),
        None => PROSE.repeat((16 << 20) / PROSE.len()),
    }
}

fn folding(c: &mut Criterion) {
    let source = text();
    let mut group = c.benchmark_group("fold");
    group.throughput(Throughput::Bytes(source.len() as u64)).sample_size(10);
    group.bench_function("text", |b| {
        b.iter(|| {
            let folded = fold(black_box(&source));
            assert_eq!(folded.source_span(0..folded.as_str().len()).end, source.len());
            folded
        })
    });
    group.finish();
}

criterion_group!(benches, folding);
criterion_main!(benches);
