//! Same words in another layout are the same place; other words near by are not.

use super::*;
use crate::model::{BlockHead, Region, TextBuilder};
use crate::normalize::fold;

fn key() -> Key {
    Key::read(&(0..32).collect::<Vec<_>>()).unwrap()
}

/// Some text with `HIT` in it, bound.
#[track_caller]
fn of(text: &SourceText, part: &str) -> Bound {
    let at = text.as_str().find("考试成绩").expect("a hit");
    bind(&key(), text, &fold(text.as_str()), part, &(at..at + "考试成绩".len()))
}

fn lines(text: &str) -> Bound {
    of(&SourceText::from_lines(text.to_owned()), "part")
}

/// Words of a canteen, each other than the rest: `count` characters.
fn words(count: usize) -> String {
    (0..count).map(|n| char::from_u32(0x4E00 + n as u32 * 7).unwrap()).collect()
}

#[test]
fn layout_and_written_form_do_not_count() {
    let plain = lines(&format!("{}食堂的考试成绩单由厨师长保管{}", words(60), words(60)));
    for same in [
        format!("{}\n食堂的考试成绩单由\n厨师长 保管\n{}", words(60), words(60)),
        format!("{}食堂的考试成績單由厨师长\u{200b}保管{}", words(60), words(60)),
    ] {
        // The hit itself is looked for in simplified characters.
        let text = SourceText::from_lines(same.clone());
        let at = text.as_str().find("考试成").unwrap();
        let span = at..at + "考试成绩".len();
        assert_eq!(bind(&key(), &text, &fold(text.as_str()), "part", &span), plain, "{same}");
    }
}

#[test]
fn what_stands_near_counts_and_what_stands_far_does_not() {
    let text =
        |far: &str, near: &str| format!("{far}{}。\n{near}考试成绩{}\n", words(120), words(130));
    let bound = lines(&text("", "本周的"));
    assert_eq!(bound, lines(&text("甲乙丙丁", "本周的")), "120 characters away");
    assert_ne!(bound, lines(&text("", "尚未公布的")));
    assert_eq!(bound.hit, lines(&text("", "尚未公布的")).hit);
}

#[test]
fn the_whole_paragraph_counts() {
    let paragraph = |first: &str| {
        let mut builder = TextBuilder::new();
        let head = BlockHead { group: 7, ..BlockHead::default() };
        builder.block(&head, &format!("{first}{}", words(300)));
        builder.block(&head, "考试成绩");
        of(&builder.finish(), "part")
    };
    assert_ne!(paragraph("甲"), paragraph("乙"));
}

#[test]
fn wrapped_lines_are_one_paragraph() {
    let lines = |first: &str, end: char| {
        lines(&format!("{first}\n{}{end}\n{}，\n考试成绩\n", words(90), words(90)))
    };
    assert_ne!(lines("甲", '，'), lines("乙", '，'));
    assert_eq!(lines("甲。", '。'), lines("乙。", '。'), "another paragraph, 180 characters away");
    // A hit that is itself broken by the end of a line.
    let broken = |last: &str| {
        let text = SourceText::from_lines(format!("{}考试\n成绩，{}{last}", words(60), words(60)));
        let at = text.as_str().find("考试").unwrap();
        bind(&key(), &text, &fold(text.as_str()), "part", &(at..at + "考试\n成绩".len()))
    };
    assert_eq!(broken("甲").hit, lines("甲", '，').hit);
    assert_ne!(broken("甲"), broken("乙"));
}

#[test]
fn regions_keep_apart() {
    let standing_in = |region, below: Region| {
        let mut builder = TextBuilder::new();
        let head = |region| BlockHead { region, ..BlockHead::default() };
        builder.block(&head(region), &words(50));
        builder.block(&head(region), "考试成绩");
        builder.block(&head(below), &words(9));
        of(&builder.finish(), "part")
    };
    let body = standing_in(Region::Body, Region::Footer);
    assert_eq!(body, standing_in(Region::Body, Region::FileName), "of another region");
    assert_ne!(body, standing_in(Region::Hidden, Region::Footer));
}

#[test]
fn where_little_stands_around_it_the_document_counts() {
    let bound = |text: &str, part| of(&SourceText::from_lines(text.to_owned()), part);
    assert_ne!(bound("考试成绩\n", "one"), bound("考试成绩\n", "two"));
    let long = format!("考试成绩\n{}\n", words(50));
    assert_eq!(bound(&long, "one"), bound(&long, "two"));
}
