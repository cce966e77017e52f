//! Places on a slide: offsets and extents in EMU, through groups, to points.

use crate::extract::office::xml::Element;
use crate::model::Rect;

/// English metric units in a point (ISO/IEC 29500-1, 20.1.10.16).
const EMU: f64 = 12_700.0;

/// Farther than any slide reaches, in EMU: what lies beyond is nonsense.
const FAR: f64 = 1e12;

/// A transform as it stands in a part (20.1.7.6).
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Transform {
    offset: Option<[f64; 2]>,
    extent: Option<[f64; 2]>,
    inner_offset: Option<[f64; 2]>,
    inner_extent: Option<[f64; 2]>,
    /// Degrees, clockwise.
    turn: f64,
}

impl Transform {
    /// Takes in the attributes of the `xfrm` element itself.
    pub fn begin(&mut self, element: &Element<'_>) {
        // Sixty thousandths of a degree.
        self.turn = number(element, "rot").unwrap_or(0.0) / 60_000.0;
    }

    /// Takes in an element inside `xfrm`.
    pub fn read(&mut self, element: &Element<'_>) {
        let pair = |x: &str, y: &str| Some([number(element, x)?, number(element, y)?]);
        match element.local() {
            "off" => self.offset = pair("x", "y"),
            "ext" => self.extent = pair("cx", "cy"),
            "chOff" => self.inner_offset = pair("x", "y"),
            "chExt" => self.inner_extent = pair("cx", "cy"),
            _ => {}
        }
    }
}

fn number(element: &Element<'_>, attribute: &str) -> Option<f64> {
    let value: f64 = element.attr(attribute)?.trim().parse().ok()?;
    value.is_finite().then(|| value.clamp(-FAR, FAR))
}

/// How lengths inside a group become lengths on the slide.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    by: [f64; 2],
    and: [f64; 2],
    turn: f64,
}

impl Default for Scale {
    fn default() -> Self {
        Self { by: [1.0; 2], and: [0.0; 2], turn: 0.0 }
    }
}

impl Scale {
    /// The scale inside a group that has this transform.
    pub fn within(self, group: &Transform) -> Self {
        let (Some(offset), Some(extent)) = (group.offset, group.extent) else { return self };
        let inner_offset = group.inner_offset.unwrap_or(offset);
        let inner_extent = group.inner_extent.unwrap_or(extent);
        let mut inside = Self { turn: self.turn + group.turn, ..self };
        for axis in 0..2 {
            let by = match inner_extent[axis] {
                inner if inner.abs() < 1.0 => 1.0,
                inner => (extent[axis] / inner).clamp(-1e6, 1e6),
            };
            inside.by[axis] = (self.by[axis] * by).clamp(-1e6, 1e6);
            let offset = offset[axis] - inner_offset[axis] * by;
            inside.and[axis] = (self.and[axis] + self.by[axis] * offset).clamp(-FAR, FAR);
        }
        inside
    }

    /// Where something with this transform stands on the slide.
    pub fn frame(self, of: &Transform) -> Option<Frame> {
        let (offset, extent) = (of.offset?, of.extent?);
        let at = |axis: usize, value: f64| (self.and[axis] + self.by[axis] * value) / EMU;
        let (x0, x1) = (at(0, offset[0]), at(0, offset[0] + extent[0]));
        let (y0, y1) = (at(1, offset[1]), at(1, offset[1] + extent[1]));
        Some(Frame { x0, y0, x1, y1, turn: (self.turn + of.turn).rem_euclid(360.0) })
    }
}

/// A box on the slide in points, before it is turned about its middle.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Frame {
    x0: f64,
    y0: f64,
    x1: f64,
    y1: f64,
    turn: f64,
}

impl Frame {
    /// The upright rectangle around it.
    pub fn rect(self) -> Rect {
        let (sin, cos) = self.turn.to_radians().sin_cos();
        let (width, height) = ((self.x1 - self.x0).abs(), (self.y1 - self.y0).abs());
        let half_width = (width * cos.abs() + height * sin.abs()) / 2.0;
        let half_height = (width * sin.abs() + height * cos.abs()) / 2.0;
        let (x, y) = ((self.x0 + self.x1) / 2.0, (self.y0 + self.y1) / 2.0);
        Rect {
            x0: (x - half_width) as f32,
            y0: (y - half_height) as f32,
            x1: (x + half_width) as f32,
            y1: (y + half_height) as f32,
        }
    }

