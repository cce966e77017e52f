//! What is to be done with a matter, by verdict.

use crate::model::{Verdict, Words};

/// The step of a matter in which nothing counts but what persons decided about.
pub(super) fn nothing_else(suppressed: u32) -> Words {
    Words::new(
        format!(
            "Nothing was found beside what persons decided does not count ({suppressed}); human approval is still required before disclosure."
        ),
        format!("除经人员决定排除的{suppressed}处外未发现问题；公开前仍须经人工审批。"),
    )
}

/// The step a verdict names. None of them releases.
pub(super) fn words(verdict: Verdict) -> Words {
    match verdict {
        Verdict::Withhold => Words::new(
            "Do not disclose or send. The original classifying body reviews declassification.",
            "不得公开、不得发送；由原定密机关、单位进行解密审核。",
        ),
        Verdict::Refer => Words::new(
            "Nobody here may decide alone: report to the competent department or the secrecy administration within the time the edition in force sets.",
            "本单位不得自行决定：在现行规定的期限内报业务主管部门或者保密行政管理部门确定。",
        ),
        Verdict::Incomplete => Words::new(
            "A person reads the parts that could not be read before anything is decided.",
            "由人工阅读未能读取的部分，在此之前不得作出决定。",
        ),
        Verdict::Review => Words::new(
            "Confidentiality review of the listed findings by a named person.",
            "由指定人员对所列发现逐项进行保密审查。",
        ),
        Verdict::NoFinding => Words::new(
            "Nothing was found; human approval is still required before disclosure.",
            "未发现问题；公开前仍须经人工审批。",
        ),
    }
}
