//! OpenDocument packages and flat files built in code, read back.

use super::*;
use crate::extract::archive::zip::packer::{Packed, pack};
use crate::extract::{Limits, Passwords};
use crate::model::{Align, SourceText};

const TEXT: &str = "application/vnd.oasis.opendocument.text";

fn content(styles: &str, body: &str) -> String {
    format!(
        "<office:document-content><office:automatic-styles>{styles}</office:automatic-styles>\
         <office:body>{body}</office:body></office:document-content>"
    )
}

fn parts(body: &str, styles: &str, more: &[(&str, &str)]) -> Vec<Packed> {
    let mut all = vec![
        Packed { method: 0, ..Packed::new("mimetype", TEXT) },
        Packed::new("content.xml", content(styles, body)),
    ];
    all.extend(more.iter().map(|(name, content)| Packed::new(*name, content)));
    all
}

fn read_parts(parts: &[Packed]) -> Extraction {
    let submission = Submission::file("a.odt", pack(parts, b""));
    read(&submission, &mut Budget::new(Limits::default()))
}

fn document(body: &str, styles: &str, more: &[(&str, &str)]) -> Extraction {
    read_parts(&parts(body, styles, more))
}

fn text(body: &str) -> Extraction {
    document(&format!("<office:text>{body}</office:text>"), "", &[])
}

fn told(text: &SourceText) -> Vec<(Region, u32, &str, &str)> {
    let of = |b| (text.label(b), text.block_text(b));
    text.blocks().iter().map(|b| (b.region, b.page, of(b).0, of(b).1)).collect()
}

/// Region and text of each block.
fn lines(made: &Extraction) -> Vec<(Region, &str)> {
    told(&made.text).into_iter().map(|(region, _, _, text)| (region, text)).collect()
}

fn kinds(made: &Extraction) -> Vec<GapKind> {
    made.gaps.iter().map(|gap| gap.kind).collect()
}

#[test]
fn characters_are_those_a_person_reads() {
    for (inside, want) in [
        ("  机密\n  ★ 10年", vec![(Region::Body, "机密 ★ 10年")]),
        ("机<text:s text:c=\"3\"/>密<text:tab/>x", vec![(Region::Body, "机   密\tx")]),
        ("一<text:line-break/>二", vec![(Region::Body, "一"), (Region::Body, "二")]),
        (
            "a<text:span>b</text:span><text:a xlink:href=\"u\">c</text:a>d",
            vec![(Region::Body, "abcd")],
        ),
        (
            "机密<text:note text:note-class=\"footnote\"><text:note-citation>1</text:note-citation>\
          <text:note-body><text:p>注</text:p></text:note-body></text:note>★",
            vec![(Region::Body, "机密★"), (Region::Note, "注")],
        ),
        (
            "机<office:annotation><dc:creator>某</dc:creator><text:p>批</text:p></office:annotation>密",
            vec![(Region::Body, "机密"), (Region::Comment, "批")],
        ),
        (
            "文<draw:frame><draw:text-box><text:p>框</text:p></draw:text-box><svg:desc>替</svg:desc>\
          </draw:frame>字",
            vec![(Region::Body, "文字"), (Region::TextBox, "框"), (Region::AltText, "替")],
        ),
        (
            "<text:hidden-text text:string-value=\"藏\" text:is-hidden=\"true\"/>见",
            vec![(Region::Body, "见"), (Region::Hidden, "藏")],
        ),
        (
            "<text:ruby><text:ruby-base>密</text:ruby-base><text:ruby-text>mi</text:ruby-text>\
          </text:ruby>级",
            vec![(Region::Body, "密级"), (Region::Body, "mi")],
        ),
    ] {
        let made = text(&format!("<text:p>{inside}</text:p>"));
        assert_eq!(lines(&made), want, "{inside}");
        assert!(made.gaps.is_empty(), "{inside}: {:?}", made.gaps);
    }
}

