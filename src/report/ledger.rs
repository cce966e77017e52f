//! The ledger a run ends with: what was seen, and what became of it.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::human::suppression_words;
use super::{Lang, Shown, phrases};
use crate::model::{Coverage, Examination, GapKind, Losses, Quarantined, Suppression, Verdict};

/// Counts of one run. What was seen is what was read, what was not, and what a
/// person left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    /// Matters.
    pub matters: u64,
    /// Their parts.
    pub coverage: Coverage,
    /// Matters of each verdict, in the order of [`Verdict::STRONGEST_FIRST`].
    verdicts: [u64; 5],
    /// Suppressions that were applied, with how many findings each took out.
    suppressions: BTreeMap<Suppression, u64>,
    /// Suppressions that expired, with how many findings count again.
    expired: BTreeMap<Suppression, u64>,
    /// Whether suppressions were given at all.
    listens: bool,
    /// What became of the processes that read.
    losses: Losses,
}

impl Ledger {
    /// Enters one examination.
    pub fn enter(&mut self, examination: &Examination) {
        self.matters += 1;
        self.coverage += examination.coverage;
        self.verdicts[place(examination.verdict)] += 1;
        self.listens |= examination.engine.suppressions.is_some();
        for part in &examination.parts {
            for suppression in part.findings.iter().filter_map(|f| f.suppressed.as_ref()) {
                *self.suppressions.entry(suppression.clone()).or_default() += 1;
            }
            let unheeded = part.findings.iter().filter_map(|f| f.unheeded.as_ref());
            for suppression in unheeded.filter(|s| s.expires < examination.as_of) {
                *self.expired.entry(suppression.clone()).or_default() += 1;
            }
        }
    }

    /// Enters what was lost while a matter was examined.
    pub fn lose(&mut self, losses: Losses) {
        self.losses += losses;
    }

    /// How many matters have a verdict.
    pub fn count(&self, verdict: Verdict) -> u64 {
        self.verdicts[place(verdict)]
    }

    /// Whether there was nothing that needs a person before the approval that
    /// everything needs.
    pub fn nothing_found(&self) -> bool {
        self.count(Verdict::NoFinding) == self.matters
    }

    /// Matters by verdict, in a line: `2 withhold, 1 no_finding`.
    pub fn tally(&self) -> String {
        let named = Verdict::STRONGEST_FIRST.map(|v| (self.count(v), v.name()));
        let some = named.iter().filter(|(count, _)| *count > 0);
        some.map(|(count, name)| format!("{count} {name}")).collect::<Vec<_>>().join(", ")
    }

    /// Writes the ledger, in two lines; where processes were lost, in one more and
    /// one for each part that was given up; where suppressions were given, in one
    /// more and one for each that was applied.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn render(&self, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
        let Coverage { parts, read, unread, excluded } = self.coverage;
        let matters = self.matters;
        match lang {
            Lang::En => {
                writeln!(out, "matters: {matters} seen{}", self.sum(lang))?;
                writeln!(
                    out,
                    "parts: {parts} seen = {read} read + {unread} unread + {excluded} excluded"
                )?;
            }
            Lang::Zh => {
                writeln!(out, "事项：所见 {matters}{}", self.sum(lang))?;
                writeln!(
                    out,
                    "部分：所见 {parts} = 已读 {read} + 未读 {unread} + 排除 {excluded}"
                )?;
            }
        }
        self.losses(lang, out)?;
        if self.listens { self.suppressions(lang, out) } else { Ok(()) }
    }

    fn losses(&self, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
        let Losses { retries, quarantined } = &self.losses;
        if *retries == 0 && quarantined.is_empty() {
            return Ok(());
        }
        let given_up = quarantined.len();
        match lang {
            Lang::En => writeln!(out, "processes: {retries} retries, {given_up} quarantined")?,
            Lang::Zh => writeln!(out, "进程：重试 {retries} 次，隔离 {given_up} 项")?,
        }
        for Quarantined { source, path, gap } in quarantined {
            // A file's own part has the matter's name; of a folder's files each has its own.
            let trail = match path.split_first() {
                Some((first, _)) if first == source => path.clone(),
                _ => [std::slice::from_ref(source), path.as_slice()].concat(),
            };
            let trail: Vec<_> = trail.iter().map(|name| Shown(name).to_string()).collect();
            let whole = match path.is_empty() {
                true => lang.pick(" (the whole matter)", "（整个事项）"),
                false => "",
            };
            let limit = match gap.kind {
                GapKind::Limit(limit) => format!(" ({})", limit.name()),
                _ => String::new(),
            };
            let detail = lang.message(&gap.detail);
            let (rule, why) = (gap.kind.rule(), Shown(&detail));
            let head = lang.pick("quarantined", "已隔离");
            let trail = trail.join(" › ");
            writeln!(out, "  {head} {trail}{whole} · {rule}{limit} · {why}")?;
        }
        Ok(())
    }

    fn suppressions(&self, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
        let (applied, expired) = (self.suppressions.len(), self.expired.len());
        let findings: u64 = self.suppressions.values().sum();
        let again: u64 = self.expired.values().sum();
        match lang {
            Lang::En => writeln!(
                out,
                "suppressions: applied {applied} to {findings} findings; expired {expired}, so {again} findings count again"
            )?,
            Lang::Zh => writeln!(
                out,
                "排除决定：适用{applied}项，涉及{findings}处；到期{expired}项，{again}处重新计入"
            )?,
        }
        for (suppression, count) in &self.suppressions {
            writeln!(out, "  {} ×{count}", suppression_words(lang, suppression))?;
        }
        let expired = lang.pick("expired: ", "已到期：");
        for (suppression, count) in &self.expired {
            writeln!(out, "  {expired}{} ×{count}", suppression_words(lang, suppression))?;
        }
        Ok(())
    }

    /// ` = 2 withhold + 1 no_finding`.
    fn sum(&self, lang: Lang) -> String {
        let named = Verdict::STRONGEST_FIRST.map(|verdict| {
            let (count, name) = (self.count(verdict), phrases::verdict(verdict).of(lang));
            (count, lang.pick(format!("{count} {name}"), format!("{name} {count}")))
        });
        let some: Vec<_> = named.into_iter().filter(|(count, _)| *count > 0).collect();
        let some: Vec<_> = some.iter().map(|(_, words)| words.as_str()).collect();
        if some.is_empty() { String::new() } else { format!(" = {}", some.join(" + ")) }
    }
}

