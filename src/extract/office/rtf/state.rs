//! What a group keeps for itself and gives back at its end (RTF 1.9.1, "Formal
//! Syntax"): where text goes, and how it looks.

use crate::model::Align;

/// Where the text of a group goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(super) enum Dest {
    /// Onto the page, or into the story that is being read.
    #[default]
    Text,
    /// Nowhere, and neither does what stands in its groups.
    Skip,
    /// Nowhere, but its groups may go somewhere.
    Holder,
    Fonts,
    Colors,
    /// Into the string that is being put together.
    Collect,
    /// Into the instruction of a field.
    Instruction,
    /// Hexadecimal digits of an object.
    Object,
    /// Hexadecimal digits of a picture.
    Picture,
    /// Variables of the document: each group in it is a string.
    Variable,
    /// The end of a row within a cell.
    NestedRow,
}

/// How characters look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Chars {
    pub font: i32,
    /// Half points.
    pub size: u16,
    pub bold: bool,
    pub struck: bool,
    pub hidden: bool,
    pub deleted: bool,
    pub caps: bool,
    /// Places in the table of colours; 0 is the automatic one.
    pub color: u16,
    pub back: u16,
}

impl Chars {
    pub fn plain(font: i32) -> Self {
        Self {
            font,
            size: 24,
            bold: false,
            struck: false,
            hidden: false,
            deleted: false,
            caps: false,
            color: 0,
            back: 0,
        }
    }
}

/// How a paragraph stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Paragraph {
    pub align: Option<Align>,
    pub page_before: bool,
    /// Tables it stands in, one in another.
    pub depth: u16,
    /// Whether it stands in a frame beside the text.
    pub framed: bool,
    pub dropped: bool,
    /// Colour behind it; 0 for none.
    pub back: u16,
}

/// The state of a group.
#[derive(Clone, Copy, Debug)]
pub(super) struct State {
    pub dest: Dest,
    pub chars: Chars,
    pub paragraph: Paragraph,
    /// Characters that stand in for each character of Unicode.
    pub skip: u16,
    /// Where text went before the destination that is written twice.
    pub outer: Option<Dest>,
}

impl State {
    pub fn new() -> Self {
        Self {
            dest: Dest::Text,
            chars: Chars::plain(0),
            paragraph: Paragraph::default(),
            skip: 1,
            outer: None,
        }
    }
}
