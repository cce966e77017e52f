//! Exim before clamd's protocol: refused, or frozen in its queue until a person decides.
//!
//! Debian lets but one mail server be installed; this one is started from where it was
//! unpacked, with a user of its own that it alone sees.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::around::{
    CUT_OFF, Daemon, attached, documented, free_port, is_root, libraries, open_to, port_of, send,
    sink, text, unpacked, with_files,
};
use super::{Gateway, MARKED, PATIENCE, PLAIN, office};

/// The number of Exim's user, who is not on this machine.
const USER: &str = "64123";

/// An Exim of its own below a folder, with the lines of docs/gateway.md.
struct Exim {
    _daemon: Daemon,
    at: PathBuf,
    port: u16,
}

impl Exim {
    /// Starts one with the ACL in which these words stand.
    fn start(folder: &Path, root: &Path, clamd: &str, acl: &str, sink: u16) -> Self {
        let at = folder.join("exim");
        fs::create_dir_all(at.join("spool")).unwrap();
        let port = free_port();
        let shown = at.display();
        let clamd = format!("127.0.0.1 {}", port_of(clamd));
        let settings = format!(
            "exim_path = {shown}/again\nexim_user = Debian-exim\nexim_group = Debian-exim\n\
             spool_directory = {shown}/spool\nlog_file_path = {shown}/log.%s\n\
             pid_file_path = {shown}/pid\nkeep_environment =\n\
             primary_hostname = mail.agency.example\ndaemon_smtp_ports = {port}\n\
             local_interfaces = 127.0.0.1\nhost_lookup =\nrfc1413_query_timeout = 0s\n\
             tls_advertise_hosts =\nacl_smtp_rcpt = accept\n{main}begin acl\n{acl}\
             begin routers\nout:\n  driver = manualroute\n  domains = *\n\
             \x20 route_list = * 127.0.0.1 byname\n  self = send\n  transport = smtp\n\
             begin transports\nsmtp:\n  driver = smtp\n  port = {sink}\n  allow_localhost\n\
             begin retry\n* * F,1h,1m\n",
            main = documented("av_scanner = clamd").replace("127.0.0.1 3310", &clamd),
            acl = documented(acl),
        );
        fs::write(at.join("exim.conf"), settings).unwrap();
        fs::copy(root.join("usr/sbin/exim4"), at.join("exim4")).unwrap();
        // It starts itself anew to deliver, in an environment that says nothing.
        let (libraries, again) = (libraries(root, &at), at.join("again"));
        let script =
            format!("LD_LIBRARY_PATH='{}' exec '{shown}/exim4' \"$@\"", libraries.display());
        fs::write(&again, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&again, fs::Permissions::from_mode(0o755)).unwrap();
        let users = |file: &str, more: &str| text(Path::new(file)) + more;
        let (passwd, group) = (at.join("passwd"), at.join("group"));
        let user = format!("Debian-exim:x:{USER}:{USER}::/:/bin/false\n");
        fs::write(&passwd, users("/etc/passwd", &user)).unwrap();
        fs::write(&group, users("/etc/group", &format!("Debian-exim:x:{USER}:\n"))).unwrap();
        open_to(folder, "root");
        open_to(&at, &format!("{USER}:{USER}"));
        for file in ["again", "exim4", "exim.conf"] {
            super::around::run(Command::new("/bin/chown").arg("root:root").arg(at.join(file)));
        }
        let mut command = with_files(&again, &[(&passwd, "/etc/passwd"), (&group, "/etc/group")]);
        command.arg("-C").arg(at.join("exim.conf")).arg("-bdf");
        let said = folder.join("exim.said");
        let mut daemon = Daemon::start(&mut command, &said);
        daemon.listens(port, || text(&said) + &text(&at.join("log.main")));
        Self { _daemon: daemon, at, port }
    }

    /// How many messages stand frozen in its queue.
    fn frozen(&self) -> usize {
        let entries = walkdir::WalkDir::new(self.at.join("spool/input")).into_iter();
        let heads = entries.filter_map(Result::ok).filter(|entry| entry.file_type().is_file());
        heads.filter(|entry| text(entry.path()).contains("\n-frozen ")).count()
    }

    fn log(&self) -> String {
        text(&self.at.join("log.main"))
    }
}

#[test]
fn what_is_found_is_refused_or_frozen_and_what_fails_is_put_off() {
    let Some(root) = unpacked("usr/sbin/exim4") else { return };
    if !is_root("Exim") {
        return;
    }
    for (acl, answer, frozen) in [
        ("deny malware = *", "550 This message was not accepted (Review.Conflict.Att", 0),
        ("control = freeze", "250 OK", 1),
    ] {
        let folder = office();
        let gateway = Gateway::start(folder.path(), "--clamd 127.0.0.1:0 --policy leave.toml");
        let (sink, messages) = sink();
        let exim = Exim::start(folder.path(), &root, &gateway.address("clamd"), acl, sink);
        let put = |name: &str, content: &[u8]| {
            let (headers, body) = attached(name, content);
            send(exim.port, &headers, &body)
        };
        let said = put("plan.txt", MARKED.as_bytes());
        assert!(said.starts_with(answer), "{acl}: {said} {}", exim.log());
        assert_eq!(exim.frozen(), frozen, "{acl}: {}", exim.log());
        // Cut off: there is no verdict, and so neither a refusal nor a passage.
        let said = put("c.zip", CUT_OFF);
        assert!(said.starts_with("451"), "{acl}: {said} {}", exim.log());
        let said = put("note.txt", PLAIN.as_bytes());
        assert!(said.starts_with("250"), "{acl}: {said} {}", exim.log());
        // The one that was in order is the only one that arrives.
        let got = messages.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("{}", exim.log()));
        assert!(got.contains("note.txt"), "{acl}: {got}");
        drop(gateway);
        let said = put("late.txt", PLAIN.as_bytes());
        assert!(said.starts_with("451"), "{acl}: {said} {}", exim.log());
        assert!(messages.try_recv().is_err(), "{acl}");
    }
}
