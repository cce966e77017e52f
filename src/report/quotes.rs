//! What text of documents may appear in an output.
//!
//! Off, no text appears. On, quotes and their surroundings appear, except those
//! of a part marked 绝密 and of what is packed in it: they are never shown unless
//! the host may hold 绝密.

use std::collections::HashSet;

use crate::model::{Examination, Part, Severity, Term, Words};

/// The highest level a machine may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum HostLevel {
    /// No state secrets.
    None,
    /// 秘密.
    Mimi,
    /// 机密.
    Jimi,
    /// 绝密.
    Juemi,
}

/// Whether text of documents is shown, and of which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quotes {
    /// Whether any is.
    pub on: bool,
    /// What the host may hold, where that was said: text of parts marked higher
    /// is not shown. Where nothing was said, that of parts marked 绝密 is not.
    pub host: Option<HostLevel>,
}

impl Quotes {
    /// No text of documents.
    pub const OFF: Self = Self { on: false, host: None };

    /// Takes out of an examination what may not be shown.
    pub fn apply(self, examination: &mut Examination) {
        let withheld: HashSet<Vec<String>> = examination
            .parts
            .iter()
            .filter(|part| self.is_above_host(part))
            .map(|part| part.path.clone())
            .collect();
        if (!self.on || !withheld.is_empty())
            && let Some(block) = &mut examination.declassification
        {
            block.original_classifying_body = None;
        }
        for part in &mut examination.parts {
            let trail = &part.path;
            if (1..=trail.len()).any(|names| withheld.contains(&trail[..names])) {
                withhold(part);
            } else if !self.on {
                unquote(part);
            }
        }
    }

    /// Whether text of what is marked so stays hidden: the host may not hold it.
    pub fn is_above(self, regime: &str, rank: u8) -> bool {
        regime == "cn" && rank > self.host.unwrap_or(HostLevel::Jimi) as u8
    }

    /// Marks that are only spoken about (severity `note`) raise nothing; those
    /// that ran out still do, until a person has removed them.
    fn is_above_host(self, part: &Part) -> bool {
        part.findings
            .iter()
            .filter(|finding| finding.severity > Severity::Note)
            .any(|f| f.level.as_ref().is_some_and(|l| self.is_above(&l.regime, l.rank)))
    }
}

fn unquote(part: &mut Part) {
    for finding in &mut part.findings {
        finding.quote = None;
        finding.context = None;
    }
}

/// Beside quotes, a condition's words and a place's label are text of the document,
/// and so they are in messages.
fn withhold(part: &mut Part) {
    unquote(part);
    for finding in &mut part.findings {
        let mark = finding.mark.as_ref().or(finding.said.mark.as_ref());
        let condition = match mark.map(|mark| &mark.term) {
            Some(Term::Condition(words)) => words.as_str(),
            _ => "",
        };
        for text in [condition, &finding.place.label].into_iter().filter(|text| !text.is_empty()) {
            let message = &finding.message;
            finding.message =
                Words::new(message.en.replace(text, "…"), message.zh.replace(text, "…"));
        }
        finding.place.label.clear();
        if let Some(mark) = &mut finding.mark
            && matches!(mark.term, Term::Condition(_))
        {
            mark.term = Term::Condition(String::new());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::tests::{examination, finding, part};

    /// Which of the parts `outer`, `outer › inner` and `other` still have a quote,
    /// where `outer` has a finding of this rank and severity.
    fn quoted(quotes: Quotes, rank: u8, severity: Severity) -> [bool; 3] {
        let mut marked = finding("cn.mark.state-secret", severity);
        marked.level.as_mut().unwrap().rank = rank;
        let mut plain = finding("cn.scope.hit", Severity::Review);
        plain.level = None;
        let mut examination = examination(vec![
            part(&["outer"], vec![marked]),
            part(&["outer", "inner"], vec![plain.clone()]),
            part(&["other"], vec![plain]),
        ]);
        quotes.apply(&mut examination);
        std::array::from_fn(|at| {
            let finding = &examination.parts[at].findings[0];
            assert_eq!(finding.quote.is_some(), finding.context.is_some());
            finding.quote.is_some()
        })
    }

    #[test]
    fn quotes_follow_the_host_level() {
        use HostLevel::{Jimi, Juemi, Mimi, None as Open};
        let on = |host| Quotes { on: true, host };
        let (all, none, above) = ([true; 3], [false; 3], [false, false, true]);
        for (quotes, rank, severity, want) in [
            (Quotes::OFF, 1, Severity::Block, none),
            (Quotes { on: false, host: Some(Juemi) }, 3, Severity::Block, none),
            (on(None), 1, Severity::Block, all),
            (on(None), 2, Severity::Block, all),
            (on(None), 3, Severity::Block, above),
            (on(None), 3, Severity::Review, above),
            (on(None), 3, Severity::Note, all),
            (on(Some(Juemi)), 3, Severity::Block, all),
            (on(Some(Jimi)), 3, Severity::Block, above),
            (on(Some(Mimi)), 2, Severity::Block, above),
            (on(Some(Mimi)), 1, Severity::Block, all),
            (on(Some(Open)), 1, Severity::Block, above),
        ] {
            assert_eq!(quoted(quotes, rank, severity), want, "{quotes:?} {rank} {severity:?}");
        }
    }
}
