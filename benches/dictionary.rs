//! The table of docs/performance.md: head words of dictionaries of 10³ to 10⁶
//! terms looked for in 128 MB of Chinese and of English, by vetmark and by others, in
//! one run. `cargo bench --bench dictionary`; needs the corpora beside the
//! repository, and says so where they are not there. With VETMARK_BENCH set to
//! `Chinese`, `English`, `together` or `compiled` it prints that part only.
//!
//! Times are CPU seconds of this thread, the best of two runs; those of other
//! programs are what the system says they took.

#![allow(clippy::unwrap_used, reason = "a failing unwrap is a failing run")]
#![allow(clippy::print_stdout, reason = "a table is what it makes")]

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs;
use std::hint::black_box;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use daachorse::CharwiseDoubleArrayAhoCorasick;
use vetmark::detect::detect;
use vetmark::dictionary::{Head, Kind, Matcher, Source, load, pack};
use vetmark::model::SourceText;
use vetmark::normalize::fold;

const CORPORA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/corpora");

/// Of the Chinese corpus, the part that is read; from the rest come the terms.
const READ: usize = 23_368_898;

const TEXT: usize = 128 << 20;

/// What the program looks through at once.
const PASSAGE: usize = 16 << 10;

/// Of one document, where documents are examined.
const DOCUMENT: usize = 64 << 10;

/// What the entries exclude.
const EXCLUDED: [&str; 2] = ["模拟", "公报"];

/// More than once, since the machine has other things to do.
const RUNS: usize = 2;

fn main() {
    let corpus = Path::new(CORPORA);
    let Ok(packed) = fs::File::open(corpus.join("plain_zh.txt.zst")) else {
        println!("skipped: there is no {CORPORA}/plain_zh.txt.zst to read and to take terms from");
        return;
    };
    let mut chinese = Vec::new();
    ruzstd::decoding::StreamingDecoder::new(packed).unwrap().read_to_end(&mut chinese).unwrap();
    let only = std::env::var("VETMARK_BENCH").unwrap_or_default();
    let rest = String::from_utf8_lossy(&chinese[READ..]).into_owned();
    let english = english(&corpus.join("en_marking"));
    let half = english.floor_char_boundary(english.len() / 2);
    let mut lists = Lists::new(&rest, &english[half..]);

    let read = String::from_utf8_lossy(&chinese[..READ]).into_owned();
    let texts = [("Chinese", grown(&read)), ("English", grown(&english[..half]))];
    for (language, text) in &texts {
        if !only.is_empty() && only != *language {
            continue;
        }
        println!("\n{} MB of {language}, GB/s\n", TEXT >> 20);
        head();
        floor(text);
        for (name, terms) in lists.all() {
            row(&name, &terms, text);
        }
    }
    if only.is_empty() || only == "together" {
        together(&texts[0].1, &mut lists);
    }
    if only.is_empty() || only == "compiled" {
        compiled(&mut lists);
    }
}

/// A text of [`TEXT`] bytes, folded as the program folds it.
fn grown(text: &str) -> String {
    let folded = fold(text).as_str().to_owned();
    let mut grown = folded.repeat(TEXT / folded.len() + 1);
    grown.truncate(grown.floor_char_boundary(TEXT));
    grown
}

fn english(folder: &Path) -> String {
    let mut files: Vec<_> =
        fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|e| e == "xml" || e == "txt"));
    files.sort();
    files.iter().filter_map(|path| fs::read_to_string(path).ok()).collect()
}

/// Lists of terms, made of text that is not read.
struct Lists {
    /// Words of three to eight characters that are rare there, words of characters
    /// in a row that nobody wrote, and one phrase in ten English: in an order of no
    /// meaning.
    rare: Vec<String>,
    /// What is said most there, two to four characters, most frequent first.
    dense: Vec<String>,
}

