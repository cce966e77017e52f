//! Every setting there is: its name, what it may be, and what it is where nobody
//! says anything. The table in `docs/operations.md` is held against this one.

use super::value::{Kind, Value};
use crate::report::Lang;

/// A sentence in both languages.
pub(in crate::cli) type Both = (&'static str, &'static str);

/// A setting. The order is that of [`SETTINGS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::cli) enum Key {
    Format,
    MatterBy,
    Quotes,
    HostLevel,
    Lang,
    Isolation,
    Store,
    Rules,
    Dictionaries,
    DictionaryKeys,
    Suppressions,
    Keys,
    PasswordFile,
    BudgetRead,
    BudgetBytes,
    BudgetRatio,
    BudgetParts,
    BudgetDepth,
    BudgetPages,
    BudgetText,
    BudgetLines,
    BudgetCells,
    BudgetSteps,
    BudgetProcessor,
    BudgetWall,
    BudgetMemory,
    HostJobs,
    HostMemory,
    HostRecycle,
    HostRemember,
    HoldKeep,
    HoldLimit,
}

/// What is known of a setting.
#[derive(Debug)]
pub(in crate::cli) struct Setting {
    /// Which it is.
    pub key: Key,
    /// Its name in a file: `budget.pages` is `pages` in the table `budget`.
    pub name: &'static str,
    /// The flag of its own that `scan` has for it.
    pub flag: Option<&'static str>,
    /// What it may be.
    pub kind: Kind,
    /// What it is where nobody says anything.
    pub default: DefaultValue,
    /// What it says.
    pub about: Both,
}

