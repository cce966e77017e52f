//! A part of a presentation from its XML to a [`Page`]: one pass, with a stack
//! of what is open.

use super::alternates::Alternates;
use super::color::{Color, Map};
use super::geometry::{Scale, Transform};
use super::looks::{Levels, Look, Paint, align};
use super::page::{Body, Kind, Page, Para, Placeholder, Run, Shape};
use crate::extract::office::xml::{Element, Ns, Xml, XmlReader};

/// What an open element is to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tag {
    Group,
    Shape,
    Transform,
    /// Properties of a shape or group: its place and paint.
    ShapeProps,
    CellProps,
    Background,
    /// A colour is expected, for that.
    Colored(For),
    Color,
    Table,
    Row,
    Cell,
    Body,
    /// A list style, of that.
    Levels(Owner),
    Level,
    Para,
    ParaProps,
    Run,
    RunProps,
    Outline,
    Text,
    Alternates,
    Branch,
    Other,
}

/// What a colour is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum For {
    Background,
    Shape,
    Cell,
    Letters,
    Highlight,
}

/// Whose list style it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Owner {
    Shape,
    Title,
    Body,
    Other,
}

/// Reads one page.
#[derive(Default)]
pub(super) struct PageReader {
    page: Page,
    tags: Vec<Tag>,
    groups: Vec<(Scale, Transform, bool)>,
    /// Open shapes: one may hold a picture of what it is.
    shapes: Vec<(Shape, Transform)>,
    owner: Option<Owner>,
    level: usize,
    color: Option<Color>,
    /// Tables so far, and the row and cell of the open one.
    tables: u32,
    cell: (u32, u32),
    body: Option<Body>,
    para: Option<Para>,
    look: Look,
    alternates: Vec<Alternates>,
    said: usize,
}

