//! The author's slip: what was met, what to do, whom to ask; in both languages, and
//! without a word of the document, so that it may go where the document may not.

use std::collections::BTreeSet;

use super::policy::Action;
use crate::model::{Examination, GapKind, Severity, Verdict, Words};

/// The slip for whoever sent something.
pub(super) fn slip(
    examination: &Examination,
    action: Action,
    contact: &Words,
    matter: Option<i64>,
) -> Words {
    let said = vec![became(action), why(examination.verdict), todo(examination)];
    with_whom_to_ask(said, contact, matter)
}

/// The slip for whoever sent something that a person has decided about.
pub(super) fn decided(goes: bool, contact: &Words, matter: i64) -> Words {
    let said = match goes {
        true => Words::new(
            "A person reviewed this and let it go; it is on its way.",
            "已经人工审查，准予放行，正在发出。",
        ),
        false => Words::new(
            "A person reviewed this and decided that it does not go as it is; it was not delivered.",
            "已经人工审查，决定不按原样放行，未予发出。",
        ),
    };
    with_whom_to_ask(vec![said], contact, Some(matter))
}

fn with_whom_to_ask(mut said: Vec<Words>, contact: &Words, matter: Option<i64>) -> Words {
    said.push(
        Words::new("Ask {contact}{matter}.", "请咨询{contact}{matter}。")
            .fill(&[("matter", &reference(matter, false))]),
    );
    said.retain(|words| !words.en.is_empty());
    let en = said.iter().map(|words| words.en.as_str()).collect::<Vec<_>>().join(" ");
    let zh = said.iter().map(|words| words.zh.as_str()).collect::<String>();
    let zh = match matter {
        Some(_) => zh.replace(&reference(matter, false), &reference(matter, true)),
        None => zh,
    };
    Words::new(en.replace("{contact}", &contact.en), zh.replace("{contact}", &contact.zh))
}

fn reference(matter: Option<i64>, zh: bool) -> String {
    match (matter, zh) {
        (None, _) => String::new(),
        (Some(matter), false) => format!(" and name matter {matter}"),
        (Some(matter), true) => format!("，事项编号{matter}"),
    }
}

fn became(action: Action) -> Words {
    match action {
        Action::Pass => Words::new("This went on.", "已放行。"),
        Action::Hold => Words::new(
            "This is held until a person has reviewed it; it was not delivered.",
            "已扣留，待人工审查，尚未发出。",
        ),
        Action::Reject => Words::new("This was not accepted.", "已退回，未予发出。"),
    }
}

fn why(verdict: Verdict) -> Words {
    match verdict {
        Verdict::Withhold => Words::new(
            "It bears a classification that is in force.",
            "其中含有有效期内的密级标志，不得通过本渠道传递。",
        ),
        Verdict::Refer => Words::new(
            "It bears something that may only be decided by a higher body.",
            "其中含有须报上级机关或者保密行政管理部门确定的内容。",
        ),
        Verdict::Incomplete => {
            Words::new("Some of it could not be read.", "其中部分内容无法读取。")
        }
        Verdict::Review => {
            Words::new("It bears something a person must look at.", "其中有须人工审查的内容。")
        }
        Verdict::NoFinding => Words::new(
            "Nothing was found, and a person's approval is still required.",
            "未发现标志，仍须人工批准。",
        ),
    }
}

/// What an author can do about it.
fn todo(examination: &Examination) -> Words {
    let gaps: BTreeSet<GapKind> =
        examination.parts.iter().flat_map(|part| &part.gaps).map(|gap| gap.kind).collect();
    let marked = examination
        .parts
        .iter()
        .flat_map(|part| &part.findings)
        .any(|finding| finding.severity > Severity::Note && finding.mark.is_some());
    let mut todo: Vec<Words> = gaps.iter().map(|gap| about(*gap)).collect();
    todo.dedup();
    if marked {
        todo.push(match examination.verdict {
            Verdict::Withhold => Words::new(
                "Do not send it again or copy it elsewhere; the body that classified it reviews it.",
                "请勿重新发送或者另行复制；由原定密机关审核。",
            ),
            _ => Words::new(
                "If a mark no longer applies, have it cancelled by the body that set it.",
                "标志不再适用的，请由原定密机关办理解除。",
            ),
        });
    }
    let en = todo.iter().map(|words| words.en.as_str()).collect::<Vec<_>>().join(" ");
    Words::new(en, todo.iter().map(|words| words.zh.as_str()).collect::<String>())
}

fn about(gap: GapKind) -> Words {
    match gap {
        GapKind::Encrypted => Words::new(
            "Send encrypted files without their password, or hand the password to the office.",
            "请取消文件的加密，或者将口令交保密工作机构。",
        ),
        GapKind::ImageOnly => Words::new(
            "Send scanned pages with their text, or the file they were made from.",
            "扫描件请附可识别的文字或者原始电子文件。",
        ),
        GapKind::GarbledText => Words::new(
            "Save the file anew so that its text can be copied out of it.",
            "请重新生成文件，使其文字可以复制。",
        ),
        GapKind::Unsupported => {
            Words::new("Send files in a common format.", "请使用通用的文件格式。")
        }
        GapKind::Damaged | GapKind::MissingPart => {
            Words::new("Send the whole file again.", "文件不完整，请重新发送完整文件。")
        }
        GapKind::Limit(_) => {
            Words::new("Send less at once, with fewer archives.", "请减少文件大小或者压缩层数。")
        }
        GapKind::Crashed => Words::new("Save the file anew.", "请重新保存文件。"),
    }
}
