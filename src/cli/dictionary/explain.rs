//! `vetmark dictionary explain`: all there is to know of one entry.

use std::io::{self, Write};

use super::list::validity;
use super::{Source, entry};
use crate::cli::Status;
use crate::cli::locale::LangArg;
use crate::cli::output::Output;
use crate::cli::settings::SettingArgs;
use crate::dictionary::{Condition, Dictionary, Entry, Within};
use crate::report::{Lang, Shown};

/// Explain an entry: the matter as published, its scope and source, what is looked for, examples
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The entry as it stands in reports, e.g. cn.education.2001.3-1
    #[arg(value_name = "ENTRY")]
    entry: String,
    #[command(flatten)]
    source: Source,
    /// Language [default: the locale's]
    #[arg(long, value_enum)]
    lang: Option<LangArg>,
    #[command(flatten)]
    settings: SettingArgs,
}

/// Explains.
pub(super) fn run(args: &Args) -> anyhow::Result<Status> {
    let settings = args.settings.settings(&[&args.source, &args.lang])?;
    let dictionary = Source::of(&settings).load()?;
    let (_, entry) = entry(&dictionary, &args.entry)?;
    let mut out = Output::open(None)?;
    Page { dictionary: &dictionary, entry, lang: settings.lang(), out: &mut out }.write()?;
    out.finish()?;
    Ok(Status::NothingFound)
}

/// One entry on its way to a reader.
struct Page<'a> {
    dictionary: &'a Dictionary,
    entry: &'a Entry,
    lang: Lang,
    out: &'a mut dyn Write,
}

