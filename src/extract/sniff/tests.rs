//! Tests of `sniff`: tables of cases.

use encoding_rs::{BIG5, GB18030};

use super::*;

fn check(bytes: impl AsRef<[u8]>, media_type: &str) {
    let bytes = bytes.as_ref();
    let shown = String::from_utf8_lossy(bytes.get(..80).unwrap_or(bytes)).into_owned();
    assert_eq!(sniff(bytes).media_type(), media_type, "{shown:?}");
}

#[test]
fn text_is_plain_whatever_it_is_about() {
    check("机密★10年\n", "text/plain");
    check(GB18030.encode("机密★10年\n").0, "text/plain");
    check(BIG5.encode("機密★10年，請注意保存\n").0, "text/plain");
    check("a,b,c\n1,2,3\n", "text/plain");
    check("{\"a\": 1}", "text/plain");
    check("# Title\n\nSome <b>bold</b> words and %PDF-1.4 as a name.\n", "text/plain");
    check("int main(void) { return 0; } /* <html> */\n", "text/plain");
    check("Note: this is no mail\nDate: 2014\n\nText", "text/plain");
    check("To: all\nFrom: us\nplease read\nthis note\nat once\n", "text/plain");
    check("密级: 机密\nFrom here on: nothing\n", "text/plain");
    check("text with one \0 zero in a long enough line of words", "text/plain");
    check("\u{FEFF}utf", "text/plain");
    check([0xFF, 0xFE, b'a', 0, b'b', 0], "text/plain");
    check([0x3A, 0x67, 0xC6, 0x5B, 0x05, 0x26], "text/plain");
}

#[test]
fn documents_that_look_like_text_are_not_plain() {
    check("{\\rtf1\\ansi hello}", "application/rtf");
    check("  \r\n{\\rtf1 x}", "application/rtf");
    check("%!PS-Adobe-3.0\n", "application/postscript");
    check("-----BEGIN PGP MESSAGE-----\n\nhQEM\n", "application/pgp-encrypted");
    check("begin 644 a.txt\n#86)C\n`\nend\n", "text/x-uuencode");
    check(
        "<?xml version=\"1.0\"?>\n<?mso-application progid=\"Word.Document\"?>\n<w:wordDocument>",
        "application/vnd.ms-wordml",
    );
    check(
        "<?xml version=\"1.0\"?><!-- x --><office:document>",
        "application/vnd.oasis.opendocument.text-flat-xml",
    );
    check("<?xml version=\"1.0\"?><pkg:package>", "application/vnd.ms-word2006ml");
    check("<?xml version=\"1.0\"?><uof:UOF>", "application/vnd.uof");
    check("<svg xmlns=\"http://www.w3.org/2000/svg\"/>", "image/svg+xml");
    check(
        "MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n--x",
        "multipart/related",
    );
    check(
        "From: <Saved by Blink>\nSnapshot-Content-Location: http://a\nSubject: a\nMIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n--x",
        "multipart/related",
    );
    check(
        "From: =?gb2312?B?08kgTWljcm9zb2Z0IEludGVybmV0IEV4cGxvcmVyIDUgsaO05g==?=\nSubject: a\nMIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n--x",
        "multipart/related",
    );
    check(
        "From: a@b.cn\nSubject: a\nMIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n--x",
        "message/rfc822",
    );
    let two = "From a@b Mon Mar  3 10:00:00 2014\nSubject: a\nTo: b\n\ntext\n\nFrom c@d Mon Mar  3 10:00:00 2014\nSubject: b\n\ntext\n";
    check(two, "application/mbox");
}

#[test]
fn pages_are_told() {
    for page in [
        "<!DOCTYPE html><p>a",
        "\u{FEFF}<HTML>",
        "\n\n<!-- saved -->\n<html lang=zh>",
        "<?xml version=\"1.0\"?>\n<!DOCTYPE html PUBLIC \"x\">\n<html>",
        "<div class=a>机密</div>",
        "<center><b>x</b></center>",
        "<META charset=gbk>",
        "x <html><body>a</body></html>",
    ] {
        check(page, "text/html");
        let wide: Vec<u8> = page.encode_utf16().flat_map(u16::to_le_bytes).collect();
        check(wide, "text/html");
    }
    check(GB18030.encode("<html><title>机密</title>").0, "text/html");
}

