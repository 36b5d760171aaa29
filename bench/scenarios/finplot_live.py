"""A live window of finplot over a recording, as its documentation shows how to make one.

Run as `python -m scenarios.finplot_live CAPTURE SPEED WIDTH HEIGHT`: bars of a second from the
first half of the recording, then its trades as they come.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import finplot
import pandas as pd
from PyQt5.QtCore import QTimer
from pyqtgraph import mkQApp

from piker.brokers.replay.captures import read_capture
from piker.core.rows import TRADE

UPDATE_MS = 16
FIELDS = ['open', 'close', 'high', 'low']


class Live:
    """Bars that grow with recorded trades.

    Parameters
    ----------
    path : Path
        A capture.
    speed : float
        Multiple of recorded time.
    """

    def __init__(self, path: Path, speed: float) -> None:
        ticks = read_capture(path).ticks
        trades = ticks[ticks['kind'] == TRADE]
        index = pd.to_datetime(trades['time'])
        self.trades = pd.Series(trades['price'], index=index)
        self.at = len(self.trades) // 2
        self.begin = self.trades.index[self.at]
        bars = self.trades.iloc[: self.at].resample('1s').ohlc().dropna()
        self.bars = bars[FIELDS]
        self.speed = speed
        self.started = time.monotonic()
        self.plot = finplot.candlestick_ochl(self.bars)

    def update(self) -> None:
        """Take the trades that came since the last time."""
        passed = pd.Timedelta(seconds=(time.monotonic() - self.started) * self.speed)
        stop = int(self.trades.index.searchsorted(self.begin + passed))
        for when, price in self.trades.iloc[self.at : stop].items():
            second = when.floor('1s')
            if second in self.bars.index:
                bar = self.bars.loc[second]
                high, low = max(bar['high'], price), min(bar['low'], price)
                self.bars.loc[second, ['close', 'high', 'low']] = price, high, low
            else:
                self.bars.loc[second] = price
        if stop > self.at:
            self.at = stop
            self.plot.update_data(self.bars)


def main(path: str, speed: str, width: str, height: str) -> None:
    """Show the window until the process is ended."""
    app = mkQApp()
    finplot.create_plot('finplot', maximize=False)
    live = Live(Path(path), float(speed))
    finplot.show(qt_exec=False)
    (window,) = finplot.windows
    window.resize(int(width), int(height))
    timer = QTimer()
    timer.timeout.connect(live.update)
    timer.start(UPDATE_MS)
    app.exec_()


if __name__ == '__main__':
    main(*sys.argv[1:])