#[test]
fn looks_are_kept_and_what_nobody_sees_is_hidden() {
    let styles = r##"<style:style style:name="P1" style:family="paragraph">
        <style:paragraph-properties fo:text-align="end"/>
        <style:text-properties style:font-size-asian="16pt" style:font-name-asian="黑体"/></style:style>
        <style:style style:name="T1" style:family="text"><style:text-properties text:display="none"/>
        </style:style><style:style style:name="T2" style:family="text">
        <style:text-properties style:text-line-through-style="solid" fo:font-weight="bold"/>
        </style:style><style:style style:name="T3" style:family="text">
        <style:text-properties fo:color="#ffffff"/></style:style>
        <style:style style:name="T4" style:family="text">
        <style:text-properties fo:color="#ffffff" fo:background-color="#000000"/></style:style>"##;
    let body = r#"<office:text><text:p text:style-name="P1">机<text:span text:style-name="T1">藏</text:span>密<text:span
        text:style-name="T3">白</text:span><text:span text:style-name="T4">黑</text:span><text:span
        text:style-name="T2">划</text:span></text:p><text:section text:display="none"><text:p>节</text:p>
        </text:section></office:text>"#;
    let made = document(body, styles, &[]);
    assert_eq!(
        lines(&made),
        [(Region::Body, "机密黑划"), (Region::Hidden, "藏白"), (Region::Hidden, "节")]
    );
    assert_eq!(made.text.blocks()[0].align, Align::Right);
    let (_, style) = made.text.styles_in(0..3).next().expect("it has a style");
    assert_eq!((style.size, style.face.as_str(), style.struck), (16.0, "黑体", false));
    let (_, struck) = made.text.styles_in(9..12).next().expect("it has a style");
    assert!(struck.struck && struck.bold);
}

#[test]
fn headers_footers_pages_and_properties_are_where_they_belong() {
    let styles = r#"<style:style style:name="B" style:family="paragraph">
        <style:paragraph-properties fo:break-before="page"/></style:style>"#;
    let body = r#"<office:text><text:p text:style-name="B">一</text:p><text:p>二<text:soft-page-break/></text:p>
        <text:p text:style-name="B">四</text:p></office:text>"#;
    let masters = r#"<office:document-styles><office:master-styles>
        <style:master-page style:name="Standard"><style:header><text:p>秘密★5年</text:p></style:header>
        <style:header-left><text:p>左</text:p></style:header-left>
        <style:footer style:display="false"><text:p>脚</text:p></style:footer></style:master-page>
        <style:master-page style:name="Unused"><style:footer><text:p>闲</text:p></style:footer>
        </style:master-page></office:master-styles></office:document-styles>"#;
    let meta = r#"<office:document-meta><office:meta><dc:title>题</dc:title><dc:date>2020</dc:date>
        <meta:user-defined meta:name="密级">机密</meta:user-defined></office:meta></office:document-meta>"#;
    let made = document(body, styles, &[("styles.xml", masters), ("meta.xml", meta)]);
    assert_eq!(
        told(&made.text),
        [
            (Region::Body, 1, "", "一"),
            (Region::Body, 1, "", "二"),
            (Region::Body, 3, "", "四"),
            (Region::Header, 1, "", "秘密★5年"),
            (Region::Header, 2, "left", "左"),
            (Region::Hidden, 1, "", "脚"),
            (Region::Hidden, 0, "", "闲"),
            (Region::Property, 0, "title", "题"),
            (Region::Property, 0, "密级", "机密"),
        ]
    );
    assert_eq!(made.pages, Some(3));
}

#[test]
fn tables_of_texts_have_labels() {
    let body = r#"<table:table><table:table-column table:number-columns-repeated="2"/>
        <table:table-header-rows><table:table-row><table:table-cell><text:p>密级</text:p></table:table-cell>
        <table:table-cell><text:p>机密</text:p></table:table-cell></table:table-row>
        </table:table-header-rows><table:table-row><table:table-cell table:number-columns-spanned="2">
        <text:p>合</text:p></table:table-cell><table:covered-table-cell><text:p>盖</text:p>
        </table:covered-table-cell></table:table-row></table:table>"#;
    assert_eq!(
        told(&text(body).text),
        [
            (Region::Cell, 1, "t1.r1.c1", "密级"),
            (Region::Cell, 1, "t1.r1.c2", "机密"),
            (Region::Cell, 1, "t1.r2.c1", "合"),
            (Region::Hidden, 1, "t1.r2.c2", "盖"),
        ]
    );
}

