"""tests/fixtures/extract: one small file for each thing a reader must see.

Yields (path below the folder, bytes). The golden beside each is written by the test.
"""

import base64
import io
import quopri
import re
import struct
import zipfile
from dataclasses import replace
from datetime import date

import docx_writer as word
import hostile
import older
import olefile
import outlook
import paper
import pictures
import plain
import pptx_writer as slides
import xlsx_writer as sheets
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from page import Line, para


def documents():
    for folder, made in (("plain", texts()), ("html", pages()), ("docx", words()), ("doc", older_words()),
                         ("rtf", rich_texts()), ("mht", archived_pages()), ("xml", xml_files()), ("svg", drawings()), ("epub", books_to_read()),
                         ("xlsx", books()), ("xls", older_books()), ("pptx", decks()), ("ppt", older_decks()), ("office-xml", office_xml()), ("pdf", papers()), ("eml", mails()), ("mbox", mailboxes()), ("msg", items()), ("tnef", winmails()), ("cms", signed()), ("calendar", calendars()), ("zip", archives()), ("rar", rars()), ("picture", shown())):
        for name, content in made:
            yield f"{folder}/{name}", content


def texts():
    short = "第一行\n  第二行，前面有两个空格\n\n第四行\n"
    yield "utf-8.txt", short.encode()
    yield "utf-8-with-mark.txt", short.encode("utf-8-sig")
    yield "gb18030.txt", ("融雪剂入库以后，库房地面铺设防潮垫板。\n袋装料码放不超过八层。\n").encode("gb18030")
    yield "big5.txt", ("花卉展覽志工報名表\n請於週五前交回服務台，謝謝合作。\n").encode("big5")
    yield "utf-16-little-endian.txt", short.encode("utf-16")
    yield "utf-16-big-endian.txt", b"\xfe\xff" + short.encode("utf-16-be")
    yield "utf-32.txt", short.encode("utf-32")
    yield "form-feed.txt", "第一页\n第二行\n\f第二页\n第二行\n".encode()
    yield "last-line-without-end.txt", "甲\n乙".encode()
    yield "names-and-values.json", (
        '{"标题": "\\u9898\\u76ee", "正文": "第一行\\n第二行", "页": [1, 2],\n "附": {"空": null, "真": true}}\n').encode()
    yield "cut.json", '{"标题": "题目", "正文": "没有写'.encode()
    yield "escapes.properties", "title=\\u9898\\u76ee\nletter=\\u0041\n".encode()
    yield "zero-width-kept.txt", "机\u200b密\ufeff码\n".encode()


def pages():
    def html(inside, head=""):
        return (f'<!DOCTYPE html><html><head><meta charset="utf-8">{head}</head>'
                f"<body>{inside}</body></html>\n").encode()

    yield "blocks-and-inline.html", html("<p>一段<b>粗</b>字，<i>斜</i>字。</p><div>另一<br>块</div>")
    yield "entities.html", html("<p>&#x673A;&#23494;&nbsp;&amp;&lt;&star;&hellip;</p>")
    yield "display-none.html", html('<p>看得见</p><p style="display: none">看不见</p>')
    yield "white-on-white.html", html('<p style="color:#fff">白字</p><p>黑字</p>')
    yield "header-and-footer.html", html(
        "<header>页眉</header><p>正文</p><article><header>文章的头</header></article>"
        "<footer>页脚</footer>")
    yield "hidden-attribute.html", html("<p hidden>藏起来</p><p>露出来</p>")
    yield "table.html", html(
        "<table><tr><th>密级</th><td>公开</td></tr><tr><td>页</td><td>3</td></tr></table>")
    yield "title-and-keywords.html", html(
        "<p>正文</p>", '<title>题目</title><meta name="keywords" content="甲,乙">')
    yield "script-and-style.html", html(
        "<script>var x = '不是文字';</script><p>文字</p>", "<style>p { color: red }</style>")
    yield "comment.html", html("<p>前<!-- 注释里的话 -->后</p>")
    yield "alt-text.html", html('<p>图：<img src="x.png" alt="替代文字"></p>')
    yield "gbk-by-meta.html", (
        '<html><head><meta charset="gb2312"></head><body><p>机关食堂供餐时间</p></body></html>'
    ).encode("gb18030")
    yield "unclosed-tags.html", "<p>一<p>二<td>三<b>四".encode()


