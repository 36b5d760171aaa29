"""Plays a recording: hands its ticks on when their recorded time comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import trio

from piker.core.rows import TICK

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from trio import TaskStatus

    from piker.brokers.replay.symbols import ReplayMarket
    from piker.data.provider import Sink

__all__ = ['stream_quotes']

BATCH_TICKS = 8192
PATIENCE_S = 0.1
SHORTEST_WAIT_S = 0.002
NO_TIMES = np.empty(0, np.int64)
NO_TICKS = np.empty(0, TICK)


async def stream_quotes(
    market: ReplayMarket,
    sink: Sink,
    *,
    task_status: TaskStatus[None] = trio.TASK_STATUS_IGNORED,
) -> None:
    """Hand a recording's ticks on at its clock's pace until its end.

    What was recorded before the clock's position comes at once. Between two ticks the clock is
    told on, so that rows open in time. Time in which the market was closed is skipped,
    and so is what lies between the clock's start and the first tick.

    Parameters
    ----------
    market : ReplayMarket
        What to play; its clock is started here.
    sink : callable
        Takes (recorded, ticks, now_ns).
    task_status : trio.TaskStatus
        Told at once that it started.
    """
    clock = market.playback
    task_status.started()
    clock.start()
    session: int | None = None
    for recorded, ticks in market.recording.chunks(market.start_ns):
        place, count = 0, len(ticks)
        while place < count:
            following = session_of(market.sessions, int(ticks['time'][place]))
            if following != session:
                clock.jump(int(recorded[place]))
            session = following
            if clock.is_free:
                clock.jump(int(recorded[min(place + BATCH_TICKS, count) - 1]))
            now_ns = clock.position_ns
            stop = place + int(np.searchsorted(recorded[place:], now_ns, 'right'))
            stop = min(stop, place + BATCH_TICKS)
            if stop > place:
                if stop == count or recorded[stop] <= now_ns:
                    now_ns = int(recorded[stop - 1])
                sink(recorded[place:stop], ticks[place:stop], now_ns)
                place = stop
            else:
                sink(NO_TIMES, NO_TICKS, now_ns)
            if place < count:
                soon_ns = now_ns + round(SHORTEST_WAIT_S * 1e9 * min(clock.speed, 1e9))
                await clock.reach(max(int(recorded[place]), soon_ns), PATIENCE_S)
    clock.end()


def session_of(sessions: NDArray[np.int64] | None, time_ns: int) -> int:
    """Return the number of the last session that opened at or before a time."""
    if sessions is None:
        return 0
    return int(np.searchsorted(sessions[:, 0], time_ns, 'right')) - 1
