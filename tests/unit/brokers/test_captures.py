"""Raw Binance captures: what is read, and the bars against a resample that shares no code."""

from __future__ import annotations

import gzip
import json
import re
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from piker.brokers.replay.captures import is_capture, read_capture
from piker.brokers.replay.files import load_file
from piker.core.rows import ASK, BID, TRADE
from piker.errors import DataFileError, SymbolError
from tests.support import data_path

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SECOND = 1_000_000_000
MS = 1_000_000
SPOT = 'spot_btcusdt_20240808.gz'
FUTURES = 'usdm_btcusdt_20240808.gz'
TRADE_LINE = (
    '1723161255000000000 {"stream":"btcusdt@trade","data":{"e":"trade","s":"BTCUSDT","t":1,'
    '"p":"61837.63000000","q":"0.02000000","T":1723161255342,"m":true}}\n'
)


def capture(name: str) -> Path:
    return data_path('binance', 'hftbacktest_raw_ws', name)


def raw_trades(path: Path) -> Iterator[tuple[int, float, float]]:
    """Yield (trade time in ns, price, size) by the standard library's JSON alone."""
    with gzip.open(path, 'rt') as lines:
        for line in lines:
            frame = json.loads(line.split(' ', 1)[1])
            if frame.get('stream', '').endswith('@trade'):
                data = frame['data']
                yield data['T'] * MS, float(data['p']), float(data['q'])


