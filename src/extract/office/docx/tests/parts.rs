//! Parts beside the main one, and what is packed in them.

use super::*;

#[test]
fn headers_and_footers_say_which_they_are_and_who_sees_them() {
    let references = |inside: &str| format!("<w:sectPr>{inside}</w:sectPr>");
    let first = references(
        r#"<w:headerReference w:type="default" r:id="d"/><w:headerReference w:type="first" r:id="f"/><w:headerReference w:type="even" r:id="e"/><w:footerReference w:type="default" r:id="g"/><w:titlePg/>"#,
    );
    let second = references(r#"<w:headerReference w:type="default" r:id="n"/>"#);
    let body = p("一") + &paragraph(&first, "") + &p("二") + &second;
    let docx = |settings: &str| {
        let mut docx = Docx::with_body(&body);
        for (id, text) in [("d", "常"), ("f", "首"), ("e", "偶"), ("n", "新"), ("u", "弃")] {
            docx = docx.with(id, "header", &format!("{id}.xml"), &part("hdr", &p(text)));
        }
        docx.with("g", "footer", "g.xml", &part("ftr", &p("脚"))).with(
            "t",
            "settings",
            "settings.xml",
            &part("settings", settings),
        )
    };
    check(
        &docx("<w:evenAndOddHeaders/>"),
        &[
            "body 1:1 一",
            "body 2:1 二",
            "header 2:1 <default> 常",
            "header 1:1 <first> 首",
            "header 2:1 <even> 偶",
            "header 2:1 <default> 新",
            "header 0:1 <unreferenced> 弃 [hidden: 弃]",
            "footer 2:1 <default> 脚",
        ],
    );
    let extraction = docx("").read();
    assert!(told(&extraction).contains(&"header 0:1 <even> 偶 [hidden: 偶]".to_owned()));
}

#[test]
fn notes_and_comments_stand_on_the_page_that_refers_to_them() {
    let body = [
        &p("一"),
        r#"<w:p><w:r><w:br w:type="page"/><w:t>二</w:t><w:footnoteReference w:id="2"/><w:commentReference w:id="0"/></w:r></w:p>"#,
    ];
    let footnotes = format!(
        r#"<w:footnote w:type="separator" w:id="0">{}</w:footnote><w:footnote w:id="2">{}{}</w:footnote><w:footnote w:id="3">{}</w:footnote>"#,
        p("线"),
        p("注"),
        p("又"),
        p("无")
    );
    let comments = format!(r#"<w:comment w:id="0" w:author="某">{}</w:comment>"#, p("机密★10年"));
    let docx = Docx::with_body(&body.concat())
        .with("f", "footnotes", "footnotes.xml", &part("footnotes", &footnotes))
        .with("c", "comments", "comments.xml", &part("comments", &comments));
    check(
        &docx,
        &[
            "body 1:1 一",
            "body 2:1 二",
            "note 0:1 <footnote> 线",
            "note 2:1 <footnote> 注",
            "note 2:2 <footnote> 又",
            "note 0:1 <footnote> 无",
            "comment 2:1 <comment> 机密★10年",
        ],
    );
}

#[test]
fn properties_variables_and_stored_xml_come_last() {
    let mut docx = Docx::with_body(&p("文")).with(
        "t",
        "settings",
        "settings.xml",
        &part("settings", r#"<w:docVars><w:docVar w:name="密级" w:val="秘密"/></w:docVars>"#),
    );
    docx.root_part(
        "metadata/core-properties",
        "docProps/core.xml",
        "core",
        "<c:p xmlns:c='c'><c:title>机密★5年 标题</c:title><c:revision>3</c:revision><c:keywords>甲<c:value>乙</c:value></c:keywords></c:p>",
    );
    docx.root_part(
        "custom-properties",
        "docProps/custom.xml",
        "custom",
        "<P><property name='保密期限'><vt:lpwstr xmlns:vt='v'>5年</vt:lpwstr></property></P>",
    );
    docx.parts
        .push(Packed::new("customXml/item1.xml", "<r><level>绝密</level><v name='机密'/></r>"));
    check(
        &docx,
        &[
            "body 1:1 文",
            "property 0:0 <密级> 秘密",
            "property 0:0 <title> 机密★5年 标题",
            "property 0:0 <keywords> 甲",
            "property 0:0 <keywords> 乙",
            "property 0:0 <保密期限> 5年",
            "property 0:0 <level> 绝密",
            "property 0:0 <v> 机密",
        ],
    );
}

#[test]
fn the_main_part_is_told_by_its_relationship_in_any_dialect() {
    let strict = wrapped(&p("机密"))
        .replace(MAIN, "http://purl.oclc.org/ooxml/wordprocessingml/main")
        .replace("xmlns:w=", "xmlns:x=")
        .replace("w:", "x:");
    let mut docx = Docx::default();
    docx.root_part("officeDocument", "/body/text.xml", "template.main", &strict);
    docx.parts[0].name = "body/text.xml".into();
    check(&docx, &["body 1:1 机密"]);

    let utf16: Vec<u8> = [0xFF, 0xFE]
        .into_iter()
        .chain(wrapped(&p("机密")).encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    let mut docx = Docx::with_body("");
    docx.parts[0].content = utf16;
    check(&docx, &["body 1:1 机密"]);
}

#[test]
fn what_is_packed_inside_comes_out_as_children() {
    let mut docx = Docx::with_body(&p("文"));
    for (id, kind, name) in [("a", "package", "embeddings/内.docx"), ("b", "aFChunk", "chunk.html")]
    {
        docx.related += &relationship(kind, name, id);
        docx.parts.push(Packed::new(format!("word/{name}"), format!("content of {name}")));
    }
    docx.parts.push(Packed::new("word/stray.bin", "nobody refers to this"));
    docx.parts.push(Packed::new("word/document.xml", wrapped(&p("二"))));
    docx.parts.push(Packed { flags: 0x801, ..Packed::new("word/locked.bin", "x") });
    docx.parts.push(Packed::new("word/media/image1.png", "picture"));
    let extraction = docx.read();
    // A second part of the same name is no part; Word's own kinds are read where they are.
    assert_eq!(told(&extraction), ["body 1:1 文", "hidden 0:1 <unreferenced> 二 [hidden: 二]"]);
    let children: Vec<_> = extraction
        .children
        .iter()
        .map(|c| (c.provenance.name(), c.bytes.len(), c.gaps.first().map(|g| g.kind)))
        .collect();
    assert_eq!(
        children,
        [
            ("内.docx", "content of embeddings/内.docx".len(), None),
            ("chunk.html", "content of chunk.html".len(), None),
            ("stray.bin", 21, None),
            ("locked.bin", 0, Some(GapKind::Encrypted)),
        ]
    );
}

#[test]
fn pictures_are_a_gap_only_where_there_is_nothing_else() {
    let picture = "<w:p><w:r><w:drawing><wp:inline><a:graphic><a:graphicData><a:blip/></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>";
    let kinds = |body: &str| {
        let extraction = Docx::with_body(body).read();
        let gaps: Vec<_> = extraction.gaps.iter().map(|gap| gap.kind).collect();
        let notes: Vec<_> = extraction.notes.iter().map(|note| note.id).collect();
        (gaps, notes)
    };
    assert_eq!(kinds(picture), (vec![GapKind::ImageOnly], vec![]));
    let text = p("关于做好自动气象站冬季巡检工作的通知");
    assert_eq!(kinds(&(picture.to_owned() + &text)), (vec![], vec!["pictures"]));
    assert_eq!(kinds(&text), (vec![], vec![]));
    assert_eq!(kinds(""), (vec![], vec![]));
}
