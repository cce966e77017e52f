//! What stands around a gateway in tests with the programs of others: their processes,
//! ports, mail in and mail out.
//!
//! A program is looked for where Debian installs it. Mail servers that cannot be installed
//! beside each other are looked for unpacked (`dpkg -x`) below the folder that
//! `VETMARK_MAIL_SERVERS` names, or `vetmark/mail-servers` in the cache.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use super::{PATIENCE, not_tested};

/// Whether that program is there; otherwise it is said loudly.
pub(super) fn installed(path: &str) -> bool {
    let is = Path::new(path).exists();
    if !is {
        not_tested(&format!("{path} is not installed"));
    }
    is
}

/// Whether this is root, who alone may start some servers; otherwise it is said loudly.
pub(super) fn is_root(what: &str) -> bool {
    let is = rustix::process::geteuid().is_root();
    if !is {
        not_tested(&format!("{what} is started by root alone"));
    }
    is
}

/// The folder with mail servers unpacked, where it holds this file.
pub(super) fn unpacked(file: &str) -> Option<PathBuf> {
    let named = std::env::var_os("VETMARK_MAIL_SERVERS").map(PathBuf::from);
    let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache"));
    let cache = || std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).or_else(home);
    let root = named.or_else(|| cache().map(|cache| cache.join("vetmark/mail-servers")))?;
    if root.join(file).exists() {
        return Some(root);
    }
    not_tested(&format!("no {file} below {}", root.display()));
    None
}

/// Puts the libraries of programs that were unpacked where any user may read them, and says
/// where: a value of `LD_LIBRARY_PATH`.
pub(super) fn libraries(root: &Path, at: &Path) -> PathBuf {
    let to = at.join("lib");
    fs::create_dir_all(&to).unwrap();
    let multiarch = format!("{}-linux-gnu", std::env::consts::ARCH);
    for below in ["usr/lib", &format!("usr/lib/{multiarch}"), &format!("lib/{multiarch}")] {
        for entry in fs::read_dir(root.join(below)).into_iter().flatten().map_while(Result::ok) {
            let name = entry.file_name();
            if name.to_string_lossy().contains(".so") {
                fs::copy(entry.path(), to.join(name)).unwrap();
            }
        }
    }
    to
}

/// A port that was free a moment ago.
pub(super) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// The port of an address.
pub(super) fn port_of(address: &str) -> u16 {
    address.rsplit(':').next().unwrap().parse().unwrap()
}

