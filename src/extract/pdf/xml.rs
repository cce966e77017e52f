//! The XML that stands in PDF files: formatted text, XMP packets, XFA forms.

use super::meter::Meter;
use crate::extract::packet;

/// The texts of a document and of its attributes, each with the name of its
/// element or attribute; of lists in RDF the name of the property they belong to.
pub(super) fn texts(source: &str, meter: &Meter<'_>) -> Vec<(String, String)> {
    packet::texts(source, &mut || meter.steps(1)).found
}

/// The same with attributes: RDF writes a property without structure as one.
pub(super) fn texts_and_attributes(source: &str, meter: &Meter<'_>) -> Vec<(String, String)> {
    packet::texts_and_attributes(source, &mut || meter.steps(1)).found
}
