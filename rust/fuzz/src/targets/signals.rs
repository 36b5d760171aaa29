//! Signals as streams.

use piker_signal::{Signal, Vwap};

use crate::source::Source;
use crate::targets::extremes::bounds_twin;

/// A signal by its number.
fn make(which: usize, length: usize, ddof: usize) -> Signal {
    match which {
        0 => Signal::sma(length),
        1 => Signal::wma(length),
        2 => Signal::ema(length),
        3 => Signal::rsi(length),
        4 => Signal::least(length),
        5 => Signal::greatest(length),
        _ => Signal::deviation(length, ddof),
    }
}

fn same(one: f64, other: f64) -> bool {
    one.to_bits() == other.to_bits() || (one.is_nan() && other.is_nan())
}

/// A stream in parts makes what the whole makes, a look what a step makes, and extremes are those of
/// the newest finite values.
///
/// # Panics
/// When one of these does not hold.
pub fn signals(source: &mut Source) {
    let (which, length) = (source.below(7), 1 + source.length(70));
    let ddof = source.below(length);
    let values = source.series(300);
    let mut whole = vec![0.0; values.len()];
    make(which, length, ddof).extend(&values, &mut whole);
    let mut signal = make(which, length, ddof);
    if source.one_in(2) {
        let before = source.series(200);
        signal.extend(&before, &mut vec![0.0; before.len()]);
        signal.clear();
    }
    let mut finite = Vec::new();
    for (&value, &expected) in values.iter().zip(&whole) {
        assert!(same(signal.peek(value), expected));
        assert!(same(signal.push(value), expected));
        if !value.is_finite() {
            assert!(expected.is_nan());
            continue;
        }
        finite.push(value);
        let needed = length + usize::from(which == 3);
        if finite.len() < needed {
            assert!(expected.is_nan());
        } else if which == 4 || which == 5 {
            let bounds = bounds_twin(&finite[finite.len() - length..]);
            let (least, greatest) = bounds.expect("finite values");
            assert_eq!(expected, if which == 4 { least } else { greatest });
        }
    }
}

/// Turnover over volume.
///
/// # Panics
/// When it is not the twin's, or a look not the step's.
pub fn vwap(source: &mut Source) {
    let prices = source.series(100);
    let volumes = source.values(prices.len());
    let mut state = Vwap::default();
    let (mut turnover, mut volume) = (0.0, 0.0);
    for (&price, &size) in prices.iter().zip(&volumes) {
        let mut expected = f64::NAN;
        if price.is_finite() && size.is_finite() {
            turnover += price * size;
            volume += size;
            expected = turnover / volume;
        }
        assert!(same(state.peek(price, size), expected));
        assert!(same(state.push(price, size), expected));
    }
    state.clear();
    assert!(same(state.push(2.0, 1.0), 2.0));
}
