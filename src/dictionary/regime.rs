//! One authority's levels, mark forms, terms and law, by edition: `dictionaries/regimes/*.toml`.

use aho_corasick::{AhoCorasick, MatchKind};
use jiff::civil::Date;
use serde::Deserialize;

mod banner;

pub use banner::{Banner, ByteSet};

use super::{Diagnostic, Openings};
use crate::model::{Level, Severity, Words};
use crate::normalize::fold_term;

/// A regime as data. What is absent from a file is absent from the regime.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Regime {
    /// `cn`, `us` … the first part of its rules' ids.
    pub id: String,
    /// Which form its marks have.
    pub form: Form,
    /// Its name.
    pub name: Words,
    /// Levels whose words other regimes have too: alone on a line they say nothing.
    #[serde(default)]
    pub shared: Vec<String>,
    /// Its levels.
    #[serde(rename = "level")]
    pub levels: Vec<LevelEntry>,
    /// Characters seen in place of others.
    #[serde(default, rename = "lookalike")]
    pub lookalikes: Vec<Lookalike>,
    /// The form of a level-star-term mark.
    #[serde(default)]
    pub mark: StarMark,
    /// The label form.
    #[serde(default)]
    pub label: Label,
    /// How a document says when it was issued.
    #[serde(default)]
    pub issue_date: IssueDateWords,
    /// Marks beside the level mark.
    #[serde(default)]
    pub related: Vec<Related>,
    /// Disclosure attributes.
    #[serde(default)]
    pub disclosure: Vec<DisclosureWords>,
    /// Labels before a disclosure attribute.
    #[serde(default)]
    pub disclosure_label: WordList,
    /// Foreign level words in a mark's place.
    #[serde(default)]
    pub translation: Vec<WordList>,
    /// What may stand beside a mark.
    #[serde(default)]
    pub companions: WordList,
    /// Words of what is written in brackets behind a mark about the mark itself.
    #[serde(default)]
    pub remarks: WordList,
    /// Words of a notice that a mark's term was extended.
    #[serde(default)]
    pub extension: WordList,
    /// How evidence is added up.
    #[serde(default)]
    pub weighing: Weighing,
    /// The pieces of evidence.
    #[serde(default)]
    pub evidence: Vec<EvidenceEntry>,
    /// What official documents (公文) are known by.
    #[serde(default)]
    pub official: OfficialWords,
    /// What a document's title ends with (文种).
    #[serde(default)]
    pub title: WordList,
    /// What heads an annex.
    #[serde(default)]
    pub annex: WordList,
    /// Words of text about marks.
    #[serde(default)]
    pub talk: Talk,
    /// Editions of the law by day.
    #[serde(default, rename = "edition")]
    pub editions: Vec<Edition>,
    /// Page layouts by day.
    #[serde(default, rename = "layout")]
    pub layouts: Vec<Layout>,
    /// When terms exist at all.
    #[serde(default)]
    pub terms: Terms,
    /// When archives are open, by day.
    #[serde(default, rename = "opening")]
    pub openings: Vec<Opening>,
    /// Who decides what is unclear, and by when, by day.
    #[serde(default)]
    pub unclear: Vec<Unclear>,
    /// Tiers of issuing bodies.
    #[serde(default, rename = "organ")]
    pub organs: Vec<Organ>,
    /// The form of a banner regime's marks.
    #[serde(default)]
    pub banner: Banner,
    /// Made of the words above, once.
    #[serde(skip)]
    pub finders: Finders,
}

/// What finds a regime's words in a text.
#[derive(Clone, Debug, Default)]
pub struct Finders {
    /// The last characters of levels and what stands for them: every mark of a
    /// level-star-term regime holds one. `None` for a regime without levels.
    pub anchors: Option<AhoCorasick>,
    /// Characters of levels, and of what stands for them, but for the last of levels.
    pub heads: Vec<char>,
    /// Which bytes something that stands for other characters begins with.
    pub lookalike_starts: ByteSet,
    /// Words of labels: of a level, and of a disclosure attribute.
    pub labels: Option<AhoCorasick>,
    /// Words of labels, of marks beside the level mark, of disclosure, of notices.
    pub related: Openings,
    /// First bytes of banners and of lines of an authority block.
    pub banner_starts: ByteSet,
}

