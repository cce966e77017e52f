//! Tests of `rtf`: tables of files and what is read of them.

use super::*;
use crate::extract::Limits;
use crate::model::{Align, Limit};

const HEAD: &str = r"{\rtf1\ansi\ansicpg936\deff0{\fonttbl{\f0\fcharset134 SimSun;}{\f1\fcharset0 Arial;}{\f2\fcharset2 Wingdings;}{\f3\fcharset128 MS Mincho;}{\f4\fcharset134 \'ba\'da\'cc\'e5;}}{\colortbl;\red255\green0\blue0;\red255\green255\blue255;\red0\green0\blue0;}";

fn read_file(body: &str) -> Extraction {
    let mut budget = Budget::new(Limits::default());
    read(&Submission::file("a.rtf", format!("{HEAD}{body}}}").as_bytes()), &mut budget)
}

/// A line a block: `region l2 [label] text`, with the body's lines bare.
fn dump(read: &Extraction) -> String {
    let text = &read.text;
    let lines = text.blocks().iter().map(|block| {
        let label = text.label(block);
        let label = if label.is_empty() { String::new() } else { format!("[{label}] ") };
        let said = text.block_text(block);
        match block.region {
            Region::Body => format!("{}.{}: {label}{said}", block.page, block.line),
            Region::Cell => format!("{}.{} {label}{said}", block.page, block.line),
            region => format!("{region:?} {} {label}{said}", block.page),
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn check(cases: &[(&str, &str)]) {
    for (body, want) in cases {
        let read = read_file(body);
        assert_eq!(dump(&read), *want, "{body}");
        assert_eq!(read.gaps, [], "{body}");
    }
}

#[test]
fn characters_are_read_in_every_way_they_are_written() {
    check(&[
        (r"\'bb\'fa\'c3\'dc\'a1\'ef10\'c4\'ea\par", "1.1: 机密★10年"),
        (r"{\'bb}{\'fa}\b\'c3\b0\'dc", "1.1: 机密"),
        (r"\u26426?\u23494?\u9733?10\u24180?", "1.1: 机密★10年"),
        (r"\uc2\u26426\'bb\'fa\uc0\u23494\u9733 x", "1.1: 机密★x"),
        (r"\u-24456?", "1.1: \u{A078}"),
        (r"\u55357?\u56832?", "1.1: 😀"),
        (r"\uc1\u26426\u23494 x", "1.1: 机密"),
        (r"{\f3 \'8b\'40\'96\'a7}", "1.1: 機密"),
        (r"{\f1 \'bb\'fa}", "1.1: 机"),
        (r"{\f2 \'ab}\u-3925?{\f2\u-3925?}", "1.1: ★\u{F0AB}★"),
        (r"a\~b\-c\_d\emdash\lquote e\tab f\\\{\}", "1.1: a\u{A0}b\u{AD}c\u{2011}d—‘e\tf\\{}"),
        ("a\r\nb\\\r\nc", "1.1: ab\n1.2: c"),
        (r"{\caps secret} x", "1.1: SECRET x"),
        (r"{\upr{\*\bkmkstart a}{\*\ud{\*\bkmkstart b}}}x", "1.1: x"),
        (r"{\*\unknown x}y{\unknown z}", "1.1: yz"),
        (r"{\field{\*\fldinst HYPERLINK x}{\fldrslt \u26426?}}", "1.1: 机"),
        (r"{\field{\*\fldinst SYMBOL 171 \\f Wingdings}{\fldrslt}}", "1.1: ★"),
        (r"{\listtext 1.\tab}x", "1.1: 1.\tx"),
        (r"\bin4 }}}}x", "1.1: x"),
    ]);
}

#[test]
fn lines_and_pages_are_counted() {
    check(&[
        (r"a\par\par b\line c\par", "1.1: a\n1.3: b\n1.4: c"),
        (r"a\page b\par c", "1.1: a\n2.1: b\n2.2: c"),
        (r"a\par\pagebb b\par\pard c", "1.1: a\n2.1: b\n2.2: c"),
        (r"a\par\sect\sectd b", "1.1: a\n2.1: b"),
        (r"a\par\sect\sectd\sbknone b", "1.1: a\n1.2: b"),
    ]);
}

#[test]
fn what_is_not_seen_stands_beside_the_line() {
    check(&[
        (r"\u26426?{\v x}\u23494?\par b", "1.1: 机密\nHidden 1 [hidden text] x\n1.2: b"),
        (r"a{\v b}c{\v d}", "1.1: ac\nHidden 1 [hidden text] b d"),
        (r"a{\cf2 b}", "1.1: a\nHidden 1 [in the colour of the page] b"),
        (r"{\cf2\highlight3 b}", "1.1: b"),
        (r"\pard\cbpat3{\cf2 b}{\cf3 c}", "1.1: b\nHidden 1 [in the colour of the page] c"),
        (
            r"\trowd\clcbpat3\cellx1\cellx2\pard\intbl{\cf2 a}\cell b\cell\row",
            "1.1 [t1.r1.c1] a\n1.1 [t1.r1.c2] b",
        ),
        (r"{\fs2 a}b", "1.1: b\nHidden 1 [too small to read] a"),
        (r"\u26426?{\deleted x}\u23494?", "1.1: 机密\nDeleted 1 x"),
        (r"a{\xe b}", "1.1: a\nHidden 1 [index entry] b"),
        (r"a{\mvf\mvauth1 b}{\mvt c}", "1.1: ac\nDeleted 1 b"),
        (r"{\*\ftnsep\pard\chftnsep\par}a", "1.1: a"),
        (r"{\*\ftnsep\pard s\par}a", "1.1: a\nNote 1 [separator] s"),
    ]);
}

#[test]
fn cells_stand_side_by_side() {
    check(&[
        (
            r"\trowd\cellx1\cellx2\pard\intbl a\cell b\par c\cell\row\trowd\pard\intbl d\cell\cell\row\pard e",
            "1.1 [t1.r1.c1] a\n1.1 [t1.r1.c2] b\n1.2 [t1.r1.c2] c\n1.3 [t1.r2.c1] d\n1.4: e",
        ),
        (r"\trowd\cellx1 a\cell b\cell\row\pard c", "1.1 [t1.r1.c1] a\n1.1 [t1.r1.c2] b\n1.2: c"),
        (
            r"\trowd\pard\intbl\itap2 a\nestcell b\nestcell{\*\nesttableprops\trowd\nestrow}{\nonesttables\par}\pard\intbl c\cell d\cell\row\pard e",
            "1.1 [t1.r1.c1.t1.r1.c1] a\n1.1 [t1.r1.c1.t1.r1.c2] b\n1.2 [t1.r1.c1] c\n1.1 [t1.r1.c2] d\n1.3: e",
        ),
        (
            r"\trowd\pard\intbl a\cell\row\trowd\pard\intbl\itap2 b\nestcell{\*\nesttableprops\nestrow}\pard\intbl c\cell\row",
            "1.1 [t1.r1.c1] a\n1.2 [t1.r2.c1.t1.r1.c1] b\n1.3 [t1.r2.c1] c",
        ),
        (
            r"\pard a\par\trowd\pard\intbl b\cell\row\pard c\par\trowd\pard\intbl d\cell\row",
            "1.1: a\n1.2 [t1.r1.c1] b\n1.3: c\n1.4 [t2.r1.c1] d",
        ),
    ]);
}

#[test]
fn what_stands_beside_the_body_has_its_place() {
    check(&[
        (r"{\header h\par}{\footer f\par}a", "1.1: a\nHeader 1 [default] h\nFooter 1 [default] f"),
        (r"{\headerf h}\titlepg a", "1.1: a\nHeader 1 [first] h"),
        (r"{\headerf h}a", "1.1: a\nHidden 0 [first] h"),
        (
            r"\facingp{\headerl l}{\headerr r}a\page b",
            "1.1: a\n2.1: b\nHeader 2 [even] l\nHeader 1 [default] r",
        ),
        (
            r"a{\footnote{\chftn} n\par}\par\page b{\footnote\ftnalt e}",
            "1.1: a\n2.1: b\nNote 1 [footnote]  n\nNote 2 [endnote] e",
        ),
        (
            r"a{\*\atnid X}{\*\atnauthor \u30000?}\chatn{\*\annotation{\*\atndate 1}n}b",
            "1.1: ab\nComment 1 [田] n",
        ),
        (
            r"a{\shp{\*\shpinst{\sp{\sn fHidden}{\sv 0}}{\shptxt\pard b\par}}{\shprslt{\*\do{\dptxbxtext b\par}}}}c",
            "1.1: ac\nTextBox 1 b",
        ),
        (r"a{\shp{\*\shpinst{\shptxt b}{\sp{\sn fHidden}{\sv 1}}}}", "1.1: a\nHidden 1 b"),
        (
            r"{\header{\shp{\*\shpinst{\sp{\sn gtextUNICODE}{\sv \u26426?\u23494?}}{\sp{\sn wzName}{\sv PowerPlusWaterMarkObject1}}}}\par}a",
            "1.1: a\nWatermark 1 [header default] 机密",
        ),
        (r"{\shp{\*\shpinst{\sp{\sn wzDescription}{\sv \u26426?}}}}a", "1.1: a\nAltText 1 机"),
        (
            r"{\info{\title \'bb\'fa}{\author x}{\*\company y}{\creatim\yr2014}}{\*\userprops{\propname \u23494?}\proptype30{\staticval \u26426?}}{\*\docvar{n}{v}}a",
            "1.1: a\nProperty 0 [title] 机\nProperty 0 [author] x\nProperty 0 [company] y\nProperty 0 [密] 机\nProperty 0 [n] v",
        ),
        (
            r"{\field{\*\fldinst FORMDROPDOWN{\*\formfield{\fftype2\ffres1{\*\ffl a}{\*\ffl b}}}}{\fldrslt}}",
            "1.1: b\nHidden 1 [further options] a",
        ),
        (
            r"a{\field{\*\fldinst FORMTEXT{\*\formfield{\fftype0{\*\ffname n}{\*\ffdeftext d}{\*\ffhelptext h}}}}{\fldrslt b}}",
            "1.1: ab\nHidden 1 [default] d\nHidden 1 [help] h",
        ),
        (r"{\field{\*\fldinst FORMCHECKBOX{\*\formfield{\fftype1\ffres1}}}{\fldrslt}}a", "1.1: ☑a"),
        (r"\pard\absw100\posx1 f\par\pard a", "TextBox 1 f\n1.1: a"),
    ]);
}

#[test]
fn looks_are_evidence() {
    let read = read_file(r"\pard\qr{\f4\fs32\b\cf1 a}{\strike b}\par");
    let text = &read.text;
    let styles: Vec<_> = text.styles_in(0..2).map(|(_, style)| style.clone()).collect();
    let [first, second] = &styles[..] else { panic!("{styles:?}") };
    assert_eq!((first.face.as_str(), first.size, first.bold), ("黑体", 16.0, true));
    assert_eq!((first.color, second.struck), (Some([255, 0, 0]), true));
    assert_eq!(text.blocks()[0].align, Align::Right);
}

#[test]
fn what_is_packed_in_a_file_is_a_child() {
    let mut object = vec![1, 5, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, b'X', 0];
    object.extend([0; 8]);
    object.extend([4, 0, 0, 0]);
    object.extend(b"text");
    let digits: String = object.iter().map(|b| format!("{b:02x}")).collect();
    let read = read_file(&format!(r"{{\object\objemb{{\*\objdata {digits}}}{{\result r}}}}a"));
    assert_eq!(dump(&read), "1.1: ra");
    let children: Vec<_> =
        read.children.iter().map(|c| (c.provenance.name(), &c.bytes[..])).collect();
    assert_eq!(children, [("object-1.bin", &b"text"[..])]);

    let mut budget = Budget::new(Limits::default());
    let file = format!("{HEAD}a}}\n\0 \r\nbehind");
    let read = super::read(&Submission::file("a.rtf", file.as_bytes()), &mut budget);
    assert_eq!(read.children.len(), 1);
    assert!(read.children[0].bytes.ends_with(b"behind"));
}

#[test]
fn pictures_are_told() {
    let picture = r"{\*\shppict{\pict\picwgoal4000\pichgoal4000 00ff}}{\nonshppict{\pict 00}}";
    let read = read_file(&format!("{picture}a"));
    assert_eq!(read.gaps.first().map(|gap| gap.kind), Some(GapKind::ImageOnly));
    let read = read_file(&format!("{picture}sixteen letters or more"));
    assert_eq!(read.gaps, []);
    assert_eq!(read.notes.iter().map(|n| n.id).collect::<Vec<_>>(), ["pictures"]);
}

#[test]
fn drawings_with_text_are_children() {
    // A header, one record of text (MS-WMF 2.3.3.20), the end.
    let text = b"\x01\0\x09\0\0\x03\0\0\0\0\0\0\0\0\0\0\0\0\x08\0\0\0\x21\x05\x04\0mark\x05\0\x05\0\x03\0\0\0\0\0";
    let digits = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
    for (word, bytes, count) in
        [("wmetafile8", &text[..], 1), ("wmetafile8", &text[..18], 0), ("pngblip", &text[..], 0)]
    {
        let read = read_file(&format!("a{{\\pict\\{word}{{\\*\\blipuid 00}}{}}}b", digits(bytes)));
        assert_eq!(read.children.len(), count, "{word}");
        assert_eq!(dump(&read), "1.1: ab");
    }
    let read = read_file(&format!("{{\\pict\\wmetafile8 {}}}", digits(text)));
    assert_eq!(read.children[0].provenance.name(), "drawing-1.wmf");
    assert_eq!(&read.children[0].bytes[..], text);
}

#[test]
fn a_page_in_rtf_is_a_child() {
    let rtf = br"{\rtf1\ansi\fromhtml1{\*\htmltag64 <p>}x{\*\htmltag72 </p>}}";
    let mut budget = Budget::new(Limits::default());
    let read = read(&Submission::file("a.rtf", &rtf[..]), &mut budget);
    assert_eq!(&read.children[0].bytes[..], b"<p>x</p>");
    assert!(read.text.as_str().is_empty());
}

#[test]
fn what_stands_beside_a_page_in_rtf_is_read() {
    let object: String = [1, 5, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, b'X', 0]
        .into_iter()
        .chain([0; 8])
        .chain([1, 0, 0, 0, b'y'])
        .map(|byte: u8| format!("{byte:02x}"))
        .collect();
    for (inside, text, children) in [
        (r"{\*\htmltag84 &#26426;}\htmlrtf \u26426?\htmlrtf0 x".to_owned(), "", 1),
        (r"\htmlrtf y\htmlrtf0 x".to_owned(), "1.1: yx", 1),
        (format!(r"x{{\object{{\*\objdata {object}}}}}"), "", 2),
    ] {
        let rtf = format!(r"{{\rtf1\ansi\fromhtml1{{\*\htmltag64 <p>}}{inside}}}");
        let mut budget = Budget::new(Limits::default());
        let read = read(&Submission::file("a.rtf", rtf.as_bytes()), &mut budget);
        assert_eq!((dump(&read).as_str(), read.children.len()), (text, children), "{rtf}");
        assert_eq!(read.gaps, [], "{rtf}");
    }
}

#[test]
fn wide_files_are_read_too() {
    let rtf = "\u{FEFF}{\\rtf1\\ansi 机密\\par}";
    let bytes: Vec<u8> = rtf.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut budget = Budget::new(Limits::default());
    let read = read(&Submission::file("a.rtf", bytes), &mut budget);
    assert_eq!(dump(&read), "1.1: 机密");
}

#[test]
fn what_is_damaged_is_read_as_far_as_it_goes() {
    let read = read_file(r"{\b a\par b");
    assert_eq!(dump(&read), "1.1: a\n1.2: b");
    assert_eq!(read.gaps.first().map(|gap| gap.kind), Some(GapKind::Damaged));
    let read = read_file(r"{\f0\'bb}\par");
    assert_eq!(read.gaps.first().map(|gap| gap.kind), Some(GapKind::GarbledText));
    let body = format!(
        "{HEAD}{}",
        r"\trowd\cellx1\pard\intbl\itap2 a\nestcell{\*\nesttableprops\nestrow}\cell\row{\header h}\pard{\footnote n}{\field{\*\fldinst X}{\fldrslt y}}{\shp{\*\shpinst{\sp{\sn gtextUNICODE}{\sv z}}{\shptxt t}}}{\info{\title t}}\u26426?\'bb\'fa\sect}"
    );
    for at in 0..body.len() {
        let mut budget = Budget::new(Limits::default());
        let mut parse = |text: String| {
            super::read(&Submission::file("a.rtf", text.as_bytes()), &mut budget);
        };
        parse(body[..at].to_owned());
        parse(format!("{}{{{}", &body[..at], &body[at..]));
        parse(format!("{}}}{}", &body[..at], &body[at..]));
        parse(format!("{}\\{}", &body[..at], &body[at..]));
    }
}

#[test]
fn hostile_files_end_within_the_budget() {
    let n = 20_000;
    for body in [
        "{".repeat(n),
        "}".repeat(n),
        r"{\footnote ".repeat(n),
        r"{\field{\*\fldinst ".repeat(n),
        r"{\shp{\*\shpinst{\shptxt ".repeat(n),
        r"\pard\intbl\itap1000 a\nestcell".repeat(100),
        r"\trowd\pard\intbl a\cell\row\pard b\par".repeat(n / 10),
        r"{\v a}b".repeat(n),
        r"{\fonttbl\f1 a;".repeat(n),
        r"\u55357?".repeat(n),
        r"{\upr{".repeat(n),
        r"{\header a}".repeat(n),
        r"{\*\docvar{".repeat(n),
        (0..n).map(|f| format!("{{\\fs{f} a}}")).collect(),
        r"\page".repeat(n),
    ] {
        read_file(&body);
    }
    let mut budget = Budget::new(Limits { steps: 100, ..Limits::default() });
    let file = Submission::file("a.rtf", format!("{HEAD}{}}}", r"a\par".repeat(1000)).as_bytes());
    let gaps = read(&file, &mut budget).gaps;
    assert_eq!(gaps.first().map(|gap| gap.kind), Some(GapKind::Limit(Limit::Time)));
}
