//! Holds `docs/examination.schema.json` against what the program writes, and
//! what the program may write against the schema.

use boon::{Compiler, SchemaIndex, Schemas};
use serde_json::Value;
use vetmark::model::{
    Coverage, Date, Declassification, DeclassificationState, Disclosure, Encoding, EngineId,
    Evidence, Examination, Finding, Gap, GapKind, Level, Limit, Mark, MarkForm, Note, Part, Place,
    ReadState, Rect, Region, Severity, Suppression, Term, TermLength, Verdict, Words,
};
use vetmark::report::{Quotes, ndjson};

use crate::support::{fixtures, run, tree};

/// The published schema, and a stricter one under which a field that it does not
/// describe is wrong: a reader of the schema must learn of every field.
struct Schema {
    schemas: Schemas,
    published: SchemaIndex,
    strict: SchemaIndex,
}

impl Schema {
    fn read() -> Self {
        let text = std::fs::read_to_string(tree("docs/examination.schema.json")).unwrap();
        let mut published: Value = serde_json::from_str(&text).unwrap();
        published.as_object_mut().unwrap().remove("$id");
        let mut strict = published.clone();
        close(&mut strict);
        let mut compiler = Compiler::new();
        let mut schemas = Schemas::new();
        compiler.add_resource("http://localhost/published.json", published).unwrap();
        compiler.add_resource("http://localhost/strict.json", strict).unwrap();
        let mut compile = |name| compiler.compile(name, &mut schemas).unwrap();
        let published = compile("http://localhost/published.json");
        let strict = compile("http://localhost/strict.json");
        Self { schemas, published, strict }
    }

    fn check(&self, line: &Value) {
        for schema in [self.published, self.strict] {
            if let Err(error) = self.schemas.validate(line, schema) {
                panic!("{error}\n{line:#}");
            }
        }
    }

    fn refuses(&self, line: &Value) -> bool {
        self.schemas.validate(line, self.published).is_err()
    }
}

/// Forbids further properties wherever a schema describes an object.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            if fields.get("type").is_some_and(|t| t == "object") {
                fields.insert("additionalProperties".into(), false.into());
            }
            fields.values_mut().for_each(close);
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

fn check_run(schema: &Schema, arguments: &[&str]) -> usize {
    let ran = run(&fixtures(), &[&["scan", "--format", "ndjson"], arguments].concat());
    let mut lines = ran.lines();
    for line in &mut lines {
        // A program without rules has no digest of them.
        for digest in ["rules", "dictionaries"] {
            if line["engine"][digest] == "" {
                line["engine"][digest] = "0".repeat(64).into();
            }
        }
        schema.check(line);
    }
    lines.len()
}

#[test]
fn real_output_is_as_the_schema_says() {
    let schema = Schema::read();
    let mut seen = 0;
    for quotes in ["--quotes=on", "--quotes=off"] {
        seen += check_run(&schema, &[quotes, "in"]);
        seen += check_run(&schema, &[quotes, "--matter-by", "folder", "in"]);
    }
    assert!(seen >= 16, "{seen} lines");
}

fn suppression() -> Suppression {
    Suppression {
        id: "s-0123456789ab".into(),
        owner: "Li Hong".into(),
        reason: "A form for cooks.".into(),
        made: Date::constant(2026, 11, 20),
        expires: Date::constant(2027, 11, 20),
    }
}

