//! The page of one matter: what was found, what was said, and the panel in which the
//! person who looks takes the step that is theirs.

use askama::Template;

use super::examined::{PartView, With, Witness};
use super::page::{Page, shown, shown_lines};
use super::state::Console;
use super::step_form::{Due, Fields};
use super::typed::Typed;
use super::who::Signed;
use super::words;
use crate::model::{Carrier, Conclusion, Ruling, Seen, Step, own_name};
use crate::record::{Acted, Docket, Examined, Line, Passage, Passed, Proposed};
use crate::report::Lang;

/// All that the page is made of, from the record.
pub(super) struct Looked {
    pub(super) seen: Seen,
    pub(super) docket: Docket,
    /// The steps of each proposal, in the order of the docket's.
    pub(super) routes: Vec<Vec<Step>>,
    pub(super) examinations: Vec<Examined>,
    pub(super) related: Vec<Line>,
    pub(super) channels: Vec<String>,
    /// How it came through a gateway, in order.
    pub(super) passages: Vec<Passed>,
}

/// How the matter came through a gateway once.
pub(super) struct PassageView {
    pub(super) when: String,
    pub(super) protocol: String,
    pub(super) answer: String,
    /// What is known of it, each with its name: sender, recipients, queue id.
    pub(super) facts: Vec<(&'static str, String)>,
}

/// One proposal, with where it is on its way.
pub(super) struct ProposalView {
    pub(super) version: u32,
    pub(super) channel: String,
    pub(super) title: String,
    pub(super) carrier: String,
    pub(super) day: String,
    /// Whether that day is over and nobody decided.
    pub(super) late: bool,
    pub(super) meeting: bool,
    pub(super) basis: String,
    /// How it ended without a decision, if it did.
    pub(super) undone: Option<String>,
    /// Each step in a word: `done`, `now` or `later`.
    pub(super) steps: Vec<(String, &'static str)>,
}

/// What a person did.
pub(super) struct ActView {
    pub(super) entry: u64,
    pub(super) when: String,
    pub(super) version: u32,
    pub(super) channel: String,
    pub(super) step: String,
    pub(super) person: String,
    pub(super) words: Vec<String>,
    pub(super) opened: bool,
    pub(super) bulk: u32,
    pub(super) conclusion: Option<String>,
    pub(super) rulings: Vec<(String, String, String)>,
    pub(super) attested: Vec<(u32, String)>,
}

/// One examination.
pub(super) struct ExaminedView {
    pub(super) entry: u64,
    pub(super) when: String,
    pub(super) version: u32,
    pub(super) verdict: String,
    pub(super) sha256: String,
    pub(super) as_of: String,
    pub(super) engine: String,
    pub(super) rules: String,
}

/// Another matter of the same origin.
pub(super) struct RelatedView {
    pub(super) matter: i64,
    pub(super) verdict: String,
    pub(super) step: String,
    pub(super) name: String,
}

/// The page.
#[derive(Template)]
#[template(path = "matter.html")]
pub(super) struct MatterPage {
    pub(super) page: Page,
    pub(super) matter: i64,
    pub(super) source: String,
    pub(super) name: String,
    pub(super) seen: Seen,
    pub(super) verdict: String,
    pub(super) sign: &'static str,
    /// The verdict's name, for style.
    pub(super) band: String,
    pub(super) why: String,
    pub(super) level: Option<String>,
    pub(super) as_of: String,
    /// Whether the rules of today are not those it was examined by.
    pub(super) other_rules: bool,
    pub(super) parts: Vec<PartView>,
    pub(super) witnesses: Vec<Witness>,
    /// Findings to rule on, gaps, all findings.
    pub(super) numbers: (usize, usize, usize),
    pub(super) proposals: Vec<ProposalView>,
    pub(super) acts: Vec<ActView>,
    pub(super) examinations: Vec<ExaminedView>,
    pub(super) related: Vec<RelatedView>,
    pub(super) passages: Vec<PassageView>,
    /// The step that is taken here, if one is this person's.
    pub(super) due: Option<Due>,
    /// Further ones.
    pub(super) others: Vec<Due>,
    /// How they may end a proposal without a decision.
    pub(super) undo: Vec<Due>,
    /// Why a step that their role takes is not theirs.
    pub(super) own_work: bool,
    /// Whether everything is decided.
    pub(super) closed: bool,
    pub(super) fields: Fields,
    /// What was typed into a form that is not offered any more: field and text.
    pub(super) lost: Vec<(String, String)>,
}

impl MatterPage {
    /// The page for a person; `typed` is what did not come to be recorded, and `wanted` the
    /// step and channel that were asked for.
    pub(super) fn of(
        console: &Console,
        signed: &Signed,
        (matter, looked): (i64, Looked),
        typed: &Typed,
        wanted: (&str, &str),
    ) -> Self {
        let lang = signed.lang;
        let Looked { seen, docket, routes, examinations, related, channels, passages } = looked;
        let proposals = &docket.proposals;
        let dictionary = &console.dictionary;
        let evidence = &docket.evidence;
        let acts = docket.acts.iter().filter(|act| act.version == seen.version).collect();
        let as_of = docket.made_by.as_of.parse().ok();
        let with = With { dictionary, lang, as_of, acts, typed };
        let parts = with.parts(evidence);
        let to_rule = parts.iter().flat_map(|part| &part.findings).filter(|f| f.to_rule).count();
        let gaps = parts.iter().map(|part| part.gaps.len()).sum();
        let all = evidence.findings().count();
        let source = docket.lines.first().map_or("", |line| line.source.as_str());
        let current: Vec<_> = proposals
            .iter()
            .filter(|proposed| proposed.version == seen.version && !proposed.step.is_undone())
            .collect();
        let (dues, own_work) = Due::all(&signed.person, &current, &with.acts, lang);
        let (due, others) = Due::chosen(dues, wanted);
        let undo = Due::undone(&signed.person, &current, &with.acts, due.as_ref(), lang);
        let closed =
            !current.is_empty() && current.iter().all(|proposed| proposed.step == Step::Closed);
        let name = own_name(source);
        let title = lang.pick(format!("Matter {matter}"), format!("事项{matter}"));
        let fields = Fields::new(typed, lang, channels, due.as_ref(), name);
        let today = console.today().to_string();
        Self {
            page: Page::of(signed, "", title),
            matter,
            source: shown(source),
            name: shown(name),
            verdict: words::verdict_word(&evidence.verdict, lang),
            sign: words::verdict_sign(&evidence.verdict),
            band: shown(&evidence.verdict),
            why: words::verdict_sentence(&evidence.verdict, lang),
            level: evidence.level.as_ref().map(|claim| {
                words::level(dictionary, &format!("{}:{}", claim.regime, claim.level), lang)
            }),
            as_of: shown(&docket.made_by.as_of),
            other_rules: docket.made_by.rules != dictionary.rules_digest
                || docket.made_by.dictionaries != dictionary.scopes_digest,
            witnesses: with.witnesses(evidence),
            parts,
            numbers: (to_rule, gaps, all),
            proposals: proposals
                .iter()
                .zip(&routes)
                .map(|(proposed, route)| proposal(proposed, route, lang, &today))
                .collect(),
            acts: docket.acts.iter().map(|act| acted(act, console, lang)).collect(),
            examinations: examinations.iter().map(|one| examined(one, console, lang)).collect(),
            related: related.iter().map(|line| other(line, lang)).collect(),
            passages: passages.iter().map(|passed| came(passed, console, lang)).collect(),
            due,
            others,
            undo,
            own_work,
            closed,
            fields,
            lost: Vec::new(),
            seen,
        }
    }

