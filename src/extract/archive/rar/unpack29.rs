//! Content packed by RAR 2.9 to 4: LZ with prefix codes, and PPMd for text.

use super::Stop;
use super::bits::{Bits, Code};
use super::filters::{self, Filter, Kind};
use super::ppmd::{Model, Source};
use super::window::Window;

/// The window is never larger.
const WINDOW: usize = 4 << 20;

/// Filters of one member, and programs of one run of solid members.
const MAX_FILTERS: usize = 8192;

/// Tables of one member.
const MAX_TABLES: u32 = 1 << 16;
const MAX_PROGRAMS: usize = 1024;

const MAIN: usize = 299;
const DISTANCES: usize = 60;
const LOW: usize = 17;
const REPEATS: usize = 28;
const ALL: usize = MAIN + DISTANCES + LOW + REPEATS;

/// Unpacks members, one after the other where they are solid.
pub(super) struct Unpack29 {
    window: Window,
    lengths: [u8; ALL],
    codes: Option<Codes>,
    distances: [usize; 4],
    distance: usize,
    length: usize,
    low: usize,
    low_repeats: usize,
    escape: u8,
    model: Option<Box<Model>>,
    /// Which filter each program is.
    programs: Vec<Program>,
    last_program: usize,
    filters: Vec<Filter>,
    /// How many tables may still be built.
    tables: u32,
    /// How many were built for the member unpacked last.
    pub built: u32,
}

#[derive(Clone, Copy)]
struct Program {
    kind: Standard,
    length: usize,
}

/// The programs that WinRAR wrote.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Standard {
    E8,
    E8E9,
    Itanium,
    Delta,
    Rgb,
    Audio,
}

#[derive(Clone, Default)]
struct Codes {
    main: Code,
    distance: Code,
    low: Code,
    repeat: Code,
}

/// Why a run of symbols ended.
enum Ended {
    /// New tables follow.
    Tables,
    /// The member ends; whether one that goes on with it has the same tables.
    Member { keeps: bool },
}

impl Default for Unpack29 {
    fn default() -> Self {
        Self {
            window: Window::default(),
            lengths: [0; ALL],
            codes: None,
            distances: [0; 4],
            distance: 0,
            length: 0,
            low: 0,
            low_repeats: 0,
            escape: 2,
            model: None,
            programs: Vec::new(),
            last_program: 0,
            filters: Vec::new(),
            tables: 0,
            built: 0,
        }
    }
}

impl Unpack29 {
    /// Unpacks a member of at most `most` bytes; what came before it stopped is
    /// kept.
    pub fn unpack(&mut self, packed: &[u8], solid: bool, most: usize) -> (Vec<u8>, Option<Stop>) {
        if !solid {
            *self = Self { window: std::mem::take(&mut self.window), ..Self::default() };
        }
        self.window.begin(WINDOW, solid, most);
        self.filters.clear();
        // Each takes some twenty bytes; a few bytes of input never need many.
        self.tables = u32::try_from(packed.len() / 8).unwrap_or(u32::MAX).min(MAX_TABLES) + 1;
        let allowed = self.tables;
        let stopped = self.run(&mut Bits::new(packed)).err();
        self.built = allowed - self.tables;
        let mut out = std::mem::take(&mut self.window.out);
        let filtered = filters::undo(&mut out, &self.filters).err();
        (out, stopped.or(filtered))
    }

    fn run(&mut self, bits: &mut Bits<'_>) -> Result<(), Stop> {
        // A solid member may go on with the tables of the one before it.
        let mut fresh = self.codes.is_none();
        loop {
            let mut text = false;
            if fresh {
                self.tables = self.tables.checked_sub(1).ok_or(Stop::Broken)?;
                bits.align();
                text = bits.peek() >> 15 == 1;
                if !text {
                    self.read_tables(bits)?;
                }
            }
            if self.window.is_full() {
                return Ok(());
            }
            let ended = if text { self.text(bits)? } else { self.symbols(bits)? };
            match ended {
                Ended::Tables => fresh = true,
                Ended::Member { .. } => return Ok(()),
            }
        }
    }

