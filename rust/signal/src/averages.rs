//! The exponential moving average.

/// Mean of the first `length` values, then each new value with the weight `2 / (length + 1)`.
#[derive(Clone, Debug)]
pub struct Ema {
    length: usize,
    weight: f64,
    count: usize,
    /// The sum of the values while they are fewer than `length`, then the average.
    value: f64,
}

impl Ema {
    /// Over `length` values, with the usual weight.
    #[must_use]
    pub fn new(length: usize) -> Self {
        Self::weighted(length, 2.0 / (length as f64 + 1.0))
    }

    /// Over `length` values, with the weight `1 / length` that Wilder's averages have.
    #[must_use]
    pub fn wilder(length: usize) -> Self {
        Self::weighted(length, 1.0 / length as f64)
    }

    fn weighted(length: usize, weight: f64) -> Self {
        Self {
            length,
            weight,
            count: 0,
            value: 0.0,
        }
    }

    /// The average that pushing `value` would make, NaN while the values are too few.
    #[must_use]
    pub fn peek(&self, value: f64) -> f64 {
        if self.count + 1 < self.length {
            return f64::NAN;
        }
        self.after(value)
    }

    /// Add a value; the new average, NaN while the values are too few.
    pub fn push(&mut self, value: f64) -> f64 {
        self.value = self.after(value);
        self.count = self.length.min(self.count + 1);
        if self.count < self.length {
            f64::NAN
        } else {
            self.value
        }
    }

    /// Forget all values.
    pub fn clear(&mut self) {
        (self.count, self.value) = (0, 0.0);
    }

    fn after(&self, value: f64) -> f64 {
        if self.count < self.length {
            let sum = self.value + value;
            if self.count + 1 < self.length {
                sum
            } else {
                sum / self.length as f64
            }
        } else if self.length == 1 {
            // Weight 1: the value itself, from which a much greater mean would leave nothing.
            value
        } else {
            self.value + self.weight * (value - self.value)
        }
    }
}
