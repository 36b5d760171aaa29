"""Loads the demo market: real bars from the package's files, to be split into minutes."""

from __future__ import annotations

from importlib.resources import as_file, files
from typing import NamedTuple

import numpy as np
import polars as pl

from piker.brokers.replay.demo import DEMO_SYMBOLS
from piker.brokers.replay.recordings import InterpolatedRecording
from piker.core.rows import BAR

__all__ = ['load_demo']

MINUTE_NS = 60 * 1_000_000_000


class Shape(NamedTuple):
    """How the real bars of a symbol are split: their period, and the minutes in each."""

    period_ns: int
    minutes: int


SHAPES = {'eurusd': Shape(60 * MINUTE_NS, 60), 'goog': Shape(1440 * MINUTE_NS, 390)}


def load_demo(name: str) -> InterpolatedRecording:
    """Read a symbol of the demo market.

    Parameters
    ----------
    name : str
        A key of `DEMO_SYMBOLS`.

    Returns
    -------
    InterpolatedRecording
        Ready to be played.
    """
    with as_file(files('piker.brokers.replay.demo') / f'{name}.parquet') as path:
        frame = pl.read_parquet(path)
    rows = np.empty(frame.height, BAR)
    for field in BAR.names or ():
        rows[field] = frame.get_column(field).to_numpy()
    symbol = DEMO_SYMBOLS[name]
    shape = SHAPES[name]
    return InterpolatedRecording(
        symbol,
        frame.get_column('open_time').to_numpy(),
        rows,
        slow_period_ns=shape.period_ns,
        count=shape.minutes,
        ticks_per_unit=int(1 / symbol.price_tick),
    )
