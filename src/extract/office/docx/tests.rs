//! Cases for the Word reader: packages made here, text and places expected.

mod looks;
mod parts;

use crate::extract::archive::zip::packer::{Packed, pack};
use crate::extract::office::docx::{read, read_2003, read_alone};
use crate::extract::{Budget, Extraction, Limits};
use crate::model::{GapKind, Limit, Submission};

const MAIN: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
const RELATIONSHIP: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const NAMESPACES: &str = concat!(
    r#"xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" "#,
    r#"xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" "#,
    r#"xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" "#,
    r#"xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" "#,
    r#"xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" "#,
    r#"xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" "#,
    r#"xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" "#,
    r#"xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office""#,
);

/// A Word package under construction.
#[derive(Default)]
struct Docx {
    parts: Vec<Packed>,
    related: String,
    rooted: String,
    types: String,
}

impl Docx {
    fn with_body(body: &str) -> Self {
        let mut docx = Self::default();
        docx.root_part("officeDocument", "word/document.xml", "document.main", &wrapped(body));
        docx
    }

    fn root_part(&mut self, kind: &str, name: &str, type_word: &str, xml: &str) {
        self.rooted += &relationship(kind, name, kind);
        self.part(name, type_word, xml);
    }

    fn part(&mut self, name: &str, type_word: &str, xml: &str) {
        self.types += &format!(
            r#"<Override PartName="/{name}" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.{type_word}+xml"/>"#
        );
        self.parts.push(Packed::new(name, xml));
    }

    /// A part that the main document has a relationship to, `id` its id.
    fn with(mut self, id: &str, kind: &str, name: &str, xml: &str) -> Self {
        self.related += &relationship(kind, name, id);
        self.part(&format!("word/{name}"), kind, xml);
        self
    }

    fn bytes(&self) -> Vec<u8> {
        let list = |inside: &str| {
            format!(
                r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{inside}</Relationships>"#
            )
        };
        let types = format!(
            r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="png" ContentType="image/png"/><Default Extension="xml" ContentType="application/xml"/>{}</Types>"#,
            self.types
        );
        let mut members = vec![
            Packed::new("[Content_Types].xml", types),
            Packed::new("_rels/.rels", list(&self.rooted)),
            Packed::new("word/_rels/document.xml.rels", list(&self.related)),
        ];
        members.extend(self.parts.iter().cloned());
        pack(&members, b"")
    }

    fn read(&self) -> Extraction {
        read_bytes(self.bytes())
    }
}

fn wrapped(body: &str) -> String {
    format!("<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>")
}

fn part(root: &str, inside: &str) -> String {
    format!("<w:{root} {NAMESPACES}>{inside}</w:{root}>")
}

fn relationship(kind: &str, target: &str, id: &str) -> String {
    format!(r#"<Relationship Id="{id}" Type="{RELATIONSHIP}/{kind}" Target="{target}"/>"#)
}

fn read_bytes(bytes: Vec<u8>) -> Extraction {
    read(&Submission::file("a.docx", bytes), &mut Budget::new(Limits::default()))
}

/// One paragraph of one run.
fn p(text: &str) -> String {
    format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>")
}

fn paragraph(properties: &str, runs: &str) -> String {
    format!("<w:p><w:pPr>{properties}</w:pPr>{runs}</w:p>")
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
            let flags = [
                (style.hidden, "hidden"),
                (style.deleted, "deleted"),
                (style.struck, "struck"),
                (style.bold, "bold"),
            ];
            for (_, flag) in flags.iter().filter(|(on, _)| *on) {
                line += &format!(" [{flag}: {}]", &text.as_str()[span.clone()]);
            }
        }
        line
    });
    told.collect()
}

#[track_caller]
fn check(docx: &Docx, want: &[&str]) {
    let extraction = docx.read();
    assert_eq!(told(&extraction), want);
    assert_eq!(extraction.gaps, []);
}

#[track_caller]
fn check_body(body: &str, want: &[&str]) {
    check(&Docx::with_body(body), want);
}

