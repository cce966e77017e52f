#![no_main]
//! What a cell answers and a parent orders, whoever wrote it: refused, or a value
//! that every report can be made of.

use std::sync::{Arc, LazyLock};

use vetmark::cell::fuzzed::{answer, order, ordered, taken};
use vetmark::dictionary::Dictionary;
use vetmark::model::{Date, Examination, Gap, GapKind, Submission};
use vetmark::pipeline::Pipeline;
use vetmark::report::human::Human;
use vetmark::report::{HostLevel, Lang, Ledger, Quotes, ndjson};

static EXAMINED: LazyLock<Examination> = LazyLock::new(|| {
    let as_of = Date::constant(2026, 11, 23);
    let pipeline = Pipeline::new(Arc::new(Dictionary::shipped()), vetmark_fuzz::limits(), as_of);
    let mail = format!("Subject: a\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{}", vetmark_fuzz::TEXT);
    let mut examined = pipeline.examine(Submission::file("秘密.eml", mail.into_bytes()));
    examined.parts[0].gaps.push(Gap::new(GapKind::Damaged, "cut"));
    examined
});

static FRAMES: LazyLock<[Vec<u8>; 2]> = LazyLock::new(|| {
    [answer(EXAMINED.clone()), order("秘密.eml", Gap::new(GapKind::Damaged, "cut"))]
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((how, rest)) = bytes.split_first() else { return };
    let frame = match how & 2 {
        0 => vetmark_fuzz::edited(&FRAMES[usize::from(how & 1)], rest),
        _ => rest.to_vec(),
    };
    ordered(&frame);
    let Some(examination) = taken(&frame) else { return };
    let mut ledger = Ledger::default();
    let mut human = Human::new(Lang::Zh);
    // Twice: sums of what it says of itself may be more than a number holds.
    for on in [true, false] {
        let mut examination = examination.clone();
        ledger.enter(&examination);
        Quotes { on, host: Some(HostLevel::Mimi) }.apply(&mut examination);
        let mut out = Vec::new();
        ndjson::render(&examination, &mut out).expect("memory");
        assert!(!out[..out.len() - 1].iter().any(|byte| *byte < 0x20), "a line of its own");
        human.add(&examination).expect("memory");
    }
    human.finish(&ledger, &mut Vec::new()).expect("memory");
    ledger.render(Lang::En, &mut Vec::new()).expect("memory");
});
