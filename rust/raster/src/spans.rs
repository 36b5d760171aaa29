//! Which pixels of each column a line through M4 columns covers.
//!
//! ```text
//!   column k      column k + 1
//!     max ┐
//!         │         ┌ first      The line goes on from last to first of the next column. Half of the
//!    last ├ ─ ─ ┐   │            way lies in either column: rounding x puts it there, as for any
//!         │     └ ─ ┘            steep line (Bresenham).
//!     min ┘
//! ```

use crate::stroke::wide_spans;

/// How values become pixels: `pixel = value * factor + offset`, downwards; both are finite.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    /// Pixels a unit; negative, where greater values stand higher.
    pub factor: f64,
    /// The pixel of value 0.
    pub offset: f64,
}

impl Scale {
    /// The pixel row of a value that is not NaN. Halves go up, as Qt rounds where it does not smooth
    /// edges.
    ///
    /// The nearest integer of what is a half less is added to a number so large that no fraction has a
    /// place beside it: that is one addition, where the library's `floor` and a cast are calls and
    /// branches.
    fn row(self, value: f64) -> i32 {
        const NO_FRACTION: f64 = 6_755_399_441_055_744.0;
        const NO_TIE: f64 = 1.0 / 1_073_741_824.0;
        (self.pixel(value) + (ROUNDING - 0.5 + NO_TIE) + NO_FRACTION).to_bits() as i32
    }

    /// The place of a value, with room to add widths and differences.
    pub(crate) fn pixel(self, value: f64) -> f64 {
        (value * self.factor + self.offset).clamp(-LIMIT, LIMIT)
    }
}

/// A little less than a half.
pub(crate) const ROUNDING: f64 = 31.0 / 64.0;
/// Far outside of any image.
const LIMIT: f64 = 1e8;

/// The rows `[top, bottom)` of one column; none where `bottom <= top`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first row.
    pub top: i32,
    /// Behind the last row.
    pub bottom: i32,
}

impl Span {
    /// No row at all.
    pub const EMPTY: Self = Self {
        top: i32::MAX,
        bottom: i32::MIN,
    };

    /// Take in the rows from one to another, in either order.
    pub(crate) fn cover(&mut self, from: i32, to: i32) {
        self.top = self.top.min(from.min(to));
        self.bottom = self.bottom.max(from.max(to) + 1);
    }

    /// Whether it has no row.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.bottom <= self.top
    }
}

/// The spans of neighbouring columns of first, min, max and last; a column with a value that is not
/// finite is a gap.
///
/// The spans of a pen wider than a pixel begin `margin` columns before the first given, and end as
/// many behind the last.
///
/// # Panics
/// When `width` is 0.
#[must_use]
pub fn spans(columns: &[[f64; 4]], scale: Scale, width: usize) -> Vec<Span> {
    assert!(width > 0, "a pen has a width");
    if width == 1 {
        thin_spans(columns, scale)
    } else {
        wide_spans(columns, scale, width)
    }
}

fn thin_spans(columns: &[[f64; 4]], scale: Scale) -> Vec<Span> {
    let mut found: Vec<Span> = Vec::with_capacity(columns.len());
    let mut before: Option<i32> = None;
    for column in columns {
        // Zero times any number that is not finite is NaN.
        let zeros = column.map(|value| value * 0.0);
        if (zeros[0] + zeros[1]) + (zeros[2] + zeros[3]) != 0.0 {
            found.push(Span::EMPTY);
            before = None;
            continue;
        }
        let [first, min, max, last] = column.map(|value| scale.row(value));
        let mut span = Span::EMPTY;
        span.cover(min, max);
        span.cover(first, last);
        if let (Some(from), Some(neighbour)) = (before, found.last_mut()) {
            let half = (first - from) / 2;
            neighbour.cover(from, from + half);
            span.cover(from + half + (first - from).signum(), first);
        }
        found.push(span);
        before = Some(last);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOWN: Scale = Scale {
        factor: -1.0,
        offset: 100.0,
    };

    fn rows(columns: &[[f64; 4]], width: usize) -> Vec<(i32, i32)> {
        spans(columns, DOWN, width)
            .into_iter()
            .map(|span| (span.top, span.bottom))
            .collect()
    }

    #[test]
    fn a_column_covers_its_extremes_and_half_of_the_way_to_its_neighbours() {
        let columns = [[10.0, 8.0, 12.0, 9.0], [20.0, 19.0, 21.0, 20.0]];
        // From 9 to 20 there are eleven steps: five stay left.
        assert_eq!(rows(&columns, 1), [(86, 93), (79, 86)]);
        let falling = [columns[1], columns[0]];
        assert_eq!(rows(&falling, 1), [(79, 86), (86, 93)]);
    }

    #[test]
    fn a_level_line_is_one_pixel_high() {
        assert_eq!(rows(&[[5.0; 4]; 3], 1), [(95, 96); 3]);
    }

    #[test]
    fn gaps_are_neither_covered_nor_crossed() {
        let gap = [f64::NAN; 4];
        let found = rows(&[[5.0; 4], gap, [50.0; 4]], 1);
        assert_eq!((found[0], found[2]), ((95, 96), (50, 51)));
        assert!(found[1].1 <= found[1].0);
        assert!(spans(&[[f64::INFINITY; 4]], DOWN, 1)[0].is_empty());
        assert!(spans(&[], DOWN, 1).is_empty());
    }

    #[test]
    fn a_wide_pen_covers_more_on_all_sides() {
        let none = (i32::MAX, i32::MIN);
        // A square of its own, where the line has no length.
        assert_eq!(rows(&[[5.0; 4]], 2), [none, none, (94, 96), (94, 96), none]);
        let three = [none, none, (93, 96), (93, 96), (93, 96), none, none];
        assert_eq!(rows(&[[5.5; 4]], 3), three);
        // Up and down, square ends included: neither is longer than the way there and back.
        let found = rows(&[[50.0, 40.0, 60.0, 50.0]], 2);
        assert_eq!(found, [none, none, (40, 60), (40, 60), none]);
    }

    #[test]
    fn a_wide_slope_is_thicker_than_the_pen() {
        let slope: Vec<_> = (0..9).map(|k| [f64::from(k); 4]).collect();
        let found = rows(&slope, 3);
        // 3 * sqrt(2) rows, that is four or five.
        assert!(
            found[6..9]
                .iter()
                .all(|(top, bottom)| (4..=5).contains(&(bottom - top)))
        );
    }

    #[test]
    fn values_of_any_size_stay_within_the_range_of_rows() {
        let columns = [[1e300, -1e300, 1e300, -1e300], [5.0; 4]];
        for (width, place) in [(1, 0), (4, 4)] {
            let (top, bottom) = rows(&columns, width)[place];
            assert!(top < -90_000_000 && bottom > 90_000_000);
        }
    }
}
