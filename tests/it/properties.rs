//! What holds for every document there could be: findings point into the text
//! they were found in, and nothing depends on threads or on repetition.

#![allow(clippy::unwrap_used, reason = "a test ends where something unexpected happens")]

use proptest::prelude::*;
use vetmark::detect::detect;
use vetmark::extract::{Budget, Limits, extract};
use vetmark::model::{Examination, Submission};
use vetmark::normalize::fold;

use crate::house::{TODAY, dictionary, pipeline};

/// Characters that folding takes out or changes.
const NOISE: [&str; 12] =
    ["", "", "", " ", "　", "\u{200b}", "\u{feff}", "\u{ad}", "\u{202e}", "\u{fe0f}", "·", "\n"];

const LETTERS: [&str; 30] = [
    "机",
    "密",
    "秘",
    "绝",
    "機",
    "祕",
    "★",
    "☆",
    "＊",
    "*",
    "1",
    "０",
    "10",
    "年",
    "个月",
    "长期",
    "启用前",
    "密级",
    "：",
    ":",
    "（",
    "）",
    "【",
    "】",
    "㊙",
    "\u{f98e}",
    "解",
    "级",
    "内部",
    "公开",
];

const PROSE: [&str; 8] = [
    "计算机密码每月更换一次。",
    "司机密切注意路面。",
    "第三条　标注形式为“机密★10年”。",
    "（此件公开发布）",
    "2024年3月1日",
    "A. 秘密★5年",
    "İstanbul ﬁle ½ 𠮷 👩‍🌾",
    "下面层采用密级配沥青混凝土。",
];

/// A mark with noise between its letters.
fn mark() -> impl Strategy<Value = String> {
    let whole = prop_oneof![
        Just("机密★10年"),
        Just("秘密★5年"),
        Just("绝密★启用前"),
        Just("密级：机密"),
        Just("（秘密）"),
        Just("10年★机密"),
        Just("机　密"),
    ];
    let noise = proptest::collection::vec(proptest::sample::select(&NOISE[..]), 8..9);
    (whole, noise).prop_map(|(whole, noise)| {
        whole.chars().zip(noise.iter().cycle()).map(|(c, noise)| format!("{c}{noise}")).collect()
    })
}

/// A line of marks, letters of marks, prose and anything else.
fn line() -> impl Strategy<Value = String> {
    let letters = proptest::collection::vec(proptest::sample::select(&LETTERS[..]), 1..8);
    let piece = prop_oneof![
        3 => mark(),
        2 => proptest::sample::select(&PROSE[..]).prop_map(str::to_owned),
        1 => letters.prop_map(|letters| letters.concat()),
        1 => "\\PC{0,12}",
    ];
    proptest::collection::vec(piece, 0..3).prop_map(|pieces| pieces.concat())
}

fn document() -> impl Strategy<Value = String> {
    let end =
        prop_oneof![4 => Just("\n"), 1 => Just("\r\n"), 1 => Just("\n\n"), 1 => Just("\u{c}")];
    proptest::collection::vec((line(), end), 0..14)
        .prop_map(|lines| lines.into_iter().map(|(line, end)| line + end).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// The range of every finding slices the part's text and equals its quote.
    #[test]
    fn findings_point_into_the_text(text in document()) {
        let submission = Submission::file("文件.txt", text.into_bytes());
        let extraction = extract(&submission, &mut Budget::new(Limits::default()));
        let source = extraction.text.as_str();
        let detection = detect(&extraction.text, &fold(source), &dictionary());
        let characters: Vec<char> = source.chars().collect();
        for finding in detection.findings {
            let [start, end] = finding.place.char;
            let slice: Option<String> = characters.get(start..end).map(|c| c.iter().collect());
            prop_assert!(start < end, "{} covers nothing", finding.rule);
            prop_assert_eq!(finding.quote.as_ref(), slice.as_ref(), "{}", finding.rule);
            prop_assert_eq!(source.get(finding.span.clone()), slice.as_deref(), "{}", finding.rule);
        }
    }

    /// The way back from any stretch of folded text is a slice of the source.
    #[test]
    fn folding_never_forgets_where_text_came_from(text in document()) {
        let folded = fold(&text);
        let starts: Vec<_> = folded.as_str().char_indices().map(|(at, _)| at).collect();
        let mut last = 0;
        for (number, at) in starts.iter().enumerate() {
            let end = starts.get(number + 1).copied().unwrap_or(folded.as_str().len());
            let span = folded.source_span(*at..end);
            prop_assert!(text.get(span.clone()).is_some(), "{span:?} of {text:?}");
            prop_assert!(span.start >= last, "{span:?} comes before {last}");
            last = span.start;
        }
    }

    /// The same matter gives the same bytes, alone or among others.
    #[test]
    fn threads_make_no_difference(texts in proptest::collection::vec(document(), 1..5)) {
        let pipeline = pipeline(TODAY);
        let examine = |(number, text): (usize, &String)| -> Examination {
            pipeline.examine(Submission::file(format!("{number}.txt"), text.clone().into_bytes()))
        };
        let alone: Vec<_> = texts.iter().enumerate().map(examine).map(|e| json(&e)).collect();
        let together: Vec<_> = std::thread::scope(|scope| {
            let running: Vec<_> = texts
                .iter()
                .enumerate()
                .map(|given| scope.spawn(move || json(&examine(given))))
                .collect();
            running.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        prop_assert_eq!(alone, together);
    }
}

fn json(examination: &Examination) -> String {
    serde_json::to_string(examination).unwrap()
}
