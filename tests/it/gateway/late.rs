//! Documents that take longer than a peer waits: an answer comes in time, lets nothing
//! pass, and is followed by a verdict on record.

#![cfg(debug_assertions)]

use std::io::{Read, Write};

use super::clamd::chunks;
use super::milter::{OFFERED, message, open, replies};
use super::{Gateway, MARKED, PLAIN, matters, office};

/// A document that a cell does not come to an end with.
const ENDLESS: &str = "vetmark-crasher:loop";

#[test]
fn who_does_not_wait_is_answered_and_the_verdict_comes_all_the_same() {
    let folder = office();
    let arguments = "--clamd 127.0.0.1:0 --milter 127.0.0.1:0 --policy leave.toml --store \
                     office.store --deadline 1 --matter-seconds 3";
    let mut gateway = Gateway::start(folder.path(), arguments);
    let ask = |gateway: &Gateway| {
        let mut stream = gateway.connect("clamd");
        let asked = [b"zINSTREAM\0".to_vec(), chunks(ENDLESS.as_bytes(), 9)].concat();
        stream.write_all(&asked).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    };
    assert_eq!(ask(&gateway), "stream: not yet examined, try again. FOUND ERROR\0");
    let decided = gateway.wait_for("decided");
    assert_eq!((&decided["verdict"], &decided["answer"]), (&"incomplete".into(), &"later".into()));
    // Whoever asks again joined, or is told at once.
    assert_eq!(ask(&gateway), "stream: Review.Unread.Limit.Time FOUND ERROR\0");
    gateway.wait_for("decided");
    // A message is held before its verdict is known, and the verdict is on record after.
    let mut server = open(&gateway, OFFERED);
    let headers = [("MIME-Version", "1.0"), ("Content-Type", "multipart/mixed; boundary=b")];
    let attached = |text: &str| {
        format!(
            "--b\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; \
             filename=\"a.txt\"\r\n\r\n{text}\r\n--b--\r\n"
        )
    };
    server.write_all(&message("4AB1", &headers, &attached(ENDLESS))).unwrap();
    let said = replies(&mut server);
    assert_eq!(said[0], ('h', "X-Vetmark-Verdict\0 pending\0".into()));
    assert_eq!(said[1], ('q', "vetmark: not yet examined\0".into()));
    let decided = gateway.wait_for("decided");
    assert_eq!((&decided["answer"], &decided["early"]), (&"hold".into(), &true.into()));
    assert_eq!((&decided["queue"], &decided["matter"]), (&"4AB1".into(), &2.into()));
    // The same connection goes on.
    server.write_all(&message("4AB2", &headers, &attached(PLAIN))).unwrap();
    assert_eq!(replies(&mut server)[1].0, 'c');
    drop(server);
    assert_eq!(gateway.stop(), 0);
    assert_eq!(matters(folder.path()).len(), 3);
}

/// In a session answers come as they are ready, each with the number of what was asked; and
/// END waits for all of them.
#[test]
fn what_takes_long_holds_up_nothing_behind_it_in_a_session() {
    let folder = office();
    let arguments = "--clamd 127.0.0.1:0 --policy leave.toml --matter-seconds 5";
    let gateway = Gateway::start(folder.path(), arguments);
    let mut stream = gateway.connect("clamd");
    let content = |text: &str| [b"zINSTREAM\0".to_vec(), chunks(text.as_bytes(), 1000)].concat();
    let asked = [
        b"zIDSESSION\0".to_vec(),
        content(ENDLESS),
        content(PLAIN),
        b"zPING\0".to_vec(),
        content(MARKED),
        b"zEND\0".to_vec(),
    ];
    stream.write_all(&asked.concat()).unwrap();
    let mut answers = String::new();
    stream.read_to_string(&mut answers).unwrap();
    let answers: Vec<&str> = answers.split_terminator('\0').collect();
    assert_eq!(
        answers.last(),
        Some(&"1: stream: Review.Unread.Limit.Time FOUND ERROR"),
        "{answers:?}"
    );
    let mut sorted = answers.clone();
    sorted.sort_unstable();
    let want = [
        "1: stream: Review.Unread.Limit.Time FOUND ERROR",
        "2: stream: OK",
        "3: PONG",
        "4: stream: Review.Mark.StateSecret FOUND",
    ];
    assert_eq!(sorted, want, "{answers:?}");
    assert_eq!(gateway.stop(), 0);
}
