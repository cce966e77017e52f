//! Reading the record: what waits for whom, and one matter with all that was said.

use std::fmt;
use std::str::FromStr;

use rusqlite::{OptionalExtension, Row};

use super::error::{Error, Result};
use super::evidence::{self, Evidence};
use super::keep::subject;
use super::papers::Proposed;
use super::people;
use super::store::Store;
use crate::model::{Conclusion, Date, Ruling, Step, Verdict};

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
    band: i64,
    matter: i64,
    proposal: i64,
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

/// One matter.
#[derive(Clone, Debug)]
pub struct Docket {
    /// As it stands in the queue, once for each channel and at least once.
    pub lines: Vec<Line>,
    /// What was found in it.
    pub evidence: Evidence,
    /// The proposals that were made, of this version and those before, in order.
    pub proposals: Vec<Proposed>,
    /// By what, the last time.
    pub made_by: MadeBy,
    /// What people said of it, this version and those before, in order.
    pub acts: Vec<Acted>,
}

/// What an examination was made by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MadeBy {
    /// The day of judgement.
    pub as_of: String,
    /// The version of vetmark.
    pub engine: String,
    /// Digest of the rules.
    pub rules: String,
    /// Digest of the dictionaries.
    pub dictionaries: String,
    /// Digest of the suppressions.
    pub suppressions: Option<String>,
    /// Limits that were not the default.
    pub budget: Option<String>,
}

/// What a person did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acted {
    /// The proposal it is about, by its number.
    pub proposal: i64,
    /// The entry of the ledger.
    pub entry: u64,
    /// When.
    pub at: String,
    /// Which version of the matter it is about.
    pub version: u32,
    /// For which channel.
    pub channel: String,
    /// What they did.
    pub step: Step,
    /// Who: the name on papers.
    pub person: String,
    /// The name they act under.
    pub name: String,
    /// What they said.
    pub words: String,
    /// Whether they had opened the matter before.
    pub opened: bool,
    /// How many matters they acted on at one stroke.
    pub bulk: u32,
    /// Findings and what was said of them.
    pub rulings: Vec<(String, Ruling, String)>,
    /// Unread parts and what was said of them.
    pub attested: Vec<(u32, String)>,
    /// The conclusion, with addressee and deadline of a report upward.
    pub conclusion: Option<(Conclusion, Option<(String, String)>)>,
}

/// What a line is made of.
const COLUMNS: &str = "SELECT matter.id, matter.source, matter.version, matter.verdict, \
    proposal.channel, coalesce(proposal.step, 'submit'), matter.band, coalesce(proposal.id, 0), \
    matter.due, proposal.title, proposal.day, \
    (SELECT regime || ':' || level FROM evidence WHERE evidence.id = matter.evidence) ";

/// Matters with the proposals of their present version that were not withdrawn or
/// returned; one without any waits for one.
const ALL: &str = "FROM matter LEFT JOIN proposal \
    ON proposal.matter = matter.id AND proposal.version = matter.version \
    AND proposal.step NOT IN ('withdraw', 'return') WHERE true ";

/// Those without any, whatever they have of older versions.
const UNPROPOSED: &str = "SELECT matter.id, matter.source, matter.version, matter.verdict, \
    NULL, 'submit', matter.band, 0, matter.due, NULL, NULL, \
    (SELECT regime || ':' || level FROM evidence WHERE evidence.id = matter.evidence) \
    FROM matter WHERE matter.proposed = 0 ";

/// Those that wait for step `?1`.
const WAITING: &str = "FROM proposal JOIN matter \
    ON matter.id = proposal.matter AND matter.version = proposal.version WHERE proposal.step = ?1 ";

