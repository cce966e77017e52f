//! Matrices and rectangles of a page.

use crate::model::Rect;

/// `[a b c d e f]` of ISO 32000-2, 8.3.3: a point (x, y) goes to
/// (a·x + c·y + e, b·x + d·y + f).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Matrix(pub(crate) [f64; 6]);

impl Matrix {
    pub(crate) const IDENTITY: Self = Self([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);

    /// From the numbers of an array; identity if they are not six.
    pub(crate) fn of(numbers: Option<Vec<f64>>) -> Self {
        let six = numbers.and_then(|numbers| <[f64; 6]>::try_from(numbers).ok());
        six.map_or(Self::IDENTITY, Self)
    }

    pub(crate) fn shift(x: f64, y: f64) -> Self {
        Self([1.0, 0.0, 0.0, 1.0, x, y])
    }

    /// First this, then `next`.
    pub(crate) fn then(self, next: Self) -> Self {
        let Self([a, b, c, d, e, f]) = self;
        let Self([na, nb, nc, nd, ne, nf]) = next;
        Self([
            a * na + b * nc,
            a * nb + b * nd,
            c * na + d * nc,
            c * nb + d * nd,
            e * na + f * nc + ne,
            e * nb + f * nd + nf,
        ])
    }

    pub(crate) fn apply(self, x: f64, y: f64) -> (f64, f64) {
        let Self([a, b, c, d, e, f]) = self;
        (a * x + c * y + e, b * x + d * y + f)
    }

    /// The upright rectangle around what a rectangle becomes.
    pub(crate) fn bounds(self, [x0, y0, x1, y1]: [f64; 4]) -> Rect {
        let corners = [(x0, y0), (x1, y0), (x0, y1), (x1, y1)];
        corners
            .map(|(x, y)| point(self.apply(x, y)))
            .into_iter()
            .reduce(Rect::union)
            .unwrap_or_default()
    }

    /// Whether upright rectangles stay upright.
    pub(crate) fn is_upright(self) -> bool {
        let Self([a, b, c, d, ..]) = self;
        let small = 1e-3 * (a.abs() + b.abs() + c.abs() + d.abs());
        (b.abs() <= small && c.abs() <= small) || (a.abs() <= small && d.abs() <= small)
    }
}

/// A rectangle of one point.
pub(crate) fn point((x, y): (f64, f64)) -> Rect {
    Rect { x0: x as f32, y0: y as f32, x1: x as f32, y1: y as f32 }
}

/// Four numbers in any order as left, bottom, right, top.
pub(crate) fn ordered(numbers: &[f64]) -> Option<[f64; 4]> {
    let [x0, y0, x1, y1] = *numbers else { return None };
    let made = [x0.min(x1), y0.min(y1), x0.max(x1), y0.max(y1)];
    made.iter().all(|value| value.is_finite()).then_some(made)
}

/// What two rectangles share, which may be nothing: then it has no width or height.
pub(crate) fn shared(a: Rect, b: Rect) -> Rect {
    let (x0, y0) = (a.x0.max(b.x0), a.y0.max(b.y0));
    Rect { x0, y0, x1: a.x1.min(b.x1).max(x0), y1: a.y1.min(b.y1).max(y0) }
}

pub(crate) fn area(rect: Rect) -> f32 {
    (rect.x1 - rect.x0).max(0.0) * (rect.y1 - rect.y0).max(0.0)
}

pub(crate) fn holds(rect: Rect, x: f32, y: f32) -> bool {
    x >= rect.x0 && x <= rect.x1 && y >= rect.y0 && y <= rect.y1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matrices_are_applied_in_order() {
        let scale = Matrix([2.0, 0.0, 0.0, 3.0, 0.0, 0.0]);
        let both = Matrix::shift(1.0, 1.0).then(scale);
        assert_eq!(both.apply(1.0, 1.0), (4.0, 6.0));
        assert_eq!(scale.then(Matrix::shift(1.0, 1.0)).apply(1.0, 1.0), (3.0, 4.0));
        let turned = Matrix([0.0, 1.0, -1.0, 0.0, 0.0, 0.0]);
        assert!(turned.is_upright() && both.is_upright());
        assert!(!Matrix([1.0, 1.0, -1.0, 1.0, 0.0, 0.0]).is_upright());
        let bounds = turned.bounds([0.0, 0.0, 2.0, 1.0]);
        assert_eq!((bounds.x0, bounds.y0, bounds.x1, bounds.y1), (-1.0, 0.0, 0.0, 2.0));
    }

    #[test]
    fn rectangles_that_do_not_meet_share_nothing() {
        let rect = |x0, x1| Rect { x0, y0: 0.0, x1, y1: 1.0 };
        assert!(area(shared(rect(0.0, 1.0), rect(2.0, 3.0))).abs() < f32::EPSILON);
        assert!((area(shared(rect(0.0, 2.0), rect(1.0, 3.0))) - 1.0).abs() < f32::EPSILON);
        assert_eq!(ordered(&[3.0, 4.0, 1.0, 2.0]), Some([1.0, 2.0, 3.0, 4.0]));
        assert!(ordered(&[f64::INFINITY, 0.0, 1.0, 2.0]).is_none());
        assert_eq!(ordered(&[1.0]), None);
    }
}
