//! Declassification worklists: what of a holding is to be settled by whom. Who determined
//! a secret reviews its declassification (保守国家秘密法实施条例2024 第22条; before,
//! 2014 第16条), so the list is grouped by that body and then by the year in which
//! terms end. It proposes, and decides nothing.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io::{self, Write};

use jiff::ToSpan;

use super::examined::Examined;
use super::filed::Filed;
use super::html::{self, Text};
use super::table::{Column, Table, column};
use super::{Lang, named, phrases, register};
use crate::model::{Date, DeclassificationState as State, Words};

const STYLE: &str = "
@page { size: A4 landscape; margin: 12mm 14mm; }
body { max-width: 269mm; }
h2 { font-size: 13pt; margin: 6mm 0 2mm; break-after: avoid; }
h3 { font-size: 10.5pt; margin: 3mm 0 1mm; break-after: avoid; }
section { break-after: page; }
section:last-of-type { break-after: auto; }
th, td { font-size: 8.5pt; padding: 0.8mm 1.2mm; }
thead { display: table-header-group; }
col.n { width: 8mm; } col.day { width: 21mm; } col.file { width: 58mm; } col.mark { width: 23mm; }
col.law { width: 42mm; } col.write { width: 34mm; }
";

/// The list.
#[derive(Clone, Debug)]
pub struct Worklist<'a> {
    /// By body; those whose body is not named come last.
    groups: Vec<Group<'a>>,
    /// How many are listed.
    listed: usize,
    /// How many are protected for longer than the list looks ahead.
    longer: usize,
    /// How many bear no mark that counts.
    unmarked: usize,
    /// How many days the list looks ahead.
    within: i32,
}

/// What one body is asked.
#[derive(Clone, Debug)]
struct Group<'a> {
    body: Option<&'a str>,
    /// By the year in which terms ended or end; by none where no day is known.
    years: BTreeMap<Year, Vec<Row<'a>>>,
}

/// Years in order, and behind them what has none.
type Year = (bool, i16);

#[derive(Clone, Copy, Debug)]
struct Row<'a> {
    filed: &'a Filed,
    state: State,
}

impl<'a> Worklist<'a> {
    /// What is to be settled of these matters: whatever protects a mark that is not, or
    /// within so many days no longer, in force by a known day.
    pub fn of(matters: &'a [Filed], within: i32) -> Self {
        let mut list = Self { groups: Vec::new(), listed: 0, longer: 0, unmarked: 0, within };
        let mut groups: BTreeMap<(bool, &str), BTreeMap<Year, Vec<Row<'a>>>> = BTreeMap::new();
        for filed in matters {
            let one = &filed.examined;
            let block = one.declassification.as_ref();
            let state = block.map_or(State::Unmarked, |block| block.state);
            match state {
                State::Unmarked => list.unmarked += 1,
                State::InForce if !ends_within(one, within) => list.longer += 1,
                _ => {
                    list.listed += 1;
                    let body = block.and_then(|b| b.original_classifying_body.as_deref());
                    let years = groups.entry((body.is_none(), body.unwrap_or_default()));
                    let rows = years.or_default().entry(year(one)).or_default();
                    rows.push(Row { filed, state });
                }
            }
        }
        for ((unnamed, body), mut years) in groups {
            for rows in years.values_mut() {
                rows.sort_by_key(|row| {
                    let one = &row.filed.examined;
                    let rank = one.level.as_ref().map_or(0, |level| level.rank);
                    (through(one), Reverse(rank), &one.source)
                });
            }
            list.groups.push(Group { body: (!unnamed).then_some(body), years });
        }
        list
    }

    fn rows(&self) -> impl Iterator<Item = (Option<&'a str>, Year, Row<'a>)> {
        self.groups.iter().flat_map(|group| {
            group
                .years
                .iter()
                .flat_map(|(year, rows)| rows.iter().map(|row| (group.body, *year, *row)))
        })
    }

    /// The list as a table, a row a matter.
    pub fn table(&self, lang: Lang) -> Table {
        let rows = self.rows().map(|(body, year, row)| cells(lang, body, year, row).into());
        Table { name: "Declassification", columns: COLUMNS, rows: rows.collect() }
    }
}

fn through(one: &Examined) -> Option<Date> {
    one.declassification.as_ref().and_then(|block| block.protected_through)
}

fn ends_within(one: &Examined, days: i32) -> bool {
    let horizon = one.as_of.checked_add(days.days()).unwrap_or(Date::MAX);
    through(one).is_some_and(|day| day <= horizon)
}

fn year(one: &Examined) -> Year {
    through(one).map_or((true, 0), |day| (false, day.year()))
}

