//! OFD documents built in code, read back: pages, templates, annotations, damage.

use super::*;
use crate::extract::Limits;
use crate::extract::archive::zip::packer::{Packed, pack};
use crate::model::{Region, SourceText};

const OFD: &str = r#"<ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016"><ofd:DocBody><ofd:DocInfo>
    <ofd:DocID>x</ofd:DocID><ofd:Title>题</ofd:Title><ofd:CustomDatas>
    <ofd:CustomData Name="密级">机密</ofd:CustomData></ofd:CustomDatas></ofd:DocInfo>
    <ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"#;

/// A document of these pages' contents; `common` and `behind` go into its root.
fn document(common: &str, behind: &str, pages: &[&str], more: &[(&str, &str)]) -> Extraction {
    read_parts(parts(common, behind, pages, more))
}

pub(super) fn parts(
    common: &str,
    behind: &str,
    pages: &[&str],
    more: &[(&str, &str)],
) -> Vec<Packed> {
    let list: String =
        (0..pages.len()).map(|n| format!(r#"<Page ID="{n}" BaseLoc="Pages/P{n}.xml"/>"#)).collect();
    let root = format!(
        "<Document><CommonData><PageArea><PhysicalBox>0 0 210 297</PhysicalBox></PageArea>{common}\
         </CommonData><Pages>{list}</Pages>{behind}</Document>"
    );
    let mut all = vec![Packed::new("OFD.xml", OFD), Packed::new("Doc_0/Document.xml", root)];
    for (n, page) in pages.iter().enumerate() {
        let page = format!("<Page><Content><Layer>{page}</Layer></Content></Page>");
        all.push(Packed::new(format!("Doc_0/Pages/P{n}.xml"), page));
    }
    all.extend(more.iter().map(|(name, content)| Packed::new(*name, content)));
    all
}

fn read_parts(parts: Vec<Packed>) -> Extraction {
    let submission = Submission::file("a.ofd", pack(&parts, b""));
    read(&submission, &mut Budget::new(Limits::default()))
}

/// A text object at a place in millimetres, four millimetres high.
fn text(x: f32, y: f32, more: &str, said: &str) -> String {
    format!(
        r#"<TextObject Boundary="{x} {y} 100 6" Font="1" Size="4" {more}>
           <TextCode X="0" Y="4" DeltaX="g 99 4">{said}</TextCode></TextObject>"#
    )
}

fn told(text: &SourceText) -> Vec<(Region, u32, &str)> {
    text.blocks().iter().map(|b| (b.region, b.page, text.block_text(b))).collect()
}

/// What stands on the pages, without properties.
fn shown(extraction: &Extraction) -> Vec<(Region, &str)> {
    let all = told(&extraction.text).into_iter();
    all.filter(|(region, ..)| *region != Region::Property).map(|(r, _, t)| (r, t)).collect()
}

fn kinds(extraction: &Extraction) -> Vec<GapKind> {
    extraction.gaps.iter().map(|gap| gap.kind).collect()
}

#[test]
fn characters_become_lines_with_places_and_properties_follow() {
    let one_each: String = (0u8..)
        .zip("机密★10年".chars())
        .map(|(n, c)| text(20.0 + f32::from(n) * 4.0, 20.0, "", &c.to_string()))
        .collect();
    let page = text(20.0, 40.0, "", "第二行") + &one_each;
    let made = document("", "", &[&page], &[]);
    assert_eq!(
        told(&made.text),
        [
            (Region::Body, 1, "机密★10年"),
            (Region::Body, 1, "第二行"),
            (Region::Property, 0, "题"),
            (Region::Property, 0, "机密"),
        ]
    );
    let first = made.text.blocks()[0];
    let bbox = made.text.bbox(&first, &(0..6)).expect("it has a place");
    let near = |a: f32, mm: f32| (a - mm * POINTS).abs() < 0.1;
    assert!(near(bbox.x0, 20.0) && near(bbox.x1, 28.0), "{bbox:?}");
    assert_eq!(made.text.label(&made.text.blocks()[3]), "密级");
    assert!(made.gaps.is_empty(), "{:?}", made.gaps);
    assert_eq!(made.pages, Some(1));
}

#[test]
fn what_nobody_sees_is_hidden() {
    let white = r#"<FillColor Value="255 255 255"/>"#;
    let object = |more: &str, inside: &str| {
        format!(
            r#"<TextObject Boundary="20 20 100 6" Font="1" Size="4" {more}>{inside}
               <TextCode X="0" Y="4" DeltaX="4 4">机密</TextCode></TextObject>"#
        )
    };
    let dark = r#"<PathObject Boundary="10 10 100 50" Fill="true"><FillColor Value="0 0 128"/>
        <AbbreviatedData>M 0 0 L 100 0 L 100 50 L 0 50 C</AbbreviatedData></PathObject>"#;
    let cases = [
        (object("", ""), Region::Body),
        (object(r#"Visible="false""#, ""), Region::Hidden),
        (object(r#"Alpha="0""#, ""), Region::Hidden),
        (object(r#"Fill="false""#, ""), Region::Hidden),
        (object("", white), Region::Hidden),
        (format!("{dark}{}", object("", white)), Region::Body),
        (format!("{}{dark}", object("", "")), Region::Hidden),
        (object(r#"CTM="1 0 0 1 400 0""#, ""), Region::Hidden),
        (object(r#"CTM="0.01 0 0 0.01 0 0""#, ""), Region::Hidden),
        (
            object(
                "",
                r#"<Clips><Clip><Area><Path Boundary="0 0 1 1"><AbbreviatedData>
                M 60 60 L 70 60 L 70 70 L 60 70 C</AbbreviatedData></Path></Area></Clip></Clips>"#,
            ),
            Region::Hidden,
        ),
    ];
    for (page, want) in cases {
        let made = document("", "", &[&page], &[]);
        assert_eq!(shown(&made), [(want, "机密")], "{page}");
    }
    let off = text(300.0, 20.0, "", "机密");
    assert_eq!(shown(&document("", "", &[&off], &[])), [(Region::Hidden, "机密")]);
}

#[test]
fn templates_composites_and_annotations_are_drawn() {
    let template = format!(
        "<Page><Content><Layer>{}</Layer></Content></Page>",
        text(20.0, 10.0, "", "秘密★5年")
    );
    let unit = format!(
        r#"<Res BaseLoc="Res"><Fonts><Font ID="1" FontName="黑体"/></Fonts><CompositeGraphicUnits>
        <CompositeGraphicUnit ID="7" Width="9" Height="9"><Content>{}
        <CompositeObject ResourceID="7" Boundary="0 9 9 9"/></Content></CompositeGraphicUnit>
        </CompositeGraphicUnits></Res>"#,
        text(0.0, 0.0, "", "复合")
    );
    let annotations = format!(
        r#"<PageAnnot><Annot Type="Watermark"><Appearance Boundary="50 50 99 99">{}</Appearance>
        </Annot><Annot Type="Highlight"><Remark>批注文字</Remark></Annot></PageAnnot>"#,
        text(0.0, 0.0, "", "内部资料")
    );
    let common =
        r#"<TemplatePage ID="5" BaseLoc="Tpl.xml"/><DocumentRes>DocumentRes.xml</DocumentRes>"#;
    let page = r#"</Layer></Content><Template TemplateID="5"/><Content><Layer>
        <CompositeObject ResourceID="7" Boundary="20 100 9 9"/>"#;
    let page = [page, page];
    let list = r#"<Annotations><Page PageID="1"><FileLoc>A.xml</FileLoc></Page></Annotations>"#;
    let more = [
        ("Doc_0/Tpl.xml", template.as_str()),
        ("Doc_0/DocumentRes.xml", unit.as_str()),
        ("Doc_0/List.xml", list),
        ("Doc_0/A.xml", annotations.as_str()),
    ];
    let made = document(common, "<Annotations>List.xml</Annotations>", &page, &more);
    let all = told(&made.text);
    for wanted in [
        (Region::Header, 1, "秘密★5年"),
        (Region::Header, 2, "秘密★5年"),
        (Region::Body, 1, "复合"),
        (Region::Watermark, 2, "内部资料"),
        (Region::Comment, 2, "批注文字"),
    ] {
        assert!(all.contains(&wanted), "{wanted:?} in {all:?}");
    }
    // A composite object that holds itself ends, and is said.
    assert_eq!(kinds(&made), [GapKind::Damaged]);
    assert!(made.gaps[0].detail.contains("too deep"), "{:?}", made.gaps);
    let style = made.text.styles_in(0..3).next().expect("it has a style").1;
    assert_eq!((style.face.as_str(), style.size), ("黑体", 11.3));
}

#[test]
fn attachments_are_children_and_lost_ones_are_said() {
    let list = r#"<Attachments><Attachment Name="附件"><FileLoc>../../f/a.txt</FileLoc></Attachment>
        <Attachment Name="丢失.doc"><FileLoc>/etc/passwd</FileLoc></Attachment></Attachments>"#;
    let more = [("Doc_0/Attachs/L.xml", list), ("f/a.txt", "机密"), ("stray.bin", "?")];
    let behind = "<Attachments>Attachs/L.xml</Attachments>";
    let made = document("", behind, &[""], &more);
    let children: Vec<_> =
        made.children.iter().map(|c| (c.provenance.name(), c.bytes.len(), c.gaps.len())).collect();
    assert_eq!(children, [("附件.txt", 6, 0), ("丢失.doc", 0, 1), ("stray.bin", 1, 0)]);
}

#[test]
fn missing_pages_scans_and_encryption_are_gaps() {
    let mut all = parts("", "", &["", ""], &[]);
    all.retain(|part| !part.name.ends_with(b"P1.xml"));
    let made = read_parts(all.clone());
    assert_eq!((kinds(&made), made.pages), (vec![GapKind::Damaged], Some(2)));
    all.push(Packed::new("Encryptions.xml", "<Encryptions/>"));
    assert_eq!(kinds(&read_parts(all)), [GapKind::Encrypted]);
    let scan = r#"<ImageObject ResourceID="3" Boundary="0 0 210 297" CTM="210 0 0 297 0 0"/>"#;
    assert_eq!(kinds(&document("", "", &[scan], &[])), [GapKind::ImageOnly]);
    let garbled = text(20.0, 20.0, "", "\u{E001}\u{E002}字");
    assert_eq!(kinds(&document("", "", &[&garbled], &[])), [GapKind::GarbledText]);
    let lost = parts("", "", &[&text(20.0, 20.0, "", "机密")], &[]);
    let made = read_parts(lost.into_iter().filter(|p| p.name != b"OFD.xml").collect());
    assert_eq!(kinds(&made), [GapKind::Damaged]);
    assert_eq!(shown(&made), [(Region::Body, "机密")]);
}

#[test]
fn writing_downwards_stays_together() {
    let page = r#"<TextObject Boundary="20 20 6 100" Font="1" Size="4">
        <TextCode X="0" Y="4" DeltaY="4 4 4">机密★5</TextCode></TextObject>"#;
    assert_eq!(shown(&document("", "", &[page], &[])), [(Region::Body, "机密★5")]);
    let unread = r#"<Layer/>"#;
    let pages = r#"<Page ID="9" BaseLoc="Pages/none.xml"/>"#;
    let made = document("", pages, &[unread], &[]);
    assert!(shown(&made).is_empty());
}

#[test]
fn older_versions_and_strays_are_read_as_hidden() {
    let old = r#"<Document><Pages><Page ID="1" BaseLoc="Old.xml"/></Pages></Document>"#;
    let page = |said: &str| {
        format!("<Page><Content><Layer>{}</Layer></Content></Page>", text(20.0, 20.0, "", said))
    };
    let (first, stray) = (page("绝密"), page("秘密"));
    let more = [
        ("Doc_0/V.xml", "<DocVersion><DocRoot>OldRoot.xml</DocRoot></DocVersion>"),
        ("Doc_0/OldRoot.xml", old),
        ("Doc_0/Old.xml", first.as_str()),
        ("Doc_0/Pages/Page_7/Content.xml", stray.as_str()),
    ];
    let mut all = parts("", "", &[&text(20.0, 20.0, "", "今")], &more);
    let entry = OFD.replace(
        "</ofd:DocBody>",
        r#"<Versions><Version ID="1" BaseLoc="Doc_0/V.xml"/></Versions></ofd:DocBody>"#,
    );
    all[0] = Packed::new("OFD.xml", entry);
    let made = read_parts(all);
    assert_eq!(
        shown(&made),
        [(Region::Body, "今"), (Region::Hidden, "绝密"), (Region::Hidden, "秘密")]
    );
    assert!(made.gaps.is_empty(), "{:?}", made.gaps);
}

#[test]
fn a_million_characters_said_in_few_bytes_are_stopped() {
    let unit = r#"<Res><CompositeGraphicUnits><CompositeGraphicUnit ID="1"><Content>X</Content>
        </CompositeGraphicUnit></CompositeGraphicUnits></Res>"#;
    let mut inside = text(0.0, 0.0, "", "机密");
    let mut res = String::from("<Res><CompositeGraphicUnits>");
    for id in 1..=12 {
        res += &format!(
            r#"<CompositeGraphicUnit ID="{id}"><Content>{inside}</Content></CompositeGraphicUnit>"#
        );
        inside = format!(r#"<CompositeObject ResourceID="{id}" Boundary="0 0 9 9"/>"#).repeat(10);
    }
    res += "</CompositeGraphicUnits></Res>";
    let page = r#"<CompositeObject ResourceID="12" Boundary="0 0 9 9"/>"#;
    let more = [("Doc_0/R.xml", res.as_str()), ("Doc_0/unused.xml", unit)];
    let all = parts("<DocumentRes>R.xml</DocumentRes>", "", &[page], &more);
    let submission = Submission::file("a.ofd", pack(&all, b""));
    let mut budget = Budget::new(Limits { steps: 100_000, ..Limits::default() });
    let made = read(&submission, &mut budget);
    assert!(kinds(&made).iter().any(|k| matches!(k, GapKind::Limit(_))), "{:?}", made.gaps);
}
