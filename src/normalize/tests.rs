//! What is folded to what, and that the way back is true for any text.

use proptest::prelude::*;

use super::*;
use crate::model::Span;

#[track_caller]
fn check(source: &str, expected: &str) {
    assert_eq!(fold(source).as_str(), expected, "{source:?}");
}

#[test]
fn what_is_folded() {
    for (source, expected) in [
        // Width. Commas and full stops of Chinese text stay.
        ("（ＳＥＣＲＥＴ／／ＮＦ）：１０－２０", "(SECRET//NF):10-20"),
        ("机　密\u{a0}★\u{2009}10年", "机 密 ★ 10年"),
        ("甲，乙；丙！丁？戊。己、庚…", "甲，乙；丙！丁？戊。己、庚…"),
        // Compatibility forms.
        ("㊙⑩㈠㍻㋿１", "秘10(一)平成令和1"),
        ("\u{F9DF}⼀⼆⺟⻓ ⾏", "履一二母长 行"),
        ("𝐒𝐄𝐂𝐑𝐄𝐓 🅂🅔🅲 ❿ ㎢ ²", "SECRET SEC 10 km2 2"),
        ("1∶1万", "1:1万"),
        // Traditional and variant characters, also by way of another form.
        (
            "機密★長期 絕密 祕密 內部 審查 啟用前 測繪 図",
            "机密★长期 绝密 秘密 内部 审查 启用前 测绘 图",
        ),
        ("\u{2F8A6}", "慈"),
        // Stars, nought and case are the grammar's affair.
        ("★☆＊*※⭐ ○〇零 Ss", "★☆＊*※⭐ ○〇零 Ss"),
        // What nobody sees.
        ("机\u{200b}密\u{fe0f}★\u{ad}1\u{2060}0\u{e0101}年\u{feff}", "机密★10年"),
        ("绝\0密\u{7f}\t\n", "绝密\t\n"),
        ("机\u{336}密\u{20dd}★\u{301} 1\u{fe0f}\u{20e3} é e\u{301}", "机密★ 1 é e\u{301}"),
        // Text that is overridden to be shown from right to left.
        ("前\u{202e}年01★密机\u{202c}后", "前机密★10年后"),
        ("\u{202e}(密机)", "(机密)"),
        ("\u{202e}丙\u{202d}甲乙\u{202c}丁\u{202c}戊", "丁甲乙丙戊"),
        ("\u{202e}乙甲\n丁\u{202c}戊", "甲乙\n丁戊"),
        ("\u{2067}甲\u{202e}丙乙\u{2069}丁", "甲乙丙丁"),
        ("\u{202b}机密\u{202c}", "机密"),
    ] {
        check(source, expected);
    }
}

#[test]
fn a_finding_in_folded_text_finds_its_source() {
    for (source, needle, slice) in [
        ("〔機\u{200b}密★１０年〕", "机密★10年", "機\u{200b}密★１０年"),
        ("x\u{200b}机密\u{200b}y", "机密", "机密"),
        ("㊙⑩", "1", "⑩"),
        ("ＡＢＣ", "B", "Ｂ"),
        ("甲\u{202e}密机\u{202c}乙", "密", "\u{202e}密机\u{202c}"),
    ] {
        let folded = fold(source);
        let at = folded.as_str().find(needle).unwrap();
        let span = folded.source_span(at..at + needle.len());
        assert_eq!(&source[span], slice, "{source:?}");
    }
}

#[test]
fn what_a_slice_needed() {
    for (source, expected) in [
        ("机密★10年", ""),
        ("機密★１０年", "width, traditional"),
        ("㊙★", "compatibility"),
        ("図", "variant"),
        ("机\u{200b}密", "invisible"),
        ("\u{202e}密机", "bidi"),
        ("机\u{336}密é", "stacked"),
        ("e\u{301}", ""),
        ("\u{F907}", "compatibility, traditional"),
    ] {
        assert_eq!(alterations(source).to_string(), expected, "{source:?}");
    }
    assert!(alterations("机\u{ad}密").may_deceive() && !alterations("（機密）").may_deceive());
}

#[test]
fn hostile_overrides_end() {
    let deep = "\u{202e}\u{202d}".repeat(500) + "甲乙" + &"\u{202c}".repeat(1000) + "丙";
    assert!(fold(&deep).as_str().ends_with('丙'));
    let long = "\u{202e}".to_owned() + &"乙甲".repeat(50_000);
    let folded = fold(&long);
    assert_eq!(folded.as_str().chars().count(), 100_000);
    let span = folded.source_span(0..3);
    assert!(span.len() <= 4096 * 3 + 3, "a piece of a long line, not all of it: {span:?}");
}

#[test]
fn runs_of_one_kind_take_no_room() {
    let source = "（".repeat(10_000) + &"\u{200b}\u{ad}".repeat(10_000) + &"機".repeat(10_000);
    let folded = fold(&source);
    assert_eq!(folded.as_str().len(), 10_000 + 30_000);
    assert_eq!(&source[folded.source_span(5000..5002)], "（（");
    assert_eq!(&source[folded.source_span(10_000..10_003)], "機");
    assert_eq!(folded.folded_offset(30_000), 10_000);
}

