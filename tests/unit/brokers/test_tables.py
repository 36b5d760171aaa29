"""Tables of ticks and bars: columns, times, real files, and every way to be wrong."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from piker.brokers.replay.files import find_tick, load_file, tick_period
from piker.brokers.replay.recordings import BarRecording, TickRecording
from piker.brokers.replay.tables import read_table, times_to_ns
from piker.errors import DataFileError
from tests.support import data_path

if TYPE_CHECKING:
    from pathlib import Path

SECOND = 1_000_000_000
START_S = 1_600_000_020
BARS = 'time,open,high,low,close,volume\n'
ROWS = f'{START_S},1.0,2.0,0.5,1.5,10\n{START_S + 60},1.5,1.5,1.25,1.25,0\n'


def write(folder: Path, text: str, name: str = 'table.csv') -> Path:
    path = folder / name
    path.write_text(text)
    return path


@pytest.mark.parametrize('factor', [1, 10**3, 10**6, 10**9])
@pytest.mark.parametrize('as_text', [False, True])
def test_the_unit_of_epoch_numbers_is_told_by_magnitude(
    tmp_path: Path, factor: int, as_text: bool
) -> None:
    times = [START_S * factor, (START_S + 60) * factor]
    path = tmp_path / 'table.parquet'
    column = [str(time) for time in times] if as_text else times
    pl.DataFrame({'timestamp': column, 'price': [1.0, 2.0]}).write_parquet(path)
    assert read_table(path).time.tolist() == [START_S * SECOND, (START_S + 60) * SECOND]


def test_nanoseconds_keep_every_digit(tmp_path: Path) -> None:
    path = write(tmp_path, 'time,price\n1723161253937085768,1\n')
    assert read_table(path).time.tolist() == [1723161253937085768]


@given(st.integers(0, 4_000_000_000), st.integers(0, 999))
def test_fractions_of_seconds_are_rounded_to_nearest(seconds: int, millis: int) -> None:
    time = times_to_ns(np.array([seconds + millis / 1000]))
    assert abs(int(time[0]) - (seconds * SECOND + millis * 1_000_000)) <= 256


@pytest.mark.parametrize(
    'text',
    [
        '2020-09-13',
        '2020-09-13 00:00',
        '2020-09-13T00:00:00',
        '2020-09-13 00:00:00.000000',
        '2020-09-13T00:00:00Z',
        '2020-09-13 02:00:00+02:00',
        '2020-09-13 00:00:00.000+00:00',
    ],
)
def test_iso_times_are_utc_unless_they_say_otherwise(tmp_path: Path, text: str) -> None:
    path = write(tmp_path, f'Date,Price\n{text},1\n')
    assert read_table(path).time.tolist() == [1599955200 * SECOND]


@pytest.mark.parametrize('delimiter', [',', '\t', ';', '|'])
@pytest.mark.parametrize(
    'heading', ['time,open,high,low,close,volume', 'Date,O,H,L,C,Vol', ',Open,High,Low,Close,V']
)
def test_columns_are_found_by_their_names(tmp_path: Path, delimiter: str, heading: str) -> None:
    path = write(tmp_path, f'{heading}\n{ROWS}'.replace(',', delimiter))
    table = read_table(path)
    assert table.kind == 'bars'
    assert table.columns['high'].tolist() == [2.0, 1.5]
    assert table.columns['volume'].tolist() == [10.0, 0.0]


def test_quotes_make_bars_of_the_bid(tmp_path: Path) -> None:
    path = write(tmp_path, f'time,bid,ask\n{START_S},1.0,1.1\n{START_S + 1},1.2,1.3\n')
    recording = load_file(path)
    assert recording.bars(SECOND, 2**62, 9)['close'].tolist() == [1.0, 1.2]
    assert 'bid' in recording.symbol.note


@pytest.mark.parametrize(
    ('name', 'period_s', 'count'),
    [
        ('backtesting.py_EURUSD.csv', 3600, 5000),
        ('backtesting.py_GOOG.csv', 86400, 2148),
        ('backtesting.py_BTCUSD.csv', 86400, 156),
        ('ftx_btc-perp_1m_2021-12-31_2022-02-01.csv.zst', 60, 45031),
        ('fxcm_gbpusd_1m_bid_2012-02.csv.zst', 60, 30117),
        ('btcusd_30m_long.csv.zst', 1800, 78408),
        ('spx_cfd_1h_long.csv.zst', 3600, 53257),
    ],
)
def test_bars_of_real_files_come_back_from_their_ticks(
    name: str, period_s: int, count: int
) -> None:
    from piker.data.sampler import resample_ticks

    recording = load_file(data_path('ohlc', name))
    assert isinstance(recording, BarRecording)
    assert recording.fast_period_ns == period_s * SECOND
    assert len(recording.rows) == count
    ticks = [chunk.ticks for chunk in recording.chunks(0)]
    folded = resample_ticks(ticks, recording.fast_period_ns, sessions=recording.sessions)
    assert (folded == recording.rows).all()


@pytest.mark.parametrize(
    ('name', 'tick', 'count'),
    [
        ('binance_btcusdt_trades_tardis.parquet', '0.01', 2001),
        ('freqtrade_orderflow_public_trades.csv', '0.01', 1000),
        ('truefx_usdjpy_2013-01-01.csv', '0.001', 2000),
    ],
)
def test_ticks_of_real_files(name: str, tick: str, count: int) -> None:
    recording = load_file(data_path('ticks', name))
    assert isinstance(recording, TickRecording)
    assert recording.symbol.price_tick == Decimal(tick)
    assert len(recording.ticks) == count


@pytest.mark.parametrize(
    ('name', 'message'),
    [
        ('ohlc/spx_1m_2019-11-05_08.csv', "has '11/5/2019 9:30' as time in row 1"),
        ('ohlc/ninjatrader_spy_1m_2011-01.csv.zst', 'no column of times'),
        ('ticks/mtgox_btcusd_trades_2013-01-01.csv', "columns are 'id', 'price', 'amount'"),
    ],
)
def test_real_files_that_cannot_be_read_say_why(name: str, message: str) -> None:
    with pytest.raises(DataFileError, match=message):
        load_file(data_path(*name.split('/')))


@pytest.mark.parametrize(
    ('text', 'message'),
    [
        ('', 'is empty'),
        ('time,price\n', 'a heading and no rows'),
        ('price,size\n1,2\n', "no column of times .* its columns are 'price', 'size'"),
        ('time,size\n1,2\n', 'neither bars .* nor trades'),
        ('time,open,high,close\n1,2,3,4\n', "without a column 'low', its columns are 'time'"),
        ('time,price\n2,1\n1,1\n', 'row 2 is older'),
        ('time,price\n1,1\n2,x\n', "has 'x' in column 'price' of row 2"),
        ('time,price\n1,1\n2,\n', "in column 'price' of row 2"),
        ('time,price\nsoon,1\n', "has 'soon' as time in row 1"),
        ('time,price\n2020-01-01,1\n2020-13-01,1\n', "has '2020-13-01' as time in row 2"),
        (f'{BARS}60,1,2,3,1,0\n120,1,2,1,1,0\n', 'a bar in row 1 whose high or low'),
        (f'{BARS}60,1,2,1,1,0\n60,1,2,1,1,0\n', 'two bars of the same time in rows 1 and 2'),
        (f'{BARS}60,1,2,1,1,0\n', 'a single bar'),
        (f'{BARS}60.5,1,2,1,1,0\n61.25,1,2,1,1,0\n', 'whole seconds'),
        ('time,price\n1,2,3\n', 'cannot be read'),
    ],
)
def test_bad_tables_say_what_is_wrong_in_one_sentence(
    tmp_path: Path, text: str, message: str
) -> None:
    path = write(tmp_path, text)
    with pytest.raises(DataFileError, match=message) as caught:
        load_file(path)
    assert str(path) in str(caught.value)
    assert '\n' not in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match=r'no file .*nowhere\.csv'):
        load_file(tmp_path / 'nowhere.csv')
    with pytest.raises(DataFileError, match='no file'):
        load_file(tmp_path)


def test_truncated_parquet_is_refused(tmp_path: Path) -> None:
    path = tmp_path / 'cut.parquet'
    pl.DataFrame({'time': [1, 2], 'price': [1.0, 2.0]}).write_parquet(path)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(DataFileError, match='cannot be read'):
        load_file(path)


def test_binary_that_is_no_table_is_refused(tmp_path: Path) -> None:
    path = tmp_path / 'noise.csv'
    path.write_bytes(np.random.default_rng(1).bytes(4096))
    with pytest.raises(DataFileError):
        load_file(path)


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=30), st.integers(0, 8))
def test_the_tick_found_is_the_finest_used(values: list[int], digits: int) -> None:
    numbers = np.array([float(Decimal(value).scaleb(-digits)) for value in values])
    tick = find_tick([numbers])
    finest = max(
        (-int(Decimal(value).scaleb(-digits).normalize().as_tuple().exponent) for value in values),
        default=0,
    )
    assert tick == Decimal(1).scaleb(-max(0, finest))


def test_few_ticks_get_longer_bars() -> None:
    dense = np.arange(1000) * SECOND
    assert tick_period(dense) == SECOND
    sparse = np.arange(1000) * 3600 * SECOND
    period_s = tick_period(sparse) // SECOND
    assert period_s == 300
    assert math.ceil(3600 / period_s) <= 16
