//! The report for a person: matters by verdict, the strongest first, each with
//! what it rests on; at the end the ledger.

use std::collections::HashMap;
use std::io::{self, Write};

use super::ledger::place;
use super::phrases::{self, Phrase};
use super::{Lang, Ledger, Shown, named};
use crate::model::{
    Declassification, DeclassificationState, Examination, Finding, Gap, GapKind, Level, Note, Part,
    Place, Severity, Suppression, Verdict,
};

/// Findings of one rule that are written out for one part; of further ones the
/// number is given.
const OF_ONE_RULE: usize = 20;

/// A report in the making. Matters are grouped by verdict, so their paragraphs
/// are gathered until the run ends.
#[derive(Debug)]
pub struct Human {
    lang: Lang,
    /// Paragraphs, in the order of [`Verdict::STRONGEST_FIRST`].
    groups: [Vec<u8>; 5],
    /// What made it, as the last matter has it: they are all the same.
    made_by: String,
}

impl Human {
    /// An empty report.
    pub fn new(lang: Lang) -> Self {
        Self { lang, groups: Default::default(), made_by: String::new() }
    }

    /// Adds a matter. Quotes are shown as far as they are in it.
    ///
    /// # Errors
    /// None in practice: it writes to memory.
    pub fn add(&mut self, examination: &Examination) -> io::Result<()> {
        let engine = &examination.engine;
        self.made_by = format!(
            "{} {}, {} {}, {} {}",
            engine.name,
            engine.version,
            self.lang.pick("rules", "规则"),
            short(&engine.rules),
            self.lang.pick("judged as of", "判断日期"),
            examination.as_of
        );
        if let Some(budget) = &engine.budget {
            self.made_by += &format!(", {} {budget}", self.lang.pick("budget", "限额"));
        }
        let group = &mut self.groups[place(examination.verdict)];
        Paragraph { lang: self.lang, out: group }.matter(examination)
    }

    /// Writes the report, with the ledger of the matters that were added.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn finish(self, ledger: &Ledger, out: &mut dyn Write) -> io::Result<()> {
        for (verdict, group) in Verdict::STRONGEST_FIRST.into_iter().zip(&self.groups) {
            if !group.is_empty() {
                let heading = phrases::heading(verdict).of(self.lang);
                writeln!(out, "{heading} ({})\n", ledger.count(verdict))?;
                out.write_all(group)?;
                writeln!(out)?;
            }
        }
        ledger.render(self.lang, out)?;
        writeln!(
            out,
            "{}",
            self.lang.pick(
                "Nothing is approved by this report: a named person decides before anything is disclosed.",
                "本报告不构成批准：公开前须由具名责任人审查决定。",
            )
        )?;
        if !self.made_by.is_empty() {
            writeln!(out, "{}", self.made_by)?;
        }
        Ok(())
    }
}

/// The head of a digest, enough to compare by eye.
fn short(digest: &str) -> &str {
    digest.get(..12).unwrap_or(digest)
}

/// Writes one matter.
struct Paragraph<'a> {
    lang: Lang,
    out: &'a mut Vec<u8>,
}