/// What is proposed. A person decides.
fn action(state: State) -> Words {
    match state {
        State::Expired => Words::new(
            "The term ran out. Ask the body whether an extension was decided before that; if none was, note the declassification on the document. Review before any disclosure.",
            "期限已满，自行解密。向原定密机关核实届满前有无延长决定；没有的，在文件上注明解密。公开前仍须保密审查。",
        ),
        State::InForce => Words::new(
            "The term ends soon. The body decides before its last day whether the matter stays protected; without a decision it is declassified that day.",
            "期限即将届满。由原定密机关在届满前审核，需继续保密的应在届满前作出延长决定；未决定的届满自行解密。",
        ),
        State::UnknownDate => Words::new(
            "No day to count from. Establish the day of issue from the registers or the written notice, then count the term.",
            "起算日期不明。查收发文登记或者书面通知确定制发日，再计算期限。",
        ),
        State::Condition => Words::new(
            "Protected until an event. Establish whether it came about, and on which day.",
            "附解密条件。核实条件是否成就及成就日期。",
        ),
        State::Indefinite => Words::new(
            "Without end. Name the entry of the matter scope that allows it; where there is none, the body sets a term.",
            "长期。核实所依据的保密事项范围条目；没有依据的，由原定密机关确定期限。",
        ),
        State::Pre1991 => Words::new(
            "Marked before terms existed. To be reviewed item by item by the body, or whoever has its functions now.",
            "1991年以前标注，无保密期限。由原定密机关或者承担其职能的机关逐件审核。",
        ),
        State::Cancelled => Words::new(
            "Bears a note of declassification. Establish who decided it, when, and by which notice. Review before any disclosure.",
            "已有解密标志。核实作出解密决定的机关、日期和通知。公开前仍须保密审查。",
        ),
        State::Unmarked => Words::default(),
    }
}

/// Law that the examination named for what is to be settled, by edition.
fn law(lang: Lang, one: &Examined) -> Vec<String> {
    const ABOUT: [&str; 6] = [
        "term.expired",
        "term.condition",
        "defect.indefinite-term",
        "defect.no-issue-date",
        "defect.no-term",
        "mark.declassified",
    ];
    let findings = || one.parts.iter().flat_map(|part| &part.findings);
    let about = |rule: &str| ABOUT.iter().any(|about| rule.ends_with(about));
    let mut cited: Vec<_> = findings().filter(|found| about(&found.rule)).collect();
    if cited.is_empty() {
        cited = findings().filter(|f| f.mark.is_some() && f.suppressed.is_none()).collect();
    }
    let mut laws = Vec::new();
    for law in cited.iter().flat_map(|found| named::laws(lang, &found.basis)) {
        if !laws.contains(&law) {
            laws.push(law);
        }
    }
    laws
}

const COLUMNS: &[Column] = &[
    column("body", "Original classifying body", "原定密机关", 24),
    column("year", "Year", "届满年度", 9),
    column("number", "Number", "编号", 9),
    column("source", "File", "文件", 36),
    column("original", "Original level and term", "原密级和保密期限", 18),
    column("issued", "Issued", "制发日期", 11),
    column("issued_from", "Read at", "日期来源", 11),
    column("through", "Protected through", "保密期限至", 11),
    column("edition", "Edition", "适用版本", 16),
    column("implicit", "Term by law", "法定期限", 9),
    column("state", "Standing", "现状", 16),
    column("action", "Proposed action", "拟办意见", 48),
    column("law", "Law", "法律依据", 40),
    column("open_from", "Archives open from", "档案开放日期", 12),
    column("decision", "Decision of the body", "原定密机关意见", 20),
    column("as_of", "As of", "判定日期", 11),
    column("sha256", "SHA-256", "SHA-256", 20),
];

fn cells(lang: Lang, body: Option<&str>, (_, year): Year, row: Row<'_>) -> [String; 17] {
    let one = &row.filed.examined;
    let block = one.declassification.as_ref();
    let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
    let text = |of: Option<&String>| of.cloned().unwrap_or_default();
    let implicit = block.is_some_and(|block| block.implicit_term);
    [
        body.unwrap_or_else(|| unnamed(lang)).to_owned(),
        if year == 0 { String::new() } else { year.to_string() },
        register::number(row.filed),
        one.source.clone(),
        named::marks(lang, one).join(lang.pick("; ", "；")),
        day(block.and_then(|block| block.issue_date)),
        text(block.and_then(|block| block.issue_date_from.as_ref())),
        day(through(one)),
        text(block.and_then(|block| block.edition.as_ref())),
        if implicit { lang.pick("yes", "是").to_owned() } else { String::new() },
        phrases::state(row.state).of(lang).to_owned(),
        lang.of(&action(row.state)).to_owned(),
        law(lang, one).join(lang.pick("; ", "；")),
        day(block.and_then(|block| block.archives_open)),
        String::new(),
        one.as_of.to_string(),
        one.sha256.clone(),
    ]
}

