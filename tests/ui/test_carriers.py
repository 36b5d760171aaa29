"""Carriers: whichever draws it, and from whichever memory, the picture is the same."""

from __future__ import annotations

import logging
import tracemalloc
from typing import TYPE_CHECKING

import numpy as np
import pytest

from piker.cli.doctor import examine
from piker.kernels import premultiplied
from piker.ui.model.carrier import Carrier
from piker.ui.model.prices import PriceStyle
from piker.ui.qt import memory, renderer
from piker.ui.qt.carriers import Raster, RectArray
from piker.ui.qt.pathbuf import LineBuf, PathBuf
from piker.ui.qt.qtlib import QColor, QImage, QPainter, QRect, Qt
from piker.ui.qt.renderer import Renderer
from tests.ui.stage import MakeStage, Stage, pixels_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from piker.ui.qt.qtlib import QApplication

WIDTH, HEIGHT = 300, 200
PLOT = QRect(0, 0, WIDTH, HEIGHT)
COLOUR = QColor(200, 120, 40)


@pytest.fixture
def without_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Qt's memory be out of reach."""
    monkeypatch.setattr(memory, 'fault', lambda: 'broken for a test')


@pytest.fixture
def fresh_fault() -> Iterator[None]:
    """Let Qt's memory be looked at anew, before and after."""
    memory.fault.cache_clear()
    yield
    memory.fault.cache_clear()


def drawn(draw: Callable[[QPainter], object]) -> NDArray[np.uint32]:
    """Return the pixels of what a function draws upon a plain ground."""
    image = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)
    image.fill(0x223344)
    painter = QPainter(image)
    painter.setPen(Qt.PenStyle.NoPen)
    draw(painter)
    painter.end()
    return pixels_of(image)


def columns(count: int = WIDTH, seed: int = 2) -> NDArray[np.float64]:
    """Return tall neighbouring columns, some of them beyond the plot and some of them missing."""
    random = np.random.default_rng(seed)
    top = random.integers(-20, 100, count)
    made = np.stack([np.arange(count), top, np.ones(count), random.integers(1, 160, count)], axis=1)
    return np.delete(made, [5, 6, 90], axis=0).astype(np.float64)


def scattered(seed: int = 3) -> NDArray[np.float64]:
    """Return few wide rectangles far apart."""
    random = np.random.default_rng(seed)
    left = np.sort(random.integers(-4, WIDTH, 12))
    return np.stack(
        [left, random.integers(-5, HEIGHT, 12), random.integers(0, 9, 12), np.full(12, 7)], axis=1
    ).astype(np.float64)


def by_rects(rects: NDArray[np.float64], left: int = 0, right: int = WIDTH) -> NDArray[np.uint32]:
    """Return what plain rectangles look like."""
    array = RectArray()
    array.fill(rects)

    def draw(painter: QPainter) -> None:
        painter.setBrush(COLOUR)
        array.draw(painter, left, right)

    return drawn(draw)


def rendered(batch: Renderer, left: int = 0, right: int = WIDTH) -> NDArray[np.uint32]:
    return drawn(lambda painter: batch.draw(painter, left, right, COLOUR, PLOT))


def test_qt_keeps_its_word_here() -> None:
    assert memory.fault() == ''


@pytest.mark.parametrize(
    ('rects', 'carrier'), [(columns(), Carrier.RASTER), (scattered(), Carrier.RECTS)]
)
def test_the_cheapest_carrier_draws_the_same(
    app: QApplication, rects: NDArray[np.float64], carrier: Carrier
) -> None:
    batch = Renderer()
    batch.fill(rects)
    assert np.array_equal(rendered(batch), by_rects(rects))
    assert batch.carrier is carrier
    assert not np.array_equal(rendered(batch), drawn(lambda painter: None))


def test_a_part_is_laid_over_without_painting_it_again(app: QApplication) -> None:
    batch = Renderer()
    batch.fill(columns())
    whole = rendered(batch)
    part = rendered(batch, 100, 140)
    assert np.array_equal(part[:, 100:140], whole[:, 100:140])
    assert batch.paints == 1
    batch.fill(columns(seed=9))
    assert np.array_equal(rendered(batch), by_rects(columns(seed=9)))
    assert batch.paints == 2


