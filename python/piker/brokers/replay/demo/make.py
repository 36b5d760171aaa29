"""Makes the demo market's files from the `backtesting` package on PyPI.

Run `pip download --no-deps backtesting==0.6.6` and then
`python -m piker.brokers.replay.demo.make backtesting-0.6.6-py3-none-any.whl`.
"""

from __future__ import annotations

import io
import sys
import zipfile
from pathlib import Path

import polars as pl

__all__ = ['make']

# New York's trading session opens at 9:30 local time, whatever the season.
OPENINGS = {
    'eurusd': pl.col('time'),
    'goog': (pl.col('time').dt.replace_time_zone('America/New_York') + pl.duration(minutes=570))
    .dt.convert_time_zone('UTC')
    .dt.replace_time_zone(None),
}
SOURCES = {
    'eurusd': 'backtesting/test/EURUSD.csv',
    'goog': 'backtesting/test/GOOG.csv',
}


def make(wheel: Path, folder: Path) -> None:
    """Turn the package's tables into the files that `load_demo` reads.

    Parameters
    ----------
    wheel : Path
        The `backtesting` package as downloaded.
    folder : Path
        Where the files go.
    """
    with zipfile.ZipFile(wheel) as archive:
        for name, source in SOURCES.items():
            table = pl.read_csv(io.BytesIO(archive.read(source)), try_parse_dates=True)
            table.columns = ['time', 'open', 'high', 'low', 'close', 'volume']
            nanoseconds = pl.col('time', 'open_time').cast(pl.Datetime('ns')).to_physical()
            numbers = pl.exclude('time', 'open_time').cast(pl.Float64)
            table = table.with_columns(pl.col('time').cast(pl.Datetime('ns')))
            table = table.with_columns(OPENINGS[name].alias('open_time'))
            table = table.with_columns(nanoseconds, numbers)
            table.write_parquet(folder / f'{name}.parquet', compression='zstd', statistics=False)


if __name__ == '__main__':
    make(Path(sys.argv[1]), Path(__file__).parent)
