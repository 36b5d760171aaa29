"""What property tests draw: series with gaps, zeros and extremes, and ascending places."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

GAPS = [np.nan, np.inf, -np.inf]

prices = st.floats(-1e6, 1e6, allow_nan=False).map(lambda value: round(value, 4) + 0.0)
values = st.one_of(prices, st.just(0.0), st.sampled_from(GAPS))


def series(min_size: int = 0, max_size: int = 300) -> st.SearchStrategy[np.ndarray]:
    """Values with gaps, some of them gaps only."""
    gaps = st.sampled_from([0.0, np.nan])
    return st.integers(min_size, max_size).flatmap(
        lambda size: hnp.arrays(np.float64, size, elements=values, fill=gaps)
    )


def long_series(max_size: int = 6000) -> st.SearchStrategy[np.ndarray]:
    """Long walks with gaps, made from a seed: what needs several levels of a pyramid."""

    def make(size: int, seed: int, gaps: float) -> np.ndarray:
        random = np.random.default_rng(seed)
        walk = np.round(np.cumsum(random.normal(size=size)), 2) + 0.1
        walk[random.random(size) < gaps] = random.choice(GAPS)
        return walk

    return st.builds(
        make,
        st.integers(0, max_size),
        st.integers(0, 2**32 - 1),
        st.sampled_from([0.0, 0.1, 0.99, 1.0]),
    )


@st.composite
def points(draw: st.DrawFn, *, whole: bool) -> tuple[np.ndarray, np.ndarray, float, float]:
    """x with gaps and a non-zero start, y, uppx and an origin."""
    y = draw(series(1, 200))
    if whole:
        start = draw(st.sampled_from([0, -7, 1_700_000_000_000_000_000, -(2**62)]))
        steps = draw(hnp.arrays(np.int64, len(y) - 1, elements=st.integers(0, 50)))
        x = np.concatenate([[start], start + np.cumsum(steps)]).astype(np.int64)
        uppx = draw(st.sampled_from([0.25, 1.0, 1.7, 10.0, 33.0, 1e6, 3e6 + 0.1, 1e300]))
        if draw(st.booleans()) and uppx >= 1e6:
            return x, y, uppx, 0  # far from the origin
        return x, y, uppx, int(start) + draw(st.integers(-100, 100))
    begin = draw(st.floats(-1e3, 1e3))
    step = draw(st.sampled_from([0.1, 0.25, 1.0, 1 / 3]))
    gaps = draw(hnp.arrays(np.int64, len(y), elements=st.integers(0, 30)))
    places = begin + np.cumsum(gaps) * step
    uppx = draw(st.sampled_from([0.1, 0.3, 1.0, 2.5, 100.0, 1e300]))
    return places, y, uppx, draw(st.sampled_from([float(places[0]), 0.0, begin - 3.3]))
