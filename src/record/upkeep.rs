//! Keeping the store itself: a copy, a check of everything it says, and taking out
//! what need not be kept any longer.

use std::collections::BTreeSet;
use std::path::Path;

use rusqlite::OptionalExtension;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::error::{Error, Result};
use super::ledger::{self, Broken};
use super::store::{Act, Store};
use crate::model::{Date, Words, hex};

/// What a check found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// Matters.
    pub matters: u64,
    /// Entries of the ledger that hold.
    pub entries: u64,
    /// What is wrong, in words; nothing where all is well.
    pub wrong: Vec<Words>,
}

/// What was taken out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Purged {
    /// Matters.
    pub matters: u64,
    /// Of them, those about which nobody had decided.
    pub undecided: u64,
    /// Passages of matters that stay, whose addresses were cleared.
    pub addresses: u64,
}

/// Records that do not say what the ledger says was done: changed, or put in beside it.
const ACTS_BESIDE_THE_LEDGER: &str = "SELECT act.entry FROM act \
    JOIN proposal ON proposal.id = act.proposal \
    LEFT JOIN disposition ON disposition.act = act.id \
    LEFT JOIN ledger ON ledger.seq = act.entry \
    WHERE ledger.seq IS NULL OR ledger.actor <> act.person \
    OR ledger.action <> 'matter.' || act.step OR ledger.subject <> 'matter ' || proposal.matter \
    OR json_extract(body, '$.seen.sha256') IS NOT act.sha256 \
    OR json_extract(body, '$.seen.version') IS NOT act.version \
    OR json_extract(body, '$.disposition.conclusion') IS NOT disposition.conclusion \
    OR json_extract(body, '$.disposition.upward.addressee') IS NOT disposition.addressee \
    OR json_extract(body, '$.disposition.upward.deadline') IS NOT disposition.deadline \
    OR coalesce(json_extract(body, '$.channel'), json_extract(body, '$.proposal.channel')) \
       IS NOT proposal.channel \
    OR coalesce(json_extract(body, '$.proposal.opinion'), json_extract(body, '$.review.opinion'), \
       json_extract(body, '$.disposition.reason'), json_extract(body, '$.reason')) IS NOT act.words \
    OR (SELECT count(*) FROM ruling WHERE ruling.act = act.id) \
       <> coalesce(json_array_length(body, '$.review.rulings'), 0) \
    OR (SELECT count(*) FROM attested WHERE attested.act = act.id) \
       <> coalesce(json_array_length(body, '$.review.attested'), 0)";

/// Rulings that are not what the ledger says was ruled.
const RULINGS_BESIDE_THE_LEDGER: &str = "SELECT act.entry FROM ruling \
    JOIN act ON act.id = ruling.act JOIN ledger ON ledger.seq = act.entry \
    WHERE NOT EXISTS (SELECT 1 FROM json_each(body, '$.review.rulings') AS said \
    WHERE json_extract(said.value, '$.finding') = ruling.finding \
    AND json_extract(said.value, '$.ruling') = ruling.ruling \
    AND json_extract(said.value, '$.reason') = ruling.reason)";

/// Entries of the ledger whose record is gone, though nobody purged it.
const ENTRIES_WITHOUT_A_RECORD: &str = "SELECT seq FROM ledger JOIN step \
    ON ledger.action = 'matter.' || step.name \
    WHERE NOT EXISTS (SELECT 1 FROM act WHERE act.entry = ledger.seq) \
    AND NOT EXISTS (SELECT 1 FROM purged WHERE ledger.subject = 'matter ' || purged.matter)";

/// Matters that are not what was found the last time they were opened.
const MATTERS_BESIDE_THE_LEDGER: &str = "SELECT matter.id FROM matter \
    LEFT JOIN ledger ON ledger.seq = matter.entry \
    JOIN evidence ON evidence.id = matter.evidence \
    WHERE ledger.subject IS NOT 'matter ' || matter.id \
    OR evidence.sha256 <> matter.sha256 OR evidence.verdict <> matter.verdict \
    OR evidence.regime || ':' || evidence.level IS NOT matter.level";

