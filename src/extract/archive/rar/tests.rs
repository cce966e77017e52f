//! RAR archives: some made by hand, and, for the ways of packing, some by a
//! program (the writer of the `rars` crate) of texts of our own.

use super::*;
use crate::extract::{Limits, Passwords};

/// Two members: seven sentences, and one more that goes on with their window.
const SOLID_FOUR: &str = "\
    526172211a07003bd07308000d000000000000002ee77a00c024001c0000001c0000000061b7a10c00000000\
    1d3004000000000052415253726172732f302e31322e330a6d61726b65722d736368656d613d310abfec7420\
    80250062000000ce01000000c8ce1d12000000001d35050020000000612e747874a718e6c29726763c684d02\
    60d52168decfcbaa4303d37dd1a8d9a1d2168d6724a5cf345762d60b65a5a5e34109f543b85f6e186294931c\
    6cc1b3ac5c7ebc0d5d6f00d73c3f14377a44dbe950e08348eb3c7e517af87caa330b1decd2de270895100037\
    0674308025000c000000420000000025edfb9e000000001d35050020000000622e74787487f2e68a2116e31e\
    1f0acf00";

const SOLID_FIVE: &str = "\
    526172211a070100dcde5e35030100049b5254561103061c041c0061b7a10c00000452415253726172732f30\
    2e31322e330a6d61726b65722d736368656d613d310ad8335e46380203237504ce0320c8ce1d128005000561\
    2e7478742202004e28d28f739d210eb9355ac2601a0490b5f43790e7265260cfefee7bce89b9e6c7ef722636\
    6526f65033bffc6ff7ab3d547a0510505ab88a8d08b4711a506971b45f9e54e0ff7b4a380b8cc9e65121e607\
    2b84aa61e494ffe26d54e20adbfbd90a768eb5cca9c4aa9c90faa28bad32e658ca0c3d9e7735ddc49614f0ee\
    e3df89295be6601173d80460f601193d80468f6011b3d803a3e5ed0a370203231904422025edfb9ec0050005\
    622e747874220200f90449f6f9cbd5d49229c59e7f89f38b3705a376b6787941a94ddd2fee17bd79c38f1602\
    34fc412eccf8bf83f82707c0114501df617ca5a9f019b23a3503050000";

/// One member under the password `abc`; in the last its name is, too.
const SEALED_FOUR: &str = "\
    526172211a0700cf907300000d000000000000002ee77a00c024001c0000001c0000000061b7a10c00000000\
    1d3004000000000052415253726172732f302e31322e330a6d61726b65722d736368656d613d310ab2347424\
    842d0050000000420000000025edfb9e000000001d33050020000000612e7478742b8ea3a5317511d495b7ec\
    c0c471396f71de3256ec67a3cfc0ad23e0f27c163bd9c9d791a1c3f9ea67a167bf0e1845da7e64b8abb5f3c9\
    dac95abbfcb69fe41775e44f6158501ac1dc7820be0414e285d70280b97b07e418";

const SEALED_FIVE: &str = "\
    526172211a070100c51a3332030100009b5254561103061c041c0061b7a10c00000452415253726172732f30\
    2e31322e330a6d61726b65722d736368656d613d310adca1821f6702035450044220b87c7b5a000005612e74\
    7874300100030faac11cc51a81f968655843006b8b5624d33a4598dd0d060faee3a69a7666f1b14ee61c7a06\
    6b241323261542220200739fbc0920fd17d1e7113f8bff34216e2b808cc9aed64877accaf69f4ec449fa61dd\
    0dc4718abe6f1c1b70689a95655cebb1ac78d882642d42fcaca4e770fc0f0213cc5e638440bddb1dd9735c62\
    0886402498b6e7b0f3c255086a57c8c5b626dbcf0d603f150a379bf9c9f45c546e4419b23a3503050000";

