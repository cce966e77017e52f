//! Control words: how characters and paragraphs look, where lines, cells and
//! pages end, and characters that have names.

use super::codepage::Codepage;
use super::reader::Reader;
use super::state::{Chars, Dest, Paragraph};
use crate::extract::office::word::sections::Section;
use crate::extract::office::word::sheet::Mark;
use crate::model::Align;

impl Reader<'_, '_> {
    /// A control word. One that nothing is known of says nothing, or, behind `\*`,
    /// says that its group is for programs that know it.
    pub(super) fn word(&mut self, word: &str, number: Option<i32>, starred: bool, fresh: bool) {
        if self.destination(word, number, starred, fresh) {
            return;
        }
        if starred {
            self.state.dest = Dest::Skip;
            return;
        }
        if word == "u" {
            return self.unicode(number.unwrap_or(0));
        }
        if word == "uc" {
            self.state.skip = number.unwrap_or(1).clamp(0, 64) as u16;
            return;
        }
        if self.state.dest == Dest::Skip {
            return;
        }
        if let Some(c) = named(word) {
            return self.char(c);
        }
        match self.state.dest {
            Dest::Fonts => self.font_word(word, number),
            Dest::Colors => self.color_word(word, number),
            Dest::NestedRow if word == "nestrow" => self.end_row(),
            Dest::Collect if matches!(word, "par" | "line") => self.char('\n'),
            Dest::Text => self.text_word(word, number),
            _ => {}
        }
        self.document_word(word, number);
        self.special_word(word, number);
    }

    fn text_word(&mut self, word: &str, number: Option<i32>) {
        if !self.breaks(word) && !self.chars_word(word, number) {
            self.paragraph_word(word, number);
        }
    }

    fn font_word(&mut self, word: &str, number: Option<i32>) {
        match (word, number) {
            ("f", Some(number)) => self.fonts.begin(number),
            ("fcharset", Some(number)) => self.fonts.charset(number),
            ("cpg", Some(number)) => self.fonts.codepage(number),
            _ => {}
        }
    }

    fn color_word(&mut self, word: &str, number: Option<i32>) {
        let channel = match word {
            "red" => 0,
            "green" => 1,
            "blue" => 2,
            _ => return,
        };
        self.colors.channel(channel, number.unwrap_or(0));
    }

    /// What ends lines, paragraphs, cells, rows, pages.
    fn breaks(&mut self, word: &str) -> bool {
        match word {
            "par" => self.end_paragraph(),
            "line" | "column" | "lbr" | "softline" => self.mark(Mark::Line),
            "page" => self.mark(Mark::Page),
            "softpage" => self.mark(Mark::LaidOutPage),
            "sect" => self.end_section(),
            "cell" => self.end_cell(1),
            "nestcell" => self.end_cell(2),
            "row" => {
                self.state.paragraph.depth = self.state.paragraph.depth.max(1);
                self.end_row();
            }
            _ => return false,
        }
        true
    }

    fn mark(&mut self, mark: Mark) {
        self.settle();
        if let Some(story) = self.stories.last_mut() {
            story.mark(mark);
        }
    }

    pub(super) fn end_paragraph(&mut self) {
        self.settle();
        let paragraph = self.state.paragraph;
        if let Some(story) = self.stories.last_mut() {
            story.end_paragraph(paragraph, &mut self.sheet);
        }
    }

    /// A cell ends that is in at least so many tables.
    fn end_cell(&mut self, depth: u16) {
        self.settle();
        let depth = self.state.paragraph.depth.max(depth);
        let paragraph = Paragraph { depth, ..self.state.paragraph };
        if let Some(story) = self.stories.last_mut() {
            story.end_cell(paragraph, &mut self.sheet);
        }
    }

    fn end_row(&mut self) {
        self.settle();
        if let Some(story) = self.stories.last_mut() {
            story.end_row(&mut self.sheet);
        }
    }

    fn end_section(&mut self) {
        self.settle();
        let paragraph = self.state.paragraph;
        if self.stories.len() > 1 {
            return self.end_paragraph();
        }
        if let Some(body) = self.stories.last_mut() {
            body.end(paragraph, &mut self.sheet);
            body.break_due = true;
        }
        // The next one begins on a page of its own unless it says otherwise.
        let next = Section { page: self.sheet.page + 1, ..Section::default() };
        self.sections.push(std::mem::replace(&mut self.section, next));
    }

