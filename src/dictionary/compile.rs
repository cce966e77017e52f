//! Scope files as written → scopes, entries and the words to look for, with a
//! diagnostic for everything that cannot be meant.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::category::{Categories, Category};
use super::diagnostic::Lines;
use super::entries::{Entries, Room};
use super::load::{Kind, PATTERN, Source};
use super::matcher::{Engine, Head, Matcher};
use super::packed::{About, Contents, Segment, words_digest, write};
use super::quantity::{Quantity, Range, Wanted, quantity};
use super::scope::{Condition, Documents, Entry, QuantityCondition, Scope, Within, WordSet};
use super::scope_file::{Case, RawEntry, RawGroup, RawQuantity, RawScope, RawTerm, ScopeFile};
use super::{Diagnostic, Dictionary};
use crate::model::Words;
use crate::normalize::fold_term;

/// Gathers what the files hold.
pub(super) struct Compiler<'w> {
    wrong: &'w mut Vec<Diagnostic>,
    /// Named lists of all files, with the file that has each.
    lists: BTreeMap<String, (String, Vec<String>)>,
    categories: Vec<Category>,
    category_ids: Categories,
    /// Where each id was first seen.
    ids: HashMap<String, String>,
    set_ids: HashMap<Vec<String>, usize>,
    sets: Vec<WordSet>,
    heads: Vec<Head>,
    scopes: Vec<Scope>,
    entries: Vec<Entry>,
    /// Entries of the files before the last compiled one, and that one's.
    before: Entries,
    segments: Vec<(String, Segment, Room, usize)>,
    /// Lists that were named.
    named: BTreeSet<String>,
}

/// Where something stands, for a diagnostic about it.
#[derive(Clone, Copy)]
struct Here<'a> {
    source: &'a Source,
    line: usize,
    id: &'a str,
}

impl<'w> Compiler<'w> {
    pub(super) fn new(wrong: &'w mut Vec<Diagnostic>) -> Self {
        Self {
            wrong,
            lists: BTreeMap::new(),
            categories: Vec::new(),
            category_ids: Categories::new(),
            ids: HashMap::new(),
            set_ids: HashMap::new(),
            sets: Vec::new(),
            heads: Vec::new(),
            scopes: Vec::new(),
            entries: Vec::new(),
            before: Entries::default(),
            segments: Vec::new(),
            named: BTreeSet::new(),
        }
    }

    /// Makes a file's named lists known to all files.
    pub(super) fn lists(
        &mut self,
        source: &Source,
        lists: &BTreeMap<String, (usize, Vec<String>)>,
    ) {
        let lines = Lines::of(&source.text);
        for (name, (at, words)) in lists {
            let here = Here { source, line: lines.line(*at), id: name };
            if let Some((file, _)) = self.lists.get(name) {
                let message = format!("the list stands in {file} already");
                self.say(here, message);
            } else if words.iter().any(|word| word.starts_with('@')) {
                self.say(here, "a list may not name another list");
            } else {
                self.lists.insert(name.clone(), (source.name.clone(), words.clone()));
            }
        }
    }

    /// Makes a file's categories known to all files.
    pub(super) fn categories(&mut self, source: &Source, categories: &[(usize, Category)]) {
        let lines = Lines::of(&source.text);
        for (at, category) in categories {
            let here = Here { source, line: lines.line(*at), id: &category.id };
            self.named(here, &category.name);
            if let Some((file, _)) = self.category_ids.get(&category.id) {
                let message = format!("the category stands in {file} already");
                self.say(here, message);
                continue;
            }
            let number = self.categories.len();
            self.category_ids.insert(category.id.clone(), (source.name.clone(), number));
            self.categories.push(category.clone());
        }
    }

    /// The number of a category that is named.
    fn category(&mut self, here: Here<'_>, named: Option<&String>) -> Option<usize> {
        let named = named?;
        let number = self.category_ids.get(named).map(|(_, number)| *number);
        if number.is_none() {
            self.say(here, format!("there is no category {named}"));
        }
        number
    }

