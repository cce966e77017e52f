//! What was unpacked last, which what comes next refers to.

use super::Stop;

/// A window that grows with what goes through it, up to its size, and a member's
/// content as it comes.
#[derive(Default)]
pub(super) struct Window {
    ring: Vec<u8>,
    /// Where the next byte goes.
    at: usize,
    size: usize,
    /// The member's content so far.
    pub out: Vec<u8>,
    /// How long it may become.
    most: usize,
}

impl Window {
    /// Begins a member whose content is at most so long. Unless it goes on where
    /// the last one ended, nothing of that is left.
    pub fn begin(&mut self, size: usize, solid: bool, most: usize) {
        if !solid || size != self.size {
            if !solid || self.ring.is_empty() {
                self.ring.clear();
                (self.at, self.size) = (0, size.max(1));
            } else if size > self.size {
                // A larger window keeps what the smaller one had, in its order.
                let oldest = self.at % self.ring.len();
                self.ring.rotate_left(oldest);
                (self.at, self.size) = (self.ring.len(), size);
            }
        }
        self.out = Vec::new();
        self.most = most;
    }

    /// Whether the member is as long as it may become.
    pub fn is_full(&self) -> bool {
        self.out.len() >= self.most
    }

    /// Adds a byte.
    ///
    /// # Errors
    /// Where the member is as long as it may become.
    pub fn push(&mut self, byte: u8) -> Result<(), Stop> {
        if self.is_full() {
            return Err(Stop::Full);
        }
        self.out.push(byte);
        if self.at == self.size {
            self.at = 0;
        }
        match self.ring.get_mut(self.at) {
            Some(place) => *place = byte,
            None => self.ring.push(byte),
        }
        self.at += 1;
        Ok(())
    }

    /// Adds again what stands so far back. What would reach back beyond the
    /// beginning is zeros, as WinRAR has it.
    ///
    /// # Errors
    /// Where the member is as long as it may become.
    pub fn copy(&mut self, distance: usize, length: usize) -> Result<(), Stop> {
        let reach = self.ring.len();
        let is_there = (1..=reach).contains(&distance);
        for _ in 0..length {
            let from = match self.at.checked_sub(distance) {
                Some(from) => from,
                // Round the edge of a window that is full.
                None => (self.at + self.size).saturating_sub(distance),
            };
            let byte = self.ring.get(from).copied().filter(|_| is_there);
            self.push(byte.unwrap_or(0))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(size: usize, text: &str, copies: &[(usize, usize)]) -> String {
        let mut window = Window::default();
        window.begin(size, false, 100);
        text.bytes().for_each(|byte| window.push(byte).expect("room"));
        for (distance, length) in copies {
            window.copy(*distance, *length).expect("room");
        }
        String::from_utf8_lossy(&window.out).into_owned()
    }

    #[test]
    fn copies_reach_back_as_far_as_the_window() {
        assert_eq!(made(16, "abc", &[(3, 5)]), "abcabcab");
        assert_eq!(made(16, "abc", &[(1, 3)]), "abcccc");
        assert_eq!(made(4, "abcdef", &[(4, 4)]), "abcdefcdef");
        assert_eq!(made(4, "abcdef", &[(5, 1)]), "abcdef\0");
        assert_eq!(made(16, "ab", &[(3, 2)]), "ab\0\0");
        assert_eq!(made(16, "ab", &[(0, 1)]), "ab\0");
    }

    #[test]
    fn a_member_may_go_on_in_the_window_of_another() {
        let mut window = Window::default();
        window.begin(4, false, 100);
        "abcdef".bytes().for_each(|byte| window.push(byte).expect("room"));
        window.begin(4, true, 100);
        window.copy(3, 2).expect("room");
        assert_eq!(window.out, b"de");
        window.begin(8, true, 100);
        window.copy(4, 4).expect("room");
        assert_eq!(window.out, b"efde");
        window.begin(8, false, 3);
        assert!(window.copy(1, 9).is_err());
        assert_eq!(window.out, b"\0\0\0");
    }
}