impl Paragraph<'_> {
    fn say(&self, en: &'static str, zh: &'static str) -> &'static str {
        Phrase { en, zh }.of(self.lang)
    }

    /// A label with its colon: `evidence: `.
    fn label(&mut self, indent: usize, en: &'static str, zh: &'static str) -> io::Result<()> {
        let colon = self.lang.pick(": ", "：");
        write!(self.out, "{:indent$}{}{colon}", "", self.lang.pick(en, zh))
    }

    fn matter(&mut self, examination: &Examination) -> io::Result<()> {
        writeln!(self.out, "{}", Shown(&examination.source))?;
        if examination.verdict == Verdict::NoFinding {
            self.notes_in_short(examination)?;
            return self.suppressed_only(examination);
        }
        if let Some(level) = &examination.level {
            self.label(2, "level", "密级")?;
            writeln!(self.out, "{}", level_name(level))?;
        }
        if let Some(declassification) = &examination.declassification {
            self.declassification(declassification)?;
        }
        let next_step = self.lang.of(&examination.next_step);
        if !next_step.is_empty() {
            self.label(2, "next step", "下一步")?;
            writeln!(self.out, "{}", Shown(next_step))?;
        }
        for part in &examination.parts {
            self.part(part)?;
        }
        Ok(())
    }

    /// Of a matter without a finding: how often which rule only took note.
    fn notes_in_short(&mut self, examination: &Examination) -> io::Result<()> {
        let mut counts: Vec<(&str, usize)> = Vec::new();
        let findings = examination.parts.iter().flat_map(|part| &part.findings);
        for finding in findings.filter(|finding| finding.suppressed.is_none()) {
            match counts.iter_mut().find(|(rule, _)| *rule == finding.rule) {
                Some((_, count)) => *count += 1,
                None => counts.push((&finding.rule, 1)),
            }
        }
        if counts.is_empty() {
            return Ok(());
        }
        let counts: Vec<_> =
            counts.iter().map(|(rule, count)| format!("{rule} ×{count}")).collect();
        self.label(2, "notes", "提示")?;
        writeln!(self.out, "{}", counts.join(", "))
    }

    /// Of a matter without a finding that counts: those that persons took out.
    fn suppressed_only(&mut self, examination: &Examination) -> io::Result<()> {
        for part in &examination.parts {
            let mut part = part.clone();
            part.findings.retain(|finding| finding.suppressed.is_some());
            part.notes.clear();
            self.part(&part)?;
        }
        Ok(())
    }

    fn declassification(&mut self, of: &Declassification) -> io::Result<()> {
        self.label(2, "protection", "保密状态")?;
        write!(self.out, "{}", phrases::state(of.state).of(self.lang))?;
        if let Some(day) = of.protected_through {
            write!(self.out, "{} {day}", self.say(", protected through", "，保密至"))?;
        }
        if let Some(day) = of.issue_date {
            write!(self.out, "{} {day}", self.say(", counted from", "，起算日"))?;
            if let Some(from) = &of.issue_date_from {
                write!(self.out, " ({})", Shown(from))?;
            }
        }
        if of.implicit_term {
            let implicit = self.say(
                ", by the law's default since the mark names no term",
                "，标志未注明期限，按法定最长期限",
            );
            write!(self.out, "{implicit}")?;
        }
        writeln!(self.out)?;
        if let Some(day) = of.archives_open {
            self.label(2, "archives open", "档案开放")?;
            writeln!(self.out, "{} {day}", self.say("from", "自"))?;
        }
        if let Some(body) = &of.original_classifying_body {
            self.label(2, "original classifying body", "原定密机关")?;
            writeln!(self.out, "{}", Shown(body))?;
        }
        // Of a live mark the next step says enough.
        let open = of.state != DeclassificationState::InForce;
        for question in of.questions.iter().filter(|_| open) {
            self.label(2, "to be answered", "须答复")?;
            writeln!(self.out, "{}", Shown(self.lang.of(question)))?;
        }
        Ok(())
    }

    fn part(&mut self, part: &Part) -> io::Result<()> {
        if part.findings.is_empty() && part.gaps.is_empty() && part.notes.is_empty() {
            return Ok(());
        }
        let mut indent = 2;
        if let [_, inner @ ..] = part.path.as_slice()
            && !inner.is_empty()
        {
            let names: Vec<_> = inner.iter().map(|name| Shown(name).to_string()).collect();
            writeln!(self.out, "  › {}", names.join(" › "))?;
            indent = 4;
        }
        let mut written: HashMap<&str, usize> = HashMap::new();
        for finding in &part.findings {
            let count = written.entry(&finding.rule).or_default();
            *count += 1;
            if *count <= OF_ONE_RULE {
                self.finding(indent, finding)?;
            }
        }
        let mut more: Vec<_> =
            written.into_iter().filter(|(_, count)| *count > OF_ONE_RULE).collect();
        more.sort_unstable();
        for (rule, count) in more {
            let more = count - OF_ONE_RULE;
            let words = self.say("more of", "处，规则");
            writeln!(self.out, "{:indent$}… {more} {words} {rule}", "")?;
        }
        for gap in &part.gaps {
            self.gap(indent, gap)?;
        }
        for note in &part.notes {
            self.note(indent, note)?;
        }
        Ok(())
    }

    fn finding(&mut self, indent: usize, finding: &Finding) -> io::Result<()> {
        let severity = match finding.suppressed {
            Some(_) => self.say("suppressed", "已排除"),
            None => phrases::severity(finding.severity).of(self.lang),
        };
        let place = self.place(&finding.place, finding.quote.is_none());
        writeln!(self.out, "{:indent$}[{severity}] {} · {place}", "", finding.rule)?;
        let indent = indent + 4;
        if let Some(quote) = &finding.quote {
            writeln!(self.out, "{:indent$}“{}”", "", Shown(quote))?;
        }
        if let Some(context) = &finding.context
            && finding.quote.as_ref() != Some(context)
        {
            self.label(indent, "in", "上下文")?;
            writeln!(self.out, "{}", Shown(context))?;
        }
        writeln!(self.out, "{:indent$}{}", "", Shown(self.lang.of(&finding.message)))?;
        if let Some(suppression) = &finding.suppressed {
            self.label(indent, "does not count", "不计入")?;
            writeln!(self.out, "{}", suppression_words(self.lang, suppression))?;
        }
        let evidence: Vec<_> =
            finding.evidence.iter().map(|e| Shown(self.lang.of(&e.words)).to_string()).collect();
        self.list(indent, ("evidence", "依据特征"), &evidence)?;
        if let Some(missing) = &finding.missing_qualifiers {
            let missing: Vec<_> = missing.iter().map(|m| Shown(m).to_string()).collect();
            self.list(indent, ("qualifiers not seen near it", "附近未见限定条件"), &missing)?;
        }
        let basis = named::laws(self.lang, &finding.basis);
        self.list(indent, ("basis", "法律依据"), &basis)
    }

    fn list(
        &mut self,
        indent: usize,
        (en, zh): (&'static str, &'static str),
        items: &[String],
    ) -> io::Result<()> {
        if items.is_empty() {
            return Ok(());
        }
        self.label(indent, en, zh)?;
        writeln!(self.out, "{}", items.join(self.lang.pick("; ", "；")))
    }

    fn place(&self, place: &Place, with_characters: bool) -> String {
        let mut words = Vec::new();
        match (self.lang, place.page, place.line) {
            (Lang::En, page, line) => {
                words.extend(page.map(|page| format!("page {page}")));
                words.extend(line.map(|line| format!("line {line}")));
            }
            (Lang::Zh, page, line) => {
                words.extend(page.map(|page| format!("第{page}页")));
                words.extend(line.map(|line| format!("第{line}行")));
            }
        }
        words.push(phrases::region(place.region).of(self.lang).to_owned());
        if !place.label.is_empty() {
            words.push(Shown(&place.label).to_string());
        }
        if with_characters {
            let [from, to] = place.char;
            words.push(match self.lang {
                Lang::En => format!("characters {from} to {to}"),
                Lang::Zh => format!("字符 {from} 至 {to}"),
            });
        }
        words.join(self.lang.pick(", ", "，"))
    }

    fn gap(&mut self, indent: usize, gap: &Gap) -> io::Result<()> {
        let limit = match gap.kind {
            GapKind::Limit(limit) => format!(" ({})", limit.name()),
            _ => String::new(),
        };
        let unread = self.say("not read", "未读");
        let detail = self.lang.message(&gap.detail);
        let detail = Shown(&detail);
        writeln!(self.out, "{:indent$}[{unread}] {}{limit} · {detail}", "", gap.kind.rule())
    }

    fn note(&mut self, indent: usize, note: &Note) -> io::Result<()> {
        let severity = phrases::severity(Severity::Note).of(self.lang);
        let message = Shown(self.lang.of(&note.message));
        writeln!(self.out, "{:indent$}[{severity}] {} · {message}", "", note.id)
    }
}

