//! XFA forms (Adobe XML Forms Architecture 3.3): the words of the template and
//! the data that was filled in. Viewers of today do not show them.

use super::Said;
use super::syntax::{File, Object};
use crate::model::Region;

/// Parts of a form that hold words.
const PARTS: [&str; 2] = ["template", "datasets"];

/// The texts of the form.
pub(crate) fn read(file: &File<'_, '_>) -> Vec<Said> {
    let form = file.catalog().and_then(|catalog| file.dict(&catalog, b"AcroForm"));
    let mut made = Vec::new();
    match form.map(|form| file.get(&form, b"XFA")) {
        Some(Object::Stream(stream)) => {
            let data = file.unpack(&stream).map(|data| data.bytes).unwrap_or_default();
            let source = String::from_utf8_lossy(&data);
            for part in PARTS {
                made.extend(read_part(file, part, inside(&source, part)));
            }
        }
        Some(Object::Array(parts)) => {
            for [name, part] in parts.as_chunks::<2>().0 {
                let name = file.resolve(name).text().map(super::syntax::text::decoded);
                let name = name.unwrap_or_default();
                if !PARTS.contains(&name.as_str()) || file.meter.is_stopped() {
                    continue;
                }
                let Object::Stream(stream) = file.resolve(part) else { continue };
                let data = file.unpack(&stream).map(|data| data.bytes).unwrap_or_default();
                made.extend(read_part(file, &name, &String::from_utf8_lossy(&data)));
            }
        }
        _ => {}
    }
    made
}

/// What stands between the first tag of a part and its last.
fn inside<'s>(source: &'s str, part: &str) -> &'s str {
    let found = [format!("<{part}"), format!("<xfa:{part}")]
        .iter()
        .find_map(|tag| source.find(tag.as_str()));
    let Some(start) = found else { return "" };
    let rest = source.get(start..).unwrap_or_default();
    let end = [format!("</{part}>"), format!("</xfa:{part}>")]
        .iter()
        .find_map(|tag| rest.rfind(tag.as_str()));
    rest.get(..end.unwrap_or(rest.len())).unwrap_or_default()
}

fn read_part(file: &File<'_, '_>, part: &str, source: &str) -> Vec<Said> {
    let mut made = Vec::new();
    for (name, text) in super::xml::texts(source, file.meter) {
        // Programs and settings are no words of the form.
        if matches!(name.as_str(), "script" | "picture" | "submit" | "ref" | "xmpMM" | "format") {
            continue;
        }
        if part == "template" && !text.chars().any(char::is_alphabetic) {
            continue;
        }
        made.push(Said::new(Region::FormField, 0, format!("XFA {name}"), text));
    }
    made
}