/// Matters and proposals that no search for words would find.
const NOT_TO_BE_FOUND: &str = "SELECT id FROM matter \
    WHERE id NOT IN (SELECT rowid FROM matter_word) \
    UNION SELECT matter FROM proposal WHERE id NOT IN (SELECT rowid FROM proposal_word)";

/// Clocks that do not run as the ledger says, or were stopped by nothing.
const CLOCKS_BESIDE_THE_LEDGER: &str = "SELECT clock.opened FROM clock \
    LEFT JOIN ledger ON ledger.seq = clock.opened \
    LEFT JOIN ledger AS ended ON ended.seq = clock.closed \
    WHERE ledger.subject IS NOT 'matter ' || clock.matter \
    OR CASE kind WHEN 'leak' THEN json_extract(ledger.body, '$.due') \
       WHEN 'report' THEN json_extract(ledger.body, '$.disposition.upward.deadline') \
       ELSE json_extract(ledger.body, '$.then.due') END IS NOT clock.due \
    OR clock.closed IS NOT NULL AND (ended.subject IS NOT 'matter ' || clock.matter \
       OR kind <> 'step' AND (ended.action <> 'matter.reported' \
          OR json_extract(ended.body, '$.what') IS NOT kind))";

/// Deadlines that were entered and that no clock runs for, or that were stopped and run.
const ENTRIES_WITHOUT_A_CLOCK: &str = "SELECT seq FROM ledger WHERE ( \
       action = 'matter.leak' AND NOT EXISTS (SELECT 1 FROM clock WHERE clock.opened = seq) \
    OR action = 'matter.reported' AND NOT EXISTS (SELECT 1 FROM clock WHERE clock.closed = seq) \
    OR action = 'matter.decide' AND json_extract(body, '$.disposition.upward') IS NOT NULL \
       AND NOT EXISTS (SELECT 1 FROM clock WHERE clock.opened = seq AND kind = 'report')) \
    AND NOT EXISTS (SELECT 1 FROM purged WHERE ledger.subject = 'matter ' || purged.matter)";

/// Tokens that nobody entered, or that are good for other things than was entered.
const TOKENS_BESIDE_THE_LEDGER: &str = "SELECT token.entry FROM token \
    LEFT JOIN ledger ON ledger.seq = token.entry \
    LEFT JOIN ledger AS ended ON ended.seq = token.gone \
    WHERE ledger.subject IS NOT 'token ' || token.label OR ledger.action <> 'token.add' \
    OR json_extract(ledger.body, '$.digest') IS NOT lower(hex(token.digest)) \
    OR json_extract(ledger.body, '$.scopes') IS NOT token.scopes \
    OR json_extract(ledger.body, '$.ends') IS NOT token.ends \
    OR token.gone IS NOT NULL AND (ended.action IS NOT 'token.revoke' \
       OR ended.subject IS NOT 'token ' || token.label)";

/// Tokens that were revoked, and are there as if they were not.
const REVOCATIONS_UNDONE: &str = "SELECT seq FROM ledger WHERE action = 'token.revoke' \
    AND NOT EXISTS (SELECT 1 FROM token WHERE token.gone = ledger.seq)";

/// Examinations that do not say what was reported.
const TOLD_BESIDE_THE_LEDGER: &str = "SELECT examination.entry FROM examination \
    JOIN told ON told.id = examination.told JOIN ledger ON ledger.seq = examination.entry \
    WHERE json_extract(ledger.body, '$.told') IS NOT told.digest";

/// Passages that are not what the ledger says came through a gateway.
const PASSAGES_BESIDE_THE_LEDGER: &str = "SELECT passage.entry FROM passage \
    LEFT JOIN ledger ON ledger.seq = passage.entry \
    WHERE ledger.action IS NOT 'gateway.passage' OR ledger.subject <> 'matter ' || passage.matter \
    OR json_extract(body, '$.version') IS NOT passage.version \
    OR json_extract(body, '$.passage.queue') IS NOT passage.queue \
    OR json_extract(body, '$.passage.answer') IS NOT passage.answer \
    OR passage.cleared IS NULL AND passage.salt IS NULL \
       AND json_extract(body, '$.addresses') IS NOT NULL \
    OR passage.cleared IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ledger AS said \
       WHERE said.seq = passage.cleared AND said.action = 'addresses.purge')";

