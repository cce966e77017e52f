//! Pictures that say something, made by hand.

use super::*;
use crate::extract::Limits;
use crate::model::{GapKind, Limit};

fn read_it(bytes: &[u8]) -> Extraction {
    read(&Submission::file("a", bytes), &mut Budget::new(Limits::default()))
}

fn said(made: &Extraction) -> Vec<String> {
    let text = &made.text;
    text.blocks().iter().map(|b| format!("{}: {}", text.label(b), text.block_text(b))).collect()
}

fn gaps(made: &Extraction) -> Vec<&str> {
    made.gaps.iter().map(|gap| gap.detail.as_str()).collect()
}

fn kinds(made: &Extraction) -> Vec<GapKind> {
    made.gaps.iter().map(|gap| gap.kind).collect()
}

/// A directory of TIFF: entries of tag, kind, count and value, and behind it their
/// values, if they are longer than four bytes. `at` is where it will stand.
fn directory(at: usize, entries: &[(u16, u16, &[u8])], next: u32) -> Vec<u8> {
    let mut head = (entries.len() as u16).to_le_bytes().to_vec();
    let mut values = Vec::new();
    let behind = at + 2 + entries.len() * 12 + 4;
    for (tag, kind, value) in entries {
        let each = match kind {
            3 => 2,
            4 => 4,
            5 => 8,
            _ => 1,
        };
        head.extend(tag.to_le_bytes());
        head.extend(kind.to_le_bytes());
        head.extend((value.len() as u32 / each).to_le_bytes());
        if value.len() <= 4 {
            head.extend(value.iter().chain(&[0; 4]).take(4));
        } else {
            head.extend(((behind + values.len()) as u32).to_le_bytes());
            values.extend_from_slice(value);
        }
    }
    head.extend(next.to_le_bytes());
    [head, values].concat()
}

fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// Exif with a description, a comment, a title of Windows and a place.
fn exif() -> Vec<u8> {
    let gbk = encoding_rs::GB18030.encode("机密★10年\0").0.into_owned();
    let comment = [&b"UNICODE\0"[..], &wide("秘密说明")].concat();
    let title = wide("题目\0");
    let fraction = |over: u32| [over.to_le_bytes(), 1u32.to_le_bytes()].concat();
    let degrees = |d, m| [fraction(d), fraction(m), fraction(0)].concat();
    let (north, east) = (degrees(31, 15), degrees(121, 30));
    let mut bytes = b"II*\0\x08\0\0\0".to_vec();
    let size = |entries: &[(u16, u16, &[u8])]| directory(0, entries, 0).len();
    let place: &[(u16, u16, &[u8])] =
        &[(1, 2, b"N\0"), (2, 5, &north), (3, 2, b"E\0"), (4, 5, &east)];
    let below: &[(u16, u16, &[u8])] =
        &[(0x9003, 2, b"2026:01:01 00:00:00\0"), (0x9286, 7, &comment)];
    let make = |exif: &[u8], gps: &[u8]| {
        let main: &[(u16, u16, &[u8])] =
            &[(0x010E, 2, &gbk), (0x9C9B, 1, &title), (0x8769, 4, exif), (0x8825, 4, gps)];
        directory(8, main, 0)
    };
    let at = 8 + make(&[0; 4], &[0; 4]).len();
    let gps = at + size(below);
    bytes.extend(make(&(at as u32).to_le_bytes(), &(gps as u32).to_le_bytes()));
    bytes.extend(directory(at, below, 0));
    bytes.extend(directory(gps, place, 0));
    bytes
}

const EXIF: [&str; 4] = [
    "ImageDescription: 机密★10年",
    "XPTitle: 题目",
    "UserComment: 秘密说明",
    "GPSPosition: 31.25000° N, 121.50000° E",
];

const XMP: &[u8] = "<?xpacket begin=''?><x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF>\
    <rdf:Description photoshop:Headline='内部'><dc:title><rdf:Alt><rdf:li>标题</rdf:li></rdf:Alt>\
    </dc:title></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end='w'?>"
    .as_bytes();

