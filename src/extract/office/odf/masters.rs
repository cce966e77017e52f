//! Master pages (ODF 1.3 part 3, 16.9): the headers and footers of texts and
//! sheets, and what stands on every slide.

use super::WHITE;
use std::collections::HashMap;

use super::sheet::{Place, Sheet};
use super::story::{Kind, Story};
use super::styles::Styles;
use crate::extract::office::xml::{Xml, XmlReader};
use crate::model::Region;

/// Reads the headers, footers and shapes of all master pages. `used` has those
/// in use with their first page. Gives back the objects they refer to.
pub(super) fn read(
    xml: &mut XmlReader<'_, '_>,
    sheet: &mut Sheet,
    styles: &mut Styles,
    used: HashMap<String, u32>,
    pages: u32,
    pictures: &mut usize,
) -> Vec<(String, u32)> {
    let mut objects = Vec::new();
    let mut masters = Masters { used, seen: 0 };
    let mut page = None;
    while let Some(event) = xml.next() {
        let Xml::Open(element) = event else { continue };
        let local = element.local();
        let region = match local {
            "document" | "document-styles" | "master-styles" => continue,
            "master-page" => {
                let name = element.attr("name").unwrap_or_default();
                let next = element.attr("next-style-name").unwrap_or_default();
                page = masters.page(&name, &next, pages);
                continue;
            }
            "handout-master" => {
                page = None;
                continue;
            }
            "forms" | "layer-set" | "styles" | "automatic-styles" | "font-face-decls" | "body"
            | "meta" | "settings" | "scripts" => {
                xml.skip();
                continue;
            }
            _ if local.starts_with("header") => Region::Header,
            _ if local.starts_with("footer") => Region::Footer,
            _ if is_placeholder(&element) => {
                xml.skip();
                continue;
            }
            _ => Region::TextBox,
        };
        let shown = element.attr("display").is_none_or(|v| v != "false");
        let which = local.rsplit_once('-').map_or("", |(_, which)| which);
        let label = match region {
            Region::TextBox => "master",
            _ => which,
        };
        // The first page's own header leaves the usual one for the second.
        let at = match (page, which) {
            (Some(page), "left") if page < pages => Some(page + 1),
            (page, _) => page,
        };
        let place = Place {
            region,
            label: label.to_owned(),
            group: sheet.next_group(),
            hidden: !shown || at.is_none(),
            paper: (region != Region::TextBox).then_some(WHITE),
            ..Place::default()
        };
        let mut story = Story::new(Kind::Text, place, at.unwrap_or(0), sheet, styles);
        if region == Region::TextBox {
            story.begin_with(&element);
        }
        story.read(xml);
        *pictures += story.pictures;
        objects.append(&mut story.objects);
    }
    objects
}

/// On a master page these say where something will stand, not what.
fn is_placeholder(element: &crate::extract::office::xml::Element<'_>) -> bool {
    let class = element.attr("class").unwrap_or_default();
    !class.is_empty()
        || element.attr("placeholder").is_some_and(|v| v == "true")
        || element.local() == "notes"
        || element.local() == "page-thumbnail"
}

struct Masters {
    used: HashMap<String, u32>,
    seen: usize,
}

impl Masters {
    /// The first page a master page is seen on.
    fn page(&mut self, name: &str, next: &str, pages: u32) -> Option<u32> {
        self.seen += 1;
        // A document that names none has the one called Standard, or the first.
        let default = name == "Standard" || name == "Default" || self.seen == 1;
        let known = self.used.get(name);
        let page = known.or_else(|| self.used.get("").filter(|_| default)).copied()?;
        // What follows it is seen where there is a page for it.
        if !next.is_empty() && page < pages {
            self.used.entry(next.to_owned()).or_insert(page + 1);
        }
        Some(page)
    }
}
