//! CSS cut up: comments out, escapes resolved, and strings and brackets kept whole
//! (CSS Syntax 3). Nothing here recurses.

/// Brackets within brackets that are kept count of.
const MAX_OPEN: usize = 64;

/// Takes comments out.
pub(super) fn without_comments(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let mut rest = css;
    while let Some(at) = rest.find("/*") {
        out.push_str(&rest[..at]);
        rest = rest[at + 2..].split_once("*/").map_or("", |(_, behind)| behind);
    }
    out + rest
}

/// Resolves escapes (`\64 isplay`, `\n`); quotation marks stay as they are.
pub(super) fn unescaped(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let mut chars = css.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        let mut code = String::new();
        while code.len() < 6
            && let Some(digit) = chars.next_if(char::is_ascii_hexdigit)
        {
            code.push(digit);
        }
        if code.is_empty() {
            match chars.next() {
                Some('\n') | None => {}
                Some(other) => out.push(other),
            }
            continue;
        }
        chars.next_if(char::is_ascii_whitespace);
        let c = u32::from_str_radix(&code, 16).ok().and_then(char::from_u32);
        out.push(c.unwrap_or('\u{FFFD}'));
    }
    out
}

/// Where the first of `ends` stands outside strings and brackets.
pub(super) fn position(css: &str, ends: &[char]) -> Option<usize> {
    let mut open: Vec<char> = Vec::new();
    let mut quote = None;
    let mut escaped = false;
    // All that matters is ASCII, and no byte of another character is.
    for (at, c) in css.bytes().map(char::from).enumerate() {
        if escaped {
            escaped = false;
            continue;
        }
        match (quote, c) {
            (_, '\\') => escaped = true,
            // A string ends with its line, finished or not.
            (Some(_), _) => quote = quote.filter(|mark| *mark != c && c != '\n'),
            (None, '"' | '\'') => quote = Some(c),
            (None, _) if open.is_empty() && ends.contains(&c) => return Some(at),
            (None, '(' | '[' | '{') => {
                let closing = match c {
                    '(' => ')',
                    '[' => ']',
                    _ => '}',
                };
                if open.len() < MAX_OPEN {
                    open.push(closing);
                }
            }
            (None, ')' | ']' | '}') => {
                open.pop_if(|last| *last == c);
            }
            _ => {}
        }
    }
    None
}

/// The parts between the separators that stand outside strings and brackets.
pub(super) fn split(css: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut rest = Some(css);
    std::iter::from_fn(move || {
        let css = rest?;
        match position(css, &[separator]) {
            Some(at) => {
                rest = css.get(at + separator.len_utf8()..);
                css.get(..at)
            }
            None => rest.take(),
        }
    })
}

/// The text of the first string in a value.
pub(super) fn strings(value: &str) -> String {
    let mut out = String::new();
    let mut quote = None;
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some(_), '\\') => {
                out.push('\\');
                out.extend(chars.next());
            }
            (Some(mark), _) if c == mark => quote = None,
            (Some(_), _) => out.push(c),
            (None, '"' | '\'') => quote = Some(c),
            _ => {}
        }
    }
    unescaped(&out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_strings_and_brackets_stays_whole() {
        let parts: Vec<_> =
            split("a:url(x;y);b:'p;q';c:\"\\\";\";d", ';').map(str::to_owned).collect();
        assert_eq!(parts, ["a:url(x;y)", "b:'p;q'", "c:\"\\\";\"", "d"]);
        assert_eq!(position("a{b}c", &['c']), Some(4));
        assert_eq!(position("'a", &['a']), None);
        assert_eq!(split("", ';').count(), 1);
    }

    #[test]
    fn comments_and_escapes_do_not_disguise_a_word() {
        assert_eq!(without_comments("dis/* x */play:/**/none/*"), "display:none");
        assert_eq!(unescaped(r"d\69splay \6E one"), "display none");
        assert_eq!(strings(r#"counter(x) "机\5BC6" '★'"#), "机密★");
    }
}
