//! The milter protocol as a mail server speaks it, in its own bytes.

use std::io::{Read, Write};
use std::net::TcpStream;

use super::{Gateway, MARKED, PLAIN, matters, office};

/// What a mail server offers: all actions, and to leave out all that can be.
pub(super) const OFFERED: [u32; 3] = [6, 0x1ff, 0x1f_ffff];

fn packet(letter: u8, rest: &[u8]) -> Vec<u8> {
    [&(rest.len() as u32 + 1).to_be_bytes()[..], &[letter], rest].concat()
}

fn negotiation(offered: [u32; 3]) -> Vec<u8> {
    packet(b'O', &offered.map(u32::to_be_bytes).concat())
}

/// A message as a server sends it, from its sender to its end.
pub(super) fn message(queue: &str, headers: &[(&str, &str)], body: &str) -> Vec<u8> {
    let mut bytes = packet(b'D', b"M{auth_authen}\0wang\0");
    bytes.extend(packet(b'M', b"<wang@agency.example>\0SIZE=10\0"));
    bytes.extend(packet(b'R', b"<press@paper.example>\0"));
    bytes.extend(packet(b'D', format!("Ni\0{queue}\0").as_bytes()));
    for (name, value) in headers {
        bytes.extend(packet(b'L', format!("{name}\0 {value}\0").as_bytes()));
    }
    bytes.extend(packet(b'N', b""));
    bytes.extend(packet(b'B', body.as_bytes()));
    bytes.extend(packet(b'E', b""));
    bytes
}

/// The next reply: its letter and what belongs to it.
fn reply(stream: &mut TcpStream) -> (char, String) {
    let mut head = [0; 4];
    stream.read_exact(&mut head).unwrap();
    let mut packet = vec![0; u32::from_be_bytes(head) as usize];
    stream.read_exact(&mut packet).unwrap();
    (char::from(packet[0]), String::from_utf8_lossy(&packet[1..]).into_owned())
}

/// All replies to a message: up to the one that ends them.
pub(super) fn replies(stream: &mut TcpStream) -> Vec<(char, String)> {
    let mut all = vec![reply(stream)];
    while !"catry".contains(all[all.len() - 1].0) {
        all.push(reply(stream));
    }
    all
}

pub(super) fn open(gateway: &Gateway, offered: [u32; 3]) -> TcpStream {
    let mut stream = gateway.connect("milter");
    stream.write_all(&negotiation(offered)).unwrap();
    assert_eq!(reply(&mut stream).0, 'O');
    stream
}

#[test]
fn a_message_is_one_matter_with_its_envelope() {
    let folder = office();
    let arguments =
        "--milter 127.0.0.1:0 --policy leave.toml --store office.store --keep-originals";
    let gateway = Gateway::start(folder.path(), arguments);
    let mut server = open(&gateway, OFFERED);
    let forged = ("x-vetmark-verdict", "no_finding");
    let subject = ("Subject", "lunch");
    server.write_all(&message("4AB1", &[subject, forged], PLAIN)).unwrap();
    let said = replies(&mut server);
    assert_eq!(said[0], ('m', "\0\0\0\u{1}x-vetmark-verdict\0\0".into()));
    assert_eq!(said[1].0, 'h');
    assert!(said[1].1.starts_with("X-Vetmark-Verdict\0 no_finding; rules="), "{}", said[1].1);
    assert_eq!((said.len(), said[2].0), (3, 'c'));
    // The same connection, another message; then one that is broken off, and one more.
    server.write_all(&message("4AB2", &[subject], MARKED)).unwrap();
    let said = replies(&mut server);
    let letters: String = said.iter().map(|(letter, _)| *letter).collect();
    assert_eq!(letters, "hqc");
    assert_eq!(said[1].1, "vetmark: Review.Mark.StateSecret; matter=2\0");
    let mut broken_off = message("4AB3", &[], MARKED);
    broken_off.truncate(broken_off.len() - 5);
    server.write_all(&[broken_off, packet(b'A', b"")].concat()).unwrap();
    server.write_all(&message("4AB4", &[("Subject", "机密★5年")], PLAIN)).unwrap();
    assert_eq!(replies(&mut server)[1].0, 'q');
    server.write_all(&packet(b'Q', b"")).unwrap();
    assert_eq!(gateway.stop(), 0);
    let sources: Vec<_> = matters(folder.path())
        .into_iter()
        .map(|(verdict, source)| (verdict, source.split('/').nth(1).unwrap().to_owned()))
        .collect();
    let want = [("withhold", "4AB2"), ("withhold", "4AB4"), ("no_finding", "4AB1")];
    assert_eq!(sources, want.map(|(verdict, queue)| (verdict.to_owned(), queue.to_owned())));
    let store = vetmark::record::Store::open(&folder.path().join("office.store")).unwrap();
    let passed = store.passage_of("4AB2").unwrap().unwrap();
    let passage = passed.passage;
    assert_eq!((passed.matter, passed.version), (2, 1));
    assert_eq!(passage.sender.as_deref(), Some("wang@agency.example"));
    assert_eq!(passage.recipients, ["press@paper.example"]);
    assert_eq!(passage.account.as_deref(), Some("wang"));
    assert_eq!(passage.answer.name(), "hold");
    assert_eq!(store.check().unwrap().wrong, []);
    // Whoever reviews has the message before them; what passed is not kept.
    let hold = vetmark::hold::Hold::open_at(&folder.path().join("office.store.hold")).unwrap();
    assert_eq!(hold.all().unwrap().len(), 2);
    let mut text = String::new();
    let mut kept = hold.open(&store.seen(2).unwrap().sha256).unwrap();
    kept.read_to_string(&mut text).unwrap();
    assert!(text.ends_with(MARKED), "{text}");
}