def words():
    two = [Line("第一段"), para("第二段。")]
    yield "paragraphs-and-alignment.docx", word.write(
        two + [Line("居中", align="center"), Line("居右", align="right")])
    yield "header-and-footer.docx", word.write(two, lambda d: (
        word.header(d, Line("页眉")), word.footer(d, Line("页脚"))))
    yield "first-and-even-header.docx", word.write(two, lambda d: (
        word.header(d, Line("各页页眉")), word.header(d, Line("首页页眉"), "first"),
        word.header(d, Line("偶数页页眉"), "even")))
    yield "table.docx", word.write(two, lambda d: word.table(d, [["甲", "乙"], ["丙", "丁"]]))
    yield "text-box-drawingml.docx", word.write(
        two, lambda d: word.text_box_drawing(d.paragraphs[0], "框中文字"))
    yield "text-box-vml.docx", word.write(
        two, lambda d: word.text_box_vml(d.paragraphs[0], "框中文字"))
    yield "watermark.docx", word.write(two, lambda d: word.watermark(d, "水印"))
    yield "footnote.docx", word.write(two, lambda d: word.footnote(d, "脚注文字"))
    yield "comment.docx", word.write(two, lambda d: word.comment(d, "批注文字"))
    yield "tracked-deletion.docx", word.write(
        two, lambda d: word.deleted(d.paragraphs[0], "删去的字"))
    yield "hidden-run.docx", word.write(
        [Line("藏字")] + two, lambda d: word.vanish(d.paragraphs[0].runs[0]))
    yield "white-run.docx", word.write([Line("白字", color="FFFFFF")] + two)
    yield "struck-run.docx", word.write([Line("划去", struck=True)] + two)
    yield "properties.docx", word.write(
        two, lambda d: word.custom_properties(d, [("密级", "公开")]), title="题目")
    yield "alt-text.docx", word.write(two + [para(
        "照片摄于雁洲湿地北侧的木栈道，当天有薄雾，远处可见两座观鸟台和一片芦苇。")], lambda d: word.alt_text(d.paragraphs[0], "图的说明"))
    yield "embedded-word.docx", word.write(
        two, lambda d: word.embed(d, "inner.docx", word.write([Line("里面的文件")])))
    yield "symbol-star.docx", word.write(two, lambda d: d.paragraphs[0]._p.append(parse_xml(
        f'<w:r {nsdecls("w")}><w:sym w:font="Wingdings" w:char="F0AB"/></w:r>')))
    yield "break-and-tab.docx", word.write([Line("前\t中\n后")])
    yield "drawing-with-text.docx", word.write(
        [para("照片摄于雁洲湿地北侧的木栈道，当天有薄雾，远处可见两座观鸟台和一片芦苇。")],
        lambda d: word.drawing(d, pictures.emf([("图中的字", 0, 10)])))
    yield "page-break.docx", word.write([Line("第一页"), Line("第二页", page=True)])
    yield "field-and-link.docx", word.write(two, field_and_link)


def older_words():
    """What Word 97-2003 has in other places than its successor."""
    shown = ("comment", "field-and-link", "first-and-even-header", "footnote", "hidden-run",
             "page-break", "properties", "symbol-star", "table", "text-box-vml",
             "tracked-deletion", "watermark")
    newer = [(name, made) for name, made in words() if name.removesuffix(".docx") in shown]
    return older.convert(newer, "doc")


