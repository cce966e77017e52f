//! The programs of others, as Debian ships them, before a gateway that speaks clamd's
//! protocol.

use std::fs;
use std::process::Command;

use super::around::{CUT_OFF, installed};
use super::{Gateway, MARKED, PLAIN, office};

/// clamdscan in its three ways: as a stream, in a session, and by files handed over.
#[test]
fn clamdscan() {
    let program = "/usr/bin/clamdscan";
    if !installed(program) {
        return;
    }
    let folder = office();
    let socket = folder.path().join("clamd.sock");
    let address = format!("unix:{}", socket.display());
    let root = folder.path().display().to_string();
    let arguments =
        format!("--clamd 127.0.0.1:0 --clamd {address} --path-root {root} --policy leave.toml");
    let gateway = Gateway::start(folder.path(), &arguments);
    let port = gateway.port("clamd").to_string();
    fs::write(folder.path().join("tcp.conf"), format!("TCPSocket {port}\nTCPAddr 127.0.0.1\n"))
        .unwrap();
    fs::write(folder.path().join("unix.conf"), format!("LocalSocket {}\n", socket.display()))
        .unwrap();
    fs::write(folder.path().join("plain.txt"), PLAIN).unwrap();
    fs::write(folder.path().join("marked.txt"), MARKED).unwrap();
    fs::write(folder.path().join("cut.zip"), CUT_OFF).unwrap();
    for (settings, ways) in [
        ("tcp.conf", &["--stream"][..]),
        ("tcp.conf", &["--stream", "--multiscan"]),
        ("unix.conf", &["--stream"]),
        ("unix.conf", &["--fdpass"]),
        ("unix.conf", &["--fdpass", "--multiscan"]),
        ("unix.conf", &[]),
    ] {
        let out = Command::new(program)
            .current_dir(folder.path())
            .arg(format!("--config-file={settings}"))
            .arg("--no-summary")
            .args(ways)
            .args([folder.path().join("plain.txt"), folder.path().join("marked.txt")])
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&out.stdout).into_owned();
        assert_eq!(out.status.code(), Some(1), "{settings} {ways:?}: {out:?}");
        assert!(said.contains("plain.txt: OK"), "{settings} {ways:?}: {said}");
        let found = "marked.txt: Review.Mark.StateSecret FOUND";
        assert!(said.contains(found), "{settings} {ways:?}: {said}");
        // What was not wholly read is an error of its own status.
        let out = Command::new(program)
            .current_dir(folder.path())
            .arg(format!("--config-file={settings}"))
            .arg("--no-summary")
            .args(ways)
            .arg(folder.path().join("cut.zip"))
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&out.stdout).into_owned();
        assert_eq!(out.status.code(), Some(2), "{settings} {ways:?}: {out:?}");
        assert!(!said.contains("cut.zip: OK"), "{settings} {ways:?}: {said}");
    }
    assert_eq!(gateway.stop(), 0);
}
