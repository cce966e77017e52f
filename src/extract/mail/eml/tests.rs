//! What the mail reader makes of small mails.

use super::*;
use crate::extract::Limits;

fn reading(mail: &[u8]) -> Extraction {
    read(&Submission::file("a.eml", mail), None, &mut Budget::new(Limits::default()))
}

/// Blocks as `region label text`.
fn blocks(read: &Extraction) -> Vec<String> {
    let line = |block| {
        let block: &crate::model::Block = block;
        let region = serde_json::to_value(block.region).unwrap();
        let (label, text) = (read.text.label(block), read.text.block_text(block));
        format!("{} {label} {text}", region.as_str().unwrap())
    };
    read.text.blocks().iter().map(line).collect()
}

fn children(read: &Extraction) -> Vec<(&str, Origin, String)> {
    let shown = |c: &Submission| String::from_utf8_lossy(&c.bytes).into_owned();
    read.children.iter().map(|c| (c.provenance.name(), c.origin, shown(c))).collect()
}

fn kinds(read: &Extraction) -> Vec<GapKind> {
    let own = read.gaps.iter().map(|gap| gap.kind);
    own.chain(read.children.iter().flat_map(|c| &c.gaps).map(|gap| gap.kind)).collect()
}

#[test]
fn fields_and_body_are_text() {
    let mail = "Received: from a\r\n\tby b\r\nDKIM-Signature: v=1; b=abc\r\n\
        Subject: =?gb2312?B?u/rD3A==?=\r\nFrom: =?utf-8?b?5Yqe5YWs5a6k?= <a@b>\r\n\
        X-Protective-Marking: SEC=OFFICIAL\r\nContent-Type: text/plain; x=\"机\"\r\n\r\none\r\ntwo\r\n";
    let read = reading(mail.as_bytes());
    assert_eq!(
        blocks(&read),
        [
            "mail_header Received from a\tby b",
            "subject  机密",
            "mail_header From 办公室 <a@b>",
            "mail_header X-Protective-Marking SEC=OFFICIAL",
            "mail_header Content-Type text/plain; x=\"机\"",
            "body  one",
            "body  two",
        ]
    );
    let lines: Vec<_> = read.text.blocks().iter().map(|b| (b.page, b.line)).collect();
    assert_eq!(lines[4..], [(0, 0), (1, 1), (1, 2)]);
    assert!(read.gaps.is_empty() && read.children.is_empty());
}

#[test]
fn bodies_are_read_in_the_encoding_they_are_in() {
    let gbk = |text| encoding_rs::GB18030.encode(text).0.into_owned();
    let prose = "机密★10年\n关于召开会议的通知，请各单位按照要求参加。";
    let with = |head: &str, body: &[u8]| {
        [b"Subject: x\nMIME-Version: 1.0\n", head.as_bytes(), b"\n\n", body].concat()
    };
    for mail in [
        with("Content-Type: text/plain; charset=gb2312", &gbk(prose)),
        with("Content-Type: text/plain; charset=utf-8", &gbk(prose)),
        with("Content-Type: text/plain; charset=us-ascii", prose.as_bytes()),
        with("Content-Type: text/plain; charset=nosuch", &gbk(prose)),
        with("X-A: b", &gbk(prose)),
    ] {
        let read = reading(&mail);
        let said = String::from_utf8_lossy(&mail);
        assert_eq!(read.text.as_str().lines().nth_back(1), Some("机密★10年"), "{said}");
        assert!(read.gaps.is_empty(), "{said}: {:?}", read.gaps);
    }
    let wide: Vec<u8> =
        "\u{FEFF}Subject: x\nFrom: y\n\n机密\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(blocks(&reading(&wide)), ["subject  x", "mail_header From y", "body  机密"]);
    assert_eq!(
        blocks(&reading(b"Subject: x\rFrom: y\r\rtext\r")),
        ["subject  x", "mail_header From y", "body  text"]
    );
}

