//! Heads and chunks of ICAP messages, taken out of bytes. No policy here.

/// The longest head, of ICAP and of HTTP together.
pub(super) const LONGEST: usize = 256 << 10;

/// The longest line that says how long a chunk is, with whatever extensions it has.
const LINE: usize = 4 << 10;

/// Fields of one head.
const FIELDS: usize = 1000;

/// Why something is not ICAP.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Broken(pub &'static str);

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    Options,
    /// Something on its way out.
    Reqmod,
    /// Something on its way in.
    Respmod,
}

/// The head of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) method: Method,
    /// Names in lower case, and values, in their order.
    pub(super) fields: Vec<(String, String)>,
    /// Where the HTTP heads end that stand behind this one: the bytes of all of them.
    pub(super) heads: usize,
    /// Where the head of the response begins among them, where there is one.
    pub(super) response: Option<usize>,
    /// Whether a body follows.
    pub(super) has_body: bool,
    /// How much of the body comes before the first answer, where only some does.
    pub(super) preview: Option<usize>,
}

impl Head {
    /// The value of a field.
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    /// Whether "nothing to change" may be answered (RFC 3507, 4.6).
    pub(super) fn allows_204(&self) -> bool {
        self.field("allow").is_some_and(|allow| allow.split(',').any(|word| word.trim() == "204"))
    }
}

/// Takes a head from the front of what was read; nothing where it is not there yet.
pub(super) fn head(buffer: &mut Vec<u8>) -> Result<Option<Head>, Broken> {
    // Empty lines between messages mean nothing.
    let begin = buffer.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
    let Some(end) = buffer[begin..].windows(4).position(|four| four == b"\r\n\r\n") else {
        return match buffer.len() > LONGEST {
            true => Err(Broken("a head that does not end")),
            false => Ok(None),
        };
    };
    let text = String::from_utf8_lossy(&buffer[begin..begin + end]).into_owned();
    buffer.drain(..begin + end + 4);
    read(&text).map(Some)
}

fn read(text: &str) -> Result<Head, Broken> {
    let mut lines = text.split("\r\n");
    let first: Vec<&str> = lines.next().unwrap_or_default().split(' ').collect();
    let method = match first[..] {
        ["OPTIONS", _, "ICAP/1.0"] => Method::Options,
        ["REQMOD", _, "ICAP/1.0"] => Method::Reqmod,
        ["RESPMOD", _, "ICAP/1.0"] => Method::Respmod,
        [_, _, "ICAP/1.0"] => return Err(Broken("a method that is not known")),
        _ => return Err(Broken("no ICAP/1.0")),
    };
    let fields = fields(lines)?;
    let mut head =
        Head { method, fields, heads: 0, response: None, has_body: false, preview: None };
    if let Some(preview) = head.field("preview") {
        let preview = preview.parse().map_err(|_| Broken("a preview that is no number"))?;
        head.preview = Some(preview);
    }
    match head.field("encapsulated").map(str::to_owned) {
        Some(list) => encapsulated(&list, &mut head)?,
        None if method == Method::Options => {}
        None => return Err(Broken("nothing is said to be inside")),
    }
    Ok(head)
}

/// Fields of a head; a line that begins with a blank goes on where the last ended.
pub(super) fn fields<'t>(
    lines: impl Iterator<Item = &'t str>,
) -> Result<Vec<(String, String)>, Broken> {
    let mut fields: Vec<(String, String)> = Vec::new();
    for line in lines.filter(|line| !line.is_empty()) {
        match (line.starts_with([' ', '\t']), fields.last_mut()) {
            (true, Some((_, value))) => {
                value.push(' ');
                value.push_str(line.trim());
            }
            (true, None) => return Err(Broken("a line that goes on from nothing")),
            (false, _) => {
                let (name, value) =
                    line.split_once(':').ok_or(Broken("a field without a colon"))?;
                if fields.len() == FIELDS {
                    return Err(Broken("too many fields"));
                }
                if name.is_empty() || name.ends_with([' ', '\t']) {
                    return Err(Broken("a field without a name"));
                }
                fields.push((name.to_ascii_lowercase(), value.trim().to_owned()));
            }
        }
    }
    Ok(fields)
}