impl Lists {
    fn new(chinese: &str, english: &str) -> Self {
        let runs: Vec<Vec<char>> = chinese
            .split(|c| !('\u{4E00}'..='\u{9FFF}').contains(&c))
            .map(|run| fold(run).as_str().chars().collect())
            .filter(|run: &Vec<char>| run.len() > 2)
            .collect();
        let mut counts: HashMap<&[char], u32> = HashMap::new();
        for run in &runs {
            for length in [2, 3, 4, 5, 6, 8] {
                run.windows(length).for_each(|word| *counts.entry(word).or_default() += 1);
            }
        }
        let word = |letters: &[char]| letters.iter().collect::<String>();
        let mut dense: Vec<_> = counts.iter().filter(|(word, _)| word.len() <= 4).collect();
        dense.sort_unstable_by_key(|(word, count)| (u32::MAX - **count, **word));
        let dense = dense.iter().take(101_000).map(|(letters, _)| word(letters)).collect();

        let mut chance = Chance(1);
        let mut rare: Vec<&[char]> =
            counts.iter().filter(|(w, n)| w.len() > 2 && **n < 3).map(|(w, _)| *w).collect();
        rare.sort_unstable();
        let mut words: Vec<String> = (0..1_000_000)
            .map(|_| match chance.below(10) {
                0..7 => word(rare[chance.below(rare.len())]),
                _ => (0..3 + chance.below(4))
                    .map(|_| {
                        let run = &runs[chance.below(runs.len())];
                        run[chance.below(run.len())]
                    })
                    .collect(),
            })
            .collect();
        let spoken: Vec<&str> =
            english.split(|c: char| !c.is_ascii_alphabetic()).filter(|w| w.len() > 3).collect();
        for word in words.iter_mut().step_by(10) {
            let at = chance.below(spoken.len().saturating_sub(2).max(1));
            *word = spoken[at..].iter().take(2).copied().collect::<Vec<_>>().join(" ");
        }
        let mut seen = std::collections::HashSet::new();
        // A word that holds what its entry excludes is a mistake in a dictionary.
        let sound = |word: &String| !EXCLUDED.iter().any(|excluded| word.contains(excluded));
        words.retain(|word| sound(word) && seen.insert(word.clone()));
        let dense: Vec<String> = dense;
        Self { rare: words, dense: dense.into_iter().filter(sound).collect() }
    }

    fn all(&mut self) -> Vec<(String, Vec<String>)> {
        let rare = [1_000, 10_000, 100_000, 1_000_000].map(|count| {
            let terms: Vec<_> = self.rare.iter().take(count).cloned().collect();
            (format!("{} terms", terms.len()), terms)
        });
        let dense =
            [10_000, 100_000].map(|count| (format!("{count} dense"), self.dense[..count].to_vec()));
        rare.into_iter().chain(dense).collect()
    }
}

/// Numbers without meaning, the same in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}

/// CPU seconds of this thread.
fn now() -> f64 {
    let clock = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = clock.split(' ').next().and_then(|n| n.parse::<f64>().ok());
    nanoseconds.map_or_else(
        || std::time::SystemTime::UNIX_EPOCH.elapsed().map_or(0.0, |t| t.as_secs_f64()),
        |n| n / 1e9,
    )
}

fn timed<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let start = now();
    let made = work();
    (now() - start, made)
}

fn best(mut work: impl FnMut() -> usize) -> (f64, usize) {
    (0..RUNS).map(|_| timed(&mut work)).min_by(|a, b| a.0.total_cmp(&b.0)).unwrap()
}

fn head() {
    println!(
        "| dictionary | vetmark | daachorse charwise | aho-corasick | grep -F -f | to daachorse | to aho-corasick \
         | matches | build s (vetmark, daachorse, aho-corasick) | bytes a byte of terms (likewise) |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|");
}

fn speed(seconds: f64, text: &str) -> f64 {
    text.len() as f64 / seconds / 1e9
}

fn floor(text: &str) {
    let seconds = outside(Command::new("wc").arg("-c"), text);
    println!("| `wc -c`, asks for the size only | {:.2} | | | | | | | | |", speed(seconds, text));
}

