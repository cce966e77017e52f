//! Document properties (ODF 1.3 part 3, 4.3), the user's own among them.

use super::sheet::{Done, Sheet};
use crate::extract::office::xml::{Ns, Xml, XmlReader};
use crate::model::Region;

/// What programs write and nobody reads.
const MACHINE: &[&str] = &[
    "generator",
    "creation-date",
    "date",
    "print-date",
    "editing-cycles",
    "editing-duration",
    "language",
    "document-statistic",
];

/// Reads the properties of a part.
pub(super) fn read(xml: &mut XmlReader<'_, '_>, sheet: &mut Sheet) {
    let mut inside = 0;
    let (mut name, mut value) = (String::new(), String::new());
    while let Some(event) = xml.next() {
        match event {
            Xml::Open(element) => {
                let local = element.local();
                if inside > 0 {
                    inside += 1;
                    let own = element.attr("name").filter(|_| local == "user-defined");
                    name = own.map_or_else(|| local.to_owned(), |own| own.into_owned());
                    if let Some(title) = element.attr("title").filter(|_| local == "template") {
                        value.push_str(&title);
                    }
                } else if local == "meta" {
                    inside = 1;
                } else if !(element.ns == Ns::OdfOffice && local.starts_with("document")) {
                    xml.skip();
                }
            }
            Xml::Text(text) if inside > 1 => value.push_str(&text),
            Xml::Text(_) => {}
            Xml::Close => {
                if inside > 1 && !MACHINE.contains(&name.as_str()) {
                    let value = std::mem::take(&mut value);
                    sheet.put_lines(Done::plain(Region::Property, 0, &name, value));
                }
                value.clear();
                if inside > 0 {
                    inside -= 1;
                }
            }
        }
    }
}
