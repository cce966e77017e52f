//! Small documents made here, and what is read of them.

mod beside;
mod drawn;

use std::io::Write;

use crate::extract::{Budget, Draw, Extraction, Limits, Passwords, extract, pdf_pages};
use crate::model::{Bitmap, Gap, GapKind, Limit, Region, Submission};

/// A file of objects: the first is the catalogue, the second the page tree.
pub(super) struct Pdf {
    objects: Vec<Vec<u8>>,
    trailer: String,
}

impl Pdf {
    /// A document of one page (object 3) with this content (object 4) and the
    /// font `F1` (object 5).
    pub(super) fn page(content: &str) -> Self {
        let font = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>";
        let made = Self { objects: Vec::new(), trailer: String::new() };
        made.with("<</Type/Catalog/Pages 2 0 R>>")
            .with("<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 400 200]>>")
            .with("<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>")
            .stream("", content.as_bytes())
            .with(font)
    }

    /// Adds an object; they are numbered from 1.
    pub(super) fn with(mut self, object: &str) -> Self {
        self.objects.push(object.as_bytes().to_vec());
        self
    }

    /// Adds a stream.
    pub(super) fn stream(mut self, entries: &str, data: &[u8]) -> Self {
        let mut object = format!("<</Length {}{entries}>>\nstream\n", data.len()).into_bytes();
        object.extend_from_slice(data);
        object.extend_from_slice(b"\nendstream");
        self.objects.push(object);
        self
    }

    /// Puts words of an object in the place of others.
    pub(super) fn change(mut self, number: usize, from: &str, to: &str) -> Self {
        let object = &mut self.objects[number - 1];
        let text = String::from_utf8_lossy(object).into_owned();
        assert!(text.contains(from), "{text} has no {from}");
        *object = text.replacen(from, to, 1).into_bytes();
        self
    }

    /// Adds entries to the trailer.
    pub(super) fn trailer(mut self, entries: &str) -> Self {
        self.trailer.push_str(entries);
        self
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut file = b"%PDF-1.7\n".to_vec();
        let mut places = Vec::new();
        for (object, number) in self.objects.iter().zip(1..) {
            places.push(file.len());
            file.extend_from_slice(format!("{number} 0 obj\n").as_bytes());
            file.extend_from_slice(object);
            file.extend_from_slice(b"\nendobj\n");
        }
        let start = file.len();
        let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", places.len() + 1);
        for place in &places {
            table.push_str(&format!("{place:010} 00000 n \n"));
        }
        let size = places.len() + 1;
        let trailer = &self.trailer;
        table.push_str(&format!(
            "trailer\n<</Size {size}/Root 1 0 R{trailer}>>\nstartxref\n{start}\n%%EOF\n"
        ));
        file.extend_from_slice(table.as_bytes());
        file
    }
}

fn read_with(bytes: Vec<u8>, limits: Limits, passwords: &str) -> Extraction {
    let mut budget = Budget::new(limits).with_passwords(Passwords::from_lines(passwords));
    extract(&Submission::file("x.pdf", bytes), &mut budget)
}

pub(super) fn read(pdf: &Pdf) -> Extraction {
    read_with(pdf.bytes(), Limits::default(), "")
}

/// Region, label and text of each block, but for the software's own name.
fn said(extraction: &Extraction) -> Vec<(Region, String, String)> {
    let text = &extraction.text;
    let blocks = text.blocks().iter().map(|block| {
        (block.region, text.label(block).to_owned(), text.block_text(block).to_owned())
    });
    blocks.collect()
}

fn kinds(extraction: &Extraction) -> Vec<GapKind> {
    extraction.gaps.iter().map(|gap| gap.kind).collect()
}

#[track_caller]
fn check(pdf: &Pdf, want: &[(Region, &str)]) {
    let made = read(pdf);
    let got: Vec<_> = said(&made).into_iter().map(|(region, _, text)| (region, text)).collect();
    let want: Vec<_> = want.iter().map(|(region, text)| (*region, (*text).to_owned())).collect();
    assert_eq!(got, want);
    assert_eq!(kinds(&made), [], "{:?}", made.gaps);
}

