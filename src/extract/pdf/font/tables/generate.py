#!/usr/bin/env python3
"""Makes the tables beside it from published data.

usage: generate.py CMAPS
CMAPS is the folder `cMap` of Debian's poppler-data (Adobe's cmap-resources, BSD-3-Clause);
names, encodings and widths come from the packages fonttools (MIT) and reportlab (BSD).
"""
import re, struct, sys, zlib
from pathlib import Path

from fontTools import agl
from fontTools.cffLib import cffStandardStrings
from fontTools.ttLib.standardGlyphOrder import standardGlyphOrder
from reportlab.pdfbase import _fontdata
from reportlab.pdfbase._fontdata_enc_macexpert import MacExpertEncoding
from reportlab.pdfbase._fontdata_enc_macroman import MacRomanEncoding
from reportlab.pdfbase._fontdata_enc_standard import StandardEncoding
from reportlab.pdfbase._fontdata_enc_symbol import SymbolEncoding
from reportlab.pdfbase._fontdata_enc_winansi import WinAnsiEncoding
from reportlab.pdfbase._fontdata_enc_zapfdingbats import ZapfDingbatsEncoding

HERE = Path(__file__).parent
# Of maps from Unicode only those from UTF-32: the others say the same of other code lengths.
CMAPS = """
83pv-RKSJ-H 90ms-RKSJ-H 90ms-RKSJ-V 90msp-RKSJ-H 90msp-RKSJ-V 90pv-RKSJ-H 90pv-RKSJ-V Add-RKSJ-H Add-RKSJ-V
78-RKSJ-H 78-RKSJ-V 78-EUC-H 78-EUC-V 78-H 78-V EUC-H EUC-V Ext-RKSJ-H Ext-RKSJ-V H V RKSJ-H RKSJ-V UniJIS-UTF32-H
UniJIS-UTF32-V GB-EUC-H GB-EUC-V GB-H GB-V GBpc-EUC-H
GBpc-EUC-V GBK-EUC-H GBK-EUC-V GBKp-EUC-H GBKp-EUC-V GBK2K-H GBK2K-V GBT-EUC-H GBT-EUC-V GBT-H GBT-V GBTpc-EUC-H
GBTpc-EUC-V UniGB-UTF32-H UniGB-UTF32-V B5pc-H B5pc-V HKscs-B5-H HKscs-B5-V ETen-B5-H ETen-B5-V ETenms-B5-H
ETenms-B5-V CNS-EUC-H CNS-EUC-V CNS1-H CNS1-V CNS2-H CNS2-V ETHK-B5-H ETHK-B5-V HKdla-B5-H HKdla-B5-V UniCNS-UTF32-H
UniCNS-UTF32-V KSC-EUC-H KSC-EUC-V KSC-H KSC-V KSCms-UHC-H KSCms-UHC-V KSCms-UHC-HW-H KSCms-UHC-HW-V KSCpc-EUC-H
KSCpc-EUC-V KSC-Johab-H KSC-Johab-V UniKS-UTF32-H UniKS-UTF32-V UniAKR-UTF32-H
""".split()
# Collection: maps from CID to text, then maps from text to CID to fill what is missing.
COLLECTIONS = {
    "Adobe-GB1": (["Adobe-GB1-UCS2"], ["UniGB-UTF32-H", "UniGB-UTF32-V"]),
    "Adobe-CNS1": (["Adobe-CNS1-UCS2"], ["UniCNS-UTF32-H", "UniCNS-UTF32-V"]),
    "Adobe-Japan1": (["Adobe-Japan1-UCS2"], ["UniJIS2004-UTF32-H", "UniJIS-UTF32-H", "UniJIS2004-UTF32-V"]),
    "Adobe-Korea1": (["Adobe-Korea1-UCS2"], ["UniKS-UTF32-H", "UniKS-UTF32-V"]),
    "Adobe-KR": (["Adobe-KR-UCS2"], ["UniAKR-UTF32-H"]),
}
TOKEN = re.compile(rb"<([0-9A-Fa-f\s]*)>|/([^\s/<>\[\]()]+)|(\[)|(\])|(-?\d+)|([A-Za-z]\w*)")


