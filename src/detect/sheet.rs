//! A part's text as its page shows it: lines, the layout of an official
//! document, and what kind of text it is.

use std::cell::OnceCell;

use super::grammar::is_han;
use super::number;
use super::place::Places;
use super::table::{Cell, Heads};
use crate::dictionary::Regime;
use crate::model::{Block, Date, FoldedText, IssueDate, Region, SourceText, Span};

/// How many blocks from either end are looked at for the layout.
const ENDS: usize = 40;

/// How many characters of a line are looked at for the layout.
const LONGEST: usize = 400;

/// One part's text with what was seen of it as a whole.
pub(super) struct Sheet<'a> {
    pub(super) text: &'a SourceText,
    pub(super) folded: &'a FoldedText,
    pub(super) regime: &'a Regime,
    pub(super) places: Places<'a>,
    heads: OnceCell<Heads<'a>>,
    /// Whether it has a red head line or a document number.
    pub(super) official: bool,
    pub(super) copy_number: bool,
    /// Whether it speaks about marks: title and words.
    pub(super) about_marks: bool,
    /// Whether it is made of numbered articles.
    pub(super) statute: bool,
    /// Whether most of its letters are Han.
    pub(super) chinese: bool,
}

impl<'a> Sheet<'a> {
    pub(super) fn new(text: &'a SourceText, folded: &'a FoldedText, regime: &'a Regime) -> Self {
        let mut sheet = Self {
            text,
            folded,
            regime,
            places: Places::new(text),
            heads: OnceCell::new(),
            official: false,
            copy_number: false,
            about_marks: false,
            statute: false,
            chinese: false,
        };
        let head: Vec<String> = sheet.head().map(|line| compact(&line)).collect();
        let red = |line: &String| is_red_head(line, regime);
        sheet.official = head.iter().any(|line| red(line) || number_year(line).is_some());
        sheet.copy_number = head.iter().take(6).any(|line| is_copy_number(line))
            || sheet
                .head()
                .take(6)
                .any(|line| line.split_whitespace().next().is_some_and(is_copy_number));
        let talk = &regime.talk;
        let titled = head.iter().take(3).any(|line| {
            let longest = if line.chars().any(is_han) { 40 } else { 100 };
            line.chars().count() <= longest
                && talk.titles.iter().any(|word| line.contains(word.as_str()))
        });
        let topics = talk
            .topics
            .iter()
            .filter(|word| head.iter().any(|line| line.contains(word.as_str())))
            .count();
        sheet.about_marks = topics >= 3 || (titled && topics >= 1);
        sheet.statute = head.iter().filter(|line| is_article(line)).count() >= 2;
        let (mut han, mut latin) = (0, 0);
        for c in head.iter().flat_map(|line| line.chars()) {
            han += usize::from(is_han(c));
            latin += usize::from(c.is_ascii_alphabetic());
        }
        sheet.chinese = han > 0 && han * 2 >= latin;
        sheet
    }

