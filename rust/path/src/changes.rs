//! What of a series must be formatted anew.

use std::ops::Range;

/// Indices of rows are exact as floats up to here.
const GREATEST: i64 = 1 << 52;

/// How a series differs from what was formatted. Rows are absolute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changes {
    /// All rows that there are.
    pub rows: Range<i64>,
    /// Those of before that are kept: none where the rows between were never seen.
    pub kept: Range<i64>,
    /// Rows that changed among those that are kept, the live one aside: ascending, apart.
    pub revised: Vec<Range<i64>>,
}

impl Changes {
    /// Compare the rows that there are with those that were `formatted`. `revised` may reach beyond.
    ///
    /// # Errors
    /// A sentence that names the argument, where the rows are no rows of the same series.
    pub fn new(
        formatted: &Range<i64>,
        rows: Range<i64>,
        revised: &[(i64, i64)],
    ) -> Result<Self, String> {
        require_rows(&rows)?;
        if !formatted.is_empty() && rows.end < formatted.end {
            return Err(format!(
                "invalid rows: end at {}, before row {} that is formatted; make a new formatter",
                rows.end,
                formatted.end - 1
            ));
        }
        let kept = if formatted.is_empty() || rows.start >= formatted.end {
            rows.start..rows.start
        } else {
            formatted.start.max(rows.start)..formatted.end
        };
        if let Some((start, stop)) = revised.iter().find(|(start, stop)| start > stop) {
            return Err(format!("invalid revised: [{start}, {stop}) is reversed"));
        }
        let closed = kept.start..kept.end.max(kept.start + 1) - 1;
        let revised = merged(revised, &closed);
        Ok(Self {
            rows,
            kept,
            revised,
        })
    }

    /// Rows before those that are kept.
    #[must_use]
    pub fn prepended(&self) -> Range<i64> {
        self.rows.start..self.kept.start
    }

    /// The row that was live, and those behind it.
    #[must_use]
    pub fn tail(&self) -> Range<i64> {
        self.kept.start.max(self.kept.end - 1)..self.rows.end
    }

    /// All rows to format, in the order in which that is done.
    pub fn ranges(&self) -> impl Iterator<Item = Range<i64>> + '_ {
        std::iter::once(self.prepended())
            .chain(self.revised.iter().cloned())
            .chain(std::iter::once(self.tail()))
    }

    /// How many rows are formatted.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.ranges()
            .map(|rows| (rows.end - rows.start) as u64)
            .sum()
    }
}

/// What ranges cover within others, each row once.
fn merged(ranges: &[(i64, i64)], within: &Range<i64>) -> Vec<Range<i64>> {
    let mut inside: Vec<_> = ranges
        .iter()
        .map(|&(start, stop)| start.max(within.start)..stop.min(within.end))
        .filter(|range| !range.is_empty())
        .collect();
    inside.sort_unstable_by_key(|range| range.start);
    inside.dedup_by(|next, range| {
        let is_joined = next.start <= range.end;
        if is_joined {
            range.end = range.end.max(next.end);
        }
        is_joined
    });
    inside
}

/// Refuse rows whose indices cannot be places.
///
/// # Errors
/// A sentence that names the argument.
pub fn require_rows(rows: &Range<i64>) -> Result<(), String> {
    if rows.start > rows.end {
        return Err(format!(
            "invalid rows: [{}, {}) is reversed",
            rows.start, rows.end
        ));
    }
    if rows.start < -GREATEST || rows.end > GREATEST {
        return Err(format!(
            "invalid rows: not within -2**52 and 2**52, were [{}, {})",
            rows.start, rows.end
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changes(formatted: Range<i64>, rows: Range<i64>) -> Vec<(i64, i64)> {
        let changes = Changes::new(&formatted, rows, &[]).unwrap();
        let ranges = changes.ranges().filter(|rows| !rows.is_empty());
        ranges.map(|rows| (rows.start, rows.end)).collect()
    }

    #[test]
    fn the_row_that_was_live_is_formatted_with_those_behind_it() {
        assert_eq!(changes(0..0, -3..4), [(-3, 4)]);
        assert_eq!(changes(0..9, 0..9), [(8, 9)]);
        assert_eq!(changes(0..9, 0..12), [(8, 12)]);
        assert_eq!(changes(0..9, -2..9), [(-2, 0), (8, 9)]);
        assert_eq!(changes(0..9, 8..10), [(8, 10)]);
    }

    #[test]
    fn rows_behind_a_gap_are_begun_anew() {
        assert_eq!(changes(0..9, 9..10), [(9, 10)]);
        assert_eq!(changes(0..9, 20..22), [(20, 22)]);
        assert_eq!(changes(0..9, 9..9), []);
    }

    #[test]
    fn revised_rows_are_cut_to_those_that_are_kept() {
        let revised = [(7, 99), (-9, 2), (3, 3), (4, 5)];
        let found = Changes::new(&(0..9), 1..10, &revised).unwrap();
        assert_eq!(found.revised, [1..2, 4..5, 7..8]);
        assert_eq!(found.count(), 1 + 1 + 1 + 2);
        let all = Changes::new(&(0..9), 1..10, &[(i64::MIN, i64::MAX)]).unwrap();
        assert_eq!(all.revised, [Range { start: 1, end: 8 }]);
    }

    #[test]
    fn rows_that_were_revised_twice_are_formatted_once() {
        let revised = [(2, 5), (0, 3), (5, 6), (4, 5), (7, 8)];
        let found = Changes::new(&(0..9), 0..9, &revised).unwrap();
        assert_eq!(found.revised, [0..6, 7..8]);
        assert!(Changes::new(&(0..9), 1..10, &[(2, 1)]).is_err());
    }

    #[test]
    fn rows_that_went_are_refused() {
        assert!(Changes::new(&(0..9), 0..8, &[]).is_err());
        assert!(Changes::new(&(0..0), Range { start: 5, end: 4 }, &[]).is_err());
        assert!(Changes::new(&(0..0), 0..i64::MAX, &[]).is_err());
        assert!(Changes::new(&(0..0), i64::MIN..0, &[]).is_err());
    }
}
