//! What windows are summed up to: sums, weighted sums, extremes, mean and spread.

use crate::window::Summary;

/// Plain sum.
#[derive(Clone, Copy, Debug)]
pub struct Sum(pub f64);

impl Summary for Sum {
    const EMPTY: Self = Self(0.0);
    fn join(self, newer: Self) -> Self {
        Self(self.0 + newer.0)
    }
}

/// Sum with the weights 1, 2, 3 and so on from the oldest to the newest value.
#[derive(Clone, Copy, Debug)]
pub struct WeightedSum {
    count: f64,
    sum: f64,
    /// The sum of values times their place, counted from 1.
    pub weighted: f64,
}

impl WeightedSum {
    /// Of one value.
    #[must_use]
    pub fn of(value: f64) -> Self {
        Self {
            count: 1.0,
            sum: value,
            weighted: value,
        }
    }
}

impl Summary for WeightedSum {
    const EMPTY: Self = Self {
        count: 0.0,
        sum: 0.0,
        weighted: 0.0,
    };
    fn join(self, newer: Self) -> Self {
        Self {
            count: self.count + newer.count,
            sum: self.sum + newer.sum,
            weighted: self.weighted + newer.weighted + self.count * newer.sum,
        }
    }
}

/// The least value.
#[derive(Clone, Copy, Debug)]
pub struct Least(pub f64);

impl Summary for Least {
    const EMPTY: Self = Self(f64::INFINITY);
    fn join(self, newer: Self) -> Self {
        Self(if newer.0 < self.0 { newer.0 } else { self.0 })
    }
}

/// The greatest value.
#[derive(Clone, Copy, Debug)]
pub struct Greatest(pub f64);

impl Summary for Greatest {
    const EMPTY: Self = Self(f64::NEG_INFINITY);
    fn join(self, newer: Self) -> Self {
        Self(if newer.0 > self.0 { newer.0 } else { self.0 })
    }
}

/// Count, mean and sum of squared distances from it.
///
/// Chan, Golub, `LeVeque`: "Updating Formulae and a Pairwise Algorithm for Computing Sample
/// Variances", 1979: no sum of squares whose digits cancel.
#[derive(Clone, Copy, Debug)]
pub struct Spread {
    count: f64,
    mean: f64,
    squares: f64,
}

impl Spread {
    /// Of one value.
    #[must_use]
    pub fn of(value: f64) -> Self {
        Self {
            count: 1.0,
            mean: value,
            squares: 0.0,
        }
    }

    /// The standard deviation, with the sum of squares divided by the count less `ddof`.
    #[must_use]
    pub fn deviation(self, ddof: usize) -> f64 {
        (self.squares / (self.count - ddof as f64)).sqrt()
    }
}

impl Summary for Spread {
    const EMPTY: Self = Self {
        count: 0.0,
        mean: 0.0,
        squares: 0.0,
    };
    fn join(self, newer: Self) -> Self {
        if self.count == 0.0 {
            return newer;
        }
        if newer.count == 0.0 {
            return self;
        }
        let count = self.count + newer.count;
        let step = newer.mean - self.mean;
        let share = newer.count / count;
        Self {
            count,
            mean: self.mean + step * share,
            squares: self.squares + newer.squares + step * step * self.count * share,
        }
    }
}
