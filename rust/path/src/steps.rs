//! The outline of a histogram: one continuous line over levels, from the baseline and back to it.

/// Fill the outline's n + 1 corners, each two points at the same x: row k stands at the left edge of
/// step k and goes from the level before to the level of step k; the last row stands at the right
/// edge of the last step. The levels before the first and behind the last are the baseline.
///
/// ```text
///   row 1 ┌───┐          A level that is not finite is NaN: the line is broken there. Steps end
///         │   │ row 2    where the next begins, so that the outline is whole over uneven x too.
///  row 0 ┌┘   └──┐
///        │       │ row 3 = n
///  ──────┴───────┴────── baseline
/// ```
///
/// # Panics
/// When `x` and `level` differ in length, or a target is not 2 * (n + 1) long (0 where n is 0).
pub fn steps(
    x: &[f64],
    level: &[f64],
    width: f64,
    baseline: f64,
    to_x: &mut [f64],
    to_y: &mut [f64],
) {
    let count = corners(x.len());
    assert_eq!(x.len(), level.len());
    assert_eq!((to_x.len(), to_y.len()), (2 * count, 2 * count));
    let mut before = baseline;
    let mut edge = 0.0;
    let targets = to_x.chunks_exact_mut(2).zip(to_y.chunks_exact_mut(2));
    let rows = x.iter().zip(level).map(Some).chain(std::iter::once(None));
    for (row, (at_x, at_y)) in rows.zip(targets) {
        let next = if let Some((&left, &level)) = row {
            edge = left;
            if level.is_finite() { level } else { f64::NAN }
        } else {
            edge += width;
            baseline
        };
        at_x.fill(edge);
        at_y.copy_from_slice(&[before, next]);
        before = next;
    }
}

/// How many corners the outline of so many steps has.
#[must_use]
pub const fn corners(count: usize) -> usize {
    if count == 0 { 0 } else { count + 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outline_leaves_the_baseline_and_returns_to_it_at_the_last_edge() {
        let (mut x, mut y) = ([9.0; 8], [9.0; 8]);
        steps(
            &[0.0, 1.0, 4.0],
            &[1.0, 3.0, -2.0],
            1.0,
            0.0,
            &mut x,
            &mut y,
        );
        assert_eq!(x, [0.0, 0.0, 1.0, 1.0, 4.0, 4.0, 5.0, 5.0]);
        assert_eq!(y, [0.0, 1.0, 1.0, 3.0, 3.0, -2.0, -2.0, 0.0]);
    }

    #[test]
    fn a_gap_breaks_the_line() {
        let (mut x, mut y) = ([9.0; 6], [9.0; 6]);
        steps(&[0.0, 1.0], &[f64::INFINITY, 3.0], 1.0, 0.0, &mut x, &mut y);
        assert!(y[1].is_nan() && y[2].is_nan());
        assert_eq!((y[0], y[3], y[4], y[5]), (0.0, 3.0, 3.0, 0.0));
    }

    #[test]
    fn no_steps_have_no_outline() {
        steps(&[], &[], 1.0, 0.0, &mut [], &mut []);
        assert_eq!(corners(0), 0);
    }
}
