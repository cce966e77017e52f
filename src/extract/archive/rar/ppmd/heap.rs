//! The memory of the model: units of twelve bytes, in blocks of one to 128 of
//! them, free ones in a list for each size; and what stands in them.

use super::{BASE, INDEXES, Model, STATE, UNIT};

/// Units for each index of a list of free blocks, and the index for a number of
/// units.
pub(super) struct Tables {
    units: [u8; INDEXES],
    index: [u8; 128],
    /// The row of escapes for a number of symbols.
    pub see_row: [u8; 256],
}

pub(super) const TABLES: Tables = {
    let mut tables = Tables { units: [0; INDEXES], index: [0; 128], see_row: [0; 256] };
    let (mut at, mut units) = (0, 0);
    while at < INDEXES {
        let step = if at >= 12 { 4 } else { at / 4 + 1 };
        let mut left = step;
        while left > 0 {
            tables.index[units] = at as u8;
            units += 1;
            left -= 1;
        }
        tables.units[at] = units as u8;
        at += 1;
    }
    let (mut at, mut row, mut left) = (0, 0, 1);
    while at < 256 {
        if at < 3 {
            row = at;
            tables.see_row[at] = row as u8;
            if at == 2 {
                row = 3;
            }
        } else {
            tables.see_row[at] = row as u8;
            left -= 1;
            if left == 0 {
                row += 1;
                left = row - 2;
            }
        }
        at += 1;
    }
    tables
};

pub(super) fn units_of(index: usize) -> u32 {
    TABLES.units.get(index).copied().unwrap_or(0).into()
}

pub(super) fn index_of(units: u32) -> usize {
    let at = (units as usize).wrapping_sub(1);
    TABLES.index.get(at).copied().unwrap_or(INDEXES as u8 - 1).into()
}

impl Model {
    pub(super) fn u8_at(&self, at: u32) -> u32 {
        self.memory.get(at as usize).copied().unwrap_or(0).into()
    }

    pub(super) fn u16_at(&self, at: u32) -> u32 {
        self.u8_at(at) | self.u8_at(at + 1) << 8
    }

    pub(super) fn u32_at(&self, at: u32) -> u32 {
        let bytes = self.memory.get(at as usize..).and_then(|rest| rest.first_chunk::<4>());
        bytes.map_or(0, |bytes| u32::from_le_bytes(*bytes))
    }

    pub(super) fn put(&mut self, at: u32, bytes: &[u8]) {
        let at = at as usize;
        if let Some(place) = self.memory.get_mut(at..at + bytes.len()) {
            place.copy_from_slice(bytes);
        }
    }

    pub(super) fn put_u16(&mut self, at: u32, value: u32) {
        self.put(at, &(value as u16).to_le_bytes());
    }

    pub(super) fn put_u32(&mut self, at: u32, value: u32) {
        self.put(at, &value.to_le_bytes());
    }

    // A context: number of symbols, sum of frequencies, symbols, shorter context.
    // One with a single symbol has that in the place of sum and symbols.

    pub(super) fn count(&self, context: u32) -> u32 {
        self.u16_at(context)
    }

    pub(super) fn sum(&self, context: u32) -> u32 {
        self.u16_at(context + 2)
    }

    pub(super) fn add_sum(&mut self, context: u32, more: u32) {
        self.put_u16(context + 2, self.sum(context).wrapping_add(more));
    }

    pub(super) fn states(&self, context: u32) -> u32 {
        match self.count(context) {
            1 => context + 2,
            _ => self.u32_at(context + 4),
        }
    }

    pub(super) fn suffix(&self, context: u32) -> u32 {
        self.u32_at(context + 8)
    }

    pub(super) fn symbol(&self, state: u32) -> u32 {
        self.u8_at(state)
    }

    pub(super) fn frequency(&self, state: u32) -> u32 {
        self.u8_at(state + 1)
    }

    pub(super) fn set_frequency(&mut self, state: u32, frequency: u32) {
        self.put(state + 1, &[frequency as u8]);
    }

    pub(super) fn successor(&self, state: u32) -> u32 {
        self.u32_at(state + 2)
    }

    pub(super) fn copy_state(&mut self, from: u32, to: u32) {
        let state = self.state(from);
        self.put(to, &state);
    }

    pub(super) fn state(&self, at: u32) -> [u8; STATE as usize] {
        let bytes = self.memory.get(at as usize..).and_then(|rest| rest.first_chunk());
        bytes.copied().unwrap_or_default()
    }

    pub(super) fn swap_states(&mut self, one: u32, other: u32) {
        let (first, second) = (self.state(one), self.state(other));
        self.put(one, &second);
        self.put(other, &first);
    }

    /// The entry of a symbol in a context that has it.
    pub(super) fn find(&self, context: u32, symbol: u32) -> u32 {
        let first = self.states(context);
        let entries = (0..self.count(context)).map(|at| first + at * STATE);
        let mut entries = entries;
        entries.find(|state| self.symbol(*state) == symbol).unwrap_or(first)
    }

    pub(super) fn free_block(&mut self, block: u32, index: usize) {
        if let Some(first) = self.free.get_mut(index) {
            let next = std::mem::replace(first, block);
            self.put_u32(block, next);
        }
    }