def rich_texts():
    """RTF: what programs write, each thing once."""
    def rtf(body, head=""):
        return ("{\\rtf1\\ansi\\ansicpg936\\deff0{\\fonttbl{\\f0\\fcharset134 SimSun;}{\\f1\\fcharset0 Arial;}"
                "{\\f2\\fcharset136 PMingLiU;}{\\f3\\fcharset2 Wingdings;}}"
                "{\\colortbl;\\red255\\green255\\blue255;\\red255\\green0\\blue0;}\n" + head + coded(body) + "}\n").encode("ascii")

    def coded(text):
        """As programs write what is not ASCII: GBK in hexadecimal digits."""
        return "".join(c if c < "\x80" else "".join(f"\\'{b:02x}" for b in c.encode("gbk")) for c in text)

    yield "characters.rtf", rtf(
        "十六进制\\par \\u26426?\\u23494?\\uc2\\u9733\\'a1\\'ef{\\uc0\\u-10179\\u-8704}\\par "
        "{\\f2 \\'be\\'f7\\'b1\\'4b}{\\f3 \\'ab}\\emdash\\~x\\_y\\par\\qc 居中\\par\\pard\\qr\\f1\\fs32\\b\\cf2 right\\par")
    yield "not-seen.rtf", rtf(
        "看得见{\\v 藏起来}的字\\par 留下{\\deleted 删去}的字{\\strike 划掉}\\par {\\cf1 白字}{\\fs2 小字}黑字\\par")
    yield "margins-and-notes.rtf", rtf(
        "\\titlepg\\facingp{\\headerf 首页页眉\\par}{\\headerl 偶数页页眉\\par}{\\headerr 奇数页页眉\\par}{\\footerr 页脚\\par}"
        "正文{\\super\\chftn{\\footnote\\chftn 脚注文字}}{\\*\\atnid x}{\\*\\atnauthor 张三}\\chatn{\\*\\annotation 批注文字}\\par"
        "\\page 第二页\\page 第三页\\sect\\sectd\\sbkpage{\\header 另一页眉\\par}另一节\\par")
    yield "table.rtf", rtf(
        "\\trowd\\cellx1000\\cellx2000\\pard\\intbl 甲\\cell 乙\\par 又\\cell\\row\\trowd\\cellx2000\\pard\\intbl\\itap2 内\\nestcell"
        "{\\*\\nesttableprops\\trowd\\cellx900\\nestrow}{\\nonesttables\\par}\\pard\\intbl 外\\cell\\row\\pard 表后\\par")
    yield "boxes-and-watermark.rtf", rtf(
        "{\\header{\\shp{\\*\\shpinst{\\sp{\\sn shapeType}{\\sv 136}}{\\sp{\\sn gtextUNICODE}{\\sv 水印}}"
        "{\\sp{\\sn wzName}{\\sv PowerPlusWaterMarkObject1}}}}\\par}正文{\\shp{\\*\\shpinst{\\sp{\\sn wzDescription}{\\sv 替代文字}}"
        "{\\shptxt 框中文字\\par}}{\\shprslt{\\*\\do{\\dptxbxtext 框中文字\\par}}}}\\par")
    yield "properties.rtf", rtf("正文\\par", coded(
        "{\\info{\\title 题目}{\\keywords 甲 乙}{\\doccomm 备注}{\\creatim\\yr2026\\mo1\\dy1}}"
        "{\\*\\userprops{\\propname 编号}\\proptype30{\\staticval 7号}}{\\*\\docvar{变量}{值}}"))
    yield "fields.rtf", rtf(
        "{\\field{\\*\\fldinst HYPERLINK \"https://example.org\"}{\\fldrslt 链接}}\\par"
        "{\\field{\\*\\fldinst FORMDROPDOWN{\\*\\formfield{\\fftype2\\ffres1{\\*\\ffl 甲}{\\*\\ffl 乙}}}}{\\fldrslt}}\\par"
        "{\\field{\\*\\fldinst IF 1 = 2 \"没有显示\" \"显示\"}{\\fldrslt 显示}}\\par")
    inner = "里面的字\n".encode()
    package = (b"\x02\0inner.txt\0inner.txt\0\0\0\x03\0\x0a\0\0\0inner.txt\0" + len(inner).to_bytes(4, "little") + inner)
    packed = (b"\x01\x05\0\0\x02\0\0\0\x08\0\0\0Package\0" + bytes(8) + len(package).to_bytes(4, "little") + package)
    yield "embedded-file.rtf", rtf("见附件{\\object\\objemb{\\*\\objdata " + packed.hex() + "}{\\result 图标}}\\par")
    yield "page-in-rtf.rtf", rtf(
        "{\\*\\htmltag64 <p>}\\htmlrtf {\\htmlrtf0 网页{\\*\\htmltag84 <b>}\\htmlrtf {\\b\\htmlrtf0 正文\\htmlrtf }\\htmlrtf0"
        "{\\*\\htmltag92 </b>}\\htmlrtf \\par}\\htmlrtf0{\\*\\htmltag72 </p>}", "\\fromhtml1 ")
    yield "cut.rtf", rtf("第一段\\par 第二段，后面没有了")[:-4]


