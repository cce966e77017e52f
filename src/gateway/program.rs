//! Programs of a mail server, run to their end or to the end of a clock: by a whole path,
//! with no shell, in a group of their own, and with nothing of this one's environment.

use std::io;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};

use super::clock::Duration;

/// A program, ready to be started: no input, and what it says is nobody's.
pub(super) fn program(path: &Path) -> Command {
    let mut command = Command::new(path);
    command.env_clear().env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.process_group(0);
    command
}

/// Works with a program that was started by [`program`] until it ends; when it takes longer
/// than `most`, it and all that it started are ended.
///
/// # Errors
/// Those of the work, once the program has ended.
pub(super) fn in_time<T>(
    mut child: Child,
    most: Duration,
    work: impl FnOnce(&mut Child) -> io::Result<T>,
) -> io::Result<(ExitStatus, T)> {
    let process = Pid::from_child(&child);
    let (done, over) = channel::<()>();
    thread::scope(|scope| {
        scope.spawn(move || {
            if over.recv_timeout(most) == Err(RecvTimeoutError::Timeout) {
                // The group is still its own: nobody has taken its status yet.
                let _ = kill_process_group(process, Signal::KILL);
            }
        });
        let worked = work(&mut child);
        if worked.is_err() {
            // It may be writing what nobody reads any more.
            let _ = kill_process_group(process, Signal::KILL);
        }
        // Without taking its status, so that its number is no other's while the clock runs.
        let ended = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
        while matches!(waitid(WaitId::Pid(process), ended), Err(rustix::io::Errno::INTR)) {}
        drop(done);
        worked
    })
    .and_then(|worked| Ok((child.wait()?, worked)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};

    fn shell(script: &str) -> Command {
        let mut command = program(Path::new("/bin/sh"));
        command.args(["-c", script]).stdin(Stdio::piped()).stdout(Stdio::piped());
        command
    }

    fn said(child: &mut Child) -> io::Result<String> {
        let mut text = String::new();
        drop(child.stdin.take());
        child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?.read_to_string(&mut text)?;
        Ok(text)
    }

    #[test]
    fn what_ends_is_waited_for_and_what_does_not_is_ended_with_all_it_started() {
        let child = shell("cat; echo $HOME; exit 3").spawn().unwrap();
        let long = Duration::from_secs(600);
        let (status, text) = in_time(child, long, |child| {
            child.stdin.take().ok_or(io::ErrorKind::BrokenPipe)?.write_all(b"in ")?;
            said(child)
        })
        .unwrap();
        assert_eq!((status.code(), text.as_str()), (Some(3), "in \n"));
        // A child of its own holds the output open: both go.
        let child = shell("sleep 600 & sleep 600").spawn().unwrap();
        let (status, text) = in_time(child, Duration::from_millis(50), said).unwrap();
        assert_eq!((status.success(), text.as_str()), (false, ""));
        // Work that failed does not wait for the program.
        let child = shell("sleep 600").spawn().unwrap();
        let failed = in_time(child, long, |_| Err::<(), _>(io::Error::other("no")));
        assert_eq!(failed.unwrap_err().to_string(), "no");
    }
}
