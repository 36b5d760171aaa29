//! M4 downsampling: first, min, max and last value of each pixel column.
//!
//! Jugel, Jerzak, Hackenbroich, Markl: "M4: A Visualization-Oriented Time Series Data Aggregation",
//! VLDB 2014. Drawn as vertical strokes joined from last to first, the result covers the pixels that
//! all points would.
//!
//! Which points a column holds says [`crate::abscissa`].

use std::ops::Range;
use std::thread::{Builder, ScopedJoinHandle};

use crate::abscissa::WINDOW;
pub use crate::abscissa::{Abscissa, Floats, Integers, MAX_COLUMN};
use crate::extremes::{Extremes, Portable};
use crate::simd::Register;

/// The non-empty columns, and the bounds of all values.
#[derive(Debug, Default, PartialEq)]
pub struct Columns {
    /// Left edge of each column, on the scale of the caller's x.
    pub left: Vec<f64>,
    /// First, min, max, last of the finite values of each column.
    pub values: Vec<[f64; 4]>,
}

impl Columns {
    /// The least and the greatest value, or `None` where there is no column.
    #[must_use]
    pub fn bounds(&self) -> Option<(f64, f64)> {
        let first = self.values.first()?;
        Some(
            self.values
                .iter()
                .fold((first[1], first[2]), |(least, greatest), column| {
                    (
                        if column[1] < least { column[1] } else { least },
                        if column[2] > greatest {
                            column[2]
                        } else {
                            greatest
                        },
                    )
                }),
        )
    }
}

/// Why points cannot be put into columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum M4Error {
    /// The x of this point is not finite.
    NotFinite(usize),
    /// The last x lies left of the first.
    Descending,
    /// A search for an edge met this point, which lies left of the end of the column before it.
    Unsorted(usize),
    /// At this point `f64` cannot tell a column from its neighbour.
    TooFine(usize),
}

/// The number of the column that holds a point.
fn column_of<A: Abscissa>(points: &A, index: usize) -> Result<i64, M4Error> {
    let guess = points.distance(index).floor();
    if guess.is_nan() {
        return Err(M4Error::NotFinite(index));
    }
    if guess.abs() >= MAX_COLUMN {
        return Err(M4Error::TooFine(index));
    }
    points
        .settle(guess as i64, points.at(index))
        .ok_or(M4Error::TooFine(index))
}

/// The first index after `start` whose x is not below `edge`, looked for around `guess`.
///
/// Where points lie evenly, a guess from the column before is a few points off: all x around it are
/// compared at once, which costs less than the branches of a search. Else it gallops, then bisects.
#[inline(always)]
fn first_at_or_after<A: Abscissa>(
    points: &A,
    start: usize,
    count: usize,
    edge: A::Key,
    guess: usize,
) -> usize {
    let first = start + 1;
    let low = guess.saturating_sub(WINDOW / 2).max(first);
    if low + WINDOW <= count && (low == first || points.at(low - 1) < edge) {
        let below = points.count_below(low, edge);
        if below < WINDOW {
            return low + below;
        }
        return gallop(points, low + WINDOW, count, edge, WINDOW);
    }
    gallop(points, first, count, edge, guess.saturating_sub(start))
}