#[track_caller]
fn check_labels(pdf: &Pdf, want: &[(Region, &str, &str)]) {
    let made = said(&read(pdf));
    let want: Vec<_> = want
        .iter()
        .map(|(region, label, text)| (*region, (*label).to_owned(), (*text).to_owned()))
        .collect();
    assert_eq!(made, want);
}

const BODY: Region = Region::Body;
const HIDDEN: Region = Region::Hidden;

fn text(x: i32, y: i32, text: &str) -> String {
    format!("BT /F1 12 Tf {x} {y} Td ({text}) Tj ET\n")
}

#[test]
fn a_page_is_read_in_lines_with_places() {
    let content = text(50, 150, "lower") + &text(50, 170, "upper") + &text(200, 170, "right");
    let made = read(&Pdf::page(&content));
    assert_eq!(made.text.as_str(), "upper right\nlower\n");
    assert_eq!(made.text.page_sizes, [[400.0, 200.0]]);
    let block = made.text.blocks()[1];
    let place = block.bbox.unwrap();
    assert!((place.x0 - 50.0).abs() < 0.1 && (place.y1 - 51.4).abs() < 0.1, "{place:?}");
    assert_eq!((block.page, block.line), (1, 2));
}

#[test]
fn what_is_not_seen_is_read_as_hidden() {
    let cases: [(&str, String); 12] = [
        ("invisible ink", format!("3 Tr {}", text(50, 100, "a"))),
        ("white on white", format!("1 g {}", text(50, 100, "a"))),
        ("black on black", format!("0 0 400 200 re f {}", text(50, 100, "a"))),
        ("outside of the page", text(450, 100, "a")),
        ("clipped away", format!("q 0 0 20 20 re W n {} Q", text(50, 100, "a"))),
        ("covered by a rectangle", format!("{} 1 0 0 rg 40 90 60 30 re f", text(50, 100, "a"))),
        (
            "covered by four corners",
            format!("{} 40 90 m 100 90 l 100 130 l 40 130 l h f", text(50, 100, "a")),
        ),
        ("covered by a picture", format!("{} q 60 0 0 30 40 90 cm /Im Do Q", text(50, 100, "a"))),
        ("a speck", "BT /F1 0.4 Tf 50 100 Td (a) Tj ET".to_owned()),
        ("without ink", format!("/G0 gs {}", text(50, 100, "a"))),
        ("on a layer that is off", format!("/OC /off BDC {} EMC", text(50, 100, "a"))),
        ("in a form on a layer that is off", "/Fm Do".to_owned()),
    ];
    for (case, content) in cases {
        let pdf = Pdf::page(&content)
            .change(3, "/Font", "/Properties<</off 8 0 R/on 9 0 R>>/ExtGState<</G0<</ca 0>>>>/XObject<</Im 6 0 R/Fm 7 0 R>>/Font")
            .stream("/Type/XObject/Subtype/Image/Width 1/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray", b"\0")
            .stream("/Subtype/Form/BBox[0 0 400 200]/OC 8 0 R/Resources<</Font<</F1 5 0 R>>>>", text(50, 100, "a").as_bytes())
            .with("<</Type/OCG/Name(off)>>")
            .with("<</Type/OCG/Name(on)>>")
            .change(1, "/Pages", "/OCProperties<</OCGs[8 0 R 9 0 R]/D<</OFF[8 0 R]>>>>/Pages");
        let made = read(&pdf);
        assert_eq!(said(&made), [(HIDDEN, String::new(), "a".to_owned())], "{case}");
    }
}

