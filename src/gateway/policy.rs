//! From a verdict to an action, by rules that a site writes (`dictionaries/policies`).
//!
//! No verdict releases anything: what passes does so by the standing leave of a person
//! whom the rule names, and only where nothing was found.

use serde::Deserialize;

use super::envelope::{Direction, Envelope, domain};
use super::notice::is_plain;
use crate::model::{Date, Verdict, Words};

/// The policy that is built in.
const BUILT_IN: &str = include_str!("../../dictionaries/policies/gateway.toml");

/// What is done with what was examined, weakest first.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// It goes on, by a named person's standing leave.
    Pass,
    /// It waits for a person.
    Hold,
    /// It goes back, with a reason.
    Reject,
}

/// What becomes of what was examined.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Domains that are ours.
    #[serde(default)]
    local_domains: Vec<String>,
    /// Whom an author may ask.
    pub contact: Words,
    #[serde(rename = "rule")]
    rules: Vec<Rule>,
    /// How authors at our domains are told what became of their mail, where they are.
    #[serde(default)]
    notify: Option<Notify>,
}

/// How authors are told what became of their mail.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Notify {
    /// The address that notices come from.
    pub(super) from: String,
    /// Whether only who was authenticated is told: a sender's address is easily forged.
    #[serde(default)]
    pub(super) authenticated: bool,
    /// Whether a notice names the subject of the mail.
    #[serde(default)]
    pub(super) subject: bool,
}

/// A rule fits where everything it names does.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    #[serde(default)]
    verdicts: Vec<Verdict>,
    #[serde(default)]
    directions: Vec<Direction>,
    #[serde(default)]
    senders: Vec<String>,
    #[serde(default)]
    recipients: Vec<String>,
    #[serde(default)]
    over: Option<u64>,
    action: Action,
    #[serde(default)]
    by: Option<String>,
    #[serde(default)]
    until: Option<toml::value::Datetime>,
}

/// What a policy says of one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ruled {
    pub(super) action: Action,
    /// On whose standing leave it passes.
    pub(super) leave: Option<String>,
}

impl Default for Policy {
    /// The one that is built in: nothing passes.
    fn default() -> Self {
        // A test reads it.
        Self::parse(BUILT_IN).unwrap_or_else(|_| Self {
            local_domains: Vec::new(),
            contact: Words::default(),
            rules: Vec::new(),
            notify: None,
        })
    }
}

impl Policy {
    /// Reads a policy.
    ///
    /// # Errors
    /// What is wrong with it, with the line or the number of the rule.
    pub fn parse(text: &str) -> Result<Self, String> {
        let policy: Self = toml::from_str(text).map_err(|error| error.to_string())?;
        for (at, rule) in policy.rules.iter().enumerate() {
            rule.check().map_err(|why| format!("rule {}: {why}", at + 1))?;
        }
        if let Some(notify) = &policy.notify {
            if !is_plain(&notify.from) {
                return Err("notify: `from` is an address of the common kind".into());
            }
            if policy.local_domains.is_empty() {
                return Err("notify: nobody is ours: `local_domains` says who is".into());
            }
        }
        Ok(policy)
    }

    /// How authors are told, where they are.
    pub(super) fn notify(&self) -> Option<&Notify> {
        self.notify.as_ref()
    }

    /// Whether authors are told what became of their mail.
    pub fn notifies(&self) -> bool {
        self.notify.is_some()
    }

    /// Whether a domain is ours.
    pub(super) fn is_ours(&self, domain: &str) -> bool {
        is_among(domain, &self.local_domains)
    }

    /// What becomes of something. It goes to each recipient by the first rule that fits
    /// them, and all of it as the strictest of those says.
    pub(super) fn rule(
        &self,
        verdict: Verdict,
        envelope: &Envelope,
        bytes: u64,
        today: Date,
    ) -> Ruled {
        let direction = self.direction(envelope);
        let sender = envelope.sender.as_deref().map(domain);
        let one = |recipient: Option<&str>| {
            let fits = |rule: &&Rule| {
                rule.fits(verdict, direction, sender.as_deref(), recipient, bytes, today)
            };
            match self.rules.iter().find(fits) {
                Some(rule) => Ruled { action: rule.action, leave: rule.leave() },
                None => Ruled { action: Action::Hold, leave: None },
            }
        };
        let domains: Vec<_> = envelope.recipients.iter().map(|address| domain(address)).collect();
        let each = domains.iter().map(|domain| one(Some(domain)));
        each.max_by_key(|ruled| ruled.action).unwrap_or_else(|| one(None))
    }