/// The first index at or after `low` whose x is not below `edge`, by doubled steps, then bisection.
fn gallop<A: Abscissa>(
    points: &A,
    mut low: usize,
    count: usize,
    edge: A::Key,
    hint: usize,
) -> usize {
    let mut step = hint.max(1);
    let mut high = (low + step).min(count);
    while high < count && points.at(high) < edge {
        low = high;
        step *= 2;
        high = (high + step).min(count);
    }
    while low < high {
        let middle = low + (high - low) / 2;
        if points.at(middle) < edge {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

/// Downsample to the non-empty columns.
///
/// x must ascend. Only the x that a search for edges meets are looked at: points out of order between
/// the ends are refused where a column would begin with one, and else count for the column that
/// surrounds them. So columns ascend, whatever x does. Long series are shared out to all cores, at
/// edges of columns, so that the result is the same to the bit where x ascends.
///
/// # Errors
/// When an x that was met is not finite, the ends or columns descend, or columns cannot be told
/// apart.
///
/// # Panics
/// When `points` and `y` differ in length.
pub fn m4<A: Abscissa + Sync>(points: &A, y: &[f64]) -> Result<Columns, M4Error> {
    assert_eq!(points.len(), y.len());
    let count = y.len();
    if count == 0 {
        return Ok(Columns::default());
    }
    if points.at(count - 1) < points.at(0) {
        return Err(M4Error::Descending);
    }
    if count >= PARALLEL_POINTS {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        return shared_out(
            points,
            y,
            cores.min(count / (PARALLEL_POINTS / 2)),
            Builder::new,
        );
    }
    Ok(columns_of(points, y, 0..count)?.columns)
}

/// From how many points on threads are worth what they cost to start: below, half the points are
/// done before a second core has begun (measured on 2 cores: 2 % slower at 2^21, 30 % quicker
/// at 2^23).
const PARALLEL_POINTS: usize = 1 << 22;

/// The columns of points, computed by several threads; by this one where another cannot be started.
fn shared_out<A: Abscissa + Sync>(
    points: &A,
    y: &[f64],
    threads: usize,
    builder: impl Fn() -> Builder,
) -> Result<Columns, M4Error> {
    let count = y.len();
    let mut cuts = vec![0];
    for thread in 1..threads {
        let wanted = count / threads * thread;
        // Where a cut cannot be made, the error belongs to whichever point comes first.
        let Ok(column) = column_of(points, wanted) else {
            return Ok(columns_of(points, y, 0..count)?.columns);
        };
        let cut = gallop(points, wanted, count, points.edge(column + 1), 1);
        if cut > cuts[cuts.len() - 1] && cut < count {
            cuts.push(cut);
        }
    }
    cuts.push(count);
    let parts: Vec<Result<Part, M4Error>> = std::thread::scope(|scope| {
        let workers: Vec<_> = cuts
            .windows(2)
            .map(|cut| {
                let part = cut[0]..cut[1];
                builder()
                    .spawn_scoped(scope, move || columns_of(points, y, part))
                    .map_err(|_| cut[0]..cut[1])
            })
            .collect();
        let join = |worker: Result<ScopedJoinHandle<'_, _>, Range<usize>>| match worker {
            Ok(worker) => worker
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
            // No thread was to be had: too many, or no memory for its stack.
            Err(part) => columns_of(points, y, part),
        };
        workers.into_iter().map(join).collect()
    });
    let mut all = Columns::default();
    let mut before = None;
    for (part, &start) in parts.into_iter().zip(&cuts) {
        let Part {
            columns,
            first,
            last,
        } = part?;
        if before.is_some_and(|before| first <= before) {
            return Err(M4Error::Unsorted(start));
        }
        before = Some(last);
        all.left.extend(columns.left);
        all.values.extend(columns.values);
    }
    Ok(all)
}

/// Columns for which room is made at once.
const MOST_ROOM: usize = 1 << 14;

/// Columns of neighbouring points, and the numbers of the first and of the last one.
#[derive(Debug, PartialEq)]
struct Part {
    columns: Columns,
    first: i64,
    last: i64,
}

/// The columns of some of the points, of one at least, which are all that lie in these columns.
fn columns_of<A: Abscissa>(points: &A, y: &[f64], range: Range<usize>) -> Result<Part, M4Error> {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("popcnt") {
        // SAFETY: the processor has what the function was compiled for.
        return unsafe { columns_avx2(points, y, range) };
    }
    // SAFETY: every processor has arrays.
    unsafe { columns_by::<A, Portable>(points, y, range) }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,popcnt")]
fn columns_avx2<A: Abscissa>(points: &A, y: &[f64], range: Range<usize>) -> Result<Part, M4Error> {
    // SAFETY: the processor has AVX2.
    unsafe { columns_by::<A, std::arch::x86_64::__m256d>(points, y, range) }
}

/// The columns by a kind of register.
///
/// # Safety
/// The processor has what the register is made of.
#[inline(always)]
unsafe fn columns_by<A: Abscissa, R: Register>(
    points: &A,
    y: &[f64],
    range: Range<usize>,
) -> Result<Part, M4Error> {
    let mut found = Columns::default();
    let Range {
        mut start,
        end: count,
    } = range;
    let first = column_of(points, start)?;
    let mut column = first;
    let mut right = points.edge(column + 1);
    let mut width = 1;
    // As many columns as there may be, but no more room than a few screens need.
    let room = (points.distance(count - 1) - points.distance(start)) as usize;
    let room = room.saturating_add(2).min(count - start).min(MOST_ROOM);
    found.left.reserve_exact(room);
    found.values.reserve_exact(room);
    loop {
        let stop = first_at_or_after(points, start, count, right, start + width);
        // Half the mean of the last one, half those before: steady against the scatter of one.
        width = (width + (stop - start)).div_ceil(2);
        // While y is scanned, the x that are needed next come from memory.
        points.fetch(stop + width);
        // SAFETY: the caller's.
        if let Some(extremes) = unsafe { Extremes::scan_by::<R>(&y[start..stop]) } {
            found.left.push(points.left(column));
            found.values.push(extremes.to_array());
        }
        if stop == count {
            return Ok(Part {
                columns: found,
                first,
                last: column,
            });
        }
        start = stop;
        let (x, next) = (points.at(start), points.edge(column + 2));
        if right <= x && x < next {
            (column, right) = (column + 1, next);
        } else {
            let before = column;
            column = column_of(points, start)?;
            if column <= before {
                return Err(M4Error::Unsorted(start));
            }
            right = points.edge(column + 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU8;

    use super::*;

    fn floats(x: &[f64], y: &[f64], origin: f64, uppx: f64) -> Columns {
        m4(&Floats { x, origin, uppx }, y).unwrap()
    }

    #[test]
    fn an_evenly_divided_range_has_no_column_behind_its_end() {
        let x: Vec<f64> = (0..8).map(f64::from).collect();
        let found = floats(&x, &x, 0.0, 4.0);
        assert_eq!(found.left, [0.0, 4.0]);
        assert_eq!(found.values, [[0.0, 0.0, 3.0, 3.0], [4.0, 4.0, 7.0, 7.0]]);
    }

    #[test]
    fn gaps_in_x_and_in_y_leave_columns_out() {
        let found = floats(
            &[0.0, 1.0, 10.0, 20.0],
            &[1.0, 2.0, f64::NAN, 4.0],
            0.0,
            2.0,
        );
        assert_eq!(found.left, [0.0, 20.0]);
        assert_eq!(found.bounds(), Some((1.0, 4.0)));
    }

    #[test]
    fn a_point_on_a_rounded_edge_belongs_to_the_column_that_begins_there() {
        let uppx = 0.1;
        let count = if cfg!(miri) { 300 } else { 10_000 };
        let edges: Vec<f64> = (0..count).map(|k| f64::from(k) * uppx).collect();
        assert_eq!(floats(&edges, &edges, 0.0, uppx).left, edges);
    }

    #[test]
    fn epochs_in_nanoseconds_keep_every_digit() {
        let origin = 1_700_000_000_000_000_000;
        let x: Vec<i64> = (0..1000).map(|k| origin + k).collect();
        let y: Vec<f64> = (0..1000).map(f64::from).collect();
        let found = m4(&Integers::new(&x, origin, 10.0).unwrap(), &y).unwrap();
        assert_eq!(found.values.len(), 100);
        assert_eq!(found.values[7], [70.0, 70.0, 79.0, 79.0]);
    }

    #[test]
    fn columns_that_cannot_be_told_apart_are_refused() {
        let x = [1e18, 1e18 + 1024.0];
        let points = Floats {
            x: &x,
            origin: 0.0,
            uppx: 1e-3,
        };
        assert_eq!(m4(&points, &[0.0, 1.0]), Err(M4Error::TooFine(0)));
        let points = Floats {
            x: &[0.0, f64::NAN],
            origin: 0.0,
            uppx: 1.0,
        };
        assert_eq!(m4(&points, &[0.0, 1.0]), Err(M4Error::NotFinite(1)));
    }

    #[test]
    fn ends_that_descend_are_refused() {
        let points = Floats {
            x: &[3.0, 9.0, 0.0],
            origin: 0.0,
            uppx: 1.0,
        };
        assert_eq!(m4(&points, &[0.0; 3]), Err(M4Error::Descending));
    }

    #[test]
    fn no_column_comes_twice_however_x_is_ordered() {
        let x: Vec<i64> = (0..100).chain(0..200).collect();
        let y = vec![1.0; x.len()];
        let points = Integers::new(&x, 0, 10.0).unwrap();
        for threads in 1..6 {
            let found = shared_out(&points, &y, threads, Builder::new);
            assert!(matches!(found, Err(M4Error::Unsorted(_))), "{found:?}");
        }
        // Within a column the order makes no difference.
        let x = [0, 9, 3, 12, 10, 19, 25];
        let points = Integers::new(&x, 0, 10.0).unwrap();
        assert_eq!(m4(&points, &[1.0; 7]).unwrap().left, [0.0, 10.0, 20.0]);
    }

    #[test]
    fn integers_beyond_the_digits_of_a_float_are_told_apart() {
        let x = [0, (1 << 60) - 1, 1 << 60];
        let found = m4(
            &Integers::new(&x, 0, (1_i64 << 60) as f64).unwrap(),
            &[1.0, 2.0, 3.0],
        )
        .unwrap();
        assert_eq!(found.values, [[1.0, 1.0, 2.0, 2.0], [3.0; 4]]);
        assert!(Integers::new(&[i64::MIN, 0], 1, 1.0).is_none());
        assert!(Integers::new(&[0, i64::MAX], 0, 1e18).is_none());
        let last = m4(&Integers::new(&[i64::MAX], 1, 1e18).unwrap(), &[5.0]).unwrap();
        assert_eq!(last.left, [1.0 + 9e18]);
    }

    #[test]
    fn edges_of_integers_are_those_of_exact_arithmetic_far_from_the_origin() {
        let start = 1_700_000_000_000_000_000;
        let x: Vec<i64> = (0..300).map(|k| start + k * 1_000_000).collect();
        let y: Vec<f64> = (0..300).map(f64::from).collect();
        let found = m4(&Integers::new(&x, 0, 3e6).unwrap(), &y).unwrap();
        // start = 566_666_666_666 * 3e6 + 2e6
        let firsts: Vec<f64> = found.values.iter().map(|column| column[0]).collect();
        let expected: Vec<f64> = (0..=100).map(|k| f64::from((3 * k - 2).max(0))).collect();
        assert_eq!(firsts, expected);
    }

    #[test]
    fn the_column_of_an_integer_holds_it_whatever_the_width() {
        let widths = [
            0.1,
            0.75,
            1.0,
            1.0 / 3.0,
            7.3,
            3e6,
            1e15 / 7.0,
            9e18,
            1e19,
            1e300,
        ];
        let mut x = vec![i64::MIN, i64::MIN + 1, -1, 0, 1, i64::MAX - 1];
        x.extend((0..60).flat_map(|bit| [-3, -1, 1, 5].map(|k| k * (1 << bit) + k / 2)));
        x.sort_unstable();
        for (uppx, parts) in widths.into_iter().flat_map(|uppx| [(uppx, 1), (uppx, 15)]) {
            let parts = NonZeroU8::new(parts).unwrap();
            let points = Integers::new(&x, 0, uppx).unwrap().divided(parts);
            for (index, &x) in x.iter().enumerate() {
                match column_of(&points, index) {
                    Ok(column) => {
                        assert_eq!(column, points.width.column(x));
                        assert!(points.edge(column) <= x && x < points.edge(column + 1));
                    }
                    Err(error) => {
                        assert_eq!(error, M4Error::TooFine(index));
                        assert!((x as f64 / uppx * points.parts).abs() >= MAX_COLUMN);
                    }
                }
            }
        }
    }

    #[test]
    fn edges_of_pixels_are_edges_of_the_columns_that_they_are_divided_into() {
        let x: Vec<i64> = (0..1000).collect();
        let y: Vec<f64> = (0..1000).map(f64::from).collect();
        let parts = NonZeroU8::new(15).unwrap();
        // 3 / 15 is no number of f64: the nearest one is a little greater.
        let points = Integers::new(&x, 0, 3.0).unwrap().divided(parts);
        assert_eq!(m4(&points, &y).unwrap().left, y);
    }

    /// Reproducible series with gaps in x and y, runs of equal x, and infinities.
    fn scattered(count: usize, mut seed: u64) -> (Vec<i64>, Vec<f64>) {
        let mut draw = || {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            seed
        };
        let mut at = 0;
        let mut level = 0.0;
        let row = |_| {
            at += match draw() % 10 {
                0 => 0,
                1 => (draw() % 5000) as i64,
                _ => (draw() % 20) as i64,
            };
            level += (draw() % 2001) as f64 - 1000.0;
            let value = match draw() % 40 {
                0 => f64::NAN,
                1 => f64::INFINITY,
                2 => f64::NEG_INFINITY,
                _ => level,
            };
            (at, value)
        };
        (0..count).map(row).unzip()
    }

    #[test]
    fn every_path_makes_the_same_columns_to_the_bit() {
        // Miri is a few hundred times slower.
        let counts = [1, 2, 31, 32, 33, 63, 64, 100, 1000, 20_000];
        for count in counts.into_iter().take(if cfg!(miri) { 5 } else { 10 }) {
            for uppx in [1.0, 7.3, 100.0, 3000.0, 1e6] {
                let (x, y) = scattered(count, 88_172_645_463_325_252 + count as u64);
                let points = Integers::new(&x, -5, uppx).unwrap();
                // SAFETY: every processor has arrays.
                let portable = unsafe { columns_by::<_, Portable>(&points, &y, 0..count) }.unwrap();
                assert_eq!(columns_of(&points, &y, 0..count).unwrap(), portable);
                let portable = portable.columns;
                for threads in 1..6 {
                    assert_eq!(
                        shared_out(&points, &y, threads, Builder::new).unwrap(),
                        portable
                    );
                }
            }
        }
    }

    #[test]
    fn where_no_thread_can_be_started_the_caller_does_the_work() {
        let (x, y) = scattered(1000, 5);
        let points = Integers::new(&x, 0, 100.0).unwrap();
        let alone = columns_of(&points, &y, 0..1000).unwrap().columns;
        // No memory is there for such a stack.
        let greedy = || Builder::new().stack_size(1 << 60);
        if !cfg!(miri) {
            std::thread::scope(|scope| assert!(greedy().spawn_scoped(scope, || ()).is_err()));
        }
        assert_eq!(shared_out(&points, &y, 4, greedy).unwrap(), alone);
        // The first and the third are started, the others not.
        let turn = std::cell::Cell::new(0);
        let by_turns = || {
            turn.set(turn.get() + 1);
            if turn.get() % 2 == 1 {
                Builder::new()
            } else {
                greedy()
            }
        };
        assert_eq!(shared_out(&points, &y, 4, by_turns).unwrap(), alone);
    }

    #[test]
    fn threads_tell_the_error_that_comes_first() {
        let count = if cfg!(miri) { 200 } else { 1000 };
        let (_, y) = scattered(count, 3);
        for wrong in [0, 1, count / 3, count / 2, count - 2] {
            let mut x: Vec<f64> = (0..count).map(|k| k as f64).collect();
            x[wrong] = f64::NAN;
            let points = Floats {
                x: &x,
                origin: 0.0,
                uppx: 1.0,
            };
            let alone = columns_of(&points, &y, 0..count).map(|part| part.columns);
            assert_eq!(shared_out(&points, &y, 4, Builder::new), alone);
            assert_eq!(alone, Err(M4Error::NotFinite(wrong)));
        }
    }
}
