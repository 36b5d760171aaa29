"""The series and the places over which every kernel is compared with its twin; all are seeded."""

from __future__ import annotations

import numpy as np

__all__ = ['PLACES', 'SERIES', 'WIDTHS']

RANDOM = np.random.default_rng(20)
WALK = np.round(RANDOM.normal(size=700).cumsum(), 2)
EPOCH_NS = 1_700_000_000_000_000_000


def spoilt(values: np.ndarray, *spoils: float, part: float = 0.3) -> np.ndarray:
    """Return values some of which are replaced."""
    found = values.copy()
    places = RANDOM.random(len(values)) < part
    found[places] = RANDOM.choice(spoils, places.sum())
    return found


# Longer ones reach two levels of a pyramid; 64, 512 and 576 rows fill whole nodes.
SERIES: dict[str, np.ndarray] = {
    'empty': np.empty(0),
    'single': np.array([3.5]),
    'single zero': np.array([0.0]),
    'single gap': np.array([np.nan]),
    'walk': WALK,
    'a leaf': WALK[:64],
    'whole nodes': WALK[:512],
    'whole nodes and a leaf': WALK[:576],
    'nan': spoilt(WALK, np.nan),
    'infinities': spoilt(WALK, np.inf, -np.inf),
    'every gap': spoilt(WALK, np.nan, np.inf, -np.inf, part=0.97),
    'gaps only': np.full(600, np.nan),
    'infinities only': np.tile([np.inf, -np.inf], 300),
    'gaps at both ends': np.concatenate([[np.nan] * 130, WALK[:200], [np.inf] * 130]),
    'negative': -np.abs(WALK) - 1,
    'positive': np.abs(WALK) + 1,
    'constant': np.full(600, 7.25),
    'zeros': np.zeros(600),
    'zeros of both signs': np.tile([0.0, -0.0, -0.0], 200),
    'zeros among negative ones': spoilt(-np.abs(WALK) - 1, 0.0),
    'subnormal': RANDOM.choice([5e-324, -5e-324, 1e-310, 2.2250738585072014e-308], 300),
    'ends of float64': RANDOM.choice([1.7976931348623157e308, -1.7976931348623157e308, 1.0], 300),
    'extreme at the first row': np.concatenate([[-1e9], WALK]),
    'extreme at the last row': np.concatenate([WALK, [1e9]]),
    'ascending': np.arange(600.0),
    'descending': -np.arange(600.0),
}

STEPS = RANDOM.integers(0, 5, 701)
PLACES: dict[str, np.ndarray] = {
    'rows from 0': np.arange(701),
    'floats from 0': np.arange(701.0),
    'rows before 0': np.arange(-350, 351),
    'integers with gaps and ties': np.cumsum(STEPS),
    'floats with gaps and ties': np.cumsum(STEPS) * 0.1 - 7.3,
    'tenths': np.arange(701) * 0.1,
    'minutes in ns': EPOCH_NS + np.arange(701) * 60_000_000_000,
    'trades in ns': EPOCH_NS + np.cumsum(STEPS * 1_000_001),
    'wide gaps': np.cumsum(np.where(STEPS == 0, 100_000, 1)),
    'all the same': np.full(701, 12.5),
}

# Of columns, in mean steps: ones that divide the range, ones that do not, a narrow and a wide one.
WIDTHS = (1.0, 7.0, 10.0, 0.3, 33.37, 1e6)