def archived_pages():
    """A page saved by a browser: what it links to stands beside it in the mail."""
    def mail(parts, end="--b--\n"):
        return ("From: <Saved by Blink>\nSnapshot-Content-Location: http://example.org/\n"
                "Subject: =?utf-8?B?6aKY55uu?=\nDate: Thu, 1 Jan 2026 00:00:00 -0000\nMIME-Version: 1.0\n"
                'Content-Type: multipart/related; type="text/html"; boundary="b"\n\n'
                + "".join(f"--b\n{head}\n\n{body}\n" for head, body in parts) + end).encode()

    page = quopri.encodestring('<html><head><link rel="stylesheet" href="cid:s@b"></head><body>'
                               '<p>看得见</p><p class="x">看不见</p><img src="http://example.org/p.png">'
                               '</body></html>'.encode("gbk")).decode()
    parts = [
        ("Content-Type: text/html; charset=gbk\nContent-Transfer-Encoding: quoted-printable\n"
         "Content-Location: http://example.org/%E9%A1%B5.html", page),
        ("Content-Type: text/css\nContent-ID: <s@b>", ".x { display: none }"),
        ("Content-Type: image/png\nContent-Transfer-Encoding: base64\nContent-Location: http://example.org/p.png",
         "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAsTj2FAAAAABJRU5ErkJggg=="),
        ("Content-Type: text/html\nContent-Location: http://example.org/frame.html", "<p>frame</p>"),
    ]
    yield "page-with-style-and-frame.mht", mail(parts)
    yield "cut.mht", mail(parts[:1], end="")


def xml_files():
    yield "elements-and-attributes.xml", (
        '<?xml version="1.0" encoding="UTF-8"?>\n<文件 密级="内部" xmlns:x="urn:x">\n  <标题>题目</标题>\n'
        "  <p>一段<b>粗</b>字，<i>斜</i>字。</p>\n  <!-- 注释里的话 -->\n  <x:项 名称='第一项' n='1'/>\n"
        "  <![CDATA[<原样>&amp;]]>\n  <?程序 指令?>\n</文件>\n").encode()
    yield "gb2312.xml", '<?xml version="1.0" encoding="GB2312"?><a><b>融雪剂</b><b>防潮垫板</b></a>\n'.encode("gb2312")
    yield "entities.xml", (
        "<!DOCTYPE a [<!ENTITY 甲 '第一'><!ENTITY 乙 '&甲;句'><!ENTITY 外 SYSTEM 'file:///x'><!ENTITY 闲 '没有用到'>]>\n"
        "<a><b>&乙;&#12290;</b><b>&外;</b></a>\n").encode()
    laughs = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 12))
    yield "entities-without-end.xml", f"<!DOCTYPE a [<!ENTITY l0 '笑'>{laughs}]><a>&l11;</a>\n".encode()
    yield "packed-file-and-page.xml", (
        "<r><f>" + base64.b64encode(archive_of_one()).decode() + "</f>"
        "<d>&lt;p&gt;网页&lt;b&gt;正文&lt;/b&gt;&lt;/p&gt;</d></r>\n").encode()
    yield "cut.xml", "<?xml version='1.0'?><r><b>第一</b><c>第二".encode()


def archive_of_one():
    return plain.archive([("内.txt", "里面的字\n".encode())])


def drawings():
    def svg(inside):
        return ('<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
                f'width="400" height="300" viewBox="0 0 400 300">{inside}</svg>\n').encode()

    yield "text-in-order.svg", svg(
        '<text x="20" y="200">第三行</text><text x="20" y="40" font-size="20" font-weight="bold">第一<tspan fill="red">行</tspan></text>'
        '<g transform="translate(20 100)"><text>第二<tspan x="0" dy="20">行</tspan></text></g>')
    yield "not-seen.svg", svg(
        "<style>.x { display: none }</style><text y='20' class='x'>甲</text><text y='40' opacity='0'>乙</text>"
        "<text y='60' fill='#fff'>丙</text><defs><text id='t'>丁</text></defs><text y='80'>看得见</text>")
    yield "title-metadata-and-picture.svg", svg(
        "<title>题目</title><desc>说明</desc><metadata><d:creator xmlns:d='urn:d'>张三</d:creator></metadata><!-- 注释 -->"
        "<image href='photo.jpg'/><foreignObject y='100'><p xmlns='http://www.w3.org/1999/xhtml'>框中<b>文字</b></p></foreignObject>")
    yield "watermark.svg", svg(
        "<text x='50' y='250' font-size='60' opacity='0.2' transform='rotate(-30 50 250)'>水印</text><text y='20'>正文</text>")


