//! Nextcloud's files_antivirus by its protocol, and not by the program: its bytes, and our
//! answers read as it reads them. Versions 5 and 6 of the app, as their sources say.

use std::io::{Read, Write};
use std::net::TcpStream;

use regex::Regex;

use super::around::CUT_OFF;
use super::{Gateway, MARKED, PLAIN, office};

/// What the app makes of an answer.
#[derive(Debug, PartialEq, Eq)]
enum Status {
    Clean,
    /// The upload is refused, with this for its reason.
    Infected(String),
    /// Nothing is known. Version 5 and most of those before let the upload pass.
    Unchecked,
    /// An exception, which ends the upload.
    Fails,
}

/// A request of the app in ICAP mode.
#[derive(Clone, Copy, Debug)]
struct Asks {
    version: u8,
    respmod: bool,
}

impl Asks {
    const ALL: [Self; 4] = [
        Self { version: 5, respmod: false },
        Self { version: 5, respmod: true },
        Self { version: 6, respmod: false },
        Self { version: 6, respmod: true },
    ];

    /// The bytes it sends for a file: heads, then chunks, of which an empty file has one
    /// that says the end before the end is said.
    fn bytes(self, content: &[u8]) -> Vec<u8> {
        let (path, host) = match self.version {
            5 => ("/", "127.0.0.1"),
            _ => ("/admin/files/%E8%AE%A1%E5%88%92.txt", "nextcloud"),
        };
        let method = if self.respmod { "GET" } else { "PUT" };
        let request = format!("{method} {path} HTTP/1.0\r\nHost: {host}\r\n\r\n");
        let mut inside = request.clone();
        let mut encapsulated = format!("req-hdr=0, req-body={}", request.len());
        if self.respmod {
            inside += "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\n";
            let (at, end) = (request.len(), inside.len());
            encapsulated = format!("req-hdr=0, res-hdr={at}, res-body={end}");
        }
        let verb = if self.respmod { "RESPMOD" } else { "REQMOD" };
        let head = match self.version {
            5 => format!(
                "Allow: 204\r\nHost: 127.0.0.1\r\nUser-Agent: NC-ICAP-CLIENT/0.5.0\r\n\
                 Connection: close\r\nEncapsulated: {encapsulated}\r\n"
            ),
            _ => format!(
                "Allow: 204\r\nX-Client-IP: 192.0.2.7\r\nEncapsulated: {encapsulated}\r\n\
                 Transfer-Encoding: chunked\r\nHost: 127.0.0.1\r\nUser-Agent: NC-AV-CLIENT\r\n\
                 Connection: close\r\n"
            ),
        };
        let mut bytes =
            format!("{verb} icap://127.0.0.1/vetmark ICAP/1.0\r\n{head}\r\n{inside}").into_bytes();
        let pieces: Vec<&[u8]> = match content {
            [] => vec![content],
            _ => content.chunks(1 << 15).collect(),
        };
        for piece in pieces {
            bytes.extend(format!("{:x}\r\n", piece.len()).bytes());
            bytes.extend(piece);
            bytes.extend(b"\r\n");
        }
        bytes.extend(b"0\r\n\r\n");
        bytes
    }

    /// Reads an answer as that version does.
    fn read(self, answer: &str) -> Status {
        let (status, mut rest) = answer.split_once("\r\n").unwrap_or((answer, ""));
        let code = status.strip_prefix("ICAP/1.0 ").and_then(|rest| rest.get(..3));
        let (mut virus, mut inside) = (None, None);
        while code == Some("200") {
            let Some((line, more)) = rest.split_once("\r\n") else { break };
            rest = more;
            match line.split_once(": ") {
                Some(("X-Infection-Found", name)) => virus = Some(name.to_owned()),
                Some(("Encapsulated", places)) => inside = Some(places.to_owned()),
                _ => {}
            }
            // Version 5 reads no field behind this one, and 6 goes on to the empty line.
            if line.is_empty() || (self.version == 5 && line.starts_with("Encapsulated: ")) {
                break;
            }
        }
        let http = match (self.version, inside) {
            (_, None) => "",
            (5, Some(places)) => {
                // So many bytes as the first place that is not the beginning; then the first
                // line of them that is one.
                let place = places.split(", ").filter_map(|place| place.split_once('='));
                let end = place.map(|(_, at)| at.parse().unwrap()).find(|at| *at != 0_usize);
                rest.get(..end.unwrap()).unwrap().trim_start()
            }
            (_, Some(_)) => rest,
        };
        match code {
            Some("204") => Status::Clean,
            Some("200") => match virus {
                Some(name) => Status::Infected(name),
                None if http.lines().next().is_some_and(|line| line.contains(" 403 Forbidden")) => {
                    Status::Infected(String::new())
                }
                None => Status::Clean,
            },
            _ => Status::Fails,
        }
    }

