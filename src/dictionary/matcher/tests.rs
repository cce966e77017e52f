//! What is found is what a plain search finds, whatever the words and texts.

use proptest::prelude::*;

use super::*;

fn at(span: Span, entry: usize) -> Occurrence {
    Occurrence::new(span, entry as u32)
}

fn head(word: &str, entry: usize) -> Head {
    Head { word: word.into(), entry, any_case: false, whole_word: false }
}

/// Every word at every place, the slow way.
fn plain(heads: &[Head], text: &str) -> Vec<Occurrence> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    for head in heads.iter().filter(|head| seen.insert((*head).clone())) {
        let word = head.word.as_bytes();
        for start in 0..(text.len() + 1).saturating_sub(word.len()) {
            let span = start..start + word.len();
            let here = &bytes[span.clone()];
            let same = if head.any_case { here.eq_ignore_ascii_case(word) } else { here == word };
            if same && (!head.whole_word || words::stands_apart(bytes, span.clone())) {
                found.push(at(span, head.entry));
            }
        }
    }
    found.sort_by_key(|word| (word.end, word.start, word.entry));
    found
}

#[track_caller]
fn check(heads: &[Head], text: &str) {
    let mut found = vec![at(0..0, 0)];
    Matcher::new(heads.to_vec()).find(text, &mut found);
    let expected = plain(heads, text);
    assert_eq!(found, expected, "{heads:?} in {text}");

    // And by all the means that would be chosen for other numbers of words and texts.
    for many in [false, true] {
        let engine = build::build(heads.to_vec(), Some(many));
        found.clear();
        engine.find(text, &mut found);
        assert_eq!(found, expected, "{heads:?} among many: {many}, in {text}");
        if !engine.is_empty() && engine.dense.assume_many(&engine.words) {
            found.clear();
            engine.find(text, &mut found);
            assert_eq!(found, expected, "{heads:?} densely in {text}");
        }
    }
}

#[test]
fn words_of_all_kinds_are_found_in_each_others_company() {
    let words = [
        "试题",
        "考试",
        "试",
        "题库",
        "题a",
        "𠀀题",
        "DEM",
        "考试试题库",
        "é试",
        "东风-41",
        "GPS定位",
        "歼-20",
        "密",
        "第3军",
        "军",
        "a",
        "ab",
        "é",
        "𠀀",
        "ж",
        "试 题",
        "国家统一考试试题库",
        "\n密",
    ];
    let heads: Vec<Head> = words.iter().enumerate().map(|(i, w)| head(w, i)).collect();
    let text = "é考试试题库DEM题a考DEM试𠀀题试é试题a题库东风-41GPS定位歼-20，第3军\n密试 题国家统一考试试题库жab";
    check(&heads, &text.repeat(3));
    for (word, text) in words.iter().zip(words.iter().cycle().skip(5)) {
        check(&[head(word, 0)], &format!("{word}{text}{word}"));
        check(&[head(word, 7)], word);
    }
}

#[test]
fn case_and_word_boundaries_are_the_entrys_wish() {
    let any = |word, entry| Head { any_case: true, ..head(word, entry) };
    let whole = |word, entry| Head { whole_word: true, ..any(word, entry) };
    let heads = [
        whole("GPS", 0),
        head("GPS", 1),
        any("gps", 2),
        any("Gps", 2),
        any("北斗Gps定位", 3),
        head("Gps定位", 4),
        any("A", 5),
        whole("a@b.cn", 6),
        any("DEM数据网格", 7),
        any("é Secret", 8),
    ];
    check(
        &heads,
        "GPS gps aGPS GPS1 北斗GPS定位 北斗gpS定位Gps定位 A@B.CN xa@b.cn dEm数据网格 é SECRET",
    );
}