fn unnamed(lang: Lang) -> &'static str {
    lang.pick("not named in the examination", "检查结果中未载明")
}

/// Writes the list as HTML to be printed: a sheet a body, a table a year.
///
/// # Errors
/// Those of the writer.
pub fn render(lang: Lang, list: &Worklist<'_>, out: &mut dyn Write) -> io::Result<()> {
    let title = lang.pick("Declassification worklist", "解密审核工作清单");
    html::head(lang, title, STYLE, out)?;
    for group in &list.groups {
        writeln!(out, "<section>\n<h1>{title}</h1>")?;
        let body = group.body.unwrap_or_else(|| unnamed(lang));
        let name = lang.pick("Original classifying body: ", "原定密机关：");
        writeln!(out, "<h2>{name}{}</h2>", Text(body))?;
        let mut number = 0;
        for (year, rows) in &group.years {
            table(lang, *year, rows, &mut number, out)?;
        }
        signed(lang, out)?;
        writeln!(out, "</section>")?;
    }
    if list.groups.is_empty() {
        let none = lang.pick("Nothing is to be settled.", "没有需要审核的事项。");
        writeln!(out, "<h1>{title}</h1>\n<p>{none}</p>")?;
    }
    let Worklist { listed, longer, unmarked, within, .. } = list;
    let counts = lang.pick(
        format!(
            "{listed} matters listed. Not listed: {longer} protected for more than {within} days from their day of judgement, {unmarked} without a mark that counts. The list proposes and declassifies nothing: the original classifying body decides."
        ),
        format!(
            "列入{listed}件。未列入：保密期限自判定日起尚余{within}日以上的{longer}件，无有效标志的{unmarked}件。本清单仅为拟办意见，不构成解密决定；由原定密机关决定。"
        ),
    );
    writeln!(out, "<p class=\"small\">{counts}</p>")?;
    html::end(out)
}

