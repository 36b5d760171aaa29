//! A contiguous vector that grows at both ends.

/// Values in a row, with room before and behind them.
#[derive(Clone, Debug, Default)]
pub struct Span<T> {
    buffer: Vec<T>,
    head: usize,
}

impl<T: Copy + Default> Span<T> {
    /// An empty span.
    #[must_use]
    pub fn new() -> Self {
        Self {
            buffer: Vec::new(),
            head: 0,
        }
    }

    /// How many values there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.buffer.len() - self.head
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The values.
    #[must_use]
    pub fn as_slice(&self) -> &[T] {
        &self.buffer[self.head..]
    }

    /// The values, to be changed in place.
    pub fn as_mut_slice(&mut self) -> &mut [T] {
        &mut self.buffer[self.head..]
    }

    /// Add values behind the last: amortised constant time each.
    pub fn append(&mut self, values: &[T]) {
        self.buffer.extend_from_slice(values);
    }

    /// Add values before the first: amortised constant time each.
    pub fn prepend(&mut self, values: &[T]) {
        if values.len() > self.head {
            // As much room again as there are values, so that moving them is paid for by those added.
            let room = values.len() + self.len();
            let mut grown = Vec::with_capacity(room + values.len() + self.len());
            grown.resize(room, T::default());
            grown.extend_from_slice(self.as_slice());
            self.buffer = grown;
            self.head = room;
        }
        self.head -= values.len();
        self.buffer[self.head..self.head + values.len()].copy_from_slice(values);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_is_kept_at_both_ends() {
        let mut span = Span::new();
        span.append(&[5, 6]);
        span.prepend(&[3, 4]);
        span.prepend(&[1, 2]);
        span.append(&[7]);
        span.prepend(&[]);
        assert_eq!(span.as_slice(), [1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(span.len(), 7);
    }

    #[test]
    fn prepending_one_by_one_moves_each_value_a_few_times_only() {
        let mut span = Span::new();
        let mut moves = 0;
        let count = if cfg!(miri) { 300 } else { 10_000 };
        for value in 0..count {
            let before = span.head;
            span.prepend(&[value]);
            if before == 0 {
                moves += span.len();
            }
        }
        assert!(moves < 4 * count, "{moves}");
    }
}
