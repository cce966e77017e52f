//! Metafiles of Windows: drawings that hold their text as characters (MS-EMF,
//! MS-EMFPLUS, MS-WMF). They stand in office files above all.
//!
//! Records are walked in their order; characters that stand side by side make a line.
//! What is drawn otherwise (pictures of dots, letters as outlines) is not read.

mod emf;
mod lines;
mod wmf;

pub(super) use emf::read as read_emf;
pub(super) use wmf::read as read_wmf;

use encoding_rs::Encoding;

use super::picture::Picture;
use super::words;
use crate::extract::office::word::symbols::SymbolFont;
use crate::model::Region;
use lines::Lines;

/// What a metafile has beside its lines.
#[derive(Default)]
struct Drawn {
    lines: Lines,
    /// Pictures of dots of more than a few.
    pictures: u32,
    /// Characters that are given as numbers of shapes.
    shapes: u32,
    /// Whether it ends as it should.
    is_whole: bool,
}

/// With fewer letters than this, pictures may be what the drawing is for.
const FEW: usize = 16;

impl Drawn {
    fn put(self, further: &[String], picture: &mut Picture<'_>) {
        let lines = self.lines.finish();
        let letters: usize =
            lines.iter().flat_map(|line| line.chars()).filter(|c| c.is_alphanumeric()).count();
        for line in lines.iter().chain(further) {
            picture.show(Region::Body, "", line);
        }
        if self.shapes > 0 {
            let words = format!("{} runs of letters are given by their shapes alone", self.shapes);
            picture.gap(crate::model::GapKind::GarbledText, words);
        }
        let letters = letters + further.iter().map(|line| line.chars().count()).sum::<usize>();
        match (self.pictures, letters) {
            (0, 0) => picture.unread("a drawing without text, which was not read"),
            (0, _) => {}
            (count, 0..FEW) => {
                picture.unread(&format!("a drawing with {count} pictures and hardly any text"));
            }
            (count, _) => picture.pictures(count),
        }
        if !self.is_whole {
            picture.damaged("it breaks off before its end");
        }
    }
}

/// A font as far as its characters are concerned.
#[derive(Clone, Debug, Default)]
struct Font {
    charset: u8,
    face: String,
    /// The height of its letters, where it is told.
    height: Option<f64>,
}

impl Font {
    /// Text in bytes, in the code page of the font (MS-WMF 2.1.1.5).
    fn decoded(&self, raw: &[u8]) -> String {
        if SymbolFont::of_face(&self.face).is_some() {
            return self.shown(raw.iter().map(|byte| char::from(*byte)).collect());
        }
        let encoding: &'static Encoding = match self.charset {
            128 => encoding_rs::SHIFT_JIS,
            129 => encoding_rs::EUC_KR,
            134 => encoding_rs::GB18030,
            136 => encoding_rs::BIG5,
            161 => encoding_rs::WINDOWS_1253,
            162 => encoding_rs::WINDOWS_1254,
            177 => encoding_rs::WINDOWS_1255,
            178 => encoding_rs::WINDOWS_1256,
            204 => encoding_rs::WINDOWS_1251,
            222 => encoding_rs::WINDOWS_874,
            238 => encoding_rs::WINDOWS_1250,
            _ => return words::decoded(raw),
        };
        encoding.decode_without_bom_handling(raw).0.into_owned()
    }

    /// Characters as the font shows them.
    fn shown(&self, text: String) -> String {
        match SymbolFont::of_face(&self.face) {
            Some(font) => text.chars().map(|c| font.shown(c)).collect(),
            None => text,
        }
    }
}