fn table(
    lang: Lang,
    (undated, year): Year,
    rows: &[Row<'_>],
    number: &mut usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    let count = rows.len();
    let heading = match undated {
        true => {
            lang.pick(format!("No last day known ({count})"), format!("届满日期不明（{count}件）"))
        }
        false => lang.pick(
            format!("Terms that end in {year} ({count})"),
            format!("{year}年届满（{count}件）"),
        ),
    };
    writeln!(
        out,
        "<h3>{heading}</h3>\n<table>\n<colgroup><col class=\"n\"><col class=\"file\"><col class=\"mark\"><col class=\"day\"><col class=\"day\"><col><col class=\"law\"><col class=\"write\"></colgroup>"
    )?;
    let head = [
        ("No.", "序号"),
        ("File", "文件"),
        ("Level, term", "密级、期限"),
        ("Issued", "制发日期"),
        ("Protected through", "保密期限至"),
        ("Proposed action", "拟办意见"),
        ("Law", "法律依据"),
        ("Decision of the body", "原定密机关意见"),
    ];
    let head: String =
        head.iter().map(|(en, zh)| format!("<th>{}</th>", lang.pick(en, zh))).collect();
    writeln!(out, "<thead><tr>{head}</tr></thead>\n<tbody>")?;
    for row in rows {
        *number += 1;
        line(lang, *number, *row, out)?;
    }
    writeln!(out, "</tbody>\n</table>")
}

fn line(lang: Lang, number: usize, row: Row<'_>, out: &mut dyn Write) -> io::Result<()> {
    let one = &row.filed.examined;
    let block = one.declassification.as_ref();
    let mut file = Text(&one.source).to_string();
    if row.filed.number.is_some() {
        let matter = lang.pick("matter", "事项");
        file += &format!("<br>{matter} {}", register::number(row.filed));
    }
    let marks: Vec<_> = named::marks(lang, one).iter().map(|mark| Text(mark).to_string()).collect();
    let issued = block.and_then(|block| block.issue_date).map(|day| day.to_string());
    let from = block.and_then(|block| block.issue_date_from.as_deref()).unwrap_or_default();
    let mut ends = through(one).map(|day| day.to_string()).unwrap_or_default();
    if block.is_some_and(|block| block.implicit_term) {
        ends += lang.pick("<br>(term by law)", "<br>（法定期限）");
    }
    if let Some(edition) = block.and_then(|block| block.edition.as_deref()) {
        ends += &format!("<br>{}", Text(edition));
    }
    let mut act = format!(
        "<strong>{}</strong><br>{}",
        phrases::state(row.state).of(lang),
        Text(lang.of(&action(row.state)))
    );
    if let Some(open) = block.and_then(|block| block.archives_open) {
        act += &lang.pick(
            format!("<br>Archives of that day open from {open}, by a clock of their own."),
            format!("<br>档案开放日期另计：{open}。"),
        );
    }
    let law: Vec<_> = law(lang, one).iter().map(|law| Text(law).to_string()).collect();
    writeln!(
        out,
        "<tr><td>{number}</td><td>{file}</td><td>{}</td><td>{}<br>{}</td><td>{ends}</td><td>{act}</td><td>{}</td><td>{}</td></tr>",
        marks.join("<br>"),
        issued.unwrap_or_else(|| lang.pick("not known", "不明").to_owned()),
        Text(from),
        law.join("<br>"),
        lang.pick(
            "□ declassified<br>□ downgraded<br>□ extended to<br>□ kept",
            "□ 解密<br>□ 降密<br>□ 延长至<br>□ 维持",
        ),
    )
}

fn signed(lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    let line = lang.pick(
        "Prepared by: ____________ &emsp;Reviewed by: ____________ &emsp;Signed for the body: ____________ &emsp;Date: ____________",
        "制表人：____________　　复核人：____________　　原定密机关负责人（盖章）：____________　　　　年　　月　　日",
    );
    writeln!(out, "<p>{line}</p>")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Declassification, Severity};
    use crate::report::tests::{examination, finding, part};

    fn filed(name: &str, state: State, through: Option<&str>, body: Option<&str>) -> Filed {
        let mut of = examination(vec![part(
            &[name],
            vec![finding("cn.mark.state-secret", Severity::Block)],
        )]);
        of.declassification = Some(Declassification {
            protected_through: through.map(|day| day.parse().unwrap()),
            original_classifying_body: body.map(str::to_owned),
            ..Declassification::of(state)
        });
        Filed::of(Examined::read(&serde_json::to_string(&of).unwrap()).unwrap())
    }

    #[test]
    fn what_is_to_be_settled_is_grouped_by_body_and_year_and_the_rest_is_counted() {
        let matters = [
            filed("later.txt", State::InForce, Some("2034-01-01"), Some("甲局")),
            filed("soon.txt", State::InForce, Some("2027-02-01"), Some("甲局")),
            filed("gone.txt", State::Expired, Some("2020-01-02"), Some("甲局")),
            filed("gone-before.txt", State::Expired, Some("2020-01-01"), Some("甲局")),
            filed("undated.txt", State::UnknownDate, None, Some("乙局")),
            filed("whose.txt", State::Indefinite, None, None),
            filed("plain.txt", State::Unmarked, None, Some("甲局")),
            // Judged on 2026-11-23: the last day the list looks ahead.
            filed("edge.txt", State::InForce, Some("2027-11-23"), Some("乙局")),
            filed("over.txt", State::InForce, Some("2027-11-24"), Some("乙局")),
        ];
        let list = Worklist::of(&matters, 365);
        assert_eq!((list.listed, list.longer, list.unmarked), (6, 2, 1));
        let rows: Vec<_> = list
            .rows()
            .map(|(body, (_, year), row)| (body, year, row.filed.examined.source.as_str()))
            .collect();
        assert_eq!(
            rows,
            [
                (Some("乙局"), 2027, "edge.txt"),
                (Some("乙局"), 0, "undated.txt"),
                (Some("甲局"), 2020, "gone-before.txt"),
                (Some("甲局"), 2020, "gone.txt"),
                (Some("甲局"), 2027, "soon.txt"),
                (None, 0, "whose.txt"),
            ]
        );
        assert_eq!(list.table(Lang::Zh).len(), 6);
        let mut html = Vec::new();
        render(Lang::Zh, &list, &mut html).unwrap();
        let html = String::from_utf8(html).unwrap();
        assert_eq!(html.matches("<section>").count(), 3);
        for words in ["原定密机关：甲局", "2020年届满（2件）", "届满日期不明", "列入6件"]
        {
            assert!(html.contains(words), "{words}");
        }
    }

    #[test]
    fn every_state_that_is_listed_has_an_action_in_both_languages() {
        for state in [
            State::InForce,
            State::Expired,
            State::Condition,
            State::Indefinite,
            State::Cancelled,
            State::Pre1991,
            State::UnknownDate,
        ] {
            let words = action(state);
            assert!(!words.en.is_empty() && !words.zh.is_empty(), "{state:?}");
        }
    }
}