def offline_bars(path: Path, period_ns: int) -> list[tuple[float, ...]]:
    """Resample by polars, with volumes summed one by one, and fill periods without trade."""
    trades = list(raw_trades(path))
    frame = pl.DataFrame(trades, schema=['time', 'price', 'size'], orient='row')
    grouped = (
        frame.with_columns(key=pl.col('time') // period_ns * period_ns)
        .group_by('key', maintain_order=True)
        .agg(
            pl.col('price').first().alias('open'),
            pl.col('price').max().alias('high'),
            pl.col('price').min().alias('low'),
            pl.col('price').last().alias('close'),
            pl.col('size').cum_sum().last().alias('volume'),
        )
        .sort('key')
    )
    bars: list[tuple[float, ...]] = []
    for bar in grouped.iter_rows():
        while bars and bars[-1][0] + period_ns < bar[0]:
            close = bars[-1][4]
            bars.append((bars[-1][0] + period_ns, close, close, close, close, 0.0))
        bars.append(bar)
    return bars


@pytest.mark.parametrize('name', [SPOT, FUTURES])
@pytest.mark.parametrize('period_s', [1, 60])
def test_bars_equal_an_offline_resample_to_the_digit(name: str, period_s: int) -> None:
    path = capture(name)
    recording = load_file(path)
    bars = recording.bars(period_s * SECOND, 2**62, 10**6)
    expected = offline_bars(path, period_s * SECOND)
    assert len(expected) > 300 / period_s
    assert bars.tolist() == expected


@pytest.mark.parametrize(
    ('name', 'fqsn', 'ticks', 'trades', 'books'),
    [
        (SPOT, 'btcusdt.binance.replay', ('0.01', '0.00001'), 9757, 28040),
        (FUTURES, 'btcusdt.binance-usdm.replay', ('0.1', '0.001'), 21313, 66089),
    ],
)
def test_what_a_capture_holds(
    name: str, fqsn: str, ticks: tuple[str, str], trades: int, books: int
) -> None:
    recording = load_file(capture(name))
    symbol = recording.symbol
    assert symbol.fqsn == fqsn
    assert (symbol.price_tick, symbol.size_tick) == tuple(Decimal(tick) for tick in ticks)
    (chunk,) = recording.chunks(0)
    kinds = chunk.ticks['kind']
    counts = [int((kinds == kind).sum()) for kind in (TRADE, BID, ASK)]
    assert counts == [trades, books, books]
    assert (np.diff(chunk.recorded) >= 0).all()
    lead = (chunk.ticks['time'] - chunk.recorded)[kinds == TRADE]
    assert 1.0 < np.median(lead) / SECOND < 1.5


def test_a_capture_is_told_from_a_table(tmp_path: Path) -> None:
    table = tmp_path / 'bars.csv'
    table.write_text('time,price\n1723161255,1.0\n')
    lines = tmp_path / 'lines'
    lines.write_text(TRADE_LINE)
    assert is_capture(lines)
    assert not is_capture(table)


def test_sides_are_those_of_the_taker(tmp_path: Path) -> None:
    path = tmp_path / 'lines'
    path.write_text(TRADE_LINE + TRADE_LINE.replace('"m":true', '"m":false'))
    assert read_capture(path).ticks['side'].tolist() == [-1, 1]


def test_fills_that_are_no_trades_of_the_market_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / 'lines'
    path.write_text(TRADE_LINE + TRADE_LINE.replace('"m":true', '"m":true,"X":"INSURANCE_FUND"'))
    assert len(read_capture(path).ticks) == 1


def test_a_symbol_is_chosen_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / 'lines'
    other = TRADE_LINE.replace('BTCUSDT', 'ETHUSDT')
    path.write_text(TRADE_LINE * 2 + other)
    assert load_file(path).symbol.fqsn == 'btcusdt.binance.replay'
    assert load_file(path, 'ethusdt.binance.replay').symbol.name == 'ETHUSDT spot'
    with pytest.raises(DataFileError, match='no trade of XRPUSDT, but of BTCUSDT, ETHUSDT'):
        load_file(path, 'xrpusdt.binance.replay')
    with pytest.raises(SymbolError, match='not of'):
        load_file(path, 'btcusdt.kraken.replay')


@pytest.mark.parametrize(
    ('text', 'message'),
    [
        (TRADE_LINE[:80] + '\n', 'damaged in line 1'),
        (TRADE_LINE + 'what\n', 'damaged in line 2'),
        (TRADE_LINE + TRADE_LINE.replace('61837.63000000', 'x'), 'damaged in line 2'),
        (TRADE_LINE + TRADE_LINE.replace('1723161255000000000', '17'), 'line 2 is older'),
        ('1 {"stream":"a@depth","data":{}}\n', 'holds no trade'),
    ],
)
def test_damage_is_named_by_its_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / 'lines'
    path.write_text(text)
    with pytest.raises(DataFileError, match=message):
        read_capture(path)


BOOK_LINE = (
    '1723161255000000000 {"stream":"btcusdt@bookTicker","data":{"u":7,"s":"BTCUSDT",'
    '"b":"61837.62","B":"1.5","a":"61837.63","A":"2.5"}}\n'
)


def changed(line: str, field: str, value: str) -> str:
    """Return a line of a capture with another value in one field of its message."""
    text, count = re.subn(rf'"{field}":("[^"]*"|\d+)(?=[,}}])', f'"{field}":{value}', line)
    assert count == 1
    return text


@pytest.mark.parametrize(
    ('field', 'value'),
    [
        ('T', '1000000000000000000'),
        ('T', '3471292800000'),
        ('T', '-1'),
        ('t', str(2**63 + 5)),
        ('t', str(2**64 + 5)),
        *(
            (field, f'"{value}"')
            for field in 'pq'
            for value in ('NaN', 'inf', '-5', '1' + '0' * 308, '0.' + '1' * 400, '1e5', '', '1_0')
        ),
        ('p', '"0"'),
        ('p', '"0.00000000"'),
    ],
)
def test_a_trade_that_cannot_be_is_named_by_its_line(
    tmp_path: Path, field: str, value: str
) -> None:
    path = tmp_path / 'lines'
    path.write_text(TRADE_LINE + changed(TRADE_LINE, field, value))
    with pytest.raises(DataFileError, match='damaged in line 2 ') as caught:
        load_file(path)
    assert str(path) in str(caught.value)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize(
    ('field', 'value'),
    [('u', str(2**64 - 1)), ('b', '"nan"'), ('a', '"-1"'), ('B', '"inf"'), ('A', '"nan"')],
)
def test_a_quote_that_cannot_be_is_named_by_its_line(
    tmp_path: Path, field: str, value: str
) -> None:
    path = tmp_path / 'lines'
    path.write_text(TRADE_LINE + changed(BOOK_LINE, field, value))
    with pytest.raises(DataFileError, match='damaged in line 2 '):
        load_file(path)


@pytest.mark.parametrize(
    'head', ['1' * 25, str(2**63), '3471292800000000000', '1_723', '-5', '+5', '1.5', '']
)
def test_a_receive_time_that_cannot_be_is_named_by_its_line(tmp_path: Path, head: str) -> None:
    path = tmp_path / 'lines'
    path.write_text(TRADE_LINE + head + TRADE_LINE[19:])
    with pytest.raises(DataFileError, match=r'damaged in line 2 .* is no time in nanoseconds'):
        load_file(path)


def test_a_side_of_the_book_without_orders_is_no_quote(tmp_path: Path) -> None:
    path = tmp_path / 'lines'
    empty = changed(changed(BOOK_LINE, 'b', '"0.00"'), 'B', '"0.00"')
    path.write_text(TRADE_LINE + empty)
    assert read_capture(path).ticks['kind'].tolist() == [TRADE, ASK]


def test_ticks_of_a_capture_are_no_finer_than_those_of_a_table(tmp_path: Path) -> None:
    path = tmp_path / 'lines'
    path.write_text(changed(TRADE_LINE, 'p', '"0.00000000000001"'))
    assert load_file(path).symbol.price_tick == Decimal('1e-10')


def test_a_truncated_archive_is_one_sentence(tmp_path: Path) -> None:
    whole = gzip.compress(TRADE_LINE.encode() * 2000)
    path = tmp_path / 'cut.gz'
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DataFileError, match='truncated or damaged') as caught:
        load_file(path)
    assert '\n' not in str(caught.value)


def test_every_prefix_of_an_archive_is_read_or_refused(tmp_path: Path) -> None:
    whole = gzip.compress(TRADE_LINE.encode() * 3)
    path = tmp_path / 'cut.gz'
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(DataFileError):
            load_file(path)
