//! What the ledger calls actions and what they are about, in words: entries hold names that
//! never change, people read these.

use crate::model::{Step, Words};

/// Every action that an entry of the ledger may name, with its words.
const ACTIONS: [(&str, &str, &str); 44] = [
    ("scan", "examined for the first time", "首次审查"),
    ("scan.again", "examined again, the same", "再次审查，结果相同"),
    ("matter.open", "opened", "立项"),
    ("matter.reopen-bytes", "opened again: its bytes changed", "重新受理：文件有变化"),
    ("matter.reopen-rules", "opened again: the rules changed", "重新受理：规则有变化"),
    ("matter.look", "looked at the matter", "查阅事项"),
    ("matter.page", "looked at a page", "查阅页面"),
    ("matter.purge", "taken out of the store", "清除事项"),
    ("matter.leak", "a leak was entered", "登记泄密"),
    ("matter.reported", "entered as reported", "登记已报告"),
    ("original.hold", "original kept", "留存原件"),
    ("original.not-held", "original not kept", "未能留存原件"),
    ("hold.purge", "originals taken out of the hold", "清除留存原件"),
    ("store.purge", "store purged", "清理记录库"),
    ("addresses.purge", "addresses cleared", "清除地址"),
    ("store.backup", "copy written", "备份记录库"),
    ("store.holidays", "calendar of holidays kept", "存入节假日历"),
    ("session.open", "signed in", "登录"),
    ("session.close", "signed out", "退出登录"),
    ("session.refuse", "not signed in", "登录失败"),
    ("person.add", "person entered", "登记人员"),
    ("person.grant", "role given", "授予角色"),
    ("person.revoke", "role taken", "撤销角色"),
    ("person.retire", "entered as left", "登记离任"),
    ("person.link", "link for a password", "生成口令链接"),
    ("person.password", "password set", "设置口令"),
    ("person.code", "one-time codes set up", "启用动态口令"),
    ("person.code-refuse", "one-time code refused", "动态口令不符"),
    ("policy.set", "step set", "设定步骤"),
    ("policy.pace", "pace set", "设定办理期限"),
    ("token.add", "token made", "生成令牌"),
    ("token.revoke", "token revoked", "停用令牌"),
    ("report.export", "paper taken out", "导出文书"),
    ("sample.draw", "sample drawn", "抽样"),
    ("sample.outcome", "sample looked at", "登记复核结果"),
    ("ledger.look", "looked at the ledger", "查阅台账"),
    ("ledger.verify", "ledger verified", "核验台账"),
    ("api.examine", "examined for a program", "程序提交审查"),
    ("api.read", "read by a program", "程序查阅"),
    ("api.refused", "program refused", "拒绝程序请求"),
    ("gateway.passage", "came through a gateway", "经网关到达"),
    ("gateway.release", "let go by a gateway", "网关放行"),
    ("gateway.notice", "author told", "告知作者"),
    ("gateway.left", "left the queue without an order", "未经决定离开队列"),
];

/// Steps of a proposal are actions on a matter: `matter.submit`.
const STEP: &str = "matter.";

/// An action of the ledger in words: `matter.look`, `session.open`.
pub fn action_words(action: &str) -> Option<Words> {
    let known = ACTIONS.iter().find(|(name, ..)| *name == action);
    known.map(|(_, en, zh)| Words::new(*en, *zh)).or_else(|| {
        let step: Step = action.strip_prefix(STEP)?.parse().ok()?;
        Some(step.words())
    })
}

/// Kinds of what an entry is about, as the ledger names them and in Chinese.
const KINDS: [(&str, &str); 5] = [
    ("matter", "事项"),
    ("person", "人员"),
    ("sample", "样本"),
    ("token", "令牌"),
    ("queue", "队列"),
];

/// What an entry is about, in words: `matter 3`, `part 2 of matter 3`, `store`.
pub fn subject_words(subject: &str) -> Words {
    Words::new(subject, in_chinese(subject))
}

fn in_chinese(subject: &str) -> String {
    if let Some((number, whole)) =
        subject.strip_prefix("part ").and_then(|part| part.split_once(" of "))
    {
        return format!("{}的部分{number}", in_chinese(whole));
    }
    match subject {
        "store" => return "记录库".to_owned(),
        "ledger" => return "台账".to_owned(),
        _ => {}
    }
    let named = KINDS.iter().find_map(|(english, chinese)| {
        let name = subject.strip_prefix(english)?.strip_prefix(' ')?;
        Some((*english, *chinese, name))
    });
    match named {
        // A matter is asked for by the channel it was proposed for, too.
        Some(("matter", chinese, name)) if name.contains(" for ") => {
            let (number, channel) = name.split_once(" for ").unwrap_or((name, ""));
            format!("{chinese}{number}（{channel}）")
        }
        Some((_, chinese, name)) => format!("{chinese}{name}"),
        None => subject.to_owned(),
    }
}

/// The subject somebody means who typed it in either language, or a matter's number alone.
pub fn subject_meant(typed: &str) -> String {
    let typed = typed.trim();
    if !typed.is_empty() && typed.bytes().all(|b| b.is_ascii_digit()) {
        return format!("matter {typed}");
    }
    match typed {
        "记录库" => return "store".to_owned(),
        "台账" => return "ledger".to_owned(),
        _ => {}
    }
    let kinds = KINDS.iter();
    let named = kinds.filter_map(|(english, chinese)| {
        Some(format!("{english} {}", typed.strip_prefix(chinese)?.trim()))
    });
    named.into_iter().next().unwrap_or_else(|| typed.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects_there_and_back() {
        for (subject, said) in [
            ("matter 12", "事项12"),
            ("person zhang", "人员zhang"),
            ("sample 68", "样本68"),
            ("store", "记录库"),
            ("ledger", "台账"),
            ("token 甲", "令牌甲"),
            ("something else", "something else"),
        ] {
            let words = subject_words(subject);
            assert_eq!((words.en.as_str(), words.zh.as_str()), (subject, said));
            assert_eq!(subject_meant(subject), subject);
            assert_eq!(subject_meant(said), subject);
        }
        assert_eq!(subject_meant(" 12 "), "matter 12");
        assert_eq!(subject_meant("事项 12"), "matter 12");
        assert_eq!(subject_meant(""), "");
        assert_eq!(in_chinese("part 2 of matter 3"), "事项3的部分2");
        assert_eq!(in_chinese("matter 7 for 政府网站"), "事项7（政府网站）");
    }

    #[test]
    fn actions_and_steps() {
        for (action, en, zh) in [
            ("matter.look", "looked at the matter", "查阅事项"),
            ("matter.submit", "proposal", "提出"),
            ("matter.decide", "decision", "审批"),
        ] {
            assert_eq!(action_words(action), Some(Words::new(en, zh)));
        }
        assert_eq!(action_words("matter.paint"), None);
        assert_eq!(action_words("submit"), None);
    }
}
