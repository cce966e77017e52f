//! Marked content (14.6): layers, tags of headers, footers and watermarks, and
//! text that stands for what is drawn.

use std::rc::Rc;

use unicode_normalization::UnicodeNormalization;

use super::operands::{Operand, Operands};
use super::{Interpreter, Resources};
use crate::extract::pdf::page::{Glyph, Layer};
use crate::extract::pdf::syntax::{Dict, Object};

/// Marks within marks that are kept.
const MAX_MARKS: usize = 512;

/// A mark that is open.
#[derive(Debug, Default)]
pub(super) struct Mark {
    /// Whether what it holds is on a layer that is off.
    is_off: bool,
    layer: Option<Layer>,
    /// Text that stands for what is drawn, and how many characters there were before.
    actual: Option<(String, usize)>,
}

impl Interpreter<'_, '_, '_, '_> {
    pub(super) fn begin_mark(
        &mut self,
        operator: &[u8],
        operands: &Operands,
        resources: &Resources,
    ) {
        let mut mark = Mark { is_off: self.is_marked_off(), ..Mark::default() };
        let tag = operands.items().iter().find_map(|item| match item {
            Operand::Name(name) => Some(&**name),
            _ => None,
        });
        let tag = tag.unwrap_or_default();
        if operator == b"BDC" {
            let raw = self.properties(operands, resources);
            if tag == b"OC" {
                mark.is_off |= self.document.layers.is_off(self.file, &raw);
            }
            if let Some(dict) = self.file.resolve(&raw).dict() {
                self.describe(&mut mark, tag, dict);
            }
        }
        if self.marks.len() < MAX_MARKS {
            self.marks.push(mark);
        }
    }

    /// The property list: in place, or named in the resources.
    fn properties(&self, operands: &Operands, resources: &Resources) -> Object {
        match operands.items().last() {
            Some(Operand::Dict(dict)) => Object::Dict(Rc::clone(dict)),
            Some(Operand::Name(name)) => {
                let named = resources.properties.as_ref().and_then(|list| list.get(name));
                named.cloned().unwrap_or(Object::Null)
            }
            _ => Object::Null,
        }
    }

    fn describe(&mut self, mark: &mut Mark, tag: &[u8], dict: &Dict) {
        if tag == b"Artifact" {
            mark.layer = match self.file.name(dict, b"Subtype").as_deref() {
                Some(b"Header") => Some(Layer::Header),
                Some(b"Footer") => Some(Layer::Footer),
                Some(b"Watermark") => Some(Layer::Watermark),
                _ => None,
            };
        }
        let is_inside = self.marks.iter().any(|mark| mark.actual.is_some());
        if let Some(text) = self.file.text(dict, b"ActualText").filter(|_| !is_inside) {
            mark.actual = Some((text, self.page.glyphs.len()));
        }
        for key in [&b"Alt"[..], b"E"] {
            self.page.spoken.extend(self.file.text(dict, key));
        }
    }

    pub(super) fn end_mark(&mut self) {
        let Some(mark) = self.marks.pop() else { return };
        if let Some((text, from)) = mark.actual {
            self.replace(&text, from);
        }
    }

    /// Ends the marks that were begun after the first `count`.
    pub(super) fn end_marks(&mut self, count: usize) {
        while self.marks.len() > count {
            self.end_mark();
        }
    }

    /// Puts text that stands for characters in their place, if the file does
    /// not tell them itself; if it tells something else, both are kept.
    fn replace(&mut self, text: &str, from: usize) {
        let drawn = self.page.glyphs.get(from..).unwrap_or_default();
        let letters = |text: &mut dyn Iterator<Item = char>| -> String {
            text.nfkc().filter(|c| !c.is_whitespace() && !is_unwritten(*c)).collect()
        };
        let shown = letters(&mut drawn.iter().map(|glyph| glyph.c));
        let spoken = letters(&mut text.chars());
        if shown == spoken || spoken.is_empty() {
            return;
        }
        let untold = drawn.iter().filter(|glyph| glyph.c == '\u{FFFD}').count();
        let (Some(first), true) = (drawn.first().copied(), untold * 2 >= drawn.len().max(1)) else {
            self.page.spoken.push(text.to_owned());
            return;
        };
        let last = drawn.last().copied().unwrap_or(first);
        let count = text.chars().count().max(1) as f32;
        let (dx, dy) = ((last.x - first.x) / count, (last.y - first.y) / count);
        let advance = if drawn.len() == 1 {
            first.advance / count
        } else {
            (dx.hypot(dy)).max(last.advance / count)
        };
        let (sin, cos) = f32::from(first.angle).to_radians().sin_cos();
        let step = match drawn.len() {
            1 if first.vertical => (-advance * sin, advance * cos),
            1 => (advance * cos, advance * sin),
            _ => (dx, dy),
        };
        let made = text.chars().enumerate().map(|(at, c)| {
            let at = at as f32;
            Glyph { c, x: first.x + step.0 * at, y: first.y + step.1 * at, advance, ..first }
        });
        let made: Vec<Glyph> = made.collect();
        self.page.untold -= (untold as u32).min(self.page.untold);
        self.page.glyphs.truncate(from);
        self.fields.forget_from(from);
        self.file.meter.steps(from as u64 / 16);
        self.page.glyphs.extend(made);
        self.file.meter.steps(text.len() as u64);
    }

    /// Whether what is drawn now is on a layer that is off.
    pub(super) fn is_marked_off(&self) -> bool {
        self.marks.last().is_some_and(|mark| mark.is_off)
    }

    /// What the characters drawn now belong to.
    pub(super) fn layer_of_marks(&self) -> Layer {
        if self.layer != Layer::Page {
            return self.layer;
        }
        self.marks.iter().rev().find_map(|mark| mark.layer).unwrap_or_default()
    }
}

/// Characters that a producer puts in and nobody sees.
fn is_unwritten(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{FEFF}' | '\0')
}
