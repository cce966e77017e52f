//! A document as it is read: what its tables say, and the pages as they fill.

use std::collections::{HashMap, HashSet};

use super::art::{self, Shape};
use super::bytes::{u8_at, u16_at, u32_at};
use super::fib::{Fib, Part, StoryId, Version};
use super::fonts::Fonts;
use super::looks::{Characters, Look, Paragraph};
use super::pages::{Kind, Pages};
use super::pieces::{Changes, Pieces};
use super::plc::Plc;
use super::source::{Raw, Run, Source};
use super::sprm::{Dialect, Sprms};
use super::styles::Styles;
use crate::extract::Budget;
use crate::extract::charset::code_page;
use crate::extract::office::word::sections::{MarginRef, Section};
use crate::extract::office::word::sheet::{MAX_STYLES, NoteKind, Sheet};
use crate::extract::office::word::symbols::SymbolFont;
use crate::model::{BlockHead, Gap, GapKind, Region, StyleId};

/// Headers and footers of a section, in the order they are stored: of even and
/// odd pages, then of a first page (2.3.5). Six for notes come before all.
const MARGINS: [(bool, &str); 6] = [
    (true, "even"),
    (true, "default"),
    (false, "even"),
    (false, "default"),
    (true, "first"),
    (false, "first"),
];
/// Stories before those: lines and words that stand above notes.
pub(super) const SEPARATORS: usize = 6;

/// The characters of a box, counted over all stories.
type Range = (u32, u32);

/// The drawings of the text, or those of headers and footers.
#[derive(Debug, Default)]
pub(super) struct Layer {
    /// Characters that shapes are anchored at, in order, with the shape.
    anchors: Vec<(u32, u32)>,
    /// Texts of boxes with the shape each is in, in order of shapes.
    boxes: Vec<(u32, Range)>,
    /// Shapes that were shown.
    shown: HashSet<u32>,
    /// Boxes that were read.
    read: HashSet<Range>,
}

impl Layer {
    /// The shapes anchored at a character that were not shown before.
    pub fn anchored(&mut self, character: u32) -> Vec<u32> {
        let first = self.anchors.partition_point(|(at, _)| *at < character);
        let here = self.anchors.iter().skip(first).take_while(|(at, _)| *at == character);
        here.map(|(_, shape)| *shape).filter(|shape| self.shown.insert(*shape)).collect()
    }

    /// The texts of a shape that were not read before.
    pub fn texts(&mut self, shape: u32) -> Vec<Range> {
        let first = self.boxes.partition_point(|(of, _)| *of < shape);
        let of_shape = self.boxes.iter().skip(first).take_while(|(of, _)| *of == shape);
        of_shape.map(|(_, range)| *range).filter(|range| self.read.insert(*range)).collect()
    }

    /// Shapes whose anchor was not met.
    pub fn adrift(&self) -> Vec<u32> {
        let all = self.anchors.iter().map(|(_, shape)| *shape);
        all.filter(|shape| !self.shown.contains(shape)).collect()
    }

    /// Texts that stand in no shape that is there, in order.
    pub fn left(&self) -> Vec<Range> {
        let mut left: Vec<_> = self.boxes.iter().map(|(_, range)| *range).collect();
        left.retain(|range| !self.read.contains(range));
        left.sort_unstable();
        left
    }
}

/// The streams of a document.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Streams<'a> {
    pub main: &'a [u8],
    pub table: &'a [u8],
    pub data: &'a [u8],
}

/// A document as it is read.
pub(super) struct Document<'a, 'b> {
    pub fib: Fib,
    pub streams: Streams<'a>,
    pub source: Source<'a>,
    pub budget: &'b mut Budget,
    pub sheet: Sheet,
    pub sections: Vec<Section>,
    /// Whether each section begins on a new page.
    pub breaks: Vec<bool>,
    /// Whether even pages have headers of their own.
    pub even_and_odd: bool,
    pub body: Layer,
    pub margins: Layer,
    pub shapes: Vec<Shape>,
    /// Characters that refer to notes and comments, in order.
    pub references: Vec<(u32, NoteKind, usize)>,
    pub pictures: usize,
    /// Characters that were read.
    pub read: Vec<Range>,
    pub gaps: Vec<Gap>,
    /// Whether a limit was reached, so that nothing more is read.
    pub is_over: bool,
    styles: Styles,
    fonts: Fonts,
    dialect: Dialect,
    /// The code page of text in bytes.
    page: u32,
    looks: HashMap<Look, (StyleId, Option<SymbolFont>)>,
    recent: Option<(Look, (StyleId, Option<SymbolFont>))>,
}