impl PageReader {
    /// Reads a page to its end, or as far as it goes.
    pub fn read(mut self, xml: &mut XmlReader<'_, '_>) -> Page {
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
                    self.said += text.len();
                    xml.check_text(self.said);
                    if self.tags.last() == Some(&Tag::Text) {
                        self.push(&text);
                    }
                }
            }
        }
        // What a damaged part left open, innermost first.
        while let Some(tag) = self.tags.pop() {
            self.close(tag, xml);
        }
        self.page
    }

    fn top(&self) -> Option<Tag> {
        self.tags.last().copied()
    }

    fn shape(&mut self) -> Option<&mut Shape> {
        self.shapes.last_mut().map(|(shape, _)| shape)
    }

    /// What an element is; `None` to pass over it with all it holds.
    fn open(&mut self, element: &Element<'_>) -> Option<Tag> {
        let tag = match element.ns {
            Ns::P => self.open_page(element)?,
            Ns::Mc => self.open_alternates(element),
            Ns::Math if matches!(element.local(), "rPr" | "ctrlPr") => return None,
            Ns::Math if element.local() == "t" => Tag::Text,
            Ns::Diagram if element.local() == "relIds" => {
                for part in ["dm", "lo", "qs", "cs"] {
                    let id = element.related(part).map(|id| id.into_owned());
                    self.link(id.filter(|_| part == "dm"));
                }
                Tag::Other
            }
            Ns::Chart => {
                self.link(element.related("id").map(|id| id.into_owned()));
                Tag::Other
            }
            _ => self.open_drawing(element)?,
        };
        Some(tag)
    }

    fn link(&mut self, id: Option<String>) {
        if let (Some(shape), Some(id)) = (self.shape(), id) {
            shape.links.push(id);
        }
    }

    fn open_page(&mut self, element: &Element<'_>) -> Option<Tag> {
        let off = |name: &str| element.attr(name).is_some_and(|v| v == "0" || v == "false");
        match element.local() {
            "sld" | "sldLayout" | "sldMaster" | "notes" | "notesMaster" | "handoutMaster" => {
                self.page.shown = !off("show");
                self.page.shows_master = !off("showMasterSp");
            }
            "cSld" => self.page.name = element.attr("name").unwrap_or_default().into_owned(),
            "bgPr" | "bgRef" => return Some(self.background(element)),
            "grpSp" => {
                let (scale, transform, hidden) = self.groups.last().copied().unwrap_or_default();
                self.groups.push((scale.within(&transform), Transform::default(), hidden));
                return Some(Tag::Group);
            }
            "sp" | "cxnSp" | "graphicFrame" | "contentPart" => return Some(self.begin_shape()),
            "pic" => {
                let tag = self.begin_shape();
                if let Some(shape) = self.shape() {
                    shape.picture = true;
                }
                return Some(tag);
            }
            "oleObj" | "control" => {
                self.link(element.related("id").map(|id| id.into_owned()));
            }
            // The picture of an object says again what the object says.
            "embed" | "link" => {}
            "cNvPr" => self.named(element),
            "ph" => {
                let kind = element.attr("type").map_or(Kind::Body, |word| Kind::of(&word));
                let number = element.number("idx").unwrap_or(0);
                if let Some(shape) = self.shape() {
                    shape.placeholder = Some(Placeholder { kind, number });
                }
            }
            "spPr" | "grpSpPr" => return Some(Tag::ShapeProps),
            "xfrm" => return Some(self.begin_transform(element)),
            "txBody" => return Some(self.begin_body()),
            "titleStyle" => return Some(self.begin_levels(Owner::Title)),
            "bodyStyle" => return Some(self.begin_levels(Owner::Body)),
            "otherStyle" | "notesStyle" | "defaultTextStyle" => {
                return Some(self.begin_levels(Owner::Other));
            }
            "clrMap" => self.page.map = Some(Map::of(element)),
            "timing" => {
                self.page.moves = true;
                return None;
            }
            "transition" | "extLst" | "hf" => return None,
            _ => {}
        }
        Some(Tag::Other)
    }

    fn background(&mut self, element: &Element<'_>) -> Tag {
        if element.local() == "bgPr" {
            return Tag::Background;
        }
        // The first fill of a theme is plain; the others may be anything.
        let plain = element.number("idx").is_some_and(|n| n == 1001 || n == 1);
        match plain {
            true => Tag::Colored(For::Background),
            false => {
                self.page.background = Some(Paint::Other);
                Tag::Other
            }
        }
    }

    fn begin_shape(&mut self) -> Tag {
        let hidden = self.groups.last().is_some_and(|(_, _, hidden)| *hidden);
        self.shapes.push((Shape { hidden, ..Shape::default() }, Transform::default()));
        Tag::Shape
    }

    /// Takes in what an object is called: alternative texts, whether it is hidden.
    fn named(&mut self, element: &Element<'_>) {
        let hidden = element.attr("hidden").is_some_and(|v| v == "1" || v == "true");
        let name = element.attr("name").unwrap_or_default().to_lowercase();
        let watermark = name.contains("watermark") || name.contains("水印");
        let alts: Vec<String> = ["title", "descr"]
            .iter()
            .filter_map(|name| element.attr(name))
            .map(|text| text.into_owned())
            .collect();
        match self.shapes.last_mut() {
            Some((shape, _)) => {
                shape.hidden |= hidden;
                shape.watermark |= watermark;
                shape.alts.extend(alts);
            }
            None => {
                if let Some((_, _, group_hidden)) = self.groups.last_mut() {
                    *group_hidden |= hidden;
                }
                if alts.iter().any(|alt| !alt.trim().is_empty()) {
                    self.page.shapes.push(Shape { alts, hidden, ..Shape::default() });
                }
            }
        }
    }

    fn begin_transform(&mut self, element: &Element<'_>) -> Tag {
        if let Some(transform) = self.transform() {
            transform.begin(element);
        }
        Tag::Transform
    }

    fn transform(&mut self) -> Option<&mut Transform> {
        match self.shapes.last_mut() {
            Some((_, transform)) => Some(transform),
            None => self.groups.last_mut().map(|(_, transform, _)| transform),
        }
    }

    fn begin_body(&mut self) -> Tag {
        if self.body.is_none() {
            self.body = Some(Body::default());
        }
        Tag::Body
    }

    fn begin_levels(&mut self, owner: Owner) -> Tag {
        self.owner = Some(owner);
        Tag::Levels(owner)
    }

    fn levels(&mut self) -> Option<&mut Levels> {
        match self.owner? {
            Owner::Shape => self.shapes.last_mut().map(|(shape, _)| &mut shape.levels),
            Owner::Title => Some(&mut self.page.title),
            Owner::Body => Some(&mut self.page.body),
            Owner::Other => Some(&mut self.page.other),
        }
    }

    fn open_drawing(&mut self, element: &Element<'_>) -> Option<Tag> {
        let local = element.local();
        match self.top() {
            Some(Tag::Transform) => {
                if let Some(transform) = self.transform() {
                    transform.read(element);
                }
                return Some(Tag::Other);
            }
            Some(Tag::Colored(_)) => {
                self.color = Color::of(element);
                return Some(Tag::Color);
            }
            Some(Tag::Color) => {
                if let Some(color) = &mut self.color {
                    color.change(element);
                }
                return Some(Tag::Other);
            }
            Some(Tag::Outline) => {
                self.look.outlined = Some(local != "noFill");
                return None;
            }
            Some(Tag::Levels(_)) => return self.begin_level(element),
            Some(Tag::RunProps) => return self.open_run_prop(element),
            Some(Tag::ShapeProps | Tag::CellProps | Tag::Background) => {
                return self.open_surface(element);
            }
            _ => {}
        }
        Some(match local {
            "tbl" => {
                self.tables += 1;
                self.cell = (0, 0);
                Tag::Table
            }
            "tr" => {
                self.cell = (self.cell.0.saturating_add(1), 0);
                Tag::Row
            }
            "tc" => self.begin_cell(element),
            "tcPr" => Tag::CellProps,
            "txBody" => self.begin_body(),
            "lstStyle" => self.begin_levels(Owner::Shape),
            "overrideClrMapping" => {
                self.page.map = Some(Map::of(element));
                Tag::Other
            }
            "normAutofit" => {
                let scale = element.attr("fontScale").unwrap_or_default();
                let scale = match scale.strip_suffix('%') {
                    Some(percent) => percent.parse::<f32>().ok().map(|p| p / 100.0),
                    None => scale.parse::<f32>().ok().map(|p| p / 100_000.0),
                };
                if let (Some(body), Some(scale)) = (&mut self.body, scale) {
                    body.scale = if scale > 0.0 { scale.clamp(0.01, 10.0) } else { 1.0 };
                }
                Tag::Other
            }
            "p" => {
                self.end_para();
                self.para = Some(Para::default());
                Tag::Para
            }
            "pPr" if self.top() == Some(Tag::Para) => {
                self.para_props(element);
                Tag::ParaProps
            }
            "r" | "fld" => {
                self.look = Look::default();
                Tag::Run
            }
            "rPr" | "defRPr" if matches!(self.top(), Some(Tag::Run | Tag::Level)) => {
                self.look.begin(element);
                Tag::RunProps
            }
            "t" => Tag::Text,
            "br" => {
                self.look = Look::default();
                self.push("\n");
                Tag::Other
            }
            "tab" if self.para.is_some() && self.top() != Some(Tag::ParaProps) => {
                self.push("\t");
                Tag::Other
            }
            "hlinkClick" | "hlinkHover" | "hlinkMouseOver" => {
                self.hint(element);
                Tag::Other
            }
            "fillRef" => {
                let paints = element.number("idx").is_some_and(|n| n > 0 && n != 1000);
                if let Some(shape) = self.shape() {
                    shape.styled = paints;
                }
                return None;
            }
            "blip" => {
                if let Some(shape) = self.shape() {
                    shape.picture = true;
                }
                Tag::Other
            }
            "defRPr" | "endParaRPr" | "lnRef" | "effectRef" | "fontRef" | "extLst" | "tblPr"
            | "tblGrid" | "ln" => return None,
            _ => Tag::Other,
        })
    }

    /// What appears where a pointer rests.
    fn hint(&mut self, element: &Element<'_>) {
        if let (Some(shape), Some(tip)) = (self.shape(), element.attr("tooltip")) {
            shape.alts.push(tip.into_owned());
        }
    }

    fn begin_cell(&mut self, element: &Element<'_>) -> Tag {
        let (row, cell) = (self.cell.0, self.cell.1.saturating_add(1));
        self.cell.1 = cell;
        let is_on = |name: &str| element.attr(name).is_some_and(|v| v == "1" || v == "true");
        self.end_body();
        self.body = Some(Body {
            label: format!("t{}.r{row}.c{cell}", self.tables),
            covered: is_on("hMerge") || is_on("vMerge"),
            ..Body::default()
        });
        Tag::Cell
    }

    fn begin_level(&mut self, element: &Element<'_>) -> Option<Tag> {
        let level = element.local().strip_prefix("lvl").and_then(|rest| rest.strip_suffix("pPr"));
        self.level = match level.and_then(|n| n.parse::<usize>().ok()) {
            Some(level) if (1..=super::looks::LEVELS).contains(&level) => level - 1,
            _ => return None,
        };
        self.look = Look::default();
        let (at, align) = (self.level, element.attr("algn").and_then(|word| align(&word)));
        if let Some(level) = self.levels().and_then(|levels| levels.at_mut(at)) {
            level.align = align;
        }
        Some(Tag::Level)
    }

    fn para_props(&mut self, element: &Element<'_>) {
        if let Some(para) = &mut self.para {
            para.level = element.number("lvl").map_or(0, |n| n as usize);
            para.align = element.attr("algn").and_then(|word| align(&word));
        }
    }

    fn open_run_prop(&mut self, element: &Element<'_>) -> Option<Tag> {
        Some(match element.local() {
            "solidFill" => Tag::Colored(For::Letters),
            "noFill" => {
                self.look.paint = Some(Paint::None);
                Tag::Other
            }
            "gradFill" | "blipFill" | "pattFill" | "grpFill" => {
                self.look.paint = Some(Paint::Other);
                return None;
            }
            "highlight" => Tag::Colored(For::Highlight),
            "ln" => Tag::Outline,
            "latin" | "ea" => {
                self.look.face(element);
                Tag::Other
            }
            "hlinkClick" | "hlinkMouseOver" => {
                self.hint(element);
                Tag::Other
            }
            _ => return None,
        })
    }

    /// What a shape, cell or page is painted with.
    fn open_surface(&mut self, element: &Element<'_>) -> Option<Tag> {
        let what = match self.top() {
            Some(Tag::CellProps) => For::Cell,
            Some(Tag::Background) => For::Background,
            _ => For::Shape,
        };
        match element.local() {
            "xfrm" => return Some(self.begin_transform(element)),
            "solidFill" => return Some(Tag::Colored(what)),
            "noFill" => self.paint(what, Paint::None),
            "prstGeom" => {
                let boxy = element.attr("prst").is_some_and(|kind| kind == "rect");
                if let Some(shape) = self.shape() {
                    shape.boxy = boxy;
                }
                return None;
            }
            "gradFill" | "pattFill" | "grpFill" => {
                self.paint(what, Paint::Other);
                return None;
            }
            "blipFill" => {
                self.paint(what, Paint::Other);
                match (what, self.shape()) {
                    (For::Shape, Some(shape)) => shape.picture = true,
                    (For::Background, _) => {
                        self.page.shapes.push(Shape { picture: true, ..Shape::default() });
                    }
                    _ => {}
                }
                return None;
            }
            _ => return None,
        }
        Some(Tag::Other)
    }

    fn paint(&mut self, what: For, paint: Paint) {
        match what {
            For::Background => self.page.background = Some(paint),
            // The fill of a group is for those in it that ask for it.
            For::Shape => {
                if let Some(shape) = self.shape() {
                    shape.fill = Some(paint);
                }
            }
            For::Cell => {
                if let (Some(body), Paint::Solid(color)) = (&mut self.body, paint) {
                    body.fill = Some(color);
                }
            }
            For::Letters => self.look.paint = Some(paint),
            For::Highlight => {
                if let Paint::Solid(color) = paint {
                    self.look.highlight = Some(color);
                }
            }
        }
    }

    fn open_alternates(&mut self, element: &Element<'_>) -> Tag {
        match element.local() {
            "AlternateContent" => {
                self.alternates.push(Alternates::default());
                Tag::Alternates
            }
            "Choice" | "Fallback" if self.top() == Some(Tag::Alternates) => {
                let runs = self.para.as_ref().map(|para| para.runs.len());
                if let Some(alternates) = self.alternates.last_mut() {
                    alternates.begin(self.page.shapes.len(), runs);
                }
                Tag::Branch
            }
            _ => Tag::Other,
        }
    }

    /// Adds characters to the open paragraph.
    fn push(&mut self, text: &str) {
        let look = &self.look;
        if self.body.is_none() {
            self.body = Some(Body::default());
        }
        let para = self.para.get_or_insert_default();
        match para.runs.last_mut() {
            Some(run) if run.look == *look && self.alternates.is_empty() => run.text.push_str(text),
            _ => para.runs.push(Run { text: text.to_owned(), look: look.clone() }),
        }
    }

    fn close(&mut self, tag: Tag, xml: &mut XmlReader<'_, '_>) {
        match tag {
            Tag::Group => drop(self.groups.pop()),
            Tag::Shape => self.end_shape(),
            Tag::Colored(what) => {
                if let Some(color) = self.color.take() {
                    self.paint(what, Paint::Solid(color));
                }
            }
            Tag::Para => self.end_para(),
            Tag::Body if self.body.as_ref().is_some_and(|body| body.label.is_empty()) => {
                self.end_body();
            }
            Tag::Cell => self.end_body(),
            Tag::Levels(_) => self.owner = None,
            Tag::Level => self.end_level(),
            Tag::Branch => {
                if let Some(alternates) = self.alternates.last_mut() {
                    let runs = self.para.as_mut().map(|para| &mut para.runs);
                    xml.charge(alternates.end(&mut self.page.shapes, runs));
                }
            }
            Tag::Alternates => drop(self.alternates.pop()),
            _ => {}
        }
    }

    fn end_level(&mut self) {
        let (at, look) = (self.level, std::mem::take(&mut self.look));
        if let Some(level) = self.levels().and_then(|levels| levels.at_mut(at)) {
            level.look = look;
        }
    }

    fn end_para(&mut self) {
        if let Some(para) = self.para.take() {
            self.body.get_or_insert_default().paras.push(para);
        }
    }

    fn end_body(&mut self) {
        self.end_para();
        let Some(body) = self.body.take() else { return };
        match self.shape() {
            Some(shape) => shape.bodies.push(body),
            // Text outside any shape: a damaged part.
            None => self.page.shapes.push(Shape { bodies: vec![body], ..Shape::default() }),
        }
    }

    fn end_shape(&mut self) {
        self.end_body();
        let Some((mut shape, transform)) = self.shapes.pop() else { return };
        if let Some((outer, _)) = self.shapes.last_mut() {
            // The picture of an object: what it is called is worth reading.
            outer.alts.append(&mut shape.alts);
            outer.bodies.append(&mut shape.bodies);
            outer.picture |= shape.picture && outer.links.is_empty();
            return;
        }
        let (scale, group, _) = self.groups.last().copied().unwrap_or_default();
        shape.frame = scale.within(&group).frame(&transform);
        self.page.shapes.push(shape);
    }
}
