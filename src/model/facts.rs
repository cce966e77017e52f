//! What a document says of itself: who issued it, when, under which number.

use jiff::civil::Date;

/// Facts of one part that the judge weighs findings by.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    /// Dates the term may be counted from, best first.
    pub issue_dates: Vec<IssueDate>,
}

/// A date a term may be counted from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssueDate {
    /// The day.
    pub date: Date,
    /// Where it was read: `成文日期`, `印发日期`, `发文字号`.
    pub from: &'static str,
}