def books_to_read():
    page = ('<?xml version="1.0" encoding="UTF-8"?>\n<html xmlns="http://www.w3.org/1999/xhtml"><head><title>{0}</title>'
            '<link rel="stylesheet" href="../s.css"/></head><body><p>{0}</p><p class="x">看不见</p></body></html>\n')
    yield "two-pages-and-style.epub", plain.archive([
        ("mimetype", b"application/epub+zip"),
        ("META-INF/container.xml", b'<?xml version="1.0"?><container><rootfiles><rootfile full-path="O/b.opf"/></rootfiles></container>'),
        ("O/b.opf", (
            '<?xml version="1.0"?><package xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata><dc:title>题目</dc:title>'
            '<dc:creator>张三</dc:creator></metadata><manifest><item id="s" href="s.css" media-type="text/css"/>'
            '<item id="a" href="t/a.xhtml" media-type="application/xhtml+xml"/><item id="b" href="t/b.xhtml" media-type="application/xhtml+xml"/>'
            '<item id="c" href="t/c.xhtml" media-type="application/xhtml+xml"/></manifest>'
            '<spine><itemref idref="b"/><itemref idref="a"/></spine></package>\n').encode()),
        ("O/s.css", b".x { display: none }"),
        ("O/t/a.xhtml", page.format("第二页").encode()),
        ("O/t/b.xhtml", page.format("第一页").encode()),
        ("余下.txt", "没有列出的字\n".encode())])


def field_and_link(document):
    """Text of a simple field and of a hyperlink, which stand beside runs and not in them."""
    for inside in ('<w:fldSimple {ns} w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple>',
                   '<w:hyperlink {ns} w:anchor="x"><w:r><w:t>链接</w:t></w:r></w:hyperlink>'):
        document.paragraphs[0]._p.append(parse_xml(inside.format(ns=nsdecls("w"))))


def decks():
    yield "slides-in-order.pptx", slides.write(["第一页", "第二页"])
    yield "text-box-and-table.pptx", slides.write(["题"], lambda d: (
        slides.text_box(d.slides[0], "框中文字", top=400),
        slides.table(d.slides[0], [["甲", "乙"], ["丙", "丁"]])))
    yield "notes.pptx", slides.write(["题"], lambda d: setattr(
        d.slides[0].notes_slide.notes_text_frame, "text", "备注文字"))
    yield "master-and-footer.pptx", slides.write(["题"], lambda d: (
        slides.on_master(d, "母版文字"), slides.footer(d.slides[0], "页脚文字")))
    yield "hidden-slide.pptx", slides.write(
        ["题", "不放映"], lambda d: d.slides[1]._element.set("show", "0"))
    yield "off-the-slide.pptx", slides.write(
        ["题"], lambda d: slides.text_box(d.slides[0], "在外", left=-400))


def books():
    yield "values.xlsx", sheets.write([("表", [
        ["字", 7, 0.5, True, date(2014, 3, 1)], ['="机"&"密"', "两\n行"]])], sheets.dates)
    yield "hidden-sheet-row-and-column.xlsx", sheets.write(
        [("表", [["见", "藏列"], ["藏行"]]), ("藏", [["藏页"]])], sheets.hide)
    yield "header-and-footer.xlsx", sheets.write([("表", [["字"]])], sheets.margins)
    yield "rich-and-white-text.xlsx", sheets.write([("表", [["a", "b", "c"]])], sheets.looks)
    yield "merged-cells.xlsx", sheets.write(
        [("表", [["题"], ["甲", "乙"]])], lambda b: b.active.merge_cells("A1:B1"))
    yield "comment-validation-and-name.xlsx", sheets.write([("表", [["字"]])], sheets.beside)
    yield "chart.xlsx", sheets.write([("表", [["月", "数"], ["一月", 3]])], sheets.chart)
    yield "number-format-with-words.xlsx", sheets.write([("表", [[10, "甲"]])], sheets.formats)