def write(name, head, lines):
    text = "".join(f"# {line}\n" for line in head) + "".join(f"{line}\n" for line in lines)
    (HERE / name).write_text(text, encoding="utf-8")


def names():
    known = {**agl.AGL2UV, **agl.LEGACY_AGL2UV}
    # fontTools keeps the Zapf Dingbats list apart, and private.
    known.update({name: agl.toUnicode(name, isZapfDingbats=True) for name in (f"a{n}" for n in range(1, 207))})
    lines = []
    for name, value in sorted(known.items(), key=lambda item: item[0].encode()):
        text = "".join(map(chr, value)) if isinstance(value, (tuple, list)) else chr(value) if isinstance(value, int) else value
        if text:
            lines.append(name + " " + " ".join(f"{ord(c):04X}" for c in text))
    write("glyph-names.txt", ["Glyph names and the characters they stand for: the Adobe Glyph List and the",
          "list for Zapf Dingbats (BSD-3-Clause), by way of fonttools. Made by generate.py."], lines)


def encodings():
    tables = {"Standard": StandardEncoding, "WinAnsi": WinAnsiEncoding, "MacRoman": MacRomanEncoding,
              "MacExpert": MacExpertEncoding, "Symbol": SymbolEncoding, "ZapfDingbats": ZapfDingbatsEncoding}
    lines = []
    for title, table in tables.items():
        lines.append(title + " " + " ".join(f"{code:02X}:{name}" for code, name in enumerate(table) if name))
    write("encodings.txt", ["Encodings of simple fonts (ISO 32000-2, Annex D): code and glyph name.",
          "By way of reportlab. Made by generate.py."], lines)


def widths():
    faces = ["Courier", "Helvetica", "Helvetica-Bold", "Times-Roman", "Times-Bold", "Times-Italic", "Times-BoldItalic", "Symbol", "ZapfDingbats"]
    lines = []
    for face in faces:
        table = _fontdata.widthsByFontGlyph[face]
        lines.append(face + " " + " ".join(f"{name}:{width}" for name, width in sorted(table.items())))
    write("standard-widths.txt", ["Widths of the standard fonts in thousandths of an em, by glyph name",
          "(Adobe's font metrics, by way of reportlab). Made by generate.py."], lines)


def lists():
    write("cff-strings.txt", ["Standard strings of CFF (Adobe technical note 5176, appendix A), 0 first. Made by generate.py."], cffStandardStrings)
    write("mac-glyphs.txt", ["Glyph names of the Macintosh order (OpenType `post`), 0 first. Made by generate.py."], standardGlyphOrder)


