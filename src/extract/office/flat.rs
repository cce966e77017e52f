//! Packages in one XML file ("flat OPC"): each part an element, XML as it is
//! and the rest in base64. What is inside may be any Office Open XML document.

use super::package::{FlatPart, Package, decode};
use super::xml::{Xml, XmlReader};
use super::{base64, docx, pptx, xlsx};
use crate::extract::{Budget, Extraction};
use crate::model::{Gap, GapKind, Submission};

/// Reads it.
pub(crate) fn read(submission: &Submission, budget: &mut Budget) -> Extraction {
    let (text, lossy) = decode(submission.bytes.to_vec());
    let (parts, trouble) = parts(text.trim_start_matches('\u{FEFF}'), budget);
    let mut package = Package::of_parts(parts);
    if lossy {
        package.gap(Gap::new(GapKind::Damaged, "the file is not in its encoding"));
    }
    trouble.into_iter().for_each(|gap| package.gap(gap));
    drop(text);
    let main = (0..package.len())
        .map(|id| package.content_type(id))
        .find(|kind| kind.ends_with(".main+xml"))
        .unwrap_or_default();
    match main {
        kind if kind.contains("presentation") || kind.contains("powerpoint") => {
            pptx::read_package(submission, package, budget)
        }
        kind if kind.contains("spreadsheet") || kind.contains("excel") => {
            xlsx::read_package(submission, package, budget)
        }
        _ => docx::read_package(submission, package, budget),
    }
}

/// The parts, and why they may not be all.
fn parts(text: &str, budget: &mut Budget) -> (Vec<FlatPart>, Option<Gap>) {
    let mut parts: Vec<FlatPart> = Vec::new();
    let mut held = 0;
    let mut over = None;
    let mut xml = XmlReader::new(text, budget);
    while let Some(event) = xml.next() {
        let Xml::Open(element) = event else { continue };
        let content = match element.local() {
            "part" => {
                let value = |name: &str| element.attr(name).unwrap_or_default().into_owned();
                parts.push(FlatPart {
                    name: value("name"),
                    content_type: value("contentType"),
                    ..FlatPart::default()
                });
                continue;
            }
            "xmlData" => xml.inner().as_bytes().to_vec(),
            "binaryData" => base64::decode(xml.inner()),
            _ => continue,
        };
        // A copy of the file at most, and paid for all the same.
        held += content.len() as u64;
        if let Err(gap) = xml.spend_bytes(content.len() as u64) {
            over = Some(gap);
            break;
        }
        if let Some(part) = parts.last_mut().filter(|part| part.content.is_empty()) {
            part.content = content;
        }
    }
    debug_assert!(over.is_some() || held <= text.len() as u64);
    (parts, over.or(xml.finish()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::Limits;

    const HEAD: &str = r#"<?xml version="1.0" standalone="yes"?><?mso-application progid="Word.Document"?><pkg:package xmlns:pkg="http://schemas.microsoft.com/office/2006/xmlPackage">"#;

    fn flat(parts: &[(&str, &str, &str)]) -> String {
        let parts: String = parts
            .iter()
            .map(|(name, kind, inside)| {
                format!(
                    r#"<pkg:part pkg:name="{name}" pkg:contentType="{kind}">{inside}</pkg:part>"#
                )
            })
            .collect();
        format!("{HEAD}{parts}</pkg:package>")
    }

    fn data(xml: &str) -> String {
        format!("<pkg:xmlData>{xml}</pkg:xmlData>")
    }

    fn read_text(text: &str) -> Extraction {
        read(&Submission::file("a.xml", text.as_bytes()), &mut Budget::new(Limits::default()))
    }

    fn relationships(inside: &str) -> String {
        data(&format!(
            r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{inside}</Relationships>"#
        ))
    }

    const OPEN: &str = "application/vnd.openxmlformats-officedocument";

    fn document() -> String {
        let body = r#"<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><w:body><w:p><w:r><w:t>机密★10年</w:t></w:r></w:p><w:sectPr><w:headerReference w:type="default" r:id="h"/></w:sectPr></w:body></w:document>"#;
        let header = r#"<w:hdr xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:p><w:r><w:t>页眉</w:t></w:r></w:p></w:hdr>"#;
        let kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        flat(&[
            (
                "/_rels/.rels",
                "application/vnd.openxmlformats-package.relationships+xml",
                &relationships(&format!(
                    r#"<Relationship Id="m" Type="{kind}/officeDocument" Target="word/document.xml"/>"#
                )),
            ),
            (
                "/word/_rels/document.xml.rels",
                "application/vnd.openxmlformats-package.relationships+xml",
                &relationships(&format!(
                    r#"<Relationship Id="h" Type="{kind}/header" Target="h.xml"/><Relationship Id="e" Type="{kind}/package" Target="a.txt"/>"#
                )),
            ),
            (
                "/word/document.xml",
                &format!("{OPEN}.wordprocessingml.document.main+xml"),
                &data(body),
            ),
            ("/word/h.xml", &format!("{OPEN}.wordprocessingml.header+xml"), &data(header)),
            ("/word/a.txt", "text/plain", "<pkg:binaryData>5py6\n5a+G</pkg:binaryData>"),
        ])
    }

    #[test]
    fn a_document_in_one_file_is_read_like_its_package() {
        let extraction = read_text(&document());
        assert_eq!((extraction.gaps.len(), extraction.notes.len()), (0, 0));
        assert_eq!(extraction.text.as_str(), "机密★10年\n页眉\n");
        let regions: Vec<_> = extraction.text.blocks().iter().map(|b| b.region).collect();
        assert_eq!(regions, [crate::model::Region::Body, crate::model::Region::Header]);
        assert_eq!(extraction.children.len(), 1);
        assert_eq!(&*extraction.children[0].bytes, "机密".as_bytes());
    }

    #[test]
    fn slides_in_one_file_are_read_as_slides() {
        let slide = r#"<p:sld xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><p:cSld><p:spTree><p:sp><p:txBody><a:p><a:r><a:t>题</a:t></a:r></a:p></p:txBody></p:sp></p:spTree></p:cSld></p:sld>"#;
        let extraction = read_text(&flat(&[
            (
                "/ppt/presentation.xml",
                &format!("{OPEN}.presentationml.presentation.main+xml"),
                &data("<p:presentation/>"),
            ),
            ("/ppt/slides/slide1.xml", &format!("{OPEN}.presentationml.slide+xml"), &data(slide)),
        ]));
        assert!(extraction.text.as_str().contains("题"));
    }

    #[test]
    fn no_cut_is_silent() {
        let whole = document();
        for (cut, _) in whole.char_indices().skip(HEAD.len()).step_by(5) {
            let extraction = read_text(&whole[..cut]);
            assert!(!extraction.gaps.is_empty(), "cut at {cut}");
        }
    }
}
