//! `vetmark store`: the file that examinations and decisions are kept in.

use std::io::Write;
use std::path::PathBuf;

use clap::Subcommand;
use serde_json::json;

use super::store_file::{InWords, StoreArgs, now};
use super::{Status, remark, store_token};
use crate::hold::Hold;
use crate::model::Date;
use crate::record::{Act, Store};
use crate::report::{Lang, Shown};

/// Copy, check and purge a store
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write a copy to a new file, whole and of one moment, while others go on writing
    Backup {
        /// The file to make
        to: PathBuf,
        /// Who does this
        #[arg(long, value_name = "NAME")]
        by: String,
        #[command(flatten)]
        store: StoreArgs,
    },
    /// Check that the file is sound, that the ledger holds, and that the record says what the
    /// ledger says
    ///
    /// Exit status: 0 if all is well, 1 if something is not, 2 if it could not be checked.
    Check {
        #[command(flatten)]
        store: StoreArgs,
    },
    /// Keep the calendar of public holidays, by which working days are counted; the one before
    /// is replaced
    Holidays {
        /// A day a line, `off` or `worked` behind it
        file: PathBuf,
        /// Who does this: a system administrator, once there is one
        #[arg(long, value_name = "NAME")]
        by: String,
        #[command(flatten)]
        store: StoreArgs,
    },
    Token(store_token::Args),
    /// Take out matters that were decided and that nothing happened to since before a day, and
    /// originals that are held and that nothing on record is about; the ledger keeps what was
    /// done, this among it
    Purge {
        /// The day, YYYY-MM-DD
        #[arg(long, value_name = "DATE", value_parser = super::scan::day)]
        before: Date,
        /// Those too about which nobody decided
        #[arg(long)]
        undecided: bool,
        /// Who does this: a system administrator, once there is one
        #[arg(long, value_name = "NAME")]
        by: String,
        #[command(flatten)]
        store: StoreArgs,
    },
}

/// Runs the subcommand.
pub(super) fn run(args: &Args) -> anyhow::Result<Status> {
    match &args.command {
        Command::Backup { to, by, store } => {
            let (mut store, lang) = store.open()?;
            store.backup(Act { actor: by, at: now() }, to).in_words(lang)?;
            Ok(Status::NothingFound)
        }
        Command::Check { store } => check(store),
        Command::Token(args) => store_token::run(args),
        Command::Holidays { file, by, store } => {
            let calendar = super::matter::calendar(file)?;
            let (mut store, lang) = store.open()?;
            store.set_holidays(Act { actor: by, at: now() }, &calendar).in_words(lang)?;
            let days = calendar.days().len();
            remark(&lang.pick(format!("{days} days kept"), format!("已保存{days}日")));
            Ok(Status::NothingFound)
        }
        Command::Purge { before, undecided, by, store } => {
            let (mut store, lang) = store.open()?;
            let done =
                store.purge(Act { actor: by, at: now() }, *before, *undecided).in_words(lang)?;
            let (matters, undecided) = (done.matters, done.undecided);
            remark(&lang.pick(
                format!("{matters} matters taken out, {undecided} of them undecided"),
                format!("已清除{matters}个事项，其中{undecided}个未作出决定"),
            ));
            if done.addresses > 0 {
                let passages = done.addresses;
                remark(&lang.pick(
                    format!("addresses of {passages} gateway passages cleared"),
                    format!("已清除网关通行记录{passages}条的地址"),
                ));
            }
            sweep(&mut store, by, lang)?;
            Ok(Status::NothingFound)
        }
    }
}

/// Takes originals out of the hold that nothing on record is about any more: entered first,
/// since what is not entered must not be gone.
fn sweep(store: &mut Store, by: &str, lang: Lang) -> anyhow::Result<()> {
    let folder = Hold::beside(store.path());
    let Ok(hold) = Hold::open_at(&folder) else { return Ok(()) };
    let known = store.digests().in_words(lang)?;
    let mut left = hold.all()?;
    left.retain(|sha256, _| !known.contains(sha256));
    if left.is_empty() {
        return Ok(());
    }
    let (files, bytes) = (left.len(), left.values().sum::<u64>());
    let sha256: Vec<_> = left.keys().collect();
    let body = json!({ "files": files, "bytes": bytes, "sha256": sha256 });
    store.note(Act { actor: by, at: now() }, "hold.purge", "store", &body).in_words(lang)?;
    let taken = hold.take_out(left.keys().map(String::as_str));
    taken.map_err(|error| anyhow::anyhow!("{}", lang.of(&error.words())))?;
    remark(&lang.pick(
        format!("{files} originals taken out of the hold, {bytes} bytes"),
        format!("已从留存区清除原件{files}个，共{bytes}字节"),
    ));
    Ok(())
}

fn check(store: &StoreArgs) -> anyhow::Result<Status> {
    let (store, lang) = store.open()?;
    let found = store.check().in_words(lang)?;
    let mut out = std::io::stdout().lock();
    for wrong in &found.wrong {
        writeln!(out, "{}", Shown(lang.of(wrong)))?;
    }
    let (matters, entries, wrong) = (found.matters, found.entries, found.wrong.len());
    writeln!(
        out,
        "{}",
        lang.pick(
            format!("{matters} matters, {entries} entries that hold, {wrong} things wrong"),
            format!("事项{matters}个，完好条目{entries}条，问题{wrong}项"),
        )
    )?;
    Ok(if found.wrong.is_empty() { Status::NothingFound } else { Status::PersonNeeded })
}
