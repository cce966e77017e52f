//! What elements mean beside how they look: titles and properties, pictures and
//! their words, fields, frames.

use super::forms::{Input, Select, input};
use super::page::{Packed, Page};
use super::stack::Open;
use super::tokens::Tag;
use super::word::property_name;
use crate::model::Region;

/// Pictures up to this many pixels wide or high are dots and lines.
const SMALL: u32 = 32;

/// Attributes that hold addresses of what a page shows.
const ADDRESSES: &[&str] = &["src", "data", "href", "poster", "xlink:href", "background"];

/// Scripts of these types run; others hold data or markup.
const RUNNING: &[&str] = &["", "module", "importmap", "speculationrules"];

impl Page<'_> {
    /// An element begins that means something.
    pub(super) fn begin_meaning(&mut self, open: &Open) {
        let tag = &open.tag;
        let seen = open.look.hidden().is_none();
        self.addresses(tag);
        match tag.name.as_str() {
            "br" if self.forms.is_open() => {}
            "br" if open.look.gone.is_some() => self.flow.hidden_boundary(),
            "br" if open.look.page_before => {}
            "br" => self.flow.end_line(true),
            "img" | "image" | "v:imagedata" => self.picture(tag, seen),
            "area" => self.words(tag, "alt"),
            "embed" | "object" | "frame" => self.outside += usize::from(seen),
            "iframe" => self.frame(tag),
            "input" => self.input(open),
            "meta" => self.meta(tag),
            "select" => self.select(open),
            "option" => self.forms.begin_option(tag),
            "textarea" => self.whole = Some(String::new()),
            // In a drawing a title is a title of something drawn.
            "title" if self.stack.has("svg") => {}
            "title" | "script" | "style" | "noembed" | "noframes" => {
                self.whole = Some(String::new());
            }
            "v:textpath" => {
                let words = tag.attr("string").unwrap_or_default();
                self.flow.beside(Region::Watermark, "", words);
            }
            _ => {}
        }
        if tag.name != "img" {
            self.words(tag, "title");
        }
        self.words(tag, "aria-label");
    }

    /// An element has ended that means something.
    pub(super) fn end_meaning(&mut self, open: &Open) {
        if !self.island.is_empty() {
            let value = std::mem::take(&mut self.island);
            self.property(property_name(&open.tag.name), value);
        }
        match open.tag.name.as_str() {
            "select" => {
                if let Some(select) = self.forms.end_select() {
                    self.put_select(select);
                }
            }
            "title" | "script" | "style" | "noembed" | "noframes" | "iframe" | "textarea" => {
                if let Some(text) = self.whole.take() {
                    self.took_whole(open, &text);
                }
            }
            _ => {}
        }
    }

    fn took_whole(&mut self, open: &Open, text: &str) {
        match open.tag.name.as_str() {
            "title" => self.property("title", text),
            "textarea" => {
                let label = self.field_label(&open.tag);
                let region = region(open, Region::FormField);
                self.flow.beside(region, &label, text);
            }
            "script" => {
                let kind = open.tag.attr("type").unwrap_or_default().trim().to_ascii_lowercase();
                let runs = RUNNING.contains(&kind.as_str()) || kind.contains("script");
                if !runs && text.contains('<') {
                    self.aside(text, Some("script"));
                } else if !runs {
                    self.flow.beside(Region::Hidden, "script", text);
                }
            }
            "noembed" | "noframes" | "iframe" => self.aside(text, Some("not displayed")),
            _ => {}
        }
    }

    /// The words of an attribute that stand in for what is shown, or come up beside it.
    fn words(&mut self, tag: &Tag, attribute: &str) {
        let Some(words) = tag.attr(attribute) else { return };
        let label = if attribute == "alt" { "" } else { attribute };
        let is_mark = attribute == "title" && matches!(words, "header" | "footer");
        if !words.trim().is_empty() && !is_mark {
            self.flow.beside(Region::AltText, label, words);
        }
    }

    fn picture(&mut self, tag: &Tag, seen: bool) {
        self.words(tag, "alt");
        if tag.attr("title") != tag.attr("alt") {
            self.words(tag, "title");
        }
        let is_small = |side: &str| {
            tag.attr(side).and_then(|v| v.trim().parse::<u32>().ok()).is_some_and(|v| v <= SMALL)
        };
        if seen && !is_small("width") && !is_small("height") {
            self.pictures += 1;
        }
    }

    fn frame(&mut self, tag: &Tag) {
        match tag.attr("srcdoc") {
            Some(markup) => self.packed.push(Packed::Frame(markup.to_owned())),
            None => self.outside += usize::from(tag.has("src")),
        }
        self.whole = Some(String::new());
    }

    /// What is packed in addresses.
    fn addresses(&mut self, tag: &Tag) {
        for (name, value) in &tag.attributes {
            let start = value.trim_start();
            let is_data = start.get(..5).is_some_and(|s| s.eq_ignore_ascii_case("data:"));
            if is_data && ADDRESSES.contains(&name.as_str()) {
                self.packed.push(Packed::Data(start.to_owned()));
            }
        }
    }

    fn input(&mut self, open: &Open) {
        match input(&open.tag) {
            Input::Words(words) => self.flow.push(words, &open.look, &self.faces),
            Input::Picture => self.picture(&open.tag, open.look.hidden().is_none()),
            Input::Value(value) => {
                let label = self.field_label(&open.tag);
                self.flow.beside(region(open, Region::FormField), &label, value);
            }
            Input::Unseen(value) => {
                let name = open.tag.attr("name").unwrap_or_default();
                self.flow.beside(Region::Hidden, name, value);
            }
            Input::Nothing => {}
        }
    }

    /// What a field is called: the words before it, or its name.
    fn field_label(&self, tag: &Tag) -> String {
        let before = self.flow.so_far();
        let before = before.rsplit(['　', ' ']).next().unwrap_or_default();
        if !before.is_empty() {
            return before.trim_end_matches([':', '：']).to_owned();
        }
        tag.attr("name").or(tag.attr("id")).unwrap_or_default().to_owned()
    }

    fn select(&mut self, open: &Open) {
        let tag = &open.tag;
        let many = tag.attr("size").and_then(|size| size.trim().parse::<u32>().ok());
        self.forms.begin_select(Select {
            label: self.field_label(tag),
            gone: open.look.hidden().is_some(),
            is_open: tag.has("multiple") || many.is_some_and(|size| size > 1),
            options: Vec::new(),
        });
    }

    pub(super) fn put_select(&mut self, select: Select) {
        let label = select.label.clone();
        let seen_in = if select.gone { Region::Hidden } else { Region::FormField };
        let (seen, unseen) = select.parted();
        for text in seen {
            self.flow.beside(seen_in, &label, &text);
        }
        if !unseen.is_empty() {
            self.flow.beside(Region::Hidden, "further options", &unseen.join(" / "));
        }
    }

    fn meta(&mut self, tag: &Tag) {
        let Some(content) = tag.attr("content").filter(|c| !c.trim().is_empty()) else { return };
        let name = ["name", "property", "itemprop"].iter().find_map(|name| tag.attr(name));
        // How a page is to be shown is nothing it says.
        let is_apparatus = |name: &str| {
            let name = name.trim().to_ascii_lowercase();
            matches!(
                name.as_str(),
                "viewport" | "progid" | "generator" | "theme-color" | "renderer"
            )
        };
        if let Some(name) = name.filter(|name| !is_apparatus(name)) {
            self.property(name.trim(), content);
        }
    }
}

/// Where a field stands that would stand in `seen`.
fn region(open: &Open, seen: Region) -> Region {
    if open.look.hidden().is_some() { Region::Hidden } else { seen }
}
