//! What people say of a matter on record: who may do what, in which order, and
//! what each of them says. What the machine says is [`super::Verdict`]; no path
//! leads from there to here.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::finding::Words;

/// A list of values, each with the name it has in the store, on the command line
/// and in files, and with its words for people.
macro_rules! named {
    ($(#[$about:meta])* $type:ident: $($(#[$doc:meta])* $value:ident, $name:literal, $en:literal, $zh:literal;)+) => {
        $(#[$about])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash,
            ::serde::Serialize, ::serde::Deserialize,
        )]
        pub enum $type {
            $($(#[$doc])* #[serde(rename = $name)] $value,)+
        }

        impl $type {
            /// All of them, in order.
            pub const ALL: &[Self] = &[$(Self::$value),+];

            /// Its name in stores, files and commands.
            pub fn name(self) -> &'static str {
                match self { $(Self::$value => $name),+ }
            }

            /// Its words for people.
            pub fn words(self) -> Words {
                match self { $(Self::$value => Words::new($en, $zh)),+ }
            }
        }

        impl std::str::FromStr for $type {
            type Err = String;

            fn from_str(name: &str) -> std::result::Result<Self, String> {
                Self::ALL.iter().copied().find(|value| value.name() == name).ok_or_else(|| {
                    let all: Vec<_> = Self::ALL.iter().map(|value| value.name()).collect();
                    format!("one of {} is wanted", all.join(", "))
                })
            }
        }
    };
}

pub(crate) use named;

named! {
    /// What a person may do. The last three are the administrator's duties, which
    /// three different persons have, and who has one of them has no other role.
    Role:
    /// The handling officer, who proposes.
    Submitter, "submitter", "handling officer", "承办人";
    /// Whoever is asked on the way: business department, organiser, other bodies.
    Adviser, "adviser", "adviser", "会商人";
    /// Of the office that reviews for confidentiality.
    Reviewer, "reviewer", "confidentiality reviewer", "保密审查人";
    /// The person in charge, who decides.
    Approver, "approver", "approver", "审批人";
    /// Reads everything and changes nothing.
    Auditor, "auditor", "security auditor", "安全审计员";
    /// Enters persons, keeps the store.
    SystemAdministrator, "system-administrator", "system administrator", "系统管理员";
    /// Gives and takes roles, sets the policy of steps.
    SecurityAdministrator, "security-administrator", "security administrator", "安全保密管理员";
}

named! {
    /// The steps of a matter on its way to a channel, in their order. Between the
    /// first and the last, those in the middle are taken where the policy asks. The two
    /// behind the last end a proposal without a decision.
    Step:
    /// The handling officer proposes.
    Submit, "submit", "proposal", "提出";
    /// The business department says what it thinks.
    Department, "department", "business department", "业务主管部门意见";
    /// So does whoever holds the meeting at which it is to be released.
    Organiser, "organiser", "organiser of the meeting", "会议主办单位意见";
    /// The confidentiality reviewer reviews.
    Review, "review", "confidentiality review", "保密审查";
    /// A second reviewer does.
    SecondReview, "second-review", "second review", "复审";
    /// Other bodies are consulted.
    Consult, "consult", "consultation", "征求意见";
    /// The person in charge decides.
    Decide, "decide", "decision", "审批";
    /// Nothing more is to be done.
    Closed, "closed", "closed", "办结";
    /// The handling officer takes the proposal back.
    Withdraw, "withdraw", "withdrawal", "撤回";
    /// Whoever's turn it is to review or decide gives it back.
    Return, "return", "return", "退回";
}

impl Step {
    /// The role that takes it; nobody takes [`Step::Closed`], and [`Step::Return`] is
    /// taken by the role of the step that is returned from.
    pub fn role(self) -> Option<Role> {
        match self {
            Self::Submit | Self::Withdraw => Some(Role::Submitter),
            Self::Department | Self::Organiser | Self::Consult => Some(Role::Adviser),
            Self::Review | Self::SecondReview => Some(Role::Reviewer),
            Self::Decide => Some(Role::Approver),
            Self::Closed | Self::Return => None,
        }
    }

    /// Whether a proposal that stands here ended without a decision.
    pub fn is_undone(self) -> bool {
        matches!(self, Self::Withdraw | Self::Return)
    }

    /// Whether a proposal may be returned from here: it is to be reviewed or decided.
    pub fn may_return(self) -> bool {
        matches!(self, Self::Review | Self::SecondReview | Self::Decide)
    }

    /// Whether the policy says if it is taken.
    pub fn is_optional(self) -> bool {
        matches!(self, Self::Department | Self::Organiser | Self::SecondReview | Self::Consult)
    }
}

named! {
    /// What is to be done by a day.
    Due:
    /// What is reported upward, until it was (保守国家秘密法实施条例2024 第25条).
    Report, "report", "report upward", "报请上级确定";
    /// A leak, until it was reported: 24 hours
    /// (保守国家秘密法实施条例2024 第61条).
    Leak, "leak", "report of a leak", "泄露报告";
    /// A step, by the policy of the office.
    Step, "step", "step of the procedure", "办理步骤";
    /// A mark whose term ends: who determined it decides before that whether it goes
    /// on (国家秘密解密暂行办法2020 第4条).
    Expiry, "expiry", "end of a term", "保密期限届满";
}

named! {
    /// When an optional step is taken.
    Asked:
    /// Not at all.
    Never, "never", "never", "不需要";
    /// Where it is to be released at a meeting.
    Meeting, "meeting", "for releases at meetings", "会议发布时";
    /// For every proposal.
    Always, "always", "always", "均需要";
}

named! {
    /// In what form it is to be disclosed (载体形式).
    Carrier:
    /// An official document.
    Document, "document", "official document", "公文";
    /// A manuscript.
    Manuscript, "manuscript", "manuscript", "稿件";
    /// An exhibition.
    Exhibition, "exhibition", "exhibition", "展览";
    /// An interview.
    Interview, "interview", "interview", "采访";
    /// Sound or pictures.
    Recording, "recording", "audio or video", "音像";
    /// Anything else.
    Other, "other", "other", "其他";
}

named! {
    /// What a reviewer says of a finding.
    Ruling:
    /// It is what it seems.
    Upheld, "upheld", "upheld", "成立";
    /// It is not.
    Overturned, "overturned", "overturned", "不成立";
    /// It is left to whoever decides.
    Left, "left", "left open", "存疑";
}

named! {
    /// What a matter ends in. A person says it.
    Conclusion:
    /// All of it may be disclosed.
    Disclose, "disclose", "disclose", "公开";
    /// Some of it may, once the rest is taken out.
    Part, "part", "disclose in part", "部分公开";
    /// None of it.
    Withhold, "withhold", "do not disclose", "不予公开";
    /// Once it is declassified.
    Declassify, "declassify", "declassify first, then disclose", "先解密再公开";
    /// Nobody here may decide: it is reported upward.
    Report, "report", "report upward", "报上级确定";
}

/// What the handling officer proposes (承办人提出).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// What it is called.
    pub title: String,
    /// In what form.
    pub carrier: Carrier,
    /// Where it is to be disclosed: a website, a newspaper, a meeting. One matter has
    /// one record for each.
    pub channel: String,
    /// When.
    pub on: Date,
    /// Whether that is at a meeting.
    pub meeting: bool,
    /// By what it is held to be fit for disclosure.
    pub basis: String,
    /// The officer's own opinion.
    pub opinion: String,
}

