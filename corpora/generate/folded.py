"""corpora/folded: marks written so that a plain search for 机密★10年 passes them by."""

import base64

import docx_writer as word
import page
import paper
import plain
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from page import Line
from prose import topic

CITY = dict(head="白鹭市人民政府办公室文件", signer="白鹭市人民政府办公室")


def official(key, mark, **more):
    heading, to, text = topic(key)
    return page.official_2012(**CITY, heading=heading, to=to, paragraphs=text, copy="000047",
                              mark=mark, number="鹭政办发〔2025〕44号", date="2025年5月15日", **more)


def documents():
    yield "zero-width-space.txt", plain.write(official("bus", "机\u200b密\u200b★10\u200b年"))
    yield "word-joiner.docx", word.write(official("bins", "秘\u2060密\u2060★\u20605年"))
    yield "right-to-left-override.html", paper.markup(
        official("tea", "\u202e年01★密机\u202c")).encode()
    yield "soft-hyphen.html", paper.markup(official("pool", "机\u00ad密★1\u00ad0年")).encode()
    yield "variation-selectors.txt", plain.write(official("lamps", "机\ufe00密\ufe00★\ufe0e20年"))
    yield "compatibility-ideograph.docx", word.write(official("trees", "机密★10\uf98e"))
    yield "variant-character.html", paper.markup(official("boats", "祕密★5年")).encode()
    yield "traditional-script.docx", word.write(official("drain", "機密★10年"))
    yield "traditional-script-big5.txt", traditional().encode("big5")
    yield "letters-far-apart.txt", plain.write(official("bikes", "机\u00a0\u3000密\u3000 ★  1 0  年"))
    yield "dots-between.docx", word.write(official("paper", "秘.密.★.5.年"))
    yield "wrapped-after-star.txt", plain.write(official("lift", "机密★\n10年"))
    yield "one-letter-a-row.docx", word.write(
        official("ferry", ""), lambda d: word.table(d, [[c] for c in "机密★5年"], at=0))
    yield "split-character.txt", plain.write(official("salt", "木几密★10年"))
    yield "sound-alike.html", paper.markup(official("bridge", "机宓★10年")).encode()
    yield "numeric-entities.html", paper.markup(official("library", "@@MARK@@")).replace(
        "@@MARK@@", "".join(f"&#x{ord(c):x};" for c in "机密★10年")).encode()
    yield "a-tag-a-letter.html", paper.markup(official("canteen", "@@MARK@@")).replace(
        "@@MARK@@", "<span>秘</span><!-- 空 --><b>密</b><i></i>★<u>5</u><span>年</span>").encode()
    yield "a-run-a-letter.docx", word.write(official("flowers", "机密★10年"), a_run_a_letter)
    yield "symbol-font-star.docx", word.write(official("uniform", "机密★10年"), symbol_star)
    yield "a-glyph-a-time.pdf", paper.reportlab(
        official("benches", ""), on_page=a_glyph_a_time("秘密★5年"))
    yield "split-encoded-words.eml", split_subject()


def traditional():
    return ("000047\r\n機密★20年\r\n\r\n　　　　白鷺市人民政府辦公室文件\r\n\r\n"
            "　　　　　　鷺政辦發〔2025〕44號\r\n\r\n　　　　　關於清洗候車亭的通知\r\n\r\n"
            "各區人民政府：\r\n　　候車亭頂棚每季度清洗一次，座椅每日擦拭。\r\n\r\n"
            "　　　　　　　　　白鷺市人民政府辦公室\r\n　　　　　　　　　　2025年5月15日\r\n")


def a_run_a_letter(document):
    paragraph = next(p for p in document.paragraphs if p.text == "机密★10年")
    line = Line(paragraph.text, face="hei")
    paragraph.runs[0].text = ""
    for c in line.text:
        word.style(paragraph.add_run(c), line)


def symbol_star(document):
    """The star as Word inserts a symbol: w:sym of the font Wingdings."""
    paragraph = next(p for p in document.paragraphs if p.text == "机密★10年")
    run = paragraph.runs[0]
    run.text = "机密"
    run._r.addnext(parse_xml(
        f'<w:r {nsdecls("w")}><w:sym w:font="Wingdings" w:char="F0AB"/></w:r>'))
    word.style(paragraph.add_run("10年"), Line("", face="hei"))


def a_glyph_a_time(text):
    def draw(canvas, number):
        if number == 1:
            for at, c in enumerate(text):
                canvas.setFont("hei", 16)
                canvas.drawString(paper.LEFT + at * 16.5, paper.A4[1] - paper.TOP + 4, c)
    return draw


def split_subject():
    """One encoded word for each letter of the mark."""
    words = " ".join("=?utf-8?B?" + base64.b64encode(c.encode()).decode() + "?="
                     for c in "机密★10年")
    return plain.mail("SUBJECT", "附件稍后发出。\n").replace(b"Subject: SUBJECT",
                                                      b"Subject: " + words.encode())
