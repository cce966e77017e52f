//! Colours of DrawingML (ISO/IEC 29500-1, 20.1.2.3): by value or by name, with
//! what is done to them.

use std::collections::HashMap;

use crate::extract::office::theme::{Theme, rgb};
use crate::extract::office::xml::Element;

/// A colour as it is asked for.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Color {
    base: Base,
    /// What is done to it, in order.
    changes: Vec<(Change, f32)>,
    /// From 0 (not seen) to 1.
    pub alpha: f32,
}

#[derive(Clone, Debug, PartialEq)]
enum Base {
    Rgb([u8; 3]),
    /// A name of the theme, or of the map before it.
    Slot(String),
    Unknown,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Change {
    LightnessBy,
    LightnessAnd,
    Tint,
    Shade,
}

/// More changes to one colour than anybody makes.
const MAX_CHANGES: usize = 8;

impl Color {
    /// The colour an element says, if it says one.
    pub fn of(element: &Element<'_>) -> Option<Self> {
        let value = || element.attr("val").unwrap_or_default();
        let base = match element.local() {
            "srgbClr" => rgb(&value()).map_or(Base::Unknown, Base::Rgb),
            "sysClr" => {
                let last = element.attr("lastClr").and_then(|v| rgb(&v));
                let usual = match &*value() {
                    "window" => Some([255; 3]),
                    "windowText" => Some([0; 3]),
                    _ => None,
                };
                last.or(usual).map_or(Base::Unknown, Base::Rgb)
            }
            "schemeClr" => Base::Slot(value().into_owned()),
            "prstClr" => preset(&value()).map_or(Base::Unknown, Base::Rgb),
            "scrgbClr" => {
                let part = |name: &str| {
                    element.attr(name).and_then(|v| share(&v)).map(|v| linear(v.clamp(0.0, 1.0)))
                };
                match (part("r"), part("g"), part("b")) {
                    (Some(r), Some(g), Some(b)) => Base::Rgb([r, g, b]),
                    _ => Base::Unknown,
                }
            }
            "hslClr" => Base::Unknown,
            _ => return None,
        };
        Some(Self { base, changes: Vec::new(), alpha: 1.0 })
    }

    /// Takes in an element inside a colour's.
    pub fn change(&mut self, element: &Element<'_>) {
        let Some(value) = element.attr("val").and_then(|v| share(&v)) else { return };
        let change = match element.local() {
            "alpha" => {
                self.alpha = value;
                return;
            }
            "lumMod" => Change::LightnessBy,
            "lumOff" => Change::LightnessAnd,
            "tint" => Change::Tint,
            "shade" => Change::Shade,
            _ => return,
        };
        if self.changes.len() < MAX_CHANGES {
            self.changes.push((change, value));
        }
    }

