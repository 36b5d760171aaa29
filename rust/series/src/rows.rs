//! Where rows and pyramid nodes come from: memory of ours, or memory that another process writes.

use crate::extremes;
use crate::fetch::fetch;
use crate::pyramid::{LEAF, empty_node, level_span, with_node, with_row};
#[cfg(target_arch = "x86_64")]
use crate::simd::{greater, lesser};

/// What a node says of its rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reducer {
    /// Least and greatest finite value.
    MinMax,
    /// Sum and count of the finite values.
    Sum,
}

/// Rows by absolute index.
pub trait Rows {
    /// The value of a row that exists.
    fn value(&self, index: i64) -> f64;

    /// Ask for the memory of rows `[start, stop)`, as far as they are there, before it is needed.
    fn fetch(&self, start: i64, stop: i64);

    /// The min/max node of rows `[start, stop)`, which exist.
    fn bounds(&self, start: i64, stop: i64) -> [f64; 2] {
        (start..stop).fold(empty_node(Reducer::MinMax), |node, index| {
            with_row(node, self.value(index), Reducer::MinMax)
        })
    }
}

/// Pyramid nodes by level and absolute number.
pub trait Nodes {
    /// Ask for the memory of nodes `[from, to)`, as far as they are there, before it is needed.
    fn fetch(&self, _level: usize, _from: i64, _to: i64) {}

    /// A node, or `None` where there is no such level or the node is not complete.
    fn node(&self, level: usize, number: i64) -> Option<[f64; 2]>;

    /// The min/max node over several, or `None` where one of them is not there.
    fn bounds(&self, level: usize, from: i64, to: i64) -> Option<[f64; 2]> {
        (from..to).try_fold(empty_node(Reducer::MinMax), |found, number| {
            Some(with_node(found, self.node(level, number)?, Reducer::MinMax))
        })
    }
}

/// A column of a shared ring, mapped twice in a row.
///
/// Another process may write while this one reads; every load is volatile, so that the compiler
/// assumes nothing about the memory. Whether what was read is valid is for the caller to check
/// afterwards, by the ring's counters.
#[derive(Clone, Copy, Debug)]
pub struct SharedRows {
    base: *const f64,
    origin: i64,
}

impl SharedRows {
    /// Rows from `start` on, up to `capacity` of them.
    ///
    /// # Safety
    /// `data` is the address of a column of `capacity` values that is mapped twice in a row and
    /// stays mapped while this value lives. `capacity` is positive.
    #[must_use]
    pub unsafe fn new(data: usize, capacity: i64, start: i64) -> Self {
        let offset = start.rem_euclid(capacity) as usize;
        let base = data as *const f64;
        // SAFETY: offset < capacity, so that the window of `capacity` rows from there lies within
        // the two mappings.
        let base = unsafe { base.add(offset) };
        Self {
            base,
            origin: start,
        }
    }
}

impl Rows for SharedRows {
    fn value(&self, index: i64) -> f64 {
        debug_assert!(index >= self.origin);
        // SAFETY: callers ask for rows of the window that `new` was told of, at most `capacity`
        // from its start; the address is aligned, because columns begin on pages.
        unsafe {
            self.base
                .add((index - self.origin) as usize)
                .read_volatile()
        }
    }

    fn fetch(&self, start: i64, stop: i64) {
        fetch(
            self.base,
            (start - self.origin) as isize..(stop - self.origin) as isize,
        );
    }

    fn bounds(&self, start: i64, stop: i64) -> [f64; 2] {
        #[cfg(target_arch = "x86_64")]
        if stop - start >= FEW && is_x86_feature_detected!("avx2") {
            // SAFETY: the processor has what the function was compiled for.
            let (least, greatest) = unsafe { self.bounds_avx2(start, stop) };
            if least != f64::NEG_INFINITY && greatest != f64::INFINITY {
                return [least, greatest];
            }
        }
        (start..stop).fold(empty_node(Reducer::MinMax), |node, index| {
            with_row(node, self.value(index), Reducer::MinMax)
        })
    }
}

/// Fewer rows than this are not worth vectors.
#[cfg(target_arch = "x86_64")]
const FEW: i64 = 8;

