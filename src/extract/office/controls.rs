//! Controls on a page (ISO/IEC 29500-1, 15.2.1; MS-OAUT persistence): what they
//! show is among the properties in their part, where these are kept as XML.

use super::xml::{Xml, XmlReader};

/// Properties of a control that a person sees.
const SHOWN: &[&str] = &["Caption", "Value", "Text", "Prompt", "ControlTipText"];

/// Names and values of what a control shows.
pub(crate) fn shown(xml: &mut XmlReader<'_, '_>) -> Vec<(String, String)> {
    let mut found = Vec::new();
    while let Some(event) = xml.next() {
        let Xml::Open(element) = event else { continue };
        let value = |name: &str| element.attr(name).unwrap_or_default().into_owned();
        let name = value("name");
        if element.local() == "ocxPr" && SHOWN.contains(&name.as_str()) {
            found.push((name, value("value")));
        }
    }
    found
}
