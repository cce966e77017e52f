//! Style sheets: which declarations are for which element. Selectors are read as
//! far as they can be decided from the element and what it stands in; a rule that
//! asks for more (a pointer over it, what stands beside it) is not followed, so
//! that nothing is taken for hidden that may be seen.

use std::collections::HashMap;

use super::declared::{Set, declarations};
use super::split::{position, split, strings, unescaped, without_comments};

/// Selectors of one document, at most.
const MAX_SELECTORS: usize = 20_000;

/// Elements named in one selector, at most: bits of a mask.
const MAX_COMPOUNDS: usize = 16;

/// Blocks within blocks (`@media`, `@supports`, `@layer`), at most.
const MAX_NESTING: usize = 8;

/// What a selector can ask of an element.
pub(in crate::extract) trait Node {
    fn name(&self) -> &str;
    fn id(&self) -> &str;
    fn has_class(&self, class: &str) -> bool;
    /// The value of an attribute; only asked of the element itself.
    fn attr(&self, name: &str) -> Option<&str>;
    /// [`bit`] of its name, its id and each of its classes, or of more: what a
    /// selector asks for and is not among them need not be looked for.
    fn bits(&self) -> u64 {
        u64::MAX
    }
}

/// One of 64 bits by which most words that differ are told apart (FNV-1a).
pub(in crate::extract) fn bit(word: &str) -> u64 {
    let hash = word.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    1 << (hash >> 58)
}

#[derive(Debug)]
enum Test {
    Name(String),
    Id(String),
    Class(String),
    /// An attribute is there, or has a value that compares so.
    Attr(String, Option<(char, String)>),
}

#[derive(Debug, Default)]
struct Compound {
    tests: Vec<Test>,
    /// Bits that an element has for which all of them hold.
    bits: u64,
    /// Whether it must hold the next compound directly, and not at any depth.
    is_parent: bool,
}

#[derive(Debug)]
struct Selector {
    /// Outermost first; the last is for the element itself.
    compounds: Vec<Compound>,
    /// Bits of all compounds but the last: what stands around has them, or it does not match.
    around: u64,
    specificity: u32,
    rule: usize,
}

/// The rules of a document.
#[derive(Debug, Default)]
pub(in crate::extract) struct Sheet {
    rules: Vec<Vec<(Set, bool)>>,
    selectors: Vec<Selector>,
    by_id: HashMap<String, Vec<usize>>,
    by_class: HashMap<String, Vec<usize>>,
    by_name: HashMap<String, Vec<usize>>,
    general: Vec<usize>,
    /// Text that styles put before and after elements.
    pub generated: Vec<String>,
}

impl Sheet {
    /// Adds the rules of a style sheet behind those there are.
    pub fn add(&mut self, css: &str) {
        let css = without_comments(css).replace("<!--", " ").replace("-->", " ");
        // Blocks that hold rules of their own wait here with their depth.
        let mut waiting = vec![(css.as_str(), 0)];
        while let Some((css, depth)) = waiting.pop() {
            let mut rest = css;
            while let Some(open) = position(rest, &['{', ';']) {
                let (prelude, behind) = rest.split_at(open);
                let body = behind.get(1..).unwrap_or_default();
                if behind.starts_with(';') {
                    // `@import`, `@charset`: what they bring is not here.
                    rest = body;
                    continue;
                }
                let end = position(body, &['}']).unwrap_or(body.len());
                let (block, behind) = body.split_at(end);
                rest = behind.get(1..).unwrap_or_default();
                let prelude = prelude.trim();
                if let Some(at_rule) = prelude.strip_prefix('@') {
                    if applies(at_rule) && depth < MAX_NESTING {
                        // What comes behind keeps its turn, for later rules win.
                        waiting.push((rest, depth));
                        waiting.push((block, depth + 1));
                        break;
                    }
                } else {
                    self.rule(prelude, block);
                }
            }
        }
    }

    fn rule(&mut self, prelude: &str, block: &str) {
        let mut is_generated = false;
        let mut selectors = Vec::new();
        for selector in split(prelude, ',') {
            let lower = selector.to_ascii_lowercase();
            if lower.contains(":before") || lower.contains(":after") {
                is_generated = true;
            } else if let Some(selector) = parse(selector.trim(), self.rules.len()) {
                selectors.push(selector);
            }
        }
        if is_generated {
            self.generate(block);
        }
        if selectors.is_empty() || self.selectors.len() + selectors.len() > MAX_SELECTORS {
            return;
        }
        let sets = declarations(block);
        if sets.is_empty() {
            return;
        }
        self.rules.push(sets);
        for selector in selectors {
            let at = self.selectors.len();
            let tests = selector.compounds.last().map_or(&[][..], |c| &c.tests);
            let list = Self::index(tests, &mut self.by_id, &mut self.by_class, &mut self.by_name)
                .unwrap_or(&mut self.general);
            list.push(at);
            self.selectors.push(selector);
        }
    }

