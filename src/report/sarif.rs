//! SARIF 2.1.0 (OASIS), for code-review and security tools: findings and gaps are
//! results, what was examined are artifacts, and the verdict of every matter stands in
//! the run's properties, so that one without results is seen too.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::examined::{Examined, Finding, Gap, Part, Place};
use super::{Lang, named, ndjson};
use crate::model::{Region, Severity, Words};

/// What a rule says of itself.
#[derive(Clone, Debug)]
pub struct About {
    /// Its name, a few words.
    pub title: Words,
    /// What it means.
    pub meaning: Words,
    /// What a person does about it.
    pub action: Words,
    /// How much it weighs.
    pub severity: Severity,
    /// Law it rests on, in words of the language asked for.
    pub basis: Vec<String>,
}

/// Writes one log with one run. Of a rule that `about` does not know, the id is given.
///
/// # Errors
/// Those of the writer.
pub fn render(
    lang: Lang,
    matters: &[Examined],
    about: &dyn Fn(&str) -> Option<About>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut run = Run { lang, rules: rules_of(matters), ..Run::default() };
    for one in matters {
        run.matter(one);
    }
    let rules: Vec<Value> = run.rules.keys().map(|id| rule(lang, id, about(id))).collect();
    let mut driver = json!({ "name": "vetmark", "rules": rules });
    if let Some(one) = matters.first() {
        driver["version"] = json!(one.engine.version);
    }
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": driver },
            "language": lang.pick("en-US", "zh-CN"),
            "columnKind": "unicodeCodePoints",
            "artifacts": run.artifacts,
            "results": run.results,
            "properties": { "matters": run.matters },
        }],
    });
    ndjson::indented(&log, out)
}

/// Every rule with its number: by id, so that the order of matters does not change it.
fn rules_of(matters: &[Examined]) -> BTreeMap<String, usize> {
    let parts = || matters.iter().flat_map(|one| &one.parts);
    let findings = parts().flat_map(|part| &part.findings).map(|finding| &finding.rule);
    let gaps = parts().flat_map(|part| &part.gaps).map(|gap| &gap.rule);
    let mut rules: BTreeMap<String, usize> =
        findings.chain(gaps).map(|id| (id.clone(), 0)).collect();
    rules.values_mut().enumerate().for_each(|(at, number)| *number = at);
    rules
}

fn rule(lang: Lang, id: &str, about: Option<About>) -> Value {
    let Some(about) = about else {
        return json!({ "id": id, "shortDescription": text(id), "help": text(id) });
    };
    let mut help = vec![lang.of(&about.meaning).trim(), lang.of(&about.action).trim()];
    help.extend(about.basis.iter().map(String::as_str));
    json!({
        "id": id,
        "shortDescription": text(lang.of(&about.title)),
        "fullDescription": text(lang.of(&about.meaning).trim()),
        "help": text(&help.join("\n\n")),
        "defaultConfiguration": { "level": level(about.severity) },
        "properties": { "basis": about.basis },
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Block => "error",
        Severity::Review => "warning",
        Severity::Note => "note",
    }
}

/// A message that is not itself read as one with links and placeholders
/// (SARIF 3.11.5, 3.11.6).
fn text(words: &str) -> Value {
    let mut plain = String::with_capacity(words.len());
    for c in words.chars() {
        match c {
            '{' | '}' => plain.extend([c, c]),
            '[' | ']' => plain.extend(['\\', c]),
            _ => plain.push(c),
        }
    }
    json!({ "text": plain })
}

/// A path as a URI reference: what is not plain is percent-encoded byte by byte.
fn uri(path: &str) -> String {
    let mut uri = String::from(if path.starts_with('/') { "file://" } else { "" });
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            _ => uri += &format!("%{byte:02X}"),
        }
    }
    uri
}

#[derive(Default)]
struct Run {
    lang: Lang,
    rules: BTreeMap<String, usize>,
    artifacts: Vec<Value>,
    results: Vec<Value>,
    matters: Vec<Value>,
}

impl Run {
    fn matter(&mut self, one: &Examined) {
        let mut numbers: BTreeMap<&[String], usize> = BTreeMap::new();
        for part in &one.parts {
            let index = self.artifacts.len();
            let parent = part.path.split_last().and_then(|(_, outer)| numbers.get(outer));
            self.artifacts.push(artifact(part, parent.copied()));
            numbers.insert(&part.path, index);
            for finding in &part.findings {
                self.finding(one, part, index, finding);
            }
            for gap in &part.gaps {
                self.gap(one, part, index, gap);
            }
        }
        let mut properties = json!({
            "source": one.source,
            "sha256": one.sha256,
            "verdict": one.verdict,
            "disclosure": "needs_human_approval",
            "nextStep": self.lang.of(&one.next_step),
            "asOf": one.as_of,
            "coverage": one.coverage,
            "rules": one.engine.rules,
            "dictionaries": one.engine.dictionaries,
        });
        if let Some(level) = &one.level {
            properties["level"] = json!(level);
        }
        if let Some(block) = &one.declassification {
            properties["declassification"] = json!(block);
        }
        self.matters.push(properties);
    }