const HIDDEN_FIVE: &str = "\
    526172211a070100cf515d9521040000010f33a121adcdd6cbbd0f79acf5b6d156886c4ee1952369c99eae54\
    489ef468ed8f1bcd10fa8b75efb1e0b62d98c77d61f0428a83d7e168ed3d69730c89ca63f65ee7b6260ffeb0\
    9371317000f1b11f2a9e4637fc5ca7985314a10c533239f12aed7b85de3b1f1f9e8f86c02ac7726172732f30\
    2e31322e330a6d61726b65722d736368656d613d310a719115b0c964b2f7ac8d97aba0b4683021604e2a9e19\
    3ac66230387c79a62e5ae83057a93f918d8823ba06cfbc28f6fd407c9b5bb9bf2eea3280c583e55d37995c04\
    f86385d0550f6e8d97950eee4bf6fcace0fb122498ec1c77799a7efbbb502421a22b3112c5ecc17369691242\
    86046b86feff3c5764f5001e029ef2d11017fe25ff0e8b060e0830f2879f0830ac89521a1acb28baf3290afe\
    3da88482f1a9526aba682536f4eb4134211f048b139d5e149462a35e63f8fc149112c4dcfcbae52c74615c3c\
    46d301509d81b8f8e8f3a93f9f7782616098a37338c95133d8bc1ce13eb7e7334ec037d6e21c5b88899d";

fn sentence(number: u32) -> String {
    format!("第{number}号通知：道路用盐的采购按照通知第{number}条办理。\n")
}

fn bytes_of(hex: &str) -> Vec<u8> {
    let digits: Vec<u32> = hex.chars().filter_map(|c| c.to_digit(16)).collect();
    digits.chunks(2).map(|pair| (pair[0] * 16 + pair[1]) as u8).collect()
}

fn read_as(name: &str, bytes: &[u8], passwords: &str) -> Extraction {
    let budget = Budget::new(Limits::default());
    let mut budget = budget.with_passwords(Passwords::from_lines(passwords));
    read(&Submission::file(name, bytes.to_vec()), &mut budget)
}

fn read_it(bytes: &[u8]) -> Extraction {
    read_as("a.rar", bytes, "")
}

fn children(made: &Extraction) -> Vec<(&str, String, &'static str)> {
    let gap = |child: &Submission| child.gaps.first().map_or("", |gap| gap.kind.rule());
    let content = |child: &Submission| String::from_utf8_lossy(&child.bytes).into_owned();
    made.children.iter().map(|c| (c.provenance.name(), content(c), gap(c))).collect()
}

fn kinds(made: &Extraction) -> Vec<GapKind> {
    made.gaps.iter().map(|gap| gap.kind).collect()
}

fn texts(made: &Extraction) -> Vec<String> {
    let text = &made.text;
    text.blocks().iter().map(|b| format!("{}: {}", text.label(b), text.block_text(b))).collect()
}

/// A header of RAR 4 with its data.
fn four(kind: u8, flags: u16, body: &[u8], data: &[u8]) -> Vec<u8> {
    let size = (7 + body.len()) as u16;
    let head = [&[kind][..], &flags.to_le_bytes(), &size.to_le_bytes(), body].concat();
    [&(crc_of(&head) as u16).to_le_bytes()[..], &head, data].concat()
}

/// A stored member of RAR 4.
fn four_file(kind: u8, flags: u16, name: &[u8], content: &[u8], attributes: u32) -> Vec<u8> {
    let size = (content.len() as u32).to_le_bytes();
    let body = [
        &size[..],
        &size,
        &[3],
        &crc_of(content).to_le_bytes(),
        &[0; 4],
        &[20, 0x30],
        &(name.len() as u16).to_le_bytes(),
        &attributes.to_le_bytes(),
        name,
    ];
    four(kind, flags | 0x8000, &body.concat(), content)
}

fn archive_four(members: &[Vec<u8>]) -> Vec<u8> {
    let main = four(0x73, 0, &[0; 6], b"");
    let end = four(0x7B, 0x4000, b"", b"");
    [SIGNATURE, &[0], &main, &members.concat(), &end].concat()
}

/// A number of RAR 5.
fn number(mut value: usize) -> Vec<u8> {
    let mut out = Vec::new();
    loop {
        let more = value > 0x7F;
        out.push((value & 0x7F) as u8 | if more { 0x80 } else { 0 });
        value >>= 7;
        if !more {
            return out;
        }
    }
}

/// A header of RAR 5 with its data.
fn five(kind: usize, flags: usize, body: &[u8], extra: &[u8], data: &[u8]) -> Vec<u8> {
    let mut head = [number(kind), number(flags | 3), number(extra.len()), number(data.len())];
    let mut head = head.as_mut_slice().concat();
    head.extend([body, extra].concat());
    let sized = [number(head.len()), head].concat();
    [&crc_of(&sized).to_le_bytes()[..], &sized, data].concat()
}

/// A stored member of RAR 5.
fn five_file(kind: usize, flags: usize, name: &str, content: &[u8], extra: &[u8]) -> Vec<u8> {
    let mut body = [number(4), number(content.len()), number(0)].concat();
    body.extend(crc_of(content).to_le_bytes());
    body.extend([number(0), number(1), number(name.len())].concat());
    body.extend(name.bytes());
    five(kind, flags, &body, extra, content)
}