#[cfg(target_arch = "x86_64")]
impl SharedRows {
    /// The least and the greatest value of rows, infinities included; NaN are passed over.
    #[target_feature(enable = "avx2")]
    #[allow(clippy::cast_ptr_alignment)]
    fn bounds_avx2(&self, start: i64, stop: i64) -> (f64, f64) {
        use std::arch::x86_64::{
            __m256d, _mm256_max_pd, _mm256_min_pd, _mm256_set1_pd, _mm256_storeu_pd,
        };
        const LANES: i64 = 4;
        debug_assert!(start >= self.origin && start <= stop);
        // Volatile loads of vectors have to be aligned: rows before the first aligned one are taken
        // alone, and so are those behind the last whole vector.
        let address = self.base.wrapping_add((start - self.origin) as usize) as usize;
        let skipped = (address.wrapping_neg() % size_of::<__m256d>() / size_of::<f64>()) as i64;
        let aligned = (start + skipped).min(stop);
        let tail = stop - (stop - aligned) % LANES;
        let mut least = _mm256_set1_pd(f64::INFINITY);
        let mut greatest = _mm256_set1_pd(f64::NEG_INFINITY);
        for index in (aligned..tail).step_by(LANES as usize) {
            let place = self.base.wrapping_add((index - self.origin) as usize);
            // SAFETY: as for `value`, for this row and the three behind it, aligned for all four.
            let values = unsafe { place.cast::<__m256d>().read_volatile() };
            // Where the first is NaN, both return the second.
            least = _mm256_min_pd(values, least);
            greatest = _mm256_max_pd(values, greatest);
        }
        let (mut leasts, mut greatests) = ([0.0; 4], [0.0; 4]);
        // SAFETY: both arrays hold four values.
        unsafe {
            _mm256_storeu_pd(leasts.as_mut_ptr(), least);
            _mm256_storeu_pd(greatests.as_mut_ptr(), greatest);
        }
        let alone = (start..aligned)
            .chain(tail..stop)
            .map(|index| self.value(index));
        (
            alone
                .clone()
                .fold(leasts.into_iter().fold(f64::INFINITY, lesser), lesser),
            alone.fold(
                greatests.into_iter().fold(f64::NEG_INFINITY, greater),
                greater,
            ),
        )
    }
}

/// One level of a ring's pyramid.
#[derive(Clone, Copy, Debug)]
pub struct SharedLevel {
    /// Address of its slots, two `f64` each.
    pub address: usize,
    /// How many slots it has: node k lies in slot k modulo this.
    pub slots: i64,
}

/// The pyramid of a shared column. Nodes that may still change are never handed out.
#[derive(Clone, Debug)]
pub struct SharedNodes {
    levels: Vec<SharedLevel>,
    first: i64,
    closed_last: i64,
}

impl SharedNodes {
    /// The nodes that lie wholly within the closed rows `[first, closed_last)`.
    ///
    /// # Safety
    /// Each address is that of `slots` pairs of `f64` that stay mapped while this value lives, and
    /// `slots` is positive.
    #[must_use]
    pub unsafe fn new(levels: Vec<SharedLevel>, first: i64, closed_last: i64) -> Self {
        Self {
            levels,
            first,
            closed_last,
        }
    }
}

impl Nodes for SharedNodes {
    fn node(&self, level: usize, number: i64) -> Option<[f64; 2]> {
        let span = level_span(level);
        let start = number * span;
        if start < self.first || start + span > self.closed_last {
            return None;
        }
        let &SharedLevel { address, slots } = self.levels.get(level)?;
        let node = (address as *const [f64; 2]).wrapping_add(number.rem_euclid(slots) as usize);
        // SAFETY: the slot lies within the level by `new`'s contract; levels begin aligned.
        Some(unsafe { node.read_volatile() })
    }

    fn fetch(&self, level: usize, from: i64, to: i64) {
        if let Some(&SharedLevel { address, slots }) = self.levels.get(level) {
            let slot = from.rem_euclid(slots) as isize;
            // Behind the last slot it goes on at the first: those few are not asked for.
            fetch(
                address as *const [f64; 2],
                slot..slot + (to - from) as isize,
            );
        }
    }

    fn bounds(&self, level: usize, from: i64, to: i64) -> Option<[f64; 2]> {
        let span = level_span(level);
        if from * span < self.first || to * span > self.closed_last {
            return None;
        }
        let &SharedLevel { address, slots } = self.levels.get(level)?;
        let mut slot = from.rem_euclid(slots);
        let mut found = empty_node(Reducer::MinMax);
        for _ in from..to {
            let node = (address as *const [f64; 2]).wrapping_add(slot as usize);
            // SAFETY: as for `node`.
            found = with_node(found, unsafe { node.read_volatile() }, Reducer::MinMax);
            slot = if slot + 1 == slots { 0 } else { slot + 1 };
        }
        Some(found)
    }
}

/// No pyramid at all: every query scans its rows.
#[derive(Clone, Copy, Debug)]
pub struct NoNodes;

