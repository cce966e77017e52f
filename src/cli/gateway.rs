//! `vetmark gateway`: mail and files stop until they were read.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use tokio::signal::unix::{SignalKind, signal};

use super::Status;
use super::cell::{CellArgs, start_cells};
use super::dictionary::Source;
use super::keep::OriginalsArg;
use super::key_file::Keys;
use super::locale::LangArg;
use super::passwords::PasswordFile;
use super::settings::{Flags, Given, Key, Kind, Origin, SettingArgs, Settings, Value};
use super::store_file::{StoreFile, said};
use super::suppress::Listen;
use crate::gateway::clamd::{self, Clamd};
use crate::gateway::folder::Folder;
use crate::gateway::icap::{self, Icap};
use crate::gateway::milter::{self, Milter};
use crate::gateway::postfix::Postfix;
use crate::gateway::{
    Address, Clock, Desk, Gate, Keeping, Limits, Listener, Log, Metrics, Policy, Rules, Scans,
    bind, health, serve,
};
use crate::hold::Hold;
use crate::report::Quotes;

/// Stand between mail or file servers and the world: what they hand over is examined, recorded
/// as a matter, and passed on, held or rejected
///
/// Nothing passes by default. A policy names whose standing leave lets what is no_finding pass;
/// whatever goes wrong puts the sender off. Ends in good order at SIGTERM, loads rules and
/// policy anew at SIGHUP. docs/gateway.md has the lines for mail servers and proxies.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    listen: Listeners,
    #[command(flatten)]
    watched: Watched,
    #[command(flatten)]
    given: Allowances,
    /// What becomes of what was examined [default: reject withhold, hold everything else]
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// Contents examined at the same time [default: one for each core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1024))]
    jobs: Option<u32>,
    #[command(flatten)]
    flags: GatewayFlags,
    /// Language of messages [default: the locale's]
    #[arg(long, value_enum)]
    lang: Option<LangArg>,
    #[command(flatten)]
    settings: SettingArgs,
}

/// Where peers come to.
#[derive(Debug, clap::Args)]
struct Listeners {
    /// Speak clamd's protocol at HOST:PORT or unix:/PATH (may be given more than once)
    #[arg(long, value_name = "ADDRESS")]
    clamd: Vec<Address>,
    /// Folder below which peers of clamd's protocol on a unix socket may name files
    #[arg(long, value_name = "FOLDER")]
    path_root: Option<PathBuf>,
    /// Speak the milter protocol of Postfix and Sendmail at HOST:PORT or unix:/PATH (may be given
    /// more than once)
    #[arg(long, value_name = "ADDRESS")]
    milter: Vec<Address>,
    /// Speak ICAP at HOST:PORT or unix:/PATH (may be given more than once)
    #[arg(long, value_name = "ADDRESS")]
    icap: Vec<Address>,
    /// Answer /health and /metrics over HTTP, on a port of this machine alone
    #[arg(long, value_name = "ADDRESS")]
    metrics: Option<Address>,
}

/// Folders to watch, and the mail server whose hold queue to look after.
#[derive(Debug, clap::Args)]
struct Watched {
    /// Take up what is put into this folder
    #[arg(long, value_name = "FOLDER", requires_all = ["pass", "hold"])]
    watch_folder: Option<PathBuf>,
    /// Where what may go on is put
    #[arg(long, value_name = "FOLDER", requires = "watch_folder")]
    pass: Option<PathBuf>,
    /// Where what waits for a person is put, with a slip for its author
    #[arg(long, value_name = "FOLDER", requires = "watch_folder")]
    hold: Option<PathBuf>,
    /// A file is taken up once it has been the same for so long [default: 5]
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(0..=86_400))]
    stable: Option<u32>,
    /// Look after Postfix's hold queue: let go what a person released, examine what was held
    /// unread, raise an alarm at what went without an order
    #[arg(long)]
    postfix: bool,
    /// Folder of Postfix's main.cf [default: Postfix's own]
    #[arg(long, value_name = "FOLDER", requires = "postfix")]
    postfix_config: Option<PathBuf>,
    /// Postfix's queue is looked at each so many seconds, and what is younger than four times
    /// that may still be on its way [default: 30]
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..=3600))]
    postfix_every: Option<u32>,
    /// Tell authors of held mail that it waits, and what was decided, by this program, which takes
    /// mail as sendmail does; the policy says who is told
    #[arg(long, value_name = "PROGRAM")]
    sendmail: Option<PathBuf>,
    /// The channel that a person's decision must be for, to let go what is held [default: mail]
    #[arg(long, value_name = "NAME")]
    channel: Option<String>,
}