/// What is inside, and where each begins (RFC 3507, 4.4.1).
fn encapsulated(list: &str, head: &mut Head) -> Result<(), Broken> {
    let mut last = 0;
    let mut ended = false;
    for (number, item) in list.split(',').enumerate() {
        let (name, at) = item.trim().split_once('=').ok_or(Broken("a part without a place"))?;
        let at: usize = at.parse().map_err(|_| Broken("a place that is no number"))?;
        if ended || at < last || (number == 0 && at != 0) || at > LONGEST {
            return Err(Broken("places that are in no order"));
        }
        last = at;
        match name {
            "req-hdr" => {}
            "res-hdr" => head.response = Some(at),
            "req-body" | "res-body" | "opt-body" => {
                (head.heads, head.has_body, ended) = (at, true, true);
            }
            "null-body" => (head.heads, ended) = (at, true),
            _ => return Err(Broken("a part that is not known")),
        }
    }
    if ended { Ok(()) } else { Err(Broken("no word of a body")) }
}

/// The beginning of a chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Chunk {
    /// So many bytes follow, and a line's end.
    Bytes(usize),
    /// The body, or its preview, ends; whether there is nothing more behind a preview.
    End { whole: bool },
}

/// Takes the beginning of a chunk from the front of what was read.
pub(super) fn chunk(buffer: &mut Vec<u8>) -> Result<Option<Chunk>, Broken> {
    let Some(end) = buffer.windows(2).position(|two| two == b"\r\n") else {
        return if buffer.len() > LINE { Err(Broken("a chunk without an end")) } else { Ok(None) };
    };
    if end > LINE {
        return Err(Broken("a chunk without an end"));
    }
    let line = String::from_utf8_lossy(&buffer[..end]).into_owned();
    let (size, extensions) = line.split_once(';').unwrap_or((&line, ""));
    let size = size.trim();
    let is_hex = !size.is_empty() && size.len() <= 8 && size.bytes().all(|b| b.is_ascii_hexdigit());
    if !is_hex {
        return Err(Broken("a chunk whose size is no number"));
    }
    let size = usize::from_str_radix(size, 16).map_err(|_| Broken("a size that is no number"))?;
    if size > 0 {
        buffer.drain(..end + 2);
        return Ok(Some(Chunk::Bytes(size)));
    }
    // Fields may stand behind the last chunk; an empty line ends them.
    let rest = &buffer[end..];
    let Some(stop) = rest.windows(4).position(|four| four == b"\r\n\r\n") else {
        return match rest.len() > LINE {
            true => Err(Broken("fields behind a body that do not end")),
            false => Ok(None),
        };
    };
    let whole = extensions.split(';').any(|word| word.trim() == "ieof");
    buffer.drain(..end + stop + 4);
    Ok(Some(Chunk::End { whole }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<Option<Head>, Broken> {
        head(&mut text.as_bytes().to_vec())
    }

    #[test]
    fn heads() {
        let ask = "REQMOD icap://h/vetmark ICAP/1.0\r\nHost: h\r\nAllow: 204, 206\r\nPreview: 10\r\n\
                   Encapsulated: req-hdr=0, req-body=12\r\n\r\nrest";
        let got = parsed(ask).unwrap().unwrap();
        assert_eq!((got.method, got.heads, got.has_body), (Method::Reqmod, 12, true));
        assert_eq!((got.preview, got.allows_204(), got.response), (Some(10), true, None));
        let ask = "RESPMOD / ICAP/1.0\r\nEncapsulated: req-hdr=0, res-hdr=5, null-body=9\r\n\r\n";
        let got = parsed(ask).unwrap().unwrap();
        assert_eq!((got.response, got.heads, got.has_body), (Some(5), 9, false));
        assert!(!got.allows_204());
        assert!(parsed("OPTIONS icap://h ICAP/1.0\r\n\r\n").unwrap().is_some());
        assert_eq!(parsed("OPTIONS icap://h ICAP/1.0\r\n"), Ok(None));
        for (wrong, why) in [
            ("GET / HTTP/1.1", "no ICAP/1.0"),
            ("TRACE / ICAP/1.0", "a method that is not known"),
            ("REQMOD / ICAP/1.0", "nothing is said to be inside"),
            ("REQMOD / ICAP/1.0\r\nEncapsulated: req-hdr=0", "no word of a body"),
            (
                "REQMOD / ICAP/1.0\r\nEncapsulated: req-hdr=1, null-body=2",
                "places that are in no order",
            ),
            (
                "REQMOD / ICAP/1.0\r\nEncapsulated: req-hdr=0, req-body=9, res-hdr=8",
                "places that are in no order",
            ),
            ("REQMOD / ICAP/1.0\r\nEncapsulated: req-body=x", "a place that is no number"),
            ("REQMOD / ICAP/1.0\r\nEncapsulated: x=0", "a part that is not known"),
            (
                "REQMOD / ICAP/1.0\r\nEncapsulated: req-hdr=0, null-body=99999999",
                "places that are in no order",
            ),
            (
                "REQMOD / ICAP/1.0\r\nPreview: -1\r\nEncapsulated: null-body=0",
                "a preview that is no number",
            ),
            ("OPTIONS / ICAP/1.0\r\nx", "a field without a colon"),
            ("OPTIONS / ICAP/1.0\r\nx : y", "a field without a name"),
            ("OPTIONS / ICAP/1.0\r\n x: y", "a line that goes on from nothing"),
        ] {
            assert_eq!(parsed(&format!("{wrong}\r\n\r\n")), Err(Broken(why)), "{wrong}");
        }
        let many = format!("OPTIONS / ICAP/1.0\r\n{}\r\n", "a:\r\n".repeat(FIELDS + 1));
        assert_eq!(parsed(&many), Err(Broken("too many fields")));
    }

    #[test]
    fn chunks() {
        for (bytes, want, rest) in [
            ("5\r\nhello", Ok(Some(Chunk::Bytes(5))), "hello"),
            ("1F;a=b\r\n", Ok(Some(Chunk::Bytes(31))), ""),
            ("0\r\n\r\nX", Ok(Some(Chunk::End { whole: false })), "X"),
            ("0; ieof\r\n\r\n", Ok(Some(Chunk::End { whole: true })), ""),
            ("0\r\nA: b\r\n\r\n", Ok(Some(Chunk::End { whole: false })), ""),
            ("0\r\n", Ok(None), "0\r\n"),
            ("5", Ok(None), "5"),
            ("-5\r\n", Err(Broken("a chunk whose size is no number")), "-5\r\n"),
            ("\r\n", Err(Broken("a chunk whose size is no number")), "\r\n"),
            ("fffffffff\r\n", Err(Broken("a chunk whose size is no number")), "fffffffff\r\n"),
        ] {
            let mut buffer = bytes.as_bytes().to_vec();
            assert_eq!(chunk(&mut buffer), want, "{bytes}");
            assert_eq!(buffer, rest.as_bytes(), "{bytes}");
        }
    }

    /// Heads and chunks that were changed at random end in an answer or an error.
    #[test]
    fn any_bytes_end() {
        let mut seed = 5_u64;
        let mut next = move || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (seed >> 33) as usize
        };
        let good = "REQMOD / ICAP/1.0\r\nPreview: 4\r\nEncapsulated: req-hdr=0, req-body=3\r\n\r\n";
        for _ in 0..5000 {
            let mut bytes = good.as_bytes().to_vec();
            for _ in 0..1 + next() % 4 {
                let at = next() % bytes.len();
                bytes[at] = b"\r\n,=:; 09zR\xff\0"[next() % 13];
            }
            let _ = head(&mut bytes.clone());
            let _ = chunk(&mut bytes);
        }
    }
}
