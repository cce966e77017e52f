//! Pages wrapped in RTF, as mail programs keep them (MS-OXRTFEX): tags stand in
//! groups of their own, what was put in for RTF alone is marked as such.

use super::codepage::{Codepage, Decoding};
use super::fonts::Fonts;
use super::tokens::{Token, Tokens};
use crate::extract::Budget;
use crate::model::{Gap, GapKind};

/// Pieces within which a file says that it wraps a page; MS-OXRTFEX has ten.
const SOON: usize = 64;

/// Groups within groups, at most.
const MAX_DEPTH: usize = 4096;

/// Whether a page is wrapped in the file.
pub(super) fn is_wrapped(rtf: &[u8]) -> bool {
    Tokens::new(rtf).take(SOON).any(|token| token == Token::Word("fromhtml", Some(1)))
}

/// Where the text of a group goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Dest {
    /// Into the page, as text.
    Text,
    /// Into the page, as markup.
    Markup,
    Fonts,
    Skip,
}

#[derive(Clone, Copy)]
struct State {
    dest: Dest,
    /// Whether what stands here is for RTF alone.
    for_rtf: bool,
    font: i32,
    skip: u16,
}

struct Unwrapper {
    page: String,
    /// Letters of the page's text, without its tags.
    said: String,
    state: State,
    stack: Vec<State>,
    beyond: usize,
    starred: bool,
    fonts: Fonts,
    ansi: Codepage,
    default_font: i32,
    decoding: Decoding,
    passing: u16,
    high: Option<u16>,
}

/// A page that was wrapped.
#[derive(Debug, Default)]
pub(super) struct Unwrapped {
    /// Its markup.
    pub page: String,
    /// The letters of its text, in their order.
    pub said: String,
    /// What could not be read of it.
    pub gap: Option<Gap>,
}

/// Takes the page out.
pub(super) fn unwrap(rtf: &[u8], budget: &mut Budget) -> Unwrapped {
    let state = State { dest: Dest::Text, for_rtf: false, font: 0, skip: 1 };
    let mut unwrapper = Unwrapper {
        page: String::new(),
        said: String::new(),
        state,
        stack: Vec::new(),
        beyond: 0,
        starred: false,
        fonts: Fonts::default(),
        ansi: Codepage::WESTERN,
        default_font: 0,
        decoding: Decoding::new(Codepage::WESTERN),
        passing: 0,
        high: None,
    };
    let mut gap = None;
    for token in Tokens::new(rtf) {
        let spent = budget.spend_steps(1).and_then(|()| budget.spend_text(unwrapper.page.len()));
        if let Err(over) = spent {
            gap = Some(over);
            break;
        }
        unwrapper.take(token);
        if unwrapper.stack.is_empty() {
            break;
        }
    }
    unwrapper.settle();
    if gap.is_none() && !unwrapper.stack.is_empty() {
        gap = Some(Gap::new(GapKind::Damaged, "the wrapping of the page breaks off"));
    }
    if let Some((count, codepage)) = unwrapper.decoding.broken
        && gap.is_none()
    {
        let words = format!("{count} byte sequences are not {}", codepage.name());
        gap = Some(Gap::new(GapKind::GarbledText, words));
    }
    Unwrapped { page: unwrapper.page, said: unwrapper.said, gap }
}

/// Characters in markup that are given by their numbers.
fn numbered(markup: &str) -> impl Iterator<Item = char> + '_ {
    markup.split("&#").skip(1).filter_map(|rest| {
        let digits = rest.split(';').next()?;
        let code = match digits.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16),
            None => digits.parse(),
        };
        code.ok().and_then(char::from_u32)
    })
}

impl Unwrapper {
    fn take(&mut self, token: Token<'_>) {
        let starred = std::mem::take(&mut self.starred);
        match token {
            Token::Open => {
                self.passing = 0;
                if self.stack.len() < MAX_DEPTH && self.beyond == 0 {
                    self.stack.push(self.state);
                } else {
                    self.beyond += 1;
                }
            }
            Token::Close => self.close(),
            Token::Symbol(b'*') => self.starred = true,
            Token::Symbol(symbol) => {
                let c = match symbol {
                    b'\\' | b'{' | b'}' => char::from(symbol),
                    b'~' => return self.name("&nbsp;"),
                    b'-' => return self.name("&shy;"),
                    b'_' => '\u{2011}',
                    _ => return,
                };
                self.char(c);
            }
            Token::Word(word, number) => self.word(word, number, starred),
            Token::Hex(byte) if self.passing > 0 => {
                let _ = byte;
                self.passing -= 1;
            }
            Token::Hex(byte) => self.bytes(&[byte]),
            Token::Text(text) => {
                let passed = usize::from(self.passing).min(text.len());
                self.passing -= passed as u16;
                self.bytes(text.get(passed..).unwrap_or_default());
            }
            Token::Binary(_) => {}
        }
    }

    fn close(&mut self) {
        self.passing = 0;
        if self.state.dest == Dest::Fonts {
            self.fonts.end();
        }
        if self.beyond > 0 {
            self.beyond -= 1;
        } else if let Some(state) = self.stack.pop() {
            self.state = state;
        }
    }

