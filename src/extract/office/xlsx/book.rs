//! The workbook part: its sheets in order, its names, its calendar (ISO/IEC
//! 29500-1, 18.2).

use super::formula;
use crate::extract::office::xml::{Element, Xml, XmlReader};

/// Names of one workbook that are kept.
const MAX_NAMES: usize = 50_000;

/// Sheets of one workbook that are kept: more than any limit allows.
const MAX_SHEETS: usize = 200_000;

/// One sheet as the workbook lists it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Listed {
    pub name: String,
    /// Id of the relationship to its part.
    pub relationship: String,
    /// Hidden, or so hidden that no menu shows it.
    pub hidden: bool,
}

/// What the workbook part says.
#[derive(Debug, Default)]
pub(super) struct Book {
    pub sheets: Vec<Listed>,
    pub since_1904: bool,
    /// Defined names: name and what they say, one entry a text.
    pub names: Vec<(String, String)>,
}

impl Book {
    /// Reads the part.
    pub fn read(&mut self, xml: &mut XmlReader<'_, '_>) {
        let mut name: Option<String> = None;
        let mut content = String::new();
        while let Some(event) = xml.next() {
            match event {
                Xml::Open(element) => {
                    let value = |name: &str| element.attr(name).unwrap_or_default().into_owned();
                    match element.local() {
                        "workbookPr" => {
                            let on = element.attr("date1904");
                            self.since_1904 |= on.is_some_and(|v| v == "1" || v == "true");
                        }
                        "sheet" if self.sheets.len() < MAX_SHEETS => self.sheets.push(Listed {
                            name: value("name"),
                            relationship: relationship(&element),
                            hidden: element
                                .attr("state")
                                .is_some_and(|state| state == "hidden" || state == "veryHidden"),
                        }),
                        "definedName" => {
                            for said in
                                ["comment", "description", "help", "customMenu", "statusBar"]
                            {
                                self.add_name(&value("name"), value(said));
                            }
                            name = Some(value("name"));
                            content.clear();
                        }
                        "webPublishObject" => self.add_name("web page", value("title")),
                        "customWorkbookView" => self.add_name("view", value("name")),
                        _ => {}
                    }
                }
                Xml::Text(text) => {
                    if name.is_some() {
                        content.push_str(&text);
                    }
                }
                Xml::Close => {
                    if let Some(name) = name.take() {
                        self.define(&name, &content);
                    }
                }
            }
        }
    }

    /// Takes a name with what it refers to: the texts in it count, and so does
    /// the name, if it is more than letters of a program.
    pub fn define(&mut self, name: &str, content: &str) {
        for (label, text) in formula::of_name(name, content) {
            self.add_name(&label, text);
        }
    }

    pub fn add_name(&mut self, name: &str, text: String) {
        if !text.trim().is_empty() && self.names.len() < MAX_NAMES {
            self.names.push((name.to_owned(), text));
        }
    }
}

fn relationship(element: &Element<'_>) -> String {
    element.related("id").or_else(|| element.attr("id")).unwrap_or_default().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::{Budget, Limits};

    #[test]
    fn sheets_and_names_are_read() {
        let part = r#"<workbook xmlns:r="x"><workbookPr date1904="1"/><sheets>
            <sheet name="封面" sheetId="1" r:id="rId3"/>
            <sheet name="机密★5年" sheetId="2" state="veryHidden" r:id="rId4"/></sheets>
            <definedNames><definedName name="_xlnm.Print_Titles">'封面'!$1:$2</definedName>
            <definedName name="密级" comment="见封面">"机密★10年"</definedName>
            <definedName name="rate">0.5</definedName></definedNames></workbook>"#;
        let mut budget = Budget::new(Limits::default());
        let mut book = Book::default();
        book.read(&mut XmlReader::new(part, &mut budget));
        let sheets: Vec<_> = book
            .sheets
            .iter()
            .map(|s| (s.name.as_str(), s.relationship.as_str(), s.hidden))
            .collect();
        assert_eq!(sheets, [("封面", "rId3", false), ("机密★5年", "rId4", true)]);
        assert!(book.since_1904);
        let names: Vec<_> = book.names.iter().map(|(n, t)| (n.as_str(), t.as_str())).collect();
        assert_eq!(names, [("密级", "见封面"), ("name", "密级"), ("密级", "=\"机密★10年\"")]);
    }
}