/// What peers may take.
#[derive(Debug, clap::Args)]
struct Allowances {
    /// The largest content [default: 256 MiB]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    max_content: Option<u64>,
    /// Memory of all contents that are in hand [default: 1 GiB]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    content_memory: Option<u64>,
    /// Connections of one listener; more wait [default: 128]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    connections: Option<u32>,
    /// Contents that may wait to be examined; more are put off [default: 256]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    queue: Option<u32>,
    /// An answer is given within this time; without a verdict by then nothing passes, and
    /// the examination goes on [default: 60]
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..=3600))]
    deadline: Option<u32>,
    /// The longest silence of a peer in the middle of something [default: 60]
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..=3600))]
    silence: Option<u32>,
}

/// Flags that are settings.
#[derive(Clone, Debug, Default, clap::Args)]
struct GatewayFlags {
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    cells: CellArgs,
    #[command(flatten)]
    passwords: PasswordFile,
    #[command(flatten)]
    listen: Listen,
    #[command(flatten)]
    keys: Keys,
    #[command(flatten)]
    store: StoreFile,
    #[command(flatten)]
    originals: OriginalsArg,
}

impl Flags for GatewayFlags {
    fn give(&self, given: &mut Given) {
        let all: [&dyn Flags; 7] = [
            &self.source,
            &self.cells,
            &self.passwords,
            &self.listen,
            &self.keys,
            &self.store,
            &self.originals,
        ];
        all.iter().for_each(|flags| flags.give(given));
    }
}

/// How many at a time, as the settings have it.
struct Jobs(Option<u32>);

impl Flags for Jobs {
    fn give(&self, given: &mut Given) {
        if let Some(jobs) = self.0 {
            given.push(Key::HostJobs, Value::Count(jobs.into()), Origin::Flag("--jobs"));
        }
    }
}

fn size(text: &str) -> Result<u64, String> {
    let size = Kind::Size(1 << 10, 1 << 40).read(text)?;
    match size {
        Value::Size(bytes) => Ok(bytes),
        _ => Err("a size is wanted".into()),
    }
}

impl Watched {
    fn is_any(&self) -> bool {
        self.watch_folder.is_some() || self.postfix
    }
}

impl Allowances {
    fn limits(&self) -> Limits {
        let default = Limits::default();
        let count = |given: Option<u32>, default| given.map_or(default, |count| count as usize);
        let time = |given: Option<u32>, default: Duration| {
            given.map_or(default, |seconds| Duration::from_secs(seconds.into()))
        };
        let content = self.max_content.unwrap_or(default.content);
        Limits {
            content,
            // One content must find room, or none of its size ever would.
            memory: self.content_memory.unwrap_or(default.memory).max(content),
            connections: count(self.connections, default.connections),
            queue: count(self.queue, default.queue),
            deadline: time(self.deadline, default.deadline),
            silence: time(self.silence, default.silence),
            ..default
        }
    }
}

/// Runs until a signal ends it.
pub(super) fn run(args: &Args) -> anyhow::Result<Status> {
    let given = args.settings.settings(&[&args.lang, &args.flags, &Jobs(args.jobs)])?;
    let settings = given.of_gateway();
    let lang = settings.lang();
    settings.tell(lang);
    if settings.in_threads() {
        bail!("a gateway examines in processes of their own: isolation thread is not for it");
    }
    settings.suppressions_have_keys()?;
    let mut gateway = Gateway::start(args, &settings)?;
    if let Some(program) = &args.watched.sendmail {
        gateway.notify(program)?;
    }
    gateway.listen(&args.listen, args.watched.is_any())?;
    gateway.watch(&args.watched)?;
    gateway.until_stopped(args.policy.as_deref())
}

/// A gateway that is up.
struct Gateway {
    desk: Arc<Desk>,
    gate: Arc<Gate>,
    log: Log,
    /// Files of sockets, which go when this ends.
    sockets: Vec<PathBuf>,
}

