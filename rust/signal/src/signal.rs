//! A signal of one input: which one it is, and its state.

use crate::averages::Ema;
use crate::moments::{Greatest, Least, Spread, Sum, WeightedSum};
use crate::strength::Rsi;
use crate::window::{Summary, Window};

/// A signal that takes one value after another.
#[derive(Clone, Debug)]
pub enum Signal {
    /// Mean of the newest values.
    Sma(Window<Sum>, f64),
    /// Mean of the newest values, the newest weighing most.
    Wma(Window<WeightedSum>, f64),
    /// Exponential moving average.
    Ema(Ema),
    /// Wilder's relative strength index.
    Rsi(Rsi),
    /// The least of the newest values.
    Least(Window<Least>),
    /// The greatest of the newest values.
    Greatest(Window<Greatest>),
    /// The standard deviation of the newest values.
    Deviation(Window<Spread>, usize),
}

impl Signal {
    /// Mean of the newest `length` values.
    #[must_use]
    pub fn sma(length: usize) -> Self {
        Self::Sma(Window::new(length), length as f64)
    }

    /// Mean of the newest `length` values with the weights 1 to `length`.
    #[must_use]
    pub fn wma(length: usize) -> Self {
        let count = length as f64;
        Self::Wma(Window::new(length), count * (count + 1.0) / 2.0)
    }

    /// Exponential moving average over `length` values.
    #[must_use]
    pub fn ema(length: usize) -> Self {
        Self::Ema(Ema::new(length))
    }

    /// Wilder's relative strength index over `length` changes.
    #[must_use]
    pub fn rsi(length: usize) -> Self {
        Self::Rsi(Rsi::new(length))
    }

    /// The least of the newest `length` values.
    #[must_use]
    pub fn least(length: usize) -> Self {
        Self::Least(Window::new(length))
    }

    /// The greatest of the newest `length` values.
    #[must_use]
    pub fn greatest(length: usize) -> Self {
        Self::Greatest(Window::new(length))
    }

    /// The standard deviation of the newest `length` values, which are more than `ddof`.
    #[must_use]
    pub fn deviation(length: usize, ddof: usize) -> Self {
        Self::Deviation(Window::new(length), ddof)
    }

    /// What pushing `value` would make; NaN at a gap and while the values are too few.
    #[must_use]
    pub fn peek(&self, value: f64) -> f64 {
        if !value.is_finite() {
            return f64::NAN;
        }
        plain(match self {
            Self::Sma(window, count) => look(window, Sum(value), |sum| sum.0 / count),
            Self::Wma(window, weights) => {
                look(window, WeightedSum::of(value), |sum| sum.weighted / weights)
            }
            Self::Ema(state) => state.peek(value),
            Self::Rsi(state) => state.peek(value),
            Self::Least(window) => look(window, Least(value), |least| least.0),
            Self::Greatest(window) => look(window, Greatest(value), |greatest| greatest.0),
            Self::Deviation(window, ddof) => {
                look(window, Spread::of(value), |spread| spread.deviation(*ddof))
            }
        })
    }

    /// Add a value; what it makes, NaN at a gap and while the values are too few.
    pub fn push(&mut self, value: f64) -> f64 {
        if !value.is_finite() {
            return f64::NAN;
        }
        plain(match self {
            Self::Sma(window, count) => take(window, Sum(value), |sum| sum.0 / *count),
            Self::Wma(window, weights) => take(window, WeightedSum::of(value), |sum| {
                sum.weighted / *weights
            }),
            Self::Ema(state) => state.push(value),
            Self::Rsi(state) => state.push(value),
            Self::Least(window) => take(window, Least(value), |least| least.0),
            Self::Greatest(window) => take(window, Greatest(value), |greatest| greatest.0),
            Self::Deviation(window, ddof) => {
                take(window, Spread::of(value), |spread| spread.deviation(*ddof))
            }
        })
    }

    /// Add values, one result for each.
    ///
    /// # Panics
    /// When `values` and `out` differ in length.
    pub fn extend(&mut self, values: &[f64], out: &mut [f64]) {
        assert_eq!(values.len(), out.len());
        for (&value, result) in values.iter().zip(out) {
            *result = self.push(value);
        }
    }

    /// Forget all values.
    pub fn clear(&mut self) {
        match self {
            Self::Sma(window, _) => window.clear(),
            Self::Wma(window, _) => window.clear(),
            Self::Ema(state) => state.clear(),
            Self::Rsi(state) => state.clear(),
            Self::Least(window) => window.clear(),
            Self::Greatest(window) => window.clear(),
            Self::Deviation(window, _) => window.clear(),
        }
    }
}

