//! How the model learns: new contexts, new symbols in them, and frequencies that
//! are halved when they grow too large.

use super::heap::index_of;
use super::{MAX_FREQUENCY, MAX_ORDER, Model, STATE};

impl Model {
    /// Makes the contexts that the found symbol leads to.
    fn create_successors(&mut self, skip: bool) -> Option<u32> {
        let mut context = self.min_context;
        let branch = self.successor(self.found);
        let symbol = self.symbol(self.found);
        let mut states = [0u32; MAX_ORDER];
        let mut used = 0;
        let mut keep = |state: u32| {
            if let Some(place) = states.get_mut(used) {
                *place = state;
                used += 1;
            }
        };
        let mut kept = 0;
        if !skip {
            keep(self.found);
            kept = 1;
        }
        while self.suffix(context) != 0 {
            context = self.suffix(context);
            let state = self.find(context, symbol);
            let successor = self.successor(state);
            if successor != branch {
                context = successor;
                if kept == 0 {
                    return Some(context);
                }
                break;
            }
            keep(state);
            kept += 1;
        }
        let next_symbol = self.u8_at(branch);
        let first = self.find(context, next_symbol);
        let frequency = match self.count(context) {
            1 => self.frequency(context + 2),
            count => {
                let own = self.frequency(first).wrapping_sub(1);
                let others = self.sum(context).wrapping_sub(count).wrapping_sub(own);
                let more = match own.wrapping_mul(2) <= others {
                    true => u32::from(own.wrapping_mul(5) > others),
                    false => {
                        let share = own.wrapping_mul(2).wrapping_add(others.wrapping_mul(3));
                        share.wrapping_sub(1).checked_div(others.wrapping_mul(2)).unwrap_or(0)
                    }
                };
                1 + more
            }
        };
        let [b0, b1, b2, b3] = (branch + 1).to_le_bytes();
        let state = [next_symbol as u8, frequency as u8, b0, b1, b2, b3];
        for at in (0..used).rev() {
            let made = self.allocate_context()?;
            self.put_u16(made, 1);
            self.put(made + 2, &state);
            self.put_u32(made + 8, context);
            self.put_u32(states.get(at)? + 2, made);
            context = made;
        }
        Some(context)
    }

    pub(super) fn update_model(&mut self) {
        if self.try_update().is_none() {
            self.restart();
        }
    }

    /// Learns the found symbol; nothing where memory is spent.
    fn try_update(&mut self) -> Option<()> {
        let symbol = self.symbol(self.found);
        let frequency = self.frequency(self.found);
        let mut after = self.successor(self.found);
        let shorter = self.suffix(self.min_context);
        if frequency < MAX_FREQUENCY / 4 && shorter != 0 {
            self.learn_in(shorter, symbol);
        }
        if self.order_fall == 0 {
            let context = self.create_successors(true)?;
            (self.min_context, self.max_context) = (context, context);
            self.put_u32(self.found + 2, context);
            return Some(());
        }
        self.put(self.text, &[symbol as u8]);
        self.text += 1;
        let mut successor = self.text;
        if self.text >= self.units_start {
            return None;
        }
        if after == 0 {
            self.put_u32(self.found + 2, successor);
            after = self.min_context;
        } else {
            if after < self.units_start {
                after = self.create_successors(false)?;
            }
            self.order_fall -= 1;
            if self.order_fall == 0 {
                successor = after;
                self.text -= u32::from(self.max_context != self.min_context);
            }
        }
        let count = self.count(self.min_context);
        let frequency = self.frequency(self.found);
        let others = self.sum(self.min_context).wrapping_sub(count).wrapping_sub(frequency - 1);
        let mut context = self.max_context;
        while context != self.min_context {
            self.add_symbol(context, symbol, successor, count, others)?;
            context = self.suffix(context);
        }
        (self.min_context, self.max_context) = (after, after);
        Some(())
    }

    /// The next shorter context learns the symbol, too.
    fn learn_in(&mut self, context: u32, symbol: u32) {
        let mut state = self.find(context, symbol);
        if self.count(context) == 1 {
            let frequency = self.frequency(state);
            if frequency < 32 {
                self.set_frequency(state, frequency + 1);
            }
            return;
        }
        if state != self.states(context) && self.frequency(state) >= self.frequency(state - STATE) {
            self.swap_states(state, state - STATE);
            state -= STATE;
        }
        let frequency = self.frequency(state);
        if frequency < MAX_FREQUENCY - 9 {
            self.set_frequency(state, frequency + 2);
            self.add_sum(context, 2);
        }
    }

