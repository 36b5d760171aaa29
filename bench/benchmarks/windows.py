"""Windows that are raced: each in a process of its own, all on one virtual X display.

Run as `python -m benchmarks.windows NAME SPEC` it is such a process: it shows a window of the
contestant NAME over a random walk, and for every line on its standard input draws frames and tells
how long one took. A frame is over when the X server has taken it.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

__all__ = ['CONTESTANTS', 'Contestant', 'Spec', 'open_display']

ROOT = Path(__file__).resolve().parents[2]
PAN_PIXELS = 3
CHUNK_ROWS = 1 << 20
DRAWN_AT_MOST = 100_000
LAYOUT_S = 0.5
SQUARE = 200


class Spec(msgspec.Struct, frozen=True):
    """What a window shows.

    Attributes
    ----------
    rows : int
        Bars or points of the series.
    width, height : int
        Size of the window.
    in_view : int
        How many of them are in view; 0 for all.
    is_ohlc : bool
        Bars, or else a line of closes.
    """

    rows: int
    width: int = 1920
    height: int = 1080
    in_view: int = 0
    is_ohlc: bool = True


class Order(msgspec.Struct, frozen=True):
    """Frames to draw: `action` is 'pan' or 'tick'."""

    action: str
    count: int


class Contestant:
    """Another process with a window.

    Parameters
    ----------
    name : str
        Which of `CONTESTANTS`.
    spec : Spec
        What it shows.
    display : str
        The X display.
    """

    def __init__(self, name: str, spec: Spec, display: str) -> None:
        chosen = {'DISPLAY': display, 'QT_QPA_PLATFORM': 'xcb', 'PYQTGRAPH_QT_LIB': 'PyQt5'}
        self.name = name
        self.process = subprocess.Popen(
            [sys.executable, '-m', 'benchmarks.windows', name, msgspec.json.encode(spec)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[1],
            env=os.environ | chosen,
        )
        try:
            self.read()
        except RuntimeError:
            self.close()
            raise

    def read(self) -> float:
        """Return the next number that it tells."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f'the window of {self.name} ended: its error stands above')
        return float(line)

    def seconds(self, action: str, count: int) -> float:
        """Have frames drawn and return the seconds of one."""
        assert self.process.stdin is not None
        self.process.stdin.write(msgspec.json.encode(Order(action, count)) + b'\n')
        self.process.stdin.flush()
        return self.read()

    def close(self) -> None:
        """End it."""
        self.process.kill()
        self.process.communicate()