/// IPTC in Photoshop's resources.
fn resources() -> Vec<u8> {
    let words = "摘要".as_bytes();
    let iptc =
        [&b"\x1C\x01\x5A\0\x03\x1B%G\x1C\x02\x78\0"[..], &[words.len() as u8], words].concat();
    let length = (iptc.len() as u32).to_be_bytes();
    [&b"8BIM\x04\x04\0\0"[..], &length, &iptc, &[0][..iptc.len() % 2]].concat()
}

fn segment(marker: u8, data: &[&[u8]]) -> Vec<u8> {
    let data = data.concat();
    [&[0xFF, marker][..], &(data.len() as u16 + 2).to_be_bytes(), &data].concat()
}

fn jpeg() -> Vec<u8> {
    [
        &b"\xFF\xD8"[..],
        &segment(0xE1, &[b"Exif\0\0", &exif()]),
        &segment(0xE1, &[b"http://ns.adobe.com/xap/1.0/\0", XMP]),
        &segment(0xED, &[b"Photoshop 3.0\0", &resources()]),
        &segment(0xFE, &["注释".as_bytes()]),
        &segment(0xC0, &[&[8, 4, 0, 3, 0, 1, 1, 0x11, 0]]),
        &segment(0xDA, &[&[1, 1, 0, 0, 63, 0]]),
        b"\x12\xFF\0\x34\xFF\xD0\x56\xFF\xD9",
    ]
    .concat()
}

fn chunk(kind: &[u8], data: &[u8]) -> Vec<u8> {
    let mut crc = flate2::Crc::new();
    crc.update(kind);
    crc.update(data);
    [&(data.len() as u32).to_be_bytes()[..], kind, data, &crc.sum().to_be_bytes()].concat()
}

fn zlib(data: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut encoder, data).expect("memory takes everything");
    encoder.finish().expect("memory takes everything")
}

