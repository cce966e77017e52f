//! How long a mark protects: term arithmetic by calendar (Regulations 2014
//! art. 13 and 2024 art. 19; determination rules 2014 art. 24: default terms).

use jiff::ToSpan;

use crate::dictionary::Regime;
use crate::model::{
    Date, DeclassificationState, Evidence, Extension, IssueDate, Mark, Term, Words,
};

/// What a mark's term comes to on the day of judgement.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Standing {
    pub(super) state: DeclassificationState,
    /// The last protected day, where it can be computed.
    pub(super) through: Option<Date>,
    pub(super) issue: Option<IssueDate>,
    /// Whether the law's default stands in for a term the mark does not name.
    pub(super) implicit: bool,
}

impl Standing {
    /// Whether the mark still protects, as far as can be told.
    pub(super) fn is_live(&self) -> bool {
        !matches!(self.state, DeclassificationState::Expired | DeclassificationState::Cancelled)
    }
}

/// Works out a mark's standing. The day a term is counted from is not counted;
/// it ends on the corresponding day, or the month's last, and that day is still
/// protected: of two readings the one that protects longer.
pub(super) fn standing(
    mark: &Mark,
    issue: Option<&IssueDate>,
    regime: &Regime,
    as_of: Date,
) -> Standing {
    let mut standing = Standing {
        state: DeclassificationState::UnknownDate,
        through: None,
        issue: issue.cloned(),
        implicit: false,
    };
    let early = |issue: &IssueDate| regime.terms.begin.is_some_and(|begin| issue.date < begin);
    if issue.is_some_and(early) {
        standing.state = DeclassificationState::Pre1991;
        return standing;
    }
    let after = |years: i64, months: i64, days: i64| {
        let span = years.years().months(months).days(days);
        issue.and_then(|issue| issue.date.checked_add(span).ok())
    };
    standing.through = match &mark.term {
        Term::Condition(_) => {
            standing.state = DeclassificationState::Condition;
            return standing;
        }
        Term::Indefinite => {
            standing.state = DeclassificationState::Indefinite;
            return standing;
        }
        Term::Date(date) => Some(*date),
        Term::Duration(length) => {
            after(length.years.into(), length.months.into(), length.days.into())
        }
        Term::None => {
            standing.implicit = true;
            let years = regime.level_entry(&mark.level).and_then(|level| level.maximum_years);
            years.and_then(|years| after(years.into(), 0, 0))
        }
    };
    standing.state = match standing.through {
        Some(through) if through < as_of => DeclassificationState::Expired,
        Some(_) => DeclassificationState::InForce,
        None => DeclassificationState::UnknownDate,
    };
    standing
}

/// Extends a standing by the notices on the paper, in their order, and says what
/// came of each. One that was decided after the term had ended extends nothing
/// (Regulations 2014 art. 16, 2024 art. 23: before the end). An added length is
/// counted from the old end: of two readings the one that protects longer.
pub(super) fn extend(
    standing: &mut Standing,
    extensions: &[Extension],
    as_of: Date,
) -> Vec<Evidence> {
    use DeclassificationState as S;
    let mut said = Vec::new();
    for extension in extensions {
        if !matches!(standing.state, S::Expired | S::InForce | S::UnknownDate) {
            break;
        }
        let new = match (&extension.until, standing.through) {
            (Term::Date(day), _) => Some(*day),
            (Term::Duration(length), Some(through)) => {
                let span = i64::from(length.years).years().months(length.months);
                through.checked_add(span.days(length.days)).ok()
            }
            _ => None,
        };
        let Some(new) = new.filter(|new| standing.through.is_none_or(|old| old < *new)) else {
            continue;
        };
        let [from, to] = extension.chars;
        let late = extension.decided.zip(standing.through).filter(|(day, through)| day > through);
        let (id, words) = match late {
            Some((day, through)) => (
                "extension-late",
                Words::new(
                    format!(
                        "the extension at characters {from}–{to} was decided on {day}, after the \
                         term had ended on {through}: it extends nothing"
                    ),
                    format!(
                        "字符{from}–{to}处的延长决定作出于{day}，晚于期限届满日{through}，不发生延长效力"
                    ),
                ),
            ),
            None => {
                standing.through = Some(new);
                standing.state = if new < as_of { S::Expired } else { S::InForce };
                let words = Words::new(
                    format!("extended until {new} by the notice at characters {from}–{to}"),
                    format!("字符{from}–{to}处的通知将保密期限延长至{new}"),
                );
                ("extension", words)
            }
        };
        said.push(Evidence { id: id.to_owned(), words, weight: 0 });
    }
    said
}

/// A term as people say it.
pub(super) fn words(term: &Term) -> Words {
    match term {
        Term::Duration(length) => {
            let parts = [
                (length.years, "year", "年"),
                (length.months, "month", "个月"),
                (length.days, "day", "天"),
            ];
            let parts = || parts.iter().filter(|(count, ..)| *count > 0);
            let en = parts().map(|(count, unit, _)| {
                format!("{count} {unit}{}", if *count == 1 { "" } else { "s" })
            });
            let zh = parts().map(|(count, _, unit)| format!("{count}{unit}"));
            Words::new(en.collect::<Vec<_>>().join(", "), zh.collect::<String>())
        }
        Term::Date(date) => Words::new(date.to_string(), date.to_string()),
        Term::Condition(words) => Words::new(words.clone(), words.clone()),
        Term::Indefinite => Words::new("indefinite (长期)", "长期"),
        Term::None => Words::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dictionary::Dictionary;
    use crate::model::{MarkForm, TermLength};

    #[test]
    fn terms_end_on_the_corresponding_day() {
        let dictionary = Dictionary::shipped();
        let cn = dictionary.regimes.iter().find(|r| r.id == "cn").unwrap();
        let length = |years, months, days| Term::Duration(TermLength { years, months, days });
        for (issued, level, term, through) in [
            ("2014-03-01", "jimi", length(10, 0, 0), Some("2024-03-01")),
            ("2012-02-29", "mimi", length(1, 0, 0), Some("2013-02-28")),
            ("2023-08-31", "mimi", length(0, 6, 0), Some("2024-02-29")),
            ("2020-01-31", "mimi", length(0, 0, 30), Some("2020-03-01")),
            ("2000-05-04", "juemi", Term::None, Some("2030-05-04")),
            ("2000-05-04", "jimi", Term::None, Some("2020-05-04")),
            ("1986-05-04", "jimi", Term::None, None),
        ] {
            let mark = Mark { form: MarkForm::Canonical, level: level.into(), term };
            let issue = IssueDate { date: issued.parse().unwrap(), from: "成文日期" };
            let standing = standing(&mark, Some(&issue), cn, "2026-11-23".parse().unwrap());
            let expected = through.map(|day| day.parse::<Date>().unwrap());
            assert_eq!(standing.through, expected, "{issued} {level}");
        }
    }
}
