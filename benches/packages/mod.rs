//! Long documents that are packages of XML, made here: one of each kind, with as
//! many lines as asked for and as little around them as a reader needs.

use std::io::{Cursor, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const LINE: &str = "融雪剂入库以后，库房地面铺设防潮垫板，袋装料码放不超过八层。";
const RELATED: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// Lines of one slide or page.
const ON_A_PAGE: usize = 20;

/// Makes one document of so many lines.
type Maker = fn(usize) -> Vec<u8>;

/// Each kind by its extension.
pub const KINDS: [(&str, Maker); 7] = [
    ("docx", docx),
    ("xlsx", xlsx),
    ("pptx", pptx),
    ("odt", odt),
    ("ods", ods),
    ("odp", odp),
    ("ofd", ofd),
];

fn pack(members: &[(String, String)]) -> Vec<u8> {
    let mut packed = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in members {
        packed.start_file(name, SimpleFileOptions::default()).unwrap();
        packed.write_all(content.as_bytes()).unwrap();
    }
    packed.finish().unwrap().into_inner()
}

/// A package whose main part is related to others: `kind` and name of each.
fn open_package(
    main: &str,
    kind: &str,
    content: String,
    related: &[(String, String)],
) -> Vec<(String, String)> {
    let list: String = related
        .iter()
        .enumerate()
        .map(|(n, (kind, name))| {
            format!(r#"<Relationship Id="r{n}" Type="{RELATED}/{kind}" Target="/{name}"/>"#)
        })
        .collect();
    let (folder, file) = main.split_once('/').unwrap();
    let types = format!(
        r#"<Types><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/{main}" ContentType="application/vnd.openxmlformats-officedocument.{kind}.main+xml"/></Types>"#
    );
    let root = format!(
        r#"<Relationships><Relationship Id="m" Type="{RELATED}/officeDocument" Target="/{main}"/></Relationships>"#
    );
    vec![
        ("[Content_Types].xml".into(), types),
        ("_rels/.rels".into(), root),
        (main.into(), content),
        (format!("{folder}/_rels/{file}.rels"), format!("<Relationships>{list}</Relationships>")),
    ]
}

fn docx(lines: usize) -> Vec<u8> {
    let body = format!("<w:p><w:r><w:t>{LINE}</w:t></w:r></w:p>").repeat(lines);
    let main = format!("<w:document><w:body>{body}</w:body></w:document>");
    pack(&open_package("word/document.xml", "wordprocessingml.document", main, &[]))
}

/// Rows of one text and four numbers: a line is a cell.
fn xlsx(lines: usize) -> Vec<u8> {
    const COLUMNS: usize = 5;
    let rows: String = (1..=lines / COLUMNS)
        .map(|row| {
            let number =
                |column: char| format!(r#"<c r="{column}{row}" s="1"><v>{row}.25</v></c>"#);
            let numbers: String = "BCDE".chars().map(number).collect();
            format!(r#"<row r="{row}"><c r="A{row}" t="s"><v>{}</v></c>{numbers}</row>"#, row % 100)
        })
        .collect();
    let related = [
        ("worksheet".to_owned(), "xl/worksheets/sheet1.xml".to_owned()),
        ("sharedStrings".to_owned(), "xl/sharedStrings.xml".to_owned()),
    ];
    let main = format!(
        r#"<workbook xmlns:r="{RELATED}"><sheets><sheet name="" sheetId="1" r:id="r0"/></sheets></workbook>"#
    );
    let mut members = open_package("xl/workbook.xml", "spreadsheetml.sheet", main, &related);
    let sheet = format!("<worksheet><sheetData>{rows}</sheetData></worksheet>");
    members.push(("xl/worksheets/sheet1.xml".into(), sheet));
    let strings = format!("<si><t>{LINE}</t></si>").repeat(100);
    members.push(("xl/sharedStrings.xml".into(), format!("<sst>{strings}</sst>")));
    pack(&members)
}

fn pptx(lines: usize) -> Vec<u8> {
    let slides = lines / ON_A_PAGE;
    let name = |n: usize| format!("ppt/slides/slide{n}.xml");
    let related: Vec<_> = (0..slides).map(|n| ("slide".to_owned(), name(n))).collect();
    let ids: String =
        (0..slides).map(|n| format!(r#"<p:sldId id="{}" r:id="r{n}"/>"#, 256 + n)).collect();
    let main = format!(
        r#"<p:presentation xmlns:r="{RELATED}"><p:sldIdLst>{ids}</p:sldIdLst></p:presentation>"#
    );
    let kind = "presentationml.presentation";
    let mut members = open_package("ppt/presentation.xml", kind, main, &related);
    let text = format!("<a:p><a:r><a:t>{LINE}</a:t></a:r></a:p>").repeat(ON_A_PAGE);
    let slide = format!(
        r#"<p:sld><p:cSld><p:spTree><p:sp><p:nvSpPr><p:cNvPr id="2" name=""/></p:nvSpPr><p:txBody>{text}</p:txBody></p:sp></p:spTree></p:cSld></p:sld>"#
    );
    members.extend((0..slides).map(|n| (name(n), slide.clone())));
    pack(&members)
}

fn open_document(kind: &str, body: String) -> Vec<u8> {
    let mimetype = format!("application/vnd.oasis.opendocument.{kind}");
    let content = format!(
        "<office:document-content><office:body>{body}</office:body></office:document-content>"
    );
    pack(&[("mimetype".into(), mimetype), ("content.xml".into(), content)])
}

fn odt(lines: usize) -> Vec<u8> {
    let text = format!("<text:p>{LINE}</text:p>").repeat(lines);
    open_document("text", format!("<office:text>{text}</office:text>"))
}

fn ods(lines: usize) -> Vec<u8> {
    let cell = format!("<table:table-cell><text:p>{LINE}</text:p></table:table-cell>");
    let row = format!("<table:table-row>{}</table:table-row>", cell.repeat(5));
    let table = format!(r#"<table:table table:name="">{}</table:table>"#, row.repeat(lines / 5));
    open_document("spreadsheet", format!("<office:spreadsheet>{table}</office:spreadsheet>"))
}

fn odp(lines: usize) -> Vec<u8> {
    let text = format!("<text:p>{LINE}</text:p>").repeat(ON_A_PAGE);
    let page = format!(
        "<draw:page><draw:frame><draw:text-box>{text}</draw:text-box></draw:frame></draw:page>"
    );
    let pages = page.repeat(lines / ON_A_PAGE);
    open_document("presentation", format!("<office:presentation>{pages}</office:presentation>"))
}

fn ofd(lines: usize) -> Vec<u8> {
    let pages = lines / ON_A_PAGE;
    let list: String =
        (0..pages).map(|n| format!(r#"<Page ID="{n}" BaseLoc="Pages/P{n}.xml"/>"#)).collect();
    let root = format!(
        "<Document><CommonData><PageArea><PhysicalBox>0 0 210 297</PhysicalBox></PageArea></CommonData><Pages>{list}</Pages></Document>"
    );
    let text: String = (0..ON_A_PAGE)
        .map(|n| {
            let top = 20 + 12 * n;
            format!(r#"<TextObject Boundary="20 {top} 170 6" Font="1" Size="4"><TextCode X="0" Y="4" DeltaX="g 29 4">{LINE}</TextCode></TextObject>"#)
        })
        .collect();
    let page = format!("<Page><Content><Layer>{text}</Layer></Content></Page>");
    let book = "<OFD><DocBody><DocInfo/><DocRoot>Doc_0/Document.xml</DocRoot></DocBody></OFD>";
    let mut members =
        vec![("OFD.xml".into(), book.to_owned()), ("Doc_0/Document.xml".into(), root)];
    members.extend((0..pages).map(|n| (format!("Doc_0/Pages/P{n}.xml"), page.clone())));
    pack(&members)
}