#[test]
fn what_is_seen_is_not_hidden() {
    let cases: [(&str, String); 8] = [
        ("white on black", format!("0 0 400 200 re f 1 g {}", text(50, 100, "a"))),
        ("white on a picture", format!("q 400 0 0 200 0 0 cm /Im Do Q 1 g {}", text(50, 100, "a"))),
        (
            "on what was painted before",
            format!("1 0 0 rg 40 90 60 30 re f 0 g {}", text(50, 100, "a")),
        ),
        ("beside a rectangle", format!("{} 40 130 60 30 re f", text(50, 100, "a"))),
        ("in a frame", format!("{} 40 90 60 30 re 42 92 56 26 re f*", text(50, 100, "a"))),
        (
            "under a mark that lets it through",
            format!("{} /G5 gs 40 90 60 30 re f", text(50, 100, "a")),
        ),
        ("inside of a clip", format!("40 90 60 30 re W n {}", text(50, 100, "a"))),
        ("on a layer that is on", format!("/OC /on BDC {} EMC", text(50, 100, "a"))),
    ];
    for (case, content) in cases {
        let pdf = Pdf::page(&content)
            .change(3, "/Font", "/Properties<</on 7 0 R>>/ExtGState<</G5<</ca .5>>>>/XObject<</Im 6 0 R>>/Font")
            .stream("/Type/XObject/Subtype/Image/Width 1/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray", b"\0")
            .with("<</Type/OCG/Name(on)>>")
            .with("<</Type/OCG/Name(off)>>")
            .change(1, "/Pages", "/OCProperties<</OCGs[7 0 R 8 0 R]/D<</OFF[8 0 R]>>>>/Pages");
        assert_eq!(said(&read(&pdf)), [(BODY, String::new(), "a".to_owned())], "{case}");
    }
}

#[test]
fn the_text_of_a_scan_is_its_body() {
    let text = "BT 3 Tr /F1 12 Tf 50 100 Td (a scan of a page with its text) Tj ET";
    let image = "q 400 0 0 200 0 0 cm /Im Do Q ";
    // Some scanners cut a page into the pictures of its lines.
    let piece = "q 300 0 0 16 45 96 cm /Im Do Q ";
    for content in [format!("{image}{text}"), format!("{text} {image}"), format!("{piece}{text}")] {
        let pdf = Pdf::page(&content).change(3, "/Font", "/XObject<</Im 6 0 R>>/Font").stream(
            "/Type/XObject/Subtype/Image/Width 1/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray",
            b"\0",
        );
        check(&pdf, &[(BODY, "a scan of a page with its text")]);
    }
    // Text without ink beside a picture is nobody's.
    let aside = format!("q 300 0 0 16 45 20 cm /Im Do Q {text}");
    let pdf = Pdf::page(&aside).change(3, "/Font", "/XObject<</Im 6 0 R>>/Font").stream(
        "/Type/XObject/Subtype/Image/Width 1/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray",
        b"\0",
    );
    check(&pdf, &[(Region::Hidden, "a scan of a page with its text")]);
    let bare = Pdf::page(image).change(3, "/Font", "/XObject<</Im 6 0 R>>/Font").stream(
        "/Type/XObject/Subtype/Image/Width 1/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray",
        b"\0",
    );
    assert_eq!(kinds(&read(&bare)), [GapKind::ImageOnly]);
}

#[test]
fn what_is_stamped_on_scans_is_no_text_of_theirs() {
    let page = |lines: &[&str]| {
        let lines = lines.iter().zip(1..).map(|(line, at)| text(50, 20 * at, line));
        "q 400 0 0 200 0 0 cm /Im Do Q ".to_owned() + &lines.collect::<String>()
    };
    let stamp = "a stamp on each page of the file";
    // Copies of a page that has text.
    let copies = [
        "here are lines with a good many words",
        "for all that they stand on two pages",
        "they are the text of each of the two",
    ];
    for (first, second, gaps) in [
        (page(&[stamp]), page(&[stamp]), vec![GapKind::ImageOnly]),
        (
            page(&[stamp, "and a line of its own words"]),
            page(&[stamp, "as well as a line of others"]),
            vec![],
        ),
        (page(&copies), page(&copies), vec![]),
    ] {
        let made = Pdf::page(&first)
            .change(2, "[3 0 R]/Count 1", "[3 0 R 7 0 R]/Count 2")
            .change(3, "/Font", "/XObject<</Im 6 0 R>>/Font")
            .stream(
                "/Type/XObject/Subtype/Image/Width 1/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray",
                b"\0",
            )
            .with("<</Type/Page/Parent 2 0 R/Contents 8 0 R/Resources<</XObject<</Im 6 0 R>>/Font<</F1 5 0 R>>>>>>")
            .stream("", second.as_bytes());
        let made = read(&made);
        assert_eq!(kinds(&made), gaps, "{first} {:?}", said(&made));
    }
}

