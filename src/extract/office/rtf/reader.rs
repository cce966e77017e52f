//! RTF as it is read: pieces in, paragraphs out.

use std::collections::HashMap;

use super::codepage::{Codepage, Decoding};
use super::destinations::{Collected, End};
use super::fonts::{Colors, Fonts};
use super::shapes::Shape;
use super::state::{Chars, Dest, State};
use super::story::{Kind, Story};
use super::tokens::{Token, Tokens};
use crate::extract::Budget;
use crate::extract::office::word::fields::Field;
use crate::extract::office::word::ink::Ink;
use crate::extract::office::word::sections::Section;
use crate::extract::office::word::sheet::{MAX_STYLES, NoteKind, Piece, Sheet};
use crate::extract::office::word::symbols::SymbolFont;
use crate::model::{Gap, GapKind, Region, Style, StyleId, Submission};

/// Groups within groups whose state is kept. Deeper ones look like this one.
const MAX_DEPTH: usize = 4096;

/// Pieces between looks at what the text may cost.
const CHECK_EVERY: u64 = 1024;

/// A string that is being put together.
#[derive(Debug)]
pub(super) struct Collect {
    pub what: Collected,
    pub text: String,
}

/// A note or comment, which waits for the end.
#[derive(Debug)]
pub(super) struct Noted {
    pub kind: NoteKind,
    /// Its number, by which the text refers to it.
    pub number: usize,
    pub pieces: Vec<Piece>,
}

