//! How cells look: the fonts, fills and number formats behind the number that
//! each cell gives (ISO/IEC 29500-1, 18.8).

use std::collections::HashMap;
use std::sync::Arc;

use super::colors::{Colors, Rgb, alike};
use crate::extract::office::numbers::NumberFormat;
use crate::extract::office::xml::{Element, Xml, XmlReader};
use crate::model::{Align, Style, StyleId, TextBuilder};

/// Longer names are no faces.
const MAX_FACE: usize = 200;

/// Fonts of one workbook that are told apart.
const MAX_FONTS: usize = 60_000;

/// Looks of one workbook that are told apart.
const MAX_CELL_LOOKS: usize = 100_000;

/// The place of a font among those of the workbook.
pub(in crate::extract::office) type FontId = u16;

/// The font of the cell, where a piece of its text has none of its own.
pub(in crate::extract::office) const CELLS_OWN: FontId = u16::MAX;

/// A font.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::extract::office) struct Font {
    pub size: f32,
    pub face: String,
    pub color: Option<Rgb>,
    pub bold: bool,
    pub struck: bool,
}

impl Font {
    /// Takes in one element of a font or of a run's properties.
    pub fn take(&mut self, element: &Element<'_>, colors: &Colors) {
        let value = || element.attr("val").unwrap_or_default();
        match element.local() {
            "b" => self.bold = element.is_on(),
            "strike" => self.struck = element.is_on(),
            "sz" => {
                let size: f32 = value().trim().parse().unwrap_or(0.0);
                self.size = if (0.0..=4000.0).contains(&size) { size } else { 0.0 };
            }
            "color" => self.color = colors.of(element),
            "name" | "rFont" => self.face = value().chars().take(MAX_FACE).collect(),
            _ => {}
        }
    }
}

/// What is behind the text of a cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::extract::office) enum Ground {
    #[default]
    Paper,
    Color(Rgb),
    /// A pattern or gradient.
    Unknown,
}

impl Ground {
    fn hides(self, ink: Rgb) -> bool {
        match self {
            Self::Paper => alike(ink, [255; 3]),
            Self::Color(ground) => alike(ink, ground),
            Self::Unknown => false,
        }
    }
}

/// The look of cells that share a number.
#[derive(Clone, Debug, Default)]
pub(in crate::extract::office) struct CellLook {
    pub font: FontId,
    pub fill: usize,
    pub format: u16,
    pub align: Align,
}

/// What a cell's look comes to.
#[derive(Clone, Debug, Default)]
pub(in crate::extract::office) struct Seen {
    pub font: FontId,
    pub style: StyleId,
    pub align: Align,
    /// Whether its text cannot be told from what is behind it.
    pub hidden: bool,
    ground: Ground,
    pub format: Option<Arc<NumberFormat>>,
}

/// The looks of a workbook.
#[derive(Debug, Default)]
pub(in crate::extract::office) struct Looks {
    pub colors: Colors,
    pub fonts: Vec<Font>,
    pub fills: Vec<Ground>,
    pub cells: Vec<CellLook>,
    pub codes: HashMap<u16, String>,
    font_ids: HashMap<(u32, String, Option<Rgb>, [bool; 2]), FontId>,
    formats: HashMap<u16, Arc<NumberFormat>>,
    seen: HashMap<usize, Arc<Seen>>,
    recent: Option<(usize, Arc<Seen>)>,
    run_styles: HashMap<(FontId, usize), (StyleId, bool)>,
}

/// Which list of the styles part is open.
#[derive(Clone, Copy, PartialEq, Eq)]
enum List {
    None,
    Fonts,
    Fills,
    Cells,
    Palette,
}

impl Looks {
    /// Reads the styles part; the theme comes before it.
    pub fn read(&mut self, xml: &mut XmlReader<'_, '_>) {
        let mut list = List::None;
        let mut palette = 0;
        while let Some(event) = xml.next() {
            let Xml::Open(element) = event else { continue };
            match (list, element.local()) {
                (_, "fonts") => list = List::Fonts,
                (_, "fills") => list = List::Fills,
                (_, "cellXfs") => list = List::Cells,
                (_, "indexedColors") => list = List::Palette,
                // Looks that come and go with what a cell holds, and named ones,
                // which cells repeat.
                (_, "dxfs" | "cellStyleXfs" | "cellStyles" | "tableStyles") => {
                    list = List::None;
                    xml.skip();
                }
                (_, "borders" | "mruColors") => list = List::None,
                // A single look may have extensions too.
                (_, "extLst") => xml.skip(),
                (_, "numFmt") => self.number_format(&element),
                (List::Fonts, "font") if self.fonts.len() >= MAX_FONTS => list = List::None,
                (List::Fonts, "font") => self.fonts.push(Font::default()),
                (List::Fonts, _) => {
                    if let Some(font) = self.fonts.last_mut() {
                        font.take(&element, &self.colors);
                    }
                }
                (List::Fills, _) => self.fill(&element),
                (List::Cells, "xf") => self.cell_look(&element),
                (List::Cells, "alignment") => {
                    let align = element.attr("horizontal").map(|v| align_of(&v));
                    if let (Some(look), Some(align)) = (self.cells.last_mut(), align) {
                        look.align = align;
                    }
                }
                (List::Palette, "rgbColor") => {
                    if let Some(rgb) = element.attr("rgb").and_then(|v| super::colors::parse(&v)) {
                        self.colors.set_indexed(palette, rgb);
                    }
                    palette += 1;
                }
                _ => {}
            }
        }
    }

