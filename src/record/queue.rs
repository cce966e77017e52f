//! What waits for whom.

use std::fmt;
use std::str::FromStr;

use rusqlite::Row;

use super::error::Result;
use super::find::{self, Values};
use super::people;
use super::store::Store;
use crate::model::{Date, Step, Verdict};

/// Which matters are asked for.
#[derive(Clone, Debug, Default)]
pub struct QueueOf {
    /// Those with this verdict.
    pub verdict: Option<Verdict>,
    /// Those whose next step this is; a matter that nobody proposed waits for `submit`.
    pub step: Option<Step>,
    /// Those with this highest live level: regime and level, `cn:jimi`.
    pub level: Option<String>,
    /// Those proposed for this channel.
    pub channel: Option<String>,
    /// Those that are to be disclosed on this day or before.
    pub until: Option<Date>,
    /// Those whose number this is, or whose title or place holds it.
    pub text: Option<String>,
    /// Those that this person never opened as they are now.
    pub unopened_by: Option<String>,
    /// Those at whose steps this person took no part: what they may still act on.
    pub untouched_by: Option<String>,
    /// So many lines.
    pub limit: u32,
    /// Those behind this place.
    pub behind: Option<Mark>,
}

/// A place in the queue, which stays what it is while matters come and go: band of
/// the verdict, matter, proposal (0 where there is none). Written `0-17-0`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    pub(super) band: i64,
    pub(super) matter: i64,
    pub(super) proposal: i64,
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{}", self.band, self.matter, self.proposal)
    }
}

impl FromStr for Mark {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let numbers: Option<Vec<i64>> = text.split('-').map(|part| part.parse().ok()).collect();
        match numbers.as_deref() {
            Some(&[band, matter, proposal]) => Ok(Self { band, matter, proposal }),
            _ => Err("a place as a list of matters ends with is wanted".into()),
        }
    }
}

/// A line of the queue: a matter, and the channel it is proposed for, if it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The matter's number.
    pub matter: i64,
    /// Where the original is.
    pub source: String,
    /// How often it was opened.
    pub version: u32,
    /// The verdict's name.
    pub verdict: String,
    /// The channel.
    pub channel: Option<String>,
    /// What comes next.
    pub step: Step,
    /// What it is called, where it is proposed.
    pub title: Option<String>,
    /// When it is to be disclosed, where it is proposed.
    pub day: Option<String>,
    /// The highest live level: regime and level, `cn:jimi`.
    pub level: Option<String>,
    /// Its place in the queue.
    pub mark: Mark,
    /// The nearest of its deadlines: a day, or a moment (RFC 3339).
    pub due: Option<String>,
}

/// What a line is made of.
const COLUMNS: &str = "SELECT matter.id, matter.source, matter.version, matter.verdict, \
    proposal.channel, coalesce(proposal.step, 'submit'), matter.band, coalesce(proposal.id, 0), \
    matter.due, proposal.title, proposal.day, matter.level ";

/// Matters with the proposals of their present version that were not withdrawn or
/// returned; one without any waits for one.
const ALL: &str = "FROM matter LEFT JOIN proposal \
    ON proposal.matter = matter.id AND proposal.version = matter.version \
    AND proposal.step NOT IN ('withdraw', 'return') WHERE true ";

/// Those without any, whatever they have of older versions.
const UNPROPOSED: &str = "SELECT matter.id, matter.source, matter.version, matter.verdict, \
    NULL, 'submit', matter.band, 0, matter.due, NULL, NULL, matter.level FROM matter WHERE matter.proposed = 0 ";

/// Those that wait for step `?1`.
const WAITING: &str = "FROM proposal JOIN matter \
    ON matter.id = proposal.matter AND matter.version = proposal.version WHERE proposal.step = ?1 ";

/// The same, from matters on: where few are asked for.
const WAITING_OF_FEW: &str = "FROM matter CROSS JOIN proposal \
    ON proposal.matter = matter.id AND proposal.version = matter.version \
    WHERE +proposal.step = ?1 ";

impl QueueOf {
    /// Further conditions; without `proposals` there are none to ask about.
    fn more(&self, proposals: bool) -> String {
        let of_proposal = |sql: &'static str| if proposals { sql } else { "AND false " };
        let mut sql = String::new();
        if self.level.is_some() {
            sql += "AND matter.level = ?7 ";
        }
        if self.channel.is_some() {
            sql += of_proposal("AND proposal.channel = ?8 ");
        }
        if self.until.is_some() {
            sql += of_proposal("AND proposal.day <= ?9 ");
        }
        if self.text.is_some() {
            sql += match proposals {
                true => {
                    "AND (matter.id = ?10 OR matter.source LIKE ?11 ESCAPE '\\' \
                     OR proposal.title LIKE ?11 ESCAPE '\\') "
                }
                false => "AND (matter.id = ?10 OR matter.source LIKE ?11 ESCAPE '\\') ",
            };
        }
        if self.unopened_by.is_some() {
            sql += "AND NOT EXISTS (SELECT 1 FROM opened WHERE opened.matter = matter.id \
                    AND opened.version = matter.version AND opened.person = ?12) ";
        }
        if self.untouched_by.is_some() && proposals {
            sql += "AND NOT EXISTS (SELECT 1 FROM proposal AS own JOIN act ON act.proposal = own.id \
                    WHERE own.matter = matter.id AND own.version = matter.version \
                    AND act.person = ?13 \
                    AND (own.id = proposal.id OR act.step <> proposal.step)) ";
        }
        sql
    }
}