    /// Folded lines of the body from the beginning.
    fn head(&self) -> impl Iterator<Item = String> + '_ {
        self.text
            .blocks()
            .iter()
            .take(ENDS * 4)
            .filter(|b| matches!(b.region, Region::Body | Region::Cell | Region::TextBox))
            .take(ENDS)
            .map(|b| self.line(b).chars().take(LONGEST).collect())
    }

    /// The folded text of a block.
    pub(super) fn line(&self, block: &Block) -> &'a str {
        self.slice(block.span())
    }

    /// All blocks with their folded text, in order.
    pub(super) fn lines(&self) -> impl Iterator<Item = (&'a Block, &'a str)> {
        let (text, folded) = (self.text, self.folded);
        let mut walk = folded.walk();
        text.blocks().iter().map(move |block| {
            let from = walk.folded_offset(block.span().start);
            let to = walk.folded_offset(block.span().end).max(from);
            (block, folded.as_str().get(from..to).unwrap_or_default())
        })
    }

    /// The folded text of source bytes.
    pub(super) fn slice(&self, source: Span) -> &'a str {
        let from = self.folded.folded_offset(source.start);
        let to = self.folded.folded_offset(source.end).max(from);
        let all: &'a str = self.folded.as_str();
        all.get(from..to).unwrap_or_default()
    }

    /// The head of a cell's column, folded and without blanks, where it says that
    /// what stands below are samples or the answers of a quiz.
    pub(super) fn sample_column(&self, cell: Cell<'a>, block: usize) -> Option<String> {
        let talk = &self.regime.talk;
        let heads = self.heads.get_or_init(|| Heads::new(self.text));
        let word = |at: usize| compact(self.line(&self.text.blocks()[at]));
        let quiz =
            || heads.first_rows(cell.table).any(|head| talk.quiz_columns.contains(&word(head)));
        heads.above(cell, block).map(word).find(|head| {
            let mut letters = head.chars();
            let option = matches!((letters.next(), letters.next()), (Some('A'..='H'), None));
            talk.sample_columns.contains(head)
                || ((option || talk.option_columns.iter().any(|word| head.contains(word)))
                    && quiz())
        })
    }

    /// Days a term may be counted from, best first.
    pub(super) fn issue_dates(&self) -> Vec<IssueDate> {
        let mut found: Vec<IssueDate> = Vec::new();
        let body = |b: &&Block| matches!(b.region, Region::Body | Region::Cell | Region::TextBox);
        let blocks = self.text.blocks();
        let last = blocks.iter().rev().filter(body).take(ENDS * 2);
        let mut add = |date: Date, from: &'static str, at_front: bool| {
            if !found.iter().any(|known| known.from == from) {
                let at = if at_front { 0 } else { found.len() };
                found.insert(at, IssueDate { date, from });
            }
        };
        for block in last {
            if block.span().len() > LONGEST * 4 {
                continue;
            }
            let packed = compact(self.line(block));
            let printing = &self.regime.official.printing;
            if printing.iter().any(|word| packed.contains(word.as_str()))
                && let Some(date) = last_date(&packed)
            {
                add(date, "印发日期", false);
            } else if !super::extension::speaks_of_one(self, &packed)
                && let Some(date) = closing_date(&packed)
            {
                add(date, "成文日期", true);
            }
        }
        if found.is_empty() {
            let labelled = blocks.iter().filter(body).take(ENDS * 4).find_map(|block| {
                (block.span().len() <= LONGEST).then(|| self.labelled_date(self.line(block)))?
            });
            found.extend(labelled.map(|date| IssueDate { date, from: "标注日期" }));
        }
        // What is hidden has its day beside it: a sheet, a slide.
        if found.is_empty() {
            let hidden = blocks.iter().rev().filter(|b| b.region == Region::Hidden);
            let date = hidden.take(ENDS * 2).find_map(|block| self.date_alone(block));
            found.extend(date.map(|date| IssueDate { date, from: "成文日期" }));
        }
        // A mail that names no day itself is as old as it says it was sent.
        if found.is_empty() {
            let sent = super::sent::sent(self.text);
            found.extend(sent.map(|date| IssueDate { date, from: "邮件日期" }));
        }
        if found.is_empty() {
            let numbered = blocks
                .iter()
                .filter(body)
                .take(ENDS)
                .find_map(|b| number_year(&compact(self.line(b))));
            if let Some(date) = numbered.and_then(|year| Date::new(year, 12, 31).ok()) {
                found.push(IssueDate { date, from: "发文字号" });
            }
        }
        found
    }

    /// The date that a line ends with and is hardly more than.
    fn date_alone(&self, block: &Block) -> Option<Date> {
        (block.span().len() <= LONGEST * 4).then(|| closing_date(&compact(self.line(block))))?
    }

    /// The date of a line that is a label and a date: 日期：2025年11月3日.
    fn labelled_date(&self, line: &str) -> Option<Date> {
        let packed = compact(line);
        let (label, date) = packed.split_once([':', '：'])?;
        let label = label.trim_start_matches(|c: char| !is_han(c));
        if !self.regime.issue_date.labels.iter().any(|known| known == label) {
            return None;
        }
        let (day, length) = number::date(date)?;
        (date.chars().count() == length).then_some(day)
    }

    /// The issuing body: of the red head, else of the line above the date.
    pub(super) fn issuing_body(&self) -> Option<String> {
        let head: Vec<String> = self.head().map(|line| compact(&line)).collect();
        let ends = &self.regime.official.red_heads;
        let red = head.iter().take(12).find(|line| is_red_head(line, self.regime)).map(|line| {
            let line = line.as_str();
            ends.iter().find_map(|end| line.strip_suffix(end.as_str())).unwrap_or(line).to_owned()
        });
        red.or_else(|| {
            let dated =
                head.iter().rposition(|line| last_date(line).is_some() && line.ends_with('日'))?;
            let before = head.get(dated.checked_sub(1)?)?;
            let count = before.chars().count();
            ((3..=30).contains(&count) && before.chars().all(is_han)).then(|| before.clone())
        })
    }
}

