//! Colours: what text is drawn in, and what it stands on.

/// A colour as it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::extract::office) enum Ink {
    /// Whatever suits: black on a light ground.
    Auto,
    /// Red, green, blue.
    Rgb([u8; 3]),
}

impl Ink {
    /// The nearest thing there is to not seeing anything: both all but equal.
    pub fn vanishes_on(self, ground: Ink) -> bool {
        let Self::Rgb(color) = self else { return false };
        let Self::Rgb(ground) = ground else { return false };
        color.iter().zip(ground).all(|(a, b)| a.abs_diff(b) < 16)
    }

    /// Paper.
    pub const WHITE: Self = Self::Rgb([255; 3]);

    /// `RRGGBB`, `auto`.
    pub fn parse(value: &str) -> Option<Self> {
        let value = value.trim().trim_start_matches('#');
        if value.eq_ignore_ascii_case("auto") {
            return Some(Self::Auto);
        }
        let number = u32::from_str_radix(value, 16).ok().filter(|_| value.len() == 6)?;
        let [_, r, g, b] = number.to_be_bytes();
        Some(Self::Rgb([r, g, b]))
    }

    /// A colour of VML: a name, `#rgb`, `#rrggbb`, with or without `[index]`.
    pub fn parse_vml(value: &str) -> Option<Self> {
        let value = value.split('[').next().unwrap_or_default().trim();
        if let Some(short) = value.strip_prefix('#').filter(|hex| hex.len() == 3) {
            let long: String = short.chars().flat_map(|c| [c, c]).collect();
            return Self::parse(&long);
        }
        Self::parse(value).or(match value {
            "white" | "window" => Some(Self::WHITE),
            "black" | "windowText" => Some(Self::Rgb([0; 3])),
            "red" => Some(Self::Rgb([255, 0, 0])),
            "silver" => Some(Self::Rgb([192; 3])),
            "gray" => Some(Self::Rgb([128; 3])),
            _ => None,
        })
    }

    /// A highlighter by its name.
    pub fn highlight(name: &str) -> Option<Self> {
        Some(Self::Rgb(match name {
            "black" => [0, 0, 0],
            "blue" => [0, 0, 255],
            "cyan" => [0, 255, 255],
            "green" => [0, 255, 0],
            "magenta" => [255, 0, 255],
            "red" => [255, 0, 0],
            "yellow" => [255, 255, 0],
            "white" => [255, 255, 255],
            "darkBlue" => [0, 0, 128],
            "darkCyan" => [0, 128, 128],
            "darkGreen" => [0, 128, 0],
            "darkMagenta" => [128, 0, 128],
            "darkRed" => [128, 0, 0],
            "darkYellow" => [128, 128, 0],
            "darkGray" => [128, 128, 128],
            "lightGray" => [192, 192, 192],
            _ => return None,
        }))
    }
}

/// What lies under a piece of text, from its cell or box.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(in crate::extract::office) enum Ground {
    /// The page.
    #[default]
    Page,
    /// This colour.
    Color(Ink),
    /// Something, but not known what: a picture, a table style's bands.
    Unknown,
}
