//! The author of a mail that is held hears of it, and of what was decided; nobody else does.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::around::{free_port, installed, is_root, sink};
use super::milter::{OFFERED, message, open, replies};
use super::postfix::{Postfix, decide, people};
use super::{Gateway, LEAVE, MARKED, PATIENCE, PLAIN, office};

const NOTIFY: &str = "\n[notify]\nfrom = \"secrecy@agency.example\"\n";

/// The policy that lets what is no_finding pass, with who is told.
fn policy(folder: &Path, more: &str) {
    let text = format!("local_domains = [\"agency.example\"]\n{LEAVE}{NOTIFY}{more}");
    fs::write(folder.join("notify.toml"), text).unwrap();
}

/// A program of this text, in the place of sendmail.
fn script(folder: &Path, text: &str) -> PathBuf {
    let path = folder.join("sendmail");
    fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

#[test]
fn a_notice_is_handed_to_the_program_and_what_fails_changes_nothing() {
    let folder = office();
    policy(folder.path(), "subject = true\n");
    let at = folder.path().display();
    let takes = format!("printf '%s\\n' \"$@\" \"HOME=$HOME\" > {at}/args; cat > {at}/mail");
    let program = script(folder.path(), &takes);
    let program = program.display().to_string();
    let arguments = format!(
        "--milter 127.0.0.1:0 --policy notify.toml --store office.store \
         --sendmail {program}"
    );
    let mut gateway = Gateway::start(folder.path(), &arguments);
    let mut server = open(&gateway, OFFERED);
    let mut send = |queue: &str, headers: &[(&str, &str)], body: &str| {
        server.write_all(&message(queue, headers, body)).unwrap();
        let letters: String = replies(&mut server).iter().map(|(letter, _)| *letter).collect();
        letters
    };
    let subject = ("Subject", "=?utf-8?B?5py65a+G?=");
    assert_eq!(send("4AB1", &[subject, ("Message-ID", "<7@agency.example>")], MARKED), "hqc");
    let notice = gateway.wait_for("notice");
    assert_eq!((&notice["outcome"], &notice["what"]), (&"sent".into(), &"held".into()), "{notice}");
    let args = fs::read_to_string(folder.path().join("args")).unwrap();
    assert_eq!(args, "-t\n-i\n-f\n<>\nHOME=\n");
    let mail = fs::read_to_string(folder.path().join("mail")).unwrap();
    for line in [
        "From: vetmark <secrecy@agency.example>\nTo: wang@agency.example\n",
        "\n =?utf-8?B?5py65a+G?=\nDate: ",
        "\nIn-Reply-To: <7@agency.example>\n",
        "\nAuto-Submitted: auto-replied\n",
    ] {
        assert!(mail.contains(line), "{line}: {mail}");
    }
    // What passes, and what came from a machine or to a list, is nobody's to be told.
    assert_eq!(send("4AB2", &[subject], PLAIN), "hqc", "the subject is a mark");
    gateway.wait_for("notice");
    assert_eq!(send("4AB3", &[], PLAIN), "hc");
    for (field, why) in
        [(("Auto-Submitted", "auto-generated"), "automatic"), (("List-Id", "<a.b>"), "list")]
    {
        assert_eq!(send("4AB4", &[field], &format!("{MARKED}{why}")), "hqc");
        let notice = gateway.wait_for("notice");
        assert_eq!((&notice["outcome"], &notice["why"]), (&"not-sent".into(), &why.into()));
    }
    // The same once more: the author knows.
    assert_eq!(send("4AB5", &[subject, ("Message-ID", "<7@agency.example>")], MARKED), "hqc");
    assert_eq!(gateway.wait_for("notice")["why"], "sent-before");
    // A program that fails: it is held all the same, and that nobody was told is said.
    script(folder.path(), "cat > /dev/null; exit 75");
    assert_eq!(send("4AB6", &[], &format!("{MARKED}6")), "hqc");
    let notice = gateway.wait_for("notice");
    assert_eq!(notice["outcome"], "not-sent", "{notice}");
    assert!(notice["why"].as_str().unwrap().contains("75"), "{notice}");
    assert_eq!(gateway.stop(), 0);
    let store = vetmark::record::Store::open(&folder.path().join("office.store")).unwrap();
    let passed = store.passage_of("4AB1").unwrap().unwrap();
    assert!(store.was_told(&passed, "held").unwrap());
    for queue in ["4AB4", "4AB5", "4AB6"] {
        let passed = store.passage_of(queue).unwrap().unwrap();
        assert!(!store.was_told(&passed, "held").unwrap(), "{queue}");
    }
    assert_eq!(store.check().unwrap().wrong, []);
}

/// Who is told must be said, and by which program.
#[test]
fn a_gateway_that_could_tell_nobody_does_not_start() {
    let folder = office();
    policy(folder.path(), "");
    for (policy, program, why) in [
        ("notify.toml", "sendmail", "whole path"),
        ("notify.toml", "/nowhere/sendmail", "there is no program"),
        ("leave.toml", "/bin/true", "[notify]"),
    ] {
        let arguments = format!(
            "gateway --no-config --milter 127.0.0.1:0 --policy {policy} --sendmail {program}"
        );
        let arguments: Vec<&str> = arguments.split(' ').collect();
        let ran = crate::support::run(folder.path(), &arguments);
        assert_eq!(ran.status, 2, "{ran:?}");
        assert!(ran.stderr.contains(why), "{ran:?}");
    }
}

/// Over Postfix and back to the author, who hears of the hold, of the release and of the
/// refusal; the notice passes the filter like any other mail.
#[test]
fn postfix_brings_an_author_what_became_of_their_mail() {
    if !installed("/usr/sbin/postfix") || !installed("/usr/lib/postfix/sbin/master") {
        return;
    }
    if !is_root("Postfix") {
        return;
    }
    let folder = office();
    policy(folder.path(), "");
    let (sink_port, messages) = sink();
    let filter = free_port();
    let postfix = Postfix::start(folder.path(), filter, sink_port);
    let config = postfix.config.display().to_string();
    let program = script(folder.path(), &format!("exec /usr/sbin/sendmail -C {config} \"$@\""));
    let program = program.display().to_string();
    let milter = format!("127.0.0.1:{filter}");
    let arguments = format!(
        "--milter {milter} --policy notify.toml --store office.store \
         --sendmail {program} --postfix --postfix-config {config} \
         --postfix-every 1"
    );
    let mut gateway = Gateway::start(folder.path(), &arguments);
    people(folder.path());
    // Sends a marked mail; the matter that it is, and the notice that its author has.
    let mut held = |text: &str| {
        let answer = postfix.send("Subject: plan\r\nMessage-ID: <1@agency.example>\r\n", text);
        assert!(answer.starts_with("250"), "{answer}\n{}", postfix.log());
        let notice = gateway.wait_for("notice");
        assert_eq!(notice["outcome"], "sent", "{notice}\n{}", postfix.log());
        let matter = notice["matter"].as_i64().unwrap().to_string();
        (matter, messages.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("{}", postfix.log())))
    };
    let (first, mail) = held(MARKED);
    for said in [
        "MAIL FROM:<>",
        "To: wang@agency.example",
        "Auto-Submitted: auto-replied",
        "In-Reply-To: <1@agency.example>",
        "X-Vetmark-Verdict: no_finding; rules=",
    ] {
        assert!(mail.contains(said), "{said}: {mail}");
    }
    assert!(!mail.contains("Subject: plan") && !mail.contains("press@"), "{mail}");
    let (second, _) = held(&format!("{MARKED}second"));
    decide(folder.path(), &first, "f1", "disclose");
    let notice = gateway.wait_for("notice");
    assert_eq!(
        (&notice["what"], &notice["outcome"]),
        (&"released".into(), &"sent".into()),
        "{notice}"
    );
    let mut both = [0; 2].map(|_| messages.recv_timeout(PATIENCE).unwrap());
    both.sort_by_key(|mail| !mail.contains("Subject: Released after review"));
    assert!(both[0].contains("MAIL FROM:<>") && both[1].contains("MAIL FROM:<wang@"), "{both:?}");
    decide(folder.path(), &second, "f1", "withhold");
    let notice = gateway.wait_for("notice");
    assert_eq!(
        (&notice["what"], &notice["outcome"]),
        (&"refused".into(), &"sent".into()),
        "{notice}"
    );
    assert!(messages.recv_timeout(PATIENCE).unwrap().contains("Not released after review"));
    assert_eq!(gateway.stop(), 0);
    let store = vetmark::record::Store::open(&folder.path().join("office.store")).unwrap();
    assert_eq!(store.check().unwrap().wrong, []);
}
