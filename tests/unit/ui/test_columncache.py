"""Kept columns are those that would be computed, and each is computed once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from piker.core.rows import BAR
from piker.shm import open_shm_array
from piker.ui.model.flow import Flow
from piker.ui.model.viewport import Viewport
from piker.ui.model.zoom import Zoom
from tests.ui.stage import MINUTE, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from piker.shm import ShmArray

WIDTH = 50


@pytest.fixture
def ring() -> Iterator[ShmArray]:
    """Return a ring of 4000 bars with room for no more."""
    with open_shm_array('test-columns', 4096, BAR) as opened:
        opened.push(walk(4000))
        yield opened


def check(flow: Flow, view: Viewport, start: int, stop: int) -> None:
    """Fail unless columns of a view are those of its edges to the bit."""
    edges = view.edges(start, stop)
    for found, expected in (
        (flow.view_columns(view, start, stop), flow.columns(edges)),
        (flow.view_closes(view, start, stop), flow.close_columns(edges)),
    ):
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize('field', ['ohlc', 'volume'])
def test_kept_columns_are_those_computed(ring: ShmArray, field: str) -> None:
    """After any sequence of pans, zooms, ticks, bars, evictions, revisions and prepended rows."""
    flow = Flow('test', ring, MINUTE, field)
    view = Viewport(WIDTH, Zoom(16))
    random = np.random.default_rng(5)
    view.show_last(ring.last, WIDTH - 5)
    for _ in range(600):
        match random.integers(0, 8):
            case 0 | 1 | 2:
                view.left += int(random.integers(-30, 31))
            case 3:
                view.zoom = Zoom(int(random.choice([12, 16, 17, 20])))
                view.show_last(ring.last, WIDTH - 5)
            case 4:
                live = ring.live()
                assert live is not None
                live['close'] += 0.25
                live['volume'] += 1
                ring.set_last(live)
            case 5:
                rows = walk(int(random.integers(1, 40)))
                rows['time'] += int(ring.rows(ring.last - 1, ring.last)['time'][0])
                ring.push(rows)
            case 6:
                start = int(random.integers(ring.first, ring.last - 20))
                ring.revise(start, walk(15))
            case 7:
                ring.prepend(walk(5))
        low, high = sorted(random.integers(-3, WIDTH + 4, 2).tolist())
        check(flow, view, low, max(high, low + 1))


def test_a_view_that_moves_computes_what_it_uncovers(ring: ShmArray) -> None:
    """There and back computes nothing but the columns of the live row and behind it."""
    flow = Flow('test', ring, MINUTE)
    view = Viewport(WIDTH, Zoom(16))
    view.show_last(ring.last, WIDTH)
    view.left -= 20
    flow.view_columns(view, 0, WIDTH)
    cache = flow.column_cache
    assert cache.computed == WIDTH
    for move, computed in ((-3, 3), (3, 0), (-3, 0), (-2, 2)):
        before = cache.computed
        view.left += move
        flow.view_columns(view, 0, WIDTH)
        assert cache.computed - before == computed
    view.left += 25
    before = cache.computed
    flow.view_columns(view, 0, WIDTH)
    # Up to the live row's column the cache grows; that one and what lies behind it is not kept.
    for _ in range(3):
        last, before = cache.computed - before, cache.computed
        flow.view_columns(view, 0, WIDTH)
    assert last <= 6


def test_far_away_columns_are_forgotten(ring: ShmArray) -> None:
    """A leap keeps no columns but those in view, and a long way not much more than four views."""
    flow = Flow('test', ring, MINUTE)
    view = Viewport(WIDTH, Zoom(4))
    cache = flow.column_cache
    for left in (0, 1500):
        view.left = left
        flow.view_columns(view, 0, WIDTH)
    assert len(cache.kept) == WIDTH
    for _ in range(200):
        view.left -= 7
        flow.view_columns(view, 0, WIDTH)
    assert len(cache.kept) <= 5 * WIDTH
