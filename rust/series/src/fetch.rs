//! Memory asked for before it is needed.

use std::ops::Range;

/// Bytes that come from memory together, on every processor that matters here.
const LINE: usize = 64;

/// Ask for the memory of elements of an array, counted from its first; where there is none, nothing
/// happens.
#[inline(always)]
pub fn fetch<T>(base: *const T, places: Range<isize>) {
    let start = base.wrapping_offset(places.start).cast::<u8>();
    let bytes = places.len() * size_of::<T>();
    // The first may begin within a line, so that the last ends within one more.
    for offset in (0..bytes + LINE - 1).step_by(LINE) {
        fetch_line(start.wrapping_add(offset.min(bytes.saturating_sub(1))));
    }
}

/// How far ahead the memory of a scan is asked for: 24 to 64 lines were best on the processors tried.
const AHEAD: usize = 64 * LINE;

/// Ask for what lies as far behind values as a scan should look ahead, as much as they are.
#[inline(always)]
pub fn fetch_ahead(values: &[f64]) {
    let start = values.as_ptr().cast::<u8>().wrapping_add(AHEAD);
    for offset in (0..size_of_val(values)).step_by(LINE) {
        fetch_line(start.wrapping_add(offset));
    }
}

#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn fetch_line(place: *const u8) {
    use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
    // SAFETY: every x86-64 has the instruction, which reads nothing and raises nothing for any address.
    unsafe { _mm_prefetch::<_MM_HINT_T0>(place.cast()) };
}

#[cfg(not(target_arch = "x86_64"))]
#[inline(always)]
fn fetch_line(_place: *const u8) {}