/// Entries of passages that are gone, though nobody purged them.
const ENTRIES_WITHOUT_A_PASSAGE: &str = "SELECT seq FROM ledger \
    WHERE action = 'gateway.passage' \
    AND NOT EXISTS (SELECT 1 FROM passage WHERE passage.entry = ledger.seq) \
    AND NOT EXISTS (SELECT 1 FROM purged WHERE ledger.subject = 'matter ' || purged.matter)";

impl Store {
    /// Writes a copy to a new file: whole, and as the store stands at this moment,
    /// whoever writes meanwhile.
    ///
    /// # Errors
    /// That there is a file already, and those of the store.
    pub fn backup(&mut self, act: Act<'_>, to: &Path) -> Result<()> {
        let name = to
            .to_str()
            .ok_or_else(|| Error::wrong("the name of a copy is UTF-8", "备份的文件名须为UTF-8"))?;
        // Made here, empty and its owner's alone: nothing that is there is written over, and
        // nobody else reads the copy meanwhile.
        super::store::new_file(to).map_err(|error| match error {
            Error::File(why) if why.kind() == std::io::ErrorKind::AlreadyExists => Error::wrong(
                format!("{} is there already", to.display()),
                format!("{}已经存在", to.display()),
            ),
            error => error,
        })?;
        self.note(act, "store.backup", "store", &json!({ "to": name }))?;
        self.connection.execute("VACUUM INTO ?1", [name])?;
        std::fs::File::open(to)?.sync_all()?;
        Ok(())
    }

    /// Checks the file, the chain, and that the record says what the ledger says.
    ///
    /// # Errors
    /// Those of the store.
    pub fn check(&self) -> Result<Checked> {
        let mut wrong = Vec::new();
        for pragma in ["integrity_check", "foreign_key_check"] {
            let mut all = self.connection.prepare(&format!("PRAGMA {pragma}"))?;
            let mut rows = all.query([])?;
            while let Some(row) = rows.next()? {
                let said: String = row.get(0)?;
                if said != "ok" {
                    wrong.push(Words::new(
                        format!("the file: {pragma}: {said}"),
                        format!("文件：{pragma}：{said}"),
                    ));
                }
            }
        }
        let seen = ledger::verify(self.path(), &[], &[])?;
        wrong.extend(seen.broken.as_ref().map(Broken::words));
        for (sql, en, zh) in [
            (
                ACTS_BESIDE_THE_LEDGER,
                "the record of this entry is not what was entered",
                "该条目对应的记录与登记内容不一致",
            ),
            (
                RULINGS_BESIDE_THE_LEDGER,
                "a ruling of this entry is not what was entered",
                "该条目的认定意见与登记内容不一致",
            ),
            (
                ENTRIES_WITHOUT_A_RECORD,
                "the record of this entry is gone, and nobody purged it",
                "该条目对应的记录缺失，且未经清除",
            ),
            (
                CLOCKS_BESIDE_THE_LEDGER,
                "the deadline of this entry is not what was entered",
                "该条目的期限与登记内容不一致",
            ),
            (
                ENTRIES_WITHOUT_A_CLOCK,
                "the deadline of this entry is gone, or runs though it was stopped",
                "该条目的期限缺失，或者已了结而仍在计算",
            ),
            (
                TOKENS_BESIDE_THE_LEDGER,
                "the token of this entry is not what was entered",
                "该条目的令牌与登记内容不一致",
            ),
            (
                REVOCATIONS_UNDONE,
                "the token of this entry was revoked, and is there as if it was not",
                "该条目的令牌已撤销，但仍被保留为有效",
            ),
            (
                TOLD_BESIDE_THE_LEDGER,
                "the examination of this entry is not what was entered",
                "该条目的检查结果与登记内容不一致",
            ),
            (
                PASSAGES_BESIDE_THE_LEDGER,
                "the passage of this entry is not what was entered",
                "该条目的通行记录与登记内容不一致",
            ),
            (
                ENTRIES_WITHOUT_A_PASSAGE,
                "the passage of this entry is gone, and nobody purged it",
                "该条目的通行记录缺失，且未经清除",
            ),
        ] {
            for seq in self.numbers(sql)? {
                wrong.push(Words::new(format!("entry {seq}: {en}"), format!("第{seq}条：{zh}")));
            }
        }
        for seq in self.readdressed()? {
            wrong.push(Words::new(
                format!("entry {seq}: the addresses of its passage are not those that were sealed"),
                format!("第{seq}条：通行记录的地址与登记时的封存值不一致"),
            ));
        }
        for matter in self.numbers(MATTERS_BESIDE_THE_LEDGER)? {
            wrong.push(Words::new(
                format!("matter {matter} is not what was found in it"),
                format!("事项{matter}与审查发现不一致"),
            ));
        }
        for matter in self.numbers(NOT_TO_BE_FOUND)? {
            wrong.push(Words::new(
                format!("matter {matter} is not found by the words of its name and titles"),
                format!("事项{matter}无法按名称、标题中的字词查到"),
            ));
        }
        for digest in self.retold()? {
            wrong.push(Words::new(
                format!("what was reported under {digest} was changed"),
                format!("检查结果{digest}已被改动"),
            ));
        }
        if self.other_holidays()? {
            wrong.push(Words::new(
                "the holidays are not those that were entered",
                "节假日与登记内容不一致",
            ));
        }
        let matters =
            self.connection.query_row("SELECT count(*) FROM matter", [], |row| row.get(0))?;
        Ok(Checked { matters, entries: seen.entries, wrong })
    }