#[test]
fn letters_told_otherwise_than_named_are_a_gap() {
    let read_as = |named: &str, told: &[u32]| {
        let map: String =
            (0x61..).zip(told).map(|(code, to)| format!("<{code:02X}> <{to:04X}> ")).collect();
        let map = format!("{} beginbfchar {map} endbfchar", told.len());
        let pdf = Pdf::page(&text(50, 100, "abcd"))
            .change(5, "/WinAnsiEncoding", &format!("<</Differences[97{named}]>>/ToUnicode 6 0 R"))
            .stream("", map.as_bytes());
        kinds(&read(&pdf))
    };
    let letters = |text: &str| text.chars().map(u32::from).collect::<Vec<_>>();
    for (named, told, gaps) in [
        ("/S/e/c/r", "Open", vec![GapKind::GarbledText]),
        ("/O/p/e/n", "Open", vec![]),
        // Small capitals, one slip, and names that are no more than codes.
        ("/O/P/E/N", "open", vec![]),
        ("/O/p/e/m", "Open", vec![]),
        ("/A/B/C/D", "机密公开", vec![]),
        ("/Agrave/Aacute/A/B", "АБВГ", vec![]),
    ] {
        assert_eq!(read_as(named, &letters(told)), gaps, "{named} {told}");
    }
}

#[test]
fn membership_of_layers_is_worked_out() {
    let member = |entries: &str| {
        let content = format!("/OC /m BDC {} EMC", text(50, 100, "a"));
        let pdf = Pdf::page(&content)
            .change(3, "/Font", "/Properties<</m 6 0 R>>/Font")
            .with(&format!("<</Type/OCMD{entries}>>"))
            .with("<</Type/OCG/Name(off)>>")
            .with("<</Type/OCG/Name(on)>>")
            .change(1, "/Pages", "/OCProperties<</OCGs[7 0 R 8 0 R]/D<</OFF[7 0 R]>>>>/Pages");
        said(&read(&pdf))[0].0
    };
    for (entries, region) in [
        ("/OCGs[7 0 R 8 0 R]", BODY),
        ("/OCGs[7 0 R 8 0 R]/P/AllOn", HIDDEN),
        ("/OCGs[7 0 R 8 0 R]/P/AnyOff", BODY),
        ("/OCGs[7 0 R 8 0 R]/P/AllOff", HIDDEN),
        ("/OCGs 7 0 R", HIDDEN),
        ("/OCGs 8 0 R/VE[/And 7 0 R[/Not 8 0 R]]", HIDDEN),
        ("/OCGs 7 0 R/VE[/Or 7 0 R 8 0 R]", BODY),
    ] {
        assert_eq!(member(entries), region, "{entries}");
    }
}

#[test]
fn turned_pages_and_turned_text_are_read_upright() {
    for turn in [0, 90, 180, 270] {
        let content = text(50, 150, "one") + &text(50, 130, "two");
        let pdf = Pdf::page(&content).change(3, "/Parent", &format!("/Rotate {turn}/Parent"));
        let lines: Vec<_> = said(&read(&pdf)).into_iter().map(|(_, _, text)| text).collect();
        let mut sorted = lines.clone();
        sorted.sort();
        assert_eq!(sorted, ["one", "two"], "{turn}");
    }
    let upwards = "BT /F1 12 Tf 0 1 -1 0 100 50 Tm (climbing) Tj ET";
    check(&Pdf::page(upwards), &[(BODY, "climbing")]);
    let aslant = "BT /F1 40 Tf .7 .7 -.7 .7 100 20 Tm (COPY) Tj ET";
    check(&Pdf::page(aslant), &[(Region::Watermark, "COPY")]);
}

