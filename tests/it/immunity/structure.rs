//! What nests, refers to itself, or declares what is not there: depth is counted,
//! nothing is allocated by a number from a document.

use std::io::{Cursor, Write};

use super::{Case, harmless, marked, unread};
use crate::builders::{
    docx, doubling_pages, multiplying_forms, one_page, package, pdf, stream, xlsx,
};

const MIB: usize = 1 << 20;

/// Documents of the readers that build something.
pub fn cases() -> Vec<Case> {
    [markup(), office(), pages(), pictures(), mails()].into_iter().flatten().collect()
}

/// A mark in many elements, of each kind of XML.
fn markup() -> Vec<Case> {
    let levels = 30_000;
    let within = |open: &str, close: &str, inside: &str| {
        format!("{}{inside}{}", open.repeat(levels), close.repeat(levels))
    };
    let text = "<text:p>机密★10年</text:p>";
    let odt = format!(
        "<office:document-content xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
         xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\"><office:body><office:text>{}\
         </office:text></office:body></office:document-content>",
        within("<text:section>", "</text:section>", text)
    );
    let tables = within(
        "<w:tbl><w:tr><w:tc>",
        "</w:tc></w:tr></w:tbl>",
        "<w:p><w:r><w:t>机密★10年</w:t></w:r></w:p>",
    );
    vec![
        marked("deep.docx", docx(&tables)),
        marked("deep.odt", package("application/vnd.oasis.opendocument.text", &odt)),
        marked("deep.xml", within("<a>", "</a>", "机密★10年")),
        marked("deep.html", within("<div>", "</div>", "<p>机密★10年</p>")),
        marked(
            "deep.svg",
            format!(
                "<svg xmlns=\"http://www.w3.org/2000/svg\">{}</svg>",
                within("<g>", "</g>", "<text x=\"1\" y=\"9\">机密★10年</text>")
            ),
        ),
        marked("deep.json", within("[", "]", "\"机密★10年\"")),
        marked(
            "deep.rtf",
            format!(
                "{{\\rtf1\\ansi\\ansicpg936 {}}}",
                within("{", "}", "\\'bb\\'fa\\'c3\\'dc\\'a1\\'ef10\\'c4\\'ea\\par")
            ),
        ),
        unread("attributes.html", format!("<p {}>x</p>", "a=1 ".repeat(100_000)), &["gap.damaged"]),
        unread("open-for-ever.docx", docx("<w:p><w:r><w:t>开"), &["gap.damaged"]),
        marked("brackets.txt", format!("机密★10年\n{}", "“《（".repeat(100_000))),
        marked("stars.txt", format!("机密★10年\n{}", "机密★".repeat(4_000))),
    ]
}

