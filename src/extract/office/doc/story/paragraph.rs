//! The characters of a paragraph: text, and what is told by characters of
//! special kinds (MS-DOC 2.4.1, 2.6.1 sprmCFSpec).

use super::Story;
use crate::extract::charset::code_page;
use crate::extract::office::doc::art;
use crate::extract::office::doc::forms;
use crate::extract::office::doc::looks::{Characters, Look, Paragraph};
use crate::extract::office::doc::source::{PAGE, Raw};
use crate::extract::office::word::sheet::{Mark, Para, Place};
use crate::extract::office::word::symbols::{SymbolFont, is_east_asian};

/// What stays the same within a stretch of characters.
#[derive(Clone, Copy)]
struct Stretch<'p> {
    characters: Characters,
    paragraph: &'p Paragraph,
    place: &'p Place,
}

impl<'a> Story<'_, 'a, '_> {
    /// Fills a paragraph with what stands in the file.
    pub(super) fn fill(
        &mut self,
        para: &mut Para,
        raw: &Raw<'a>,
        under: Characters,
        paragraph: &Paragraph,
        place: &Place,
    ) {
        self.fields.swallowed.clear();
        let mut units: Vec<u16> = Vec::new();
        let mut last = Stretch { characters: under, paragraph, place };
        for (number, run) in raw.runs.iter().enumerate() {
            let to = raw.runs.get(number + 1).map_or(raw.units.len(), |next| next.at);
            let characters = self.document.characters(run, under);
            last = Stretch { characters, paragraph, place };
            for at in run.at..to {
                let Some(unit) = raw.units.get(at).copied() else { break };
                self.refer(para, raw.start.saturating_add(at as u32));
                if self.is_text(unit, &characters) {
                    units.push(unit);
                    continue;
                }
                self.flush(para, &mut units, &last);
                self.special(para, unit, raw.start.saturating_add(at as u32), &last);
            }
            // Half a character goes with the next stretch.
            let half = units.pop_if(|unit| (0xD800..0xDC00).contains(unit));
            self.flush(para, &mut units, &last);
            units.extend(half);
        }
        self.flush(para, &mut units, &last);
        if self.fields.is_instruction() {
            // Nothing has ended the instruction: nobody sees it, and it is text
            // of the document all the same.
            let swallowed = std::mem::take(&mut self.fields.swallowed);
            let mut hidden = last;
            hidden.characters.vanish = true;
            self.show(para, &swallowed, &hidden);
        }
    }

    /// A note or comment that refers to a character.
    fn refer(&mut self, para: &mut Para, character: u32) {
        if !self.kind.flows {
            return;
        }
        while let Some((at, kind, number)) = self.document.references.get(self.reference)
            && *at <= character
        {
            para.mark(Mark::Reference(*kind, number.to_string()));
            self.reference += 1;
        }
    }

    fn is_text(&self, unit: u16, characters: &Characters) -> bool {
        match unit {
            0x09 => true,
            0x28 => !(characters.special && characters.symbol.is_some()),
            _ => unit >= 0x20,
        }
    }

    /// A character that is no text.
    fn special(&mut self, para: &mut Para, unit: u16, character: u32, stretch: &Stretch<'_>) {
        match unit {
            0x01 => self.picture(&stretch.characters),
            0x08 => {
                let here = self.layer().anchored(character);
                self.anchored.extend(here);
            }
            0x0A | 0x0B | 0x0E => para.mark(Mark::Line),
            PAGE => para.mark(Mark::Page),
            0x13 => self.fields.begin(),
            0x14 => self.fields.separate(),
            0x15 => {
                let (shown, unsaid) = self.fields.end();
                self.unsaid.extend(unsaid);
                if let Some(shown) = shown {
                    self.push(para, &shown, stretch);
                }
            }
            0x1E => self.push(para, "\u{2011}", stretch),
            0x1F => self.push(para, "\u{AD}", stretch),
            0x28 => self.symbol(para, stretch),
            // Numbers of notes, lines above them, what has no meaning.
            _ => {}
        }
    }

    fn symbol(&mut self, para: &mut Para, stretch: &Stretch<'_>) {
        let Some((font, code)) = stretch.characters.symbol else { return };
        let Some(c) = char::from_u32(code.into()) else { return };
        let font = SymbolFont::of_face(self.document.face(font));
        let shown = font.map_or(c, |font| font.shown(c));
        self.push(para, shown.encode_utf8(&mut [0; 4]), stretch);
    }

    /// A picture that stands in the text like a character, or data of a field.
    fn picture(&mut self, characters: &Characters) {
        let Some(at) = characters.place else { return };
        if characters.data {
            if let Some(choice) = forms::choice(self.document.streams.data, at) {
                self.fields.choose(choice);
            }
            return;
        }
        if characters.object || self.fields.is_object() {
            // The face of an object, which is read itself.
            return;
        }
        match art::inline(self.document.streams.data, at, self.document.budget) {
            Ok(Some(shape)) => {
                self.document.pictures += usize::from(shape.word_art.is_empty());
                self.put_drawn(&shape);
            }
            // A picture as Word 6 has it, or one that is not there.
            Ok(None) => self.document.pictures += 1,
            Err(gap) => self.document.stop(gap),
        }
    }

    fn flush(&mut self, para: &mut Para, units: &mut Vec<u16>, stretch: &Stretch<'_>) {
        if units.is_empty() {
            return;
        }
        let text: String = if self.document.source.is_bytes {
            let bytes: Vec<u8> = units.iter().map(|unit| *unit as u8).collect();
            let page = self.document.page_of(&stretch.characters);
            code_page::decode(page, &bytes).into_owned()
        } else {
            let decoded = char::decode_utf16(units.iter().copied());
            decoded.map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
        };
        units.clear();
        self.push(para, &text, stretch);
    }

    /// Text goes where it stands: to the page, or to a field's instruction.
    fn push(&mut self, para: &mut Para, text: &str, stretch: &Stretch<'_>) {
        if self.fields.is_instruction() {
            self.fields.instruct(text);
            return;
        }
        self.fields.show();
        self.show(para, text, stretch);
    }

    fn show(&mut self, para: &mut Para, text: &str, stretch: &Stretch<'_>) {
        let (style, symbols) = self.document.style(Look {
            characters: stretch.characters,
            para_shade: stretch.paragraph.shade,
            ground: stretch.place.ground,
            unseen: self.kind.unseen,
            east_asian: !text.is_ascii() && text.chars().any(is_east_asian),
        });
        match symbols {
            Some(font) => {
                let shown: String = text.chars().map(|c| font.shown(c)).collect();
                para.push(&shown, style);
            }
            None => para.push(text, style),
        }
    }
}
