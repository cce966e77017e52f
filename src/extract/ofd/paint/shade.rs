//! Changes of colour along a line or between two circles (GB/T 33190-2016, 8.3.3 and
//! 8.3.4), pixel by pixel.

use kurbo::{Affine, Point, Rect};
use pdfrum_render::Pixmap;

use crate::extract::ofd::style::Shade;

/// The pixels of a box, coloured; `to` goes from the shade's space to pixels. Nothing
/// where it has no colours or no extent.
pub(super) fn pixels(shade: &Shade, to: Affine, place: Rect) -> Option<Pixmap> {
    let (width, height) = (place.width() as u32, place.height() as u32);
    if width == 0 || height == 0 || shade.stops.is_empty() || to.determinant().abs() < 1e-12 {
        return None;
    }
    let back = to.inverse();
    let mut data = Vec::with_capacity(width as usize * height as usize * 4);
    for (y, x) in (0..height).flat_map(|y| (0..width).map(move |x| (y, x))) {
        let at = Point::new(place.x0 + f64::from(x) + 0.5, place.y0 + f64::from(y) + 0.5);
        let at = back * at;
        let along = match shade.radii {
            None => on_line(shade, at),
            Some((first, last)) => between(shade, at, f64::from(first), f64::from(last)),
        };
        data.extend(along.and_then(|along| color(shade, along)).unwrap_or([0; 4]));
    }
    Pixmap::from_vec(width, height, data)
}

fn ends(shade: &Shade) -> (Point, Point) {
    let point = |(x, y): (f32, f32)| Point::new(x.into(), y.into());
    (point(shade.start), point(shade.end))
}

/// How far along the line a point lies: 0 at its start, 1 at its end.
fn on_line(shade: &Shade, at: Point) -> Option<f64> {
    let (start, end) = ends(shade);
    let way = end - start;
    let length = way.hypot2();
    (length > 0.0).then(|| (at - start).dot(way) / length)
}

/// The last of the circles between both that goes through a point.
fn between(shade: &Shade, at: Point, first: f64, last: f64) -> Option<f64> {
    let (start, end) = ends(shade);
    let (way, from, grows) = (end - start, at - start, last - first);
    let a = way.hypot2() - grows * grows;
    let b = from.dot(way) + first * grows;
    let c = from.hypot2() - first * first;
    let is_one = |t: &f64| t.is_finite() && first + t * grows >= 0.0 && is_reached(shade, *t);
    if a.abs() < 1e-9 {
        return Some(c / (2.0 * b)).filter(is_one);
    }
    let root = (b * b - a * c).sqrt();
    let (one, other) = ((b + root) / a, (b - root) / a);
    [one.max(other), one.min(other)].into_iter().find(is_one)
}

/// Whether there is colour so far along.
fn is_reached(shade: &Shade, along: f64) -> bool {
    (along >= 0.0 || shade.extend.0) && (along <= 1.0 || shade.extend.1)
}

/// The colour so far along, as it is kept in pixels: multiplied by its opacity.
fn color(shade: &Shade, along: f64) -> Option<[u8; 4]> {
    if !is_reached(shade, along) {
        return None;
    }
    let mut along = along.clamp(0.0, 1.0) as f32;
    if let Some((unit, is_back)) = shade.repeat {
        let (start, end) = ends(shade);
        let length = (end - start).hypot().max(f64::from(unit)) as f32;
        let turns = along * length / unit;
        let rest = turns.fract();
        along = if is_back && turns as u64 % 2 == 1 { 1.0 - rest } else { rest };
    }
    let behind = shade.stops.partition_point(|stop| stop.0 <= along);
    let before = shade.stops.get(behind.saturating_sub(1))?;
    let next = shade.stops.get(behind).unwrap_or(before);
    let length = next.0 - before.0;
    let share = if length > 0.0 { ((along - before.0) / length).clamp(0.0, 1.0) } else { 0.0 };
    let mixed = |from: u8, to: u8| f32::from(from) + (f32::from(to) - f32::from(from)) * share;
    let alpha = mixed(before.2, next.2);
    let part = |n: usize| (mixed(before.1[n], next.1[n]) * alpha / 255.0).round() as u8;
    Some([part(0), part(1), part(2), alpha.round() as u8])
}
