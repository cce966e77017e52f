//! Strings: shared, in cells, in comments (ISO/IEC 29500-1, 18.4), with the fonts
//! of their pieces.

use std::borrow::Cow;
use std::collections::HashMap;

use memchr::memmem;

use super::looks::{CELLS_OWN, Font, FontId, Looks};
use crate::extract::office::xml::{Xml, XmlReader};

/// One string.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::extract::office) struct Rich {
    pub text: String,
    /// Where pieces begin, and their fonts.
    pub runs: Vec<(u32, FontId)>,
    /// How it is read aloud, which is written above it or not at all.
    pub phonetic: String,
}

/// One string, lent out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::extract::office) struct Pieces<'s> {
    pub text: &'s str,
    pub runs: &'s [(u32, FontId)],
    pub phonetic: &'s str,
}

impl Rich {
    pub fn pieces(&self) -> Pieces<'_> {
        Pieces { text: &self.text, runs: &self.runs, phonetic: &self.phonetic }
    }

    pub fn clear(&mut self) {
        self.text.clear();
        self.runs.clear();
        self.phonetic.clear();
    }

    /// What comes next has this font.
    pub fn begin_run(&mut self, font: FontId) {
        let at = self.text.len() as u32;
        match self.runs.last_mut() {
            Some((last, known)) if *last == at => *known = font,
            Some((_, known)) if *known == font => {}
            None if font == CELLS_OWN => {}
            _ => self.runs.push((at, font)),
        }
    }
}

/// Reads the inside of the element that was opened last, to its end.
pub(in crate::extract::office) fn read_rich(
    xml: &mut XmlReader<'_, '_>,
    looks: &mut Looks,
    rich: &mut Rich,
) {
    rich.clear();
    let mut open: Vec<Tag> = Vec::new();
    let mut font = Font::default();
    let mut said = String::new();
    while let Some(event) = xml.next() {
        match event {
            Xml::Open(element) => {
                let parent = open.last().copied();
                open.push(match element.local() {
                    "t" => Tag::Text,
                    "r" => {
                        rich.begin_run(CELLS_OWN);
                        Tag::Run
                    }
                    "rPr" => {
                        font = Font::default();
                        Tag::Props
                    }
                    "rPh" => Tag::Phonetic,
                    _ => {
                        if parent == Some(Tag::Props) {
                            font.take(&element, &looks.colors);
                        }
                        Tag::Other
                    }
                });
            }
            Xml::Close => match open.pop() {
                None => return,
                Some(Tag::Props) => {
                    let id = looks.font_id(std::mem::take(&mut font));
                    rich.begin_run(id);
                }
                Some(Tag::Text) => {
                    let text = unescaped(&said);
                    match open.last() {
                        Some(Tag::Phonetic) => rich.phonetic.push_str(&text),
                        _ => rich.text.push_str(&text),
                    }
                    xml.check_text(rich.text.len());
                    said.clear();
                }
                Some(Tag::Run | Tag::Phonetic | Tag::Other) => {}
            },
            Xml::Text(text) => {
                if open.last() == Some(&Tag::Text) {
                    said.push_str(&text);
                }
            }
        }
    }
    rich.text.push_str(&unescaped(&said));
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Tag {
    Text,
    Run,
    Props,
    Phonetic,
    Other,
}

/// Characters that XML cannot hold are written `_x000D_` (22.9.2.19).
pub(in crate::extract::office) fn unescaped(text: &str) -> Cow<'_, str> {
    if memmem::find(text.as_bytes(), b"_x").is_none() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut units: Vec<u16> = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        if let Some(unit) = escape_at(rest) {
            units.push(unit);
            rest = rest.get(7..).unwrap_or_default();
            continue;
        }
        flush(&mut units, &mut out);
        let next = rest.get(1..).and_then(|tail| tail.find('_')).map_or(rest.len(), |at| at + 1);
        let next = if rest.starts_with('_') { next } else { rest.find('_').unwrap_or(next) };
        let (plain, after) = rest.split_at_checked(next).unwrap_or((rest, ""));
        out.push_str(plain);
        rest = after;
    }
    flush(&mut units, &mut out);
    Cow::Owned(out)
}

fn escape_at(text: &str) -> Option<u16> {
    let hex = text.strip_prefix("_x")?.get(..5)?.strip_suffix('_')?;
    hex.bytes().all(|b| b.is_ascii_hexdigit()).then(|| u16::from_str_radix(hex, 16).ok())?
}