/// What another program took, user and system.
fn outside(command: &mut Command, text: &str) -> f64 {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), text).unwrap();
    let ran = |command: &mut Command| {
        let input = fs::File::open(file.path()).unwrap();
        let start = Instant::now();
        let status = command.stdin(input).stdout(Stdio::null()).status();
        status.map_or(f64::INFINITY, |_| start.elapsed().as_secs_f64())
    };
    (0..2).map(|_| ran(command)).fold(f64::INFINITY, f64::min)
}

fn pieces(text: &str, size: usize) -> Vec<&str> {
    let (mut pieces, mut rest) = (Vec::new(), text);
    while !rest.is_empty() {
        let (piece, next) = rest.split_at(rest.floor_char_boundary(size));
        pieces.push(piece);
        rest = next;
    }
    pieces
}

fn matcher(terms: &[String]) -> Matcher {
    let heads = terms.iter().enumerate().map(|(entry, word)| Head {
        word: word.clone(),
        entry,
        any_case: false,
        whole_word: false,
    });
    Matcher::new(heads.collect())
}

fn row(name: &str, terms: &[String], text: &str) {
    let bytes = terms.iter().map(String::len).sum::<usize>() as f64;
    let (built, own) = timed(|| matcher(terms));
    let pieces = pieces(text, PASSAGE);
    let mut found = Vec::new();
    let (seconds, matches) = best(|| {
        pieces
            .iter()
            .map(|piece| {
                own.find(black_box(piece), &mut found);
                found.len()
            })
            .sum()
    });
    let memory = own.memory() as f64;
    drop(own);

    let (built_daac, daac) =
        timed(|| CharwiseDoubleArrayAhoCorasick::<u32>::new(terms).expect("terms are different"));
    let (seconds_daac, matches_daac) = best(|| {
        pieces
            .iter()
            .map(|piece| {
                daac.find_overlapping_iter(black_box(*piece))
                    .inspect(|m| _ = black_box(m.start()))
                    .count()
            })
            .sum()
    });
    assert_eq!(matches, matches_daac, "{name}");
    let memory_daac = daac.heap_bytes() as f64;
    drop(daac);

    // A million terms take it minutes and gigabytes.
    let few = terms.len() <= 100_000;
    let aho = few.then(|| {
        let (built, aho) = timed(|| {
            aho_corasick::AhoCorasick::builder()
                .kind(Some(aho_corasick::AhoCorasickKind::ContiguousNFA))
                .build(terms)
                .unwrap()
        });
        let start = now();
        let matches: usize =
            pieces.iter().map(|piece| aho.find_overlapping_iter(black_box(*piece)).count()).sum();
        assert_eq!(matches, matches_daac, "{name}");
        (built, now() - start, aho.memory_usage() as f64)
    });
    let grep = few.then(|| {
        let list = tempfile::NamedTempFile::new().unwrap();
        fs::write(list.path(), terms.join("\n")).unwrap();
        outside(
            Command::new("grep").env("LC_ALL", "C.UTF-8").args(["-F", "-c", "-f"]).arg(list.path()),
            text,
        )
    });

    let shown = |value: Option<f64>| value.map_or(String::from("–"), |v| format!("{v:.3}"));
    let aho_speed = aho.map(|(_, seconds, _)| speed(seconds, text));
    let ours = speed(seconds, text);
    println!(
        "| {name} | {ours:.3} | {:.3} | {} | {} | {:.2} | {} | {matches} | {built:.2}, {built_daac:.2}, {} | {:.1}, {:.1}, {} |",
        speed(seconds_daac, text),
        shown(aho_speed),
        shown(grep.map(|seconds| speed(seconds, text))),
        seconds_daac / seconds,
        aho_speed.map_or("–".to_owned(), |aho| format!("{:.1}", ours / aho)),
        shown(aho.map(|(built, ..)| built)),
        memory / bytes,
        memory_daac / bytes,
        shown(aho.map(|(.., memory)| memory / bytes)),
    );
}

