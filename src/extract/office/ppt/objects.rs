//! What is in a presentation's stream beside its pages: objects and macros, and
//! records that no edit refers to any more.

use flate2::read::ZlibDecoder;

use super::record;
use super::text::texts;
use super::{Deck, Edits, page};
use crate::extract::Metered;
use crate::extract::office::art::{Record, Records, utf16};
use crate::extract::office::ole;
use crate::extract::office::sheet::Done;
use crate::model::{Gap, Origin, Region, Submission};

/// What earlier versions of a page or document said is called.
const EARLIER: &str = "earlier version";

/// Instances of a sound's strings: what it is called, and how its file's name
/// ends.
const NAME: u16 = 0;
const ENDING: u16 = 1;

/// The instance of an object's storage that is packed.
const PACKED: u16 = 1;

impl Deck<'_> {
    /// Objects and macros: compound files, packed or not (MS-PPT 2.10.34).
    pub(super) fn read_objects(
        &mut self,
        submission: &Submission,
        edits: &Edits,
        stream: &[u8],
        macros: Option<u32>,
    ) {
        let mut count = 0;
        for (number, place) in &edits.objects {
            let record = Record::read(stream, *place);
            let Some(record) = record.filter(|r| r.kind == record::OBJECT_STORAGE) else {
                continue;
            };
            if !self.known.insert(*place) {
                continue;
            }
            count += 1;
            let name = match macros == Some(*number) {
                true => "vbaProject.bin".to_owned(),
                false => format!("oleObject{count}.bin"),
            };
            let (bytes, gap) = self.storage(&record);
            self.children.push(match gap {
                Some(gap) if bytes.is_empty() => submission.lost_child(name, Origin::Embedded, gap),
                gap => {
                    let whole = gap.is_none();
                    let mut object = submission.child(name, Origin::Embedded, bytes);
                    object.gaps.extend(gap);
                    match whole {
                        true => ole::unwrapped(submission, object, self.budget),
                        false => object,
                    }
                }
            });
        }
    }

    /// Sounds, which stand in the document's record as they were files (2.4.16).
    pub(super) fn read_sounds(&mut self, submission: &Submission, document: &Record<'_>) {
        let lists = document.children().filter(|record| record.kind == record::SOUNDS);
        for sound in lists.flat_map(|list| list.children()) {
            let Some(data) = sound.child(record::SOUND_DATA) else { continue };
            if sound.kind != record::SOUND || data.body.is_empty() {
                continue;
            }
            let said = |instance: u16| {
                let mut strings = sound.children().filter(|r| r.kind == record::STRING);
                let string = strings.find(|r| r.instance == instance);
                string.map(|r| utf16(r.body)).unwrap_or_default()
            };
            let mut name = said(NAME);
            let ending = said(ENDING);
            if !name.to_lowercase().ends_with(&ending.to_lowercase()) {
                name.push_str(&ending);
            }
            let name = if name.is_empty() { "sound".to_owned() } else { name };
            let spent = self.budget.spend_bytes(data.body.len() as u64);
            self.children.push(match spent {
                Ok(()) => submission.child(name, Origin::Embedded, data.body.to_vec()),
                Err(gap) => submission.lost_child(name, Origin::Embedded, gap),
            });
        }
    }

    fn storage(&mut self, record: &Record<'_>) -> (Vec<u8>, Option<Gap>) {
        if record.instance != PACKED {
            let spent = self.budget.spend_bytes(record.body.len() as u64);
            return match spent {
                Ok(()) => (record.body.to_vec(), None),
                Err(gap) => (Vec::new(), Some(gap)),
            };
        }
        // The size before it is declared, and decides nothing.
        let packed = record.body.get(4..).unwrap_or_default();
        let length = packed.len() as u64;
        Metered::new(ZlibDecoder::new(packed), length, self.budget).read_all()
    }

    /// Records that no edit refers to any more: what they say and the present
    /// version does not was taken out, and left in the file.
    pub(super) fn read_earlier(&mut self, stream: &[u8]) {
        for record in Records::new(stream) {
            if let Err(gap) = self.budget.spend_steps(1) {
                return self.gap(gap);
            }
            let is_page = matches!(
                record.kind,
                record::DOCUMENT
                    | record::SLIDE
                    | record::NOTES
                    | record::MAIN_MASTER
                    | record::HANDOUT
            );
            if !is_page || self.known.contains(&record.at) {
                continue;
            }
            for line in self.loose(&record) {
                if self.putter.said.insert(line.clone()) {
                    let done = Done::plain(Region::Hidden, 0, EARLIER, line);
                    self.putter.sheet.later.push(done);
                }
            }
        }
    }

    /// Everything a presentation says whose directory is lost: pages one behind
    /// the other, without what they rest on.
    pub(super) fn read_loose(&mut self, stream: &[u8]) {
        // Sectors mostly stand in their order, so records are looked for too
        // where the file around them cannot be read.
        let first = [0x0F, 0x00, 0xE8, 0x03];
        let at = match Record::read(stream, 0).filter(|record| record.is_container) {
            Some(_) => Some(0),
            None => memchr::memmem::find(stream, &first),
        };
        let Some(stream) = at.and_then(|at| stream.get(at..)) else { return };
        for record in Records::new(stream) {
            let region = match record.kind {
                record::SLIDE => Region::Body,
                record::NOTES => Region::Note,
                record::DOCUMENT => Region::Body,
                record::MAIN_MASTER | record::HANDOUT => Region::TextBox,
                _ => continue,
            };
            if record.kind == record::SLIDE {
                if let Err(gap) = self.budget.check_pages(self.slides as usize + 1) {
                    return self.gap(gap);
                }
                self.slides += 1;
            }
            let number = if record.kind == record::SLIDE { self.slides } else { 0 };
            for line in self.loose(&record) {
                self.putter.put_plain(region, number, "", &line);
            }
        }
    }

    /// The lines of all texts in a record, at any depth.
    fn loose(&mut self, record: &Record<'_>) -> Vec<String> {
        let mut lines = Vec::new();
        let mut open = vec![record.children()];
        while let Some(records) = open.last_mut() {
            let Some(record) = records.next() else {
                open.pop();
                continue;
            };
            if let Err(gap) = self.budget.spend_steps(1) {
                self.gap(gap);
                break;
            }
            match record.kind {
                record::TEXT_CHARS | record::TEXT_BYTES => {
                    let Ok(texts) = texts(std::iter::once(record), self.budget) else { break };
                    for line in texts.iter().flat_map(|text| text.lines()) {
                        let said: String =
                            line.runs.iter().map(|(text, _)| text.as_str()).collect();
                        lines.push(said.trim().to_owned());
                    }
                }
                record::COMMENT => lines.extend(page::comment_of(&record)),
                record::HEADERS_FOOTERS => {
                    let strings = record.children().filter(|r| r.kind == record::STRING);
                    lines.extend(strings.map(|r| utf16(r.body).trim().to_owned()));
                }
                record::BINARY_TAG_DATA => open.push(Records::new(record.body)),
                _ if record.is_container => open.push(record.children()),
                _ => {}
            }
        }
        // A stand-in alone says nothing.
        lines.retain(|line| !line.is_empty() && line != "*");
        lines
    }
}
