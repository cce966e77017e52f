//! ICAP as a proxy speaks it, in its own bytes, and by c-icap's client.

use std::fs;
use std::io::{Read, Write};
use std::process::Command;

use super::around::installed;
use super::{Gateway, MARKED, PLAIN, matters, office};

fn chunks(body: &str) -> String {
    if body.is_empty() {
        "0\r\n\r\n".into()
    } else {
        format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len())
    }
}

/// A request that hands over a body on its way out.
fn reqmod(more: &str, http: &str, body: &str) -> String {
    let head = format!("{http}\r\n\r\n");
    let at = head.len();
    format!(
        "REQMOD icap://h/vetmark ICAP/1.0\r\nHost: h\r\n{more}Connection: close\r\n\
         Encapsulated: req-hdr=0, req-body={at}\r\n\r\n{head}{}",
        chunks(body)
    )
}

fn respmod(more: &str, answer: &str, body: &str) -> String {
    let asked = "GET http://x.example/a.txt HTTP/1.1\r\n\r\n";
    let head = format!("{answer}\r\n\r\n");
    let (at, body_at) = (asked.len(), asked.len() + head.len());
    format!(
        "RESPMOD icap://h/vetmark ICAP/1.0\r\nHost: h\r\n{more}Connection: close\r\n\
         Encapsulated: req-hdr=0, res-hdr={at}, res-body={body_at}\r\n\r\n{asked}{head}{}",
        chunks(body)
    )
}

fn ask(gateway: &Gateway, bytes: &str) -> String {
    let mut stream = gateway.connect("icap");
    stream.write_all(bytes.as_bytes()).unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8(answer).unwrap()
}

#[test]
fn what_a_proxy_hands_over_goes_on_or_does_not() {
    let folder = office();
    let arguments =
        "--icap 127.0.0.1:0 --policy leave.toml --store office.store --max-content 64KiB";
    let gateway = Gateway::start(folder.path(), arguments);
    let put = "PUT /up/note.txt HTTP/1.1\r\nHost: x";
    let form = "POST /up HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=b";
    let marked_form = format!(
        "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a.txt\"\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\r\n{MARKED}\r\n--b--\r\n"
    );
    let ok = "HTTP/1.1 200 OK\r\nContent-Type: text/plain";
    let name = "X-Virus-ID: Review.Mark.StateSecret\r\n";
    for (bytes, begins, holds) in [
        (reqmod("Allow: 204\r\n", put, PLAIN), "ICAP/1.0 204 ", ""),
        (reqmod("", put, PLAIN), "ICAP/1.0 200 OK", "PUT /up/note.txt HTTP/1.1"),
        (reqmod("", put, PLAIN), "ICAP/1.0 200 OK", PLAIN),
        (reqmod("Allow: 204\r\n", put, MARKED), "ICAP/1.0 200 OK", name),
        (reqmod("Allow: 204\r\n", form, &marked_form), "ICAP/1.0 200 OK", "HTTP/1.1 403 Forbidden"),
        (respmod("Allow: 204\r\n", ok, PLAIN), "ICAP/1.0 204 ", ""),
        (respmod("", ok, MARKED), "ICAP/1.0 200 OK", name),
        (
            respmod("", "HTTP/1.1 206 Partial\r\nContent-Range: bytes 0-3/9", PLAIN),
            "ICAP/1.0 200 OK",
            "X-Virus-ID: Review.Unread.MissingPart\r\n",
        ),
        (
            respmod("", "HTTP/1.1 200 OK\r\nContent-Encoding: br", PLAIN),
            "ICAP/1.0 200 OK",
            "X-Virus-ID: Review.Unread.Unsupported\r\n",
        ),
        (
            reqmod("", put, &"x".repeat(70_000)),
            "ICAP/1.0 200 OK",
            "X-Virus-ID: Review.Unread.Limit.Bytes\r\n",
        ),
        ("OPTIONS icap://h/vetmark ICAP/1.0\r\n\r\n".into(), "ICAP/1.0 200 OK", "Allow: 204\r\n"),
        ("GET / HTTP/1.1\r\n\r\n".into(), "ICAP/1.0 400 ", ""),
        (
            "REQMOD / ICAP/1.0\r\nEncapsulated: req-hdr=0, req-body=2\r\n\r\n\r\nzz\r\n".into(),
            "ICAP/1.0 400 ",
            "",
        ),
    ] {
        let mut bytes = bytes;
        if bytes.starts_with("OPTIONS") {
            bytes = bytes.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");
        }
        let answer = ask(&gateway, &bytes);
        assert!(answer.starts_with(begins), "{bytes}\n{answer}");
        assert!(answer.contains(holds), "{bytes}\n{answer}");
        assert!(!answer.contains("机密"), "{answer}");
    }
    let verdicts: Vec<_> = matters(folder.path()).into_iter().map(|(verdict, _)| verdict).collect();
    assert!(verdicts.iter().filter(|verdict| *verdict == "withhold").count() >= 2, "{verdicts:?}");
    assert_eq!(gateway.stop(), 0);
}

