//! The disclosure review form (信息公开保密审查表) as HTML to be printed: one sheet a
//! matter, with what the examination knows filled in and the rest left to be written.
//! No script, nothing from elsewhere, everything escaped.

use std::io::{self, Write};

use super::examined::{Examined, Finding, Gap, Part, Place};
use super::filed::{Filed, Record, Taken};
use super::html::{self, Text};
use super::{Lang, Shown, named, phrases, register};
use crate::model::{Carrier, Conclusion, Step};

/// Findings and gaps that are written out on one sheet; of further ones the number is given.
const WRITTEN_OUT: usize = 40;

const STYLE: &str = "
@page { size: A4; margin: 15mm 16mm; }
body { max-width: 178mm; }
section { break-after: page; }
section:last-of-type { break-after: auto; }
th { width: 30mm; }
ul { margin: 0; padding-left: 5mm; }
.write { height: 13mm; }
.sign { margin-top: 7mm; text-align: right; }
.warn { font-weight: 600; }
";

/// Writes the head of the document.
///
/// # Errors
/// Those of the writer.
pub fn head(lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    html::head(lang, lang.pick("Disclosure review form", "信息公开保密审查表"), STYLE, out)
}

/// Writes its end.
///
/// # Errors
/// Those of the writer.
pub fn end(out: &mut dyn Write) -> io::Result<()> {
    html::end(out)
}

/// Writes the sheets of one matter: one for each channel it is proposed for, with what
/// was said filled in, and an empty one where it is proposed for none.
///
/// # Errors
/// Those of the writer.
pub fn sheets(lang: Lang, filed: &Filed, out: &mut dyn Write) -> io::Result<()> {
    for record in filed.each() {
        Sheet { lang, filed, record, out }.matter()?;
    }
    Ok(())
}

struct Sheet<'a> {
    lang: Lang,
    filed: &'a Filed,
    record: Option<&'a Record>,
    out: &'a mut dyn Write,
}

