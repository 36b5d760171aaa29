"""Frames of whole windows on a virtual X display, against those a trader would take instead."""

from __future__ import annotations

import contextlib
from functools import partial

from .ratio import best_of_turns
from .sizes import IS_QUICK, need_memory, up_to_limit
from .windows import Contestant, Spec, open_display

HD, UHD = (1920, 1080), (3840, 2160)
MILLION = 10**6
FRAMES = 2 if IS_QUICK else 20


class Race:
    """Base of the races: one display, and a window of each contestant in turns."""

    timeout = 1800.0

    def ratio(self, action: str, ours: tuple[str, Spec], peer: tuple[str, Spec]) -> float:
        """Return the seconds of a frame of ours over those of a peer's."""
        with contextlib.ExitStack() as stack:
            display = stack.enter_context(open_display(peer[1].width, peer[1].height))
            windows = [Contestant(*ours, display), Contestant(*peer, display)]
            for window in windows:
                stack.callback(window.close)
            mine, theirs = best_of_turns(
                tuple(partial(window.seconds, action, FRAMES) for window in windows)
            )
        return mine / theirs


class Pan(Race):
    """A pan by three pixels, with axes and grid, at 1080p."""

    param_names = ('rows',)
    params = (up_to_limit(10**4, 10**6, 10**7),)

    def track_whole_over_pyqtgraph(self, rows: int) -> float:
        """Return all rows in view, over pyqtgraph's plot of as many points."""
        spec = Spec(rows, *HD, is_ohlc=False)
        return self.ratio('pan', ('piker', spec), ('pyqtgraph', spec))


class PanOverMany(Race):
    """A pan of one curve over very many rows, against the same over a million."""

    def track_long_over_short(self) -> float:
        """Return a pan of all of 1e8 rows over that of all of 1e6."""
        rows = MILLION if IS_QUICK else 10**8
        need_memory(60 * rows)
        short = Spec(MILLION // 100 if IS_QUICK else MILLION, *HD)
        return self.ratio('pan', ('piker', Spec(rows, *HD)), ('piker', short))


class Candles(Race):
    """A pan of candlesticks out of a million bars, at 1080p."""

    param_names = ('bars in view',)
    params = ((300, 3000),)

    def track_pan_over_finplot(self, in_view: int) -> float:
        """Return ours, volume included, over finplot's."""
        spec = Spec(MILLION, *HD, in_view=in_view)
        return self.ratio('pan', ('piker', spec), ('finplot', spec))


class Tick(Race):
    """A new last price of a million rows, at 4K."""

    param_names = ('peer',)
    params = (('pyqtgraph', 'finplot'),)
    spec = Spec(MILLION, *UHD, in_view=600)

    def track_over_peer(self, peer: str) -> float:
        """Return ours, labels and volume included, over `setData` or `update_data`."""
        return self.ratio('tick', ('piker', self.spec), (peer, self.spec))

    def track_bare_over_peer(self, peer: str) -> float:
        """Return a bare Qt widget that fills 200 by 200 pixels over the same."""
        return self.ratio('tick', ('bare', self.spec), (peer, self.spec))
