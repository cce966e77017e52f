//! Colours as CSS writes them (CSS Color 4).

/// What a piece of text is painted with, or what is behind it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::extract) enum Ink {
    /// Red, green, blue.
    Rgb([u8; 3]),
    /// Nothing, or so little that nobody sees it.
    Clear,
    /// Something, but it is not told here what.
    Unknown,
}

/// Paint thinner than this is not seen.
const CLEAR: f32 = 0.06;

/// Reads a colour; `None` for what is none.
pub(in crate::extract) fn ink(value: &str) -> Option<Ink> {
    let value = value.trim().to_ascii_lowercase();
    if let Some(hex) = value.strip_prefix('#') {
        return of_hex(hex);
    }
    if let Some((function, rest)) = value.split_once('(') {
        return of_function(function.trim(), rest.trim_end_matches(')'));
    }
    match value.as_str() {
        "transparent" => Some(Ink::Clear),
        "currentcolor" => Some(Ink::Unknown),
        // Colours of the system, as they are where nobody changed them.
        "window" | "canvas" | "field" => Some(Ink::Rgb([255; 3])),
        "windowtext" | "canvastext" | "fieldtext" => Some(Ink::Rgb([0; 3])),
        name => NAMES.binary_search_by_key(&name, |(known, _)| known).ok().map(|at| {
            let [_, r, g, b] = NAMES[at].1.to_be_bytes();
            Ink::Rgb([r, g, b])
        }),
    }
}

/// A colour of an attribute (HTML, 2.3.6): the same, and hex without its sign.
pub(in crate::extract) fn ink_of_attribute(value: &str) -> Option<Ink> {
    let value = value.trim();
    ink(value).or_else(|| of_hex(value).filter(|_| value.len() == 6))
}

fn of_hex(hex: &str) -> Option<Ink> {
    if !hex.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let number = u32::from_str_radix(hex, 16).ok()?;
    let short = |shift: u32| ((number >> shift & 0xF) * 17) as u8;
    let long = |shift: u32| (number >> shift & 0xFF) as u8;
    let (rgb, alpha) = match hex.len() {
        3 => ([short(8), short(4), short(0)], 255),
        4 => ([short(12), short(8), short(4)], short(0)),
        6 => ([long(16), long(8), long(0)], 255),
        8 => ([long(24), long(16), long(8)], long(0)),
        _ => return None,
    };
    Some(painted(rgb, f32::from(alpha) / 255.0))
}

fn painted(rgb: [u8; 3], alpha: f32) -> Ink {
    if alpha < CLEAR { Ink::Clear } else { Ink::Rgb(rgb) }
}

/// `rgb()`, `hsl()` and their likes; of other functions it is not known what they give.
fn of_function(function: &str, inside: &str) -> Option<Ink> {
    let parts: Vec<&str> = inside
        .split(|c: char| c == ',' || c == '/' || c.is_ascii_whitespace())
        .filter(|part| !part.is_empty())
        .take(5)
        .collect();
    let number = |at: usize, whole: f32| -> Option<f32> {
        let part = parts.get(at)?;
        match part.strip_suffix('%') {
            Some(percent) => Some(percent.parse::<f32>().ok()? / 100.0 * whole),
            None => part.trim_end_matches("deg").parse().ok(),
        }
    };
    let alpha = number(3, 1.0).unwrap_or(1.0);
    match function {
        "rgb" | "rgba" => {
            let channel = |at| number(at, 255.0).map(|v| v.clamp(0.0, 255.0).round() as u8);
            match (channel(0), channel(1), channel(2)) {
                (Some(r), Some(g), Some(b)) => Some(painted([r, g, b], alpha)),
                _ => Some(Ink::Unknown),
            }
        }
        "hsl" | "hsla" => {
            let (hue, saturation, light) = (number(0, 360.0)?, number(1, 1.0)?, number(2, 1.0)?);
            Some(painted(of_hsl(hue, saturation, light), alpha))
        }
        "var" | "lab" | "lch" | "oklab" | "oklch" | "color" | "color-mix" | "light-dark"
        | "hwb" => Some(Ink::Unknown),
        _ => None,
    }
}

