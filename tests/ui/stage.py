"""Windows over rings made in the test's own process, drawn off screen."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from piker.accounting.symbols import Symbol
from piker.core.rows import BAR, QUOTE
from piker.shm import open_shm_array
from piker.ui.model.source import BarSource
from piker.ui.qt.qtlib import QApplication, QEvent, QImage, QMouseEvent, QPointF, Qt
from piker.ui.qt.window import ChartWindow

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from piker.shm import ShmArray
    from piker.ui.model.theme import ThemeName
    from piker.ui.qt.chart import ChartPlotWidget

MINUTE = 60_000_000_000
SMOOTHED = 8
"""Shades of 256 by which a smoothed line may differ by where the painter cuts it."""
HOUR = 60 * MINUTE
START = 1_723_075_200_000_000_000  # 8 August 2024 UTC
SYMBOL = Symbol(
    fqsn='walk.test.replay',
    name='WALK',
    provider='replay',
    venue='test',
    suffix='',
    price_tick=Decimal('0.01'),
    size_tick=Decimal('0.001'),
)


def walk(count: int, seed: int = 7) -> NDArray[np.void]:
    """Return bars of a random walk on a price tick of 0.01, a minute apart."""
    random = np.random.default_rng(seed)
    close = np.round(100 + np.cumsum(random.normal(0, 0.05, count)), 2)
    rows = np.zeros(count, BAR)
    rows['time'] = START + np.arange(count) * MINUTE
    rows['close'] = close
    rows['open'] = np.concatenate([[100.0], close[:-1]])
    reach = np.round(np.abs(random.normal(0, 0.04, (2, count))), 2)
    rows['high'] = np.maximum(rows['open'], close) + reach[0]
    rows['low'] = np.minimum(rows['open'], close) - reach[1]
    rows['volume'] = np.round(random.lognormal(3, 1, count), 3)
    return rows


def hours_of(rows: NDArray[np.void], before: int) -> NDArray[np.void]:
    """Return the hours of minute bars, behind so many hours of another walk that leads to them."""
    starts = np.flatnonzero(np.r_[True, np.diff(rows['time'] // HOUR) > 0])
    ends = np.r_[starts[1:], len(rows)] - 1
    hours = np.zeros(len(starts), BAR)
    hours['time'] = rows['time'][starts] // HOUR * HOUR
    hours['open'], hours['close'] = rows['open'][starts], rows['close'][ends]
    hours['high'] = np.maximum.reduceat(rows['high'], starts)
    hours['low'] = np.minimum.reduceat(rows['low'], starts)
    hours['volume'] = np.add.reduceat(rows['volume'], starts)
    older = walk(before, seed=8)
    older['time'] = hours['time'][0] - np.arange(before, 0, -1) * HOUR
    shift = hours['open'][0] - older['close'][-1] if before else 0.0
    for name in ('open', 'high', 'low', 'close'):
        older[name] = np.round(older[name] + shift, 2)
    return np.concatenate([older, hours])


class Stage:
    """A shown window over rings of this process.

    Attributes
    ----------
    ring, slow, quote : ShmArray
        What the window reads; the test writes them.
    window : ChartWindow
        The window.
    """

    def __init__(
        self,
        app: QApplication,
        rows: NDArray[np.void],
        size: tuple[int, int],
        theme: ThemeName,
        symbol: Symbol = SYMBOL,
        *,
        has_quote: bool,
        capacity: int = 0,
        older: int | None = None,
    ) -> None:
        self.app = app
        self.ring = open_shm_array('test-bars', capacity or max(4096, 2 * len(rows)), BAR)
        self.slow = open_shm_array('test-slow', 4096, BAR)
        self.quote = open_shm_array('test-quote', 4096, QUOTE)
        if len(rows):
            self.ring.push(rows)
        if older is not None:
            self.slow.push(hours_of(rows, older))
        if has_quote:
            self.quote.push(self.quote_row(rows[-1]))
        source = BarSource(self.ring, MINUTE, self.slow, HOUR)
        self.window = ChartWindow(symbol, source, self.quote, 'REPLAY', theme)
        self.window.resize(*size)
        self.window.show()
        # The test is the clock: frames are drawn when it says so.
        self.window.loop.timer.stop()
        self.window.health.stop()
        self.frame()

    @staticmethod
    def quote_row(bar: np.void) -> NDArray[np.void]:
        """Return a quote a price tick around a bar's close."""
        quote = np.zeros(1, QUOTE)
        quote['time'] = bar['time'] + 20_000_000_000
        quote['last'] = quote['ask'] = bar['close']
        quote['bid'] = bar['close'] - 0.01
        quote['bid_size'], quote['ask_size'] = 12.5, 3.0
        return quote

    def frame(self) -> bool:
        """Draw a frame if one is due, and handle its paint events; return whether one was."""
        drawn = self.window.loop.graphics_cycle()
        self.app.processEvents()
        return drawn

    def settle(self) -> None:
        """Draw frames until nothing is left to do."""
        for _ in range(8):
            if not self.frame():
                return
        raise AssertionError('the chart asks for frames without end')

    def image(self) -> QImage:
        """Return the window painted anew."""
        return self.window.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)

    def screen_image(self) -> QImage:
        """Return what is on the (off) screen, as left by all partial repaints."""
        handle = self.window.windowHandle()
        screen = None if handle is None else handle.screen()
        assert screen is not None
        picture = screen.grabWindow(self.window.winId())
        return picture.toImage().convertToFormat(QImage.Format.Format_RGB32)

    def pixels(self) -> NDArray[np.uint32]:
        """Return the window painted anew as (height, width) of 0x00rrggbb."""
        return pixels_of(self.image())

    def close(self) -> None:
        """Close the window and the rings."""
        self.window.close()
        self.window.deleteLater()
        self.app.processEvents()
        for ring in (self.ring, self.slow, self.quote):
            ring.close()


