//! Known documents: what is found of them, what is not, and what the file holds.

use super::*;
use crate::dictionary::sealed::{Sealed, open, tests::key};
use crate::model::SourceText;
use crate::normalize::fold;

/// Sentences of invented matters: the same seed gives the same text.
pub(crate) struct Prose(u64);

impl Prose {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        of[(self.0 >> 40) as usize % of.len()]
    }

    pub(crate) fn sentence(&mut self) -> String {
        const WHO: &[&str] =
            &["岚川竹器社", "汀兰工艺学院", "第三展厅值班组", "县农具站", "编织车间", "仓储科"];
        const WHEN: &[&str] = &["上月", "入冬以来", "三月上旬", "验收当日", "雨季之前", "第二周起"];
        const DID: &[&str] = &["检修", "清点", "搬运", "重新编号", "调换", "登记", "晾晒", "补配"];
        const WHAT: &[&str] =
            &["灯笼骨架", "晾晒竹席", "展柜玻璃", "脱粒机皮带", "水泵滤网", "旧账册", "木制货架"];
        const HOW: &[&str] =
            &["逐件贴签", "分两批办理", "由专人看管", "按原样恢复", "另行造册", "留样备查"];
        const WHERE: &[&str] =
            &["库房西侧", "二号棚", "临河泵房", "新修的晒场", "旧礼堂", "东门收发室"];
        let count = self.pick(&["十二", "四十", "七", "一百零三", "二十六", "九"]).to_owned();
        let mut words = String::new();
        for list in [WHEN, WHO, DID] {
            words += self.pick(list);
        }
        words += &count;
        for (list, before) in [(WHAT, "件"), (WHERE, "，存放于"), (HOW, "，")] {
            words += before;
            words += self.pick(list);
        }
        words + "。"
    }

    pub(crate) fn paragraph(&mut self, sentences: usize) -> String {
        (0..sentences).map(|_| self.sentence()).collect()
    }

    /// Paragraphs of five sentences.
    pub(crate) fn document(&mut self, paragraphs: usize) -> Vec<String> {
        (0..paragraphs).map(|_| self.paragraph(5)).collect()
    }
}

fn text(of: &str) -> SourceText {
    SourceText::from_lines(of.to_owned())
}

fn known(file: &[u8]) -> Known {
    let keys = [key(1)];
    let (kind, key, body) = open(file, &keys).unwrap();
    assert_eq!(kind, Sealed::Known);
    Known::read("known.vmf".into(), &body, key).unwrap()
}

/// Documents with their own names, and templates.
fn made(documents: &[&str], templates: &[&str]) -> (Known, Vec<Added>) {
    let mut maker = Maker::new(&key(1));
    templates.iter().for_each(|template| maker.template(&[text(template)]));
    for (number, document) in documents.iter().enumerate() {
        maker.add(format!("d{number}"), &[text(document)]);
    }
    let (file, added) = maker.finish(3);
    (known(&file), added)
}

fn compared(known: &Known, of: &str) -> Vec<Overlap> {
    let text = text(of);
    let folded = fold(text.as_str());
    let mut comparison = Comparison::new(known);
    for stream in Stream::ALL {
        letters(&text, &folded, stream, |c, at| comparison.push(c, at));
        comparison.pause();
    }
    comparison.finish()
}

fn ids(overlaps: &[Overlap]) -> Vec<&str> {
    overlaps.iter().map(|overlap| overlap.id.as_str()).collect()
}

/// Some characters as Taiwan writes them.
fn traditional(text: &str) -> String {
    const PAIRS: [(char, char); 16] = [
        ('兰', '蘭'),
        ('艺', '藝'),
        ('学', '學'),
        ('厅', '廳'),
        ('组', '組'),
        ('县', '縣'),
        ('农', '農'),
        ('织', '織'),
        ('车', '車'),
        ('间', '間'),
        ('储', '儲'),
        ('检', '檢'),
        ('清', '清'),
        ('点', '點'),
        ('灯', '燈'),
        ('笼', '籠'),
    ];
    let other = |c| PAIRS.iter().find(|(simple, _)| *simple == c).map_or(c, |(_, other)| *other);
    text.chars().map(other).collect()
}

