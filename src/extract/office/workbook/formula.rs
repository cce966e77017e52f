//! Text that stands in formulas and not in what they came to.

/// The texts in a formula; those joined by `&` alone are one.
pub(in crate::extract::office) fn literals(formula: &str) -> Vec<String> {
    let mut made: Vec<String> = Vec::new();
    let mut rest = formula;
    let mut joined = false;
    while let Some((before, after)) = rest.split_once('"') {
        // Names of sheets in quotes of their own are no text.
        joined = joined && before.trim() == "&";
        let mut text = String::new();
        let mut after = after;
        loop {
            let Some((piece, tail)) = after.split_once('"') else {
                text.push_str(after);
                after = "";
                break;
            };
            text.push_str(piece);
            after = tail;
            // Two quotes are one in the text.
            match tail.strip_prefix('"') {
                Some(tail) => {
                    text.push('"');
                    after = tail;
                }
                None => break,
            }
        }
        match made.last_mut().filter(|_| joined) {
            Some(last) => last.push_str(&text),
            None => made.push(text),
        }
        (rest, joined) = (after, true);
    }
    made
}

/// What a formula says that `shown`, its value, does not: the formula as it is
/// written, then texts that only stand together once it is worked out.
pub(in crate::extract::office) fn unseen(formula: &str, shown: &str) -> Vec<String> {
    if !formula.contains('"') {
        return Vec::new();
    }
    let says = |text: &String| text.chars().any(|c| c.is_alphanumeric() || c == '★');
    let unseen: Vec<String> = literals(formula)
        .into_iter()
        .filter(|text| says(text) && !shown.contains(&**text))
        .collect();
    if unseen.is_empty() {
        return Vec::new();
    }
    let mut made = vec![format!("={formula}")];
    made.extend(unseen.into_iter().filter(|text| !formula.contains(&**text)));
    made
}

/// Steps that it takes to compare a formula's texts with its value.
pub(in crate::extract::office) fn cost(formula: &str, shown: &str) -> usize {
    let quotes = memchr::memchr_iter(b'"', formula.as_bytes()).count();
    quotes.saturating_mul(shown.len() + formula.len()) / 128
}

/// Texts as a formula would quote them.
pub(in crate::extract::office) fn quoted(texts: &[String]) -> String {
    let texts: Vec<_> =
        texts.iter().map(|text| format!("\"{}\"", text.replace('"', "\"\""))).collect();
    texts.join(",")
}

/// Whether bytes taken for text are text: no controls, nothing unassigned, and
/// letters or signs among it.
pub(in crate::extract::office) fn is_text(text: &str) -> bool {
    text.chars().all(is_sign) && says(text)
}

/// Whether a character stands in texts.
pub(in crate::extract::office) fn is_sign(c: char) -> bool {
    match c {
        '\t' | '\n' | '\r' => true,
        c => !c.is_control() && c != '\u{fffd}' && !('\u{E000}'..='\u{F8FF}').contains(&c),
    }
}

/// Whether there are letters or signs in a text.
pub(in crate::extract::office) fn says(text: &str) -> bool {
    text.chars().any(|c| c.is_alphanumeric() || c == '★')
}

/// What a defined name says: itself, if it is more than letters of a program,
/// and the texts in what it refers to, each with what it is to be called.
pub(in crate::extract::office) fn of_name(name: &str, content: &str) -> Vec<(String, String)> {
    let own = name.trim_start_matches("_xlnm.");
    let built_in = own.len() < name.len() || name.starts_with("_xl");
    let mut made = Vec::new();
    if !built_in && !name.is_ascii() {
        made.push(("name".to_owned(), name.to_owned()));
    }
    made.extend(unseen(content, "").into_iter().map(|text| (own.to_owned(), text)));
    made
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_value_does_not_show_is_told() {
        for (formula, shown, want) in [
            ("SUM(A1:A3)", "6", &[][..]),
            (r#"IF(A1>0,"是","")"#, "是", &[]),
            (r#"IF(A1>0,"是","机密★10年")"#, "是", &[r#"=IF(A1>0,"是","机密★10年")"#]),
            (r#""机密"&A1&"年""#, "机密10年", &[]),
            (r#""机"&"密★10年""#, "", &[r#"="机"&"密★10年""#, "机密★10年"]),
            (r#"A1&"说""好""""#, "", &[r#"=A1&"说""好""""#, r#"说"好""#]),
            (r#"IF(A1="-"," ","")"#, "x", &[]),
            (r#""没有尽头"#, "", &[r#"="没有尽头"#]),
        ] {
            assert_eq!(unseen(formula, shown), want, "{formula}");
        }
    }
}