    /// Digests of what was reported that are not its digests.
    fn retold(&self) -> Result<Vec<String>> {
        let mut all = self.connection.prepare("SELECT digest, json FROM told ORDER BY id")?;
        let mut rows = all.query([])?;
        let mut wrong = Vec::new();
        while let Some(row) = rows.next()? {
            let (digest, json): (String, String) = (row.get(0)?, row.get(1)?);
            if hex(&Sha256::digest(&json)) != digest {
                wrong.push(digest);
            }
        }
        Ok(wrong)
    }

    /// Whether the holidays that are kept are others than those last entered.
    fn other_holidays(&self) -> Result<bool> {
        let sql = "SELECT json_extract(body, '$.days') FROM ledger \
                   WHERE action = 'store.holidays' ORDER BY seq DESC LIMIT 1";
        let entered: Option<String> =
            self.connection.query_row(sql, [], |row| row.get(0)).optional()?;
        let kept =
            serde_json::to_string(&self.calendar()?.days()).map_err(std::io::Error::other)?;
        Ok(kept != entered.unwrap_or_else(|| "[]".into()))
    }

    fn numbers(&self, sql: &str) -> Result<Vec<i64>> {
        let mut all = self.connection.prepare(sql)?;
        let rows = all.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Digests of all documents that anything is on record about.
    ///
    /// # Errors
    /// Those of the store.
    pub fn digests(&self) -> Result<BTreeSet<String>> {
        let mut all = self.connection.prepare("SELECT DISTINCT sha256 FROM part")?;
        let rows = all.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Takes out matters that nothing happened to since before a day: those about which
    /// somebody decided, and the others only where `undecided` says so. The ledger keeps
    /// every entry about them, and one for each that says it was taken out. What is still
    /// to be reported, upward or as a leak, stays. Of what stays, addresses of gateway passages
    /// before the day are cleared, unless it is held and somebody has still to decide.
    ///
    /// # Errors
    /// That the actor may not, and those of the store.
    pub fn purge(&mut self, act: Act<'_>, before: Date, undecided: bool) -> Result<Purged> {
        let purged = self.write(|tx| {
            super::people::duty(tx, act, crate::model::Role::SystemAdministrator)?;
            let idle = "SELECT matter.id, matter.source, matter.sha256, \
                EXISTS (SELECT 1 FROM proposal WHERE proposal.matter = matter.id AND step = 'closed') \
                FROM matter WHERE NOT EXISTS (SELECT 1 FROM ledger \
                WHERE ledger.subject = 'matter ' || matter.id AND ledger.at >= ?1) \
                AND NOT EXISTS (SELECT 1 FROM clock WHERE clock.matter = matter.id \
                AND closed IS NULL AND kind <> 'step') ORDER BY matter.id";
            let mut all = tx.prepare(idle)?;
            let rows = all.query_map([before.to_string()], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
            })?;
            let mut rows: Vec<(i64, String, String, bool)> =
                rows.collect::<rusqlite::Result<_>>()?;
            rows.retain(|(_, _, _, decided)| *decided || undecided);
            let body =
                json!({ "before": before, "matters": rows.len(), "undecided": undecided });
            let first = ledger::append(tx, act, "store.purge", "store", &body)?;
            tx.execute("INSERT INTO purging VALUES (?1)", [first])?;
            let mut purged = Purged::default();
            for (matter, source, sha256, decided) in rows {
                let body = json!({ "source": source, "sha256": sha256, "decided": decided });
                let subject = super::keep::subject(matter);
                let seq = ledger::append(tx, act, "matter.purge", &subject, &body)?;
                for sql in TAKEN_OUT {
                    tx.prepare_cached(sql)?.execute([matter])?;
                }
                tx.execute("INSERT INTO purged VALUES (?1, ?2)", (matter, seq))?;
                purged.matters += 1;
                purged.undecided += u64::from(!decided);
            }
            for sql in LEFT_OVER {
                tx.execute(sql, [])?;
            }
            purged.addresses = super::addresses::clear(tx, act, before)?;
            tx.execute_batch(WORDS_ANEW)?;
            tx.execute("DELETE FROM purging", [])?;
            Ok(purged)
        })?;
        // What was taken out is nowhere in the file any more.
        self.connection.execute("VACUUM", [])?;
        Ok(purged)
    }
}

/// What goes with a matter, in an order that leaves nothing hanging.
const TAKEN_OUT: &[&str] = &[
    "DELETE FROM disposition WHERE act IN (SELECT act.id FROM act JOIN proposal ON \
     proposal.id = act.proposal WHERE matter = ?1)",
    "DELETE FROM attested WHERE act IN (SELECT act.id FROM act JOIN proposal ON \
     proposal.id = act.proposal WHERE matter = ?1)",
    "DELETE FROM ruling WHERE act IN (SELECT act.id FROM act JOIN proposal ON \
     proposal.id = act.proposal WHERE matter = ?1)",
    "DELETE FROM act WHERE proposal IN (SELECT id FROM proposal WHERE matter = ?1)",
    "DELETE FROM route WHERE proposal IN (SELECT id FROM proposal WHERE matter = ?1)",
    "DELETE FROM clock WHERE matter = ?1",
    "DELETE FROM proposal WHERE matter = ?1",
    "DELETE FROM opened WHERE matter = ?1",
    "DELETE FROM passage WHERE matter = ?1",
    "DELETE FROM examination WHERE matter = ?1",
    "DELETE FROM matter WHERE id = ?1",
];

/// Evidence that no matter has any more.
const LEFT_OVER: &[&str] = &[
    "DELETE FROM finding WHERE evidence NOT IN (SELECT evidence FROM examination)",
    "DELETE FROM gap WHERE evidence NOT IN (SELECT evidence FROM examination)",
    "DELETE FROM part WHERE evidence NOT IN (SELECT evidence FROM examination)",
    "DELETE FROM evidence WHERE id NOT IN (SELECT evidence FROM examination)",
    "DELETE FROM told WHERE id NOT IN (SELECT told FROM examination WHERE told IS NOT NULL)",
];

/// The words anew: an index that has forgotten a row still holds what it said.
const WORDS_ANEW: &str = "INSERT INTO matter_word (matter_word) VALUES ('delete-all'); \
    INSERT INTO proposal_word (proposal_word) VALUES ('delete-all'); \
    INSERT INTO matter_word (rowid, pairs) SELECT id, pairs FROM matter_pairs; \
    INSERT INTO proposal_word (rowid, pairs) SELECT id, pairs FROM proposal_pairs;";