#[test]
fn a_whole_copy_is_wholly_known() {
    let document = Prose::new(1).document(6).join("\n");
    let (known, added) = made(&[&document], &[]);
    let [overlap] = &compared(&known, &document)[..] else { panic!("one document") };
    assert_eq!((overlap.id.as_str(), overlap.pieces), ("d0", 1));
    assert!(overlap.of_document > 0.999 && overlap.of_text > 0.97, "{overlap:?}");
    assert!(
        overlap.longest[0] + STRIDE > added[0].letters && overlap.longest[0] <= added[0].letters
    );
    assert_eq!(added[0].runs, known.runs());
}

/// The promise, at every place and for every way an excerpt can begin.
#[test]
fn every_excerpt_of_forty_characters_is_found() {
    let document = Prose::new(2).document(3).join("\n");
    let (known, _) = made(&[&document], &[]);
    let characters: Vec<char> = document.chars().collect();
    for start in 0..characters.len() - 40 {
        let excerpt: String = characters[start..start + 40].iter().collect();
        let around = format!("据了解，有关情况如下：{excerpt}特此说明，请知悉。");
        assert_eq!(ids(&compared(&known, &around)), ["d0"], "{excerpt}");
    }
    // And what is shorter than a run never is.
    for start in (0..characters.len() - 24).step_by(7) {
        let excerpt: String = characters[start..start + 23].iter().collect();
        let around = format!("据了解，有关情况如下：{excerpt}特此说明，请知悉。");
        let found = compared(&known, &around);
        assert!(found.is_empty(), "{excerpt}: {found:?}");
    }
}

#[test]
fn an_altered_copy_is_found_with_its_share() {
    let paragraphs = Prose::new(3).document(10);
    let (known, _) = made(&[&Prose::new(30).document(8).join("\n"), &paragraphs.join("\n")], &[]);
    // Other order, every fifth sentence gone, other characters, width and lines.
    let mut copy = String::new();
    for (number, paragraph) in
        paragraphs.iter().enumerate().map(|(n, _)| (n, &paragraphs[(n * 7 + 3) % 10]))
    {
        let sentences: Vec<&str> = paragraph.split_inclusive('。').collect();
        for (at, sentence) in sentences.iter().enumerate() {
            if at != number % 5 {
                let wide = traditional(sentence).replace("十二", "１２").replace("１２", "十二");
                let wrapped: Vec<String> = wide
                    .chars()
                    .collect::<Vec<_>>()
                    .chunks(17)
                    .map(|c| c.iter().collect())
                    .collect();
                copy += &wrapped.join("\n");
            }
        }
        copy += "\n\n";
    }
    assert_ne!(copy, paragraphs.join("\n"));
    let found = compared(&known, &copy);
    assert_eq!(ids(&found), ["d1"]);
    let Overlap { of_document, of_text, longest, .. } = &found[0];
    assert!((0.55..0.85).contains(of_document), "{of_document}");
    assert!((0.65..1.0).contains(of_text), "{of_text}");
    assert!(longest[0] >= 60, "{longest:?}");
}

const FORM_HEAD: &str = "岚川省竹木检验局文件\n各堆场、各车间：\n　　为进一步加强竹材堆放管理，落实逐级检查责任，现将本季度检查情况通报如下，请认真对照整改。\n";
const FORM_FOOT: &str = "　　各单位收到本通报后，应当在五个工作日内组织学习，逐条对照检查，并将整改情况书面报送检验科备案。\n　　特此通报。\n";

fn form(seed: u64) -> String {
    format!("{FORM_HEAD}{}\n{FORM_FOOT}", Prose::new(seed).document(2).join("\n"))
}

#[test]
fn unrelated_documents_of_one_template_are_not_each_other() {
    // The template is told by standing in many documents …
    let forms: Vec<String> = (10..14).map(form).collect();
    let registered: Vec<&str> = forms.iter().map(String::as_str).collect();
    let (known, added) = made(&registered, &[]);
    assert!(added.iter().all(|document| document.common > 60), "{added:?}");
    assert_eq!(compared(&known, &form(20)), []);
    assert_eq!(ids(&compared(&known, &forms[2])), ["d2"]);
    // … or by being registered as one.
    let (known, _) = made(&[&form(10)], &[&format!("{FORM_HEAD}\n{FORM_FOOT}")]);
    assert_eq!(compared(&known, &form(20)), []);
    assert_eq!(ids(&compared(&known, &form(10))), ["d0"]);
    // Otherwise it is text like any other, and found.
    let (known, _) = made(&[&form(10)], &[]);
    assert_eq!(ids(&compared(&known, &form(20))), ["d0"]);
}