/// Waits until something is so, and says what is known where it never is.
pub(super) fn wait_until(mut is: impl FnMut() -> bool, known: impl Fn() -> String) {
    let until = Instant::now() + PATIENCE;
    while !is() {
        assert!(Instant::now() < until, "{}", known());
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Waits until somebody listens there.
pub(super) fn wait_for_port(port: u16, known: impl Fn() -> String) {
    wait_until(|| TcpStream::connect(("127.0.0.1", port)).is_ok(), known);
}

/// What a file says; nothing where it is not there yet.
pub(super) fn text(path: &Path) -> String {
    let bytes = fs::read(path).unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Runs something that has to succeed.
pub(super) fn run(command: &mut Command) -> Vec<u8> {
    let out = command.output().unwrap();
    assert!(out.status.success(), "{command:?}: {out:?}");
    out.stdout
}

/// Lets the users that servers drop to reach a folder and what is in it.
pub(super) fn open_to(folder: &Path, owner: &str) {
    run(Command::new("/bin/chown").args(["-R", owner]).arg(folder));
    run(Command::new("/bin/chmod").arg("755").arg(folder));
}

/// A program and all it started; all of it is ended with the test.
pub(super) struct Daemon(Child);

impl Daemon {
    /// Starts it, with what it says going to a file.
    pub(super) fn start(command: &mut Command, said: &Path) -> Self {
        let out = fs::File::create(said).unwrap();
        let child = command
            .stdin(Stdio::null())
            .stderr(out.try_clone().unwrap())
            .stdout(out)
            .process_group(0)
            .spawn()
            .unwrap();
        Self(child)
    }

    /// Waits until it listens there, and says what is known where it never does.
    pub(super) fn listens(&mut self, port: u16, known: impl Fn() -> String) {
        let mut ended = None;
        let listens = || TcpStream::connect(("127.0.0.1", port)).is_ok();
        wait_until(
            || {
                ended = self.0.try_wait().unwrap();
                ended.is_some() || listens()
            },
            &known,
        );
        assert!(ended.is_none(), "{ended:?}: {}", known());
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let group = rustix::process::Pid::from_child(&self.0);
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        let _ = self.0.wait();
    }
}

/// A script in which files of the machine are replaced for one program alone: mounts of
/// its own, seen by nobody else.
pub(super) fn with_files(program: &Path, replaced: &[(&Path, &str)]) -> Command {
    let mounts: Vec<String> = replaced
        .iter()
        .map(|(by, file)| format!("mount --bind '{}' '{file}' && ", by.display()))
        .collect();
    let mut command = Command::new("/usr/bin/unshare");
    command.args(["--mount", "--uts", "/bin/sh", "-c"]);
    command.arg(format!("{}hostname mail.agency.example && exec \"$0\" \"$@\"", mounts.concat()));
    command.arg(program);
    command
}

/// Hands a message in by SMTP, and gives the first answer that is no leave to go on.
pub(super) fn send(port: u16, headers: &str, body: &str) -> String {
    let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut lines = BufReader::new(stream.try_clone().unwrap());
    let mut answer = move || loop {
        let mut line = String::new();
        lines.read_line(&mut line).unwrap();
        if line.get(3..4) != Some("-") {
            return line;
        }
    };
    let mut stream = stream;
    answer();
    for line in [
        "EHLO client.agency.example",
        "MAIL FROM:<wang@agency.example>",
        "RCPT TO:<press@paper.example>",
        "DATA",
    ] {
        write!(stream, "{line}\r\n").unwrap();
        let said = answer();
        if said.starts_with('4') || said.starts_with('5') {
            return said;
        }
    }
    let message = format!("From: wang@agency.example\n{headers}\n{body}\n.\n");
    let lines = message.replace("\r\n", "\n").replace('\n', "\r\n");
    stream.write_all(lines.as_bytes()).unwrap();
    answer()
}

/// Headers and body of a message with one attachment.
pub(super) fn attached(name: &str, content: &[u8]) -> (String, String) {
    let headers = "Subject: papers\r\nTo: press@paper.example\r\n\
                   Date: Fri, 27 Nov 2026 10:00:00 +0000\r\nMessage-ID: <1@agency.example>\r\n\
                   MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n";
    let coded: Vec<String> = content.iter().map(|byte| format!("={byte:02X}")).collect();
    let lines: Vec<String> = coded.chunks(24).map(<[String]>::concat).collect();
    let body = format!(
        "--b\r\nContent-Type: text/plain\r\n\r\nSee the attachment.\r\n--b\r\n\
         Content-Type: application/octet-stream\r\nContent-Disposition: attachment; \
         filename=\"{name}\"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{}\r\n--b--\r\n",
        lines.join("=\r\n")
    );
    (headers.into(), body)
}

/// The beginning of an archive that was cut off.
pub(super) const CUT_OFF: &[u8] = b"PK\x03\x04\x14\0\0\0\0\0";

/// A server that takes every message and hands it on, with the line that named its sender.
pub(super) fn sink() -> (u16, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (send, messages) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let send = send.clone();
            std::thread::spawn(move || take_mail(stream, &send));
        }
    });
    (port, messages)
}

fn take_mail(mut stream: TcpStream, send: &Sender<String>) {
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
    let _ = write!(stream, "220 sink\r\n");
    let mut sender = String::new();
    while let Some(Ok(line)) = lines.next() {
        let answer = match line.get(..4).unwrap_or_default() {
            "DATA" => {
                let _ = write!(stream, "354 go on\r\n");
                let mut text = format!("{sender}\n");
                for line in lines.by_ref().map_while(Result::ok) {
                    if line == "." {
                        break;
                    }
                    text += &format!("{line}\n");
                }
                let _ = send.send(text);
                "250 taken"
            }
            "QUIT" => {
                let _ = write!(stream, "221 bye\r\n");
                return;
            }
            "MAIL" => {
                sender = line;
                "250 sink"
            }
            _ => "250 sink",
        };
        let _ = write!(stream, "{answer}\r\n");
    }
}

/// The block of lines in docs/gateway.md that has these words in it: what is written there is
/// what is tried.
pub(super) fn documented(words: &str) -> String {
    let page = include_str!("../../../docs/gateway.md");
    let mut blocks = page.split("\n```\n").skip(1).step_by(2);
    let block = blocks.find(|block| block.contains(words));
    format!("{}\n", block.unwrap_or_else(|| panic!("no block with {words}")))
}