def pixels_of(image: QImage) -> NDArray[np.uint32]:
    """Return an image's pixels as an own array of (height, width), 0x00rrggbb."""
    bits = image.constBits()
    assert bits is not None
    memory = bits.asstring(image.sizeInBytes())
    rows = np.frombuffer(memory, np.uint32).reshape(image.height(), image.bytesPerLine() // 4)
    return rows[:, : image.width()] & np.uint32(0xFFFFFF)


def tick(ring: ShmArray, move: float) -> None:
    """Change the live row of a ring as a trade would."""
    live = ring.live()
    assert live is not None
    live['close'] = round(float(live['close']) + move, 2)
    live['high'] = max(live['high'], live['close'])
    live['low'] = min(live['low'], live['close'])
    live['volume'] += 0.5
    ring.set_last(live)


def append(ring: ShmArray, period_ns: int = MINUTE) -> None:
    """Begin a new row at the last close."""
    live = ring.live()
    assert live is not None
    row = np.zeros(1, live.dtype)
    row['time'] = live['time'] + period_ns
    row['open'] = row['high'] = row['low'] = row['close'] = live['close']
    row['volume'] = 1.0
    ring.push(row)


def difference(one: NDArray[np.uint32], other: NDArray[np.uint32]) -> NDArray[np.int64]:
    """Return by how much each pixel differs in the channel that differs most."""
    found = np.zeros(one.shape, np.int64)
    for shift in (0, 8, 16):
        shades = (one >> shift & 255).astype(np.int64) - (other >> shift & 255)
        np.maximum(found, np.abs(shades), out=found)
    return found


def painted(stage: Stage) -> int:
    """Return the device pixels repainted so far."""
    return sum(chart.pixels_painted for chart in stage.window.splits.charts)


def mouse(
    stage: Stage,
    kind: QEvent.Type,
    x: float,
    y: float,
    *,
    chart: ChartPlotWidget | None = None,
    has_shift: bool = False,
) -> None:
    """Send an event of the left button to a chart, by default to that of prices."""
    chart = chart or stage.window.splits.price
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    modifier = Qt.KeyboardModifier.ShiftModifier if has_shift else Qt.KeyboardModifier.NoModifier
    moved, held = kind == QEvent.Type.MouseMove, kind != QEvent.Type.MouseButtonRelease
    event = QMouseEvent(
        kind, QPointF(x, y), none if moved else left, left if held else none, modifier
    )
    match kind:
        case QEvent.Type.MouseButtonPress:
            chart.mousePressEvent(event)
        case QEvent.Type.MouseMove:
            chart.mouseMoveEvent(event)
        case _:
            chart.mouseReleaseEvent(event)


def shift_drag(stage: Stage, *points: tuple[float, float]) -> None:
    """Press with Shift at the first point, move over the others, release at the last one."""
    mouse(stage, QEvent.Type.MouseButtonPress, *points[0], has_shift=True)
    for at in points[1:]:
        mouse(stage, QEvent.Type.MouseMove, *at, has_shift=True)
    mouse(stage, QEvent.Type.MouseButtonRelease, *points[-1], has_shift=True)


def click(stage: Stage, x: float, y: float) -> None:
    """Press and release at a point of the chart of prices."""
    mouse(stage, QEvent.Type.MouseButtonPress, x, y)
    mouse(stage, QEvent.Type.MouseButtonRelease, x, y)


def change_marks(stage: Stage, random: np.random.Generator) -> None:
    """Measure a box, move or remove it; turn the readout, the lines of the day or the zone."""
    splits = stage.window.splits
    match random.integers(0, 6):
        case 0:
            points = random.integers(0, 300, (int(random.integers(1, 4)), 2))
            shift_drag(stage, *points.tolist())
        case 1:
            splits.measure.move(*random.integers(-50, 700, 2).tolist())
            stage.window.loop.request()
        case 2:
            click(stage, *random.integers(0, 300, 2).tolist())
        case 3:
            stage.window.hold_readout(is_held=not splits.hover.is_held)
        case 4:
            stage.window.toggle_levels()
        case 5:
            stage.window.next_zone()


MakeStage = Callable[..., Stage]
