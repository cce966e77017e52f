//! The style sheet (MS-DOC 2.9.271 ff.): what each style changes, over the one
//! it is based on.

use super::bytes::{u16_at, up_to};
use super::looks::{Characters, Paragraph};
use super::sprm::{Dialect, Sprm, Sprms};

/// Styles that are based on one another, at most.
const MAX_CHAIN: usize = 16;
/// Numbers of styles have twelve bits, of which the last means none.
const MAX_STYLES: usize = 4095;

/// The change that puts characters in a style.
const IN_STYLE: u16 = 0x4A30;

/// The styles of a document.
#[derive(Debug, Default)]
pub(super) struct Styles {
    styles: Vec<Option<StyleDef>>,
    /// What paragraph styles come to, by number.
    settled: Vec<(Characters, Paragraph)>,
    defaults: Characters,
    dialect: Option<Dialect>,
}

#[derive(Debug, Default)]
struct StyleDef {
    is_paragraph: bool,
    base: usize,
    /// Lists of changes, of paragraphs and of characters.
    paragraph: Vec<u8>,
    characters: Vec<u8>,
}

impl Styles {
    /// Reads the sheet.
    pub fn read(sheet: &[u8], dialect: Dialect) -> Self {
        let head_size = usize::from(u16_at(sheet, 0).unwrap_or(0));
        let head = up_to(sheet, 2, head_size);
        let count = usize::from(u16_at(head, 0).unwrap_or(0)).min(MAX_STYLES);
        let fixed = usize::from(u16_at(head, 2).unwrap_or(10));
        let mut styles = Self { dialect: Some(dialect), ..Self::default() };
        if dialect == Dialect::Eight {
            styles.defaults.latin = u16_at(head, 12);
            styles.defaults.east = u16_at(head, 14);
        }
        let mut rest = sheet.get(2 + head_size..).unwrap_or_default();
        for _ in 0..count {
            let Some(size) = u16_at(rest, 0) else { break };
            let size = usize::from(size);
            styles.styles.push(StyleDef::read(up_to(rest, 2, size), fixed, dialect));
            rest = rest.get(2 + size..).unwrap_or_default();
        }
        styles.settled = (0..styles.styles.len()).map(|number| styles.settle(number)).collect();
        styles
    }

    fn sprms<'l>(&self, list: &'l [u8]) -> Sprms<'l> {
        Sprms::new(list, self.dialect.unwrap_or(Dialect::Eight))
    }

    /// A style and those it is based on, the deepest first.
    fn chain(&self, number: usize) -> Vec<&StyleDef> {
        let mut chain = Vec::new();
        let mut next = number;
        while let Some(Some(style)) = self.styles.get(next)
            && chain.len() < MAX_CHAIN
        {
            chain.push(style);
            next = style.base;
        }
        chain.reverse();
        chain
    }

    /// What a paragraph style comes to.
    fn settle(&self, number: usize) -> (Characters, Paragraph) {
        let (mut characters, mut paragraph) = (self.defaults, Paragraph::default());
        for style in self.chain(number) {
            let under = characters;
            characters.apply(self.own(&style.characters), under, self);
            paragraph.apply(self.sprms(&style.paragraph));
        }
        paragraph.style = u16::try_from(number).unwrap_or(0);
        (characters, paragraph)
    }

    /// What a paragraph of a style has before any change of its own.
    pub fn paragraph(&self, number: u16) -> (Characters, Paragraph) {
        let known = self.settled.get(usize::from(number)).copied();
        known.unwrap_or((self.defaults, Paragraph { style: number, ..Paragraph::default() }))
    }

    /// Puts a style of characters over what is there.
    pub fn characters_over(&self, number: u16, characters: &mut Characters, under: &Characters) {
        for style in self.chain(number.into()) {
            if style.is_paragraph {
                continue;
            }
            characters.apply(self.own(&style.characters), *under, self);
        }
    }

    /// The changes of a style itself: it cannot be in another.
    fn own<'l>(&self, list: &'l [u8]) -> impl Iterator<Item = Sprm<'l>> {
        self.sprms(list).filter(|sprm| sprm.code != IN_STYLE)
    }
}

impl StyleDef {
    /// Reads one style; `fixed` is the size of what comes before its name.
    fn read(bytes: &[u8], fixed: usize, dialect: Dialect) -> Option<Self> {
        let kind = u16_at(bytes, 2)?;
        let lists = usize::from(u16_at(bytes, 4)? & 0xF);
        let name = bytes.get(fixed..)?;
        let rest = match dialect {
            Dialect::Eight => {
                let units = usize::from(u16_at(name, 0)?);
                name.get(2 * units + 4..)?
            }
            Dialect::Six => name.get(usize::from(*name.first()?) + 2..)?,
        };
        let mut lists_found = Vec::new();
        let mut at = (bytes.len() - rest.len()).next_multiple_of(2);
        for _ in 0..lists.min(3) {
            let Some(size) = u16_at(bytes, at) else { break };
            lists_found.push(up_to(bytes, at + 2, size.into()));
            at = (at + 2 + usize::from(size)).next_multiple_of(2);
        }
        let mut style =
            Self { is_paragraph: false, base: usize::from(kind >> 4), ..Self::default() };
        // Paragraph styles begin with their own number.
        let list = |at: usize| lists_found.get(at).copied().unwrap_or_default();
        match kind & 0xF {
            1 => {
                style.is_paragraph = true;
                style.paragraph = list(0).get(2..).unwrap_or_default().to_vec();
                style.characters = list(1).to_vec();
            }
            2 => style.characters = list(0).to_vec(),
            _ => {}
        }
        Some(style)
    }
}