#[test]
fn xml_is_told() {
    for xml in [
        "<?xml version=\"1.0\"?><note><to>a</to></note>",
        "\u{FEFF}<?xml version='1.0'?>\n<!-- x -->\n<p>a",
        "<!DOCTYPE note [<!ENTITY a 'b'>]><note/>",
        "<tablet>a</tablet>",
        "<密级>机密</密级>\n",
        "<feed xmlns=\"urn:x\"/>",
    ] {
        check(xml, "application/xml");
        let wide: Vec<u8> = xml.encode_utf16().flat_map(u16::to_le_bytes).collect();
        check(wide, "application/xml");
    }
    check("<Alice> hi there <Bob> hello", "text/plain");
    check("<think>a</think> and more", "text/plain");
    check("<3", "text/plain");
}

#[test]
fn mail_is_told() {
    for mail in [
        "From: a@b.cn\nTo: c@d.cn\nSubject: x\n\ntext",
        "Received: from x\r\n\tby y\r\nSubject: =?gb2312?B?u/rD3A==?=\r\n\r\ntext",
        "From a@b Mon Mar  3 10:00:00 2014\nReceived: x\nSubject: y\n\ntext\nFrom here on\n",
        "Return-Path: <a@b>\nX-Mailer: Foxmail\n\n",
        "Content-Type: multipart/mixed; boundary=a\n\n--a\n\nx\n--a--",
        "Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n5py65a+G\n",
        "\n\nSubject: a\nFrom: b\n\nc",
        "From  : a\nTo : b\n??\n <b@c>\nSubject : x\nDate : y\n\ntext",
    ] {
        check(mail, "message/rfc822");
    }
}

#[test]
fn binary_is_never_plain() {
    let noise: Vec<u8> = (0..4000_u32).map(|i| (i * i % 253) as u8).collect();
    check(&noise, "application/octet-stream");
    check([0_u8; 600], "application/octet-stream");
    check(
        [b"MZ\x90\0\x03\0\0\0", &noise[..]].concat(),
        "application/vnd.microsoft.portable-executable",
    );
    check(b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR", "image/png");
    check(b"\xFF\xD8\xFF\xE0\0\x10JFIF", "image/jpeg");
    check(b"RIFF\x10\0\0\0WEBPVP8 ", "image/webp");
    check(b"Rar!\x1A\x07\x01\0", "application/vnd.rar");
    check(b"\x78\x9F\x3E\x22\x01\0", "application/vnd.ms-tnef");
    check(b"AC1027\0\0\0", "image/vnd.dwg");
    check("AC1027 is a version of a drawing", "text/plain");
}

#[test]
fn a_pdf_may_have_junk_before_it() {
    check("%PDF-1.4\n", "application/pdf");
    let mut junk = vec![0x1B; 900];
    junk.extend(b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n");
    check(&junk, "application/pdf");
    check("1 0 obj\n<</Type/Catalog>>\nendobj\ntrailer<</Root 1 0 R>>", "application/pdf");
    check("1 0 objects were found by the trailer", "text/plain");
    let mut far = vec![b' '; 1100];
    far[0] = b'x';
    far.extend(b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n");
    check(&far, "text/plain");
}

#[test]
fn no_beginning_of_anything_panics() {
    let all = b"PK\x03\x04\xD0\xCF\x11\xE0%PDF-<!--<?xml<!DOCTYPEFrom :\0\xFF\xFE";
    for from in 0..all.len() {
        for to in from..all.len() {
            sniff(&all[from..to]);
        }
    }
}

#[test]
fn names_are_held_against_content() {
    let claims = |name: &str, format| name_mismatch(name, format).map(|n| n.message.en);
    for (name, format) in [
        ("a.txt", Format::Pdf),
        ("a.PDF", Format::Zip),
        ("dir.x/a.docx", Format::Plain),
        ("a.doc", Format::Docx),
        ("通知.pdf.exe", Format::Other("application/vnd.microsoft.portable-executable")),
        ("a.jpg", Format::Other("application/zip")),
        ("a.pdf", Format::Other("application/octet-stream")),
    ] {
        let said = claims(name, format).unwrap_or_else(|| panic!("{name}"));
        assert!(said.contains(format.media_type()), "{said}");
    }
    for (name, format) in [
        ("a.docm", Format::Docx),
        ("a.docx", Format::EncryptedOffice),
        ("a.log", Format::Plain),
        ("a.v2.py", Format::Plain),
        ("a.htm", Format::Html),
        ("a.unheard", Format::Pdf),
        ("noextension", Format::Pdf),
        ("a.pdf", Format::Empty),
        ("a.jpeg", Format::Other("image/png")),
        ("setup.min.js", Format::Plain),
        (".gitignore", Format::Plain),
        ("", Format::Plain),
    ] {
        assert_eq!(claims(name, format), None, "{name}");
    }
}
