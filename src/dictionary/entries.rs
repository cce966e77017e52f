//! Things of a dictionary that are known by number: entries and word sets.

use std::ops::Index;

use super::scope::{Entry, WordSet};

/// The entries of all scopes, by number.
pub type Entries = Numbered<Entry>;

/// The word sets that conditions name, by number.
pub type WordSets = Numbered<WordSet>;

/// A list whose members are reached one by one, so that those of a large
/// dictionary need not all be there at once.
#[derive(Debug)]
pub struct Numbered<T> {
    made: Vec<T>,
}

impl<T> Numbered<T> {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.made.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.made.is_empty()
    }

    /// That of a number, if there is one.
    pub fn get(&self, number: usize) -> Option<&T> {
        self.made.get(number)
    }

    /// All, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &T> {
        self.made.iter()
    }
}

impl<T> Default for Numbered<T> {
    fn default() -> Self {
        Self { made: Vec::new() }
    }
}

impl<T> From<Vec<T>> for Numbered<T> {
    fn from(made: Vec<T>) -> Self {
        Self { made }
    }
}

/// For numbers that come from the dictionary itself.
impl<T> Index<usize> for Numbered<T> {
    type Output = T;

    fn index(&self, number: usize) -> &T {
        &self.made[number]
    }
}
