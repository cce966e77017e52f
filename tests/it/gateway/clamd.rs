//! clamd's protocol: what is answered, and what strange peers come to.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::os::unix::net::UnixStream;

use super::{Gateway, MARKED, PATIENCE, PLAIN, matters, office};

/// A content in chunks of a size, with their end.
pub(super) fn chunks(content: &[u8], size: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    for chunk in content.chunks(size) {
        bytes.extend((chunk.len() as u32).to_be_bytes());
        bytes.extend(chunk);
    }
    bytes.extend([0; 4]);
    bytes
}

fn said(mut stream: impl Read) -> String {
    let mut bytes = Vec::new();
    // An end that came with what was not read yet is an end all the same.
    let _ = stream.read_to_end(&mut bytes);
    String::from_utf8(bytes).unwrap()
}

/// What is said to these bytes.
fn ask(gateway: &Gateway, bytes: &[u8]) -> String {
    let mut stream = gateway.connect("clamd");
    let _ = stream.write_all(bytes);
    said(stream)
}

fn stream(form: &str, end: &str, content: &str) -> Vec<u8> {
    let command = format!("{form}INSTREAM{end}");
    [command.as_bytes(), &chunks(content.as_bytes(), 7)].concat()
}

#[test]
fn what_is_asked_is_answered_in_its_own_form() {
    let folder = office();
    let arguments = "--clamd 127.0.0.1:0 --metrics 127.0.0.1:0 --policy leave.toml --store \
                     office.store --max-content 64KiB";
    let gateway = Gateway::start(folder.path(), arguments);
    let version = concat!("vetmark ", env!("CARGO_PKG_VERSION"));
    let mail = "From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; \
                boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\nhello\r\n--x\r\n\
                Content-Type: text/plain; charset=utf-8; name=\"a.txt\"\r\n\
                Content-Transfer-Encoding: base64\r\n\r\n5py65a+G4piFMTDlubQK\r\n--x--\r\n";
    for (bytes, want) in [
        (b"zPING\0".to_vec(), "PONG\0".to_owned()),
        (b"nPING\n".to_vec(), "PONG\n".to_owned()),
        (b"PING\n".to_vec(), "PONG\n".to_owned()),
        (b"zVERSION\0".to_vec(), format!("{version}\0")),
        (b"nSHUTDOWN\n".to_vec(), "UNKNOWN COMMAND\n".to_owned()),
        (b"GET / HTTP/1.1\r\n\r\n".to_vec(), "UNKNOWN COMMAND\n".to_owned()),
        (stream("z", "\0", PLAIN), "stream: OK\0".to_owned()),
        (stream("n", "\n", PLAIN), "stream: OK\n".to_owned()),
        (stream("z", "\0", MARKED), "stream: Review.Mark.StateSecret FOUND\0".to_owned()),
        (stream("", "\n", mail), "stream: Review.Conflict.AttachmentHigher FOUND\n".to_owned()),
        // A container that was cut off is no find, and never in order.
        (
            stream("z", "\0", "PK\u{3}\u{4}\u{14}\0\0\0\0\0"),
            "stream: Review.Unread.Damaged FOUND ERROR\0".to_owned(),
        ),
        (
            stream("z", "\0", &"x".repeat(70_000)),
            "stream: INSTREAM size limit exceeded. FOUND ERROR\0".to_owned(),
        ),
        (b"zIDSESSION\0zPING\0zVERSION\0zEND\0".to_vec(), format!("1: PONG\02: {version}\0")),
        (
            [
                b"nIDSESSION\n".to_vec(),
                stream("n", "\n", PLAIN),
                stream("n", "\n", MARKED),
                b"nEND\n".to_vec(),
            ]
            .concat(),
            "1: stream: OK\n2: stream: Review.Mark.StateSecret FOUND\n".to_owned(),
        ),
        (
            b"zSCAN /etc/passwd\0".to_vec(),
            "/etc/passwd: paths are not allowed here ERROR\0".to_owned(),
        ),
        (b"zFILDES\0".to_vec(), "fd: only on a local socket ERROR\0".to_owned()),
        (b"zIDSESSION\0zIDSESSION\0".to_vec(), "1: UNKNOWN COMMAND\0".to_owned()),
    ] {
        // In a session answers come as they are ready: by their numbers.
        let sorted = |text: &str| {
            let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
            lines.sort_unstable();
            lines
        };
        let got = ask(&gateway, &bytes);
        assert_eq!(sorted(&got), sorted(&want), "{}", String::from_utf8_lossy(&bytes));
    }
    assert!(ask(&gateway, b"zVERSIONCOMMANDS\0").contains("| COMMANDS: SCAN"));
    assert!(ask(&gateway, b"nSTATS\n").ends_with("END\n"));
    assert_eq!(ask(&gateway, b"zRELOAD\0"), "RELOADING\0");
    // Each content is one matter, however often it came.
    let verdicts: Vec<_> = matters(folder.path()).into_iter().map(|(verdict, _)| verdict).collect();
    assert_eq!(verdicts, ["withhold", "withhold", "incomplete", "no_finding"]);
    let numbers = gateway.page("/metrics");
    let hold = "vetmark_gateway_answers_total{protocol=\"clamd\",answer=\"pass\"} 3";
    assert!(numbers.contains(hold), "{numbers}");
    assert!(gateway.page("/none").starts_with("HTTP/1.1 404"));
    assert_eq!(gateway.stop(), 0);
}

