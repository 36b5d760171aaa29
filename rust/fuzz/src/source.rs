//! Where inputs come from: a seed, and rules that prefer edges.

/// Values that are drawn more often than chance would.
const ODD: [f64; 18] = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    f64::NAN,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::MIN_POSITIVE,
    5e-324,
    -5e-324,
    f64::MAX,
    f64::MIN,
    f64::EPSILON,
    4_503_599_627_370_496.0,
    9_007_199_254_740_993.0,
    9.3e18,
    -9.3e18,
    1.7e18,
];

/// A stream of choices that a seed determines.
///
/// xorshift64*, after Vigna: "An experimental exploration of Marsaglia's xorshift generators,
/// scrambled", 2016.
#[derive(Clone, Debug)]
pub struct Source {
    state: u64,
}

impl Source {
    /// The choices of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        // Neighbouring seeds are spread, and none becomes 0, where the generator would stay.
        let mixed = (seed ^ 0x9e37_79b9_7f4a_7c15).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        Self {
            state: mixed ^ (mixed >> 31) | 1,
        }
    }

    /// Any number of 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        self.state.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number below `bound`, which is positive.
    pub fn below(&mut self, bound: usize) -> usize {
        (((self.bits() >> 32) * bound as u64) >> 32) as usize
    }

    /// A number from `low` to `high`, both of them included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low + 1) as usize) as i64
    }

    /// Whether something of one in `times` happens.
    pub fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// One of several.
    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    /// A length up to `most`, short ones and multiples of blocks more often.
    pub fn length(&mut self, most: usize) -> usize {
        let wanted = match self.below(4) {
            0 => self.below(4),
            1 => self.pick(&[4, 8, 31, 32, 33, 63, 64, 65, 127, 128, 512, 576]),
            _ => self.below(most + 1),
        };
        wanted.min(most)
    }

    /// Any `f64`: an odd one, any bits, or a number like a price.
    pub fn float(&mut self) -> f64 {
        match self.below(8) {
            0 => self.pick(&ODD),
            1 => f64::from_bits(self.bits()),
            2 => self.between(-3, 3) as f64,
            _ => self.between(-1_000_000, 1_000_000) as f64 / 64.0,
        }
    }

    /// A number like a price.
    pub fn price(&mut self) -> f64 {
        self.between(-1_000_000, 1_000_000) as f64 / 64.0
    }

    /// A positive finite number.
    pub fn positive(&mut self) -> f64 {
        let found = match self.below(6) {
            0 => self.pick(&[5e-324, f64::MIN_POSITIVE, 1e-9, 1.0, 1e9, 1e300, f64::MAX]),
            1 => f64::from_bits(self.bits()).abs(),
            2 => self.between(1, 100) as f64 / 3.0,
            _ => self.between(1, 5000) as f64 / 8.0,
        };
        if found > 0.0 && found.is_finite() {
            found
        } else {
            1.0
        }
    }

    /// Any `i64`, ends of its range more often.
    pub fn integer(&mut self) -> i64 {
        match self.below(6) {
            0 => self.pick(&[i64::MIN, i64::MIN + 1, i64::MAX - 1, i64::MAX, 0, -1, 1]),
            1 => self.bits() as i64,
            2 => 1_700_000_000_000_000_000 + self.between(-1000, 1000),
            _ => self.between(-5000, 5000),
        }
    }

    /// A series of up to `most` values, in memory that is exactly as long.
    pub fn series(&mut self, most: usize) -> Box<[f64]> {
        let count = self.length(most);
        self.values(count)
    }

    /// A series of `count` values: any, prices with gaps, one value again and again, or gaps only.
    pub fn values(&mut self, count: usize) -> Box<[f64]> {
        let style = self.below(4);
        let constant = self.float();
        (0..count)
            .map(|_| match style {
                0 => self.float(),
                1 if self.one_in(7) => self.pick(&[f64::NAN, f64::INFINITY, f64::NEG_INFINITY]),
                1 | 2 => self.price(),
                _ => constant,
            })
            .collect()
    }

    /// Two ends within 0 and `len`, the lower first.
    pub fn window(&mut self, len: usize) -> (i64, i64) {
        let (one, other) = (self.below(len + 1) as i64, self.below(len + 1) as i64);
        (one.min(other), one.max(other))
    }
}
