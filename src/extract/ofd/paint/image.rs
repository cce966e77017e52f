//! Pictures and seals.

use std::rc::Rc;

use kurbo::{Affine, Rect, Shape};
use pdfrum::RenderDevice;
use pdfrum_page::BlendMode;
use pdfrum_render::{FillRule, ImageQuality, Pixmap};

use super::path::{affine, in_pixels};
use super::seal;
use super::sheet::{Painter, State, rect};
use super::{Reader, Stamp, Watch};
use crate::extract::ofd::content::Object;
use crate::extract::ofd::draw::Resources;
use crate::extract::ofd::values::Matrix;
use crate::extract::office::package::{Package, PartId, shortened};
use crate::extract::pixels::{Pixels, pixels};
use crate::model::{Gap, GapKind, Submission};

/// Pixels of one picture on a page.
const PIXELS: u32 = 8_000_000;

impl Painter<'_, '_> {
    pub(super) fn picture(&mut self, object: &Object, resources: &Resources, state: &State) {
        let part = resources.media.get(&object.resource).and_then(|(part, _)| *part);
        let Some(part) = part else {
            return self.tell(Gap::new(GapKind::Damaged, "the file of a picture is not there"));
        };
        let Some(picture) = self.pixmap(part) else { return };
        // A picture fills the square of one millimetre, which its matrix makes larger.
        let own = match (object.ctm == Matrix::IDENTITY, object.boundary) {
            (true, Some(b)) => Affine::scale_non_uniform(b.width.into(), b.height.into()),
            _ => affine(object.ctm),
        };
        let moved = object.boundary.map_or((0.0, 0.0), |b| (b.x.into(), b.y.into()));
        let matrix = state.matrix * Affine::translate(moved);
        let clips = {
            let drawn = own.transform_rect_bbox(Rect::new(0.0, 0.0, 1.0, 1.0));
            let plain = Object { ctm: Matrix::IDENTITY, ..object.clone() };
            self.clip(&plain, Some((drawn, 0.0)), matrix * own, state)
        };
        let alpha = f32::from(object.alpha) / 255.0 * state.alpha;
        self.put(&picture, matrix * own, alpha);
        self.unclip(clips);
        let is_solid = picture.data().as_chunks::<4>().0.iter().all(|pixel| pixel[3] == 255);
        if is_solid && alpha > 0.94 {
            let around = (matrix * own).transform_rect_bbox(Rect::new(0.0, 0.0, 1.0, 1.0));
            self.cover(around);
        }
    }

    /// Draws a picture on the unit square that `to` takes to pixels.
    fn put(&mut self, picture: &Pixmap, to: Affine, alpha: f32) {
        let [a, b, c, d, ..] = to.as_coeffs();
        let (width, height) = (f64::from(picture.width()), f64::from(picture.height()));
        // What is drawn much smaller is made smaller before, each pixel the mean of several.
        let times = |from: f64, to: f64| (from / to.max(1.0)).floor().clamp(1.0, from) as u32;
        let (across, down) = (times(width, a.hypot(b)), times(height, c.hypot(d)));
        let smaller;
        let picture = match across.max(down) {
            1 => picture,
            _ => {
                self.tally.charge(0, u64::from(picture.width()) * u64::from(picture.height()));
                let Some(made) = reduced(picture, across, down) else { return };
                smaller = made;
                &smaller
            }
        };
        let (width, height) = (f64::from(picture.width()), f64::from(picture.height()));
        let to = to * Affine::scale_non_uniform(1.0 / width, 1.0 / height);
        self.device.draw_image(picture, to, ImageQuality::Bilinear, alpha);
    }

    /// The picture in a part; tells where it is none.
    fn pixmap(&mut self, part: PartId) -> Option<Rc<Pixmap>> {
        if let Some(known) = self.pictures.get(&part) {
            return known.clone();
        }
        let (bytes, gap) = self.package.bytes(part, self.budget);
        let made = match gap {
            Some(gap) if bytes.is_empty() => Err(gap),
            _ => pixels(&bytes, 1, PIXELS, self.budget),
        };
        let made = match made {
            Ok(pixels) => multiplied(pixels).map(Rc::new),
            Err(gap) => {
                let name = shortened(self.package.name(part));
                self.tell(Gap::new(gap.kind, format!("{name}: {}", gap.detail)));
                None
            }
        };
        self.pictures.insert(part, made.clone());
        made
    }

