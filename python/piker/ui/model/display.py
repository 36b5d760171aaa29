"""What the last frame showed, against which the next one decides what changed."""

from __future__ import annotations

from enum import Flag, auto
from typing import NamedTuple

import msgspec

from piker.ui.model.flow import RingState

__all__ = [
    'Change',
    'DisplayState',
    'FrameStatistics',
    'GroupState',
    'News',
    'Pacing',
    'Picture',
    'ring_change',
]


class Change(Flag):
    """What differs between a ring now and at the last frame."""

    NOTHING = 0
    LIVE = auto()
    APPENDED = auto()
    HISTORY = auto()


def ring_change(before: RingState | None, now: RingState) -> Change:
    """Return what happened to a ring between two readings of its counters.

    HISTORY is anything that may change rows long closed: a revision, a prepend, rows that fell
    out, a first reading.
    """
    if before is None or (before.last == before.first) != (now.last == now.first):
        return Change.HISTORY
    if before == now:
        return Change.NOTHING
    change = Change.NOTHING
    if before.revision != now.revision or before.first != now.first or now.last < before.last:
        change |= Change.HISTORY
    if now.last > before.last:
        change |= Change.APPENDED
    if before.live_seq != now.live_seq:
        change |= Change.LIVE
    return change


class Picture(NamedTuple):
    """What the picture of a chart depends on besides its rows.

    Attributes
    ----------
    left : int
        The absolute column at the plot's left edge.
    scale : tuple
        All else: zoom, y range, sizes, style, theme.
    """

    left: int
    scale: tuple[object, ...]

    def shift_from(self, before: Picture | None) -> int | None:
        """Return by how many device pixels to the right the picture before moved to become this.

        Returns
        -------
        int or None
            None where it is another picture.
        """
        return None if before is None or before.scale != self.scale else before.left - self.left


class News(NamedTuple):
    """What a frame finds of a ring.

    Attributes
    ----------
    ring : RingState
        Its counters.
    change : Change
        What differs from the last frame.
    last_before : int or None
        End of the rows at the last frame; None where there was none.
    """

    ring: RingState
    change: Change
    last_before: int | None


class GroupState(msgspec.Struct):
    """State of the charts of one ring between two frames.

    Attributes
    ----------
    ring : RingState or None
        Its counters at the last frame.
    pictures : tuple of Picture
        What the last picture of each chart depended on; empty: none of it can be kept.
    """

    ring: RingState | None = None
    pictures: tuple[Picture, ...] = ()

    def news(self, now: RingState) -> News:
        """Return what has happened to the ring since the last frame."""
        last_before = None if self.ring is None else self.ring.last
        return News(now, ring_change(self.ring, now), last_before)


class DisplayState(msgspec.Struct):
    """State of one chart set between two frames, but for what belongs to one of its rings.

    Attributes
    ----------
    quote : RingState or None
        Counters at the last frame.
    is_due : bool
        Something other than data asks for a frame: input, size, style, theme.
    cycles, frames, idle : int
        Calls of the graphics cycle; those that repainted; those that found nothing to do.
    """

    quote: RingState | None = None
    is_due: bool = True
    cycles: int = 0
    frames: int = 0
    idle: int = 0


class FrameStatistics(msgspec.Struct, frozen=True):
    """Times of the frames of a run in milliseconds, from reading the rings to the last pixel."""

    p50: float
    p99: float


class Pacing:
    """Collects the time of every frame, of the latest ones once there are many."""

    KEPT = 4096

    def __init__(self) -> None:
        self.times_ms: list[float] = []
        self.total = 0

    def add(self, milliseconds: float) -> None:
        """Count one frame."""
        if len(self.times_ms) < self.KEPT:
            self.times_ms.append(milliseconds)
        else:
            self.times_ms[self.total % self.KEPT] = milliseconds
        self.total += 1

    def statistics(self) -> FrameStatistics:
        """Return the median and the 99th percentile (nearest rank); 0 before the first frame."""
        ordered = sorted(self.times_ms)
        if not ordered:
            return FrameStatistics(0.0, 0.0)

        def rank(share: float) -> float:
            return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 3)

        return FrameStatistics(rank(0.5), rank(0.99))
