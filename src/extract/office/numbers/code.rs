//! Format codes, taken apart into sections and these into pieces.

use super::day::Moment;
use super::numerals::{self, Script};

/// Longer codes are none: what stands behind is left out.
const MAX_CODE: usize = 2048;

/// One of the up to four parts of a code, for one kind of value.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Section {
    pub condition: Option<Condition>,
    pub kind: Kind,
    pub pieces: Vec<Piece>,
    /// How digits are written.
    pub script: Script,
}

/// What a section makes of a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Kind {
    /// It adds nothing that says anything.
    #[default]
    Plain,
    /// A day or time.
    Day,
    /// The number with words around it.
    Worded,
    /// The same whatever the number; perhaps nothing.
    Fixed,
}

/// When a section is for a value: `[>=100]`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Condition {
    less: bool,
    equal: bool,
    more: bool,
    than: f64,
}

impl Condition {
    pub fn holds(self, value: f64) -> bool {
        (self.less && value < self.than)
            || (self.equal && value == self.than)
            || (self.more && value > self.than)
    }

    fn parse(inside: &str) -> Option<Self> {
        let signs = inside.find(|c| !matches!(c, '<' | '=' | '>'))?;
        let (signs, than) = inside.split_at(signs);
        let than = than.trim().parse().ok()?;
        let has = |sign| signs.contains(sign);
        if signs.is_empty() {
            return None;
        }
        Some(Self { less: has('<'), equal: has('='), more: has('>'), than })
    }
}

/// What a section is made of.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Piece {
    Words(String),
    /// Where the number stands.
    Number,
    /// Where text stands.
    Text,
    Day(Unit, usize),
    /// Digits behind the point of seconds.
    Fraction(usize),
    /// Morning or afternoon, as the code writes the two.
    Half(String, String),
    /// Hours, minutes or seconds in all.
    Elapsed(Unit, usize),
}

/// Parts of days and times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Year,
    Month,
    Day,
    Weekday,
    Hour,
    Minute,
    Second,
}

/// Takes a code apart.
pub(super) fn sections(code: &str) -> Vec<Section> {
    let code: String = code.chars().take(MAX_CODE).collect();
    let mut made = Vec::new();
    let mut reader = Reader { rest: &code, ..Reader::default() };
    while made.len() < 4 && reader.next_section() {
        made.push(reader.finish());
    }
    // Sections that add nothing need not be looked at.
    if made.iter().all(|section| section.kind == Kind::Plain && section.condition.is_none()) {
        made.retain(|section| section.pieces.contains(&Piece::Text) && section.has_words());
        if made.is_empty() {
            return made;
        }
    }
    made
}

#[derive(Default)]
struct Reader<'c> {
    rest: &'c str,
    begun: bool,
    section: Section,
    words: String,
    general: bool,
}

impl<'c> Reader<'c> {
    /// Reads up to the next `;`. Says whether there was a section.
    fn next_section(&mut self) -> bool {
        if self.begun && !self.rest.starts_with(';') {
            return false;
        }
        if self.begun {
            self.rest = self.rest.get(1..).unwrap_or_default();
        }
        self.begun = true;
        while let Some(c) = self.rest.chars().next().filter(|c| *c != ';') {
            self.take(c);
        }
        self.end_words();
        true
    }