/// A result whose NaN is the one of `f64::NAN`: which one arithmetic makes is not laid down.
pub(crate) fn plain(result: f64) -> f64 {
    if result.is_nan() { f64::NAN } else { result }
}

fn look<S: Summary>(window: &Window<S>, value: S, result: impl Fn(S) -> f64) -> f64 {
    if window.is_nearly_full() {
        result(window.peek(value))
    } else {
        f64::NAN
    }
}

fn take<S: Summary>(window: &mut Window<S>, value: S, result: impl Fn(S) -> f64) -> f64 {
    let summary = window.push(value);
    if window.is_full() {
        result(summary)
    } else {
        f64::NAN
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUES: [f64; 12] = [
        4.0,
        -1.0,
        f64::NAN,
        2.5,
        0.0,
        7.0,
        7.0,
        f64::INFINITY,
        -3.0,
        1e-3,
        12.0,
        5.0,
    ];

    type Make = (fn(usize) -> Signal, fn(&[f64]) -> f64);

    /// Each signal of a window with what it means, in plain words of code.
    const MEANINGS: [Make; 5] = [
        (Signal::sma, |w| w.iter().sum::<f64>() / w.len() as f64),
        (Signal::wma, |w| {
            let weights: f64 = (1..=w.len()).map(|place| place as f64).sum();
            let sum: f64 = w.iter().zip(1..).map(|(v, k)| v * f64::from(k)).sum();
            sum / weights
        }),
        (Signal::least, |w| {
            w.iter().copied().fold(f64::INFINITY, f64::min)
        }),
        (Signal::greatest, |w| {
            w.iter().copied().fold(f64::NEG_INFINITY, f64::max)
        }),
        (
            |length| Signal::deviation(length, 0),
            |w| {
                let mean = w.iter().sum::<f64>() / w.len() as f64;
                (w.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / w.len() as f64).sqrt()
            },
        ),
    ];

    #[test]
    fn windows_hold_the_newest_finite_values() {
        for (make, meaning) in MEANINGS {
            for length in 1..8 {
                let mut signal = make(length);
                let mut finite = Vec::new();
                for value in VALUES {
                    let peeked = signal.peek(value);
                    let found = signal.push(value);
                    assert_eq!(peeked.to_bits(), found.to_bits());
                    if !value.is_finite() {
                        assert!(found.is_nan());
                        continue;
                    }
                    finite.push(value);
                    if finite.len() < length {
                        assert!(found.is_nan());
                    } else {
                        let expected = meaning(&finite[finite.len() - length..]);
                        assert!((found - expected).abs() <= 1e-12, "{found} {expected}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_stream_of_any_parts_makes_what_the_whole_makes() {
        for make in [
            Signal::sma,
            Signal::wma,
            Signal::ema,
            Signal::rsi,
            Signal::least,
        ] {
            let mut whole = [0.0; VALUES.len()];
            make(3).extend(&VALUES, &mut whole);
            for cut in 0..VALUES.len() {
                let mut signal = make(3);
                let mut parts = [0.0; VALUES.len()];
                signal.extend(&VALUES[..cut], &mut parts[..cut]);
                signal.extend(&VALUES[cut..], &mut parts[cut..]);
                assert_eq!(parts.map(f64::to_bits), whole.map(f64::to_bits));
                signal.clear();
                signal.extend(&VALUES, &mut parts);
                assert_eq!(parts.map(f64::to_bits), whole.map(f64::to_bits));
            }
        }
    }

    #[test]
    fn an_extreme_that_left_leaves_nothing_behind() {
        let mut mean = Signal::sma(3);
        let mut spread = Signal::deviation(3, 1);
        for value in [1e300, -1e300, 0.1, 0.2, 0.3] {
            mean.push(value);
            spread.push(value);
        }
        assert!((mean.push(0.4) - 0.3).abs() < 1e-15);
        assert!((spread.push(0.4) - 0.1).abs() < 1e-15);
    }

    #[test]
    fn rises_alone_are_a_hundred_and_falls_alone_nothing() {
        let mut rises = Signal::rsi(2);
        let mut falls = Signal::rsi(2);
        let found: Vec<(f64, f64)> = (0..5)
            .map(|k| (rises.push(f64::from(k)), falls.push(f64::from(-k))))
            .collect();
        let [(rise, fall), ..] = found[1..] else {
            unreachable!()
        };
        assert_eq!([rise, fall].map(f64::to_bits), [f64::NAN.to_bits(); 2]);
        assert_eq!(found[2..], [(100.0, 0.0); 3]);
    }
}