/// Without a policy that says so, nothing passes: not even what is no_finding.
#[test]
fn nothing_passes_by_default() {
    let folder = office();
    let gateway = Gateway::start(folder.path(), "--clamd 127.0.0.1:0");
    assert_eq!(ask(&gateway, &stream("z", "\0", PLAIN)), "stream: Review.Approval FOUND\0");
    assert_eq!(gateway.stop(), 0);
}

#[test]
fn strange_peers_do_no_harm() {
    let folder = office();
    let arguments = "--clamd 127.0.0.1:0 --policy leave.toml --silence 1 --connections 8 \
                     --content-memory 1MiB --max-content 1MiB";
    let gateway = Gateway::start(folder.path(), arguments);
    // More peers than may be there, which begin and go no further; some half closed.
    let slow: Vec<TcpStream> = (0..12)
        .map(|number| {
            let mut stream = gateway.connect("clamd");
            let begun: &[u8] = match number % 3 {
                0 => b"zINSTREAM\0\0\0\x10\0abc",
                1 => b"zINSTR",
                _ => b"zINSTREAM\0\xff\xff\xff\xff",
            };
            stream.write_all(begun).unwrap();
            if number % 2 == 0 {
                stream.shutdown(Shutdown::Write).unwrap();
            }
            stream
        })
        .collect();
    assert_eq!(ask(&gateway, &stream("z", "\0", PLAIN)), "stream: OK\0");
    for stream in slow {
        let answer = said(stream);
        assert!(!answer.contains("OK"), "{answer}");
    }
    // Requests in one piece, and one of them byte by byte.
    let mut stream_ = gateway.connect("clamd");
    for byte in [b"zIDSESSION\0".to_vec(), stream("z", "\0", MARKED), b"zEND\0".to_vec()].concat() {
        stream_.write_all(&[byte]).unwrap();
    }
    assert_eq!(said(stream_), "1: stream: Review.Mark.StateSecret FOUND\0");
    // Peers that leave before they are answered.
    for _ in 0..20 {
        let mut gone = gateway.connect("clamd");
        gone.write_all(&stream("z", "\0", MARKED)).unwrap();
    }
    let long = [b"zSCAN ".to_vec(), vec![b'a'; 20_000]].concat();
    assert_eq!(ask(&gateway, &long), "COMMAND READ ERROR\n");
    assert_eq!(ask(&gateway, &stream("z", "\0", PLAIN)), "stream: OK\0");
    assert_eq!(gateway.stop(), 0);
}

#[test]
fn files_that_are_named_stand_below_the_root() {
    let folder = office();
    let root = folder.path().join("in");
    std::fs::create_dir_all(root.join("parts")).unwrap();
    std::fs::create_dir_all(root.join("empty")).unwrap();
    std::fs::write(root.join("parts/p001"), PLAIN).unwrap();
    std::fs::write(root.join("parts/p002"), MARKED).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", root.join("link")).unwrap();
    let socket = folder.path().join("clamd.sock");
    let address = format!("unix:{}", socket.display());
    let root = root.display().to_string();
    let arguments = format!("--clamd {address} --path-root {root} --policy leave.toml");
    let gateway = Gateway::start(folder.path(), &arguments);
    let ask = |command: String| {
        let mut stream = UnixStream::connect(&socket).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.write_all(command.as_bytes()).unwrap();
        said(stream)
    };
    let marked = format!("{root}/parts/p002: Review.Mark.StateSecret FOUND\n");
    for (command, want) in [
        (format!("CONTSCAN {root}/parts\n"), format!("{root}/parts/p001: OK\n{marked}")),
        (format!("nMULTISCAN {root}/parts\n"), format!("{root}/parts/p001: OK\n{marked}")),
        (format!("nSCAN {root}/parts/p002\n"), marked.clone()),
        (format!("nMULTISCAN {root}/empty\n"), format!("{root}/empty: no file there ERROR\n")),
        (
            "nSCAN /etc/passwd\n".to_owned(),
            "/etc/passwd: not below the folder that is allowed. ERROR\n".to_owned(),
        ),
    ] {
        assert_eq!(ask(command.clone()), want, "{command}");
    }
    assert!(ask(format!("nSCAN {root}/link\n")).ends_with("ERROR\n"));
    assert_eq!(gateway.stop(), 0);
    assert!(!socket.exists());
}

