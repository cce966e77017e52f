//! The XML that stands in PDF files: formatted text, XMP packets, XFA forms.

use super::meter::Meter;
use crate::extract::packet::{self, Texts};

/// The texts of a document, each with the name of its element; of lists in RDF the
/// name of the property they belong to.
pub(super) fn texts(source: &str, meter: &Meter<'_>) -> Vec<(String, String)> {
    whole(packet::texts(source, &mut || meter.steps(1)), meter)
}

/// The same with attributes: RDF writes a property without structure as one.
pub(super) fn texts_and_attributes(source: &str, meter: &Meter<'_>) -> Vec<(String, String)> {
    whole(packet::texts_and_attributes(source, &mut || meter.steps(1)), meter)
}

/// What was found; that there may be more is noted.
fn whole(read: Texts, meter: &Meter<'_>) -> Vec<(String, String)> {
    if !read.is_whole && !meter.is_stopped() {
        meter.damaged("XML in it (metadata or a form) breaks off or refers to what is not there");
    }
    read.found
}