impl QueueOf {
    /// Further conditions; without `proposals` there are none to ask about.
    fn more(&self, proposals: bool) -> String {
        let of_proposal = |sql: &'static str| if proposals { sql } else { "AND false " };
        let mut sql = String::new();
        if self.level.is_some() {
            sql += "AND EXISTS (SELECT 1 FROM evidence WHERE evidence.id = matter.evidence \
                    AND regime || ':' || level = ?7) ";
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
        // A statement for each kind of question, so that each walks along an index.
        let (mut sql, band, matter, proposal) = match wanted.step {
            None => (format!("{COLUMNS}{ALL}"), "matter.band", "matter.id", "proposal.id"),
            Some(Step::Submit) => (UNPROPOSED.to_owned(), "matter.band", "matter.id", "0"),
            Some(_) => {
                let sql = format!("{COLUMNS}{WAITING}");
                (sql, "proposal.band", "proposal.matter", "proposal.id")
            }
        };
        if wanted.verdict.is_some() {
            sql += &format!("AND {band} = ?2 ");
        }
        if wanted.behind.is_some() {
            sql += &format!(
                "AND ({band}, {matter}) >= (?3, ?4) \
                 AND ({band}, {matter}, coalesce({proposal}, 0)) > (?3, ?4, ?5) "
            );
        }
        sql += &wanted.more(wanted.step != Some(Step::Submit));
        sql += &match wanted.step {
            Some(Step::Submit) => format!("ORDER BY {band}, {matter} LIMIT ?6"),
            _ => format!("ORDER BY {band}, {matter}, {proposal} LIMIT ?6"),
        };
        let mut all = self.connection.prepare_cached(&sql)?;
        let step = wanted.step.map(Step::name);
        let verdict = wanted.verdict.map(evidence::band);
        let Mark { band, matter, proposal } =
            wanted.behind.unwrap_or(Mark { band: 0, matter: 0, proposal: 0 });
        let until = wanted.until.map(|day| day.to_string());
        let holds = wanted.text.as_deref().map(holding);
        // What a statement does not ask for is not bound.
        let last = all.parameter_count();
        let values: [&dyn rusqlite::ToSql; 13] = [
            &step,
            &verdict,
            &band,
            &matter,
            &proposal,
            &wanted.limit,
            &wanted.level,
            &wanted.channel,
            &until,
            &wanted.text,
            &holds,
            &wanted.unopened_by,
            &wanted.untouched_by,
        ];
        for (at, value) in values.iter().enumerate().take(last) {
            all.raw_bind_parameter(at + 1, value)?;
        }
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

    /// One matter with all that was found in it and said of it.
    ///
    /// # Errors
    /// That there is no such matter.
    pub fn docket(&self, matter: i64) -> Result<Docket> {
        let sql = format!("{COLUMNS}{ALL} AND matter.id = ?1 ORDER BY proposal.id");
        let mut all = self.connection.prepare_cached(&sql)?;
        let lines = lines(all.query_map([matter], Line::of_row)?)?;
        if lines.is_empty() {
            return Err(Error::Unknown(subject(matter)));
        }
        let id = self.connection.query_row(
            "SELECT evidence FROM matter WHERE id = ?1",
            [matter],
            |row| row.get(0),
        )?;
        let evidence = evidence::load(&self.connection, id)?;
        let (made_by, acts) = (self.made_by(matter)?, self.acts(matter)?);
        Ok(Docket { lines, evidence, proposals: self.proposals(matter)?, made_by, acts })
    }

    /// By what a matter was examined the last time.
    fn made_by(&self, matter: i64) -> Result<MadeBy> {
        let sql = "SELECT as_of, engine, rules, dictionaries, suppressions, budget \
                   FROM examination WHERE matter = ?1 ORDER BY id DESC LIMIT 1";
        let made = self.connection.prepare_cached(sql)?.query_row([matter], |row| {
            Ok(MadeBy {
                as_of: row.get(0)?,
                engine: row.get(1)?,
                rules: row.get(2)?,
                dictionaries: row.get(3)?,
                suppressions: row.get(4)?,
                budget: row.get(5)?,
            })
        });
        made.optional()?.ok_or_else(|| Error::Unknown(subject(matter)))
    }

    fn acts(&self, matter: i64) -> Result<Vec<Acted>> {
        let mut all = self.connection.prepare_cached(
            "SELECT act.id, act.entry, ledger.at, act.version, proposal.channel, act.step, \
             person.shown, act.words, act.opened, act.bulk, conclusion, addressee, deadline, \
             proposal.id, person.name \
             FROM act JOIN proposal ON proposal.id = act.proposal \
             JOIN ledger ON ledger.seq = act.entry JOIN person ON person.name = act.person \
             LEFT JOIN disposition ON disposition.act = act.id \
             WHERE proposal.matter = ?1 ORDER BY act.entry",
        )?;
        let mut rows = all.query([matter])?;
        let mut acts = Vec::new();
        while let Some(row) = rows.next()? {
            let act: i64 = row.get(0)?;
            let (step, conclusion): (String, Option<String>) = (row.get(5)?, row.get(10)?);
            let upward = match (row.get(11)?, row.get(12)?) {
                (Some(addressee), Some(deadline)) => Some((addressee, deadline)),
                _ => None,
            };
            let conclusion = conclusion.map(|name| people::read(&name)).transpose()?;
            acts.push(Acted {
                proposal: row.get(13)?,
                entry: row.get(1)?,
                at: row.get(2)?,
                version: row.get(3)?,
                channel: row.get(4)?,
                step: people::read(&step)?,
                person: row.get(6)?,
                name: row.get(14)?,
                words: row.get(7)?,
                opened: row.get(8)?,
                bulk: row.get(9)?,
                rulings: self.rulings(act)?,
                attested: self.attested(act)?,
                conclusion: conclusion.map(|conclusion| (conclusion, upward)),
            });
        }
        Ok(acts)
    }

    fn rulings(&self, act: i64) -> Result<Vec<(String, Ruling, String)>> {
        let mut all = self.connection.prepare_cached(
            "SELECT finding, ruling, reason FROM ruling WHERE act = ?1 \
             ORDER BY length(finding), finding",
        )?;
        let mut rows = all.query([act])?;
        let mut rulings = Vec::new();
        while let Some(row) = rows.next()? {
            let ruling: String = row.get(1)?;
            rulings.push((row.get(0)?, people::read(&ruling)?, row.get(2)?));
        }
        Ok(rulings)
    }

    fn attested(&self, act: i64) -> Result<Vec<(u32, String)>> {
        let mut all = self
            .connection
            .prepare_cached("SELECT part, words FROM attested WHERE act = ?1 ORDER BY part")?;
        let rows = all.query_map([act], |row| Ok((row.get(0)?, row.get(1)?)))?;
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