impl Sheet<'_> {
    fn matter(&mut self) -> io::Result<()> {
        let one = &self.filed.examined;
        let title = self.lang.pick("Disclosure review form", "信息公开保密审查表");
        writeln!(self.out, "<section>\n<h1>{title}</h1>\n<table>")?;
        self.proposal(one)?;
        self.examination(one)?;
        writeln!(self.out, "</table>\n<table>")?;
        self.questions()?;
        writeln!(self.out, "</table>\n<table>")?;
        self.steps()?;
        let (version, rules) = (Text(&one.engine.version), Text(&one.engine.rules));
        let (day, digest) = (one.as_of, Text(&one.sha256));
        writeln!(
            self.out,
            "</table>\n<p class=\"small\">{} vetmark {version} · {day} · SHA-256 {digest} · {} {rules}</p>\n</section>",
            self.lang.pick(
                "The examination is an aid and approves nothing: a named person decides.",
                "机器检查结果仅供参考，不构成批准；公开前须由具名责任人审查决定。",
            ),
            self.lang.pick("rules", "规则"),
        )
    }

    /// A row whose cell is HTML that is already safe.
    fn row(&mut self, en: &'static str, zh: &'static str, html: &str) -> io::Result<()> {
        writeln!(self.out, "<tr><th>{}</th><td>{html}</td></tr>", self.lang.pick(en, zh))
    }

    /// Boxes to be ticked; of those that are, the box is.
    fn boxes(&self, of: &[(&'static str, &'static str, bool)]) -> String {
        let of: Vec<_> = of
            .iter()
            .map(|(en, zh, ticked)| {
                format!("{} {}", if *ticked { "☑" } else { "□" }, self.lang.pick(en, zh))
            })
            .collect();
        of.join(" &emsp;")
    }

    fn at(&self, step: Step) -> Option<&Taken> {
        self.record.and_then(|record| record.at(step))
    }

    fn proposal(&mut self, one: &Examined) -> io::Result<()> {
        let submitted = self.at(Step::Submit);
        let blank = self.lang.pick("&nbsp;", "　　　　年　　月　　日").to_owned();
        let day = submitted.map_or(blank, |taken| Text(taken.day()).to_string());
        self.row("Date", "填表日期", &day)?;
        let number = register::number(self.filed);
        self.row("Number", "编号", if number.is_empty() { "&nbsp;" } else { &number })?;
        self.row("Unit that proposes", "拟公开单位", "&nbsp;")?;
        let file = self.lang.pick("file", "文件");
        let title = self.record.map(|record| Text(&record.title).to_string()).unwrap_or_default();
        let file = format!("{title}<br>{file}: {}", Text(&one.source));
        self.row("Title", "信息名称（标题）", &file)?;
        let carrier = self.record.map(|record| record.carrier);
        let is = |of| carrier == Some(of);
        let carriers = self.boxes(&[
            ("official document", "公文", is(Carrier::Document)),
            ("article", "稿件", is(Carrier::Manuscript)),
            ("exhibition", "展览", is(Carrier::Exhibition)),
            ("interview", "采访", is(Carrier::Interview)),
            ("audio or video", "音像", is(Carrier::Recording)),
            ("other", "其他", is(Carrier::Other)),
        ]);
        self.row("Carrier form", "载体形式", &carriers)?;
        let channels = self.channels();
        self.row("Intended channel", "拟公开方式", &channels)?;
        let on = self.record.map(|record| Text(&record.on).to_string());
        self.row("Intended date", "拟公开时间", on.as_deref().unwrap_or("&nbsp;"))?;
        self.row("Published by, place", "发布渠道、主办单位、地点", "&nbsp;")?;
        let level = self.original_level(one);
        self.row("Original level", "原密级", &level)?;
        let basis = self.record.map(|record| Text(&record.basis).to_string());
        let write = "<div class=\"write\"></div>";
        self.row("Basis", "公开依据（事由）", basis.as_deref().unwrap_or(write))?;
        let signed = self.said(&[Step::Submit]);
        self.row("Handler's own opinion, undertakings", "承办人意见、保密承诺", &signed)
    }

    /// The channels of the form; one that the record names otherwise is written out.
    fn channels(&self) -> String {
        const NAMED: [(&str, &str); 5] = [
            ("website", "政府网站"),
            ("newspaper", "报刊"),
            ("radio", "广播"),
            ("television", "电视"),
            ("notice board", "公开栏"),
        ];
        let channel = self.record.map(|record| record.channel.as_str());
        let is = |en: &str, zh: &str| channel.is_some_and(|said| said == en || said == zh);
        let other = channel.filter(|_| !NAMED.iter().any(|(en, zh)| is(en, zh)));
        let mut boxes: Vec<_> = NAMED.map(|(en, zh)| (en, zh, is(en, zh))).into();
        boxes.push(("other", "其他", other.is_some()));
        let mut words = self.boxes(&boxes);
        if let Some(other) = other {
            words += &format!("{}{}", self.lang.pick(": ", "："), Text(other));
        }
        words
    }

    /// What was said at steps, each with name, day and entry; then room to sign.
    fn said(&self, steps: &[Step]) -> String {
        let mut words = String::new();
        for taken in steps.iter().filter_map(|step| self.at(*step)) {
            words += &format!("<div>{}</div>", Text(&taken.words));
            for (finding, ruling, reason) in &taken.rulings {
                let ruling = ruling.words();
                let colon = self.lang.pick(": ", "：");
                words += &format!(
                    "<div class=\"small\">{} {}{colon}{}</div>",
                    Text(finding),
                    self.lang.of(&ruling),
                    Text(reason)
                );
            }
            for (part, said) in &taken.attested {
                let part = self.lang.pick(format!("part {part}: "), format!("第{part}部分："));
                words += &format!("<div class=\"small\">{part}{}</div>", Text(said));
            }
            words += &self.by(taken);
        }
        if words.is_empty() {
            words += "<div class=\"write\"></div>";
        }
        words + &self.signature()
    }

    /// Who took a step and when, by which entry of the ledger.
    fn by(&self, taken: &Taken) -> String {
        let (person, day, entry) = (Text(&taken.person), Text(taken.day()), taken.entry);
        let recorded = self.lang.pick(
            format!("recorded: {person}, {day}, ledger entry {entry}"),
            format!("登记：{person}，{day}，台账第{entry}条"),
        );
        let mut words = format!("<div class=\"small\">{recorded}</div>");
        if !taken.opened {
            let never = self.lang.pick("never opened the matter", "未打开过该事项");
            words += &format!("<div class=\"small warn\">{never}</div>");
        }
        if taken.bulk > 1 {
            let bulk = taken.bulk;
            let many = self.lang.pick(
                format!("one of {bulk} matters at one stroke"),
                format!("批量办理{bulk}项之一"),
            );
            words += &format!("<div class=\"small warn\">{many}</div>");
        }
        words
    }

    /// What the marks say, with where the matter stands.
    fn original_level(&self, one: &Examined) -> String {
        let marks = named::marks(self.lang, one);
        let mut words: Vec<_> = marks.iter().map(|mark| Text(mark).to_string()).collect();
        if let Some(block) = &one.declassification {
            let mut state = phrases::state(block.state).of(self.lang).to_owned();
            if let Some(day) = block.protected_through {
                state += &self.lang.pick(format!(", through {day}"), format!("，至{day}"));
            }
            words.push(state);
        }
        words.join("<br>")
    }

    fn examination(&mut self, one: &Examined) -> io::Result<()> {
        let verdict = phrases::heading(one.verdict).of(self.lang);
        let next = Text(self.lang.of(&one.next_step)).to_string();
        self.row("Examination", "机器检查结论", &format!("{verdict}<br>{next}"))?;
        let mut findings = Vec::new();
        let mut gaps = Vec::new();
        for (part, number) in one.parts.iter().zip(1..) {
            findings.extend(part.findings.iter().map(|finding| self.finding(part, finding)));
            gaps.extend(part.gaps.iter().map(|gap| self.gap(number, part, gap)));
        }
        let findings = self.list(&findings);
        self.row("Findings", "检查发现", &findings)?;
        let gaps = self.list(&gaps);
        self.row("Parts not read", "未读部分", &gaps)
    }

    fn list(&self, items: &[String]) -> String {
        if items.is_empty() {
            return self.lang.pick("none", "无").to_owned();
        }
        let mut html = String::from("<ul>");
        for item in items.iter().take(WRITTEN_OUT) {
            html += &format!("<li>{item}</li>");
        }
        if let Some(more) = items.len().checked_sub(WRITTEN_OUT).filter(|more| *more > 0) {
            html += &self.lang.pick(
                format!("<li>… {more} more: see the examination</li>"),
                format!("<li>……另有{more}项，见检查结果</li>"),
            );
        }
        html + "</ul>"
    }

    fn finding(&self, part: &Part, finding: &Finding) -> String {
        let severity = match finding.suppressed {
            Some(_) => self.lang.pick("suppressed", "已排除"),
            None => phrases::severity(finding.severity).of(self.lang),
        };
        let place = place(self.lang, &finding.place);
        let mut words = format!(
            "{} [{severity}] {} · {} · {}",
            Text(&finding.id),
            Text(&finding.rule),
            Text(&part.path.join(" › ")),
            Text(&place)
        );
        if let Some(quote) = &finding.quote {
            words += &format!("<br>“{}”", Text(quote));
        }
        words += &format!("<br>{}", Text(self.lang.of(&finding.message)));
        if !finding.basis.is_empty() {
            let basis = named::laws(self.lang, &finding.basis).join(self.lang.pick("; ", "；"));
            words += &format!("<br><span class=\"small\">{}</span>", Text(&basis));
        }
        words
    }

    fn gap(&self, number: usize, part: &Part, gap: &Gap) -> String {
        let number = self.lang.pick(format!("part {number}"), format!("第{number}部分"));
        let limit = gap.limit.as_deref().map(|limit| format!(" ({limit})")).unwrap_or_default();
        let detail = self.lang.message(&gap.detail);
        let words =
            format!("{number} · {}{limit} · {} · {detail}", gap.rule, part.path.join(" › "));
        Text(&words).to_string()
    }

    fn questions(&mut self) -> io::Result<()> {
        let answer = self.lang.pick("□ yes &emsp;□ no", "□ 是　□ 否");
        for (en, zh) in [
            ("State secrets, sensitive internal information", "国家秘密及内部敏感信息"),
            ("Work secrets", "工作秘密"),
            ("Trade secrets", "商业秘密"),
            ("Personal privacy", "个人隐私"),
            (
                "Progress, results, drawings, pictures of classified projects",
                "涉密项目进度、成果、图纸、照片",
            ),
            ("Cooperation abroad in defence matters", "涉外军工合作"),
            ("Other matters not fit to be disclosed", "其他不宜公开的内容"),
        ] {
            let question = self.lang.pick(en, zh);
            writeln!(self.out, "<tr><td>{question}</td><td>{answer}</td></tr>")?;
        }
        Ok(())
    }

    fn signature(&self) -> String {
        let line = self.lang.pick(
            "signature and seal: ____________ &emsp;date: ____________",
            "签字（盖章）：____________　　年　　月　　日",
        );
        format!("<div class=\"sign\">{line}</div>")
    }

    fn steps(&mut self) -> io::Result<()> {
        for (en, zh, steps) in [
            ("Opinion of the unit", "所在单位意见", &[][..]),
            ("Opinion of the business department", "业务主管部门意见", &[Step::Department]),
            (
                "Opinion of the secrecy or publicity office",
                "保密（宣传）机构意见",
                &[Step::Review, Step::SecondReview],
            ),
        ] {
            let signed = self.said(steps);
            self.row(en, zh, &signed)?;
        }
        for (en, zh, step) in [
            ("Opinion of the organiser", "会议主办单位意见", Step::Organiser),
            ("Opinion of another body", "征求意见情况", Step::Consult),
        ] {
            if self.at(step).is_some() {
                let signed = self.said(&[step]);
                self.row(en, zh, &signed)?;
            }
        }
        let decided = self.decided();
        self.row("Approval", "分管领导审批", &decided)?;
        let next = self.record.filter(|record| record.next != Step::Closed).map(|record| {
            let next = record.next.words();
            let name = self.lang.pick("not decided yet; next: ", "尚未审批；下一步：");
            format!("<div>{name}{}</div>", self.lang.of(&next))
        });
        let remarks = format!("{}<div class=\"write\"></div>", next.unwrap_or_default());
        self.row("Remarks, who keeps the original", "备注（原件、复印件保存人）", &remarks)
    }

    /// The conclusion, ticked where one was reached, to whom it is reported and by when.
    fn decided(&self) -> String {
        let conclusion = self.at(Step::Decide).and_then(|taken| taken.conclusion.as_ref());
        let is = |of| conclusion.is_some_and(|(said, _)| *said == of);
        let mut words = self.boxes(&[
            ("disclose", "公开", is(Conclusion::Disclose)),
            ("disclose in part", "部分公开", is(Conclusion::Part)),
            ("do not disclose", "不予公开", is(Conclusion::Withhold)),
            ("declassify first, then disclose", "先解密再公开", is(Conclusion::Declassify)),
            ("report upward", "报请确定", is(Conclusion::Report)),
        ]);
        if let Some((_, Some((whom, day)))) = conclusion {
            let (whom, day) = (Text(whom), Text(day));
            words += &self.lang.pick(
                format!("<div>reported to {whom}, by {day}</div>"),
                format!("<div>报送{whom}，期限{day}</div>"),
            );
        }
        words + &self.said(&[Step::Decide])
    }
}

/// `page 1, line 2, body`, with characters where nothing else tells the place.
fn place(lang: Lang, place: &Place) -> String {
    let mut words = Vec::new();
    words.extend(place.page.map(|n| lang.pick(format!("page {n}"), format!("第{n}页"))));
    words.extend(place.line.map(|n| lang.pick(format!("line {n}"), format!("第{n}行"))));
    words.push(phrases::region(place.region).of(lang).to_owned());
    if !place.label.is_empty() {
        words.push(Shown(&place.label).to_string());
    }
    let [from, to] = place.char;
    words.push(lang.pick(format!("characters {from} to {to}"), format!("字符 {from} 至 {to}")));
    words.join(lang.pick(", ", "，"))
}