def older_books():
    """The same in the format before 2007, for what stands in records of its own there."""
    kept = {"values", "hidden-sheet-row-and-column", "header-and-footer", "rich-and-white-text",
            "merged-cells", "comment-validation-and-name", "chart", "number-format-with-words"}
    newer = ((name, content) for name, content in books() if name.removesuffix(".xlsx") in kept)
    for name, content in older.convert(newer, "xls"):
        # Remarks get numbers by chance (ftNts): the same bytes are wanted every time.
        yield name, re.sub(rb"(\x0d\x00\x16\x00).{16}", rb"\1" + bytes(16), content, flags=re.S)


def older_decks():
    """Presentations in the format before 2007, without the preview that makes them large."""
    kept = {"text-box-and-table", "notes", "master-and-footer", "hidden-slide", "off-the-slide"}
    newer = ((name, content) for name, content in decks() if name.removesuffix(".pptx") in kept)
    for name, content in older.convert(newer, "ppt"):
        file = olefile.OleFileIO(content)
        streams = ("PowerPoint Document", "Current User")
        yield name, outlook.compound({name: file.openstream(name).read() for name in streams})


def office_xml():
    """Office documents in one XML file."""
    page = word.write([Line("第一段")], lambda d: (
        word.header(d, Line("页眉")), word.embed(d, "inner.txt", "里面的字\n".encode())))
    yield "flat-package.xml", flat(page)
    yield "word-2003.xml", (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        '<?mso-application progid="Word.Document"?>\n'
        '<w:wordDocument xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml" '
        'xmlns:o="urn:schemas-microsoft-com:office:office" '
        'xmlns:wx="http://schemas.microsoft.com/office/word/2003/auxHint" '
        'xmlns:aml="http://schemas.microsoft.com/aml/2001/core">'
        "<o:DocumentProperties><o:Title>题目</o:Title></o:DocumentProperties>"
        "<w:body><wx:sect><w:p><w:r><w:t>第一段</w:t></w:r>"
        "<w:r><w:footnote><w:p><w:r><w:t>脚注文字</w:t></w:r></w:p></w:footnote></w:r>"
        '<aml:annotation w:type="Word.Deletion"><aml:content><w:r><w:delText>删去的字</w:delText></w:r>'
        "</aml:content></aml:annotation></w:p>"
        '<w:sectPr><w:hdr w:type="odd"><w:p><w:r><w:t>页眉</w:t></w:r></w:p></w:hdr></w:sectPr>'
        "</wx:sect></w:body></w:wordDocument>\n").encode()
    yield "text.uof", (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<uof:UOF xmlns:uof="http://schemas.uof.org/cn/2003/uof" '
        'xmlns:字="http://schemas.uof.org/cn/2003/uof-wordproc" uof:version="1.0">'
        "<uof:元数据><uof:标题>题目</uof:标题></uof:元数据><uof:文字处理><字:主体>"
        "<字:分节><字:节属性><字:页眉><字:奇数页页眉><字:段落><字:句><字:文本串>页眉</字:文本串></字:句></字:段落>"
        "</字:奇数页页眉></字:页眉></字:节属性></字:分节>"
        "<字:段落><字:句><字:文本串>第一段</字:文本串></字:句></字:段落>"
        "</字:主体></uof:文字处理></uof:UOF>\n").encode()


def flat(package):
    """A package in one XML file: parts that are XML as they are, others in base64."""
    out = ['<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
           '<?mso-application progid="Word.Document"?>\n<pkg:package '
           'xmlns:pkg="http://schemas.microsoft.com/office/2006/xmlPackage">']
    with zipfile.ZipFile(io.BytesIO(package)) as parts:
        types = parse_xml(parts.read("[Content_Types].xml"))
        known = {t.get("PartName") or t.get("Extension"): t.get("ContentType") for t in types}
        for name in parts.namelist():
            if name == "[Content_Types].xml":
                continue
            kind = known.get(f"/{name}") or known.get(name.rsplit(".")[-1], "")
            content = parts.read(name)
            if kind.endswith("xml"):
                text = content.decode("utf-8-sig").split("?>", 1)[-1].strip()
                inside = f"<pkg:xmlData>{text}</pkg:xmlData>"
            else:
                inside = f"<pkg:binaryData>{base64.b64encode(content).decode()}</pkg:binaryData>"
            out.append(f'<pkg:part pkg:name="/{name}" pkg:contentType="{kind}">{inside}</pkg:part>')
    return ("".join(out) + "</pkg:package>\n").encode()


