//! The form of a step: which one is a person's, what it asks for, and what is made of what
//! was typed.

use std::collections::BTreeSet;

use super::error::Error;
use super::matter_page::{carriers, conclusions};
use super::page::shown;
use super::state::Console;
use super::typed::{Typed, fit};
use super::who::Roles;
use crate::model::{
    Attested, Calendar, Carrier, Conclusion, Date, Disposition, Proposal, Review, Ruled, Ruling,
    Step, Words,
};
use crate::record::{self, Act, Acted, Done, On, Person, Proposed, Store, upward};
use crate::report::Lang;

/// A step that a person can take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Due {
    /// Its name.
    pub(super) name: &'static str,
    /// In words.
    pub(super) words: String,
    /// The channel; empty where it is named in the form.
    pub(super) channel: String,
    /// The form's number on the page: controls elsewhere on it belong to it.
    pub(super) address: String,
}

impl Due {
    /// The step of a name for a channel.
    pub(super) fn new(step: Step, channel: &str, lang: Lang) -> Self {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("step", step.name()).append_pair("channel", channel);
        Self {
            name: step.name(),
            words: lang.of(&step.words()).to_owned(),
            channel: channel.to_owned(),
            address: query.finish(),
        }
    }

    /// What this person may do with a matter as it stands, and whether there is something
    /// that their role takes and their own work forbids. The record has the last word.
    pub(super) fn all(
        person: &Person,
        proposals: &[&Proposed],
        acts: &[&Acted],
        lang: Lang,
    ) -> (Vec<Self>, bool) {
        // Who gave something back did so in the place of a step that they may still take.
        let own = |act: &&&Acted| act.name == person.name && !act.step.is_undone();
        let took = |other_than: Step| acts.iter().filter(own).any(|act| act.step != other_than);
        let (mut dues, mut own_work) = (Vec::new(), false);
        for proposed in proposals.iter().filter(|proposed| person.takes(proposed.step)) {
            let on_this = acts.iter().filter(own).any(|act| act.proposal == proposed.id);
            match on_this || took(proposed.step) {
                true => own_work = true,
                false => dues.push(Self::new(proposed.step, &proposed.channel, lang)),
            }
        }
        if person.takes(Step::Submit) && !took(Step::Submit) {
            dues.push(Self::new(Step::Submit, "", lang));
        }
        (dues, own_work)
    }

    /// How this person may end a proposal without a decision: who made it takes it back,
    /// whose turn it is to review or decide gives it back.
    pub(super) fn undone(
        person: &Person,
        proposals: &[&Proposed],
        acts: &[&Acted],
        due: Option<&Self>,
        lang: Lang,
    ) -> Vec<Self> {
        let mut ways = Vec::new();
        for proposed in proposals.iter().filter(|proposed| proposed.step != Step::Closed) {
            let made = acts.iter().any(|act| {
                act.proposal == proposed.id && act.step == Step::Submit && act.name == person.name
            });
            if made {
                ways.push(Self::new(Step::Withdraw, &proposed.channel, lang));
            }
            let here =
                |due: &Self| due.name == proposed.step.name() && due.channel == proposed.channel;
            if proposed.step.may_return() && due.is_some_and(here) {
                ways.push(Self::new(Step::Return, &proposed.channel, lang));
            }
        }
        ways
    }

    /// The one that is asked for, or the first; and the others.
    pub(super) fn chosen(
        mut dues: Vec<Self>,
        (step, channel): (&str, &str),
    ) -> (Option<Self>, Vec<Self>) {
        let at = dues.iter().position(|due| due.name == step && due.channel == channel);
        let at = at.unwrap_or(0);
        match dues.is_empty() {
            true => (None, dues),
            false => (Some(dues.remove(at)), dues),
        }
    }
}

