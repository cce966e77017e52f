"""corpora/hostile: documents that cannot be read, or only in part. Bombs and other
big things are made in tests/it/hostile.rs while the test runs."""

import io
import random

import docx_writer as word
import page
import paper
import pikepdf
import plain
from page import article
from prose import topic


def note(key):
    heading, _, text = topic(key)
    return article(heading, text)


def marked(key, mark):
    heading, to, text = topic(key)
    return page.official_2012(
        head="柳汀县人民政府文件", signer="柳汀县人民政府", heading=heading, to=to, paragraphs=text,
        copy="000073", mark=mark, number="柳政发〔2024〕28号", date="2024年4月18日")


def documents():
    yield "password-to-open.pdf", paper.light(marked("bus", "机密★10年"), password="liuting")
    yield "password-to-print-only.pdf", paper.light(marked("bins", "机密★10年"), owner="liuting")
    yield "password-to-open.docx", locked_word(word.write(note("tea")))
    yield "password-member-beside-marked.zip", beside_marked()
    yield "password-member-name-marked.zip", plain.locked_archive(
        [("机密★5年 名单.txt", "一、二、三。\n".encode())], b"liuting")
    whole = word.write(note("trees"))
    yield "cut-off.docx", whole[:len(whole) * 3 // 5]
    whole = paper.light(note("boats"))
    yield "cut-off.pdf", whole[:len(whole) // 2]
    whole = plain.archive([(f"{n}.txt", plain.write(note(key)))
                           for n, key in enumerate(("salt", "lift", "pool"))])
    yield "cut-off.zip", whole[:len(whole) * 3 // 5]
    yield "picture-of-a-page.pdf", paper.scanned("秘密★5年\n\n关于清点桌椅的通知\n\n各科室：\n　　请于周五前清点。")
    yield "letters-without-meaning.pdf", without_unicode(paper.light(note("drain")))
    yield "word-file-called.txt", word.write(marked("ferry", "秘密★5年"))
    yield "pdf-file-called.docx", paper.typeset(note("bikes"))
    yield "drawing.dwg", b"AC1032\0\0\0\0\0" + random.Random(7).randbytes(1500)
    yield "noise.dat", random.Random(11).randbytes(2000)
    yield "empty.txt", b""
    yield "mail-with-locked-attachment.eml", plain.mail(
        "报价单", "报价单见附件，口令另发。\n", [("报价单.zip", "application/zip", plain.locked_archive(
            [("报价.txt", "六百八十元。\n".encode())], b"x1"))])


def beside_marked():
    """Two members: one locked, one open and marked."""
    locked = plain.locked_archive([("甲.txt", "内容略。\n".encode())], b"liuting")
    opened = plain.archive([("乙.txt", plain.write(marked("canteen", "秘密★5年")))])
    return joined(locked, opened)


def joined(one, two):
    """Two archives of one member each as one archive."""
    def cut(raw):
        end = raw.rindex(b"PK\x05\x06")
        at = int.from_bytes(raw[end + 16:end + 20], "little")
        return raw[:at], raw[at:end]

    (first, first_entry), (second, second_entry) = cut(one), cut(two)
    entry = bytearray(second_entry)
    entry[42:46] = len(first).to_bytes(4, "little")
    body, directory = first + second, first_entry + bytes(entry)
    return (body + directory + b"PK\x05\x06" + bytes(4) + (2).to_bytes(2, "little") * 2
            + len(directory).to_bytes(4, "little") + len(body).to_bytes(4, "little") + bytes(2))


def locked_word(package):
    """A Word file encrypted with a password (MS-OFFCRYPTO, agile): fixed salts, fixed date."""
    import msoffcrypto.method.container.ecma376_encrypted as container
    import msoffcrypto.method.ecma376_agile as agile
    from msoffcrypto.format.ooxml import OOXMLFile
    agile._random_buffer = random.Random(3).randbytes
    container.datetime2filetime = lambda when: 0
    out = io.BytesIO()
    OOXMLFile(io.BytesIO(package)).encrypt("liuting", out)
    return out.getvalue()


def without_unicode(made):
    """The PDF with every ToUnicode map and every glyph name taken out."""
    pdf = pikepdf.open(io.BytesIO(made))
    for item in pdf.objects:
        if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/Font":
            if "/ToUnicode" in item:
                del item.ToUnicode
    return paper.saved(pdf)