#[test]
fn vertical_text_has_a_line_for_each_column() {
    let content = "BT /F2 20 Tf 300 180 Td <673A5BC6> Tj -40 0 Td <79D8> Tj ET";
    let pdf = Pdf::page(content)
        .change(3, "/F1 5 0 R", "/F2 6 0 R")
        .with("<</Type/Font/Subtype/Type0/BaseFont/STSong/Encoding/UniGB-UCS2-V/DescendantFonts[7 0 R]>>")
        .with("<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 4>>>>");
    check(&pdf, &[(BODY, "机密"), (BODY, "秘")]);
    // Characters set one below the other are a line as well.
    let single = "BT /F2 20 Tf 300 180 Td <673A> Tj 0 -24 Td <5BC6> Tj 0 -24 Td <4EF6> Tj ET";
    let pdf = Pdf::page(single)
        .change(3, "/F1 5 0 R", "/F2 6 0 R")
        .with("<</Type/Font/Subtype/Type0/BaseFont/STSong/Encoding/UniGB-UCS2-H/DescendantFonts[7 0 R]>>")
        .with("<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 4>>>>");
    check(&pdf, &[(BODY, "机密件")]);
}

#[test]
fn fonts_tell_characters_in_their_order() {
    let font = |entries: &str, more: &[&str]| {
        let mut pdf = Pdf::page("BT /F1 12 Tf 50 100 Td (ab) Tj ET").change(
            5,
            "/Encoding/WinAnsiEncoding",
            entries,
        );
        for object in more {
            pdf = match object.strip_prefix("stream ") {
                Some(data) => pdf.stream("", data.as_bytes()),
                None => pdf.with(object),
            };
        }
        said(&read(&pdf)).first().map(|(_, _, text)| text.clone()).unwrap_or_default()
    };
    let map = "stream 1 beginbfchar <61> <673A> <62> <5BC6> endbfchar";
    assert_eq!(font("", &[]), "ab");
    assert_eq!(font("/ToUnicode 6 0 R", &[map]), "机密");
    // A map to nothing is passed over for the names.
    let nothing = "stream 1 beginbfchar <61> <0000> <62> <FFFD> endbfchar";
    assert_eq!(font("/ToUnicode 6 0 R", &[nothing]), "ab");
    let names = "/Encoding<</Differences[97/uni673A/uni2605]>>";
    assert_eq!(font(names, &[]), "机★");
    assert_eq!(font("/Encoding/MacRomanEncoding", &[]), "ab");
    let untold = "/Encoding<</Differences[97/g1/g2]>>";
    assert_eq!(font(untold, &[]), "\u{FFFD}\u{FFFD}");
    assert_eq!(
        font("/ToUnicode 6 0 R", &["stream 1 beginbfrange <61> <62> <0066006C> endbfrange"]),
        "flfm"
    );
}

#[test]
fn text_that_stands_for_drawing_is_read() {
    let span = |actual: &str, shown: &str| {
        let content = format!("/Span <</ActualText({actual})>> BDC {} EMC", text(50, 100, shown));
        said(&read(&Pdf::page(&content)))
    };
    assert_eq!(span("same", "same"), [(BODY, String::new(), "same".to_owned())]);
    assert_eq!(
        span("spoken", "drawn"),
        [
            (BODY, String::new(), "drawn".to_owned()),
            (Region::AltText, String::new(), "spoken".to_owned())
        ]
    );
    let untold = Pdf::page("/Span <</ActualText(told)>> BDC BT /F1 12 Tf 50 100 Td (ab) Tj ET EMC")
        .change(5, "/WinAnsiEncoding", "<</Differences[97/g1/g2]>>");
    check(&untold, &[(BODY, "told")]);
    let figure = Pdf::page("/Figure <</Alt(a picture of)>> BDC EMC");
    check(&figure, &[(Region::AltText, "a picture of")]);
    let tree = Pdf::page("")
        .with("<</Type/StructElem/S/Figure/P 7 0 R/Alt(described)>>")
        .with("<</Type/StructTreeRoot/K 6 0 R>>");
    check(&tree, &[(Region::AltText, "described")]);
}

