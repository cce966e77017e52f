//! `vetmark store token`: what programs ask the API with.

use std::io::Write;

use clap::Subcommand;
use jiff::SignedDuration;
use sha2::{Digest, Sha256};

use super::store_file::{InWords, StoreArgs, now};
use super::{Status, new_key, remark};
use crate::console::api::PREFIX;
use crate::model::hex;
use crate::record::{Act, NewToken, Scope};
use crate::report::Shown;

/// Make, revoke and list tokens, by which programs ask the API of `vetmark serve`
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a token and print it, once: only a digest of it is kept
    Add {
        /// What it is called; no name is given twice
        label: String,
        /// What it is good for: examine, read (may be given more than once)
        #[arg(long, required = true, value_name = "SCOPE")]
        scope: Vec<Scope>,
        /// For how many days, 1 to 366
        #[arg(long, value_name = "N", default_value_t = 90, value_parser = clap::value_parser!(i64).range(1..=366))]
        days: i64,
        /// Who does this: a system administrator, once there is one
        #[arg(long, value_name = "NAME")]
        by: String,
        #[command(flatten)]
        store: StoreArgs,
    },
    /// End a token before its time
    Revoke {
        /// What it is called
        label: String,
        /// Who does this: a system administrator, once there is one
        #[arg(long, value_name = "NAME")]
        by: String,
        #[command(flatten)]
        store: StoreArgs,
    },
    /// List tokens: names, scopes, ends
    List {
        #[command(flatten)]
        store: StoreArgs,
    },
}

/// Runs the subcommand.
pub(super) fn run(args: &Args) -> anyhow::Result<Status> {
    match &args.command {
        Command::Add { label, scope, days, by, store } => {
            let (mut store, lang) = store.create()?;
            let secret = new_key::random()?;
            let act = Act { actor: by, at: now() };
            let ends = act.at.checked_add(SignedDuration::from_hours(24 * days))?;
            let digest = Sha256::digest(secret).into();
            let token = NewToken { label, digest, scopes: scope, ends };
            store.add_token(act, &token).in_words(lang)?;
            writeln!(std::io::stdout(), "{PREFIX}{}", hex(&secret))?;
            remark(lang.pick(
                "this is shown once: keep it where only the program that asks can read it",
                "令牌只显示这一次：请妥善保存，仅供调用的程序读取",
            ));
            Ok(Status::NothingFound)
        }
        Command::Revoke { label, by, store } => {
            let (mut store, lang) = store.open()?;
            store.revoke_token(Act { actor: by, at: now() }, label).in_words(lang)?;
            Ok(Status::NothingFound)
        }
        Command::List { store } => list(store),
    }
}

fn list(store: &StoreArgs) -> anyhow::Result<Status> {
    let (store, lang) = store.open()?;
    let mut out = std::io::stdout().lock();
    let now = now();
    for access in store.tokens().in_words(lang)? {
        let scopes: Vec<_> = access.scopes.iter().map(|scope| scope.name()).collect();
        let over = access.ends.parse().is_ok_and(|ends: crate::model::Timestamp| ends <= now);
        let state = match (access.gone, over) {
            (true, _) => lang.pick("  revoked", "  已撤销"),
            (false, true) => lang.pick("  ended", "  已到期"),
            (false, false) => "",
        };
        let (label, ends) = (Shown(&access.label), &access.ends);
        writeln!(out, "{label}  {}  {}{ends}{state}", scopes.join(" "), lang.pick("until ", "至"))?;
    }
    Ok(Status::NothingFound)
}
