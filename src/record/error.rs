//! Why something was not recorded. Nothing is half recorded: an error means that the
//! store is as it was.

use std::fmt;
use std::io;

use rusqlite::ErrorCode;

use super::names::subject_words;
use crate::model::{Words, named};

/// What the room's functions give.
pub type Result<T> = std::result::Result<T, Error>;

named! {
    /// What the record refuses, whoever asks.
    Refusal:
    /// The ledger is added to only.
    AppendOnly, "append-only", "the ledger and what people said are added to and never changed or deleted", "台账和人员意见只能追加，不得更改或者删除";
    /// A person without the role that the step asks for.
    NoRole, "no-role", "this person has no role that takes this step", "此人没有该步骤所需的角色";
    /// A person without the duty.
    NoDuty, "no-duty", "this is the duty of another administrator", "此事由其他管理员负责";
    /// Roles for oneself.
    OwnRole, "own-role", "nobody gives or takes their own roles", "任何人不得变更本人的角色";
    /// Two of the administrator's duties, or one beside another role.
    SeparateDuties, "separate-duties", "an administrator's duty goes with no other role: three persons have the three, and none of them works on matters", "管理员职责不得与其他角色兼任：三员由三人分别担任，且不办理事项";
    /// The last of the administrators.
    LastDuty, "last-duty", "a duty of an administrator does not become vacant: somebody else is given it first", "管理员职责不得空缺：须先由他人接任";
    /// The auditor, who is the security administrator's to relieve.
    AuditorFirst, "auditor-first", "an auditor leaves after the security administrator took the role from them", "安全审计员离任，须先由安全保密管理员取消其角色";
    /// Another step comes next.
    NotThisStep, "not-this-step", "another step comes next here, or somebody else has taken this one", "现应办理的是其他步骤，或者该步骤已由他人办理";
    /// The matter is not what the person had before them.
    Stale, "stale", "the matter is no longer what this person had before them: its bytes or what was found in it changed", "事项已不是此人所见的内容：文件或者审查发现已变化";
    /// Their own work.
    OwnWork, "own-work", "nobody reviews or approves what they submitted or reviewed themselves", "任何人不得审查或者审批本人提出或者审查的事项";
    /// Somebody else's proposal.
    NotYours, "not-yours", "who takes a proposal back is who made it", "只有提出人可以撤回";
    /// A finding was passed over.
    NotRuled, "not-ruled", "every finding is upheld, overturned or left, with a reason", "每处发现均须认定成立、不成立或者存疑，并写明理由";
    /// An unread part was passed over.
    NotAttested, "not-attested", "every part that was not read is attested by the reviewer, who has read it", "每个未能读取的部分均须由审查人阅读并具名说明";
    /// A live mark was upheld.
    Upheld, "upheld", "a live mark was upheld: what bears it is not disclosed as it is", "有效的密级标志经审查成立：不得原样公开";
}

/// Why something was not recorded.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It may not be done.
    Refused(Refusal),
    /// What was named is not in the store.
    Unknown(String),
    /// What was said is not complete, or is about something that is not there.
    Wrong(Words),
    /// The store is of a newer version of this program.
    Newer {
        /// The store's version.
        found: i64,
        /// The newest that is known here.
        known: i64,
    },
    /// The file is something else.
    NotAStore,
    /// Somebody else is writing.
    Busy,
    /// No space is left.
    Full,
    /// It may not be written to.
    ReadOnly,
    /// The file does not hold together.
    Damaged(String),
    /// A file could not be read or written.
    File(#[from] io::Error),
    /// Anything else the database says.
    Database(rusqlite::Error),
}

impl Error {
    /// The error in both languages.
    pub fn words(&self) -> Words {
        match self {
            Self::Refused(refusal) => refusal.words(),
            Self::Unknown(what) => {
                let Words { en, zh } = subject_words(what);
                Words::new(format!("there is no {en} in the store"), format!("库中没有{zh}"))
            }
            Self::Wrong(words) => words.clone(),
            Self::Newer { found, known } => Words::new(
                format!(
                    "the store is of version {found}, and this program knows versions up to {known}: use the newer program; nothing was changed"
                ),
                format!("库的版本为{found}，本程序只支持到{known}：请使用较新的程序；库未作更改"),
            ),
            Self::NotAStore => Words::new(
                "this is no store of vetmark; nothing was changed",
                "该文件不是vetmark的库；未作更改",
            ),
            Self::Busy => Words::new(
                "somebody else is writing to the store; nothing was changed, try again",
                "他人正在写入该库；未作更改，请重试",
            ),
            Self::Full => Words::new(
                "no space is left for the store; what was recorded before is kept, and nothing of this",
                "存储空间不足；此前的记录完好，本次内容未写入",
            ),
            Self::ReadOnly => Words::new("the store may not be written to", "该库不可写入"),
            Self::Damaged(what) => Words::new(
                format!("the store does not hold together: {what}"),
                format!("库已损坏：{what}"),
            ),
            Self::File(error) => Words::new(error.to_string(), error.to_string()),
            Self::Database(error) => {
                Words::new(format!("the database says: {error}"), format!("数据库报告：{error}"))
            }
        }
    }

    /// What is wrong with what was said.
    pub(super) fn wrong(en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self::Wrong(Words::new(en, zh))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words().en)
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        let rusqlite::Error::SqliteFailure(failure, message) = &error else {
            return Self::Database(error);
        };
        // What a trigger refuses, it names.
        let refusal = message.as_deref().and_then(|text| text.strip_prefix("vetmark:"));
        if let Some(refusal) = refusal.and_then(|name| name.parse().ok()) {
            return Self::Refused(refusal);
        }
        match failure.code {
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Self::Busy,
            ErrorCode::DiskFull => Self::Full,
            ErrorCode::ReadOnly | ErrorCode::PermissionDenied => Self::ReadOnly,
            ErrorCode::NotADatabase => Self::NotAStore,
            ErrorCode::DatabaseCorrupt => Self::Damaged(error.to_string()),
            _ => Self::Database(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_there_is_named_in_chinese() {
        for (subject, said) in [
            ("matter 99", "库中没有事项99"),
            ("matter 7 for 政府网站", "库中没有事项7（政府网站）"),
            ("part 2 of matter 3", "库中没有事项3的部分2"),
            ("person li for", "库中没有人员li for"),
            ("token x", "库中没有令牌x"),
            ("something", "库中没有something"),
        ] {
            assert_eq!(Error::Unknown(subject.to_owned()).words().zh, said);
        }
    }
}
