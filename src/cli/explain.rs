//! `vetmark explain`: what a rule means, the law it rests on, an example, and
//! what a person does about it.

use std::io::Write;
use std::path::PathBuf;

use anyhow::bail;

use super::dictionary::Source;
use super::locale::LangArg;
use super::output::Output;
use super::settings::SettingArgs;
use super::{Status, explain_finding};
use crate::dictionary::{Basis, Example, Rule};
use crate::report::{Lang, Shown};

/// Explain a rule: what it means, its law, an example, what to do
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The rule as it stands in reports, e.g. cn.mark.state-secret
    #[arg(value_name = "RULE", required_unless_present = "finding")]
    rule: Option<String>,
    /// A finding of a report instead, e.g. f3: its evidence piece by piece, then its rule
    #[arg(long, value_name = "ID", requires = "report", conflicts_with = "rule")]
    finding: Option<String>,
    /// The report it stands in, as `scan --format ndjson` writes it; - is standard input
    #[arg(long, value_name = "FILE", requires = "finding")]
    report: Option<PathBuf>,
    /// The matter it stands in, where several of the report have such a finding
    #[arg(long, value_name = "SOURCE", requires = "finding")]
    matter: Option<String>,
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
    let lang = settings.lang();
    let reported = match (&args.finding, &args.report) {
        (Some(id), Some(report)) => {
            Some(explain_finding::find(report, id, args.matter.as_deref())?)
        }
        _ => None,
    };
    let wanted = match &reported {
        Some(reported) => reported.rule(),
        None => args.rule.as_deref().unwrap_or_default(),
    };
    let Some(rule) = dictionary.rule(wanted) else {
        let ids = dictionary.rules.iter().map(|rule| rule.id.as_str());
        let near = nearest(ids, wanted);
        match near.is_empty() {
            true => bail!("no rule {wanted}; `vetmark rules list` shows all"),
            false => bail!("no rule {wanted}; did you mean {}?", near.join(" or ")),
        }
    };
    let mut out = Output::open(None)?;
    if let Some(reported) = &reported {
        explain_finding::render(reported, &dictionary, lang, &mut out)?;
    }
    render(rule, lang, &mut out)?;
    out.finish()?;
    Ok(Status::NothingFound)
}

fn render(rule: &Rule, lang: Lang, out: &mut dyn Write) -> std::io::Result<()> {
    writeln!(out, "{}: {}\n", rule.id, Shown(lang.of(&rule.title)))?;
    writeln!(out, "{}\n", Shown(lang.of(&rule.meaning).trim()))?;
    writeln!(out, "{}", lang.pick("What to do", "如何处理"))?;
    writeln!(out, "  {}", Shown(lang.of(&rule.action).trim()))?;
    if !rule.basis.is_empty() {
        writeln!(out, "\n{}", lang.pick("Law", "法律依据"))?;
        for basis in &rule.basis {
            writeln!(out, "  {}", law(basis, lang))?;
        }
    }
    examples(lang.pick("Example", "示例"), &rule.examples, lang, out)?;
    examples(lang.pick("Not an example", "反例"), &rule.counter_examples, lang, out)
}

/// `保守国家秘密法2010 第17条 (2010-10-01 to 2024-04-30)`.
pub(super) fn law(basis: &Basis, lang: Lang) -> String {
    Shown(lang.of(&basis.words())).to_string()
}

fn examples(
    heading: &str,
    examples: &[Example],
    lang: Lang,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    for example in examples {
        writeln!(out, "\n{heading}")?;
        if let Some(name) = &example.name {
            writeln!(out, "  {}:", Shown(name))?;
        }
        for line in example.text.trim_end().lines() {
            writeln!(out, "  | {}", Shown(line))?;
        }
        if let Some(why) = &example.why {
            writeln!(out, "  {}", Shown(lang.of(why)))?;
        }
    }
    Ok(())
}

/// Those ids that are nearly what was typed, or hold it; at most three.
pub(super) fn nearest<'a>(ids: impl Iterator<Item = &'a str>, typed: &str) -> Vec<&'a str> {
    let mut near: Vec<_> = ids
        .filter_map(|id| {
            let steps = distance(id, typed);
            let close = steps <= id.chars().count() / 3;
            let holds = typed.chars().count() > 2 && id.contains(typed);
            (close || holds).then_some((steps, id))
        })
        .collect();
    near.sort_unstable();
    near.into_iter().take(3).map(|(_, id)| id).collect()
}

/// Edit distance (Levenshtein) in characters.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().take(100).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(id: &str) -> Rule {
        let text = r#"
            severity = "block"
            title = { en = "A mark", zh = "标志" }
            meaning = { en = "It is marked.", zh = "已标密。" }
            message = { en = "m", zh = "m" }
            action = { en = "Do not send it.", zh = "不得外发。" }
            basis = [
                { cite = "保密法1988 第13条", from = "1989-05-01", to = "2010-09-30" },
                { cite = "保密法2010 第17条", from = "2010-10-01", verified = false },
            ]
            examples = [{ text = "机密★10年\n\u001b[2J通知", name = "通知.txt" }]
            counter_examples = [
                { text = "机密一词", why = { en = "Only a word.", zh = "只是词语。" } },
            ]
        "#;
        toml::from_str(&format!("id = \"{id}\"\n{text}")).unwrap()
    }

    #[test]
    fn a_rule_is_explained_in_full() {
        let explained = |lang| {
            let mut out = Vec::new();
            render(&rule("cn.mark.label"), lang, &mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        let want = "\
cn.mark.label: A mark

It is marked.

What to do
  Do not send it.

Law
  保密法1988 第13条 (1989-05-01 to 2010-09-30)
  保密法2010 第17条 (from 2010-10-01), text not verified

Example
  通知.txt:
  | 机密★10年
  | \\u{1b}[2J通知

Not an example
  | 机密一词
  Only a word.
";
        assert_eq!(explained(Lang::En), want);
        let zh = explained(Lang::Zh);
        for words in ["已标密。", "如何处理\n  不得外发。", "（自 2010-10-01），条文未核对", "反例"]
        {
            assert!(zh.contains(words), "{words} in {zh}");
        }
    }

    #[test]
    fn a_rule_that_is_not_there_is_looked_for_nearby() {
        let ids = ["cn.mark.state-secret", "cn.mark.label", "cn.term.expired"];
        for (typed, near) in [
            ("cn.mark.lable", &["cn.mark.label"][..]),
            ("state-secret", &["cn.mark.state-secret"]),
            ("cn.mark", &["cn.mark.label", "cn.mark.state-secret"]),
            ("entirely.different.words", &[]),
        ] {
            assert_eq!(nearest(ids.into_iter(), typed), near, "{typed}");
        }
    }

    #[test]
    fn distances() {
        for (a, b, steps) in
            [("", "", 0), ("mark", "", 4), ("mark", "mark", 0), ("mark", "makr", 2), ("a", "ab", 1)]
        {
            assert_eq!(distance(a, b), steps, "{a} {b}");
            assert_eq!(distance(b, a), steps, "{b} {a}");
        }
    }
}
