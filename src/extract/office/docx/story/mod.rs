//! One story (the body, a header, the footnotes …) from its XML to paragraphs.
//!
//! A story is read in one pass. Paragraphs of boxes stand inside the paragraph
//! that anchors them, so a paragraph is gathered first and put down when it
//! ends; what was inside it follows.

mod alternates;
mod cells;
mod drawn;
mod fields;
mod inline;

use alternates::Alternates;
use drawn::Shape;

use crate::extract::office::docx::styles::{Look, RunProps, Styles};
use crate::extract::office::word::fields::Field;
use crate::extract::office::word::ink::{Ground, Ink};
use crate::extract::office::word::sections::{MarginRef, Section};
use crate::extract::office::word::sheet::ParaProps;
use crate::extract::office::word::sheet::{Mark, NoteKind, Para, Piece, Place, Sheet};
use crate::extract::office::word::symbols::{SymbolFont, is_east_asian};
use crate::extract::office::word::tables::Table;
use crate::extract::office::xml::{Element, Ns, Xml, XmlReader};
use crate::model::{Gap, Region};

/// Fields within fields that are told apart.
const MAX_FIELDS: usize = 64;

/// What a story is, and where its text stands.
#[derive(Clone, Debug, Default)]
pub(super) struct StoryKind {
    pub region: Region,
    pub label: String,
    /// Whether it flows over pages: only the body does.
    pub flows: bool,
    /// Whether no reader of the pages sees it.
    pub unseen: bool,
    /// For notes and comments: which.
    pub notes: Option<NoteKind>,
}

/// What an open element is to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tag {
    Para,
    ParaProps,
    DrawnPara,
    Run,
    RunProps,
    Text,
    DeletedText,
    Instruction,
    Deleted,
    Table,
    TableProps,
    Row,
    RowProps,
    Cell,
    CellProps,
    Box,
    Aside,
    Alternates,
    Branch,
    Section,
    Shape,
    ShapeProps,
    Fill,
    TextFill,
    DropDown,
    ControlProps,
    Note,
    Other(Ns),
}

/// Reads one story.
pub(super) struct Story<'s> {
    sheet: &'s mut Sheet,
    styles: &'s mut Styles,
    kind: StoryKind,
    tags: Vec<Tag>,
    places: Vec<Place>,
    frames: Vec<Para>,
    spare: Vec<Para>,
    waiting: Vec<Piece>,
    alts: Vec<String>,
    runs: Vec<RunProps>,
    deleted: u32,
    tables: Vec<Table>,
    table_count: u32,
    alternates: Vec<Alternates>,
    shapes: Vec<Shape>,
    shape_props: u32,
    watermark: bool,
    /// Whether the open drawing is hidden.
    unseen: bool,
    /// Ids of relationships to what the open paragraph shows from other parts.
    shown: Vec<String>,
    fields: Vec<Field>,
    choices: Vec<String>,
    chosen: usize,
    section: Section,
    /// How each section begins, in order: looked up ahead, since a section
    /// says so at its end.
    section_breaks: Vec<bool>,
    /// The sections that ended so far.
    pub sections: Vec<Section>,
    /// Pictures on the pages of this story.
    pub pictures: usize,
    /// Ids of relationships to charts and diagrams, with the page of each.
    pub links: Vec<(String, u32)>,
}

impl<'s> Story<'s> {
    pub fn new(kind: StoryKind, sheet: &'s mut Sheet, styles: &'s mut Styles) -> Self {
        let place = Place {
            region: kind.region,
            label: kind.label.clone(),
            flows: kind.flows,
            ..Place::default()
        };
        let section = Section { page: sheet.page, ..Section::default() };
        Self {
            sheet,
            styles,
            kind,
            tags: Vec::new(),
            places: vec![place],
            frames: Vec::new(),
            spare: Vec::new(),
            waiting: Vec::new(),
            alts: Vec::new(),
            runs: Vec::new(),
            deleted: 0,
            tables: Vec::new(),
            table_count: 0,
            alternates: Vec::new(),
            shapes: Vec::new(),
            shape_props: 0,
            watermark: false,
            unseen: false,
            shown: Vec::new(),
            fields: Vec::new(),
            choices: Vec::new(),
            chosen: 0,
            section,
            section_breaks: Vec::new(),
            sections: Vec::new(),
            pictures: 0,
            links: Vec::new(),
        }
    }