@contextlib.contextmanager
def open_display(width: int, height: int) -> Iterator[str]:
    """Run a virtual X display around a block.

    Raises
    ------
    NotImplementedError
        When Xvfb is not installed.
    """
    reading, writing = os.pipe()
    screen = f'{width}x{height}x24'
    try:
        server = subprocess.Popen(
            ['Xvfb', '-displayfd', str(writing), '-screen', '0', screen, '-nolisten', 'tcp',
             '-noreset'],
            pass_fds=[writing],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
    except FileNotFoundError:
        os.close(reading)
        os.close(writing)
        raise NotImplementedError('needs Xvfb') from None
    os.close(writing)
    try:
        with os.fdopen(reading) as answer:
            yield f':{answer.readline().strip()}'
    finally:
        server.terminate()
        server.wait()


class Window(ABC):
    """A window of one contestant, in its own process.

    Parameters
    ----------
    spec : Spec
        What it shows.
    """

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.turn = 1

    @abstractmethod
    def pan(self, direction: int) -> None:
        """Move the view by some pixels."""

    @abstractmethod
    def tick(self, direction: int) -> None:
        """Change the last close."""

    @abstractmethod
    def paint(self) -> None:
        """Have everything painted that is due."""

    def frame(self, action: str) -> None:
        """Draw one frame of an action, there and back in turns."""
        self.turn = -self.turn
        {'pan': self.pan, 'tick': self.tick}[action](self.turn)
        self.paint()

    def sync(self) -> None:
        """Wait until the X server has done all that it was asked for."""
        from PyQt5 import sip
        from PyQt5.QtGui import QGuiApplication

        screen = QGuiApplication.primaryScreen()
        assert screen is not None
        screen.grabWindow(sip.voidptr(0), 0, 0, 1, 1)


class PikerWindow(Window):
    """The chart window over rings of this process: prices above volume."""

    def __init__(self, spec: Spec) -> None:
        super().__init__(spec)
        sys.path.insert(0, str(ROOT))
        from piker.ui.model.prices import PriceStyle
        from piker.ui.qt.application import open_application
        from tests.ui.stage import MINUTE, Stage, walk

        rows = walk(min(spec.rows, CHUNK_ROWS))
        size = spec.width, spec.height
        self.stage = stage = Stage(
            open_application(), rows, size, 'dark', has_quote=True, capacity=spec.rows + 4096
        )
        for start in range(CHUNK_ROWS, spec.rows, CHUNK_ROWS):
            # One walk goes on where the one before it ended.
            rows = rows[: spec.rows - start].copy()
            rows['time'] += CHUNK_ROWS * MINUTE
            stage.ring.push(rows)
        splits = stage.window.splits
        if not spec.is_ohlc:
            splits.price_graphics.style = PriceStyle.LINE
        stage.settle()
        wanted = spec.in_view or spec.rows
        while splits.viewport.rows_of(0, splits.viewport.width)[1] < wanted:
            splits.zoom(1)
            stage.frame()
        while splits.viewport.rows_of(0, splits.viewport.width)[1] > 2 * wanted:
            splits.zoom(-1)
            stage.frame()
        stage.settle()

    def pan(self, direction: int) -> None:
        """Pan by pixels."""
        self.stage.window.splits.pan(PAN_PIXELS * direction)

    def tick(self, direction: int) -> None:
        """Change the live row."""
        live = self.stage.ring.live()
        assert live is not None
        live['close'] += 0.01 * direction
        self.stage.ring.set_last(live)

    def paint(self) -> None:
        """Draw the frame."""
        if not self.stage.frame():
            raise RuntimeError('no frame was drawn')


class PyqtgraphWindow(Window):
    """A plot of the closes with axes and grid, downsampled and clipped as pyqtgraph can."""

    def __init__(self, spec: Spec) -> None:
        super().__init__(spec)
        import pyqtgraph

        self.app = pyqtgraph.mkQApp()
        self.y = closes(spec.rows)
        self.widget = widget = pyqtgraph.PlotWidget()
        self.curve = widget.plot(self.y, pen='#9fb3c8')
        widget.setDownsampling(auto=True, mode='peak')
        widget.setClipToView(True)
        widget.showGrid(True, True)
        widget.resize(spec.width, spec.height)
        widget.show()
        in_view = spec.in_view or spec.rows
        widget.setXRange(spec.rows - in_view, spec.rows, padding=0)
        settle(self.app.processEvents)
        drawn = len(self.curve.getData()[0])
        if drawn > DRAWN_AT_MOST:
            raise RuntimeError(f'pyqtgraph draws {drawn} points: it does not downsample')

    def pan(self, direction: int) -> None:
        """Pan by pixels."""
        box = self.widget.getViewBox()
        box.translateBy(x=PAN_PIXELS * direction * box.viewPixelSize()[0])

    def tick(self, direction: int) -> None:
        """Set all points anew, the one way that there is."""
        self.y[-1] += 0.01 * direction
        self.curve.setData(self.y)

    def paint(self) -> None:
        """Draw the frame."""
        self.app.processEvents()


class FinplotWindow(Window):
    """Candlesticks of finplot."""

    def __init__(self, spec: Spec) -> None:
        super().__init__(spec)
        import finplot
        import pandas as pd
        import pyqtgraph

        self.app = pyqtgraph.mkQApp()
        close = closes(spec.rows)
        opened = np.concatenate([close[:1], close[:-1]])
        times = pd.to_datetime(1_700_000_000 + 60 * np.arange(spec.rows), unit='s')
        self.frame_of_bars = pd.DataFrame(
            {
                'open': opened,
                'close': close,
                'high': np.maximum(opened, close) + 0.05,
                'low': np.minimum(opened, close) - 0.05,
            },
            index=times,
        )
        self.in_view = spec.in_view or spec.rows
        axis = finplot.create_plot('', init_zoom_periods=self.in_view, maximize=False)
        self.box = axis.vb
        self.plot = finplot.candlestick_ochl(self.frame_of_bars)
        finplot.show(qt_exec=False)
        (window,) = finplot.windows
        window.resize(spec.width, spec.height)
        settle(self.app.processEvents)
        self.box.pan_x(steps=-self.in_view)

    def pan(self, direction: int) -> None:
        """Pan by as many bars as are about as wide as the pixels."""
        bars = max(1, round(PAN_PIXELS * self.in_view / self.spec.width))
        self.box.pan_x(steps=bars * direction)

    def tick(self, direction: int) -> None:
        """Update the series with its last close changed."""
        self.frame_of_bars.iloc[-1, 1] += 0.01 * direction
        self.plot.update_data(self.frame_of_bars)

    def paint(self) -> None:
        """Draw the frame."""
        self.app.processEvents()


class BareWindow(Window):
    """A widget without anything that fills a square for a tick: the least that a frame takes."""

    def __init__(self, spec: Spec) -> None:
        super().__init__(spec)
        from PyQt5.QtCore import QRect, Qt
        from PyQt5.QtGui import QColor, QPainter, QPaintEvent
        from PyQt5.QtWidgets import QApplication, QWidget

        class Square(QWidget):
            """Fills what is exposed."""

            colour = QColor('#3fb68b')

            def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802
                """Fill it."""
                assert event is not None
                painter = QPainter(self)
                painter.fillRect(event.rect(), self.colour)
                painter.end()

        self.app = QApplication([])
        self.widget = Square()
        self.widget.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.widget.resize(spec.width, spec.height)
        self.widget.show()
        self.square = QRect(spec.width - SQUARE, spec.height // 2, SQUARE, SQUARE)
        settle(self.app.processEvents)

    def pan(self, direction: int) -> None:
        """Fill all of it."""
        self.widget.update()

    def tick(self, direction: int) -> None:
        """Fill the square."""
        self.widget.update(self.square)

    def paint(self) -> None:
        """Draw the frame."""
        self.app.processEvents()


CONTESTANTS: dict[str, Callable[[Spec], Window]] = {
    'piker': PikerWindow,
    'pyqtgraph': PyqtgraphWindow,
    'finplot': FinplotWindow,
    'bare': BareWindow,
}


def closes(count: int) -> NDArray[np.float64]:
    """Return the closes of a walk."""
    return 100 + np.cumsum(np.random.default_rng(7).normal(0, 0.05, count))


def settle(process_events: Callable[[], None]) -> None:
    """Give a window time to lay itself out."""
    end = time.monotonic() + LAYOUT_S
    while time.monotonic() < end:
        process_events()
        time.sleep(0.01)


def main(name: str, text: str) -> None:
    """Show a window, and draw frames for orders until the input ends."""
    window = CONTESTANTS[name](msgspec.json.decode(text, type=Spec))
    for action in ('pan', 'pan'):
        window.frame(action)
    window.sync()
    sys.stdout.write('0\n')
    sys.stdout.flush()
    for line in sys.stdin:
        order = msgspec.json.decode(line, type=Order)
        start = time.perf_counter()
        for _ in range(order.count):
            window.frame(order.action)
        window.sync()
        sys.stdout.write(f'{(time.perf_counter() - start) / order.count}\n')
        sys.stdout.flush()


if __name__ == '__main__':
    main(*sys.argv[1:])