/// How text looks, as far as it was worked out.
type Looked = (StyleId, Option<&'static str>, Option<SymbolFont>);

/// A file that is being read.
pub(super) struct Reader<'a, 'b> {
    pub submission: &'a Submission,
    pub budget: &'b mut Budget,
    tokens: Tokens<'a>,
    pub state: State,
    stack: Vec<State>,
    /// Groups that are open beyond those whose state is kept.
    beyond: usize,
    /// Whether `\*` stood before the word that comes next.
    starred: bool,
    /// Whether a group has just begun: its first word may say where it goes.
    pub fresh: bool,
    /// Characters to pass over, which stand in for one of Unicode.
    passing: u16,
    high: Option<u16>,
    decoding: Decoding,
    decoded: String,
    pub fonts: Fonts,
    pub colors: Colors,
    pub ansi: Codepage,
    pub default_font: i32,
    pub sheet: Sheet,
    /// Open stories, the body first.
    pub stories: Vec<Story>,
    pub collects: Vec<Collect>,
    pub fields: Vec<Field>,
    /// What ends with a group, by how many groups were open when it began.
    pub ends: Vec<(usize, End)>,
    pub shapes: Vec<Shape>,
    pub object: super::objects::Object,
    pub form: super::forms::Form,
    pub sections: Vec<Section>,
    pub section: Section,
    /// Whether left and right pages have headers of their own.
    pub facing: bool,
    pub margins: Vec<Kind>,
    pub margin_pieces: Vec<Vec<Piece>>,
    pub notes: Vec<Noted>,
    /// Notes that have begun.
    pub noted: usize,
    pub properties: Vec<(String, String)>,
    /// Names of what comes next: a property's, a shape's setting, a variable's; an author.
    pub name: String,
    pub author: String,
    pub children: Vec<Submission>,
    pub gaps: Vec<Gap>,
    /// What the boxes of the last shape said.
    pub fallback_known: String,
    /// What the pages are painted with.
    pub page: Ink,
    pub is_background: bool,
    pub picture: super::objects::Picture,
    pub pictures: usize,
    pub outside: usize,
    /// XML that programs stored with the document.
    pub stored: Vec<Vec<u8>>,
    looks: HashMap<(Chars, u16, u16), Looked>,
    said: usize,
    pub is_over: bool,
}

impl<'a, 'b> Reader<'a, 'b> {
    pub fn new(submission: &'a Submission, bytes: &'a [u8], budget: &'b mut Budget) -> Self {
        let body = Kind { flows: true, ..Kind::default() };
        Self {
            submission,
            budget,
            tokens: Tokens::new(bytes),
            state: State::new(),
            stack: Vec::new(),
            beyond: 0,
            starred: false,
            fresh: false,
            passing: 0,
            high: None,
            decoding: Decoding::new(Codepage::WESTERN),
            decoded: String::new(),
            fonts: Fonts::default(),
            colors: Colors::default(),
            ansi: Codepage::WESTERN,
            default_font: 0,
            sheet: Sheet::default(),
            stories: vec![Story::new(body)],
            collects: Vec::new(),
            fields: Vec::new(),
            ends: Vec::new(),
            shapes: Vec::new(),
            object: super::objects::Object::default(),
            form: super::forms::Form::default(),
            sections: Vec::new(),
            section: Section { page: 1, ..Section::default() },
            facing: false,
            margins: Vec::new(),
            margin_pieces: Vec::new(),
            notes: Vec::new(),
            noted: 0,
            properties: Vec::new(),
            name: String::new(),
            author: String::new(),
            children: Vec::new(),
            gaps: Vec::new(),
            fallback_known: String::new(),
            page: Ink::WHITE,
            is_background: false,
            picture: super::objects::Picture::default(),
            pictures: 0,
            outside: 0,
            stored: Vec::new(),
            looks: HashMap::new(),
            said: 0,
            is_over: false,
        }
    }

    /// Groups that are open.
    pub fn depth(&self) -> usize {
        self.stack.len() + self.beyond
    }

    /// What stands behind the end of the file's group.
    pub fn rest(&self) -> &'a [u8] {
        self.tokens.rest()
    }

    /// How often bytes were no characters, and in which code page first.
    pub fn broken(&self) -> Option<(u64, Codepage)> {
        self.decoding.broken
    }

    /// Reads to the end of the file's group, or of the file, or of the budget.
    pub fn read(&mut self) {
        let mut pieces = 0_u64;
        while let Some(token) = self.tokens.next() {
            pieces += 1;
            if let Err(gap) = self.budget.spend_steps(1) {
                self.stop(gap);
            }
            if pieces.is_multiple_of(CHECK_EVERY) {
                self.check();
            }
            self.take(token);
            if self.is_over || self.depth() == 0 {
                break;
            }
        }
        if self.depth() > 0 && !self.is_over {
            let words = format!("it breaks off within {} groups", self.depth());
            self.gaps.push(Gap::new(GapKind::Damaged, words));
        }
        // What is open ends here.
        while self.depth() > 0 {
            self.close();
        }
        self.settle();
        let paragraph = self.state.paragraph;
        while let Some(mut story) = self.stories.pop() {
            story.end(paragraph, &mut self.sheet);
        }
        self.sections.push(std::mem::take(&mut self.section));
    }

    fn check(&mut self) {
        let spent = self.budget.spend_text(self.said);
        let lines = self.budget.check_pages(self.sheet.page as usize);
        for gap in [spent, lines].into_iter().filter_map(Result::err) {
            self.stop(gap);
        }
    }

    pub fn stop(&mut self, gap: Gap) {
        if !self.is_over {
            self.gaps.push(gap);
            self.is_over = true;
        }
    }

    fn take(&mut self, token: Token<'a>) {
        let fresh = std::mem::take(&mut self.fresh);
        let starred = std::mem::take(&mut self.starred);
        match token {
            Token::Open => self.open(),
            Token::Close => self.close(),
            Token::Symbol(b'*') => (self.starred, self.fresh) = (true, fresh),
            Token::Symbol(symbol) => self.symbol(symbol),
            Token::Word(word, number) => self.word(word, number, starred, fresh),
            Token::Hex(byte) => {
                if self.passing > 0 {
                    self.passing -= 1;
                } else {
                    self.bytes(&[byte]);
                }
            }
            Token::Text(text) => {
                let passed = usize::from(self.passing).min(text.len());
                self.passing -= passed as u16;
                self.bytes(text.get(passed..).unwrap_or_default());
            }
            Token::Binary(bytes) => {
                self.passing = self.passing.saturating_sub(1);
                match self.state.dest {
                    Dest::Object => self.object.binary(bytes),
                    Dest::Picture => self.picture.binary(bytes),
                    _ => {}
                }
            }
        }
    }

    fn open(&mut self) {
        self.passing = 0;
        self.fresh = true;
        if self.stack.len() < MAX_DEPTH && self.beyond == 0 {
            self.stack.push(self.state);
        } else {
            self.beyond += 1;
        }
        if self.state.dest == Dest::Variable {
            self.collect(Collected::Variable, false);
        }
    }

    fn close(&mut self) {
        self.passing = 0;
        self.end_group();
        if self.beyond > 0 {
            self.beyond -= 1;
        } else if let Some(state) = self.stack.pop() {
            self.state = state;
        }
    }

    /// A symbol that is a character, or nothing.
    fn symbol(&mut self, symbol: u8) {
        let c = match symbol {
            b'\\' | b'{' | b'}' => char::from(symbol),
            b'~' => '\u{A0}',
            b'-' => '\u{AD}',
            b'_' => '\u{2011}',
            _ => return,
        };
        if self.passing > 0 {
            self.passing -= 1;
        } else {
            self.char(c);
        }
    }

    /// A character of Unicode, by its number in 16 bits.
    pub fn unicode(&mut self, number: i32) {
        self.passing = self.state.skip;
        // Some write numbers over 32767 as they are, others beyond 16 bits.
        if number > 0xFFFF {
            if let Some(c) = u32::try_from(number).ok().and_then(char::from_u32) {
                self.char(c);
            }
            return;
        }
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

    /// A character.
    pub fn char(&mut self, c: char) {
        self.settle();
        self.text(c.encode_utf8(&mut [0; 4]));
    }

    /// Bytes of text.
    fn bytes(&mut self, bytes: &[u8]) {
        match self.state.dest {
            Dest::Skip | Dest::Holder | Dest::NestedRow | Dest::Variable => return,
            Dest::Object => return self.object.digits(bytes),
            Dest::Picture => return self.picture.digits(bytes),
            _ => {}
        }
        if bytes.is_empty() {
            return;
        }
        let codepage = self.codepage();
        let mut decoded = std::mem::take(&mut self.decoded);
        self.decoding.push(bytes, codepage, &mut decoded);
        self.text(&decoded);
        decoded.clear();
        self.decoded = decoded;
    }

    /// The code page of the text at hand.
    fn codepage(&self) -> Codepage {
        if self.state.dest == Dest::Fonts {
            return self.fonts.name_codepage().unwrap_or(self.ansi);
        }
        if self.state.dest != Dest::Text {
            return self.ansi;
        }
        let Some(font) = self.fonts.get(self.state.chars.font) else { return self.ansi };
        // Programs that know one character set only write it in any font.
        if font.is_plain && self.ansi.is_wide() {
            return self.ansi;
        }
        font.codepage.unwrap_or(self.ansi)
    }

    /// Ends what bytes began.
    pub fn settle(&mut self) {
        let mut decoded = std::mem::take(&mut self.decoded);
        self.decoding.finish(&mut decoded);
        if !decoded.is_empty() {
            self.text(&decoded);
        }
        decoded.clear();
        self.decoded = decoded;
    }

    /// Text, wherever it goes.
    fn text(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        match self.state.dest {
            Dest::Text => self.put(text),
            Dest::Fonts => self.fonts.push(text),
            Dest::Colors => self.colors.push(text),
            Dest::Collect => {
                self.said += text.len();
                if let Some(collect) = self.collects.last_mut() {
                    collect.text.push_str(text);
                }
            }
            Dest::Instruction => {
                if let Some(field) = self.fields.last_mut() {
                    field.instruct(text);
                }
            }
            Dest::Object => self.object.digits(text.as_bytes()),
            Dest::Skip | Dest::Holder | Dest::Variable | Dest::NestedRow | Dest::Picture => {}
        }
    }

    /// Text of the story at hand.
    fn put(&mut self, text: &str) {
        self.said += text.len();
        self.fields.iter_mut().for_each(Field::show);
        let (style, why, symbols) = self.look();
        let shown: String;
        let text = match symbols {
            Some(font) => {
                shown = text.chars().map(|c| font.shown(c)).collect();
                shown.as_str()
            }
            None if self.state.chars.caps => {
                shown = text.to_uppercase();
                shown.as_str()
            }
            None => text,
        };
        let deleted = self.state.chars.deleted;
        let Some(story) = self.stories.last_mut() else { return };
        match why {
            Some(why) => story.push_beside(Region::Hidden, why, text, style),
            None if deleted => story.push_beside(Region::Deleted, "", text, style),
            None => story.push(text, style),
        }
    }

    /// How text looks that comes next.
    fn look(&mut self) -> Looked {
        let chars = self.state.chars;
        let paragraph = self.state.paragraph;
        let shade = self.stories.last().map_or(0, |story| story.cell_shade(paragraph.depth));
        let key = (chars, paragraph.back, shade);
        if let Some(found) = self.looks.get(&key) {
            return *found;
        }
        let font = self.fonts.get(chars.font);
        let ground = [chars.back, paragraph.back, shade]
            .into_iter()
            .find(|number| *number > 0)
            .and_then(|number| self.colors.ink(number));
        let ink = self.colors.ink(chars.color);
        let vanishes = ink.is_some_and(|ink| ink.vanishes_on(ground.unwrap_or(self.page)));
        let size = f32::from(chars.size) / 2.0;
        let why = match () {
            () if chars.hidden => Some("hidden text"),
            () if vanishes => Some("in the colour of the page"),
            () if size < 2.0 => Some("too small to read"),
            () => None,
        };
        let style = Style {
            size,
            face: font.map(|font| font.name.clone()).unwrap_or_default(),
            color: self.colors.get(chars.color),
            bold: chars.bold,
            struck: chars.struck,
            hidden: why.is_some(),
            deleted: chars.deleted,
        };
        let symbols = font.and_then(|font| font.symbols);
        let found = (self.sheet.keep_style(style), why, symbols);
        if self.looks.len() < 4 * MAX_STYLES {
            self.looks.insert(key, found);
        }
        found
    }
}