def papers():
    two = [Line("第一行 line 1", size=12), Line("第二行★〔2026〕", size=12)]
    yield "truetype-pieces.pdf", paper.reportlab(two)
    yield "cff-identity.pdf", paper.typeset(two)
    yield "truetype-identity.pdf", paper.web(two)
    yield "font-not-embedded.pdf", paper.reportlab(two, font="STSong-Light")
    yield "two-pages.pdf", paper.reportlab(two + [Line("第二页", size=12, page=True)])
    yield "header-and-footer.pdf", paper.reportlab(
        two + [replace(x, page=n == 0) for n, x in enumerate(two)], header="页眉", footer="页脚")
    yield "turned-watermark.pdf", paper.reportlab(two, behind=paper.turned("水印"))
    yield "white-text.pdf", paper.reportlab([replace(two[0], color="FFFFFF"), two[1]])
    yield "annotation.pdf", paper.annotate(paper.reportlab(two), "Text", "附言")
    yield "form-field.pdf", paper.field(paper.reportlab(two), "name", "填的字")
    yield "attached-file.pdf", paper.attach(paper.reportlab(two), "inner.txt", "附件里的字\n".encode())
    yield "properties.pdf", paper.reportlab(two, info={"Title": "题目", "Keywords": "甲 乙"})
    yield "no-unicode-map.pdf", hostile.without_unicode(paper.reportlab(two))
    yield "picture-only.pdf", paper.scanned("图中的字", (310, 438))
    yield "password.pdf", paper.reportlab(two, password="x")


def mails():
    yield "plain-body.eml", plain.mail("主题", "正文一行\n第二行\n")
    yield "gb18030-quoted-printable.eml", plain.mail(
        "主题", "正文一行\n", charset="gb18030", encoding="quoted-printable")
    yield "html-beside-plain.eml", plain.mail("题", "纯文本\n", html="<p>网页<b>正文</b></p>")
    yield "attachment-with-chinese-name.eml", plain.mail(
        "题", "见附件\n", [("说明.txt", "text/plain", "附件里的字\n".encode())])
    yield "mail-in-mail.eml", plain.mail(
        "转发", "见内\n", [("", "message/rfc822", plain.mail("原题", "原文\n"))])
    yield "more-headers.eml", plain.mail("题", "文\n", more=["Keywords: =?utf-8?B?5YWs5byA?=", "Importance: high"])
    head = "From: office@bailu.example\nSubject: 关于库房值班的通知\nKeywords: 值班\n".encode("gb18030")
    yield "raw-gbk-fields.eml", head + b"Content-Type: text/plain; charset=gb2312\n\n" + "正文一行\n".encode("gb18030")
    yield "flowed.eml", plain.mail("题", "第一段接 \n着第一段\n第二段\n").replace(
        b"charset=utf-8", b"charset=utf-8; format=flowed; delsp=yes")
    yield "outside-the-parts.eml", (
        "Subject: x\nContent-Type: multipart/mixed; boundary=b\n\n前面的话\n--b\n\n正文\n--b--\n后面的话\n--b\n"
        "Content-Type: text/plain\n\n后面的一件\n--b--\n").encode()
    yield "encrypted-and-cut.eml", (
        "Subject: x\nContent-Type: multipart/encrypted; boundary=b\n\n--b\nContent-Type: application/pgp-encrypted\n\n"
        "Version: 1\n--b\nContent-Type: application/octet-stream; name=msg.asc\n\n-----BEGIN PGP MESSAGE-----\nabc\n").encode()


def mailboxes():
    first = plain.mail("题一", "From here on\n>From there\n")
    yield "two-messages.mbox", outlook.mailbox([first, plain.mail("题二", "文\n")])


