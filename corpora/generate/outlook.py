"""Mail in other clothes: mailboxes, Outlook items, winmail.dat, signed data; by hand."""

import struct

FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
UNICODE, BYTES, NUMBER, TIME, LIST = 0x1F, 0x102, 0x03, 0x40, 0x1000
# 2026-01-05 09:00 in Beijing, in tenths of a microsecond since 1601.
SENT = (11_644_473_600 + 1_767_574_800) * 10_000_000
INTERNET_HEADERS = bytes.fromhex("8603020000000000C000000000000046")


def wide(text):
    return text.encode("utf-16-le")


# Compound files (MS-CFB)

def compound(tree):
    """A compound file of nested dicts: a name to bytes, or to what stands in a storage."""
    entries, big, small = [], bytearray(), bytearray()
    small_chain, chains = [], []

    def entry(name, kind, child, start, size):
        raw = wide(name)[:62]
        entries.append([raw, kind, FREE, FREE, child, start, size])
        return len(entries) - 1

    def place(content):
        if len(content) >= 4096:
            start = len(big) // 512
            big.extend(content + b"\0" * (-len(content) % 512))
            chains.append((start, len(big) // 512))
            return start
        start = len(small) // 64
        small.extend(content + b"\0" * (-len(content) % 64))
        count = len(small) // 64 - start
        small_chain.extend(list(range(start + 1, start + count)) + [END] * (count > 0))
        return start if count else END

    def put(inside):
        """Entries of one storage, each the right sibling of the one before it."""
        first = before = FREE
        for name in sorted(inside, key=lambda n: (len(n), n.upper())):
            content = inside[name]
            if isinstance(content, dict):
                at = entry(name, 1, FREE, 0, 0)
                entries[at][4] = put(content)
            else:
                at = entry(name, 2, FREE, place(content), len(content))
            if before == FREE:
                first = at
            else:
                entries[before][3] = at
            before = at
        return first

    root = entry("Root Entry", 5, FREE, END, 0)
    entries[root][4] = put(tree)
    directory = b"".join(
        raw.ljust(64, b"\0") + struct.pack("<HBB3I16xI16xIII", len(raw) + 2, kind, 1, left, right, child, 0, start, size, 0)
        for raw, kind, left, right, child, start, size in place_root(entries, big, small, chains))
    directory += b"\0" * (-len(directory) % 512)
    chains.append((len(big) // 512, (len(big) + len(directory)) // 512))
    first_directory = len(big) // 512
    big.extend(directory)
    first_small = END
    if small_chain:
        first_small = len(big) // 512
        table = struct.pack(f"<{len(small_chain)}I", *small_chain)
        big.extend(table + b"\xff" * (-len(table) % 512))
        chains.append((first_small, len(big) // 512))
    sectors = len(big) // 512
    fat_sectors = 1
    while fat_sectors * 128 < sectors + fat_sectors:
        fat_sectors += 1
    fat = [FREE] * (fat_sectors * 128)
    for start, end in chains:
        fat[start:end] = list(range(start + 1, end)) + [END]
    fat[sectors:sectors + fat_sectors] = [FAT] * fat_sectors
    header = bytes.fromhex("D0CF11E0A1B11AE1") + bytes(16) + struct.pack("<HHHHH6xIIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, fat_sectors,
        first_directory, 0, 4096, first_small, int(bool(small_chain)) and -(-len(small_chain) // 128), END, 0, sectors)
    header += struct.pack("<108I", *(list(range(sectors + 1, sectors + fat_sectors)) + [FREE] * (109 - fat_sectors)))
    return header + bytes(big) + struct.pack(f"<{len(fat)}I", *fat)


def place_root(entries, big, small, chains):
    """The stream of small streams belongs to the root."""
    if small:
        start = len(big) // 512
        entries[0][5:7] = [start, len(small)]
        big.extend(small + b"\0" * (-len(small) % 512))
        chains.append((start, len(big) // 512))
    return entries


# Outlook items (MS-OXMSG)

def table(head, rows):
    return bytes(head) + b"".join(struct.pack("<HHIQ", kind, number, 6, value) for number, kind, value in rows)


def values(properties):
    """Streams of properties: {(number, type): value}."""
    return {f"__substg1.0_{number:04X}{kind:04X}": wide(v) if kind == UNICODE else v
            for (number, kind), v in properties.items()}


def item(properties, rows=(), recipients=(), attachments=(), named=(), head=32):
    """An item as a tree of streams. `named` has (name, text) of fields of mails."""
    tree = values(properties)
    tree["__properties_version1.0"] = table(head, rows)
    for at, (name, text) in enumerate(named):
        tree[f"__substg1.0_{0x8000 + at:04X}001F"] = wide(text)
    if head == 32:
        offsets, strings, entries = 0, b"", b""
        for at, (name, _) in enumerate(named):
            entries += struct.pack("<IHH", len(strings), 3 << 1 | 1, at)
            raw = wide(name)
            strings += struct.pack("<I", len(raw)) + raw + b"\0" * (-len(raw) % 4)
        tree["__nameid_version1.0"] = {"__substg1.0_00020102": INTERNET_HEADERS,
                                       "__substg1.0_00030102": entries, "__substg1.0_00040102": strings}
    for at, (kind, name, address) in enumerate(recipients):
        one = values({(0x3001, UNICODE): name, (0x39FE, UNICODE): address})
        one["__properties_version1.0"] = table(8, [(0x0C15, NUMBER, kind)])
        tree[f"__recip_version1.0_#{at:08X}"] = one
    for at, (method, properties, content) in enumerate(attachments):
        one = values(properties)
        one["__properties_version1.0"] = table(8, [(0x3705, NUMBER, method)])
        one["__substg1.0_3701000D" if isinstance(content, dict) else "__substg1.0_37010102"] = content
        tree[f"__attach_version1.0_#{at:08X}"] = one
    return tree


# winmail.dat (MS-OXTNEF)

def tnef(attributes):
    out = struct.pack("<IH", 0x223E9F78, 1)
    for level, number, data in attributes:
        out += struct.pack("<BII", level, number, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)
    return out


def tnef_properties(properties):
    out = struct.pack("<I", len(properties))
    for (number, kind), value in properties.items():
        raw = wide(value) + b"\0\0" if kind == UNICODE else value
        out += struct.pack("<HHII", kind, number, 1, len(raw)) + raw + b"\0" * (-len(raw) % 4)
    return out


# Signed data (RFC 5652)

def der(tag, content):
    length = len(content)
    if length < 128:
        return bytes([tag, length]) + content
    size = (length.bit_length() + 7) // 8
    return bytes([tag, 0x80 | size]) + length.to_bytes(size, "big") + content


def signed(content):
    """Signed data without a signer: the content is what a reader must see."""
    pkcs7 = bytes.fromhex("2A864886F70D0107")
    inner = der(0x30, der(6, pkcs7 + b"\1") + der(0xA0, der(4, content)))
    body = der(0x30, der(2, b"\1") + der(0x31, b"") + inner + der(0x31, b""))
    return der(0x30, der(6, pkcs7 + b"\2") + der(0xA0, body))


def mailbox(mails):
    """The `mboxrd` kind."""
    out = b""
    for mail in mails:
        lines = mail.replace(b"\r\n", b"\n").split(b"\n")
        quoted = [b">" + line if line.lstrip(b">").startswith(b"From ") else line for line in lines]
        out += b"From office@bailu.example Thu Jan  1 01:00:00 2026\n" + b"\n".join(quoted) + b"\n"
    return out