    pub(super) fn reuse_block(&mut self, index: usize) -> Option<u32> {
        let block = self.free.get(index).copied().filter(|block| *block != 0)?;
        let next = self.u32_at(block);
        if let Some(first) = self.free.get_mut(index) {
            *first = next;
        }
        Some(block)
    }

    /// Gives back what is left of a block that is too large.
    pub(super) fn split_block(&mut self, block: u32, old: usize, new: usize) {
        let left = units_of(old) - units_of(new);
        self.free_units(block + units_of(new) * UNIT, left);
    }

    pub(super) fn free_units(&mut self, block: u32, units: u32) {
        let mut index = index_of(units);
        if units_of(index) != units {
            index -= 1;
            let whole = units_of(index);
            self.free_block(block + whole * UNIT, (units - whole) as usize - 1);
        }
        self.free_block(block, index);
    }

    /// Joins free blocks that lie side by side. A free block is told by a zero at
    /// its start, where used ones have something else.
    pub(super) fn glue(&mut self) {
        let head = BASE + self.size;
        let mut last = head;
        self.glue_count = 255;
        for index in 0..INDEXES {
            let mut next = std::mem::take(&mut self.free[index]);
            while next != 0 {
                let block = next;
                next = self.u32_at(block);
                self.put_u32(block + 4, last);
                self.put_u32(last + 8, block);
                self.put_u16(block, 0);
                self.put_u16(block + 2, units_of(index));
                last = block;
            }
        }
        self.put_u16(head, 1);
        self.put_u32(head + 4, last);
        self.put_u32(last + 8, head);
        if self.low_unit != self.high_unit {
            self.put_u16(self.low_unit, 1);
        }
        let mut block = last;
        while block != head {
            let mut units = self.u16_at(block + 2);
            loop {
                let beside = block + units * UNIT;
                let both = units + self.u16_at(beside + 2);
                if self.u16_at(beside) != 0 || both >= 0x1_0000 || both == units {
                    break;
                }
                let (next, before) = (self.u32_at(beside + 4), self.u32_at(beside + 8));
                self.put_u32(before + 4, next);
                self.put_u32(next + 8, before);
                units = both;
                self.put_u16(block + 2, units);
            }
            block = self.u32_at(block + 4);
        }
        let mut next = self.u32_at(head + 4);
        while next != head {
            let mut block = next;
            next = self.u32_at(block + 4);
            let mut units = self.u16_at(block + 2);
            while units > 128 {
                self.free_block(block, INDEXES - 1);
                block += 128 * UNIT;
                units -= 128;
            }
            self.free_units(block, units);
        }
    }

    pub(super) fn allocate_rarely(&mut self, index: usize) -> Option<u32> {
        if self.glue_count == 0 {
            self.glue();
            if let Some(block) = self.reuse_block(index) {
                return Some(block);
            }
        }
        match (index + 1..INDEXES).find(|at| self.free[*at] != 0) {
            Some(larger) => {
                let block = self.reuse_block(larger)?;
                self.split_block(block, larger, index);
                Some(block)
            }
            None => {
                let bytes = units_of(index) * UNIT;
                self.glue_count = self.glue_count.wrapping_sub(1);
                let room = self.units_start - self.text;
                (room > bytes).then(|| {
                    self.units_start -= bytes;
                    self.units_start
                })
            }
        }
    }

    pub(super) fn allocate(&mut self, index: usize) -> Option<u32> {
        if let Some(block) = self.reuse_block(index) {
            return Some(block);
        }
        let bytes = units_of(index) * UNIT;
        if bytes <= self.high_unit - self.low_unit {
            let block = self.low_unit;
            self.low_unit += bytes;
            return Some(block);
        }
        self.allocate_rarely(index)
    }

    pub(super) fn allocate_context(&mut self) -> Option<u32> {
        if self.high_unit != self.low_unit {
            self.high_unit -= UNIT;
            return Some(self.high_unit);
        }
        self.reuse_block(0).or_else(|| self.allocate_rarely(0))
    }

    pub(super) fn copy_units(&mut self, from: u32, to: u32, units: u32) {
        let (from, to, length) = (from as usize, to as usize, (units * UNIT) as usize);
        if from + length <= self.memory.len() && to + length <= self.memory.len() {
            self.memory.copy_within(from..from + length, to);
        }
    }

    pub(super) fn shrink(&mut self, block: u32, old: u32, new: u32) -> u32 {
        let (from, to) = (index_of(old), index_of(new));
        if from == to {
            return block;
        }
        if let Some(smaller) = self.reuse_block(to) {
            self.copy_units(block, smaller, new);
            self.free_block(block, from);
            return smaller;
        }
        self.split_block(block, from, to);
        block
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_of_blocks_are_those_of_the_format() {
        let units: Vec<u32> = (0..INDEXES).map(units_of).collect();
        assert_eq!(units[..13], [1, 2, 3, 4, 6, 8, 10, 12, 15, 18, 21, 24, 28]);
        assert_eq!(units.last(), Some(&128));
        for units in 1..=128 {
            let index = index_of(units);
            assert!(units_of(index) >= units && (index == 0 || units_of(index - 1) < units));
        }
        assert_eq!(TABLES.see_row[..9], [0, 1, 2, 3, 4, 4, 5, 5, 5]);
        assert_eq!(TABLES.see_row[255], 24);
    }
}