/// What a setting is where nobody says anything.
#[derive(Clone, Copy, Debug)]
pub(in crate::cli) enum DefaultValue {
    /// A value, as text.
    Is(&'static str),
    /// No value of its own: what is done then.
    Unset(&'static str, &'static str),
}

use DefaultValue::{Is, Unset};

const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;
const TIB: u64 = 1 << 40;
const DAY: u64 = 24 * 60 * 60;

/// What `host.remember` is for a gateway where nobody says anything: some 1,800
/// examinations, enough for one attachment that goes to many, and full within the first
/// minute of much mail, so that what a gateway takes does not grow for days.
pub(in crate::cli) const GATEWAY_REMEMBERS: u64 = 2 * MIB;

/// All settings, in the order of [`Key`].
pub(in crate::cli) const SETTINGS: &[Setting] = &[
    Setting {
        key: Key::Format,
        name: "format",
        flag: Some("--format"),
        kind: Kind::Word(&["human", "ndjson"]),
        default: Is("human"),
        about: ("how a scan's results are written", "扫描结果的格式"),
    },
    Setting {
        key: Key::MatterBy,
        name: "matter_by",
        flag: Some("--matter-by"),
        kind: Kind::Word(&["file", "folder"]),
        default: Is("file"),
        about: ("what makes a matter", "事项的划分"),
    },
    Setting {
        key: Key::Quotes,
        name: "quotes",
        flag: Some("--quotes"),
        kind: Kind::Word(&["on", "off", "auto"]),
        default: Is("auto"),
        about: ("whether text of documents is shown", "是否显示文件原文"),
    },
    Setting {
        key: Key::HostLevel,
        name: "host_level",
        flag: Some("--host-level"),
        kind: Kind::Word(&["none", "mimi", "jimi", "juemi"]),
        default: Unset("all but text of parts marked 绝密", "标有绝密的部分除外"),
        about: ("the highest level this machine may hold", "本机可存储的最高密级"),
    },
    Setting {
        key: Key::Lang,
        name: "lang",
        flag: Some("--lang"),
        kind: Kind::Word(&["en", "zh"]),
        default: Unset("the locale's", "依系统语言"),
        about: ("language of reports and messages", "报告和提示的语言"),
    },
    Setting {
        key: Key::Isolation,
        name: "isolation",
        flag: Some("--isolation"),
        kind: Kind::Word(&["process", "thread"]),
        default: Unset("process, where the system supports it", "系统支持时为process"),
        about: ("where documents are examined", "文件在何处审查"),
    },
    Setting {
        key: Key::Store,
        name: "store",
        flag: Some("--store"),
        kind: Kind::Path,
        default: Unset("nothing is kept", "不留存"),
        about: ("where examinations and decisions are kept", "审查结果和决定的存放处"),
    },
    Setting {
        key: Key::Rules,
        name: "rules",
        flag: Some("--rules"),
        kind: Kind::Path,
        default: Unset("those built in", "内置规则"),
        about: ("folder with rules instead of those built in", "替代内置规则的文件夹"),
    },
    Setting {
        key: Key::Dictionaries,
        name: "dictionaries",
        flag: Some("--dictionary"),
        kind: Kind::Paths,
        default: Unset("only those built in", "仅内置词典"),
        about: (
            "scope dictionaries, keyed lists, known documents",
            "事项范围词典、加密清单、已知文件",
        ),
    },
    Setting {
        key: Key::DictionaryKeys,
        name: "dictionary_keys",
        flag: Some("--dictionary-key"),
        kind: Kind::Paths,
        default: Unset("none", "无"),
        about: ("keys of keyed lists and known documents", "加密清单和已知文件的密钥"),
    },
    Setting {
        key: Key::Suppressions,
        name: "suppressions",
        flag: Some("--suppressions"),
        kind: Kind::Path,
        default: Unset("none", "无"),
        about: ("decisions by which findings do not count", "排除决定"),
    },
    Setting {
        key: Key::Keys,
        name: "keys",
        flag: Some("--key"),
        kind: Kind::Paths,
        default: Unset("none", "无"),
        about: ("keys of the decisions", "排除决定的密钥"),
    },
    Setting {
        key: Key::PasswordFile,
        name: "password_file",
        flag: Some("--password-file"),
        kind: Kind::Path,
        default: Unset("none", "无"),
        about: ("passwords to try on what is encrypted", "用于加密文件的口令"),
    },
    Setting {
        key: Key::BudgetRead,
        name: "budget.read",
        flag: None,
        kind: Kind::Size(KIB, 64 * GIB),
        default: Is("1 GiB"),
        about: ("bytes read of one matter", "一个事项读入的字节数"),
    },
    Setting {
        key: Key::BudgetBytes,
        name: "budget.bytes",
        flag: None,
        kind: Kind::Size(KIB, 64 * GIB),
        default: Is("512 MiB"),
        about: ("bytes unpacked in one matter", "一个事项解包得到的字节数"),
    },
    Setting {
        key: Key::BudgetRatio,
        name: "budget.ratio",
        flag: None,
        kind: Kind::Count(1, 1_000_000),
        default: Is("500"),
        about: ("bytes out of a stream for each byte in", "每输入一字节可解出的字节数"),
    },
    Setting {
        key: Key::BudgetParts,
        name: "budget.parts",
        flag: None,
        kind: Kind::Count(1, 1_000_000),
        default: Is("10000"),
        about: ("parts of one matter", "一个事项的部分数"),
    },
    Setting {
        key: Key::BudgetDepth,
        name: "budget.depth",
        flag: None,
        kind: Kind::Count(0, 64),
        default: Is("16"),
        about: ("containers within containers", "嵌套层数"),
    },
    Setting {
        key: Key::BudgetPages,
        name: "budget.pages",
        flag: None,
        kind: Kind::Count(1, 1_000_000),
        default: Is("20000"),
        about: ("pages of one document", "一个文件的页数"),
    },
    Setting {
        key: Key::BudgetText,
        name: "budget.text",
        flag: None,
        // Offsets are 32 bits wide, and names stand behind the text.
        kind: Kind::Size(KIB, 4 * GIB - MIB),
        default: Is("256 MiB"),
        about: ("bytes of text of one part", "一个部分的文字字节数"),
    },
    Setting {
        key: Key::BudgetLines,
        name: "budget.lines",
        flag: None,
        kind: Kind::Count(1, 100_000_000),
        default: Is("4000000"),
        about: ("lines of text of one part", "一个部分的文字行数"),
    },
    Setting {
        key: Key::BudgetCells,
        name: "budget.cells",
        flag: None,
        kind: Kind::Count(1, 10_000_000),
        default: Is("60000"),
        about: ("cells of one table whose places are named", "一个表格中注明位置的单元格数"),
    },
    Setting {
        key: Key::BudgetSteps,
        name: "budget.steps",
        flag: None,
        kind: Kind::Count(1000, 100_000_000_000),
        default: Is("50000000"),
        about: ("steps of work on one part", "一个部分的处理步数"),
    },
    Setting {
        key: Key::BudgetProcessor,
        name: "budget.processor",
        flag: Some("--matter-seconds"),
        kind: Kind::Seconds(1, DAY),
        default: Is("300 s"),
        about: ("processor time of one matter, in a process", "一个事项的处理器时间（进程）"),
    },
    Setting {
        key: Key::BudgetWall,
        name: "budget.wall",
        flag: None,
        kind: Kind::Seconds(1, 3 * DAY),
        default: Unset("three times budget.processor", "budget.processor的三倍"),
        about: ("time on the wall of one matter, in a process", "一个事项的实际用时（进程）"),
    },
    Setting {
        key: Key::BudgetMemory,
        name: "budget.memory",
        flag: None,
        kind: Kind::Size(512 * MIB, TIB),
        default: Is("8 GiB"),
        about: ("address space of one process", "一个进程的地址空间"),
    },
    Setting {
        key: Key::HostJobs,
        name: "host.jobs",
        flag: Some("--jobs"),
        kind: Kind::Count(1, 1024),
        default: Unset("one for each core", "每个处理器核心一个"),
        about: ("matters examined at the same time", "同时审查的事项数"),
    },
    Setting {
        key: Key::HostMemory,
        name: "host.memory",
        flag: None,
        kind: Kind::Size(512 * MIB, 64 * TIB),
        default: Unset("no limit", "不限"),
        about: ("address space of all processes together", "所有进程的地址空间之和"),
    },
    Setting {
        key: Key::HostRecycle,
        name: "host.recycle",
        flag: None,
        kind: Kind::Count(1, 1_000_000),
        default: Is("2000"),
        about: ("matters after which a process is replaced", "进程审查多少事项后更换"),
    },
    Setting {
        key: Key::HostRemember,
        name: "host.remember",
        flag: None,
        kind: Kind::Size(0, 64 << 30),
        default: Is("64 MiB"),
        about: (
            "room for examinations of this run: the same bytes under the same name are not examined again; for a gateway 2 MiB where nothing is said",
            "本次运行保留审查结果所用内存：同名且内容相同的文件不重复审查；网关未设置时为2 MiB",
        ),
    },
    Setting {
        key: Key::HoldKeep,
        name: "hold.keep",
        flag: Some("--keep-originals"),
        kind: Kind::Word(&["on", "off"]),
        default: Is("off"),
        about: ("whether originals are kept beside the store", "是否在库旁留存原件"),
    },
    Setting {
        key: Key::HoldLimit,
        name: "hold.limit",
        flag: None,
        kind: Kind::Size(KIB, 64 * TIB),
        default: Is("10 GiB"),
        about: ("bytes of all originals that are kept", "留存原件的总字节数"),
    },
];

impl Key {
    /// What is known of it.
    pub(in crate::cli) fn setting(self) -> &'static Setting {
        // In the same order, which a test holds.
        &SETTINGS[self as usize]
    }

