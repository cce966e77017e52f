//! Pages saved as mail (RFC 2557): the page and what it shows are parts of one
//! mail, each with the address it came from. Pages are children, with the style
//! sheets they link to put into them; pictures are counted.

use super::body;
use super::eml::{past_envelope, plain_lines};
use super::entity::{Entity, Role, entities};
use super::fields::Field;
use super::page::Page;
use super::transfer::{Coding, Decoded};
use super::words;
use crate::extract::html::data::percent_decoded;
use crate::extract::html::with_styles;
use crate::extract::unread::PICTURES;
use crate::extract::{Budget, Extraction, charset, image, sniff};
use crate::model::{Gap, GapKind, Origin, Region, Submission};

/// Longest name made of an address.
const MAX_NAME: usize = 120;

/// Fields that hold addresses of parts, and no words.
const ADDRESSES: &[&str] =
    &["content-location", "content-id", "content-base", "snapshot-content-location"];

/// Reads it.
pub(crate) fn read(submission: &Submission, budget: &mut Budget) -> Extraction {
    let bytes = plain_lines(&submission.bytes, charset::tell(&submission.bytes));
    let (bytes, behind) = past_envelope(&bytes);
    let (entities, gaps) = entities(bytes, budget);
    let sheets = entities.iter().filter_map(Sheet::of).collect();
    let mut reader = Reader {
        submission,
        sheets,
        page: Page::new(),
        children: Vec::new(),
        gaps,
        number: 0,
        pictures: 0,
        has_page: false,
    };
    for entity in &entities {
        if !reader.page.is_full() {
            reader.entity(entity, budget);
        }
    }
    reader.hidden(behind, budget);
    reader.finish()
}

/// A style sheet among the parts.
struct Sheet {
    /// What pages call it.
    addresses: Vec<String>,
    css: String,
}

impl Sheet {
    fn of(entity: &Entity) -> Option<Self> {
        if entity.role != Role::Leaf || entity.kind.value != "text/css" {
            return None;
        }
        let label = entity.kind.raw("charset");
        let bytes = entity.coding.decode(entity.body).bytes;
        let css = charset::decode_labelled(&bytes, label.as_deref(), usize::MAX).text;
        let id = address(entity, "content-id").map(|id| format!("cid:{}", bare(&id)));
        let addresses = id.into_iter().chain(address(entity, "content-location")).collect();
        Some(Self { addresses, css })
    }
}

/// The value of a field with an address.
fn address(entity: &Entity, field: &str) -> Option<String> {
    let value = words::decode(entity.head.get(field)?, None);
    let value: String = value.split_whitespace().collect();
    (!value.is_empty()).then_some(value)
}

/// An id without its angle brackets.
fn bare(id: &str) -> &str {
    id.trim_start_matches('<').trim_end_matches('>')
}

struct Reader<'a> {
    submission: &'a Submission,
    sheets: Vec<Sheet>,
    page: Page,
    children: Vec<Submission>,
    gaps: Vec<Gap>,
    /// How many parts were seen, to name those that have no name.
    number: usize,
    pictures: usize,
    has_page: bool,
}

