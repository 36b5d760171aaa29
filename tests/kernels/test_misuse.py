"""Whatever a kernel is called with, it answers as documented, or names what it refuses."""

from __future__ import annotations

import inspect
import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from piker import _rust, kernels
from piker.core.rows import TICK
from piker.errors import InputError
from piker.kernels import (
    TriggerIndex,
    bar_segments,
    bounds,
    ds_m4,
    ohlc_flatten,
    ohlc_trace,
    paint_columns,
    paint_rects,
    weave_points,
)
from piker.kernels.formatter import Formatter
from tests.kernels.calls import CALLS, Call
from tests.kernels.odd import DRESSES, WRONG, anything

# Parts of other methods, which hand in what they have checked, and one that takes memory for as
# many rows as it is told; test_formatters has that.
ELSEWHERE = {'.points', '.columns', '.allocate_xy'}
# Results and descriptions, which take what they are given and compute nothing.
RECORDS = {'M4', 'BarLines', 'FieldView', 'Fired', 'FlatBars', 'Steps', 'Trigger'}
ROW_KINDS = {'row', 'row or none', 'edges', 'bars', 'table'}
WRONG_ARGUMENTS = [
    pytest.param(name, argument, id=f'{name}-{argument}')
    for name, call in CALLS.items()
    for argument in call.arguments
]
ROW_ARGUMENTS = [
    pytest.param(name, argument, id=f'{name}-{argument}')
    for name, call in CALLS.items()
    for argument, (kind, _) in call.arguments.items()
    if kind in ROW_KINDS
]


def right(call: Call) -> dict[str, Any]:
    """Return arguments that a call takes."""
    return {name: value for name, (_, value) in call.arguments.items()}


def names_of(error: InputError) -> str:
    """Return what an error names: the words between 'invalid' and the colon."""
    text = str(error)
    assert text.startswith('invalid ')
    assert '\n' not in text
    assert len(text) < 500
    text.encode()
    return text.removeprefix('invalid ').split(':')[0]


def is_named(name: str, argument: str, aliases: tuple[str, ...]) -> bool:
    """Whether an error names an argument, or a part of it as of `out[0]` or `rows['open']`."""
    return name.split('[', maxsplit=1)[0] == argument or name in aliases


def same(found: Any, expected: Any) -> bool:
    """Whether two results are of the same bits, arrays within them too."""
    if isinstance(found, tuple):
        return len(found) == len(expected) and all(map(same, found, expected))
    if isinstance(found, np.ndarray):
        is_same = bool(found.dtype == expected.dtype and found.shape == expected.shape)
        return is_same and found.tobytes() == expected.tobytes()
    if isinstance(found, float):
        return np.float64(found).tobytes() == np.float64(expected).tobytes()
    return found is expected or type(found) is type(expected)


def public_calls() -> set[str]:
    """Return the names of all functions, and of the methods of all classes, that take arguments."""
    found = set()
    for name in set(kernels.__all__) - RECORDS:
        thing = getattr(kernels, name)
        if not inspect.isclass(thing):
            found.add(name)
            continue
        names = [key for kind in thing.__mro__[:-1] for key in vars(kind)]
        members = {'': thing, **{f'.{key}': getattr(thing, key) for key in names}}
        for suffix, member in members.items():
            if suffix in ELSEWHERE and issubclass(thing, Formatter):
                continue
            if suffix.startswith('.__') and suffix != '.__contains__':
                continue
            if callable(member):
                parameters = set(inspect.signature(member).parameters) - {'self'}
                found |= {name + suffix} if parameters else set()
    return found


def test_every_public_function_and_method_is_called_here() -> None:
    assert public_calls() == set(CALLS)


@pytest.mark.parametrize('name', CALLS)
def test_right_arguments_are_taken(name: str) -> None:
    call = CALLS[name]
    call.function(**right(call))


@pytest.mark.parametrize(('name', 'argument'), WRONG_ARGUMENTS)
def test_a_wrong_argument_is_named(name: str, argument: str) -> None:
    call = CALLS[name]
    kind, _ = call.arguments[argument]
    for wrong in WRONG[kind]:
        with pytest.raises(InputError) as info:
            call.function(**{**right(call), argument: wrong})
        assert is_named(names_of(info.value), argument, call.aliases), info.value