/// A preview is asked to go on, unless it was all there is.
#[test]
fn previews() {
    let folder = office();
    let arguments = "--icap 127.0.0.1:0 --policy leave.toml";
    let gateway = Gateway::start(folder.path(), arguments);
    let head = "PUT /a.txt HTTP/1.1\r\n\r\n";
    let ask = |end: &str| {
        format!(
            "REQMOD icap://h/v ICAP/1.0\r\nPreview: 3\r\nAllow: 204\r\n\
             Encapsulated: req-hdr=0, req-body={}\r\n\r\n{head}3\r\nThe\r\n{end}",
            head.len()
        )
    };
    let mut stream = gateway.connect("icap");
    let mut answer = [0; 4096];
    let mut next = |stream: &mut std::net::TcpStream| {
        let read = stream.read(&mut answer).unwrap();
        String::from_utf8_lossy(&answer[..read]).into_owned()
    };
    stream.write_all(ask("0\r\n\r\n").as_bytes()).unwrap();
    assert_eq!(next(&mut stream), "ICAP/1.0 100 Continue\r\n\r\n");
    stream.write_all(b"7\r\n canteen\r\n0\r\n\r\n".as_slice()).unwrap();
    // A chunk that is longer than it says ends the connection.
    assert!(next(&mut stream).starts_with("ICAP/1.0 400"));
    let mut stream = gateway.connect("icap");
    stream.write_all(ask("0\r\n\r\n").as_bytes()).unwrap();
    assert_eq!(next(&mut stream), "ICAP/1.0 100 Continue\r\n\r\n");
    stream.write_all(b"8\r\n canteen\r\n0\r\n\r\n".as_slice()).unwrap();
    assert!(next(&mut stream).starts_with("ICAP/1.0 204"));
    stream.write_all(ask("0; ieof\r\n\r\n").as_bytes()).unwrap();
    assert!(next(&mut stream).starts_with("ICAP/1.0 204"));
    drop(stream);
    assert_eq!(gateway.stop(), 0);
}

#[test]
fn c_icap_client() {
    let program = "/usr/bin/c-icap-client";
    if !installed(program) {
        return;
    }
    let folder = office();
    let arguments = "--icap 127.0.0.1:0 --policy leave.toml";
    let gateway = Gateway::start(folder.path(), arguments);
    let port = gateway.port("icap").to_string();
    fs::write(folder.path().join("plain.txt"), PLAIN.repeat(200)).unwrap();
    fs::write(folder.path().join("marked.txt"), MARKED).unwrap();
    for (file, req, said) in [
        ("plain.txt", false, "204"),
        ("plain.txt", true, "204"),
        ("marked.txt", false, "Review.Mark.StateSecret"),
        ("marked.txt", true, "Review.Mark.StateSecret"),
    ] {
        let mut client = Command::new(program);
        client.current_dir(folder.path());
        client.args(["-i", "127.0.0.1", "-p", &port, "-s", "vetmark", "-v", "-f", file]);
        client.args(["-o", "out"]);
        if req {
            client.args(["-req", "http://x.example/up"]);
        }
        let out = client.output().unwrap();
        let _ = fs::remove_file(folder.path().join("out"));
        let all = [out.stdout, out.stderr].concat();
        let all = String::from_utf8_lossy(&all);
        assert!(all.contains(said), "{file} {req}: {all}");
    }
    assert_eq!(gateway.stop(), 0);
}
