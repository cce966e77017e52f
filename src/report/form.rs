//! The disclosure review form (信息公开保密审查表) as HTML to be printed: one sheet a
//! matter, with what the examination knows filled in and the rest left to be written.
//! No script, nothing from elsewhere, everything escaped.

use std::io::{self, Write};

use super::examined::{Examined, Finding, Gap, Part, Place};
use super::{Lang, Shown, named, phrases};

/// Findings and gaps that are written out on one sheet; of further ones the number is given.
const WRITTEN_OUT: usize = 40;

const STYLE: &str = "
@page { size: A4; margin: 15mm 16mm; }
body { font: 10.5pt/1.4 'Noto Serif CJK SC', SimSun, 'Songti SC', serif; color: #000; margin: 0 auto; max-width: 178mm; }
section { break-after: page; }
section:last-of-type { break-after: auto; }
h1 { font-size: 17pt; text-align: center; margin: 0 0 3mm; }
table { border-collapse: collapse; width: 100%; table-layout: fixed; margin: 0 0 3mm; }
th, td { border: 0.3mm solid #000; padding: 1mm 1.6mm; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
th { font-weight: 600; width: 30mm; }
tr { break-inside: avoid; }
ul { margin: 0; padding-left: 5mm; }
.write { height: 13mm; }
.sign { margin-top: 7mm; text-align: right; }
.small { font-size: 8.5pt; }
";

/// A string of a document or a person in HTML, with what acts or hides written out.
struct Text<'a>(&'a str);

impl std::fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for c in Shown(self.0).to_string().chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                _ => write!(f, "{c}")?,
            }
        }
        Ok(())
    }
}

/// Writes the head of the document.
///
/// # Errors
/// Those of the writer.
pub fn head(lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    let title = lang.pick("Disclosure review form", "信息公开保密审查表");
    writeln!(
        out,
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>",
        lang.pick("en", "zh-CN")
    )
}

/// Writes its end.
///
/// # Errors
/// Those of the writer.
pub fn end(out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "</body>\n</html>")
}

/// Writes the sheet of one matter.
///
/// # Errors
/// Those of the writer.
pub fn sheet(lang: Lang, one: &Examined, out: &mut dyn Write) -> io::Result<()> {
    Sheet { lang, out }.matter(one)
}

struct Sheet<'a> {
    lang: Lang,
    out: &'a mut dyn Write,
}

impl Sheet<'_> {
    fn matter(&mut self, one: &Examined) -> io::Result<()> {
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

    fn boxes(&self, of: &[(&'static str, &'static str)]) -> String {
        let of: Vec<_> =
            of.iter().map(|(en, zh)| format!("□ {}", self.lang.pick(en, zh))).collect();
        of.join(" &emsp;")
    }

    fn proposal(&mut self, one: &Examined) -> io::Result<()> {
        self.row("Date", "填表日期", self.lang.pick("&nbsp;", "　　　　年　　月　　日"))?;
        self.row("Number", "编号", "&nbsp;")?;
        self.row("Unit that proposes", "拟公开单位", "&nbsp;")?;
        let file = self.lang.pick("file", "文件");
        self.row("Title", "信息名称（标题）", &format!("<br>{file}: {}", Text(&one.source)))?;
        let carriers = self.boxes(&[
            ("official document", "公文"),
            ("article", "稿件"),
            ("exhibition", "展览"),
            ("interview", "采访"),
            ("audio or video", "音像"),
            ("other", "其他"),
        ]);
        self.row("Carrier form", "载体形式", &carriers)?;
        let channels = self.boxes(&[
            ("website", "政府网站"),
            ("newspaper", "报刊"),
            ("radio", "广播"),
            ("television", "电视"),
            ("notice board", "公开栏"),
            ("other", "其他"),
        ]);
        self.row("Intended channel", "拟公开方式", &channels)?;
        self.row("Intended date", "拟公开时间", "&nbsp;")?;
        self.row("Published by, place", "发布渠道、主办单位、地点", "&nbsp;")?;
        let level = self.original_level(one);
        self.row("Original level", "原密级", &level)?;
        self.row("Basis", "公开依据（事由）", "<div class=\"write\"></div>")?;
        let signed = self.signed();
        self.row("Handler's own opinion, undertakings", "承办人意见、保密承诺", &signed)
    }

    /// What the marks say, with where the matter stands.
    fn original_level(&self, one: &Examined) -> String {
        let mut words = Vec::new();
        for finding in one.parts.iter().flat_map(|part| &part.findings) {
            if let (Some(level), Some(mark)) = (&finding.level, &finding.mark)
                && finding.suppressed.is_none()
                && finding.severity > crate::model::Severity::Note
            {
                let (level, term) = (named::level(level), named::term(self.lang, mark));
                let says = Text(&format!("{level} · {term}")).to_string();
                if !words.contains(&says) {
                    words.push(says);
                }
            }
        }
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
        for part in &one.parts {
            findings.extend(part.findings.iter().map(|finding| self.finding(part, finding)));
            gaps.extend(part.gaps.iter().map(|gap| self.gap(part, gap)));
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
            "[{severity}] {} · {} · {}",
            Text(&finding.rule),
            Text(&part.path.join(" › ")),
            Text(&place)
        );
        if let Some(quote) = &finding.quote {
            words += &format!("<br>“{}”", Text(quote));
        }
        words += &format!("<br>{}", Text(self.lang.of(&finding.message)));
        if !finding.basis.is_empty() {
            let basis = finding.basis.join(self.lang.pick("; ", "；"));
            words += &format!("<br><span class=\"small\">{}</span>", Text(&basis));
        }
        words
    }

    fn gap(&self, part: &Part, gap: &Gap) -> String {
        let limit = gap.limit.as_deref().map(|limit| format!(" ({limit})")).unwrap_or_default();
        let words = format!("{}{limit} · {} · {}", gap.rule, part.path.join(" › "), gap.detail);
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

    fn signed(&self) -> String {
        let line = self.lang.pick(
            "signature and seal: ____________ &emsp;date: ____________",
            "签字（盖章）：____________　　年　　月　　日",
        );
        format!("<div class=\"write\"></div><div class=\"sign\">{line}</div>")
    }

    fn steps(&mut self) -> io::Result<()> {
        let signed = self.signed();
        for (en, zh) in [
            ("Opinion of the unit", "所在单位意见"),
            ("Opinion of the business department", "业务主管部门意见"),
            ("Opinion of the secrecy or publicity office", "保密（宣传）机构意见"),
        ] {
            self.row(en, zh, &signed)?;
        }
        let conclusions = self.boxes(&[
            ("disclose", "公开"),
            ("disclose in part", "部分公开"),
            ("do not disclose", "不予公开"),
            ("declassify first, then disclose", "先解密再公开"),
            ("report upward", "报请确定"),
        ]);
        self.row("Approval", "分管领导审批", &format!("{conclusions}{signed}"))?;
        self.row(
            "Remarks, who keeps the original",
            "备注（原件、复印件保存人）",
            "<div class=\"write\"></div>",
        )
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
