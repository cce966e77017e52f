//! Paths as they are written (`AbbreviatedData`; GB/T 33190-2016, 9.2): operators with
//! the numbers behind them.

use kurbo::{Affine, Arc, BezPath, PathEl, Point, SvgArc, Vec2};

use crate::extract::ofd::values::Matrix;

/// Elements of one path: no drawing has more.
const MOST: usize = 2_000_000;

/// A point further out than this is drawn at the edge of what a rasteriser counts.
const FAR: f64 = 30_000.0;

/// How exactly arcs are followed, in millimetres.
const EXACT: f64 = 0.01;

/// Reads a path. What makes no sense is left out, and the rest is drawn.
pub(super) fn read(data: &str) -> BezPath {
    let mut reader = Reader { path: BezPath::new(), at: Point::ZERO, start: Point::ZERO };
    let (mut operator, mut numbers) = (' ', Vec::with_capacity(8));
    for word in words(data) {
        match word {
            Word::Operator(next) => {
                reader.draw(operator, &numbers);
                (operator, numbers) = (next, Vec::with_capacity(8));
                if next == 'C' {
                    reader.close();
                }
            }
            Word::Number(number) if numbers.len() < 8 => numbers.push(number),
            Word::Number(_) => {}
        }
        // Some programs leave an operator out where it is the one before.
        if numbers.len() == count(operator) && numbers.len() > 1 {
            reader.draw(operator, &numbers);
            numbers.clear();
            operator = if matches!(operator, 'M' | 'S') { 'L' } else { operator };
        }
        if reader.path.elements().len() > MOST {
            break;
        }
    }
    reader.path
}

enum Word {
    Operator(char),
    Number(f64),
}

/// Operators and numbers, which need no blanks between them.
fn words(data: &str) -> impl Iterator<Item = Word> + '_ {
    let is_blank = |c: char| c.is_whitespace() || c == ',';
    let mut rest = data;
    std::iter::from_fn(move || {
        loop {
            rest = rest.trim_start_matches(is_blank);
            let first = rest.chars().next()?;
            if first.is_ascii_alphabetic() {
                rest = rest.get(1..).unwrap_or_default();
                return Some(Word::Operator(first.to_ascii_uppercase()));
            }
            let is_end =
                |c: char| is_blank(c) || c.is_ascii_alphabetic() && !matches!(c, 'e' | 'E');
            let end = rest.find(is_end).unwrap_or(rest.len()).max(first.len_utf8());
            let (word, behind) = rest.split_at(end);
            rest = behind;
            let number = word.parse::<f64>().ok();
            if let Some(number) = number.filter(|n| n.is_finite() && n.abs() < 1e7) {
                return Some(Word::Number(number));
            }
        }
    })
}

/// How many numbers an operator takes.
fn count(operator: char) -> usize {
    match operator {
        'M' | 'S' | 'L' => 2,
        'Q' => 4,
        'B' => 6,
        'A' => 7,
        _ => 0,
    }
}

struct Reader {
    path: BezPath,
    at: Point,
    start: Point,
}

impl Reader {
    fn draw(&mut self, operator: char, numbers: &[f64]) {
        match (operator, numbers) {
            ('M' | 'S', &[x, y]) => {
                self.at = Point::new(x, y);
                self.start = self.at;
                self.path.move_to(self.at);
            }
            ('L', &[x, y]) => self.to(Point::new(x, y), |path, to| path.line_to(to)),
            ('Q', &[x1, y1, x, y]) => {
                self.to(Point::new(x, y), |path, to| path.quad_to(Point::new(x1, y1), to));
            }
            ('B', &[x1, y1, x2, y2, x, y]) => {
                let (first, second) = (Point::new(x1, y1), Point::new(x2, y2));
                self.to(Point::new(x, y), |path, to| path.curve_to(first, second, to));
            }
            ('A', &[rx, ry, angle, large, sweep, x, y]) => {
                let arc = SvgArc {
                    from: self.at,
                    to: Point::new(x, y),
                    radii: Vec2::new(rx.abs(), ry.abs()),
                    x_rotation: angle.to_radians(),
                    large_arc: large != 0.0,
                    sweep: sweep != 0.0,
                };
                match Arc::from_svg_arc(&arc).filter(|arc| !arc.center.is_nan()) {
                    Some(arc) => {
                        let pieces = |path: &mut BezPath, _| path.extend(arc.append_iter(EXACT));
                        self.to(Point::new(x, y), pieces);
                    }
                    None => self.to(Point::new(x, y), |path, to| path.line_to(to)),
                }
            }
            _ => {}
        }
    }