    /// Says how each section begins: whether on a new page.
    pub fn with_section_breaks(mut self, breaks: Vec<bool>) -> Self {
        self.section_breaks = breaks;
        self
    }

    /// Reads the story to its end, or as far as it goes.
    pub fn read(&mut self, xml: &mut XmlReader<'_, '_>) {
        let mut said = self.sheet.text.len();
        while let Some(event) = xml.next() {
            match event {
                Xml::Open(element) => match self.open(&element) {
                    Some(tag) => self.tags.push(tag),
                    None => xml.skip(),
                },
                Xml::Close => {
                    if let Some(tag) = self.tags.pop() {
                        self.close(tag, xml);
                    }
                }
                Xml::Text(text) => {
                    said += text.len();
                    xml.check_text(said);
                    self.text(&text);
                }
            }
        }
        self.finish();
    }

    /// Closes what a damaged part left open, innermost first.
    fn finish(&mut self) {
        self.alternates.clear();
        while !self.frames.is_empty() {
            self.end_para();
        }
        self.flush();
        if self.kind.flows {
            let section = std::mem::take(&mut self.section);
            self.sections.push(section);
        }
    }

    fn top(&self) -> Option<Tag> {
        self.tags.last().copied()
    }

    /// What an element is; `None` to pass over it with all it holds.
    fn open(&mut self, element: &Element<'_>) -> Option<Tag> {
        match element.ns {
            Ns::W => self.open_word(element),
            Ns::A => self.open_drawing(element),
            Ns::Mc => Some(self.open_alternates(element)),
            Ns::Vml | Ns::VmlOffice => self.open_vml(element),
            Ns::Wp | Ns::Pic | Ns::Wps => Some(self.open_frame(element)),
            Ns::Math => match element.local() {
                "t" => Some(Tag::Text),
                "r" => Some(self.begin_run()),
                "rPr" => None,
                _ => Some(Tag::Other(Ns::Math)),
            },
            Ns::Chart | Ns::Diagram => {
                let id = element.related("id").or_else(|| element.related("dm"));
                self.shown.extend(id.map(|id| id.into_owned()));
                Some(Tag::Other(element.ns))
            }
            ns => {
                let known = self.open_annotation(element).or_else(|| self.open_effect(element));
                Some(known.unwrap_or(Tag::Other(ns)))
            }
        }
    }

