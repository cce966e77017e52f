//! What text looks like, and what is hidden by it.

use super::*;

const STYLES: &str = r#"
  <w:docDefaults><w:rPrDefault><w:rPr><w:sz w:val="21"/><w:rFonts w:eastAsia="宋体" w:ascii="Times"/></w:rPr></w:rPrDefault></w:docDefaults>
  <w:style w:type="paragraph" w:default="1" w:styleId="a"><w:pPr><w:jc w:val="both"/></w:pPr></w:style>
  <w:style w:type="paragraph" w:styleId="Loud"><w:basedOn w:val="a"/><w:pPr><w:jc w:val="center"/></w:pPr><w:rPr><w:b/><w:sz w:val="44"/></w:rPr></w:style>
  <w:style w:type="paragraph" w:styleId="Louder"><w:basedOn w:val="Loud"/><w:rPr><w:rFonts w:eastAsia="黑体"/></w:rPr></w:style>
  <w:style w:type="paragraph" w:styleId="LoopA"><w:basedOn w:val="LoopB"/></w:style>
  <w:style w:type="paragraph" w:styleId="LoopB"><w:basedOn w:val="LoopA"/><w:rPr><w:vanish/></w:rPr></w:style>
  <w:style w:type="character" w:styleId="Quiet"><w:rPr><w:b/></w:rPr></w:style>
  <w:style w:type="character" w:styleId="Gone"><w:rPr><w:vanish/></w:rPr></w:style>
  <w:style w:type="table" w:styleId="Dark"><w:tblStylePr w:type="firstRow"><w:rPr><w:vanish/></w:rPr><w:tcPr><w:shd w:val="clear" w:fill="4472C4"/></w:tcPr></w:tblStylePr></w:style>"#;

fn styled(body: &str) -> Docx {
    Docx::with_body(body).with("s", "styles", "styles.xml", &part("styles", STYLES))
}

fn run(properties: &str, text: &str) -> String {
    format!("<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>")
}

