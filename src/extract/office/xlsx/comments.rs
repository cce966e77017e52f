//! Comments on cells, and the threads that newer workbooks have in their place
//! (ISO/IEC 29500-1, 18.7; MS-XLSX 2.6.201).

use super::grid::SheetPlace;
use super::looks::Looks;
use super::page::{Page, place};
use super::strings::{Rich, read_rich};
use crate::extract::office::xml::{Xml, XmlReader};
use crate::model::Region;

/// Reads a part of comments of either kind.
pub(super) fn read(
    xml: &mut XmlReader<'_, '_>,
    looks: &mut Looks,
    page: &mut Page,
    sheet: &SheetPlace,
) {
    let mut cell = String::new();
    let mut rich = Rich::default();
    let mut said: Option<String> = None;
    while let Some(event) = xml.next() {
        match event {
            Xml::Open(element) => match element.local() {
                "comment" => cell = element.attr("ref").unwrap_or_default().into_owned(),
                "threadedComment" => {
                    cell = element.attr("ref").unwrap_or_default().into_owned();
                    said = Some(String::new());
                }
                "text" if said.is_none() => {
                    read_rich(xml, looks, &mut rich);
                    put(page, sheet, &cell, &rich.text);
                    xml.check_text(page.text.len());
                    xml.check_lines(page.count);
                }
                "text" => {}
                // Who is spoken of, where, and where links lead.
                "authors" | "mentions" => xml.skip(),
                _ => {}
            },
            Xml::Text(text) => {
                if let Some(said) = &mut said {
                    said.push_str(&text);
                }
            }
            Xml::Close => {
                if let Some(text) = said.as_mut().filter(|text| !text.trim().is_empty()) {
                    put(page, sheet, &cell, text);
                    text.clear();
                }
            }
        }
    }
}

/// Puts one comment down.
pub(super) fn put(page: &mut Page, sheet: &SheetPlace, cell: &str, text: &str) {
    let mut head = place(sheet.region(Region::Comment), sheet.page, &sheet.label(cell));
    head.group = page.next_group();
    page.put(&mut head, text);
}