    fn chars_word(&mut self, word: &str, number: Option<i32>) -> bool {
        let is_on = number != Some(0);
        let place = || number.unwrap_or(0).clamp(0, i32::from(u16::MAX)) as u16;
        let chars = &mut self.state.chars;
        match word {
            "plain" => *chars = Chars::plain(self.default_font),
            "f" => chars.font = number.unwrap_or(self.default_font),
            "fs" => chars.size = number.map_or(24, |n| n.clamp(0, 4000) as u16),
            "b" => chars.bold = is_on,
            "strike" | "striked" => chars.struck = is_on,
            "v" => chars.hidden = is_on,
            // What was moved away is no longer there.
            "deleted" | "mvf" => chars.deleted = is_on,
            "caps" => chars.caps = is_on,
            "cf" => chars.color = place(),
            "cb" | "chcbpat" | "highlight" => chars.back = place(),
            _ => return false,
        }
        true
    }

    fn paragraph_word(&mut self, word: &str, number: Option<i32>) {
        let paragraph = &mut self.state.paragraph;
        match word {
            "pard" => *paragraph = Paragraph::default(),
            "ql" | "qj" | "qd" | "qt" => paragraph.align = Some(Align::Left),
            "qc" => paragraph.align = Some(Align::Center),
            "qr" => paragraph.align = Some(Align::Right),
            "pagebb" => paragraph.page_before = number != Some(0),
            "intbl" => paragraph.depth = paragraph.depth.max(1),
            "itap" => paragraph.depth = number.unwrap_or(1).clamp(0, 1000) as u16,
            "cbpat" => paragraph.back = number.unwrap_or(0).clamp(0, i32::from(u16::MAX)) as u16,
            "absw" | "absh" | "posx" | "posy" | "posxc" | "posxr" | "posxl" | "posyt" | "posyb"
            | "posyc" | "phpg" | "pvpg" | "pvmrg" => paragraph.framed = true,
            "dropcapli" => paragraph.dropped = true,
            "trowd" => {
                if let Some(story) = self.stories.last_mut() {
                    story.shades.clear();
                    story.shade = 0;
                }
            }
            "clcbpat" => {
                if let Some(story) = self.stories.last_mut() {
                    story.shade = number.unwrap_or(0).clamp(0, i32::from(u16::MAX)) as u16;
                }
            }
            "cellx" => {
                if let Some(story) = self.stories.last_mut().filter(|s| s.shades.len() < 1024) {
                    let shade = std::mem::take(&mut story.shade);
                    story.shades.push(shade);
                }
            }
            _ => {}
        }
    }

    /// What is said of the document or a section.
    fn document_word(&mut self, word: &str, number: Option<i32>) {
        match word {
            "ansicpg" => {
                if let Some(codepage) = Codepage::of_number(number.unwrap_or(0)) {
                    self.ansi = codepage;
                }
            }
            "mac" => self.ansi = Codepage::of_number(10000).unwrap_or(self.ansi),
            "pc" => self.ansi = Codepage::of_number(437).unwrap_or(self.ansi),
            "pca" => self.ansi = Codepage::of_number(850).unwrap_or(self.ansi),
            "deff" => {
                self.default_font = number.unwrap_or(0);
                self.state.chars.font = self.default_font;
            }
            "ftnalt" => {
                if let Some(note) = self.stories.last_mut().filter(|s| s.kind.label == "footnote") {
                    note.kind.label = "endnote".to_owned();
                }
            }
            "facingp" => self.facing = number != Some(0),
            "titlepg" => self.section.title_page = number != Some(0),
            "sbknone" | "sbkcol" if self.stories.len() == 1 => {
                if let Some(body) = self.stories.first_mut()
                    && std::mem::take(&mut body.break_due)
                {
                    self.section.page = self.sheet.page;
                }
            }
            _ => {}
        }
    }
}

/// Characters that have names (RTF 1.9.1, "Special Characters").
fn named(word: &str) -> Option<char> {
    Some(match word {
        "tab" => '\t',
        "emdash" => '—',
        "endash" => '–',
        "emspace" => '\u{2003}',
        "enspace" => '\u{2002}',
        "qmspace" => '\u{2005}',
        "bullet" => '•',
        "lquote" => '‘',
        "rquote" => '’',
        "ldblquote" => '“',
        "rdblquote" => '”',
        "ltrmark" => '\u{200E}',
        "rtlmark" => '\u{200F}',
        "zwj" => '\u{200D}',
        "zwnj" => '\u{200C}',
        "zwbo" => '\u{200B}',
        "zwnbo" => '\u{2060}',
        _ => return None,
    })
}