fn png() -> Vec<u8> {
    let packed = zlib("压缩的字".as_bytes());
    let header = [&800u32.to_be_bytes()[..], &600u32.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
    let digits: String = exif().iter().map(|byte| format!("{byte:02x}")).collect();
    let profile = format!("\nexif\n{:8}\n{digits}\n", digits.len() / 2);
    [
        &b"\x89PNG\r\n\x1A\n"[..],
        &chunk(b"IHDR", &header),
        &chunk(b"tEXt", b"Comment\0plain"),
        &chunk(b"zTXt", &[&b"Description\0\0"[..], &packed].concat()),
        &chunk(b"iTXt", &[&b"Title\0\0\0zh\0"[..], "题\0名".as_bytes()].concat()),
        &chunk(b"iTXt", &[&b"XML:com.adobe.xmp\0\0\0\0\0"[..], XMP].concat()),
        &chunk(b"zTXt", &[&b"Raw profile type exif\0\0"[..], &zlib(profile.as_bytes())].concat()),
        &chunk(b"IDAT", b"dots"),
        &chunk(b"IEND", b""),
    ]
    .concat()
}

fn gif() -> Vec<u8> {
    let trailer: Vec<u8> = (0..=255u8).rev().collect();
    [
        &b"GIF89a\x40\0\x20\0\0\0\0"[..],
        b"\x21\xFE\x06",
        "注释".as_bytes(),
        b"\0\x21\x01\x0C",
        &[0; 12],
        b"\x05words\0\x21\xFF\x0BXMP DataXMP",
        XMP,
        b"\x01",
        &trailer,
        b"\0\x2C\0\0\0\0\x40\0\x20\0\0\x02\x02\x4C\x01\0\x3B",
    ]
    .concat()
}

fn webp() -> Vec<u8> {
    let part = |kind: &[u8], data: &[u8]| {
        let pad = vec![0; data.len() % 2];
        [kind, &(data.len() as u32).to_le_bytes(), data, &pad].concat()
    };
    let parts = [
        part(b"VP8X", &[0x0C, 0, 0, 0, 0x1F, 3, 0, 0x57, 2, 0]),
        part(b"VP8L", b"\x2F\x1F\x03\x16\0dots"),
        part(b"EXIF", &exif()),
        part(b"XMP ", XMP),
    ]
    .concat();
    [&b"RIFF"[..], &(parts.len() as u32 + 4).to_le_bytes(), b"WEBP", &parts].concat()
}

fn boxed(kind: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let inside = parts.concat();
    [&(inside.len() as u32 + 8).to_be_bytes()[..], kind, &inside].concat()
}

/// HEIF whose items of Exif and XMP lie behind everything else.
fn heif() -> Vec<u8> {
    let exif = [&[0; 4][..], &exif()].concat();
    let make = |at: usize| {
        let place = |number: u16, at: usize, length: usize| {
            let number = number.to_be_bytes();
            let (at, length) = ((at as u32).to_be_bytes(), (length as u32).to_be_bytes());
            [&number[..], &[0, 0, 0, 1], &at, &length].concat()
        };
        let items = [
            boxed(b"infe", &[b"\x02\0\0\0\0\x01\0\0Exif\0"]),
            boxed(b"infe", &[b"\x02\0\0\0\0\x02\0\0mime\0application/rdf+xml\0"]),
        ];
        let places = [place(1, at, exif.len()), place(2, at + exif.len(), XMP.len())].concat();
        let size = boxed(b"ispe", &[&[0, 0, 0, 0, 0, 0, 3, 0x20, 0, 0, 2, 0x58]]);
        [
            boxed(b"ftyp", &[b"heic\0\0\0\0mif1heic"]),
            boxed(
                b"meta",
                &[
                    &[0; 4],
                    &boxed(b"iinf", &[&[0, 0, 0, 0, 0, 2], &items.concat()]),
                    &boxed(b"iloc", &[&[0, 0, 0, 0, 0x44, 0, 0, 2], &places]),
                    &boxed(b"iprp", &[&boxed(b"ipco", &[&size])]),
                ],
            ),
        ]
        .concat()
    };
    let at = make(0).len() + 8;
    [make(at), boxed(b"mdat", &[&exif, XMP])].concat()
}

fn jp2() -> Vec<u8> {
    let header = [0, 0, 2, 0x58, 0, 0, 3, 0x20, 0, 3, 7, 7, 0, 0];
    let stream = [&b"\xFF\x4F\xFF\x64\0\x0D\0\x01made by\0\0"[..], b"\xFF\xD9"].concat();
    [
        boxed(b"jP  ", &[b"\r\n\x87\n"]),
        boxed(b"ftyp", &[b"jp2 \0\0\0\0jp2 "]),
        boxed(b"jp2h", &[&boxed(b"ihdr", &[&header])]),
        boxed(b"uuid", &[b"\xBE\x7A\xCF\xCB\x97\xA9\x42\xE8\x9C\x71\x99\x94\x91\xE3\xAF\xAC", XMP]),
        boxed(b"jp2c", &[&stream]),
    ]
    .concat()
}

fn psd() -> Vec<u8> {
    let resources = resources();
    let name: Vec<u8> = "图层".encode_utf16().flat_map(u16::to_be_bytes).collect();
    let words: Vec<u8> = "层中字".encode_utf16().flat_map(u16::to_be_bytes).collect();
    [
        &b"8BPS\0\x01\0\0\0\0\0\0\0\x03\0\0\x02\x58\0\0\x03\x20\0\x08\0\x03\0\0\0\0"[..],
        &(resources.len() as u32).to_be_bytes(),
        &resources,
        b"\0\0\0\x408BIMluni\0\0\0\x08\0\0\0\x02",
        &name,
        b"Txt TEXT\0\0\0\x03",
        &words,
        &[0; 40],
    ]
    .concat()
}

fn tiff() -> Vec<u8> {
    let side = |value: u16| value.to_le_bytes();
    let (width, height) = (side(1728), side(2200));
    let first: &[(u16, u16, &[u8])] = &[
        (0x0100, 3, &width),
        (0x0101, 3, &height),
        (0x010D, 2, "传真\0".as_bytes()),
        (0x02BC, 1, XMP),
        (0x8649, 7, &resources()),
    ];
    let copy: &[(u16, u16, &[u8])] = &[(0x00FE, 4, &[1, 0, 0, 0]), (0x0100, 3, &width)];
    let last: &[(u16, u16, &[u8])] =
        &[(0x0100, 3, &width), (0x0101, 3, &height), (0x011D, 2, b"back\0")];
    let second = 8 + directory(8, first, 0).len();
    let third = second + directory(second, copy, 0).len();
    [
        b"II*\0\x08\0\0\0".to_vec(),
        directory(8, first, second as u32),
        directory(second, copy, third as u32),
        directory(third, last, 0),
    ]
    .concat()
}

#[test]
fn what_stands_beside_pictures_is_read() {
    type Case<'a> = (&'a str, Vec<u8>, Vec<&'a str>, &'a [&'a str]);
    let cases: [Case<'_>; 8] = [
        (
            "jpeg",
            jpeg(),
            [&EXIF[..], &["comment: 注释", "Caption-Abstract: 摘要"]].concat(),
            &["a picture of 768 × 1024 pixels, which was not read"],
        ),
        (
            "png",
            png(),
            ["Comment: plain", "Description: 压缩的字", "keyword: 题", "Title: 名"].to_vec(),
            &["a picture of 800 × 600 pixels, which was not read"],
        ),
        (
            "gif",
            gif(),
            vec!["comment: 注释", "text over the picture: words"],
            &["a picture of 64 × 32 pixels, which was not read"],
        ),
        ("webp", webp(), EXIF.to_vec(), &["a picture of 800 × 600 pixels, which was not read"]),
        ("heif", heif(), EXIF.to_vec(), &["a picture of 800 × 600 pixels, which was not read"]),
        (
            "jp2",
            jp2(),
            vec!["comment: made by"],
            &["a picture of 800 × 600 pixels, which was not read"],
        ),
        (
            "psd",
            psd(),
            vec!["Caption-Abstract: 摘要", "LayerName: 图层", "layer: 层中字"],
            &["a picture of 800 × 600 pixels, which was not read"],
        ),
        (
            "tiff",
            tiff(),
            vec!["DocumentName: 传真", "Caption-Abstract: 摘要", "PageName: back"],
            &[
                "page 1: a picture of 1728 × 2200 pixels, which was not read",
                "page 2: a picture of 1728 × 2200 pixels, which was not read",
            ],
        ),
    ];
    for (name, bytes, want, unread) in cases {
        let made = read_it(&bytes);
        let got = said(&made);
        for line in &want {
            assert!(got.iter().any(|got| got == line), "{name}: {line} is not in {got:?}");
        }
        if name != "psd" {
            assert!(got.contains(&"title: 标题".to_owned()), "{name}: {got:?}");
            assert!(got.contains(&"Headline: 内部".to_owned()), "{name}: {got:?}");
        }
        assert_eq!(gaps(&made), unread, "{name}");
        assert!(made.children.is_empty(), "{name}");
    }
    let made = read_it(&png());
    assert!(EXIF.iter().all(|line| said(&made).contains(&(*line).to_owned())));
    assert_eq!(made.notes.iter().map(|note| note.id).collect::<Vec<_>>(), ["position"]);
    assert_eq!(read_it(&tiff()).pages, Some(2));
}

#[test]
fn bitmaps_icons_and_maps_have_a_size() {
    let mut bitmap = b"BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x40\0\0\0\xE0\xFF\xFF\xFF".to_vec();
    bitmap.extend([1, 0, 24, 0]);
    bitmap.resize(0x36 + 64 * 32 * 3, 0);
    let cases: [(&[u8], &str); 4] = [
        (&bitmap, "a picture of 64 × 32 pixels, which was not read"),
        (
            b"\0\0\x01\0\x02\0\x10\x10\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
            "a picture of 256 × 256 pixels, which was not read",
        ),
        (b"P4\n# words\n64 32\n....", "a picture of 64 × 32 pixels, which was not read"),
        (b"\xFF\x0A", "a picture of unknown size, which was not read"),
    ];
    for (bytes, want) in cases {
        assert_eq!(gaps(&read_it(bytes)), [want]);
    }
    assert_eq!(said(&read_it(cases[2].0)), ["comment: words"]);
    let tiny =
        [&b"GIF89a\x01\0\x01\0\0\0\0"[..], b"\x2C\0\0\0\0\x01\0\x01\0\0\x02\x02\x4C\x01\0\x3B"]
            .concat();
    let made = read_it(&tiny);
    assert!(made.gaps.is_empty());
    assert_eq!(made.notes[0].id, "small-picture");
    assert_eq!(kinds(&read_it(b"P7\nwhat")), [GapKind::Unsupported]);
}

#[test]
fn what_stands_behind_a_picture_is_a_child() {
    let rar = b"Rar!\x1A\x07\0 and what follows";
    for (name, picture) in [("jpeg", jpeg()), ("png", png()), ("gif", gif()), ("webp", webp())] {
        let made = read_it(&[&picture[..], rar].concat());
        let children: Vec<_> = made
            .children
            .iter()
            .map(|child| (child.provenance.name(), child.bytes.to_vec()))
            .collect();
        assert_eq!(children, [("appended", rar.to_vec())], "{name}");
        assert!(read_it(&[&picture[..], &[0; 40]].concat()).children.is_empty(), "{name}");
    }
}

fn small() -> [Vec<u8>; 10] {
    [jpeg(), png(), gif(), webp(), heif(), jp2(), psd(), tiff(), emf(), wmf()]
}

#[test]
fn no_cut_is_silent_and_no_changed_byte_is_harm() {
    for bytes in small() {
        let whole = read_it(&bytes);
        for at in 2..bytes.len() {
            let made = read_it(&bytes[..at]);
            assert!(!made.gaps.is_empty(), "{at}");
            assert!(said(&made).len() <= said(&whole).len() + 3, "{at}");
            for change in [0x01, 0x80, 0xFF] {
                let mut changed = bytes.clone();
                changed[at] ^= change;
                read_it(&changed);
            }
        }
    }
}

#[test]
fn metadata_that_lead_in_circles_or_repeat_themselves_are_bounded() {
    // Each of many entries says the same long text, from another byte on.
    let mut bytes = b"II*\0\x08\0\0\0".to_vec();
    let count = 20_000u16;
    let behind = 8 + 2 + usize::from(count) * 12 + 4;
    bytes.extend(count.to_le_bytes());
    for number in 0..count {
        bytes.extend([0x0E, 0x01, 2, 0]);
        bytes.extend(500_000u32.to_le_bytes());
        bytes.extend((behind as u32 + u32::from(number)).to_le_bytes());
    }
    bytes.extend(8u32.to_le_bytes());
    bytes.extend(vec![b'x'; 530_000]);
    let limits = Limits { steps: 1_000_000, ..Limits::default() };
    let made = read(&Submission::file("a", bytes), &mut Budget::new(limits));
    assert!(kinds(&made).contains(&GapKind::Limit(Limit::Time)), "{:?}", kinds(&made));

    let looped = [b"II*\0\x08\0\0\0".to_vec(), directory(8, &[(0x0100, 3, &[9, 9])], 8)].concat();
    assert!(kinds(&read_it(&looped)).contains(&GapKind::Damaged));

    let bomb = chunk(b"zTXt", &[&b"a\0\0"[..], &zlib(&vec![b'x'; 16 << 20])].concat());
    let made = read_it(&[&b"\x89PNG\r\n\x1A\n"[..], &bomb].concat());
    assert!(kinds(&made).contains(&GapKind::Limit(Limit::Ratio)), "{:?}", kinds(&made));
}

/// A record of an enhanced metafile.
fn record(kind: u32, fields: &[&[u8]]) -> Vec<u8> {
    let mut body = fields.concat();
    body.resize(body.len().next_multiple_of(4), 0);
    [&kind.to_le_bytes()[..], &(body.len() as u32 + 8).to_le_bytes(), &body].concat()
}

/// A run of characters at a place.
fn run(text: &str, x: i32, y: i32) -> Vec<u8> {
    let place = [x.to_le_bytes(), y.to_le_bytes()].concat();
    let raw = wide(text);
    let count = (raw.len() as u32 / 2).to_le_bytes();
    record(84, &[&[0; 28], &place, &count, &76u32.to_le_bytes(), &[0; 24], &raw])
}

fn emf() -> Vec<u8> {
    let mut header = vec![0; 80];
    header[32..40].copy_from_slice(b" EMF\0\0\x01\0");
    header[52] = 5;
    header[56] = 88;
    let title = wide("画图\0标题\0\0");
    let length = (title.len() as u32 / 2).to_le_bytes();
    header[52..56].copy_from_slice(&length);
    let plus = wide("另一行");
    let draw = [
        &b"\x1C\x40\0\0"[..],
        &46u32.to_le_bytes(),
        &34u32.to_le_bytes(),
        &[0; 8],
        &3u32.to_le_bytes(),
        &[0; 16],
        &plus,
    ]
    .concat();
    let comment = [&(draw.len() as u32 + 4).to_le_bytes()[..], b"EMF+", &draw].concat();
    [
        record(1, &[&header, &title]),
        run("机", 0, 10),
        run("密★10年", 12, 10),
        run("第二行", 0, 30),
        record(70, &[&comment]),
        record(14, &[&[0; 12]]),
    ]
    .concat()
}

fn wmf() -> Vec<u8> {
    let record = |kind: u16, body: &[u8]| {
        let body = [body, &[0][..body.len() % 2]].concat();
        [&((body.len() as u32 + 6) / 2).to_le_bytes()[..], &kind.to_le_bytes(), &body].concat()
    };
    let text = encoding_rs::GB18030.encode("秘密").0.into_owned();
    let font = [&[0; 13][..], &[134, 0, 0, 0, 0], b"SimSun\0"].concat();
    let run = [&[4, 0][..], &text, &[20, 0, 5, 0]].concat();
    let more = encoding_rs::GB18030.encode("五年").0.into_owned();
    let longer = [&[20, 0, 40, 0, 4, 0, 0, 0][..], &more].concat();
    [
        b"\x01\0\x09\0\0\x03\0\0\0\0\0\0\0\0\0\0\0\0".to_vec(),
        record(0x02FB, &font),
        record(0x012D, &[0, 0]),
        record(0x0521, &run),
        record(0x0A32, &longer),
        b"\x03\0\0\0\0\0".to_vec(),
    ]
    .concat()
}

#[test]
fn drawings_are_read_by_their_characters() {
    let made = read_it(&emf());
    let want = ["program: 画图", "title: 标题", ": 机密★10年", ": 第二行", ": 另一行"];
    assert_eq!(said(&made), want);
    assert!(made.gaps.is_empty(), "{:?}", made.gaps);

    let made = read_it(&wmf());
    assert_eq!(said(&made), [": 秘密五年"]);
    assert!(made.gaps.is_empty(), "{:?}", made.gaps);

    let bare = [&emf()[..108 + 24], &record(14, &[&[0; 12]])].concat();
    let first = u32::from_le_bytes(bare[4..8].try_into().expect("four bytes")) as usize;
    let bare = [&bare[..first], &record(14, &[&[0; 12]])[..]].concat();
    assert_eq!(gaps(&read_it(&bare)), ["a drawing without text, which was not read"]);
}

#[test]
fn pictures_in_a_drawing_are_a_gap_unless_a_document_counts_them() {
    let mut dots = vec![0; 72 + 40];
    dots[40..44].copy_from_slice(&80u32.to_le_bytes());
    dots[44..48].copy_from_slice(&40u32.to_le_bytes());
    dots[76..80].copy_from_slice(&100u32.to_le_bytes());
    dots[80..84].copy_from_slice(&100u32.to_le_bytes());
    let end = record(14, &[&[0; 12]]);
    let whole = emf();
    let drawing = [&whole[..whole.len() - end.len()], &record(81, &[&dots]), &end].concat();
    assert_eq!(gaps(&read_it(&drawing)), ["a drawing with 1 pictures and hardly any text"]);
    assert!(is_drawing_with_text(&drawing, &mut Budget::new(Limits::default())));
    let outer = Submission::file("a.docx", &b""[..]);
    let within = outer.child("image1.emf", crate::model::Origin::Embedded, drawing);
    assert!(read(&within, &mut Budget::new(Limits::default())).gaps.is_empty());
}