    fn advance(&mut self, bytes: usize) -> &'c str {
        let (taken, rest) = self.rest.split_at_checked(bytes).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }

    fn take(&mut self, c: char) {
        match c {
            '"' => {
                let inside = self.rest.get(1..).unwrap_or_default();
                let end = inside.find('"').unwrap_or(inside.len());
                self.words.push_str(inside.get(..end).unwrap_or_default());
                self.advance(end + 2);
            }
            '\\' | '!' => {
                let next = self.rest.chars().nth(1);
                self.words.extend(next);
                self.advance(1 + next.map_or(0, char::len_utf8));
            }
            // A blank as wide as the next character; a character that fills.
            '_' | '*' => {
                let next = self.rest.chars().nth(1).map_or(0, char::len_utf8);
                self.advance(1 + next);
            }
            '[' => self.bracket(),
            '@' => {
                self.piece(Piece::Text);
                self.advance(1);
            }
            '0' | '#' | '?' => self.number(),
            _ => self.letters(c),
        }
    }

    fn number(&mut self) {
        let inside = |c: char| matches!(c, '0' | '#' | '?' | ',' | '.' | '%' | '/' | 'E' | 'e');
        let end = self.rest.find(|c: char| !(inside(c) || matches!(c, '+' | '-')));
        let seconds = matches!(self.section.pieces.last(), Some(Piece::Day(Unit::Second, _)));
        let taken = self.advance(end.unwrap_or(self.rest.len()));
        if seconds && self.words == "." {
            self.words.clear();
            self.piece(Piece::Fraction(taken.chars().filter(|c| *c == '0').count()));
        } else {
            self.piece(Piece::Number);
        }
    }

    fn bracket(&mut self) {
        let end = self.rest.find(']').unwrap_or(self.rest.len());
        let inside = self.advance(end + 1).trim_matches(['[', ']']);
        let lower = inside.to_ascii_lowercase();
        let all = |c: char| !lower.is_empty() && lower.chars().all(|other| other == c);
        if let Some(condition) = Condition::parse(inside) {
            self.section.condition = Some(condition);
        } else if let Some(script) = Script::of_code(&lower) {
            self.section.script = script;
        } else if let Some(money) = inside.strip_prefix('$') {
            self.words.push_str(money.split('-').next().unwrap_or_default());
        } else if all('h') {
            self.piece(Piece::Elapsed(Unit::Hour, lower.len()));
        } else if all('m') {
            self.piece(Piece::Elapsed(Unit::Minute, lower.len()));
        } else if all('s') {
            self.piece(Piece::Elapsed(Unit::Second, lower.len()));
        }
    }

    fn letters(&mut self, c: char) {
        let lower = c.to_ascii_lowercase();
        let alike = |other: char| other.eq_ignore_ascii_case(&c);
        let count = self.rest.chars().take_while(|other| alike(*other)).count();
        let starts = |word: &str| {
            self.rest.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word))
        };
        if starts("General") {
            self.advance("General".len());
            self.general = true;
            return self.piece(Piece::Number);
        }
        for (first, second) in [("AM", "PM"), ("A", "P"), ("上午", "下午")] {
            if starts(&format!("{first}/{second}")) {
                self.advance(first.len() + 1 + second.len());
                return self.piece(Piece::Half(first.to_owned(), second.to_owned()));
            }
        }
        let unit = match lower {
            'y' | 'e' => Unit::Year,
            'm' => Unit::Month,
            'd' if count >= 3 => Unit::Weekday,
            'd' => Unit::Day,
            'a' if count >= 3 => Unit::Weekday,
            'h' => Unit::Hour,
            's' => Unit::Second,
            // Names of eras, which no calendar here has.
            'g' => {
                self.advance(count);
                return;
            }
            _ => {
                self.words.push(c);
                self.advance(c.len_utf8());
                return;
            }
        };
        self.advance(count);
        // Years in `e` are written in full; weekdays in `a` are Chinese.
        let count = match lower {
            'e' => 4,
            'a' => count + 10,
            _ => count,
        };
        self.piece(Piece::Day(unit, count));
    }

    fn piece(&mut self, piece: Piece) {
        self.end_words();
        self.section.pieces.push(piece);
    }

    fn end_words(&mut self) {
        if !self.words.is_empty() {
            self.section.pieces.push(Piece::Words(std::mem::take(&mut self.words)));
        }
    }

    fn finish(&mut self) -> Section {
        let mut section = std::mem::take(&mut self.section);
        let general = std::mem::take(&mut self.general);
        section.tell_minutes();
        let has = |of: fn(&Piece) -> bool| section.pieces.iter().any(of);
        let timed = has(|p| matches!(p, Piece::Day(..) | Piece::Elapsed(..)));
        let number = has(|p| *p == Piece::Number);
        section.kind = if timed && !general {
            Kind::Day
        } else if section.pieces.contains(&Piece::Text) {
            Kind::Plain
        } else if !number {
            Kind::Fixed
        } else if section.has_words() || section.script != Script::Digits {
            Kind::Worded
        } else {
            Kind::Plain
        };
        section
    }
}