#[test]
fn sheets_have_names_cells_and_hidden_places() {
    let styles = r#"<style:style style:name="ta2" style:family="table">
        <style:table-properties table:display="false"/></style:style>"#;
    let body = r#"<office:spreadsheet><table:table table:name="表一">
        <table:table-column/><table:table-column table:visibility="collapse"/>
        <table:table-row table:number-rows-repeated="1048000"><table:table-cell
        table:number-columns-repeated="16000"/></table:table-row>
        <table:table-row><table:table-cell><text:p>机密</text:p></table:table-cell>
        <table:table-cell><text:p>藏</text:p></table:table-cell>
        <table:table-cell table:number-columns-repeated="2"><text:p>重</text:p></table:table-cell>
        <table:table-cell office:value="7"/></table:table-row>
        <table:table-row table:visibility="filter"><table:table-cell><text:p>滤</text:p>
        </table:table-cell></table:table-row></table:table>
        <table:table table:name="S2" table:style-name="ta2"><table:table-row><table:table-cell>
        <text:p>深</text:p></table:table-cell></table:table-row></table:table></office:spreadsheet>"#;
    let made = document(body, styles, &[]);
    assert_eq!(
        told(&made.text),
        [
            (Region::Property, 1, "sheet", "表一"),
            (Region::Cell, 1, "表一!A1048001", "机密"),
            (Region::Hidden, 1, "表一!B1048001", "藏"),
            (Region::Cell, 1, "表一!C1048001", "重"),
            (Region::Cell, 1, "表一!D1048001", "重"),
            (Region::Cell, 1, "表一!E1048001", "7"),
            (Region::Hidden, 1, "表一!A1048002", "滤"),
            (Region::Hidden, 2, "sheet", "S2"),
            (Region::Hidden, 2, "S2!A1", "深"),
        ]
    );
}

#[test]
fn names_formulas_and_validations_of_sheets_are_read() {
    let body = r#"<office:spreadsheet><table:content-validations><table:content-validation
        table:condition="of:cell-content-is-in-list(&quot;机密&quot;;&quot;秘密&quot;)"><table:help-message>
        <text:p>选密级</text:p></table:help-message></table:content-validation></table:content-validations>
        <table:table table:name="S"><table:table-row>
        <table:table-cell table:formula="of:=IF([.B1];&quot;是&quot;;&quot;绝密&quot;)"><text:p>是</text:p></table:table-cell>
        <table:table-cell table:formula="of:=&quot;机&quot;&amp;&quot;密&quot;" office:string-value="机密"/>
        <table:table-cell table:formula="of:=IF([.C1];&quot;是&quot;;&quot;绝密&quot;)" office:string-value="是"/>
        </table:table-row></table:table><table:dde-links><table:dde-link><office:dde-source/><table:table>
        <table:table-row><table:table-cell office:string-value="外表"/></table:table-row></table:table>
        </table:dde-link></table:dde-links><table:named-expressions>
        <table:named-range table:name="密级" table:cell-range-address="$S.$A$1"/>
        <table:named-expression table:name="mark" table:expression="of:=&quot;机密★10年&quot;"/>
        <table:named-expression table:name="rate" table:expression="of:=0.5"/>
        </table:named-expressions></office:spreadsheet>"#;
    let made = document(body, "", &[]);
    assert_eq!(
        told(&made.text),
        [
            (Region::Property, 1, "sheet", "S"),
            (Region::Cell, 1, "S!A1", "是"),
            (Region::Hidden, 1, "S!A1", "=IF([.B1];\"是\";\"绝密\")"),
            (Region::Cell, 1, "S!B1", "机密"),
            (Region::Cell, 1, "S!C1", "是"),
            (Region::Hidden, 0, "validation", "机密"),
            (Region::Hidden, 0, "validation", "秘密"),
            (Region::Hidden, 0, "validation", "选密级"),
            (Region::Hidden, 1, "t2.r1.c1", "外表"),
            (Region::Property, 0, "name", "密级"),
            (Region::Property, 0, "mark", "=\"机密★10年\""),
        ]
    );
}

#[test]
fn slides_are_pages() {
    let styles = r#"<style:style style:name="dp2" style:family="drawing-page">
        <style:drawing-page-properties presentation:visibility="hidden"/></style:style>"#;
    let body = r##"<office:presentation><presentation:footer-decl presentation:name="f1">内部资料</presentation:footer-decl>
        <draw:page draw:name="p1" presentation:use-footer-name="f1"><draw:frame presentation:class="title">
        <draw:text-box><text:p>题</text:p></draw:text-box></draw:frame><draw:custom-shape>
        <text:p>机密★10年</text:p><draw:enhanced-geometry/></draw:custom-shape>
        <presentation:notes><draw:frame presentation:class="notes"><draw:text-box><text:p>备注</text:p>
        </draw:text-box></draw:frame></presentation:notes></draw:page>
        <draw:page draw:style-name="dp2"><draw:frame><draw:text-box><text:p>藏</text:p></draw:text-box>
        </draw:frame></draw:page></office:presentation>"##;
    let masters = r#"<office:document-styles><office:master-styles><style:master-page style:name="M">
        <draw:frame presentation:class="title" presentation:placeholder="true"><draw:text-box><text:p>点击此处</text:p>
        </draw:text-box></draw:frame><draw:rect><text:p>秘密</text:p></draw:rect></style:master-page>
        </office:master-styles></office:document-styles>"#;
    let made = document(body, styles, &[("styles.xml", masters)]);
    assert_eq!(
        told(&made.text),
        [
            (Region::Body, 1, "title", "题"),
            (Region::TextBox, 1, "", "机密★10年"),
            (Region::Note, 1, "notes", "备注"),
            (Region::Hidden, 2, "hidden slide", "藏"),
            (Region::Footer, 1, "declared", "内部资料"),
            (Region::TextBox, 1, "master", "秘密"),
        ]
    );
    assert_eq!(made.pages, Some(2));
}

