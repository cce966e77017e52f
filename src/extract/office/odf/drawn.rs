//! Tables, slides, shapes and forms: the elements that open a place of their own.

use super::sheet::{Done, Place};
use super::story::{Collected, Kind, MAX_LABEL, Story, Tag};
use super::table::Table;
use crate::extract::office::workbook::formula;
use crate::extract::office::xml::{Element, Ns, XmlReader};
use crate::model::Region;

/// Cells that a repeated cell is written out for.
const MAX_REPEATS: u32 = 64;

/// Formulas of one document that are told apart.
const MAX_FORMULAS: usize = 50_000;

impl Story<'_> {
    pub(super) fn open_table(&mut self, element: &Element<'_>) -> Option<Tag> {
        let value = |name: &str| element.attr(name).unwrap_or_default();
        let is_away = |element: &Element<'_>| {
            element.attr("visibility").is_some_and(|v| v == "collapse" || v == "filter")
        };
        match element.local() {
            "table" => Some(self.begin_table(element)),
            "table-column" => {
                let count = element.number("number-columns-repeated").unwrap_or(1).max(1);
                let style = value("default-cell-style-name").into_owned();
                if let Some(table) = self.tables.last_mut() {
                    table.add_columns(count, style, is_away(element));
                }
                Some(Tag::Other)
            }
            "table-row" => {
                if let Some(table) = self.tables.last_mut() {
                    table.row = table.row.saturating_add(1);
                    table.rows = element.number("number-rows-repeated").unwrap_or(1).max(1);
                    table.column = 0;
                    table.row_hidden = is_away(element);
                }
                Some(Tag::Row)
            }
            "table-cell" | "covered-table-cell" => Some(self.begin_cell(element)),
            "help-message" | "error-message" => {
                let tag = self.begin_place(Region::Hidden, "validation");
                self.hide_later();
                Some(tag)
            }
            "tracked-changes" => Some(self.begin_place(Region::Deleted, "")),
            "title" | "desc" => Some(Tag::Collect(Collected::Alternative)),
            "named-range" | "database-range" | "named-expression" => {
                self.name(&value("name"), &value("expression"));
                Some(Tag::Other)
            }
            "content-validation" => {
                for text in formula::literals(&value("condition")) {
                    self.aside("validation", text);
                }
                Some(Tag::Other)
            }
            "scenario" => {
                self.aside("scenario", value("comment").into_owned());
                None
            }
            // What another document held when it was last looked at.
            "dde-link" => {
                let tag = self.begin_place(Region::Hidden, "link");
                self.hide_later();
                Some(tag)
            }
            "table-source" | "cell-range-source" => None,
            _ => Some(self.plain_tag()),
        }
    }

    fn hide_later(&mut self) {
        if let Some(place) = self.places.last_mut() {
            place.hidden = true;
            place.later = true;
        }
    }

    /// Text that no cell shows.
    fn aside(&mut self, label: &str, text: String) {
        self.sheet.later.push(Done::plain(Region::Hidden, 0, label, text));
    }

    /// A name for cells or for a formula: the texts in it count, and so does the
    /// name, if it is more than letters of a program.
    fn name(&mut self, name: &str, expression: &str) {
        let mut put = |label: &str, text: String| {
            self.sheet.later.push(Done::plain(Region::Property, 0, label, text));
        };
        if !name.is_ascii() {
            put("name", name.to_owned());
        }
        for text in formula::unseen(bare(expression), "") {
            put(name, text);
        }
    }

    /// What a cell's formula says and its result does not, each once: a formula
    /// is copied down a column.
    fn formula(&mut self, xml: &mut XmlReader<'_, '_>) {
        let Some(table) = self.tables.last_mut() else { return };
        let written = std::mem::take(&mut table.formula);
        if written.is_empty() {
            return;
        }
        let shown = std::mem::take(&mut table.said) + &table.value;
        let written = bare(&written);
        xml.charge(formula::cost(written, &shown));
        let lines = formula::unseen(written, &shown);
        if lines.is_empty() {
            return;
        }
        let texts = formula::literals(written).join("\n");
        if self.formulas.len() >= MAX_FORMULAS || self.formulas.insert(texts) {
            let label = self.place().label;
            for line in lines {
                self.put(Done::plain(Region::Hidden, self.page, &label, line));
            }
        }
    }

    fn begin_table(&mut self, element: &Element<'_>) -> Tag {
        let name = element.attr("name").unwrap_or_default();
        let name: String = name.chars().take(MAX_LABEL).collect();
        let style = element.attr("style-name").unwrap_or_default().into_owned();
        let look = self.styles.look("table", &style);
        let place = self.place();
        let is_sheet = self.kind == Kind::Sheet && self.tables.is_empty() && place.flows;
        self.table_count += 1;
        let hidden = look.shown == Some(false) && is_sheet;
        if is_sheet {
            self.page += 1;
            let master = self.styles.begins_master("table", &style).unwrap_or_default().to_owned();
            self.masters.entry(master).or_insert(self.page);
            let region = if hidden { Region::Hidden } else { Region::Property };
            self.put(Done::plain(region, self.page, "sheet", name.as_str()));
        } else if place.flows && self.tables.is_empty() {
            self.flow("table", &style, &look);
        }
        self.tables.push(Table {
            number: self.table_count,
            sheet: is_sheet.then_some(name),
            hidden,
            ..Table::default()
        });
        Tag::Table
    }

    fn begin_cell(&mut self, element: &Element<'_>) -> Tag {
        let covered = element.local() == "covered-table-cell";
        let style = element.attr("style-name").unwrap_or_default().into_owned();
        let around = self.place();
        let group = self.sheet.next_group();
        let Some(table) = self.tables.last_mut() else { return Tag::Other };
        table.column = table.column.saturating_add(1);
        table.repeat = element.number("number-columns-repeated").unwrap_or(1).max(1);
        table.kept = (table.repeat > 1).then(Vec::new);
        let said = ["string-value", "date-value", "time-value", "boolean-value", "value"];
        let said = said.iter().find_map(|name| element.attr(name));
        table.filled = false;
        table.value = said.unwrap_or_default().into_owned();
        table.formula = element.attr("formula").unwrap_or_default().into_owned();
        table.said.clear();
        let (column_style, away) = table.column();
        let style = if style.is_empty() { column_style.to_owned() } else { style };
        let hidden = around.hidden || table.hidden || table.row_hidden || away || covered;
        let label = table.label(0);
        let in_sheet = table.sheet.is_some();
        let look = self.styles.look("table-cell", &style);
        let align = look.align;
        // In a text a cell's style says nothing of its characters but what is behind.
        let base = match in_sheet {
            true => Some(look.clone()),
            false => None,
        };
        let paper = look.ground.flatten().or(around.paper);
        self.places.push(Place {
            region: if around.region == Region::Note || around.region == Region::Comment {
                around.region
            } else {
                Region::Cell
            },
            label,
            group,
            hidden,
            deleted: around.deleted,
            flows: false,
            base,
            paper,
            align,
            later: around.later,
        });
        Tag::Cell
    }

    pub(super) fn end_cell(&mut self, xml: &mut XmlReader<'_, '_>) {
        self.formula(xml);
        let place = self.place();
        // What a link gave has no paragraphs.
        let is_own = |table: &&mut Table| table.sheet.is_some() || place.later;
        let value = self.tables.last_mut().filter(|table| !table.filled).filter(is_own);
        if let Some(value) = value.map(|table| std::mem::take(&mut table.value)) {
            let region = if place.hidden { Region::Hidden } else { Region::Cell };
            self.put(Done::plain(region, self.page, &place.label, value));
        }
        if self.places.len() > 1 {
            self.places.pop();
        }
        let Some(table) = self.tables.last_mut() else { return };
        let kept = table.kept.take().unwrap_or_default();
        let repeat = table.repeat.min(MAX_REPEATS);
        let labels: Vec<_> = (0..repeat).map(|n| table.label(n)).collect();
        table.column = table.column.saturating_add(table.repeat.saturating_sub(1));
        if kept.is_empty() {
            return;
        }
        for label in labels {
            xml.charge(kept.len());
            for done in &kept {
                let mut done = done.clone();
                done.head.label.clone_from(&label);
                self.put(done);
            }
        }
    }

    pub(super) fn end_row(&mut self) {
        if let Some(table) = self.tables.last_mut() {
            table.row = table.row.saturating_add(table.rows.saturating_sub(1));
            table.row_hidden = false;
        }
    }

    pub(super) fn end_table(&mut self) {
        self.tables.pop();
    }

    /// Closes cells that a damaged part left open.
    pub(super) fn end_tables(&mut self) {
        while let Some(mut table) = self.tables.pop() {
            for done in table.kept.take().unwrap_or_default() {
                self.put(done);
            }
        }
    }

    pub(super) fn open_draw(&mut self, element: &Element<'_>) -> Option<Tag> {
        match element.local() {
            "page" => Some(self.begin_slide(element)),
            "frame" | "custom-shape" | "rect" | "circle" | "ellipse" | "line" | "polyline"
            | "polygon" | "path" | "regular-polygon" | "connector" | "caption" | "measure"
            | "control" | "page-thumbnail" => Some(self.begin_shape(element)),
            "image" => {
                if let Some(place) = element.attr("href") {
                    self.pictures += 1;
                    self.objects.push((place.into_owned(), self.page));
                }
                Some(Tag::Other)
            }
            "object" | "object-ole" | "plugin" | "applet" | "floating-frame" => {
                if let Some(place) = element.attr("href") {
                    self.objects.push((place.into_owned(), self.page));
                }
                Some(Tag::Other)
            }
            "enhanced-geometry" | "layer-set" | "glue-point" | "contour-polygon"
            | "contour-path" => None,
            _ => Some(self.plain_tag()),
        }
    }

    fn begin_shape(&mut self, element: &Element<'_>) -> Tag {
        let class = element.attr("class").unwrap_or_default().into_owned();
        let around = self.place();
        let placed = matches!(around.region, Region::Body | Region::Cell | Region::TextBox);
        let region = match around.region {
            _ if around.hidden => Region::Hidden,
            // What a slide is made of is its text; other shapes are beside it.
            _ if placed && !class.is_empty() => Region::Body,
            _ if placed => Region::TextBox,
            region => region,
        };
        let label = if class.is_empty() { around.label.clone() } else { class };
        let tag = self.begin_place(region, &label);
        let name = |attribute: &str| element.attr(attribute).unwrap_or_default().into_owned();
        let style = name("style-name");
        let text_style = name("text-style-name");
        let mut look = self.styles.look("graphic", &style);
        if look == Default::default() {
            look = self.styles.look("presentation", &style);
        }
        let look = self.styles.chain("paragraph", &text_style).over(&look);
        if let Some(place) = self.places.last_mut() {
            place.paper = look.ground.flatten();
            // Of a frame in a text the paragraphs have the looks, of a shape the shape.
            let in_text = self.kind == Kind::Text && element.local() == "frame";
            place.base = (!in_text).then_some(look);
        }
        tag
    }

    fn begin_slide(&mut self, element: &Element<'_>) -> Tag {
        self.page += 1;
        let name = |attribute: &str| element.attr(attribute).unwrap_or_default().into_owned();
        let look = self.styles.look("drawing-page", &name("style-name"));
        let hidden = look.shown == Some(false);
        let around = self.place();
        for used in ["use-header-name", "use-footer-name"] {
            let declared = self.declared_ids.get(&name(used));
            if let Some(done) = declared.and_then(|at| self.declarations.get_mut(*at))
                && done.head.page == 0
            {
                done.head.page = self.page;
            }
        }
        let master = name("master-page-name");
        self.masters.entry(master).or_insert(self.page);
        let title = name("name");
        if !title.is_ascii() {
            self.sheet.later.push(Done::plain(Region::Property, self.page, "slide", title));
        }
        self.places.push(Place {
            hidden: around.hidden || hidden,
            label: if hidden { "hidden slide".into() } else { String::new() },
            flows: false,
            ..around
        });
        Tag::Slide
    }

    pub(super) fn end_slide(&mut self) {
        if self.places.len() > 1 {
            self.places.pop();
        }
    }

    pub(super) fn open_presentation(&mut self, element: &Element<'_>) -> Option<Tag> {
        match element.local() {
            "notes" => Some(self.begin_place(Region::Note, "notes")),
            "header-decl" => {
                self.declared = element.attr("name").unwrap_or_default().into_owned();
                Some(Tag::Collect(Collected::Header))
            }
            "footer-decl" => {
                self.declared = element.attr("name").unwrap_or_default().into_owned();
                Some(Tag::Collect(Collected::Footer))
            }
            "date-time-decl" | "event-listener" | "settings" => None,
            // Where a declared text would stand on a master page.
            "header" | "footer" | "date-time" if self.plain_tag() == Tag::Inline => None,
            _ => Some(self.plain_tag()),
        }
    }

    /// What a control shows.
    pub(super) fn form(&mut self, element: &Element<'_>) {
        debug_assert_eq!(element.ns, Ns::OdfForm);
        if matches!(element.local(), "properties" | "property" | "connection-resource") {
            return;
        }
        let name = element.attr("name").unwrap_or_default().into_owned();
        let mut shown: Vec<String> = Vec::new();
        for attribute in ["label", "current-value", "value", "title"] {
            if let Some(value) = element.attr(attribute)
                && !shown.iter().any(|known| *known == value)
            {
                shown.push(value.into_owned());
            }
        }
        for value in shown {
            self.sheet.later.push(Done::plain(Region::FormField, self.page, &name, value));
        }
    }
}

/// A formula without the name of its language and its sign (`of:=`).
fn bare(formula: &str) -> &str {
    match formula.split_once('=') {
        Some((before, after)) if before.len() < 16 && !before.contains('"') => after,
        _ => formula,
    }
}