/// CSS Color 4, section 7.1.
fn of_hsl(hue: f32, saturation: f32, light: f32) -> [u8; 3] {
    let (saturation, light) = (saturation.clamp(0.0, 1.0), light.clamp(0.0, 1.0));
    let channel = |n: f32| {
        let k = (n + hue / 30.0).rem_euclid(12.0);
        let a = saturation * light.min(1.0 - light);
        let value = light - a * (k - 3.0).min(9.0 - k).clamp(-1.0, 1.0);
        (value * 255.0).round().clamp(0.0, 255.0) as u8
    };
    [channel(0.0), channel(8.0), channel(4.0)]
}

/// The named colours, in order.
const NAMES: &[(&str, u32)] = &[
    ("aliceblue", 0xF0F8FF),
    ("antiquewhite", 0xFAEBD7),
    ("aqua", 0x00FFFF),
    ("aquamarine", 0x7FFFD4),
    ("azure", 0xF0FFFF),
    ("beige", 0xF5F5DC),
    ("bisque", 0xFFE4C4),
    ("black", 0x000000),
    ("blanchedalmond", 0xFFEBCD),
    ("blue", 0x0000FF),
    ("blueviolet", 0x8A2BE2),
    ("brown", 0xA52A2A),
    ("burlywood", 0xDEB887),
    ("cadetblue", 0x5F9EA0),
    ("chartreuse", 0x7FFF00),
    ("chocolate", 0xD2691E),
    ("coral", 0xFF7F50),
    ("cornflowerblue", 0x6495ED),
    ("cornsilk", 0xFFF8DC),
    ("crimson", 0xDC143C),
    ("cyan", 0x00FFFF),
    ("darkblue", 0x00008B),
    ("darkcyan", 0x008B8B),
    ("darkgoldenrod", 0xB8860B),
    ("darkgray", 0xA9A9A9),
    ("darkgreen", 0x006400),
    ("darkgrey", 0xA9A9A9),
    ("darkkhaki", 0xBDB76B),
    ("darkmagenta", 0x8B008B),
    ("darkolivegreen", 0x556B2F),
    ("darkorange", 0xFF8C00),
    ("darkorchid", 0x9932CC),
    ("darkred", 0x8B0000),
    ("darksalmon", 0xE9967A),
    ("darkseagreen", 0x8FBC8F),
    ("darkslateblue", 0x483D8B),
    ("darkslategray", 0x2F4F4F),
    ("darkslategrey", 0x2F4F4F),
    ("darkturquoise", 0x00CED1),
    ("darkviolet", 0x9400D3),
    ("deeppink", 0xFF1493),
    ("deepskyblue", 0x00BFFF),
    ("dimgray", 0x696969),
    ("dimgrey", 0x696969),
    ("dodgerblue", 0x1E90FF),
    ("firebrick", 0xB22222),
    ("floralwhite", 0xFFFAF0),
    ("forestgreen", 0x228B22),
    ("fuchsia", 0xFF00FF),
    ("gainsboro", 0xDCDCDC),
    ("ghostwhite", 0xF8F8FF),
    ("gold", 0xFFD700),
    ("goldenrod", 0xDAA520),
    ("gray", 0x808080),
    ("green", 0x008000),
    ("greenyellow", 0xADFF2F),
    ("grey", 0x808080),
    ("honeydew", 0xF0FFF0),
    ("hotpink", 0xFF69B4),
    ("indianred", 0xCD5C5C),
    ("indigo", 0x4B0082),
    ("ivory", 0xFFFFF0),
    ("khaki", 0xF0E68C),
    ("lavender", 0xE6E6FA),
    ("lavenderblush", 0xFFF0F5),
    ("lawngreen", 0x7CFC00),
    ("lemonchiffon", 0xFFFACD),
    ("lightblue", 0xADD8E6),
    ("lightcoral", 0xF08080),
    ("lightcyan", 0xE0FFFF),
    ("lightgoldenrodyellow", 0xFAFAD2),
    ("lightgray", 0xD3D3D3),
    ("lightgreen", 0x90EE90),
    ("lightgrey", 0xD3D3D3),
    ("lightpink", 0xFFB6C1),
    ("lightsalmon", 0xFFA07A),
    ("lightseagreen", 0x20B2AA),
    ("lightskyblue", 0x87CEFA),
    ("lightslategray", 0x778899),
    ("lightslategrey", 0x778899),
    ("lightsteelblue", 0xB0C4DE),
    ("lightyellow", 0xFFFFE0),
    ("lime", 0x00FF00),
    ("limegreen", 0x32CD32),
    ("linen", 0xFAF0E6),
    ("magenta", 0xFF00FF),
    ("maroon", 0x800000),
    ("mediumaquamarine", 0x66CDAA),
    ("mediumblue", 0x0000CD),
    ("mediumorchid", 0xBA55D3),
    ("mediumpurple", 0x9370DB),
    ("mediumseagreen", 0x3CB371),
    ("mediumslateblue", 0x7B68EE),
    ("mediumspringgreen", 0x00FA9A),
    ("mediumturquoise", 0x48D1CC),
    ("mediumvioletred", 0xC71585),
    ("midnightblue", 0x191970),
    ("mintcream", 0xF5FFFA),
    ("mistyrose", 0xFFE4E1),
    ("moccasin", 0xFFE4B5),
    ("navajowhite", 0xFFDEAD),
    ("navy", 0x000080),
    ("oldlace", 0xFDF5E6),
    ("olive", 0x808000),
    ("olivedrab", 0x6B8E23),
    ("orange", 0xFFA500),
    ("orangered", 0xFF4500),
    ("orchid", 0xDA70D6),
    ("palegoldenrod", 0xEEE8AA),
    ("palegreen", 0x98FB98),
    ("paleturquoise", 0xAFEEEE),
    ("palevioletred", 0xDB7093),
    ("papayawhip", 0xFFEFD5),
    ("peachpuff", 0xFFDAB9),
    ("peru", 0xCD853F),
    ("pink", 0xFFC0CB),
    ("plum", 0xDDA0DD),
    ("powderblue", 0xB0E0E6),
    ("purple", 0x800080),
    ("rebeccapurple", 0x663399),
    ("red", 0xFF0000),
    ("rosybrown", 0xBC8F8F),
    ("royalblue", 0x4169E1),
    ("saddlebrown", 0x8B4513),
    ("salmon", 0xFA8072),
    ("sandybrown", 0xF4A460),
    ("seagreen", 0x2E8B57),
    ("seashell", 0xFFF5EE),
    ("sienna", 0xA0522D),
    ("silver", 0xC0C0C0),
    ("skyblue", 0x87CEEB),
    ("slateblue", 0x6A5ACD),
    ("slategray", 0x708090),
    ("slategrey", 0x708090),
    ("snow", 0xFFFAFA),
    ("springgreen", 0x00FF7F),
    ("steelblue", 0x4682B4),
    ("tan", 0xD2B48C),
    ("teal", 0x008080),
    ("thistle", 0xD8BFD8),
    ("tomato", 0xFF6347),
    ("turquoise", 0x40E0D0),
    ("violet", 0xEE82EE),
    ("wheat", 0xF5DEB3),
    ("white", 0xFFFFFF),
    ("whitesmoke", 0xF5F5F5),
    ("yellow", 0xFFFF00),
    ("yellowgreen", 0x9ACD32),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_in_order() {
        assert!(NAMES.is_sorted_by_key(|(name, _)| name));
        assert_eq!(NAMES.len(), 148);
    }

    #[test]
    fn colours_are_read_however_they_are_written() {
        let white = Some(Ink::Rgb([255; 3]));
        for value in ["#fff", "#FFFFFF", "white", " White ", "rgb(255,255,255)", "#ffff"] {
            assert_eq!(ink(value), white, "{value}");
        }
        for value in ["rgba(255, 255, 255, .9)", "rgb(100% 100% 100% / 80%)", "hsl(0 0% 100%)"] {
            assert_eq!(ink(value), white, "{value}");
        }
        for value in ["transparent", "rgba(1,2,3,0)", "#12345600", "#1230"] {
            assert_eq!(ink(value), Some(Ink::Clear), "{value}");
        }
        assert_eq!(ink("hsl(120, 100%, 25%)"), Some(Ink::Rgb([0, 128, 0])));
        assert_eq!(ink("var(--paper)"), Some(Ink::Unknown));
        assert_eq!(ink_of_attribute("C00000"), Some(Ink::Rgb([192, 0, 0])));
        for value in ["", "#", "#12", "#xyz", "12pt", "url(x.png)", "solid"] {
            assert_eq!(ink(value), None, "{value}");
        }
    }
}