    fn read_tables(&mut self, bits: &mut Bits<'_>) -> Result<(), Stop> {
        bits.skip(1)?;
        if bits.take(1)? == 0 {
            self.lengths = [0; ALL];
        }
        (self.low, self.low_repeats) = (0, 0);
        let mut lengths = [0u8; 20];
        let mut at = 0;
        while at < lengths.len() {
            let length = bits.take(4)? as u8;
            if length == 15 {
                let zeros = bits.take(4)? as usize;
                if zeros > 0 {
                    at += zeros + 2;
                    continue;
                }
            }
            if let Some(place) = lengths.get_mut(at) {
                *place = length;
            }
            at += 1;
        }
        let code = Code::new(&lengths);
        let mut at = 0;
        while at < ALL {
            let symbol = code.take(bits)?;
            let before = at.checked_sub(1).and_then(|at| self.lengths.get(at)).copied();
            let (value, count) = match symbol {
                0..16 => {
                    if let Some(place) = self.lengths.get_mut(at) {
                        *place = (*place + symbol as u8) & 15;
                    }
                    at += 1;
                    continue;
                }
                16 => (before.ok_or(Stop::Broken)?, 3 + bits.take(3)? as usize),
                17 => (before.ok_or(Stop::Broken)?, 11 + bits.take(7)? as usize),
                18 => (0, 3 + bits.take(3)? as usize),
                _ => (0, 11 + bits.take(7)? as usize),
            };
            self.lengths.iter_mut().skip(at).take(count).for_each(|place| *place = value);
            at += count;
        }
        let (main, rest) = self.lengths.split_at(MAIN);
        let (distance, rest) = rest.split_at(DISTANCES);
        let (low, repeat) = rest.split_at(LOW);
        self.codes = Some(Codes {
            main: Code::new(main),
            distance: Code::new(distance),
            low: Code::new(low),
            repeat: Code::new(repeat),
        });
        Ok(())
    }

    /// A run of symbols between tables.
    fn symbols(&mut self, bits: &mut Bits<'_>) -> Result<Ended, Stop> {
        let codes = self.codes.take().ok_or(Stop::Broken)?;
        let ended = self.symbols_by(&codes, bits);
        if matches!(ended, Ok(Ended::Member { keeps: true }) | Err(Stop::Full | Stop::Ended)) {
            self.codes = Some(codes);
        }
        ended
    }

    fn symbols_by(&mut self, codes: &Codes, bits: &mut Bits<'_>) -> Result<Ended, Stop> {
        const SHORT: [(usize, u32); 8] =
            [(0, 2), (4, 2), (8, 3), (16, 4), (32, 5), (64, 6), (128, 6), (192, 6)];
        loop {
            let symbol = codes.main.take(bits)?;
            match symbol {
                0..256 => self.window.push(symbol as u8)?,
                256 => {
                    if bits.take(1)? == 1 {
                        return Ok(Ended::Tables);
                    }
                    return Ok(Ended::Member { keeps: bits.take(1)? == 0 });
                }
                257 => self.program(bits)?,
                258 => {
                    if self.length > 0 {
                        self.window.copy(self.distance, self.length)?;
                    }
                }
                259..263 => {
                    let which = symbol - 259;
                    let slot = codes.repeat.take(bits)?;
                    self.length = length(slot, bits)? + 2;
                    if let Some(used) = self.distances.get_mut(..=which) {
                        used.rotate_right(1);
                    }
                    self.distance = self.distances[0];
                    self.window.copy(self.distance, self.length)?;
                }
                263..271 => {
                    let (base, extra) = SHORT.get(symbol - 263).copied().unwrap_or_default();
                    let distance = base + 1 + bits.take(extra)? as usize;
                    self.match_at(distance, 2)?;
                }
                _ => {
                    let short = length(symbol - 271, bits)? + 3;
                    let distance = self.long_distance(codes, bits)?;
                    let more = [0x2000, 0x40000].iter().filter(|at| distance >= **at).count();
                    self.match_at(distance, short + more)?;
                }
            }
        }
    }

    fn match_at(&mut self, distance: usize, length: usize) -> Result<(), Stop> {
        self.distances.rotate_right(1);
        self.distances[0] = distance;
        (self.distance, self.length) = (distance, length);
        self.window.copy(distance, length)
    }