impl Page<'_> {
    fn write(&mut self) -> io::Result<()> {
        let (entry, lang) = (self.entry, self.lang);
        let other = lang.pick(&entry.name.zh, &entry.name.en);
        writeln!(self.out, "{}: {}", entry.id, Shown(lang.of(&entry.name)))?;
        if other != lang.of(&entry.name) {
            writeln!(self.out, "  {}", Shown(other))?;
        }
        self.published()?;
        self.origin()?;
        self.looked_for()?;
        self.examples(["Found in", "应命中的示例"], &entry.examples)?;
        self.examples(["Not found in", "不应命中的示例"], &entry.negative_examples)
    }

    /// What the scope prints, unaltered.
    fn published(&mut self) -> io::Result<()> {
        let entry = self.entry;
        self.heading(["As published", "原文"])?;
        self.fact(["matter", "事项"], &entry.matter)?;
        self.fact(["number", "序号"], &entry.number)?;
        self.fact(["level (never assigned to a text)", "密级（不据此为文件定密）"], &entry.level)?;
        self.fact(["term", "保密期限"], &entry.term)?;
        self.fact(["knowledge scope", "知悉范围"], &entry.knowledge)?;
        self.fact(["basis", "产生依据"], &entry.basis)?;
        self.fact(["department", "产生部门"], &entry.department)?;
        self.fact(["remark", "备注"], &entry.remark)
    }

    fn origin(&mut self) -> io::Result<()> {
        let (entry, lang) = (self.entry, self.lang);
        let scope = &self.dictionary.scopes[entry.scope];
        self.heading(["Scope and source", "范围与来源"])?;
        writeln!(self.out, "  {}: {}", scope.id, Shown(lang.of(&scope.name)))?;
        let other = lang.pick(&scope.name.zh, &scope.name.en);
        if other != lang.of(&scope.name) {
            writeln!(self.out, "  {}", Shown(other))?;
        }
        if let Some(category) = entry.category.map(|at| &self.dictionary.categories[at]) {
            let words = format!("{} {}", category.number, lang.of(&category.name));
            self.fact(["kind, by our ordering", "类别（由本程序归类）"], &words)?;
        }
        self.fact(["issued by", "制定机关"], &scope.issued_by.join(lang.pick(", ", "、")))?;
        self.fact(["year", "年份"], &scope.year.map(|year| year.to_string()).unwrap_or_default())?;
        self.fact(["status", "状态"], lang.of(&scope.status))?;
        let (from, to) = (entry.valid_from.or(scope.valid_from), entry.valid_to.or(scope.valid_to));
        self.fact(["valid", "有效期"], &validity(from, to, lang))?;
        let own = |own: &[String], scope: &[String]| match own.is_empty() {
            true => scope.join(" "),
            false => own.join(" "),
        };
        self.fact(["source", "来源"], &own(&entry.sources, &scope.sources))?;
        let certainty =
            if entry.certainty.is_empty() { &scope.certainty } else { &entry.certainty };
        self.fact(["certainty", "可靠程度"], &self.lang.message(certainty))?;
        self.fact(["stands in", "所在文件"], &format!("{}:{}", entry.file, entry.line))
    }

    fn looked_for(&mut self) -> io::Result<()> {
        let (entry, lang) = (self.entry, self.lang);
        self.heading(["What is looked for", "查找内容"])?;
        self.fact(["one of the terms", "词语之一"], &entry.terms.join(lang.pick(", ", "、")))?;
        if entry.derived {
            let words = ["taken from the matter's name by a program", "由程序从事项名称推得"];
            writeln!(self.out, "  ({})", lang.pick(words[0], words[1]))?;
        }
        for condition in &entry.near {
            if condition.weight > 0 {
                let weight = condition.weight;
                let (en, zh) = (
                    format!("adding {weight} where near, one of"),
                    format!("见到其一则加权{weight}"),
                );
                self.words([&en, &zh], condition)?;
            } else {
                self.words(["and near it one of", "并须见到其一"], condition)?;
            }
        }
        for condition in &entry.quantities {
            let within = reach(condition.within, lang);
            let words = lang.pick(
                format!("  and a quantity {}, {within}", condition.name),
                format!("  并须见到数量 {}（{within}）", condition.name),
            );
            writeln!(self.out, "{}", Shown(&words))?;
        }
        let heading = match entry.require {
            true => ["and the qualifier, one of", "并须见到限定语之一"],
            false => ["is complete with the qualifier, one of", "见到限定语之一方为完整"],
        };
        for condition in &entry.qualifiers {
            self.words(heading, condition)?;
        }
        for condition in &entry.apart {
            self.words(["but none of", "但不得见到"], condition)?;
        }
        self.weights()?;
        let documents = &entry.documents;
        let list = |words: &[String]| words.join(lang.pick(", ", "、"));
        self.fact(["only in documents titled", "仅限文种"], &list(&documents.kinds))?;
        self.fact(["not in documents titled", "不含文种"], &list(&documents.not_kinds))?;
        self.fact(["only in files named", "仅限文件名"], &list(&documents.names))?;
        self.fact(["not in files named", "不含文件名"], &list(&documents.not_names))
    }

    fn weights(&mut self) -> io::Result<()> {
        let entry = self.entry;
        if entry.threshold == 0 {
            return Ok(());
        }
        let weighed = entry.terms.iter().map(|term| format!("{term} {}", entry.weight_of(term)));
        let weighed: Vec<_> = weighed.collect();
        self.fact(["weights of the terms", "词语权重"], &weighed.join(self.lang.pick(", ", "、")))?;
        let least = entry.threshold.to_string();
        self.fact(["all weights together at least", "权重合计不低于"], &least)
    }

    fn words(&mut self, what: [&str; 2], condition: &Condition) -> io::Result<()> {
        let within = reach(condition.within, self.lang);
        let what =
            self.lang.pick(format!("{} ({within})", what[0]), format!("{}（{within}）", what[1]));
        let words = self.dictionary.word_sets[condition.words].words();
        let words = words.join(self.lang.pick(", ", "、"));
        self.fact([&what, &what], &words)
    }

    fn examples(&mut self, what: [&str; 2], examples: &[String]) -> io::Result<()> {
        if examples.is_empty() {
            return Ok(());
        }
        self.heading(what)?;
        for example in examples {
            for line in example.trim_end().lines() {
                writeln!(self.out, "  | {}", Shown(line))?;
            }
        }
        Ok(())
    }

    fn heading(&mut self, [en, zh]: [&str; 2]) -> io::Result<()> {
        writeln!(self.out, "\n{}", self.lang.pick(en, zh))
    }

    fn fact(&mut self, [en, zh]: [&str; 2], value: &str) -> io::Result<()> {
        if value.is_empty() {
            return Ok(());
        }
        let what = self.lang.pick(format!("{en}: "), format!("{zh}："));
        writeln!(self.out, "  {}{}", Shown(&what), Shown(value))
    }
}

/// How near, in words.
pub(super) fn reach(within: Within, lang: Lang) -> String {
    match within {
        Within::Sentence => lang.pick("in the sentence", "同一句内").to_owned(),
        Within::Paragraph => lang.pick("in the paragraph", "同一段内").to_owned(),
        Within::Page => lang.pick("on the page", "同一页内").to_owned(),
        Within::Characters(n) => {
            lang.pick(format!("within {n} characters"), format!("前后{n}字内"))
        }
    }
}
