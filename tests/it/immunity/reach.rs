//! What documents ask to be fetched: entities in a DTD, forms, links, templates. The
//! file and the port that they name are here; who read one would find a mark of the
//! highest level, and who called the other would be heard.

use std::fs;
use std::net::TcpListener;

use super::{Case, examined, scan};
use crate::builders::{RELS, TYPES, W, docx_of, package, pdf, stream, zip};

/// A file that nobody is to read, and a port that nobody is to call.
pub struct Secret {
    file: tempfile::NamedTempFile,
    port: TcpListener,
}

impl Secret {
    /// A new one.
    pub fn new() -> Self {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), "绝密★30年\n").unwrap();
        let port = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        port.set_nonblocking(true).unwrap();
        Self { file, port }
    }

    fn file(&self) -> String {
        format!("file://{}", self.file.path().display())
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}/x", self.port.local_addr().unwrap().port())
    }

    /// A document type with entities of all kinds: of the file, of the port, of
    /// parameters that fetch more, and such as grow by ten each.
    fn doctype(&self, root: &str) -> String {
        let (file, url) = (self.file(), self.url());
        let more: String = (1..20)
            .map(|n| format!("<!ENTITY a{n} \"{}\">", format!("&a{};", n - 1).repeat(10)))
            .collect();
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><!DOCTYPE {root} SYSTEM \"{url}.dtd\" [\
             <!ENTITY file SYSTEM \"{file}\"><!ENTITY url SYSTEM \"{url}\">\
             <!ENTITY passwd SYSTEM \"file:///etc/passwd\">\
             <!ENTITY % more SYSTEM \"{url}?more\">%more;<!ENTITY a0 \"哈\">{more}]>"
        )
    }
}

/// What the text of each document refers to.
const ALL: &str = "&file;&url;&passwd;&a19;";

/// Documents that ask for the file and the port.
pub fn cases(secret: &Secret) -> Vec<Case> {
    let (file, url) = (secret.file(), secret.url());
    let office = "urn:oasis:names:tc:opendocument:xmlns:office:1.0";
    let text = "urn:oasis:names:tc:opendocument:xmlns:text:1.0";
    let odt = format!(
        "{}<office:document-content xmlns:office=\"{office}\" xmlns:text=\"{text}\"><office:body>\
         <office:text><text:p>甲{ALL}</text:p></office:text></office:body></office:document-content>",
        secret.doctype("office:document-content")
    );
    let docx = format!(
        "{}<w:document xmlns:w=\"{W}\"><w:body><w:p><w:r><w:t>甲{ALL}</w:t></w:r></w:p></w:body>\
         </w:document>",
        secret.doctype("w:document")
    );
    let html = format!(
        "{}<html><head><link rel=stylesheet href=\"{url}\"><base href=\"{url}\"></head><body>\
         <p>一张桌子。</p><img src=\"{url}\"><iframe src=\"{file}\"></iframe>\
         <object data=\"{url}\"></object><script src=\"{url}\"></script></body></html>",
        secret.doctype("html")
    );
    let svg = format!(
        "{}<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\">\
         <text>甲{ALL}</text><image xlink:href=\"{file}\"/><use href=\"{url}\"/></svg>",
        secret.doctype("svg")
    );
    let included = format!(
        "<a xmlns:xi=\"http://www.w3.org/2001/XInclude\"><b>桌子</b><xi:include parse=\"text\" href=\"{file}\"/>\
         <xi:include href=\"{url}\"/></a>"
    );
    let rtf = format!(
        "{{\\rtf1\\ansi{{\\*\\template {url}}}{{\\field{{\\*\\fldinst INCLUDETEXT \"{file}\"}}{{\\fldrslt x}}}}\
         {{\\field{{\\*\\fldinst INCLUDEPICTURE \"{url}\"}}{{\\fldrslt y}}}} a table\\par}}"
    );
    let mail = format!(
        "From: a@b.example\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; \
         boundary=b\r\n\r\n--b\r\nContent-Type: message/external-body; access-type=URL; URL=\"{url}\"\r\n\r\n\
         Content-Type: text/plain\r\n\r\n--b\r\nContent-Type: message/external-body; \
         access-type=local-file; name=\"{file}\"\r\n\r\nContent-Type: text/plain\r\n\r\n--b--\r\n"
    );
    let any = |name: &str, bytes: Vec<u8>, verdicts| Case {
        name: name.into(),
        bytes,
        verdicts,
        gaps: &[],
    };
    vec![
        any("entities.docx", docx_of(&docx), &["incomplete"]),
        any(
            "entities.odt",
            package("application/vnd.oasis.opendocument.text", &odt),
            &["incomplete"],
        ),
        any(
            "entities.xml",
            format!("{}<a>甲{ALL}</a>", secret.doctype("a")).into_bytes(),
            &["incomplete"],
        ),
        any("entities.svg", svg.into_bytes(), &["incomplete"]),
        any("entities-and-links.html", html.into_bytes(), &["no_finding", "incomplete"]),
        any("included.xml", included.into_bytes(), &["no_finding", "incomplete"]),
        any("template.docx", template(&url), &["no_finding", "incomplete"]),
        any("fields.rtf", rtf.into_bytes(), &["no_finding", "incomplete"]),
        any("external-body.eml", mail.into_bytes(), &["incomplete"]),
        any("xfa.pdf", xfa(secret), &["incomplete"]),
        any("actions.pdf", actions(&file, &url), &["no_finding", "incomplete"]),
    ]
}