/// A scope file with some terms an entry, each with conditions: words that must stand
/// near by, and others that must not.
fn scope(terms: &[String], an_entry: usize) -> Source {
    let mut text = String::from(
        "[scope]\nid = \"x\"\nname = { zh = \"甲\", en = \"X\" }\n[lists]\nstate = [\"尚未公布\", \"启用前\"]\n",
    );
    for (number, terms) in terms.chunks(an_entry).enumerate() {
        write!(
            text,
            "[[entry]]\nid = \"x.{number}\"\nname = {{ zh = \"甲{number}\", en = \"X\" }}\nmatter = \"某事{number}\"\n\
             level = \"秘密\"\nterms = {terms:?}\nqualifiers = [\"@state\"]\nrequire = true\nexclusions = {EXCLUDED:?}\n"
        )
        .unwrap();
    }
    Source::new(Kind::Scope, "x.toml", text)
}

/// Folding, matching and conditions, against the bare automaton, over the same
/// documents. Marks are looked for as well: that is the row without terms.
fn together(text: &str, lists: &mut Lists) {
    println!(
        "\nFold, match and conditions together, {} MB of Chinese in documents of {} kB, GB/s\n",
        TEXT >> 20,
        DOCUMENT >> 10
    );
    println!(
        "| dictionary | fold | fold, match, conditions | bare daachorse charwise | ratio | words | hits |"
    );
    println!("|---|---|---|---|---|---|---|");
    let documents: Vec<SourceText> = pieces(text, DOCUMENT)
        .into_iter()
        .map(|piece| SourceText::from_lines(piece.to_owned()))
        .collect();
    let (folding, _) =
        best(|| documents.iter().map(|d| fold(black_box(d.as_str())).as_str().len()).sum());
    let none = ("none".to_owned(), vec!["此词不见于此文".to_owned()]);
    for (name, terms) in [none].into_iter().chain(lists.all()) {
        if terms.len() > 100_000 {
            continue;
        }
        let dictionary = load(&[scope(&terms, 1)]).unwrap();
        let (seconds, hits) = best(|| {
            let hits = documents.iter().map(|document| {
                let folded = fold(black_box(document.as_str()));
                detect(document, &folded, &dictionary).findings.len()
            });
            hits.sum()
        });
        let daac = CharwiseDoubleArrayAhoCorasick::<u32>::new(&terms).unwrap();
        let (bare, words) = best(|| {
            let words = documents.iter().map(|document| {
                daac.find_overlapping_iter(black_box(document.as_str()))
                    .inspect(|m| _ = black_box(m.start()))
                    .count()
            });
            words.sum()
        });
        println!(
            "| {name} | {:.3} | {:.3} | {:.3} | {:.2} | {words} | {hits} |",
            speed(folding, text),
            speed(seconds, text),
            speed(bare, text),
            bare / seconds
        );
    }
}

/// A dictionary of a million terms, compiled and loaded.
fn compiled(lists: &mut Lists) {
    let source = scope(&lists.rare, 10);
    let written = source.text.len();
    let (seconds, file) = timed(|| pack(&[source], &[]).unwrap());
    let cache = tempfile::NamedTempFile::new().unwrap();
    fs::write(cache.path(), &file).unwrap();
    let loaded = (0..5).map(|_| {
        let start = Instant::now();
        let source = vetmark::dictionary::load::read_file(cache.path()).unwrap();
        let dictionary = load(&[source]).unwrap();
        let seconds = start.elapsed().as_secs_f64();
        assert_eq!(dictionary.matcher.len(), lists.rare.len());
        seconds
    });
    let mut loaded: Vec<f64> = loaded.collect();
    loaded.sort_by(f64::total_cmp);
    println!(
        "\nCompiled: {} terms in entries of ten, {:.1} MB of TOML; compiled in {seconds:.1} s to {:.1} MB; \
         loaded in {:.3} s (median of five, {:.3} to {:.3})",
        lists.rare.len(),
        written as f64 / 1e6,
        file.len() as f64 / 1e6,
        loaded[2],
        loaded[0],
        loaded[4],
    );
}