    /// Puts a seal down as ink is: what is under it stays to be read.
    pub(super) fn stamp(&mut self, stamp: &Stamp, state: &State) {
        let place = rect(stamp.place);
        let seen =
            stamp.clip.map_or(place, |clip| rect(clip) + kurbo::Vec2::new(place.x0, place.y0));
        let (clip, _) = in_pixels(&seen.to_path(0.1), state.matrix);
        let unit = Affine::translate((place.x0, place.y0))
            * Affine::scale_non_uniform(place.width(), place.height());
        let mut why = Gap::new(GapKind::Unsupported, "a seal holds no picture that is known");
        for part in &stamp.parts {
            let (bytes, _) = self.package.bytes(*part, self.budget);
            let Some(found) = seal::picture(&bytes) else { continue };
            self.device.push_clip(&clip, FillRule::Winding);
            self.device.push_layer(BlendMode::Multiply, 1.0, None);
            let drawn = match &*found.kind {
                "ofd" => self.document(found.bytes, state.matrix * unit),
                _ => pixels(found.bytes, 1, PIXELS, self.budget).map(|pixels| {
                    if let Some(picture) = multiplied(pixels) {
                        self.put(&picture, state.matrix * unit, 1.0);
                    }
                }),
            };
            self.device.pop();
            self.device.pop();
            match drawn {
                Ok(()) => return,
                Err(gap) => why = gap,
            }
        }
        self.tell(Gap::new(why.kind, format!("a seal is not drawn: {}", why.detail)));
    }

    /// The first page of a document that is the picture of a seal, on the unit square.
    fn document(&mut self, bytes: &[u8], to: Affine) -> Result<(), Gap> {
        if self.depth > 0 {
            return Err(Gap::new(GapKind::Damaged, "seals hold one another too deep"));
        }
        let submission = Submission::file("seal.ofd", bytes.to_vec());
        let mut reader = Reader::new(&submission, self.budget);
        reader.watch = Some(Watch { number: 1, caught: None });
        reader.read();
        let mut package: Package<'_> = reader.package;
        let scene = reader.watch.and_then(|watch| watch.caught);
        let Some((scene, area)) = scene.and_then(|scene| {
            let area = scene.area.filter(|area| area.width > 0.0 && area.height > 0.0)?;
            Some((scene, area))
        }) else {
            return Err(Gap::new(GapKind::Damaged, "a seal's document has no page"));
        };
        let area = rect(area);
        let to = to
            * Affine::scale_non_uniform(1.0 / area.width(), 1.0 / area.height())
            * Affine::translate((-area.x0, -area.y0));
        self.within(&mut package, &scene, to);
        Ok(())
    }
}

/// A picture as the device has it: colours multiplied by their opacity.
fn multiplied(pixels: Pixels) -> Option<Pixmap> {
    let Pixels { width, height, mut rgba, .. } = pixels;
    for [red, green, blue, alpha] in rgba.as_chunks_mut::<4>().0 {
        for part in [red, green, blue] {
            *part = ((u32::from(*part) * u32::from(*alpha) + 127) / 255) as u8;
        }
    }
    Pixmap::from_vec(width, height, rgba)
}

/// A picture with so many times fewer columns and rows.
fn reduced(picture: &Pixmap, across: u32, down: u32) -> Option<Pixmap> {
    let (across, down) = (across as usize, down as usize);
    let (columns, rows) = (picture.width() as usize, picture.height() as usize);
    let (width, height) = (columns.div_ceil(across), rows.div_ceil(down));
    let data = picture.data().as_chunks::<4>().0;
    let mut made = Vec::with_capacity(width * height * 4);
    for (y, x) in (0..height).flat_map(|y| (0..width).map(move |x| (y, x))) {
        let (mut sum, mut count) = ([0_u32; 4], 0);
        for row in y * down..((y + 1) * down).min(rows) {
            let from = row * columns + x * across;
            let end = row * columns + ((x + 1) * across).min(columns);
            for pixel in data.get(from..end).unwrap_or_default() {
                sum.iter_mut().zip(pixel).for_each(|(sum, part)| *sum += u32::from(*part));
                count += 1;
            }
        }
        made.extend(sum.map(|sum| (sum / count.max(1)) as u8));
    }
    Pixmap::from_vec(width as u32, height as u32, made)
}