impl Gateway {
    fn start(args: &Args, settings: &Settings) -> anyhow::Result<Self> {
        let log = Log::new(|line| {
            let _ = io::stderr().lock().write_all(format!("{line}\n").as_bytes());
        });
        let policy = policy(args.policy.as_deref())?;
        let limits = args.given.limits();
        let metrics = Arc::new(Metrics::default());
        let keeping = settings.path(Key::Store).map(|path| keeping(settings, path)).transpose()?;
        if keeping.is_none() && settings.hold().is_some() {
            bail!("originals are kept beside a store: --store FILE");
        }
        let (_, jobs) = settings.jobs();
        let load = {
            let settings = settings.clone();
            move |as_of| match start_cells(&settings, as_of) {
                Ok(cells) => Ok(Rules { cells, as_of }),
                Err(error) => Err(io::Error::other(format!("{error:#}"))),
            }
        };
        let jobs = usize::try_from(jobs).unwrap_or(usize::MAX);
        let (queue, numbers) = (limits.queue, Arc::clone(&metrics));
        let clock = Clock::of_this_machine();
        let scans = Scans::start(load, clock, jobs, queue, numbers, log.clone())?;
        let path = keeping.as_ref().map(|keeping| keeping.path.clone()).unwrap_or_default();
        let desk = Desk::new(scans, limits, policy, keeping, metrics, log.clone())
            .map_err(|error| said(&error, &path, settings.lang()))?;
        Ok(Self { desk, gate: Arc::new(Gate::default()), log, sockets: Vec::new() })
    }

    /// Takes every address before anybody is served.
    fn listen(&mut self, listen: &Listeners, watches: bool) -> anyhow::Result<()> {
        let named = |address: &Address| format!("cannot listen at {address}");
        let nobody = [&listen.clamd, &listen.milter, &listen.icap].iter().all(|all| all.is_empty());
        if nobody && !watches {
            bail!("nobody would come: --clamd, --milter, --icap or --watch-folder says from where");
        }
        let all = |addresses: &[Address]| -> anyhow::Result<Vec<Listener>> {
            addresses.iter().map(|address| bind(address).with_context(|| named(address))).collect()
        };
        let (clamds, milters) = (all(&listen.clamd)?, all(&listen.milter)?);
        let icaps = all(&listen.icap)?;
        let monitor = listen.metrics.as_ref().map(|address| {
            let listener = bind(address).with_context(|| named(address))?;
            if listener.is_open() {
                bail!("{address}: numbers are for this machine alone");
            }
            Ok(listener)
        });
        let limits = self.desk.limits.clone();
        for listener in clamds {
            self.tell("clamd", &listener);
            let desk = Arc::clone(&self.desk);
            let clamd = Clamd {
                desk: Arc::clone(&self.desk),
                gate: Arc::clone(&self.gate),
                root: listen.path_root.clone(),
                reload: Arc::new(move || reload_aside(&desk)),
            };
            let (gate, numbers) = (&self.gate, &self.desk.metrics);
            serve(listener, "clamd", limits.connections, gate, numbers, move |peer| {
                clamd::session(&clamd, peer);
            })?;
        }
        for listener in milters {
            self.tell("milter", &listener);
            let milter = Milter { desk: Arc::clone(&self.desk), gate: Arc::clone(&self.gate) };
            let (gate, numbers) = (&self.gate, &self.desk.metrics);
            serve(listener, "milter", limits.connections, gate, numbers, move |peer| {
                milter::session(&milter, peer);
            })?;
        }
        for listener in icaps {
            self.tell("icap", &listener);
            let icap = Icap { desk: Arc::clone(&self.desk), gate: Arc::clone(&self.gate) };
            let (gate, numbers) = (&self.gate, &self.desk.metrics);
            serve(listener, "icap", limits.connections, gate, numbers, move |peer| {
                icap::session(&icap, peer);
            })?;
        }
        if let Some(listener) = monitor.transpose()? {
            self.tell("metrics", &listener);
            let desk = Arc::clone(&self.desk);
            let (gate, numbers) = (&self.gate, &self.desk.metrics);
            serve(listener, "metrics", 8, gate, numbers, move |peer| {
                health::session(&desk, peer);
            })?;
        }
        Ok(())
    }

    fn watch(&self, watched: &Watched) -> anyhow::Result<()> {
        let channel = watched.channel.clone().unwrap_or_else(|| "mail".into());
        let (desk, gate) = (|| Arc::clone(&self.desk), || Arc::clone(&self.gate));
        if let (Some(input), Some(pass), Some(hold)) =
            (&watched.watch_folder, &watched.pass, &watched.hold)
        {
            let whole = |path: &Path| {
                fs::canonicalize(path).with_context(|| format!("cannot watch {}", path.display()))
            };
            let stable = Duration::from_secs(watched.stable.unwrap_or(5).into());
            Folder {
                desk: desk(),
                gate: gate(),
                input: whole(input)?,
                pass: whole(pass)?,
                hold: whole(hold)?,
                stable,
                every: Duration::from_secs(1),
                channel: channel.clone(),
            }
            .start()
            .context("cannot watch the folder")?;
            self.log.say("watching", serde_json::json!({ "what": "folder" }));
        }
        if watched.postfix {
            if !self.desk.keeps() {
                bail!("--postfix holds the queue against the record: --store says where that is");
            }
            let every = watched.postfix_every.unwrap_or(30);
            Postfix {
                config: watched.postfix_config.clone(),
                every: Duration::from_secs(every.into()),
                young: i64::from(every) * 4,
                ..Postfix::new(desk(), gate(), channel)
            }
            .start()
            .context("cannot look after Postfix's queue")?;
            self.log.say("watching", serde_json::json!({ "what": "postfix" }));
        }
        Ok(())
    }