class CMap:
    def __init__(self, path):
        self.vertical, self.base, self.spaces, self.cids, self.texts = False, None, [], [], []
        tokens = [t.groups() for t in TOKEN.finditer(re.sub(rb"(?m)^%.*$", b"", path.read_bytes()))]
        at, last, operands = 0, None, []
        while at < len(tokens):
            hexa, name, opening, closing, number, word = tokens[at]
            at += 1
            if word is None:
                operands.append(("hex", hexa) if hexa is not None else ("name", name) if name else ("[",) if opening else ("]",) if closing else ("int", int(number)))
                continue
            word = word.decode()
            if word == "usecmap":
                self.base = operands[-1][1].decode()
            elif word == "def" and len(operands) >= 2 and operands[-2] == ("name", b"WMode"):
                self.vertical = operands[-1][1] == 1
            elif word == "endcodespacerange":
                for low, high in zip(operands[::2], operands[1::2]):
                    self.spaces.append((len(low[1]) // 2, int(low[1], 16), int(high[1], 16)))
            elif word == "endcidrange":
                for low, high, cid in zip(operands[::3], operands[1::3], operands[2::3]):
                    self.cids.append((len(low[1]) // 2, int(low[1], 16), int(high[1], 16), cid[1]))
            elif word == "endcidchar":
                for code, cid in zip(operands[::2], operands[1::2]):
                    self.cids.append((len(code[1]) // 2, int(code[1], 16), int(code[1], 16), cid[1]))
            elif word == "endbfchar":
                for code, text in zip(operands[::2], operands[1::2]):
                    self.texts.append((int(code[1], 16), bytes.fromhex(text[1].decode()).decode("utf-16-be")))
            elif word == "endbfrange":
                step = 0
                while step < len(operands):
                    low, high, to = int(operands[step][1], 16), int(operands[step + 1][1], 16), operands[step + 2]
                    step += 3
                    if to[0] == "[":
                        for code in range(low, high + 1):
                            self.texts.append((code, bytes.fromhex(operands[step][1].decode()).decode("utf-16-be")))
                            step += 1
                        step += 1
                    else:
                        text = bytes.fromhex(to[1].decode()).decode("utf-16-be")
                        for code in range(low, high + 1):
                            self.texts.append((code, text[:-1] + chr(ord(text[-1]) + code - low)))
            operands = []


def number(value):
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def signed(value):
    return number(value << 1 if value >= 0 else (-value << 1) - 1)


def packed_cmap(cmap):
    """flags, base, code spaces, then for each length of code its ranges: gap since the last one, span, step of the CID."""
    base = (cmap.base or "").encode()
    out = bytearray([cmap.vertical, len(base)]) + base + number(len(cmap.spaces))
    for length, low, high in cmap.spaces:
        out += bytes([length]) + low.to_bytes(4, "big") + high.to_bytes(4, "big")
    for length in range(1, 5):
        ranges = sorted(r[1:] for r in cmap.cids if r[0] == length)
        joined = []
        for low, high, cid in ranges:
            if joined and joined[-1][1] + 1 == low and joined[-1][2] + low - joined[-1][0] == cid:
                joined[-1][1] = high
            else:
                joined.append([low, high, cid])
        out += number(len(joined))
        end, next_cid = 0, 0
        for low, high, cid in joined:
            assert low >= end, (low, end)
            out += number(low - end) + number(high - low) + signed(cid - next_cid)
            end, next_cid = high + 1, cid + high - low + 1
    return bytes(out)


def packed_texts(texts):
    """How many CIDs, then for each the step of its character from the one before plus 1; 0 characters for none."""
    out = bytearray(number(max(texts) + 1))
    last = 0
    for cid in range(max(texts) + 1):
        value = texts.get(cid, 0)
        out += signed(value - last - 1)
        last = value
    return bytes(out)


def cmaps(folder):
    paths = {path.name: path for path in Path(folder).rglob("*") if path.is_file()}
    parts = {name: packed_cmap(CMap(paths[name])) for name in CMAPS}
    for title, (direct, inverse) in COLLECTIONS.items():
        texts = {}
        for name in direct:
            if name in paths:
                for cid, text in CMap(paths[name]).texts:
                    if len(text) == 1 and not 0xE000 <= ord(text) <= 0xF8FF and ord(text) != 0xFFFD:
                        texts.setdefault(cid, ord(text))
        for name in inverse:
            for _, low, high, cid in sorted(CMap(paths[name]).cids):
                for step in range(high - low + 1):
                    texts.setdefault(cid + step, low + step)
        parts[title] = packed_texts(texts)
    for name, raw in parts.items():
        if "-v" in sys.argv:
            print(name, len(raw), len(zlib.compress(raw, 9)))
    table, data = bytearray(struct.pack(">H", len(parts))), bytearray()
    for name, raw in sorted(parts.items()):
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        small = packer.compress(raw) + packer.flush()
        table += bytes([len(name)]) + name.encode() + struct.pack(">III", len(data), len(small), len(raw))
        data += small
    (HERE / "cmaps.bin").write_bytes(bytes(table) + bytes(data))


if __name__ == "__main__":
    names(), encodings(), widths(), lists(), cmaps(sys.argv[1])
