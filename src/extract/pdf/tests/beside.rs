//! What stands beside the text of pages: notes, forms, properties, files, earlier states.

use super::*;

#[test]
fn annotations_are_read_with_their_looks() {
    let note = |entries: &str| {
        Pdf::page("")
            .change(3, "/Parent", &format!("/Annots[<<{entries}/Rect[50 50 150 80]>>]/Parent"))
            .stream(
                "/Subtype/Form/BBox[0 0 100 30]/Resources<</Font<</F1 5 0 R>>>>",
                b"BT /F1 12 Tf 5 5 Td (stamped) Tj ET",
            )
    };
    let annotation = Region::Annotation;
    for (entries, want) in [
        ("/Subtype/Text/Contents(said)", vec![(annotation, "Text", "said")]),
        (
            "/Subtype/Text/Contents(one\rtwo)",
            vec![(annotation, "Text", "one"), (annotation, "Text", "two")],
        ),
        ("/Subtype/Text/Contents(said)/F 2", vec![(HIDDEN, "Text", "said")]),
        ("/Subtype/Text/Contents(said)/F 32", vec![(HIDDEN, "Text", "said")]),
        ("/Subtype/Stamp/AP<</N 6 0 R>>", vec![(annotation, "Stamp", "stamped")]),
        ("/Subtype/Stamp/AP<</N 6 0 R>>/Contents(stamped)", vec![(annotation, "Stamp", "stamped")]),
        ("/Subtype/Stamp/AP<</N 6 0 R>>/F 2", vec![(HIDDEN, "Stamp", "stamped")]),
        ("/Subtype/Stamp/AP<</N<</On 6 0 R>>>>/AS/On", vec![(annotation, "Stamp", "stamped")]),
        ("/Subtype/Stamp/AP<</N<</On 6 0 R>>>>/AS/Off", vec![(annotation, "Stamp", "Draft")]),
        ("/Subtype/Watermark/AP<</N 6 0 R>>", vec![(Region::Watermark, "Watermark", "stamped")]),
        ("/Subtype/Popup/Contents(no)", vec![]),
        (
            "/Subtype/FreeText/Contents(a)/RC(<body><p>a<b>b</b></p></body>)",
            vec![(annotation, "FreeText", "a"), (annotation, "FreeText (formatted)", "a b")],
        ),
    ] {
        let entries = if entries.contains("/AS/Off") {
            format!("{entries}/Name/Draft")
        } else {
            entries.to_owned()
        };
        check_labels(&note(&entries), &want);
    }
}

#[test]
fn form_fields_say_what_they_hold_once() {
    let field = |entries: &str| {
        Pdf::page("")
            .change(1, "/Pages", "/AcroForm<</Fields[6 0 R]>>/Pages")
            .change(3, "/Parent", "/Annots[6 0 R]/Parent")
            .with(&format!("<</Subtype/Widget/T(name){entries}/Rect[50 50 150 80]>>"))
            .stream(
                "/Subtype/Form/BBox[0 0 100 30]/Resources<</Font<</F1 5 0 R>>>>",
                b"BT /F1 12 Tf 5 5 Td (filled in) Tj ET",
            )
    };
    let form = Region::FormField;
    for (entries, want) in [
        ("/FT/Tx/V(filled in)", vec![(form, "name", "filled in")]),
        ("/FT/Tx/V(filled in)/AP<</N 7 0 R>>", vec![(form, "name", "filled in")]),
        (
            "/FT/Tx/V(other)/AP<</N 7 0 R>>",
            vec![(form, "name", "filled in"), (form, "name", "other")],
        ),
        ("/FT/Tx/TU(hint)", vec![(form, "name (tooltip)", "hint")]),
        (
            "/FT/Ch/V(b)/Opt[[(a)(first)][(b)(second)]]",
            vec![(form, "name", "second"), (form, "name (choices)", "first / second")],
        ),
        ("/FT/Btn/MK<</CA(push me)>>", vec![(form, "name", "push me")]),
        ("/FT/Btn/V/Yes", vec![]),
        ("/FT/Btn/V/Secret", vec![(form, "name", "Secret")]),
        ("/FT/Sig/V<</Reason(because)>>", vec![(form, "name (reason)", "because")]),
    ] {
        check_labels(&field(entries), &want);
    }
    let nested = Pdf::page("")
        .change(1, "/Pages", "/AcroForm<</Fields[6 0 R]>>/Pages")
        .with("<</T(outer)/FT/Tx/Kids[7 0 R]>>")
        .with("<</T(inner)/Parent 6 0 R/V(deep)>>");
    check_labels(&nested, &[(form, "outer.inner", "deep")]);
    let loops = Pdf::page("")
        .change(1, "/Pages", "/AcroForm<</Fields[6 0 R]>>/Pages")
        .with("<</T(a)/FT/Tx/V(v)/Kids[6 0 R]>>");
    assert!(kinds(&read(&loops)).is_empty());
}