/// `s-0123456789ab, Li Hong, until 2027-05-31: a form for cooks`.
pub(super) fn suppression_words(lang: Lang, of: &Suppression) -> String {
    let (id, owner, reason, expires) = (&of.id, Shown(&of.owner), Shown(&of.reason), of.expires);
    lang.pick(
        format!("{id}, {owner}, until {expires}: {reason}"),
        format!("{id}，{owner}，有效至{expires}：{reason}"),
    )
}

/// `机密 (cn jimi, rank 2)`; a level is never put in another regime's words.
fn level_name(level: &Level) -> String {
    let name = match (level.regime.as_str(), level.id.as_str()) {
        ("cn", "juemi") => "绝密 ",
        ("cn", "jimi") => "机密 ",
        ("cn", "mimi") => "秘密 ",
        _ => "",
    };
    format!("{name}({} {}, {})", level.regime, level.id, level.rank)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Words;
    use crate::report::tests::{examination, finding, part};

    fn rendered(lang: Lang, examinations: &[Examination]) -> String {
        let mut report = Human::new(lang);
        let mut ledger = Ledger::default();
        for examination in examinations {
            ledger.enter(examination);
            report.add(examination).unwrap();
        }
        let mut out = Vec::new();
        report.finish(&ledger, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn marked() -> Examination {
        let mut marked = examination(vec![
            part(&["in/press.zip"], vec![]),
            part(
                &["in/press.zip", "a/附件.docx"],
                vec![finding("cn.mark.state-secret", Severity::Block)],
            ),
        ]);
        marked.source = "in/press.zip".into();
        marked.verdict = Verdict::Withhold;
        marked.next_step = Words::new("Do not send.", "不得外发。");
        marked.parts[1].gaps.push(Gap::new(GapKind::Limit(crate::model::Limit::Pages), "too many"));
        marked
    }

    #[test]
    fn a_finding_comes_with_all_it_rests_on() {
        let text = rendered(Lang::En, &[marked()]);
        let want = "\
WITHHOLD: a live classification; do not disclose or send (1)

in/press.zip
  next step: Do not send.
  › a/附件.docx
    [block] cn.mark.state-secret · page 1, line 2, body
        “机密★10年”
        in: 机密★10年 特急
        A mark.
        evidence: own line
        basis: 保守国家秘密法2010 第17条
    [not read] gap.limit (pages) · too many

matters: 1 seen = 1 withhold
";
        assert!(text.starts_with(want), "{text}");
        let zh = rendered(Lang::Zh, &[marked()]);
        for words in ["不得公开", "下一步：不得外发。", "第1页，第2行，正文", "依据特征：独占一行"]
        {
            assert!(zh.contains(words), "{words} in {zh}");
        }
    }

    #[test]
    fn the_strongest_verdict_comes_first_and_in_its_own_order() {
        let mut all = Vec::new();
        for (at, verdict) in Verdict::STRONGEST_FIRST.into_iter().rev().enumerate() {
            for copy in 0..2 {
                let mut one = examination(vec![part(&["x"], vec![])]);
                one.source = format!("{at}-{copy}");
                one.verdict = verdict;
                all.push(one);
            }
        }
        let text = rendered(Lang::En, &all);
        let sources: Vec<_> =
            text.lines().filter(|l| l.starts_with(|c: char| c.is_ascii_digit())).collect();
        assert_eq!(sources, ["4-0", "4-1", "3-0", "3-1", "2-0", "2-1", "1-0", "1-1", "0-0", "0-1"]);
    }

    #[test]
    fn without_quotes_the_offsets_stand() {
        let mut one = marked();
        crate::report::Quotes::OFF.apply(&mut one);
        let text = rendered(Lang::En, &[one]);
        assert!(text.contains("page 1, line 2, body, characters 0 to 6\n"), "{text}");
        assert!(!text.contains("★"), "{text}");
    }

    #[test]
    fn names_cannot_act_on_the_terminal() {
        let evil = "\u{1b}]0;owned\u{7}\u{202e}\nno_finding";
        let mut bad = finding("cn.mark.label", Severity::Review);
        bad.quote = Some(evil.into());
        bad.place.label = evil.into();
        let mut one = examination(vec![part(&[evil], vec![]), part(&[evil, evil], vec![bad])]);
        one.source = evil.into();
        one.verdict = Verdict::Review;
        one.parts[0].gaps.push(Gap::new(GapKind::Damaged, evil));
        let text = rendered(Lang::En, &[one]);
        let acts = text.chars().find(|c| *c != '\n' && crate::report::is_unsafe_to_show(*c));
        assert_eq!(acts, None, "{text}");
        assert!(!text.lines().any(|line| line == "no_finding"), "{text}");
    }

    #[test]
    fn many_findings_of_one_rule_are_counted() {
        let many = vec![finding("cn.mark.label", Severity::Review); OF_ONE_RULE + 5];
        let mut one = examination(vec![part(&["x"], many)]);
        one.verdict = Verdict::Review;
        let text = rendered(Lang::En, &[one]);
        assert_eq!(text.matches("[review] cn.mark.label").count(), OF_ONE_RULE);
        assert!(text.contains("… 5 more of cn.mark.label"), "{text}");
    }
}