@pytest.mark.parametrize('dress', DRESSES)
@pytest.mark.parametrize(('name', 'argument'), ROW_ARGUMENTS)
def test_rows_in_any_dress_make_the_same(name: str, argument: str, dress: str) -> None:
    call = CALLS[name]
    given = right(call)
    expected = call.function(**given)
    dressed = DRESSES[dress](given[argument])
    assert same(call.function(**{**given, argument: dressed}), expected)


@pytest.mark.parametrize('name', CALLS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_call_answers_or_names_an_argument(name: str, data: st.DataObject) -> None:
    call = CALLS[name]
    given_ = {
        argument: data.draw(anything(kind, value), label=argument)
        for argument, (kind, value) in call.arguments.items()
    }
    refused = None
    try:
        call.function(**given_)
    except InputError as error:
        refused = names_of(error)
    assert refused is None or any(is_named(refused, name, call.aliases) for name in given_)


@given(st.integers(0, 40), st.integers(0, 7))
@example(2, 1)
def test_a_run_of_ticks_may_begin_at_any_address(count: int, start: int) -> None:
    # A tick takes 34 bytes, so that the price of most lies at no multiple of 8.
    ticks = np.zeros(48, TICK)
    ticks['kind'], ticks['price'] = 1, np.arange(48)
    index = TriggerIndex(1)
    for level in range(48):
        index.add(level, kind=1, is_above=True, level=level)
    fired = index.feed(ticks[start : start + count])
    assert fired.ids.tolist() == list(range(start + count)) if count else not len(fired.ids)


def test_results_are_never_written_over_what_is_read() -> None:
    prices = np.arange(40.0).reshape(10, 4).T.copy()
    rows = dict(zip(('open', 'high', 'low', 'close'), prices, strict=True))
    memory = np.zeros(120)
    x = memory[:10]
    table = np.stack(list(rows.values()), axis=1)
    for call in (
        lambda: bar_segments(table, x, out=memory.reshape(10, 3, 4)),
        lambda: ohlc_flatten(table, x, out=(memory[:40], memory[40:80])),
        lambda: ohlc_trace(table, x, out=(memory[40:60], memory[9:29])),
        lambda: ohlc_trace(table, out=(memory[40:60], memory[59:79])),
    ):
        with pytest.raises(InputError, match='invalid out: shares memory with another array'):
            call()
    assert not memory.any()


def test_an_array_that_another_call_uses_is_named() -> None:
    y = np.zeros(4)
    bars = (y[:1], y[:1], y[:1], y[:1], y[:1])
    with pytest.raises(InputError, match='invalid out x: it is being read or written by another'):
        _rust.flatten(bars, 1.0, y, np.zeros(4))


def test_a_table_that_another_call_uses_or_that_is_read_too_is_named() -> None:
    words = 'it is being read or written by another call'
    points = np.zeros((5, 2))
    with pytest.raises(InputError, match=f'invalid out: {words}'):
        weave_points(points.ravel()[:5], np.zeros(5), points)
    image = np.zeros((3, 8), np.uint32)
    rows = image.view(np.float64)
    with pytest.raises(InputError, match=f'invalid columns: {words}'):
        paint_columns(image, rows, factor=1.0, offset=0.0, colour=0)
    with pytest.raises(InputError, match=f'invalid rects: {words}'):
        paint_rects(image, rows, 0)


def test_tables_beyond_float64_are_gaps_without_a_warning() -> None:
    image = np.zeros((3, 8), np.uint32)
    with warnings.catch_warnings():
        warnings.simplefilter('error')
        paint_rects(image, np.full((2, 4), np.longdouble('1e4000')), 0xFFFFFFFF)
    assert not image.any()


def test_numbers_beyond_float64_are_gaps_without_a_warning() -> None:
    beyond = np.array([1, np.longdouble('1e4000'), -np.longdouble('1e4000'), 3])
    with warnings.catch_warnings():
        warnings.simplefilter('error')
        assert bounds(beyond) == (1.0, 3.0)


def test_the_greatest_distance_of_an_integer_is_refused_as_no_edge_lies_behind_it() -> None:
    for x in ([0, 2**63 - 1], [2**63 - 1]):
        with pytest.raises(InputError, match=r'invalid origin: 2\*\*63 - 1 or further'):
            ds_m4(x, np.ones(len(x)), 1e18, origin=0)
    assert ds_m4([2**63 - 1], [5.0], 1e18).y.tolist() == [[5.0] * 4]
    assert ds_m4([2**63 - 1], [5.0], 1e18, origin=1).x.tolist() == [1 + 9e18]