    fn long_distance(&mut self, codes: &Codes, bits: &mut Bits<'_>) -> Result<usize, Stop> {
        let slot = codes.distance.take(bits)?;
        let (base, extra) = distance_slot(slot);
        let mut distance = base + 1;
        if extra == 0 {
            return Ok(distance);
        }
        if slot <= 9 {
            return Ok(distance + bits.take(extra)? as usize);
        }
        if extra > 4 {
            distance += (bits.take(extra - 4)? as usize) << 4;
        }
        if self.low_repeats > 0 {
            self.low_repeats -= 1;
            return Ok(distance + self.low);
        }
        match codes.low.take(bits)? {
            16 => self.low_repeats = 15,
            low => self.low = low,
        }
        Ok(distance + self.low)
    }

    /// Text, by a model of what follows what.
    fn text(&mut self, bits: &mut Bits<'_>) -> Result<Ended, Stop> {
        self.codes = None;
        let flags = bits.take(8)?;
        let is_new = flags & 0x20 != 0;
        let memory = if is_new { (bits.take(8)? + 1) << 20 } else { 0 };
        if flags & 0x40 != 0 {
            self.escape = bits.take(8)? as u8;
        }
        let order = match (flags & 0x1F) + 1 {
            order @ 17.. => 16 + (order - 16) * 3,
            order => order,
        };
        let mut source = Source { bytes: bits.bytes(), at: bits.byte_at() };
        let mut model = match self.model.take() {
            _ if is_new && order < 2 => return Err(Stop::Broken),
            _ if is_new => Box::new(Model::new(order, memory, &mut source)?),
            Some(mut model) => {
                model.go_on(&mut source)?;
                model
            }
            None => return Err(Stop::Broken),
        };
        let ended = self.text_by(&mut model, &mut source);
        self.model = Some(model);
        bits.go_to_byte(source.at);
        ended
    }

    fn text_by(&mut self, model: &mut Model, source: &mut Source<'_>) -> Result<Ended, Stop> {
        let mut next = || model.decode(source);
        loop {
            let byte = next()?;
            if byte != self.escape {
                self.window.push(byte)?;
                continue;
            }
            match next()? {
                0 => return Ok(Ended::Tables),
                1 => self.window.push(self.escape)?,
                2 => return Ok(Ended::Member { keeps: false }),
                3 => {
                    let first = next()?;
                    let length = match first & 7 {
                        6 => usize::from(next()?) + 7,
                        7 => usize::from(next()?) << 8 | usize::from(next()?),
                        short => usize::from(short) + 1,
                    };
                    let record: Result<Vec<u8>, Stop> = (0..length).map(|_| next()).collect();
                    self.take_program(first, &record?)?;
                }
                4 => {
                    let mut distance = 0;
                    for _ in 0..3 {
                        distance = distance << 8 | usize::from(next()?);
                    }
                    let length = usize::from(next()?) + 32;
                    self.window.copy(distance + 2, length)?;
                }
                5 => {
                    let length = usize::from(next()?) + 4;
                    self.window.copy(1, length)?;
                }
                _ => return Err(Stop::Broken),
            }
        }
    }

    /// A filter among the symbols.
    fn program(&mut self, bits: &mut Bits<'_>) -> Result<(), Stop> {
        let first = bits.take(8)? as u8;
        let length = match first & 7 {
            6 => bits.take(8)? as usize + 7,
            7 => bits.take(16)? as usize,
            short => usize::from(short) + 1,
        };
        let record: Result<Vec<u8>, Stop> = (0..length).map(|_| Ok(bits.take(8)? as u8)).collect();
        self.take_program(first, &record?)
    }