    fn to(&mut self, to: Point, draw: impl FnOnce(&mut BezPath, Point)) {
        if self.path.elements().is_empty() {
            self.path.move_to(self.at);
        } else if matches!(self.path.elements().last(), Some(PathEl::ClosePath)) {
            self.path.move_to(self.start);
        }
        draw(&mut self.path, to);
        self.at = to;
    }

    fn close(&mut self) {
        let open = self.path.elements().last();
        if open.is_some_and(|last| !matches!(last, PathEl::ClosePath)) {
            self.path.close_path();
            self.at = self.start;
        }
    }
}

/// A matrix in other words.
pub(super) fn affine(matrix: Matrix) -> Affine {
    Affine::new(matrix.0.map(f64::from))
}

/// A path taken through a matrix to pixels, with no point further out than a rasteriser
/// counts; and whether one was.
pub(super) fn in_pixels(path: &BezPath, to: Affine) -> (BezPath, bool) {
    let mut far = false;
    let mut near = |point: Point| {
        let point = to * point;
        let is_far = !(point.x.abs() <= FAR && point.y.abs() <= FAR);
        far |= is_far;
        let clamp = |n: f64| if n.is_nan() { 0.0 } else { n.clamp(-FAR, FAR) };
        Point::new(clamp(point.x), clamp(point.y))
    };
    let elements = path.elements().iter().map(|element| match *element {
        PathEl::MoveTo(to) => PathEl::MoveTo(near(to)),
        PathEl::LineTo(to) => PathEl::LineTo(near(to)),
        PathEl::QuadTo(a, to) => PathEl::QuadTo(near(a), near(to)),
        PathEl::CurveTo(a, b, to) => PathEl::CurveTo(near(a), near(b), near(to)),
        PathEl::ClosePath => PathEl::ClosePath,
    });
    let made = BezPath::from_vec(elements.collect());
    (made, far)
}

#[cfg(test)]
mod tests {
    use kurbo::Shape;

    use super::*;

    #[test]
    fn every_operator_is_read() {
        for (data, want) in [
            ("M 1 2 L 3 4 C", "M1,2 L3,4 Z"),
            ("S 1 2 L 3 4", "M1,2 L3,4"),
            ("M1 2L3 4L-5 6C", "M1,2 L3,4 L-5,6 Z"),
            ("M 0 0 Q 1 1 2 0", "M0,0 Q1,1 2,0"),
            ("M 0 0 B 1 1 2 1 3 0", "M0,0 C1,1 2,1 3,0"),
            ("M 0 0 L 1 0 2 0 3 0", "M0,0 L1,0 L2,0 L3,0"),
            ("M 0 0 L 1 0 C L 5 5", "M0,0 L1,0 Z M0,0 L5,5"),
            ("M 0,0 L 1e1,0", "M0,0 L10,0"),
            ("L 1 1", "M0,0 L1,1"),
            ("M 0 0 L 1 C L 2 2", "M0,0 Z M0,0 L2,2"),
            ("M NaN 1 2", ""),
            ("nonsense", ""),
            ("", ""),
        ] {
            assert_eq!(read(data).to_svg(), want, "{data}");
        }
    }

    #[test]
    fn arcs_go_round() {
        let circle = read("M 10 0 A 10 10 0 1 1 -10 0 A 10 10 0 1 1 10 0 C");
        let around = circle.bounding_box();
        assert!((around.width() - 20.0).abs() < 0.05 && (around.height() - 20.0).abs() < 0.05);
        // Radii of nothing are a line.
        assert_eq!(read("M 0 0 A 0 0 0 0 1 5 5").to_svg(), "M0,0 L5,5");
    }

    #[test]
    fn whatever_is_written_ends() {
        let seed = "M 1 2 L 3 4 Q 1 2 3 4 B 1 2 3 4 5 6 A 7 8 9 1 0 3 4 C S 0 0";
        for at in 0..seed.len() {
            for with in ["", "é", "1e308", "-", "A", "99999999999", "."] {
                let (before, behind) = seed.split_at(at);
                let (path, _) =
                    in_pixels(&read(&format!("{before}{with}{behind}")), Affine::IDENTITY);
                assert!(path.bounding_box().is_finite(), "{at} {with}");
            }
        }
    }
}