    /// Adds the found symbol to a context that did not have it.
    fn add_symbol(
        &mut self,
        context: u32,
        symbol: u32,
        successor: u32,
        known: u32,
        others: u32,
    ) -> Option<()> {
        let count = self.count(context);
        if count == 1 {
            let states = self.allocate(0)?;
            self.copy_state(context + 2, states);
            self.put_u32(context + 4, states);
            let doubled = match self.frequency(states) {
                few if few < MAX_FREQUENCY / 4 - 1 => few * 2,
                _ => MAX_FREQUENCY - 4,
            };
            self.set_frequency(states, doubled);
            self.put_u16(context + 2, doubled + self.initial_escape + u32::from(known > 3));
            // `states` tells by the count where symbols are.
            self.put_u16(context, 2);
        } else {
            if count.is_multiple_of(2) {
                let units = count / 2;
                let index = index_of(units);
                if index != index_of(units + 1) {
                    let block = self.allocate(index + 1)?;
                    let old = self.states(context);
                    self.copy_units(old, block, units);
                    self.free_block(old, index);
                    self.put_u32(context + 4, block);
                }
            }
            let sum = self.sum(context);
            let few = u32::from(2 * count < known);
            let fewer = u32::from(4 * count <= known && sum <= 8 * count);
            self.add_sum(context, few + 2 * fewer);
        }
        let sum = self.sum(context);
        let share = 2 * self.frequency(self.found) * (sum + 6);
        let whole = others.wrapping_add(sum);
        let times = |n: u32| whole.wrapping_mul(n);
        let frequency = if share < times(6) {
            self.add_sum(context, 3);
            1 + u32::from(share > whole) + u32::from(share >= times(4))
        } else {
            let more = [9, 12, 15].iter().filter(|n| share >= times(**n)).count() as u32;
            self.add_sum(context, 4 + more);
            4 + more
        };
        let state = self.states(context) + count * STATE;
        let [b0, b1, b2, b3] = successor.to_le_bytes();
        self.put(state, &[symbol as u8, frequency as u8, b0, b1, b2, b3]);
        self.put_u16(context, count + 1);
        Some(())
    }

    /// Halves the frequencies of a context, and drops symbols that come to none.
    pub(super) fn rescale(&mut self) {
        let context = self.min_context;
        let (states, count) = (self.states(context), self.count(context));
        let adder = u32::from(self.order_fall != 0);
        let mut entries: Vec<[u8; STATE as usize]> =
            (0..count).map(|at| self.state(states + at * STATE)).collect();
        let found = (self.found - states) / STATE;
        if let Some(front) = entries.get_mut(..=found as usize) {
            front.rotate_right(1);
        }
        let mut escape = self.sum(context);
        let mut sum = 0;
        for at in 0..entries.len() {
            let old = u32::from(entries[at][1]);
            escape = escape.wrapping_sub(old);
            let new = (if at == 0 { old + 4 } else { old } + adder) >> 1;
            entries[at][1] = new as u8;
            sum += new;
            let mut place = at;
            while place > 0 && entries[place][1] > entries[place - 1][1] {
                entries.swap(place, place - 1);
                place -= 1;
            }
        }
        let left = entries.iter().filter(|entry| entry[1] > 0).count() as u32;
        let dropped = count - left;
        if dropped > 0 {
            escape = escape.wrapping_add(dropped);
            let old_units = count.div_ceil(2);
            if left <= 1 {
                let mut only = entries.first().copied().unwrap_or_default();
                loop {
                    only[1] -= only[1] >> 1;
                    escape >>= 1;
                    if escape <= 1 {
                        break;
                    }
                }
                self.free_block(states, index_of(old_units));
                self.put_u16(context, 1);
                self.found = context + 2;
                self.put(self.found, &only);
                return;
            }
            self.put_u16(context, left);
            for (at, entry) in (0..left).zip(&entries) {
                self.put(states + at * STATE, entry);
            }
            let units = left.div_ceil(2);
            if units != old_units {
                let block = self.shrink(states, old_units, units);
                self.put_u32(context + 4, block);
            }
        } else {
            for (at, entry) in (0..left).zip(&entries) {
                self.put(states + at * STATE, entry);
            }
        }
        self.put_u16(context + 2, sum.wrapping_add(escape.wrapping_sub(escape >> 1)));
        self.found = self.states(context);
    }
}