#[test]
fn properties_bookmarks_and_labels_are_read() {
    let packet = r#"<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="r"><rdf:Description
        msip:Label="Secret" xmlns:msip="m"><dc:title xmlns:dc="d"><rdf:Alt><rdf:li>named</rdf:li></rdf:Alt></dc:title>
        </rdf:Description></rdf:RDF></x:xmpmeta>"#;
    let pdf = Pdf::page("")
        .change(
            1,
            "/Pages",
            "/Metadata 6 0 R/Outlines 7 0 R/PageLabels<</Nums[0<</P(annex )/S/D>>]>>/Pages",
        )
        .stream("/Type/Metadata/Subtype/XML", packet.as_bytes())
        .with("<</First 8 0 R>>")
        .with("<</Title(chapter)/Dest[3 0 R/Fit]/Next 8 0 R>>")
        .with("<</Title(on it)/MSIP_Label_1_Name(C-A-L)/Producer(p)/CreationDate(D:2020)>>")
        .trailer("/Info 9 0 R");
    let property = Region::Property;
    check_labels(
        &pdf,
        &[
            (property, "title", "on it"),
            (property, "MSIP_Label_1_Name", "C-A-L"),
            (property, "Producer", "p"),
            (property, "Label", "Secret"),
            (property, "title", "named"),
            (property, "page label", "annex"),
            (property, "bookmark", "chapter"),
        ],
    );
    let page = read(&pdf).text.blocks().last().map(|block| block.page);
    assert_eq!(page, Some(1));
}

#[test]
fn embedded_files_are_children_wherever_they_hang() {
    let file = "<</Type/Filespec/UF(inner.txt)/Desc(what it is)/EF<</F 6 0 R>>>>";
    let ways: [(&str, Pdf); 5] = [
        (
            "of the document",
            Pdf::page("").change(1, "/Pages", "/Names<</EmbeddedFiles<</Kids[8 0 R]>>>>/Pages"),
        ),
        ("associated", Pdf::page("").change(1, "/Pages", "/AF[7 0 R]/Pages")),
        ("of a page", Pdf::page("").change(3, "/Parent", "/AF 7 0 R/Parent")),
        (
            "of an annotation",
            Pdf::page("").change(
                3,
                "/Parent",
                "/Annots[<</Subtype/FileAttachment/FS 7 0 R>>]/Parent",
            ),
        ),
        ("of nothing", Pdf::page("")),
    ];
    for (case, pdf) in ways {
        let pdf = pdf
            .stream("/Type/EmbeddedFile", b"inside")
            .with(file)
            .with("<</Names[(key)7 0 R(again)7 0 R]>>");
        let made = read(&pdf);
        let children: Vec<_> =
            made.children.iter().map(|child| (child.provenance.name(), &*child.bytes)).collect();
        assert_eq!(children, [("inner.txt", &b"inside"[..])], "{case}");
        let label = "description of inner.txt".to_owned();
        assert_eq!(said(&made), [(Region::Property, label, "what it is".to_owned())], "{case}");
    }
}

#[test]
fn xfa_forms_say_what_no_page_shows() {
    let data = b"<xdp:xdp><template><caption><value><text>Level</text></value></caption><script>x()</script></template>\
        <xfa:datasets><xfa:data><form><grade>secret</grade><shown>shown</shown></form></xfa:data></xfa:datasets></xdp:xdp>";
    let pdf = Pdf::page(&text(50, 100, "shown"))
        .change(1, "/Pages", "/AcroForm<</Fields[]/XFA 6 0 R>>/Pages")
        .stream("", data);
    let form = Region::FormField;
    check_labels(
        &pdf,
        &[(BODY, "", "shown"), (form, "XFA text", "Level"), (form, "XFA grade", "secret")],
    );
}

#[test]
fn earlier_states_are_read_as_hidden() {
    let first = Pdf::page(&text(50, 100, "draft")).trailer("/Info 6 0 R").with("<</Title(old)>>");
    let mut bytes = first.bytes();
    let previous = bytes.windows(4).rposition(|window| window == b"xref").unwrap() - 5;
    let previous = bytes[..previous].windows(5).rposition(|w| w == b"xref\n").unwrap();
    let place = bytes.len();
    let content = text(50, 100, "final");
    let body =
        format!("4 0 obj\n<</Length {}>>\nstream\n{content}\nendstream\nendobj\n", content.len());
    bytes.extend_from_slice(body.as_bytes());
    let start = bytes.len();
    let tail = format!(
        "xref\n4 1\n{place:010} 00000 n \ntrailer\n<</Size 7/Root 1 0 R/Prev {previous}>>\nstartxref\n{start}\n%%EOF\n"
    );
    bytes.extend_from_slice(tail.as_bytes());
    let made = read_with(bytes, Limits::default(), "");
    assert_eq!(
        said(&made),
        [
            (BODY, String::new(), "final".to_owned()),
            (HIDDEN, "revision 1".to_owned(), "draft".to_owned()),
            (HIDDEN, "revision 1".to_owned(), "old".to_owned()),
        ]
    );
    assert_eq!(kinds(&made), []);
}