    /// Which way something goes: as the protocol says, or as its addresses tell.
    fn direction(&self, envelope: &Envelope) -> Direction {
        if envelope.direction != Direction::Unknown || envelope.recipients.is_empty() {
            return envelope.direction;
        }
        let ours = |domain: &str| self.is_ours(domain);
        let inward = envelope.recipients.iter().all(|address| ours(&domain(address)));
        let from_us = envelope.account.is_some()
            || envelope.sender.as_deref().is_some_and(|address| ours(&domain(address)));
        match (from_us, inward) {
            (true, true) => Direction::Inside,
            // A sender is easily forged: what does not stay here goes out.
            (_, false) => Direction::Out,
            (false, true) => Direction::In,
        }
    }
}

impl Rule {
    fn check(&self) -> Result<(), String> {
        let named = self.by.as_deref().is_some_and(|by| !by.trim().is_empty());
        match self.action {
            Action::Pass if self.verdicts != [Verdict::NoFinding] => {
                Err("only what is no_finding may pass: verdicts = [\"no_finding\"]".into())
            }
            Action::Pass if !named => {
                Err("nothing passes by itself: `by` names the person whose leave it is".into())
            }
            Action::Pass => self.last_day().map(drop),
            _ if self.by.is_some() || self.until.is_some() => {
                Err("`by` and `until` belong to what passes".into())
            }
            _ => Ok(()),
        }
    }

    /// The last day of a leave, where it ends.
    fn last_day(&self) -> Result<Option<Date>, String> {
        let Some(until) = &self.until else { return Ok(None) };
        until.to_string().parse().map(Some).map_err(|_| "`until` is a day: 2027-06-30".into())
    }

    fn leave(&self) -> Option<String> {
        self.by.clone().filter(|_| self.action == Action::Pass)
    }

    fn fits(
        &self,
        verdict: Verdict,
        direction: Direction,
        sender: Option<&str>,
        recipient: Option<&str>,
        bytes: u64,
        today: Date,
    ) -> bool {
        let known = |domain: Option<&str>, wanted: &[String]| {
            wanted.is_empty() || domain.is_some_and(|domain| is_among(domain, wanted))
        };
        let in_time = self.last_day().is_ok_and(|last| last.is_none_or(|last| today <= last));
        (self.verdicts.is_empty() || self.verdicts.contains(&verdict))
            && (self.directions.is_empty() || self.directions.contains(&direction))
            && known(sender, &self.senders)
            && known(recipient, &self.recipients)
            && self.over.is_none_or(|over| bytes > over)
            && in_time
    }
}

