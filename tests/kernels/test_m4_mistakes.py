"""The three mistakes that earlier M4 code made, each held by name, in every kernel of that kind."""

from __future__ import annotations

import numpy as np
import pytest

from piker.kernels import Pyramid, bounds, ds_m4, ring_bounds, ring_columns
from tests.kernels.oracle import FakeRing


@pytest.mark.parametrize('kind', [np.int64, np.float64])
@pytest.mark.parametrize(('rows', 'width'), [(8, 4), (1000, 10), (64, 64), (12, 1), (2, 2), (1, 1)])
def test_output_sized_from_the_range_but_filled_per_bin(
    rows: int, width: int, kind: type[np.generic]
) -> None:
    """A range that divides evenly has no column behind its end, and room for the last one."""
    x = np.arange(rows).astype(kind)
    y = np.arange(float(rows))
    found = ds_m4(x, y, float(width))
    assert found.x.tolist() == list(range(0, rows, width))
    assert found.y[-1].tolist() == [rows - width, rows - width, rows - 1, rows - 1]
    # One point on the edge behind is one column more.
    longer = ds_m4(np.append(x, x[-1] + 1), np.append(y, 5.0), float(width))
    assert longer.x.tolist() == list(range(0, rows + 1, width))
    assert longer.y[-1].tolist() == [5.0] * 4
    columns = Pyramid(y).columns(0, rows, rows // width)
    np.testing.assert_array_equal(columns, found.y)


@pytest.mark.parametrize('start', [0.0, -2.0])
def test_zero_used_as_the_mark_of_an_empty_bin(start: float) -> None:
    """Real x = 0 and y = 0 are kept, and no column of zeros is made of nothing."""
    zeros = np.zeros(7)
    found = ds_m4(start + np.arange(7.0), zeros, 3.0)
    assert found.x.tolist() == [start, start + 3.0, start + 6.0]
    assert found.y.tolist() == [[0.0] * 4] * 3
    assert found.bounds == bounds(zeros) == (0.0, 0.0)
    # A wide gap in x, and gaps in y: what is empty is left out, or NaN where columns are counted.
    gaps = ds_m4([0, 1, 30], [0.0, np.nan, 0.0], 10.0)
    assert gaps.x.tolist() == [0.0, 30.0]
    assert ds_m4([0], [0.0], 1.0).y.tolist() == [[0.0] * 4]
    assert Pyramid(zeros).columns(0, 7, 2).tolist() == [[0.0] * 4] * 2
    assert np.isnan(Pyramid([np.nan]).columns(0, 1, 1)).all()
    ring = FakeRing(zeros, 0, 64, 'minmax')
    columns = ring_columns(ring.view, 0, ring.closed_last, np.array([-3, 0, 3, 6, 9]))
    np.testing.assert_array_equal(columns, [[np.nan] * 4, [0.0] * 4, [0.0] * 4, [np.nan] * 4])


@pytest.mark.parametrize('extreme', [-50.0, 50.0])
@pytest.mark.parametrize('place', [0, 1, 63, 64, 700, 998])
def test_y_bounds_taken_beside_the_loop_miss_an_extreme_alone_in_its_bin(
    place: int, extreme: float
) -> None:
    """Bounds are those of the columns that were found, wherever the extreme lies."""
    y = np.sin(np.arange(1000.0))
    y[place] = extreme
    # The extreme lies in a column of its own: nothing else is within a column of it.
    x = np.arange(1000) * 2
    x[place + 1 :] += 100
    x[place:] += 100
    found = ds_m4(x, y, 5.0, origin=0)
    alone = found.y[found.x == x[place] // 5 * 5]
    assert alone.tolist() == [[extreme] * 4]
    expected = (min(y), max(y))
    assert found.bounds == expected == (found.y[:, 1].min(), found.y[:, 2].max())
    assert Pyramid(y).bounds(0, 1000) == expected
    ring = FakeRing(y, 0, 1024, 'minmax')
    assert ring_bounds(ring.view, 0, ring.closed_last, 0, 1000) == expected