    /// What it comes to; `None` where that is not known.
    pub fn resolve(&self, map: &Map, theme: &Theme) -> Option<[u8; 3]> {
        let base = match &self.base {
            Base::Rgb(rgb) => *rgb,
            Base::Slot(slot) => theme.color(map.slot(slot))?,
            Base::Unknown => return None,
        };
        Some(self.changes.iter().fold(base, |color, (change, by)| changed(color, *change, *by)))
    }
}

/// `50000`, or in strict documents `50%`, as a share of one.
fn share(value: &str) -> Option<f32> {
    let value = value.trim();
    let share = match value.strip_suffix('%') {
        Some(percent) => percent.parse::<f32>().ok()? / 100.0,
        None => value.parse::<f32>().ok()? / 100_000.0,
    };
    share.is_finite().then(|| share.clamp(-10.0, 10.0))
}

/// A linear share of light as it is stored (sRGB).
fn linear(share: f32) -> u8 {
    let stored = match share {
        dark if dark <= 0.003_130_8 => 12.92 * dark,
        light => 1.055 * light.powf(1.0 / 2.4) - 0.055,
    };
    (stored * 255.0).round().clamp(0.0, 255.0) as u8
}

fn changed(color: [u8; 3], change: Change, by: f32) -> [u8; 3] {
    let parts = color.map(|c| f32::from(c) / 255.0);
    let parts = match change {
        Change::Tint => parts.map(|c| c * by + 1.0 - by),
        Change::Shade => parts.map(|c| c * by),
        Change::LightnessBy | Change::LightnessAnd => {
            let most = parts.iter().copied().fold(0.0, f32::max);
            let least = parts.iter().copied().fold(1.0, f32::min);
            let lightness = (most + least) / 2.0;
            let wanted = match change {
                Change::LightnessBy => lightness * by,
                _ => lightness + by,
            };
            relit(parts, lightness, wanted.clamp(0.0, 1.0))
        }
    };
    parts.map(|c| (c * 255.0).round().clamp(0.0, 255.0) as u8)
}

/// A colour of another lightness, its hue and saturation kept: parts lie about
/// the lightness as far as saturation lets them, which depends on it alone.
fn relit(parts: [f32; 3], from: f32, to: f32) -> [f32; 3] {
    let room = |lightness: f32| lightness.min(1.0 - lightness);
    let stretch = if room(from) > 1e-4 { room(to) / room(from) } else { 0.0 };
    parts.map(|c| to + (c - from) * stretch)
}

fn preset(name: &str) -> Option<[u8; 3]> {
    Some(match name {
        "black" => [0; 3],
        "white" => [255; 3],
        "red" => [255, 0, 0],
        "green" => [0, 128, 0],
        "blue" => [0, 0, 255],
        "yellow" => [255, 255, 0],
        "gray" | "grey" => [128; 3],
        "silver" => [192; 3],
        "darkRed" | "dkRed" => [139, 0, 0],
        _ => return None,
    })
}

/// Which colour of the theme stands for a name (19.3.1.6).
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Map(HashMap<String, String>);

impl Map {
    /// The map an element says.
    pub fn of(element: &Element<'_>) -> Self {
        const NAMES: &[&str] = &["bg1", "tx1", "bg2", "tx2"];
        let slot = |name: &&str| Some(((*name).to_owned(), element.attr(name)?.into_owned()));
        Self(NAMES.iter().filter_map(slot).collect())
    }

    fn slot<'a>(&'a self, name: &'a str) -> &'a str {
        self.0.get(name).map_or(name, String::as_str)
    }
}

/// Whether a colour is not seen on another: both all but equal.
pub(super) fn vanishes(color: [u8; 3], ground: [u8; 3]) -> bool {
    color.iter().zip(ground).all(|(a, b)| a.abs_diff(b) < 16)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn color(base: [u8; 3], changes: &[(Change, f32)]) -> Option<[u8; 3]> {
        let color = Color { base: Base::Rgb(base), changes: changes.to_vec(), alpha: 1.0 };
        color.resolve(&Map::default(), &Theme::default())
    }

    #[test]
    fn lightness_is_changed_and_hue_is_not() {
        for (base, changes, want) in [
            ([0, 0, 0], vec![(Change::LightnessBy, 0.5), (Change::LightnessAnd, 0.5)], [128; 3]),
            ([255; 3], vec![(Change::LightnessBy, 0.95)], [242; 3]),
            ([255, 0, 0], vec![(Change::LightnessBy, 0.5)], [128, 0, 0]),
            (
                [255, 0, 0],
                vec![(Change::LightnessBy, 0.4), (Change::LightnessAnd, 0.6)],
                [255, 153, 153],
            ),
            ([200, 100, 0], vec![(Change::Shade, 0.5)], [100, 50, 0]),
            ([0, 0, 0], vec![(Change::Tint, 0.25)], [191; 3]),
        ] {
            let got = color(base, &changes).expect("a value");
            assert!(got.iter().zip(want).all(|(a, b)| a.abs_diff(b) <= 1), "{base:?}: {got:?}");
        }
    }
}
