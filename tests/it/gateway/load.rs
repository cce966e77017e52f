//! Many peers at once, and cells that die under them: nothing is lost, and nothing passes
//! that should not.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use super::clamd::chunks;
use super::{Gateway, MARKED, PATIENCE, PLAIN, matters, office};

fn scan(address: &str, content: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let asked = [b"zINSTREAM\0".to_vec(), chunks(content.as_bytes(), 4096)].concat();
    stream.write_all(&asked).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// The number-th content: every third bears a mark, every seventh comes again.
fn content(number: usize) -> (String, bool) {
    let number = if number % 7 == 6 { number - 6 } else { number };
    let marked = number % 3 == 0;
    let head = if marked { MARKED } else { "" };
    (format!("{head}{PLAIN}Letter {number}.\n{}", PLAIN.repeat(number % 50)), marked)
}

#[test]
fn sixty_four_peers_at_once_lose_nothing() {
    let folder = office();
    let arguments = "--clamd 127.0.0.1:0 --metrics 127.0.0.1:0 --policy leave.toml --store \
                     office.store --connections 32";
    let gateway = Gateway::start(folder.path(), arguments);
    let address = gateway.address("clamd");
    const PEERS: usize = 64;
    const EACH: usize = 10;
    thread::scope(|scope| {
        for peer in 0..PEERS {
            let address = &address;
            scope.spawn(move || {
                for turn in 0..EACH {
                    let (text, marked) = content(peer * EACH + turn);
                    let want = match marked {
                        true => "stream: Review.Mark.StateSecret FOUND\0",
                        false => "stream: OK\0",
                    };
                    assert_eq!(scan(address, &text), want, "{peer} {turn}");
                }
            });
        }
    });
    let all: std::collections::BTreeSet<_> =
        (0..PEERS * EACH).map(|number| content(number).0).collect();
    assert_eq!(matters(folder.path()).len(), all.len());
    let numbers = gateway.page("/metrics");
    let count = |answer: &str| -> usize {
        let name = format!("answers_total{{protocol=\"clamd\",answer=\"{answer}\"}} ");
        let (_, rest) = numbers.split_once(&name).unwrap_or(("", "0\n"));
        rest.lines().next().unwrap().parse().unwrap()
    };
    assert_eq!(count("pass") + count("hold"), PEERS * EACH, "{numbers}");
    assert_eq!(gateway.stop(), 0);
}

/// The cells of a gateway, by their process numbers.
fn cells(parent: u32) -> Vec<u32> {
    let stat = |entry: &fs::DirEntry| -> Option<(u32, u32)> {
        let number = entry.file_name().to_str()?.parse().ok()?;
        let text = fs::read_to_string(entry.path().join("stat")).ok()?;
        let parent = text.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()?;
        Some((number, parent))
    };
    let all = fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    all.filter_map(|entry| stat(&entry)).filter(|(_, of)| *of == parent).map(|(n, _)| n).collect()
}

#[test]
fn cells_that_die_let_nothing_pass() {
    let folder = office();
    let arguments = "--clamd 127.0.0.1:0 --policy leave.toml --store office.store";
    let gateway = Gateway::start(folder.path(), arguments);
    let address = gateway.address("clamd");
    let over = AtomicBool::new(false);
    let parent = gateway.child.id();
    thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::SeqCst) {
                for cell in cells(parent) {
                    let number = i32::try_from(cell).unwrap();
                    let process = rustix::process::Pid::from_raw(number).unwrap();
                    let _ = rustix::process::kill_process(process, rustix::process::Signal::KILL);
                }
                thread::sleep(Duration::from_millis(30));
            }
        });
        let peers: Vec<_> = (0..8)
            .map(|peer| {
                let address = &address;
                scope.spawn(move || {
                    for turn in 0..8 {
                        let (text, marked) = content(1000 + peer * 8 + turn);
                        let answer = scan(address, &text);
                        let fails = answer.ends_with(" FOUND ERROR\0");
                        let right = match marked {
                            true => answer.ends_with("FOUND\0"),
                            false => answer == "stream: OK\0",
                        };
                        assert!(fails || right, "{peer} {turn}: {answer}");
                    }
                })
            })
            .collect();
        let ended: Vec<_> = peers.into_iter().map(thread::ScopedJoinHandle::join).collect();
        over.store(true, Ordering::SeqCst);
        assert!(ended.iter().all(Result::is_ok));
    });
    assert_eq!(scan(&address, &content(5002).0), "stream: OK\0");
    assert_eq!(gateway.stop(), 0);
}
