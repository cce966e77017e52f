//! Colours, as exactly as it takes to tell white, black and red (ISO 32000-2, 8.6).

use std::rc::Rc;

use super::syntax::{Dict, File, Object};

/// Colour spaces within each other.
const MAX_DEPTH: usize = 6;

/// A colour space.
#[derive(Clone, Debug, Default)]
pub(crate) enum Space {
    #[default]
    Gray,
    Rgb,
    Cmyk,
    Lab,
    /// A base space, and its colours one after the other.
    Indexed(Rc<Space>, Rc<[u8]>),
    /// An alternative space, and how a tint becomes a colour of it.
    Tint(Rc<Space>, Rc<Tint>),
    Pattern,
}

/// How the tint of an ink becomes a colour.
#[derive(Clone, Debug)]
pub(crate) enum Tint {
    /// From the first colour to the second, with an exponent.
    Between(Vec<f64>, Vec<f64>, f64),
    /// Colours at equal steps.
    Steps(Vec<Vec<f64>>),
    /// Not worked out: the more ink, the darker.
    Unknown,
}

impl Space {
    /// The space of a name or array, by the resources it may be named in.
    pub(crate) fn load(file: &File<'_, '_>, object: &Object, resources: Option<&Dict>) -> Self {
        Self::within(file, object, resources, 0)
    }

    fn within(
        file: &File<'_, '_>,
        object: &Object,
        resources: Option<&Dict>,
        depth: usize,
    ) -> Self {
        if depth > MAX_DEPTH {
            return Self::Gray;
        }
        let object = file.resolve(object);
        if let Some(name) = object.name() {
            return match name {
                b"DeviceGray" | b"G" | b"CalGray" => Self::Gray,
                b"DeviceRGB" | b"RGB" | b"CalRGB" => Self::Rgb,
                b"DeviceCMYK" | b"CMYK" => Self::Cmyk,
                b"Pattern" => Self::Pattern,
                _ => match resources.and_then(|resources| resources.get(name)) {
                    Some(named) => Self::within(file, named, None, depth + 1),
                    None => Self::Gray,
                },
            };
        }
        let Some(parts) = object.array() else { return Self::Gray };
        let part = |at: usize| parts.get(at).map_or(Object::Null, |part| file.resolve(part));
        let inner = |at: usize| Rc::new(Self::within(file, &part(at), resources, depth + 1));
        match part(0).name().unwrap_or_default() {
            b"CalRGB" | b"DeviceRGB" | b"RGB" => Self::Rgb,
            b"DeviceCMYK" | b"CMYK" => Self::Cmyk,
            b"Lab" => Self::Lab,
            b"Pattern" => Self::Pattern,
            b"ICCBased" => {
                let profile = part(1);
                let count = profile.dict().and_then(|dict| file.integer(dict, b"N"));
                match count {
                    Some(3) => Self::Rgb,
                    Some(4) => Self::Cmyk,
                    _ => Self::Gray,
                }
            }
            b"Indexed" | b"I" => {
                let table = match part(3) {
                    Object::Text(text) => text,
                    Object::Stream(stream) => {
                        file.unpack(&stream).map(|made| made.bytes.into()).unwrap_or_default()
                    }
                    _ => Rc::default(),
                };
                Self::Indexed(inner(1), table)
            }
            b"Separation" => Self::Tint(inner(2), Rc::new(Tint::load(file, &part(3)))),
            b"DeviceN" => Self::Tint(inner(2), Rc::new(Tint::Unknown)),
            _ => Self::Gray,
        }
    }

    /// How many numbers a colour has.
    fn parts(&self) -> usize {
        match self {
            Self::Gray | Self::Indexed(..) | Self::Tint(..) | Self::Pattern => 1,
            Self::Rgb | Self::Lab => 3,
            Self::Cmyk => 4,
        }
    }

    /// The colour a space begins with.
    pub(crate) fn initial(&self) -> [u8; 3] {
        match self {
            Self::Tint(..) => self.rgb(&[1.0]),
            Self::Cmyk => [0; 3],
            _ => self.rgb(&[0.0; 4]),
        }
    }

    /// Red, green and blue of a colour.
    pub(crate) fn rgb(&self, values: &[f64]) -> [u8; 3] {
        let value = |at: usize| values.get(at).copied().unwrap_or_default();
        let byte = |value: f64| (value.clamp(0.0, 1.0) * 255.0).round() as u8;
        match self {
            Self::Gray => [byte(value(0)); 3],
            Self::Rgb => [byte(value(0)), byte(value(1)), byte(value(2))],
            Self::Cmyk => {
                let black = 1.0 - value(3).clamp(0.0, 1.0);
                [0, 1, 2].map(|at| byte((1.0 - value(at).clamp(0.0, 1.0)) * black))
            }
            Self::Lab => lab(value(0), value(1), value(2)).map(byte),
            Self::Indexed(base, table) => {
                let count = base.parts();
                let at = (value(0).max(0.0) as usize).min(4096) * count;
                let entry = table.get(at..at + count).unwrap_or_default();
                let scale = |byte: &u8| f64::from(*byte) / 255.0;
                let mut values: Vec<f64> = entry.iter().map(scale).collect();
                if let (Self::Lab, [l, a, b]) = (&**base, values.as_mut_slice()) {
                    (*l, *a, *b) = (*l * 100.0, *a * 255.0 - 128.0, *b * 255.0 - 128.0);
                }
                base.rgb(&values)
            }
            Self::Tint(base, tint) => match tint.colour(value(0)) {
                Some(colour) => base.rgb(&colour),
                None => {
                    let most = values.iter().copied().fold(0.0, f64::max);
                    [byte(1.0 - most * 0.9); 3]
                }
            },
            Self::Pattern => [128; 3],
        }
    }
}

