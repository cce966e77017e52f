//! Examinations to render, as literals.

use crate::model::{
    Coverage, Date, Disclosure, EngineId, Evidence, Examination, Finding, Level, Mark, MarkForm,
    Part, Place, ReadState, Region, Severity, Term, TermLength, Verdict, Words,
};

/// A finding of a 机密★10年 on the second line.
pub(super) fn finding(rule: &str, severity: Severity) -> Finding {
    Finding {
        id: "f1".into(),
        rule: rule.into(),
        severity,
        level: Some(Level { regime: "cn".into(), id: "jimi".into(), rank: 2 }),
        mark: Some(Mark {
            form: MarkForm::Canonical,
            level: "jimi".into(),
            term: Term::Duration(TermLength { years: 10, ..TermLength::default() }),
        }),
        place: Place {
            region: Region::Body,
            page: Some(1),
            line: Some(2),
            char: [0, 6],
            ..Place::default()
        },
        quote: Some("机密★10年".into()),
        context: Some("机密★10年 特急".into()),
        evidence: vec![Evidence {
            id: "own-line".into(),
            words: Words::new("own line", "独占一行"),
            weight: 3,
        }],
        basis: vec!["保守国家秘密法2010 第17条".into()],
        entry: None,
        missing_qualifiers: None,
        suppressed: None,
        unheeded: None,
        message: Words::new("A mark.", "标志。"),
        span: 0..15,
        said: crate::model::Said::default(),
    }
}

/// A fully read part.
pub(super) fn part(path: &[&str], findings: Vec<Finding>) -> Part {
    Part {
        path: path.iter().map(|&name| name.to_owned()).collect(),
        media_type: "text/plain".into(),
        sha256: "0".repeat(64),
        bytes: 3,
        pages: Some(1),
        encoding: None,
        read: ReadState::Full,
        gaps: Vec::new(),
        notes: Vec::new(),
        findings,
    }
}

/// An examination of these parts.
pub(super) fn examination(parts: Vec<Part>) -> Examination {
    let count = parts.len() as u64;
    Examination {
        schema: "vetmark.examination/1",
        source: parts[0].path[0].clone(),
        sha256: "0".repeat(64),
        bytes: 3,
        as_of: Date::constant(2026, 11, 23),
        verdict: Verdict::NoFinding,
        disclosure: Disclosure::NeedsHumanApproval,
        level: None,
        next_step: Words::default(),
        declassification: None,
        parts,
        coverage: Coverage { parts: count, read: count, unread: 0, excluded: 0 },
        engine: EngineId {
            name: "vetmark",
            version: "0.0.0",
            rules: "r".repeat(64),
            dictionaries: "d".repeat(64),
            suppressions: None,
            budget: None,
        },
    }
}
