//! Destinations: groups whose text goes elsewhere than the page (RTF 1.9.1,
//! "Destination Control Words"), and what is made of it at their end.

use super::reader::{Collect, Noted, Reader};
use super::state::{Dest, Paragraph};
use super::story::{Kind, Story};
use crate::extract::office::word::fields::Field;
use crate::extract::office::word::sections::MarginRef;
use crate::extract::office::word::sheet::{Mark, NoteKind};
use crate::model::{Region, Style};

/// Stories within stories, at most; what stands deeper is text of this one.
const MAX_STORIES: usize = 64;

/// Fields within fields, at most.
const MAX_FIELDS: usize = 64;

/// Longer names are none.
const MAX_NAME: usize = 200;

/// What a string is that is being put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Collected {
    /// The value of a property of this name.
    Info(&'static str),
    PropertyName,
    PropertyValue,
    /// Name or value of a variable.
    Variable,
    ShapeName,
    ShapeValue,
    Author,
    /// Text of an index or a table of contents, which stands in the text unseen.
    Entry,
    FormEntry,
    /// What a form field says that nobody sees on the page, by what it is.
    Unseen(&'static str),
}

/// What ends with a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Story(StoryEnd),
    Collect,
    Field,
    Font,
    Shape,
    Object,
    Stored,
    Picture,
    Form,
}

/// What becomes of a story.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StoryEnd {
    /// It is the header or footer of that number.
    Margin(usize),
    /// It waits for the end, under that number.
    Note(NoteKind, usize),
    /// It is anchored in the paragraph around it.
    Box,
    /// It stands in for boxes that old programs do not know.
    Fallback,
}

/// Properties, by the words for them (RTF 1.9.1, "Information Group").
const INFO: &[(&str, &str)] = &[
    ("title", "title"),
    ("subject", "subject"),
    ("author", "author"),
    ("manager", "manager"),
    ("company", "company"),
    ("operator", "lastModifiedBy"),
    ("category", "category"),
    ("keywords", "keywords"),
    ("comment", "comment"),
    ("doccomm", "comments"),
    ("hlinkbase", "hyperlinkBase"),
];

impl Reader<'_, '_> {
    /// A word that says where the group's text goes. Gives false for any other.
    pub(super) fn destination(
        &mut self,
        word: &str,
        number: Option<i32>,
        starred: bool,
        fresh: bool,
    ) -> bool {
        if self.state.dest == Dest::Skip && !(word == "ud" && self.state.outer.is_some()) {
            return false;
        }
        match word {
            "fonttbl" => self.state.dest = Dest::Fonts,
            "f" if fresh && self.state.dest == Dest::Fonts => {
                self.ends.push((self.depth(), End::Font));
                self.fonts.begin(number.unwrap_or(0));
            }
            "colortbl" => self.state.dest = Dest::Colors,
            "info" | "userprops" | "shp" | "shpgrp" | "object" => self.state.dest = Dest::Holder,
            "upr" => {
                self.state.outer = Some(self.state.dest);
                self.state.dest = Dest::Skip;
            }
            "ud" => self.state.dest = self.state.outer.take().unwrap_or(self.state.dest),
            "propname" => self.collect(Collected::PropertyName, true),
            "staticval" => self.collect(Collected::PropertyValue, true),
            "docvar" => {
                self.name.clear();
                self.state.dest = Dest::Variable;
            }
            "atnauthor" => self.collect(Collected::Author, true),
            "xe" | "tc" | "tcn" => self.collect(Collected::Entry, true),
            "ffl" => self.collect(Collected::FormEntry, true),
            "ffdeftext" => self.collect(Collected::Unseen("default"), true),
            "ffhelptext" | "ffstattext" => self.collect(Collected::Unseen("help"), true),
            "formfield" => {
                self.ends.push((self.depth(), End::Form));
                self.state.dest = Dest::Holder;
            }
            "field" if fresh => self.begin_field(),
            "fldinst" => self.state.dest = Dest::Instruction,
            "fldrslt" => self.begin_result(),
            "result" | "shppict" | "mmath" | "moMath" | "moMathPara" | "mr" => {
                self.state.dest = Dest::Text;
            }
            "picprop" => self.state.dest = Dest::Holder,
            "background" => (self.state.dest, self.is_background) = (Dest::Holder, true),
            "nesttableprops" => self.state.dest = Dest::NestedRow,
            _ => {
                return self.story_word(word)
                    || self.packed_word(word)
                    || self.skipped(word, starred);
            }
        }
        true
    }