    fn finding(&mut self, one: &Examined, part: &Part, index: usize, finding: &Finding) {
        let place = &finding.place;
        let mut properties = self.properties(one, part);
        properties.insert("finding".into(), json!(finding.id));
        properties.insert("severity".into(), json!(finding.severity));
        properties.insert("evidence".into(), json!(finding.evidence));
        properties.insert("basis".into(), json!(named::laws(self.lang, &finding.basis)));
        if let Some(level) = &finding.level {
            properties.insert("level".into(), json!(level));
        }
        if let Some(mark) = &finding.mark {
            properties.insert("term".into(), json!(named::term(self.lang, mark)));
        }
        if let Some(entry) = &finding.entry {
            properties.insert("entry".into(), json!(entry));
        }
        let range = place.char.map(|at| at.to_string()).join("-");
        let region = serde_json::to_string(&place.region).unwrap_or_default();
        let entry = finding.entry.as_deref().unwrap_or_default();
        let mut result = self.result(
            (&finding.rule, level(finding.severity)),
            self.lang.of(&finding.message),
            json!({
                "artifactLocation": { "uri": uri(name(part)), "index": index },
                "region": region_of(part, finding),
            }),
            fingerprint(&[&part.sha256, &finding.rule, &region, &range, entry]),
            properties,
        );
        result["locations"][0]["properties"] = whereabouts(place);
        if let Some(by) = &finding.suppressed {
            result["suppressions"] = json!([{
                "kind": "external",
                "status": "accepted",
                "justification": super::human::suppression_words(self.lang, by),
            }]);
        }
        self.results.push(result);
    }

    /// What was not read is as serious as what forbids: nobody knows what it says.
    fn gap(&mut self, one: &Examined, part: &Part, index: usize, gap: &Gap) {
        let limit = gap.limit.as_deref().unwrap_or_default();
        let unread = self.lang.pick("Not read: ", "未读部分：");
        let mut properties = self.properties(one, part);
        if !limit.is_empty() {
            properties.insert("limit".into(), json!(limit));
        }
        let result = self.result(
            (&gap.rule, "error"),
            &format!("{unread}{}", self.lang.message(&gap.detail)),
            json!({ "artifactLocation": { "uri": uri(name(part)), "index": index } }),
            fingerprint(&[&part.sha256, &gap.rule, limit, &gap.detail]),
            properties,
        );
        self.results.push(result);
    }

    fn result(
        &self,
        (rule, level): (&str, &str),
        message: &str,
        location: Value,
        fingerprint: String,
        properties: Map<String, Value>,
    ) -> Value {
        json!({
            "ruleId": rule,
            "ruleIndex": self.rules.get(rule),
            "kind": "fail",
            "level": level,
            "message": text(message),
            "locations": [{ "physicalLocation": location }],
            "partialFingerprints": { "vetmark/v1": fingerprint },
            "properties": properties,
        })
    }

    fn properties(&self, one: &Examined, part: &Part) -> Map<String, Value> {
        let mut properties = Map::new();
        properties.insert("matter".into(), json!(one.source));
        properties.insert("verdict".into(), json!(one.verdict));
        properties.insert("path".into(), json!(part.path));
        properties
    }
}

/// A part's own name: the innermost of its trail.
fn name(part: &Part) -> &str {
    part.path.last().map_or("", String::as_str)
}

fn artifact(part: &Part, parent: Option<usize>) -> Value {
    let mut artifact = json!({
        "location": { "uri": uri(name(part)) },
        "mimeType": part.media_type,
        "length": part.bytes,
        "hashes": { "sha-256": part.sha256 },
    });
    if let Some(parent) = parent {
        artifact["parentIndex"] = json!(parent);
    }
    artifact
}

/// Characters of the extracted text. A line counts from the top of its page: only in a
/// plain text's first page it is also the file's, and stands here.
fn region_of(part: &Part, finding: &Finding) -> Value {
    let place = &finding.place;
    let [from, to] = place.char;
    let mut region = json!({ "charOffset": from, "charLength": to - from });
    let of_the_file = part.media_type == "text/plain"
        && place.region == Region::Body
        && place.page.is_none_or(|page| page == 1);
    if let (true, Some(line)) = (of_the_file, place.line.filter(|line| *line > 0)) {
        region["startLine"] = json!(line);
    }
    if let Some(quote) = &finding.quote {
        region["snippet"] = json!({ "text": quote });
    }
    region
}

fn whereabouts(place: &Place) -> Value {
    let mut words = json!({ "region": place.region });
    if let Some(page) = place.page {
        words["page"] = json!(page);
    }
    if let Some(line) = place.line {
        words["line"] = json!(line);
    }
    if !place.label.is_empty() {
        words["label"] = json!(place.label);
    }
    words
}

/// The same for the same find in the same bytes, wherever they lie.
fn fingerprint(pieces: &[&str]) -> String {
    let mut digest = Sha256::new();
    for piece in pieces {
        digest.update((piece.len() as u64).to_le_bytes());
        digest.update(piece.as_bytes());
    }
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_uri_references() {
        for (path, want) in [
            ("in/报告 1.txt", "in/%E6%8A%A5%E5%91%8A%201.txt"),
            ("/a/b.txt", "file:///a/b.txt"),
            ("C:\\x", "C%3A%5Cx"),
            ("a?b#c%d", "a%3Fb%23c%25d"),
            ("javascript:alert(1)", "javascript%3Aalert%281%29"),
            ("-", "-"),
        ] {
            assert_eq!(uri(path), want);
        }
    }

    #[test]
    fn messages_hold_no_links_and_no_placeholders() {
        assert_eq!(text("see [x](1) {0}")["text"], "see \\[x\\](1) {{0}}");
    }

    #[test]
    fn fingerprints_tell_pieces_apart() {
        assert_ne!(fingerprint(&["ab", "c"]), fingerprint(&["a", "bc"]));
        assert_eq!(fingerprint(&["a"]).len(), 64);
    }
}