/// A Word file whose template, picture and whole content are elsewhere.
fn template(url: &str) -> Vec<u8> {
    const TYPE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let whole = format!(
        "<w:document xmlns:w=\"{W}\"><w:body><w:p><w:r><w:t>一张桌子。</w:t></w:r></w:p>\
         <w:altChunk xmlns:r=\"{TYPE}\" r:id=\"r2\"/></w:body></w:document>"
    );
    let out = |id: &str, kind: &str| {
        format!(
            "<Relationship Id=\"{id}\" Type=\"{TYPE}/{kind}\" Target=\"{url}\" TargetMode=\"External\"/>"
        )
    };
    let links = format!(
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{}{}{}</Relationships>",
        out("r1", "attachedTemplate"),
        out("r2", "aFChunk"),
        out("r3", "image")
    );
    zip(&[
        ("[Content_Types].xml", TYPES.as_bytes()),
        ("_rels/.rels", RELS.as_bytes()),
        ("word/document.xml", whole.as_bytes()),
        ("word/_rels/document.xml.rels", links.as_bytes()),
    ])
}

/// A form whose XML asks for the file, as CVE-2025-66516 has it.
fn xfa(secret: &Secret) -> Vec<u8> {
    let form = format!(
        "{}<xdp:xdp xmlns:xdp=\"http://ns.adobe.com/xdp/\"><template><subform><draw><value><text>甲{ALL}</text>\
         </value></draw></subform></template><xfa:datasets xmlns:xfa=\"http://www.xfa.org/schema/xfa-data/1.0/\">\
         <xfa:data><f>乙{ALL}</f></xfa:data></xfa:datasets></xdp:xdp>",
        secret.doctype("xdp:xdp")
    );
    let packet =
        format!("{}<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">{ALL}</x:xmpmeta>", secret.doctype("x"));
    pdf(&[
        &b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /XFA 5 0 R /Fields [] >> /Metadata 6 0 R >>"
            [..],
        b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << >> >>",
        &stream("BT ET"),
        &stream(&form),
        &stream(&packet),
    ])
}

/// Actions on opening, and streams whose data are said to be in a file.
fn actions(file: &str, url: &str) -> Vec<u8> {
    let path = file.trim_start_matches("file://");
    pdf(&[
        format!(
            "<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /Launch /F ({path}) /Next [<< /S /URI /URI ({url}) >> \
             << /S /SubmitForm /F << /FS /URL /F ({url}) >> >> << /S /GoToR /F ({path}) /D [0 /Fit] >> \
             << /S /JavaScript /JS (app.launchURL\\('{url}'\\)) >> << /S /ImportData /F ({path}) >>] >> >>"
        ),
        "<< /Type /Pages /Count 1 /Kids [3 0 R] >>".to_owned(),
        format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /XObject \
             << /X << /Type /XObject /Subtype /Form /Ref << /F ({path}) /Page 0 >> >> >> >> >>"
        ),
        format!("<< /Length 5 /F ({path}) /FFilter /FlateDecode >>\nstream\nBT ET\nendstream"),
    ])
}

#[test]
fn nothing_is_fetched() {
    let secret = Secret::new();
    let folder = tempfile::tempdir().unwrap();
    let cases = cases(&secret);
    for case in &cases {
        fs::write(folder.path().join(&case.name), &case.bytes).unwrap();
    }
    let passwd = fs::read_to_string("/etc/passwd").unwrap();
    let first = passwd.lines().next().unwrap().to_owned();
    for isolation in ["process", "thread"] {
        let mut run = scan(folder.path());
        let said = examined(run.args(["--quotes=on", "--isolation", isolation]));
        assert_eq!(said.len(), cases.len());
        for (name, said) in &said {
            assert!(said["level"].is_null(), "{name}: the file was read: {said}");
        }
        // What it takes for the text of the document, too.
        for case in &cases {
            let path = folder.path().join(&case.name);
            let text = crate::support::vetmark().arg("text").arg(path).output().unwrap();
            let text = String::from_utf8_lossy(&text.stdout).into_owned();
            assert!(!text.contains("绝密★30年"), "{}: {text}", case.name);
            assert!(!text.contains(&first), "{}: {text}", case.name);
            assert!(text.matches('哈').count() < 1000, "{}: it grew", case.name);
        }
    }
    let heard = secret.port.accept();
    let why = heard.map(drop).unwrap_err().kind();
    assert_eq!(why, std::io::ErrorKind::WouldBlock, "somebody called");
}