    fn open_word(&mut self, element: &Element<'_>) -> Option<Tag> {
        match self.top() {
            Some(Tag::RunProps) => {
                if element.local() == "rPrChange" {
                    return None;
                }
                if let Some(run) = self.runs.last_mut() {
                    self.styles.run_prop(run, element);
                }
                return Some(Tag::Other(Ns::Other));
            }
            Some(Tag::ParaProps) => return self.open_para_prop(element),
            Some(Tag::TableProps | Tag::RowProps | Tag::CellProps) => {
                return self.open_table_prop(element);
            }
            Some(Tag::Section) => return self.open_section_prop(element),
            Some(Tag::ControlProps) => {
                self.control_prop(element);
                return None;
            }
            Some(Tag::DropDown) => {
                match element.local() {
                    "listEntry" => self.choices.extend(element.attr("val").map(|v| v.into_owned())),
                    "result" | "default" => {
                        self.chosen = element.number("val").map_or(self.chosen, |n| n as usize);
                    }
                    _ => {}
                }
                return Some(Tag::Other(Ns::Other));
            }
            _ => {}
        }
        match element.local() {
            "p" => Some(self.begin_para()),
            "r" => Some(self.begin_run()),
            "t" => Some(Tag::Text),
            "delText" => {
                self.deleted += 1;
                Some(Tag::DeletedText)
            }
            "pPr" => Some(Tag::ParaProps),
            "rPr" if self.top() == Some(Tag::Run) => Some(Tag::RunProps),
            "del" | "moveFrom" => {
                self.deleted += 1;
                Some(Tag::Deleted)
            }
            "tbl" => Some(self.begin_table()),
            "tr" => Some(self.begin_row()),
            "tc" => Some(self.begin_cell()),
            "tblPr" => Some(Tag::TableProps),
            "trPr" => Some(Tag::RowProps),
            "tcPr" => Some(Tag::CellProps),
            "sectPr" => Some(Tag::Section),
            "txbxContent" => Some(self.begin_box()),
            "rt" => {
                self.frames.push(self.spare.pop().unwrap_or_default());
                Some(Tag::Aside)
            }
            "instrText" | "delInstrText" => Some(Tag::Instruction),
            "fldChar" => {
                self.field_char(element);
                Some(Tag::Other(Ns::Other))
            }
            "ddList" => {
                self.choices.clear();
                self.chosen = 0;
                Some(Tag::DropDown)
            }
            "footnote" | "endnote" | "comment" if self.kind.notes.is_some() => {
                Some(self.begin_note(element))
            }
            // In Word's XML of 2003 a note stands where it is referred to.
            note @ ("footnote" | "endnote") => {
                self.push_labelled(Region::Note, note);
                Some(Tag::Box)
            }
            "sdtPr" => Some(Tag::ControlProps),
            // What properties were before a tracked change, and lists of what
            // could stand in a field: none of it is on the page.
            "rPr" | "rPrChange" | "pPrChange" | "sectPrChange" | "tblPrChange" | "trPrChange"
            | "tcPrChange" | "tblPrExChange" | "tblGridChange" | "numberingChange" | "sdtEndPr"
            | "rubyPr" | "fldData" | "binData" | "docPartPr" | "tblGrid" | "tblPrEx" => None,
            local => {
                self.inline(local, element);
                Some(Tag::Other(Ns::W))
            }
        }
    }

    /// Elements that are characters, breaks, or refer to a place.
    fn inline(&mut self, local: &str, element: &Element<'_>) {
        match local {
            "tab" | "ptab" => self.push_text("\t"),
            "noBreakHyphen" => self.push_text("\u{2011}"),
            "softHyphen" => self.push_text("\u{AD}"),
            "sym" => self.symbol(element),
            "br" => {
                let page = element.attr("type").is_some_and(|t| t == "page");
                self.mark(if page { Mark::Page } else { Mark::Line });
            }
            "cr" => self.mark(Mark::Line),
            "lastRenderedPageBreak" => self.mark(Mark::LaidOutPage),
            "footnoteReference" => self.refer(NoteKind::Footnote, element),
            "endnoteReference" => self.refer(NoteKind::Endnote, element),
            "commentReference" => self.refer(NoteKind::Comment, element),
            "drawing" | "pict" | "object" => (self.watermark, self.unseen) = (false, false),
            "hyperlink" => self.alt(element.attr("tooltip").as_deref()),
            "helpText" | "statusText" => self.alt(element.attr("val").as_deref()),
            "fldSimple" => {
                let mut field = Field::default();
                field.instruct(&element.attr("instr").unwrap_or_default());
                self.put_unsaid(&field);
            }
            "background" => {
                let color = element.attr("color").and_then(|c| Ink::parse(&c));
                self.styles.page = color.filter(|ink| *ink != Ink::Auto);
            }
            _ => {}
        }
    }

    fn mark(&mut self, mark: Mark) {
        if let Some(para) = self.frames.last_mut() {
            para.mark(mark);
        }
    }

    fn refer(&mut self, kind: NoteKind, element: &Element<'_>) {
        if let Some(id) = element.attr("id") {
            self.mark(Mark::Reference(kind, id.into_owned()));
        }
    }

    fn begin_para(&mut self) -> Tag {
        self.frames.push(self.spare.pop().unwrap_or_default());
        Tag::Para
    }