    fn word(&mut self, word: &str, number: Option<i32>, starred: bool) {
        match word {
            "htmltag" if starred => self.state.dest = Dest::Markup,
            _ if starred => self.state.dest = Dest::Skip,
            "htmlrtf" => self.state.for_rtf = number != Some(0),
            "fonttbl" => self.state.dest = Dest::Fonts,
            "colortbl" | "stylesheet" | "info" | "pntext" | "pict" | "object" => {
                self.state.dest = Dest::Skip;
            }
            "ansicpg" => {
                let codepage = Codepage::of_number(number.unwrap_or(0));
                self.ansi = codepage.unwrap_or(self.ansi);
            }
            "deff" => {
                (self.default_font, self.state.font) = (number.unwrap_or(0), number.unwrap_or(0))
            }
            "f" if self.state.dest == Dest::Fonts => self.fonts.begin(number.unwrap_or(0)),
            "fcharset" => self.fonts.charset(number.unwrap_or(0)),
            "cpg" if self.state.dest == Dest::Fonts => self.fonts.codepage(number.unwrap_or(0)),
            "f" => self.state.font = number.unwrap_or(self.default_font),
            "plain" => self.state.font = self.default_font,
            "uc" => self.state.skip = number.unwrap_or(1).clamp(0, 64) as u16,
            "u" => self.unicode(number.unwrap_or(0)),
            "par" | "line" => self.name("\r\n"),
            "tab" => self.char('\t'),
            "lquote" => self.name("&lsquo;"),
            "rquote" => self.name("&rsquo;"),
            "ldblquote" => self.name("&ldquo;"),
            "rdblquote" => self.name("&rdquo;"),
            "bullet" => self.name("&bull;"),
            "endash" => self.name("&ndash;"),
            "emdash" => self.name("&mdash;"),
            _ => {}
        }
    }

    fn unicode(&mut self, number: i32) {
        self.passing = self.state.skip;
        let unit = (number & 0xFFFF) as u16;
        match (self.high.take(), unit) {
            (_, 0xD800..=0xDBFF) => self.high = Some(unit),
            (Some(high), 0xDC00..=0xDFFF) => {
                if let Some(Ok(c)) = char::decode_utf16([high, unit]).next() {
                    self.char(c);
                }
            }
            (_, 0) => {}
            (_, unit) => self.char(char::from_u32(u32::from(unit)).unwrap_or('\u{FFFD}')),
        }
    }

    fn is_shown(&self) -> bool {
        !self.state.for_rtf && matches!(self.state.dest, Dest::Text | Dest::Markup)
    }

    fn char(&mut self, c: char) {
        self.name(c.encode_utf8(&mut [0; 4]));
    }

    /// Text that is not in bytes of a code page.
    fn name(&mut self, text: &str) {
        self.settle();
        if self.is_shown() {
            let begin = self.page.len();
            self.page.push_str(text);
            // References to characters by name stand for what is no letter.
            if !text.starts_with('&') {
                self.say(begin);
            }
        }
    }

    /// Keeps the letters of what was added to the page.
    fn say(&mut self, begin: usize) {
        let added = self.page.get(begin..).unwrap_or_default();
        match self.state.dest {
            Dest::Text => self.said.extend(added.chars().filter(|c| c.is_alphanumeric())),
            _ => self.said.extend(numbered(added).filter(|c| c.is_alphanumeric())),
        }
    }

    fn bytes(&mut self, bytes: &[u8]) {
        if self.state.dest == Dest::Fonts {
            self.fonts.push(&String::from_utf8_lossy(bytes));
        }
        if !self.is_shown() {
            return;
        }
        let own = self.fonts.get(self.state.font);
        let own = own.filter(|font| self.state.dest == Dest::Text && !font.is_plain);
        let codepage = own.and_then(|font| font.codepage).unwrap_or(self.ansi);
        let begin = self.page.len();
        self.decoding.push(bytes, codepage, &mut self.page);
        self.say(begin);
    }

    fn settle(&mut self) {
        let begin = self.page.len();
        self.decoding.finish(&mut self.page);
        self.say(begin);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::Limits;

    #[test]
    fn a_page_comes_out_as_it_went_in() {
        let rtf = r#"{\rtf1\ansi\ansicpg936\fromhtml1 \deff0
{\fonttbl{\f0\fswiss Arial;}{\f1\fcharset134 SimSun;}}
{\*\htmltag18 <html>}{\*\htmltag64 <p class=\'22a\'22>}\htmlrtf {\htmlrtf0
{\*\htmltag84 &nbsp;}\htmlrtf \'a0\htmlrtf0 {\*\htmltag84 <b>}\htmlrtf {\b\htmlrtf0
\f1 \'bb\'fa\'c3\'dc\u9733 ?10\'c4\'ea\htmlrtf }\htmlrtf0 {\*\htmltag92 </b>}\par
{\*\mhtmltag18 <x>}{\*\htmltag72 </p>}\htmlrtf }\htmlrtf0 }"#;
        assert!(is_wrapped(rtf.as_bytes()));
        let mut budget = Budget::new(Limits::default());
        let Unwrapped { page, said, gap } = unwrap(rtf.as_bytes(), &mut budget);
        assert_eq!(page, "<html><p class=\"a\">&nbsp;<b>机密★10年</b>\r\n</p>");
        assert_eq!((said.as_str(), gap), ("机密10年", None));
        for cut in 0..rtf.len() {
            unwrap(&rtf.as_bytes()[..cut], &mut budget);
        }
    }
}