impl Section {
    /// Whether it adds words: signs and blanks alone say nothing.
    pub fn has_words(&self) -> bool {
        self.words().chars().any(|c| c.is_alphanumeric() || matches!(c, '★' | '☆' | '※'))
    }

    /// What it shows beside the value.
    pub fn words(&self) -> String {
        let words = self.pieces.iter().map(|piece| match piece {
            Piece::Words(words) => words.as_str(),
            _ => "",
        });
        words.collect()
    }

    /// An `m` behind hours or before seconds is for minutes.
    fn tell_minutes(&mut self) {
        let units: Vec<(usize, Unit)> = self
            .pieces
            .iter()
            .enumerate()
            .filter_map(|(at, piece)| match piece {
                Piece::Day(unit, _) | Piece::Elapsed(unit, _) => Some((at, *unit)),
                _ => None,
            })
            .collect();
        for (n, (at, unit)) in units.iter().enumerate() {
            let before = n.checked_sub(1).and_then(|n| units.get(n)).map(|(_, unit)| *unit);
            let after = units.get(n + 1).map(|(_, unit)| *unit);
            let minutes = before == Some(Unit::Hour) || after == Some(Unit::Second);
            if *unit == Unit::Month
                && minutes
                && let Some(Piece::Day(unit, count)) = self.pieces.get_mut(*at)
                && *count <= 2
            {
                *unit = Unit::Minute;
            }
        }
    }

    /// The smallest step it shows, in parts of a second: 0 where it shows no seconds' parts.
    pub fn finest(&self) -> usize {
        let digits = self.pieces.iter().map(|piece| match piece {
            Piece::Fraction(digits) => *digits,
            _ => 0,
        });
        digits.max().unwrap_or(0).min(3)
    }

    /// A day and time as the section shows it.
    pub fn moment(&self, moment: &Moment) -> String {
        let twelve = self.pieces.iter().any(|piece| matches!(piece, Piece::Half(..)));
        let mut out = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Words(words) => out.push_str(words),
                Piece::Half(morning, afternoon) => {
                    out.push_str(if moment.hour < 12 { morning } else { afternoon });
                }
                Piece::Day(unit, count) => {
                    moment.put(&mut out, *unit, *count, twelve, self.script);
                }
                Piece::Elapsed(unit, count) => {
                    let value = moment.elapsed(*unit);
                    out.push_str(&format!("{value:0count$}", count = (*count).min(8)));
                }
                Piece::Fraction(digits) => {
                    let digits = (*digits).min(3);
                    let thousandths = format!("{:03}", moment.millisecond);
                    out.push('.');
                    out.push_str(thousandths.get(..digits).unwrap_or_default());
                }
                Piece::Number | Piece::Text => {}
            }
        }
        out.trim().to_owned()
    }

    /// A number with the words around it; the first place takes all of it.
    pub fn worded(&self, value: f64, raw: &str) -> String {
        let mut number = Some(match self.script {
            Script::Digits => raw.trim().to_owned(),
            script => numerals::number(value, script).unwrap_or_else(|| raw.trim().to_owned()),
        });
        let mut out = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Words(words) => out.push_str(words),
                Piece::Number => out.extend(number.take()),
                _ => {}
            }
        }
        out.trim().to_owned()
    }
}
