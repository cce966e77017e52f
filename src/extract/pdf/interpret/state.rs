//! The graphics state, as far as it matters to text (8.4, 9.3).

use std::rc::Rc;

use crate::extract::pdf::color::Space;
use crate::extract::pdf::font::Font;
use crate::extract::pdf::geometry::Matrix;
use crate::model::Rect;

/// What lines or areas are painted with.
#[derive(Clone, Debug)]
pub(super) struct Paint {
    pub(super) space: Space,
    pub(super) rgb: [u8; 3],
    pub(super) alpha: f32,
    /// Whether it is a pattern, which has no one colour.
    pub(super) is_pattern: bool,
}

/// The state.
#[derive(Clone, Debug)]
pub(super) struct State {
    pub(super) matrix: Matrix,
    /// Box around what can be painted on.
    pub(super) clip: Rect,
    pub(super) fill: Paint,
    pub(super) stroke: Paint,
    pub(super) font: Option<Rc<Font>>,
    pub(super) face: u16,
    pub(super) size: f64,
    pub(super) char_space: f64,
    pub(super) word_space: f64,
    /// 1 for no scaling.
    pub(super) scale: f64,
    pub(super) leading: f64,
    pub(super) rise: f64,
    pub(super) mode: u8,
    /// Whether paint mixes with what is below it.
    pub(super) is_blended: bool,
    /// Whether paint goes through a mask.
    pub(super) is_masked: bool,
    /// Whether nothing is shown: a layer that is off, a hidden annotation.
    pub(super) is_off: bool,
}

impl State {
    pub(super) fn new(matrix: Matrix, clip: Rect) -> Self {
        let black = Paint { space: Space::Gray, rgb: [0; 3], alpha: 1.0, is_pattern: false };
        Self {
            matrix,
            clip,
            fill: black.clone(),
            stroke: black,
            font: None,
            face: 0,
            size: 0.0,
            char_space: 0.0,
            word_space: 0.0,
            scale: 1.0,
            leading: 0.0,
            rise: 0.0,
            mode: 0,
            is_blended: false,
            is_masked: false,
            is_off: false,
        }
    }
}