#[test]
fn what_stands_around_a_mail_is_passed_over_or_hidden() {
    for mail in [
        "From a@b Mon Mar  3 10:00:00 2014\nSubject: x\nFrom: y\n\ntext\n",
        "\n\nSubject: x\nFrom: y\n\ntext\n",
        "30        \nSubject: x\nFrom: y\n\ntext\n",
    ] {
        assert_eq!(sniff(mail.as_bytes()), crate::extract::Format::Eml, "{mail}");
        let want = ["subject  x", "mail_header From y", "body  text"];
        assert_eq!(blocks(&reading(mail.as_bytes())), want, "{mail}");
    }
    // What an Apple mail's length leaves over is hidden if it is the list of properties, else a part of the mail.
    let read = reading(b"25\nSubject: x\nFrom: y\n\ntext\n<plist>more</plist>\n");
    assert_eq!(blocks(&read)[2..], ["body  text", "hidden  <plist>more</plist>"]);
    let mixed = "Subject: x\nContent-Type: multipart/mixed; boundary=b\n\n";
    let part = "--b\nContent-Transfer-Encoding: base64\n\n5py65a+G\n";
    for (begin, end) in [
        ("", "--b--\n"),
        ("<?xml?>\n", "--b--\n<plist></plist>\n"),
        ("<plist>\n", "--b--\n</plist>\n"),
    ] {
        let read = reading(format!("{}\n{mixed}{begin}{part}{end}", mixed.len()).as_bytes());
        assert!(blocks(&read).contains(&"body  机密".to_owned()), "{:?}", blocks(&read));
    }
}

#[test]
fn parts_are_text_or_children() {
    let mail = "Subject: x\nContent-Type: multipart/mixed; boundary=b\n\npre\n--b\n\
        Content-Type: multipart/alternative; boundary=c\n\n--c\n\nplain\n--c\n\
        Content-Type: text/html; charset=gbk\nContent-Transfer-Encoding: quoted-printable\n\n\
        =BB=FA=C3=DC<br>\n--c--\n--b\n\
        Content-Type: application/octet-stream; name=\"other.doc\"\nContent-Transfer-Encoding: base64\n\
        Content-Description: =?gb2312?B?u/rD3A==?=\n\
        Content-Disposition: attachment; filename*=utf-8''%E6%9C%BA%E5%AF%86.doc\n\nYWJj\n--b\n\
        Content-Type: message/rfc822\n\nSubject: inner\n\ninner\n--b\n\
        Content-Type: text/plain; name=a.txt; charset=utf-16le\nContent-Transfer-Encoding: base64\n\nOmfGWw==\n--b--\n";
    let read = reading(mail.as_bytes());
    assert_eq!(
        blocks(&read),
        [
            "subject  x",
            "hidden  pre",
            "body  plain",
            "mail_header Content-Description 机密",
            "attachment_name  other.doc",
        ]
    );
    let got = children(&read);
    assert_eq!(
        got[0],
        ("part-5.html", Origin::MailBody, "\u{FEFF}<!DOCTYPE html>\n机密<br>".to_owned())
    );
    assert_eq!(got[1], ("机密.doc", Origin::Attachment, "abc".to_owned()));
    assert_eq!((got[2].0, got[2].1), ("part-7.eml", Origin::MailBody));
    assert!(got[2].2.ends_with("Subject: inner\n\ninner"));
    assert_eq!(sniff(&read.children[2].bytes), crate::extract::Format::Eml);
    assert_eq!((got[3].0, got[3].1), ("a.txt", Origin::Attachment));
    assert_eq!(got.len(), 4);
    assert!(read.gaps.is_empty(), "{:?}", read.gaps);
}