/// What stands in the fields of a form.
#[derive(Clone, Debug, Default)]
pub(super) struct Fields {
    pub(super) title: String,
    pub(super) channel: String,
    pub(super) day: String,
    pub(super) basis: String,
    pub(super) opinion: String,
    pub(super) reason: String,
    pub(super) addressee: String,
    pub(super) meeting: bool,
    /// Name, word, whether it is chosen.
    pub(super) carriers: Vec<(&'static str, String, bool)>,
    pub(super) conclusions: Vec<(&'static str, String, bool)>,
    /// Channels that were named before.
    pub(super) channels: Vec<String>,
}

impl Fields {
    /// With what was typed, if something was.
    pub(super) fn new(
        typed: &Typed,
        lang: Lang,
        channels: Vec<String>,
        due: Option<&Due>,
        name: &str,
    ) -> Self {
        let raw = |field: &str| typed.raw(field).to_owned();
        let chosen = |all: Vec<(&'static str, String)>, field: &str| {
            let all = all.into_iter();
            all.map(|(name, words)| (name, words, typed.get(field) == name)).collect()
        };
        let title = if typed.has("title") { raw("title") } else { without_extension(name) };
        Self {
            title: shown(&title),
            channel: match due {
                Some(due) if !due.channel.is_empty() => due.channel.clone(),
                _ => raw("channel"),
            },
            day: raw("day"),
            basis: raw("basis"),
            opinion: raw("opinion"),
            reason: raw("reason"),
            addressee: raw("addressee"),
            meeting: typed.has("meeting"),
            carriers: chosen(carriers(lang), "carrier"),
            conclusions: chosen(conclusions(lang), "conclusion"),
            channels: channels.iter().map(|channel| shown(channel)).collect(),
        }
    }
}

fn without_extension(name: &str) -> String {
    match name.rsplit_once('.') {
        Some((stem, end)) if !stem.is_empty() && end.len() <= 5 => stem.to_owned(),
        _ => name.to_owned(),
    }
}

/// What a person says at a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Says {
    /// They propose.
    Submit(Proposal),
    /// They review or give an opinion.
    Review(Step, Review),
    /// They decide.
    Decide(Disposition),
    /// They take their proposal back, or give one back.
    Undo(Step, String),
}

impl Says {
    /// What was typed into the form of a step.
    ///
    /// # Errors
    /// What is missing.
    pub(super) async fn of(step: Step, typed: &Typed, console: &Console) -> Result<Self, Error> {
        match step {
            Step::Submit => proposal(typed).map(Self::Submit),
            Step::Decide => {
                let calendar = console.records.read(|store| store.calendar()).await?;
                disposition(typed, &calendar, console.today()).map(Self::Decide)
            }
            Step::Withdraw | Step::Return => Ok(Self::Undo(step, typed.kept("reason"))),
            Step::Closed => Err(Error::NotFound),
            step => Ok(Self::Review(step, review(step, typed))),
        }
    }

