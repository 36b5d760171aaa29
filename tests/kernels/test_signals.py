"""Signals: recorded reference values, plain Python, and streams in parts."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from piker import kernels
from piker.brokers.replay.tables import read_table
from piker.errors import InputError
from piker.kernels import Rolling, RollingVwap, rolling_std, sma, vwap
from tests.kernels import oracle
from tests.support import data_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Series = NDArray[np.float64]

values = st.one_of(
    st.floats(-1e6, 1e6), st.sampled_from([0.0, -0.0, math.nan, math.inf, -math.inf])
)
series = st.lists(values, max_size=80).map(lambda items: np.array(items, np.float64))
lengths = st.integers(1, 20)

MAKERS: dict[str, Callable[[int], Rolling]] = {
    'sma': Rolling.sma,
    'wma': Rolling.wma,
    'ema': Rolling.ema,
    'rsi': Rolling.rsi,
    'rolling_min': Rolling.least,
    'rolling_max': Rolling.greatest,
    'rolling_std': Rolling.deviation,
}


@pytest.mark.parametrize(
    ('name', 'length'), [('sma', 20), ('ema', 20), ('wma', 14), ('rsi', 14), ('vwap', 0)]
)
def test_recorded_reference_values_are_met(name: str, length: int) -> None:
    quotes = read_table(data_path('indicators', 'quotes_default.csv')).columns
    recorded = json.loads(data_path('indicators', f'{name}.standard.json').read_text())
    expected = np.array([row[name] for row in recorded], np.float64)
    if name == 'vwap':
        typical = (quotes['high'] + quotes['low'] + quotes['close']) / 3
        found = vwap(typical, quotes['volume'])
    else:
        found = getattr(kernels, name)(quotes['close'], length)
    assert len(expected) == 502
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-9)


@pytest.mark.parametrize('name', list(oracle.SIGNALS))
@given(series, lengths)
def test_signals_equal_their_twins(name: str, y: Series, length: int) -> None:
    found = getattr(kernels, name)(y, length)
    expected = np.array(oracle.SIGNALS[name](y.tolist(), length), np.float64)
    scale = max(1.0, float(np.abs(y[np.isfinite(y)]).max(initial=0.0)))
    # A spread of nothing may come out as the rounding of the mean, squared and rooted again.
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9 * scale)


@pytest.mark.parametrize('name', list(MAKERS))
@given(series, lengths, st.integers(0, 80))
def test_a_stream_in_parts_makes_what_the_whole_makes_bit_for_bit(
    name: str, y: Series, length: int, cut: int
) -> None:
    whole = getattr(kernels, name)(y, length)
    state = MAKERS[name](length)
    parts = np.concatenate((state.push(y[:cut]), state.push(y[cut:])))
    assert parts.tobytes() == whole.tobytes()
    state.clear()
    assert state.push(y).tobytes() == whole.tobytes()


@pytest.mark.parametrize('name', list(MAKERS))
@given(series.filter(len), lengths)
def test_a_peek_says_what_the_push_makes_and_takes_nothing(
    name: str, y: Series, length: int
) -> None:
    state = MAKERS[name](length)
    for value in y:
        peeked = [state.peek(value), state.peek(value)]
        made = state.push([value])[0]
        assert np.array(peeked).tobytes() == np.array([made, made]).tobytes()


def test_an_extreme_that_left_the_window_leaves_nothing_behind() -> None:
    y = [1e300, -1e300, 0.1, 0.2, 0.3, 0.4]
    assert sma(y, 3)[-1] == pytest.approx(0.3, abs=1e-15)
    assert rolling_std(y, 3, ddof=1)[-1] == pytest.approx(0.1, abs=1e-15)


def test_long_windows_do_not_drift() -> None:
    y = 1e6 + np.random.default_rng(7).standard_normal(200_000).cumsum()
    found = rolling_std(y, 1000)[-1]
    assert found == pytest.approx(y[-1000:].std(), rel=1e-10)
    assert sma(y, 1000)[-1] == pytest.approx(math.fsum(y[-1000:]) / 1000, rel=1e-14)


def test_an_average_by_volume_is_cleared_with_its_session() -> None:
    state = RollingVwap()
    assert state.push([2.0, math.nan, 5.0], [1.0, 9.0, 2.0]).tolist()[::2] == [2.0, 4.0]
    assert state.peek(8.0, 1.0) == 5.0
    state.clear()
    assert state.push([9.0], [0.5]).tolist() == [9.0]
    assert np.isnan(vwap([1.0], [0.0])).all()


@pytest.mark.parametrize('name', list(MAKERS))
@pytest.mark.parametrize('length', [0, -1, 2**26 + 1, 2**63, 1.5, None, '3'])
def test_a_length_that_cannot_be_is_named(name: str, length: int) -> None:
    with pytest.raises(InputError, match='length'):
        getattr(kernels, name)([1.0], length)


def test_wrong_series_are_named() -> None:
    with pytest.raises(InputError, match='invalid y'):
        sma([[1.0]], 2)
    with pytest.raises(InputError, match='equally long'):
        vwap([1.0, 2.0], [1.0])
    with pytest.raises(InputError, match='ddof'):
        rolling_std([1.0], 3, ddof=-1)
    with pytest.raises(InputError, match='length'):
        rolling_std([1.0], 3, ddof=3)
    with pytest.raises(InputError, match='value'):
        Rolling.sma(2).peek('x')  # type: ignore[arg-type]
