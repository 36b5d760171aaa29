"""The bars on show: a ring of the feed as it is, or bars folded from one to a typed period."""

from __future__ import annotations

from threading import Thread
from typing import TYPE_CHECKING

from piker.core.errors import Overrun, PikerError
from piker.data.resample import FoldedBars
from piker.shm import attach_shm_array
from piker.ui.model.flow import RingState
from piker.ui.model.timeframe import require_foldable

if TYPE_CHECKING:
    from piker.shm import ShmArray

__all__ = ['BarSource']

FEW_ROWS = 50_000
"""Rows that are folded within a frame."""
KEPT_PERIODS = 4
"""Periods whose bars are kept beside those on show."""
ATTEMPTS = 8
"""How often all rows are folded where their writer laps the reader."""


class Folding:
    """Bars of one period, folded from a ring of the feed and kept up with it.

    Many rows are folded by a thread of its own, by which alone they are used until it has ended.

    Parameters
    ----------
    base : ShmArray
        The feed's ring.
    base_period_ns, period_ns, phase_ns : int
        As for `FoldedBars`.

    Attributes
    ----------
    is_ready : bool
        Whether the bars can be used.
    """

    def __init__(self, base: ShmArray, base_period_ns: int, period_ns: int, phase_ns: int) -> None:
        # A mapping of its own: another thread may read the feed's meanwhile.
        self.base = attach_shm_array(base.token)
        self.periods = base_period_ns, period_ns
        self.phase_ns = phase_ns
        self.bars: FoldedBars | None = None
        self.state: RingState | None = None
        self.error: PikerError | None = None
        self.thread: Thread | None = None
        if base.last - base.first > FEW_ROWS:
            self.thread = Thread(target=self.fold, name=f'fold {period_ns} ns', daemon=True)
            self.thread.start()
        else:
            self.fold()

    def fold(self) -> None:
        """Make the ring, and fold all rows that there are."""
        for _ in range(ATTEMPTS):
            try:
                self.update()
            except Overrun as error:
                self.error = error
            except PikerError as error:
                self.error = error
                return
            else:
                self.error = None
                return

    @property
    def is_ready(self) -> bool:
        """Whether the bars can be used."""
        return self.thread is None or not self.thread.is_alive()

    def update(self) -> None:
        """Fold what is new; costs a few counters where nothing is."""
        base = self.base
        state = RingState(base.first, base.last, base.revision, base.live_seq)
        if state != self.state:
            if self.bars is None:
                self.bars = FoldedBars(self.base, *self.periods, phase_ns=self.phase_ns)
            self.bars.update()
            self.state = state

    @property
    def ring(self) -> ShmArray:
        """The bars, once they are ready."""
        assert self.bars is not None
        return self.bars.ring

    def close(self) -> None:
        """Give the bars up, once no thread uses them any more."""
        if self.thread is not None:
            self.thread.join()
        if self.bars is not None:
            self.bars.ring.close()
        self.base.close()


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
    wanted_ns : int
        The period that was selected last; another one than `period_ns` while its bars are folded.
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
        self.wanted_ns = fast_period_ns
        self.foldings: dict[int, Folding] = {}

    @property
    def has_overview(self) -> bool:
        """Whether the feed's slow ring holds bars, and longer ones than those on show."""
        return self.period_ns < self.slow_period_ns and self.slow.last > self.slow.first

    @property
    def is_folding(self) -> bool:
        """Whether the period that was selected last is not on show yet."""
        return self.wanted_ns != self.period_ns

    def select(self, period_ns: int) -> bool:
        """Show bars of another period, now or once they are folded.

        Those of the last few periods are kept, so that going back to one of them is immediate.

        Returns
        -------
        bool
            Whether the ring on show is another one now. Where it is not and `is_folding`, an
            `update` tells later.

        Raises
        ------
        InputError
            Bars of that period cannot be made from those of the feed.
        ShmFull
            There is no room for them.
        """
        require_foldable(period_ns, self.fast_period_ns)
        has_slow = period_ns % self.slow_period_ns == 0 and self.slow.last > self.slow.first
        base, base_period = (
            (self.slow, self.slow_period_ns) if has_slow else (self.fast, self.fast_period_ns)
        )
        if period_ns == base_period:
            self.wanted_ns = period_ns
            return self.show(base)
        folding = self.foldings.pop(period_ns, None)
        if folding is None:
            folding = Folding(base, base_period, period_ns, self.phase_ns)
        self.foldings[period_ns] = folding
        self.wanted_ns = period_ns
        return self.update()

    def update(self) -> bool:
        """Fold what is new of the bars on show, or show those that are folded by now.

        Returns
        -------
        bool
            Whether the ring on show is another one now.

        Raises
        ------
        PikerError
            The bars that were selected could not be folded; those on show stay.
        """
        folding = self.foldings.get(self.wanted_ns)
        if folding is None:
            return False
        if not folding.is_ready:
            shown = self.foldings.get(self.period_ns)
            if shown is not None:
                shown.update()
            return False
        if folding.error is not None:
            del self.foldings[self.wanted_ns]
            self.wanted_ns = self.period_ns
            folding.close()
            raise folding.error
        folding.update()
        return self.show(folding.ring)

    def show(self, ring: ShmArray) -> bool:
        """Put a ring of the wanted period on show; return whether it was not there."""
        self.period_ns = self.wanted_ns
        before, self.ring = self.ring, ring
        return ring is not before

    def forget(self) -> None:
        """Give up bars of periods that were on show long ago; nothing may read those any more."""
        for period_ns, folding in list(self.foldings.items())[:-KEPT_PERIODS]:
            if period_ns not in (self.period_ns, self.wanted_ns) and folding.is_ready:
                self.foldings.pop(period_ns).close()

    def close(self) -> None:
        """Give up all folded bars; the feed's rings stay open."""
        while self.foldings:
            self.foldings.popitem()[1].close()
