//! What the contract's words are called in sentences, in English and Chinese.

use super::Lang;
use crate::model::{DeclassificationState, ReadState, Region, Severity, Verdict};

/// One phrase in both languages.
#[derive(Clone, Copy, Debug)]
pub struct Phrase {
    pub(super) en: &'static str,
    pub(super) zh: &'static str,
}

impl Phrase {
    /// It in one of them.
    pub fn of(self, lang: Lang) -> &'static str {
        lang.pick(self.en, self.zh)
    }
}

const fn phrase(en: &'static str, zh: &'static str) -> Phrase {
    Phrase { en, zh }
}

/// A verdict, in a word.
pub fn verdict(verdict: Verdict) -> Phrase {
    match verdict {
        Verdict::Withhold => phrase("withhold", "不得公开"),
        Verdict::Refer => phrase("refer", "报请确定"),
        Verdict::Incomplete => phrase("incomplete", "未读全"),
        Verdict::Review => phrase("review", "需审查"),
        Verdict::NoFinding => phrase("no_finding", "未发现"),
    }
}

/// What a group of matters with this verdict is headed with.
pub fn heading(verdict: Verdict) -> Phrase {
    match verdict {
        Verdict::Withhold => phrase(
            "WITHHOLD: a live classification; do not disclose or send",
            "不得公开：有有效密级标志，不得公开、不得外发",
        ),
        Verdict::Refer => phrase(
            "REFER: nobody here may decide this alone",
            "报请确定：本单位无权自行决定，须报主管部门或保密行政管理部门",
        ),
        Verdict::Incomplete => phrase(
            "INCOMPLETE: not everything could be read; a person reads the rest",
            "未读全：部分内容未能读取，须人工阅读",
        ),
        Verdict::Review => {
            phrase("REVIEW: findings for a person to look at", "需审查：有须人工审查的发现")
        }
        Verdict::NoFinding => phrase(
            "NO FINDING: all was read, nothing was found; human approval is still required",
            "未发现：已全部读取，未见标志；公开前仍须人工批准",
        ),
    }
}

/// A severity, in a word.
pub fn severity(severity: Severity) -> Phrase {
    match severity {
        Severity::Block => phrase("block", "禁止"),
        Severity::Review => phrase("review", "审查"),
        Severity::Note => phrase("note", "提示"),
    }
}

/// Where a matter stands on its way out of protection.
pub fn state(state: DeclassificationState) -> Phrase {
    use DeclassificationState as State;
    match state {
        State::InForce => phrase("in force", "保密期限未满"),
        State::Expired => phrase("expired", "保密期限已满"),
        State::Condition => phrase("until a condition is met", "附解密条件"),
        State::Indefinite => phrase("indefinite", "长期"),
        State::Cancelled => phrase("declassified by a stamp or note", "已有解密标志"),
        State::Pre1991 => phrase("marked before terms existed (1991)", "1991年前标注，无期限"),
        State::UnknownDate => phrase("issue date not known", "起算日期不明"),
        State::Unmarked => phrase("unmarked", "无有效标志"),
    }
}

/// A region of a document.
pub fn region(region: Region) -> Phrase {
    match region {
        Region::Body => phrase("body", "正文"),
        Region::Header => phrase("header", "页眉"),
        Region::Footer => phrase("footer", "页脚"),
        Region::Cell => phrase("table cell", "表格单元"),
        Region::TextBox => phrase("text box", "文本框"),
        Region::Note => phrase("note", "脚注或备注"),
        Region::Comment => phrase("comment", "批注"),
        Region::Annotation => phrase("annotation", "注释"),
        Region::FormField => phrase("form field", "表单域"),
        Region::Watermark => phrase("watermark", "水印"),
        Region::Property => phrase("document property", "文档属性"),
        Region::FileName => phrase("file name", "文件名"),
        Region::Subject => phrase("mail subject", "邮件主题"),
        Region::MailHeader => phrase("mail header", "邮件头"),
        Region::Hidden => phrase("hidden text", "隐藏文字"),
        Region::Deleted => phrase("tracked deletion", "修订删除"),
        Region::AltText => phrase("alternative text", "替代文字"),
        Region::Image => phrase("picture", "图像"),
        Region::AttachmentName => phrase("attachment name", "附件名"),
    }
}

/// How much of a part was read.
pub fn read(state: ReadState) -> Phrase {
    match state {
        ReadState::Full => phrase("read in full", "已全部读取"),
        ReadState::Ocr => phrase("read, some by character recognition", "已读取（部分经文字识别）"),
        ReadState::Partial => phrase("read in part", "部分读取"),
        ReadState::None => phrase("not read", "未读取"),
    }
}
