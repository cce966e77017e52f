//! `vetmark person`: who may do what in a store.

use std::io::Write;

use clap::Subcommand;

use super::Status;
use super::store_file::{InWords, StoreArgs, now};
use crate::model::{Asked, Role, Step};
use crate::record::Act;
use crate::report::Shown;

/// Enter persons and give them roles in a store
///
/// The first person may be entered and given a role by anybody who can write to the store; once
/// there is a system administrator only they enter persons, and once there is a security
/// administrator only they give roles, never to themselves.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Enter a person
    Add {
        /// The name they act under
        name: String,
        /// The name on papers
        #[arg(long, value_name = "NAME")]
        shown: String,
        #[command(flatten)]
        by: By,
    },
    /// Enter that a person left: they act no more, and what they said stands
    Retire {
        /// The name they acted under
        name: String,
        #[command(flatten)]
        by: By,
    },
    /// Give a person a role
    Grant {
        /// The name they act under
        name: String,
        /// submitter, adviser, reviewer, approver, auditor, system-administrator or
        /// security-administrator
        role: Role,
        #[command(flatten)]
        by: By,
    },
    /// Take a role from a person
    Revoke {
        /// The name they act under
        name: String,
        /// The role
        role: Role,
        #[command(flatten)]
        by: By,
    },
    /// Say when an optional step is taken, from the next proposal on
    Policy {
        /// department, organiser, second-review or consult
        step: Step,
        /// never, meeting (where it is to be released at one) or always
        asked: Asked,
        #[command(flatten)]
        by: By,
    },
    /// Say within how many working days a step is to be taken once it is its turn; without a
    /// number, whenever
    Pace {
        /// department, organiser, review, second-review, consult or decide
        step: Step,
        /// Working days, 1 to 250
        days: Option<u32>,
        #[command(flatten)]
        by: By,
    },
    /// Print the path of a link by which a person sets their password at `vetmark serve`, once
    ///
    /// It holds for 24 hours; one that was made before is void. Hand it to the person themselves.
    /// Where there is a security administrator or an auditor, it opens nothing without the code
    /// that one of them gives the same person.
    Link {
        /// The name they act under
        name: String,
        #[command(flatten)]
        by: By,
    },
    /// Print the code that goes with a person's link
    ///
    /// Given by a security administrator or an auditor, so that whoever makes a link is not by it
    /// the person it is for. Another that was printed before is void.
    Code {
        /// The name they act under
        name: String,
        #[command(flatten)]
        by: By,
    },
    /// List persons, roles and the policy of steps
    List {
        #[command(flatten)]
        store: StoreArgs,
    },
}

#[derive(Debug, clap::Args)]
struct By {
    /// Who does this
    #[arg(long, value_name = "NAME")]
    by: String,
    #[command(flatten)]
    store: StoreArgs,
}

/// Runs the subcommand.
pub(super) fn run(args: &Args) -> anyhow::Result<Status> {
    let by = match &args.command {
        Command::List { store } => return list(store),
        Command::Add { by, .. }
        | Command::Retire { by, .. }
        | Command::Grant { by, .. }
        | Command::Revoke { by, .. }
        | Command::Policy { by, .. }
        | Command::Pace { by, .. }
        | Command::Link { by, .. }
        | Command::Code { by, .. } => by,
    };
    // The first person of a new store comes before its first matter.
    let (mut store, lang) = by.store.create()?;
    let act = Act { actor: &by.by, at: now() };
    match &args.command {
        Command::Add { name, shown, .. } => store.add_person(act, name, shown),
        Command::Retire { name, .. } => store.retire_person(act, name),
        Command::Grant { name, role, .. } => store.grant(act, name, *role, true),
        Command::Revoke { name, role, .. } => store.grant(act, name, *role, false),
        Command::Policy { step, asked, .. } => store.set_policy(act, *step, *asked),
        Command::Pace { step, days, .. } => store.set_pace(act, *step, *days),
        Command::Link { name, .. } => store.link(act, name).and_then(|token| {
            writeln!(std::io::stdout(), "/link/{}", token.text())?;
            Ok(())
        }),
        Command::Code { name, .. } => store.code(act, name).and_then(|code| {
            writeln!(std::io::stdout(), "{}", code.text())?;
            Ok(())
        }),
        Command::List { .. } => Ok(()),
    }
    .in_words(lang)?;
    Ok(Status::NothingFound)
}

fn list(store: &StoreArgs) -> anyhow::Result<Status> {
    let (store, lang) = store.open()?;
    let mut out = std::io::stdout().lock();
    for person in store.people().in_words(lang)? {
        let roles: Vec<_> =
            person.roles.iter().map(|role| lang.of(&role.words()).to_owned()).collect();
        let gone = if person.gone { lang.pick(" (left)", "（已离任）") } else { "" };
        let (name, shown) = (Shown(&person.name), Shown(&person.shown));
        writeln!(out, "{name}  {shown}{gone}  {}", roles.join(lang.pick(", ", "、")))?;
    }
    for (step, asked) in store.policy().in_words(lang)? {
        let (step, asked) = (step.words(), asked.words());
        writeln!(out, "{}{}{}", lang.of(&step), lang.pick(": ", "："), lang.of(&asked))?;
    }
    for (step, days) in store.pace().in_words(lang)? {
        let step = step.words();
        let days =
            lang.pick(format!(": within {days} working days"), format!("：{days}个工作日内"));
        writeln!(out, "{}{days}", lang.of(&step))?;
    }
    Ok(Status::NothingFound)
}
