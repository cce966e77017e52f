//! What a cell gives up before it sees a document.

use std::collections::BTreeMap;
use std::io;

use borsh::{BorshDeserialize, BorshSerialize};
use landlock::{ABI, Access, AccessFs, AccessNet, Ruleset, RulesetAttr, RulesetStatus};
use rustix::process::{Resource, Rlimit};
use seccompiler::{
    BackendError, BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition,
    SeccompFilter, SeccompRule, TargetArch,
};

/// What is enforced of a cell on this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Confinement {
    /// Address space, processor time, open files and core files are limited (`setrlimit`).
    pub limits: bool,
    /// No file or port can be opened by name (Landlock).
    pub landlock: bool,
    /// System calls beyond a short list are refused (seccomp).
    pub seccomp: bool,
}

impl Confinement {
    /// Whether nothing is missing.
    pub fn is_whole(self) -> bool {
        self.limits && self.landlock && self.seccomp
    }
}

/// How much a cell may have.
#[derive(Clone, Copy, Debug)]
pub(super) struct Allowance {
    /// Bytes of address space.
    pub memory: u64,
}

/// What this program is built for, as filters know it.
const ARCH: &str = if cfg!(target_arch = "x86_64") {
    "x86_64"
} else if cfg!(target_arch = "aarch64") {
    "aarch64"
} else {
    "unknown"
};

/// The stack that readers count on, in bytes.
const STACK: u64 = 64 << 20;

/// Open files: the socket, standard output and error, and one document.
const FILES: u64 = 16;

/// Calls a cell cannot do without: memory, its socket, the files handed to it,
/// clocks, threads, and its own end. None opens, connects, starts or sees anything
/// else. `clone3` is here since a filter before this one says it is not there.
const CALLS: &[libc::c_long] = &[
    libc::SYS_brk,
    libc::SYS_clock_gettime,
    libc::SYS_clock_nanosleep,
    libc::SYS_clone3,
    libc::SYS_close,
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_fstat,
    libc::SYS_futex,
    libc::SYS_getpid,
    libc::SYS_getrandom,
    libc::SYS_gettid,
    libc::SYS_lseek,
    libc::SYS_madvise,
    libc::SYS_mmap,
    libc::SYS_mprotect,
    libc::SYS_mremap,
    libc::SYS_munmap,
    libc::SYS_pread64,
    libc::SYS_read,
    libc::SYS_recvfrom,
    libc::SYS_recvmsg,
    libc::SYS_restart_syscall,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_rseq,
    libc::SYS_sched_getaffinity,
    libc::SYS_sched_yield,
    libc::SYS_sendto,
    libc::SYS_set_robust_list,
    libc::SYS_sigaltstack,
    libc::SYS_statx,
    libc::SYS_write,
    libc::SYS_writev,
];

/// Gives it all up, as far as this kernel can hold to it.
///
/// # Errors
/// What the system says of a limit, or of a filter that it knows and refuses.
pub(super) fn confine(allowance: &Allowance) -> io::Result<Confinement> {
    limit(allowance)?;
    let landlock = no_files()?;
    let seccomp = few_calls()?;
    Ok(Confinement { limits: true, landlock, seccomp })
}

fn limit(allowance: &Allowance) -> io::Result<()> {
    let at_most = |resource: Resource, most: u64| {
        let before = rustix::process::getrlimit(resource);
        let most = before.maximum.map_or(most, |hard| most.min(hard));
        rustix::process::setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })
    };
    // Grown from the least on as it is needed; the hard limit stays.
    let stack = rustix::process::getrlimit(Resource::Stack);
    let most = stack.maximum.map_or(STACK, |hard| STACK.min(hard));
    let stack = Rlimit { current: Some(most), maximum: stack.maximum };
    rustix::process::setrlimit(Resource::Stack, stack)?;
    at_most(Resource::As, allowance.memory)?;
    at_most(Resource::Core, 0)?;
    at_most(Resource::Nofile, FILES)?;
    at_most(Resource::Fsize, 0)?;
    Ok(())
}

/// Whether no file and no port can be opened by name any more.
fn no_files() -> io::Result<bool> {
    let abi = ABI::V5;
    let ruleset = Ruleset::default()
        .handle_access(AccessFs::from_all(abi))
        .and_then(|ruleset| ruleset.handle_access(AccessNet::from_all(abi)))
        .and_then(Ruleset::create);
    let status = ruleset.and_then(|ruleset| ruleset.restrict_self()).map_err(io::Error::other)?;
    Ok(status.ruleset != RulesetStatus::NotEnforced)
}

fn few_calls() -> io::Result<bool> {
    let Ok(arch) = TargetArch::try_from(ARCH) else { return Ok(false) };
    // What starts a thread cannot be told from what starts a process in the newer
    // call, which hands its wishes over in memory: without it the older one is used.
    let not_there = SeccompAction::Errno(libc::ENOSYS as u32);
    let newer = BTreeMap::from([(libc::SYS_clone3, Vec::new())]);
    if !apply(SeccompFilter::new(newer, SeccompAction::Allow, not_there, arch))? {
        return Ok(false);
    }
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> =
        CALLS.iter().map(|call| (*call, Vec::new())).collect();
    // Of itself alone: its own limits, its own end, whether a file of its own is
    // open, and threads but no processes.
    let own = u64::from(std::process::id());
    let thread = libc::CLONE_THREAD as u64;
    let equal = SeccompCmpOp::Eq;
    for (call, argument, equal, value) in [
        (libc::SYS_prlimit64, 0, equal.clone(), 0),
        (libc::SYS_tgkill, 0, equal.clone(), own),
        (libc::SYS_fcntl, 1, equal, libc::F_GETFD as u64),
        (libc::SYS_clone, 0, SeccompCmpOp::MaskedEq(thread), thread),
    ] {
        let condition = SeccompCondition::new(argument, SeccompCmpArgLen::Dword, equal, value);
        let rule = condition.and_then(|only| SeccompRule::new(vec![only]));
        rules.insert(call, vec![rule.map_err(io::Error::other)?]);
    }
    let refused = SeccompAction::Errno(libc::EPERM as u32);
    apply(SeccompFilter::new(rules, refused, SeccompAction::Allow, arch))
}

/// Whether the kernel took a filter; an old one may know none.
fn apply(filter: Result<SeccompFilter, BackendError>) -> io::Result<bool> {
    let program: BpfProgram = filter.and_then(TryInto::try_into).map_err(io::Error::other)?;
    match seccompiler::apply_filter(&program) {
        Ok(()) => Ok(true),
        Err(seccompiler::Error::Seccomp(error)) if error.raw_os_error() == Some(libc::EINVAL) => {
            Ok(false)
        }
        Err(error) => Err(io::Error::other(error)),
    }
}

/// Sets how much processor time the cell may have had when it is ended: what it
/// has had and `seconds` more.
///
/// # Errors
/// What the system says.
pub(super) fn processor_seconds(seconds: u64) -> io::Result<()> {
    let hard = rustix::process::getrlimit(Resource::Cpu).maximum;
    let most = spent().as_secs() + seconds + 1;
    let most = hard.map_or(most, |hard| most.min(hard));
    rustix::process::setrlimit(Resource::Cpu, Rlimit { current: Some(most), maximum: hard })?;
    Ok(())
}

/// Processor time this process has had.
pub(super) fn spent() -> std::time::Duration {
    let spent = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    spent.try_into().unwrap_or_default()
}
