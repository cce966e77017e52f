//! Headers and footers of printed sheets: one text with codes for its three
//! sections (ISO/IEC 29500-1, 18.3.1.39).

use super::colors::{self, Colors};
use super::grid::SheetPlace;
use super::page::{Page, place};
use crate::model::{Align, BlockHead, Region, Style};

/// Digits of a font's size.
const MAX_SIZE_DIGITS: usize = 3;

/// How often a header may ask for the sheet's name.
const MAX_NAMES: usize = 16;

/// One section: what stands left, in the middle or right.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::extract::office) struct Section {
    pub align: Align,
    pub text: String,
    /// Where the look changes, in bytes of the text.
    pub looks: Vec<(usize, Style)>,
    pub pictures: usize,
}

impl Section {
    fn new(align: Align) -> Self {
        Self { align, text: String::new(), looks: Vec::new(), pictures: 0 }
    }

    fn change(&mut self, style: &Style) {
        let at = self.text.len();
        match self.looks.last_mut() {
            Some((last, known)) if *last == at => known.clone_from(style),
            _ => self.looks.push((at, style.clone())),
        }
    }
}

/// A header or footer as the part has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::extract::office) struct Margin {
    pub header: bool,
    /// `even`, `first`, or nothing for all the others.
    pub which: &'static str,
    /// Whether the sheet shows it when it is printed.
    pub shown: bool,
    pub code: String,
}

/// Puts the headers and footers of a sheet down; says how many pictures they show.
pub(in crate::extract::office) fn put(
    page: &mut Page,
    margins: &[Margin],
    sheet: &SheetPlace,
    colors: &Colors,
) -> usize {
    let mut pictures = 0;
    let headers = margins.iter().filter(|margin| margin.header);
    let footers = margins.iter().filter(|margin| !margin.header);
    for margin in headers.chain(footers) {
        let region = if margin.header { Region::Header } else { Region::Footer };
        for section in sections(&margin.code, &sheet.name, colors) {
            pictures += usize::from(margin.shown) * section.pictures;
            let head = place(sheet.region(region), sheet.page, margin.which);
            let mut head = BlockHead { align: section.align, ..head };
            let base = Style { hidden: !margin.shown, ..Style::default() };
            let mut runs = vec![(0, page.text.style(base))];
            for (at, style) in section.looks {
                let style = Style { hidden: !margin.shown, ..style };
                runs.push((at, page.text.style(style)));
            }
            page.put_styled(&mut head, &section.text, &runs);
        }
    }
    pictures
}

/// Takes a header or footer apart. `sheet` stands where the sheet's name is to;
/// numbers of pages, dates and names of files are left out.
pub(in crate::extract::office) fn sections(
    code: &str,
    sheet: &str,
    colors: &Colors,
) -> Vec<Section> {
    let mut made = [Align::Left, Align::Center, Align::Right].map(Section::new);
    // What stands before any section's code stands in the middle.
    let mut at = 1;
    let mut style = Style::default();
    let mut rest = code;
    let mut names = 0;
    while let Some((before, after)) = rest.split_once('&') {
        let Some(section) = made.get_mut(at) else { break };
        section.text.push_str(before);
        let Some(sign) = after.chars().next() else {
            section.text.push('&');
            rest = "";
            break;
        };
        rest = after.get(sign.len_utf8()..).unwrap_or_default();
        match sign.to_ascii_uppercase() {
            'L' | 'C' | 'R' => {
                at = match sign.to_ascii_uppercase() {
                    'L' => 0,
                    'C' => 1,
                    _ => 2,
                };
                style = Style::default();
            }
            '&' => section.text.push('&'),
            'A' => {
                names += 1;
                section.text.push_str(if names <= MAX_NAMES { sheet } else { "" });
            }
            'G' => section.pictures += 1,
            // Page, pages, date, time, file and path; looks that say nothing here.
            'P' | 'N' => {
                // `&P+1` counts from elsewhere.
                rest = after_offset(rest);
            }
            'D' | 'T' | 'F' | 'Z' | 'I' | 'U' | 'E' | 'X' | 'Y' | 'O' | 'H' => {}
            'B' => {
                style.bold = !style.bold;
                section.change(&style);
            }
            'S' => {
                style.struck = !style.struck;
                section.change(&style);
            }
            'K' => {
                let (color, after) = color(rest, colors);
                (style.color, rest) = (color, after);
                section.change(&style);
            }
            '"' => {
                let (font, after) = rest.split_once('"').unwrap_or((rest, ""));
                let (face, kind) = font.split_once(',').unwrap_or((font, ""));
                rest = after;
                style.face = if face == "-" { String::new() } else { face.to_owned() };
                let kind = kind.to_lowercase();
                style.bold = ["bold", "加粗", "粗体"].iter().any(|bold| kind.contains(bold));
                section.change(&style);
            }
            digit if digit.is_ascii_digit() => {
                let digits = after.bytes().take(MAX_SIZE_DIGITS);
                let count = digits.take_while(u8::is_ascii_digit).count();
                let (size, after) = after.split_at_checked(count).unwrap_or((after, ""));
                rest = after;
                style.size = size.parse().unwrap_or(0.0);
                section.change(&style);
            }
            _ => {}
        }
    }
    if let Some(section) = made.get_mut(at) {
        section.text.push_str(rest);
    }
    made.into_iter().filter(|s| !s.text.trim().is_empty() || s.pictures > 0).collect()
}