    /// Has authors told what became of their mail, before any comes.
    fn notify(&self, program: &Path) -> anyhow::Result<()> {
        if !program.is_absolute() {
            bail!("--sendmail names a program by its whole path");
        }
        if !program.is_file() {
            bail!("--sendmail: there is no program {}", program.display());
        }
        if !self.desk.policy().notifies() {
            bail!("--sendmail: the policy has no [notify], which says who is told");
        }
        self.desk.notify(&self.gate, program.to_owned()).context("cannot tell authors")?;
        Ok(())
    }

    fn tell(&mut self, protocol: &str, listener: &Listener) {
        if let Address::Unix(path) = listener.address() {
            self.sockets.push(path);
        }
        self.log.say(
            "listening",
            serde_json::json!({
                "protocol": protocol, "address": listener.address().to_string(),
                "open_to_the_network": listener.is_open(),
            }),
        );
    }

    fn until_stopped(&self, policy_file: Option<&Path>) -> anyhow::Result<Status> {
        let signals = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        signals.block_on(async {
            let mut hang_up = signal(SignalKind::hangup())?;
            let mut end = signal(SignalKind::terminate())?;
            let mut interrupt = signal(SignalKind::interrupt())?;
            // Not before a signal does what it is for: a hang-up would end the program.
            self.log.say("started", serde_json::json!({ "rules": self.desk.scans.identity() }));
            loop {
                tokio::select! {
                    _ = hang_up.recv() => self.reload(policy_file),
                    _ = end.recv() => return Ok::<_, io::Error>(()),
                    _ = interrupt.recv() => return Ok(()),
                }
            }
        })?;
        Ok(self.stop())
    }

    /// Loads policy and rules as they are now; what is wrong leaves those that were.
    fn reload(&self, policy_file: Option<&Path>) {
        match policy(policy_file) {
            Ok(policy) => self.desk.set_policy(policy),
            Err(error) => {
                let why = format!("{error:#}");
                self.log.say("policy", serde_json::json!({ "outcome": "failed", "why": why }));
            }
        }
        reload_aside(&self.desk);
    }

    /// Takes nobody in any more, answers whoever is in hand, and finishes what was answered
    /// early.
    fn stop(&self) -> Status {
        self.log.say("stopping", serde_json::json!({}));
        self.gate.shut();
        for socket in &self.sockets {
            let _ = fs::remove_file(socket);
        }
        let grace = self.desk.limits.grace;
        let answered = self.gate.settle(grace);
        self.desk.scans.stop();
        let finished = self.desk.scans.finish(grace);
        // What was answered early may have had an author to tell.
        let answered = answered && self.gate.settle(grace);
        self.log.say(
            "stopped",
            serde_json::json!({ "all_answered": answered, "all_examined": finished }),
        );
        if answered && finished { Status::NothingFound } else { Status::PersonNeeded }
    }
}

/// Loads rules on a thread of its own, so that whoever asked is answered at once.
fn reload_aside(desk: &Arc<Desk>) {
    let aside = Arc::clone(desk);
    let started = std::thread::Builder::new().name("reload".into()).spawn(move || {
        // What goes wrong is said in the log.
        let _ = aside.scans.reload();
    });
    if let Err(error) = started {
        let why = error.to_string();
        desk.log.say("reload", serde_json::json!({ "outcome": "failed", "why": why }));
    }
}

/// What is kept of what comes, and where.
fn keeping(settings: &Settings, path: PathBuf) -> anyhow::Result<Keeping> {
    let on = settings.word(Key::Quotes) == Some("on");
    let quotes = Quotes { on, host: settings.host_level() };
    let open = |limit| {
        let folder = Hold::beside(&path);
        let opened = Hold::open_or_make(&folder, limit);
        opened.with_context(|| format!("cannot open {}", folder.display()))
    };
    let hold = settings.hold().map(open).transpose()?;
    Ok(Keeping { path, quotes, hold })
}

fn policy(file: Option<&Path>) -> anyhow::Result<Policy> {
    let Some(file) = file else { return Ok(Policy::default()) };
    let text = fs::read_to_string(file)
        .with_context(|| format!("cannot read the policy {}", file.display()))?;
    Policy::parse(&text).map_err(|why| anyhow::anyhow!("{}: {why}", file.display()))
}
