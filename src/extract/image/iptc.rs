//! IPTC-IIM 4.2: records of an application, a data set each.

use super::numbers::big;
use super::picture::Picture;
use super::words;

/// Data sets of the second record that hold words.
const NAMES: &[(u8, &str)] = &[
    (5, "ObjectName"),
    (7, "EditStatus"),
    (15, "Category"),
    (20, "SupplementalCategories"),
    (22, "FixtureIdentifier"),
    (25, "Keywords"),
    (26, "ContentLocationCode"),
    (27, "ContentLocationName"),
    (40, "SpecialInstructions"),
    (65, "OriginatingProgram"),
    (80, "By-line"),
    (85, "By-lineTitle"),
    (90, "City"),
    (92, "Sub-location"),
    (95, "Province-State"),
    (100, "Country-PrimaryLocationCode"),
    (101, "Country-PrimaryLocationName"),
    (103, "OriginalTransmissionReference"),
    (105, "Headline"),
    (110, "Credit"),
    (115, "Source"),
    (116, "CopyrightNotice"),
    (118, "Contact"),
    (120, "Caption-Abstract"),
    (122, "Writer-Editor"),
];

/// Times, versions, and small pictures.
const SILENT: &[u8] =
    &[0, 30, 35, 37, 38, 45, 47, 50, 55, 60, 62, 63, 70, 75, 125, 150, 151, 152, 200, 201, 202];

/// Reads the data sets.
pub(super) fn read(bytes: &[u8], picture: &mut Picture<'_>) {
    let mut at = 0;
    let mut is_utf8 = false;
    while bytes.get(at) == Some(&0x1C) && picture.steps(1) {
        let Some((record, set, data, next)) = data_set(bytes, at) else {
            return picture.damaged("its IPTC metadata break off");
        };
        at = next;
        match record {
            // ISO 2022's way to say that it is UTF-8.
            1 if set == 90 => is_utf8 = data == b"\x1B%G",
            2 if !SILENT.contains(&set) => {
                let known = NAMES.iter().find(|(number, _)| *number == set);
                let name =
                    known.map_or_else(|| format!("2:{set:03}"), |(_, name)| (*name).to_owned());
                if is_utf8 {
                    picture.say(&name, &String::from_utf8_lossy(data));
                } else if words::is_text(data) || known.is_some() {
                    picture.say_bytes(&name, data);
                }
            }
            _ => {}
        }
    }
}

/// Record, number, content, and where the next begins.
fn data_set(bytes: &[u8], at: usize) -> Option<(u8, u8, &[u8], usize)> {
    let (record, set) = (*bytes.get(at + 1)?, *bytes.get(at + 2)?);
    let mut length = big(bytes, at + 3, 2)?;
    let mut begin = at + 5;
    if length & 0x8000 != 0 {
        let width =
            usize::try_from(length & 0x7FFF).ok().filter(|width| (1..=4).contains(width))?;
        length = big(bytes, begin, width)?;
        begin += width;
    }
    let end = begin.checked_add(usize::try_from(length).ok()?)?;
    Some((record, set, bytes.get(begin..end)?, end))
}
