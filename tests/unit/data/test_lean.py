"""Recorded FX ticks fold into the bars that their source gives, to the digit, by either way."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from piker.core.rows import ASK, BAR, BID, TICK, is_filler
from piker.data.resample import FoldedBars, fold_rows
from piker.data.sampler import resample_ticks
from piker.shm import open_shm_array
from tests.support import data_path

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

MILLISECOND = 1_000_000
SECOND = 1_000 * MILLISECOND
MINUTE = 60 * SECOND
DAYS = ('20140501', '20140506', '20140509', '20140511')
# Columns of a tick's price, and of a bar's prices (lean/forex/readme.md).
SIDES = {BID: (1, slice(1, 5)), ASK: (2, slice(6, 10))}


def read(folder: Path, resolution: str, day: str) -> NDArray[np.float64]:
    """Return the table of one day, its first column milliseconds since midnight UTC."""
    with zipfile.ZipFile(folder / resolution / 'nzdusd' / f'{day}_quote.zip') as archive:
        (name,) = archive.namelist()
        table = pl.read_csv(io.BytesIO(archive.read(name)), has_header=False)
    return table.cast(pl.Float64).to_numpy()


def times_of(table: NDArray[np.float64], day: str) -> NDArray[np.int64]:
    midnight = datetime.strptime(day, '%Y%m%d').replace(tzinfo=UTC)
    start = int(midnight.timestamp()) * SECOND
    return start + table[:, 0].astype(np.int64) * MILLISECOND


def bars_of(folder: Path, resolution: str, day: str, kind: int) -> NDArray[np.void]:
    """Return the given bars of one side."""
    table = read(folder, resolution, day)
    rows = np.zeros(len(table), BAR)
    rows['time'] = times_of(table, day)
    prices = table[:, SIDES[kind][1]]
    for place, field in enumerate(('open', 'high', 'low', 'close')):
        rows[field] = prices[:, place]
    return rows


def ticks_of(folder: Path, day: str) -> NDArray[np.void]:
    """Return the ticks of both sides in order, one quote after another."""
    table = read(folder, 'tick', day)
    rows = np.zeros((len(table), len(SIDES)), TICK)
    rows['time'] = times_of(table, day)[:, None]
    rows['seq'] = np.arange(len(table))[:, None]
    rows['kind'] = tuple(SIDES)
    for place, (column, _) in enumerate(SIDES.values()):
        rows['price'][:, place] = table[:, column]
    return rows.reshape(-1)


def stored(rows: NDArray[np.void]) -> NDArray[np.void]:
    """Return the bars that had a tick."""
    return rows[~is_filler(rows['volume'])]


@pytest.mark.parametrize('day', DAYS)
@pytest.mark.parametrize('kind', [BID, ASK])
def test_fx_ticks_make_the_given_bars(day: str, kind: int) -> None:
    folder = data_path('lean', 'forex', 'fxcm')
    ticks = ticks_of(folder, day)
    random = np.random.default_rng(int(day))
    runs = np.split(ticks, np.sort(random.integers(0, len(ticks), 200)))
    seconds, minutes = (bars_of(folder, part, day, kind) for part in ('second', 'minute'))
    assert len(seconds) > 1000
    live_seconds = resample_ticks(runs, SECOND, kind=kind)
    assert stored(live_seconds).tolist() == seconds.tolist()
    assert stored(resample_ticks(runs, MINUTE, kind=kind)).tolist() == minutes.tolist()
    for rows in (seconds, live_seconds):
        with open_shm_array('seconds', len(rows), BAR) as source:
            folded = FoldedBars(source, SECOND, MINUTE)
            with folded.ring as ring:
                for run in np.split(rows, np.sort(random.integers(0, len(rows), 20))):
                    source.push(run)
                    folded.update()
                found = stored(ring.rows(ring.first, ring.last)).tolist()
            assert found == minutes.tolist()
            batch = fold_rows(source, source.first, source.last, MINUTE)
            assert stored(batch).tolist() == minutes.tolist()
