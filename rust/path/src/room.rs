//! Memory of numbered places that has room at both ends.

/// Which numbers have a place: those from `base` on, as many as there are places.
///
/// ```text
///   base      first          last        base + places
///    │  room    │ in use ...   │   room      │
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Room {
    base: i64,
    places: usize,
}

/// Room at each end beside a quarter of what is in use.
const LEAST: i64 = 64;

impl Room {
    /// Room for the numbers from `first` to before `last`, and as much at each end that the cost of
    /// moving is spread over the numbers that are added.
    #[must_use]
    pub fn around(first: i64, last: i64) -> Self {
        let spare = LEAST + (last - first) / 4;
        Self::exactly(first - spare, last + spare)
    }

    /// Room for the numbers from `first` to before `last` and no others.
    #[must_use]
    pub fn exactly(first: i64, last: i64) -> Self {
        Self {
            base: first,
            places: (last - first) as usize,
        }
    }

    /// How many places there are.
    #[must_use]
    pub fn places(self) -> usize {
        self.places
    }

    /// Whether the numbers from `first` to before `last` have a place.
    #[must_use]
    pub fn holds(self, first: i64, last: i64) -> bool {
        self.base <= first && first <= last && last <= self.base + self.places as i64
    }

    /// The place of a number that has one.
    #[must_use]
    pub fn place(self, number: i64) -> usize {
        (number - self.base) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_more_at_either_end_seldom_needs_other_memory() {
        let count = if cfg!(miri) { 1_000 } else { 100_000 };
        for step in [-1, 1] {
            let (mut first, mut last, mut moved) = (0, 0, 0);
            let mut room = Room::default();
            for _ in 0..count {
                first += step.min(0);
                last += step.max(0);
                if !room.holds(first, last) {
                    moved += last - first;
                    room = Room::around(first, last);
                }
            }
            assert!(moved < 5 * count, "{moved}");
            assert!(room.places() < 2 * count as usize);
        }
    }

    #[test]
    fn rows_that_leave_at_one_end_and_come_at_the_other_are_few_moves_too() {
        let mut room = Room::around(0, 1000);
        let mut moves = 0;
        let count = if cfg!(miri) { 2_000 } else { 100_000 };
        for first in 0..count {
            if !room.holds(first, first + 1000) {
                moves += 1;
                room = Room::around(first, first + 1000);
            }
        }
        assert!(moves < count / 250, "{moves}");
    }
}