impl<'a, 'b> Document<'a, 'b> {
    /// Reads the tables of a document whose block is known.
    pub fn open(fib: Fib, streams: Streams<'a>, budget: &'b mut Budget) -> Self {
        let Streams { main, table, .. } = streams;
        let part = |part| fib.part(part, table);
        let is_old = fib.version != Version::Eight;
        let dialect = if is_old { Dialect::Six } else { Dialect::Eight };
        let characters = part(Part::CharacterPages);
        let characters = Pages::new(main, characters, Kind::Characters, is_old);
        let paragraphs = part(Part::ParagraphPages);
        let paragraphs = Pages::new(main, paragraphs, Kind::Paragraphs, is_old);
        let pieces = Pieces::read(&fib, main, table);
        let source = Source::new(fib.version, main, pieces, characters, paragraphs);
        let page = match fib.characters {
            0x100 => 10000,
            _ => code_page::of_language(fib.language),
        };
        let fonts = Fonts::read(part(Part::Fonts), fib.version, page);
        let page = match (page, fonts.east_page()) {
            // A Western Word on an East Asian system.
            (1252, Some(east)) => east,
            (page, _) => page,
        };
        let styles = Styles::read(part(Part::Styles), dialect);
        let even_and_odd = u8_at(part(Part::DocumentProperties), 0).is_some_and(|b| b & 1 != 0);
        let mut document = Self {
            streams,
            source,
            budget,
            sheet: Sheet::default(),
            sections: Vec::new(),
            breaks: Vec::new(),
            even_and_odd,
            body: Layer::default(),
            margins: Layer::default(),
            shapes: Vec::new(),
            references: Vec::new(),
            pictures: 0,
            read: Vec::new(),
            gaps: Vec::new(),
            is_over: false,
            styles,
            fonts,
            dialect,
            page,
            looks: HashMap::new(),
            recent: None,
            fib,
        };
        document.check();
        document.read_sections();
        document.read_references();
        if !is_old {
            document.read_drawings();
        }
        document
    }

