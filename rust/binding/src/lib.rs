//! `piker._rust`: the Rust kernels as Python sees them.
//!
//! Only `piker.kernels` imports it; there arguments are converted and checked for meaning. Here every
//! check is made on which memory safety depends, and the rest follows.

// Python hands arguments over by value.
#![allow(clippy::needless_pass_by_value)]

mod arrays;
mod buffer;
mod door;
mod formatter;
mod m4;
mod path;
mod pyramid;
mod raster;
mod ring;
mod signal;
mod trigger;

#[pyo3::pymodule]
mod _rust {
    #[pymodule_export]
    use crate::formatter::Formatter;
    #[pymodule_export]
    use crate::m4::{bounds, m4_floats, m4_integers};
    #[pymodule_export]
    use crate::path::{flatten, segments, steps, trace, vertices, weave};
    #[pymodule_export]
    use crate::pyramid::Pyramid;
    #[pymodule_export]
    use crate::raster::{raster, raster_rects};
    #[pymodule_export]
    use crate::ring::{ring_bounds, ring_columns, ring_ohlc_columns, ring_positions, ring_sums};
    #[pymodule_export]
    use crate::signal::{Rolling, RollingVwap};
    #[pymodule_export]
    use crate::trigger::TriggerIndex;
}
