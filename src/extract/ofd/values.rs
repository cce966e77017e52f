//! Values of attributes: boxes, matrices, advances, colours (GB/T 33190-2016, 7.3
//! and 8.3). Lengths are millimetres in files and points everywhere else.

/// Points in a millimetre.
pub(super) const POINTS: f32 = 72.0 / 25.4;

/// Advances one attribute may give: more characters than any text object has.
const MAX_ADVANCES: usize = 200_000;

/// A box: left, top, width, height.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Bounds {
    pub x: f32,
    pub y: f32,
    pub width: f32,
    pub height: f32,
}

impl Bounds {
    /// Whether a point lies in it, or within `reach` of it.
    pub fn holds(&self, x: f32, y: f32, reach: f32) -> bool {
        x >= self.x - reach
            && y >= self.y - reach
            && x <= self.x + self.width + reach
            && y <= self.y + self.height + reach
    }

    /// The smallest box around both.
    pub fn union(self, other: Self) -> Self {
        let (x, y) = (self.x.min(other.x), self.y.min(other.y));
        let right = (self.x + self.width).max(other.x + other.width);
        let bottom = (self.y + self.height).max(other.y + other.height);
        Self { x, y, width: right - x, height: bottom - y }
    }
}

/// Takes a point `[x y 1]` to `[a·x + c·y + e, b·x + d·y + f]`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Matrix(pub [f32; 6]);

impl Matrix {
    pub const IDENTITY: Self = Self([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);

    /// Moves by `x` and `y`.
    pub fn moving(x: f32, y: f32) -> Self {
        Self([1.0, 0.0, 0.0, 1.0, x, y])
    }

    /// This first, then `next`.
    pub fn then(self, next: Self) -> Self {
        let [a, b, c, d, e, f] = self.0;
        let (x, y) = next.apply(e, f);
        let n = next.0;
        Self([
            a * n[0] + b * n[2],
            a * n[1] + b * n[3],
            c * n[0] + d * n[2],
            c * n[1] + d * n[3],
            x,
            y,
        ])
    }

    pub fn apply(self, x: f32, y: f32) -> (f32, f32) {
        let [a, b, c, d, e, f] = self.0;
        (a * x + c * y + e, b * x + d * y + f)
    }

    /// The box around a box that was taken through it.
    pub fn bounds(self, from: Bounds) -> Bounds {
        let corners = [
            (from.x, from.y),
            (from.x + from.width, from.y),
            (from.x, from.y + from.height),
            (from.x + from.width, from.y + from.height),
        ];
        let points = corners.map(|(x, y)| self.apply(x, y));
        let point = |(x, y)| Bounds { x, y, width: 0.0, height: 0.0 };
        points.into_iter().map(point).reduce(Bounds::union).unwrap_or(from)
    }
}

/// Finite numbers separated by white space or commas; what is none is left out.
pub(super) fn numbers(value: &str) -> impl Iterator<Item = f32> + '_ {
    value
        .split(|c: char| c.is_whitespace() || c == ',')
        .filter_map(|word| word.parse::<f32>().ok())
        .filter(|number| number.is_finite() && number.abs() < 1e7)
}

pub(super) fn number(value: &str) -> Option<f32> {
    numbers(value).next()
}

pub(super) fn bounds(value: &str) -> Option<Bounds> {
    let mut all = numbers(value);
    let (x, y, width, height) = (all.next()?, all.next()?, all.next()?, all.next()?);
    Some(Bounds { x, y, width, height })
}

pub(super) fn matrix(value: &str) -> Option<Matrix> {
    let mut all = numbers(value);
    let mut made = [0.0; 6];
    for place in &mut made {
        *place = all.next()?;
    }
    Some(Matrix(made))
}

/// Advances between characters, `g n v` standing for n times v (11.3).
/// At most `characters` are of use.
pub(super) fn advances(value: &str, characters: usize) -> Vec<f32> {
    let limit = characters.min(MAX_ADVANCES);
    let mut made = Vec::new();
    let mut words = value.split(|c: char| c.is_whitespace() || c == ',').filter(|w| !w.is_empty());
    while let Some(word) = words.next() {
        if made.len() >= limit {
            break;
        }
        if word.eq_ignore_ascii_case("g") {
            let count = words.next().and_then(|w| w.parse::<usize>().ok()).unwrap_or(0);
            let value = words.next().and_then(number).unwrap_or(0.0);
            made.extend(std::iter::repeat_n(value, count.min(limit - made.len())));
        } else {
            made.extend(number(word));
        }
    }
    made
}

