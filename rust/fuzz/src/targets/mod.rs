//! What is fuzzed: a function for each kernel, which makes an input and compares the result.

pub mod extremes;
pub mod formatters;
pub mod m4;
pub mod path;
pub mod pyramid;
pub mod raster;
pub mod ring;
mod series;
pub mod signals;
pub mod triggers;

use piker_series::{Rows, SharedRows};

use crate::source::Source;

/// Draws an input, runs a kernel on it and panics where the result is not the twin's.
pub type Target = fn(&mut Source);

/// Every target by name; a new one joins with one line.
pub const TARGETS: &[(&str, Target)] = &[
    ("extremes", extremes::extremes),
    ("span", pyramid::span),
    ("m4-floats", m4::floats),
    ("m4-integers", m4::integers),
    ("pyramid", pyramid::pyramid),
    ("ring", ring::ring),
    ("ring-torn", ring::torn),
    ("ring-refused", ring::refused),
    ("bars", path::bars),
    ("steps", path::steps),
    ("weave", path::weave),
    ("formatters", formatters::formatters),
    ("raster-thin", raster::thin),
    ("raster-wide", raster::wide),
    ("raster-fill", raster::fill),
    ("raster-rects", raster::rects),
    ("signals", signals::signals),
    ("vwap", signals::vwap),
    ("prices", triggers::prices),
    ("triggers", triggers::triggers),
];

/// Reads behind its memory, and is none of the targets: what a sanitizer has to catch before its silence
/// about them means anything.
pub fn outside(source: &mut Source) {
    let memory = source.values(16);
    // SAFETY: there is none, the column is not there twice.
    let rows = unsafe { SharedRows::new(memory.as_ptr() as usize, 16, 0) };
    std::hint::black_box(rows.value(16));
}
