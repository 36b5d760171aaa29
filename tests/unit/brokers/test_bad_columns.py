"""Columns that hold what they should not: types, short rows, far times, sizes and sides."""

from __future__ import annotations

import datetime
import gzip
import os
import subprocess
import sys
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from piker.brokers.replay.files import load_file
from piker.brokers.replay.recordings import BarRecording, TickRecording
from piker.brokers.replay.tables import read_table
from piker.core.rows import EARLIEST_NS, LATEST_NS
from piker.errors import DataFileError

if TYPE_CHECKING:
    from pathlib import Path

HEADING = 'time,open,high,low,close,volume\n'
ROWS = '60,1,2,0.5,1.25,10\n120,1,2,0.5,1.75,20\n'
EMPTY_ZSTD = bytes.fromhex('28b52ffd2000010000')


def write(folder: Path, text: str, name: str = 'table.csv') -> Path:
    path = folder / name
    path.write_text(text)
    return path


def refusal(path: Path) -> str:
    """Return the sentence by which a file is refused."""
    with pytest.raises(DataFileError) as caught:
        load_file(path)
    text = str(caught.value)
    assert str(path) in text
    assert '\n' not in text
    return text


@pytest.mark.parametrize('field', ['time', 'open', 'side'])
@pytest.mark.parametrize(
    ('values', 'dtype'),
    [
        ([b'60', b'120'], 'Binary'),
        ([{'a': 1}, {'a': 2}], 'Struct'),
        ([[1.0], [2.0]], 'List'),
        ([True, False], 'Boolean'),
        ([datetime.time(1), datetime.time(2)], 'Time'),
        ([datetime.timedelta(1), datetime.timedelta(2)], 'Duration'),
    ],
)
def test_columns_of_odd_types_are_named_with_their_type(
    tmp_path: Path, field: str, values: list[object], dtype: str
) -> None:
    columns: dict[str, object] = {'time': [60, 120], 'open': [1.0, 1.0]}
    columns |= {'high': [2.0, 2.0], 'low': [0.5, 0.5], 'close': [1.0, 1.0], field: values}
    path = tmp_path / 'odd.parquet'
    pl.DataFrame(columns).write_parquet(path)
    assert f"values of type {dtype} in column '{field}'" in refusal(path)


@pytest.mark.parametrize('dtype', [pl.Categorical, pl.Enum(['1.5', '2.5', '60', '120'])])
def test_categories_are_read_as_their_text(tmp_path: Path, dtype: pl.DataType) -> None:
    columns = {'time': ['60', '120'], 'price': ['1.5', '2.5']}
    path = tmp_path / 'categories.parquet'
    pl.DataFrame(columns).cast(dtype).write_parquet(path)
    table = read_table(path)
    assert table.columns['price'].tolist() == [1.5, 2.5]
    assert table.time.tolist() == [60 * 10**9, 120 * 10**9]


@pytest.mark.parametrize('name', ['table.csv', 'table.csv.gz'])
@pytest.mark.parametrize('delimiter', [',', '\t', ';', '|'])
@pytest.mark.parametrize(
    ('rows', 'line', 'fields'),
    [
        (ROWS + '180,1,2,0.5,1.2', 4, 5),
        (ROWS + '180,1', 4, 2),
        ('60,1,2,0.5,1\n120,1,2,0.5,1\n', 2, 5),
        ('60,1,2,0.5,1,\n120,1,2,0.5,1\n', 3, 5),
        ('60,1,2,0.5,"1",2\n120,1,2,0.5,"1"\n', 3, 5),
        ('60,1,2,0.5,1,3\n\n120,1,2,0.5,1,3\n', 3, 1),
    ],
)
def test_a_short_row_is_refused_with_its_line(
    tmp_path: Path, name: str, delimiter: str, rows: str, line: int, fields: int
) -> None:
    text = (HEADING + rows).replace(',', delimiter)
    path = tmp_path / name
    path.write_bytes(gzip.compress(text.encode()) if name.endswith('gz') else text.encode())
    assert f'line {line} of {fields} fields under a heading of 6' in refusal(path)


def test_every_cut_of_a_table_ends_in_whole_rows_or_a_refusal(tmp_path: Path) -> None:
    """Within its last field a cut cannot be seen; nowhere else is a row changed or lost."""
    text = HEADING + ROWS
    for length in range(len(HEADING) + 1, len(text)):
        path = write(tmp_path, text[:length])
        try:
            table = read_table(path)
        except DataFileError:
            continue
        assert table.columns['close'].tolist() in ([1.25], [1.25, 1.75])


def test_an_empty_volume_is_none(tmp_path: Path) -> None:
    path = write(tmp_path, f'{HEADING}60,1,2,0.5,1,\n120,1,2,0.5,1,"a,b"\n180,1,2,0.5,1,3\n')
    recording = load_file(path)
    assert isinstance(recording, BarRecording)
    assert recording.rows['volume'].tolist() == [0.0, 0.0, 3.0]


