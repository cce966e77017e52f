//! Entries of a list → a scope file, for people to go on with.

use std::io::{self, Write};

use super::rows::ListEntry;
use crate::model::Date;

/// What the file says of the list as a whole.
#[derive(Clone, Debug, Default)]
pub struct ScopeHead {
    /// e.g. `example.matters`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its name in English; the name where there is none.
    pub name_en: String,
    /// Who issued it.
    pub issued_by: String,
    /// First day it applies.
    pub valid_from: Option<Date>,
    /// Last day it applies.
    pub valid_to: Option<Date>,
    /// What it was made of, e.g. the name of the table.
    pub source: String,
}

/// Writes the head of a scope file.
///
/// # Errors
/// What `out` says.
pub fn write_scope(head: &ScopeHead, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "# Made by `vetmark dictionary import`. Matters stand here as the list has them. Where `derived` is"
    )?;
    writeln!(
        out,
        "# true the words were taken from the matter's name: better ones, qualifiers and exclusions make"
    )?;
    writeln!(
        out,
        "# an entry precise, examples prove it. `vetmark dictionary check` looks through this file."
    )?;
    writeln!(
        out,
        "# 由 `vetmark dictionary import` 生成，事项照录原清单。derived = true的，词语取自事项名称：宜换用更好的"
    )?;
    writeln!(
        out,
        "# 词语，并以限定和排除使之准确、以示例证明。`vetmark dictionary check` 检查本文件。"
    )?;
    writeln!(out, "\n[scope]")?;
    text(out, "id", &head.id)?;
    let name_en = if head.name_en.is_empty() { &head.name } else { &head.name_en };
    text(out, "name.zh", &head.name)?;
    text(out, "name.en", name_en)?;
    if !head.issued_by.is_empty() {
        writeln!(out, "issued_by = [{}]", quoted(&head.issued_by))?;
    }
    for (key, day) in [("valid_from", head.valid_from), ("valid_to", head.valid_to)] {
        if let Some(day) = day {
            text(out, key, &day.to_string())?;
        }
    }
    if !head.source.is_empty() {
        writeln!(out, "sources = [{}]", quoted(&head.source))?;
    }
    text(out, "certainty", "seen (the body's own list)")
}

/// Writes one entry of the scope `id`.
///
/// # Errors
/// What `out` says.
pub fn write_entry(scope: &str, entry: &ListEntry, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\n[[entry]]")?;
    text(out, "id", &format!("{scope}.{}", entry.key))?;
    some(out, "number", &entry.number)?;
    if !entry.name_en.is_empty() {
        text(out, "name.zh", &entry.matter)?;
        text(out, "name.en", &entry.name_en)?;
    }
    text(out, "matter", &entry.matter)?;
    for (key, value) in [
        ("level", &entry.level),
        ("term", &entry.term),
        ("knowledge", &entry.knowledge),
        ("basis", &entry.basis),
        ("department", &entry.department),
        ("remark", &entry.remark),
    ] {
        some(out, key, value)?;
    }
    list(out, "terms", &entry.words)?;
    if entry.derived {
        writeln!(out, "derived = true")?;
    }
    if !entry.exclusions.is_empty() {
        list(out, "exclusions", &entry.exclusions)?;
    }
    Ok(())
}

fn some(out: &mut dyn Write, key: &str, value: &str) -> io::Result<()> {
    if value.is_empty() { Ok(()) } else { text(out, key, value) }
}

fn text(out: &mut dyn Write, key: &str, value: &str) -> io::Result<()> {
    writeln!(out, "{key} = {}", quoted(value))
}

fn list(out: &mut dyn Write, key: &str, values: &[String]) -> io::Result<()> {
    let values: Vec<_> = values.iter().map(|value| quoted(value)).collect();
    writeln!(out, "{key} = [{}]", values.join(", "))
}

/// A basic string of TOML.
fn quoted(value: &str) -> String {
    let mut quoted = String::with_capacity(value.len() + 2);
    quoted.push('"');
    for c in value.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            // Nobody sees these, and some turn text round.
            c if c.is_control()
                || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}') =>
            {
                quoted.push_str(&format!("\\u{:04X}", u32::from(c)));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