#[test]
fn tags_of_headers_and_watermarks_are_believed() {
    let content = format!(
        "/Artifact <</Type/Pagination/Subtype/Header>> BDC {} EMC {} /Artifact <</Subtype/Watermark>> BDC {} EMC",
        text(50, 180, "head"),
        text(50, 100, "body"),
        text(50, 60, "mark")
    );
    let want = [(Region::Header, "head"), (BODY, "body"), (Region::Watermark, "mark")];
    check(&Pdf::page(&content), &want);
}

#[test]
fn forms_patterns_and_masks_hold_text() {
    let resources = "/XObject<</Fm 6 0 R>>/Pattern<</P 7 0 R>>/ExtGState<</M<</SMask<</S/Luminosity/G 8 0 R>>>>>>/Font";
    let content = "/Fm Do /Pattern cs /P scn 0 0 400 200 re f /M gs";
    let inner = "/BBox[0 0 400 200]/Resources<</Font<</F1 5 0 R>>>>";
    let pdf = Pdf::page(content)
        .change(3, "/Font", resources)
        .stream(&format!("/Subtype/Form{inner}"), text(50, 150, "form").as_bytes())
        .stream(
            &format!("/PatternType 1/PaintType 1/TilingType 1/XStep 400/YStep 200{inner}"),
            text(50, 100, "pattern").as_bytes(),
        )
        .stream(&format!("/Subtype/Form{inner}"), text(50, 50, "mask").as_bytes());
    check(&pdf, &[(BODY, "form"), (BODY, "pattern"), (BODY, "mask")]);
}

#[test]
fn damaged_files_are_read_as_far_as_they_can_be() {
    let whole = Pdf::page(&text(50, 100, "here"));
    let bytes = whole.bytes();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let table = text.find("xref\n").unwrap();
    let cases = [
        ("no table", text[..table].to_owned() + "trailer<</Root 1 0 R>>"),
        ("no trailer", text[..table].to_owned()),
        ("junk before", format!("junk\n\n{text}")),
        ("wrong places", text.replace("0000000", "0000001")),
        ("wrong start", text.replace("startxref\n", "startxref\n9")),
        ("wrong length", text.replace("/Length ", "/Length 9")),
        ("no endobj", text.replace("endobj\n", "")),
        ("carriage returns", text.replace('\n', "\r")),
    ];
    for (case, text) in cases {
        let made = read_with(text.into_bytes(), Limits::default(), "");
        assert_eq!(made.text.as_str(), "here\n", "{case}: {:?}", made.gaps);
    }
    let lost = whole.change(2, "[3 0 R]", "[3 0 R 99 0 R]");
    let made = read(&lost);
    assert_eq!((made.text.as_str(), kinds(&made)), ("here\n", vec![GapKind::Damaged]));
    let orphan = Pdf::page("").change(2, "[3 0 R]", "[]");
    assert_eq!(kinds(&read(&orphan)), [GapKind::Damaged]);
}

