"""Tables of ticks and bars: columns, times, real files, and every way to be wrong."""

from __future__ import annotations

import functools
import io
import math
import os
import tempfile
from decimal import Decimal
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from piker.accounting.symbols import Symbol
from piker.brokers.replay.columns import times_to_ns
from piker.brokers.replay.files import find_tick, load_file
from piker.brokers.replay.periods import bar_grid, tick_period
from piker.brokers.replay.recordings import BarRecording, TickRecording
from piker.brokers.replay.tables import read_table
from piker.core.rows import BAR
from piker.data.sampler import resample_ticks
from piker.errors import DataFileError
from tests.support import data_path

SECOND = 1_000_000_000
START_S = 1_600_000_020
BARS = 'time,open,high,low,close,volume\n'
SYMBOL = Symbol('x.replay', 'x', 'replay', '', '', Decimal(1), Decimal(1))
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
        ('backtesting.py_BTCUSD.csv', 30 * 86400, 156),
        ('ftx_btc-perp_1m_2021-12-31_2022-02-01.csv.zst', 60, 45031),
        ('fxcm_gbpusd_1m_bid_2012-02.csv.zst', 60, 30117),
        ('btcusd_30m_long.csv.zst', 1800, 78408),
        ('spx_cfd_1h_long.csv.zst', 3600, 53257),
    ],
)
def test_bars_of_real_files_come_back_from_their_ticks(
    name: str, period_s: int, count: int
) -> None:
    recording = load_file(data_path('ohlc', name))
    assert isinstance(recording, BarRecording)
    assert recording.fast_period_ns == period_s * SECOND
    assert len(recording.rows) == count
    ticks = [chunk.ticks for chunk in recording.chunks(0)]
    folded = resample_ticks(
        ticks, recording.fast_period_ns, sessions=recording.sessions, opens=recording.opens
    )
    assert (folded == recording.rows).all()
    slow = recording.bars(recording.slow_period_ns, 2**62, count)
    assert slow['volume'].sum() == pytest.approx(recording.rows['volume'].sum(), rel=1e-12)


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
        load_file(write(tmp_path, 'x') / 'below.csv')


def test_a_file_of_any_script_is_charted_under_its_name(tmp_path: Path) -> None:
    symbol = load_file(write(tmp_path, BARS + ROWS, '日本.csv')).symbol
    assert (symbol.name, symbol.fqsn) == ('日本', 'u65e5u672c.replay')


def test_what_is_no_regular_file_is_called_what_it_is(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match='is a folder: name one file in it'):
        load_file(tmp_path)
    pipe = tmp_path / 'pipe.csv'
    os.mkfifo(pipe)
    with pytest.raises(DataFileError, match='is no regular file'):
        load_file(pipe)
    with pytest.raises(DataFileError, match='cannot be opened'):
        load_file(tmp_path / ('x' * 300))
    with pytest.raises(DataFileError, match='cannot be opened'):
        load_file(tmp_path / 'null\0.csv')


DAY = 86_400
WINTER, SUMMER = 52_200, 48_600  # 14:30 and 13:30 UTC, when New York opens.

IRREGULAR_S = [100, 500, 730, 1130, 1530, 2100, 2500, 3111]
MONTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]


@pytest.mark.parametrize(
    ('times_s', 'period_s', 'phase_s'),
    [
        ([day * DAY + WINTER for day in (0, 1, 4, 5, 6)], DAY, WINTER),
        ([day * DAY + (WINTER if day < 70 else SUMMER) for day in range(90)], DAY, SUMMER),
        ([20, 80, 140, 320, 380], 60, 20),
        (
            [7200 * 9 + day * DAY + hour * 3600 + 1800 for day in (0, 1) for hour in range(7)],
            3600,
            1800,
        ),
        ([day * 7 * DAY + 4 * DAY for day in range(5)], 7 * DAY, 4 * DAY),
        ([0, *(day * DAY for day in np.cumsum(MONTHS * 2).tolist())], 30 * DAY, 0),
        (IRREGULAR_S, 400, 100),
        ([0, 1, 301, 302, 702, 1152, 1612], 300, 0),
        ([DAY, 4 * DAY], 3 * DAY, DAY),
        ([5 * DAY], DAY, 0),
        ([5 * DAY + WINTER], 60, 0),
    ],
    ids=[
        'daily',
        'summer time',
        'at :20',
        'sessions',
        'weekly',
        'monthly',
        'irregular',
        'seconds',
        'two',
        'one',
        'odd one',
    ],
)
def test_the_grid_of_bars(times_s: list[int], period_s: int, phase_s: int) -> None:
    times = np.array(times_s, np.int64) * SECOND
    grid = bar_grid(Path('bars.csv'), times)
    assert grid[:2] == (period_s * SECOND, phase_s * SECOND)