def test_nothing_of_an_earlier_picture_stays(app: QApplication) -> None:
    """Neither rows that are no longer painted, nor a batch that was cleared."""
    batch = Renderer()
    batch.fill(columns())
    rendered(batch)
    low = columns(seed=4)
    low[:, 1], low[:, 3] = 120, 60
    batch.fill(low)
    assert np.array_equal(rendered(batch), by_rects(low))
    batch.clear()
    assert np.array_equal(rendered(batch), drawn(lambda painter: None))
    assert batch.bounds() is None


def test_a_scaled_painter_and_half_a_colour_get_rectangles(app: QApplication) -> None:
    batch = Renderer()
    batch.fill(columns())

    def draw(painter: QPainter) -> None:
        painter.scale(0.5, 0.5)
        batch.draw(painter, 0, WIDTH, COLOUR, PLOT)

    drawn(draw)
    assert batch.carrier is Carrier.RECTS
    batch.fill(columns())
    drawn(lambda painter: batch.draw(painter, 0, WIDTH, QColor(1, 2, 3, 99), PLOT))
    assert batch.carrier is Carrier.RECTS


def test_warm_carriers_take_no_memory(app: QApplication) -> None:
    batch = Renderer()

    def frames() -> int:
        for seed in range(8):
            batch.fill(columns(seed=seed))
            rendered(batch)
            batch.fill(scattered(seed))
            rendered(batch)
        return batch.allocations

    assert frames() == frames()


def line(raster: Raster) -> NDArray[np.uint32]:
    """Return what a raster makes of noise with a gap, in two frames of which one stays."""
    colour = premultiplied(200, 120, 40)
    for seed in (1, 2):
        values = np.random.default_rng(seed).normal(size=(WIDTH, 7))
        m4 = np.stack([values[:, 0], values.min(1), values.max(1), values[:, -1]], axis=1)
        m4[50:60] = np.nan
        raster.fill_columns(m4, 0, (-20.0 * seed, 100.0), colour, (WIDTH, HEIGHT), line=2)
    return drawn(lambda painter: raster.draw(painter, 0, WIDTH))


def test_columns_are_painted_into_their_rows_alone(app: QApplication) -> None:
    raster = Raster()
    found = line(raster)
    painted = np.any(found != 0x223344, axis=1).nonzero()[0]
    assert raster.top <= painted.min() < painted.max() < raster.bottom
    assert np.all(found[:, 51:59] == 0x223344)
    assert raster.allocations == 1
    colour = premultiplied(1, 2, 3)
    raster.fill_columns(np.full((4, 4), np.nan), 0, (1.0, 0.0), colour, (WIDTH, HEIGHT))
    assert np.all(drawn(lambda painter: raster.draw(painter, 0, WIDTH)) == 0x223344)


def test_plain_calls_draw_the_same_batches(
    app: QApplication, request: pytest.FixtureRequest
) -> None:
    expected = [by_rects(columns()), by_rects(scattered()), line(Raster())]
    request.getfixturevalue('without_memory')
    batch = Renderer()
    batch.fill(columns())
    assert np.array_equal(rendered(batch), expected[0])
    assert batch.carrier is Carrier.RASTER
    assert batch.rects.pieces is None
    assert batch.raster.image is None
    assert np.array_equal(by_rects(columns()), expected[0])
    assert np.array_equal(by_rects(scattered()), expected[1])
    assert np.array_equal(line(Raster()), expected[2])


def far_and_near(stage: Stage) -> list[NDArray[np.uint32]]:
    """Return the window as it opens, with bars, and with all rows as a line."""
    pictures = []
    for style, notches in (
        (PriceStyle.CANDLES, 0),
        (PriceStyle.BARS, 0),
        (PriceStyle.CANDLES, 16),
    ):
        stage.window.splits.price_graphics.style = style
        stage.window.splits.zoom(notches)
        stage.window.loop.request()
        stage.settle()
        pictures.append(stage.pixels())
    return pictures


