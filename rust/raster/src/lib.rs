//! M4 columns as pixels: the line through them, painted without a path.
//!
//! A line through first, min, max and last of every pixel column covers one vertical span of each
//! column. Spans are found first, then filled into an image of 32-bit pixels, which costs less than a
//! general rasteriser needs to find the same out from thousands of segments.
//!
//! Pure computation without Python, without Qt and without unsafe code.

#![forbid(unsafe_code)]

pub mod fill;
pub mod spans;
pub mod stroke;

pub use fill::{Image, fill};
pub use spans::{Scale, Span, spans};
pub use stroke::margin;
