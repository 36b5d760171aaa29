//! The newest n values, summed up by any associative operation, without ever taking one out.
//!
//! Two stacks in one ring. Behind the front lie summaries of everything from their place to the
//! newest value of the front part; the back part is one running summary. The oldest leaves by being
//! forgotten, and when the front is used up the back is turned over into it, which costs n steps
//! once in n. Because nothing is subtracted, an extreme value that left leaves no rounding error
//! behind.
//!
//! Tangwongsan, Hirzel, Schneider: "Low-Latency Sliding-Window Aggregation in Worst-Case Constant
//! Time", DEBS 2017, section 2.

/// Values that can be joined: associative up to rounding, with an element that changes nothing.
pub trait Summary: Copy {
    /// The summary of no value.
    const EMPTY: Self;
    /// The summary of older values followed by newer ones.
    #[must_use]
    fn join(self, newer: Self) -> Self;
}

/// A window over the newest `length` values.
#[derive(Clone, Debug)]
pub struct Window<S> {
    /// A ring: `front` slots of summaries from `oldest` on, then the back part's values. Slots are
    /// made when they are used first, so that a length alone takes no memory.
    slots: Vec<S>,
    length: usize,
    oldest: usize,
    front: usize,
    len: usize,
    back: S,
}

impl<S: Summary> Window<S> {
    /// A window that holds `length` values, at least one.
    ///
    /// # Panics
    /// When `length` is 0.
    #[must_use]
    pub fn new(length: usize) -> Self {
        assert!(length > 0, "a window holds at least one value");
        Self {
            slots: Vec::new(),
            length,
            oldest: 0,
            front: 0,
            len: 0,
            back: S::EMPTY,
        }
    }

    /// Whether the window holds as many values as it can.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.len == self.length
    }

    /// Whether one more value would fill it, or it is full.
    #[must_use]
    pub fn is_nearly_full(&self) -> bool {
        self.len + 1 >= self.length
    }

    /// The summary of all values in it, oldest first.
    fn summary(&self) -> S {
        if self.front == 0 {
            return self.back;
        }
        self.slots[self.oldest].join(self.back)
    }

    /// The summary that pushing `value` would make.
    #[must_use]
    pub fn peek(&self, value: S) -> S {
        let back = self.back.join(value);
        // While it is full, the front part is never empty: the oldest value lies in it.
        match self.front - usize::from(self.is_full()) {
            0 => back,
            _ if self.is_full() => self.slots[self.slot(1)].join(back),
            _ => self.slots[self.oldest].join(back),
        }
    }

    /// Add a value, and forget the oldest if it was full; the summary, as `peek` tells it.
    pub fn push(&mut self, value: S) -> S {
        if self.is_full() {
            self.oldest = self.slot(1);
            self.front -= 1;
            self.len -= 1;
        }
        let place = self.slot(self.len);
        if place == self.slots.len() {
            self.slots.push(value);
        } else {
            self.slots[place] = value;
        }
        self.len += 1;
        self.back = self.back.join(value);
        let summary = self.summary();
        if self.front == 0 && self.is_full() {
            self.turn_over();
        }
        summary
    }

    /// Forget all values.
    pub fn clear(&mut self) {
        (self.oldest, self.front, self.len, self.back) = (0, 0, 0, S::EMPTY);
    }

    fn turn_over(&mut self) {
        let mut later = S::EMPTY;
        for offset in (0..self.len).rev() {
            let place = self.slot(offset);
            later = self.slots[place].join(later);
            self.slots[place] = later;
        }
        self.front = self.len;
        self.back = S::EMPTY;
    }

    fn slot(&self, offset: usize) -> usize {
        let place = self.oldest + offset;
        if place < self.length {
            place
        } else {
            place - self.length
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Joining texts tells order and loss apart.
    #[derive(Clone, Copy, Debug, PartialEq)]
    struct Digits(u128);

    impl Summary for Digits {
        const EMPTY: Self = Self(1);
        fn join(self, newer: Self) -> Self {
            let mut shift = 1;
            while shift * 10 <= newer.0 {
                shift *= 10;
            }
            Self(self.0 * shift + newer.0 % shift)
        }
    }

    #[test]
    fn a_window_holds_the_newest_values_in_order() {
        for length in 1..7 {
            let mut window = Window::new(length);
            for count in 0..40_usize {
                let value = Digits(10 + count as u128 % 10);
                let peeked = window.peek(value);
                assert_eq!(window.is_nearly_full(), count + 1 >= length);
                assert_eq!(window.push(value), peeked);
                let expected = (count.saturating_sub(length - 1)..=count)
                    .map(|place| Digits(10 + place as u128 % 10))
                    .fold(Digits::EMPTY, Digits::join);
                assert_eq!(window.summary(), expected);
                assert_eq!(peeked, expected);
                assert_eq!(window.is_full(), count + 1 >= length);
            }
            window.clear();
            assert_eq!(window.push(Digits(17)), Digits(17));
        }
    }

    #[test]
    fn a_length_alone_takes_no_memory() {
        let mut window = Window::new(usize::MAX / 2);
        window.push(Digits(11));
        window.clear();
        for _ in 0..20 {
            window.push(Digits(12));
        }
        assert!(window.slots.capacity() < 100);
    }

    #[test]
    fn a_window_that_was_cleared_while_it_grew_goes_on() {
        for count in 0..8_usize {
            let mut window = Window::new(5);
            for _ in 0..count {
                window.push(Digits(19));
            }
            window.clear();
            for place in 0..12 {
                window.push(Digits(10 + place % 10));
            }
            assert_eq!(window.summary(), Digits(178_901));
        }
    }
}
