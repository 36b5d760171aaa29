//! Inputs without end for the public functions of the pure crates, each compared with a twin.
//!
//! An input is made from a seed by rules that know what a function takes, so that most are near an
//! edge: empty, one element, gaps, equal values, infinities, ends of number ranges, memory exactly as
//! long as it has to be. Who runs this under a sanitizer learns of each access outside of it.

// Twins compare floats exactly: that is the law here.
#![allow(clippy::float_cmp)]

pub mod source;
pub mod targets;

pub use source::Source;
pub use targets::TARGETS;

#[cfg(test)]
mod tests {
    use super::*;

    /// Miri is a few hundred times slower.
    const INPUTS: u64 = if cfg!(miri) { 5 } else { 300 };

    #[test]
    fn every_target_agrees_with_its_twin_on_a_few_inputs() {
        for (name, target) in TARGETS {
            for seed in 0..INPUTS {
                println!("{name} {seed}");
                target(&mut Source::new(seed));
            }
        }
    }

    #[test]
    fn an_input_is_its_seed() {
        let draw = |seed| {
            let series = Source::new(seed).values(50);
            series.into_iter().map(f64::to_bits).collect::<Vec<_>>()
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
    }
}
