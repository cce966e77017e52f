//! rspamd's antivirus module before clamd's protocol: mail is put off for whatever is not
//! wholly in order.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::around::{CUT_OFF, Daemon, attached, documented, free_port, installed, open_to, text};
use super::{Gateway, MARKED, PATIENCE, PLAIN, office};

/// An rspamd of its own with the lines of docs/gateway.md and nothing else: no maps, no
/// other modules, no network.
struct Rspamd {
    _daemon: Daemon,
    port: u16,
}

impl Rspamd {
    /// Starts one that asks for verdicts at an address, with some of its lines changed.
    fn start(folder: &Path, clamd: &str, changed: &[(&str, &str)]) -> Self {
        let at = folder.join("rspamd");
        fs::create_dir_all(&at).unwrap();
        fs::write(at.join("tld.dat"), "example\n").unwrap();
        let port = free_port();
        let mut settings = format!(
            "options {{ pidfile = \"{at}/pid\"; filters = \"\"; url_tld = \"{at}/tld.dat\";\n\
             control_socket = \"{at}/control mode=0600\"; hs_cache_dir = \"{at}/\";\n\
             dns {{ nameserver = [\"127.0.0.1:9\"]; timeout = 0.1s; retransmits = 1; }}\n\
             {options} }}\n\
             logging {{ type = \"console\"; level = \"notice\"; }}\n\
             worker \"normal\" {{ bind_socket = \"127.0.0.1:{port}\"; count = 1; }}\n\
             modules {{ path = \"/usr/share/rspamd/plugins/antivirus.lua\";\n\
             path = \"/usr/share/rspamd/plugins/force_actions.lua\"; }}\n\
             lua = \"{at}/none.lua\";\n\
             actions {{ reject = 15; }}\n\
             antivirus {{\n{antivirus} }}\nforce_actions {{\n{actions} }}\n",
            at = at.display(),
            options = documented("local.d/options.inc"),
            antivirus = documented("local.d/antivirus.conf").replace("127.0.0.1:3310", clamd),
            actions = documented("local.d/force_actions.conf"),
        );
        for (from, to) in changed {
            assert!(settings.contains(from), "{from}: {settings}");
            settings = settings.replace(from, to);
        }
        fs::write(at.join("none.lua"), "").unwrap();
        fs::write(at.join("rspamd.conf"), settings).unwrap();
        open_to(&at, "_rspamd");
        let said = folder.join("rspamd.said");
        let mut command = Command::new("/usr/bin/rspamd");
        command.args(["-f", "-u", "_rspamd", "-g", "_rspamd", "-c"]).arg(at.join("rspamd.conf"));
        let mut daemon = Daemon::start(&mut command, &said);
        daemon.listens(port, || text(&said));
        Self { _daemon: daemon, port }
    }

    /// What becomes of a message, and the symbols it got with what they say.
    fn check(&self, (headers, body): &(String, String)) -> (String, Vec<String>) {
        let message = format!("From: wang@agency.example\r\n{headers}\r\n{body}");
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let length = message.len();
        write!(stream, "POST /checkv2 HTTP/1.0\r\nContent-Length: {length}\r\n\r\n{message}")
            .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (_, json) = answer.split_once("\r\n\r\n").unwrap();
        let answer: Value = serde_json::from_str(json).unwrap();
        let symbols = answer["symbols"].as_object().unwrap().iter();
        let symbols = symbols.map(|(name, is)| format!("{name} {}", is["options"][0]));
        (answer["action"].as_str().unwrap().to_owned(), symbols.collect())
    }
}

fn can_be_tried() -> bool {
    installed("/usr/bin/rspamd") && super::around::is_root("rspamd")
}

#[test]
fn mail_is_put_off_unless_it_is_in_order() {
    if !can_be_tried() {
        return;
    }
    let folder = office();
    let gateway = Gateway::start(
        folder.path(),
        "--clamd 127.0.0.1:0 --policy leave.toml --max-content 64KiB",
    );
    let rspamd = Rspamd::start(folder.path(), &gateway.address("clamd"), &[]);
    let large = "All is well at noon. ".repeat(4000);
    for (name, content, action, symbols) in [
        ("a.txt", PLAIN.as_bytes(), "no action", &[][..]),
        (
            "b.txt",
            MARKED.as_bytes(),
            "soft reject",
            &["VETMARK \"Review.Conflict.AttachmentHigher\""],
        ),
        // Neither of these has a verdict that says it is in order: an answer without the word
        // FOUND would make the module fail and the mail pass.
        ("c.zip", CUT_OFF, "soft reject", &["VETMARK \"Review.Unread.Damaged\""]),
        ("d.txt", large.as_bytes(), "soft reject", &["VETMARK"]),
    ] {
        let (did, said) = rspamd.check(&attached(name, content));
        assert_eq!(did, action, "{name}: {said:?}");
        assert_eq!(said.len(), symbols.len(), "{name}: {said:?}");
        assert!(said.iter().zip(symbols).all(|(s, want)| s.starts_with(want)), "{name}: {said:?}");
    }
    drop(gateway);
    let (did, said) = rspamd.check(&attached("e.txt", PLAIN.as_bytes()));
    assert_eq!(did, "soft reject", "{said:?}");
    assert!(said.iter().any(|symbol| symbol.starts_with("VETMARK_FAIL ")), "{said:?}");
}

/// An examination that takes longer than rspamd gives a message.
#[test]
fn mail_that_takes_too_long_is_put_off() {
    if !can_be_tried() {
        return;
    }
    let folder = office();
    // Takes connections and never answers.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap().to_string();
    let rspamd = Rspamd::start(folder.path(), &address, &[("150s", "1s")]);
    let (did, said) = rspamd.check(&attached("a.txt", PLAIN.as_bytes()));
    assert_eq!(did, "soft reject", "{said:?}");
}
