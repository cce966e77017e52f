//! `vetmark serve`: the reviewer's console over a store.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use jiff::tz::TimeZone;

use super::dictionary::Source;
use super::serve_api::ByDay;
use super::settings::Key;
use super::store_file::{StoreArgs, now, said};
use super::{Status, remark};
use crate::console::api::{self, Api, Takes};
use crate::console::{Console, Limits, Listener, Options, Records, Viewing, router_with, serve};
use crate::hold::Hold;
use crate::record::Lifetime;
use crate::report::{Lang, Quotes};

/// Serve the reviewer's console: queue, matters and decisions as web pages
///
/// On this machine alone, unless a proxy that speaks TLS stands in front. Nobody can sign in to a
/// new store: a link is printed that works once, by which its two administrators are entered.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Address to listen on
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8750")]
    listen: SocketAddr,
    /// Listen on a Unix socket instead, which a proxy connects to
    #[arg(long, value_name = "FILE", conflicts_with = "listen")]
    socket: Option<PathBuf>,
    /// A proxy that speaks TLS stands in front: any address may be listened on, cookies are for
    /// TLS alone
    #[arg(long)]
    behind_proxy: bool,
    /// A name the console is called by, with its port unless that is the scheme's own (may be given
    /// more than once); others are refused
    #[arg(long, value_name = "NAME")]
    host: Vec<String>,
    /// The header in which the proxy says whose client certificate it saw: name or subject
    #[arg(long, value_name = "HEADER", requires = "socket")]
    trusted_header: Option<String>,
    /// Minutes until a session that is not used ends
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(i64).range(1..=1440))]
    idle: i64,
    /// Hours until any session ends
    #[arg(long, value_name = "N", default_value_t = 12, value_parser = clap::value_parser!(i64).range(1..=168))]
    session: i64,
    /// Bytes of a document that programs may hand in (`/api/v1/examinations`)
    #[arg(long, value_name = "BYTES", default_value_t = 64 << 20)]
    api_bytes: usize,
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    store: StoreArgs,
}

/// Serves until it is told to stop.
pub(super) fn run(args: &Args) -> anyhow::Result<Status> {
    let settings = args.store.settings(&[&args.source])?;
    let lang = settings.lang();
    let (path, _) = args.store.file()?;
    if args.socket.is_none() && !args.behind_proxy && !args.listen.ip().is_loopback() {
        bail!(
            "{}",
            lang.pick(
                "--listen: this address is reached from other machines, and nothing here speaks \
                 TLS: put a proxy in front and say --behind-proxy",
                "--listen：该地址可从其他机器访问，而本程序不提供TLS：请在前面部署代理并加--behind-proxy",
            )
        );
    }
    let dictionary = Source::of(&settings).load()?;
    let open = || Records::open(&path).map_err(|error| said(&error, &path, lang));
    let (records, programs) = (open()?, open()?);
    let examiner = Arc::new(ByDay::new(settings.clone(), &path)?);
    settings.tell(lang);
    let viewing = Viewing::new(
        super::cell::shows(&settings)?,
        Hold::beside(&path),
        // Signed in, behind the host's level: a console is as near to the documents as a terminal.
        Quotes { on: settings.word(Key::Quotes) != Some("off"), host: settings.host_level() },
    );
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_io()
        .enable_time()
        .build()
        .context("cannot start the server")?;
    runtime.block_on(async {
        let listener = listen(args).await?;
        let options = options(args, &listener)?;
        let base = base(args, &options);
        let zone = TimeZone::system();
        let digests = (dictionary.rules_digest.clone(), dictionary.scopes_digest.clone());
        let console = Console::new(records, Arc::new(dictionary), viewing, options, zone, now);
        say_where(&console, &base, lang).await?;
        let takes = Takes { bytes: args.api_bytes, ..Takes::default() };
        let api = Api::new(programs, examiner, digests, takes, || (now(), super::scan::today()));
        let router = router_with(console, api::router(api));
        serve(listener, router, Limits::default(), stopped()).await;
        Ok(Status::NothingFound)
    })
}