    fn number_format(&mut self, element: &Element<'_>) {
        let id = element.number("numFmtId").and_then(|id| u16::try_from(id).ok());
        if let (Some(id), Some(code)) = (id, element.attr("formatCode")) {
            self.codes.insert(id, code.into_owned());
        }
    }

    fn fill(&mut self, element: &Element<'_>) {
        match element.local() {
            "fill" if self.fills.len() < MAX_CELL_LOOKS => self.fills.push(Ground::Paper),
            "patternFill" => {
                let ground = match element.attr("patternType").as_deref() {
                    None | Some("none") => Ground::Paper,
                    _ => Ground::Unknown,
                };
                // Only a solid fill is of one colour, told by what comes inside.
                let solid = element.attr("patternType").is_some_and(|kind| kind == "solid");
                if let Some(fill) = self.fills.last_mut() {
                    *fill = if solid { Ground::Color([255; 3]) } else { ground };
                }
            }
            "gradientFill" => {
                if let Some(fill) = self.fills.last_mut() {
                    *fill = Ground::Unknown;
                }
            }
            "fgColor" => {
                let color = self.colors.of(element);
                if let Some(fill @ Ground::Color(_)) = self.fills.last_mut() {
                    *fill = color.map_or(Ground::Unknown, Ground::Color);
                }
            }
            _ => {}
        }
    }

    fn cell_look(&mut self, element: &Element<'_>) {
        if self.cells.len() >= MAX_CELL_LOOKS {
            return;
        }
        let number = |name: &str| element.number(name).unwrap_or(0);
        self.cells.push(CellLook {
            font: u16::try_from(number("fontId")).unwrap_or(CELLS_OWN),
            fill: number("fillId") as usize,
            format: u16::try_from(number("numFmtId")).unwrap_or(0),
            align: Align::Unknown,
        });
    }

    /// The id of a font that a piece of text has.
    pub fn font_id(&mut self, font: Font) -> FontId {
        let key = (font.size.to_bits(), font.face, font.color, [font.bold, font.struck]);
        if let Some(id) = self.font_ids.get(&key) {
            return *id;
        }
        if self.fonts.len() >= MAX_FONTS {
            return CELLS_OWN;
        }
        let id = self.fonts.len() as FontId;
        self.fonts.push(Font {
            size: font.size,
            face: key.1.clone(),
            color: font.color,
            bold: font.bold,
            struck: font.struck,
        });
        self.font_ids.insert(key, id);
        id
    }

    /// What the look of that number comes to.
    pub fn seen(&mut self, number: usize, text: &mut TextBuilder) -> Arc<Seen> {
        if let Some((recent, seen)) = &self.recent
            && *recent == number
        {
            return Arc::clone(seen);
        }
        let seen = match self.seen.get(&number) {
            Some(seen) => Arc::clone(seen),
            None => {
                let seen = Arc::new(self.resolve(number, text));
                if self.cells.len() > number {
                    self.seen.insert(number, Arc::clone(&seen));
                }
                seen
            }
        };
        self.recent = Some((number, Arc::clone(&seen)));
        seen
    }

    fn resolve(&mut self, number: usize, text: &mut TextBuilder) -> Seen {
        let look = self.cells.get(number).cloned().unwrap_or_default();
        let ground = self.fills.get(look.fill).copied().unwrap_or_default();
        let format = self.format(look.format);
        let (style, hidden) = self.style(look.font, ground, text);
        let align = look.align;
        Seen { font: look.font, style, align, hidden, ground, format }
    }

    /// The format of that number; `None` where it shows everything as it is.
    fn format(&mut self, id: u16) -> Option<Arc<NumberFormat>> {
        let format = match self.formats.get(&id) {
            Some(format) => Arc::clone(format),
            None => {
                let format = Arc::new(match self.codes.get(&id) {
                    Some(code) => NumberFormat::parse(code),
                    None => NumberFormat::built_in(id),
                });
                self.formats.insert(id, Arc::clone(&format));
                format
            }
        };
        Some(format).filter(|format| !format.is_plain())
    }

    /// The style of a font on a ground, and whether it cannot be seen there.
    pub fn style(&self, font: FontId, ground: Ground, text: &mut TextBuilder) -> (StyleId, bool) {
        let Some(font) = self.fonts.get(usize::from(font)) else { return (0, false) };
        let hidden =
            font.color.is_some_and(|ink| ground.hides(ink)) || (font.size > 0.0 && font.size < 2.0);
        let style = text.style(Style {
            size: font.size,
            face: font.face.clone(),
            color: font.color,
            bold: font.bold,
            struck: font.struck,
            hidden,
            deleted: false,
        });
        (style, hidden)
    }

    /// The style of a piece of text in a cell, which may have a font of its own.
    pub fn run_style(
        &mut self,
        font: FontId,
        cell: usize,
        seen: &Seen,
        text: &mut TextBuilder,
    ) -> (StyleId, bool) {
        if font == CELLS_OWN || font == seen.font {
            return (seen.style, seen.hidden);
        }
        if let Some(known) = self.run_styles.get(&(font, cell)) {
            return *known;
        }
        let made = self.style(font, seen.ground, text);
        if self.run_styles.len() < MAX_CELL_LOOKS {
            self.run_styles.insert((font, cell), made);
        }
        made
    }
}

/// Alignment by the word a cell has for it (18.18.40).
fn align_of(word: &str) -> Align {
    match word {
        "left" | "fill" | "justify" | "distributed" => Align::Left,
        "center" | "centerContinuous" => Align::Center,
        "right" => Align::Right,
        _ => Align::Unknown,
    }
}