/// Tables that say they are large, and compound files that say they are long.
fn office() -> Vec<Case> {
    let last = "<dimension ref=\"A1:XFD1048576\"/><cols><col min=\"1\" max=\"16384\" width=\"9\"/></cols><sheetData>\
                <row r=\"1048576\" spans=\"1:16384\"><c r=\"XFD1048576\" t=\"s\"><v>0</v></c></row></sheetData>\
                <mergeCells count=\"4294967295\"><mergeCell ref=\"A1:XFD1048576\"/></mergeCells>";
    let strings = "count=\"4294967295\" uniqueCount=\"4294967295\"><si><t>机密★10年</t></si>";
    let table = "urn:oasis:names:tc:opendocument:xmlns:table:1.0";
    let ods = format!(
        "<office:document-content xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
         xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" xmlns:table=\"{table}\"><office:body>\
         <office:spreadsheet><table:table table:name=\"a\"><table:table-row table:number-rows-repeated=\"1048576\">\
         <table:table-cell table:number-columns-repeated=\"16384\"><text:p>机密★10年</text:p></table:table-cell>\
         </table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"
    );
    let compound = compound();
    let changed = |at: usize, to: &[u8]| {
        let mut bytes = compound.clone();
        bytes[at..at + to.len()].copy_from_slice(to);
        bytes
    };
    let huge = u32::MAX - 16;
    vec![
        marked("said-to-be-17-thousand-million-cells.xlsx", xlsx(last, strings)),
        marked(
            "repeated-17-thousand-million-times.ods",
            package("application/vnd.oasis.opendocument.spreadsheet", &ods),
        ),
        unread("sectors-of-2-GiB.doc", changed(30, &31_u16.to_le_bytes()), &["gap.damaged"]),
        unread(
            "allocation-of-4-thousand-million.doc",
            changed(44, &huge.to_le_bytes()),
            &["gap.damaged"],
        ),
        unread("directory-nowhere.doc", changed(48, &huge.to_le_bytes()), &["gap.damaged"]),
        unread(
            "allocation-in-a-ring.doc",
            {
                // The first sector of the table follows itself, and all others it.
                let mut bytes = compound.clone();
                let table =
                    512 + 512 * u32::from_le_bytes(bytes[76..80].try_into().unwrap()) as usize;
                for entry in bytes[table..table + 512].as_chunks_mut::<4>().0 {
                    *entry = 0_u32.to_le_bytes();
                }
                bytes
            },
            &["gap.damaged"],
        ),
    ]
}

/// A compound file with a stream of a Word document that is none.
fn compound() -> Vec<u8> {
    let mut file =
        cfb::CompoundFile::create_with_version(cfb::Version::V3, Cursor::new(Vec::new())).unwrap();
    for name in ["/WordDocument", "/1Table"] {
        file.create_stream(name).unwrap().write_all(&[0xEC; 9000]).unwrap();
    }
    file.flush().unwrap();
    file.into_inner().into_inner()
}

/// PDF documents.
fn pages() -> Vec<Case> {
    const ENDS: &[&str] = &["gap.damaged", "gap.limit:pages", "gap.limit:depth", "gap.limit:time"];
    let catalog = "<< /Type /Catalog /Pages 2 0 R >>";
    vec![
        unread("page-tree-in-a-ring.pdf", pdf(&[catalog, "<< /Type /Pages /Count 1 /Kids [2 0 R] >>"]), ENDS),
        unread("page-tree-that-doubles.pdf", doubling_pages(30), ENDS),
        unread("forms-that-multiply.pdf", multiplying_forms(10), ENDS),
        unread("form-in-itself.pdf", multiplying_forms(0), ENDS),
        unread("content-that-grows.pdf", one_page(&stream(&" q Q".repeat(2 * MIB))), &[
            "gap.limit:bytes",
            "gap.limit:ratio",
            "gap.limit:time",
        ]),
        unread("brackets.pdf", pdf(&[&"[".repeat(200_000), catalog]), &["gap.damaged", "gap.limit:depth"]),
        unread("head-alone.pdf", *b"%PDF-1.7\n", &["gap.damaged"]),
        // Its end is found, whatever is said.
        harmless("stream-said-to-be-huge.pdf", one_page(
            b"<< /Length 9223372036854775807 >>\nstream\nBT ET\nendstream",
        )),
        unread("objects-said-to-be-many.pdf", pdf(&[
            &b"<< /Type /Catalog /Pages 9 0 R >>"[..],
            b"<< /Type /ObjStm /N 2147483647 /First 10 /Length 9 >>\nstream\n9 0 << >>\nendstream",
        ]), &["gap.damaged"]),
    ]
}

