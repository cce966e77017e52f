"""Pictures and drawings that say something beside what they show."""

import io
import struct

from PIL import Image, PngImagePlugin
from PIL.TiffImagePlugin import ImageFileDirectory_v2

XMP = ('<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
       '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
       'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" '
       'photoshop:Headline="栏目"><dc:title><rdf:Alt><rdf:li xml:lang="x-default">标题</rdf:li></rdf:Alt></dc:title>'
       '<dc:subject><rdf:Bag><rdf:li>甲</rdf:li><rdf:li>乙</rdf:li></rdf:Bag></dc:subject>'
       '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>').encode()


def dots(size=(64, 48), mode="L"):
    return Image.new(mode, size, 255 if mode == "L" else 1)


def exif():
    made = Image.Exif()
    made[0x010E] = "图的说明".encode("gb18030")
    made[0x9C9C] = "备注\0".encode("utf-16-le")
    made.get_ifd(0x8769)[0x9286] = b"UNICODE\0" + "用户注释".encode("utf-16-le")
    gps = made.get_ifd(0x8825)
    gps[1], gps[2], gps[3], gps[4] = "N", (31.0, 15.0, 0.0), "E", (121.0, 30.0, 0.0)
    return made.tobytes()


def saved(form, picture=None, **more):
    out = io.BytesIO()
    (picture or dots()).save(out, form, **more)
    return out.getvalue()


def jpeg():
    sets = "\x1c\x01\x5a\0\x03\x1b%G".encode("latin-1") + iptc(120, "摘要") + iptc(25, "词")
    resource = b"Photoshop 3.0\0" + b"8BIM\x04\x04\0\0" + len(sets).to_bytes(4, "big") + sets + bytes(len(sets) % 2)
    made = saved("JPEG", exif=exif(), xmp=XMP, comment="注释".encode())
    return made[:2] + b"\xff\xed" + (len(resource) + 2).to_bytes(2, "big") + resource + made[2:]


def iptc(number, text):
    raw = text.encode()
    return bytes([0x1C, 2, number]) + len(raw).to_bytes(2, "big") + raw


def png():
    chunks = PngImagePlugin.PngInfo()
    chunks.add_text("Comment", "plain")
    chunks.add_text("Description", "压缩的字", zip=True)
    chunks.add_itxt("Title", "题目", lang="zh", tkey="题")
    chunks.add_itxt("XML:com.adobe.xmp", XMP.decode())
    return saved("PNG", pnginfo=chunks, exif=exif())


def pages():
    """Two pages of a fax, the second with a name."""
    tags = [ImageFileDirectory_v2(), ImageFileDirectory_v2()]
    tags[0][269], tags[1][285] = "传真".encode(), "背面".encode()
    out = io.BytesIO()
    sheets = []
    for sheet, tag in zip((dots((96, 120), "1"), dots((96, 130), "1")), tags):
        sheet.encoderinfo = {"tiffinfo": tag, "compression": "group4"}
        sheets.append(sheet)
    sheets[0].save(out, "TIFF", save_all=True, append_images=sheets[1:], tiffinfo=tags[0], compression="group4")
    return out.getvalue()


def emf(texts, font="SimSun"):
    """A drawing of (text, x, y) in one font."""
    def record(kind, body):
        body += bytes(-len(body) % 4)
        return struct.pack("<II", kind, len(body) + 8) + body

    face = font.encode("utf-16-le").ljust(64, b"\0")
    records = [record(82, struct.pack("<I", 1) + bytes(23) + b"\x86" + bytes(4) + face), record(37, struct.pack("<I", 1))]
    for text, x, y in texts:
        raw = text.encode("utf-16-le")
        records.append(record(84, bytes(28) + struct.pack("<iiIII", x, y, len(raw) // 2, 76, 0) + bytes(16)
                              + struct.pack("<I", 0) + raw))
    records.append(record(14, struct.pack("<III", 0, 16, 20)))
    size = 88 + sum(map(len, records))
    head = (struct.pack("<8i", 0, 0, 400, 200, 0, 0, 4000, 2000) + b" EMF" + struct.pack("<IIIHHIII", 0x10000, size, len(records) + 1, 2, 0, 0, 0, 0)
            + struct.pack("<4i", 1024, 768, 320, 240))
    return struct.pack("<II", 1, 88) + head + b"".join(records)


def wmf(texts):
    """A drawing of (text, x, y) in the code page of Chinese."""
    def record(kind, body):
        body += bytes(len(body) % 2)
        return struct.pack("<IH", (len(body) + 6) // 2, kind) + body

    records = [record(0x02FB, bytes(13) + b"\x86" + bytes(4) + b"SimSun\0"), record(0x012D, struct.pack("<H", 0))]
    for text, x, y in texts:
        raw = text.encode("gb18030")
        records.append(record(0x0521, struct.pack("<H", len(raw)) + raw + bytes(len(raw) % 2) + struct.pack("<hh", y, x)))
    records.append(struct.pack("<IH", 3, 0))
    body = b"".join(records)
    return struct.pack("<HHHIHIH", 1, 9, 0x300, (18 + len(body)) // 2, 1, max(map(len, records)) // 2, 0) + body
