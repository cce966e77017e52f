//! Optional content (ISO 32000-2, 8.11): which layers are off when the document
//! is opened.

use std::collections::HashSet;

use super::syntax::{Dict, File, Object, entry};

/// Visibility expressions within each other.
const MAX_DEPTH: usize = 16;
/// Groups that are looked at.
const MAX_GROUPS: usize = 100_000;

/// The groups that are off, by object.
#[derive(Debug, Default)]
pub(crate) struct Layers {
    off: HashSet<u32>,
}

impl Layers {
    pub(crate) fn load(file: &File<'_, '_>) -> Self {
        let mut made = Self::default();
        let properties = file.catalog().and_then(|catalog| file.dict(&catalog, b"OCProperties"));
        let Some(properties) = properties else { return made };
        let groups = |dict: &Dict, key: &[u8]| -> Vec<u32> {
            let list = file.array(dict, key).unwrap_or_default();
            list.iter().filter_map(Object::reference).take(MAX_GROUPS).collect()
        };
        let all = groups(&properties, b"OCGs");
        file.meter.steps(all.len() as u64);
        let Some(config) = file.dict(&properties, b"D") else { return made };
        if file.name(&config, b"BaseState").as_deref() == Some(b"OFF") {
            made.off.extend(&all);
        }
        for group in groups(&config, b"ON") {
            made.off.remove(&group);
        }
        made.off.extend(groups(&config, b"OFF"));
        // Some groups follow what the document is used for: here, to be viewed.
        for usage in file.array(&config, b"AS").unwrap_or_default().iter().take(1000) {
            let usage = file.resolve(usage);
            let Some(usage) = usage.dict() else { continue };
            if file.name(usage, b"Event").as_deref() != Some(b"View") {
                continue;
            }
            for group in groups(usage, b"OCGs") {
                match view_state(file, group).as_deref() {
                    Some(b"ON") => drop(made.off.remove(&group)),
                    Some(b"OFF") => drop(made.off.insert(group)),
                    _ => {}
                }
            }
        }
        made
    }

    /// Whether what is marked with this group or membership is not shown.
    pub(crate) fn is_off(&self, file: &File<'_, '_>, marked: &Object) -> bool {
        if self.off.is_empty() || marked.is_null() {
            return false;
        }
        if marked.reference().is_some_and(|group| self.off.contains(&group)) {
            return true;
        }
        let resolved = file.resolve(marked);
        let Some(dict) = resolved.dict().filter(|dict| dict.is(b"Type", b"OCMD")) else {
            return false;
        };
        if let Some(expression) = file.array(dict, b"VE") {
            return !self.holds(file, &expression, 0).unwrap_or(true);
        }
        let members = match dict.get(b"OCGs") {
            Some(Object::Reference(number)) => match file.object(*number) {
                Object::Array(list) => list.iter().filter_map(Object::reference).collect(),
                _ => vec![*number],
            },
            Some(Object::Array(list)) => list.iter().filter_map(Object::reference).collect(),
            _ => return false,
        };
        file.meter.steps(members.len() as u64);
        let off = members.iter().filter(|group| self.off.contains(group)).count();
        let is_on = match file.name(dict, b"P").as_deref() {
            Some(b"AllOn") => off == 0,
            Some(b"AnyOff") => off > 0,
            Some(b"AllOff") => off == members.len(),
            _ => members.is_empty() || off < members.len(),
        };
        !is_on
    }

    /// Whether a visibility expression holds.
    fn holds(&self, file: &File<'_, '_>, parts: &[Object], depth: usize) -> Option<bool> {
        if depth > MAX_DEPTH || !file.meter.steps(1) {
            return None;
        }
        let (operator, operands) = parts.split_first()?;
        let mut values = operands.iter().filter_map(|operand| match file.resolve(operand) {
            Object::Array(inner) => self.holds(file, &inner, depth + 1),
            _ => operand.reference().map(|group| !self.off.contains(&group)),
        });
        match file.resolve(operator).name()? {
            b"And" => Some(values.all(|value| value)),
            b"Or" => Some(values.any(|value| value)),
            b"Not" => values.next().map(|value| !value),
            _ => None,
        }
    }
}

fn view_state(file: &File<'_, '_>, group: u32) -> Option<std::rc::Rc<[u8]>> {
    let object = file.object(group);
    let usage = file.dict(object.dict()?, b"Usage")?;
    let view = file.dict(&usage, b"View")?;
    let state = entry(&view, b"ViewState");
    match file.resolve(state) {
        Object::Name(name) => Some(name),
        _ => None,
    }
}
