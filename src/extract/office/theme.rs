//! Themes (ISO/IEC 29500-1, 14.2.7): faces and colours that documents refer to
//! by name.

use std::collections::HashMap;

use super::xml::{Xml, XmlReader};

/// Fonts and colours that styles refer to by name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Theme {
    /// Major and minor: Latin, East Asian.
    fonts: [[String; 2]; 2],
    colors: HashMap<String, [u8; 3]>,
}

impl Theme {
    /// Reads the theme part.
    pub fn read(&mut self, xml: &mut XmlReader<'_, '_>) {
        let mut set: Option<usize> = None;
        let mut slot = String::new();
        while let Some(event) = xml.next() {
            let Xml::Open(element) = event else { continue };
            let face = || element.attr("typeface").unwrap_or_default().into_owned();
            let mut give = |script: usize, face: String| {
                if let Some(font) = set.and_then(|at| self.fonts.get_mut(at)?.get_mut(script))
                    && font.is_empty()
                {
                    *font = face;
                }
            };
            match element.local() {
                "majorFont" => set = Some(0),
                "minorFont" => set = Some(1),
                "fmtScheme" => set = None,
                "latin" => give(0, face()),
                "ea" => give(1, face()),
                "font" if element.attr("script").is_some_and(|s| s == "Hans") => give(1, face()),
                "sysClr" | "srgbClr" if !slot.is_empty() => {
                    let value = element.attr("lastClr").or_else(|| element.attr("val"));
                    if let Some(rgb) = value.and_then(|v| rgb(&v)) {
                        self.colors.entry(std::mem::take(&mut slot)).or_insert(rgb);
                    }
                }
                name @ ("dk1" | "lt1" | "dk2" | "lt2" | "hlink" | "folHlink") => {
                    name.clone_into(&mut slot);
                }
                name if name.starts_with("accent") => name.clone_into(&mut slot),
                _ => {}
            }
        }
    }

    /// A face of the heading (0) or body (1) set: Latin (0) or East Asian (1).
    pub fn face(&self, set: usize, script: usize) -> Option<&str> {
        let face = self.fonts.get(set)?.get(script)?;
        Some(face.as_str()).filter(|face| !face.is_empty())
    }

    /// A colour by any of its names.
    pub fn color(&self, slot: &str) -> Option<[u8; 3]> {
        let slot = match slot {
            "background1" | "light1" | "bg1" => "lt1",
            "text1" | "dark1" | "tx1" => "dk1",
            "background2" | "light2" | "bg2" => "lt2",
            "text2" | "dark2" | "tx2" => "dk2",
            other => other,
        };
        self.colors.get(slot).copied()
    }
}

/// `RRGGBB` as red, green, blue.
pub(crate) fn rgb(value: &str) -> Option<[u8; 3]> {
    let value = value.trim().trim_start_matches('#');
    let number = u32::from_str_radix(value, 16).ok().filter(|_| value.len() == 6)?;
    let [_, r, g, b] = number.to_be_bytes();
    Some([r, g, b])
}
