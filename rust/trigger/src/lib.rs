//! Resting triggers of one symbol: which of them a tick fires, at the cost of those alone.
//!
//! Pure computation without Python, without shared memory and without unsafe code.

#![forbid(unsafe_code)]

pub mod index;
pub mod price;

pub use index::{AddError, Edge, Trigger, TriggerIndex};
pub use price::{PriceGrid, Span};