#[test]
fn words_that_end_alike_are_found_by_halves() {
    for tail in ["定位系统", "系统", "-00001", "x", "号"] {
        let mut words = vec![tail.to_owned()];
        for number in 0..200 {
            let han = char::from_u32(0x4E00 + number * 7).unwrap();
            words.push(format!("{han}{tail}"));
            words.push(format!("第{han}{tail}"));
            words.push(format!("{number}{tail}"));
        }
        let heads: Vec<Head> = words
            .iter()
            .enumerate()
            .map(|(i, w)| Head { any_case: i % 3 == 0, ..head(w, i) })
            .collect();
        let text: String = words.iter().step_by(7).map(|w| format!("{w}第{w}12")).collect();
        check(&heads, &text);
    }
}

#[test]
fn signs_that_letters_stand_between_are_told_apart() {
    let words: Vec<String> = ["]", "}", "A", "a", "[x", "{x", "ax", "1234567]", "1234567}"]
        .iter()
        .flat_map(|word| (0..20).map(move |n| format!("{}{word}", "é".repeat(n))))
        .collect();
    let heads: Vec<Head> = words.iter().enumerate().map(|(i, w)| head(w, i)).collect();
    check(&heads, &words.concat());
}

#[test]
fn long_texts_are_found_to_the_end() {
    let heads =
        [head("试题", 0), head("题库", 1), head("end", 2), head("密", 3), head("统一考试试题", 4)];
    for (at, unit) in ["统一考试试题库", "abc ", "统一考，x", "题"].iter().enumerate() {
        let text = unit.repeat(3 * tables::STRETCH / unit.len()) + "试题库end密";
        for heads in [&heads[..], &heads[..2], &heads[..3]] {
            let mut found = Vec::new();
            Matcher::new(heads.to_vec()).find(&text, &mut found);
            let expected: usize = heads.iter().map(|h| text.matches(&h.word).count()).sum();
            assert_eq!(found.len(), expected, "{at}");
            let ordered = |a: &Occurrence, b: &Occurrence| (a.end, a.start) <= (b.end, b.start);
            assert!(found.windows(2).all(|w| ordered(&w[0], &w[1])));
        }
    }
}

#[test]
fn everyday_words_are_found_the_same_before_and_after_there_are_known_to_be_many() {
    let matcher = Matcher::new(vec![head("试题", 0), head("题", 1), head("题试", 1)]);
    let text = "试题".repeat(20_000);
    let mut first = Vec::new();
    matcher.find(&text, &mut first);
    let engine = &matcher.engines[0].0;
    assert!(engine.tables().is_some() && engine.dense.memory() == 0);
    for _ in 0..20 {
        let mut found = Vec::new();
        matcher.find(&text, &mut found);
        assert!(found == first);
    }
    assert!(engine.dense.memory() > 0, "the automaton was made");
    assert!(engine.tables().is_none(), "and took the tables' place");
}

#[test]
fn no_words_find_nothing() {
    check(&[], "试题");
    check(&[head("试题", 0)], "");
    assert!(Matcher::default().is_empty());
    let mut found = vec![at(0..1, 0)];
    Matcher::default().find("试题", &mut found);
    assert_eq!(found, []);
}

/// Few characters of every length, so that words meet.
fn some_text(longest: usize) -> impl Strategy<Value = String> {
    let letters = prop::sample::select(
        ["密", "试", "题", "考", "a", "B", "b", "1", " ", "-", "é", "ж", "𠀀", "𠀁", "。", "\n"]
            .to_vec(),
    );
    prop::collection::vec(letters, 1..longest).prop_map(|letters| letters.concat())
}

fn some_heads() -> impl Strategy<Value = Vec<Head>> {
    let one = (some_text(8), 0..6usize, any::<bool>(), prop::bool::weighted(0.2));
    let one = one.prop_map(|(word, entry, any_case, whole_word)| Head {
        word,
        entry,
        any_case,
        whole_word,
    });
    prop::collection::vec(one, 0..60)
}

proptest! {
    #[test]
    fn whatever_the_words(heads in some_heads(), text in some_text(300)) {
        check(&heads, &text);
    }

    #[test]
    fn whatever_the_letters(words in prop::collection::vec("\\PC{1,6}", 1..40), text in "\\PC{0,40}") {
        let heads: Vec<Head> = words.iter().enumerate().map(|(i, w)| head(w, i)).collect();
        check(&heads, &format!("{text}{}{text}", words.concat()));
    }
}