    /// Records it.
    ///
    /// # Errors
    /// What the record refuses.
    pub(super) fn record(
        &self,
        store: &mut Store,
        act: Act<'_>,
        on: &On<'_>,
        channel: &str,
    ) -> record::Result<Done> {
        match self {
            Self::Submit(says) => store.submit(act, on, says),
            Self::Review(step, says) => store.review(act, on, channel, *step, says),
            Self::Decide(says) => store.decide(act, on, channel, says),
            Self::Undo(Step::Withdraw, why) => store.withdraw(act, on, channel, why),
            Self::Undo(_, why) => store.send_back(act, on, channel, why),
        }
    }
}

fn missing(en: &str, zh: &str) -> Error {
    Error::Record(record::Error::Wrong(Words::new(en, zh)))
}

fn proposal(typed: &Typed) -> Result<Proposal, Error> {
    let on = typed
        .get("day")
        .parse()
        .map_err(|_| missing("the day of disclosure is asked for", "请填写拟公开日期"))?;
    let carrier: Carrier = typed.get("carrier").parse().unwrap_or(Carrier::Document);
    Ok(Proposal {
        title: fit(typed.get("title")).replace('\n', " "),
        carrier,
        channel: fit(typed.get("channel")).replace('\n', " "),
        on,
        meeting: typed.has("meeting"),
        basis: typed.kept("basis"),
        opinion: typed.kept("opinion"),
    })
}

fn review(step: Step, typed: &Typed) -> Review {
    let opinion = typed.kept("opinion");
    if step != Step::Review {
        return Review { opinion, ..Review::default() };
    }
    let own = typed.behind("ruling-").filter_map(|(finding, ruling)| {
        let ruling: Ruling = ruling.parse().ok()?;
        let reason = typed.kept(&format!("reason-{finding}"));
        Some(Ruled { finding: finding.to_owned(), ruling, reason })
    });
    let mut rulings: Vec<_> = own.collect();
    // What was said of one is said of those that stood there as alike, and of none of them
    // of which something was said by itself.
    let mut said: BTreeSet<_> = rulings.iter().map(|ruled| ruled.finding.clone()).collect();
    for (first, others) in typed.behind("alike-") {
        let Some(first) = rulings.iter().find(|ruled| ruled.finding == first).cloned() else {
            continue;
        };
        for other in others.split(' ').filter(|other| !other.is_empty()) {
            if said.insert(other.to_owned()) {
                rulings.push(Ruled { finding: other.to_owned(), ..first.clone() });
            }
        }
    }
    let attested = typed.behind("attest-").filter(|(_, words)| !words.is_empty());
    let attested = attested
        .filter_map(|(part, words)| Some(Attested { part: part.parse().ok()?, words: fit(words) }));
    Review { opinion, rulings, attested: attested.collect() }
}

fn disposition(typed: &Typed, calendar: &Calendar, today: Date) -> Result<Disposition, Error> {
    let conclusion: Conclusion = typed
        .get("conclusion")
        .parse()
        .map_err(|_| missing("a conclusion is asked for", "请选择审批结论"))?;
    let addressee = typed.kept("addressee");
    let upward = match (conclusion, addressee.is_empty()) {
        (Conclusion::Report, true) => {
            return Err(missing(
                "to whom it is reported is asked for",
                "报上级确定的，请填写主送机关",
            ));
        }
        (Conclusion::Report, false) => Some(upward(&addressee, today, calendar)),
        _ => None,
    };
    Ok(Disposition { conclusion, reason: typed.kept("reason"), upward })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_review_says_what_was_typed_of_each_finding_and_part() {
        let typed = Typed::read(
            "opinion=ok&ruling-f1=upheld&reason-f1=it+is&reason-f2=no+ruling&ruling-f3=left\
             &attest-2=read+it&attest-3=&attest-x=1"
                .as_bytes(),
        );
        let said = review(Step::Review, &typed);
        let rulings: Vec<_> = said.rulings.iter().map(|r| (&*r.finding, &*r.reason)).collect();
        assert_eq!(
            rulings,
            [("f1", "it is"), ("f3", "")],
            "an empty reason is the record's to refuse"
        );
        assert_eq!(said.attested, [Attested { part: 2, words: "read it".into() }]);
        assert!(review(Step::Consult, &typed).rulings.is_empty());
    }

    #[test]
    fn what_is_said_of_one_is_said_of_those_that_are_alike_and_no_others() {
        for (typed, want) in [
            ("ruling-f1=upheld&reason-f1=a&alike-f1=f2+f4", "f1 a, f2 a, f4 a"),
            ("ruling-f1=upheld&reason-f1=a", "f1 a"),
            (
                "ruling-f1=upheld&reason-f1=a&alike-f1=f2+f4&ruling-f4=left&reason-f4=b",
                "f1 a, f4 b, f2 a",
            ),
            ("reason-f1=a&alike-f1=f2", ""),
            ("ruling-f1=upheld&reason-f1=a&alike-f1=f1++f2+f2", "f1 a, f2 a"),
        ] {
            let said = review(Step::Review, &Typed::read(typed.as_bytes()));
            let said: Vec<_> =
                said.rulings.iter().map(|r| format!("{} {}", r.finding, r.reason)).collect();
            assert_eq!(said.join(", "), want, "{typed}");
        }
    }

    #[test]
    fn titles_come_from_names() {
        for (name, title) in [
            ("通知.docx", "通知"),
            ("a.b.pdf", "a.b"),
            (".hidden", ".hidden"),
            ("第1.2节说明文字", "第1.2节说明文字"),
        ] {
            assert_eq!(without_extension(name), title);
        }
    }
}