impl Reader<'_> {
    fn entity(&mut self, entity: &Entity, budget: &mut Budget) {
        self.number += 1;
        for field in &entity.head.fields {
            self.field(field, budget);
        }
        match entity.role {
            Role::Multipart if entity.kind.value == "multipart/encrypted" => {
                self.gaps.push(Gap::new(GapKind::Encrypted, "a part of the page is encrypted"));
            }
            Role::Multipart => {}
            Role::Outside => self.hidden(entity.body, budget),
            Role::Leaf => self.leaf(entity, budget),
        }
    }

    /// A field as a property of the page: its subject is the page's title, and
    /// its date the day it was saved.
    fn field(&mut self, field: &Field, budget: &mut Budget) {
        let value = words::decode(&field.value, None);
        let is_address = ADDRESSES.iter().any(|name| field.is(name));
        let is_machine = body::is_wordless(field.name) || field.is("date") || is_address;
        let is_saver = field.is("from") && value.starts_with("<Saved by");
        if value.is_empty() || (is_machine || is_saver) && value.is_ascii() {
            return;
        }
        let label = if field.is("subject") { "title" } else { field.name };
        self.page.field(Region::Property, label, &value, budget);
    }

    fn leaf(&mut self, entity: &Entity, budget: &mut Budget) {
        let decoded = entity.coding.decode(entity.body);
        if let Coding::Unknown(name) = &entity.coding {
            let words = format!("part {} has an unknown transfer encoding, {name:?}", self.number);
            self.gaps.push(Gap::new(GapKind::Unsupported, words));
        }
        if decoded.bytes.trim_ascii().is_empty() {
            return;
        }
        if let Err(gap) = budget.spend_bytes(decoded.bytes.len() as u64) {
            if !self.gaps.contains(&gap) {
                self.gaps.push(gap);
            }
            return;
        }
        self.hidden(decoded.rest, budget);
        match entity.kind.value.as_str() {
            "text/html" | "application/xhtml+xml" => self.html(entity, &decoded, budget),
            _ if is_plain_picture(&decoded.bytes, budget) => self.pictures += 1,
            kind if kind.starts_with("font/") || kind.contains("font-") => {}
            kind => {
                let label = entity.kind.raw("charset");
                let bytes = match label {
                    Some(label) if kind.starts_with("text/") => {
                        body::labelled(decoded.bytes.clone(), &label)
                    }
                    _ => decoded.bytes.to_vec(),
                };
                self.child(entity, &decoded, bytes);
            }
        }
    }

    /// A page, in UTF-8 with its mark: what the mail says of its encoding counts
    /// for more than what the page says.
    fn html(&mut self, entity: &Entity, decoded: &Decoded, budget: &mut Budget) {
        self.has_page = true;
        let label = entity.kind.raw("charset");
        let text = charset::decode_labelled(&decoded.bytes, label.as_deref(), usize::MAX);
        let number = self.number;
        self.gaps.extend(text.gap().map(|gap| {
            let detail = format!("part {number}: {}", gap.detail);
            Gap { detail, ..gap }
        }));
        let find = |href: &str| {
            let is_it = |sheet: &&Sheet| sheet.addresses.iter().any(|known| known == href);
            self.sheets.iter().find(is_it).map(|sheet| sheet.css.as_str())
        };
        let markup = match self.sheets.is_empty() {
            true => text.text,
            false => with_styles(&text.text, find, budget),
        };
        let page = body::html_page(&markup);
        self.child(entity, decoded, page);
    }

    /// Text that no program shows.
    fn hidden(&mut self, bytes: &[u8], budget: &mut Budget) {
        if !bytes.trim_ascii().is_empty() {
            let text = charset::decode(bytes, budget.text_limit());
            self.gaps.extend(text.gap());
            self.page.lines(Region::Hidden, &text.text, budget);
        }
    }

    fn child(&mut self, entity: &Entity, decoded: &Decoded, bytes: Vec<u8>) {
        let names = || entity.disposition.all("filename", None).into_iter();
        let name = address(entity, "content-location")
            .and_then(|address| name_of(&address))
            .or_else(|| names().chain(entity.kind.all("name", None)).next())
            .unwrap_or_else(|| {
                format!("part-{}.{}", self.number, body::extension(&entity.kind.value))
            });
        let mut child = self.submission.child(name, Origin::Embedded, bytes);
        child.gaps.extend(decoded.trouble.clone().map(|said| Gap::new(GapKind::Damaged, said)));
        self.children.push(child);
    }

    fn finish(mut self) -> Extraction {
        let (text, gap) = self.page.finish();
        self.gaps.extend(gap);
        // Parts that end where the mail does are all said to.
        let mut said: Vec<Gap> = Vec::new();
        for gap in self.gaps {
            if !said.contains(&gap) {
                said.push(gap);
            }
        }
        self.gaps = said;
        let mut notes = Vec::new();
        if self.pictures > 0 && !self.has_page {
            let words = format!("{} pictures and no page", self.pictures);
            self.gaps.push(Gap::new(GapKind::ImageOnly, words));
        } else {
            notes.extend(PICTURES.note(self.pictures));
        }
        Extraction {
            pages: Some(1),
            text,
            children: self.children,
            gaps: self.gaps,
            notes,
            ..Extraction::default()
        }
    }
}

/// Whether it is a picture, and no drawing with text.
fn is_plain_picture(bytes: &[u8], budget: &mut Budget) -> bool {
    let media_type = sniff(bytes).media_type();
    media_type.starts_with("image/")
        && media_type != "image/svg+xml"
        && !image::is_drawing_with_text(bytes, budget)
}

