//! Pictures of pages.

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