#[test]
fn lines_and_pages_are_counted_from_breaks() {
    let body = [
        &p("一"),
        "<w:p/>",
        r#"<w:p><w:r><w:t xml:space="preserve">二 </w:t><w:tab/><w:t>三</w:t><w:br/><w:t>四</w:t></w:r></w:p>"#,
        r#"<w:p><w:r><w:br w:type="page"/></w:r></w:p>"#,
        r#"<w:p><w:r><w:lastRenderedPageBreak/><w:t>五</w:t></w:r></w:p>"#,
        r#"<w:p><w:r><w:t>六</w:t></w:r><w:r><w:lastRenderedPageBreak/><w:t>七</w:t></w:r></w:p>"#,
        r#"<w:p><w:pPr><w:pageBreakBefore/></w:pPr><w:r><w:t>八</w:t></w:r></w:p>"#,
        r#"<w:p><w:pPr><w:sectPr/></w:pPr><w:r><w:t>九</w:t></w:r></w:p>"#,
        &p("十"),
        r#"<w:p><w:pPr><w:sectPr/></w:pPr></w:p>"#,
        &p("末"),
        r#"<w:sectPr><w:type w:val="continuous"/></w:sectPr>"#,
    ];
    let docx = Docx::with_body(&body.concat());
    check(
        &docx,
        &[
            "body 1:1 一",
            "body 1:3 二 \t三",
            "body 1:4 四",
            "body 2:1 五",
            "body 2:2 六",
            "body 3:1 七",
            "body 4:1 八",
            "body 4:2 九",
            "body 5:1 十",
            "body 5:3 末",
        ],
    );
    let extraction = docx.read();
    assert_eq!(extraction.pages, Some(5));
    let groups: Vec<u32> = extraction.text.blocks().iter().map(|b| b.group).collect();
    assert_eq!(groups[1], groups[2], "lines of one paragraph");
    assert_ne!(groups[0], groups[1]);
}

#[test]
fn stops_of_tabs_are_no_tabs() {
    let stops = r#"<w:pPr><w:tabs><w:tab w:val="left" w:pos="420"/></w:tabs></w:pPr>"#;
    check_body(
        &format!("<w:p>{stops}<w:r><w:t>甲</w:t><w:tab/><w:t>乙</w:t></w:r></w:p>"),
        &["body 1:1 甲\t乙"],
    );
}

#[test]
fn cells_of_a_row_stand_side_by_side() {
    let cell = |inside: &str| format!("<w:tc><w:tcPr/>{inside}</w:tc>");
    let inner = format!("<w:tbl><w:tr>{}</w:tr></w:tbl>", cell(&p("内")));
    let table = format!(
        "<w:tbl><w:tblPr/><w:tr>{}{}</w:tr><w:tr>{}</w:tr></w:tbl>",
        cell(&(p("密级") + &p("二行"))),
        cell(&p("机密")),
        cell(&(inner + "<w:p/>")),
    );
    check_body(
        &(p("表") + &table + &p("后")),
        &[
            "body 1:1 表",
            "cell 1:2 <t1.r1.c1> 密级",
            "cell 1:3 <t1.r1.c1> 二行",
            "cell 1:2 <t1.r1.c2> 机密",
            "cell 1:4 <t1.r2.c1.t1.r1.c1> 内",
            "body 1:6 后",
        ],
    );
}

#[test]
fn a_text_box_is_read_once_though_it_stands_there_twice() {
    let choice = |inside: &str| {
        format!(
            r#"<mc:Choice Requires="wps"><w:drawing><wp:anchor><wp:positionV><wp:posOffset>99</wp:posOffset></wp:positionV><wp:docPr id="1" name="文本框" descr="说明"/><a:graphic><a:graphicData><wps:wsp><wps:txbx><w:txbxContent>{inside}</w:txbxContent></wps:txbx></wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing></mc:Choice>"#
        )
    };
    let fallback = |inside: &str| {
        format!(
            r#"<mc:Fallback><w:pict><v:shape id="s" alt="说明"><v:textbox><w:txbxContent>{inside}</w:txbxContent></v:textbox></v:shape></w:pict></mc:Fallback>"#
        )
    };
    let anchored = |first: &str, second: &str| {
        let both = choice(first) + &fallback(second);
        format!(
            "<w:p><w:r><w:t>前</w:t></w:r><w:r><mc:AlternateContent>{both}</mc:AlternateContent></w:r><w:r><w:t>后</w:t></w:r></w:p>"
        )
    };
    check_body(
        &(anchored(&p("机密★7年"), &p("机密★7年")) + &p("下")),
        &["body 1:1 前后", "text_box 1:1 机密★7年", "body 1:2 下", "alt_text 1:0 说明"],
    );
    check_body(
        &anchored(&(p("一") + &p("二")), &(p("一") + &p("绝密"))),
        &[
            "body 1:1 前后",
            "text_box 1:1 一",
            "text_box 1:2 二",
            "text_box 1:2 绝密",
            "alt_text 1:0 说明",
        ],
    );
    let inline = format!(
        "<w:p><w:r><mc:AlternateContent><mc:Choice><w:t>机密</w:t></mc:Choice><mc:Fallback><w:t>机密</w:t></mc:Fallback></mc:AlternateContent></w:r></w:p>{}",
        format_args!(
            "<mc:AlternateContent><mc:Choice>{0}</mc:Choice><mc:Fallback>{0}</mc:Fallback></mc:AlternateContent>",
            p("段")
        )
    );
    check_body(&inline, &["body 1:1 机密", "body 1:2 段"]);
}