/// A colour by its components: grey, RGB or CMYK by their number (8.3.1).
/// Components are decimal or `#` and hexadecimal.
pub(super) fn color(value: &str) -> Option<[u8; 3]> {
    let component = |word: &str| match word.strip_prefix('#') {
        Some(hex) => u8::from_str_radix(hex, 16).ok(),
        None => number(word).map(|n| n.clamp(0.0, 255.0) as u8),
    };
    let parts: Vec<u8> = value.split_whitespace().take(5).map_while(component).collect();
    match parts.as_slice() {
        [grey] => Some([*grey; 3]),
        [r, g, b] => Some([*r, *g, *b]),
        [c, m, y, k] => {
            let ink = |part: u8| ((255 - u16::from(part)) * (255 - u16::from(*k)) / 255) as u8;
            Some([ink(*c), ink(*m), ink(*y)])
        }
        _ => None,
    }
}

/// The rectangle a path draws, if it is one and nothing else: four corners with
/// lines between them. Else the box around its points, and `false`.
pub(super) fn path_box(data: &str) -> Option<(Bounds, bool)> {
    let mut points: Vec<(f32, f32)> = Vec::new();
    let mut around: Option<Bounds> = None;
    let (mut straight, mut x) = (true, None);
    for word in data.split(|c: char| c.is_whitespace() || c == ',') {
        match (word, number(word)) {
            (_, Some(value)) => match x.take() {
                None => x = Some(value),
                Some(x) => {
                    let point = Bounds { x, y: value, width: 0.0, height: 0.0 };
                    around = Some(around.map_or(point, |all| all.union(point)));
                    if points.len() < 6 {
                        points.push((x, value));
                    }
                }
            },
            ("M" | "L" | "S" | "C" | "", None) => {}
            _ => straight = false,
        }
    }
    let around = around?;
    let at_corner = |(x, y): &(f32, f32)| {
        let near = |a: f32, b: f32| (a - b).abs() < 0.01;
        (near(*x, around.x) || near(*x, around.x + around.width))
            && (near(*y, around.y) || near(*y, around.y + around.height))
    };
    let is_box = straight && (4..=5).contains(&points.len()) && points.iter().all(at_corner);
    Some((around, is_box))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advances_repeat_and_are_bounded() {
        for (value, characters, want) in [
            ("1 2 3", 9, vec![1.0, 2.0, 3.0]),
            ("g 2 1.5 g 1 -3", 9, vec![1.5, 1.5, -3.0]),
            ("g 999999999 1", 3, vec![1.0; 3]),
            ("g x", 3, vec![]),
            ("1,NaN 2", 9, vec![1.0, 2.0]),
        ] {
            assert_eq!(advances(value, characters), want, "{value}");
        }
    }

    #[test]
    fn colors_are_told_by_their_components() {
        for (value, want) in [
            ("255 0 0", Some([255, 0, 0])),
            ("#FF #80 #00", Some([255, 128, 0])),
            ("0", Some([0, 0, 0])),
            ("0 0 0 255", Some([0, 0, 0])),
            ("0 0 0 0", Some([255, 255, 255])),
            ("", None),
        ] {
            assert_eq!(color(value), want, "{value}");
        }
    }

    #[test]
    fn matrices_follow_one_another() {
        let turned = Matrix([0.0, 1.0, -1.0, 0.0, 0.0, 0.0]).then(Matrix::moving(10.0, 5.0));
        assert_eq!(turned.apply(2.0, 0.0), (10.0, 7.0));
    }

    #[test]
    fn rectangles_are_told_from_other_paths() {
        assert!(path_box("M 0 0 L 9 0 L 9 4 L 0 4 C").is_some_and(|(_, is_box)| is_box));
        assert!(path_box("M 0 0 L 9 0 L 4 4 C").is_some_and(|(_, is_box)| !is_box));
        assert!(path_box("M 0 0 B 9 0 9 4 0 4 C").is_some_and(|(_, is_box)| !is_box));
        assert_eq!(path_box("C"), None);
    }
}
