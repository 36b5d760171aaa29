"""The recorded clock of a replay: how far it is, how fast it goes, and whether it waits."""

from __future__ import annotations

import math

import trio

from piker.core.errors import FeedError
from piker.data.provider import PlayState

__all__ = ['RecordedClock']

SECOND = 1_000_000_000


class RecordedClock:
    """Maps trio's clock to recorded time; it stands until `start` is called.

    Parameters
    ----------
    position_ns : int
        Recorded time at which it starts.
    speed : float
        Recorded seconds a second, positive; infinity: as fast as possible.

    Raises
    ------
    FeedError
        When the speed is not positive.
    """

    def __init__(self, position_ns: int, speed: float) -> None:
        self.anchor_ns = position_ns
        self.anchor_s: float | None = None
        self.speed = checked_speed(speed)
        self.is_paused = False
        self.is_ended = False
        self.change = trio.Event()

    @property
    def position_ns(self) -> int:
        """Recorded time now; with infinite speed it moves by `jump` alone."""
        if self.anchor_s is None or math.isinf(self.speed):
            return self.anchor_ns
        elapsed_s = trio.current_time() - self.anchor_s
        return self.anchor_ns + round(elapsed_s * self.speed * SECOND)

    @property
    def is_free(self) -> bool:
        """Whether it runs without waiting."""
        return self.anchor_s is not None and math.isinf(self.speed)

    @property
    def state(self) -> PlayState:
        """How it stands now."""
        return PlayState(self.position_ns, self.speed, self.is_paused, self.is_ended)

    def start(self) -> None:
        """Let the clock run from where it stands, unless it is paused."""
        if not self.is_paused:
            self.move(self.position_ns, is_running=True)

    def pause(self) -> None:
        """Stop the clock."""
        self.is_paused = True
        self.move(self.position_ns, is_running=False)

    def resume(self) -> None:
        """Let the clock run again."""
        self.is_paused = False
        self.move(self.position_ns, is_running=True)

    def set_speed(self, speed: float) -> None:
        """Let recorded time run `speed` times as fast as real time; infinity: no waiting.

        Parameters
        ----------
        speed : float
            Positive.

        Raises
        ------
        FeedError
            When it is not positive.
        """
        wanted = checked_speed(speed)
        is_running = self.anchor_s is not None
        self.move(self.position_ns, is_running=is_running, speed=wanted)

    def jump(self, position_ns: int) -> None:
        """Skip recorded time in which nothing happens; never goes back."""
        if position_ns > self.position_ns:
            self.anchor_ns = position_ns
            if self.anchor_s is not None:
                self.anchor_s = trio.current_time()

    def end(self) -> None:
        """Note that everything was played; the clock stands from now on."""
        self.is_ended = True
        self.move(self.position_ns, is_running=False)

    def move(self, position_ns: int, *, is_running: bool, speed: float | None = None) -> None:
        """Set the clock and wake whoever waits on it."""
        self.anchor_ns = position_ns
        self.anchor_s = trio.current_time() if is_running else None
        if speed is not None:
            self.speed = speed
        self.change.set()
        self.change = trio.Event()

    async def reach(self, recorded_ns: int, patience_s: float) -> None:
        """Wait until recorded time comes, the clock is changed, or patience ends.

        Parameters
        ----------
        recorded_ns : int
            The time to wait for; a clock that stands never reaches it.
        patience_s : float
            Longest wait in seconds while the clock runs.
        """
        if self.is_free:
            await trio.lowlevel.checkpoint()
            return
        wait_s = math.inf
        if self.anchor_s is not None:
            wait_s = min((recorded_ns - self.position_ns) / SECOND / self.speed, patience_s)
        with trio.move_on_after(max(wait_s, 0.0)):
            await self.change.wait()

    async def changed(self) -> None:
        """Wait until the state other than the position changes."""
        await self.change.wait()


def checked_speed(speed: float) -> float:
    """Return a speed that is positive, or raise."""
    if not speed > 0:
        raise FeedError(
            f'a replay cannot run at {speed} times real time: give a positive number, or inf '
            'for as fast as possible'
        )
    return float(speed)
