//! What a document says of itself: who issued it, when, under which number.

use jiff::civil::Date;

use super::finding::Finding;
use super::marking::Term;
use super::suppression::Decided;

/// Facts of one part that the judge weighs findings by.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Dates the term may be counted from, best first.
    pub issue_dates: Vec<IssueDate>,
    /// The issuing body, as its red head, signature or document number line names it.
    pub issuing_body: Option<String>,
    /// Whether the page has the layout of an official document (公文).
    pub official: bool,
    /// Whether a copy number (份号) stands at its head.
    pub copy_number: bool,
    /// Classified documents it cites, each as the finding it becomes where the
    /// document itself bears no mark.
    pub citations: Vec<Finding>,
    /// Labels that say it is not classified (密级：公开), as the finding each
    /// becomes where a mark says otherwise.
    pub unclassified: Vec<Finding>,
    /// Days after which banner regimes say the document is declassified, by regime.
    pub declassify_on: Vec<(String, Date)>,
    /// Marks spoken about, or repeated, beyond what one part's findings name.
    pub left_out: usize,
    /// Notices that the term was extended.
    pub extensions: Vec<Extension>,
    /// Quantities that stay below the threshold of a scope's entry, each as the
    /// finding it becomes where all of them together do not.
    pub pieces: Vec<Piece>,
    /// Foreign level words in a mark's place.
    pub translations: Vec<Finding>,
    /// People's decisions about places of it.
    pub decided: Vec<Decided>,
}

/// A date a term may be counted from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssueDate {
    /// The day.
    pub date: Date,
    /// Where it was read: `成文日期`, `印发日期`, `标注日期`, `邮件日期`, `发文字号`.
    pub from: &'static str,
}

/// A notice on the paper that the term of its marks was extended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extension {
    /// The new last day, or the time added to the old one.
    pub until: Term,
    /// The day it was decided, where the notice says it.
    pub decided: Option<Date>,
    /// Where it stands: characters of the part's text, from and to.
    pub chars: [usize; 2],
}

/// A quantity beside the words of a scope's entry, below what the entry asks for.
#[derive(Clone, Debug)]
pub struct Piece {
    /// Index into the dictionary's entries.
    pub entry: usize,
    /// Index into the entry's quantities.
    pub condition: usize,
    /// The quantity, in its measure's unit.
    pub value: f64,
    /// The finding, at the quantity.
    pub finding: Finding,
}