/// The place of a verdict among all, strongest first.
pub(super) fn place(verdict: Verdict) -> usize {
    Verdict::STRONGEST_FIRST.iter().position(|v| *v == verdict).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Gap, Limit};
    use crate::report::tests::{examination, part};

    #[test]
    fn it_adds_up_in_both_languages() {
        let mut ledger = Ledger::default();
        for (verdict, read, unread) in
            [(Verdict::Withhold, 3, 1), (Verdict::NoFinding, 1, 0), (Verdict::Withhold, 1, 0)]
        {
            let mut examination = examination(vec![part(&["a"], vec![])]);
            examination.verdict = verdict;
            examination.coverage = Coverage { parts: read + unread, read, unread, excluded: 0 };
            ledger.enter(&examination);
        }
        assert!(!ledger.nothing_found());
        for (lang, want) in [
            (
                Lang::En,
                "matters: 3 seen = 2 withhold + 1 no_finding\n\
                 parts: 6 seen = 5 read + 1 unread + 0 excluded\n",
            ),
            (
                Lang::Zh,
                "事项：所见 3 = 不得公开 2 + 未发现 1\n部分：所见 6 = 已读 5 + 未读 1 + 排除 0\n",
            ),
        ] {
            let mut out = Vec::new();
            ledger.render(lang, &mut out).unwrap();
            assert_eq!(String::from_utf8(out).unwrap(), want);
        }
    }

    #[test]
    fn losses_are_told_in_both_languages() {
        let mut ledger = Ledger::default();
        ledger.lose(Losses { retries: 1, quarantined: Vec::new() });
        let lost = |path: &[&str], kind| Quarantined {
            source: "in/a.zip".into(),
            path: path.iter().map(|name| (*name).to_owned()).collect(),
            gap: Gap::new(kind, "lost"),
        };
        let told = |ledger: &Ledger, lang| {
            let mut out = Vec::new();
            ledger.render(lang, &mut out).unwrap();
            let text = String::from_utf8(out).unwrap();
            text.lines().skip(2).collect::<Vec<_>>().join("\n")
        };
        assert_eq!(told(&ledger, Lang::En), "processes: 1 retries, 0 quarantined");
        assert_eq!(told(&ledger, Lang::Zh), "进程：重试 1 次，隔离 0 项");
        let part = lost(&["in/a.zip", "b\u{1b}[2J.doc"], GapKind::Crashed);
        let whole = lost(&[], GapKind::Limit(Limit::Time));
        ledger.lose(Losses { retries: 2, quarantined: vec![part, whole] });
        assert_eq!(
            told(&ledger, Lang::En),
            "processes: 3 retries, 2 quarantined\n  \
             quarantined in/a.zip › b\\u{1b}[2J.doc · gap.crashed · lost\n  \
             quarantined in/a.zip (the whole matter) · gap.limit (time) · lost"
        );
        assert!(told(&ledger, Lang::Zh).contains("已隔离 in/a.zip（整个事项） · "));
        // Nothing was lost, nothing is said.
        assert_eq!(told(&Ledger::default(), Lang::En), "");
    }

    #[test]
    fn an_empty_run_found_nothing() {
        assert!(Ledger::default().nothing_found());
    }
}