/// More in one session than may be under way, and a queue that is soon full: every number is
/// answered once with what was asked under it, and nobody is put off.
#[test]
fn a_long_session_is_answered_whole() {
    let folder = office();
    let arguments = "--clamd 127.0.0.1:0 --policy leave.toml --queue 6";
    let gateway = Gateway::start(folder.path(), arguments);
    let address = gateway.address("clamd");
    let ask = &|first: usize| {
        let mut stream_ = TcpStream::connect(&address).unwrap();
        stream_.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut asked = b"nIDSESSION\n".to_vec();
        for number in first..first + 40 {
            let text = if number.is_multiple_of(3) { MARKED } else { PLAIN };
            asked.extend(stream("n", "\n", &format!("{text}{number}\n")));
        }
        asked.extend(b"nEND\n");
        stream_.write_all(&asked).unwrap();
        let mut answers: Vec<(usize, String)> = said(stream_)
            .lines()
            .map(|line| line.split_once(": ").unwrap())
            .map(|(number, text)| (number.parse().unwrap(), text.to_owned()))
            .collect();
        answers.sort();
        for (at, (number, text)) in answers.iter().enumerate() {
            let marked = (first + at).is_multiple_of(3);
            let want = if marked { "stream: Review.Mark.StateSecret FOUND" } else { "stream: OK" };
            assert_eq!((*number, text.as_str()), (at + 1, want));
        }
        assert_eq!(answers.len(), 40);
    };
    std::thread::scope(|scope| {
        for first in [0, 1000, 2000] {
            scope.spawn(move || ask(first));
        }
    });
    assert_eq!(gateway.stop(), 0);
}

/// A store that cannot be written to is a reason to be put off, and none to pass.
#[test]
fn a_broken_store_lets_nothing_pass() {
    let folder = office();
    let arguments =
        "--clamd 127.0.0.1:0 --metrics 127.0.0.1:0 --policy leave.toml --store office.store";
    let gateway = Gateway::start(folder.path(), arguments);
    assert_eq!(ask(&gateway, &stream("z", "\0", PLAIN)), "stream: OK\0");
    assert!(gateway.page("/health").starts_with("HTTP/1.1 200"));
    let file = std::fs::OpenOptions::new().write(true).open(folder.path().join("office.store"));
    std::os::unix::fs::FileExt::write_all_at(&file.unwrap(), &[7; 8192], 0).unwrap();
    for name in ["office.store-wal", "office.store-shm"] {
        let path = folder.path().join(name);
        let file = std::fs::OpenOptions::new().write(true).open(path).unwrap();
        std::os::unix::fs::FileExt::write_all_at(&file, &[7; 8192], 0).unwrap();
    }
    let other = format!("{PLAIN}{PLAIN}");
    assert_eq!(
        ask(&gateway, &stream("z", "\0", &other)),
        "stream: record, try again. FOUND ERROR\0"
    );
    assert!(gateway.page("/health").starts_with("HTTP/1.1 503"));
}

/// Rules are loaded anew while peers come and go, and none of them is cut off or let pass.
#[test]
fn rules_are_loaded_anew_without_cutting_anybody_off() {
    let folder = office();
    let arguments = "--clamd 127.0.0.1:0 --policy leave.toml";
    let mut gateway = Gateway::start(folder.path(), arguments);
    let mut session = gateway.connect("clamd");
    session.write_all(b"zIDSESSION\0").unwrap();
    gateway.signal("HUP");
    session.write_all(&stream("z", "\0", MARKED)).unwrap();
    let mut answer = [0; 64];
    let read = session.read(&mut answer).unwrap();
    assert_eq!(&answer[..read], b"1: stream: Review.Mark.StateSecret FOUND\0");
    assert_eq!(gateway.wait_for("reload")["outcome"], "done");
    // A policy that is wrong changes nothing.
    std::fs::write(folder.path().join("leave.toml"), "rule = 1").unwrap();
    gateway.signal("HUP");
    assert_eq!(gateway.wait_for("policy")["outcome"], "failed");
    assert_eq!(gateway.wait_for("reload")["outcome"], "done");
    assert_eq!(ask(&gateway, &stream("z", "\0", PLAIN)), "stream: OK\0");
    // In good order: whoever is in the middle of something is not waited for beyond it.
    drop(session);
    assert_eq!(gateway.stop(), 0);
}