#[test]
fn deletions_forms_and_variables_come_behind_the_body() {
    let made = text(
        r#"<text:tracked-changes><text:changed-region text:id="c1"><text:deletion><office:change-info>
        <dc:creator>某</dc:creator></office:change-info><text:p>绝密</text:p></text:deletion>
        </text:changed-region></text:tracked-changes><office:forms><form:form><form:text
        form:name="密级" form:current-value="机密"/></form:form></office:forms><text:user-field-decls>
        <text:user-field-decl text:name="期限" office:string-value="10年"/></text:user-field-decls>
        <text:p>正<text:change text:change-id="c1"/>文</text:p>"#,
    );
    assert_eq!(
        told(&made.text),
        [
            (Region::Body, 1, "", "正文"),
            (Region::FormField, 1, "密级", "机密"),
            (Region::Property, 0, "期限", "10年"),
            (Region::Deleted, 1, "", "绝密"),
        ]
    );
}

#[test]
fn objects_are_read_and_files_are_children() {
    let body = r##"<office:text><text:p>文<draw:frame><draw:object xlink:href="./Object 1"/><draw:image
        xlink:href="./ObjectReplacements/Object 1"/></draw:frame><draw:frame><draw:object-ole
        xlink:href="./Object 2"/></draw:frame><draw:frame><draw:image xlink:href="Pictures/none.png"/>
        </draw:frame></text:p></office:text>"##;
    let chart = r#"<office:document-content><office:body><office:chart><chart:chart><chart:title>
        <text:p>图题</text:p></chart:title></chart:chart></office:chart></office:body></office:document-content>"#;
    let more = [
        ("Object 1/content.xml", chart),
        ("ObjectReplacements/Object 1", "x"),
        ("Object 2", "机密"),
        ("stray.txt", "?"),
        ("settings.xml", "<x/>"),
    ];
    let made = document(body, "", &more);
    assert_eq!(lines(&made), [(Region::Body, "文"), (Region::TextBox, "图题")]);
    let children: Vec<_> = made.children.iter().map(|c| c.provenance.name()).collect();
    assert_eq!(children, ["Object 2", "stray.txt"]);
    // Two pictures and a chart's likeness, and hardly any letters.
    assert_eq!(kinds(&made), [GapKind::ImageOnly]);
    assert_eq!(made.notes.iter().map(|n| n.id).collect::<Vec<_>>(), ["missing-parts"]);
}

#[test]
fn flat_documents_are_read_whole() {
    let flat = r#"<?xml version="1.0"?><office:document office:mimetype="application/vnd.oasis.opendocument.text">
        <office:meta><dc:subject>主</dc:subject></office:meta><office:master-styles>
        <style:master-page style:name="Standard"><style:footer><text:p>脚</text:p></style:footer>
        </style:master-page></office:master-styles><office:body><office:text><text:p>机密★10年</text:p>
        <text:p><draw:frame><draw:image><office:binary-data>AAAA</office:binary-data></draw:image>
        </draw:frame>这一段有十六个以上的汉字所以不是扫描</text:p></office:text></office:body></office:document>"#;
    let submission = Submission::file("a.fodt", flat.as_bytes());
    assert_eq!(crate::extract::sniff(flat.as_bytes()).media_type(), format!("{TEXT}-flat-xml"));
    let made = read_flat(&submission, &mut Budget::new(Limits::default()));
    assert_eq!(
        lines(&made),
        [
            (Region::Body, "机密★10年"),
            (Region::Body, "这一段有十六个以上的汉字所以不是扫描"),
            (Region::Footer, "脚"),
            (Region::Property, "主"),
        ]
    );
    assert!(made.gaps.is_empty(), "{:?}", made.gaps);
}

