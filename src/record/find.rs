//! The ways to matters that are asked for: which index leads to few of them.
//!
//! The queue is walked from the strongest verdict on, and its first page stands at once
//! where many matters fit. Where few do, it would be walked to its end: then those few
//! are fetched by an index of what is asked for, and put in order.

use rusqlite::{Connection, ToSql};

use super::error::Result;
use super::evidence;
use super::queue::{Mark, QueueOf};
use crate::model::Step;

/// So many are few: fetching and sorting them takes about as long as walking the queue
/// does for a page where one matter in a hundred fits.
const FEW: usize = 5_000;

/// What the statements are given, by number.
const VALUES: usize = 14;

/// What a statement about the queue is given: `?1` on.
pub(super) struct Values([Box<dyn ToSql>; VALUES]);

impl Values {
    pub(super) fn of(wanted: &QueueOf) -> Self {
        let Mark { band, matter, proposal } =
            wanted.behind.unwrap_or(Mark { band: 0, matter: 0, proposal: 0 });
        Self([
            Box::new(wanted.step.map(Step::name)),
            Box::new(wanted.verdict.map(evidence::band)),
            Box::new(band),
            Box::new(matter),
            Box::new(proposal),
            Box::new(wanted.limit),
            Box::new(wanted.level.clone()),
            Box::new(wanted.channel.clone()),
            Box::new(wanted.until.map(|day| day.to_string())),
            Box::new(wanted.text.clone()),
            Box::new(wanted.text.as_deref().map(holding)),
            Box::new(wanted.unopened_by.clone()),
            Box::new(wanted.untouched_by.clone()),
            Box::new(wanted.text.as_deref().map(pairs)),
        ])
    }

    /// Gives a statement those it asks for.
    pub(super) fn bind(&self, to: &mut rusqlite::Statement<'_>) -> rusqlite::Result<()> {
        let last = to.parameter_count();
        for (at, value) in self.0.iter().enumerate().take(last) {
            to.raw_bind_parameter(at + 1, value)?;
        }
        Ok(())
    }
}

/// A pattern for what holds a text, whatever is in it.
fn holding(text: &str) -> String {
    let mut pattern = String::from("%");
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern + "%"
}

/// The pairs of characters a text has to have that holds this one, as migration 0008
/// writes them.
pub(super) fn pairs(text: &str) -> String {
    let chars: Vec<char> = text.to_ascii_lowercase().chars().collect();
    let digits = |pair: &[char]| crate::model::hex(String::from_iter(pair).as_bytes());
    match chars.as_slice() {
        [] => String::new(),
        [one] => digits(&[*one]) + "*",
        more => more.windows(2).map(digits).collect::<Vec<_>>().join(" "),
    }
}

/// An index that leads to what is asked for: numbers of matters, some of them twice.
pub(super) type Way = &'static str;

/// Those whose number it is, or whose name or title has all pairs of the text.
const BY_TEXT: Way = "SELECT CAST(?10 AS INTEGER) \
    UNION ALL SELECT rowid FROM matter_word WHERE matter_word MATCH ?14 \
    UNION ALL SELECT matter FROM proposal \
    WHERE id IN (SELECT rowid FROM proposal_word WHERE proposal_word MATCH ?14)";

/// The same for what nobody proposed.
const BY_NAME: Way = "SELECT CAST(?10 AS INTEGER) \
    UNION ALL SELECT rowid FROM matter_word WHERE matter_word MATCH ?14";

const BY_CHANNEL: Way = "SELECT matter FROM proposal WHERE channel = ?8";
const BY_DAY: Way = "SELECT matter FROM proposal WHERE day <= ?9";
const BY_LEVEL: Way = "SELECT id FROM matter WHERE level = ?7";

/// The first way by which few matters come, if there is one.
///
/// # Errors
/// Those of the store.
pub(super) fn way(
    connection: &Connection,
    wanted: &QueueOf,
    values: &Values,
) -> Result<Option<Way>> {
    for way in ways(wanted) {
        if few(connection, way, values)? {
            return Ok(Some(way));
        }
    }
    Ok(None)
}

/// All ways there are to what is asked for.
pub(super) fn ways(wanted: &QueueOf) -> impl Iterator<Item = Way> {
    let by_text = if wanted.step == Some(Step::Submit) { BY_NAME } else { BY_TEXT };
    let ways = [
        (wanted.text.as_deref().is_some_and(|text| !text.is_empty()), by_text),
        (wanted.channel.is_some(), BY_CHANNEL),
        (wanted.until.is_some(), BY_DAY),
        (wanted.level.is_some(), BY_LEVEL),
    ];
    ways.into_iter().filter(|(asked, _)| *asked).map(|(_, way)| way)
}

fn few(connection: &Connection, way: Way, values: &Values) -> Result<bool> {
    let mut all = connection.prepare_cached(way)?;
    values.bind(&mut all)?;
    let (mut rows, mut count) = (all.raw_query(), 0);
    while rows.next()?.is_some() {
        count += 1;
        if count > FEW {
            return Ok(false);
        }
    }
    Ok(true)
}
