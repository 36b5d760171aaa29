"""`LinkedSplits`: the charts of one symbol above each other, on one x range and one axis width."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from piker.accounting.symbols import Symbol, price_digits
from piker.ui.model import formats
from piker.ui.model.display import Picture
from piker.ui.model.flow import Flow
from piker.ui.model.timeaxis import TimeTicks
from piker.ui.model.viewport import Viewport
from piker.ui.model.zoom import nearest_step
from piker.ui.qt.axes import AxisTick
from piker.ui.qt.bars import PriceGraphics
from piker.ui.qt.chart import ChartPlotWidget
from piker.ui.qt.composed import Side
from piker.ui.qt.marks import L1Labels, LastLine, Notice
from piker.ui.qt.qtlib import QPainter, QPaintEvent, QSplitter, QSplitterHandle, Qt, pyqtSignal
from piker.ui.qt.steps import StepGraphics

if TYPE_CHECKING:
    from piker.shm import ShmArray
    from piker.ui.model.prices import PriceStyle
    from piker.ui.qt.palette import Palette

__all__ = ['LinkedSplits']

PRICE_SHARE, VOLUME_SHARE = 5, 2
HANDLE = 4
DEFAULT_STEP, WIDEST_STEP = 6, 40
TIME_GAP = 88
VOLUME_MARGINS = 28, 0


class Handle(QSplitterHandle):
    """The seam of two charts: a hairline on the canvas."""

    def __init__(self, splits: LinkedSplits) -> None:
        super().__init__(splits.orientation(), splits)
        self.splits = splits

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802
        """Paint canvas with one line in its middle."""
        painter = QPainter(self)
        palette = self.splits.tokens
        painter.fillRect(self.rect(), palette.brush('canvas'))
        painter.fillRect(0, HANDLE // 2, self.width(), 1, palette.brush('line'))
        painter.end()


class LinkedSplits(QSplitter):
    """Price above volume, linked in x.

    Parameters
    ----------
    symbol : Symbol
        What is charted.
    ring : ShmArray
        Its bars.
    period_ns : int
        Length of a bar.
    palette : Palette
        Colours.

    Attributes
    ----------
    viewport : Viewport
        The shared x range.
    price, volume : ChartPlotWidget
        The charts.
    prices, volumes : Flow
        What they show.
    pointer : tuple or None
        The chart under the mouse, and its logical pixel.
    """

    changed = pyqtSignal()

    def __init__(self, symbol: Symbol, ring: ShmArray, period_ns: int, palette: Palette) -> None:
        super().__init__(Qt.Orientation.Vertical)
        self.symbol = symbol
        self.tokens = palette
        self.viewport = Viewport()
        self.time_ticks = TimeTicks()
        self.digits = price_digits(symbol.price_tick)
        self.setHandleWidth(HANDLE)
        self.setChildrenCollapsible(False)
        self.price = ChartPlotWidget(
            self.viewport,
            palette,
            self.price_text,
            self.price_texts,
            tick_size=float(symbol.price_tick),
        )
        self.volume = ChartPlotWidget(
            self.viewport,
            palette,
            formats.humanise,
            formats.humanised_ticks,
            margins=VOLUME_MARGINS,
            has_time_axis=True,
        )
        self.charts = (self.price, self.volume)
        self.last_line = LastLine(self.price)
        self.l1 = L1Labels(self.price, self.digits)
        self.notice = Notice(self.price)
        self.price_graphics = PriceGraphics(self.price.view)
        self.volume_graphics = StepGraphics(self.volume.view)
        self.pointer: tuple[ChartPlotWidget, tuple[float, float]] | None = None
        self.axis_widths: dict[Side, list[int]] = {}
        self.needs_layout = True
        self.needs_default = True
        self.zoom_rest = self.pan_rest = 0.0
        for chart, share in zip(self.charts, (PRICE_SHARE, VOLUME_SHARE), strict=True):
            self.addWidget(chart)
            self.setStretchFactor(self.indexOf(chart), share)
            chart.panned.connect(self.pan)
            chart.zoomed.connect(self.zoom)
            chart.y_changed.connect(self.changed)
            chart.resized.connect(self.lay_out_later)
            chart.pointed.connect(self.point)
        self.set_bars(ring, period_ns)

    def createHandle(self) -> QSplitterHandle:  # noqa: N802
        """Return a seam."""
        return Handle(self)

    def price_text(self, value: float) -> str:
        """Return a price with the symbol's digits."""
        return formats.price(value, self.digits)

    def price_texts(self, values: list[float]) -> list[str]:
        """Return prices with the symbol's digits."""
        return formats.prices(values, self.digits)

    def set_bars(self, ring: ShmArray, period_ns: int) -> None:
        """Show another ring; the view stays where it is in rows."""
        self.viewport.is_beyond = False
        self.prices = Flow('price', ring, period_ns)
        self.prices.graphics = self.price_graphics
        self.volumes = Flow('volume', ring, period_ns, field='volume')
        self.volumes.graphics = self.volume_graphics
        self.price.view.flows = {'price': self.prices}
        self.volume.view.flows = {'volume': self.volumes}
        self.axis_widths = {}
        self.lay_out_later()

    @property
    def extent(self) -> tuple[int, int]:
        """The rows that exist, half-open."""
        return self.prices.ring.first, self.prices.ring.last

    def picture(self, chart: ChartPlotWidget) -> Picture:
        """Return what a chart's picture depends on besides the rows."""
        zoom, left, width = self.viewport.signature
        scale = (
            zoom,
            width,
            tuple(view.yrange.signature for view in chart.views),
            tuple(tuple(widths) for widths in self.axis_widths.values()),
            self.price_graphics.style,
            self.tokens.theme.name,
        )
        return Picture(left, scale)

    def lay_out_later(self) -> None:
        """Have the next frame divide the widgets anew."""
        self.needs_layout = True
        self.changed.emit()

    def lay_out(self) -> None:
        """Divide the widgets among plots and axes, and keep the view's right edge."""
        self.needs_layout = False
        self.axis_widths = self.wanted_axis_widths()
        for chart in self.charts:
            chart.place(self.axis_widths)
        self.keep_margin(self.price.view.rect.width())
        self.viewport.resize(self.price.view.rect.width(), *self.extent)
        if self.needs_default and self.extent[1] > self.extent[0]:
            self.default_view()

    def wanted_axis_widths(self) -> dict[Side, list[int]]:
        """Return the logical pixels of each place for a value axis, the same for all charts.

        A place is as wide as the widest text that any chart's axis there can come to show, and
        never narrower than it was, so that plots do not breathe.
        """
        live = self.prices.live()
        if live is not None:
            self.l1.near = float(live['close'])
        found: dict[Side, list[int]] = {}
        for side in (Side.LEFT, Side.RIGHT):
            before = self.axis_widths.get(side, [])
            places = max(len(chart.overlay.layout.get_axes(side)) for chart in self.charts)
            widths = [before[place] if place < len(before) else 0 for place in range(places)]
            for chart in self.charts:
                for view in chart.views:
                    row = chart.overlay.layout.get_axes(side)
                    if view.axis in row:
                        place = row.index(view.axis)
                        widths[place] = max(widths[place], view.wanted_axis_width())
            found[side] = widths
        return found

    def default_view(self) -> None:
        """Show the newest bars, the last one just left of the level 1 labels, all values in view.

        A short history is drawn wider, up to a bound, rather than leaving half the plot empty.
        """
        self.needs_default = False
        first, last = self.extent
        viewport = self.viewport
        viewport.is_beyond = False
        self.keep_margin(viewport.width)
        usual = nearest_step(DEFAULT_STEP * self.price.ratio)
        viewport.zoom = min(usual, viewport.farthest(first, last), key=lambda zoom: zoom.uppx)
        if last > first:
            viewport.show_last(last, viewport.room)
        for chart in self.charts:
            for view in chart.views:
                view.yrange.is_static = False
        self.changed.emit()

    def keep_margin(self, width: int) -> None:
        """Have the view keep the room of the level 1 labels free, in a plot of a width."""
        self.viewport.margin = max(0, width - max(1, self.l1.pre_l1_xs()))
        self.viewport.widest = round(WIDEST_STEP * self.price.ratio)

    def pan(self, logical: float) -> None:
        """Move the picture to the right by logical pixels; parts of a device pixel add up."""
        pixels = logical * self.price.ratio + self.pan_rest
        whole = round(pixels)
        self.pan_rest = pixels - whole
        self.viewport.pan(whole, *self.extent)
        self.changed.emit()

    def zoom(self, notches: float) -> None:
        """Zoom out by wheel notches; parts of a notch add up."""
        wanted = notches + self.zoom_rest
        levels = math.trunc(wanted)
        self.zoom_rest = wanted - levels
        first, last = self.extent
        if levels and last > first:
            self.viewport.zoom_by(levels, first, last)
            self.changed.emit()

    def point(self, at: tuple[float, float] | None) -> None:
        """Put the crosshair under the mouse; moves between two frames coalesce."""
        chart = self.sender()
        self.pointer = None
        if at is not None and isinstance(chart, ChartPlotWidget):
            self.pointer = (chart, at)
        self.changed.emit()

    def cycle_style(self) -> PriceStyle:
        """Go on to the next price style."""
        style = self.price_graphics.cycle()
        self.changed.emit()
        return style

    def set_palette(self, palette: Palette) -> None:
        """Take the colours of another theme."""
        self.tokens = palette
        for chart in self.charts:
            chart.tokens = palette
        for index in range(1, self.count()):
            if (handle := self.handle(index)) is not None:
                handle.update()
        self.changed.emit()

    def lay_out_ticks(self) -> None:
        """Lay out the ticks of all axes, and the grid behind them; have what differs painted."""
        ticks = self.time_axis_ticks()
        if self.volume.time_axis:
            self.volume.time_axis.set_ticks(ticks)
        for chart in self.charts:
            for view in chart.views:
                view.axis.layout_ticks(view.yrange)
                view.set_grid(ticks, [tick.pixel for tick in view.axis.ticks])

    def time_axis_ticks(self) -> list[AxisTick]:
        """Return the time ticks of the rows in view and of the room to their right."""
        viewport = self.viewport
        ticks = self.time_ticks.in_view(self.prices, viewport, TIME_GAP * self.price.em)
        return [AxisTick(viewport.pixel_of(tick.row), tick.text, tick.is_strong) for tick in ticks]