    /// Takes in a file's scope and entries.
    pub(super) fn file(&mut self, source: &Source, file: &ScopeFile) {
        let lines = Lines::of(&source.text);
        let Some(raw) = &file.scope else {
            if let Some((at, entry)) = file.entries.first() {
                let here = Here { source, line: lines.line(*at), id: &entry.id };
                self.say(here, "an entry needs a [scope] in its file");
            }
            if let Some((at, unmatched)) = file.unmatched.first() {
                let here = Here { source, line: lines.line(*at), id: &unmatched.number };
                self.say(here, "what a scope says besides needs a [scope] in its file");
            }
            return;
        };
        let scope = self.scopes.len();
        let here = Here { source, line: 1, id: &raw.id };
        let category = self.category(here, raw.category.as_ref());
        let unmatched = file.unmatched.iter().map(|(_, unmatched)| unmatched.clone()).collect();
        self.scopes.push(Scope { category, unmatched, ..self.scope(source, raw) });
        self.new_id(here, None);
        self.dates(here, raw.valid_from, raw.valid_to);
        self.named(here, &raw.name);
        for (at, entry) in &file.entries {
            let here = Here { source, line: lines.line(*at), id: &entry.id };
            self.entry(here, scope, &raw.id, entry);
        }
    }

    /// Takes in a compiled file.
    pub(super) fn segment(&mut self, source: &Source, mut segment: Segment) {
        for (name, digest) in &segment.about.borrowed {
            let now = self.lists.get(name).map(|(_, words)| words_digest(words));
            if now.as_ref() != Some(digest) {
                let message = "the list is not the one it was compiled with: compile it again";
                self.say(Here { source, line: 1, id: name }, message);
            }
        }
        let named = segment.about.named_categories.iter();
        let here = Here { source, line: 1, id: "category" };
        let categories: Vec<Option<usize>> =
            named.map(|named| self.category(here, named.as_ref())).collect();
        let first = self.scopes.len();
        for mut scope in std::mem::take(&mut segment.about.scopes) {
            self.new_id(Here { source, line: 1, id: &scope.id }, None);
            scope.category = scope.category.and_then(|c| categories.get(c).copied().flatten());
            self.scopes.push(scope);
        }
        let (entries, sets) = segment.counts();
        // Where its word sets stand is known when all others are.
        let scopes = first..self.scopes.len();
        let room = Room { scopes, sets: 0..sets, categories: categories.into() };
        let made = std::mem::take(&mut self.entries);
        self.before.add(made);
        let number = self.before.len();
        self.before.add_packed(segment.entries(room.clone()));
        debug_assert_eq!(self.before.len(), number + entries);
        self.segments.push((source.name.clone(), segment, room, number));
    }

    /// Hands over what was gathered.
    pub(super) fn finish(mut self, dictionary: &mut Dictionary) {
        dictionary.categories = std::mem::take(&mut self.categories);
        self.ids_of_segments();
        dictionary.matcher = Matcher::new(std::mem::take(&mut self.heads));
        dictionary.word_sets.add(std::mem::take(&mut self.sets));
        let mut entries = self.before;
        entries.add(self.entries);
        for (_, segment, room, number) in self.segments {
            let first = dictionary.word_sets.len();
            dictionary.word_sets.add_packed(segment.sets());
            let sets = first..dictionary.word_sets.len();
            entries.replace_packed(number, segment.entries(Room { sets, ..room }));
            dictionary.matcher.add(segment.engine, number);
        }
        dictionary.scopes = self.scopes;
        dictionary.entries = entries;
    }

    /// Entries' ids begin with their scope's, so those of a compiled file need be
    /// looked at only where another file has an id that begins like one of its scopes'.
    fn ids_of_segments(&mut self) {
        for (file, segment, room, number) in std::mem::take(&mut self.segments) {
            let scopes = &self.scopes[room.scopes.clone()];
            let begins = |id: &str, with: &str| {
                id.strip_prefix(with).is_some_and(|rest| rest.starts_with('.'))
            };
            let met = self.ids.keys().any(|id| {
                scopes.iter().any(|scope| begins(id, &scope.id) || begins(&scope.id, id))
            });
            if met {
                let (entries, _) = segment.counts();
                let source = Source::new(Kind::Scope, file.clone(), "");
                for entry in number..number + entries {
                    let id = self.before[entry].id.clone();
                    self.new_id(Here { source: &source, line: 1, id: &id }, None);
                }
            }
            self.segments.push((file, segment, room, number));
        }
    }