fn record(kind: usize, content: &[u8]) -> Vec<u8> {
    let record = [&number(kind)[..], content].concat();
    [number(record.len()), record].concat()
}

fn archive_five(members: &[Vec<u8>]) -> Vec<u8> {
    let main = five(1, 0, &number(0), b"", b"");
    let end = five(5, 0, &number(0), b"", b"");
    [SIGNATURE, &[1, 0], &main, &members.concat(), &end].concat()
}

#[test]
fn packed_members_come_out_and_solid_ones_go_on() {
    let seven: String = (1..8).map(sentence).collect();
    for archive in [SOLID_FOUR, SOLID_FIVE] {
        let made = read_it(&bytes_of(archive));
        let want = [("a.txt", seven.clone(), ""), ("b.txt", sentence(9), "")];
        assert_eq!(children(&made), want);
        assert!(made.gaps.is_empty(), "{:?}", made.gaps);
    }
}

#[test]
fn passwords_open_members_and_lists() {
    for (archive, hidden) in [(SEALED_FOUR, false), (SEALED_FIVE, false), (HIDDEN_FIVE, true)] {
        let bytes = bytes_of(archive);
        for passwords in ["", "wrong\n"] {
            let made = read_as("a.rar", &bytes, passwords);
            match hidden {
                true => assert_eq!(kinds(&made), [GapKind::Encrypted]),
                false => {
                    let want = [("a.txt", String::new(), "gap.encrypted")];
                    assert_eq!(children(&made), want);
                }
            }
        }
        let made = read_as("a.rar", &bytes, "wrong\nabc\n");
        assert_eq!(children(&made), [("a.txt", sentence(9), "")]);
        assert!(made.gaps.is_empty());
    }
}

#[test]
fn names_links_comments_and_streams_of_four_are_read() {
    let gbk = encoding_rs::GB18030.encode("资料\\机密★10年.txt").0.into_owned();
    let unicode = b"??.txt\0\x67\xA0\x3A\x67\xC6\x5B\x05\x2Etxt".to_vec();
    let wide: Vec<u8> = "秘密说明".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let bytes = archive_four(&[
        four_file(0x7A, 0, b"CMT", "压缩包说明".as_bytes(), 0),
        four_file(0x7A, 0, b"CMT", &wide, 1),
        four_file(0x74, 0xE0, b"folder", b"", 0x10),
        four_file(0x74, 0, &gbk, b"one", 0x20),
        four_file(0x74, 0x200, &unicode, b"two", 0x20),
        four_file(0x74, 0, b"link", "../绝密.txt".as_bytes(), 0xA1FF),
    ]);
    let made = read_it(&bytes);
    let names: Vec<_> = children(&made).into_iter().map(|(name, ..)| name).collect();
    assert_eq!(names[0], "资料\\机密★10年.txt");
    assert!(names[1].starts_with("机密"), "{names:?}");
    assert_eq!(
        texts(&made),
        [
            "comment: 压缩包说明",
            "comment: 秘密说明",
            "folder: folder",
            "folder: 资料",
            "link: link",
            "link target: ../绝密.txt",
        ]
    );
    assert!(made.gaps.is_empty(), "{:?}", made.gaps);
}

#[test]
fn links_comments_and_streams_of_five_are_read() {
    let target = "../绝密.txt".as_bytes();
    let link = record(5, &[&number(1)[..], &number(0), &number(target.len()), target].concat());
    let bytes = archive_five(&[
        five_file(3, 0, "CMT", "说明".as_bytes(), b""),
        five_file(2, 0, "a/一.txt", b"one", b""),
        five_file(3, 0, "STM", b"[ZoneTransfer]", &record(7, b":Zone.Identifier")),
        five_file(2, 0, "b", b"", &link),
        five_file(3, 0, "QO", b"quick", b""),
    ]);
    let made = read_it(&bytes);
    let zone = ("a/一.txt:Zone.Identifier", "[ZoneTransfer]".to_owned(), "");
    assert_eq!(children(&made), [("a/一.txt", "one".to_owned(), ""), zone]);
    assert_eq!(texts(&made), ["comment: 说明", "folder: a", "link: b", "link target: ../绝密.txt"]);
    assert!(made.gaps.is_empty(), "{:?}", made.gaps);
}