    /// Whether it leans: neither upright nor on its side.
    pub fn leans(self) -> bool {
        (15.0..=75.0).contains(&self.turn.rem_euclid(90.0))
    }

    /// Whether its sides are those of the slide.
    pub fn is_upright(self) -> bool {
        self.turn.rem_euclid(90.0) == 0.0
    }

    /// Whether all of another is within it.
    pub fn holds(self, other: Self) -> bool {
        let (a, b) = (self.rect(), other.rect());
        a.x0 <= b.x0 && a.y0 <= b.y0 && a.x1 >= b.x1 && a.y1 >= b.y1
    }

    /// Whether none of it is on a slide of this size in points.
    pub fn is_outside(self, size: [f32; 2]) -> bool {
        let rect = self.rect();
        size[0] > 0.0
            && size[1] > 0.0
            && (rect.x1 <= 0.0 || rect.y1 <= 0.0 || rect.x0 >= size[0] || rect.y0 >= size[1])
    }

    /// The share of a slide of this size that it covers, from 0 to 1.
    pub fn share(self, size: [f32; 2]) -> f32 {
        let rect = self.rect();
        let width = rect.x1.min(size[0]) - rect.x0.max(0.0);
        let height = rect.y1.min(size[1]) - rect.y0.max(0.0);
        let area = size[0] * size[1];
        if area > 0.0 { (width.max(0.0) * height.max(0.0) / area).min(1.0) } else { 1.0 }
    }

    /// Whether two of them have some of the slide in common.
    pub fn meets(self, other: Self) -> bool {
        let (a, b) = (self.rect(), other.rect());
        a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placed(offset: [f64; 2], extent: [f64; 2]) -> Transform {
        Transform {
            offset: Some(offset.map(|v| v * EMU)),
            extent: Some(extent.map(|v| v * EMU)),
            ..Transform::default()
        }
    }

    #[test]
    fn what_is_in_a_group_is_scaled_and_moved_with_it() {
        let group = Transform {
            inner_offset: Some([0.0; 2]),
            inner_extent: Some([50.0 * EMU, 50.0 * EMU]),
            ..placed([100.0, 200.0], [100.0, 100.0])
        };
        let inner = Scale::default().within(&group);
        let rect = inner.frame(&placed([10.0, 10.0], [20.0, 5.0])).map(Frame::rect);
        assert_eq!(rect.map(<[f32; 4]>::from), Some([120.0, 220.0, 160.0, 230.0]));
        // A group that says nothing of its inside moves nothing.
        let plain = Scale::default().within(&placed([100.0, 200.0], [100.0, 100.0]));
        let rect = plain.frame(&placed([110.0, 210.0], [1.0, 1.0])).map(Frame::rect);
        assert_eq!(rect.map(<[f32; 4]>::from), Some([110.0, 210.0, 111.0, 211.0]));
    }

    #[test]
    fn a_turned_box_takes_the_room_it_needs() {
        let mut of = placed([0.0, 0.0], [100.0, 20.0]);
        of.turn = 90.0;
        let frame = Scale::default().frame(&of).expect("a place");
        assert_eq!(<[f32; 4]>::from(frame.rect()), [40.0, -40.0, 60.0, 60.0]);
        assert!(!frame.leans());
        of.turn = 315.0;
        assert!(Scale::default().frame(&of).expect("a place").leans());
    }

    #[test]
    fn outside_is_told_only_where_the_slide_has_a_size() {
        let frame = |offset| Scale::default().frame(&placed(offset, [100.0, 20.0]));
        for (offset, want) in [([-100.0, 0.0], true), ([-99.0, 0.0], false), ([0.0, 540.0], true)] {
            let frame = frame(offset).expect("a place");
            assert_eq!(frame.is_outside([720.0, 540.0]), want, "{offset:?}");
            assert!(!frame.is_outside([0.0, 0.0]));
        }
    }
}
