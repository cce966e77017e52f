//! PPMd, variant H, with the range coder that RAR 3 has for it: text by a model
//! of what follows what. The model outlives a block, and a member of a solid
//! archive, which is why the decoder of the `ppmd-rust` crate does not serve.
//!
//! After Dmitry Shkarin's description and Igor Pavlov's, both public domain. Part
//! of the algorithm is how memory is cut up, since it says when the model begins
//! anew; so the model lives in one stretch of bytes, and points into it.

mod heap;
mod learn;

use heap::TABLES;

use super::Stop;

/// The longest context.
pub(super) const MAX_ORDER: usize = 64;

const UNIT: u32 = 12;
/// Size of a symbol's entry: symbol, frequency, what follows.
const STATE: u32 = 6;
const INDEXES: usize = 38;
const MAX_FREQUENCY: u32 = 124;
const PERIOD_BITS: u32 = 7;
const BINARY_SCALE: u32 = 1 << 14;

/// Where the text begins: nothing points at 0.
const BASE: u32 = UNIT;

/// The range coder.
#[derive(Clone, Copy, Default)]
struct Range {
    low: u32,
    code: u32,
    range: u32,
}

/// Bytes that are counted while they are taken.
pub(super) struct Source<'a> {
    pub bytes: &'a [u8],
    pub at: usize,
}

impl Source<'_> {
    fn byte(&mut self) -> Result<u32, Stop> {
        let byte = self.bytes.get(self.at).copied().ok_or(Stop::Ended)?;
        self.at += 1;
        Ok(byte.into())
    }
}

impl Range {
    fn begin(source: &mut Source<'_>) -> Result<Self, Stop> {
        let mut code = 0;
        for _ in 0..4 {
            code = code << 8 | source.byte()?;
        }
        Ok(Self { low: 0, code, range: u32::MAX })
    }

    fn threshold(&mut self, total: u32) -> Result<u32, Stop> {
        self.range = self.range.checked_div(total).ok_or(Stop::Broken)?;
        self.code.checked_div(self.range).ok_or(Stop::Broken)
    }

    fn decode(&mut self, start: u32, size: u32, source: &mut Source<'_>) -> Result<(), Stop> {
        let start = start.wrapping_mul(self.range);
        self.low = self.low.wrapping_add(start);
        self.code = self.code.wrapping_sub(start);
        self.range = self.range.wrapping_mul(size);
        loop {
            if self.low ^ self.low.wrapping_add(self.range) >= 1 << 24 {
                if self.range >= 1 << 15 {
                    return Ok(());
                }
                self.range = self.low.wrapping_neg() & ((1 << 15) - 1);
            }
            self.code = self.code << 8 | source.byte()?;
            self.range <<= 8;
            self.low <<= 8;
        }
    }
}

/// How likely it is that a context does not know the symbol.
#[derive(Clone, Copy, Default)]
struct See {
    sum: u16,
    shift: u8,
    count: u8,
}

/// The model and the coder.
pub(super) struct Model {
    memory: Vec<u8>,
    size: u32,
    max_order: u32,
    range: Range,
    min_context: u32,
    max_context: u32,
    found: u32,
    order_fall: u32,
    initial_escape: u32,
    previous_success: u32,
    high_bits: u32,
    run_length: i32,
    initial_run: i32,
    text: u32,
    low_unit: u32,
    high_unit: u32,
    units_start: u32,
    free: [u32; INDEXES],
    glue_count: u32,
    binary: Vec<[u16; 64]>,
    see: [[See; 16]; 25],
}

impl Model {
    /// A new model of that order and size, which is in bytes.
    ///
    /// # Errors
    /// Where the data do not even begin.
    pub fn new(order: u32, size: u32, source: &mut Source<'_>) -> Result<Self, Stop> {
        let mut model = Self {
            // Zeros cost nothing until they are written on.
            memory: vec![0; (BASE + size + UNIT) as usize],
            size,
            max_order: order,
            range: Range::begin(source)?,
            min_context: 0,
            max_context: 0,
            found: 0,
            order_fall: 0,
            initial_escape: 0,
            previous_success: 0,
            high_bits: 0,
            run_length: 0,
            initial_run: 0,
            text: 0,
            low_unit: 0,
            high_unit: 0,
            units_start: 0,
            free: [0; INDEXES],
            glue_count: 0,
            binary: vec![[0; 64]; 128],
            see: [[See::default(); 16]; 25],
        };
        model.restart();
        Ok(model)
    }

    /// Goes on with this model in another block.
    ///
    /// # Errors
    /// Where the data do not even begin.
    pub fn go_on(&mut self, source: &mut Source<'_>) -> Result<(), Stop> {
        self.range = Range::begin(source)?;
        Ok(())
    }