#[test]
fn every_character_folds_for_good_and_finds_its_way_back() {
    let mut touched = 0;
    for c in (0..=0x10FFFF).filter_map(char::from_u32) {
        if Table::get().fold(c) == Fold::Same || c == table::RIGHT_TO_LEFT_OVERRIDE {
            continue;
        }
        touched += 1;
        let source = format!("x{c}乙");
        let folded = fold(&source);
        let twice = fold(folded.as_str());
        assert_eq!(twice.as_str(), folded.as_str(), "U+{:04X}", c as u32);
        for (at, part) in folded.as_str().char_indices() {
            let span = folded.source_span(at..at + part.len_utf8());
            assert!(source.get(span.clone()).is_some(), "U+{:04X}: {span:?}", c as u32);
        }
    }
    assert!(touched > 10_000, "{touched}");
}

/// Folding as one would write it without a thought for speed, overrides aside.
fn plain_fold(source: &str) -> String {
    let mut text = String::new();
    for c in source.chars() {
        match Table::get().fold(c) {
            Fold::Same => text.push(c),
            Fold::To(to, _) => text.push_str(to),
            Fold::Stacked if text.chars().next_back().is_some_and(takes_no_marks) => {}
            Fold::Stacked => text.push(c),
            Fold::Override => unreachable!("not in this test"),
        }
    }
    text
}

/// Characters worth mixing: of every length, and of every kind of folding.
fn character() -> impl Strategy<Value = char> {
    prop_oneof![
        4 => prop::sample::select("机密★10年，a S机密。\n".chars().collect::<Vec<_>>()),
        2 => prop::sample::select("機絕（１：　㊙⑩㍻祕図é𝐒𠀀🌟".chars().collect::<Vec<_>>()),
        2 => prop::sample::select("\u{200b}\u{ad}\u{fe0f}\u{301}\u{20dd}\0\u{e0001}".chars().collect::<Vec<_>>()),
        1 => any::<char>(),
    ]
}

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(character(), 0..200)
        .prop_map(|v| v.into_iter().filter(|&c| c != '\u{202e}').collect())
}

fn any_text() -> impl Strategy<Value = String> {
    let control = prop::sample::select(
        "\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{202e}\u{2066}\u{2067}\u{2069}"
            .chars()
            .collect::<Vec<_>>(),
    );
    prop::collection::vec(prop_oneof![4 => character(), 1 => control], 0..200)
        .prop_map(|v| v.into_iter().collect())
}

/// A span of whole characters of a text, by two numbers from 0 to 1.
fn some_span(text: &str, a: f64, b: f64) -> Span {
    let mut cuts: Vec<usize> = text.char_indices().map(|(i, _)| i).collect();
    cuts.push(text.len());
    let cut = |x: f64| cuts[((cuts.len() - 1) as f64 * x) as usize];
    cut(a.min(b))..cut(a.max(b))
}

proptest! {
    #[test]
    fn equals_the_plain_way(source in text()) {
        let folded = fold(&source);
        prop_assert_eq!(folded.as_str(), plain_fold(&source));
    }

    #[test]
    fn is_stable(source in any_text()) {
        let once = fold(&source);
        let twice = fold(once.as_str());
        prop_assert_eq!(twice.as_str(), once.as_str());
    }

    #[test]
    fn every_span_has_its_source(source in any_text(), a in 0.0..1.0, b in 0.0..=1.0) {
        let folded = fold(&source);
        let part = some_span(folded.as_str(), a, b);
        let span = folded.source_span(part.clone());
        prop_assert!(source.get(span.clone()).is_some(), "{:?} cuts a character", span);
        let again = fold(&source[span.clone()]);
        if !source.contains('\u{202e}') && !part.is_empty() {
            let wanted = &folded.as_str()[part.clone()];
            // A mark at the slice's start has lost what it was drawn over.
            prop_assert!(again.as_str().contains(wanted) || wanted.starts_with(is_mark), "{:?} in {:?}", wanted, again.as_str());
        }
        if !part.is_empty() {
            let back = folded.folded_offset(span.start)..folded.folded_offset(span.end);
            prop_assert!(back.start <= part.start && back.end >= part.end, "{:?} {:?}", back, part);
        }
    }

    #[test]
    fn keeps_the_order(source in any_text(), a in 0.0..1.0, b in 0.0..=1.0) {
        let folded = fold(&source);
        let part = some_span(folded.as_str(), a, b);
        let span = folded.source_span(part.clone());
        let head = folded.source_span(0..part.start);
        // A source character folded to several may be shared by both sides.
        let apart = head.end <= span.start || shares_character(&folded, &part);
        prop_assert!(head.is_empty() || part.is_empty() || apart);
    }

    #[test]
    fn alterations_are_empty_only_where_nothing_changes(source in any_text()) {
        let changed = fold(&source).as_str() != source;
        if changed {
            prop_assert!(!alterations(&source).is_empty());
        }
    }
}

/// Whether the character before the span came from the same source character.
fn shares_character(folded: &FoldedText, part: &Span) -> bool {
    let before = folded.as_str()[..part.start].chars().next_back().map_or(0, char::len_utf8);
    let first = folded.source_span(part.start - before..part.start);
    first.end > folded.source_span(part.clone()).start
}