    /// The list a selector is looked up in: by the rarest thing it asks for.
    fn index<'a>(
        tests: &[Test],
        by_id: &'a mut HashMap<String, Vec<usize>>,
        by_class: &'a mut HashMap<String, Vec<usize>>,
        by_name: &'a mut HashMap<String, Vec<usize>>,
    ) -> Option<&'a mut Vec<usize>> {
        let id = tests.iter().find_map(|test| match test {
            Test::Id(id) => Some(id),
            _ => None,
        });
        let class = tests.iter().find_map(|test| match test {
            Test::Class(class) => Some(class),
            _ => None,
        });
        let name = tests.iter().find_map(|test| match test {
            Test::Name(name) => Some(name),
            _ => None,
        });
        match (id, class, name) {
            (Some(id), _, _) => Some(by_id.entry(id.clone()).or_default()),
            (_, Some(class), _) => Some(by_class.entry(class.clone()).or_default()),
            (_, _, Some(name)) => Some(by_name.entry(name.clone()).or_default()),
            _ => None,
        }
    }

    fn generate(&mut self, block: &str) {
        for declaration in split(block, ';') {
            let Some((name, value)) = declaration.split_once(':') else { continue };
            if !name.trim().eq_ignore_ascii_case("content") {
                continue;
            }
            let text = strings(value);
            // One letter is an icon in a font of icons.
            let letters = text.chars().filter(|c| c.is_alphanumeric()).take(2).count();
            if letters > 1 && self.generated.len() < MAX_SELECTORS {
                self.generated.push(text);
            }
        }
    }

    /// Whether there is nothing to ask.
    pub fn is_empty(&self) -> bool {
        self.selectors.is_empty()
    }

    /// What the rules say of `node`, weakest first, and how much work it was to
    /// find out. `around` is what it stands in, outermost first.
    pub fn sets_for<N: Node>(
        &self,
        node: &N,
        classes: &[&str],
        around: &[N],
    ) -> (Vec<&(Set, bool)>, usize) {
        let mut found: Vec<(u32, usize)> = Vec::new();
        let mut steps = 0;
        let bits = around.iter().fold(0, |bits, node| bits | node.bits());
        let lists = [self.by_id.get(node.id()), self.by_name.get(node.name())];
        let of_classes = classes.iter().map(|class| self.by_class.get(*class));
        let lists = lists.into_iter().chain(of_classes).flatten().chain([&self.general]);
        for at in lists.flatten() {
            let Some(selector) = self.selectors.get(*at) else { continue };
            steps += 1;
            if bits & selector.around == selector.around
                && selector.matches(node, around, &mut steps)
            {
                found.push((selector.specificity, *at));
            }
        }
        found.sort_unstable();
        found.dedup();
        let rules = found.iter().filter_map(|(_, at)| self.selectors.get(*at));
        let sets = rules.filter_map(|s| self.rules.get(s.rule)).flatten().collect();
        (sets, steps)
    }
}

impl Selector {
    fn matches<N: Node>(&self, node: &N, around: &[N], steps: &mut usize) -> bool {
        let Some((own, outer)) = self.compounds.split_last() else { return false };
        if !own.holds(node) {
            return false;
        }
        // A bit is set where all compounds behind it are found already: `at_any` may
        // be found in any element further out, `at_next` in the next one only.
        let bit = |at: usize| 1_u32 << at;
        let (mut at_any, mut at_next) = (0, 0);
        match outer.last() {
            None => return true,
            Some(compound) if compound.is_parent => at_next = bit(outer.len() - 1),
            Some(_) => at_any = bit(outer.len() - 1),
        }
        for node in around.iter().rev() {
            *steps += 1;
            let looked_for = at_any | at_next;
            at_next = 0;
            for (at, compound) in outer.iter().enumerate() {
                if looked_for & bit(at) == 0 || !compound.holds(node) {
                    continue;
                }
                let Some(further) = at.checked_sub(1) else { return true };
                if outer.get(further).is_some_and(|c| c.is_parent) {
                    at_next |= bit(further);
                } else {
                    at_any |= bit(further);
                }
            }
            if at_any | at_next == 0 {
                return false;
            }
        }
        false
    }
}

impl Compound {
    fn holds<N: Node>(&self, node: &N) -> bool {
        node.bits() & self.bits == self.bits && self.tests.iter().all(|test| test.holds(node))
    }
}

impl Test {
    fn bit(&self) -> u64 {
        match self {
            Self::Name(word) | Self::Id(word) | Self::Class(word) => bit(word),
            Self::Attr(..) => 0,
        }
    }