def items():
    rtf = b"{\\rtf1 RTF}"
    packed = struct.pack("<IIII", len(rtf) + 12, len(rtf), 0x414C454D, 0) + rtf
    text, data = outlook.UNICODE, outlook.BYTES
    inner = outlook.item({(0x0037, text): "内件", (0x1000, text): "内文"}, named=[("msip_labels", "内签")], head=24)
    yield "mail-with-all.msg", outlook.compound(outlook.item(
        {(0x0037, text): "题", (0x0C1A, text): "办公室", (0x5D01, text): "office@bailu.example",
         (0x1000, text): "正文一行\r\n第二行\r\n", (0x1013, data): "<p>网页正文</p>".encode("gb18030"),
         (0x1009, data): packed, (0x3004, text): "备注"},
        rows=[(0x0039, outlook.TIME, outlook.SENT), (0x0036, outlook.NUMBER, 3), (0x3FDE, outlook.NUMBER, 936)],
        recipients=[(1, "综合科", "review@bailu.example")], named=[("msip_labels", "签")],
        attachments=[(1, {(0x3707, text): "说明.txt"}, "附件里的字\n".encode()), (5, {(0x3001, text): "内件"}, inner)]))


def winmails():
    text = outlook.UNICODE
    yield "winmail.dat", outlook.tnef([
        (1, 0x00069007, struct.pack("<II", 936, 0)), (1, 0x00018004, "题\0".encode("gb18030")),
        (1, 0x0002800C, "正文一行\r\n第二行\0".encode("gb18030")),
        (1, 0x00069003, outlook.tnef_properties({(0x3004, text): "备注"})),
        (2, 0x00069002, bytes(14)), (2, 0x0006800F, "附件里的字\n".encode()),
        (2, 0x00069005, outlook.tnef_properties({(0x3707, text): "说明.txt"}))])


def signed():
    yield "signed.p7m", outlook.signed("Content-Type: text/plain; charset=utf-8\r\n\r\n正文一行\r\n".encode())


def calendars():
    yield "invitation.ics", (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nSUMMARY:值班安排\r\nDESCRIPTION:第一行\\n第二\r\n"
        " 行\r\nLOCATION:二楼\r\nATTENDEE;CN=综合科:mailto:review@bailu.example\r\n"
        "END:VEVENT\r\nEND:VCALENDAR\r\n").encode()


def archives():
    yield "two-members.zip", plain.archive([("甲.txt", "甲\n".encode()), ("夹/乙.txt", "乙\n".encode())])
    yield "gbk-names.zip", plain.archive([("说明材料.txt", "文\n".encode())], gbk=True)
    yield "zip-in-zip.zip", plain.archive([("内.zip", plain.archive([("丙.txt", "丙\n".encode())]))])
    yield "locked-member.zip", plain.locked_archive([("锁.txt", "文\n".encode())], b"x")
    yield "archive-comment.zip", plain.archive([("甲.txt", "甲\n".encode())], comment="备注".encode())
    yield "empty.zip", plain.archive([])
    yield "zip64.zip", plain.wide_archive([("甲.txt", "甲\n".encode()), ("夹/乙.txt", "乙\n".encode())])
    yield "same-name-twice.zip", plain.archive([("甲.txt", "先\n".encode()), ("甲.txt", "后\n".encode())])


def rars():
    yield "rar-4-gbk-name-and-comment.rar", plain.rar_4(
        [("夹\\说明.txt".encode("gb18030"), "文\n".encode())], comment="备注".encode())
    yield "rar-5-two-members.rar", plain.rar_5([("甲.txt", "甲\n".encode()), ("夹/乙.txt", "乙\n".encode())])
    yield "rar-5-cut.rar", plain.rar_5([("甲.txt", "甲\n".encode()), ("乙.txt", "乙乙乙\n".encode())])[:-20]


def shown():
    yield "exif-xmp-iptc-and-comment.jpg", pictures.jpeg()
    yield "text-chunks-xmp-and-exif.png", pictures.png()
    yield "cut.png", pictures.png()[:-30]
    yield "two-pages.tif", pictures.pages()
    yield "comment.gif", pictures.saved("GIF", comment="注释".encode())
    yield "exif-and-xmp.webp", pictures.saved("WEBP", exif=pictures.exif(), xmp=pictures.XMP, lossless=True)
    yield "no-words.bmp", pictures.saved("BMP")
    yield "icon.ico", pictures.saved("ICO", pictures.dots((16, 16)))
    yield "file-behind-the-end.jpg", pictures.saved("JPEG") + plain.rar_5([("藏.txt", "藏\n".encode())])
    yield "runs-of-letters.emf", pictures.emf([("机", 0, 10), ("密★10年", 20, 10), ("第二行", 0, 40)])
    yield "runs-of-letters.wmf", pictures.wmf([("秘密", 0, 10), ("第二行", 0, 40)])