async fn listen(args: &Args) -> anyhow::Result<Listener> {
    match &args.socket {
        Some(path) => on_socket(path),
        None => {
            let listener = tokio::net::TcpListener::bind(args.listen).await;
            let what = || format!("cannot listen on {}", args.listen);
            Ok(Listener::Tcp(listener.with_context(what)?))
        }
    }
}

#[cfg(unix)]
fn on_socket(path: &Path) -> anyhow::Result<Listener> {
    use std::os::unix::fs::{FileTypeExt, PermissionsExt};
    let what = || format!("cannot listen on {}", path.display());
    // One that was left behind by a program that is gone; a file of anybody's stays.
    if let Ok(there) = std::fs::symlink_metadata(path)
        && there.file_type().is_socket()
        && std::os::unix::net::UnixStream::connect(path).is_err()
    {
        std::fs::remove_file(path).with_context(what)?;
    }
    let listener = tokio::net::UnixListener::bind(path).with_context(what)?;
    // For whoever runs it and their group: the proxy is a member.
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o660)).with_context(what)?;
    Ok(Listener::Unix(listener))
}

#[cfg(not(unix))]
fn on_socket(_: &Path) -> anyhow::Result<Listener> {
    bail!("--socket: there are no Unix sockets here")
}

fn options(args: &Args, listener: &Listener) -> anyhow::Result<Options> {
    let mut hosts = args.host.clone();
    if let Listener::Tcp(listener) = listener {
        let port = listener.local_addr().context("cannot listen")?.port();
        hosts.extend(["127.0.0.1", "localhost", "[::1]"].map(|name| format!("{name}:{port}")));
    }
    if hosts.is_empty() {
        hosts.push("localhost".into());
    }
    Ok(Options {
        hosts,
        secure: args.behind_proxy || args.socket.is_some(),
        trusted_header: args.trusted_header.as_ref().map(|name| name.to_ascii_lowercase()),
        life: Lifetime { idle: args.idle, whole: args.session * 60 },
    })
}

/// The address that people type.
fn base(args: &Args, options: &Options) -> String {
    let scheme = if options.secure { "https" } else { "http" };
    let own = args.host.first().or(options.hosts.first());
    format!("{scheme}://{}", own.map_or("localhost", String::as_str))
}

/// Says where it is, and how the first persons get in.
async fn say_where(console: &Console, base: &str, lang: Lang) -> anyhow::Result<()> {
    remark(&lang.pick(
        format!("the console is at {base}/ (Ctrl-C ends it)"),
        format!("控制台地址：{base}/（Ctrl-C停止）"),
    ));
    let at = console.now();
    let links = console.records.write(move |store| match store.has_accounts()? {
        true => Ok(Vec::new()),
        false => store.first_links(at),
    });
    let links = links.await.map_err(|error| anyhow::anyhow!("{}", lang.of(&error.words())))?;
    for (name, token) in links {
        let token = token.text();
        let words = match &name {
            Some(name) => lang.pick(
                format!("{name} sets a password here, once, within 24 hours:"),
                format!("{name}在此设置口令（一次有效，24小时内）："),
            ),
            None => lang.pick(
                "nobody can sign in yet: enter the administrators here, once, within an hour:"
                    .to_owned(),
                "尚无人可以登录：请在此登记管理员（一次有效，1小时内）：".to_owned(),
            ),
        };
        let door = if name.is_some() { "link" } else { "setup" };
        remark(&words);
        use std::io::Write;
        writeln!(std::io::stdout(), "{base}/{door}/{token}")?;
    }
    Ok(())
}

/// Ctrl-C, or what a service manager sends.
async fn stopped() {
    let interrupted = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    tokio::select! {
        () = interrupted => {}
        () = terminated => {}
    }
}
