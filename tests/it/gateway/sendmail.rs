//! Sendmail with our milter: passed with its header, held in its quarantine, put off while
//! the gateway is away.
//!
//! Debian lets but one mail server be installed; this one is started from where it was
//! unpacked.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use super::around::{
    Daemon, documented, free_port, is_root, libraries, open_to, run, send, sink, text, unpacked,
    with_files,
};
use super::{Gateway, MARKED, PATIENCE, PLAIN, office};

/// Its settings, made by its own macros from the line of docs/gateway.md.
fn settings(at: &Path, root: &Path, port: u16, milter: u16, sink: u16) -> Vec<u8> {
    let shown = at.display();
    let filter = documented("INPUT_MAIL_FILTER").replace("inet:8891@", &format!("inet:{milter}@"));
    let source = format!(
        "OSTYPE(`linux')dnl\nundefine(`confHOST_STATUS_DIRECTORY')dnl\n\
         define(`confPID_FILE', `{shown}/pid')dnl\ndefine(`QUEUE_DIR', `{shown}/queue')dnl\n\
         define(`STATUS_FILE', `{shown}/statistics')dnl\ndefine(`ALIAS_FILE', `')dnl\n\
         define(`confRUN_AS_USER', `0:0')dnl\ndefine(`confDOMAIN_NAME', `mail.agency.example')dnl\n\
         define(`confTO_IDENT', `0')dnl\ndefine(`SMART_HOST', `smtp:[127.0.0.1]')dnl\n\
         define(`SMTP_MAILER_ARGS', `TCP $h {sink}')dnl\nFEATURE(`no_default_msa')dnl\n\
         FEATURE(`accept_unresolvable_domains')dnl\nFEATURE(`promiscuous_relay')dnl\n\
         FEATURE(`nocanonify')dnl\nDAEMON_OPTIONS(`Port={port}, Addr=127.0.0.1, Name=MTA')dnl\n\
         {filter}MAILER(`smtp')dnl\n"
    );
    let file = at.join("sendmail.mc");
    fs::write(&file, source).unwrap();
    let macros = root.join("usr/share/sendmail/cf/");
    let mut m4 = Command::new(root.join("usr/bin/m4"));
    m4.env("LD_LIBRARY_PATH", libraries(root, at)).arg(format!("-D_CF_DIR_={}", macros.display()));
    run(m4.arg(macros.join("m4/cf.m4")).arg(file))
}

#[test]
fn mail_passes_is_quarantined_or_is_put_off() {
    let Some(root) = unpacked("usr/libexec/sendmail/sendmail") else { return };
    if !is_root("Sendmail") || unpacked("usr/bin/m4").is_none() {
        return;
    }
    let folder = office();
    let at = folder.path().join("sendmail");
    fs::create_dir_all(at.join("queue")).unwrap();
    let gateway = Gateway::start(folder.path(), "--milter 127.0.0.1:0 --policy leave.toml");
    let (sink, messages) = sink();
    let port = free_port();
    let settings = settings(&at, &root, port, gateway.port("milter"), sink);
    fs::write(at.join("sendmail.cf"), settings).unwrap();
    fs::write(at.join("hosts"), "127.0.0.1 mail.agency.example localhost\n").unwrap();
    open_to(folder.path(), "root");
    open_to(&at, "root");
    // Without the group it is installed with: such a program takes no libraries from us.
    let program = at.join("program");
    fs::copy(root.join("usr/libexec/sendmail/sendmail"), &program).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let hosts = at.join("hosts");
    let sendmail = |arguments: &[&str]| {
        let mut command = with_files(&program, &[(&hosts, "/etc/hosts")]);
        command
            .env("LD_LIBRARY_PATH", at.join("lib"))
            .arg(format!("-C{}/sendmail.cf", at.display()));
        command.args(arguments);
        command
    };
    let said = folder.path().join("sendmail.said");
    let mut daemon = Daemon::start(&mut sendmail(&["-bD"]), &said);
    daemon.listens(port, || text(&said));
    let answer = send(port, "Subject: lunch\r\nX-Vetmark-Verdict: forged\r\n", PLAIN);
    assert!(answer.starts_with("250"), "{answer}");
    let got = messages.recv_timeout(PATIENCE).unwrap();
    assert!(got.contains("X-Vetmark-Verdict: no_finding; rules="), "{got}");
    assert!(!got.contains("forged"), "{got}");
    let answer = send(port, "Subject: plan\r\n", MARKED);
    assert!(answer.starts_with("250"), "{answer}");
    // What is quarantined has a head of its own kind in the queue, with our name in it.
    let queue = fs::read_dir(at.join("queue")).unwrap().map(|entry| entry.unwrap().file_name());
    let heads: Vec<_> = queue.map(|name| name.into_string().unwrap()).collect();
    let held: Vec<_> = heads.iter().filter_map(|name| name.strip_prefix("hf")).collect();
    assert_eq!(held.len(), 1, "{heads:?}");
    let head = text(&at.join("queue").join(format!("hf{}", held[0])));
    assert!(head.contains("vetmark: Review.Mark.StateSecret"), "{head}");
    drop(gateway);
    let answer = send(port, "Subject: more\r\n", PLAIN);
    assert!(answer.starts_with("451"), "{answer}");
    assert!(messages.try_recv().is_err());
    // A person lets it go.
    let id = format!("-qI{}", held[0]);
    for arguments in [&["-Q", "-qQ", &id][..], &["-q", &id]] {
        run(&mut sendmail(arguments));
    }
    let got = messages.recv_timeout(PATIENCE).unwrap();
    assert!(got.contains("X-Vetmark-Verdict: withhold; rules="), "{got}");
}
