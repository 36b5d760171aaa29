//! Columns as pixels: the line through M4 columns and rectangles, painted without a painter.
//!
//! A line through first, min, max and last of every pixel column covers one vertical span of each
//! column. Spans are found first, then filled into an image of 32-bit pixels, which costs less than a
//! general rasteriser needs to find the same out from thousands of segments.
//!
//! Pure computation without Python, without Qt and without unsafe code.

#![forbid(unsafe_code)]

pub mod fill;
pub mod rects;
pub mod spans;
pub mod stroke;

pub use fill::{Image, fill};
pub use rects::fill_rects;
pub use spans::{Scale, Span, spans};
pub use stroke::margin;