impl Finders {
    fn of(regime: &Regime) -> Self {
        let levels = || regime.levels.iter().flat_map(|level| &level.words);
        let last = |word: &String| word.chars().last().map(String::from);
        let seen = regime.lookalikes.iter().map(|entry| entry.seen.clone());
        let mut anchors: Vec<String> = levels().filter_map(last).chain(seen).collect();
        anchors.sort();
        anchors.dedup();
        let mut heads: Vec<char> = levels()
            .flat_map(|word| word.chars().rev().skip(1))
            .chain(regime.lookalikes.iter().flat_map(|entry| entry.seen.chars()))
            .collect();
        let ends: Vec<char> = levels().filter_map(|word| word.chars().last()).collect();
        heads.retain(|c| !ends.contains(c));
        heads.sort_unstable();
        heads.dedup();
        let starts = regime.lookalikes.iter().filter_map(|entry| entry.seen.bytes().next());
        let lookalike_starts = ByteSet::of(starts);
        let related = regime.related.iter().flat_map(|entry| &entry.words);
        let disclosure = regime.disclosure.iter().flat_map(|entry| &entry.words);
        let labels = || regime.label.words.iter().chain(&regime.disclosure_label.words);
        let words = related.chain(disclosure).chain(labels()).chain(&regime.extension.words);
        let words = words.map(String::as_str);
        let plain = regime.levels.iter().flat_map(|level| &level.plain);
        let starts = levels().chain(plain).chain(&regime.banner.restricted);
        let starts = starts.chain(&regime.banner.authority).chain(&regime.banner.separators);
        let banner_starts = ByteSet::of(starts.filter_map(|word| word.bytes().next()));
        Self {
            anchors: finder(anchors),
            heads,
            lookalike_starts,
            labels: finder(shortest(labels().cloned().collect())),
            related: Openings::of(words),
            banner_starts,
        }
    }
}

/// Those of some words that hold no other of them: where none of these stands,
/// none of all does.
fn shortest(words: Vec<String>) -> Vec<String> {
    let holds = |word: &String| {
        words.iter().any(|other| other.len() < word.len() && word.contains(other.as_str()))
    };
    words.iter().filter(|word| !holds(word)).cloned().collect()
}

/// Finds words, the leftmost first: only then does it skip ahead to rare bytes.
fn finder(words: Vec<String>) -> Option<AhoCorasick> {
    let mut builder = AhoCorasick::builder();
    builder.match_kind(MatchKind::LeftmostFirst);
    builder.build(&words).ok().filter(|_| !words.is_empty())
}

/// The kinds of mark that Rust knows how to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// 密级★保密期限.
    LevelStarTerm,
    /// Banner lines and portion marks: `SECRET//NOFORN`, `(S//NF)`.
    Banner,
    /// A level word of its own script in a form field or on its own line.
    Word,
}

/// One level.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LevelEntry {
    /// Its id in every output.
    pub id: String,
    /// Higher protects more; 0 is no classification.
    pub rank: u8,
    /// How it is written in a mark or banner.
    #[serde(default)]
    pub words: Vec<String>,
    /// How it is written where a line of these words alone is a banner, and the
    /// document need not say more.
    #[serde(default)]
    pub plain: Vec<String>,
    /// How much a banner or portion of it weighs, where its rank does not say it.
    #[serde(default)]
    pub severity: Option<Severity>,
    /// How it is written in a portion mark.
    #[serde(default)]
    pub portions: Vec<String>,
    /// Its name.
    pub name: Words,
    /// Longest term in years unless a scope provides otherwise; also the default.
    #[serde(default)]
    pub maximum_years: Option<u16>,
}