    /// The setting of a name.
    pub(in crate::cli) fn named(name: &str) -> Option<Self> {
        SETTINGS.iter().find(|setting| setting.name == name).map(|setting| setting.key)
    }
}

impl Setting {
    /// Its environment variable: `VETMARK_BUDGET_PAGES`.
    pub(in crate::cli) fn variable(&self) -> String {
        format!("VETMARK_{}", self.name.replace('.', "_").to_uppercase())
    }

    /// The value it has where nobody says anything, where it has one.
    pub(in crate::cli) fn default_value(&self) -> Option<Value> {
        match self.default {
            Is(text) => self.kind.read(text).ok(),
            Unset(..) => None,
        }
    }

    /// Why this value gives up some of what protects a run, where it does.
    pub(in crate::cli) fn weakens(&self, value: &Value, lang: Lang) -> Option<String> {
        let why = match (self.key, value) {
            (Key::Isolation, Value::Word("thread")) => lang.pick(
                "a crash ends the run, and limits of time and memory do not hold",
                "崩溃会中止运行，时间和内存限额不起作用",
            ),
            (Key::HostLevel, Value::Word("juemi")) => {
                lang.pick("text of parts marked 绝密 may be shown", "可显示标有绝密的部分的原文")
            }
            (Key::Quotes, Value::Word("on")) => {
                lang.pick("text of documents stands wherever the report goes", "文件原文随报告输出")
            }
            (Key::Rules, _) => {
                lang.pick("the rules that are built in do not count", "内置规则不起作用")
            }
            (Key::HostRecycle, value) if value.number() > self.default_value()?.number() => lang
                .pick(
                    "a process that a document took over stays longer",
                    "被文件控制的进程存续更久",
                ),
            (key, value) if key >= Key::BudgetRead && key <= Key::BudgetMemory => {
                let default = match key {
                    Key::BudgetWall => Value::Seconds(super::WALL_FACTOR * 300),
                    _ => self.default_value()?,
                };
                let raised = value.number() > default.number();
                return raised.then(|| match lang {
                    Lang::En => format!("a document may cost more than by default ({default})"),
                    Lang::Zh => format!("文件的消耗可超过默认值（{default}）"),
                });
            }
            _ => return None,
        };
        Some(why.to_owned())
    }
}
