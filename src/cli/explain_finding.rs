//! `vetmark explain --finding`: one finding of a report, with the weight of each
//! piece of its evidence and what it comes to.

use std::fs::File;
use std::io::{self, BufRead, Write};
use std::path::Path;

use anyhow::{Context, bail};
use serde_json::Value;

use crate::dictionary::{Dictionary, Regime};
use crate::model::{Date, Finding};
use crate::report::{Lang, Shown};

/// A finding with the matter it stands in, as a report has them.
pub(super) struct Reported {
    pub(super) matter: String,
    /// Digest of the matter.
    pub(super) sha256: String,
    as_of: String,
    finding: Value,
}

impl Reported {
    /// The rule it is of.
    pub(super) fn rule(&self) -> &str {
        self.finding["rule"].as_str().unwrap_or_default()
    }

    /// The day the report was judged on.
    pub(super) fn as_of(&self) -> anyhow::Result<Date> {
        self.as_of.parse().with_context(|| format!("the report of {}: as_of", self.matter))
    }

    /// Whether it is this finding: the same rule and entry at the same place.
    pub(super) fn is(&self, finding: &Finding) -> bool {
        let place = serde_json::to_value(&finding.place).unwrap_or_default();
        self.finding["rule"] == finding.rule.as_str()
            && self.finding["entry"].as_str() == finding.entry.as_deref()
            && ["region", "page", "line", "char"]
                .iter()
                .all(|of| self.finding["place"][of] == place[of])
    }
}

/// Looks a finding up in a report of `scan --format ndjson`.
///
/// # Errors
/// What is wrong with the report, and where several matters have such a finding
/// or none has: which.
pub(super) fn find(report: &Path, id: &str, matter: Option<&str>) -> anyhow::Result<Reported> {
    let name = report.display();
    let lines: Box<dyn BufRead> = match report.as_os_str() == "-" {
        true => Box::new(io::stdin().lock()),
        false => {
            let file =
                File::open(report).with_context(|| format!("cannot read the report {name}"))?;
            Box::new(io::BufReader::new(file))
        }
    };
    let mut found: Vec<Reported> = Vec::new();
    for (number, line) in lines.lines().enumerate() {
        let line = line.with_context(|| format!("cannot read the report {name}"))?;
        if line.trim().is_empty() {
            continue;
        }
        let examination: Value = serde_json::from_str(&line)
            .with_context(|| format!("{name}, line {}: no examination", number + 1))?;
        let source = examination["source"].as_str().unwrap_or_default();
        if matter.is_some_and(|wanted| wanted != source) {
            continue;
        }
        let text = |field: &str| examination[field].as_str().unwrap_or_default().to_owned();
        let parts = examination["parts"].as_array().into_iter().flatten();
        let findings = parts.flat_map(|part| part["findings"].as_array().into_iter().flatten());
        found.extend(findings.filter(|finding| finding["id"] == id).map(|finding| Reported {
            matter: source.to_owned(),
            sha256: text("sha256"),
            as_of: text("as_of"),
            finding: finding.clone(),
        }));
    }
    match found.len() {
        0 => bail!(
            "{name}: no finding {id}{}",
            matter.map_or_else(String::new, |m| format!(" of {m}"))
        ),
        1 => found.pop().context("one finding"),
        count => {
            let some: Vec<&str> = found.iter().take(3).map(|one| one.matter.as_str()).collect();
            bail!(
                "{name}: {count} matters have a finding {id} ({} …); say which with --matter",
                some.join(", ")
            )
        }
    }
}

/// Writes what the finding is and what each piece of evidence weighs.
///
/// # Errors
/// What `out` says.
pub(super) fn render(
    reported: &Reported,
    dictionary: &Dictionary,
    lang: Lang,
    out: &mut dyn Write,
) -> io::Result<()> {
    let finding = &reported.finding;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    writeln!(out, "{} · {}", Shown(&reported.matter), Shown(&text(&finding["id"])))?;
    let message = &finding["message"];
    writeln!(out, "{}", Shown(&text(lang.pick(&message["en"], &message["zh"]))))?;
    if let Some(quote) = finding["quote"].as_str() {
        writeln!(out, "  “{}”", Shown(quote))?;
    }
    let regime = dictionary.regimes.iter().find(|regime| {
        reported.rule().strip_prefix(regime.id.as_str()).is_some_and(|rest| rest.starts_with('.'))
    });
    let evidence = finding["evidence"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let weighed: Vec<(&str, Option<i16>)> =
        evidence.map(|words| (words, regime.and_then(|regime| weight(regime, words)))).collect();
    let suppressed = &finding["suppressed"];
    if suppressed.is_object() {
        let by = ["id", "owner", "expires", "reason"].map(|field| text(&suppressed[field]));
        let head = lang.pick("does not count", "不计入");
        writeln!(out, "  {head}: {}", Shown(&by.join(" · ")))?;
    }
    writeln!(out, "\n{}", lang.pick("Evidence", "证据"))?;
    for (words, weight) in &weighed {
        match weight {
            Some(weight) => writeln!(out, "  {weight:+4}  {}", Shown(words))?,
            None => writeln!(out, "        {}", Shown(words))?,
        }
    }
    let known: Vec<i16> = weighed.iter().filter_map(|(_, weight)| *weight).collect();
    if let Some(regime) = regime.filter(|regime| !known.is_empty() && regime.weighing.threshold > 0)
    {
        let (sum, threshold) = (known.iter().sum::<i16>(), regime.weighing.threshold);
        let says = match sum >= threshold {
            true => lang.pick("a mark", "认定为标志"),
            false => lang.pick("spoken about", "仅为谈论"),
        };
        writeln!(out, "  {sum:+4}  {} {threshold}: {says}", lang.pick("of", "阈值"))?;
    }
    writeln!(out)
}

/// The weight of a piece of evidence by its words, in which numbers and names
/// have been put where the regime file has `{line}` and the like.
fn weight(regime: &Regime, words: &str) -> Option<i16> {
    let fits = |pattern: &str| {
        let mut pieces = pattern.split(['{', '}']).step_by(2);
        let Some(mut rest) = pieces.next().and_then(|first| words.strip_prefix(first)) else {
            return false;
        };
        let mut exact = true;
        for piece in pieces {
            exact = piece.is_empty();
            match rest.find(piece) {
                Some(at) => rest = &rest[at + piece.len()..],
                None => return false,
            }
        }
        exact && pattern.contains('{') || rest.is_empty()
    };
    let entries = regime.evidence.iter().filter(|entry| fits(&entry.words.en));
    // The one with the most words of its own, where a shorter one fits too.
    let own = |pattern: &str| pattern.split(['{', '}']).step_by(2).map(str::len).sum::<usize>();
    entries.max_by_key(|entry| own(&entry.words.en)).map(|entry| entry.weight)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evidence_is_known_by_its_words() {
        let dictionary = Dictionary::shipped();
        let cn = dictionary.regimes.iter().find(|regime| regime.id == "cn").expect("shipped");
        for (words, id) in [
            ("own line", Some("own-line")),
            ("line 2 of page 1", Some("first-lines")),
            ("line 2 of page 1, by the order of the text", Some("first-lines-in-order")),
            ("line 2 of page 3", Some("page-top")),
            ("document property classification", Some("property")),
            ("column headed 示例", Some("sample-column")),
            ("own lines", None),
            ("", None),
        ] {
            let want = id.map(|id| cn.evidence(id).expect("shipped").weight);
            assert_eq!(weight(cn, words), want, "{words}");
        }
    }
}
