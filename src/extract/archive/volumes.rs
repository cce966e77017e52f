//! Pieces of archives in several files, told by their names: all but the first
//! have no first bytes to be told by.

/// Whether a file of this name is a piece of a larger file: `a.7z.001`, `a.z01`,
/// `a.r00`, `a.part2.rar`.
pub(crate) fn is_piece(name: &str) -> bool {
    let file = name.rsplit(['/', '\\']).next().unwrap_or_default().to_ascii_lowercase();
    let Some((stem, extension)) = file.rsplit_once('.') else { return false };
    let is_number = |text: &str, digits: std::ops::RangeInclusive<usize>| {
        digits.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    if is_number(extension, 3..=3) {
        return true;
    }
    if extension.strip_prefix(['z', 'r', 's']).is_some_and(|number| is_number(number, 2..=3)) {
        return true;
    }
    let part = stem.rsplit_once('.').and_then(|(_, part)| part.strip_prefix("part"));
    extension == "rar" && part.is_some_and(|number| is_number(number, 1..=5))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_told_by_their_names() {
        for (name, want) in [
            ("a.7z.001", true),
            ("报告.zip.012", true),
            ("a.Z01", true),
            ("a.r00", true),
            ("in/a.part02.rar", true),
            ("a.part.rar", false),
            ("a.rar", false),
            ("a.zip", false),
            ("a.7z", false),
            ("report.2014", false),
            ("v1.2", false),
            ("a.zip/001", false),
            ("a.z", false),
            ("", false),
        ] {
            assert_eq!(is_piece(name), want, "{name}");
        }
    }
}