/// One of everything that can be said.
fn everything() -> Examination {
    let words = || Words::new("words", "话");
    let level = || Level { regime: "cn".into(), id: "jimi".into(), rank: 2 };
    let terms = [
        Term::Duration(TermLength { years: 1, months: 6, days: 0 }),
        Term::Date(Date::constant(2034, 3, 1)),
        Term::Condition("启用前".into()),
        Term::Indefinite,
        Term::None,
    ];
    let regions = [
        Region::Body,
        Region::Header,
        Region::Footer,
        Region::Cell,
        Region::TextBox,
        Region::Note,
        Region::Comment,
        Region::Annotation,
        Region::FormField,
        Region::Watermark,
        Region::Property,
        Region::FileName,
        Region::Subject,
        Region::MailHeader,
        Region::Hidden,
        Region::Deleted,
        Region::AltText,
        Region::Image,
        Region::AttachmentName,
    ];
    let forms = [MarkForm::Canonical, MarkForm::Tolerated, MarkForm::Malformed];
    let severities = [Severity::Block, Severity::Review, Severity::Note];
    let findings = regions.into_iter().enumerate().map(|(at, region)| Finding {
        id: format!("f{}", at + 1),
        rule: "cn.mark.state-secret".into(),
        severity: severities[at % 3],
        level: Some(level()),
        mark: Some(Mark {
            form: forms[at % 3],
            level: "jimi".into(),
            term: terms[at % terms.len()].clone(),
        }),
        place: Place {
            region,
            page: Some(1),
            line: Some(2),
            char: [7, 13],
            bbox: Some(Rect { x0: 79.4, y0: 120.1, x1: 160.0, y1: 136.2 }),
            label: "first".into(),
        },
        quote: Some("机密★10年".into()),
        context: Some("机密★10年".into()),
        evidence: vec![Evidence { id: "own-line".into(), words: words(), weight: 1 }],
        basis: vec!["保守国家秘密法2010 第17条".into()],
        entry: Some("entry".into()),
        missing_qualifiers: Some(vec!["qualifier".into()]),
        suppressed: Some(suppression()),
        unheeded: Some(suppression()),
        message: words(),
        span: 0..15,
        said: vetmark::model::Said::default(),
    });
    use GapKind as G;
    let limits = [
        Limit::Bytes,
        Limit::Ratio,
        Limit::Parts,
        Limit::Depth,
        Limit::Pages,
        Limit::Text,
        Limit::Time,
        Limit::Memory,
    ];
    let kinds = [
        G::Encrypted,
        G::Damaged,
        G::Unsupported,
        G::ImageOnly,
        G::GarbledText,
        G::Crashed,
        G::MissingPart,
    ];
    let gaps = kinds.into_iter().chain(limits.map(G::Limit));
    let part = |read| Part {
        path: vec!["in/press.zip".into(), "a/附件1.docx".into()],
        media_type: "application/pdf".into(),
        sha256: "0".repeat(64),
        bytes: 20_111,
        pages: Some(3),
        encoding: Some(Encoding { name: "GB18030", confidence: 0.9 }),
        read,
        gaps: Vec::new(),
        notes: vec![Note { id: "name-mismatch", message: words() }],
        findings: Vec::new(),
    };
    let mut parts: Vec<_> =
        [ReadState::Full, ReadState::Ocr, ReadState::Partial, ReadState::None].map(part).into();
    parts[2].gaps = gaps.map(|kind| Gap::new(kind, "detail")).collect();
    parts[0].findings = findings.collect();
    Examination {
        schema: "vetmark.examination/1",
        source: "in/press.zip".into(),
        sha256: "0".repeat(64),
        bytes: 48_213,
        as_of: Date::constant(2026, 11, 23),
        verdict: Verdict::Withhold,
        disclosure: Disclosure::NeedsHumanApproval,
        level: Some(level()),
        next_step: words(),
        declassification: Some(Declassification {
            state: DeclassificationState::InForce,
            protected_through: Some(Date::constant(2034, 3, 1)),
            issue_date: Some(Date::constant(2014, 3, 1)),
            issue_date_from: Some("成文日期".into()),
            edition: Some("L10/R14/DM14".into()),
            implicit_term: false,
            original_classifying_body: Some("云岭省档案局".into()),
            archives_open: Some(Date::constant(2039, 3, 1)),
            questions: vec![words()],
        }),
        parts,
        coverage: Coverage { parts: 4, read: 2, unread: 2, excluded: 0 },
        engine: EngineId {
            name: "vetmark",
            version: "0.1.0",
            rules: "0".repeat(64),
            dictionaries: "0".repeat(64),
            suppressions: Some("0".repeat(64)),
            budget: Some("pages=500 ratio=100".into()),
        },
    }
}

fn written(examination: &Examination) -> Value {
    let mut line = Vec::new();
    ndjson::render(examination, &mut line).unwrap();
    serde_json::from_slice(&line).unwrap()
}

#[test]
fn everything_that_can_be_said_is_in_the_schema() {
    let schema = Schema::read();
    let mut examination = everything();
    schema.check(&written(&examination));
    for verdict in Verdict::STRONGEST_FIRST {
        examination.verdict = verdict;
        schema.check(&written(&examination));
    }
    use DeclassificationState as State;
    for state in [
        State::InForce,
        State::Expired,
        State::Condition,
        State::Indefinite,
        State::Cancelled,
        State::Pre1991,
        State::UnknownDate,
        State::Unmarked,
    ] {
        examination.declassification.as_mut().unwrap().state = state;
        schema.check(&written(&examination));
    }
    Quotes::OFF.apply(&mut examination);
    let line = written(&examination);
    schema.check(&line);
    assert!(!line.to_string().contains("\"quote\""));
}

#[test]
fn the_schema_refuses_what_may_not_be_said() {
    let schema = Schema::read();
    let good = written(&everything());
    for (pointer, wrong) in [
        ("/verdict", "release"),
        ("/disclosure", "approved"),
        ("/schema", "vetmark.examination/2"),
        ("/sha256", "ABC"),
        ("/as_of", "today"),
        ("/parts/0/read", "mostly"),
        ("/parts/2/gaps/0/rule", "gap.unknown"),
        ("/parts/0/findings/0/severity", "fatal"),
        ("/parts/0/findings/0/place/region", "margin"),
        ("/parts/0/findings/0/mark/form", "perfect"),
        ("/parts/0/findings/0/mark/term/value", "ten years"),
    ] {
        let mut line = good.clone();
        *line.pointer_mut(pointer).unwrap() = wrong.into();
        assert!(schema.refuses(&line), "{pointer} = {wrong}");
    }
    for (object, field) in [("", "coverage"), ("/parts/2/gaps/7", "limit"), ("/parts/0", "gaps")] {
        let mut line = good.clone();
        let removed = line.pointer_mut(object).unwrap().as_object_mut().unwrap().remove(field);
        assert!(removed.is_some(), "{object}/{field}");
        assert!(schema.refuses(&line), "{object} without {field}");
    }
}