    fn holds<N: Node>(&self, node: &N) -> bool {
        match self {
            Self::Name(name) => node.name() == name,
            Self::Id(id) => node.id() == id,
            Self::Class(class) => node.has_class(class),
            Self::Attr(name, None) => node.attr(name).is_some(),
            Self::Attr(name, Some((how, wanted))) => {
                node.attr(name).is_some_and(|value| match how {
                    '^' => value.starts_with(wanted.as_str()),
                    '$' => value.ends_with(wanted.as_str()),
                    '*' => value.contains(wanted.as_str()),
                    '~' => value.split_ascii_whitespace().any(|word| word == wanted),
                    '|' => value.split('-').next() == Some(wanted.as_str()),
                    _ => value == wanted,
                })
            }
        }
    }
}

/// Whether a block of rules is for a screen as one has it.
fn applies(at_rule: &str) -> bool {
    let lower = at_rule.to_ascii_lowercase();
    let (name, condition) = lower.split_at(lower.find([' ', '(']).unwrap_or(lower.len()));
    match name {
        "media" => medium(condition),
        "layer" => true,
        "supports" => !condition.contains("not"),
        _ => false,
    }
}

/// Whether a query names the screen or everything, and asks for nothing else.
pub(in crate::extract) fn medium(query: &str) -> bool {
    let query = query.trim().to_ascii_lowercase();
    query.is_empty()
        || query
            .split(',')
            .any(|one| matches!(one.trim(), "all" | "screen" | "only screen" | "only all"))
}

/// Reads one selector; `None` where it asks for what is not known here.
fn parse(selector: &str, rule: usize) -> Option<Selector> {
    if selector.is_empty() {
        return None;
    }
    let mut compounds = vec![Compound::default()];
    let mut specificity = 0_u32;
    let mut rest = selector;
    while !rest.is_empty() {
        let trimmed = rest.trim_start();
        if trimmed.len() < rest.len() || trimmed.starts_with('>') {
            rest = trimmed;
            let is_parent = rest.starts_with('>');
            if is_parent {
                rest = rest.get(1..)?.trim_start();
            }
            if rest.is_empty() {
                break;
            }
            if compounds.len() >= MAX_COMPOUNDS {
                return None;
            }
            compounds.last_mut()?.is_parent = is_parent;
            compounds.push(Compound::default());
            continue;
        }
        let first = rest.chars().next()?;
        let tests = &mut compounds.last_mut()?.tests;
        match first {
            '*' => rest = rest.get(1..)?,
            '.' | '#' => {
                let (name, behind) = word(rest.get(1..)?)?;
                rest = behind;
                specificity += if first == '#' { 1 << 20 } else { 1 << 10 };
                tests.push(if first == '#' { Test::Id(name) } else { Test::Class(name) });
            }
            '[' => {
                let end = rest.find(']')?;
                tests.push(attribute(rest.get(1..end)?)?);
                specificity += 1 << 10;
                rest = rest.get(end + 1..)?;
            }
            ':' if rest.to_ascii_lowercase().starts_with(":root") => {
                tests.push(Test::Name("html".into()));
                specificity += 1 << 10;
                rest = rest.get(5..)?;
            }
            _ => {
                let (name, behind) = word(rest)?;
                rest = behind;
                specificity += 1;
                tests.push(Test::Name(name.to_ascii_lowercase()));
            }
        }
    }
    for compound in &mut compounds {
        compound.bits = compound.tests.iter().fold(0, |bits, test| bits | test.bit());
    }
    let (_, outer) = compounds.split_last()?;
    let around = outer.iter().fold(0, |bits, compound| bits | compound.bits);
    Some(Selector { compounds, around, specificity, rule })
}

/// A name, and what stands behind it.
fn word(text: &str) -> Option<(String, &str)> {
    let mut escaped = false;
    let end = text.find(|c: char| {
        let goes_on = escaped || c == '\\' || c.is_alphanumeric() || matches!(c, '-' | '_');
        escaped = !escaped && c == '\\';
        !goes_on
    });
    let (name, behind) = text.split_at(end.unwrap_or(text.len()));
    (!name.is_empty()).then(|| (unescaped(name), behind))
}