/// What follows `+1` or `-2`.
fn after_offset(text: &str) -> &str {
    match text.strip_prefix(['+', '-']) {
        Some(digits) if digits.starts_with(|c: char| c.is_ascii_digit()) => {
            digits.trim_start_matches(|c: char| c.is_ascii_digit())
        }
        _ => text,
    }
}

/// A colour: `RRGGBB`, or a number of the theme with its shade, `01+023`.
fn color<'t>(text: &'t str, colors: &Colors) -> (Option<[u8; 3]>, &'t str) {
    let Some((word, after)) = text.split_at_checked(6) else { return (None, text) };
    if let Some((number, shade)) = word.split_once(['+', '-']) {
        let tint: f64 = shade.parse().unwrap_or(0.0) / 100.0;
        let tint = if word.contains('-') { -tint } else { tint };
        return match number.parse() {
            Ok(number) => (colors.themed(number, tint), after),
            Err(_) => (None, text),
        };
    }
    match colors::parse(word) {
        Some(rgb) => (Some(rgb), after),
        None => (None, text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(code: &str) -> String {
        let sections = sections(code, "名单", &Colors::default());
        let told = sections.iter().map(|s| format!("{:?}:{}", s.align, s.text));
        told.collect::<Vec<_>>().join("|")
    }

    #[test]
    fn codes_are_taken_out_and_sections_told() {
        for (code, want) in [
            ("机密★10年", "Center:机密★10年"),
            ("&L机密&C&A&R第&P页 共&N页", "Left:机密|Center:名单|Right:第页 共页"),
            (r#"&C&"黑体,加粗"&16&KFF0000机密★&B10年"#, "Center:机密★10年"),
            ("&R&K01+023秘密", "Right:秘密"),
            ("&L&12 3&R&&", "Left: 3|Right:&"),
            ("&P+1机密", "Center:机密"),
            ("&C&G", "Center:"),
            ("&Z&F&D &T", ""),
            ("&c甲\n乙&", "Center:甲\n乙&"),
            ("&\"没有尽头", ""),
            ("&K机密", "Center:机密"),
        ] {
            assert_eq!(told(code), want, "{code}");
        }
    }

    #[test]
    fn looks_are_kept() {
        let sections = sections(r#"&"黑体,Bold"&16&KFF0000机密&B长"#, "", &Colors::default());
        let looks = &sections[0].looks;
        let first = looks[0].1.clone();
        assert_eq!((first.face.as_str(), first.size, first.bold), ("黑体", 16.0, true));
        assert_eq!(first.color, Some([255, 0, 0]));
        assert_eq!((looks[1].0, looks[1].1.bold), (6, false));
        assert_eq!(sections[0].pictures, 0);
    }
}
