//! A drawing as it is read: pieces of XML in, runs of text out.

use std::collections::HashSet;

use super::lines::{Lines, Run, width};
use super::look::{Anchor, Look, Matrix, length, numbers_of};
use super::node::Element;
use crate::extract::Budget;
use crate::extract::html::css::Sheet;
use crate::extract::html::data::data;
use crate::extract::xml::entities::Entities;
use crate::extract::xml::tokens::{Attributes, Token, Tokens, local};
use crate::model::{
    BlockHead, Gap, GapKind, Limit, Origin, Region, SourceText, Style, Submission, TextBuilder,
};

/// Elements within elements whose look is worked out. Deeper ones look like the last.
const MAX_DEPTH: usize = 1000;

/// Pieces between looks at what the text may cost.
const CHECK_EVERY: u64 = 256;

/// A drawing without a width is taken for one of this many pixels.
const WIDTH: f32 = 800.0;

/// A watermark lets what is under it be seen.
const FAINT: f32 = 0.7;

/// Letters of a watermark are at least that large, in pixels.
const LARGE: f32 = 24.0;

/// What is defined here is shown where something refers to it, and only there.
const DEFINED: &[&str] = &["defs", "symbol", "clipPath", "mask", "pattern", "marker"];

/// Elements of pages that end no line.
const WITHIN_LINES: &[&str] = &["span", "b", "i", "font", "strong", "em", "a"];

/// What leaves paint on the page.
const SHAPES: &[&str] =
    &["rect", "path", "circle", "ellipse", "polygon", "polyline", "image", "use"];

/// What is being collected, if it is no text of the drawing.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Inside {
    Drawing,
    /// A text that is shown.
    Text,
    /// A page within the drawing.
    Page,
    /// The words for something drawn.
    Words,
    Metadata,
    Style,
    Script,
}

/// An element that is open.
struct Open {
    name: String,
    inside: Inside,
    look: Look,
}

pub(super) struct Reader<'a, 'b> {
    submission: &'a Submission,
    budget: &'b mut Budget,
    sheet: Sheet,
    /// Ids that something refers to.
    used: HashSet<String>,
    entities: Entities,
    elements: Vec<Element>,
    stack: Vec<Open>,
    beyond: usize,
    base: Look,
    text: TextBuilder,
    lines: Lines,
    beside: Vec<(Region, String, String)>,
    collected: String,
    /// Where the next run stands, in units of the text; `None` where the last ended.
    pen: [f32; 2],
    moved: bool,
    painted: bool,
    page_size: Option<[f32; 2]>,
    pub letters: usize,
    pub outlines: usize,
    pub pictures: usize,
    pub outside: usize,
    pub children: Vec<Submission>,
    pub gaps: Vec<Gap>,
}

impl<'a, 'b> Reader<'a, 'b> {
    pub fn new(submission: &'a Submission, budget: &'b mut Budget) -> Self {
        Self {
            submission,
            budget,
            sheet: Sheet::default(),
            used: HashSet::new(),
            entities: Entities::default(),
            elements: Vec::new(),
            stack: Vec::new(),
            beyond: 0,
            base: Look::new(Matrix::SAME),
            text: TextBuilder::new(),
            lines: Lines::default(),
            beside: Vec::new(),
            collected: String::new(),
            pen: [0.0; 2],
            moved: true,
            painted: false,
            page_size: None,
            letters: 0,
            outlines: 0,
            pictures: 0,
            outside: 0,
            children: Vec::new(),
            gaps: Vec::new(),
        }
    }

    pub fn read(&mut self, xml: &str) {
        self.look_ahead(xml);
        let mut tokens = Tokens::new(xml);
        let mut count = 0_u64;
        for token in tokens.by_ref() {
            count += 1;
            let mut spent = self.budget.spend_steps(1);
            if count.is_multiple_of(CHECK_EVERY) {
                let bytes = self.lines.bytes + self.collected.len();
                let lines = self.lines.len() + self.beside.len();
                spent = spent.and_then(|()| self.budget.spend_text(bytes));
                spent = spent.and_then(|()| self.budget.check_lines(lines));
            }
            if let Err(gap) = spent {
                self.gaps.push(gap);
                return;
            }
            self.take(token);
        }
        let mut damage = tokens.damage;
        if !self.stack.is_empty() {
            damage.push("it ends within an element");
        }
        while !self.stack.is_empty() {
            self.leave();
        }
        if !damage.is_empty() {
            let words = format!("the file is not well-formed: {}", damage.join("; "));
            self.gaps.push(Gap::new(GapKind::Damaged, words));
        }
    }