/// A statement for each kind of question, so that each walks along an index: that of
/// the queue, or the one by which few matters come, which are sorted then.
fn statement(wanted: &QueueOf, way: Option<&str>) -> String {
    let proposals = wanted.step != Some(Step::Submit);
    let (mut sql, band, matter, proposal) = match (wanted.step, way) {
        (None, _) => (format!("{COLUMNS}{ALL}"), "matter.band", "matter.id", "proposal.id"),
        (Some(Step::Submit), _) => (UNPROPOSED.to_owned(), "matter.band", "matter.id", "0"),
        (Some(_), None) => {
            let sql = format!("{COLUMNS}{WAITING}");
            (sql, "proposal.band", "proposal.matter", "proposal.id")
        }
        (Some(_), Some(_)) => {
            let sql = format!("{COLUMNS}{WAITING_OF_FEW}");
            (sql, "matter.band", "matter.id", "proposal.id")
        }
    };
    if let Some(way) = way {
        sql += &format!("AND matter.id IN ({way}) ");
    }
    // A `+` before what is sorted by keeps SQLite from walking the queue for its order.
    let plus = if way.is_some() { "+" } else { "" };
    if wanted.verdict.is_some() {
        sql += &format!("AND {plus}{band} = ?2 ");
    }
    if wanted.behind.is_some() {
        sql += &format!(
            "AND ({plus}{band}, {matter}) >= (?3, ?4) \
             AND ({plus}{band}, {matter}, coalesce({proposal}, 0)) > (?3, ?4, ?5) "
        );
    }
    sql += &wanted.more(proposals);
    sql += &match proposals {
        true => format!("ORDER BY {plus}{band}, {matter}, {proposal} LIMIT ?6"),
        false => format!("ORDER BY {plus}{band}, {matter} LIMIT ?6"),
    };
    sql
}

impl Line {
    fn of_row(row: &Row<'_>) -> rusqlite::Result<(Self, String)> {
        let line = Self {
            matter: row.get(0)?,
            source: row.get(1)?,
            version: row.get(2)?,
            verdict: row.get(3)?,
            channel: row.get(4)?,
            step: Step::Submit,
            mark: Mark { band: row.get(6)?, matter: row.get(0)?, proposal: row.get(7)? },
            due: row.get(8)?,
            title: row.get(9)?,
            day: row.get(10)?,
            level: row.get(11)?,
        };
        Ok((line, row.get(5)?))
    }
}

impl Store {
    /// What waits, the strongest verdicts first.
    ///
    /// # Errors
    /// Those of the store.
    pub fn queue(&self, wanted: &QueueOf) -> Result<Vec<Line>> {
        let values = Values::of(wanted);
        let way = find::way(&self.connection, wanted, &values)?;
        self.queue_by(wanted, &values, way)
    }

    /// The same by one way, whichever: what comes does not depend on it.
    pub(super) fn queue_by(
        &self,
        wanted: &QueueOf,
        values: &Values,
        way: Option<&str>,
    ) -> Result<Vec<Line>> {
        let mut all = self.connection.prepare_cached(&statement(wanted, way))?;
        values.bind(&mut all)?;
        let mut rows = all.raw_query();
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(Line::of_row(row)?);
        }
        lines(found.into_iter().map(Ok))
    }

    /// How many matters wait for a step, counted up to `most`.
    ///
    /// # Errors
    /// Those of the store.
    pub fn waiting(&self, step: Step, most: u32) -> Result<u32> {
        let what = match step {
            Step::Submit => "FROM matter WHERE matter.proposed = 0 AND ?1 = ?1 ",
            _ => WAITING,
        };
        let sql = format!("SELECT count(*) FROM (SELECT 1 {what} LIMIT ?2)");
        let mut count = self.connection.prepare_cached(&sql)?;
        Ok(count.query_row((step.name(), most), |row| row.get(0))?)
    }

    /// How many matters there are with each verdict, the strongest first.
    ///
    /// # Errors
    /// Those of the store.
    pub fn counts(&self) -> Result<Vec<(Verdict, u64)>> {
        let sql = "SELECT band, count(*) FROM matter GROUP BY band ORDER BY band";
        let mut all = self.connection.prepare_cached(sql)?;
        let rows = all.query_map([], |row| {
            let band: usize = row.get(0)?;
            Ok((Verdict::STRONGEST_FIRST[band.min(4)], row.get(1)?))
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Lines of the queue by a condition, which may say their order and number.
    pub(super) fn lines_where(
        &self,
        condition: &str,
        values: impl rusqlite::Params,
    ) -> Result<Vec<Line>> {
        let mut all = self.connection.prepare_cached(&format!("{COLUMNS}{ALL} {condition}"))?;
        lines(all.query_map(values, Line::of_row)?)
    }

    /// Matters that were cleared, all or in part: those whose decision still stands.
    ///
    /// # Errors
    /// Those of the store.
    pub fn cleared(&self) -> Result<Vec<Line>> {
        let sql = format!(
            "{COLUMNS}{ALL} AND EXISTS (SELECT 1 FROM act JOIN disposition ON disposition.act = act.id \
             WHERE act.proposal = proposal.id AND conclusion IN ('disclose', 'part')) \
             ORDER BY matter.id, proposal.id"
        );
        let mut all = self.connection.prepare_cached(&sql)?;
        lines(all.query_map([], Line::of_row)?)
    }
}

fn lines(rows: impl Iterator<Item = rusqlite::Result<(Line, String)>>) -> Result<Vec<Line>> {
    rows.map(|row| {
        let (line, step) = row?;
        Ok(Line { step: people::read(&step)?, ..line })
    })
    .collect()
}