    /// Destinations that are stories.
    fn story_word(&mut self, word: &str) -> bool {
        let margin = |which| Some((word.starts_with("header"), which));
        let margin = match word {
            "header" | "headerr" | "footer" | "footerr" => margin("default"),
            "headerl" | "footerl" => margin("even"),
            "headerf" | "footerf" => margin("first"),
            _ => None,
        };
        if let Some((header, which)) = margin {
            self.begin_margin(header, which);
            return true;
        }
        let (region, label, end) = match word {
            "footnote" => {
                let end = StoryEnd::Note(NoteKind::Footnote, self.noted);
                (Region::Note, "footnote".to_owned(), end)
            }
            "annotation" => {
                let end = StoryEnd::Note(NoteKind::Comment, self.noted);
                (Region::Comment, std::mem::take(&mut self.author), end)
            }
            "shptxt" | "dptxbxtext" => (Region::TextBox, self.margin_label(), StoryEnd::Box),
            // What parts notes from text; it mostly is a line.
            "ftnsep" | "ftnsepc" | "ftncn" | "aftnsep" | "aftnsepc" | "aftncn" => {
                (Region::Note, "separator".to_owned(), StoryEnd::Box)
            }
            "shprslt" => (Region::Hidden, "shape fallback".to_owned(), StoryEnd::Fallback),
            _ => return false,
        };
        if let StoryEnd::Note(kind, number) = end
            && let Some(story) = self.stories.last_mut()
        {
            self.noted += 1;
            story.mark(Mark::Reference(kind, number.to_string()));
        }
        self.begin_story(Kind { region, label, flows: false }, end);
        true
    }

    fn begin_margin(&mut self, header: bool, which: &'static str) {
        let number = self.margins.len();
        let region = if header { Region::Header } else { Region::Footer };
        let kind = Kind { region, label: which.to_owned(), flows: false };
        self.margins.push(kind.clone());
        self.margin_pieces.push(Vec::new());
        self.section.margins.push(MarginRef { header, which, id: number.to_string() });
        self.begin_story(kind, StoryEnd::Margin(number));
    }

    /// What a box is called by: the margin it stands in.
    pub(super) fn margin_label(&self) -> String {
        let margin = self.stories.iter().rev().find_map(|story| match story.kind.region {
            Region::Header => Some(format!("header {}", story.kind.label)),
            Region::Footer => Some(format!("footer {}", story.kind.label)),
            _ => None,
        });
        margin.unwrap_or_default()
    }

    fn begin_story(&mut self, kind: Kind, end: StoryEnd) {
        self.settle();
        self.state.dest = Dest::Text;
        if self.stories.len() < MAX_STORIES {
            self.state.paragraph = Paragraph::default();
            self.stories.push(Story::new(kind));
            self.ends.push((self.depth(), End::Story(end)));
        }
    }

    pub(super) fn collect(&mut self, what: Collected, settles: bool) {
        if settles {
            self.settle();
        }
        self.state.dest = Dest::Collect;
        self.collects.push(Collect { what, text: String::new() });
        self.ends.push((self.depth(), End::Collect));
    }

    fn begin_field(&mut self) {
        if self.fields.len() < MAX_FIELDS {
            self.fields.push(Field::default());
            self.ends.push((self.depth(), End::Field));
        }
    }

    /// The result of a field is shown, unless it is part of another's instruction.
    fn begin_result(&mut self) {
        let Some((field, outer)) = self.fields.split_last_mut() else {
            self.state.dest = Dest::Text;
            return;
        };
        field.separate();
        let is_part = outer.iter().any(Field::is_instruction);
        self.state.dest = if is_part { Dest::Instruction } else { Dest::Text };
    }

