//! Cases for presentations: packages made here, text and places expected.

use crate::extract::archive::zip::packer::{Packed, pack};
use crate::extract::office::pptx::{read, read_alone};
use crate::extract::{Budget, Extraction, Limits};
use crate::model::{GapKind, Limit, Submission};

const RELATIONSHIP: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const NAMESPACES: &str = concat!(
    r#"xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" "#,
    r#"xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" "#,
    r#"xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" "#,
    r#"xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" "#,
    r#"xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram" "#,
    r#"xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" "#,
    r#"xmlns:a14="http://schemas.microsoft.com/office/drawing/2010/main" "#,
    r#"xmlns:p14="http://schemas.microsoft.com/office/powerpoint/2010/main" "#,
    r#"xmlns:p188="http://schemas.microsoft.com/office/powerpoint/2018/8/main" "#,
    r#"xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006""#,
);

/// A presentation under construction: slides of 720 by 540 points.
#[derive(Default)]
struct Deck {
    parts: Vec<Packed>,
    types: String,
    /// What stands in the presentation part behind the list of slides.
    more: String,
    slides: usize,
    related: String,
}

fn part(root: &str, attributes: &str, inside: &str) -> String {
    format!("<p:{root} {NAMESPACES} {attributes}>{inside}</p:{root}>")
}

/// A page of that many shapes.
fn page(root: &str, attributes: &str, shapes: &str) -> String {
    part(root, attributes, &format!("<p:cSld><p:spTree>{shapes}</p:spTree></p:cSld>"))
}

