"""`ds_m4` and `bounds`: columns by the values of x."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from piker.errors import InputError
from piker.kernels import bounds, ds_m4, oversampling
from tests.kernels import oracle, strategies


def assert_equals_twin(x: np.ndarray, y: np.ndarray, uppx: float, origin: float) -> None:
    found = ds_m4(x, y, uppx, origin)
    left, values = oracle.m4(x.tolist(), y.tolist(), uppx, origin)
    np.testing.assert_array_equal(found.x, np.array(left))
    np.testing.assert_array_equal(found.y, np.array(values).reshape(-1, 4))
    # What is drawn has the bounds of what was given: no extreme is lost, none invented.
    np.testing.assert_array_equal(found.bounds, oracle.bounds(y))


@given(strategies.points(whole=False))
def test_columns_of_floats_equal_the_twin(
    drawn: tuple[np.ndarray, np.ndarray, float, float],
) -> None:
    assert_equals_twin(*drawn)


@given(strategies.points(whole=True))
def test_columns_of_integers_equal_the_twin(
    drawn: tuple[np.ndarray, np.ndarray, float, float],
) -> None:
    assert_equals_twin(*drawn)


@given(strategies.points(whole=False))
def test_there_are_at_most_as_many_columns_as_pixels(
    drawn: tuple[np.ndarray, np.ndarray, float, float],
) -> None:
    x, y, uppx, origin = drawn
    assert len(ds_m4(x, y, uppx, origin).x) <= np.ceil((x[-1] - x[0]) / uppx) + 1


@given(strategies.series())
def test_bounds_are_those_of_the_finite_values(y: np.ndarray) -> None:
    np.testing.assert_array_equal(bounds(y), oracle.bounds(y))


def test_golden_columns() -> None:
    x = [3, 4, 5, 9, 10, 11, 20]
    y = [1.0, -2.0, 0.5, 0.0, np.nan, 7.0, np.inf]
    found = ds_m4(x, y, 2.0)
    assert found.x.tolist() == [3.0, 5.0, 9.0, 11.0]
    assert found.y.tolist() == [
        [1.0, -2.0, 1.0, -2.0],
        [0.5, 0.5, 0.5, 0.5],
        [0.0, 0.0, 0.0, 0.0],
        [7.0, 7.0, 7.0, 7.0],
    ]
    assert found.bounds == (-2.0, 7.0)


def test_panning_never_changes_a_column_that_stays_whole() -> None:
    y = np.random.default_rng(1).normal(size=5000)
    x = np.arange(5000)
    whole = ds_m4(x, y, 12.5, origin=0)
    part = ds_m4(x[1250:3750], y[1250:3750], 12.5, origin=0)
    np.testing.assert_array_equal(part.x, whole.x[100:300])
    np.testing.assert_array_equal(part.y, whole.y[100:300])


def test_points_on_rounded_edges_belong_to_the_column_that_begins_there() -> None:
    k = np.arange(100_000)
    x = 7.7 + k * 0.1
    found = ds_m4(x, k.astype(float), 0.1, origin=7.7)
    np.testing.assert_array_equal(found.x, x)


def test_nanoseconds_of_an_epoch_are_told_apart() -> None:
    start = 1_723_104_000_000_000_001
    x = start + np.arange(1000, dtype=np.int64)
    found = ds_m4(x, np.arange(1000.0), 10.0)
    np.testing.assert_array_equal(found.y[:, 0], np.arange(0.0, 1000.0, 10.0))


@pytest.mark.parametrize('uppx', [3e6, 1e6 / 3, 2.5e6, 7e5 + 0.3])
@pytest.mark.parametrize('start', [17 * 10**17, -17 * 10**17 - 1])
def test_edges_of_nanoseconds_are_exact_far_from_the_origin(start: int, uppx: float) -> None:
    x = start + np.arange(3001) * 10**6
    y = np.arange(3001.0)
    assert_equals_twin(x, y, uppx, 0)


@pytest.mark.parametrize('empty', [[], np.empty(0), np.empty(0, np.int64)])
def test_nothing_has_no_columns_and_no_bounds(empty: list[float]) -> None:
    found = ds_m4(empty, [], 1.0)
    assert found.x.shape == (0,)
    assert found.y.shape == (0, 4)
    assert np.isnan(found.bounds).all()
    assert np.isnan(bounds([])).all()


def test_gaps_only_have_no_columns() -> None:
    assert ds_m4([1, 2, 3], [np.nan, np.inf, -np.inf], 1.0).x.size == 0


def test_a_single_point_is_its_own_column() -> None:
    found = ds_m4([5.5], [-3.0], 1e-9)
    assert (found.x.tolist(), found.y.tolist()) == ([5.5], [[-3.0] * 4])


def test_layout_and_type_of_arrays_do_not_matter() -> None:
    x = np.arange(100)
    y = np.sin(x)
    expected = ds_m4(x, y, 7.0)
    table = np.zeros((100, 3), order='C')
    table[:, 1] = y
    packed = np.zeros(100, np.dtype([('kind', 'u1'), ('y', 'f8')]))
    packed['y'] = y
    for same_x in (x.tolist(), x.astype('i4'), x.astype('>i8'), x.astype('u8'), x.astype('f4')):
        for same_y in (y.tolist(), table[:, 1], packed['y'], np.asfortranarray(table)[:, 1]):
            np.testing.assert_array_equal(ds_m4(same_x, same_y, 7.0).y, expected.y)


@pytest.mark.parametrize('uppx', [0, -1.0, np.nan, np.inf, 'two', None])
def test_uppx_is_a_positive_number(uppx: float) -> None:
    with pytest.raises(InputError, match='invalid uppx: not a'):
        ds_m4([0, 1], [0.0, 1.0], uppx)


@pytest.mark.parametrize(
    ('x', 'y', 'message'),
    [
        ([0.0, 1.0], [0.0], 'x and y: not equally long'),
        ([0.0, np.nan], [0.0, 1.0], r'x\[1\] is not finite'),
        ([0.0, np.inf], [0.0, 1.0], r'x\[1\] is not finite'),
        ([1, 0], [0.0, 1.0], 'not ascending'),
        (['a'], [1.0], 'invalid x: not real numbers'),
        ([1.0], [1j], 'invalid y: not real numbers'),
        ([[1.0]], [1.0], r'invalid x: not of one dimension, was of shape \(1, 1\)'),
        ([[1.0], []], [1.0], 'invalid x: not one number a row'),
        ([1.0], 3.0, r'invalid y: not of one dimension, was of shape \(\)'),
    ],
)
def test_points_that_are_none_are_named(x: list[float], y: list[float], message: str) -> None:
    with pytest.raises(InputError, match=message):
        ds_m4(x, y, 1.0)


@pytest.mark.parametrize('kind', [np.int64, np.float64])
def test_no_column_comes_twice_where_x_descends_between_its_ends(kind: type[np.generic]) -> None:
    x = np.concatenate([np.arange(100), np.arange(200)]).astype(kind)
    with pytest.raises(InputError, match=r'invalid x: not ascending, x\[1\d\d\] is left of'):
        ds_m4(x, np.ones(300), 10.0)
    # More points than one thread takes.
    long = np.tile(np.arange(3_000_000), 2).astype(kind)
    with pytest.raises(InputError, match='invalid x: not ascending'):
        ds_m4(long, np.ones(len(long)), 1000.0)


@given(st.lists(st.integers(0, 300), min_size=1, max_size=200), st.sampled_from([1.0, 7.5, 40.0]))
def test_columns_ascend_and_hold_each_point_once_or_x_is_refused(x: list[int], uppx: float) -> None:
    y = np.random.default_rng(3).normal(size=len(x))
    refused = ''
    try:
        found = ds_m4(x, y, uppx, origin=0)
    except InputError as error:
        refused = str(error)
    if refused:
        assert refused.startswith('invalid x: not ascending')
        assert x != sorted(x)
        return
    assert (np.diff(found.x) > 0).all()
    assert found.bounds == bounds(y)
    assert found.y[0, 0] == y[0]
    assert found.y[-1, 3] == y[-1]


@pytest.mark.parametrize('origin', [np.nan, np.inf, 'here'])
def test_an_origin_is_a_finite_number(origin: float) -> None:
    with pytest.raises(InputError, match='invalid origin'):
        ds_m4([0, 1], [0.0, 1.0], 1.0, origin)


def test_columns_too_fine_for_float64_are_refused_not_guessed() -> None:
    with pytest.raises(InputError, match=r'cannot tell columns of 0\.001 apart'):
        ds_m4([1e18, 1e18 + 1024], [0.0, 1.0], 1e-3, origin=0)
    with pytest.raises(InputError, match=r'invalid origin: 2\*\*63 - 1 or further'):
        ds_m4(np.array([2**62]), [0.0], 1.0, origin=-(2**62))


@pytest.mark.parametrize('integer', [False, True])
@pytest.mark.parametrize('rows', [3, 64, 10_000])
def test_oversampling_divides_each_pixel_into_whole_columns(rows: int, integer: bool) -> None:
    x = np.arange(100_000, dtype=np.int64 if integer else np.float64)
    y = np.random.default_rng(5).standard_normal(len(x)).cumsum()
    found = ds_m4(x, y, float(rows), origin=0, is_oversampled=True)
    parts = oversampling(rows * len(x) / (len(x) - 1))
    expected = ds_m4(x, y, rows / parts, origin=0)
    if integer:
        # Divided exactly, as where they are scaled so that a column is a whole number of them.
        scaled = ds_m4(x * parts, y, float(rows), origin=0)
        expected = scaled._replace(x=scaled.x / parts)
    np.testing.assert_array_equal(found.x, expected.x)
    np.testing.assert_array_equal(found.y, expected.y)
    pixels = ds_m4(x, y, float(rows), origin=0)
    assert np.isin(pixels.x, found.x).all()


def test_a_fractional_origin_does_not_round_integers() -> None:
    y = np.arange(2.0)
    found = ds_m4([0, 1], y, 1.0, origin=-0.5)
    assert found.x.tolist() == [-0.5, 0.5]
    for x in ([0, 2**53 + 1], [-(2**53) - 1, 0], [17 * 10**17, 17 * 10**17 + 1]):
        with pytest.raises(InputError, match=r'invalid origin: not a whole number, was 0\.5'):
            ds_m4(x, y, 1.0, origin=0.5)


def test_unsigned_integers_keep_every_digit_too() -> None:
    x = 17 * 10**17 + np.arange(1000, dtype=np.uint64)
    found = ds_m4(x, np.arange(1000.0), 10.0)
    np.testing.assert_array_equal(found.y[:, 0], np.arange(0.0, 1000.0, 10.0))


def test_oversampling_falls_from_16_to_1_by_whole_numbers() -> None:
    factors = [oversampling(rows) for rows in np.geomspace(1e-3, 1e6, 500)]
    assert (factors[0], oversampling(64), factors[-1]) == (16, 9, 1)
    assert (np.diff(factors) <= 0).all()
    assert oversampling(np.inf) == 1
    for wrong in (-1.0, np.nan, 'x'):
        with pytest.raises(InputError, match='rows'):
            oversampling(wrong)  # type: ignore[arg-type]


def test_oversampling_leaves_series_without_width_alone() -> None:
    for x in ([], [4.0], [4.0, 4.0]):
        y = np.arange(float(len(x)))
        found, expected = (ds_m4(x, y, 2.0, is_oversampled=flag) for flag in (True, False))
        np.testing.assert_array_equal(found.y, expected.y)