/// A rejection says what to do, in words without any of the document's.
#[test]
fn a_rejection_says_what_an_author_can_do() {
    let folder = office();
    let gateway = Gateway::start(folder.path(), "--milter 127.0.0.1:0");
    let mut server = open(&gateway, OFFERED);
    server.write_all(&message("4AB1", &[], MARKED)).unwrap();
    let said = replies(&mut server);
    let (letter, text) = &said[0];
    assert_eq!((said.len(), *letter), (1, 'y'));
    assert!(
        text.starts_with("550 5.7.1 This was not accepted. It bears a classification"),
        "{text}"
    );
    assert!(text.contains("Ask your confidentiality office") && !text.contains('机'), "{text}");
    // Nothing passes by itself, and so it is held.
    server.write_all(&message("4AB2", &[], PLAIN)).unwrap();
    assert_eq!(replies(&mut server)[1], ('q', "vetmark: Review.Approval\0".into()));
    drop(server);
    assert_eq!(gateway.stop(), 0);
}

/// A server that lets a filter do too little, or asks in the wrong order, is given no
/// leave to pass anything.
#[test]
fn strange_servers_are_put_off() {
    let folder = office();
    let arguments = "--milter 127.0.0.1:0 --policy leave.toml --max-content 16KiB";
    let gateway = Gateway::start(folder.path(), arguments);
    // No quarantine: what must be held could not be.
    let mut server = open(&gateway, [6, 0x1f, 0x1f_ffff]);
    server.write_all(&message("4AB1", &[], PLAIN)).unwrap();
    assert_eq!(replies(&mut server), [('t', String::new())]);
    // One that leaves nothing out is answered at every step.
    let mut server = open(&gateway, [2, 0x3f, 0]);
    server.write_all(&packet(b'C', b"mail.example\x004\x00\x19192.0.2.9\0")).unwrap();
    assert_eq!(reply(&mut server).0, 'c');
    server.write_all(&message("4AB2", &[("Subject", "x")], PLAIN)).unwrap();
    let letters: String = (0..7).map(|_| reply(&mut server).0).collect();
    assert_eq!(letters, "ccccchc");
    // Too large, whatever it is.
    server.write_all(&message("4AB3", &[], &PLAIN.repeat(1000))).unwrap();
    let last = (0..5).map(|_| reply(&mut server)).last().unwrap();
    assert!(last.1.starts_with("552 5.3.4"), "{last:?}");
    for bytes in [
        packet(b'E', b""),
        packet(b'R', b"<a@b>\0"),
        packet(b'L', b"a\0"),
        packet(b'!', b""),
        vec![0, 0, 0, 0],
        vec![0xff; 8],
        b"GET / HTTP/1.1\r\n\r\n".to_vec(),
    ] {
        let mut server = open(&gateway, OFFERED);
        server.write_all(&bytes).unwrap();
        let mut rest = Vec::new();
        let _ = server.read_to_end(&mut rest);
        assert_eq!(rest, b"", "{bytes:?}");
    }
    drop(server);
    assert_eq!(gateway.stop(), 0);
}

/// What a server says that it will send takes nothing; what it sends is counted with all
/// contents, and given back.
#[test]
fn packets_that_were_announced_cost_nothing_before_they_come() {
    let folder = office();
    let arguments = "--milter 127.0.0.1:0 --metrics 127.0.0.1:0 --policy leave.toml \
                     --content-memory 1MiB --max-content 512KiB --silence 20";
    let mut gateway = Gateway::start(folder.path(), arguments);
    let mut many: Vec<TcpStream> = (0..50)
        .map(|_| {
            let mut server = open(&gateway, OFFERED);
            // A body of two mebibytes, of which some bytes come.
            server.write_all(b"\0\x20\0\0Bbegun").unwrap();
            server
        })
        .collect();
    let taken = |gateway: &Gateway| {
        let page = gateway.page("/metrics");
        let line = page.lines().find(|line| line.starts_with("vetmark_gateway_content_bytes"));
        line.unwrap().rsplit_once(' ').unwrap().1.parse::<u64>().unwrap()
    };
    assert_eq!(taken(&gateway), 0);
    let mut server = open(&gateway, OFFERED);
    server.write_all(&message("4AB1", &[("Subject", "lunch")], PLAIN)).unwrap();
    assert_eq!(replies(&mut server).last().unwrap().0, 'c');
    // More of one than there is room for: that server is given up, and no other.
    let _ = many[0].write_all(&vec![b'x'; (2 << 20) - 10]);
    let mut rest = Vec::new();
    let _ = many[0].read_to_end(&mut rest);
    assert_eq!(rest, b"");
    assert_eq!(gateway.wait_for("broken")["why"], "no room for what came");
    server.write_all(&message("4AB2", &[("Subject", "lunch")], PLAIN)).unwrap();
    assert_eq!(replies(&mut server).last().unwrap().0, 'c');
    assert_eq!(taken(&gateway), 0);
    drop((many, server));
    assert_eq!(gateway.stop(), 0);
}