fn relationship(id: &str, kind: &str, target: &str) -> String {
    format!(r#"<Relationship Id="{id}" Type="{RELATIONSHIP}/{kind}" Target="/{target}"/>"#)
}

fn relationships(inside: &str) -> String {
    format!(
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{inside}</Relationships>"#
    )
}

impl Deck {
    /// A part with what it is related to: `id kind target`.
    fn part(mut self, name: &str, kind: &str, content: &str, related: &[[&str; 3]]) -> Self {
        self.types += &format!(
            r#"<Override PartName="/{name}" ContentType="application/vnd.openxmlformats-officedocument.presentationml.{kind}+xml"/>"#
        );
        self.parts.push(Packed::new(name, content));
        if !related.is_empty() {
            let list: String = related.iter().map(|[id, k, to]| relationship(id, k, to)).collect();
            let (folder, file) = name.rsplit_once('/').unwrap_or(("", name));
            self.parts
                .push(Packed::new(format!("{folder}/_rels/{file}.rels"), relationships(&list)));
        }
        self
    }

    fn slide(mut self, attributes: &str, shapes: &str, related: &[[&str; 3]]) -> Self {
        self.slides += 1;
        let name = format!("ppt/slides/slide{}.xml", self.slides);
        self.related += &relationship(&format!("s{}", self.slides), "slide", &name);
        self.part(&name, "slide", &page("sld", attributes, shapes), related)
    }

    /// The presentation is related to a part.
    fn related(mut self, id: &str, kind: &str, target: &str) -> Self {
        self.related += &relationship(id, kind, target);
        self
    }

    fn bytes(self) -> Vec<u8> {
        let ids: String = (1..=self.slides)
            .map(|n| format!(r#"<p:sldId id="{}" r:id="s{n}"/>"#, 255 + n))
            .collect();
        let presentation = part(
            "presentation",
            "",
            &format!(
                r#"<p:sldIdLst>{ids}</p:sldIdLst><p:sldSz cx="9144000" cy="6858000"/>{}"#,
                self.more
            ),
        );
        let types = format!(
            r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="png" ContentType="image/png"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/ppt/presentation.xml" ContentType="application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"/>{}</Types>"#,
            self.types
        );
        let root = relationship("m", "officeDocument", "ppt/presentation.xml");
        let mut members = vec![
            Packed::new("[Content_Types].xml", types),
            Packed::new("_rels/.rels", relationships(&root)),
            Packed::new("ppt/presentation.xml", presentation),
            Packed::new("ppt/_rels/presentation.xml.rels", relationships(&self.related)),
        ];
        members.extend(self.parts);
        pack(&members, b"")
    }
}

fn read_bytes(bytes: Vec<u8>) -> Extraction {
    read(&Submission::file("a.pptx", bytes), &mut Budget::new(Limits::default()))
}

/// One paragraph of one run.
fn p(text: &str) -> String {
    format!("<a:p><a:r><a:t>{text}</a:t></a:r></a:p>")
}

/// A shape: attributes of its name, what it is a placeholder for, its place in
/// points, its properties and its paragraphs.
fn shape(name: &str, place: &str, at: [i32; 4], properties: &str, paragraphs: &str) -> String {
    let [x, y, w, h] = at.map(|v| i64::from(v) * 12_700);
    let place = if place.is_empty() { String::new() } else { format!("<p:ph {place}/>") };
    let xfrm = match at {
        [0, 0, 0, 0] => String::new(),
        _ => format!(r#"<a:xfrm><a:off x="{x}" y="{y}"/><a:ext cx="{w}" cy="{h}"/></a:xfrm>"#),
    };
    format!(
        r#"<p:sp><p:nvSpPr><p:cNvPr id="2" {name}/><p:cNvSpPr/><p:nvPr>{place}</p:nvPr></p:nvSpPr><p:spPr>{xfrm}{properties}</p:spPr><p:txBody><a:bodyPr/><a:lstStyle/>{paragraphs}</p:txBody></p:sp>"#
    )
}

/// A text box somewhere on the slide.
fn text_box(text: &str) -> String {
    shape("", "", [100, 100, 200, 40], "", &p(text))
}

/// Every block as `region page:line label text`, and what is not seen of it.
fn told(extraction: &Extraction) -> Vec<String> {
    let text = &extraction.text;
    let told = text.blocks().iter().map(|block| {
        let region = serde_json::to_value(block.region).expect("a word");
        let mut line = format!("{} {}:{}", region.as_str().unwrap_or("?"), block.page, block.line);
        let label = text.label(block);
        if !label.is_empty() {
            line += &format!(" <{label}>");
        }
        line += &format!(" {}", text.block_text(block));
        for (span, style) in text.styles_in(block.span()) {
            for (_, flag) in
                [(style.hidden, "hidden"), (style.bold, "bold"), (style.struck, "struck")]
                    .iter()
                    .filter(|(on, _)| *on)
            {
                line += &format!(" [{flag}: {}]", &text.as_str()[span.clone()]);
            }
        }
        line
    });
    told.collect()
}

#[track_caller]
fn check(deck: Deck, want: &[&str]) -> Extraction {
    let extraction = read_bytes(deck.bytes());
    assert_eq!(told(&extraction), want);
    assert_eq!(extraction.gaps, []);
    extraction
}

#[test]
fn slides_are_pages_and_shapes_are_read_from_the_top() {
    let low = shape("", "", [50, 400, 300, 40], "", &p("下"));
    let right = shape("", "", [400, 203, 300, 40], "", &p("右"));
    let left = shape("", "", [50, 200, 300, 40], "", &(p("左") + &p("左二") + "<a:p/>"));
    let title = shape("", r#"type="title""#, [50, 20, 600, 60], "", &p("机密★10年"));
    let deck = Deck::default().slide("", &(low + &right + &left + &title), &[]).slide(
        "",
        &text_box("第二页"),
        &[],
    );
    let extraction = check(
        deck,
        &[
            "body 1:1 <title> 机密★10年",
            "text_box 1:1 左",
            "text_box 1:2 左二",
            "text_box 1:3 右",
            "text_box 1:4 下",
            "text_box 2:1 第二页",
        ],
    );
    assert_eq!(extraction.pages, Some(2));
    assert_eq!(extraction.text.page_sizes, [[720.0, 540.0]; 2]);
    let boxes: Vec<_> =
        extraction.text.blocks().iter().map(|b| b.bbox.map(<[f32; 4]>::from)).collect();
    assert_eq!(boxes[0], Some([50.0, 20.0, 650.0, 80.0]));
    assert_eq!(boxes[1], boxes[2], "lines of one shape share its box");
}

#[test]
fn breaks_begin_lines_and_fields_show_their_text() {
    let inside = r#"<a:p><a:pPr algn="ctr"/><a:r><a:t>机</a:t></a:r><a:r><a:t>密</a:t></a:r><a:br/><a:fld type="slidenum"><a:rPr b="1"/><a:t>7</a:t></a:fld><a:endParaRPr b="1"/></a:p>"#;
    let extraction = check(
        Deck::default().slide("", &shape("", "", [1, 1, 9, 9], "", inside), &[]),
        &["text_box 1:1 机密", "text_box 1:2 7 [bold: 7]"],
    );
    let aligns: Vec<_> = extraction.text.blocks().iter().map(|b| b.align).collect();
    assert_eq!(aligns, [crate::model::Align::Center; 2]);
}

#[test]
fn cells_have_their_places_and_covered_ones_are_hidden() {
    let cell = |attributes: &str, text: &str| {
        format!("<a:tc {attributes}><a:txBody><a:bodyPr/>{}</a:txBody><a:tcPr/></a:tc>", p(text))
    };
    let table = format!(
        r#"<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id="4" name="表格" descr="表的说明"/></p:nvGraphicFramePr><p:xfrm><a:off x="0" y="0"/><a:ext cx="1270000" cy="127000"/></p:xfrm><a:graphic><a:graphicData><a:tbl><a:tr>{}{}</a:tr><a:tr>{}</a:tr></a:tbl></a:graphicData></a:graphic></p:graphicFrame>"#,
        cell(r#"gridSpan="2""#, "密级"),
        cell(r#"hMerge="1""#, "盖住"),
        cell("", "机密"),
    );
    check(
        Deck::default().slide("", &table, &[]),
        &[
            "cell 1:1 <t1.r1.c1> 密级",
            "hidden 1:1 <covered cell> 盖住",
            "cell 1:2 <t1.r2.c1> 机密",
            "alt_text 1:1 表的说明",
        ],
    );
}

#[test]
fn what_nobody_is_shown_is_hidden() {
    let plain = text_box("看得见");
    let hidden = shape(r#"hidden="1""#, "", [10, 10, 90, 20], "", &p("藏起"));
    let off = shape("", "", [-300, 10, 200, 20], "", &p("在外"));
    let group = format!(
        r#"<p:grpSp><p:nvGrpSpPr><p:cNvPr id="9" hidden="true"/></p:nvGrpSpPr><p:grpSpPr/>{}</p:grpSp>"#,
        text_box("组中")
    );
    let deck = Deck::default()
        .slide("", &(hidden + &off + &group + &plain), &[])
        .slide(r#"show="0""#, &text_box("不放映"), &[])
        .part("ppt/slides/slide9.xml", "slide", &page("sld", "", &text_box("不在册")), &[]);
    check(
        deck,
        &[
            "hidden 1:1 <off the slide> 在外",
            "hidden 1:2 <hidden shape> 藏起",
            "hidden 1:3 <hidden shape> 组中",
            "text_box 1:1 看得见",
            "hidden 2:1 <hidden slide> 不放映",
            "hidden 0:0 <unlisted slide> 不在册",
        ],
    );
}

#[test]
fn what_lies_under_a_plain_rectangle_is_hidden() {
    let cover = |alpha: &str, kind: &str, at| {
        let fill = format!(
            r#"<a:prstGeom prst="{kind}"/><a:solidFill><a:srgbClr val="00FF00"><a:alpha val="{alpha}"/></a:srgbClr></a:solidFill>"#
        );
        shape("", "", at, &fill, "")
    };
    let (whole, part) = ([90, 90, 300, 100], [90, 90, 100, 100]);
    let text = text_box("机密★10年");
    for (slide, region) in [
        (text.clone() + &cover("100000", "rect", whole), "hidden 1:1 <covered shape>"),
        (cover("100000", "rect", whole) + &text, "text_box 1:1"),
        (text.clone() + &cover("50000", "rect", whole), "text_box 1:1"),
        (text.clone() + &cover("100000", "ellipse", whole), "text_box 1:1"),
        (text.clone() + &cover("100000", "rect", part), "text_box 1:1"),
    ] {
        check(Deck::default().slide("", &slide, &[]), &[&format!("{region} 机密★10年")]);
    }
    // What moves may go away.
    let mut deck = Deck::default().slide("", &(text + &cover("100000", "rect", whole)), &[]);
    let slide =
        String::from_utf8_lossy(&deck.parts[0].content).replace("</p:sld>", "<p:timing/></p:sld>");
    deck.parts[0].content = slide.into_bytes();
    check(deck, &["text_box 1:1 机密★10年"]);
}

#[test]
fn a_slide_alone_is_read() {
    let file = page("sld", "", &text_box("机密★10年"));
    let submission = Submission::file("a.xml", file.as_bytes());
    let extraction = read_alone(&submission, &mut Budget::new(Limits::default()));
    assert_eq!(told(&extraction), ["text_box 1:1 机密★10年"]);
    assert_eq!(extraction.gaps, []);
}

const LAYOUT: &str = "ppt/slideLayouts/slideLayout1.xml";
const MASTER: &str = "ppt/slideMasters/slideMaster1.xml";

/// A deck whose slides have a layout and master.
fn mastered(slide: &str, attributes: &str, layout: &str, master: &str) -> Deck {
    let styles = r#"<p:clrMap bg1="lt1" tx1="dk1" bg2="lt2" tx2="dk2"/><p:txStyles><p:titleStyle><a:lvl1pPr algn="ctr"><a:defRPr sz="4400" b="1"><a:solidFill><a:schemeClr val="tx1"/></a:solidFill><a:latin typeface="+mj-lt"/><a:ea typeface="+mj-ea"/></a:defRPr></a:lvl1pPr></p:titleStyle><p:otherStyle><a:lvl1pPr><a:defRPr sz="1800"><a:solidFill><a:schemeClr val="tx1"/></a:solidFill></a:defRPr></a:lvl1pPr></p:otherStyle></p:txStyles>"#;
    let theme = format!(
        r#"<a:theme {NAMESPACES}><a:themeElements><a:clrScheme><a:dk1><a:sysClr val="windowText" lastClr="000000"/></a:dk1><a:lt1><a:srgbClr val="FFFFFF"/></a:lt1></a:clrScheme><a:fontScheme><a:majorFont><a:latin typeface="Arial"/><a:ea typeface="黑体"/></a:majorFont></a:fontScheme></a:themeElements></a:theme>"#
    );
    let master = part("sldMaster", "", &(tree(master) + styles));
    Deck::default()
        .slide("", slide, &[["l", "slideLayout", LAYOUT]])
        .part(
            LAYOUT,
            "slideLayout",
            &page("sldLayout", attributes, layout),
            &[["m", "slideMaster", MASTER]],
        )
        .part(MASTER, "slideMaster", &master, &[["t", "theme", "ppt/theme/theme1.xml"]])
        .part("ppt/theme/theme1.xml", "theme", &theme, &[])
        .related("m", "slideMaster", MASTER)
}

fn tree(shapes: &str) -> String {
    format!("<p:cSld><p:spTree>{shapes}</p:spTree></p:cSld>")
}

#[test]
fn what_stands_on_a_master_is_read_with_the_first_slide_that_shows_it() {
    let prompt = shape("", r#"type="title""#, [50, 20, 600, 60], "", &p("单击此处编辑标题"));
    let title = shape("", r#"type="title""#, [0; 4], "", &p("题"));
    let footer = shape("", r#"type="ftr" idx="11""#, [0; 4], "", &p("内部"));
    let layout = prompt.clone() + &text_box("版式上");
    let leaning = r#"<p:sp><p:nvSpPr><p:cNvPr id="2"/></p:nvSpPr><p:spPr><a:xfrm rot="18900000"><a:off x="1270000" y="1270000"/><a:ext cx="5080000" cy="1270000"/></a:xfrm></p:spPr><p:txBody><a:p><a:r><a:t>机密★5年</a:t></a:r></a:p></p:txBody></p:sp>"#;
    let master = prompt + &text_box("母版上") + leaning;
    let slide = title.clone() + &footer;
    let extraction = check(
        mastered(&slide, "", &layout, &master),
        &[
            "body 1:1 <title> 题 [bold: 题]",
            "footer 1:1 <footer> 内部",
            "text_box 1:1 <layout> 版式上",
            "watermark 1:1 机密★5年",
            "text_box 1:2 <master> 母版上",
            "hidden 0:0 <placeholder> 单击此处编辑标题 [bold: 单击此处编辑标题]",
        ],
    );
    let first = extraction.text.blocks()[0];
    assert_eq!(first.bbox.map(<[f32; 4]>::from), Some([50.0, 20.0, 650.0, 80.0]));
    let (_, style) = extraction.text.styles_in(first.span()).next().expect("a style");
    assert_eq!((style.size, style.face.as_str(), style.color), (44.0, "黑体", Some([0; 3])));
    // A layout may keep its master's shapes from showing.
    check(
        mastered(&title, r#"showMasterSp="0""#, "", &text_box("母版上")),
        &["body 1:1 <title> 题 [bold: 题]", "hidden 0:0 <unused master> 母版上"],
    );
}

#[test]
fn text_of_the_colour_behind_it_is_hidden_where_that_is_sure() {
    let run = |properties: &str| {
        format!("<a:p><a:r><a:rPr>{properties}</a:rPr><a:t>密</a:t></a:r></a:p>")
    };
    let fill = |color: &str| format!(r#"<a:solidFill><a:srgbClr val="{color}"/></a:solidFill>"#);
    let white = run(&fill("FFFFFF"));
    let at = [100, 100, 200, 40];
    let one = |properties: &str, paragraphs: &str| shape("", "", at, properties, paragraphs);
    let picture = r#"<p:pic><p:nvPicPr><p:cNvPr id="3"/></p:nvPicPr><p:blipFill><a:blip r:embed="x"/></p:blipFill><p:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="9144000" cy="6858000"/></a:xfrm></p:spPr></p:pic>"#;
    let letters = text_box("这一页上还有不少别的字，所以图片不算全部内容");
    let cases: &[(&str, String, bool)] = &[
        ("plain", one("", &run("")), false),
        ("white on the slide", one("", &white), true),
        (
            "white by name",
            one("", &run(r#"<a:solidFill><a:schemeClr val="bg1"/></a:solidFill>"#)),
            true,
        ),
        ("grey", one("", &run(&fill("C0C0C0"))), false),
        ("white on a dark shape", one(&fill("000080"), &white), false),
        ("white on a white shape", one(&fill("FFFFFF"), &white), true),
        ("dark on a dark shape", one(&fill("000000"), &run("")), true),
        ("white on a gradient", one("<a:gradFill/>", &white), false),
        ("white over a picture", picture.to_owned() + &letters + &one("", &white), false),
        ("white under a picture", one("", &white) + picture + &letters, true),
        (
            "white beside a dark shape",
            shape("", "", [400, 300, 100, 100], &fill("000000"), "") + &one("", &white),
            true,
        ),
        ("no fill", one("", &run("<a:noFill/>")), true),
        (
            "no fill, outlined",
            one("", &run(&format!("<a:ln>{}</a:ln><a:noFill/>", fill("000000")))),
            false,
        ),
        (
            "transparent",
            one(
                "",
                &run(
                    r#"<a:solidFill><a:srgbClr val="000000"><a:alpha val="0"/></a:srgbClr></a:solidFill>"#,
                ),
            ),
            true,
        ),
        (
            "white on its own highlight",
            one(
                "",
                &run(&(fill("FFFFFF") + r#"<a:highlight><a:srgbClr val="000000"/></a:highlight>"#)),
            ),
            false,
        ),
        ("tiny", one("", r#"<a:p><a:r><a:rPr sz="100"/><a:t>密</a:t></a:r></a:p>"#), true),
    ];
    for (what, slide, hidden) in cases {
        let extraction = read_bytes(mastered(slide, "", "", "").bytes());
        let text = &extraction.text;
        let block = text.blocks().iter().find(|b| text.block_text(b) == "密").expect(what);
        let is_hidden = text.styles_in(block.span()).any(|(_, style)| style.hidden);
        assert_eq!(is_hidden, *hidden, "{what}");
    }
}

#[test]
fn notes_comments_charts_and_diagrams_belong_to_their_slide() {
    let notes = page(
        "notes",
        "",
        &(shape("", r#"type="body" idx="1""#, [0; 4], "", &p("机密★10年"))
            + &shape("", r#"type="sldImg""#, [0; 4], "", "")),
    );
    let chart = format!(
        r#"<c:chartSpace {NAMESPACES}><c:chart><c:title><c:tx><c:rich><a:p><a:r><a:t>图题</a:t></a:r></a:p></c:rich></c:tx></c:title><c:ser><c:tx><c:v>系列</c:v></c:tx><c:val><c:numCache><c:pt><c:v>3</c:v></c:pt></c:numCache></c:val></c:ser></c:chart></c:chartSpace>"#
    );
    let diagram = format!(
        r#"<dgm:dataModel {NAMESPACES}><dgm:pt><dgm:prSet phldrT="[文本]"/><dgm:t><a:p><a:r><a:t>节点</a:t></a:r></a:p></dgm:t></dgm:pt></dgm:dataModel>"#
    );
    let classic = part(
        "cmLst",
        "",
        r#"<p:cm authorId="0"><p:pos x="1" y="1"/><p:text>批注一
第二行</p:text></p:cm>"#,
    );
    let threaded = format!(
        r#"<p188:cmLst {NAMESPACES}><p188:cm><p188:replyLst><p188:reply><p188:txBody>{}</p188:txBody></p188:reply></p188:replyLst><p188:txBody>{}</p188:txBody></p188:cm></p188:cmLst>"#,
        p("答复"),
        p("新批注"),
    );
    let tags = part("tagLst", "", r#"<p:tag name="LEVEL" val="秘密"/><p:tag name="N" val="12"/>"#);
    let deck = Deck::default()
        .slide("", &text_box("甲"), &[])
        .slide(
            "",
            &text_box("乙"),
            &[
                ["n", "notesSlide", "ppt/notesSlides/n.xml"],
                ["c", "chart", "ppt/charts/c.xml"],
                ["d", "diagramData", "ppt/diagrams/d.xml"],
                ["o", "comments", "ppt/comments/o.xml"],
                ["t", "comments", "ppt/comments/t.xml"],
                ["g", "tags", "ppt/tags/g.xml"],
            ],
        )
        .part("ppt/notesSlides/n.xml", "notesSlide", &notes, &[])
        .part("ppt/charts/c.xml", "chart", &chart, &[])
        .part("ppt/diagrams/d.xml", "diagramData", &diagram, &[])
        .part("ppt/comments/o.xml", "comments", &classic, &[])
        .part("ppt/comments/t.xml", "comments", &threaded, &[])
        .part("ppt/tags/g.xml", "tags", &tags, &[]);
    check(
        deck,
        &[
            "text_box 1:1 甲",
            "text_box 2:1 乙",
            "note 2:1 <notes> 机密★10年",
            "text_box 2:2 <chart> 图题",
            "text_box 2:3 <chart> 系列",
            "text_box 2:4 <diagram> 节点",
            "comment 2:1 <comment> 批注一",
            "comment 2:2 <comment> 第二行",
            "comment 2:3 <comment> 答复",
            "comment 2:4 <comment> 新批注",
            "property 2:1 <LEVEL> 秘密",
        ],
    );
}

#[test]
fn the_same_thing_said_for_two_readers_is_read_once() {
    let branch = |name: &str, inside: &str| format!("<mc:{name}>{inside}</mc:{name}>");
    let both = |first: &str, second: &str| {
        let inside = branch("Choice", first) + &branch("Fallback", second);
        format!("<mc:AlternateContent>{inside}</mc:AlternateContent>")
    };
    let deck = Deck::default().slide("", &both(&text_box("机密"), &text_box("机密")), &[]);
    check(deck, &["text_box 1:1 机密"]);
    let deck = Deck::default().slide("", &both(&text_box("机密"), &text_box("绝密")), &[]);
    check(deck, &["text_box 1:1 机密", "text_box 1:2 绝密"]);
    let math = "<a14:m><m:oMath><m:r><m:t>E=mc</m:t></m:r></m:oMath></a14:m>";
    let run = "<a:r><a:t>E=mc</a:t></a:r>";
    let para = format!("<a:p><a:r><a:t>式</a:t></a:r>{}</a:p>", both(math, run));
    let deck = Deck::default().slide("", &shape("", "", [1, 1, 9, 9], "", &para), &[]);
    check(deck, &["text_box 1:1 式E=mc"]);
}

#[test]
fn names_hints_and_files_inside_are_not_lost() {
    let mut deck = Deck::default()
        .slide(
            "",
            r#"<p:sp><p:nvSpPr><p:cNvPr id="2" name="水印 1" descr="绝密的图"><a:hlinkClick r:id="h" tooltip="提示"/></p:cNvPr></p:nvSpPr><p:spPr/><p:txBody><a:p><a:r><a:t>秘密</a:t></a:r></a:p></p:txBody></p:sp>"#,
            &[["e", "package", "ppt/embeddings/a.xlsx"]],
        )
        .part("ppt/embeddings/a.xlsx", "x", "PK", &[]);
    deck.more = r#"<p:custShowLst><p:custShow name="对外放映" id="0"/></p:custShowLst><p:extLst><p:ext><p14:sectionLst><p14:section name="涉密部分"/></p14:sectionLst></p:ext></p:extLst>"#.to_owned();
    let extraction = check(
        deck,
        &[
            "watermark 1:1 秘密",
            "property 0:0 <show> 对外放映",
            "property 0:0 <section> 涉密部分",
            "alt_text 1:1 绝密的图",
            "alt_text 1:2 提示",
        ],
    );
    assert_eq!(extraction.children.len(), 1);
    assert_eq!(extraction.children[0].provenance.name(), "a.xlsx");
}

#[test]
fn a_slide_that_is_a_picture_is_a_gap() {
    let picture = r#"<p:pic><p:nvPicPr><p:cNvPr id="3"/></p:nvPicPr><p:blipFill><a:blip r:embed="x"/></p:blipFill><p:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="9144000" cy="6858000"/></a:xfrm></p:spPr></p:pic>"#;
    let few = read_bytes(
        Deck::default().slide("", &(picture.to_owned() + &text_box("附件")), &[]).bytes(),
    );
    assert_eq!(few.gaps.iter().map(|g| g.kind).collect::<Vec<_>>(), [GapKind::ImageOnly]);
    let text = text_box("这一页上有许多字，图片只是其中的一部分而已");
    let many = read_bytes(Deck::default().slide("", &(picture.to_owned() + &text), &[]).bytes());
    assert_eq!(many.gaps, []);
    assert_eq!(many.notes.iter().map(|n| n.id).collect::<Vec<_>>(), ["pictures"]);
}

#[test]
fn what_is_missing_or_damaged_is_said_and_the_rest_is_read() {
    let lost = Deck::default()
        .slide("", &text_box("甲"), &[["l", "slideLayout", "ppt/gone.xml"]])
        .slide("", &text_box("乙"), &[]);
    let mut bytes = lost.bytes();
    let extraction = read_bytes(bytes.clone());
    assert_eq!(told(&extraction), ["text_box 1:1 甲", "text_box 2:1 乙"]);
    assert_eq!(extraction.gaps.iter().map(|g| g.kind).collect::<Vec<_>>(), [GapKind::Damaged]);
    // A list of slides that cannot be read: slides are taken in the order of their names.
    let at = bytes.windows(20).position(|w| w == b"ppt/presentation.xml").expect("its header");
    bytes[at + 20..at + 60].fill(0xFF);
    let extraction = read_bytes(bytes);
    assert_eq!(told(&extraction), ["text_box 1:1 甲", "text_box 2:1 乙"]);
    assert!(extraction.gaps.iter().any(|g| g.kind == GapKind::Damaged));
}

#[test]
fn strict_presentations_are_read_alike() {
    let bytes = Deck::default().slide("", &text_box("机密★10年"), &[]).parts[0].content.clone();
    let strict = String::from_utf8(bytes)
        .expect("XML")
        .replace(
            "http://schemas.openxmlformats.org/presentationml/2006/main",
            "http://purl.oclc.org/ooxml/presentationml/main",
        )
        .replace(
            "http://schemas.openxmlformats.org/drawingml/2006/main",
            "http://purl.oclc.org/ooxml/drawingml/main",
        );
    let mut deck = Deck::default().slide("", "", &[]);
    deck.parts[0].content = strict.into_bytes();
    check(deck, &["text_box 1:1 机密★10年"]);
}

#[test]
fn limits_hold_and_are_told() {
    let many =
        (0..60).fold(Deck::default(), |deck, _| deck.slide("", &text_box("甲"), &[])).bytes();
    for (limits, want) in [
        (Limits { steps: 200, ..Limits::default() }, Limit::Time),
        (Limits { pages: 50, ..Limits::default() }, Limit::Pages),
        (Limits { bytes: 4000, ..Limits::default() }, Limit::Bytes),
        (Limits { text: 30, ..Limits::default() }, Limit::Text),
    ] {
        let extraction = read(&Submission::file("a.pptx", many.clone()), &mut Budget::new(limits));
        let told = extraction.gaps.iter().any(|gap| gap.kind == GapKind::Limit(want));
        assert!(told, "{want:?}: {:?}", extraction.gaps);
    }
}

/// A chain of parts, each shown by the one before, ends on no stack.
#[test]
fn a_long_chain_of_parts_is_followed() {
    let name = |n: usize| format!("ppt/charts/c{n}.xml");
    let chart = format!(r#"<c:chartSpace {NAMESPACES}/>"#);
    let mut deck = Deck::default().slide("", &text_box("甲"), &[["c", "chart", &name(0)]]);
    for n in 0..3000 {
        deck = deck.part(&name(n), "chart", &chart, &[["c", "chart", &name(n + 1)]]);
    }
    deck = deck.part(
        &name(3000),
        "chart",
        &format!(r#"<c:chartSpace {NAMESPACES}>{}</c:chartSpace>"#, p("尽头")),
        &[],
    );
    check(deck, &["text_box 1:1 甲", "text_box 1:2 <chart> 尽头"]);
}

#[test]
fn no_cut_and_no_flipped_bit_is_silent() {
    let whole =
        mastered(&text_box("机密★10年"), "", &text_box("版式上"), &text_box("母版上")).bytes();
    let check = |bytes: Vec<u8>, how: String| {
        let extraction = read_bytes(bytes);
        let said = told(&extraction).join("\n");
        let all = ["机密★10年", "版式上", "母版上"].iter().all(|text| said.contains(text));
        let gaps = extraction.gaps.len()
            + extraction.children.iter().map(|child| child.gaps.len()).sum::<usize>();
        assert!(all || gaps > 0, "{how}: {said}");
    };
    check(whole.clone(), "whole".into());
    for length in (0..whole.len()).step_by(3) {
        check(whole[..length].to_vec(), format!("cut at {length}"));
    }
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << (at % 8);
        check(bytes, format!("bit {} of byte {at}", at % 8));
    }
}
