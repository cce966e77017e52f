//! How values of foreign kinds travel between processes, beside what `borsh`
//! knows of ours. Whatever comes in is checked: the other side may be hostile.

use std::collections::BTreeSet;
use std::io::{self, Read, Write};
use std::sync::{Mutex, PoisonError};

use borsh::{BorshDeserialize, BorshSerialize};
use jiff::civil::Date;

use super::text::Rect;

/// The longest name that is a constant of the program.
const NAME: usize = 64;

/// How many different ones there may be: more than there are.
const NAMES: usize = 512;

/// A name that is a constant here.
pub(super) fn name<W: Write>(name: &&'static str, to: &mut W) -> io::Result<()> {
    BorshSerialize::serialize(*name, to)
}

/// Gives a name that came in the life of a constant. Each is kept once, and no
/// more than the program can have.
pub(super) fn read_name<R: Read>(from: &mut R) -> io::Result<&'static str> {
    static KEPT: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let name = String::deserialize_reader(from)?;
    let is_name = |c: char| c.is_ascii_alphanumeric() || "-_./+: ".contains(c);
    if name.len() > NAME || !name.chars().all(is_name) {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "a name that is none"));
    }
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = kept.get(name.as_str()) {
        return Ok(known);
    }
    if kept.len() >= NAMES {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "more names than there are"));
    }
    let name: &'static str = Box::leak(name.into_boxed_str());
    kept.insert(name);
    Ok(name)
}

/// A day, as year, month and day.
pub(super) fn date<W: Write>(date: &Date, to: &mut W) -> io::Result<()> {
    (date.year(), date.month(), date.day()).serialize(to)
}

/// The same, back.
pub(super) fn read_date<R: Read>(from: &mut R) -> io::Result<Date> {
    let (year, month, day) = <(i16, i8, i8)>::deserialize_reader(from)?;
    Date::new(year, month, day).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}

/// A day where there is one.
pub(super) fn some_date<W: Write>(day: &Option<Date>, to: &mut W) -> io::Result<()> {
    day.is_some().serialize(to)?;
    day.as_ref().map_or(Ok(()), |day| date(day, to))
}

/// The same, back.
pub(super) fn read_some_date<R: Read>(from: &mut R) -> io::Result<Option<Date>> {
    bool::deserialize_reader(from)?.then(|| read_date(from)).transpose()
}

/// By the bits of its edges: no number is refused.
impl BorshSerialize for Rect {
    fn serialize<W: Write>(&self, to: &mut W) -> io::Result<()> {
        <[f32; 4]>::from(*self).map(f32::to_bits).serialize(to)
    }
}

impl BorshDeserialize for Rect {
    fn deserialize_reader<R: Read>(from: &mut R) -> io::Result<Self> {
        let [x0, y0, x1, y1] = <[u32; 4]>::deserialize_reader(from)?.map(f32::from_bits);
        Ok(Self { x0, y0, x1, y1 })
    }
}
