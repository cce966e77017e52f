//! Tests of `html`: tables of pages and what is read of them.

use super::*;
use crate::extract::Limits;
use crate::model::{Align, Limit};

fn read_page(markup: &str) -> Extraction {
    let mut budget = Budget::new(Limits::default());
    read(&Submission::file("a.html", markup.as_bytes()), &mut budget)
}

/// A line a block: `region l2 [label] text`, with the body's lines bare.
fn told(markup: &str) -> String {
    let read = read_page(markup);
    let text = &read.text;
    let lines = text.blocks().iter().map(|block| {
        let label = text.label(block);
        let label = if label.is_empty() { String::new() } else { format!("[{label}] ") };
        match block.region {
            Region::Body => format!("{}: {label}{}", block.line, text.block_text(block)),
            Region::Cell => format!("{} {label}{}", block.line, text.block_text(block)),
            region => format!("{region:?} {label}{}", text.block_text(block)),
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn check(cases: &[(&str, &str)]) {
    for (markup, want) in cases {
        assert_eq!(told(markup), *want, "{markup}");
    }
}

#[test]
fn a_line_is_what_a_reader_sees_as_one() {
    check(&[
        ("<p>一<b>二</b>三<p>四", "1: 一二三\n2: 四"),
        ("<div>a<br>b</div>c", "1: a\n2: b\n3: c"),
        ("a<br><br>b", "1: a\n3: b"),
        ("<p>&nbsp;<p>b", "2: b"),
        ("<p></p><p>b", "1: b"),
        ("<p> a \n b\t<span> c</span> </p>", "1: a b c"),
        ("<span>机</span><i></i><b>密</b>★<u>1</u>0<span>年</span>", "1: 机密★10年"),
        ("&#x673A;&#23494;&#9733;10&#24180;", "1: 机密★10年"),
        ("机<!-- x -->密", "1: 机密\nHidden [comment] x"),
        ("<pre>a\n  b\n\nc</pre>", "1: a\n2:   b\n4: c"),
        ("<ul><li>a<li>b<ul><li>c</ul></ul>", "1: a\n2: b\n3: c"),
        (
            "<ul style='list-style:none'><li style='display:inline'>a<li style='display:inline'>b</ul>",
            "1: ab",
        ),
        ("<b>a<p>b</b>c", "1: a\n2: bc"),
        ("<span style='display:block'>a</span>b", "1: a\n2: b"),
        ("<textarea>x\ny</textarea>", "FormField x\nFormField y"),
        ("a<hr>b", "1: a\n2: b"),
        ("<p>机</td>密</p>", "1: 机密"),
        ("<xmp><b>x</b></xmp>", "1: <b>x</b>"),
        ("a<wbr>b", "1: ab"),
        ("<ruby>机<rt>jī</rt>密<rt>mì</rt></ruby>", "1: 机密\nNote [ruby] jī mì"),
    ]);
}

#[test]
fn what_is_not_seen_is_read_beside_the_line() {
    check(&[
        ("<p>a<p style='display: none'>x</p>b", "1: a\nHidden [not displayed] x\n2: b"),
        ("机<span style=display:none>x</span>密", "1: 机密\nHidden [not displayed] x"),
        ("<p hidden>x<p>y", "Hidden [not displayed] x\n1: y"),
        ("<p hidden style='display:block'>x", "1: x"),
        ("<p style='color:#fff'>x", "Hidden [in the colour of the page] x"),
        ("<body bgcolor=black><p style='color:#fff'>x", "1: x"),
        ("<body bgcolor=black><p><font color=#010101>x", "Hidden [in the colour of the page] x"),
        ("<div style='background:url(a.png)'><p style='color:white'>x</div>", "1: x"),
        ("<p style='color:transparent'>x", "Hidden [transparent] x"),
        (
            "<p style='font-size:0'>x<b style='font-size:12px'>y</b>",
            "1: y\nHidden [too small to read] x",
        ),
        (
            "<div style='visibility:hidden'>x<p style='visibility:visible'>y</div>",
            "Hidden [invisible] x\n1: y",
        ),
        (
            "<div style='opacity:0'>x<p style='opacity:1'>y</div>",
            "Hidden [transparent] x\nHidden [transparent] y",
        ),
        ("<div style='position:absolute;left:-9999px'>x</div>", "Hidden [off the screen] x"),
        ("<div style='text-indent:-9999px'>x</div>", "Hidden [off the screen] x"),
        ("<div style='height:0;overflow:hidden'>x</div>", "Hidden [cut away] x"),
        ("<div style='height:0'>x</div>", "1: x"),
        ("<style>.a{display:none}</style><p class='b a'>x<p>y", "Hidden [not displayed] x\n1: y"),
        ("<p class=a>x<p>y<style>.a{display:none}</style>", "Hidden [not displayed] x\n1: y"),
        ("<style>@media print{p{display:none}}</style><p>x", "1: x"),
        ("<style>p{display:none}</style><p style='display:block'>x", "1: x"),
        (
            "<style>p{display:none!important}</style><p style='display:block'>x",
            "Hidden [not displayed] x",
        ),
        (
            "<noscript>x</noscript><template><p>y</template>z",
            "Hidden [not displayed] x\nHidden [not displayed] y\n1: z",
        ),
        ("<script>var x = '密'</script>a", "1: a"),
        ("<script type=text/template><p>x</p></script>a", "Hidden [script] x\n1: a"),
        ("<p style='display:none'><b>x<p>y", "Hidden [not displayed] x\n1: y"),
        ("a<!-- <p>机<b>密</b></p> -->", "1: a\nHidden [comment] 机密"),
        ("a<script>b<p>机密", "1: a\nHidden [unfinished script] b<p>机密"),
        (
            "<p style='display:none'>机</p>x<p style='display:none'>密</p>",
            "Hidden [not displayed] 机\n1: x\nHidden [not displayed] 密",
        ),
        ("<span hidden>机</span>x<span hidden>密</span>", "1: x\nHidden [not displayed] 机 密"),
    ]);
}

#[test]
fn tables_have_cells_unless_they_only_lay_out() {
    check(&[
        (
            "<table><tr><th>密级</th><td>公开</td></tr><tr><td>页<td>3</table>x",
            "1 [t1.r1.c1] 密级\n1 [t1.r1.c2] 公开\n2 [t1.r2.c1] 页\n2 [t1.r2.c2] 3\n3: x",
        ),
        ("<table><tr><td>a<tr><td>b</table>", "1: a\n2: b"),
        ("<table role=presentation><tr><td>a<td>b</table>", "1: a\n1: b"),
        (
            "<table><tr><td><table><tr><td>a<td>b</table><td>c</table>",
            "1 [t2.r1.c1] a\n1 [t2.r1.c2] b\n1: c",
        ),
        (
            "<table><tr><td>a<p>b<td>c</table>d",
            "1 [t1.r1.c1] a\n2 [t1.r1.c1] b\n1 [t1.r1.c2] c\n3: d",
        ),
        ("<table><tr><td colspan=2>a<td>b</table>", "1 [t1.r1.c1] a\n1 [t1.r1.c3] b"),
        ("<table><td>a<td>b", "1 [t1.r1.c1] a\n1 [t1.r1.c2] b"),
        ("<td>三<b>四", "1: 三四"),
    ]);
}

#[test]
fn what_a_page_says_of_itself_is_told() {
    check(&[
        (
            "<title> 机密\n文件 </title><meta name=keywords content='甲,乙'><p>x",
            "1: x\nProperty [title] 机密 文件\nProperty [keywords] 甲,乙",
        ),
        (
            "<meta name=viewport content=x><meta property='og:title' content=y>",
            "Property [og:title] y",
        ),
        ("<img src=a alt=' 机密 '>", "AltText 机密"),
        ("<a title='机密'>x</a>", "1: x\nAltText [title] 机密"),
        ("密级：<input name=a value='机密'>", "1: 密级：\nFormField [密级] 机密"),
        ("<input type=hidden name=level value='机密'>x", "1: x\nHidden [level] 机密"),
        ("<input type=submit value='送审'>", "1: 送审"),
        ("密级：<input type=checkbox checked>机密<input type=checkbox>公开", "1: 密级：☑机密☐公开"),
        (
            "<select name=l><option>公开<option selected>机密<option>绝密</select>x",
            "1: x\nFormField [l] 机密\nHidden [further options] 公开 / 绝密",
        ),
        (
            "<svg><title>甲</title><text>乙</text><style>text{}</style></svg>",
            "Hidden [not displayed] 甲\n1: 乙",
        ),
        (
            "<style>body:before{content:'机密★10年'}</style><p>x",
            "1: x\nTextBox [put in by style] 机密★10年",
        ),
        (
            "<!--[if gte mso 9]><xml><o:DocumentProperties><o:Author>甲</o:Author><o:Keywords>机密</o:Keywords></o:DocumentProperties><w:WordDocument><w:View>Normal</w:View></w:WordDocument></xml><![endif]--><p>x<o:p></o:p>",
            "1: x\nProperty [author] 甲\nProperty [keywords] 机密",
        ),
        (
            "<!--[if gte vml 1]><v:shape><v:textpath string='机密'/></v:shape><![endif]--><p>x",
            "Watermark 机密\n1: x",
        ),
        (
            "<!--[if mso]><p>a</p><![endif]--><!--[if !mso]><!--><p>b</p><!--<![endif]-->",
            "TextBox a\n2: b",
        ),
        ("<div style='mso-element:header'><p>机密</div><p>x", "Header 机密\n2: x"),
        ("<div style='position:fixed;opacity:.2'>机密</div><p>x", "Watermark 机密\n2: x"),
    ]);
}

#[test]
fn looks_are_evidence() {
    let markup = "<h1>题</h1><p style='font:bold 16pt 黑体;color:#c00;text-align:right'>机<s>密</s></p>\
                  <center>中</center><p align=right><font size=5 face=宋体 color=red>右</font></p>";
    let read = read_page(markup);
    let text = &read.text;
    let looks: Vec<_> = text
        .blocks()
        .iter()
        .map(|block| {
            let style = text.styles_in(block.span()).next().map(|(_, s)| s.clone());
            let style = style.unwrap_or_default();
            (block.align, style.size, style.face, style.color, style.bold)
        })
        .collect();
    assert_eq!(
        looks,
        [
            (Align::Left, 24.0, String::new(), None, true),
            (Align::Right, 16.0, "黑体".into(), Some([0xCC, 0, 0]), true),
            (Align::Center, 0.0, String::new(), None, false),
            (Align::Right, 18.0, "宋体".into(), Some([255, 0, 0]), false),
        ]
    );
    let struck: Vec<_> = text
        .styles_in(0..text.as_str().len())
        .filter(|(_, style)| style.struck)
        .map(|(span, _)| &text.as_str()[span])
        .collect();
    assert_eq!(struck, ["密"]);
}

#[test]
fn pages_break_where_the_author_says_so() {
    let read = read_page(
        "<p>a<br style='page-break-before:always'><p>b<p style='page-break-after:always'>c<p>d",
    );
    let pages: Vec<_> = read.text.blocks().iter().map(|b| (b.page, b.line)).collect();
    assert_eq!(pages, [(1, 1), (2, 1), (2, 2), (3, 1)]);
    assert_eq!(read.pages, Some(3));
}

#[test]
fn reversed_letters_are_told_as_such() {
    assert_eq!(told("<bdo dir=rtl>密机</bdo>"), "1: \u{202E}密机\u{202C}");
}

#[test]
fn encodings_are_told_by_label_and_by_content() {
    let notice = "<p>关于冬季道路养护工作的通知，机密★10年</p>";
    let gbk = encoding_rs::GB18030.encode(notice).0.into_owned();
    let mut utf16 = vec![0xFF, 0xFE];
    utf16.extend(notice.encode_utf16().flat_map(u16::to_le_bytes));
    let labelled = [b"<meta charset=gb2312>".as_slice(), &gbk].concat();
    let wrong = [b"<meta charset=utf-8>".as_slice(), &gbk].concat();
    for bytes in [gbk, utf16, labelled, wrong, notice.as_bytes().to_vec()] {
        let mut budget = Budget::new(Limits::default());
        let read = read(&Submission::file("a.html", bytes), &mut budget);
        assert!(read.text.as_str().contains("机密★10年"), "{:?}", read.text.as_str());
        assert_eq!(read.gaps, []);
    }
}

#[test]
fn what_is_packed_in_a_page_is_a_child() {
    let read = read_page(
        "<p>这一页上写着十六个以上的字，因此图片只是图片。\
         <iframe srcdoc='<p>机密'></iframe><a href='data:text/plain,%E6%9C%BA'>x</a>\
         <img src='data:image/png;base64,AAAA' width=100>",
    );
    let children: Vec<_> =
        read.children.iter().map(|c| (c.provenance.name(), &c.bytes[..])).collect();
    assert_eq!(children, [("frame-1.html", "<p>机密".as_bytes()), ("data-2.txt", "机".as_bytes())]);
    assert_eq!(read.gaps, []);
    assert_eq!(read.notes.iter().map(|n| n.id).collect::<Vec<_>>(), ["pictures"]);
    let scan = read_page("<img src=scan.jpg>");
    assert_eq!(scan.gaps.first().map(|gap| gap.kind), Some(GapKind::ImageOnly));
    assert_eq!(read_page("<img src=dot.gif width=1 height=1>").gaps, []);
}

#[test]
fn hostile_pages_end_within_the_budget() {
    let n = 20_000;
    for markup in [
        "<div>".repeat(n),
        "<b>".repeat(n) + "x",
        "<table><tr><td>".repeat(n),
        "</p></b></td>".repeat(n),
        "<p><b><i>".repeat(n),
        "<a><span>".repeat(n) + &"</a>".repeat(n),
        "<!--".repeat(n),
        "<!--<p>x-->".repeat(n),
        "<!--<!--".repeat(n) + &"-->".repeat(n),
        "<select><option>".repeat(n),
        "<svg><title>".repeat(n),
        "<p style='".to_owned() + &"a:b;".repeat(n) + "'>x",
        "<style>".to_owned() + &".a .b{color:red}".repeat(n) + "</style><p class=b>x",
        "<x y='".repeat(n),
        "&#x".repeat(n) + &"&".repeat(n),
        "<br>".repeat(n),
        "<ruby><rt>".repeat(n) + "x",
        "<xml><o:documentproperties>".repeat(n) + "x",
        "<iframe srcdoc='<p>'>".repeat(n),
    ] {
        read_page(&markup);
    }
    let mut budget = Budget::new(Limits { steps: 100, ..Limits::default() });
    let page = Submission::file("a.html", "<p>x".repeat(1000).as_bytes());
    let gaps = read(&page, &mut budget).gaps;
    assert_eq!(gaps.first().map(|gap| gap.kind), Some(GapKind::Limit(Limit::Time)));
}

#[test]
fn cut_and_changed_pages_are_read_as_far_as_they_go() {
    let page = "<html><head><title>题</title><style>.a{display:none}</style></head><body>\
                <table><tr><td>密级<td>机密</table><!--[if mso]><p>x</p><![endif]-->\
                <p class=a style='color:red'>机<b>密</b>&#9733;<img alt=\"图\">\
                <select><option>一</select><svg><text>字</text></svg></p></body></html>";
    for at in (0..page.len()).filter(|at| page.is_char_boundary(*at)) {
        read_page(&page[..at]);
        read_page(&format!("{}<{}", &page[..at], &page[at..]));
        read_page(&format!("{}'>{}", &page[..at], &page[at..]));
    }
}