    /// What was gathered as a compiled file.
    ///
    /// # Errors
    /// What does not fit into one.
    pub(super) fn pack(
        self,
        sources: Vec<(String, String)>,
        lists: BTreeMap<String, Vec<String>>,
        own_categories: Vec<Category>,
    ) -> Result<Vec<u8>, String> {
        let borrowed = self.named.iter().filter(|name| !lists.contains_key(*name));
        let borrowed = borrowed.filter_map(|name| {
            let (_, words) = self.lists.get(name)?;
            Some((name.clone(), words_digest(words)))
        });
        let patterns = (0u32..).zip(&self.sets).filter(|(_, set)| set.has_patterns());
        let used = self.scopes.iter().map(|scope| scope.category);
        let used: BTreeSet<_> =
            used.chain(self.entries.iter().map(|entry| entry.category)).flatten().collect();
        let named = self.categories.iter().enumerate();
        let named = named.map(|(number, c)| used.contains(&number).then(|| c.id.clone()));
        let about = About {
            own_categories,
            named_categories: named.collect(),
            sources,
            borrowed: borrowed.collect(),
            patterns: patterns.map(|(number, _)| number).collect(),
            lists,
            scopes: self.scopes,
        };
        let engine = Engine::new(self.heads);
        write(&Contents { about, entries: &self.entries, sets: &self.sets, engine: &engine })
    }

    fn scope(&self, source: &Source, raw: &RawScope) -> Scope {
        Scope {
            id: raw.id.clone(),
            name: raw.name.clone(),
            category: None,
            unmatched: Vec::new(),
            issued_by: raw.issued_by.clone(),
            year: raw.year,
            status: raw.status.clone(),
            valid_from: raw.valid_from,
            valid_to: raw.valid_to,
            sources: raw.sources.clone(),
            certainty: raw.certainty.clone(),
            file: source.name.clone(),
        }
    }

    fn entry(&mut self, here: Here<'_>, scope: usize, scope_id: &str, raw: &RawEntry) {
        self.new_id(here, Some(scope_id));
        self.dates(here, raw.valid_from, raw.valid_to);
        if raw.matter.trim().is_empty() {
            self.say(here, "the matter as published is missing");
        }
        let own = self.terms(here, raw);
        let terms: Vec<String> = own.iter().map(|term| term.word.clone()).collect();
        let term_weights: Vec<u16> = match own.iter().all(|term| term.weight == 1) {
            true => Vec::new(),
            false => own.iter().map(|term| term.weight).collect(),
        };
        let mut near: Vec<Condition> = raw
            .all_of
            .iter()
            .filter_map(|group| self.group(here, "all_of", group, raw.within))
            .collect();
        if !raw.any_of.is_empty() {
            near.extend(self.condition(here, "any_of", &raw.any_of, raw.within));
        }
        for support in &raw.support {
            let within = support.within.unwrap_or(raw.within);
            let condition = self.condition(here, "support", &support.any, within);
            near.extend(condition.map(|c| Condition { weight: support.weight, ..c }));
        }
        self.reachable(here, raw, &own);
        let qualifiers = raw
            .qualifiers
            .iter()
            .filter_map(|group| self.group(here, "qualifiers", group, raw.qualifiers_within))
            .collect();
        let mut apart = Vec::new();
        if !raw.none_of.is_empty() {
            apart.extend(self.condition(here, "none_of", &raw.none_of, raw.within));
        }
        apart.extend(self.exclusions(here, &raw.exclusions, raw.exclusions_within));
        let quantities =
            raw.quantities.iter().filter_map(|q| self.quantity(here, q, raw.within)).collect();
        let entry = Entry {
            id: raw.id.clone(),
            scope,
            number: raw.number.clone(),
            name: name(&raw.name, &raw.matter),
            category: self.category(here, raw.category.as_ref()).or(self.scopes[scope].category),
            matter: raw.matter.clone(),
            level: raw.level.clone(),
            term: raw.term.clone(),
            knowledge: raw.knowledge.clone(),
            basis: raw.basis.clone(),
            department: raw.department.clone(),
            remark: raw.remark.clone(),
            valid_from: raw.valid_from,
            valid_to: raw.valid_to,
            sources: raw.sources.clone(),
            certainty: raw.certainty.clone(),
            terms,
            term_weights,
            threshold: raw.threshold,
            documents: folded(&raw.documents),
            derived: raw.derived,
            near,
            quantities,
            apart,
            qualifiers,
            require: raw.require,
            examples: raw.examples.clone(),
            negative_examples: raw.negative_examples.clone(),
            file: here.source.name.clone(),
            line: here.line,
        };
        if entry.terms.is_empty() {
            self.say(here, "terms: at least one word is needed, else nothing can match");
        }
        self.possible(here, &entry);
        let number = self.before.len() + self.entries.len();
        self.heads.extend(own.into_iter().map(|term| Head {
            word: term.word,
            entry: number,
            any_case: term.any_case,
            whole_word: term.whole_word,
        }));
        self.entries.push(entry);
    }