/// A sequence of characters that stands for another.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lookalike {
    /// What is seen.
    pub seen: String,
    /// What it stands for.
    pub means: String,
}

/// The form of a level-star-term mark.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StarMark {
    /// The prescribed separator.
    pub star: String,
    /// Characters seen in its place.
    pub other_separators: String,
    /// A word tolerated between level and star.
    pub grade: String,
    /// Terms without end.
    pub indefinite: Vec<String>,
    /// How a condition ends.
    pub condition_endings: Vec<String>,
    /// What no condition holds.
    pub condition_stop: String,
}

/// The label form: a word, a colon or cell border, a level.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Label {
    /// Words that announce a level.
    pub words: Vec<String>,
    /// Words that announce a term.
    pub term_words: Vec<String>,
    /// Values that say there is none.
    pub unclassified: Vec<String>,
    /// Characters that tick one of several levels: 密级：☑机密 □秘密.
    pub ticks: String,
    /// Names of properties that hold a level.
    pub properties: Vec<String>,
    /// Names of properties that hold a term.
    pub term_properties: Vec<String>,
}

/// How a document says when it was issued, beside the place of its date.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IssueDateWords {
    /// Words before a colon and the date.
    pub labels: Vec<String>,
}

/// Words of one rule.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Related {
    /// The rule that fires.
    pub rule: String,
    /// Its words.
    pub words: Vec<String>,
    /// Those of them that the owner's name may stand before, with a term behind.
    #[serde(default)]
    pub owned: Vec<String>,
}

/// Words of a disclosure attribute.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DisclosureWords {
    /// As written.
    pub words: Vec<String>,
    /// Whether it lets the document out (on request or at once).
    pub releases: bool,
}

/// What official documents (公文) are known by (GB/T 9704).
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfficialWords {
    /// What the line of the issuing body at the head ends with: `…文件`.
    pub red_heads: Vec<String>,
    /// Words of the line that says who printed it and when.
    pub printing: Vec<String>,
}

/// A list of words.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WordList {
    /// The words.
    pub words: Vec<String>,
}

/// How evidence is added up.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weighing {
    /// From this sum on a candidate is a mark.
    pub threshold: i16,
}

/// One piece of evidence.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvidenceEntry {
    /// Its id; Rust knows what it looks at.
    pub id: String,
    /// What it adds or takes away.
    pub weight: i16,
    /// How it is said; `{line}`, `{page}`, `{label}` are filled in.
    pub words: Words,
}

/// Words of text about marks.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Talk {
    /// Words that introduce a sample.
    pub introducers: Vec<String>,
    /// Words such text is full of.
    pub topics: Vec<String>,
    /// Words in the titles of such text.
    pub titles: Vec<String>,
    /// Heads of table columns that hold samples.
    pub sample_columns: Vec<String>,
    /// Words in the heads of columns that hold the options of a quiz, beside a
    /// letter from A to H alone.
    pub option_columns: Vec<String>,
    /// Heads of columns that only the table of a quiz has.
    pub quiz_columns: Vec<String>,
}

/// What is in force from one day to another, both included.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edition {
    /// First day.
    #[serde(deserialize_with = "toml_date")]
    pub from: Date,
    /// Last day.
    #[serde(default, deserialize_with = "toml_date_option")]
    pub to: Option<Date>,
    /// Law, regulations and determination rules, e.g. `L10/R14/DM14`.
    pub id: String,
}

/// A page layout in force from one day to another.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layout {
    /// The standard.
    pub id: String,
    /// First day.
    #[serde(deserialize_with = "toml_date")]
    pub from: Date,
    /// Last day.
    #[serde(default, deserialize_with = "toml_date_option")]
    pub to: Option<Date>,
    /// Levels whose documents carry a copy number.
    pub copy_number_for: Vec<String>,
    /// Which edge the mark stands at.
    pub mark_at: Edge,
}