fn flush(units: &mut Vec<u16>, out: &mut String) {
    out.extend(char::decode_utf16(units.drain(..)).map(|c| c.unwrap_or('\u{fffd}')));
}

/// The table of shared strings.
#[derive(Debug, Default)]
pub(in crate::extract::office) struct Strings {
    text: String,
    /// Where each ends in the text.
    ends: Vec<u32>,
    /// Runs of all strings; of one they begin where `run_ends` of the one before says.
    runs: Vec<(u32, FontId)>,
    run_ends: Vec<u32>,
    phonetic: HashMap<usize, String>,
    used: Vec<bool>,
}

impl Strings {
    /// Reads the part.
    pub fn read(&mut self, xml: &mut XmlReader<'_, '_>, looks: &mut Looks) {
        let mut rich = Rich::default();
        while let Some(event) = xml.next() {
            if let Xml::Open(element) = event
                && element.local() == "si"
            {
                read_rich(xml, looks, &mut rich);
                self.add(&rich);
                xml.check_text(self.text.len());
            }
        }
    }

    /// Adds a string.
    pub fn add(&mut self, rich: &Rich) {
        if !rich.phonetic.is_empty() {
            self.phonetic.insert(self.ends.len(), rich.phonetic.clone());
        }
        self.text.push_str(&rich.text);
        self.runs.extend(&rich.runs);
        self.ends.push(self.text.len() as u32);
        self.run_ends.push(self.runs.len() as u32);
        self.used.push(false);
    }

    /// How many bytes of text there are.
    pub fn len(&self) -> usize {
        self.text.len()
    }

    /// A string with its runs and how it is read; it counts as used from here on.
    pub fn take(&mut self, at: usize) -> Option<Pieces<'_>> {
        *self.used.get_mut(at)? = true;
        let phonetic = self.phonetic.get(&at).map_or("", String::as_str);
        Some(Pieces { text: self.get(at)?, runs: self.runs_of(at), phonetic })
    }

    fn get(&self, at: usize) -> Option<&str> {
        let end = *self.ends.get(at)? as usize;
        let start = at.checked_sub(1).and_then(|at| self.ends.get(at)).map_or(0, |e| *e as usize);
        self.text.get(start..end)
    }

    fn runs_of(&self, at: usize) -> &[(u32, FontId)] {
        let end = self.run_ends.get(at).map_or(0, |e| *e as usize);
        let start = at.checked_sub(1).and_then(|at| self.run_ends.get(at));
        self.runs.get(start.map_or(0, |e| *e as usize)..end).unwrap_or_default()
    }

    /// Strings in their order that some cell shows, or that none does.
    pub fn all(&self, used: bool) -> impl Iterator<Item = &str> {
        self.used
            .iter()
            .enumerate()
            .filter(move |(_, is)| **is == used)
            .filter_map(|(at, _)| self.get(at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::{Budget, Limits};

    #[test]
    fn escapes_are_undone_and_nothing_else() {
        for (text, want) in [
            ("plain", "plain"),
            ("a_x000D_b", "a\rb"),
            ("_x673A__x5BC6_", "机密"),
            ("_xD83D__xDE00_", "😀"),
            ("_xD83D_", "\u{fffd}"),
            ("_x005F_x000D_", "_x000D_"),
            ("_xZZZZ_ _x12", "_xZZZZ_ _x12"),
            ("机_x密密密_", "机_x密密密_"),
            ("__x0041_", "_A"),
        ] {
            assert_eq!(unescaped(text), want, "{text}");
        }
    }

    #[test]
    fn pieces_keep_their_fonts_and_readings_stand_apart() {
        let part = r#"<sst><si><t>甲</t></si><si><r><t>机</t></r><r><rPr><b/><sz val="16"/>
            </rPr><t xml:space="preserve">密 </t></r><rPh><t>jimi</t></rPh></si><si/></sst>"#;
        let mut budget = Budget::new(Limits::default());
        let mut looks = Looks::default();
        let mut strings = Strings::default();
        strings.read(&mut XmlReader::new(part, &mut budget), &mut looks);
        assert_eq!(strings.take(0), Some(Pieces { text: "甲", runs: &[], phonetic: "" }));
        let pieces = Pieces { text: "机密 ", runs: &[(3, 0)], phonetic: "jimi" };
        assert_eq!(strings.take(1), Some(pieces));
        assert!(looks.fonts[0].bold);
        assert_eq!(strings.take(3), None);
        assert_eq!(strings.all(false).collect::<Vec<_>>(), [""]);
        assert_eq!(strings.all(true).collect::<Vec<_>>(), ["甲", "机密 "]);
    }
}