#[test]
fn watermarks_are_told_from_other_drawn_text() {
    let shape = |id: &str| {
        format!(
            r##"<w:p><w:r><w:pict><v:shapetype id="t"><v:textpath on="t"/></v:shapetype><v:shape id="{id}" fillcolor="silver"><v:textpath string="机密&#xA;10年"/></v:shape></w:pict></w:r></w:p>"##
        )
    };
    check_body(&shape("WordArt 3"), &["text_box 1:1 机密", "text_box 1:2 10年"]);
    check_body(&shape("PowerPlusWaterMarkObject3"), &["watermark 1:1 机密", "watermark 1:2 10年"]);
    let body = p("x") + r#"<w:sectPr><w:headerReference w:type="default" r:id="h"/></w:sectPr>"#;
    let docx = Docx::with_body(&body).with("h", "header", "h.xml", &part("hdr", &shape("x")));
    check(
        &docx,
        &[
            "body 1:1 x",
            "watermark 1:1 <header default> 机密",
            "watermark 1:2 <header default> 10年",
        ],
    );
}

#[test]
fn what_was_deleted_is_read_and_told_apart() {
    let body = r#"<w:p><w:del><w:r><w:delText>机密★10年</w:delText></w:r></w:del><w:ins><w:r><w:t>新</w:t></w:r></w:ins><w:moveFrom><w:r><w:t>移</w:t></w:r></w:moveFrom><w:moveTo><w:r><w:t>到</w:t></w:r></w:moveTo></w:p><w:tbl><w:tr><w:trPr><w:del/></w:trPr><w:tc><w:p><w:r><w:t>删行</w:t></w:r></w:p></w:tc></w:tr><w:tr><w:tc><w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>留行</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"#;
    check_body(
        body,
        &[
            "body 1:1 机密★10年新移到 [deleted: 机密★10年] [deleted: 移]",
            "cell 1:2 <t1.r1.c1> 删行 [deleted: 删行]",
            "cell 1:3 <t1.r2.c1> 留行",
        ],
    );
}

#[test]
fn cells_and_rows_can_be_deleted_or_hidden() {
    let cell =
        |props: &str, text: &str| format!("<w:tc><w:tcPr>{props}</w:tcPr>{}</w:tc>", p(text));
    let table = format!(
        r#"<w:tbl><w:tblPr><w:tblCaption w:val="表题"/><w:tblDescription w:val="表说明"/></w:tblPr><w:tr>{}{}</w:tr><w:tr><w:trPr><w:hidden/></w:trPr>{}</w:tr><w:tr>{}</w:tr></w:tbl>"#,
        cell("<w:cellDel/>", "删格"),
        cell("", "留格"),
        cell("", "藏行"),
        cell("", "露行"),
    );
    check_body(
        &table,
        &[
            "cell 1:1 <t1.r1.c1> 删格 [deleted: 删格]",
            "cell 1:1 <t1.r1.c2> 留格",
            "cell 1:2 <t1.r2.c1> 藏行 [hidden: 藏行]",
            "cell 1:3 <t1.r3.c1> 露行",
            "alt_text 1:0 表题",
            "alt_text 1:0 表说明",
        ],
    );
}