/// Text without blanks.
pub(super) fn compact(line: &str) -> String {
    line.chars().filter(|c| !c.is_whitespace()).collect()
}

/// 份号: six or seven digits alone.
pub(super) fn is_copy_number(word: &str) -> bool {
    (6..=7).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_digit())
}

/// 发文机关标志: `…文件`, `…会议纪要`, short and all Han.
fn is_red_head(line: &str, regime: &Regime) -> bool {
    let count = line.chars().count();
    (4..=40).contains(&count)
        && regime.official.red_heads.iter().any(|end| line.ends_with(end.as_str()))
        && line.chars().all(|c| is_han(c) || matches!(c, '(' | ')' | '、' | '·'))
}

/// The year of a document number: `云档发〔2024〕6号`.
fn number_year(line: &str) -> Option<i16> {
    if line.chars().count() > 60 {
        return None;
    }
    let open = line.find(['〔', '[', '('])?;
    let rest = &line[open..];
    let digits: String = rest.chars().skip(1).take_while(char::is_ascii_digit).collect();
    let after = rest.chars().nth(1 + digits.len())?;
    let year: i16 = digits.parse().ok()?;
    let numbered = matches!(after, '〕' | ']' | ')') && rest.ends_with('号');
    (numbered && (1949..=2200).contains(&year)).then_some(year)
}

fn is_article(line: &str) -> bool {
    line.strip_prefix('第').is_some_and(|rest| {
        let numeral: String = rest.chars().take_while(|c| number::is_numeral(*c)).collect();
        !numeral.is_empty() && rest[numeral.len()..].starts_with('条')
    })
}

/// 成文日期: the date at the end of a short line without blanks.
fn closing_date(line: &str) -> Option<Date> {
    let ends = line.ends_with('日') || line.ends_with(|c: char| c.is_ascii_digit());
    let short = line.chars().count() <= 40 && !line.contains(['★', '，', '。', ':', '：']);
    (ends && short).then(|| last_date(line))?
}

/// The last date written in a line without blanks.
fn last_date(line: &str) -> Option<Date> {
    let mut found = None;
    let mut skip_to = 0;
    for (at, c) in line.char_indices() {
        if at < skip_to || !number::is_numeral(c) {
            continue;
        }
        if let Some((date, length)) = number::date(&line[at..]) {
            found = Some(date);
            skip_to = line[at..].char_indices().nth(length).map_or(line.len(), |(i, _)| at + i);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use crate::detect::detect;
    use crate::dictionary::Dictionary;
    use crate::model::SourceText;
    use crate::normalize::fold;

    #[test]
    fn the_day_of_issue_is_read_where_documents_put_it() {
        let dictionary = Dictionary::shipped();
        let cases: &[(&str, Option<(&str, &str)>)] = &[
            ("正文。\n二〇一四年三月一日\n", Some(("2014-03-01", "成文日期"))),
            ("正文。\n某局办公室　2014年3月2日印发\n", Some(("2014-03-02", "印发日期"))),
            ("秘密★5年\n巡检安排\n• 日期：2025年11月3日\n", Some(("2025-11-03", "标注日期"))),
            ("编制日期: 2025-11-03\n正文\n", Some(("2025-11-03", "标注日期"))),
            ("云档发〔2019〕6号\n正文。\n", Some(("2019-12-31", "发文字号"))),
            // A date of its own line says more than a label.
            ("日期：2025年11月3日\n正文。\n2024年5月6日\n", Some(("2024-05-06", "成文日期"))),
            ("出生日期：1980年1月2日\n", None),
            ("日期：2025年11月3日上午开会\n", None),
            ("日期：待定\n", None),
        ];
        for (text, want) in cases {
            let source = SourceText::from_lines((*text).to_owned());
            let facts = detect(&source, &fold(text), &dictionary).facts;
            let got = facts.issue_dates.first().map(|d| (d.date.to_string(), d.from));
            let got = got.as_ref().map(|(date, from)| (date.as_str(), *from));
            assert_eq!(got, *want, "{text}");
        }
    }
}