#[test]
fn hidden_text_is_told_however_it_was_hidden() {
    let white = r#"<w:color w:val="FFFFFF"/>"#;
    let shade = |fill: &str| format!(r#"<w:shd w:val="clear" w:color="auto" w:fill="{fill}"/>"#);
    let cases: &[(&str, String, bool)] = &[
        ("plain", paragraph("", &run("", "密")), false),
        ("vanish", paragraph("", &run("<w:vanish/>", "密")), true),
        ("not vanish", paragraph("", &run(r#"<w:vanish w:val="0"/>"#, "密")), false),
        ("by style", paragraph("", &run(r#"<w:rStyle w:val="Gone"/>"#, "密")), true),
        ("by a loop of styles", paragraph(r#"<w:pStyle w:val="LoopA"/>"#, &run("", "密")), true),
        (
            "mark of the paragraph only",
            paragraph("<w:rPr><w:vanish/></w:rPr>", &run("", "密")),
            false,
        ),
        (
            "before a change only",
            paragraph("", &run("<w:rPrChange><w:rPr><w:vanish/></w:rPr></w:rPrChange>", "密")),
            false,
        ),
        ("white", paragraph("", &run(white, "密")), true),
        ("nearly white", paragraph("", &run(r#"<w:color w:val="FDFDFD"/>"#, "密")), true),
        ("grey", paragraph("", &run(r#"<w:color w:val="BFBFBF"/>"#, "密")), false),
        (
            "white on black",
            paragraph("", &run(&(white.to_owned() + &shade("000000")), "密")),
            false,
        ),
        ("white on a dark paragraph", paragraph(&shade("000000"), &run(white, "密")), false),
        (
            "black on black",
            paragraph(
                "",
                &run(&(r#"<w:color w:val="000000"/>"#.to_owned() + &shade("000000")), "密"),
            ),
            true,
        ),
        (
            "white highlighted",
            paragraph("", &run(&format!(r#"{white}<w:highlight w:val="red"/>"#), "密")),
            false,
        ),
        ("one point", paragraph("", &run(r#"<w:sz w:val="2"/>"#, "密")), true),
        (
            "without a fill",
            paragraph("", &run("<w14:textFill><w14:noFill/></w14:textFill>", "密")),
            true,
        ),
        (
            "outlined, without a fill",
            paragraph(
                "",
                &run("<w14:textOutline/><w14:textFill><w14:noFill/></w14:textFill>", "密"),
            ),
            false,
        ),
        (
            "white in a dark cell",
            format!(
                "<w:tbl><w:tr><w:tc><w:tcPr>{}</w:tcPr>{}</w:tc></w:tr></w:tbl>",
                shade("1F3864"),
                paragraph("", &run(white, "密"))
            ),
            false,
        ),
        (
            "white in a table that its style paints",
            format!(
                r#"<w:tbl><w:tblPr><w:tblStyle w:val="Dark"/></w:tblPr><w:tr><w:tc>{}</w:tc></w:tr></w:tbl>"#,
                paragraph("", &run(white, "密"))
            ),
            false,
        ),
        (
            "white in a plain cell",
            format!(
                "<w:tbl><w:tr><w:tc>{}</w:tc></w:tr></w:tbl>",
                paragraph("", &run(white, "密"))
            ),
            true,
        ),
    ];
    for (what, body, hidden) in cases {
        let extraction = styled(body).read();
        let block = extraction.text.blocks()[0];
        assert_eq!(extraction.text.block_text(&block), "密", "{what}");
        let found = extraction.text.styles_in(block.span()).any(|(_, style)| style.hidden);
        assert_eq!(found, *hidden, "{what}");
    }
}

#[test]
fn looks_come_from_run_style_and_defaults() {
    let body = [
        paragraph("", &run("", "一")),
        paragraph(r#"<w:pStyle w:val="Louder"/>"#, &run("", "二")),
        paragraph(
            r#"<w:pStyle w:val="Louder"/><w:jc w:val="end"/>"#,
            &run(r#"<w:rStyle w:val="Quiet"/><w:sz w:val="32"/><w:color w:val="FF0000"/>"#, "三"),
        ),
        paragraph("", &run(r#"<w:strike/>"#, "a")),
    ];
    let extraction = styled(&body.concat()).read();
    let told: Vec<_> = extraction
        .text
        .blocks()
        .iter()
        .map(|block| {
            let (_, style) = extraction.text.styles_in(block.span()).next().expect("a style");
            let align = format!("{:?}", block.align);
            (align, style.size, style.face.clone(), style.bold, style.color, style.struck)
        })
        .collect();
    let own = |align: &str, size, face: &str, bold, color, struck| {
        (align.to_owned(), size, face.to_owned(), bold, color, struck)
    };
    assert_eq!(
        told,
        [
            own("Left", 10.5, "宋体", false, None, false),
            own("Center", 22.0, "黑体", true, None, false),
            // Bold of the paragraph's style and bold of the character's undo one another.
            own("Right", 16.0, "黑体", false, Some([255, 0, 0]), false),
            own("Left", 10.5, "Times", false, None, true),
        ]
    );
}

#[test]
fn characters_that_are_elements_are_read() {
    let body = r#"<w:p><w:r><w:t>机密</w:t><w:sym w:font="Wingdings" w:char="F0AB"/><w:t>10</w:t><w:noBreakHyphen/><w:t>年</w:t><w:softHyphen/></w:r></w:p>
      <w:p><w:r><w:rPr><w:rFonts w:ascii="Wingdings" w:hAnsi="Wingdings"/></w:rPr><w:t>«</w:t></w:r></w:p>
      <w:p><w:r><w:ruby><w:rt><w:r><w:t>jī</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>机</w:t></w:r></w:rubyBase></w:ruby></w:r><w:r><w:t>密</w:t></w:r></w:p>
      <w:p><w:smartTag><w:r><w:unknown>新元素</w:unknown></w:r></w:smartTag></w:p>
      <w:p><w:sdt><w:sdtPr><w:dropDownList><w:listItem w:displayText="绝密" w:value="1"/></w:dropDownList></w:sdtPr><w:sdtContent><w:r><w:t>秘密</w:t></w:r></w:sdtContent></w:sdt></w:p>"#;
    check_body(
        body,
        &[
            "body 1:1 机密★10\u{2011}年\u{AD}",
            "body 1:2 ★",
            "body 1:3 机密",
            "body 1:0 jī",
            "body 1:4 新元素",
            "body 1:5 秘密",
        ],
    );
}
