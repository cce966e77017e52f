//! What Word's XML of 2003 has in the midst of a story: headers in their section,
//! comments and tracked changes as annotations.

use super::{Story, Tag};
use crate::extract::office::word::sheet::Place;
use crate::extract::office::xml::Element;
use crate::model::Region;

impl Story<'_> {
    /// An annotation: a comment, a tracked change.
    pub(super) fn open_annotation(&mut self, element: &Element<'_>) -> Option<Tag> {
        if element.local() != "annotation" {
            return None;
        }
        match element.attr("type").as_deref() {
            Some("Word.Deletion") => {
                self.deleted += 1;
                Some(Tag::Deleted)
            }
            Some("Word.Comment") => {
                self.push_labelled(Region::Comment, "comment");
                Some(Tag::Box)
            }
            _ => None,
        }
    }

    /// A header or footer that stands in its section.
    pub(super) fn begin_margin(&mut self, header: bool, element: &Element<'_>) -> Tag {
        let which = match element.attr("type").as_deref() {
            Some("first") => "first",
            Some("even") => "even",
            _ => "default",
        };
        self.push_labelled(if header { Region::Header } else { Region::Footer }, which);
        Tag::Box
    }

    /// What follows stands in a place of its own.
    pub(super) fn push_labelled(&mut self, region: Region, label: &str) {
        let group = self.sheet.next_group();
        self.places.push(Place { region, label: label.to_owned(), group, ..Place::default() });
    }

    /// Goes to the page where a region begins: a header that is written at its
    /// section's end is on the section's first page. Gives back the page to
    /// return to.
    pub(super) fn go_to_margin(&mut self, region: Region) -> Option<u32> {
        let margin = self.kind.flows && matches!(region, Region::Header | Region::Footer);
        margin.then(|| std::mem::replace(&mut self.sheet.page, self.section.page))
    }

    /// Returns from a margin.
    pub(super) fn come_back(&mut self, page: Option<u32>) {
        self.sheet.page = page.unwrap_or(self.sheet.page);
    }
}