    fn begin_run(&mut self) -> Tag {
        self.runs.push(RunProps::default());
        Tag::Run
    }

    fn open_para_prop(&mut self, element: &Element<'_>) -> Option<Tag> {
        match element.local() {
            "sectPr" => {
                if let Some(para) = self.frames.last_mut() {
                    para.ends_section = true;
                }
                Some(Tag::Section)
            }
            // The properties of the paragraph's own mark; stops of tabs are no tabs.
            "rPr" | "pPrChange" | "tabs" => None,
            _ => {
                if let Some(para) = self.frames.last_mut() {
                    self.styles.para_prop(&mut para.props, element);
                }
                Some(Tag::Other(Ns::Other))
            }
        }
    }

    fn open_section_prop(&mut self, element: &Element<'_>) -> Option<Tag> {
        let header = match element.local() {
            "headerReference" => true,
            "footerReference" => false,
            "titlePg" => {
                self.section.title_page = element.is_on();
                return Some(Tag::Other(Ns::Other));
            }
            margin @ ("hdr" | "ftr") => return Some(self.begin_margin(margin == "hdr", element)),
            "sectPrChange" => return None,
            _ => return Some(Tag::Other(Ns::Other)),
        };
        self.section.margins.push(MarginRef {
            header,
            which: match element.attr("type").as_deref() {
                Some("first") => "first",
                Some("even") => "even",
                _ => "default",
            },
            id: element.related("id").unwrap_or_default().into_owned(),
        });
        Some(Tag::Other(Ns::Other))
    }

    fn begin_note(&mut self, element: &Element<'_>) -> Tag {
        // What stands above notes is a drawn line, unless somebody put text there.
        let id = element.attr("id").unwrap_or_default().into_owned();
        let page = self.kind.notes.and_then(|kind| self.sheet.note_pages.get(&(kind, id)));
        let page = page.copied().unwrap_or(0);
        self.sheet.begin_story(page);
        if let Some(place) = self.places.first_mut() {
            place.lines = 0;
        }
        Tag::Note
    }

    fn close(&mut self, tag: Tag, xml: &mut XmlReader<'_, '_>) {
        match tag {
            Tag::Para => self.end_para(),
            Tag::DrawnPara => {
                self.end_para();
                self.places.pop();
            }
            Tag::Run => drop(self.runs.pop()),
            Tag::DeletedText | Tag::Deleted => self.deleted = self.deleted.saturating_sub(1),
            Tag::Aside => self.end_aside(),
            Tag::Table => self.end_table(),
            Tag::Row => self.end_row(),
            Tag::Cell => self.end_cell(),
            Tag::Box => drop(self.places.pop()),
            Tag::Shape => drop(self.shapes.pop()),
            Tag::ShapeProps => self.shape_props = self.shape_props.saturating_sub(1),
            Tag::Branch => self.end_branch(xml),
            Tag::Alternates => {
                self.alternates.pop();
                self.flush_if_free();
            }
            Tag::DropDown => {
                let choice = std::mem::take(&mut self.choices).into_iter().nth(self.chosen);
                if let Some(choice) = choice {
                    self.push_text(&choice);
                }
            }
            _ => {}
        }
    }

    fn flows(&self) -> bool {
        self.places.last().is_some_and(|place| place.flows)
            && self.alternates.is_empty()
            && self.frames.is_empty()
    }

    fn end_para(&mut self) {
        let Some(mut para) = self.frames.pop() else { return };
        self.resolve(&mut para);
        let Some(place) = self.places.last_mut() else { return };
        let line = (!place.flows).then_some(place.lines + 1);
        place.lines += para.lines();
        let framed = para.props.framed && place.region == Region::Body;
        if !self.frames.is_empty() || !self.alternates.is_empty() || framed {
            let region = if framed { Region::TextBox } else { place.region };
            let (label, group) = (place.label.clone(), place.group);
            let line = if framed { Some(1) } else { line };
            self.waiting.push(Piece { para, region, label, group, line });
            self.flush_if_free();
            return;
        }
        let region = place.region;
        let page = self.go_to_margin(region);
        if let Some(place) = self.places.last() {
            self.sheet.put(&para, place, line);
        }
        self.come_back(page);
        self.flush();
        if para.ends_section && self.kind.flows {
            self.end_section();
        }
        para.clear();
        self.spare.push(para);
    }