    fn take_program(&mut self, first: u8, record: &[u8]) -> Result<(), Stop> {
        let mut bits = Bits::new(record);
        let mut which = self.last_program;
        if first & 0x80 != 0 {
            which = match number(&mut bits)? {
                0 => {
                    self.programs.clear();
                    0
                }
                which => which as usize - 1,
            };
        }
        if which > self.programs.len() || which >= MAX_PROGRAMS {
            return Err(Stop::Broken);
        }
        self.last_program = which;
        let mut start = number(&mut bits)? as usize;
        if first & 0x40 != 0 {
            start += 258;
        }
        let start = self.window.out.len().saturating_add(start);
        let mut length = self.programs.get(which).map_or(0, |program| program.length);
        if first & 0x20 != 0 {
            length = number(&mut bits)? as usize;
        }
        let mut registers = [0u32; 7];
        if first & 0x10 != 0 {
            let mask = bits.take(7)?;
            for (at, register) in registers.iter_mut().enumerate() {
                if mask >> at & 1 == 1 {
                    *register = number(&mut bits)?;
                }
            }
        }
        if which == self.programs.len() {
            let size = number(&mut bits)? as usize;
            if size > record.len() {
                return Err(Stop::Broken);
            }
            let code: Result<Vec<u8>, Stop> = (0..size).map(|_| Ok(bits.take(8)? as u8)).collect();
            let kind = standard(&code?).ok_or(Stop::Unknown)?;
            self.programs.push(Program { kind, length });
        }
        let Some(program) = self.programs.get_mut(which) else { return Err(Stop::Broken) };
        program.length = length;
        let channels = (registers[0] as usize).max(1);
        let kind = match program.kind {
            Standard::E8 => Kind::X86 { jumps: false },
            Standard::E8E9 => Kind::X86 { jumps: true },
            Standard::Itanium => Kind::Itanium,
            Standard::Delta => Kind::Delta { channels },
            Standard::Audio => Kind::Audio { channels },
            Standard::Rgb => Kind::Rgb {
                width: (registers[0] as usize).saturating_sub(3),
                first: registers[1] as usize,
            },
        };
        if self.filters.len() >= MAX_FILTERS {
            return Err(Stop::Broken);
        }
        self.filters.push(Filter { kind, start, length });
        Ok(())
    }
}

/// A program by its length and checksum.
fn standard(code: &[u8]) -> Option<Standard> {
    Some(match (code.len(), crc32fast::hash(code)) {
        (53, 0xAD57_6887) => Standard::E8,
        (57, 0x3CD7_E57E) => Standard::E8E9,
        (120, 0x3769_893F) => Standard::Itanium,
        (29, 0x0E06_077D) => Standard::Delta,
        (149, 0x1C2C_5DC8) => Standard::Rgb,
        (216, 0xBC85_E701) => Standard::Audio,
        _ => return None,
    })
}

/// A number of a filter's record: two bits say how long it is.
fn number(bits: &mut Bits<'_>) -> Result<u32, Stop> {
    match bits.take(2)? {
        0 => bits.take(4),
        1 => match bits.take(4)? {
            0 => Ok(0xFFFF_FF00 | bits.take(8)?),
            high => Ok(high << 4 | bits.take(4)?),
        },
        2 => bits.take(16),
        _ => bits.take(32),
    }
}

fn length(slot: usize, bits: &mut Bits<'_>) -> Result<usize, Stop> {
    if slot < 8 {
        return Ok(slot);
    }
    let extra = (slot / 4 - 1) as u32;
    Ok(((4 | (slot % 4)) << extra) + bits.take(extra)? as usize)
}

/// Base and further bits of a slot of distances: two slots for each count of
/// bits up to 15, then fourteen of 16 and twelve of 18.
fn distance_slot(slot: usize) -> (usize, u32) {
    match slot {
        0..4 => (slot, 0),
        4..34 => {
            let extra = slot / 2 - 1;
            ((2 | (slot % 2)) << extra, extra as u32)
        }
        34..48 => ((slot - 32) << 16, 16),
        _ => (0x10_0000 + ((slot - 48) << 18), 18),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_follow_one_another_without_holes() {
        let mut next = 0;
        for slot in 0..DISTANCES {
            let (base, extra) = distance_slot(slot);
            assert_eq!(base, next, "{slot}");
            next = base + (1 << extra);
        }
        assert_eq!(next, WINDOW);
        let mut next = 0;
        for slot in 0..REPEATS {
            let mut zeros = Bits::new(&[0; 4]);
            assert_eq!(length(slot, &mut zeros).ok(), Some(next), "{slot}");
            next += 1 << zeros.taken();
        }
        assert_eq!(next, 256);
    }

    #[test]
    fn numbers_of_records_have_four_lengths() {
        for (bytes, want) in [
            (&[0b0010_1100][..], 0b1011),
            (&[0b0110_1101, 0b0100_0000], 0b1011_0101),
            (&[0b0100_0011, 0b1111_1100], 0xFFFF_FFFF),
            (&[0b1000_0000, 0b0000_0001, 0b0100_0000], 5),
            (&[0b1100_0000, 0, 0, 0, 0b1100_0000], 3),
        ] {
            assert_eq!(number(&mut Bits::new(bytes)).ok(), Some(want), "{bytes:?}");
        }
    }
}