/// `name`, `name=value`, `name^="value"`.
fn attribute(inside: &str) -> Option<Test> {
    let Some((name, value)) = inside.split_once('=') else {
        return Some(Test::Attr(inside.trim().to_ascii_lowercase(), None));
    };
    let how = name.chars().next_back().filter(|c| matches!(c, '^' | '$' | '*' | '~' | '|'));
    let name = name.trim_end_matches(['^', '$', '*', '~', '|']).trim().to_ascii_lowercase();
    let value = value.trim().trim_matches(['"', '\'']);
    // `[x=y i]` compares without case; who writes it is left alone.
    if value.ends_with(" i") {
        return None;
    }
    Some(Test::Attr(name, Some((how.unwrap_or('='), unescaped(value)))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::html::css::Display;

    /// An element as a test writes it: `name#id.class`.
    struct Plain(&'static str);

    impl Node for Plain {
        fn name(&self) -> &str {
            self.0.split(['#', '.']).next().unwrap_or_default()
        }

        fn id(&self) -> &str {
            let id = self.0.split_once('#').map_or("", |(_, id)| id);
            id.split('.').next().unwrap_or_default()
        }

        fn has_class(&self, class: &str) -> bool {
            self.0.split('.').skip(1).any(|known| known == class)
        }

        fn attr(&self, name: &str) -> Option<&str> {
            (name == "id" && !self.id().is_empty()).then(|| self.id())
        }
    }

    fn hides(css: &str, path: &[&'static str]) -> bool {
        let mut sheet = Sheet::default();
        sheet.add(css);
        let (node, around) = path.split_last().unwrap();
        let around: Vec<_> = around.iter().map(|n| Plain(n)).collect();
        let classes: Vec<&str> = node.split('.').skip(1).collect();
        let (sets, _) = sheet.sets_for(&Plain(node), &classes, &around);
        let last = sets.iter().rev().find_map(|(set, _)| match set {
            Set::Display(display) => Some(*display),
            _ => None,
        });
        last == Some(Display::None)
    }

    #[test]
    fn rules_are_for_the_elements_they_name() {
        for (selector, path, want) in [
            ("p", &["p"][..], true),
            ("P", &["p"], true),
            ("div", &["p"], false),
            (".x", &["p.x"], true),
            ("p.x.y", &["p.y.x"], true),
            ("p.x.y", &["p.x"], false),
            ("#i", &["p#i"], true),
            ("*", &["p"], true),
            ("a, .x", &["p.x"], true),
            ("div .x", &["div", "span", "p.x"], true),
            ("div > .x", &["div", "span", "p.x"], false),
            ("div > .x", &["div", "p.x"], true),
            ("div>.x", &["div", "p.x"], true),
            ("a b > c d", &["a", "b", "c", "x", "d"], true),
            ("a b > c d", &["a", "c", "b", "x", "d"], false),
            ("a > b c", &["a", "b", "b", "c"], true),
            ("[id]", &["p#i"], true),
            ("[id^=\"i\"]", &["p#ij"], true),
            ("[id=j]", &["p#i"], false),
            (":root .x", &["html", "p.x"], true),
            (r".\78", &["p.x"], true),
            (".x:hover", &["p.x"], false),
            (".x + .y", &["p.y"], false),
            (":not(.x)", &["p"], false),
            (".密", &["p.密"], true),
        ] {
            assert_eq!(hides(&format!("{selector}{{display:none}}"), path), want, "{selector}");
        }
    }

    #[test]
    fn the_more_special_rule_wins_and_then_the_later() {
        assert!(!hides(".x{display:none} .x{display:block}", &["p.x"]));
        assert!(hides("#i{display:none} .x{display:block}", &["p#i.x"]));
        assert!(hides("p.x{display:none} .x{display:block} p{display:block}", &["p.x"]));
        assert!(!hides("@media all{.x{display:none}} .x{display:block}", &["p.x"]));
    }

    #[test]
    fn blocks_are_followed_where_they_hold_for_a_screen() {
        for (css, want) in [
            ("@media screen{p{display:none}}", true),
            ("@media print{p{display:none}}", false),
            ("@media (max-width:600px){p{display:none}}", false),
            ("@layer a{@media all{p{display:none}}}", true),
            ("@import 'x.css'; p{display:none}", true),
            ("@font-face{font-family:x} p{display:none}", true),
            ("/* } */ p{display:none}", true),
            ("<!-- p{display:none} -->", true),
            ("a{content:'}'} p{display:none}", true),
            ("p{display:none", true),
        ] {
            assert_eq!(hides(css, &["p"]), want, "{css}");
        }
    }

    #[test]
    fn text_that_styles_put_in_is_told() {
        let mut sheet = Sheet::default();
        sheet.add(
            "body::before{content:'机密★10年'} .i:before{content:'\\f101'} a:after{content:' '}",
        );
        assert_eq!(sheet.generated, ["机密★10年"]);
    }

    #[test]
    fn hostile_sheets_end() {
        for css in ["{".repeat(50_000), "@media all{".repeat(20_000), "a{}".repeat(100_000)] {
            Sheet::default().add(&css);
        }
        let many: String = (0..40_000).map(|n| format!(".c{n}{{display:none}}")).collect();
        let mut sheet = Sheet::default();
        sheet.add(&many);
        assert_eq!(sheet.selectors.len(), MAX_SELECTORS);
    }
}
