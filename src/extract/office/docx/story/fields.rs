//! Fields, symbols and content controls in a story.

use super::{MAX_FIELDS, Story};
use crate::extract::office::word::fields::Field;
use crate::extract::office::word::sheet::{Para, Piece};
use crate::extract::office::word::symbols::SymbolFont;
use crate::extract::office::xml::Element;
use crate::model::{Region, Style};

impl Story<'_> {
    pub(super) fn symbol(&mut self, element: &Element<'_>) {
        let code = element.attr("char").and_then(|c| u32::from_str_radix(&c, 16).ok());
        let Some(c) = code.and_then(char::from_u32) else { return };
        let font = element.attr("font").and_then(|f| SymbolFont::of_face(&f));
        let shown = font.map_or(c, |font| font.shown(c));
        self.push_text(shown.encode_utf8(&mut [0; 4]));
    }

    pub(super) fn field_char(&mut self, element: &Element<'_>) {
        match element.attr("fldCharType").as_deref() {
            Some("begin") if self.fields.len() < MAX_FIELDS => self.fields.push(Field::default()),
            Some("separate") => {
                if let Some(field) = self.fields.last_mut() {
                    field.separate();
                }
            }
            Some("end") => {
                let Some(field) = self.fields.pop() else { return };
                self.put_unsaid(&field);
                if let Some(shown) = field.shown_by_itself() {
                    self.push_text(&shown);
                }
            }
            _ => {}
        }
    }

    /// Text in an instruction that is not what the field shows: nobody sees it
    /// on the page.
    pub(super) fn put_unsaid(&mut self, field: &Field) {
        let Some(text) = field.unsaid() else { return };
        let style = self.sheet.keep_style(Style { hidden: true, ..Style::default() });
        let mut para = Para::default();
        para.push(&text, style);
        let (region, label) = (Region::Hidden, "field".to_owned());
        self.waiting.push(Piece { para, region, label, group: 0, line: Some(0) });
        self.flush_if_free();
    }

    /// What a content control is called (17.5.2.1). What could be chosen in it
    /// and was not is not on the page.
    pub(super) fn control_prop(&mut self, element: &Element<'_>) {
        if element.local() == "alias" {
            self.alt(element.attr("val").as_deref());
        }
    }
}
