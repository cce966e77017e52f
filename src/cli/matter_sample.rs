//! `vetmark matter sample` and `sampled`: a second look at some of what was cleared, and what it
//! says of all the rest.

use std::collections::BTreeSet;
use std::io::Write;

use anyhow::bail;

use super::Status;
use super::new_key::random;
use super::store_file::{InWords, StoreArgs, now};
use crate::model::unhex;
use crate::record::Act;

/// Draw a random sample of the matters that were cleared, for a second look
///
/// The seed is entered with the sample: whoever has the ledger can draw it again.
#[derive(Debug, clap::Args)]
pub(super) struct Draw {
    /// How many
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    size: u32,
    /// Who does this: an auditor, once there is one
    #[arg(long, value_name = "NAME")]
    by: String,
    /// A seed that was agreed on, 64 hexadecimal digits [default: the system's chance]
    #[arg(long, value_name = "HEX")]
    seed: Option<String>,
    #[command(flatten)]
    store: StoreArgs,
}

/// Enter what the second look at a sample found, and what follows for all that was cleared
///
/// The limit is exact (binomial, Clopper and Pearson, one-sided).
#[derive(Debug, clap::Args)]
pub(super) struct Outcome {
    /// The sample: the number of its entry
    sample: u64,
    /// A matter of it that should not have been cleared as it was (may be given more than once)
    #[arg(long, value_name = "MATTER")]
    missed: Vec<i64>,
    /// With what confidence, in per cent
    #[arg(long, value_name = "PERCENT", default_value_t = 95, value_parser = clap::value_parser!(u8).range(50..=99))]
    confidence: u8,
    /// Who does this: an auditor, once there is one
    #[arg(long, value_name = "NAME")]
    by: String,
    #[command(flatten)]
    store: StoreArgs,
}

/// Draws.
pub(super) fn draw(args: &Draw) -> anyhow::Result<Status> {
    let seed = match &args.seed {
        None => random()?,
        Some(text) => match unhex(text) {
            Some(seed) => seed,
            None => bail!("--seed: 64 hexadecimal digits are wanted"),
        },
    };
    let (mut store, lang) = args.store.open()?;
    let drawn = store.draw(Act { actor: &args.by, at: now() }, &seed, args.size).in_words(lang)?;
    let mut out = std::io::stdout().lock();
    for matter in &drawn.matters {
        writeln!(out, "{matter}")?;
    }
    let (entry, of, size) = (drawn.entry, drawn.of, drawn.matters.len());
    super::remark(&lang.pick(
        format!("sample {entry}: {size} of {of} cleared matters; when they were looked at: matter sampled {entry}"),
        format!("抽样（台账第{entry}条）：已放行事项{of}个中抽取{size}个；复核后用matter sampled {entry}登记结果"),
    ));
    Ok(Status::NothingFound)
}

/// Enters and says.
pub(super) fn outcome(args: &Outcome) -> anyhow::Result<Status> {
    let (mut store, lang) = args.store.open()?;
    let missed: BTreeSet<i64> = args.missed.iter().copied().collect();
    let act = Act { actor: &args.by, at: now() };
    let found = store.sampled(act, args.sample, &missed, args.confidence).in_words(lang)?;
    let words = found.words(args.confidence);
    let (says, missed) = (lang.of(&words), found.missed);
    writeln!(std::io::stdout(), "{says}")?;
    Ok(if missed == 0 { Status::NothingFound } else { Status::PersonNeeded })
}