    /// Keeps what was typed for a step that turned out not to be this person's: nobody
    /// types a reason twice because somebody else was faster.
    pub(super) fn keep_typed(&mut self, step: Step, typed: &Typed) {
        if self.due.as_ref().is_some_and(|due| due.name == step.name()) {
            return;
        }
        let own = typed.pairs().filter(|(name, text)| {
            !text.trim().is_empty() && !matches!(*name, "form" | "version" | "sha256" | "evidence")
        });
        self.lost = own.map(|(name, text)| (shown(name), text.to_owned())).collect();
    }

    /// Whether the person rules on findings here.
    pub(super) fn rules(&self) -> bool {
        self.due.as_ref().is_some_and(|due| due.name == "review")
    }

    /// What can be said of a finding: name and word.
    pub(super) fn rulings(&self) -> Vec<(&'static str, String)> {
        let words = |ruling: &Ruling| self.page.lang.of(&ruling.words()).to_owned();
        Ruling::ALL.iter().map(|ruling| (ruling.name(), words(ruling))).collect()
    }
}

/// What a matter can end in: name and word.
pub(super) fn conclusions(lang: Lang) -> Vec<(&'static str, String)> {
    let words = |conclusion: &Conclusion| lang.of(&conclusion.words()).to_owned();
    Conclusion::ALL.iter().map(|one| (one.name(), words(one))).collect()
}

/// Forms in which something is disclosed: name and word.
pub(super) fn carriers(lang: Lang) -> Vec<(&'static str, String)> {
    let words = |carrier: &Carrier| lang.of(&carrier.words()).to_owned();
    Carrier::ALL.iter().map(|one| (one.name(), words(one))).collect()
}

/// Whose it is and whom it goes to: whoever decides is to know.
fn came(passed: &Passed, console: &Console, lang: Lang) -> PassageView {
    let Passage { protocol, answer, queue, sender, recipients, account, client, leave } =
        &passed.passage;
    let told = [
        (lang.pick("From", "发件人"), sender.as_deref()),
        (lang.pick("Account", "账号"), account.as_deref()),
        (lang.pick("Queue", "队列标识"), queue.as_deref()),
        (lang.pick("Client", "来源"), (!passed.cleared).then_some(client.as_str())),
        (lang.pick("Addresses", "地址"), passed.cleared.then_some(lang.pick("cleared", "已清除"))),
        (lang.pick("By leave of", "放行授权人"), leave.as_deref()),
    ];
    let mut facts: Vec<_> =
        recipients.iter().map(|to| (lang.pick("To", "收件人"), shown(to))).collect();
    facts.extend(told.into_iter().filter_map(|(name, value)| Some((name, shown(value?)))));
    PassageView {
        when: console.when(&passed.at),
        protocol: shown(protocol),
        answer: lang.of(&answer.words()).to_owned(),
        facts,
    }
}

fn proposal(of: &Proposed, route: &[Step], lang: Lang, today: &str) -> ProposalView {
    let now = route.iter().position(|step| *step == of.step).unwrap_or(route.len());
    let closed = of.step == Step::Closed || of.step.is_undone();
    let steps = route.iter().enumerate().map(|(at, step)| {
        let state = match at.cmp(&now) {
            std::cmp::Ordering::Less => "done",
            _ if closed => "done",
            std::cmp::Ordering::Equal => "now",
            std::cmp::Ordering::Greater => "later",
        };
        (lang.of(&step.words()).to_owned(), state)
    });
    let undone = of.step.is_undone().then(|| lang.of(&of.step.words()).to_owned());
    ProposalView {
        version: of.version,
        channel: shown(&of.channel),
        title: shown(&of.title),
        carrier: lang.of(&of.carrier.words()).to_owned(),
        day: shown(&of.on),
        late: !closed && of.on.as_str() < today,
        undone: undone.clone(),
        meeting: of.meeting,
        basis: shown(&of.basis),
        steps: if undone.is_some() { Vec::new() } else { steps.collect() },
    }
}

fn acted(act: &Acted, console: &Console, lang: Lang) -> ActView {
    let conclusion = act.conclusion.as_ref().map(|(conclusion, upward)| {
        let mut words = lang.of(&conclusion.words()).to_owned();
        if let Some((addressee, deadline)) = upward {
            let to = shown(addressee);
            words +=
                &lang.pick(format!(" to {to}, by {deadline}"), format!("：{to}，期限{deadline}"));
        }
        words
    });
    let rulings = act.rulings.iter().map(|(finding, ruling, reason)| {
        (shown(finding), lang.of(&ruling.words()).to_owned(), shown(reason))
    });
    ActView {
        entry: act.entry,
        when: console.when(&act.at),
        version: act.version,
        channel: shown(&act.channel),
        step: lang.of(&act.step.words()).to_owned(),
        person: shown(&act.person),
        words: shown_lines(&act.words),
        opened: act.opened,
        bulk: act.bulk,
        conclusion,
        rulings: rulings.collect(),
        attested: act.attested.iter().map(|(part, words)| (*part, shown(words))).collect(),
    }
}

fn examined(one: &Examined, console: &Console, lang: Lang) -> ExaminedView {
    let short = |digest: &str| digest.chars().take(12).collect::<String>();
    ExaminedView {
        entry: one.entry,
        when: console.when(&one.at),
        version: one.version,
        verdict: words::verdict_word(&one.verdict, lang),
        sha256: short(&one.sha256),
        as_of: shown(&one.made_by.as_of),
        engine: shown(&one.made_by.engine),
        rules: short(&one.made_by.rules),
    }
}

fn other(line: &Line, lang: Lang) -> RelatedView {
    RelatedView {
        matter: line.matter,
        verdict: words::verdict_word(&line.verdict, lang),
        step: lang.of(&line.step.words()).to_owned(),
        name: shown(line.title.as_deref().unwrap_or(&line.source)),
    }
}
