//! All rules on one page, in Markdown and both languages: `docs/rules.md` is
//! what this writes, and a test holds it to that.

use std::io::{self, Write};

use super::explain::law;
use crate::dictionary::{Dictionary, Example, Rule};
use crate::model::Severity;
use crate::report::Lang;

const HEAD: &str = "\
# Rules

Written by `vetmark rules page` from the files in `dictionaries/rules/`: change those. Each rule with its weight, what it
means, what a person does, the law by edition, an example and a counter-example, all of which are rehearsed as whole
documents by `vetmark rules check` and by the tests. More examples: `vetmark explain RULE`.

由 `vetmark rules page` 根据 `dictionaries/rules/` 中的文件生成。每条规则列出分量、含义、处理办法、分版本的法律依据、示例和反例；
示例和反例均作为完整文件由 `vetmark rules check` 和测试实际演练。
";

/// Writes the page.
///
/// # Errors
/// What `out` says.
pub(super) fn write(dictionary: &Dictionary, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{HEAD}")?;
    writeln!(out, "| rule | weight | | |\n|---|---|---|---|")?;
    for Rule { id, severity, title, .. } in &dictionary.rules {
        let (weight, _) = weight(*severity);
        writeln!(out, "| [`{id}`](#{}) | {weight} | {} | {} |", anchor(id), title.en, title.zh)?;
    }
    dictionary.rules.iter().try_for_each(|rule| section(rule, out))
}

fn section(rule: &Rule, out: &mut dyn Write) -> io::Result<()> {
    let (weight_en, weight_zh) = weight(rule.severity);
    writeln!(out, "\n## {}\n", rule.id)?;
    writeln!(out, "**{} · {}** ({weight_en}, {weight_zh})\n", rule.title.en, rule.title.zh)?;
    for words in [&rule.meaning, &rule.action] {
        writeln!(out, "{}\n\n{}\n", words.en.trim(), words.zh.trim())?;
    }
    for basis in &rule.basis {
        writeln!(out, "- {}", law(basis, Lang::En))?;
    }
    if !rule.basis.is_empty() {
        writeln!(out)?;
    }
    for (heading, examples) in
        [("Example · 示例", &rule.examples), ("Counter-example · 反例", &rule.counter_examples)]
    {
        if let Some(example) = examples.first() {
            shown(heading, example, out)?;
        }
    }
    Ok(())
}

fn shown(heading: &str, example: &Example, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "{heading}")?;
    if let Some(name) = &example.name {
        write!(out, " `{name}`")?;
    }
    if let Some(day) = example.as_of {
        write!(out, " ({day})")?;
    }
    writeln!(out, ":\n")?;
    for line in example.text.trim_end().lines() {
        writeln!(out, "{}", format!("    {line}").trim_end())?;
    }
    writeln!(out)?;
    for note in [&example.why, &example.pending].into_iter().flatten() {
        writeln!(out, "{} {}\n", note.en.trim(), note.zh.trim())?;
    }
    Ok(())
}

fn weight(severity: Severity) -> (&'static str, &'static str) {
    match severity {
        Severity::Block => ("block", "阻止"),
        Severity::Review => ("review", "审查"),
        Severity::Note => ("note", "提示"),
    }
}

/// The anchor that Markdown gives a heading of a rule's id.
fn anchor(id: &str) -> String {
    id.replace('.', "")
}