#[test]
fn objects_in_streams_are_read() {
    let font = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>";
    let mut data = format!("5 0 6 {} ", font.len() + 1).into_bytes();
    let start = data.len();
    data.extend_from_slice(format!("{font} <</Title(packed)>>").as_bytes());
    let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(&data).unwrap();
    let data = packer.finish().unwrap();
    let mut file = b"%PDF-1.7\n".to_vec();
    let content = text(50, 100, "packed font");
    let objects = [
        (1, b"<</Type/Catalog/Pages 2 0 R>>".to_vec()),
        (2, b"<</Type/Pages/Kids[3 0 R]/Count 1>>".to_vec()),
        (3, b"<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>".to_vec()),
        (4, format!("<</Length {}>>stream\n{content}\nendstream", content.len()).into_bytes()),
        (
            7,
            [
                format!(
                    "<</Type/ObjStm/N 2/First {start}/Filter/FlateDecode/Length {}>>stream\n",
                    data.len()
                )
                .into_bytes(),
                data,
                b"\nendstream".to_vec(),
            ]
            .concat(),
        ),
    ];
    let mut rows = [[0_u8, 0, 0, 0]; 9];
    rows[5] = [2, 0, 7, 0];
    rows[6] = [2, 0, 7, 1];
    for (number, object) in objects {
        let place = (file.len() as u16).to_be_bytes();
        rows[number] = [1, place[0], place[1], 0];
        file.extend_from_slice(format!("{number} 0 obj\n").as_bytes());
        file.extend_from_slice(&object);
        file.extend_from_slice(b"\nendobj\n");
    }
    let start = file.len();
    let place = (start as u16).to_be_bytes();
    rows[8] = [1, place[0], place[1], 0];
    let rows = rows.concat();
    file.extend_from_slice(
        format!(
            "8 0 obj\n<</Type/XRef/Size 9/W[1 2 1]/Root 1 0 R/Info 6 0 R/Length {}>>stream\n",
            rows.len()
        )
        .as_bytes(),
    );
    file.extend_from_slice(&rows);
    let whole =
        [file.clone(), format!("\nendstream\nendobj\nstartxref\n{start}\n%%EOF").into_bytes()]
            .concat();
    let made = read_with(whole, Limits::default(), "");
    assert_eq!(made.text.as_str(), "packed font\npacked\n");
    // Without the table they are searched for, in object streams too.
    let lost = [file, b"\nendstream\nendobj\nstartxref\n1\n%%EOF".to_vec()].concat();
    let made = read_with(lost, Limits::default(), "");
    assert_eq!(made.text.as_str(), "packed font\npacked\n");
}

#[test]
fn work_is_bounded_by_steps_and_never_by_the_file() {
    let wide = Pdf::page("").change(5, "/Encoding", "/W[0 4294967295 500]/Encoding");
    assert_eq!(kinds(&read(&wide)), []);
    // Forms that draw the next one twice: 2^27 drawings.
    let mut nested = Pdf::page("/X Do").change(3, "/Font", "/XObject<</X 6 0 R>>/Font");
    for at in 0..27 {
        let next =
            format!("/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X {} 0 R>>>>", 7 + at);
        nested = nested.stream(&next, b"/X Do /X Do");
    }
    let limits = || Limits { steps: 200_000, ..Limits::default() };
    let made = read_with(nested.bytes(), limits(), "");
    assert_eq!(kinds(&made), [GapKind::Limit(Limit::Time)]);
    let own = Pdf::page("/X Do")
        .change(3, "/Font", "/XObject<</X 6 0 R>>/Font")
        .stream("/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 6 0 R>>>>", b"/X Do");
    assert_eq!(kinds(&read(&own)), [GapKind::Damaged]);
    let pages = Pdf::page("").change(2, "[3 0 R]", "[3 0 R 2 0 R 3 0 R]");
    assert_eq!(kinds(&read(&pages)), [GapKind::Damaged]);
    let few = Limits { pages: 0, ..Limits::default() };
    let made = read_with(Pdf::page("").bytes(), few, "");
    assert_eq!(kinds(&made).first(), Some(&GapKind::Limit(Limit::Pages)));
}

#[test]
fn any_bytes_end_in_text_or_a_gap() {
    let whole = Pdf::page(&text(50, 100, "text of the page"))
        .change(1, "/Pages", "/AcroForm<</Fields[6 0 R]>>/Outlines 7 0 R/Pages")
        .with("<</T(a)/FT/Tx/V(v)>>")
        .with("<</First 8 0 R>>")
        .with("<</Title(t)>>")
        .bytes();
    let limits = || Limits { steps: 100_000, ..Limits::default() };
    for cut in (0..whole.len()).step_by(7) {
        let made = read_with(whole[..cut].to_vec(), limits(), "");
        assert!(!kinds(&made).contains(&GapKind::Crashed), "cut at {cut}: {:?}", made.gaps);
        assert!(!made.gaps.is_empty() || !made.text.as_str().is_empty(), "cut at {cut}");
    }
    for at in (0..whole.len()).step_by(3) {
        for byte in [b'0', b'<', b'(', b'/', 0xFF] {
            let mut mutated = whole.clone();
            mutated[at] = byte;
            let made = read_with(mutated, limits(), "");
            assert!(!kinds(&made).contains(&GapKind::Crashed), "{byte} at {at}: {:?}", made.gaps);
        }
    }
}
