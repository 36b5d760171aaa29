"""Which bars are on show, and where those of a typed period come from."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
import pytest

from piker.core.rows import BAR
from piker.data.resample import FoldedBars
from piker.errors import InputError
from piker.shm import open_shm_array
from piker.ui.model import source as source_module
from piker.ui.model.source import KEPT_PERIODS, BarSource
from tests.support import wait_until
from tests.ui.stage import HOUR, MINUTE, append, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from piker.shm import ShmArray

MANY = 300_000


@pytest.fixture
def rings() -> Iterator[tuple[ShmArray, ShmArray]]:
    """Return a ring of minutes and an empty one of hours."""
    with (
        open_shm_array('test-fast', MANY + 4096, BAR) as fast,
        open_shm_array('test-slow', 4096, BAR) as slow,
    ):
        fast.push(walk(3000))
        yield fast, slow


@pytest.fixture
def source(rings: tuple[ShmArray, ShmArray]) -> Iterator[BarSource]:
    """Return the source of both."""
    found = BarSource(rings[0], MINUTE, rings[1], HOUR)
    yield found
    found.close()


def expected(fast: ShmArray, period_ns: int) -> np.ndarray:
    """Return bars of a period folded from scratch."""
    folded = FoldedBars(fast, MINUTE, period_ns)
    folded.update()
    rows: np.ndarray = folded.ring.rows(folded.ring.first, folded.ring.last)
    folded.ring.close()
    return rows


def check(source: BarSource, fast: ShmArray) -> None:
    """Fail unless the bars on show are those folded from scratch."""
    found = source.ring.rows(source.ring.first, source.ring.last)
    np.testing.assert_array_equal(found, expected(fast, source.period_ns))


def test_few_rows_are_folded_at_once_and_kept_up(source: BarSource) -> None:
    """A period is on show when `select` returns, and follows its source."""
    assert source.select(5 * MINUTE)
    assert (source.period_ns, source.is_folding) == (5 * MINUTE, False)
    check(source, source.fast)
    for _ in range(7):
        append(source.fast)
        assert not source.update()
        check(source, source.fast)
    assert not source.select(5 * MINUTE)
    assert source.select(MINUTE)
    assert source.ring is source.fast


def test_many_rows_are_folded_by_a_thread_while_others_stay(source: BarSource) -> None:
    """`select` does not wait; `update` tells once, and what came meanwhile is there."""
    source.fast.push(walk(MANY))
    before = source.ring
    start = time.monotonic()
    assert not source.select(15 * MINUTE)
    selected_s = time.monotonic() - start
    assert (source.ring, source.period_ns) == (before, MINUTE)
    append(source.fast)
    turns = 0

    def is_shown() -> bool:
        nonlocal turns
        turns += 1
        return source.update()

    wait_until(is_shown, 'the bars of 15 minutes', 60)
    folded_s = time.monotonic() - start
    assert not source.is_folding
    assert turns > 1, f'selecting took {selected_s:.3f} of {folded_s:.3f} s'
    check(source, source.fast)
    assert not source.update()


def test_another_wish_meanwhile_is_the_one_that_counts(source: BarSource) -> None:
    """The first period is folded to its end and kept, and not put on show."""
    source.fast.push(walk(MANY))
    assert not source.select(15 * MINUTE)
    assert not source.select(30 * MINUTE)
    wait_until(source.update, 'the bars of 30 minutes', 60)
    assert source.period_ns == 30 * MINUTE
    check(source, source.fast)
    wait_until(lambda: source.foldings[15 * MINUTE].is_ready, 'the bars of 15 minutes', 60)
    assert source.select(15 * MINUTE)
    check(source, source.fast)
    assert not source.select(60 * MINUTE)
    assert source.select(MINUTE)
    for _ in range(3):
        assert not source.update()
    assert source.ring is source.fast


def test_periods_are_kept_and_the_oldest_are_forgotten(source: BarSource) -> None:
    """Back to a kept one its ring is the same, brought up to date."""
    assert source.select(5 * MINUTE)
    kept = source.ring
    for minutes in (2, 3):
        assert source.select(minutes * MINUTE)
        append(source.fast)
        source.forget()
    assert source.select(5 * MINUTE)
    assert source.ring is kept
    check(source, source.fast)
    for minutes in range(6, 20):
        assert source.select(minutes * MINUTE)
        source.forget()
        assert len(source.foldings) <= KEPT_PERIODS + 1
        check(source, source.fast)
    assert 5 * MINUTE not in source.foldings


def test_what_cannot_be_folded_leaves_what_is_on_show(
    source: BarSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A period that is no multiple is refused; one whose bars find no room raises once."""
    with pytest.raises(InputError, match='multiple'):
        source.select(MINUTE + 1)
    assert source.select(5 * MINUTE)

    class NoRoom(FoldedBars):
        """Bars for which there is no room."""

        def __init__(self, *_: object, **__: object) -> None:
            raise InputError('there is no room')

    monkeypatch.setattr(source_module, 'FoldedBars', NoRoom)
    with pytest.raises(InputError, match='no room'):
        source.select(7 * MINUTE)
    source.fast.push(walk(MANY))

    def select_and_wait() -> None:
        source.select(8 * MINUTE)
        wait_until(source.update, 'the refusal', 60)

    with pytest.raises(InputError, match='no room'):
        select_and_wait()
    assert not source.is_folding
    assert not source.update()
    assert source.period_ns == 5 * MINUTE
