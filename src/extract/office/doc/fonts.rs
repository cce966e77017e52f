//! The table of fonts (MS-DOC 2.9.271, FFN): names by number, and the character
//! set each was made for, which 8-bit text needs.

use super::bytes::{u8_at, u16_at, up_to, utf16};
use super::fib::Version;
use crate::extract::charset::code_page;

/// The fonts of a document.
#[derive(Debug, Default)]
pub(super) struct Fonts {
    fonts: Vec<Font>,
}

#[derive(Debug, Default)]
struct Font {
    name: String,
    /// Windows' number of the character set.
    charset: u8,
}

impl Fonts {
    /// Reads the table. Names of Word 6 are in `page`, the document's code page.
    pub fn read(part: &[u8], version: Version, page: u32) -> Self {
        let mut fonts = Vec::new();
        // Word 6 begins with the size of all, later versions with two numbers.
        let mut rest = match version {
            Version::Eight => part.get(4..).unwrap_or_default(),
            _ => part.get(2..).unwrap_or_default(),
        };
        let most = match version {
            Version::Eight => usize::from(u16_at(part, 0).unwrap_or(0)),
            _ => usize::from(u16::MAX),
        };
        while let Some(size) = u8_at(rest, 0)
            && fonts.len() < most
        {
            let font = up_to(rest, 1, size.into());
            rest = rest.get(1 + usize::from(size)..).unwrap_or_default();
            let charset = u8_at(font, 3).unwrap_or(0);
            let name = match version {
                Version::Eight => utf16(font.get(39..).unwrap_or_default()),
                _ => {
                    let name = font.get(5..).unwrap_or_default();
                    let end = memchr::memchr(0, name).unwrap_or(name.len());
                    code_page::decode(page_of(charset).unwrap_or(page), up_to(name, 0, end))
                        .into_owned()
                }
            };
            fonts.push(Font { name, charset });
        }
        Self { fonts }
    }

    /// The name of a font; empty where there is none of that number.
    pub fn face(&self, number: u16) -> &str {
        self.fonts.get(usize::from(number)).map_or("", |font| &font.name)
    }

    /// The code page a font was made for, if it was made for a certain one.
    pub fn page(&self, number: u16) -> Option<u32> {
        page_of(self.fonts.get(usize::from(number))?.charset)
    }

    /// The code page of the first font made for East Asian text.
    pub fn east_page(&self) -> Option<u32> {
        let pages = self.fonts.iter().filter_map(|font| page_of(font.charset));
        pages.into_iter().find(|page| matches!(page, 932 | 936 | 949 | 950))
    }
}

/// The code page of a character set of Windows (MS-WMF 2.1.1.5).
fn page_of(charset: u8) -> Option<u32> {
    Some(match charset {
        77 => 10000,
        128 => 932,
        129 => 949,
        134 => 936,
        136 => 950,
        161 => 1253,
        162 => 1254,
        163 => 1258,
        177 => 1255,
        178 => 1256,
        186 => 1257,
        204 => 1251,
        222 => 874,
        238 => 1250,
        _ => return None,
    })
}
