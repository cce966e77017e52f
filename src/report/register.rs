//! The register of review forms (审查登记簿): one row a matter and channel, what was
//! found and what people said.

use super::filed::{Filed, Record, Taken};
use super::table::{Column, Table, column};
use super::{Lang, named, phrases};
use crate::model::{Severity, Step};

const COLUMNS: &[Column] = &[
    column("number", "Number", "编号", 9),
    column("source", "File", "文件", 32),
    column("title", "Title", "标题", 30),
    column("carrier", "Carrier form", "载体形式", 10),
    column("channel", "Channel", "公开渠道", 14),
    column("on", "Intended date", "拟公开时间", 11),
    column("basis", "Basis", "公开依据", 22),
    column("original", "Original level and term", "原密级和保密期限", 18),
    column("state", "Standing", "现状", 14),
    column("through", "Protected through", "保密期限至", 11),
    column("verdict", "Examination", "机器检查结论", 13),
    column("blocking", "Blocking findings", "禁止类发现", 8),
    column("reviewing", "Findings to review", "审查类发现", 8),
    column("unread", "Parts not read", "未读部分", 8),
    column("submitted_by", "Handling officer", "承办人", 11),
    column("submitted", "Submitted", "提出日期", 11),
    column("opinion", "Own opinion", "承办人意见", 22),
    column("reviewed_by", "Reviewer", "保密审查人", 11),
    column("reviewed", "Reviewed", "审查日期", 11),
    column("review", "Review", "审查意见", 28),
    column("decided_by", "Approver", "审批人", 11),
    column("decided", "Decided", "审批日期", 11),
    column("conclusion", "Conclusion", "结论", 13),
    column("reason", "Reason", "理由", 22),
    column("addressee", "Reported to", "报送机关", 14),
    column("deadline", "Deadline", "期限", 11),
    column("next", "Next step", "下一步", 12),
    column("as_of", "As of", "判定日期", 11),
    column("sha256", "SHA-256", "SHA-256", 20),
];

/// The register of these matters.
pub fn table(lang: Lang, matters: &[Filed]) -> Table {
    let rows = matters.iter().flat_map(|filed| {
        filed.each().into_iter().map(move |record| row(lang, filed, record).into())
    });
    Table { name: "Register", columns: COLUMNS, rows: rows.collect() }
}

fn row(lang: Lang, filed: &Filed, record: Option<&Record>) -> [String; 29] {
    let one = &filed.examined;
    let findings = || one.parts.iter().flat_map(|part| &part.findings);
    let count = |severity: Severity| {
        findings().filter(|f| f.severity == severity && f.suppressed.is_none()).count().to_string()
    };
    let block = one.declassification.as_ref();
    let day = |day: Option<crate::model::Date>| day.map(|day| day.to_string()).unwrap_or_default();
    let of = |get: &dyn Fn(&Record) -> String| record.map(get).unwrap_or_default();
    let step = |step: Step| record.and_then(|record| record.at(step));
    let said = |taken: Option<&Taken>| match taken {
        Some(taken) => [taken.person.clone(), taken.day().to_owned(), taken.words.clone()],
        None => Default::default(),
    };
    let [submitter, submitted, opinion] = said(step(Step::Submit));
    let [reviewer, reviewed, review] = said(step(Step::Review));
    let [approver, decided, reason] = said(step(Step::Decide));
    let conclusion = step(Step::Decide).and_then(|taken| taken.conclusion.as_ref());
    let upward = conclusion.and_then(|(_, upward)| upward.as_ref());
    [
        number(filed),
        one.source.clone(),
        of(&|record| record.title.clone()),
        of(&|record| lang.of(&record.carrier.words()).to_owned()),
        of(&|record| record.channel.clone()),
        of(&|record| record.on.clone()),
        of(&|record| record.basis.clone()),
        named::marks(lang, one).join(lang.pick("; ", "；")),
        block.map(|block| phrases::state(block.state).of(lang).to_owned()).unwrap_or_default(),
        day(block.and_then(|block| block.protected_through)),
        phrases::verdict(one.verdict).of(lang).to_owned(),
        count(Severity::Block),
        count(Severity::Review),
        one.coverage.unread.to_string(),
        submitter,
        submitted,
        opinion,
        reviewer,
        reviewed,
        review,
        approver,
        decided,
        conclusion.map(|(said, _)| lang.of(&said.words()).to_owned()).unwrap_or_default(),
        reason,
        upward.map(|(whom, _)| whom.clone()).unwrap_or_default(),
        upward.map(|(_, day)| day.clone()).unwrap_or_default(),
        of(&|record| lang.of(&record.next.words()).to_owned()),
        one.as_of.to_string(),
        one.sha256.clone(),
    ]
}

/// `3-1`: matter and version; nothing where there is no record.
pub(super) fn number(filed: &Filed) -> String {
    filed.number.map(|(matter, version)| format!("{matter}-{version}")).unwrap_or_default()
}
