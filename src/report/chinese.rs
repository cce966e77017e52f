//! Messages that are made in English, far from whoever reads them (why a part was not
//! read, what is wrong with a command), in Chinese: `messages.tsv` says how each reads.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// A line a message: English, a tab, Chinese. `{}` stands for what changes, `{*}` for what
/// is a message itself; the n-th is the n-th in Chinese, or the one that is named there
/// (`{0}` is the first).
const TABLE: &str = include_str!("messages.tsv");

/// How deep a message may stand within others.
const DEEPEST: usize = 6;

static MESSAGES: LazyLock<Messages> = LazyLock::new(|| Messages::read(TABLE));

/// A message in Chinese; as it is where nobody said how it reads. Of one in several lines
/// or pieces (`what: why`) each is looked for by itself.
pub(super) fn chinese(message: &str) -> Cow<'_, str> {
    MESSAGES.said(message, 0).map_or(Cow::Borrowed(message), Cow::Owned)
}

#[derive(Debug, Default)]
struct Messages {
    /// Those that never change.
    fixed: BTreeMap<&'static str, &'static str>,
    /// The others, those with the most words of their own first.
    patterns: Vec<Pattern>,
}

#[derive(Debug)]
struct Pattern {
    /// What stands around what changes: one more than there are of that.
    words: Vec<&'static str>,
    /// Of each that changes, whether it is a message itself.
    nested: Vec<bool>,
    chinese: &'static str,
}

impl Messages {
    fn read(table: &'static str) -> Self {
        let mut read = Self::default();
        for line in table.lines().filter(|line| !line.starts_with('#')) {
            let Some((english, chinese)) = line.split_once('\t') else { continue };
            let pattern = Pattern::read(english, chinese);
            match pattern.nested.is_empty() {
                true => drop(read.fixed.insert(english, chinese)),
                false => read.patterns.push(pattern),
            }
        }
        let own = |pattern: &Pattern| pattern.words.iter().map(|words| words.len()).sum::<usize>();
        read.patterns.sort_by_key(|pattern| std::cmp::Reverse(own(pattern)));
        read
    }

    fn said(&self, message: &str, depth: usize) -> Option<String> {
        if depth > DEEPEST {
            return None;
        }
        if message.contains('\n') {
            let mut any = false;
            let mut line = |line: &str| {
                let said = self.said(line, depth + 1);
                any |= said.is_some();
                said.unwrap_or_else(|| line.to_owned())
            };
            let lines: Vec<_> = message.lines().map(&mut line).collect();
            return any.then(|| lines.join("\n"));
        }
        if let Some(chinese) = self.fixed.get(message) {
            return Some((*chinese).to_owned());
        }
        self.patterns
            .iter()
            .find_map(|pattern| pattern.said(message, |inner| self.said(inner, depth + 1)))
            .or_else(|| self.pieces(message, depth))
    }

    /// `what: why`, where one of both is known.
    fn pieces(&self, message: &str, depth: usize) -> Option<String> {
        let (what, why) = message.split_once(": ")?;
        let (said_what, said_why) = (self.said(what, depth + 1), self.said(why, depth + 1));
        (said_what.is_some() || said_why.is_some()).then(|| {
            let what = said_what.as_deref().unwrap_or(what);
            format!("{what}：{}", said_why.as_deref().unwrap_or(why))
        })
    }
}

impl Pattern {
    fn read(english: &'static str, chinese: &'static str) -> Self {
        let (mut words, mut nested) = (Vec::new(), Vec::new());
        let mut rest = english;
        while let Some((before, open)) = rest.split_once('{')
            && let Some((inside, after)) = open.split_once('}')
        {
            words.push(before);
            nested.push(inside == "*");
            rest = after;
        }
        words.push(rest);
        Self { words, nested, chinese }
    }

    /// The message in Chinese if it is one of these. What changes is as short as it can be,
    /// but for the last, which goes to the end; what stands before all words is one piece.
    fn said(&self, message: &str, inner: impl Fn(&str) -> Option<String>) -> Option<String> {
        let (first, later) = self.words.split_first()?;
        let mut rest = message.strip_prefix(first)?;
        let mut held = Vec::new();
        for (number, words) in later.iter().enumerate() {
            let (value, after) = match number + 1 == later.len() {
                true => (rest.strip_suffix(words)?, ""),
                false => rest.split_once(words)?,
            };
            if value.is_empty() || (number == 0 && first.is_empty() && value.contains(": ")) {
                return None;
            }
            let value = match self.nested[number] {
                true => inner(value).unwrap_or_else(|| value.to_owned()),
                false => value.to_owned(),
            };
            held.push(value);
            rest = after;
        }
        Some(self.filled(&held))
    }

    fn filled(&self, held: &[String]) -> String {
        let (mut out, mut rest, mut next) = (String::new(), self.chinese, 0);
        while let Some((before, open)) = rest.split_once('{')
            && let Some((inside, after)) = open.split_once('}')
        {
            let number = inside.parse().unwrap_or(next);
            next += 1;
            out += before;
            out += held.get(number).map_or("", String::as_str);
            rest = after;
        }
        out + rest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages() {
        for (english, said) in [
            ("encrypted with a password", "以口令加密"),
            ("more than 200 bytes out for each byte in", "解压比例超过200倍"),
            ("more than 5000 pages", "页超过5000"),
            (
                "word/styles.xml: unpacking stopped: corrupt deflate stream",
                "word/styles.xml：解压中止：deflate数据损坏",
            ),
            (
                "the stream Workbook breaks off after 12 of 400 bytes",
                "数据流Workbook共400字节，在第12字节处中断",
            ),
            (
                "is a symbolic link met in a folder and was not opened",
                "是文件夹中的符号链接，未打开",
            ),
            (
                "cannot open cells: No such file or directory (os error 2)",
                "无法打开cells：没有这个文件或目录",
            ),
            (
                "the settings are not in order\nv.toml:2: it is a folder",
                "设置有误\nv.toml:2：它是文件夹",
            ),
            ("nobody said how this reads", "nobody said how this reads"),
            (
                "a: b: c: d: e: f: g: encrypted with a password",
                "a: b: c: d: e: f: g: encrypted with a password",
            ),
            ("", ""),
        ] {
            assert_eq!(chinese(english), said, "{english}");
        }
    }

    /// A value is in the right place, and none is lost.
    #[test]
    fn every_line_of_the_table_can_be_said() {
        for (number, line) in TABLE.lines().enumerate().filter(|(_, l)| !l.starts_with('#')) {
            let (english, zh) =
                line.split_once('\t').unwrap_or_else(|| panic!("line {}", number + 1));
            let pattern = Pattern::read(english, zh);
            let values: Vec<String> = (0..pattern.nested.len()).map(|n| format!("⟨{n}⟩")).collect();
            let mut message = String::new();
            for (at, words) in pattern.words.iter().enumerate() {
                message += words;
                message += values.get(at).map_or("", String::as_str);
            }
            let said = chinese(&message);
            assert!(
                said.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)),
                "{message}: {said}"
            );
            for value in &values {
                assert_eq!(said.matches(value.as_str()).count(), 1, "{message}: {said}");
            }
        }
    }
}