    /// The head words, each once, with what is its own or else its entry's.
    fn terms(&mut self, here: Here<'_>, raw: &RawEntry) -> Vec<Term> {
        let mut terms: Vec<Term> = Vec::new();
        for term in &raw.terms {
            let (words, case, whole_word, weight) = match term {
                RawTerm::Plain(word) => (vec![word.clone()], None, None, None),
                RawTerm::Own(own) => {
                    let words = std::iter::once(&own.word).chain(&own.aliases).cloned().collect();
                    (words, own.case, own.whole_word, own.weight)
                }
            };
            for word in self.words(here, "terms", &words) {
                if terms.iter().all(|known| known.word != word) {
                    terms.push(Term {
                        word,
                        any_case: case.unwrap_or(raw.case) == Case::Any,
                        whole_word: whole_word.unwrap_or(raw.whole_word),
                        weight: weight.unwrap_or(1),
                    });
                }
            }
        }
        if raw.terms.is_empty() {
            self.say(here, "terms: a list without words never matches");
        }
        terms
    }

    /// Says where weights and threshold do not go together.
    fn reachable(&mut self, here: Here<'_>, raw: &RawEntry, terms: &[Term]) {
        let heaviest = terms.iter().map(|term| u32::from(term.weight)).max().unwrap_or(0);
        let support: u32 = raw.support.iter().map(|support| u32::from(support.weight)).sum();
        if raw.threshold == 0 && (!raw.support.is_empty() || terms.iter().any(|t| t.weight != 1)) {
            self.say(here, "weights mean nothing without a threshold");
        } else if heaviest + support < raw.threshold {
            let message = format!(
                "threshold {}: all weights together come to {}, so it can never match",
                raw.threshold,
                heaviest + support
            );
            self.say(here, message);
        }
        if raw.support.iter().any(|support| support.weight == 0) {
            self.say(here, "support: a weight is at least 1");
        }
        let kinds = raw.documents.kinds.iter().chain(&raw.documents.not_kinds);
        let names = raw.documents.names.iter().chain(&raw.documents.not_names);
        if kinds.chain(names).any(|word| word.trim().is_empty()) {
            self.say(here, "documents: an empty word would fit everywhere");
        }
    }

    /// Says what can never match: a head word that holds an excluded word, or a
    /// condition all of whose words do.
    fn possible(&mut self, here: Here<'_>, entry: &Entry) {
        let mut said = Vec::new();
        let longest = entry.terms.iter().map(|t| t.chars().count()).max().unwrap_or(0);
        for apart in &entry.apart {
            let set = &self.sets[apart.words];
            for term in &entry.terms {
                if let Some(word) = set.held_by(term) {
                    said.push(format!(
                        "the head word {term} holds the excluded {}, so it can never match",
                        set.word(word)
                    ));
                }
            }
            for near in entry.near.iter().filter(|near| near.within == apart.within) {
                let words = self.sets[near.words].plain_words();
                if words.len() == self.sets[near.words].len()
                    && words.iter().all(|word| set.held_by(word).is_some())
                {
                    said.push(format!(
                        "every word beside {} is excluded, so it can never match",
                        near.name
                    ));
                }
            }
        }
        for near in &entry.near {
            let words = self.sets[near.words].plain_words();
            if let Within::Characters(reach) = near.within
                && words.len() == self.sets[near.words].len()
                && words.iter().all(|w| w.chars().count() > 2 * usize::from(reach) + longest)
            {
                said.push(format!("{} does not fit within {reach} characters", near.name));
            }
        }
        for message in said {
            self.say(here, message);
        }
    }