    /// Destinations that say nothing, and the properties that are left.
    fn skipped(&mut self, word: &str, starred: bool) -> bool {
        const SILENT: &[&str] = &[
            "stylesheet",
            "nonshppict",
            "nonesttables",
            "filetbl",
            "revtbl",
            "creatim",
            "revtim",
            "printim",
            "buptim",
            "falt",
            "panose",
            "fontemb",
            "fontfile",
            "bkmkstart",
            "bkmkend",
            "atnid",
            "atnref",
            "atndate",
            "atntime",
            "atnicn",
            "atnparent",
            "listtable",
            "listoverridetable",
            "ffname",
            "ffformat",
            "ffentrymcr",
            "ffexitmcr",
            "pnseclvl",
            "mmathPict",
            "linkval",
            "mhtmltag",
            "htmltag",
            "objalias",
            "objsect",
            "rtfinfo",
            "xmlopen",
            "private",
        ];
        // How a formula is set.
        let is_setting = word.starts_with('m') && word.ends_with("Pr");
        if SILENT.contains(&word) || is_setting {
            self.state.dest = Dest::Skip;
            return true;
        }
        // Company and manager stand beside the information group in old files.
        let info = INFO.iter().find(|(known, _)| *known == word);
        match info {
            Some((_, name)) if self.state.dest == Dest::Holder || starred => {
                self.collect(Collected::Info(name), true);
                true
            }
            _ => false,
        }
    }

    /// A group ends.
    pub(super) fn end_group(&mut self) {
        let depth = self.depth();
        while let Some((_, end)) = self.ends.pop_if(|(began, _)| *began >= depth) {
            match end {
                End::Story(end) => self.end_story(end),
                End::Collect => self.end_collect(),
                End::Field => self.end_field(),
                End::Font => self.fonts.end(),
                End::Shape => self.end_shape(),
                End::Object => self.end_object(),
                End::Stored => self.end_stored(),
                End::Picture => self.end_picture(),
                End::Form => {
                    self.state.dest = Dest::Text;
                    self.end_form();
                }
            }
        }
    }

    fn end_story(&mut self, end: StoryEnd) {
        self.settle();
        if self.stories.len() < 2 {
            return;
        }
        let Some(mut story) = self.stories.pop() else { return };
        story.end(self.state.paragraph, &mut self.sheet);
        let pieces = std::mem::take(&mut story.pieces);
        match end {
            StoryEnd::Margin(number) => {
                if let Some(slot) = self.margin_pieces.get_mut(number) {
                    *slot = pieces;
                }
            }
            StoryEnd::Note(kind, number) => self.notes.push(Noted { kind, number, pieces }),
            StoryEnd::Box => self.end_box(pieces),
            StoryEnd::Fallback => self.end_fallback(pieces),
        }
    }

    fn end_collect(&mut self) {
        self.settle();
        let Some(Collect { what, text }) = self.collects.pop() else { return };
        let value = text.trim();
        match what {
            Collected::Info(name) => self.property(name, value),
            Collected::PropertyName => self.name = value.chars().take(MAX_NAME).collect(),
            Collected::PropertyValue => {
                let name = std::mem::take(&mut self.name);
                self.property(&name, value);
            }
            Collected::Variable if self.name.is_empty() => {
                self.name = value.chars().take(MAX_NAME).collect();
            }
            Collected::Variable => {
                let name = std::mem::take(&mut self.name);
                self.property(&name, value);
            }
            Collected::ShapeName => self.name = value.chars().take(MAX_NAME).collect(),
            Collected::ShapeValue => {
                let name = std::mem::take(&mut self.name);
                self.shape_property(&name, text.trim_end());
            }
            Collected::Author => self.author = value.chars().take(MAX_NAME).collect(),
            Collected::FormEntry => self.form.entry(value.to_owned()),
            Collected::Entry => self.unseen("index entry", value),
            Collected::Unseen(label) => self.unseen(label, value),
        }
    }

    /// Text that stands at this place and is not seen.
    fn unseen(&mut self, label: &'static str, value: &str) {
        let style = Style { hidden: true, ..Style::default() };
        let style = self.sheet.keep_style(style);
        if let Some(story) = self.stories.last_mut().filter(|_| !value.is_empty()) {
            story.push_beside(Region::Hidden, label, value, style);
        }
    }

    fn property(&mut self, name: &str, value: &str) {
        if !value.is_empty() {
            self.properties.push((name.to_owned(), value.to_owned()));
        }
    }

    /// A field ends; one without a result may show what its instruction says.
    fn end_field(&mut self) {
        let Some(field) = self.fields.pop() else { return };
        if let Some(text) = field.unsaid() {
            self.unseen("field", &text);
        }
        if let Some(shown) = field.shown_by_itself()
            && self.state.dest == Dest::Text
        {
            shown.chars().for_each(|c| self.char(c));
        }
    }
}
