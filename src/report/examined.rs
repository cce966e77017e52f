//! An examination as a line of `scan --format ndjson` has it: what papers are made of.
//! The line may come from anybody; what does not fit the published schema is an error,
//! and fields that are not known are left alone.

use serde::Deserialize;

use crate::model::{
    Coverage, Date, Declassification, Level, Region, Severity, Suppression, Verdict, Words,
};

/// One matter.
#[derive(Clone, Debug, Deserialize)]
pub struct Examined {
    schema: Schema,
    /// What the matter is called.
    pub source: String,
    /// Digest of its bytes.
    pub sha256: String,
    /// The day it was judged on.
    pub as_of: Date,
    /// The verdict.
    pub verdict: Verdict,
    /// The highest live level.
    pub level: Option<Level>,
    /// What to do now.
    pub next_step: Words,
    /// The archivist's block.
    pub declassification: Option<Declassification>,
    /// Its documents: each container before what is packed in it.
    pub parts: Vec<Part>,
    /// What was read and what was not.
    pub coverage: Coverage,
    /// What made it.
    pub engine: Engine,
}

/// The one kind of line that is read.
#[derive(Clone, Copy, Debug, Deserialize)]
enum Schema {
    #[serde(rename = "vetmark.examination/1")]
    One,
}

/// One document of a matter.
#[derive(Clone, Debug, Deserialize)]
pub struct Part {
    /// The trail, outermost first.
    pub path: Vec<String>,
    /// Type by content.
    pub media_type: String,
    /// Digest of its bytes.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
    /// What could not be read.
    pub gaps: Vec<Gap>,
    /// What was found.
    pub findings: Vec<Finding>,
}

/// Something that could not be read.
#[derive(Clone, Debug, Deserialize)]
pub struct Gap {
    /// `gap.encrypted` and the like.
    pub rule: String,
    /// Which limit was reached.
    pub limit: Option<String>,
    /// What was tried, and what came of it.
    pub detail: String,
}

/// Something found.
#[derive(Clone, Debug, Deserialize)]
pub struct Finding {
    /// `f1`, `f2` …
    pub id: String,
    /// The rule.
    pub rule: String,
    /// How much it weighs.
    pub severity: Severity,
    /// The level it claims.
    pub level: Option<Level>,
    /// The mark, where it is one.
    pub mark: Option<Mark>,
    /// Where it stands.
    pub place: Place,
    /// Text of the document, where quotes were on.
    pub quote: Option<String>,
    /// Why it was taken for what it is.
    pub evidence: Vec<String>,
    /// Law it rests on.
    pub basis: Vec<String>,
    /// The dictionary entry that matched.
    pub entry: Option<String>,
    /// The decision by which it does not count.
    pub suppressed: Option<Suppression>,
    /// What it means.
    pub message: Words,
}

/// What a mark says.
#[derive(Clone, Debug, Deserialize)]
pub struct Mark {
    /// Its term.
    pub term: Term,
}

/// How long a mark protects, in the contract's words.
#[derive(Clone, Debug, Deserialize)]
pub struct Term {
    /// `duration`, `date`, `condition`, `indefinite` or `none`.
    pub kind: String,
    /// An ISO 8601 duration, a day, or a condition's words.
    pub value: Option<String>,
}

/// Where a finding stands.
#[derive(Clone, Debug, Deserialize)]
pub struct Place {
    /// Region of the page or document.
    pub region: Region,
    /// Page, from 1.
    pub page: Option<u32>,
    /// Line on that page within its region, from 1.
    pub line: Option<u32>,
    /// Characters of the part's text, from and to.
    pub char: [u64; 2],
    /// What the place is called.
    #[serde(default)]
    pub label: String,
}

/// What made an examination.
#[derive(Clone, Debug, Deserialize)]
pub struct Engine {
    /// Its version.
    pub version: String,
    /// Digest of the rules.
    pub rules: String,
    /// Digest of the dictionaries.
    pub dictionaries: String,
}

impl Examined {
    /// Reads a line.
    ///
    /// # Errors
    /// What does not fit, by column.
    pub fn read(line: &str) -> Result<Self, serde_json::Error> {
        let one: Self = serde_json::from_str(line)?;
        let Schema::One = one.schema;
        if one.parts.iter().any(|part| part.path.is_empty()) {
            return Err(serde::de::Error::custom("a part without a path"));
        }
        let backwards = |found: &Finding| found.place.char[0] > found.place.char[1];
        if one.parts.iter().flat_map(|part| &part.findings).any(backwards) {
            return Err(serde::de::Error::custom("a place that ends before it begins"));
        }
        Ok(one)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Severity;
    use crate::report::tests::{examination, finding, part};

    #[test]
    fn what_scan_writes_is_read_and_nothing_else() {
        let found = finding("cn.mark.state-secret", Severity::Block);
        let one = examination(vec![part(&["a.txt"], vec![found])]);
        let line = serde_json::to_string(&one).unwrap();
        let read = Examined::read(&line).unwrap();
        assert_eq!(read.parts[0].findings[0].quote.as_deref(), Some("机密★10年"));
        for (from, to) in [
            ("vetmark.examination/1", "vetmark.examination/2"),
            ("\"no_finding\"", "\"release\""),
            ("[\"a.txt\"]", "[]"),
            ("\"char\":[0,6]", "\"char\":[7,6]"),
            ("\"char\":[0,6]", "\"char\":[-1,6]"),
            ("\"verdict\"", "\"verdikt\""),
        ] {
            assert!(line.contains(from), "{from}");
            assert!(Examined::read(&line.replace(from, to)).is_err(), "{to}");
        }
        for end in (0..line.len()).filter(|&end| line.is_char_boundary(end)) {
            assert!(Examined::read(&line[..end]).is_err(), "{end}");
        }
    }
}
