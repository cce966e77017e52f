//! The mark grammar: level, star, term, and every way they are written
//! (domain facts B.1, B.4; marks rule 1990 art. 4, determination rules 2014 art. 24).

use super::number;
use super::squeeze::{Gap, Squeezed};
use crate::dictionary::Regime;
use crate::model::{Date, MarkForm, Term, TermLength};

/// A mark read at one place of a squeezed stretch.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Parsed {
    /// First character and one past the last, in the stretch.
    pub(super) start: usize,
    pub(super) end: usize,
    /// The level's place in the regime.
    pub(super) level: usize,
    /// What stands between level and term.
    pub(super) separator: Separator,
    pub(super) term: Term,
    pub(super) form: MarkForm,
    /// Whether a look-alike was read for a character of the mark.
    pub(super) lookalike: bool,
    /// Whether characters are set apart beyond ordinary layout.
    pub(super) scattered: bool,
    /// Whether the level's two characters are set apart as on marks (机　密).
    pub(super) spaced: bool,
    /// Whether a line ends inside the mark.
    pub(super) wrapped: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Separator {
    Star,
    Other,
    Bracket,
    None,
}

impl Parsed {
    /// A level with a separator or a term: a mark by its form alone.
    pub(super) fn is_formed(&self) -> bool {
        matches!(self.separator, Separator::Star | Separator::Other) || self.term != Term::None
    }

    /// Level, star and term: the whole form.
    pub(super) fn is_full(&self) -> bool {
        self.separator == Separator::Star && self.term != Term::None
    }
}

/// Blanks between two characters of a mark that are no layout any more.
const MANY_SPACES: u8 = 3;

/// Reads a mark whose level begins at `at`.
pub(super) fn parse(text: &Squeezed, at: usize, regime: &Regime) -> Option<Parsed> {
    let mut reader = Reader { text, regime, at, dot: None, gaps: Vec::new(), looks: false };
    let level = reader.level()?;
    let spaced = reader.gaps.iter().any(|gap| gap.spaces > 0);
    let level_end = reader.at;
    let mut start = at;

    let leading_star = at > 0
        && text.get(at - 1).is_some_and(|ch| reader.is_star(ch.c))
        && text.get(at).is_some_and(|ch| ch.gap.lines == 0);
    let mut tolerated = spaced;
    if text.has(reader.at, &regime.mark.grade)
        && text.get(reader.at + 1).is_some_and(|ch| reader.is_separator(ch.c))
    {
        reader.at += 1;
        tolerated = true;
    }
    let mut separator = reader.separator();
    let before_term = reader.at;
    let mut term = Term::None;
    let mut written = Written::default();
    let wide = text.get(reader.at).is_none_or(|ch| ch.gap.lines > 1);
    // After a star the term may stand on the next line; without one it must be
    // right behind.
    let same_line = text.get(reader.at).is_some_and(|ch| ch.gap.lines == 0);
    if !wide && (separator != Separator::None || same_line) {
        let bracket = separator != Separator::None
            && text.get(reader.at).is_some_and(|ch| matches!(ch.c, '(' | '['));
        reader.at += usize::from(bracket);
        match reader.term(separator == Separator::Star) {
            Some((found, how)) => {
                (term, written) = (found, how);
                if bracket || separator == Separator::Bracket {
                    if text.get(reader.at).is_some_and(|ch| matches!(ch.c, ')' | ']' | '）')) {
                        reader.at += 1;
                    }
                    if bracket {
                        separator = Separator::Other;
                    }
                }
            }
            None => reader.at = before_term,
        }
    }
    if term == Term::None {
        // A bracket or a blank without a term behind it separates nothing.
        if separator == Separator::Bracket {
            reader.at = level_end;
            separator = Separator::None;
        }
        if let Some((earlier, reversed, marked)) = reversed_term(text, at, regime) {
            (start, term, separator) = (earlier, reversed, marked);
            written.reversed = true;
        }
    }
    let doubled = leading_star && term == Term::None && separator == Separator::Star;
    if leading_star && !written.reversed {
        start = at - 1;
    }

    let gaps: Vec<Gap> =
        (start + 1..reader.at).filter_map(|i| text.get(i)).map(|ch| ch.gap).collect();
    let dots = reader.dot.is_some();
    let wrapped = gaps.iter().any(|gap| gap.lines > 0);
    let lookalike = (start..reader.at).filter_map(|i| text.get(i)).any(|ch| ch.lookalike);
    let many = gaps.iter().filter(|gap| gap.spaces > 0).count();
    let scattered = dots
        || gaps.iter().any(|gap| gap.spaces >= MANY_SPACES)
        || many >= 4
        || gaps.iter().filter(|gap| gap.lines > 0).count() >= 2;
    tolerated |= written.chinese || gaps.iter().any(|gap| !gap.is_none()) || dots || lookalike;
    let malformed = written.reversed
        || doubled
        || leading_star
        || matches!(separator, Separator::Other | Separator::Bracket)
        || (separator == Separator::None && term != Term::None);
    let form = match (malformed, tolerated) {
        (true, _) => MarkForm::Malformed,
        (false, true) => MarkForm::Tolerated,
        (false, false) if separator == Separator::None => MarkForm::Tolerated,
        (false, false) => MarkForm::Canonical,
    };
    Some(Parsed {
        start,
        end: reader.at,
        level,
        separator,
        term,
        form,
        lookalike,
        scattered,
        spaced,
        wrapped,
    })
}

