//! Content packed by RAR 5 and 7.

use super::Stop;
use super::bits::{Bits, Code};
use super::filters::{self, Filter, Kind};
use super::window::Window;

/// Filters of one member; each costs at least four bytes of it.
const MAX_FILTERS: usize = 1 << 16;

/// Tables of one member.
const MAX_TABLES: u32 = 1 << 16;

/// How a member is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Settings {
    /// Size of the window.
    pub window: usize,
    /// Whether distances are those of RAR 7.
    pub wide: bool,
}

/// Unpacks members, one after the other where they are solid.
#[derive(Default)]
pub(super) struct Unpack50 {
    window: Window,
    codes: Option<Codes>,
    distances: [usize; 4],
    length: usize,
    filters: Vec<Filter>,
    /// How many tables may still be built.
    tables: u32,
    /// How many were built for the member unpacked last.
    pub built: u32,
}

#[derive(Clone, Default)]
struct Codes {
    main: Code,
    distance: Code,
    low: Code,
    repeat: Code,
}

impl Unpack50 {
    /// Unpacks a member of at most `most` bytes; what came before it stopped is
    /// kept.
    pub fn unpack(
        &mut self,
        packed: &[u8],
        settings: Settings,
        solid: bool,
        most: usize,
    ) -> (Vec<u8>, Option<Stop>) {
        self.window.begin(settings.window, solid, most);
        self.filters.clear();
        // Each takes some thirty bytes; a few bytes of input never need many.
        self.tables = u32::try_from(packed.len() / 16).unwrap_or(u32::MAX).min(MAX_TABLES) + 1;
        let allowed = self.tables;
        if !solid {
            (self.codes, self.distances, self.length) = (None, [0; 4], 0);
        }
        let stopped = self.blocks(packed, settings).err();
        self.built = allowed - self.tables;
        let mut out = std::mem::take(&mut self.window.out);
        let filtered = filters::undo(&mut out, &self.filters).err();
        (out, stopped.or(filtered))
    }

    fn blocks(&mut self, packed: &[u8], settings: Settings) -> Result<(), Stop> {
        let mut rest = packed;
        while !self.window.is_full() {
            let (block, behind) = Block::split(rest)?;
            let mut bits = Bits::new(block.data);
            if block.has_tables {
                self.tables = self.tables.checked_sub(1).ok_or(Stop::Broken)?;
                self.codes = Some(read_codes(&mut bits, settings.wide)?);
            }
            let codes = self.codes.take().ok_or(Stop::Broken)?;
            let done = self.symbols(&codes, &mut bits, block.end);
            self.codes = Some(codes);
            done?;
            if block.is_last {
                break;
            }
            rest = behind;
        }
        Ok(())
    }

    fn symbols(&mut self, codes: &Codes, bits: &mut Bits<'_>, end: usize) -> Result<(), Stop> {
        while !bits.is_at(end) && !self.window.is_full() {
            let symbol = codes.main.take(bits)?;
            match symbol {
                0..256 => self.window.push(symbol as u8)?,
                256 => self.filter(bits)?,
                257 => {
                    if self.length > 0 {
                        self.window.copy(self.distances[0], self.length)?;
                    }
                }
                258..262 => {
                    let slot = codes.repeat.take(bits)?;
                    self.length = length(slot, bits)?;
                    if let Some(used) = self.distances.get_mut(..=symbol - 258) {
                        used.rotate_right(1);
                    }
                    self.window.copy(self.distances[0], self.length)?;
                }
                _ => {
                    let short = length(symbol - 262, bits)?;
                    let distance = distance(codes, bits)?;
                    let more = [0x100, 0x2000, 0x40000].iter().filter(|at| distance > **at);
                    self.length = short + more.count();
                    self.distances.rotate_right(1);
                    self.distances[0] = distance;
                    self.window.copy(distance, self.length)?;
                }
            }
        }
        Ok(())
    }

    fn filter(&mut self, bits: &mut Bits<'_>) -> Result<(), Stop> {
        let start = self.window.out.len().saturating_add(number(bits)?);
        let length = number(bits)?;
        let kind = match bits.take(3)? {
            0 => Kind::Delta { channels: bits.take(5)? as usize + 1 },
            1 => Kind::X86 { jumps: false },
            2 => Kind::X86 { jumps: true },
            3 => Kind::Arm,
            _ => return Err(Stop::Unknown),
        };
        if self.filters.len() >= MAX_FILTERS {
            return Err(Stop::Broken);
        }
        self.filters.push(Filter { kind, start, length });
        Ok(())
    }
}

