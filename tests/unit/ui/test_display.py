"""What changed between two frames, frame times, and the profiler."""

from __future__ import annotations

import pytest

from piker.ui.model.display import Change, Pacing, ring_change
from piker.ui.model.flow import RingState
from piker.ui.model.profiler import FrameProfiler

BEFORE = RingState(first=0, last=100, revision=0, live_seq=10)


@pytest.mark.parametrize(
    ('now', 'change'),
    [
        (BEFORE, Change.NOTHING),
        (BEFORE._replace(live_seq=12), Change.LIVE),
        (BEFORE._replace(last=101, live_seq=12), Change.APPENDED | Change.LIVE),
        (BEFORE._replace(revision=2), Change.HISTORY),
        (BEFORE._replace(first=-50), Change.HISTORY),
        (BEFORE._replace(first=1, last=101), Change.HISTORY | Change.APPENDED),
        (BEFORE._replace(last=0), Change.HISTORY),
    ],
)
def test_counters_tell_what_changed(now: RingState, change: Change) -> None:
    """Not a row has to be read for it."""
    assert ring_change(BEFORE, now) == change


def test_first_reading_and_first_row_are_history() -> None:
    """Nothing on screen can be kept then."""
    assert ring_change(None, BEFORE) is Change.HISTORY
    assert ring_change(RingState(0, 0, 0, 0), RingState(0, 1, 0, 2)) is Change.HISTORY


def test_percentiles_of_frames() -> None:
    """Nearest rank, over the latest few thousand frames."""
    pacing = Pacing()
    assert pacing.statistics().p99 == 0
    for time in range(1, 101):
        pacing.add(float(time))
    assert pacing.statistics().p50 == 51
    assert pacing.statistics().p99 == 100
    for _ in range(2 * Pacing.KEPT):
        pacing.add(1.0)
    assert pacing.statistics().p99 == 1
    assert pacing.total == 100 + 2 * Pacing.KEPT


def test_profiler_reports_slow_frames_and_early_returns() -> None:
    """A stage counts on every way out; a quick frame says nothing."""
    lines: list[str] = []
    profiler = FrameProfiler(5.0, lines.append)

    def leave_early() -> None:
        with profiler.stage('graphics'):
            raise KeyError('overrun')

    with pytest.raises(KeyError):
        leave_early()
    profiler.end_frame(9.0)
    profiler.end_frame(1.0)
    assert len(lines) == 1
    assert lines[0].startswith('frame of 9.00 ms: graphics ')


def test_profiler_without_a_limit_keeps_nothing() -> None:
    """Off, it collects no stage."""
    profiler = FrameProfiler(None, pytest.fail)
    with profiler.stage('graphics'):
        pass
    profiler.end_frame(1e9)
    assert profiler.times_ms == {}
