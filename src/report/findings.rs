//! Findings and gaps as a table, one row each, and one row for a matter that has neither,
//! so that every matter is seen.

use super::examined::{Examined, Finding, Gap, Part};
use super::table::{Column, Table, column};
use super::{Lang, named, phrases};

const COLUMNS: &[Column] = &[
    column("matter", "Matter", "事项", 30),
    column("verdict", "Verdict", "结论", 12),
    column("part", "Part", "部分", 36),
    column("kind", "Kind", "类别", 9),
    column("id", "Id", "编号", 6),
    column("rule", "Rule", "规则", 24),
    column("severity", "Severity", "程度", 9),
    column("level", "Level", "密级", 8),
    column("term", "Term", "保密期限", 12),
    column("region", "Region", "位置", 12),
    column("page", "Page", "页", 6),
    column("line", "Line", "行", 6),
    column("from", "From", "起", 7),
    column("to", "To", "止", 7),
    column("message", "What it means", "说明", 44),
    column("quote", "Quote", "原文", 24),
    column("evidence", "Evidence", "依据特征", 30),
    column("basis", "Law", "法律依据", 40),
    column("suppressed", "Suppressed by", "排除决定", 16),
    column("as_of", "As of", "判定日期", 11),
    column("matter_sha256", "SHA-256 of the matter", "事项SHA-256", 20),
    column("part_sha256", "SHA-256 of the part", "部分SHA-256", 20),
];

/// The cells of a row.
type Cells = [String; 22];

/// The table of these matters.
pub fn table<'a>(lang: Lang, matters: impl IntoIterator<Item = &'a Examined>) -> Table {
    let rows = matters.into_iter().flat_map(|one| rows(lang, one)).collect();
    Table { name: "Findings", columns: COLUMNS, rows }
}

/// The rows of one matter.
fn rows(lang: Lang, one: &Examined) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for part in &one.parts {
        rows.extend(part.findings.iter().map(|found| of_finding(lang, one, part, found).into()));
        rows.extend(part.gaps.iter().map(|gap| of_gap(lang, one, part, gap).into()));
    }
    if rows.is_empty() {
        let mut cells = blank(one);
        cells[3] = "none".into();
        cells[14] = phrases::heading(one.verdict).of(lang).into();
        rows.push(cells.into());
    }
    rows
}

/// A row with what is the matter's.
fn blank(one: &Examined) -> Cells {
    let mut cells = Cells::default();
    cells[0].clone_from(&one.source);
    cells[1] = one.verdict.name().into();
    cells[19] = one.as_of.to_string();
    cells[20].clone_from(&one.sha256);
    cells
}

fn of_part(one: &Examined, part: &Part, kind: &str) -> Cells {
    let mut cells = blank(one);
    cells[2] = part.path.join(" › ");
    cells[3] = kind.into();
    cells[21].clone_from(&part.sha256);
    cells
}

fn of_finding(lang: Lang, one: &Examined, part: &Part, finding: &Finding) -> Cells {
    let place = &finding.place;
    let number = |n: Option<u32>| n.map(|n| n.to_string()).unwrap_or_default();
    let mut cells = of_part(one, part, "finding");
    cells[4].clone_from(&finding.id);
    cells[5].clone_from(&finding.rule);
    cells[6] = phrases::severity(finding.severity).en.into();
    cells[7] = finding.level.as_ref().map(named::level).unwrap_or_default();
    cells[8] = finding.mark.as_ref().map(|mark| named::term(lang, mark)).unwrap_or_default();
    cells[9] = phrases::region(place.region).of(lang).into();
    if !place.label.is_empty() {
        cells[9] += &format!(": {}", place.label);
    }
    cells[10] = number(place.page);
    cells[11] = number(place.line);
    [cells[12], cells[13]] = place.char.map(|n| n.to_string());
    cells[14] = lang.of(&finding.message).into();
    cells[15] = finding.quote.clone().unwrap_or_default();
    cells[16] = finding.evidence.join("; ");
    cells[17] = named::laws(lang, &finding.basis).join("; ");
    if let Some(by) = &finding.suppressed {
        cells[18] = super::human::suppression_words(lang, by);
    }
    cells
}

fn of_gap(lang: Lang, one: &Examined, part: &Part, gap: &Gap) -> Cells {
    let mut cells = of_part(one, part, "gap");
    cells[5].clone_from(&gap.rule);
    let detail = lang.message(&gap.detail);
    cells[14] = match &gap.limit {
        Some(limit) => format!("{limit}: {detail}"),
        None => detail.into_owned(),
    };
    cells
}