/// An edge of the type area.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Edge {
    /// Left.
    Left,
    /// Right.
    Right,
}

/// When terms exist at all.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// First day on which a document carries a term, or the law's default.
    #[serde(default, deserialize_with = "toml_date_option")]
    pub begin: Option<Date>,
    /// From this day on a term without end needs a scope that allows it.
    #[serde(default, deserialize_with = "toml_date_option")]
    pub indefinite_needs_scope_from: Option<Date>,
}

/// A tier of issuing bodies and the levels it may determine.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Organ {
    /// `county`, `city`, `province`, `central`.
    pub tier: String,
    /// Its name.
    pub name: Words,
    /// Ends of names that belong here.
    #[serde(default)]
    pub ends: Vec<String>,
    /// What names hold that belong here.
    #[serde(default)]
    pub holds: Vec<String>,
    /// Levels it may determine.
    pub may: Vec<String>,
}

/// After how long archives are to be open to the public, from one day to another.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// First day.
    #[serde(deserialize_with = "toml_date")]
    pub from: Date,
    /// Last day.
    #[serde(default, deserialize_with = "toml_date_option")]
    pub to: Option<Date>,
    /// Years after a document was made.
    pub years: u16,
}

/// Who decides what is unclear or disputed, and by when, from one day to another.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unclear {
    /// First day.
    #[serde(deserialize_with = "toml_date")]
    pub from: Date,
    /// Last day.
    #[serde(default, deserialize_with = "toml_date_option")]
    pub to: Option<Date>,
    /// The national administration.
    pub national: Words,
    /// Levels that it decides on.
    pub national_levels: Vec<String>,
    /// Tiers of proposing bodies whose matters it decides on.
    pub national_tiers: Vec<String>,
    /// The administration that decides on the rest.
    pub provincial: Words,
    /// By when, in a sentence.
    pub deadline: Words,
}

impl Regime {
    /// When archives are open by the law of a day.
    pub fn opening_on(&self, day: Date) -> Option<&Opening> {
        self.openings.iter().find(|e| e.from <= day && e.to.is_none_or(|to| day <= to))
    }

    /// Who decides what is unclear by the law of a day.
    pub fn unclear_on(&self, day: Date) -> Option<&Unclear> {
        self.unclear.iter().find(|e| e.from <= day && e.to.is_none_or(|to| day <= to))
    }

    /// The level with this id.
    pub fn level(&self, id: &str) -> Option<Level> {
        self.level_entry(id).map(|entry| Level {
            regime: self.id.clone(),
            id: entry.id.clone(),
            rank: entry.rank,
        })
    }

    /// The entry of the level with this id.
    pub fn level_entry(&self, id: &str) -> Option<&LevelEntry> {
        self.levels.iter().find(|level| level.id == id)
    }

    /// The piece of evidence with this id.
    pub fn evidence(&self, id: &str) -> Option<&EvidenceEntry> {
        self.evidence.iter().find(|entry| entry.id == id)
    }

    /// The editions in force on a day.
    pub fn edition_on(&self, day: Date) -> Option<&Edition> {
        self.editions.iter().find(|e| e.from <= day && e.to.is_none_or(|to| day <= to))
    }

    /// The page layout in force on a day.
    pub fn layout_on(&self, day: Date) -> Option<&Layout> {
        self.layouts.iter().find(|e| e.from <= day && e.to.is_none_or(|to| day <= to))
    }
}

fn toml_date<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Date, D::Error> {
    let written = toml::value::Datetime::deserialize(from)?;
    written.to_string().parse().map_err(serde::de::Error::custom)
}

fn toml_date_option<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Date>, D::Error> {
    toml_date(from).map(Some)
}

