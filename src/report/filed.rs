//! A matter as papers have it: what was found in it and, where it comes from a record,
//! what people said of it. Values only; whoever knows the record hands them over.

use super::examined::Examined;
use crate::model::{Carrier, Conclusion, Ruling, Step};

/// One matter.
#[derive(Clone, Debug)]
pub struct Filed {
    /// What the machine found.
    pub examined: Examined,
    /// Its number and version in the record, where it is in one.
    pub number: Option<(i64, u32)>,
    /// What was said of it, for each channel it is proposed for.
    pub records: Vec<Record>,
}

impl Filed {
    /// A matter of which there is no record.
    pub fn of(examined: Examined) -> Self {
        Self { examined, number: None, records: Vec::new() }
    }

    /// Its records; one that is empty where there are none, so that no matter is left out.
    pub(super) fn each(&self) -> Vec<Option<&Record>> {
        match self.records.is_empty() {
            true => vec![None],
            false => self.records.iter().map(Some).collect(),
        }
    }
}

/// The record of a matter and channel.
#[derive(Clone, Debug)]
pub struct Record {
    /// What it is called.
    pub title: String,
    /// In what form it is to be disclosed.
    pub carrier: Carrier,
    /// Where.
    pub channel: String,
    /// When, as a day.
    pub on: String,
    /// By what it is held to be fit for disclosure.
    pub basis: String,
    /// The step that comes next.
    pub next: Step,
    /// The steps that were taken, in order.
    pub steps: Vec<Taken>,
}

impl Record {
    /// What was said at a step.
    pub(super) fn at(&self, step: Step) -> Option<&Taken> {
        self.steps.iter().find(|taken| taken.step == step)
    }
}

/// A step that was taken.
#[derive(Clone, Debug)]
pub struct Taken {
    /// Which.
    pub step: Step,
    /// By whom: the name on papers.
    pub person: String,
    /// When: RFC 3339, UTC.
    pub at: String,
    /// The entry of the ledger.
    pub entry: u64,
    /// What was said.
    pub words: String,
    /// Whether they had opened the matter before.
    pub opened: bool,
    /// How many matters they acted on at one stroke.
    pub bulk: u32,
    /// Findings, by their ids, and what was said of them.
    pub rulings: Vec<(String, Ruling, String)>,
    /// Parts that were not read, by their numbers, and what was said of them.
    pub attested: Vec<(u32, String)>,
    /// The conclusion, with addressee and last day of a report upward.
    pub conclusion: Option<(Conclusion, Option<(String, String)>)>,
}

impl Taken {
    /// The day, as the record has it.
    pub(super) fn day(&self) -> &str {
        self.at.split('T').next().unwrap_or_default()
    }
}