/// What a reviewer says of one finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ruled {
    /// The finding, by its id in the examination.
    pub finding: String,
    /// What is said of it.
    pub ruling: Ruling,
    /// Why; never empty.
    pub reason: String,
}

/// A person's word for a part the machine could not read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attested {
    /// The part, from 1 in the order of the examination.
    pub part: u32,
    /// What the person found when reading it; never empty.
    pub words: String,
}

/// What is said at a step between proposal and decision.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// In words.
    pub opinion: String,
    /// Of findings.
    pub rulings: Vec<Ruled>,
    /// Of parts that were not read.
    pub attested: Vec<Attested>,
}

/// What a matter ends in, for one channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disposition {
    /// The conclusion.
    pub conclusion: Conclusion,
    /// Why; never empty.
    pub reason: String,
    /// To whom it is reported and by when, where it is reported upward.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upward: Option<Upward>,
}

/// A report to whoever may decide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upward {
    /// To whom.
    pub addressee: String,
    /// The last day.
    pub deadline: Date,
}

/// What a person had before them: a decision about anything else is refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// How often the matter was opened, from 1: raised whenever it is reopened.
    pub version: u32,
    /// SHA-256 of its bytes in lower-case hex.
    pub sha256: String,
    /// Digest of what the machine found in it.
    pub evidence: String,
}
