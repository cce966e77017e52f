//! Tables in a story.

use super::{Story, Tag};
use crate::extract::office::word::ink::Ground;
use crate::extract::office::word::sheet::Place;
use crate::extract::office::word::tables::Table;
use crate::extract::office::xml::{Element, Ns};
use crate::model::Region;

impl Story<'_> {
    pub(super) fn begin_table(&mut self) -> Tag {
        let index = match self.tables.last_mut() {
            Some(outer) => outer.next_inner(),
            None => {
                self.table_count += 1;
                self.table_count
            }
        };
        self.tables.push(Table::new(index));
        Tag::Table
    }

    pub(super) fn begin_row(&mut self) -> Tag {
        let flows = self.flows();
        if let Some(table) = self.tables.last_mut() {
            table.begin_row((self.sheet.page, self.sheet.line), flows);
        }
        Tag::Row
    }

    pub(super) fn begin_cell(&mut self) -> Tag {
        let outer = self.places.last().cloned().unwrap_or_default();
        if let Some(table) = self.tables.last_mut()
            && let Some(place) = table.begin_cell()
        {
            self.sheet.go_to(place);
        }
        let in_flow = matches!(outer.region, Region::Body | Region::Cell);
        let own_label = in_flow || outer.region == Region::TextBox;
        let ground = self.tables.last().map_or(Ground::Page, |table| table.ground);
        let group = self.sheet.next_group();
        self.places.push(Place {
            region: if in_flow { Region::Cell } else { outer.region },
            label: if own_label { Table::label(self.tables.iter()) } else { outer.label },
            group,
            ground: if ground == Ground::Page { outer.ground } else { ground },
            lines: outer.lines,
            flows: outer.flows,
        });
        Tag::Cell
    }

    pub(super) fn open_table_prop(&mut self, element: &Element<'_>) -> Option<Tag> {
        match (self.top(), element.local()) {
            (Some(Tag::TableProps), "tblStyle") => {
                let paints = element.attr("val").is_some_and(|s| self.styles.table_paints(&s));
                if let Some(table) = self.tables.last_mut().filter(|_| paints) {
                    table.ground = Ground::Unknown;
                }
            }
            (Some(Tag::TableProps), "shd") => {
                let shade = self.styles.shade(element);
                if let (Some(table), Some(ink)) = (self.tables.last_mut(), shade) {
                    table.ground = Ground::Color(ink);
                }
            }
            (Some(Tag::CellProps), "shd") => {
                let shade = self.styles.shade(element);
                if let (Some(place), Some(ink)) = (self.places.last_mut(), shade) {
                    place.ground = Ground::Color(ink);
                }
            }
            (Some(Tag::RowProps), "del") => {
                if let Some(table) = self.tables.last_mut()
                    && table.delete_row()
                {
                    self.deleted += 1;
                }
            }
            (Some(Tag::TableProps), "tblCaption" | "tblDescription") => {
                self.alt(element.attr("val").as_deref());
            }
            (Some(Tag::RowProps), "hidden") => {
                if let Some(table) = self.tables.last_mut() {
                    table.row_hidden = element.is_on();
                }
            }
            (Some(Tag::CellProps), "cellDel") => {
                if let Some(table) = self.tables.last_mut()
                    && table.delete_cell()
                {
                    self.deleted += 1;
                }
            }
            (_, "tblPrChange" | "trPrChange" | "tcPrChange") => return None,
            _ => {}
        }
        Some(Tag::Other(Ns::Other))
    }

    pub(super) fn end_cell(&mut self) {
        let inner = self.places.pop();
        if let (Some(inner), Some(outer)) = (inner, self.places.last_mut()) {
            outer.lines = outer.lines.max(inner.lines);
        }
        if let Some(table) = self.tables.last_mut() {
            let deleted = table.end_cell((self.sheet.page, self.sheet.line));
            self.deleted = self.deleted.saturating_sub(u32::from(deleted));
        }
    }

    pub(super) fn end_row(&mut self) {
        let Some(table) = self.tables.last_mut() else { return };
        let (after, deleted) = table.end_row((self.sheet.page, self.sheet.line));
        self.deleted = self.deleted.saturating_sub(u32::from(deleted));
        if let Some(after) = after {
            self.sheet.go_to(after);
        }
    }

    pub(super) fn end_table(&mut self) {
        // A row that is still open belongs to a damaged part.
        let deleted = self.tables.pop().is_some_and(|table| table.row_deleted);
        self.deleted = self.deleted.saturating_sub(u32::from(deleted));
    }
}
