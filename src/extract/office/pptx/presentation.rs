//! The presentation part: how large slides are and in which order they come.

use crate::extract::office::xml::{Ns, Xml, XmlReader};

/// What the presentation part says.
#[derive(Debug, Default)]
pub(super) struct Presentation {
    /// Width and height of slides in points; zero where not known.
    pub size: [f32; 2],
    /// Ids of relationships to the slides, in order.
    pub slides: Vec<String>,
    /// Names of sections and of shows made of some of the slides.
    pub names: Vec<(&'static str, String)>,
}

impl Presentation {
    /// Reads the part.
    pub fn read(xml: &mut XmlReader<'_, '_>) -> Self {
        let mut made = Self::default();
        while let Some(event) = xml.next() {
            let Xml::Open(element) = event else { continue };
            let mut name = |what| {
                let name = element.attr("name").unwrap_or_default().into_owned();
                made.names.push((what, name));
            };
            match (element.ns, element.local()) {
                (Ns::P, "sldSz") => {
                    let points = |name: &str| {
                        element.attr(name).and_then(|v| v.trim().parse::<f32>().ok()).map_or(
                            0.0,
                            // English metric units.
                            |emu| (emu / 12_700.0).clamp(0.0, 100_000.0),
                        )
                    };
                    made.size = [points("cx"), points("cy")];
                }
                (Ns::P, "sldId") => {
                    made.slides.push(element.related("id").unwrap_or_default().into_owned());
                }
                (Ns::P, "custShow") => name("show"),
                (Ns::Other, "section") => name("section"),
                _ => {}
            }
        }
        made
    }
}