#[test]
fn what_a_control_is_called_is_read_and_what_was_not_chosen_is_not() {
    let control = r#"<w:sdt><w:sdtPr><w:alias w:val="密级"/><w:tag w:val="level"/><w:dropDownList><w:listItem w:displayText="绝密" w:value="1"/></w:dropDownList></w:sdtPr><w:sdtContent><w:p><w:r><w:t>公开</w:t></w:r></w:p></w:sdtContent></w:sdt>"#;
    let link =
        r#"<w:p><w:hyperlink w:tooltip="提示"><w:r><w:t>链接</w:t></w:r></w:hyperlink></w:p>"#;
    check_body(
        &(control.to_owned() + link),
        &["body 1:1 公开", "body 1:2 链接", "alt_text 1:0 密级", "alt_text 1:0 提示"],
    );
}

#[test]
fn text_in_an_instruction_is_hidden() {
    let field = |instruction: &str, result: &str| {
        format!(
            r#"<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>{instruction}</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>{result}</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>"#
        )
    };
    check_body(
        &(field(r#" IF 1 = 2 "机密★10年" "公开" "#, "公开")
            + &field(r#" TOC \t "标题 1,1" "#, "目录")
            + r#"<w:p><w:fldSimple w:instr=" XE &quot;索引词&quot; "/><w:r><w:t>文</w:t></w:r></w:p>"#),
        &[
            "body 1:1 公开",
            r#"hidden 1:0 <field> 1 = 2 "机密★10年" "公开" [hidden: 1 = 2 "机密★10年" "公开"]"#,
            "body 1:2 目录",
            "body 1:3 文",
            r#"hidden 1:0 <field> "索引词" [hidden: "索引词"]"#,
        ],
    );
}

#[test]
fn hidden_drawings_are_hidden() {
    let shape = |name: &str, inside: &str| {
        format!(
            r#"<w:p><w:r><w:drawing><wp:anchor><wp:docPr id="1" name="x" {name}/><a:graphic><a:graphicData><wps:wsp><wps:txbx><w:txbxContent>{inside}</w:txbxContent></wps:txbx></wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing></w:r></w:p>"#
        )
    };
    let vml = |style: &str| {
        format!(
            r#"<w:p><w:r><w:pict><v:shape style="{style}"><v:textbox><w:txbxContent>{}</w:txbxContent></v:textbox></v:shape></w:pict></w:r></w:p>"#,
            p("乙")
        )
    };
    check_body(
        &(shape(r#"hidden="1""#, &p("甲"))
            + &shape("", &p("甲"))
            + &vml("position:absolute; visibility:hidden")
            + &vml("visibility:visible")),
        &[
            "text_box 1:1 甲 [hidden: 甲]",
            "text_box 1:1 甲",
            "text_box 1:1 乙 [hidden: 乙]",
            "text_box 1:1 乙",
        ],
    );
}

#[test]
fn text_that_lies_elsewhere_is_a_gap() {
    for (kind, gaps) in [("subDocument", 1), ("aFChunk", 1), ("image", 0), ("hyperlink", 0)] {
        let mut docx = Docx::with_body(&p("总"));
        docx.related += &format!(
            r#"<Relationship Id="x" Type="{RELATIONSHIP}/{kind}" Target="part.docx" TargetMode="External"/>"#
        );
        let extraction = docx.read();
        assert_eq!(told(&extraction), ["body 1:1 总"]);
        let kinds: Vec<GapKind> = extraction.gaps.iter().map(|gap| gap.kind).collect();
        assert_eq!(kinds, vec![GapKind::MissingPart; gaps], "{kind}");
    }
}

const WORD_2003: &str = concat!(
    r#"xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml" "#,
    r#"xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" "#,
    r#"xmlns:wx="http://schemas.microsoft.com/office/word/2003/auxHint" "#,
    r#"xmlns:aml="http://schemas.microsoft.com/aml/2001/core""#,
);

#[test]
fn the_xml_of_2003_is_read_with_what_stands_in_its_midst() {
    let comment = format!(
        r#"<w:r><aml:annotation aml:id="1" w:type="Word.Comment"><aml:content>{}</aml:content></aml:annotation></w:r>"#,
        p("批注")
    );
    let deleted = r#"<aml:annotation w:type="Word.Deletion"><aml:content><w:r><w:delText>删去</w:delText></w:r></aml:content></aml:annotation>"#;
    let noted = format!("<w:r><w:footnote>{}</w:footnote></w:r>", p("脚注"));
    let mark = r#"<w:p><w:pPr><w:pStyle w:val="M"/></w:pPr><w:r><w:t>机密★10年</w:t></w:r></w:p>"#;
    let section = format!(
        r#"<w:sectPr><w:hdr w:type="odd">{}</w:hdr><w:ftr w:type="first">{}</w:ftr></w:sectPr>"#,
        p("页眉"),
        p("页脚")
    );
    let art = r#"<w:p><w:r><w:pict><w:binData w:name="wordml://1.png">AAAA</w:binData><v:shape id="PowerPlusWaterMarkObject1"><v:textpath string="水印"/></v:shape></w:pict></w:r></w:p>"#;
    let file = format!(
        r#"<?xml version="1.0"?><?mso-application progid="Word.Document"?><w:wordDocument {WORD_2003}><o:DocumentProperties><o:Title>题目</o:Title><o:Pages>2</o:Pages></o:DocumentProperties><o:CustomDocumentProperties><o:_x5BC6__x7EA7_>秘密</o:_x5BC6__x7EA7_></o:CustomDocumentProperties><w:styles><w:style w:type="paragraph" w:styleId="M"><w:pPr><w:jc w:val="center"/></w:pPr><w:rPr><w:b/></w:rPr></w:style></w:styles><w:docOleData><w:binData w:name="oledata.mso">5py6 5a+G</w:binData></w:docOleData><w:docPr><w:docVars><w:docVar w:name="v" w:val="变量"/></w:docVars></w:docPr><w:body><wx:sect>{mark}<w:p><w:r><w:t>甲</w:t></w:r>{noted}{comment}{deleted}</w:p>{art}<w:p><w:r><w:br w:type="page"/><w:t>乙</w:t></w:r></w:p>{section}</wx:sect></w:body></w:wordDocument>"#
    );
    let submission = Submission::file("a.xml", file.as_bytes());
    let extraction = read_2003(&submission, &mut Budget::new(Limits::default()));
    assert_eq!(extraction.gaps, []);
    assert_eq!(
        told(&extraction),
        [
            "body 1:1 机密★10年 [bold: 机密★10年]",
            "body 1:2 甲删去 [deleted: 删去]",
            "note 1:1 <footnote> 脚注",
            "comment 1:1 <comment> 批注",
            "watermark 1:1 水印",
            "body 2:1 乙",
            "header 1:1 <default> 页眉",
            "footer 1:1 <first> 页脚",
            "property 0:0 <Title> 题目",
            "property 0:0 <密级> 秘密",
            "property 0:0 <v> 变量",
        ]
    );
    assert_eq!(extraction.pages, Some(2));
    assert_eq!(&*extraction.children[0].bytes, "机密".as_bytes());
    for (cut, _) in file.char_indices().skip(900).step_by(3) {
        let submission = Submission::file("a.xml", &file.as_bytes()[..cut]);
        let extraction = read_2003(&submission, &mut Budget::new(Limits::default()));
        assert!(!extraction.gaps.is_empty(), "cut at {cut}");
    }
}

#[test]
fn a_part_alone_is_read_in_its_region() {
    for (root, region) in [("document", "body"), ("hdr", "header"), ("ftr", "footer")] {
        let file = part(root, &format!("<w:body>{}</w:body>", p("机密★10年")));
        let submission = Submission::file("a.xml", file.as_bytes());
        let extraction = read_alone(&submission, &mut Budget::new(Limits::default()));
        assert_eq!(told(&extraction), [format!("{region} 1:1 机密★10年")]);
    }
}

#[test]
fn fields_show_results_and_not_instructions() {
    let field = |instruction: &str, result: &str| {
        format!(
            r#"<w:p><w:r><w:fldChar w:fldCharType="begin"><w:fldData>QUJD</w:fldData></w:fldChar></w:r><w:r><w:instrText>{instruction}</w:instrText></w:r>{result}<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>"#
        )
    };
    let result = r#"<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>机密</w:t></w:r>"#;
    let drop_down = r#"<w:p><w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:ddList><w:result w:val="1"/><w:listEntry w:val="绝密"/><w:listEntry w:val="秘密"/></w:ddList></w:ffData></w:fldChar><w:instrText>FORMDROPDOWN</w:instrText><w:fldChar w:fldCharType="end"/></w:r></w:p>"#;
    let simple = r#"<w:p><w:fldSimple w:instr="DOCPROPERTY 密级"><w:r><w:t>绝密</w:t></w:r></w:fldSimple></w:p>"#;
    check_body(
        &[&field("DOCPROPERTY x", result), &field(r"EQ \o\ac(○,密)", ""), simple, drop_down]
            .concat(),
        &["body 1:1 机密", "body 1:2 ○密", "body 1:3 绝密", "body 1:4 秘密"],
    );
}

#[test]
fn damage_is_named_and_the_rest_is_read() {
    let cut = "<w:document><w:body><w:p><w:r><w:t>机密★10年</w:t></w:r></w:p><w:p><w:r><w:t>半";
    let mut docx = Docx::with_body("").with("h", "header", "h.xml", &part("hdr", &p("页眉")));
    docx.parts[0].content = cut.into();
    let extraction = docx.read();
    // The sections were lost with the end of the body: nobody can say that the
    // header is not shown.
    assert_eq!(
        told(&extraction),
        ["body 1:1 机密★10年", "body 1:2 半", "header 0:1 <unreferenced> 页眉"]
    );
    assert_eq!(extraction.gaps.len(), 1);
    assert_eq!(extraction.gaps[0].kind, GapKind::Damaged);
    assert!(extraction.gaps[0].detail.contains("word/document.xml"), "{:?}", extraction.gaps);

    let mut docx = Docx::with_body(&p("文"));
    docx.related += &relationship("header", "header9.xml", "h");
    docx.related += &relationship("image", "media/gone.png", "i");
    let extraction = docx.read();
    assert_eq!(extraction.gaps.len(), 1);
    assert!(extraction.gaps[0].detail.contains("header9.xml"));
    assert_eq!(extraction.notes.iter().map(|n| n.id).collect::<Vec<_>>(), ["missing-parts"]);

    let mut docx = Docx::with_body(&p("文"));
    docx.parts.clear();
    assert_eq!(docx.read().gaps.last().map(|g| g.kind), Some(GapKind::Damaged));
}

#[test]
fn work_is_limited() {
    let body = p("文").repeat(2000);
    let limits = Limits { steps: 5000, ..Limits::default() };
    let submission = Submission::file("a.docx", Docx::with_body(&body).bytes());
    let extraction = read(&submission, &mut Budget::new(limits));
    let kinds: Vec<_> = extraction.gaps.iter().map(|gap| gap.kind).collect();
    assert_eq!(kinds, [GapKind::Limit(Limit::Time)]);
    assert!(!extraction.text.blocks().is_empty());

    let limits = Limits { text: 900, ..Limits::default() };
    let extraction = read(&submission, &mut Budget::new(limits));
    assert_eq!(extraction.gaps[0].kind, GapKind::Limit(Limit::Text));
    assert!(extraction.text.as_str().len() < 2000);

    let limits = Limits { bytes: 3000, ..Limits::default() };
    let extraction = read(&submission, &mut Budget::new(limits));
    assert!(extraction.gaps.iter().any(|gap| gap.kind == GapKind::Limit(Limit::Bytes)));
}

#[test]
fn no_cut_and_no_flipped_bit_is_silent() {
    let sections = r#"<w:sectPr><w:headerReference w:type="default" r:id="h"/></w:sectPr>"#;
    let docx = Docx::with_body(&(p("机密★10年") + sections)).with(
        "h",
        "header",
        "h.xml",
        &part("hdr", &p("秘密★5年")),
    );
    let whole = docx.bytes();
    let check = |bytes: Vec<u8>, how: String| {
        let extraction = read_bytes(bytes);
        let said = told(&extraction).join("\n");
        let all = said.contains("机密★10年") && said.contains("秘密★5年");
        let gaps = extraction.gaps.len()
            + extraction.children.iter().map(|child| child.gaps.len()).sum::<usize>();
        assert!(all || gaps > 0, "{how}: {said}");
    };
    check(whole.clone(), "whole".into());
    for length in 0..whole.len() {
        check(whole[..length].to_vec(), format!("cut at {length}"));
    }
    for at in 0..whole.len() * 8 {
        let mut bytes = whole.clone();
        bytes[at / 8] ^= 1 << (at % 8);
        check(bytes, format!("bit {} of byte {}", at % 8, at / 8));
    }
}
