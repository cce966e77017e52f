//! Colours: of the theme with its tints, of the palette, or plain (ISO/IEC
//! 29500-1, 18.8.3, 18.8.19 and 18.8.27).

use crate::extract::office::theme::Theme;
use crate::extract::office::xml::Element;

/// Red, green, blue.
pub(in crate::extract::office) type Rgb = [u8; 3];

/// Colours that differ by less in every channel cannot be told apart.
const CONTRAST: u8 = 24;

/// The palette of numbered colours, from 8 on; 0 to 7 are the first eight again.
const PALETTE: [u32; 56] = [
    0x000000, 0xFFFFFF, 0xFF0000, 0x00FF00, 0x0000FF, 0xFFFF00, 0xFF00FF, 0x00FFFF, 0x800000,
    0x008000, 0x000080, 0x808000, 0x800080, 0x008080, 0xC0C0C0, 0x808080, 0x9999FF, 0x993366,
    0xFFFFCC, 0xCCFFFF, 0x660066, 0xFF8080, 0x0066CC, 0xCCCCFF, 0x000080, 0xFF00FF, 0xFFFF00,
    0x00FFFF, 0x800080, 0x800000, 0x008080, 0x0000FF, 0x00CCFF, 0xCCFFFF, 0xCCFFCC, 0xFFFF99,
    0x99CCFF, 0xFF99CC, 0xCC99FF, 0xFFCC99, 0x3366FF, 0x33CCCC, 0x99CC00, 0xFFCC00, 0xFF9900,
    0xFF6600, 0x666699, 0x969696, 0x003366, 0x339966, 0x003300, 0x333300, 0x993300, 0x993366,
    0x333399, 0x333333,
];

/// The colours of a workbook.
#[derive(Clone, Debug)]
pub(in crate::extract::office) struct Colors {
    pub theme: Theme,
    palette: Vec<Rgb>,
}

impl Default for Colors {
    fn default() -> Self {
        Self { theme: Theme::default(), palette: PALETTE.iter().map(|rgb| rgb_of(*rgb)).collect() }
    }
}

fn rgb_of(number: u32) -> Rgb {
    let [_, r, g, b] = number.to_be_bytes();
    [r, g, b]
}

/// `RRGGBB`, or `AARRGGBB` of which the first two are not meant.
pub(in crate::extract::office) fn parse(hex: &str) -> Option<Rgb> {
    let hex = hex.trim().trim_start_matches('#');
    if !matches!(hex.len(), 6 | 8) {
        return None;
    }
    u32::from_str_radix(hex, 16).ok().map(rgb_of)
}

/// Whether a reader cannot tell the two apart.
pub(in crate::extract::office) fn alike(a: Rgb, b: Rgb) -> bool {
    a.iter().zip(b).all(|(a, b)| a.abs_diff(b) < CONTRAST)
}

impl Colors {
    /// Puts a colour in the place of one of the palette's.
    pub fn set_indexed(&mut self, at: usize, rgb: Rgb) {
        if let Some(known) = at.checked_sub(8).and_then(|at| self.palette.get_mut(at)) {
            *known = rgb;
        }
    }

    /// The colour of a number; 64 is that of text, 65 that of paper.
    pub fn indexed(&self, number: u32) -> Option<Rgb> {
        match number {
            64 => Some([0; 3]),
            65 => Some([255; 3]),
            0..8 => self.palette.get(number as usize).copied(),
            _ => self.palette.get((number - 8) as usize).copied(),
        }
    }

    /// The theme's colour of a number, made darker or lighter by `tint`. Unlike
    /// the theme itself, cells number light colours before dark ones.
    pub fn themed(&self, number: usize, tint: f64) -> Option<Rgb> {
        const NAMES: [&str; 12] = [
            "lt1", "dk1", "lt2", "dk2", "accent1", "accent2", "accent3", "accent4", "accent5",
            "accent6", "hlink", "folHlink",
        ];
        self.theme.color(NAMES.get(number)?).map(|rgb| tinted(rgb, tint))
    }

    /// What a colour element says.
    pub fn of(&self, element: &Element<'_>) -> Option<Rgb> {
        let tint = element.attr("tint").and_then(|t| t.parse().ok()).unwrap_or(0.0);
        if let Some(number) = element.number("theme") {
            return self.themed(number as usize, tint);
        }
        if let Some(rgb) = element.attr("rgb") {
            return parse(&rgb).map(|rgb| tinted(rgb, tint));
        }
        self.indexed(element.number("indexed")?).map(|rgb| tinted(rgb, tint))
    }
}

/// A colour made darker (`tint` below 0) or lighter, by its luminance (18.8.19).
pub(in crate::extract::office) fn tinted(rgb: Rgb, tint: f64) -> Rgb {
    if tint == 0.0 || !tint.is_finite() {
        return rgb;
    }
    let tint = tint.clamp(-1.0, 1.0);
    // Near enough to what is done in hue, luminance and saturation.
    rgb.map(|channel| {
        let channel = f64::from(channel);
        let changed = match tint < 0.0 {
            true => channel * (1.0 + tint),
            false => channel + (255.0 - channel) * tint,
        };
        changed.round().clamp(0.0, 255.0) as u8
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::office::xml::{Xml, XmlReader};
    use crate::extract::{Budget, Limits};

    #[test]
    fn colours_are_told_by_all_their_names() {
        let mut colors = Colors::default();
        let theme = r#"<a:theme><a:clrScheme><a:dk1><a:sysClr val="windowText" lastClr="000000"/></a:dk1>
            <a:lt1><a:sysClr val="window" lastClr="FFFFFF"/></a:lt1><a:dk2><a:srgbClr val="112233"/></a:dk2>
            <a:lt2><a:srgbClr val="EEECE1"/></a:lt2></a:clrScheme><a:fmtScheme><a:srgbClr val="000001"/>
            </a:fmtScheme></a:theme>"#;
        let mut budget = Budget::new(Limits::default());
        colors.theme.read(&mut XmlReader::new(theme, &mut budget));
        let cases = [
            (r#"<color rgb="FFFF0000"/>"#, Some([255, 0, 0])),
            (r#"<color rgb="00FF00"/>"#, Some([0, 255, 0])),
            (r#"<color theme="0"/>"#, Some([255; 3])),
            (r#"<color theme="1"/>"#, Some([0; 3])),
            (r#"<color theme="3"/>"#, Some([0x11, 0x22, 0x33])),
            (r#"<color theme="1" tint="0.5"/>"#, Some([128; 3])),
            (r#"<color theme="0" tint="-0.5"/>"#, Some([128; 3])),
            (r#"<color indexed="9"/>"#, Some([255; 3])),
            (r#"<color indexed="10"/>"#, Some([255, 0, 0])),
            (r#"<color indexed="64"/>"#, Some([0; 3])),
            (r#"<color indexed="4000000000"/>"#, None),
            (r#"<color theme="99"/>"#, None),
            (r#"<color auto="1"/>"#, None),
        ];
        for (part, want) in cases {
            let mut xml = XmlReader::new(part, &mut budget);
            let Some(Xml::Open(element)) = xml.next() else { panic!("an element") };
            assert_eq!(colors.of(&element), want, "{part}");
        }
        assert!(alike([255; 3], [250, 245, 255]) && !alike([255; 3], [200; 3]));
    }
}
