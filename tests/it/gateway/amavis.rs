//! amavisd-new before clamd's protocol on a local socket: the whole mail is read, and what
//! fails is put off.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use super::around::{
    CUT_OFF, Daemon, attached, documented, free_port, installed, is_root, open_to, send, sink, text,
};
use super::{Gateway, MARKED, PATIENCE, PLAIN, office};

/// An amavis of its own with the lines of docs/gateway.md.
fn amavis(folder: &Path, socket: &Path, sink: u16) -> (Daemon, u16) {
    let at = folder.join("amavis");
    for name in ["tmp", "quarantine"] {
        fs::create_dir_all(at.join(name)).unwrap();
    }
    let port = free_port();
    let settings = format!(
        "use strict;\n$daemon_user = 'amavis'; $daemon_group = 'amavis'; $max_servers = 1;\n\
         $MYHOME = '{at}'; $TEMPBASE = \"$MYHOME/tmp\"; $QUARANTINEDIR = \"$MYHOME/quarantine\";\n\
         $pid_file = \"$MYHOME/pid\"; $lock_file = \"$MYHOME/lock\"; $enable_db = 0;\n\
         $do_syslog = 0; $logfile = \"$MYHOME/log\"; $log_level = 2;\n\
         $myhostname = 'mail.agency.example'; $mydomain = 'agency.example';\n\
         $inet_socket_bind = '127.0.0.1'; $inet_socket_port = {port}; @inet_acl = ('127.0.0.1');\n\
         $forward_method = 'smtp:[127.0.0.1]:{sink}'; $notify_method = $forward_method;\n\
         @bypass_spam_checks_maps = (1); @bypass_banned_checks_maps = (1);\n\
         $enable_dkim_verification = 0; $final_virus_destiny = D_DISCARD;\n\
         $virus_admin = undef; $bad_header_quarantine_method = undef;\n{}1;\n",
        documented("ask_daemon").replace("/run/vetmark/clamd.sock", &socket.display().to_string()),
        at = at.display(),
    );
    // Not where its own user could change it, which it refuses.
    let file = folder.join("amavis.conf");
    fs::write(&file, settings).unwrap();
    open_to(folder, "root");
    open_to(&at, "amavis");
    let said = folder.join("amavis.said");
    let mut command = Command::new("/usr/sbin/amavisd");
    command.current_dir("/").arg("-c").arg(&file).arg("foreground");
    let mut daemon = Daemon::start(&mut command, &said);
    daemon.listens(port, || text(&said) + &text(&at.join("log")));
    (daemon, port)
}

#[test]
fn mail_passes_is_kept_or_is_put_off() {
    if !installed("/usr/sbin/amavisd") || !is_root("amavis") {
        return;
    }
    let folder = office();
    let socket = folder.path().join("clamd.sock");
    let temporary = folder.path().join("amavis/tmp");
    fs::create_dir_all(&temporary).unwrap();
    let arguments = format!(
        "--clamd unix:{} --path-root {} --policy leave.toml",
        socket.display(),
        temporary.display()
    );
    let gateway = Gateway::start(folder.path(), &arguments);
    // In an office both are in one group.
    fs::set_permissions(&socket, fs::Permissions::from_mode(0o666)).unwrap();
    let (sink, messages) = sink();
    let (_amavis, port) = amavis(folder.path(), &socket, sink);
    let log = || text(&folder.path().join("amavis/log"));
    let put = |name: &str, content: &[u8]| {
        let (headers, body) = attached(name, content);
        send(port, &headers, &body)
    };
    let said = put("note.txt", PLAIN.as_bytes());
    assert!(said.starts_with("250"), "{said} {}", log());
    let got = messages.recv_timeout(PATIENCE).unwrap();
    assert!(got.contains("note.txt"), "{got}");
    // A find in the whole mail, which knows that the attachment is one.
    let said = put("plan.txt", MARKED.as_bytes());
    assert!(said.starts_with("250 2.7.0 Ok, discarded"), "{said} {}", log());
    assert!(said.contains("Review.Conflict.AttachmentHigher"), "{said} {}", log());
    let kept = walkdir::WalkDir::new(folder.path().join("amavis/quarantine"));
    let kept = kept.into_iter().filter_map(Result::ok).filter(|entry| entry.file_type().is_file());
    assert_eq!(kept.count(), 1, "{}", log());
    // Cut off; then nobody there.
    let said = put("c.zip", CUT_OFF);
    assert!(said.starts_with("451"), "{said} {}", log());
    drop(gateway);
    let said = put("late.txt", PLAIN.as_bytes());
    assert!(said.starts_with("451"), "{said} {}", log());
    assert!(messages.try_recv().is_err(), "{}", log());
}