@settings(deadline=None)
@given(st.sets(st.integers(0, 10**6), min_size=1, max_size=40))
def test_every_bar_has_a_place_of_its_own_on_its_grid(times_s: set[int]) -> None:
    times = np.array(sorted(times_s), np.int64) * SECOND
    grid = bar_grid(Path('bars.csv'), times)
    assert grid.is_uneven or ((times - grid.phase_ns) % grid.period_ns == 0).all()
    rows = np.zeros(len(times), BAR)
    rows['time'] = times
    rows['volume'] = 8.0
    recording = BarRecording(
        SYMBOL, rows, grid.period_ns, phase_ns=grid.phase_ns, is_uneven=grid.is_uneven
    )
    ticks = [chunk.ticks for chunk in recording.chunks(0)]
    folded = resample_ticks(
        ticks,
        grid.period_ns,
        phase_ns=grid.phase_ns,
        sessions=recording.sessions,
        opens=recording.opens,
    )
    assert (folded == rows).all()
    slow = recording.bars(recording.slow_period_ns, 2**62, len(times))
    edge = int(slow['time'][len(slow) // 2])
    before = recording.bars(recording.slow_period_ns, edge, len(times))
    assert (before == slow[: len(before)]).all()
    assert (before['time'] < edge).all()


def test_months_say_that_they_are_months(tmp_path: Path) -> None:
    days = np.cumsum([0, *MONTHS])
    rows = ''.join(f'{day * DAY},1,2,1,1,0\n' for day in days)
    recording = load_file(write(tmp_path, BARS + rows))
    assert recording.symbol.note.startswith('bars of calendar months, counted as 30 d; ')
    assert recording.bars(recording.fast_period_ns, 2**62, 99)['time'].tolist() == [
        day * DAY * SECOND for day in days
    ]


def test_irregular_bars_keep_their_times_and_say_so(tmp_path: Path) -> None:
    rows = ''.join(f'{time_s},1,2,1,1,0\n' for time_s in IRREGULAR_S)
    recording = load_file(write(tmp_path, BARS + rows))
    assert 'irregular, most of them about 400 s apart' in recording.symbol.note
    bars = recording.bars(400 * SECOND, 2**62, 99)
    assert bars['time'].tolist() == [time_s * SECOND for time_s in IRREGULAR_S]


def test_summer_time_moves_no_bar(tmp_path: Path) -> None:
    times = [day * DAY + (WINTER if day < 70 else SUMMER) for day in range(90)]
    rows = ''.join(f'{time_s},1,2,1,1,0\n' for time_s in times)
    recording = load_file(write(tmp_path, BARS + rows))
    bars = recording.bars(DAY * SECOND, 2**62, 99)
    assert bars['time'].tolist() == [time_s * SECOND for time_s in times]
    assert 'irregular' not in recording.symbol.note


@pytest.mark.parametrize('days', [3000, 30_000, 60_000])
def test_bars_of_decades_do_not_overflow(tmp_path: Path, days: int) -> None:
    rows = f'{-days * DAY},1,2,1,1,8\n0,1,2,1,1,8\n'
    recording = load_file(write(tmp_path, BARS + rows))
    for period_ns in (recording.fast_period_ns, recording.slow_period_ns):
        assert recording.bars(period_ns, 2**62, 99)['volume'].sum() == 16


def test_bars_that_open_beside_full_periods_come_back_from_their_ticks(tmp_path: Path) -> None:
    rows = ''.join(
        f'{START_S + 20 + 60 * minute},{minute + 1},{minute + 3},{minute},{minute + 2},7\n'
        for minute in range(500)
    )
    recording = load_file(write(tmp_path, BARS + rows))
    assert (recording.fast_period_ns, recording.phase_ns) == (60 * SECOND, 20 * SECOND)
    bars = recording.bars(60 * SECOND, 2**62, 500)
    assert bars['time'][0] == (START_S + 20) * SECOND
    ticks = [chunk.ticks for chunk in recording.chunks(0)]
    folded = resample_ticks(
        ticks, 60 * SECOND, phase_ns=recording.phase_ns, sessions=recording.sessions
    )
    assert (folded == bars).all()
    slow = recording.bars(recording.slow_period_ns, 2**62, 500)
    assert ((slow['time'] - recording.phase_ns) % recording.slow_period_ns == 0).all()
    assert slow['volume'].sum() == 7 * 500


def test_a_single_bar_is_played_and_its_period_said_to_be_assumed(tmp_path: Path) -> None:
    recording = load_file(write(tmp_path, f'{BARS}86400,1,2,1,1,0\n'))
    assert recording.fast_period_ns == DAY * SECOND
    assert 'assumed' in recording.symbol.note


@given(st.sampled_from(['uncompressed', 'zstd', 'snappy']), st.data())
def test_truncated_parquet_is_refused(compression: str, data: st.DataObject) -> None:
    whole = parquet(compression)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / 'cut.parquet'
        path.write_bytes(whole[: data.draw(st.integers(0, len(whole) - 1))])
        with pytest.raises(DataFileError, match=r'cannot be read|is empty'):
            load_file(path)


@functools.cache
def parquet(compression: str) -> bytes:
    frame = pl.DataFrame({'time': range(60, 6060, 60), 'price': [float(n) for n in range(100)]})
    target = io.BytesIO()
    frame.write_parquet(target, compression=compression)  # type: ignore[arg-type]
    return target.getvalue()


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
