//! Settings and list definitions: the few things in them that matter.

use std::collections::BTreeSet;

use crate::extract::office::xml::{Element, Ns, Xml, XmlReader};

/// What the settings say.
#[derive(Debug, Default)]
pub(super) struct Settings {
    /// Whether even pages have headers of their own.
    pub even_and_odd: bool,
    /// Whether the page's own colour is shown.
    pub page_is_painted: bool,
    /// Names and values kept with the document, and words that lists begin with.
    pub variables: Vec<(String, String)>,
    lists: BTreeSet<String>,
}

impl Settings {
    /// Reads the settings part.
    pub fn read(&mut self, xml: &mut XmlReader<'_, '_>) {
        while let Some(event) = xml.next() {
            let Xml::Open(element) = event else { continue };
            match (element.ns, element.local()) {
                (Ns::W, "evenAndOddHeaders") => self.even_and_odd = element.is_on(),
                (Ns::W, "displayBackgroundShape") => self.page_is_painted = element.is_on(),
                (Ns::W, "docVar") => {
                    let name = element.attr("name").unwrap_or_default().into_owned();
                    let value = element.attr("val").unwrap_or_default().into_owned();
                    self.variables.push((name, value));
                }
                _ => {}
            }
        }
    }

    /// Reads the list definitions: what stands before the items of a list.
    pub fn read_numbering(&mut self, xml: &mut XmlReader<'_, '_>) {
        while let Some(event) = xml.next() {
            let Xml::Open(element) = event else { continue };
            if element.ns == Ns::W && element.local() == "lvlText" {
                self.see_list(&element);
            }
        }
        self.end_lists();
    }

    /// Takes in what stands before the items of one list.
    pub fn see_list(&mut self, element: &Element<'_>) {
        let Some(text) = element.attr("val") else { return };
        // `%1` stands for the number; `第%1章` is a frame around it, and a word
        // before a list is longer than that.
        let letters = text.chars().filter(|c| c.is_alphabetic()).count();
        if letters > 2 && !text.contains('%') || text.contains('★') || letters > 4 {
            self.lists.insert(text.into_owned());
        }
    }

    /// All lists were seen.
    pub fn end_lists(&mut self) {
        let lists = std::mem::take(&mut self.lists);
        self.variables.extend(lists.into_iter().map(|text| ("numbering".to_owned(), text)));
    }
}