    /// Any one exclusion is enough, so those of equal reach are one condition.
    fn exclusions(&mut self, here: Here<'_>, raw: &[RawGroup], within: Within) -> Vec<Condition> {
        let mut by_reach: Vec<(Within, Vec<String>)> = Vec::new();
        for group in raw {
            let (reach, words) = match group {
                RawGroup::One(word) => (within, std::slice::from_ref(word)),
                RawGroup::Any(words) => (within, words.as_slice()),
                RawGroup::Near(near) => (near.within.unwrap_or(within), near.any.as_slice()),
            };
            match by_reach.iter_mut().find(|(same, _)| *same == reach) {
                Some((_, all)) => all.extend_from_slice(words),
                None => by_reach.push((reach, words.to_vec())),
            }
        }
        let conditions = by_reach
            .into_iter()
            .filter_map(|(reach, words)| self.condition(here, "exclusions", &words, reach));
        conditions.collect()
    }

    fn group(
        &mut self,
        here: Here<'_>,
        what: &str,
        group: &RawGroup,
        within: Within,
    ) -> Option<Condition> {
        match group {
            RawGroup::One(word) => self.condition(here, what, std::slice::from_ref(word), within),
            RawGroup::Any(words) => self.condition(here, what, words, within),
            RawGroup::Near(near) => {
                self.condition(here, what, &near.any, near.within.unwrap_or(within))
            }
        }
    }

    fn condition(
        &mut self,
        here: Here<'_>,
        what: &str,
        words: &[String],
        within: Within,
    ) -> Option<Condition> {
        let words = self.words(here, what, words);
        let name = words.first()?.clone();
        if let Some(&set) = self.set_ids.get(&words) {
            return Some(Condition { name, words: set, weight: 0, within });
        }
        match WordSet::new(words.clone()) {
            Ok(set) => {
                let id = self.sets.len();
                self.sets.push(set);
                self.set_ids.insert(words, id);
                Some(Condition { name, words: id, weight: 0, within })
            }
            Err(reason) => {
                self.say(here, format!("{what}: {reason}"));
                None
            }
        }
    }

    /// The words of a list, folded, with `@name` replaced by what it names.
    fn words(&mut self, here: Here<'_>, what: &str, raw: &[String]) -> Vec<String> {
        let mut words = Vec::new();
        for word in raw {
            let Some(name) = word.strip_prefix('@') else {
                words.push(word.clone());
                continue;
            };
            match self.lists.get(name) {
                Some((_, list)) => {
                    self.named.insert(name.to_owned());
                    words.extend(list.iter().cloned());
                }
                None => self.say(here, format!("{what}: there is no list named {name}")),
            }
        }
        let mut folded: Vec<String> = Vec::new();
        for word in words {
            let word = fold_term(&word);
            if word.trim_start_matches(PATTERN).trim().is_empty() {
                self.say(here, format!("{what}: an empty word would match everywhere"));
            } else if what == "terms" && word.starts_with(PATTERN) {
                self.say(here, "terms: head words are plain words, not patterns");
            } else if !folded.contains(&word) {
                folded.push(word);
            }
        }
        if raw.is_empty() {
            self.say(here, format!("{what}: a list without words never matches"));
        }
        folded
    }

    fn quantity(
        &mut self,
        here: Here<'_>,
        raw: &RawQuantity,
        within: Within,
    ) -> Option<QuantityCondition> {
        // A condition is named by a sign, which needs no language.
        let mut parse = |what: &str, sign: &str, text: &Option<String>| {
            let text = text.as_ref()?;
            let parsed = quantity(&fold_term(text));
            if parsed.is_none() {
                self.say(
                    here,
                    format!(
                        "quantities: {what} {text}: a number with a unit, or a scale, is expected"
                    ),
                );
            }
            Some((parsed?, format!("{sign} {text}")))
        };
        let bounds = [
            parse("over", ">", &raw.over).map(|b| (b, true, false)),
            parse("at least", "≥", &raw.at_least).map(|b| (b, true, true)),
            parse("under", "<", &raw.under).map(|b| (b, false, false)),
            parse("at most", "≤", &raw.at_most).map(|b| (b, false, true)),
        ];
        let list: Vec<_> = raw
            .one_of
            .iter()
            .filter_map(|text| parse("one of", "=", &Some(text.clone())))
            .collect();
        let bounds: Vec<_> = bounds.into_iter().flatten().collect();
        let all = || bounds.iter().map(|((q, _), ..)| q).chain(list.iter().map(|(q, _)| q));
        let measure = match all().next() {
            Some(first) if all().all(|q| q.measure == first.measure) => first.measure,
            Some(_) => {
                self.say(here, "quantities: one condition is about one kind of measure");
                return None;
            }
            None => {
                self.say(here, "quantities: over, at_least, under, at_most or one_of is needed");
                return None;
            }
        };
        let name = bounds.iter().map(|((_, name), ..)| name.clone()).chain(match list.is_empty() {
            true => None,
            false => Some(format!("= {}", raw.one_of.join(" / "))),
        });
        let name = name.collect::<Vec<_>>().join(", ");
        let wanted = wanted(&bounds, list.iter().map(|(q, _)| q.value).collect());
        let range =
            wanted.map(|wanted| Range { measure, wanted }).filter(|range| !range.is_empty());
        if range.is_none() {
            self.say(here, format!("quantities: no value is {name}"));
        }
        Some(QuantityCondition { name, range: range?, within: raw.within.unwrap_or(within) })
    }

