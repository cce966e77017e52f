//! Keyed lists and known documents: how fast a text is looked through for them,
//! how large they are, how soon they are loaded.
//!
//! `cargo bench --bench sealed`; with `VETMARK_TERMS=1000000` also for a list of so many.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a bench says what it measured")]

use std::hint::black_box;
use std::time::Instant;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use vetmark::detect::detect;
use vetmark::dictionary::keyed::make;
use vetmark::dictionary::known::Maker;
use vetmark::dictionary::{Dictionary, Key, Kind, Source};
use vetmark::model::SourceText;
use vetmark::normalize::fold;

/// Characters as frequent as those of any text, and none that is rare.
const SIGNS: &str = "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战先回则任取据处理世";

struct Chance(u64);

impl Chance {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.0 >> 33) as usize % n
    }
}

/// Sentences of a few letters each, in lines.
fn chinese(bytes: usize) -> String {
    let signs: Vec<char> = SIGNS.chars().collect();
    let mut chance = Chance(1);
    let mut text = String::with_capacity(bytes + 200);
    while text.len() < bytes {
        for _ in 0..3 {
            (0..9 + chance.below(14)).for_each(|_| text.push(signs[chance.below(signs.len())]));
            text.push(if chance.below(3) == 0 { '。' } else { '，' });
        }
        text.push('\n');
    }
    text
}

fn english(bytes: usize) -> String {
    const PARTS: [&str; 12] =
        ["re", "port", "on", "the", "can", "teen", "roof", "ing", "leak", "s", "of", "water"];
    let mut chance = Chance(2);
    let mut text = String::with_capacity(bytes + 200);
    while text.len() < bytes {
        for _ in 0..12 {
            (0..1 + chance.below(3)).for_each(|_| text.push_str(PARTS[chance.below(PARTS.len())]));
            text.push(' ');
        }
        text.push_str(".\n");
    }
    text
}

fn key() -> Key {
    Key::read(&std::array::from_fn::<u8, 32, _>(|i| (i * 37) as u8)).unwrap()
}

fn keyed(terms: usize) -> Dictionary {
    let signs: Vec<char> = SIGNS.chars().collect();
    let mut chance = Chance(3);
    let mut file = "[scope]\nid = \"x\"\nname = { zh = \"甲\", en = \"A\" }\n".to_owned();
    for n in 0..terms {
        let term: String = (0..5 + n % 12).map(|_| signs[chance.below(signs.len())]).collect();
        file += &format!(
            "[[entry]]\nid = \"x.{n}\"\nname = {{ zh = \"甲\", en = \"A\" }}\nmatter = \"-\"\nterms = [\"{term}\"]\n"
        );
    }
    let made = make(&[Source::new(Kind::Scope, "x", file)], &["x".into()], &key(), 0, false);
    let made = made.unwrap();
    let start = Instant::now();
    let mut dictionary = Dictionary::default();
    dictionary.add_sealed("x.vmk", &made.bytes, &[key()]).unwrap();
    println!("{terms} terms: {} bytes, loaded in {:?}", made.bytes.len(), start.elapsed());
    dictionary
}

fn known(documents: usize) -> Dictionary {
    let text = chinese(9000 * (documents + 1));
    let characters: Vec<char> = text.chars().collect();
    let mut maker = Maker::new(&key());
    for (n, document) in characters.chunks(3000).take(documents).enumerate() {
        // The text that is looked through begins like this one and is not it.
        let document: String = document.iter().rev().collect();
        maker.add(format!("d{n}"), &[SourceText::from_lines(document)]);
    }
    let start = Instant::now();
    let (bytes, _) = maker.finish(3);
    let made = start.elapsed();
    let start = Instant::now();
    let mut dictionary = Dictionary::default();
    dictionary.add_sealed("x.vmf", &bytes, &[key()]).unwrap();
    let memory = dictionary.known[0].memory() / documents;
    println!(
        "{documents} documents of 3,000 characters: made in {made:?}, {} bytes each in the file, \
         {memory} in memory, loaded in {:?}",
        bytes.len() / documents,
        start.elapsed()
    );
    dictionary
}

fn looking(c: &mut Criterion) {
    const BYTES: usize = 16 << 20;
    let mut lists = vec![("no list".to_owned(), Dictionary::default())];
    let most = std::env::var("VETMARK_TERMS").ok().and_then(|n| n.parse().ok()).unwrap_or(0);
    for terms in [100, 10_000, 100_000, most] {
        if terms > 0 {
            lists.push((format!("{terms} keyed terms"), keyed(terms)));
        }
    }
    for documents in [100, 10_000] {
        lists.push((format!("{documents} known documents"), known(documents)));
    }
    for (language, text) in [("chinese", chinese(BYTES)), ("english", english(BYTES))] {
        let text = SourceText::from_lines(text);
        let folded = fold(text.as_str());
        let mut group = c.benchmark_group(format!("sealed/{language}"));
        group.throughput(Throughput::Bytes(text.as_str().len() as u64)).sample_size(10);
        for (name, dictionary) in &lists {
            group.bench_with_input(
                BenchmarkId::from_parameter(name),
                dictionary,
                |b, dictionary| {
                    b.iter(|| black_box(detect(&text, &folded, dictionary).findings.len()));
                },
            );
        }
        group.finish();
    }
}

criterion_group!(benches, looking);
criterion_main!(benches);
