//! Findings + gaps + policy + date → verdict.

use crate::dictionary::Dictionary;
use crate::model::{
    Coverage, Date, Disclosure, EngineId, Examination, Facts, Part, ReadState, Severity, Verdict,
    Words,
};

/// What is judged: the parts of one matter with what each says of itself.
#[derive(Debug)]
pub struct Case {
    /// What the matter is called.
    pub source: String,
    /// Its digest.
    pub sha256: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// Its parts, each container before what is packed in it.
    pub parts: Vec<(Part, Facts)>,
}

/// Judges a matter as of a day. A pure function.
pub fn judge(case: Case, dictionary: &Dictionary, as_of: Date) -> Examination {
    let mut coverage = Coverage::default();
    let mut verdict = Verdict::NoFinding;
    let mut parts = Vec::with_capacity(case.parts.len());
    for (part, _) in case.parts {
        coverage.parts += 1;
        if part.read == ReadState::Full {
            coverage.read += 1
        } else {
            coverage.unread += 1
        }
        if !part.gaps.is_empty() {
            verdict = verdict.max(Verdict::Incomplete);
        }
        for finding in &part.findings {
            verdict = verdict.max(match finding.severity {
                Severity::Note => Verdict::NoFinding,
                Severity::Review => Verdict::Review,
                Severity::Block => Verdict::Withhold,
            });
        }
        parts.push(part);
    }
    Examination {
        schema: "vetmark.examination/1",
        source: case.source,
        sha256: case.sha256,
        bytes: case.bytes,
        as_of,
        verdict,
        disclosure: Disclosure::NeedsHumanApproval,
        level: None,
        next_step: Words::default(),
        declassification: None,
        parts,
        coverage,
        engine: EngineId {
            name: "vetmark",
            version: env!("CARGO_PKG_VERSION"),
            rules: dictionary.rules_digest.clone(),
            dictionaries: dictionary.scopes_digest.clone(),
        },
    }
}
