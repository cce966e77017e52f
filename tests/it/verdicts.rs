//! Every document of `corpora/` against what a person says of it in `truth.toml`.
//! The fields of a label are explained in `corpora/README.md`.

#![allow(clippy::unwrap_used, reason = "a test ends where something unexpected happens")]
#![allow(clippy::print_stdout, reason = "the table is what the test is read for")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;

use serde::Deserialize;
use sha2::{Digest, Sha256};
use vetmark::model::{Date, Examination, Finding, Submission, Term, Verdict};

use crate::house::{files, name, pipeline, rules, tree};

const COLLECTIONS: [&str; 5] = ["sample", "marks", "traps", "folded", "hostile"];

/// Rules that say: this is a mark, and it stands on this document.
const MARK_RULES: [&str; 3] = ["cn.mark.state-secret", "cn.mark.label", "cn.mark.portion"];

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Truth {
    default: Shared,
    document: Vec<Label>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Shared {
    as_of: Date,
    #[serde(default)]
    not_found: Vec<String>,
}

/// What a person says of one document.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Label {
    path: String,
    sha256: String,
    as_of: Option<Date>,
    verdict: String,
    level: Option<String>,
    state: Option<String>,
    protected_through: Option<Date>,
    #[serde(default)]
    marks: Vec<WantedMark>,
    #[serde(default)]
    rules: Vec<String>,
    #[serde(default)]
    not_found: Vec<String>,
    #[serde(default)]
    later: Vec<String>,
    #[serde(default)]
    pending: bool,
    why: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WantedMark {
    level: String,
    form: Option<String>,
    term: Option<String>,
    region: Option<String>,
    quote: Option<String>,
    page: Option<u32>,
    line: Option<u32>,
    #[serde(default)]
    optional: bool,
}

impl WantedMark {
    /// Whether a finding is this mark, as far as the label says how it looks.
    fn is(&self, finding: &Finding) -> bool {
        let Some(mark) = &finding.mark else { return false };
        let is = |want: &Option<String>, got: &str| want.as_deref().is_none_or(|w| w == got);
        MARK_RULES.contains(&finding.rule.as_str())
            && mark.level == self.level
            && is(&self.form, &word(&mark.form))
            && is(&self.term, &term(&mark.term))
            && is(&self.region, &word(&finding.place.region))
            && is(&self.quote, finding.quote.as_deref().unwrap_or_default())
            && self.page.is_none_or(|page| finding.place.page == Some(page))
            && self.line.is_none_or(|line| finding.place.line == Some(line))
    }
}

/// How often something was asked for, and what became of it.
#[derive(Debug, Default)]
struct Tally {
    wanted: usize,
    found: usize,
    not_found: usize,
    reported: usize,
    later: usize,
}

#[derive(Debug, Default)]
struct Table {
    rules: BTreeMap<String, Tally>,
    marks: BTreeMap<&'static str, Tally>,
    verdicts: BTreeMap<&'static str, Tally>,
    pending: usize,
    wrong: Vec<String>,
}

#[test]
fn every_document_gets_the_verdict_a_person_gave_it() {
    let mut table = Table::default();
    for collection in COLLECTIONS {
        let truth = truth(collection);
        for label in &truth.document {
            let mut wrong = Vec::new();
            let examination = examine(collection, label, &truth.default);
            table.hold(collection, label, &truth.default, &examination, &mut wrong);
            if !wrong.is_empty() {
                let (path, wrong) = (&label.path, wrong.join("\n      "));
                let seen = seen(&examination);
                let why = &label.why;
                table.wrong.push(format!("{collection}/{path}: {why}\n      {wrong}\n{seen}"));
            }
        }
    }
    println!("{}", table.shown());
    let wrong = &table.wrong;
    assert!(wrong.is_empty(), "{} documents\n  {}", wrong.len(), wrong.join("\n  "));
}

#[test]
fn every_document_has_a_label_and_every_label_its_document() {
    let (mut documents, mut traps) = (0, 0);
    for collection in COLLECTIONS {
        let truth = truth(collection);
        let folder = tree("corpora").join(collection).join("documents");
        let there: BTreeSet<_> = files(&folder).iter().map(|path| name(path)).collect();
        let labelled: BTreeSet<_> = truth.document.iter().map(|l| l.path.clone()).collect();
        assert_eq!(labelled.len(), truth.document.len(), "{collection}: a path twice");
        assert_eq!(there, labelled, "{collection}");
        documents += there.len();
        for label in &truth.document {
            let bytes = fs::read(folder.join(&label.path)).unwrap();
            assert_eq!(hex(&Sha256::digest(&bytes)), label.sha256, "{collection}/{}", label.path);
            assert!(!label.why.is_empty(), "{collection}/{}: why?", label.path);
            traps += usize::from(label.verdict == "no_finding");
        }
    }
    assert!(documents >= 200, "only {documents} documents");
    // A program that cries at everything would do well on a set of marks alone.
    assert!(traps * 100 >= documents * 35, "only {traps} of {documents} are to find nothing");
}

fn truth(collection: &str) -> Truth {
    let path = tree("corpora").join(collection).join("truth.toml");
    let text = fs::read_to_string(&path).unwrap();
    toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn examine(collection: &str, label: &Label, shared: &Shared) -> Examination {
    let path = tree("corpora").join(collection).join("documents").join(&label.path);
    let submission = Submission::file(label.path.clone(), fs::read(path).unwrap());
    pipeline(label.as_of.unwrap_or(shared.as_of)).examine(submission)
}

impl Table {
    /// Holds one examination against its label.
    fn hold(
        &mut self,
        collection: &'static str,
        label: &Label,
        shared: &Shared,
        examination: &Examination,
        wrong: &mut Vec<String>,
    ) {
        let mut open = Vec::new();
        self.hold_verdict(label, examination, &mut open);
        self.hold_marks(collection, label, examination, &mut open);
        match (label.pending, open.is_empty()) {
            (true, true) => wrong.push("is right by now: take `pending` away".to_owned()),
            (true, false) => self.pending += 1,
            (false, _) => wrong.append(&mut open),
        }
        self.hold_rules(label, shared, examination, wrong);
    }

    fn hold_verdict(&mut self, label: &Label, got: &Examination, wrong: &mut Vec<String>) {
        let verdict = Verdict::STRONGEST_FIRST
            .iter()
            .find(|verdict| verdict.name() == label.verdict)
            .unwrap_or_else(|| panic!("{}: no verdict {}", label.path, label.verdict));
        let tally = self.verdicts.entry(verdict.name()).or_default();
        tally.wanted += 1;
        if got.verdict == *verdict {
            tally.found += 1;
        } else {
            self.verdicts.entry(got.verdict.name()).or_default().reported += 1;
            wrong.push(format!("verdict {}, want {}", got.verdict.name(), label.verdict));
        }
        let level = got.level.as_ref().map(|level| level.id.as_str());
        if level != label.level.as_deref() {
            wrong.push(format!("level {level:?}, want {:?}", label.level));
        }
        let declassification = got.declassification.as_ref();
        let state = declassification.map_or_else(|| "unmarked".to_owned(), |d| word(&d.state));
        if label.state.as_ref().is_some_and(|want| *want != state) {
            wrong.push(format!("state {state}, want {:?}", label.state));
        }
        let through = declassification.and_then(|d| d.protected_through);
        if label.protected_through.is_some() && label.protected_through != through {
            wrong
                .push(format!("protected through {through:?}, want {:?}", label.protected_through));
        }
    }

    fn hold_marks(
        &mut self,
        collection: &'static str,
        label: &Label,
        examination: &Examination,
        wrong: &mut Vec<String>,
    ) {
        let tally = self.marks.entry(collection).or_default();
        let marks: Vec<_> = findings(examination)
            .filter(|f| f.mark.is_some() && MARK_RULES.contains(&f.rule.as_str()))
            .collect();
        for want in label.marks.iter().filter(|mark| !mark.optional) {
            tally.wanted += 1;
            if marks.iter().any(|finding| want.is(finding)) {
                tally.found += 1;
            } else {
                wrong.push(format!("mark not found: {want:?}"));
            }
        }
        for finding in marks {
            if !label.marks.iter().any(|want| want.is(finding)) {
                tally.reported += 1;
                wrong.push(format!("no such mark on it: {}", line(finding)));
            }
        }
    }

    fn hold_rules(
        &mut self,
        label: &Label,
        shared: &Shared,
        examination: &Examination,
        wrong: &mut Vec<String>,
    ) {
        let reported: BTreeSet<_> = rules(examination).into_iter().collect();
        for rule in &label.rules {
            let tally = self.rules.entry(rule.clone()).or_default();
            tally.wanted += 1;
            if reported.contains(rule.as_str()) {
                tally.found += 1;
            } else {
                wrong.push(format!("not reported: {rule}"));
            }
        }
        for rule in label.not_found.iter().chain(&shared.not_found) {
            assert!(!label.rules.contains(rule), "{}: {rule} is asked for and not", label.path);
            let tally = self.rules.entry(rule.clone()).or_default();
            tally.not_found += 1;
            if reported.contains(rule.as_str()) {
                tally.reported += 1;
                wrong.push(format!("must not be reported: {rule}"));
            }
        }
        for rule in &label.later {
            self.rules.entry(rule.clone()).or_default().later += 1;
            if reported.contains(rule.as_str()) {
                wrong.push(format!("is reported by now: move {rule} from `later` to `rules`"));
            }
        }
    }

    fn shown(&self) -> String {
        let mut out = String::from("verdict            wanted  right  wrongly given\n");
        for (verdict, t) in &self.verdicts {
            let _ = writeln!(out, "  {verdict:16} {:6} {:6} {:6}", t.wanted, t.found, t.reported);
        }
        out.push_str("marks in           wanted  found  missed  false\n");
        for (collection, t) in &self.marks {
            let missed = t.wanted - t.found;
            let _ = writeln!(
                out,
                "  {collection:16} {:6} {:6} {missed:6} {:6}",
                t.wanted, t.found, t.reported
            );
        }
        out.push_str("rule                             wanted  found  missed  false of  later\n");
        for (rule, t) in &self.rules {
            let (missed, alarms) = (t.wanted - t.found, format!("{}/{}", t.reported, t.not_found));
            let _ = writeln!(
                out,
                "  {rule:30} {:6} {:6} {missed:6} {alarms:>9} {:6}",
                t.wanted, t.found, t.later
            );
        }
        let _ = writeln!(out, "{} documents pending", self.pending);
        out
    }
}

fn findings(examination: &Examination) -> impl Iterator<Item = &Finding> {
    examination.parts.iter().flat_map(|part| &part.findings)
}

/// What was said of a document, for whoever looks into a failure.
fn seen(examination: &Examination) -> String {
    let mut out = String::new();
    for part in &examination.parts {
        for gap in &part.gaps {
            let _ = writeln!(out, "        {}: {}", gap.kind.rule(), gap.detail);
        }
        for finding in &part.findings {
            let _ = writeln!(out, "        {}", line(finding));
        }
    }
    out
}

fn line(finding: &Finding) -> String {
    let place = &finding.place;
    let mark = finding.mark.as_ref().map_or_else(String::new, |mark| {
        format!(" {} {} {}", mark.level, word(&mark.form), term(&mark.term))
    });
    format!(
        "{}{mark} {} p{:?} l{:?} {:?}",
        finding.rule,
        word(&place.region),
        place.page,
        place.line,
        finding.quote.as_deref().unwrap_or_default()
    )
}

/// The contract's word for a value.
fn word(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).unwrap().as_str().unwrap().to_owned()
}

/// A term as labels write it.
fn term(term: &Term) -> String {
    match term {
        Term::Duration(length) => length.to_string(),
        Term::Date(date) => date.to_string(),
        Term::Condition(words) => words.clone(),
        Term::Indefinite => "长期".to_owned(),
        Term::None => "none".to_owned(),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
