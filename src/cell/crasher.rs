//! A reader for tests that does what the worst of documents could make a real one
//! do. It is in no released program.

use std::fs::File;
use std::net::TcpStream;

/// What a document for it begins with.
const MAGIC: &[u8] = b"vetmark-crasher:";

/// Does what a document asks for: nothing, mostly.
///
/// # Panics
/// When asked to.
#[allow(clippy::infinite_loop)]
pub(super) fn crash(bytes: &[u8]) {
    let Some(wish) = bytes.strip_prefix(MAGIC) else { return };
    match wish.trim_ascii() {
        b"abort" => std::process::abort(),
        b"panic" => panic!("asked to"),
        b"stack" => {
            std::hint::black_box(deep(1));
        }
        b"loop" => loop {
            std::hint::black_box(0);
        },
        b"memory" => {
            std::hint::black_box(vec![1_u8; 10 << 30]);
        }
        // What is forbidden must fail; if it does not, the test sees a loss.
        b"file" => assert!(File::open("/etc/passwd").is_err(), "a file was opened"),
        b"write" => assert!(File::create("/tmp/vetmark-crasher").is_err(), "a file was made"),
        b"socket" => assert!(TcpStream::connect(("127.0.0.1", 9)).is_err_and(refused), "a socket"),
        b"thread" => assert!(
            std::thread::spawn(|| 1).join().is_ok_and(|one| one == 1),
            "a thread, which readers need, was not started"
        ),
        b"program" => {
            let started = std::process::Command::new("/bin/true").spawn();
            assert!(started.is_err(), "a program was started");
        }
        _ => {}
    }
}

/// Refused by the filter, and not by whoever does not listen there.
fn refused(error: std::io::Error) -> bool {
    error.kind() == std::io::ErrorKind::PermissionDenied
}

fn deep(depth: u64) -> u64 {
    let room = std::hint::black_box([depth; 512]);
    if depth == 0 { room[0] } else { deep(depth + 1).wrapping_add(room[511]) }
}