    /// The bytes of a part of the table stream.
    pub fn part(&self, part: Part) -> &'a [u8] {
        self.fib.part(part, self.streams.table)
    }

    /// Something is broken.
    pub fn damaged(&mut self, what: impl Into<String>) {
        self.gaps.push(Gap::new(GapKind::Damaged, what));
    }

    /// A limit was reached.
    pub fn stop(&mut self, gap: Gap) {
        self.is_over = true;
        if !self.gaps.contains(&gap) {
            self.gaps.push(gap);
        }
    }

    /// Shapes that say something and are anchored nowhere.
    pub fn unanchored(&self) -> Vec<Shape> {
        let anchors = self.body.anchors.iter().chain(&self.margins.anchors);
        let anchored: HashSet<u32> = anchors.map(|(_, shape)| *shape).collect();
        let speaks = |shape: &&Shape| !shape.word_art.is_empty() || !shape.alt.is_empty();
        let loose = self.shapes.iter().filter(|shape| !anchored.contains(&shape.top));
        loose.filter(speaks).cloned().collect()
    }

    /// Characters of the text that no story was read of, in order.
    pub fn unread(&self) -> Vec<Range> {
        let mut read = self.read.clone();
        read.sort_unstable();
        let mut unread = Vec::new();
        let mut next = 0;
        for (start, end) in read {
            if start > next {
                unread.push((next, start));
            }
            next = next.max(end);
        }
        let end = self.source.pieces.end();
        unread.extend((next < end).then_some((next, end)));
        unread
    }

    /// Says what of the text is not there.
    fn check(&mut self) {
        let missing = self.source.pieces.missing(self.streams.main.len());
        if self.source.pieces.is_broken {
            self.damaged("the table that tells where text stands is broken");
        }
        if missing > 0 {
            self.damaged(format!("{missing} bytes of text are outside of the file"));
        }
        if self.source.pieces.end() < self.fib.end() && !self.source.pieces.is_broken {
            self.damaged("there is less text than the file says");
        }
        // The last character of a story ends a paragraph.
        let ends = StoryId::ALL.iter().filter_map(|story| {
            let (start, end) = self.fib.story(*story);
            (end > start).then(|| self.source.ends_paragraph(end - 1)).flatten()
        });
        if ends.into_iter().any(|ends| !ends) {
            self.damaged("the text does not end where the file says");
        }
        let parts = [Part::Headers, Part::FootnoteTexts, Part::CommentTexts, Part::EndnoteTexts];
        if parts.iter().any(|part| self.fib.is_cut(*part, self.streams.table)) {
            self.damaged("the tables of the document are cut off");
        }
    }

    /// Sections: where they begin, how, and which headers and footers they have.
    fn read_sections(&mut self) {
        let plc = Plc::new(self.part(Part::Sections), 12);
        for number in 0..plc.len() {
            let sepx = u32_at(plc.entry(number), 2).map_or(usize::MAX, super::bytes::place);
            let size = u16_at(self.streams.main, sepx).map_or(0, usize::from);
            let list = super::bytes::up_to(self.streams.main, sepx.saturating_add(2), size);
            let mut section = Section::default();
            let mut kind = 2;
            for sprm in Sprms::new(list, self.dialect) {
                match sprm.code {
                    0x3009 => kind = sprm.byte(),
                    0x300A => section.title_page = sprm.byte() != 0,
                    _ => {}
                }
            }
            self.source.sections.extend(plc.start(number));
            self.breaks.push(kind > 1);
            self.sections.push(section);
        }
        if self.sections.is_empty() {
            self.sections.push(Section::default());
            self.breaks.push(true);
        }
        if let Some(section) = self.sections.first_mut() {
            section.page = 1;
        }
        for (number, (start, end)) in self.header_stories().into_iter().enumerate() {
            let Some(number) = number.checked_sub(SEPARATORS).filter(|_| end > start) else {
                continue;
            };
            let (header, which) = MARGINS[number % MARGINS.len()];
            if let Some(section) = self.sections.get_mut(number / MARGINS.len()) {
                let id = (number + SEPARATORS).to_string();
                section.margins.push(MarginRef { header, which, id });
            }
        }
    }

    /// The characters of each header and footer, as they are stored.
    pub fn header_stories(&self) -> Vec<(u32, u32)> {
        Plc::new(self.part(Part::Headers), 0).ranges(self.fib.story(StoryId::Headers))
    }

    /// Entries of the list of references of a kind, and the size of each.
    pub fn reference_list(&self, kind: NoteKind) -> Plc<'a> {
        let (part, size) = match (kind, self.dialect) {
            (NoteKind::Footnote, _) => (Part::FootnoteRefs, 2),
            (NoteKind::Endnote, _) => (Part::EndnoteRefs, 2),
            (NoteKind::Comment, Dialect::Eight) => (Part::CommentRefs, 30),
            (NoteKind::Comment, Dialect::Six) => (Part::CommentRefs, 20),
        };
        Plc::new(self.part(part), size)
    }

    fn read_references(&mut self) {
        for kind in [NoteKind::Footnote, NoteKind::Endnote, NoteKind::Comment] {
            let list = self.reference_list(kind);
            let places =
                (0..list.len()).filter_map(|entry| Some((list.start(entry)?, kind, entry)));
            self.references.extend(places);
        }
        self.references.sort_by_key(|(at, ..)| *at);
    }

    fn read_drawings(&mut self) {
        match art::drawings(self.part(Part::Drawings), self.budget) {
            Ok(mut drawn) => {
                // Those of a group together, in their order.
                drawn.shapes.sort_by_key(|shape| shape.top);
                self.shapes = drawn.shapes;
                if drawn.is_broken || self.fib.is_cut(Part::Drawings, self.streams.table) {
                    self.damaged("the drawings are broken");
                }
            }
            Err(gap) => self.stop(gap),
        }
        let layer = |anchors: &'a [u8], first: u32, boxes: &'a [u8], range| {
            let anchors = Plc::new(anchors, 26);
            let mut places: Vec<(u32, u32)> = (0..anchors.len())
                .filter_map(|n| {
                    Some((first.saturating_add(anchors.start(n)?), u32_at(anchors.entry(n), 0)?))
                })
                .collect();
            places.sort_unstable();
            let list = Plc::new(boxes, 22);
            let ranges = list.ranges(range).into_iter().enumerate();
            let mut boxes: Vec<_> =
                ranges.map(|(n, range)| (u32_at(list.entry(n), 14).unwrap_or(0), range)).collect();
            boxes.sort_by_key(|(shape, _)| *shape);
            Layer { anchors: places, boxes, ..Layer::default() }
        };
        let headers = self.fib.story(StoryId::Headers).0;
        let (boxes, header_boxes) =
            (self.fib.story(StoryId::Boxes), self.fib.story(StoryId::HeaderBoxes));
        self.body = layer(self.part(Part::ShapePlaces), 0, self.part(Part::Boxes), boxes);
        let (places, texts) = (self.part(Part::HeaderShapePlaces), self.part(Part::HeaderBoxes));
        self.margins = layer(places, headers, texts, header_boxes);
        let is_known = |id: &u32| self.shapes.binary_search_by_key(id, |s| s.top).is_ok();
        let mut anchors = self.body.anchors.iter().chain(&self.margins.anchors);
        if !anchors.all(|(_, shape)| is_known(shape)) {
            self.damaged("a drawing that the text shows is not there");
        }
    }

    /// The properties of a paragraph, and what its characters have before any
    /// change of their own.
    pub fn paragraph(&self, raw: &Raw<'a>) -> (Characters, Paragraph) {
        let style = u16_at(raw.stored, 0).unwrap_or(0);
        let (characters, mut paragraph) = self.styles.paragraph(style);
        let list = raw.stored.get(2..).unwrap_or_default();
        paragraph.apply(Sprms::new(list, self.dialect));
        // A list too long for its page stands in the data stream (2.6.2).
        if let Some(huge) = self.huge(list) {
            paragraph.apply(Sprms::new(huge, self.dialect));
        }
        if let Some(changes) = self.source.changes(raw.modifier) {
            paragraph.apply(self.sprms(&changes));
        }
        match paragraph.style == style {
            true => (characters, paragraph),
            // A change put it in another style.
            false => (self.styles.paragraph(paragraph.style).0, paragraph),
        }
    }

    /// All changes of a paragraph, as a list.
    pub fn list<'r>(&self, raw: &Raw<'r>) -> Vec<&'r [u8]>
    where
        'a: 'r,
    {
        let list: &'r [u8] = raw.stored.get(2..).unwrap_or_default();
        [Some(list), self.huge(list)].into_iter().flatten().collect()
    }

    fn huge(&self, list: &[u8]) -> Option<&'a [u8]> {
        let mut sprms = Sprms::new(list, self.dialect);
        let at = sprms.find(|sprm| matches!(sprm.code, 0x6645 | 0x6646 | 0x646B))?.long()?;
        let stored = self.streams.data.get(super::bytes::place(at)..)?;
        Some(super::bytes::up_to(stored, 2, u16_at(stored, 0)?.into()))
    }

    fn sprms<'l>(&self, changes: &'l Changes<'l>) -> Sprms<'l> {
        match changes {
            Changes::One(one) => Sprms::new(one, Dialect::Six),
            Changes::List(list) => Sprms::new(list, self.dialect),
        }
    }

    /// The properties of a run whose paragraph has `under`.
    pub fn characters(&self, run: &Run<'a>, under: Characters) -> Characters {
        let mut characters = under;
        characters.apply(Sprms::new(run.stored, self.dialect), under, &self.styles);
        if let Some(changes) = self.source.changes(run.modifier) {
            characters.apply(self.sprms(&changes), under, &self.styles);
        }
        characters
    }

    /// Puts the alternative texts of shapes down, behind all stories.
    pub fn put_alternative_texts(&mut self) {
        for (page, alt) in std::mem::take(&mut self.sheet.alt) {
            let head = BlockHead { region: Region::AltText, page, ..BlockHead::default() };
            for line in alt.split(['\n', '\r']).filter(|line| !line.trim().is_empty()) {
                self.sheet.text.block(&head, line);
            }
        }
    }

    /// Which numbers changes have.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The name of a font.
    pub fn face(&self, number: u16) -> &str {
        self.fonts.face(number)
    }

    /// The code page of text in bytes.
    pub fn code_page(&self) -> u32 {
        self.page
    }

    /// The code page of text in bytes of a font.
    pub fn page_of(&self, characters: &Characters) -> u32 {
        match self.page {
            // Latin letters of an East Asian document are in fonts of their own.
            page @ (932 | 936 | 949 | 950) => page,
            page => characters.latin.and_then(|font| self.fonts.page(font)).unwrap_or(page),
        }
    }

    /// The style a look comes to, and the symbol font it is in.
    pub fn style(&mut self, look: Look) -> (StyleId, Option<SymbolFont>) {
        if let Some((recent, found)) = &self.recent
            && *recent == look
        {
            return *found;
        }
        let found = match self.looks.get(&look) {
            Some(found) => *found,
            None => {
                let (style, symbols) = look.resolve(&self.fonts);
                let found = (self.sheet.keep_style(style), symbols);
                if self.looks.len() < 4 * MAX_STYLES {
                    self.looks.insert(look, found);
                }
                found
            }
        };
        self.recent = Some((look, found));
        found
    }
}