/// How a term was written.
#[derive(Clone, Copy, Debug, Default)]
struct Written {
    chinese: bool,
    reversed: bool,
}

struct Reader<'t> {
    text: &'t Squeezed,
    regime: &'t Regime,
    at: usize,
    /// A punctuation mark set between all characters of the mark.
    dot: Option<char>,
    gaps: Vec<Gap>,
    looks: bool,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.text.get(self.at).map(|ch| ch.c)
    }

    fn skip_dot(&mut self) {
        if self.dot.is_some() && self.peek() == self.dot {
            self.at += 1;
        }
    }

    /// The level's word, its characters set apart or not.
    fn level(&mut self) -> Option<usize> {
        for (number, level) in self.regime.levels.iter().enumerate() {
            for word in &level.words {
                let start = self.at;
                if self.word(word) {
                    return Some(number);
                }
                self.at = start;
                self.dot = None;
                self.gaps.clear();
            }
        }
        None
    }

    fn word(&mut self, word: &str) -> bool {
        for (number, c) in word.chars().enumerate() {
            let Some(mut ch) = self.text.get(self.at) else { return false };
            if number > 0 && ch.c != c && is_dot(ch.c) {
                self.dot = Some(ch.c);
                self.at += 1;
                let Some(next) = self.text.get(self.at) else { return false };
                ch = next;
            }
            if ch.c != c {
                return false;
            }
            if number > 0 {
                // Characters on lines of their own belong together only in a
                // column of single characters.
                if ch.gap.lines > 1 || (ch.gap.lines == 1 && !self.column(self.at)) {
                    return false;
                }
                self.gaps.push(ch.gap);
            }
            self.looks |= ch.lookalike;
            self.at += 1;
        }
        true
    }

    /// Whether the character at `at` stands alone on its line.
    fn column(&self, at: usize) -> bool {
        self.text.get(at).is_some_and(|ch| ch.gap.lines > 0)
            && self.text.get(at + 1).is_none_or(|ch| ch.gap.lines > 0)
    }

    fn is_star(&self, c: char) -> bool {
        self.regime.mark.star.starts_with(c)
    }

    fn is_separator(&self, c: char) -> bool {
        self.is_star(c) || self.regime.mark.other_separators.contains(c) || is_private(c)
    }

    fn separator(&mut self) -> Separator {
        self.skip_dot();
        let Some(ch) = self.text.get(self.at) else { return Separator::None };
        if ch.gap.lines > 1 {
            return Separator::None;
        }
        let kind = match ch.c {
            c if self.is_star(c) => Separator::Star,
            // A symbol font's star, read without its font.
            c if is_private(c) => Separator::Star,
            c if self.regime.mark.other_separators.contains(c) => Separator::Other,
            '(' | '[' if ch.gap.lines == 0 => Separator::Bracket,
            _ => return Separator::None,
        };
        self.at += 1;
        if kind == Separator::Star && self.peek().is_some_and(|c| self.is_star(c)) {
            let first = self.at - 1;
            while self.peek().is_some_and(|c| self.is_star(c)) && self.at - first < 4 {
                self.at += 1;
            }
            let behind = self.at;
            let termed = self.plain_term().is_some();
            // ★★★ without a term is a rating.
            self.at = if termed { behind } else { first };
            return if termed { Separator::Other } else { Separator::None };
        }
        self.skip_dot();
        kind
    }

    fn term(&mut self, after_star: bool) -> Option<(Term, Written)> {
        let start = self.at;
        let found = self.plain_term().or_else(|| {
            self.at = start;
            if after_star { self.condition() } else { None }
        });
        if found.is_none() {
            self.at = start;
        }
        found
    }

    /// Date, length of time or 长期.
    fn plain_term(&mut self) -> Option<(Term, Written)> {
        let start = self.at;
        for word in &self.regime.mark.indefinite {
            if self.text.has(self.at, word) {
                self.at += word.chars().count();
                return Some((Term::Indefinite, Written::default()));
            }
        }
        if matches!(self.peek(), Some('至' | '到')) {
            self.at += 1;
        }
        if let Some(found) = self.day() {
            return Some(found);
        }
        self.at = start;
        self.length()
    }

    fn line(&self, limit: usize) -> String {
        let rest = self.text.0.get(self.at..).unwrap_or_default();
        let same_line = rest.iter().enumerate().take_while(|(i, ch)| *i == 0 || ch.gap.lines == 0);
        same_line.take(limit).map(|(_, ch)| ch.c).collect()
    }

    fn day(&mut self) -> Option<(Term, Written)> {
        let line = self.line(24);
        let chinese = line.chars().next().is_some_and(|c| !c.is_ascii_digit());
        let written = Written { chinese, reversed: false };
        if let Some((date, length)) = number::date(&line) {
            self.at += length;
            // From a day to a day: the second is the last protected.
            if matches!(self.peek(), Some('至' | '到' | '-' | '—' | '~')) {
                let first = self.at;
                while matches!(self.peek(), Some('至' | '到' | '-' | '—' | '~'))
                    && self.at - first < 2
                {
                    self.at += 1;
                }
                if let Some((last, length)) =
                    number::date(&self.line(24)).filter(|(d, _)| *d > date)
                {
                    self.at += length;
                    return Some((Term::Date(last), written));
                }
                self.at = first;
            }
            // Free on the day itself: the day before is the last protected.
            if self.peek() == Some('前') {
                self.at += 1;
                return Some((Term::Date(date.yesterday().ok()?), written));
            }
            return Some((Term::Date(date), written));
        }
        let (year, month, length, before) = month_or_year(&line)?;
        let first = Date::new(year, month.unwrap_or(12), 1).ok()?;
        self.at += length;
        let last = match (before, month) {
            (false, _) => first.last_of_month(),
            (true, Some(_)) => first.yesterday().ok()?,
            (true, None) => Date::new(year, 1, 1).ok()?.yesterday().ok()?,
        };
        Some((Term::Date(last), written))
    }

    fn length(&mut self) -> Option<(Term, Written)> {
        let mut length = TermLength::default();
        let mut written = Written::default();
        let mut any = false;
        loop {
            let start = self.at;
            let Some((count, chinese)) = self.count() else {
                self.at = start;
                break;
            };
            self.skip_dot();
            let count = u16::try_from(count).ok()?;
            let (unit, taken) = match (self.peek(), self.text.get(self.at + 1).map(|ch| ch.c)) {
                (Some('年'), _) => (&mut length.years, 1),
                (Some('个'), Some('月')) => (&mut length.months, 2),
                (Some('月'), _) => (&mut length.months, 1),
                (Some('日' | '天'), _) => (&mut length.days, 1),
                _ => {
                    self.at = start;
                    break;
                }
            };
            *unit = unit.checked_add(count)?;
            self.at += taken;
            written.chinese |= chinese;
            any = true;
        }
        any.then_some((Term::Duration(length), written))
    }

    fn count(&mut self) -> Option<(u32, bool)> {
        let mut numeral = String::new();
        loop {
            self.skip_dot();
            let Some(ch) = self.text.get(self.at) else { break };
            if !number::is_numeral(ch.c)
                || numeral.chars().count() > 7
                || (!numeral.is_empty() && ch.gap.lines > 0 && !self.column(self.at))
            {
                break;
            }
            numeral.push(ch.c);
            self.at += 1;
        }
        let chinese = numeral.chars().any(|c| !c.is_ascii_digit());
        Some((number::value(&numeral).filter(|&count| count > 0 && count < 1000)?, chinese))
    }

    /// A condition's words up to the end of the line or of its column.
    fn condition(&mut self) -> Option<(Term, Written)> {
        let rest = self.text.0.get(self.at..).unwrap_or_default();
        let words: String = rest
            .iter()
            .enumerate()
            .take_while(|(i, ch)| {
                (*i == 0 || ch.gap.is_none())
                    && is_han(ch.c)
                    && !self.regime.mark.condition_stop.contains(ch.c)
            })
            .take(24)
            .map(|(_, ch)| ch.c)
            .collect();
        let length = words.chars().count();
        let ends =
            self.regime.mark.condition_endings.iter().any(|end| words.ends_with(end.as_str()));
        if !(2..=20).contains(&length) || !ends {
            return None;
        }
        self.at += length;
        Some((Term::Condition(words), Written::default()))
    }
}