@pytest.mark.parametrize(
    'time',
    [
        '9300000000',
        '3471292800',
        '-9300000000',
        '9300000000.5',
        '9300000000000',
        '9223372036854775807',
        '92233720368547758080',
        '1e300',
        '9999-12-31',
        '0001-01-01T00:00:00Z',
        '2080-01-01',
        '1799-12-31',
    ],
)
def test_times_that_int64_cannot_count_are_refused(tmp_path: Path, time: str) -> None:
    text = refusal(write(tmp_path, f'time,price\n{time},1\n'))
    assert f'{time!r} as time in row 1, which is outside of the years 1800 to 2079' in text


@pytest.mark.parametrize(
    'times',
    [
        [datetime.date(9999, 12, 31)],
        [datetime.datetime(9999, 12, 31)],
        [datetime.datetime(1, 1, 1)],
        [9_300_000_000],
        [2**63 - 1],
        pl.Series([2**64 - 1], dtype=pl.UInt64),
        [1e300],
    ],
)
def test_far_times_of_parquet_are_refused(tmp_path: Path, times: object) -> None:
    path = tmp_path / 'far.parquet'
    pl.DataFrame({'time': times, 'price': [1.0]}).write_parquet(path)
    assert 'outside of the years 1800 to 2079' in refusal(path)


@pytest.mark.parametrize('time', ['nan', 'inf', ''])
def test_what_is_no_time_is_refused(tmp_path: Path, time: str) -> None:
    path = write(tmp_path, f'time,price\n60,1\n{time},1\n')
    assert 'as time in row 2, which is neither' in refusal(path)


def test_the_ends_of_the_years_that_rows_hold(tmp_path: Path) -> None:
    path = write(tmp_path, 'time,price\n1800-01-01,1\n2079-12-31T23:59:59.999999999,1\n')
    assert read_table(path).time.tolist() == [EARLIEST_NS, LATEST_NS - 1]


@pytest.mark.parametrize(
    ('name', 'data'),
    [('empty.csv.gz', gzip.compress(b'', mtime=0)), ('empty.csv.zst', EMPTY_ZSTD)],
)
def test_an_empty_archive_is_one_sentence_and_no_backtrace(
    tmp_path: Path, name: str, data: bytes
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    code = (
        'import sys\nfrom pathlib import Path\nfrom piker.brokers.replay.tables import read_table\n'
        'from piker.errors import DataFileError\n'
        'try:\n    read_table(Path(sys.argv[1]))\nexcept DataFileError as error:\n    print(error)'
    )
    done = subprocess.run(
        [sys.executable, '-c', code, str(path)],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, 'RUST_BACKTRACE': '1'},
    )
    assert done.stderr == ''
    assert done.stdout == f'{path} is empty: give a file with a heading and rows\n'


def test_single_precision_is_read_as_it_was_written(tmp_path: Path) -> None:
    prices = [1.1, 20.05, 300.25]
    frame = pl.DataFrame({'time': [1, 2, 3], 'price': prices, 'size': [0.1, 0.2, 0.3]})
    path = tmp_path / 'single.parquet'
    frame.cast({'price': pl.Float32, 'size': pl.Float32}).write_parquet(path)
    recording = load_file(path)
    assert recording.symbol.price_tick == Decimal('0.01')
    assert recording.symbol.size_tick == Decimal('0.1')
    assert isinstance(recording, TickRecording)
    assert recording.ticks['price'].tolist() == prices


@pytest.mark.parametrize(
    ('text', 'message'),
    [
        ('time,price,size\n1,1,2\n2,1,-3\n', 'a negative size in row 2'),
        ('time,price,size\n1,1,inf\n', 'an infinite size in row 1'),
        ('time,bid,ask,bid_size\n1,1,2,-1\n', 'a negative bid_size in row 1'),
        ('time,bid,ask,ask_qty\n1,1,2,-1\n', 'a negative ask_size in row 1'),
        (f'{HEADING}60,1,2,0.5,1,-10\n', 'a negative volume in row 1'),
        (f'{HEADING}60,1,2,0.5,1,inf\n', 'an infinite volume in row 1'),
    ],
)
def test_sizes_that_cannot_be_are_refused(tmp_path: Path, text: str, message: str) -> None:
    assert message in refusal(write(tmp_path, text))


def test_a_side_that_is_no_side_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, 'time,price,side\n1,1,buy\n2,1,sideways\n')
    assert "'sideways' as side in row 2: write buy, sell" in refusal(path)


def test_sides_are_words_or_signs(tmp_path: Path) -> None:
    words = ['Buy', ' SELL ', '', 'unknown', '1', '-1', '0', '-1.0']
    rows = ''.join(f'{second},1,{word}\n' for second, word in enumerate(words))
    sides = read_table(write(tmp_path, f'time,price,side\n{rows}')).columns['side']
    assert sides.tolist() == [1, -1, 0, 0, 1, -1, 0, -1]
    assert sides.dtype == np.float64


def test_a_long_cell_is_cut_in_the_message(tmp_path: Path) -> None:
    assert len(refusal(write(tmp_path, f'time,price\n1,{"x" * 10_000}\n'))) < 400