    /// Style sheets and references: those that come late hold for what came before.
    fn look_ahead(&mut self, xml: &str) {
        let mut css: Option<String> = None;
        for token in Tokens::new(xml) {
            if self.budget.spend_steps(1).is_err() {
                return;
            }
            match token {
                Token::Start(name, attributes, closed) => {
                    if local(name) == "style" && !closed {
                        css = Some(String::new());
                    }
                    for (name, value) in attributes.iter() {
                        self.refer(name, value);
                    }
                }
                Token::Text(text) | Token::Literal(text) | Token::Comment(text) => {
                    if let Some(css) = &mut css {
                        css.push_str(text);
                    }
                }
                Token::End(name) if local(name) == "style" => {
                    if let Some(css) = css.take() {
                        // Letters are painted with `fill`, and `color` is for pages.
                        let css = css.replace("color:", "x-color:").replace("fill:", "color:");
                        self.sheet.add(&css);
                    }
                }
                _ => {}
            }
        }
    }

    fn refer(&mut self, name: &str, value: &str) {
        let id = match local(name) {
            "href" => value.trim().strip_prefix('#'),
            _ => value.split_once("url(").and_then(|(_, rest)| {
                let rest = rest.split(')').next()?;
                rest.trim_matches(['"', '\'', ' ']).strip_prefix('#')
            }),
        };
        if let Some(id) = id {
            self.used.insert(id.to_owned());
        }
    }

    fn take(&mut self, token: Token<'_>) {
        match token {
            Token::Start(name, attributes, closed) => {
                if self.stack.len() >= MAX_DEPTH || self.beyond > 0 {
                    self.beyond += usize::from(!closed);
                    let words = format!("more than {MAX_DEPTH} elements within each other");
                    let gap = Gap::new(GapKind::Limit(Limit::Depth), words);
                    if !self.gaps.contains(&gap) {
                        self.gaps.push(gap);
                    }
                    return;
                }
                self.start(name, attributes);
                if closed {
                    self.leave();
                }
            }
            Token::End(_) if self.beyond > 0 => self.beyond -= 1,
            Token::End(name) => {
                let name = local(name);
                let near = self.stack.iter().rev().take(64).position(|open| open.name == name);
                for _ in 0..near.map_or(0, |at| at + 1) {
                    self.leave();
                }
            }
            Token::Text(text) => {
                let text = self.entities.resolved(text).into_owned();
                self.characters(&text);
            }
            Token::Literal(text) => self.characters(text),
            Token::Comment(words) => self.aside(Region::Comment, "", words),
            Token::Doctype(inside) => self.entities.declare(inside),
            Token::Instruction(..) => {}
        }
    }

    fn inside(&self) -> Inside {
        self.stack.last().map_or(Inside::Drawing, |open| open.inside)
    }

    fn look(&self) -> &Look {
        self.stack.last().map_or(&self.base, |open| &open.look)
    }

    fn start(&mut self, name: &str, attributes: Attributes<'_>) {
        let name = local(name).to_owned();
        let attributes: Vec<(String, String)> = attributes
            .iter()
            .take(256)
            .map(|(name, value)| (name.to_owned(), self.entities.resolved(value).into_owned()))
            .collect();
        let element = Element { name: name.clone(), attributes };
        if self.stack.is_empty() {
            self.root(&element);
        }
        let mut look = self.look_of(&element);
        let around = self.inside();
        let inside = match (around, name.as_str()) {
            (Inside::Page | Inside::Words | Inside::Metadata, _) => around,
            (Inside::Text, "title" | "desc") | (_, "title" | "desc") => Inside::Words,
            (Inside::Text, _) | (_, "text" | "flowRoot") => Inside::Text,
            (_, "foreignObject") => Inside::Page,
            (_, "metadata") => Inside::Metadata,
            (_, "style") => Inside::Style,
            (_, "script") => Inside::Script,
            _ => Inside::Drawing,
        };
        self.unused(&element, &mut look);
        self.place(&element, &mut look, around, inside);
        self.meaning(&element, &look);
        self.elements.push(element);
        self.stack.push(Open { name, inside, look });
    }