/// The name of a file in an address: its last segment, characters resolved.
fn name_of(address: &str) -> Option<String> {
    let path = address.split(['?', '#']).next()?.trim_end_matches('/');
    let path = path.split_once("://").map_or(path, |(_, rest)| rest);
    let last = path.rsplit(['/', '\\']).next().filter(|last| !last.is_empty())?;
    let name = charset::decode(&percent_decoded(last), usize::MAX).text;
    Some(name.chars().take(MAX_NAME).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::Limits;

    fn read_file(mail: &str) -> Extraction {
        let mut budget = Budget::new(Limits::default());
        read(&Submission::file("a.mht", mail.as_bytes()), &mut budget)
    }

    const HEAD: &str = "From: <Saved by Blink>\nSnapshot-Content-Location: http://a/\nSubject: =?utf-8?Q?=E6=9C=BA=E5=AF=86?=\nDate: Mon, 3 Mar 2014 10:00:00 +0800\nMIME-Version: 1.0\nContent-Type: multipart/related; boundary=b; type=\"text/html\"\n\n";

    #[test]
    fn pages_are_children_with_their_styles() {
        let mail = format!(
            "{HEAD}--b\nContent-Type: text/html; charset=gbk\nContent-Transfer-Encoding: quoted-printable\nContent-Location: http://a/x/%E9%A1%B5.htm?y=1\n\n<html><link rel=3Dstylesheet href=3D\"cid:s@b\"><link rel=3Dicon href=3D\"cid:s@b\"><p class=3Dx>=BB=FA=C3=DC</p>\n\n--b\nContent-Type: text/css\nContent-ID: <s@b>\n\n.x {{ display: none }}\n--b\nContent-Type: image/png\nContent-Transfer-Encoding: base64\n\niVBORw0KGgoAAAANSUhEUg==\n--b\nContent-Type: text/html\nContent-Location: file:///C:/frame.htm\n\n<p>x</p>\n--b--\nbehind\n"
        );
        let read = read_file(&mail);
        let children: Vec<_> = read
            .children
            .iter()
            .map(|c| (c.provenance.name(), String::from_utf8_lossy(&c.bytes).into_owned()))
            .collect();
        assert_eq!(children[0].0, "页.htm");
        assert!(children[0].1.contains("<p class=x>机密</p>"), "{}", children[0].1);
        assert!(children[0].1.ends_with("<style>.x { display: none }</style>\n"), "{children:?}");
        assert_eq!(children[1], ("part-3.txt", ".x { display: none }".into()));
        assert_eq!(children[2], ("frame.htm", "<p>x</p>".into()));
        assert_eq!(read.text.as_str(), "机密\nbehind\n");
        assert_eq!(read.text.blocks()[0].region, Region::Property);
        assert_eq!(read.text.blocks()[1].region, Region::Hidden);
        assert_eq!(read.notes.iter().map(|n| n.id).collect::<Vec<_>>(), ["pictures"]);
        assert_eq!(read.gaps, []);
        for cut in 0..mail.len() {
            if mail.is_char_boundary(cut) {
                read_file(&mail[..cut]);
            }
        }
    }

    #[test]
    fn what_is_cut_or_only_a_picture_is_said() {
        let cut = format!("{HEAD}--b\nContent-Type: text/html\n\n<p>机");
        let read = read_file(&cut);
        assert_eq!(read.children.len(), 1);
        assert_eq!(read.gaps.first().map(|gap| gap.kind), Some(GapKind::Damaged));
        let picture = format!(
            "{HEAD}--b\nContent-Type: image/gif\nContent-Transfer-Encoding: base64\n\nR0lGODlhAQABAIAAAAAAAP\n--b--\n"
        );
        let gaps = read_file(&picture).gaps;
        assert!(gaps.iter().any(|gap| gap.kind == GapKind::ImageOnly), "{gaps:?}");
    }

    #[test]
    fn names_are_taken_from_addresses() {
        for (address, want) in [
            ("http://a.cn/b/c.htm?d=e#f", Some("c.htm")),
            ("http://a.cn/", Some("a.cn")),
            ("file:///C:/x/%E6%9C%BA%E5%AF%86.htm", Some("机密.htm")),
            ("C:\\x\\y.htm", Some("y.htm")),
            ("", None),
        ] {
            assert_eq!(name_of(address).as_deref(), want, "{address}");
        }
    }
}