/// A stretch of the stream with a header of its own.
struct Block<'a> {
    data: &'a [u8],
    /// The bit behind its last.
    end: usize,
    has_tables: bool,
    is_last: bool,
}

impl<'a> Block<'a> {
    /// Cuts the first block off.
    fn split(bytes: &'a [u8]) -> Result<(Self, &'a [u8]), Stop> {
        let (head, rest) = bytes.split_at_checked(2).ok_or(Stop::Ended)?;
        let [flags, check] = head else { return Err(Stop::Ended) };
        let width = usize::from(flags >> 3 & 3) + 1;
        let (size, rest) = rest.split_at_checked(width).ok_or(Stop::Ended)?;
        let sum = size.iter().fold(0x5A ^ flags, |sum, byte| sum ^ byte);
        if sum != *check || width > 3 {
            return Err(Stop::Broken);
        }
        let size = size.iter().rev().fold(0, |sum, byte| sum << 8 | usize::from(*byte));
        let (data, behind) = rest.split_at_checked(size).unwrap_or((rest, &[]));
        let bits_of_last = usize::from(flags & 7) + 1;
        // A block that breaks off is read as far as it goes.
        let end = match data.len() == size {
            true => (size * 8 + bits_of_last).saturating_sub(8),
            false => usize::MAX,
        };
        let (has_tables, is_last) = (flags & 0x80 != 0, flags & 0x40 != 0);
        let block = Self { data, end, has_tables, is_last: is_last && data.len() == size };
        Ok((block, behind))
    }
}

fn read_codes(bits: &mut Bits<'_>, wide: bool) -> Result<Codes, Stop> {
    let mut lengths = [0u8; 20];
    let mut at = 0;
    while at < lengths.len() {
        let mut length = bits.take(4)? as u8;
        if length == 15 {
            let zeros = bits.take(4)? as usize;
            if zeros > 0 {
                at += zeros + 2;
                continue;
            }
            length = 15;
        }
        if let Some(place) = lengths.get_mut(at) {
            *place = length;
        }
        at += 1;
    }
    let code = Code::new(&lengths);
    let distances = if wide { 80 } else { 64 };
    let mut lengths = vec![0u8; 306 + distances + 16 + 44];
    let mut at = 0;
    while at < lengths.len() {
        let symbol = code.take(bits)?;
        let before = at.checked_sub(1).and_then(|at| lengths.get(at)).copied();
        let (value, count) = match symbol {
            0..16 => (symbol as u8, 1),
            16 => (before.ok_or(Stop::Broken)?, 3 + bits.take(3)? as usize),
            17 => (before.ok_or(Stop::Broken)?, 11 + bits.take(7)? as usize),
            18 => (0, 3 + bits.take(3)? as usize),
            _ => (0, 11 + bits.take(7)? as usize),
        };
        lengths.iter_mut().skip(at).take(count).for_each(|place| *place = value);
        at += count;
    }
    let (main, rest) = lengths.split_at(306);
    let (distance, rest) = rest.split_at(distances);
    let (low, repeat) = rest.split_at(16);
    Ok(Codes {
        main: Code::new(main),
        distance: Code::new(distance),
        low: Code::new(low),
        repeat: Code::new(repeat),
    })
}

fn length(slot: usize, bits: &mut Bits<'_>) -> Result<usize, Stop> {
    if slot < 8 {
        return Ok(slot + 2);
    }
    let extra = (slot / 4 - 1) as u32;
    Ok(2 + ((4 | (slot % 4)) << extra) + bits.take(extra)? as usize)
}

fn distance(codes: &Codes, bits: &mut Bits<'_>) -> Result<usize, Stop> {
    let slot = codes.distance.take(bits)?;
    if slot < 4 {
        return Ok(slot + 1);
    }
    let extra = (slot / 2 - 1) as u32;
    let base = 1 + ((2 | (slot as u64 % 2)) << extra);
    let more = match extra {
        0..4 => u64::from(bits.take(extra)?),
        _ => {
            // RAR 7 has more than 32 of them.
            let high = u64::from(bits.take((extra - 4).saturating_sub(32))?) << 32;
            let high = high | u64::from(bits.take((extra - 4).min(32))?);
            (high << 4) + codes.low.take(bits)? as u64
        }
    };
    Ok(usize::try_from(base + more).unwrap_or(usize::MAX))
}

/// A number of up to four bytes, the lowest first.
fn number(bits: &mut Bits<'_>) -> Result<usize, Stop> {
    let bytes = bits.take(2)? + 1;
    let mut value = 0;
    for at in 0..bytes {
        value |= (bits.take(8)? as usize) << (8 * at);
    }
    Ok(value)
}
