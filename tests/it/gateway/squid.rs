//! squid before ICAP: what is uploaded and what is fetched goes on byte for byte or is
//! stopped with a page that can be read.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::mpsc::{Receiver, Sender, channel};

use super::around::{Daemon, documented, free_port, installed, is_root, open_to, text, wait_until};
use super::{Gateway, MARKED, PATIENCE, PLAIN, office};

/// A web server that keeps what is put there, and gives `MARKED` or `PLAIN` by name.
fn web() -> (u16, Receiver<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (send, got) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let send = send.clone();
            std::thread::spawn(move || serve(stream, &send));
        }
    });
    (port, got)
}

fn serve(mut stream: TcpStream, send: &Sender<Vec<u8>>) {
    let mut lines = BufReader::new(stream.try_clone().unwrap());
    let mut asked = String::new();
    let mut length = 0;
    loop {
        let mut line = String::new();
        if lines.read_line(&mut line).unwrap_or(0) <= 2 {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if asked.is_empty() {
            asked = line;
        }
    }
    let body = if asked.starts_with("PUT") {
        let mut body = vec![0; length];
        lines.read_exact(&mut body).unwrap();
        let _ = send.send(body);
        "kept"
    } else if asked.contains("marked") {
        MARKED
    } else {
        PLAIN
    };
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close";
    let _ = write!(stream, "{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len());
}

/// A squid of its own with the lines of docs/gateway.md.
fn squid(folder: &Path, icap: &str) -> (Daemon, u16) {
    let at = folder.join("squid");
    fs::create_dir_all(&at).unwrap();
    let port = free_port();
    let shown = at.display();
    let settings = format!(
        "http_port 127.0.0.1:{port}\nvisible_hostname proxy.agency.example\n\
         pid_filename {shown}/pid\ncache_log {shown}/cache.log\naccess_log none\n\
         icap_log {shown}/icap.log icap_squid\ncoredump_dir {shown}\nshutdown_lifetime 0 seconds\n\
         pinger_enable off\nnetdb_filename none\ncache_mem 8 MB\ncache deny all\nhttp_access allow localhost\n\
         http_access deny all\n{}",
        documented("icap_enable on").replace("127.0.0.1:1344", icap)
    );
    fs::write(at.join("squid.conf"), settings).unwrap();
    open_to(&at, "proxy");
    let said = folder.join("squid.said");
    let mut command = Command::new("/usr/sbin/squid");
    command.arg("-N").arg("-n").arg(format!("t{port}")).arg("-f").arg(at.join("squid.conf"));
    let mut daemon = Daemon::start(&mut command, &said);
    daemon.listens(port, || text(&said) + &text(&at.join("cache.log")));
    (daemon, port)
}

/// What is answered to a request: its status and its body.
fn ask(proxy: u16, request: &str, body: &[u8]) -> (u16, String) {
    let mut stream = TcpStream::connect(("127.0.0.1", proxy)).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let head = format!("{request} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n");
    let length = format!("Content-Length: {}\r\n\r\n", body.len());
    let length = if body.is_empty() { "\r\n".into() } else { length };
    stream.write_all(&[head.as_bytes(), length.as_bytes(), body].concat()).unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    (head.split(' ').nth(1).unwrap_or("0").parse().unwrap(), body.to_owned())
}

#[test]
fn what_goes_through_squid_is_read_or_stopped() {
    if !installed("/usr/sbin/squid") || !is_root("squid") {
        return;
    }
    let folder = office();
    let gateway = Gateway::start(folder.path(), "--icap 127.0.0.1:0 --policy leave.toml");
    let (_squid, proxy) = squid(folder.path(), &gateway.address("icap"));
    let (web, got) = web();
    let put = |name: &str| format!("PUT http://127.0.0.1:{web}/{name}");
    let get = |name: &str| format!("GET http://127.0.0.1:{web}/{name}");
    // Larger than squid's own buffer.
    let large = "The canteen opens at noon.\n".repeat(20_000);
    for content in [PLAIN, &large] {
        let (status, body) = ask(proxy, &put("note.txt"), content.as_bytes());
        assert_eq!((status, body.as_str()), (200, "kept"));
        assert!(got.recv_timeout(PATIENCE).unwrap() == content.as_bytes());
    }
    assert_eq!(ask(proxy, &get("plain.txt"), b""), (200, PLAIN.to_owned()));
    for (request, content) in [(put("plan.txt"), MARKED), (get("marked.txt"), "")] {
        let (status, page) = ask(proxy, &request, content.as_bytes());
        assert_eq!(status, 403, "{request}: {page}");
        for said in ["已扣留", "This is held until a person has reviewed it", "the office"] {
            assert!(page.contains(said), "{request}: {page}");
        }
        assert!(!page.contains("机密"), "{page}");
    }
    assert!(got.try_recv().is_err(), "what was stopped arrived");
    // Nothing changed was said in a word, and not by handing all of it back.
    let log = folder.path().join("squid/icap.log");
    let count = |what: &str| text(&log).matches(what).count();
    wait_until(|| count("ICAP_MOD/200") >= 2, || text(&log));
    assert!(count("ICAP_ECHO/204") >= 3, "{}", text(&log));
    // Without the gateway nothing goes on in either direction.
    drop(gateway);
    for (request, content) in [(put("note.txt"), PLAIN), (get("plain.txt"), "")] {
        let (status, page) = ask(proxy, &request, content.as_bytes());
        assert_eq!(status, 500, "{request}: {page}");
        assert!(page.contains("ICAP") && !page.contains(PLAIN), "{request}: {page}");
    }
    assert!(got.try_recv().is_err(), "what was not read arrived");
}
