//! Fields in a story (MS-DOC 2.8.25): an instruction, which is not shown, and a
//! result, which is.

use crate::extract::office::word::fields::Field;

/// Fields within fields that are told apart.
const MAX_FIELDS: usize = 64;

/// The fields that are open, the innermost last.
#[derive(Debug, Default)]
pub(super) struct Fields {
    open: Vec<(Field, Option<String>)>,
    /// Fields deeper than are told apart.
    deeper: usize,
    /// Instruction in the paragraph at hand that nothing has ended so far.
    pub swallowed: String,
}

impl Fields {
    pub fn begin(&mut self) {
        if self.open.len() >= MAX_FIELDS {
            self.deeper += 1;
        } else {
            self.open.push((Field::default(), None));
        }
    }

    /// The result of the innermost begins.
    pub fn separate(&mut self) {
        if let Some((field, _)) = self.open.last_mut().filter(|_| self.deeper == 0) {
            field.separate();
        }
        self.settle();
    }

    /// The innermost ends; what it shows by itself, if it had no result, and what
    /// its instruction says beside what is shown.
    pub fn end(&mut self) -> (Option<String>, Option<String>) {
        if self.deeper > 0 {
            self.deeper -= 1;
            return (None, None);
        }
        let ended = self.open.pop();
        self.settle();
        let Some((field, choice)) = ended else { return (None, None) };
        let (unsaid, has_shown) = (field.unsaid(), field.has_shown());
        (field.shown_by_itself().or(choice.filter(|_| !has_shown)), unsaid)
    }

    /// Forgets what was swallowed once no instruction is open.
    fn settle(&mut self) {
        if !self.is_instruction() {
            self.swallowed.clear();
        }
    }

    /// Whether text stands in an instruction, at any depth.
    pub fn is_instruction(&self) -> bool {
        self.open.iter().any(|(field, _)| field.is_instruction())
    }

    /// Text in an instruction.
    pub fn instruct(&mut self, text: &str) {
        let mut fields = self.open.iter_mut().rev();
        if let Some((field, _)) = fields.find(|(field, _)| field.is_instruction()) {
            field.instruct(text);
        }
        self.swallowed.push_str(text);
    }

    /// Whether what is shown is the face of an object packed in the document.
    pub fn is_object(&self) -> bool {
        self.open.iter().any(|(field, _)| field.is_called("EMBED"))
    }

    /// Text is shown.
    pub fn show(&mut self) {
        self.open.iter_mut().for_each(|(field, _)| field.show());
    }

    /// A list to choose from has this chosen.
    pub fn choose(&mut self, choice: String) {
        if let Some((_, chosen)) = self.open.last_mut() {
            *chosen = Some(choice);
        }
    }
}