    fn restart(&mut self) {
        const INITIAL: [u16; 8] = [0x3CDD, 0x1F3F, 0x59BF, 0x48F3, 0x64A1, 0x5ABC, 0x6632, 0x6051];
        self.free = [0; INDEXES];
        self.text = BASE;
        self.high_unit = BASE + self.size;
        self.units_start = self.high_unit - self.size / 8 / UNIT * 7 * UNIT;
        self.low_unit = self.units_start;
        self.glue_count = 0;
        self.order_fall = self.max_order;
        self.initial_run = -(self.max_order.min(12) as i32) - 1;
        self.run_length = self.initial_run;
        self.previous_success = 0;
        self.high_unit -= UNIT;
        let context = self.high_unit;
        (self.min_context, self.max_context) = (context, context);
        let states = self.low_unit;
        self.low_unit += 128 * UNIT;
        self.found = states;
        self.put_u16(context, 256);
        self.put_u16(context + 2, 257);
        self.put_u32(context + 4, states);
        self.put_u32(context + 8, 0);
        for symbol in 0..=255u8 {
            self.put(states + u32::from(symbol) * STATE, &[symbol, 1, 0, 0, 0, 0]);
        }
        for (divisor, row) in (2u16..).zip(&mut self.binary) {
            for (at, place) in row.iter_mut().enumerate() {
                *place = (BINARY_SCALE as u16) - INITIAL[at % 8] / divisor;
            }
        }
        for (sum, row) in (10u16..).step_by(5).zip(&mut self.see) {
            *row = [See { sum: sum << 3, shift: 3, count: 4 }; 16];
        }
    }

    fn next_context(&mut self) {
        let next = self.successor(self.found);
        if self.order_fall == 0 && next > self.text {
            (self.min_context, self.max_context) = (next, next);
        } else {
            self.update_model();
        }
    }

    /// Adds to the frequency of the found symbol.
    fn add_frequency(&mut self) {
        self.add_sum(self.min_context, 4);
        self.set_frequency(self.found, self.frequency(self.found) + 4);
    }

    /// The next byte.
    ///
    /// # Errors
    /// Where the data end, or make no sense.
    pub fn decode(&mut self, source: &mut Source<'_>) -> Result<u8, Stop> {
        let mut masked = [false; 256];
        let mut mask = |symbol: u32| {
            if let Some(place) = masked.get_mut(symbol as usize) {
                *place = true;
            }
        };
        let context = self.min_context;
        if self.count(context) == 1 {
            if let Some(byte) = self.decode_single(source)? {
                return Ok(byte);
            }
            mask(self.symbol(context + 2));
        } else {
            let (states, count, sum) =
                (self.states(context), self.count(context), self.sum(context));
            let value = self.range.threshold(sum)?;
            let mut high = 0;
            for at in 0..count {
                let state = states + at * STATE;
                let frequency = self.frequency(state);
                high += frequency;
                if high <= value {
                    continue;
                }
                self.range.decode(high - frequency, frequency, source)?;
                self.found = state;
                let byte = self.symbol(state) as u8;
                self.learn_known(at == 0, frequency, sum);
                return Ok(byte);
            }
            self.previous_success = 0;
            if value >= sum {
                return Err(Stop::Broken);
            }
            self.high_bits = high_bits(self.symbol(self.found));
            self.range.decode(high, sum - high, source)?;
            (0..count).for_each(|at| mask(self.symbol(states + at * STATE)));
        }
        self.decode_masked(&mut masked, source)
    }

    /// Learns a symbol that the context knew.
    fn learn_known(&mut self, is_first: bool, frequency: u32, sum: u32) {
        if is_first {
            self.previous_success = u32::from(2 * frequency > sum);
            self.run_length = self.run_length.wrapping_add(self.previous_success as i32);
            self.add_frequency();
        } else {
            self.previous_success = 0;
            self.add_frequency();
            if self.frequency(self.found) > self.frequency(self.found - STATE) {
                self.swap_states(self.found, self.found - STATE);
                self.found -= STATE;
            }
        }
        if self.frequency(self.found) > MAX_FREQUENCY {
            self.rescale();
        }
        self.next_context();
    }