    /// Ruby text stands above its base: read, but not in the midst of it.
    fn end_aside(&mut self) {
        let Some(para) = self.frames.pop() else { return };
        let Some(place) = self.places.last() else { return };
        if !para.text.is_empty() {
            let (region, label) = (place.region, place.label.clone());
            self.waiting.push(Piece { para, region, label, group: 0, line: Some(0) });
        }
    }

    fn end_section(&mut self) {
        let ended = std::mem::take(&mut self.section);
        self.sections.push(ended);
        if self.section_breaks.get(self.sections.len()).copied().unwrap_or(true) {
            self.sheet.break_page(true);
        }
        self.section.page = self.sheet.page;
    }

    fn flush_if_free(&mut self) {
        if self.frames.is_empty() && self.alternates.is_empty() {
            self.flush();
        }
    }

    /// Puts down what waited for its paragraph to end.
    fn flush(&mut self) {
        for piece in std::mem::take(&mut self.waiting) {
            let page = self.go_to_margin(piece.region);
            self.sheet.put_piece(piece);
            self.come_back(page);
        }
        let page = self.sheet.page;
        self.sheet.alt.extend(std::mem::take(&mut self.alts).into_iter().map(|alt| (page, alt)));
        self.links.extend(std::mem::take(&mut self.shown).into_iter().map(|id| (id, page)));
    }

    fn resolve(&mut self, para: &mut Para) {
        if !para.resolved {
            para.props = self.styles.resolve_para(para.props);
            para.resolved = true;
        }
    }

    /// Character data: what it is told by the element around it.
    fn text(&mut self, text: &str) {
        match self.top() {
            Some(Tag::Text | Tag::DeletedText) => self.push_text(text),
            Some(Tag::Instruction) => {
                if let Some(field) = self.fields.last_mut() {
                    field.instruct(text);
                }
            }
            // An element we do not know may hold text all the same.
            Some(Tag::Other(Ns::W) | Tag::Run | Tag::Para) if !text.trim().is_empty() => {
                self.push_text(text);
            }
            _ => {}
        }
    }

    fn push_text(&mut self, text: &str) {
        for field in &mut self.fields {
            field.show();
        }
        let (style, symbols) = self.look(text);
        let stray = self.frames.is_empty();
        if stray {
            self.frames.push(self.spare.pop().unwrap_or_default());
        }
        if let Some(para) = self.frames.last_mut() {
            match symbols {
                Some(font) => {
                    let shown: String = text.chars().map(|c| font.shown(c)).collect();
                    para.push(&shown, style);
                }
                None => para.push(text, style),
            }
        }
        if stray {
            self.end_para();
        }
    }

    fn look(&mut self, text: &str) -> (u16, Option<SymbolFont>) {
        let props = match self.frames.last_mut() {
            Some(para) => {
                if !para.resolved {
                    para.props = self.styles.resolve_para(para.props);
                    para.resolved = true;
                }
                para.props
            }
            None => ParaProps::default(),
        };
        let look = Look {
            run: self.runs.last().copied().unwrap_or_default(),
            para_style: props.style,
            para_shade: props.shade,
            ground: self.places.last().map_or(Ground::Page, |place| place.ground),
            deleted: self.deleted > 0,
            unseen: self.is_unseen(),
            east_asian: !text.is_ascii() && text.chars().any(is_east_asian),
        };
        self.styles.style(look, self.sheet)
    }
}

/// Reads a story from its part; says what stood in the way.
pub(super) fn read_story(story: &mut Story<'_>, mut xml: XmlReader<'_, '_>) -> Option<Gap> {
    story.read(&mut xml);
    xml.finish()
}