#[test]
fn damage_costs_its_member_and_pieces_miss_each_other() {
    type File = fn(&'static str, &'static [u8]) -> Vec<u8>;
    type Archive = fn(&[Vec<u8>]) -> Vec<u8>;
    let make: [(Archive, File); 2] = [
        (archive_four, |name, content| four_file(0x74, 0, name.as_bytes(), content, 0)),
        (archive_five, |name, content| five_file(2, 0, name, content, b"")),
    ];
    for (archive, file) in make {
        let members = [file("a", b"one"), file("b", b"two"), file("c", b"three")];
        let mut bytes = archive(&members);
        let header = memchr::memmem::find(&bytes, &members[1]).expect("it is there");
        bytes[header + 8] ^= 0x40;
        let made = read_it(&bytes);
        let names: Vec<_> = children(&made).into_iter().map(|(name, ..)| name).collect();
        assert_eq!(names, ["a", "c"]);
        assert_eq!(kinds(&made), [GapKind::Damaged]);

        let mut bytes = archive(&members);
        let data = memchr::memmem::find(&bytes, b"two").expect("it is there");
        bytes[data] ^= 1;
        assert_eq!(children(&read_it(&bytes))[1].2, "gap.damaged");

        let cut = archive(&members);
        let cut = &cut[..memchr::memmem::find(&cut, b"three").expect("it is there") + 2];
        let made = read_it(cut);
        assert_eq!(children(&made)[2], ("c", "th".to_owned(), "gap.damaged"));
        assert_eq!(kinds(&made), [GapKind::Damaged]);
        assert_eq!(kinds(&read_as("a.part1.rar", cut, "")), [GapKind::MissingPart]);

        let more = [&archive(&members)[..], b"something that was put behind"].concat();
        assert_eq!(children(&read_it(&more))[3].0, "appended");
    }
    let after = archive_five(&[five_file(2, 0x10, "a", b"first", b"")]);
    let made = read_it(&after);
    assert_eq!(children(&made), [("a", "first".to_owned(), "gap.missing-part")]);
    let before = archive_four(&[four_file(0x74, 1, b"a", b"last", 0)]);
    let made = read_it(&before);
    assert_eq!(children(&made), [("a", String::new(), "gap.missing-part")]);
    assert_eq!(kinds(&made), [GapKind::MissingPart]);
}

#[test]
fn content_is_held_against_a_digest() {
    for (content, gap) in [(&b"three"[..], ""), (b"threa", "gap.damaged")] {
        let mut body = [number(0), number(5), number(0), number(0), number(1)].concat();
        body.extend([number(1), b"a".to_vec()].concat());
        let digest = record(2, &[&[0][..], &blake::digest(b"three")].concat());
        let made = read_it(&archive_five(&[five(2, 0, &body, &digest, content)]));
        assert_eq!(children(&made)[0].2, gap);
    }
}

#[test]
fn no_cut_and_no_changed_byte_is_silent() {
    for archive in [SOLID_FOUR, SOLID_FIVE, SEALED_FIVE] {
        let bytes = bytes_of(archive);
        let whole = read_as("a.rar", &bytes, "abc");
        let told = |made: &Extraction| {
            !made.gaps.is_empty() || made.children.iter().any(|c| !c.gaps.is_empty())
        };
        assert!(!told(&whole));
        // Making keys takes long: fewer tries where there are some.
        for at in (8..bytes.len()).step_by(if archive == SEALED_FIVE { 29 } else { 1 }) {
            let mut changed = bytes.clone();
            changed[at] ^= 0x15;
            for bytes in [&bytes[..at], &changed] {
                let made = read_as("a.rar", bytes, "abc");
                // Archives of old may end behind any member.
                let is_less = children(&whole).starts_with(&children(&made));
                assert!(told(&made) || is_less, "{at}");
            }
        }
    }
}

#[test]
fn what_grows_beyond_all_measure_is_a_limit() {
    let mut bits = vec![0u8; 40];
    bits[0] = 0x80;
    let mut unpack = Unpack50::default();
    let settings = Settings { window: 1 << 20, wide: false };
    let (content, stop) = unpack.unpack(&bits, settings, false, 1 << 20);
    assert!(content.is_empty() && stop.is_some());
    let members = [five_file(2, 0, "a", &[7; 4096], b"")];
    let limits = Limits { bytes: 1000, ..Limits::default() };
    let archive = Submission::file("a.rar", archive_five(&members));
    let made = read(&archive, &mut Budget::new(limits));
    assert_eq!(children(&made)[0].2, "gap.limit");
}
