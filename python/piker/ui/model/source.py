"""The bars on show: a ring of the feed as it is, or bars folded from one to a typed period."""

from __future__ import annotations

from typing import TYPE_CHECKING

from piker.data.resample import FoldedBars
from piker.ui.model.flow import RingState
from piker.ui.model.timeframe import require_foldable

if TYPE_CHECKING:
    from piker.shm import ShmArray

__all__ = ['BarSource']


class BarSource:
    """Chooses and keeps up the ring of one period.

    Parameters
    ----------
    fast, slow : ShmArray
        Bars of the feed; they belong to it.
    fast_period_ns, slow_period_ns : int
        Their periods.
    phase_ns : int, optional
        Time since which periods are counted.

    Attributes
    ----------
    ring : ShmArray
        What is on show.
    period_ns : int
        Its period.
    """

    def __init__(
        self,
        fast: ShmArray,
        fast_period_ns: int,
        slow: ShmArray,
        slow_period_ns: int,
        *,
        phase_ns: int = 0,
    ) -> None:
        self.fast, self.fast_period_ns = fast, fast_period_ns
        self.slow, self.slow_period_ns = slow, slow_period_ns
        self.phase_ns = phase_ns
        self.ring, self.period_ns = fast, fast_period_ns
        self.folded: FoldedBars | None = None
        self.folded_state: RingState | None = None

    @property
    def base(self) -> ShmArray:
        """The feed's ring that the bars on show come from."""
        return self.ring if self.folded is None else self.folded.source

    @property
    def has_overview(self) -> bool:
        """Whether the feed's slow ring holds bars, and longer ones than those on show."""
        return self.period_ns < self.slow_period_ns and self.slow.last > self.slow.first

    def select(self, period_ns: int) -> None:
        """Show bars of another period.

        Raises
        ------
        InputError
            Bars of that period cannot be made from those of the feed.
        """
        require_foldable(period_ns, self.fast_period_ns)
        if period_ns == self.period_ns:
            return
        self.close()
        is_slow = period_ns % self.slow_period_ns == 0 and self.slow.last > self.slow.first
        base, base_period = (
            (self.slow, self.slow_period_ns) if is_slow else (self.fast, self.fast_period_ns)
        )
        self.ring, self.period_ns = base, period_ns
        if period_ns != base_period:
            self.folded = FoldedBars(base, base_period, period_ns, phase_ns=self.phase_ns)
            self.update()
            self.ring = self.folded.ring

    def update(self) -> None:
        """Fold what is new; costs a few counters where nothing is."""
        if self.folded is None:
            return
        source = self.folded.source
        state = RingState(source.first, source.last, source.revision, source.live_seq)
        if state != self.folded_state:
            self.folded.update()
            self.folded_state = state

    def close(self) -> None:
        """Give up folded bars; the feed's rings stay open."""
        if self.folded is not None:
            self.folded.ring.close()
            self.folded = None
            self.folded_state = None