    /// In a context of a single symbol: whether it is that one.
    fn decode_single(&mut self, source: &mut Source<'_>) -> Result<Option<u8>, Stop> {
        const ESCAPES: [u8; 16] = [25, 14, 9, 7, 5, 5, 4, 4, 4, 3, 3, 3, 2, 2, 2, 2];
        let state = self.min_context + 2;
        let (symbol, frequency) = (self.symbol(state), self.frequency(state));
        self.high_bits = high_bits(self.symbol(self.found));
        let shorter = self.count(self.suffix(self.min_context));
        let column = self.previous_success
            + match shorter {
                1 => 0,
                2 => 2,
                3..=11 => 4,
                _ => 6,
            }
            + self.high_bits
            + 2 * high_bits(symbol)
            + (self.run_length >> 26 & 0x20) as u32;
        let row = self.binary.get_mut(frequency.wrapping_sub(1) as usize).ok_or(Stop::Broken)?;
        let chance = row.get_mut(column as usize).ok_or(Stop::Broken)?;
        let known = u32::from(*chance);
        let mean = (known + (1 << (PERIOD_BITS - 2))) >> PERIOD_BITS;
        let value = self.range.threshold(BINARY_SCALE)?;
        if value < known {
            *chance = (known + (1 << 7) - mean) as u16;
            self.range.decode(0, known, source)?;
            self.found = state;
            self.set_frequency(state, frequency + u32::from(frequency < 128));
            self.previous_success = 1;
            self.run_length = self.run_length.wrapping_add(1);
            self.next_context();
            return Ok(Some(symbol as u8));
        }
        let left = known - mean;
        *chance = left as u16;
        self.initial_escape = ESCAPES.get((left >> 10) as usize).copied().unwrap_or(2).into();
        self.range.decode(known, BINARY_SCALE - known, source)?;
        self.previous_success = 0;
        Ok(None)
    }

    /// In shorter contexts, without the symbols that it cannot be.
    fn decode_masked(
        &mut self,
        masked: &mut [bool; 256],
        source: &mut Source<'_>,
    ) -> Result<u8, Stop> {
        loop {
            let known = self.count(self.min_context);
            loop {
                self.order_fall += 1;
                self.min_context = self.suffix(self.min_context);
                if self.min_context == 0 {
                    return Err(Stop::Broken);
                }
                if self.count(self.min_context) != known {
                    break;
                }
            }
            let context = self.min_context;
            let (states, count) = (self.states(context), self.count(context));
            let is_masked = |masked: &[bool; 256], symbol: u32| {
                masked.get(symbol as usize).copied().unwrap_or(true)
            };
            let open: Vec<u32> = (0..count)
                .map(|at| states + at * STATE)
                .filter(|state| !is_masked(masked, self.symbol(*state)))
                .collect();
            let sum: u32 = open.iter().map(|state| self.frequency(*state)).sum();
            let (see, escape) = self.escape(context, known, open.len() as u32);
            let value = self.range.threshold(sum + escape)?;
            if value >= sum {
                if value >= sum + escape {
                    return Err(Stop::Broken);
                }
                self.range.decode(sum, escape, source)?;
                if let Some(see) = see.and_then(|(row, column)| self.see[row].get_mut(column)) {
                    see.sum = see.sum.wrapping_add((sum + escape) as u16);
                }
                for state in open {
                    if let Some(place) = masked.get_mut(self.symbol(state) as usize) {
                        *place = true;
                    }
                }
                continue;
            }
            let mut high = 0;
            for state in open {
                let frequency = self.frequency(state);
                high += frequency;
                if high <= value {
                    continue;
                }
                self.range.decode(high - frequency, frequency, source)?;
                if let Some(see) = see.and_then(|(row, column)| self.see[row].get_mut(column)) {
                    see.update();
                }
                self.found = state;
                let byte = self.symbol(state) as u8;
                self.add_frequency();
                if self.frequency(self.found) > MAX_FREQUENCY {
                    self.rescale();
                }
                self.run_length = self.initial_run;
                self.update_model();
                return Ok(byte);
            }
            return Err(Stop::Broken);
        }
    }

    /// The weight of "none of these", and where it is learnt.
    fn escape(&mut self, context: u32, masked: u32, open: u32) -> (Option<(usize, usize)>, u32) {
        let count = self.count(context);
        if count == 256 {
            return (None, 1);
        }
        let row = TABLES.see_row.get(open.wrapping_sub(1) as usize).copied().unwrap_or(0);
        let longer = self.count(self.suffix(context));
        let column = u32::from(i64::from(open) < i64::from(longer) - i64::from(count))
            + 2 * u32::from(self.sum(context) < 11 * count)
            + 4 * u32::from(masked > open)
            + self.high_bits;
        let (row, column) = (usize::from(row).min(24), column as usize & 15);
        let see = &mut self.see[row][column];
        let weight = see.sum >> see.shift;
        see.sum = see.sum.wrapping_sub(weight);
        (Some((row, column)), u32::from(weight.max(1)))
    }
}

impl See {
    fn update(&mut self) {
        if u32::from(self.shift) < PERIOD_BITS {
            self.count = self.count.wrapping_sub(1);
            if self.count == 0 {
                self.sum = self.sum.wrapping_mul(2);
                self.count = (3u32 << self.shift) as u8;
                self.shift += 1;
            }
        }
    }
}

fn high_bits(symbol: u32) -> u32 {
    if symbol >= 0x40 { 8 } else { 0 }
}
