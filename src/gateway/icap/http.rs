//! As much of an HTTP message's head as tells what its body is, and answers to it.

use super::codec::{Broken, fields};
use crate::model::{Words, own_name};

/// What the heads say of a body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct About {
    /// What the body would be called as a file.
    pub(super) name: String,
    /// Its type, with its parameters.
    pub(super) kind: String,
    /// Whether it is one that cannot be undone here.
    pub(super) is_coded: bool,
    /// Whether it is a piece of something.
    pub(super) is_piece: bool,
}

impl About {
    /// Reads the heads: of the request, and of the response behind it.
    pub(super) fn of(heads: &[u8], response: Option<usize>) -> Result<Self, Broken> {
        let at = response.unwrap_or(heads.len()).min(heads.len());
        let (request, answer) = heads.split_at(at);
        let (first, asked) = head(request)?;
        let url = first.split(' ').nth(1).unwrap_or_default().to_owned();
        let (status, about) = match response {
            Some(_) => head(answer)?,
            None => (String::new(), asked),
        };
        let field = |name: &str| {
            about.iter().find(|(other, _)| other == name).map_or("", |(_, value)| value.as_str())
        };
        let known = ["", "identity", "gzip", "x-gzip", "zstd"];
        let coded = field("content-encoding").to_ascii_lowercase();
        let name = file_name(field("content-disposition"))
            .or_else(|| last_of(&url))
            .unwrap_or_else(|| "body".into());
        Ok(Self {
            name,
            kind: field("content-type").to_owned(),
            is_coded: !coded.split(',').all(|word| known.contains(&word.trim())),
            is_piece: status.split(' ').nth(1) == Some("206") || !field("content-range").is_empty(),
        })
    }

    /// Whether the body is a form whose files are parts.
    pub(super) fn is_form(&self) -> bool {
        self.kind.to_ascii_lowercase().trim_start().starts_with("multipart/")
    }
}

fn head(bytes: &[u8]) -> Result<(String, Vec<(String, String)>), Broken> {
    let text = String::from_utf8_lossy(bytes);
    let mut lines = text.split("\r\n");
    let first = lines.next().unwrap_or_default().to_owned();
    Ok((first, fields(lines)?))
}

/// The name that a field gives a file (RFC 6266), in its plain form.
fn file_name(field: &str) -> Option<String> {
    let (_, name) = field.split_once("filename=")?;
    let name = name.split(';').next()?.trim().trim_matches('"');
    last_of(name)
}

/// The last piece of a path, without what no name has.
fn last_of(path: &str) -> Option<String> {
    let path = path.split(['?', '#']).next()?;
    let name: String = own_name(path).chars().filter(|c| !c.is_control()).collect();
    if name.is_empty() { None } else { Some(name.chars().take(200).collect()) }
}

/// A page that says why something did not go through.
pub(super) fn page(slip: &Words) -> Vec<u8> {
    let escaped = |text: &str| {
        text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
    };
    let (en, zh) = (escaped(&slip.en), escaped(&slip.zh));
    format!(
        "<!DOCTYPE html><html><head><meta charset=\"utf-8\"><title>vetmark</title></head><body>\
         <p lang=\"zh\">{zh}</p><p lang=\"en\">{en}</p></body></html>\n"
    )
    .into_bytes()
}

/// Any bytes, as a proxy might send them: a head, what it says is inside, and a body's
/// chunks.
#[cfg(fuzzing)]
pub fn fuzzed(bytes: &[u8]) {
    use super::codec::{Chunk, chunk, head};
    let mut buffer = bytes.to_vec();
    while let Ok(Some(asked)) = head(&mut buffer) {
        let heads: Vec<u8> = buffer.drain(..asked.heads.min(buffer.len())).collect();
        if let Ok(about) = About::of(&heads, asked.response) {
            assert!(!about.name.is_empty() && !about.name.contains(['/', '\\']), "{}", about.name);
            assert!(!about.name.chars().any(char::is_control), "{:?}", about.name);
            let _ = about.is_form();
        }
        if !asked.has_body {
            continue;
        }
        loop {
            match chunk(&mut buffer) {
                Ok(Some(Chunk::Bytes(size))) => {
                    let taken = buffer.len().min(size.saturating_add(2));
                    buffer.drain(..taken);
                }
                Ok(Some(Chunk::End { .. })) => break,
                Ok(None) | Err(_) => return,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_body_is() {
        let put = "PUT /files/a%20b.docx?x=1 HTTP/1.1\r\nContent-Type: text/plain\r\n\r\n";
        let about = About::of(put.as_bytes(), None).unwrap();
        assert_eq!((about.name.as_str(), about.kind.as_str()), ("a%20b.docx", "text/plain"));
        assert!(!about.is_coded && !about.is_piece && !about.is_form());
        let form = "POST / HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=x\r\n\
                    Content-Encoding: gzip\r\n\r\n";
        let about = About::of(form.as_bytes(), None).unwrap();
        assert!(about.is_form() && !about.is_coded && about.name == "body");
        let get = "GET /x HTTP/1.1\r\n\r\n";
        for (answer, coded, piece, name) in [
            ("HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\n", true, false, "x"),
            ("HTTP/1.1 200 OK\r\nContent-Encoding: gzip, br\r\n\r\n", true, false, "x"),
            ("HTTP/1.1 206 Partial\r\n\r\n", false, true, "x"),
            (
                "HTTP/1.1 200 OK\r\nContent-Disposition: attachment; filename=\"../附件.pdf\"\r\n\r\n",
                false,
                false,
                "附件.pdf",
            ),
        ] {
            let about = About::of(format!("{get}{answer}").as_bytes(), Some(get.len())).unwrap();
            assert_eq!(
                (about.is_coded, about.is_piece, about.name.as_str()),
                (coded, piece, name),
                "{answer}"
            );
        }
        let page = String::from_utf8(page(&Words::new("a<b>", "甲"))).unwrap();
        assert!(page.contains("a&lt;b&gt;") && page.contains("甲"));
    }
}