fn lab(l: f64, a: f64, b: f64) -> [f64; 3] {
    let m = (l + 16.0) / 116.0;
    let from = |t: f64| if t > 6.0 / 29.0 { t.powi(3) } else { (t - 4.0 / 29.0) * 108.0 / 841.0 };
    let (x, y, z) = (0.9505 * from(m + a / 500.0), from(m), 1.089 * from(m - b / 200.0));
    let linear = [
        3.2406 * x - 1.5372 * y - 0.4986 * z,
        -0.9689 * x + 1.8758 * y + 0.0415 * z,
        0.0557 * x - 0.204 * y + 1.057 * z,
    ];
    linear.map(|value| value.clamp(0.0, 1.0).powf(1.0 / 2.2))
}

impl Tint {
    fn load(file: &File<'_, '_>, function: &Object) -> Self {
        let Some(dict) = function.dict() else { return Self::Unknown };
        match file.integer(dict, b"FunctionType") {
            Some(2) => Self::Between(
                file.numbers_of(dict, b"C0").unwrap_or_else(|| vec![0.0]),
                file.numbers_of(dict, b"C1").unwrap_or_else(|| vec![1.0]),
                file.number(dict, b"N").unwrap_or(1.0),
            ),
            Some(0) => Self::sampled(file, function).unwrap_or(Self::Unknown),
            _ => Self::Unknown,
        }
    }

    fn sampled(file: &File<'_, '_>, function: &Object) -> Option<Self> {
        let stream = function.stream()?;
        let dict = &stream.dict;
        let range = file.numbers_of(dict, b"Range")?;
        let count = range.len() / 2;
        if file.integer(dict, b"BitsPerSample") != Some(8) || !(1..=8).contains(&count) {
            return None;
        }
        let data = file.unpack(stream)?.bytes;
        let steps = data.chunks_exact(count).take(4096).map(|sample| {
            let scaled = sample.iter().zip(range.as_chunks::<2>().0);
            scaled
                .map(|(byte, [low, high])| low + f64::from(*byte) / 255.0 * (high - low))
                .collect()
        });
        Some(Self::Steps(steps.collect()))
    }

    fn colour(&self, tint: f64) -> Option<Vec<f64>> {
        let tint = tint.clamp(0.0, 1.0);
        match self {
            Self::Between(none, full, exponent) => {
                let share = tint.powf(exponent.clamp(0.01, 100.0));
                Some(none.iter().zip(full).map(|(a, b)| a + share * (b - a)).collect())
            }
            Self::Steps(steps) => {
                let at = tint * steps.len().saturating_sub(1) as f64;
                steps.get(at.round() as usize).cloned()
            }
            Self::Unknown => None,
        }
    }
}

/// Whether two colours cannot be told apart by eye.
pub(crate) fn is_same(a: [u8; 3], b: [u8; 3]) -> bool {
    a.iter().zip(b).all(|(a, b)| a.abs_diff(b) <= 6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_near_enough() {
        let tint = |space, tint| Space::Tint(Rc::new(space), Rc::new(tint));
        let red = tint(Space::Cmyk, Tint::Between(vec![0.0; 4], vec![0.0, 1.0, 1.0, 0.0], 1.0));
        let table: Rc<[u8]> = [0, 0, 0, 255, 0, 0].as_slice().into();
        let cases = [
            (Space::Gray, vec![1.0], [255, 255, 255]),
            (Space::Rgb, vec![1.0, 0.0, 0.0], [255, 0, 0]),
            (Space::Cmyk, vec![0.0, 0.0, 0.0, 1.0], [0, 0, 0]),
            (Space::Lab, vec![100.0, 0.0, 0.0], [255, 255, 255]),
            (Space::Indexed(Rc::new(Space::Rgb), table), vec![1.0], [255, 0, 0]),
            (red.clone(), vec![1.0], [255, 0, 0]),
            (red, vec![0.0], [255, 255, 255]),
            (tint(Space::Gray, Tint::Unknown), vec![0.0], [255, 255, 255]),
            (Space::Rgb, vec![], [0, 0, 0]),
        ];
        for (space, values, want) in cases {
            assert!(is_same(space.rgb(&values), want), "{space:?} {:?}", space.rgb(&values));
        }
        assert!(!is_same([255; 3], [240; 3]));
    }
}