#[test]
fn damage_is_said_and_what_was_read_is_kept() {
    let whole = parts("<office:text><text:p>机密</text:p></office:text>", "", &[]);
    let mut cut = whole.clone();
    let content = cut[1].content.clone();
    cut[1] = Packed::new("content.xml", &content[..content.len() - 60]);
    let made = read_parts(&cut);
    assert_eq!(
        (lines(&made), kinds(&made)),
        (vec![(Region::Body, "机密")], vec![GapKind::Damaged])
    );
    let made = read_parts(&whole[..1]);
    assert_eq!(kinds(&made), [GapKind::Damaged]);
}

/// A package whose content is encrypted with AES-256 in CBC mode.
fn encrypted(password: &str) -> Vec<Packed> {
    use aes::cipher::{BlockModeEncrypt, KeyIvInit, block_padding::NoPadding};
    use sha2::Digest;
    let mut all = parts("<office:text><text:p>机密★10年</text:p></office:text>", "", &[]);
    let zip = pack(&[Packed::new("x", &all[1].content)], b"");
    // What stands between the local header and the central directory is deflated.
    let end = zip.windows(4).position(|w| w == b"PK\x01\x02").expect("it has one");
    let mut plain = zip[31..end].to_vec();
    let sum = sha2::Sha256::digest(&plain[..plain.len().min(1024)]);
    let filled = 16 - plain.len() % 16;
    plain.resize(plain.len() + filled, filled as u8);
    let mut key = [0; 32];
    let start = sha2::Sha256::digest(password.as_bytes());
    pbkdf2::pbkdf2_hmac::<sha1::Sha1>(&start, b"salt", 100, &mut key);
    let length = plain.len();
    cbc::Encryptor::<aes::Aes256>::new_from_slices(&key, &[7; 16])
        .expect("sizes are right")
        .encrypt_padded::<NoPadding>(&mut plain, length)
        .expect("it fills its blocks");
    all[1] = Packed { method: 0, ..Packed::new("content.xml", plain) };
    let base64 = |bytes: &[u8]| -> String {
        const DIGITS: &[u8; 64] =
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let bits: String = bytes.iter().map(|b| format!("{b:08b}")).collect();
        let digit = |six: &[u8]| {
            let six = std::str::from_utf8(six).expect("digits");
            DIGITS[usize::from_str_radix(&format!("{six:0<6}"), 2).expect("binary")] as char
        };
        bits.as_bytes().chunks(6).map(digit).collect()
    };
    let manifest = format!(
        r##"<manifest:manifest><manifest:file-entry manifest:full-path="content.xml">
        <manifest:encryption-data manifest:checksum-type="urn:x#sha256-1k" manifest:checksum="{}">
        <manifest:algorithm manifest:algorithm-name="http://x#aes256-cbc" manifest:initialisation-vector="{}"/>
        <manifest:key-derivation manifest:key-derivation-name="PBKDF2" manifest:key-size="32"
        manifest:iteration-count="100" manifest:salt="{}"/><manifest:start-key-generation
        manifest:start-key-generation-name="http://x#sha256"/></manifest:encryption-data>
        </manifest:file-entry></manifest:manifest>"##,
        base64(&sum),
        base64(&[7; 16]),
        base64(b"salt"),
    );
    all.push(Packed::new("META-INF/manifest.xml", manifest));
    all
}

#[test]
fn encrypted_documents_open_with_their_password_only() {
    let submission = Submission::file("a.odt", pack(&encrypted("口令"), b""));
    for (passwords, want) in [("", false), ("口", false), ("x\n口令\ny", true)] {
        let budget = Budget::new(Limits::default());
        let mut budget = budget.with_passwords(Passwords::from_lines(passwords));
        let made = read(&submission, &mut budget);
        if want {
            assert_eq!(lines(&made), [(Region::Body, "机密★10年")]);
            assert!(made.gaps.is_empty(), "{:?}", made.gaps);
        } else {
            assert!(made.text.as_str().is_empty());
            assert_eq!(kinds(&made), [GapKind::Encrypted]);
        }
    }
}

#[test]
fn nothing_nests_without_end() {
    let deep = "<text:section>".repeat(5000);
    assert_eq!(kinds(&text(&deep)), [GapKind::Damaged]);
    let boxes = "<text:p><draw:frame><draw:text-box>".repeat(1000);
    let made = text(&format!("{boxes}<text:p>底</text:p>"));
    assert_eq!(lines(&made), [(Region::TextBox, "底")]);
    assert_eq!(kinds(&made), [GapKind::Damaged]);
}
