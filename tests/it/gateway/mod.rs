//! `vetmark gateway` as peers meet it: over its sockets, and behind the programs that are
//! in use. A program that is not installed is said loudly and left out.

#![cfg(target_os = "linux")]

mod amavis;
mod around;
mod clamd;
mod day;
mod exim;
mod folder;
mod icap;
mod late;
mod load;
mod milter;
mod nextcloud;
mod notice;
mod peers;
mod postfix;
mod rspamd;
mod sendmail;
mod squid;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::Value;

use crate::support::vetmark;

/// A document that is withheld: its only line is a mark.
const MARKED: &str = "机密★10年\n";

/// One in which nothing is found.
const PLAIN: &str = "The canteen opens at noon.\n";

/// A policy by which what is no_finding passes, and nothing is rejected.
const LEAVE: &str = r#"
    contact = { en = "the office", zh = "保密办" }
    [[rule]]
    verdicts = ["no_finding"]
    action = "pass"
    by = "Wang"
    [[rule]]
    action = "hold"
"#;

/// How long anything may take on a busy machine before a test gives up.
const PATIENCE: Duration = Duration::from_secs(120);

/// A gateway that runs.
struct Gateway {
    child: Child,
    lines: Receiver<Value>,
    seen: Vec<Value>,
}

impl Gateway {
    /// Starts one with these arguments, parted by blanks; it listens when this returns.
    fn start(folder: &Path, arguments: &str) -> Self {
        let mut child = vetmark()
            .current_dir(folder)
            .args(["gateway", "--no-config", "--jobs", "2"])
            .args(arguments.split(' '))
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (send, lines) = channel();
        let stderr = child.stderr.take().unwrap();
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                match serde_json::from_str(&line) {
                    Ok(line) => drop(send.send(line)),
                    Err(_) => drop(send.send(Value::String(line))),
                }
            }
        });
        let mut gateway = Self { child, lines, seen: Vec::new() };
        gateway.wait_for("started");
        gateway
    }

    /// Waits for an event and gives it.
    fn wait_for(&mut self, event: &str) -> Value {
        loop {
            let line = self.lines.recv_timeout(PATIENCE);
            let line = line.unwrap_or_else(|_| panic!("no {event} in {:#?}", self.seen));
            self.seen.push(line.clone());
            if line["event"] == event {
                return line;
            }
        }
    }

    /// Where a protocol can be reached.
    fn address(&self, protocol: &str) -> String {
        let of = |line: &&Value| line["event"] == "listening" && line["protocol"] == protocol;
        self.seen.iter().find(of).unwrap()["address"].as_str().unwrap().to_owned()
    }

    /// The port of a protocol.
    fn port(&self, protocol: &str) -> u16 {
        around::port_of(&self.address(protocol))
    }

    fn connect(&self, protocol: &str) -> TcpStream {
        let stream = TcpStream::connect(self.address(protocol)).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    /// What a page of the monitor says.
    fn page(&self, path: &str) -> String {
        let mut stream = self.connect("metrics");
        write!(stream, "GET {path} HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
        let mut page = String::new();
        stream.read_to_string(&mut page).unwrap();
        page
    }

    /// Sends it a signal.
    fn signal(&self, signal: &str) {
        let number = self.child.id().to_string();
        let sent = std::process::Command::new("/bin/kill").args(["-s", signal, &number]).status();
        assert!(sent.unwrap().success());
    }

    /// Ends it in good order and says its status.
    fn stop(mut self) -> i32 {
        self.signal("TERM");
        self.child.wait().unwrap().code().unwrap()
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A folder with the policy that lets what is no_finding pass.
fn office() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("leave.toml"), LEAVE).unwrap();
    folder
}

/// Says it past the harness, which keeps what a test that passes prints to itself.
fn not_tested(why: &str) {
    let _ = writeln!(std::io::stderr(), "\n*** NOT TESTED: {why} ***\n");
}

/// What the store says of its matters: verdicts and sources.
fn matters(folder: &Path) -> Vec<(String, String)> {
    let store = vetmark::record::Store::open(&folder.join("office.store")).unwrap();
    let wanted = vetmark::record::QueueOf { limit: 1000, ..Default::default() };
    store.queue(&wanted).unwrap().into_iter().map(|line| (line.verdict, line.source)).collect()
}