    fn new_id(&mut self, here: Here<'_>, scope: Option<&str>) {
        let plain =
            |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-');
        if here.id.is_empty() || !here.id.chars().all(plain) {
            self.say(here, "an id is made of a-z, 0-9, dots and hyphens");
        }
        if let Some(scope) = scope
            && !here.id.strip_prefix(scope).is_some_and(|rest| rest.starts_with('.'))
        {
            self.say(here, format!("an entry's id begins with its scope's: {scope}."));
        }
        let place = format!("{}:{}", here.source.name, here.line);
        if let Some(first) = self.ids.get(here.id) {
            let message = format!("the id stands at {first} already");
            self.say(here, message);
        } else {
            self.ids.insert(here.id.to_owned(), place);
        }
    }

    fn dates(
        &mut self,
        here: Here<'_>,
        from: Option<jiff::civil::Date>,
        to: Option<jiff::civil::Date>,
    ) {
        if let (Some(from), Some(to)) = (from, to)
            && from > to
        {
            self.say(here, format!("valid_to {to} is before valid_from {from}"));
        }
    }

    fn named(&mut self, here: Here<'_>, name: &Words) {
        if name.en.trim().is_empty() || name.zh.trim().is_empty() {
            self.say(here, "name needs English and Chinese");
        }
    }

    fn say(&mut self, here: Here<'_>, message: impl Into<String>) {
        let message = format!("{}: {}", here.id, message.into());
        self.wrong.push(Diagnostic::on(&here.source.name, here.line, message));
    }
}

/// A head word, folded, with how it is looked for.
struct Term {
    word: String,
    any_case: bool,
    whole_word: bool,
    weight: u16,
}

/// Kinds and names as texts are folded.
fn folded(raw: &Documents) -> Documents {
    let fold = |words: &[String]| words.iter().map(|word| fold_term(word)).collect();
    Documents {
        kinds: fold(&raw.kinds),
        not_kinds: fold(&raw.not_kinds),
        names: fold(&raw.names),
        not_names: fold(&raw.not_names),
    }
}

/// The name an entry is given; where it has none, or in one language only, the
/// matter or the other name stands for it.
fn name(given: &Words, matter: &str) -> Words {
    let or = |name: &String, other: &str| match (name.trim(), other.trim()) {
        ("", "") => matter.to_owned(),
        ("", other) => other.to_owned(),
        (name, _) => name.to_owned(),
    };
    Words::new(or(&given.en, &given.zh), or(&given.zh, &given.en))
}

/// What a bound is: the quantity and its name, whether it is the lower one of
/// values as people say it, and whether it belongs to the range.
type Bound = ((Quantity, String), bool, bool);

fn wanted(bounds: &[Bound], list: Vec<f64>) -> Option<Wanted> {
    if !list.is_empty() {
        return bounds.is_empty().then_some(Wanted::OneOf(list));
    }
    let (mut low, mut high) = (None, None);
    for ((quantity, _), is_low, with) in bounds {
        // A larger scale has a smaller denominator.
        let is_low = *is_low != (quantity.measure == super::quantity::Measure::Scale);
        let bound = if is_low { &mut low } else { &mut high };
        if bound.replace((quantity.value, *with)).is_some() {
            return None;
        }
    }
    Some(Wanted::Between(low, high))
}