impl Nodes for NoNodes {
    fn node(&self, _level: usize, _number: i64) -> Option<[f64; 2]> {
        None
    }
}

/// Rows in memory of ours, the first of which has an absolute index.
#[derive(Clone, Copy, Debug)]
pub struct OwnRows<'a> {
    /// The values.
    pub values: &'a [f64],
    /// Absolute index of the first.
    pub first: i64,
}

impl Rows for OwnRows<'_> {
    fn value(&self, index: i64) -> f64 {
        self.values[(index - self.first) as usize]
    }

    fn fetch(&self, start: i64, stop: i64) {
        fetch(
            self.values.as_ptr(),
            (start - self.first) as isize..(stop - self.first) as isize,
        );
    }

    fn bounds(&self, start: i64, stop: i64) -> [f64; 2] {
        let rows = &self.values[(start - self.first) as usize..(stop - self.first) as usize];
        extremes::bounds(rows).map_or(empty_node(Reducer::MinMax), |(min, max)| [min, max])
    }
}

// A leaf is a whole number of cache lines, and the widths of levels stay far from overflow.
const _: () = assert!(LEAF % 8 == 0);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_that_may_still_change_are_never_handed_out() {
        let slots = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]];
        let level = SharedLevel {
            address: slots.as_ptr() as usize,
            slots: 3,
        };
        let node = |first, closed_last, number| {
            // SAFETY: `slots` lives until the end of the test and is as long as it says.
            let nodes = unsafe { SharedNodes::new(vec![level], first, closed_last) };
            nodes.node(0, number)
        };
        assert_eq!(node(0, 192, 1), Some([3.0, 4.0]));
        assert_eq!(node(64, 128, 1), Some([3.0, 4.0]));
        assert_eq!(node(65, 192, 1), None);
        assert_eq!(node(0, 127, 1), None);
        assert_eq!(node(-192, 0, -1), Some([5.0, 6.0]));
    }

    #[test]
    fn shared_rows_have_the_bounds_of_own_ones() {
        let all = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY];
        let step = if cfg!(miri) { 13 } else { 1 };
        // Where there are infinities, rows are looked at once more and one by one.
        for (gaps, period) in [(&all[..1], 3), (&all[..1], 29), (&all, 29), (&all, 1000)] {
            let value = |k: i64| match k % period {
                1 => gaps[(k / period) as usize % gaps.len()],
                _ => ((k * 7919) % 613) as f64 - 300.0,
            };
            let values: Vec<f64> = (0..128).map(value).collect();
            let twice = [values.clone(), values.clone()].concat();
            // SAFETY: `twice` holds 128 rows twice and lives until the end of the test.
            let shared = unsafe { SharedRows::new(twice.as_ptr() as usize, 128, 0) };
            let own = OwnRows {
                values: &values,
                first: 0,
            };
            for start in (0..40).step_by(step) {
                for stop in (start..128).step_by(step) {
                    assert_eq!(shared.bounds(start, stop), own.bounds(start, stop));
                }
            }
        }
    }

    #[test]
    fn rows_are_found_across_the_wrap() {
        let column: Vec<f64> = (0..8).chain(0..8).map(f64::from).collect();
        // SAFETY: `column` holds 8 rows twice and lives until the end of the test.
        let rows = unsafe { SharedRows::new(column.as_ptr() as usize, 8, -3) };
        let found: Vec<f64> = (-3..5).map(|index| rows.value(index)).collect();
        assert_eq!(found, [5.0, 6.0, 7.0, 0.0, 1.0, 2.0, 3.0, 4.0]);
    }

    #[test]
    fn shared_rows_have_the_bounds_of_a_row_by_row_scan() {
        let value = |k: i64| match k % 23 {
            3 => f64::NAN,
            7 if k > 60 => f64::INFINITY,
            9 if k > 60 => f64::NEG_INFINITY,
            rest => (rest * rest * k % 101 - 50) as f64,
        };
        let column: Vec<f64> = (0..96).chain(0..96).map(value).collect();
        // SAFETY: `column` holds 96 rows twice and lives until the end of the test.
        let rows = unsafe { SharedRows::new(column.as_ptr() as usize, 96, 40) };
        for start in (40..60).step_by(if cfg!(miri) { 5 } else { 1 }) {
            for stop in start..136 {
                let scan = (start..stop).fold(empty_node(Reducer::MinMax), |node, index| {
                    with_row(node, rows.value(index), Reducer::MinMax)
                });
                assert_eq!(rows.bounds(start, stop), scan, "{start}..{stop}");
            }
        }
    }
}