/// Whether a domain is one of these; one that begins with a dot is itself and all below.
fn is_among(domain: &str, wanted: &[String]) -> bool {
    wanted.iter().any(|wanted| {
        let wanted = wanted.to_lowercase();
        match wanted.strip_prefix('.') {
            Some(parent) => domain == parent || domain.ends_with(&wanted),
            None => domain == wanted,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &str = r#"
        local_domains = [".agency.example"]
        contact = { en = "us", zh = "我们" }
        [[rule]]
        verdicts = ["no_finding"]
        directions = ["in", "inside"]
        action = "pass"
        by = "Wang"
        until = 2027-06-30
        [[rule]]
        verdicts = ["no_finding"]
        recipients = ["press.example"]
        action = "pass"
        by = "Li"
        [[rule]]
        senders = ["spam.example"]
        over = 1000
        action = "reject"
        [[rule]]
        verdicts = ["withhold"]
        action = "reject"
    "#;

    fn mail(sender: &str, recipients: &[&str]) -> Envelope {
        Envelope {
            protocol: "milter",
            sender: Some(sender.into()),
            recipients: recipients.iter().map(|to| (*to).to_owned()).collect(),
            ..Envelope::default()
        }
    }

    #[test]
    fn the_first_rule_that_fits_decides_and_the_strictest_recipient_for_all() {
        use Action::{Hold, Pass, Reject};
        use Verdict::{Incomplete, NoFinding, Refer, Review, Withhold};
        let policy = Policy::parse(OURS).unwrap();
        let us = "a@mail.agency.example";
        for (verdict, from, to, bytes, day, action, leave) in [
            (NoFinding, "x@y.example", &[us][..], 1, "2027-06-30", Pass, Some("Wang")),
            (NoFinding, "x@y.example", &[us], 1, "2027-07-01", Hold, None),
            (NoFinding, us, &["b@agency.example"], 1, "2026-11-27", Pass, Some("Wang")),
            (NoFinding, us, &["p@press.example"], 1, "2030-01-01", Pass, Some("Li")),
            (NoFinding, us, &["p@press.example", "q@else.example"], 1, "2026-11-27", Hold, None),
            (NoFinding, us, &["p@notpress.example"], 1, "2026-11-27", Hold, None),
            (NoFinding, "x@notagency.example", &["p@e.example"], 1, "2026-11-27", Hold, None),
            (Review, us, &["p@press.example"], 1, "2026-11-27", Hold, None),
            (Incomplete, us, &[us], 1, "2026-11-27", Hold, None),
            (Refer, us, &[us], 1, "2026-11-27", Hold, None),
            (Withhold, us, &[us], 1, "2026-11-27", Reject, None),
            (Review, "s@spam.example", &[us], 1000, "2026-11-27", Hold, None),
            (Review, "s@spam.example", &[us], 1001, "2026-11-27", Reject, None),
        ] {
            let ruled = policy.rule(verdict, &mail(from, to), bytes, day.parse().unwrap());
            let want = Ruled { action, leave: leave.map(str::to_owned) };
            assert_eq!(ruled, want, "{verdict:?} {from} {to:?} {bytes} {day}");
        }
    }

    /// The policy that is built in lets nothing pass, whatever comes.
    #[test]
    fn nothing_passes_unless_somebody_said_so() {
        let policy = Policy::parse(BUILT_IN).unwrap();
        for verdict in Verdict::STRONGEST_FIRST {
            for envelope in [Envelope::default(), mail("a@b", &["c@d"])] {
                let ruled = policy.rule(verdict, &envelope, 10, "2026-11-27".parse().unwrap());
                let want = match verdict {
                    Verdict::Withhold => Action::Reject,
                    _ => Action::Hold,
                };
                assert_eq!(ruled, Ruled { action: want, leave: None }, "{verdict:?}");
            }
        }
        let none = "contact = { en = '', zh = '' }\nrule = []";
        let ruled = Policy::parse(none).unwrap().rule(
            Verdict::NoFinding,
            &Envelope::default(),
            1,
            "2026-11-27".parse().unwrap(),
        );
        assert_eq!(ruled.action, Action::Hold);
    }

    #[test]
    fn what_is_wrong_with_a_policy_is_said() {
        for (rule, why) in [
            ("action = 'pass'\nby = 'W'", "only what is no_finding may pass"),
            ("action = 'pass'\nverdicts = ['review']\nby = 'W'", "only what is no_finding"),
            ("action = 'pass'\nverdicts = ['no_finding']", "nothing passes by itself"),
            ("action = 'pass'\nverdicts = ['no_finding']\nby = ' '", "nothing passes by itself"),
            (
                "action = 'pass'\nverdicts = ['no_finding']\nby = 'W'\nuntil = 10:00:00",
                "`until` is a day",
            ),
            ("action = 'hold'\nby = 'W'", "belong to what passes"),
            ("action = 'release'", "unknown variant `release`"),
            ("action = 'hold'\ncolour = 1", "unknown field `colour`"),
        ] {
            let text = format!("contact = {{ en = '', zh = '' }}\n[[rule]]\n{rule}\n");
            let said = Policy::parse(&text).unwrap_err();
            assert!(said.contains(why), "{rule}: {said}");
        }
    }

    #[test]
    fn notices_have_somebody_they_are_from_and_somebody_they_may_go_to() {
        let rest = "contact = { en = '', zh = '' }\nrule = []\n";
        for (text, why) in [
            ("local_domains = ['a.example']", None),
            ("local_domains = ['a.example']\nnotify.from = 'o@a.example'", None),
            ("notify.from = 'o@a.example'", Some("nobody is ours")),
            ("local_domains = ['a.example']\nnotify = {}", Some("missing field `from`")),
            ("local_domains = ['a.example']\nnotify.from = 'the office'", Some("common kind")),
            (
                "local_domains = ['a.example']\nnotify.from = \"o@a\\nBcc: x@y\"",
                Some("common kind"),
            ),
        ] {
            let said = Policy::parse(&format!("{rest}{text}")).map(|policy| policy.notifies());
            match why {
                None => assert_eq!(said, Ok(text.contains("notify")), "{text}"),
                Some(why) => assert!(said.unwrap_err().contains(why), "{text}"),
            }
        }
    }
}
