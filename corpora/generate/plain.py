"""Plain text, mail and archives."""

import base64
import io
import quopri
import zipfile
import zlib
from email.header import Header

WIDTH = 56  # columns of a typed page; an ideograph takes two


def columns(text):
    return sum(2 if ord(c) > 0x2E7F or c in "★☆—“”‘’…○●" else 1 for c in text)


def write(lines, encoding="utf-8", newline="\n"):
    """The lines as a typist sets them: centred and flush right by blanks."""
    out = []
    for line in lines:
        out += [""] if line.before >= 12 else []
        out += ["\f" + line.text] if line.page else typed(line)
        if line.rule:
            out.append("─" * 28)
    return (newline.join(out) + newline).encode(encoding)


def typed(line):
    if line.align == "center":
        return [" " * max(0, (WIDTH - columns(line.text)) // 2) + line.text]
    if line.align == "right":
        return [" " * max(0, WIDTH - 4 - columns(line.text)) + line.text]
    if line.align == "left":
        return [line.text]
    rows, row = [], "　　"
    for c in line.text:
        if columns(row + c) > WIDTH and c not in "，。、；：）”":
            rows.append(row)
            row = ""
        row += c
    return rows + [row]


def archive(members, comment=b"", gbk=False):
    """A zip of (name, content). With `gbk`, names in GBK and no flag that says so."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members:
            entry = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            made.writestr(entry, content)
        made.comment = comment
    made = out.getvalue()
    if gbk:
        for name, _ in members:
            old, new = name.encode(), name.encode("gb18030")
            if old == new:
                continue
            assert len(new) <= len(old)
            made = rename_member(made, old, new)
    return made


def wide_archive(members):
    """A zip whose sizes and places are all told in eight bytes (ZIP64)."""
    limit, zipfile.ZIP64_LIMIT = zipfile.ZIP64_LIMIT, 1
    try:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
            for name, content in members:
                entry = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
                entry.compress_type = zipfile.ZIP_DEFLATED
                with made.open(entry, "w", force_zip64=True) as member:
                    member.write(content)
        return out.getvalue()
    finally:
        zipfile.ZIP64_LIMIT = limit


def rename_member(made, old, new):
    """Shorter raw name: padded extra field keeps every offset right."""
    pad = len(old) - len(new)
    for signature, flags_at, length_at, name_at in (
            (b"PK\x03\x04", 6, 26, 30), (b"PK\x01\x02", 8, 28, 46)):
        start = 0
        while (at := made.find(signature, start)) >= 0:
            start = at + 4
            length = int.from_bytes(made[at + length_at:at + length_at + 2], "little")
            if made[at + name_at:at + name_at + length] != old:
                continue
            assert pad == 0 or pad >= 4, "an extra field takes four bytes at least"
            extra = b"" if pad == 0 else b"\xfe\xca" + (pad - 4).to_bytes(2, "little") + bytes(pad - 4)
            head = bytearray(made[at:at + name_at])
            head[flags_at:flags_at + 2] = b"\0\0"
            head[length_at:length_at + 2] = len(new).to_bytes(2, "little")
            head[length_at + 2:length_at + 4] = len(extra).to_bytes(2, "little")
            made = made[:at] + bytes(head) + new + extra + made[at + name_at + length:]
    return made


def locked_archive(members, password):
    """A zip whose members are encrypted with PKZIP's own cipher."""
    table = []
    for n in range(256):
        for _ in range(8):
            n = n >> 1 ^ (0xEDB88320 if n & 1 else 0)
        table.append(n)

    def cipher(data):
        keys = [0x12345678, 0x23456789, 0x34567890]

        def mix(byte):
            keys[0] = keys[0] >> 8 ^ table[(keys[0] ^ byte) & 255]
            keys[1] = (keys[1] + (keys[0] & 255)) * 134775813 + 1 & 0xFFFFFFFF
            keys[2] = keys[2] >> 8 ^ table[(keys[2] ^ keys[1] >> 24) & 255]

        for byte in password:
            mix(byte)
        out = bytearray()
        for byte in data:
            temp = keys[2] | 2
            out.append(byte ^ (temp * (temp ^ 1) >> 8 & 255))
            mix(byte)
        return bytes(out)

    plain = archive(members)
    out, directory = bytearray(), bytearray()
    with zipfile.ZipFile(io.BytesIO(plain)) as old:
        for entry in old.infolist():
            raw = old.read(entry.filename)
            name = entry.filename.encode()
            flags = 1 | (0x800 if not entry.filename.isascii() else 0)
            crc = zlib.crc32(raw)
            sealed = cipher(bytes(range(11)) + bytes([crc >> 24]) + raw)
            common = b"".join((
                (20).to_bytes(2, "little"), flags.to_bytes(2, "little"), bytes(2),
                bytes(2), (0x5C21).to_bytes(2, "little"), crc.to_bytes(4, "little"),
                len(sealed).to_bytes(4, "little"), len(raw).to_bytes(4, "little"),
                len(name).to_bytes(2, "little"), bytes(2)))
            directory += (b"PK\x01\x02\x14\0" + common + bytes(10)
                          + len(out).to_bytes(4, "little") + name)
            out += b"PK\x03\x04" + common + name + sealed
    end = (b"PK\x05\x06" + bytes(4) + len(members).to_bytes(2, "little") * 2
           + len(directory).to_bytes(4, "little") + len(out).to_bytes(4, "little") + bytes(2))
    return bytes(out + directory + end)


def mail(subject, text, attachments=(), *, charset="utf-8", html=None, sender="office@bailu.example",
         to="review@bailu.example", encoding="base64", more=()):
    """A mail with CRLF line ends and a fixed boundary. Attachments: (name, media type, content)."""
    def coded(text):
        return Header(text, charset, maxlinelen=70).encode() if not text.isascii() else text

    def body(content, kind):
        raw = content.replace("\n", "\r\n").encode(charset)
        packed = (base64.encodebytes(raw).replace(b"\n", b"\r\n") if encoding == "base64"
                  else quopri.encodestring(raw) if encoding == "quoted-printable" else raw)
        return (f"Content-Type: text/{kind}; charset={charset}\r\n"
                f"Content-Transfer-Encoding: {encoding}\r\n\r\n").encode() + packed

    head = [f"From: {sender}", f"To: {to}", f"Subject: {coded(subject)}",
            "Date: Thu, 01 Jan 2026 09:00:00 +0800", "Message-ID: <1@bailu.example>",
            "MIME-Version: 1.0", *more]
    start = "\r\n".join(head).encode() + b"\r\n"
    first = body(text, "plain")
    if html is not None:
        first = (b"Content-Type: multipart/alternative; boundary=\"=alt\"\r\n\r\n--=alt\r\n" + first
                 + b"\r\n--=alt\r\n" + body(html, "html") + b"\r\n--=alt--\r\n")
    if not attachments:
        return start + first
    out = start + b"Content-Type: multipart/mixed; boundary=\"=mix\"\r\n\r\n--=mix\r\n" + first
    for name, kind, content in attachments:
        if kind == "message/rfc822":
            out += (b"\r\n--=mix\r\nContent-Type: message/rfc822\r\n"
                    b"Content-Disposition: attachment\r\n\r\n" + content)
            continue
        named = (f"filename=\"{name}\"" if name.isascii()
                 else "filename*=utf-8''" + "".join(f"%{b:02X}" for b in name.encode()))
        out += (f"\r\n--=mix\r\nContent-Type: {kind}\r\nContent-Disposition: attachment; {named}\r\n"
                "Content-Transfer-Encoding: base64\r\n\r\n").encode()
        out += base64.encodebytes(content).replace(b"\n", b"\r\n")
    return out + b"\r\n--=mix--\r\n"


def rar_4(members, comment=b""):
    """A RAR 4 archive of (raw name, content), stored."""
    def block(kind, flags, body, data=b""):
        head = bytes([kind]) + flags.to_bytes(2, "little") + (7 + len(body)).to_bytes(2, "little") + body
        return (zlib.crc32(head) & 0xFFFF).to_bytes(2, "little") + head + data

    def entry(kind, flags, name, content):
        size = len(content).to_bytes(4, "little")
        body = (size + size + b"\x03" + zlib.crc32(content).to_bytes(4, "little") + bytes(4) + b"\x14\x30"
                + len(name).to_bytes(2, "little") + (0x20).to_bytes(4, "little") + name)
        return block(kind, flags | 0x8000, body, content)

    said = entry(0x7A, 0, b"CMT", comment) if comment else b""
    return (b"Rar!\x1a\x07\0" + block(0x73, 0, bytes(6)) + said
            + b"".join(entry(0x74, 0, name, content) for name, content in members) + block(0x7B, 0x4000, b""))


def rar_5(members):
    """A RAR 5 archive of (name, content), stored."""
    def number(value):
        out = b""
        while value > 0x7F:
            out += bytes([value & 0x7F | 0x80])
            value >>= 7
        return out + bytes([value])

    def block(kind, body, data=b""):
        head = number(kind) + number(2) + number(len(data)) + body
        head = number(len(head)) + head
        return zlib.crc32(head).to_bytes(4, "little") + head + data

    def entry(name, content):
        name = name.encode()
        return block(2, number(4) + number(len(content)) + number(0) + zlib.crc32(content).to_bytes(4, "little")
                     + number(0) + number(1) + number(len(name)) + name, content)

    return (b"Rar!\x1a\x07\x01\0" + block(1, number(0))
            + b"".join(entry(name, content) for name, content in members) + block(5, number(0)))