#[test]
fn an_excerpt_is_found_between_the_words_of_its_template() {
    let (known, _) = made(&[&form(10), &form(11), &form(12)], &[]);
    let own: String = Prose::new(11).document(2).concat().chars().take(40).collect();
    let found = compared(&known, &format!("{FORM_HEAD}{own}\n{FORM_FOOT}"));
    assert_eq!(ids(&found), ["d1"]);
}

#[test]
fn versions_of_one_document_make_no_template_of_it() {
    let paragraphs = Prose::new(4).document(8);
    let versions: Vec<String> = (0..5)
        .map(|without| [&paragraphs[..without + 2], &paragraphs[without + 3..]].concat().join("\n"))
        .collect();
    let registered: Vec<&str> = versions.iter().map(String::as_str).collect();
    let (known, added) = made(&registered, &[]);
    assert!(added.iter().all(|document| document.common == 0), "{added:?}");
    assert_eq!(compared(&known, &paragraphs[0]).len(), 5);
}

#[test]
fn what_has_too_little_of_its_own_is_said() {
    let noughts = "0000 0000 0000 0000 0000\n".repeat(20);
    let (_, added) = made(&["一行字而已。", &noughts, &Prose::new(5).paragraph(3)], &[]);
    let runs: Vec<usize> = added.iter().map(|document| document.runs).collect();
    assert_eq!(runs[..2], [0, 0]);
    assert!(runs[2] > 5);
}

#[test]
fn the_file_holds_no_text_and_is_the_same_every_time() {
    let document = Prose::new(6).document(3).join("\n");
    let file = || {
        let mut maker = Maker::new(&key(1));
        maker.add("d".into(), &[text(&document)]);
        maker.finish(3).0
    };
    let sealed = file();
    assert_eq!(sealed, file());
    let (_, _, body) = open(&sealed, &[key(1)]).unwrap();
    let characters: Vec<char> = document.chars().collect();
    for two in characters.windows(2) {
        let two: String = two.iter().collect();
        assert!(!body.windows(two.len()).any(|window| window == two.as_bytes()), "{two}");
    }
}

/// Every cut and every changed byte of a body: an error or a set, never a panic.
#[test]
fn a_body_that_is_wrong_is_no_set_or_a_harmless_one() {
    let document = Prose::new(7).paragraph(4);
    let mut maker = Maker::new(&key(1));
    maker.add("d".into(), &[text(&document)]);
    maker.add("e".into(), &[text(&Prose::new(8).paragraph(4))]);
    let sealed = maker.finish(3).0;
    let keys = [key(1)];
    let (_, _, body) = open(&sealed, &keys).unwrap();
    let read = |body: &[u8]| Known::read("x".into(), body, &key(1));
    for length in 0..body.len() {
        assert!(read(&body[..length]).is_err(), "cut at {length}");
    }
    let mut refused = 0;
    for at in 0..body.len() {
        for change in [0x01, 0x80, 0xFF] {
            let mut body = body.clone();
            body[at] ^= change;
            match read(&body) {
                Err(_) => refused += 1,
                Ok(known) => drop(compared(&known, &document)),
            }
        }
    }
    assert!(refused > 100, "{refused}");
}

/// What repeats itself without end costs what its length costs.
#[test]
fn a_text_of_one_sentence_or_one_letter_is_harmless() {
    let document = Prose::new(9).document(3);
    let (known, _) = made(&[&document.join("\n")], &[]);
    assert_eq!(compared(&known, &"密".repeat(300_000)), []);
    let found = compared(&known, &document[1].repeat(500));
    assert_eq!(ids(&found), ["d0"]);
    assert!(found[0].of_document < 0.5 && found[0].of_text > 0.9, "{found:?}");
}
