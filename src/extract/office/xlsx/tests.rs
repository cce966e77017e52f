//! Cases for workbooks: packages made here, text and places expected.

use super::read;
use crate::extract::archive::zip::packer::{Packed, pack};
use crate::extract::{Budget, Extraction, Limits};
use crate::model::{Align, GapKind, Region, Submission};

const TYPES: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml";
const DRAWN: &str = "application/vnd.openxmlformats-officedocument";
const RELATED: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// A workbook under construction.
#[derive(Default)]
struct Book {
    /// Sheets: attributes, what is in the part, relationships of the part.
    sheets: Vec<(String, String, String)>,
    strings: String,
    styles: String,
    more: String,
    parts: Vec<(String, String, Vec<u8>)>,
}

fn relationship(id: &str, kind: &str, target: &str) -> String {
    format!(r#"<Relationship Id="{id}" Type="{RELATED}/{kind}" Target="/{target}"/>"#)
}

impl Book {
    /// A workbook of one sheet with these rows.
    fn of(rows: &str) -> Self {
        Self::default().sheet(r#"name="表""#, &format!("<sheetData>{rows}</sheetData>"), "")
    }

    fn sheet(mut self, attributes: &str, inside: &str, related: &str) -> Self {
        self.sheets.push((attributes.into(), inside.into(), related.into()));
        self
    }

    /// Adds to the last sheet behind its cells, with what that refers to.
    fn behind(mut self, inside: &str, related: &str) -> Self {
        let sheet = self.sheets.last_mut().unwrap();
        sheet.1.push_str(inside);
        sheet.2.push_str(related);
        self
    }

    fn strings(mut self, items: &str) -> Self {
        self.strings = format!("<sst>{items}</sst>");
        self
    }

    fn styles(mut self, inside: &str) -> Self {
        self.styles = format!("<styleSheet>{inside}</styleSheet>");
        self
    }

    fn more(mut self, inside: &str) -> Self {
        self.more.push_str(inside);
        self
    }

    fn part(mut self, name: &str, kind: &str, content: impl AsRef<[u8]>) -> Self {
        self.parts.push((name.into(), kind.into(), content.as_ref().to_vec()));
        self
    }

    fn bytes(self) -> Vec<u8> {
        let mut overrides = format!(
            r#"<Override PartName="/xl/workbook.xml" ContentType="{TYPES}.sheet.main+xml"/>"#
        );
        let (mut list, mut related) = (String::new(), String::new());
        let mut members = Vec::new();
        for (n, (attributes, inside, own)) in self.sheets.iter().enumerate() {
            let name = format!("xl/worksheets/sheet{}.xml", n + 1);
            list += &format!(r#"<sheet {attributes} sheetId="{}" r:id="s{n}"/>"#, n + 7);
            related += &relationship(&format!("s{n}"), "worksheet", &name);
            overrides +=
                &format!(r#"<Override PartName="/{name}" ContentType="{TYPES}.worksheet+xml"/>"#);
            let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
            let part =
                format!(r#"<worksheet xmlns="{main}" xmlns:r="{RELATED}">{inside}</worksheet>"#);
            members.push(Packed::new(name, part));
            if !own.is_empty() {
                let rels = format!("<Relationships>{own}</Relationships>");
                let name = format!("xl/worksheets/_rels/sheet{}.xml.rels", n + 1);
                members.push(Packed::new(name, rels));
            }
        }
        for (name, kind, content) in
            [("sharedStrings", "sharedStrings", &self.strings), ("styles", "styles", &self.styles)]
        {
            if !content.is_empty() {
                let part = format!("xl/{name}.xml");
                related += &relationship(name, kind, &part);
                members.push(Packed::new(part, content));
            }
        }
        for (name, kind, content) in &self.parts {
            overrides += &format!(r#"<Override PartName="/{name}" ContentType="{kind}"/>"#);
            members.push(Packed::new(name, content));
        }
        let types = format!(
            r#"<Types><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="png" ContentType="image/png"/>{overrides}</Types>"#
        );
        let root = relationship("m", "officeDocument", "xl/workbook.xml");
        let workbook = format!(
            r#"<workbook xmlns:r="{RELATED}"><sheets>{list}</sheets>{}</workbook>"#,
            self.more
        );
        let mut all = vec![
            Packed::new("[Content_Types].xml", types),
            Packed::new("_rels/.rels", format!("<Relationships>{root}</Relationships>")),
            Packed::new("xl/workbook.xml", workbook),
            Packed::new(
                "xl/_rels/workbook.xml.rels",
                format!("<Relationships>{related}</Relationships>"),
            ),
        ];
        all.extend(members);
        pack(&all, b"")
    }

    fn read(self) -> Extraction {
        read_bytes(self.bytes())
    }
}

fn read_bytes(bytes: Vec<u8>) -> Extraction {
    let submission = Submission::file("a.xlsx", bytes);
    read(&submission, &mut Budget::new(Limits::default()))
}

/// Lines as `page line region [label] text`, the sheet's name left out where it
/// is `表`.
fn told(extraction: &Extraction) -> Vec<String> {
    let text = &extraction.text;
    let lines = text.blocks().iter().map(|b| {
        let region = format!("{:?}", b.region).to_lowercase();
        let label = text.label(b).trim_start_matches("表!").to_owned();
        format!("{} {} {region} [{label}] {}", b.page, b.line, text.block_text(b))
    });
    lines.filter(|line| line != "1 1 property [sheet] 表").collect()
}

fn check(book: Book, want: &[&str]) {
    let extraction = book.read();
    assert_eq!(told(&extraction), want);
    assert_eq!(extraction.gaps, []);
}

#[test]
fn values_of_every_kind_are_shown() {
    let rows = r#"<row r="1"><c r="A1" t="s"><v>1</v></c><c r="C1"><v>0.10000000000000001</v></c>
        <c r="D1" t="b"><v>1</v></c><c r="E1" t="e"><v>#N/A</v></c><c t="str"><f>A1</f><v>a&amp;b</v></c>
        <c r="G1" t="inlineStr"><is><r><t>机</t></r><r><t xml:space="preserve">密 </t></r></is></c></row>
        <row><c><v>7</v></c><c t="d"><v>2014-03-01</v></c><c r="C2"/><c r="D2" t="s"><v>0</v></c></row>"#;
    check(
        Book::of(rows).strings("<si><t>甲_x000D_\n乙</t></si><si><t>字</t></si>"),
        &[
            "1 1 cell [A1] 字",
            "1 2 cell [C1] 0.1",
            "1 3 cell [D1] TRUE",
            "1 4 cell [E1] #N/A",
            "1 5 cell [F1] a&b",
            "1 6 cell [G1] 机密 ",
            "1 7 cell [A2] 7",
            "1 8 cell [B2] 2014-03-01",
            "1 9 cell [D2] 甲",
            "1 10 cell [D2] 乙",
        ],
    );
}

#[test]
fn strict_documents_and_prefixes_are_read_alike() {
    let mut book = Book::of(r#"<row r="1"><c r="A1" t="inlineStr"><is><t>机密</t></is></c></row>"#);
    book.sheets[0].1 = concat!(
        r#"<x:sheetData xmlns:x="http://purl.oclc.org/ooxml/spreadsheetml/main"><x:row r="1">"#,
        r#"<x:c r="A1" t="inlineStr"><x:is><x:t>机密</x:t></x:is></x:c></x:row></x:sheetData>"#,
    )
    .into();
    check(book, &["1 1 cell [A1] 机密"]);
}

#[test]
fn sheets_come_in_order_and_hidden_ones_are_hidden() {
    let cell = |text: &str| {
        format!(
            r#"<sheetData><row><c t="inlineStr"><is><t>{text}</t></is></c></row></sheetData>
            <headerFooter><oddHeader>&amp;R秘密</oddHeader></headerFooter>"#
        )
    };
    let book = Book::default()
        .sheet(r#"name="乙""#, &cell("二"), "")
        .sheet(r#"name="藏" state="veryHidden""#, &cell("一"), "")
        .sheet(r#"name="甲" state="visible""#, &cell("三"), "");
    check(
        book,
        &[
            "1 1 property [sheet] 乙",
            "1 1 cell [乙!A1] 二",
            "1 1 header [] 秘密",
            "2 1 hidden [sheet] 藏",
            "2 2 hidden [藏!A1] 一",
            "2 3 hidden [] 秘密",
            "3 1 property [sheet] 甲",
            "3 1 cell [甲!A1] 三",
            "3 1 header [] 秘密",
        ],
    );
}

const LOOKS: &str = r#"<numFmts><numFmt numFmtId="200" formatCode="&quot;机密★&quot;0&quot;年&quot;"/>
    <numFmt numFmtId="201" formatCode=";;;"/></numFmts>
    <fonts><font/><font><color rgb="FFFFFFFF"/></font><font><b/><sz val="16"/><color rgb="FFFF0000"/><name val="黑体"/></font>
    <font><strike/></font></fonts>
    <fills><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="solid"><fgColor rgb="FF000000"/></patternFill></fill></fills>
    <cellStyleXfs><xf fontId="1"/></cellStyleXfs>
    <cellXfs><xf/><xf fontId="1"/><xf fontId="1" fillId="1"/><xf fontId="2"><alignment horizontal="center"/></xf>
    <xf numFmtId="31"><extLst><ext><xf numFmtId="0"/></ext></extLst></xf><xf numFmtId="200"/><xf numFmtId="201"/><xf fontId="3"/></cellXfs>
    <dxfs><dxf><font><color rgb="FFFFFFFF"/></font></dxf></dxfs>"#;

#[test]
fn what_is_not_seen_is_hidden() {
    let rows = r#"<row r="1"><c r="A1" s="1" t="s"><v>0</v></c><c r="B1" s="2" t="s"><v>0</v></c>
        <c r="C1" t="s"><v>0</v></c><c r="D1" t="s"><v>0</v></c></row>
        <row r="2" hidden="1"><c r="A2" t="s"><v>0</v></c></row>
        <row r="3" ht="0"><c r="A3"><v>3</v></c></row>
        <row r="4"><c r="A4" s="6"><v>5</v></c><c r="B4" s="6" t="s"><v>0</v></c></row>
        <row r="5"><c r="A5" t="s"><v>0</v></c><c r="B5" t="s"><v>0</v></c></row>
        <row r="6"><c r="A6" t="s"><v>0</v></c><c r="B6" s="1" t="s"><v>1</v></c></row>"#;
    let mut book = Book::of(rows)
        .strings(
            r#"<si><t>字</t></si><si><r><rPr><color rgb="FF000000"/></rPr><t>黑</t></r>
            <r><rPr><color rgb="FFFEFEFE"/></rPr><t>白</t></r></si>"#,
        )
        .styles(LOOKS)
        .behind(r#"<mergeCells><mergeCell ref="A5:B6"/></mergeCells>"#, "");
    book.sheets[0].1.insert_str(0, r#"<cols><col min="3" max="3" hidden="1"/></cols>"#);
    let extraction = book.read();
    assert_eq!(
        told(&extraction),
        [
            "1 1 hidden [A1] 字",
            "1 1 cell [B1] 字",
            "1 2 hidden [C1] 字",
            "1 2 cell [D1] 字",
            "1 3 hidden [A2] 字",
            "1 4 hidden [A3] 3",
            "1 5 hidden [A4] 5",
            "1 6 hidden [B4] 字",
            "1 3 cell [A5] 字",
            "1 7 hidden [B5] 字",
            "1 8 hidden [A6] 字",
            "1 9 hidden [B6] 黑白",
        ]
    );
    let text = &extraction.text;
    let white = text.styles_in(0..text.as_str().len()).filter(|(_, style)| style.hidden);
    let white: Vec<_> = white.map(|(span, _)| &text.as_str()[span]).collect();
    assert_eq!(white, ["字", "白"]);
}

#[test]
fn looks_dates_and_words_of_formats_are_shown() {
    let rows = r#"<row r="1"><c r="A1" s="3" t="s"><v>0</v></c><c r="B1" s="4"><v>41699</v></c>
        <c r="C1" s="5"><v>10</v></c><c r="D1" s="7" t="s"><v>0</v></c></row>"#;
    let extraction = Book::of(rows).strings("<si><t>字</t></si>").styles(LOOKS).read();
    assert_eq!(
        told(&extraction),
        [
            "1 1 cell [A1] 字",
            "1 2 cell [B1] 2014年3月1日",
            "1 3 cell [C1] 机密★10年",
            "1 4 cell [D1] 字",
        ]
    );
    let text = &extraction.text;
    assert_eq!(text.blocks()[1].align, Align::Center);
    let styles: Vec<_> = text.styles_in(0..text.as_str().len()).map(|(_, s)| s.clone()).collect();
    assert_eq!((styles[0].face.as_str(), styles[0].size, styles[0].bold), ("黑体", 16.0, true));
    assert_eq!(styles[0].color, Some([255, 0, 0]));
    assert!(styles[1].struck);
    let book = Book::of(rows).strings("<si><t>字</t></si>").styles(LOOKS);
    let told = told(&book.more(r#"<workbookPr date1904="1"/>"#).read());
    assert_eq!(told[1], "1 2 cell [B1] 2018年3月2日");
}

#[test]
fn headers_and_footers_of_every_kind() {
    let margins = r#"<headerFooter differentFirst="1"><oddHeader>&amp;L左&amp;C&amp;"黑体,加粗"&amp;16机密★10年&amp;R&amp;A</oddHeader>
        <oddFooter>第&amp;P页</oddFooter><evenHeader>偶</evenHeader><firstHeader>首</firstHeader></headerFooter>
        <customSheetViews><customSheetView><headerFooter><oddHeader>视图</oddHeader></headerFooter>
        </customSheetView></customSheetViews>"#;
    let extraction = Book::of("").behind(margins, "").read();
    assert_eq!(
        told(&extraction),
        [
            "1 1 header [] 左",
            "1 2 header [] 机密★10年",
            "1 3 header [] 表",
            "1 4 header [even] 偶",
            "1 5 header [first] 首",
            "1 6 header [] 视图",
            "1 1 footer [] 第页",
        ]
    );
    let text = &extraction.text;
    let aligned: Vec<_> = text.blocks()[1..4].iter().map(|b| b.align).collect();
    assert_eq!(aligned, [Align::Left, Align::Center, Align::Right]);
    let unseen = text.styles_in(0..text.as_str().len()).filter(|(_, s)| s.hidden);
    let unseen: Vec<_> = unseen.map(|(span, _)| &text.as_str()[span]).collect();
    assert_eq!(unseen, ["偶", "视图"]);
}

#[test]
fn text_beside_the_cells_is_read() {
    let behind = r#"<dataValidations><dataValidation promptTitle="题" prompt="提示" error="错" sqref="A1">
        <formula1>"绝密,机密"</formula1></dataValidation><dataValidation><formula1>$A$1:$A$3</formula1>
        </dataValidation></dataValidations><hyperlinks><hyperlink ref="B2" tooltip="链接说明"/></hyperlinks>
        <scenarios><scenario name="方案" comment="说明"><inputCells r="A1" val="5"/></scenario></scenarios>
        <extLst><ext><x14:dataValidation prompt="扩展"><x14:formula1><xm:f>"秘密"</xm:f></x14:formula1>
        </x14:dataValidation></ext></extLst>"#;
    let names = r#"<definedNames><definedName name="暗语">"机密★5年"</definedName>
        <definedName name="_xlnm.Print_Area">表!$A$1</definedName></definedNames>"#;
    check(
        Book::of("").behind(behind, "").more(names),
        &[
            "1 1 hidden [validation] 题",
            "1 2 hidden [validation] 提示",
            "1 3 hidden [validation] 错",
            "1 4 hidden [validation] 绝密,机密",
            "1 5 hidden [scenario] 方案",
            "1 6 hidden [scenario] 说明",
            "1 7 hidden [scenario] 5",
            "1 8 hidden [validation] 扩展",
            "1 9 hidden [validation] 秘密",
            "0 0 property [name] 暗语",
            "0 0 property [暗语] =\"机密★5年\"",
            "1 1 alttext [B2] 链接说明",
        ],
    );
}

#[test]
fn texts_of_formulas_count_once_and_results_that_are_missing_are_told() {
    let rows = r#"<row><c t="str"><f>IF(B1,"机密","无")</f><v>无</v></c><c><v>0</v></c></row>
        <row><c t="str"><f>IF(B2,"机密","无")</f><v>无</v></c></row>
        <row><c><f>"机"&amp;"密★10年"</f></c></row>"#;
    let extraction = Book::of(rows).read();
    assert_eq!(
        told(&extraction),
        [
            "1 1 cell [A1] 无",
            "1 1 hidden [A1] =IF(B1,\"机密\",\"无\")",
            "1 2 cell [B1] 0",
            "1 3 cell [A2] 无",
            "1 2 hidden [A3] =\"机\"&\"密★10年\"",
            "1 3 hidden [A3] 机密★10年",
        ]
    );
    assert_eq!(extraction.notes.iter().map(|n| n.id).collect::<Vec<_>>(), ["formulas"]);
}

#[test]
fn comments_old_and_new() {
    let related = relationship("c", "comments", "xl/comments1.xml")
        + &relationship("t", "threadedComment", "xl/threadedComments/t1.xml");
    let old = r#"<comments><authors><author>某人</author></authors><commentList><comment ref="B2" authorId="0">
        <text><r><t>旧</t></r><r><t>批注</t></r></text></comment></commentList></comments>"#;
    let new = r#"<ThreadedComments><threadedComment ref="C3" personId="x"><text>新批注</text></threadedComment>
        <threadedComment ref="C3"><text>回复</text></threadedComment></ThreadedComments>"#;
    check(
        Book::of("")
            .behind("", &related)
            .part("xl/comments1.xml", &format!("{TYPES}.comments+xml"), old)
            .part(
                "xl/threadedComments/t1.xml",
                "application/vnd.ms-excel.threadedcomments+xml",
                new,
            ),
        &["1 1 comment [B2] 旧批注", "1 2 comment [C3] 新批注", "1 3 comment [C3] 回复"],
    );
}

const DRAWING: &str = concat!(
    r#"<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" "#,
    r#"xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" "#,
    r#"xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">"#,
    r#"<xdr:twoCellAnchor><xdr:from><xdr:col>1</xdr:col><xdr:row>2</xdr:row></xdr:from><xdr:sp>"#,
    r#"<xdr:nvSpPr><xdr:cNvPr id="2" name="框" descr="说明"/></xdr:nvSpPr><xdr:spPr/><xdr:txBody>"#,
    r#"<a:p><a:pPr algn="ctr"><a:buChar char="•"/></a:pPr><a:r><a:rPr b="1" sz="1600"/><a:t>机密</a:t></a:r>"#,
    r#"<a:r><a:t>★10年</a:t></a:r><a:br/><a:r><a:t>第二行</a:t></a:r></a:p><a:p><a:r><a:rPr>"#,
    r#"<a:solidFill><a:srgbClr val="FFFFFF"/></a:solidFill></a:rPr><a:t>白字</a:t></a:r></a:p>"#,
    r#"</xdr:txBody></xdr:sp></xdr:twoCellAnchor>"#,
    r#"<xdr:sp><xdr:nvSpPr><xdr:cNvPr id="3" name="x" hidden="1"/></xdr:nvSpPr><xdr:txBody><a:p><a:r>"#,
    r#"<a:t>藏框</a:t></a:r></a:p></xdr:txBody></xdr:sp>"#,
    r#"<mc:AlternateContent><mc:Choice><xdr:sp><xdr:nvSpPr><xdr:cNvPr id="4" name="PowerPlusWaterMark"/>"#,
    r#"</xdr:nvSpPr><xdr:txBody><a:p><a:r><a:t>水印字</a:t></a:r></a:p></xdr:txBody></xdr:sp></mc:Choice>"#,
    r#"<mc:Fallback><xdr:sp><xdr:txBody><a:p><a:r><a:t>水印字</a:t></a:r></a:p><a:p><a:r><a:t>另字"#,
    r#"</a:t></a:r></a:p></xdr:txBody></xdr:sp></mc:Fallback></mc:AlternateContent>"#,
    r#"<xdr:pic><xdr:blipFill><a:blip/></xdr:blipFill></xdr:pic></xdr:wsDr>"#,
);

#[test]
fn drawings_charts_and_controls() {
    let vml = r#"<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:x="urn:schemas-microsoft-com:office:excel">
        <v:shapetype><v:textpath string="模板"/></v:shapetype>
        <v:shape alt="图注"><v:textbox><div style='text-align:left'><font>按<br>钮</font></div></v:textbox></v:shape>
        <v:shape><v:imagedata o:title="页眉图"/><v:textpath string="艺术字"/></v:shape></xml>"#;
    let chart = r#"<c:chartSpace xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">
        <c:title><a:p><a:r><a:t>图题</a:t></a:r></a:p></c:title></c:chartSpace>"#;
    let related = relationship("d", "drawing", "xl/drawings/drawing1.xml")
        + &relationship("v", "vmlDrawing", "xl/drawings/vmlDrawing1.vml");
    let extraction = Book::of("")
        .behind("", &related)
        .part("xl/drawings/drawing1.xml", &format!("{DRAWN}.drawing+xml"), DRAWING)
        .part("xl/drawings/vmlDrawing1.vml", &format!("{DRAWN}.vmlDrawing"), vml)
        .part("xl/charts/chart1.xml", &format!("{DRAWN}.drawingml.chart+xml"), chart)
        .part(
            "xl/drawings/_rels/drawing1.xml.rels",
            "application/vnd.openxmlformats-package.relationships+xml",
            format!(
                "<Relationships>{}</Relationships>",
                relationship("c", "chart", "xl/charts/chart1.xml")
            ),
        )
        .read();
    assert_eq!(
        told(&extraction),
        [
            "1 1 textbox [B3] 机密★10年",
            "1 2 textbox [B3] 第二行",
            "1 3 textbox [B3] 白字",
            "1 1 hidden [表] 藏框",
            "1 1 watermark [表] 水印字",
            "1 4 textbox [表] 另字",
            "1 5 textbox [表] 按",
            "1 6 textbox [表] 钮",
            "1 7 textbox [表] 艺术字",
            "1 8 textbox [chart] 图题",
            "1 1 alttext [B3] 说明",
            "1 2 alttext [表] 图注",
            "1 3 alttext [表] 页眉图",
        ]
    );
    let text = &extraction.text;
    let white = text.styles_in(0..text.as_str().len()).find(|(_, s)| s.hidden);
    assert_eq!(white.map(|(span, _)| &text.as_str()[span]), Some("白字"));
    assert_eq!(text.blocks()[1].align, Align::Center);
    assert_eq!(extraction.gaps, []);
    assert_eq!(extraction.notes.iter().map(|n| n.id).collect::<Vec<_>>(), ["pictures"]);
}

#[test]
fn parts_beside_the_sheets_say_what_no_cell_says() {
    let rows = r#"<row><c t="s"><v>0</v></c></row>"#;
    let pivot = r#"<pivotCacheDefinition><sharedItems><s v="甲"/><s v="机密★10年"/></sharedItems></pivotCacheDefinition>"#;
    let outside = r#"<externalLink><externalBook><sheetNames><sheetName val="别表"/></sheetNames>
        <sheetDataSet><cell r="A1" t="str"><v>旧值</v></cell></sheetDataSet></externalBook></externalLink>"#;
    let log = r#"<revisions><rcc><oc t="inlineStr"><is><t>改前</t></is></oc></rcc></revisions>"#;
    let book = Book::of(rows)
        .strings("<si><t>甲</t></si><si><t>剩下</t></si>")
        .part("xl/pivotCache/p1.xml", &format!("{TYPES}.pivotCacheDefinition+xml"), pivot)
        .part("xl/externalLinks/e1.xml", &format!("{TYPES}.externalLink+xml"), outside)
        .part("xl/revisions/l1.xml", &format!("{TYPES}.revisionLog+xml"), log)
        .part("xl/calcChain.xml", &format!("{TYPES}.calcChain+xml"), "<calcChain/>")
        .part("xl/vbaProject.bin", "application/vnd.ms-office.vbaProject", "code");
    let extraction = book.read();
    assert_eq!(
        told(&extraction),
        [
            "1 1 cell [A1] 甲",
            "0 0 hidden [pivotCacheDefinition] 机密★10年",
            "0 0 hidden [externalLink] 别表",
            "0 0 hidden [externalLink] 旧值",
            "0 0 deleted [revisionLog] 改前",
            "0 0 hidden [unused string] 剩下",
        ]
    );
    let children: Vec<_> = extraction.children.iter().map(|c| c.provenance.name()).collect();
    assert_eq!(children, ["vbaProject.bin"]);
}

#[test]
fn queries_come_out_and_other_stored_xml_is_read() {
    let extraction = Book::of("")
        .part("customXml/item1.xml", "application/xml", "<DataMashup>AAAAAAQAAABQSzEy</DataMashup>")
        .part("customXml/item2.xml", "application/xml", "<密级>机密</密级>")
        .read();
    assert_eq!(told(&extraction), ["0 0 property [密级] 机密"]);
    let children: Vec<_> =
        extraction.children.iter().map(|c| (c.provenance.name(), &*c.bytes)).collect();
    assert_eq!(children, [("DataMashup.zip", &b"PK12"[..])]);
}

#[test]
fn pictures_alone_are_a_gap() {
    let related = relationship("d", "drawing", "xl/drawings/drawing1.xml");
    let drawing = DRAWING.replace("<a:t>", "<a:x>").replace("</a:t>", "</a:x>");
    let extraction = Book::of("")
        .behind("", &related)
        .part("xl/drawings/drawing1.xml", &format!("{DRAWN}.drawing+xml"), drawing)
        .read();
    assert_eq!(extraction.gaps.iter().map(|g| g.kind).collect::<Vec<_>>(), [GapKind::ImageOnly]);
}

#[test]
fn lost_parts_and_strings_are_gaps_and_the_rest_is_read() {
    let rows = r#"<row><c t="s"><v>9</v></c><c t="inlineStr"><is><t>在</t></is></c></row>"#;
    let extraction = Book::of(rows).strings("<si><t>字</t></si>").read();
    assert_eq!(told(&extraction), ["1 1 cell [B1] 在", "0 0 hidden [unused string] 字"]);
    assert_eq!(extraction.gaps.iter().map(|g| g.kind).collect::<Vec<_>>(), [GapKind::Damaged]);
    // No workbook part: the sheets are read all the same, under their parts' names.
    let bytes = Book::of(rows).bytes();
    let mut lost = bytes.clone();
    for at in memchr::memmem::find_iter(&bytes, b"xl/workbook.xml") {
        lost[at + 3] = b'W' + 1;
    }
    let extraction = read_bytes(lost);
    assert!(told(&extraction).contains(&"1 1 cell [sheet1.xml!B1] 在".to_owned()));
    assert!(!extraction.gaps.is_empty());
}

#[test]
fn a_sheet_breaking_off_keeps_what_came() {
    let mut book = Book::of(r#"<row><c t="inlineStr"><is><t>甲</t></is></c><c><v>12"#);
    let cut = book.sheets[0].1.find("12").unwrap() + 2;
    book.sheets[0].1.truncate(cut);
    let mut extraction = book.read();
    assert_eq!(told(&extraction), ["1 1 cell [A1] 甲", "1 2 cell [B1] 12"]);
    assert_eq!(extraction.gaps.pop().map(|g| g.kind), Some(GapKind::Damaged));
}

/// A workbook with something of everything.
fn full() -> Vec<u8> {
    let related = relationship("d", "drawing", "xl/drawings/drawing1.xml")
        + &relationship("c", "comments", "xl/comments1.xml");
    let rows = r#"<row r="1"><c r="A1" s="3" t="s"><v>0</v></c><c r="B1" s="4"><v>41699</v></c></row>
        <row r="2"><c r="A2" s="5"><f>"x"&amp;1</f><v>10</v></c></row>"#;
    Book::of(rows)
        .behind(
            r#"<mergeCells><mergeCell ref="A1:B2"/></mergeCells><headerFooter><oddHeader>&amp;L甲&amp;R&amp;K01+000乙</oddHeader></headerFooter>"#,
            &related,
        )
        .strings("<si><r><rPr><b/></rPr><t>机_x5BC6_</t></r><rPh><t>j</t></rPh></si>")
        .styles(LOOKS)
        .part("xl/drawings/drawing1.xml", &format!("{DRAWN}.drawing+xml"), DRAWING)
        .part("xl/comments1.xml", &format!("{TYPES}.comments+xml"), "<comment ref='A1'><text><t>批</t></text></comment>")
        .part("xl/tables/t.xml", &format!("{TYPES}.table+xml"), "<table displayName='表一'/>")
        .bytes()
}

#[test]
fn damage_anywhere_ends_in_text_or_a_gap() {
    let whole = full();
    let sound = read_bytes(whole.clone());
    assert_eq!(sound.gaps, []);
    for length in (0..whole.len()).step_by(37) {
        let cut = read_bytes(whole[..length].to_vec());
        assert!(!cut.gaps.is_empty(), "cut at {length}");
    }
    let mut seed = 1u64;
    for _ in 0..300 {
        let mut changed = whole.clone();
        for _ in 0..6 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let at = (seed >> 33) as usize % changed.len();
            changed[at] = (seed >> 11) as u8;
        }
        let _ = read_bytes(changed);
    }
}

#[test]
fn hostile_numbers_cost_nothing() {
    let rows = r#"<row r="4294967295"><c r="XFD4294967295"><v>1</v></c><c><v>1e999</v></c><c s="99999999999"><v>x</v></c></row>
        <row r="0"><c r="A0"><v>2</v></c></row><row><c t="s"><v>-1</v></c></row>"#;
    let behind: String =
        (0..5000).map(|n| format!(r#"<mergeCell ref="A1:XFD{}"/>"#, n + 1)).collect();
    let mut book = Book::of(rows).behind(&behind, "");
    let columns: String = (0..5000).map(|_| r#"<col min="1" max="4294967295"/>"#).collect();
    book.sheets[0].1.insert_str(0, &columns);
    let extraction = book.read();
    let texts: Vec<_> =
        extraction.text.blocks().iter().map(|b| extraction.text.block_text(b)).collect();
    assert_eq!(texts, ["表", "1", "1e999", "x", "2", "-1"]);
}

#[test]
fn limits_stop_a_sheet_and_are_told() {
    let rows: String = (0..2000).map(|n| format!("<row><c><v>{n}</v></c></row>")).collect();
    let bytes = Book::of(&rows).bytes();
    for limits in [
        Limits { lines: 100, ..Limits::default() },
        Limits { text: 200, ..Limits::default() },
        Limits { steps: 500, ..Limits::default() },
        Limits { bytes: 9000, ..Limits::default() },
    ] {
        let submission = Submission::file("a.xlsx", bytes.clone());
        let extraction = read(&submission, &mut Budget::new(limits.clone()));
        let is_limit = |kind| matches!(kind, GapKind::Limit(_));
        assert!(extraction.gaps.iter().any(|g| is_limit(g.kind)), "{limits:?}");
        let cells = extraction.text.blocks().iter().filter(|b| b.region == Region::Cell);
        assert!(cells.count() < 2000, "{limits:?}");
    }
}

/// What costs much to look at and gives little text is charged all the same.
#[test]
fn work_without_text_is_bounded() {
    let blank = format!("<si><r><t>{}</t></r></si>", " ".repeat(10_000));
    let cells = "<c t=\"s\"><v>0</v></c>".repeat(1_000);
    let formula =
        format!("<c><f>{}</f><v>{}</v></c>", "\"x\"&amp;".repeat(2_000), "y".repeat(20_000));
    let headers =
        format!("<headerFooter><oddHeader>{}</oddHeader></headerFooter>", "&amp;A".repeat(9_000));
    for book in [
        Book::of(&format!("<row>{cells}</row>")).strings(&blank),
        Book::of(&format!("<row>{formula}</row>")),
        Book::of("").behind(&headers, ""),
        Book::of("").behind(&"mergeCell ".repeat(50_000), ""),
    ] {
        let submission = Submission::file("a.xlsx", book.bytes());
        let limits = Limits { steps: 100_000, ..Limits::default() };
        let extraction = read(&submission, &mut Budget::new(limits));
        assert!(extraction.text.as_str().len() < 200_000);
    }
}
