//! The inside of a cell: gives up everything, then examines what is handed over.

use std::io;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::confine::{self, Allowance};
use super::pool::Settings;
use super::protocol::{Answer, Order, receive, receive_file, send};
use crate::model::{Examination, Gap, GapKind, Matter, Submission};
use crate::pipeline::Pipeline;
use crate::view::{Reader, Viewer, Wanted};

/// Works as a cell until the parent is gone. Standard input is the socket to it.
/// `read` reads the files that are handed over, within `allowance` bytes a matter.
///
/// # Errors
/// That the cell could not be confined, or what the socket says.
pub fn work(
    pipeline: &Pipeline,
    settings: &Settings,
    read: Reader,
    allowance: u64,
) -> io::Result<()> {
    let mut socket = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL))?;
    let confinement = confine::confine(&Allowance { memory: settings.memory })?;
    send(&mut socket, &Answer::Ready(confinement, pipeline.identity()))?;
    loop {
        let order: Order = match receive(&mut socket) {
            Ok(order) => order,
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
            Err(error) => return Err(error),
        };
        confine::processor_seconds(settings.processor_seconds)?;
        let Order { source, items, skip } = order;
        let mut left = allowance;
        let mut submissions = Vec::new();
        for item in items {
            let (bytes, gap) = match item.is_there {
                true => match receive::<Option<Gap>>(&mut socket)? {
                    Some(gap) => (Vec::new(), Some(gap)),
                    None => read(receive_file(&socket)?, left),
                },
                false => Default::default(),
            };
            left -= (bytes.len() as u64).min(left);
            let mut submission = Submission::file(item.name, bytes);
            submission.gaps.extend(item.gap.into_iter().chain(gap));
            submissions.push(submission);
        }
        let matter = Matter { source, submissions };
        let examination = examine(pipeline, matter, &skip, &mut socket)?;
        let spent = confine::spent().as_millis() as u64;
        send(&mut socket, &Answer::Done(Box::new(examination), spent))?;
    }
}

/// Shows one document to the parent, and ends. Standard input is the socket to it.
/// `read` reads the file that is handed over, within `allowance` bytes.
///
/// # Errors
/// That the cell could not be confined, or what the socket says.
pub fn show(viewer: &Viewer, settings: &Settings, read: Reader, allowance: u64) -> io::Result<()> {
    let mut socket = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL))?;
    let confinement = confine::confine(&Allowance { memory: settings.memory })?;
    send(&mut socket, &Answer::Ready(confinement, String::new()))?;
    let wanted: Wanted = receive(&mut socket)?;
    confine::processor_seconds(settings.processor_seconds)?;
    let (bytes, gap) = read(receive_file(&socket)?, allowance);
    #[cfg(debug_assertions)]
    super::crasher::crash(&bytes);
    let shown = match gap {
        Some(gap) => Err(gap),
        None => viewer.look(bytes, &wanted),
    };
    send(&mut socket, &shown)
}

/// Examines a matter and tells of each part before it is read. A panic is as
/// much the end of a cell as any other: the parent then goes around the part.
fn examine(
    pipeline: &Pipeline,
    matter: Matter,
    skip: &[(u64, Gap)],
    socket: &mut UnixStream,
) -> io::Result<Examination> {
    let mut lost = None;
    let mut number = 0;
    let mut watch = |_submission: &Submission| {
        let place = number;
        number += 1;
        if let Some((_, gap)) = skip.iter().find(|(skipped, _)| *skipped == place) {
            return Some(gap.clone());
        }
        if let Err(error) = send(socket, &Answer::Begun(place)) {
            lost = Some(error);
        }
        #[cfg(debug_assertions)]
        super::crasher::crash(&_submission.bytes);
        None
    };
    let examined = catch_unwind(AssertUnwindSafe(|| pipeline.examine_watched(matter, &mut watch)));
    match (lost, examined) {
        (Some(error), _) => Err(error),
        (None, Ok(examination)) => Ok(examination),
        (None, Err(_)) => Err(io::Error::other("the examination failed")),
    }
}

/// What is said of a part that cells were lost at.
pub(super) fn lost_at(kind: GapKind, why: &str) -> Gap {
    Gap::new(kind, format!("the process that read this was lost twice ({why}); it was not read"))
}
