"""A ring whose writer was killed amid a change: what is still answered, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from piker.data import columns
from piker.errors import Overrun, SegmentGone
from piker.kernels import ring_bounds, ring_columns, ring_positions, ring_sums
from piker.shm import ShmArray, attach_shm_array
from tests.kernels import oracle
from tests.shm.bars import bars, same_bytes
from tests.shm.children import child, token_from

if TYPE_CHECKING:
    from collections.abc import Iterator

ROWS = 700
FIELDS = ('open', 'high', 'low', 'close', 'volume')
# The writer does the first half of a change, in a ring that is full or not, and waits to be killed.
CODE = """
import ctypes
from tests.shm.bars import bars
ring = open_shm_array('theirs', 512, BAR)
ring.push(bars(0, int(sys.argv[2])))
columns = ring.field_view('open').data - 16 * ring.capacity
counters = (ctypes.c_int64 * 4).from_address(columns - 4 * 4096 + 3 * 64)

def scribble(start, stop):
    for index in range(start, stop):
        for field in range(6):
            place = columns + 8 * (2 * ring.capacity * field + index % ring.capacity)
            ctypes.c_double.from_address(place).value = 1e9

first, last = counters[0], counters[1]
match sys.argv[1]:
    case 'push':
        counters[0] = max(first, last + 1 - ring.capacity)
        scribble(last, last + 1)
    case 'prepend':
        scribble(first - 5, first)
    case 'live':
        counters[2] += 1
        scribble(last - 1, last)
    case 'revise':
        counters[3] += 1
        scribble(last - 100, last - 10)
answer(msgspec.msgpack.encode(ring.token).hex())
sys.stdin.readline()
"""


def left_by(change: str, rows: int) -> Iterator[ShmArray]:
    """Yield a ring whose writer was killed amid a change."""
    with child(CODE, change, str(rows)) as writer:
        assert writer.stdout is not None
        ring = attach_shm_array(token_from(writer.stdout.readline()))
        writer.kill()
        writer.wait()
        yield ring


@pytest.fixture(name='ring')
def dead_ring(request: pytest.FixtureRequest) -> Iterator[ShmArray]:
    yield from left_by(*request.param)


def killed_amid(*cases: tuple[str, int]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize('ring', cases, indirect=True, ids=str)


def assert_closed_rows(ring: ShmArray, start: int, stop: int) -> None:
    """Check rows, columns in place and every kernel over closed rows."""
    expected = bars(start, stop)
    assert same_bytes(ring.rows(start, stop), expected)
    edges = np.array([start, start + 70, stop])
    for name in FIELDS:
        assert ring.column(name, start, stop).tobytes() == expected[name].tobytes()
        view, closed = ring.field_view(name), (ring.first, ring.closed_last)
        parts = expected[name][:70], expected[name][70:]
        np.testing.assert_array_equal(
            ring_columns(view, *closed, edges), [oracle.extremes(part) for part in parts]
        )
        least, most = ring_bounds(view, *closed, start, stop)
        assert (least, most) == oracle.bounds(expected[name])
        places = ring_positions(view, *closed, start, stop)
        assert places is not None
        assert expected[name][np.subtract(places, start)].tolist() == [least, most]
        sums = ring_sums(view, *closed, edges)
        kept = [np.where(np.isfinite(part), part, 0.0).sum() for part in parts]
        np.testing.assert_allclose(sums, kept, rtol=1e-9)
    ring.check(start)


@killed_amid(('nothing', 200), ('nothing', ROWS), ('push', 200), ('push', ROWS), ('prepend', 200))
def test_what_was_published_before_the_death_is_answered_for_ever(ring: ShmArray) -> None:
    first, last = ring.first, ring.last
    assert_closed_rows(ring, first, last - 1)
    live = ring.live()
    assert live is not None
    assert live.tobytes() == bars(last - 1, last)[0].tobytes()
    found = columns.ohlc_columns(ring, np.array([first, last]))
    rows = bars(first, last)
    assert found[0, 1:3].tolist() == [
        oracle.bounds(rows['high'])[1],
        oracle.bounds(rows['low'])[0],
    ]
    assert columns.bounds(ring, 'close', first, last) == oracle.bounds(rows['close'])


@killed_amid(('push', ROWS))
def test_the_row_that_a_dead_push_was_overwriting_is_lost(ring: ShmArray) -> None:
    lost = ROWS - 512
    assert ring.first == lost + 1
    for read in (lambda: ring.rows(lost, lost + 9), lambda: ring.check(lost)):
        with pytest.raises(Overrun, match=f'row {lost} .* the oldest one kept is {lost + 1}'):
            read()


@killed_amid(('live', 200), ('live', ROWS))
def test_a_live_row_left_half_written_is_refused_and_closed_rows_are_not(ring: ShmArray) -> None:
    assert_closed_rows(ring, ring.first, ring.last - 1)
    edges = np.array([ring.first, ring.last])
    for read in (
        ring.live,
        lambda: ring.rows(ring.last - 1, ring.last),
        lambda: columns.ohlc_columns(ring, edges),
        lambda: columns.field_columns(ring, 'close', edges),
        lambda: columns.sum_columns(ring, 'volume', edges),
        lambda: columns.price_bounds(ring, ring.first, ring.last),
    ):
        with pytest.raises(SegmentGone, match='which has ended amid the change: open the feed'):
            read()


@killed_amid(('revise', 200), ('revise', ROWS))
def test_rows_left_half_revised_are_refused(ring: ShmArray) -> None:
    edges = np.array([ring.first, ring.last])
    for read in (
        lambda: ring.revision,
        lambda: ring.rows(ring.first, ring.first + 1),
        lambda: columns.ohlc_columns(ring, edges),
        lambda: columns.sum_columns(ring, 'volume', edges),
        lambda: columns.bounds(ring, 'close', ring.first, ring.last),
    ):
        with pytest.raises(SegmentGone, match='which has ended amid the change: open the feed'):
            read()
    # The live row was not part of it; a view is what lies there, as it always is.
    live = ring.live()
    assert live is not None
    assert live.tobytes() == bars(ring.last - 1, ring.last)[0].tobytes()
    assert (ring.column('close', ring.last - 100, ring.last - 10) == 1e9).all()


@pytest.mark.parametrize('change', ['nothing', 'live', 'revise'])
def test_the_ring_of_a_dead_writer_cannot_be_attached(change: str) -> None:
    for ring in left_by(change, 200):
        with pytest.raises(SegmentGone):
            attach_shm_array(ring.token)
