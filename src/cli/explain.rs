//! `vetmark explain`: what a rule means, the law it rests on, an example, and
//! what a person does about it.

use std::io::Write;

use anyhow::bail;

use super::Status;
use super::dictionary::Source;
use super::locale::{self, LangArg};
use super::output::Output;
use crate::dictionary::{Basis, Dictionary, Example, Rule};
use crate::report::{Lang, Shown};

/// Explain a rule: what it means, its law, an example, what to do
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The rule as it stands in reports, e.g. cn.mark.state-secret
    #[arg(value_name = "RULE")]
    rule: String,
    #[command(flatten)]
    source: Source,
    /// Language [default: the locale's]
    #[arg(long, value_enum)]
    lang: Option<LangArg>,
}

/// Explains.
pub(super) fn run(args: &Args) -> anyhow::Result<Status> {
    let dictionary = args.source.load()?;
    let lang = locale::choose(args.lang);
    let Some(rule) = dictionary.rule(&args.rule) else {
        let near = nearest(&dictionary, &args.rule);
        match near.is_empty() {
            true => bail!("no rule {}; `vetmark rules list` shows all", args.rule),
            false => bail!("no rule {}; did you mean {}?", args.rule, near.join(" or ")),
        }
    };
    let mut out = Output::open(None)?;
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
fn law(basis: &Basis, lang: Lang) -> String {
    let mut words = Shown(&basis.cite).to_string();
    match (basis.from, basis.to) {
        (Some(from), Some(to)) => {
            words += &lang.pick(format!(" ({from} to {to})"), format!("（{from} 至 {to}）"));
        }
        (Some(from), None) => {
            words += &lang.pick(format!(" (from {from})"), format!("（自 {from}）"));
        }
        (None, Some(to)) => words += &lang.pick(format!(" (to {to})"), format!("（至 {to}）")),
        (None, None) => {}
    }
    if !basis.verified {
        words += lang.pick(", text not verified", "，条文未核对");
    }
    words
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

/// Rules whose id is nearly what was typed, or holds it; at most three.
fn nearest<'a>(dictionary: &'a Dictionary, typed: &str) -> Vec<&'a str> {
    let mut near: Vec<_> = dictionary
        .rules
        .iter()
        .filter_map(|rule| {
            let steps = distance(&rule.id, typed);
            let close = steps <= rule.id.chars().count() / 3;
            let holds = typed.chars().count() > 2 && rule.id.contains(typed);
            (close || holds).then_some((steps, rule.id.as_str()))
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
