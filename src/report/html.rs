//! What papers in HTML share: a head without anything from elsewhere, and text that
//! acts on nothing.

use std::fmt;
use std::io::{self, Write};

use super::{Lang, Shown};

/// How every paper looks: A4, black on white, letters of the machine it is printed on.
const STYLE: &str = "
body { font: 10.5pt/1.4 'Noto Serif CJK SC', SimSun, 'Songti SC', serif; color: #000; margin: 0 auto; }
h1 { font-size: 17pt; text-align: center; margin: 0 0 3mm; }
table { border-collapse: collapse; width: 100%; table-layout: fixed; margin: 0 0 3mm; }
th, td { border: 0.3mm solid #000; padding: 1mm 1.6mm; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
th { font-weight: 600; }
tr { break-inside: avoid; }
.small { font-size: 8.5pt; }
";

/// A string of a document or a person in HTML, with what acts or hides written out.
pub(super) struct Text<'a>(pub(super) &'a str);

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in Shown(self.0).to_string().chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                _ => write!(f, "{c}")?,
            }
        }
        Ok(())
    }
}

/// Writes the head of a document. `title` and `style` are ours and no stranger's.
pub(super) fn head(lang: Lang, title: &str, style: &str, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>{title}</title>\n<style>{STYLE}{style}</style>\n</head>\n<body>",
        lang.pick("en", "zh-CN")
    )
}

/// Writes its end.
pub(super) fn end(out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "</body>\n</html>")
}