def carriers(stage: Stage) -> set[Carrier]:
    splits = stage.window.splits
    curves = (*splits.price_graphics.curves, splits.volume_graphics.curve)
    return {batch.carrier for curve in curves for batch in curve.closed.values() if batch.count}


def test_the_window_is_the_same_by_every_carrier(
    make_stage: MakeStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = make_stage(3000)
    expected = far_and_near(stage)
    assert carriers(stage) == {Carrier.RECTS, Carrier.RASTER}
    monkeypatch.setattr(renderer, 'FEW', 0)
    for carrier in Carrier.RECTS, Carrier.RASTER:
        monkeypatch.setattr(renderer, 'cheapest', lambda *_, is_opaque, forced=carrier: forced)
        stage = make_stage(3000)
        for found, wanted in zip(far_and_near(stage), expected, strict=True):
            assert np.array_equal(found, wanted)
        assert carriers(stage) == {carrier}


def test_the_window_is_the_same_by_plain_calls(
    make_stage: MakeStage, request: pytest.FixtureRequest
) -> None:
    expected = far_and_near(make_stage(3000))
    request.getfixturevalue('without_memory')
    for found, wanted in zip(far_and_near(make_stage(3000)), expected, strict=True):
        assert np.array_equal(found, wanted)


@pytest.mark.usefixtures('fresh_fault')
@pytest.mark.parametrize('name', memory.CHECKS)
def test_a_fault_is_told_once_and_by_the_doctor(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    monkeypatch.setitem(memory.CHECKS, name, lambda: False)
    with caplog.at_level(logging.WARNING):
        assert memory.fault() == memory.fault()
        RectArray()
    assert memory.fault().startswith(f'{name} of Qt differs')
    assert [record.getMessage() for record in caplog.records] == [memory.fault()]
    (finding,) = examine(['qt-memory'])
    assert (finding.ok, finding.detail) == (False, memory.fault())


@pytest.mark.usefixtures('fresh_fault')
def test_memory_that_is_laid_out_otherwise_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Values that are read from another place than they were written to, and none at all."""
    real = memory.records

    def shifted(kind: memory.Kind, capacity: int) -> memory.Records:
        array, values = real(kind, capacity + 1)
        return memory.Records(array[1:], values[:-1])

    monkeypatch.setattr(memory, 'records', shifted)
    assert memory.fault().startswith('the memory of arrays')
    memory.fault.cache_clear()

    def refused(kind: memory.Kind, capacity: int) -> memory.Records:
        raise TypeError('no such array')

    monkeypatch.setattr(memory, 'records', refused)
    assert memory.fault().startswith('the memory of arrays of Qt cannot be reached (no such array)')


@pytest.mark.usefixtures('fresh_fault')
def test_a_sound_memory_is_ok_for_the_doctor() -> None:
    (finding,) = examine(['qt-memory'])
    assert finding.ok


def test_what_is_drawn_is_not_kept(app: QApplication) -> None:
    """Parts of any length, drawn thousands of times, leave no object behind."""
    image = memory.blank_image(64, 64)
    painter = QPainter(image)
    array, line, strokes = RectArray(), PathBuf(), LineBuf()
    random = np.random.default_rng(2)
    array.fill(np.sort(random.integers(1, 60, (300, 4)), axis=0).astype(float))
    line.append(np.arange(300.0), np.arange(300.0))
    strokes.append(random.normal(size=(300, 4)))

    def draw(count: int) -> None:
        for _ in range(count):
            left, start = int(random.integers(0, 60)), int(random.integers(0, 290))
            array.draw(painter, left, left + 7)
            array.draw_rows(painter, left, left + 2)
            array.draw_part(painter, left, left + 9)
            line.draw(painter, start, start + 9)
            strokes.draw(painter, start, start + 9)

    draw(500)
    tracemalloc.start()
    try:
        draw(200)
        before = tracemalloc.get_traced_memory()[0]
        draw(1000)
        grown = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
        painter.end()
    assert grown < 20_000, f'{grown} bytes are left of 5000 drawings'