    fn root(&mut self, element: &Element) {
        let whole = element.attribute("viewBox").map(numbers_of).filter(|n| n.len() == 4);
        let side = |name: &str| element.attribute(name).and_then(|v| length(v, 16.0, WIDTH));
        let (mut wide, mut high) = (side("width"), side("height"));
        if let Some(&[x, y, w, h]) = whole.as_deref()
            && w > 0.0
            && h > 0.0
        {
            let scale = wide.map(|v| v / w).or(high.map(|v| v / h)).unwrap_or(WIDTH / w);
            wide = wide.or(Some(w * scale));
            high = high.or(Some(h * scale));
            self.base.matrix = Matrix::scaled(scale, scale).of(Matrix::moved(-x, -y));
        }
        let sides = wide.zip(high).filter(|(w, h)| *w > 0.0 && *h > 0.0);
        self.page_size = sides.map(|(w, h)| [w * 0.75, h * 0.75]);
        if let Some(content) = element.attribute("content").filter(|c| c.starts_with('<')) {
            self.child("content.xml".to_owned(), content.as_bytes().to_vec());
        }
    }

    fn look_of(&mut self, element: &Element) -> Look {
        let (sets, steps) = match self.sheet.is_empty() {
            true => (Vec::new(), 0),
            false => self.sheet.sets_for(element, &element.classes(), &self.elements),
        };
        let look = self.stack.last().map_or(&self.base, |open| &open.look);
        let look = look.inside(&element.attributes, &sets);
        if let Err(gap) = self.budget.spend_steps(steps as u64 / 4)
            && !self.gaps.contains(&gap)
        {
            self.gaps.push(gap);
        }
        look
    }

    /// What is defined and not used is not shown.
    fn unused(&self, element: &Element, look: &mut Look) {
        let is_used =
            |element: &Element| element.attribute("id").is_some_and(|id| self.used.contains(id));
        if is_used(element) && look.gone == Some("not used") {
            look.gone = None;
        } else if DEFINED.contains(&element.name.as_str()) && !is_used(element) {
            look.gone = look.gone.or(Some("not used"));
        }
    }

    /// Where the text of an element begins.
    fn place(&mut self, element: &Element, look: &mut Look, around: Inside, inside: Inside) {
        if inside == Inside::Page && around != Inside::Page {
            self.flush();
            let at = |name: &str| element.attribute(name).and_then(|v| length(v, 16.0, WIDTH));
            self.pen = [at("x").unwrap_or(0.0), at("y").unwrap_or(0.0) + look.size];
            self.moved = true;
        }
        if inside != Inside::Text {
            return;
        }
        if around != Inside::Text {
            self.flush();
            (self.pen, self.moved) = ([0.0; 2], true);
        }
        let at = |name: &str| element.attribute(name).and_then(|v| length(v, look.size, WIDTH));
        for (side, names) in [(0, ["x", "dx"]), (1, ["y", "dy"])] {
            let Some(pen) = self.pen.get_mut(side) else { continue };
            if let Some(place) = at(names[0]) {
                *pen = place;
                self.moved = true;
            }
            if let Some(further) = at(names[1]).filter(|far| *far != 0.0) {
                *pen += further;
                // A little to the side is a matter of looks.
                self.moved |= side == 1 || further.abs() > 0.3 * look.size;
            }
        }
    }

    fn meaning(&mut self, element: &Element, look: &Look) {
        for name in ["aria-label", "inkscape:label"] {
            if let Some(words) = element.attribute(name) {
                self.aside(Region::AltText, local(name), words);
            }
        }
        let name = element.name.as_str();
        self.painted |= SHAPES.contains(&name) && look.gone.is_none();
        if name == "path" {
            self.outlines += element.attribute("d").map_or(0, str::len);
        }
        let Some(address) = element.href() else { return };
        let is_data = address.get(..5).is_some_and(|a| a.eq_ignore_ascii_case("data:"));
        match (name, is_data) {
            (_, true) => self.unpack(address),
            ("image" | "use" | "feImage", _) if !address.starts_with('#') => self.outside += 1,
            _ => {}
        }
    }

    fn unpack(&mut self, address: &str) {
        match data(address) {
            Some(data) if data.is_picture() => {
                self.pictures += usize::from(data.is_image_of_weight());
            }
            Some(data) => {
                let name = format!("data-{}.{}", self.children.len() + 1, data.extension());
                self.child(name, data.bytes);
            }
            None => {
                let gap = Gap::new(GapKind::Damaged, "a data: address cannot be decoded");
                self.gaps.push(gap);
            }
        }
    }