/// `2026年6月`, `2026年6月底`, `2026年底`: year, month, characters, and whether
/// the words end before it (`前`).
fn month_or_year(line: &str) -> Option<(i16, Option<i8>, usize, bool)> {
    let chars: Vec<char> = line.chars().collect();
    let take = |from: usize| {
        let numeral: String =
            chars[from..].iter().take_while(|c| number::is_numeral(**c)).collect();
        let length = numeral.chars().count();
        number::value(&numeral).map(|value| (value, from + length))
    };
    let (year, mut at) = take(0)?;
    if !(1950..=2200).contains(&year) || chars.get(at) != Some(&'年') {
        return None;
    }
    at += 1;
    let mut month = None;
    if let Some((value, end)) = take(at)
        && chars.get(end) == Some(&'月')
        && (1..=12).contains(&value)
    {
        month = Some(value as i8);
        at = end + 1;
    }
    let before = chars.get(at) == Some(&'前');
    match chars.get(at) {
        Some('底' | '末' | '前') => at += 1,
        _ if month.is_none() => return None,
        _ => {}
    }
    Some((year as i16, month, at, before))
}

/// `10年★机密`: where it begins, the term and the separator.
fn reversed_term(text: &Squeezed, at: usize, regime: &Regime) -> Option<(usize, Term, Separator)> {
    let star = text.get(at.checked_sub(1)?)?;
    let separator = match star.c {
        c if regime.mark.star.starts_with(c) => Separator::Star,
        c if regime.mark.other_separators.contains(c) => Separator::Other,
        _ => return None,
    };
    for back in (3..=8).rev() {
        let Some(start) = at.checked_sub(back) else { continue };
        let mut reader =
            Reader { text, regime, at: start, dot: None, gaps: Vec::new(), looks: false };
        let joined = text.get(start).is_some_and(|ch| ch.gap.is_none());
        if joined && start > 0 && text.get(start - 1).is_some_and(|ch| number::is_numeral(ch.c)) {
            continue;
        }
        if let Some((term, _)) = reader.length()
            && reader.at == at - 1
        {
            return Some((start, term, separator));
        }
    }
    None
}

fn is_dot(c: char) -> bool {
    matches!(
        c,
        '.' | '·' | '_' | '-' | '/' | '\\' | '|' | '•' | '~' | '+' | '=' | ',' | '。' | '、' | '，'
    )
}

fn is_private(c: char) -> bool {
    matches!(c, '\u{E000}'..='\u{F8FF}')
}

/// A Han character, as Unicode's blocks of unified ideographs have them.
pub(super) fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{20000}'..='\u{3134F}' | '〇')
}
