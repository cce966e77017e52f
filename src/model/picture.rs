//! Pictures of pages.

use borsh::{BorshDeserialize, BorshSerialize};

/// A picture of a page, on white.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bitmap {
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Red, green, blue and 255 for each pixel, row by row from the top left.
    pub rgba: Vec<u8>,
    /// Characters of the page in fonts that the file does not carry and nobody
    /// else has: they are not in the picture, or not as they should be.
    pub missing: u32,
}

/// Characters that a picture lacks, since no font for them is in the file: whoever shows
/// the picture may set them over it in a font of their own.
#[derive(Clone, Debug, PartialEq, BorshSerialize, BorshDeserialize)]
pub struct Lettering {
    /// The characters.
    pub text: String,
    /// Where each stands on its line, in points from the page's top-left corner.
    pub places: Vec<[f32; 2]>,
    /// Size in points.
    pub size: f32,
    /// Direction of the line in degrees, clockwise. Where it is not 0 there is one
    /// character.
    pub angle: f32,
    /// Red, green and blue.
    pub color: [u8; 3],
    /// Whether they are heavy.
    pub is_bold: bool,
}