/// Reads one regime file.
///
/// # Errors
/// Everything that is wrong with it, at once.
pub(super) fn parse(file: &str, text: &str) -> Result<Regime, Vec<Diagnostic>> {
    let mut regime: Regime =
        toml::from_str(text).map_err(|error| vec![Diagnostic::from_toml(file, text, &error)])?;
    let mut wrong = Vec::new();
    let mut say = |message: String| wrong.push(Diagnostic::at(file, text, 0, message));
    for (at, level) in regime.levels.iter().enumerate() {
        if regime.levels[..at].iter().any(|other| other.id == level.id) {
            say(format!("level {} stands here twice", level.id));
        }
        if level.words.iter().chain(&level.plain).all(|word| word.trim().is_empty()) {
            say(format!("level {} has no word", level.id));
        }
    }
    if regime.form == Form::LevelStarTerm {
        if regime.mark.star.chars().count() != 1 {
            say("mark.star must be one character".into());
        }
        for id in EVIDENCE {
            if regime.evidence(id).is_none() {
                say(format!("evidence {id} is missing"));
            }
        }
        for entry in &regime.evidence {
            if !EVIDENCE.contains(&entry.id.as_str()) {
                say(format!("evidence {} is not one that can be seen", entry.id));
            }
        }
    }
    for pair in regime.editions.windows(2) {
        if let [first, second] = pair
            && first.to.is_none_or(|to| to.tomorrow().ok() != Some(second.from))
        {
            say(format!("edition {} does not begin the day after {} ends", second.id, first.id));
        }
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    if regime.form == Form::Word {
        // Authors write them in the regime's script; texts are folded.
        let levels = regime.levels.iter_mut().flat_map(|level| &mut level.words);
        levels.chain(&mut regime.label.words).for_each(|word| *word = fold_term(word));
    }
    regime.finders = Finders::of(&regime);
    Ok(regime)
}

/// The pieces of evidence that the detectors can see.
const EVIDENCE: &[&str] = &[
    "own-line",
    "own-column",
    "first-lines",
    "first-lines-in-order",
    "page-top",
    "header",
    "footer",
    "watermark",
    "text-box",
    "cell",
    "property",
    "name",
    "subject",
    "mail-header",
    "annotation",
    "out-of-sight",
    "star",
    "other-separator",
    "term",
    "label",
    "copy-number",
    "official-layout",
    "spaced",
    "flush-left",
    "flush-right",
    "heavy-face",
    "red",
    "large",
    "bracketed",
    "struck-out",
    "centred",
    "bare",
    "in-sentence",
    "quotation-marks",
    "option",
    "introduced",
    "sample-column",
    "annex",
    "title",
    "about-marks",
    "article",
    "placeholder",
    "source-code",
    "word-boundary",
    "lookalike-alone",
];

#[cfg(test)]
mod tests {
    use super::*;

    const CN: &str = include_str!("../../dictionaries/regimes/cn.toml");

    #[test]
    fn the_shipped_regime_holds_together() {
        let cn = parse("cn.toml", CN).unwrap();
        let ranks: Vec<_> = cn.levels.iter().map(|l| (l.id.as_str(), l.rank)).collect();
        assert_eq!(ranks, [("juemi", 3), ("jimi", 2), ("mimi", 1)]);
        for (day, edition) in [
            ("1991-01-01", "L88/R90/PD90+MK90"),
            ("2014-03-08", "L10/R14/PD90+MK90"),
            ("2014-03-09", "L10/R14/DM14"),
            ("2024-09-01", "L24/R24/DM14"),
            ("2026-11-23", "L24/R24/DM25"),
        ] {
            let day: Date = day.parse().unwrap();
            assert_eq!(cn.edition_on(day).map(|e| e.id.as_str()), Some(edition), "{day}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_all_at_once() {
        let text =
            CN.replace("id = \"jimi\"", "id = \"juemi\"").replace("star = \"★\"", "star = \"\"");
        let wrong = parse("cn.toml", &text).unwrap_err();
        assert_eq!(wrong.len(), 2, "{wrong:?}");
    }
}
