//! The volume-weighted average price since a moment.

use crate::signal::plain;

/// Turnover over volume, each summed up from the first row.
#[derive(Clone, Debug, Default)]
pub struct Vwap {
    turnover: f64,
    volume: f64,
}

impl Vwap {
    /// The average that pushing a row would make; NaN at a gap and while there is no volume.
    #[must_use]
    pub fn peek(&self, price: f64, volume: f64) -> f64 {
        if !price.is_finite() || !volume.is_finite() {
            return f64::NAN;
        }
        plain((self.turnover + price * volume) / (self.volume + volume))
    }

    /// Add a row; the new average, NaN at a gap and while there is no volume.
    pub fn push(&mut self, price: f64, volume: f64) -> f64 {
        let average = self.peek(price, volume);
        if price.is_finite() && volume.is_finite() {
            self.turnover += price * volume;
            self.volume += volume;
        }
        average
    }

    /// Forget all rows, as a session's opening does.
    pub fn clear(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_count_by_their_volume() {
        let mut vwap = Vwap::default();
        assert_eq!(vwap.push(1.0, 0.0).to_bits(), f64::NAN.to_bits());
        assert_eq!(vwap.push(2.0, 1.0), 2.0);
        assert!(vwap.push(f64::NAN, 5.0).is_nan());
        assert_eq!(vwap.peek(5.0, 2.0), 4.0);
        assert_eq!(vwap.push(5.0, 2.0), 4.0);
        vwap.clear();
        assert_eq!(vwap.push(9.0, 0.5), 9.0);
    }
}