    fn ask(self, gateway: &Gateway, content: &[u8]) -> Status {
        let mut stream = gateway.connect("icap");
        // What is too large is answered before all of it was sent.
        let _ = stream.write_all(&self.bytes(content));
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        self.read(&String::from_utf8_lossy(&answer))
    }
}

fn found(name: &str) -> Status {
    Status::Infected(format!("Type=1; Resolution=2; Threat={name};"))
}

#[test]
fn uploads_by_icap_are_clean_or_refused() {
    let folder = office();
    let gateway = Gateway::start(
        folder.path(),
        "--icap 127.0.0.1:0 --policy leave.toml --store office.store --max-content 256KiB",
    );
    // More than one chunk, and more than is taken at all.
    let long = PLAIN.repeat(5000);
    let too_long = PLAIN.repeat(20_000);
    for asks in Asks::ALL {
        for (content, want) in [
            (PLAIN.as_bytes(), Status::Clean),
            (long.as_bytes(), Status::Clean),
            (b"", Status::Clean),
            (MARKED.as_bytes(), found("Review.Mark.StateSecret")),
            (CUT_OFF, found("Review.Unread.Damaged")),
            (too_long.as_bytes(), found("Review.Unread.Limit.Bytes")),
        ] {
            let got = asks.ask(&gateway, content);
            assert_eq!(got, want, "{asks:?}, {} bytes", content.len());
        }
    }
    // The name that version 6 gives is the name on record.
    let sources: Vec<_> = super::matters(folder.path()).into_iter().map(|(_, s)| s).collect();
    assert!(
        sources.iter().any(|source| source.ends_with("/%E8%AE%A1%E5%88%92.txt")),
        "{sources:?}"
    );
    assert_eq!(gateway.stop(), 0);
}

/// Where nothing can be put on record there is no answer that lets an upload pass.
#[test]
fn uploads_by_icap_fail_where_the_record_does() {
    let folder = office();
    let gateway = Gateway::start(
        folder.path(),
        "--icap 127.0.0.1:0 --policy leave.toml --content-memory 1KiB --max-content 1KiB",
    );
    let busy = Asks { version: 6, respmod: false };
    let mut begun = gateway.connect("icap");
    let whole = busy.bytes(&[b'x'; 1000]);
    begun.write_all(&whole[..whole.len() - 5]).unwrap();
    // The one before has taken all the memory there is, as soon as it was read.
    let status = (0..200).find_map(|_| match busy.ask(&gateway, PLAIN.as_bytes()) {
        Status::Clean => None,
        other => Some(other),
    });
    assert_eq!(status, Some(Status::Fails));
    drop(begun);
    assert_eq!(gateway.stop(), 0);
}

/// In its other modes the app reads a line by its rules: that of what is clean first.
#[test]
fn by_clamds_protocol_an_error_is_no_find_to_it() {
    let folder = office();
    let gateway = Gateway::start(folder.path(), "--clamd 127.0.0.1:0 --policy leave.toml");
    let rules = [r".*: OK$", r".*: (.*) FOUND$", r".*: (.*) ERROR$"];
    let rules = rules.map(|rule| Regex::new(rule).unwrap());
    let ask = |content: &[u8]| {
        let mut stream: TcpStream = gateway.connect("clamd");
        let mut bytes = b"nINSTREAM\n".to_vec();
        bytes.extend(super::clamd::chunks(content, 8192));
        stream.write_all(&bytes).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let line = answer.strip_suffix('\n').unwrap();
        match rules.iter().position(|rule| rule.is_match(line)) {
            Some(0) => Status::Clean,
            Some(1) => Status::Infected(rules[1].captures(line).unwrap()[1].to_owned()),
            _ => Status::Unchecked,
        }
    };
    assert_eq!(ask(PLAIN.as_bytes()), Status::Clean);
    assert_eq!(ask(MARKED.as_bytes()), Status::Infected("Review.Mark.StateSecret".into()));
    assert_eq!(ask(CUT_OFF), Status::Unchecked);
    assert_eq!(gateway.stop(), 0);
}