/// Pictures that say how large they are.
fn pictures() -> Vec<Case> {
    let chunk = |kind: &[u8; 4], content: &[u8]| {
        let named = [&kind[..], content].concat();
        let check = crc32fast::hash(&named);
        [&(content.len() as u32).to_be_bytes()[..], &named, &check.to_be_bytes()].concat()
    };
    let side = (i32::MAX as u32).to_be_bytes();
    let head = [&side[..], &side, &[16, 6, 0, 0, 0]].concat();
    let png = [&b"\x89PNG\r\n\x1a\n"[..], &chunk(b"IHDR", &head), &chunk(b"IEND", b"")].concat();
    let words = |bytes: &[u8]| {
        let mut zipped = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        zipped.write_all(bytes).unwrap();
        zipped.finish().unwrap()
    };
    let comment = [&b"a\0\0"[..], &words(&vec![b'x'; 8 * MIB])].concat();
    let grows = [
        &b"\x89PNG\r\n\x1a\n"[..],
        &chunk(b"IHDR", &head),
        &chunk(b"zTXt", &comment),
        &chunk(b"IEND", b""),
    ]
    .concat();
    let tiff = [
        &b"II*\0\x08\0\0\0\x01\0"[..],
        &[0x0E, 1, 2, 0, 255, 255, 255, 255, 8, 0, 0, 0],
        &[8, 0, 0, 0],
    ]
    .concat();
    let mut bmp = b"BM\xff\xff\xff\xff\0\0\0\0\x36\0\0\0\x28\0\0\0\xff\xff\xff\x7f\xff\xff\xff\x7f\x01\0\x20\0".to_vec();
    bmp.resize(60, 0);
    const UNREAD: &[&str] =
        &["gap.image-only", "gap.damaged", "gap.limit:ratio", "gap.limit:bytes"];
    vec![
        unread("two-thousand-million-wide.png", png, UNREAD),
        unread("comment-that-grows.png", grows, &["gap.limit:ratio", "gap.limit:bytes"]),
        unread("two-thousand-million-wide.bmp", bmp, UNREAD),
        unread("directory-in-a-ring.tif", tiff, UNREAD),
        unread("wide.gif", *b"GIF89a\xff\xff\xff\xff\xf7\0\0", UNREAD),
        unread("wide.jpg", *b"\xff\xd8\xff\xc0\0\x11\x08\xff\xff\xff\xff\x03\x01\x22\0\x02\x11\x01\x03\x11\x01\xff\xd9", UNREAD),
    ]
}

/// Mails, with the attachments that made other readers panic among them.
fn mails() -> Vec<Case> {
    let head = "From: a@b.example\r\nSubject: x\r\nMIME-Version: 1.0\r\n";
    let parts = "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n".repeat(3000);
    let attached = |headers: &str, body: &str| {
        format!(
            "{head}Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; \
             charset=utf-8\r\n\r\n机密★10年\r\n--b\r\n{headers}\r\n\r\n{body}\r\n--b--\r\n"
        )
    };
    let many = "=?utf-8?q?=41?= ".repeat(100_000);
    let named = |value: &str| format!("Content-Type: application/octet-stream; {value}");
    vec![
        marked("parts-in-parts.eml", format!("{head}{parts}\r\n机密★10年\r\n")),
        harmless("wide-header.eml", format!("From: a@b.example\r\nSubject: {many}\r\n\r\nx\r\n")),
        marked(
            "base64-that-is-none.eml",
            attached("Content-Transfer-Encoding: base64", "=A=B=?\u{fffd}"),
        ),
        marked(
            "quoted-that-breaks-off.eml",
            attached("Content-Transfer-Encoding: quoted-printable", "a=\r\n=4\r\n="),
        ),
        marked(
            "name-in-pieces.eml",
            attached(&named("name*0*=utf-8''%; name*99999999999=x; name*1*=%E6%9C"), "x"),
        ),
        marked("name-of-no-charset.eml", attached(&named("name=\"=?no-such?b?////?=\""), "x")),
        marked(
            "mail-in-mail-cut-off.eml",
            attached("Content-Type: message/rfc822", "Content-Type: multipart/mixed; boundary=\""),
        ),
        marked(
            "tnef-cut-off.eml",
            attached(
                "Content-Type: application/ms-tnef\r\nContent-Transfer-Encoding: base64",
                "eJ8+IgAAAQ==",
            ),
        ),
    ]
}