    fn child(&mut self, name: String, bytes: Vec<u8>) {
        match self.budget.spend_bytes(bytes.len() as u64) {
            Ok(()) => self.children.push(self.submission.child(name, Origin::Embedded, bytes)),
            Err(gap) if self.gaps.contains(&gap) => {}
            Err(gap) => self.gaps.push(gap),
        }
    }

    fn characters(&mut self, text: &str) {
        match self.inside() {
            Inside::Text => self.run(text),
            Inside::Page | Inside::Words | Inside::Metadata => self.collected.push_str(text),
            // Text that stands in no element for text is not shown.
            Inside::Drawing => self.aside(Region::Hidden, "not displayed", text),
            Inside::Style | Inside::Script => {}
        }
    }

    /// A run of text that is shown, or would be.
    fn run(&mut self, text: &str) {
        let words = text.split(['\n', '\r', '\t']).collect::<Vec<_>>().join(" ");
        if words.trim().is_empty() && self.moved {
            return;
        }
        let look = self.look().clone();
        let why = look.hidden().or_else(|| {
            let white = look.color == Some([255; 3]);
            (white && !self.painted).then_some("in the colour of the page")
        });
        let [mut x, y] = self.pen;
        let wide = width(&words, look.size);
        match look.anchor {
            Anchor::Start => {}
            Anchor::Middle => x -= wide / 2.0,
            Anchor::End => x -= wide,
        }
        let size = look.size * look.matrix.scale();
        let aslant = (10.0..80.0).contains(&(look.matrix.turn() % 90.0));
        let is_watermark = aslant && size >= LARGE && look.opacity < FAINT;
        let region = match why {
            Some(_) => Region::Hidden,
            None if is_watermark => Region::Watermark,
            None => Region::Body,
        };
        if why.is_none() {
            self.letters += words.chars().filter(|c| c.is_alphanumeric()).count();
        }
        let style = self.text.style(Style {
            size: size * 0.75,
            face: look.face.clone(),
            color: look.color,
            bold: look.bold,
            hidden: why.is_some(),
            ..Style::default()
        });
        self.lines.push(Run {
            text: words,
            style,
            at: look.matrix.point(x, y),
            size,
            region,
            label: why.unwrap_or_default(),
            follows: !self.moved,
        });
        self.pen[0] += wide;
        self.moved = false;
    }

    fn aside(&mut self, region: Region, label: &str, text: &str) {
        if !text.trim().is_empty() {
            self.beside.push((region, label.chars().take(100).collect(), text.to_owned()));
        }
    }

    /// Puts down what was collected of a page within the drawing.
    fn flush(&mut self) {
        let text = std::mem::take(&mut self.collected);
        let mut pen = self.pen;
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            (self.pen, self.moved) = (pen, true);
            self.run(line);
            self.moved = true;
            pen[1] += 1.2 * self.look().size;
        }
    }

    /// The innermost element ends.
    fn leave(&mut self) {
        let Some(open) = self.stack.last() else { return };
        let (inside, name) = (open.inside, open.name.clone());
        let around = self.stack.len().checked_sub(2).and_then(|at| self.stack.get(at));
        let around = around.map_or(Inside::Drawing, |open| open.inside);
        match inside {
            Inside::Page if around != Inside::Page => self.flush(),
            Inside::Page if !WITHIN_LINES.contains(&name.as_str()) => self.collected.push('\n'),
            Inside::Words if around != Inside::Words => {
                let words = std::mem::take(&mut self.collected);
                self.aside(Region::AltText, &name, &words);
            }
            Inside::Metadata => {
                let words = std::mem::take(&mut self.collected);
                self.aside(Region::Property, &name, &words);
            }
            _ => {}
        }
        self.stack.pop();
        self.elements.pop();
    }

    pub fn finish(mut self, gaps: &mut Vec<Gap>) -> SourceText {
        let lines = std::mem::take(&mut self.lines);
        lines.put(&mut self.text);
        for words in std::mem::take(&mut self.entities.comments) {
            self.aside(Region::Comment, "", &words);
        }
        for (name, value) in self.entities.unused() {
            self.beside.push((Region::Hidden, format!("entity {name}"), value.to_owned()));
        }
        gaps.append(&mut self.entities.gaps);
        for (region, label, text) in &self.beside {
            let page = u32::from(*region != Region::Property);
            let head =
                BlockHead { region: *region, page, label: label.clone(), ..BlockHead::default() };
            for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
                self.text.block(&head, line);
            }
        }
        let mut text = self.text.finish();
        text.page_sizes.extend(self.page_size);
        text
    }
}