#[test]
fn what_is_not_read_is_said() {
    use GapKind::{Damaged, Encrypted, MissingPart, Unsupported};
    for (mail, want) in [
        ("Content-Transfer-Encoding: base64\n\nYWJ*Jj", vec![Damaged]),
        ("Content-Transfer-Encoding: base64\nContent-Type: a/b\n\nYWJ*Jj", vec![Damaged]),
        ("Content-Transfer-Encoding: x-strange\n\nabc", vec![Unsupported]),
        ("Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n", vec![Damaged]),
        (
            "Content-Type: multipart/encrypted; boundary=b\n\n--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n--b\nContent-Type: application/octet-stream\n\nx\n--b--",
            vec![Encrypted],
        ),
        ("X: y\n\n-----BEGIN PGP MESSAGE-----\nabc\n", vec![Encrypted]),
        ("Content-Type: message/partial; number=2; total=3; id=x\n\nabc", vec![MissingPart]),
        ("Content-Type: message/partial; number=1; total=1; id=x\n\nSubject: a\n\nabc", vec![]),
        (
            "Content-Type: message/external-body; access-type=local-file\n\nContent-Type: a/b\n\n",
            vec![MissingPart],
        ),
        ("X: y\n\nbegin 644 a.txt\n#86)C\n", vec![Damaged]),
        ("Content-Type: text/plain\n\nplain", vec![]),
    ] {
        let read = reading(format!("Subject: x\n{mail}").as_bytes());
        assert_eq!(kinds(&read), want, "{mail}");
    }
}

#[test]
fn what_claims_to_be_text_is_read_as_what_it_is() {
    let read = reading(b"Subject: x\nContent-Type: text/plain\n\n%PDF-1.4\n1 0 obj\nendobj\n");
    assert_eq!(
        children(&read),
        [("part-1.txt", Origin::MailBody, "%PDF-1.4\n1 0 obj\nendobj\n".to_owned())]
    );
    // Parts under an encoding.
    let read = reading(b"Subject: x\nContent-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: quoted-printable\n\n--=62\n\none\n--=62--");
    assert_eq!(
        children(&read)[0].2,
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\n\none\n--b--"
    );
    assert!(read.gaps.is_empty(), "{:?}", read.gaps);
    // Two codings: both are followed.
    let read = reading(
        b"Subject: x\nContent-Transfer-Encoding: 7bit\nContent-Transfer-Encoding: base64\n\nYWJj",
    );
    assert_eq!(children(&read), [("part-1-otherwise", Origin::MailBody, "abc".to_owned())]);
}

#[test]
fn parts_quoted_as_text_are_read_as_parts() {
    let read = reading(
        b"Subject: returned\n\nBelow is a copy.\n\nSubject: x\n\n--b\nContent-Type: text/plain\n\
        Content-Transfer-Encoding: base64\n\n5py65a+G\n--b--\n",
    );
    assert_eq!(children(&read)[0].0, "part-1-quoted.eml");
    let child = &read.children[0];
    assert_eq!(sniff(&child.bytes), crate::extract::Format::Eml);
    assert_eq!(blocks(&reading(&child.bytes)), ["body  机密"]);
}

#[test]
fn reports_are_read_as_fields() {
    let read = reading(b"Subject: x\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; a\n\nFinal-Recipient: b\nDiagnostic-Code: smtp; =?utf-8?B?5py65a+G?=\n");
    assert_eq!(
        blocks(&read)[1..],
        [
            "mail_header Reporting-MTA dns; a",
            "mail_header Final-Recipient b",
            "mail_header Diagnostic-Code smtp; 机密",
        ]
    );
}

#[test]
fn damaged_mails_end_in_text_or_gaps() {
    let mail = b"From: a@b\r\nSubject: =?utf-8?B?5py65a+G?= x\r\nContent-Type: multipart/mixed; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/plain; charset=\"gbk\"; format=flowed\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=BB=FA=C3=DC \r\nbegin 644 a\r\n#86)C\r\n`\r\nend\r\n--b\r\nContent-Disposition: attachment; filename*0*=utf-8''%E6; filename*1=x\r\nContent-Transfer-Encoding: base64\r\n\r\nYWJj\r\n--b--\r\n";
    for length in 0..mail.len() {
        let read = reading(&mail[..length]);
        assert!(read.text.as_str().len() < 4096);
        for byte in [0, b'\n', b'=', b'"', 0xFF] {
            let mut changed = mail.to_vec();
            changed[length] = byte;
            reading(&changed);
        }
    }
}
