"""`ChartGroup`: the charts of one ring, on one x range of their own."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from piker.ui.model.display import Change, GroupState, News, Picture
from piker.ui.model.flow import Flow
from piker.ui.model.timeaxis import TimeTicks
from piker.ui.model.zoom import nearest_step
from piker.ui.qt.axes import AxisTick
from piker.ui.qt.bars import PriceGraphics
from piker.ui.qt.qtlib import QObject, pyqtSignal
from piker.ui.qt.steps import StepGraphics

if TYPE_CHECKING:
    from piker.shm import ShmArray
    from piker.ui.model.viewport import Viewport
    from piker.ui.model.zones import Zone
    from piker.ui.qt.axes import TimeAxis
    from piker.ui.qt.chart import ChartPlotWidget

__all__ = ['ChartGroup']

WIDEST_STEP = 40
TIME_GAP = 88


class ChartGroup(QObject):
    """A chart of prices, and of volume below it if there is one, linked in x.

    Parameters
    ----------
    viewport : Viewport
        The x range that they share.
    price : ChartPlotWidget
        The chart of prices.
    volume : ChartPlotWidget, optional
        The chart of volume.
    usual_step : int
        Pixels of the design that a row takes by default.

    Attributes
    ----------
    charts : tuple of ChartPlotWidget
        From the top; the last one has the time axis.
    prices, volumes : Flow
        What they show.
    state : GroupState
        What the last frame showed.
    legend_key : object
        What the legends depended on when they were written last.
    needs_default : bool
        The next layout begins with the default view.
    """

    changed = pyqtSignal()

    def __init__(
        self,
        viewport: Viewport,
        price: ChartPlotWidget,
        volume: ChartPlotWidget | None = None,
        *,
        usual_step: int,
    ) -> None:
        super().__init__()
        self.viewport = viewport
        self.price = price
        self.volume = volume
        self.charts = (price,) if volume is None else (price, volume)
        self.usual_step = usual_step
        self.price_graphics = PriceGraphics(price.view)
        self.volume_graphics = None if volume is None else StepGraphics(volume.view)
        self.time_ticks = TimeTicks()
        self.state = GroupState()
        self.legend_key: object = None
        self.needs_default = True
        self.zoom_rest = self.pan_rest = 0.0
        for chart in self.charts:
            chart.panned.connect(self.pan)
            chart.zoomed.connect(self.zoom)
            chart.y_changed.connect(self.changed)

    def set_bars(self, ring: ShmArray, period_ns: int) -> None:
        """Show another ring; the view stays where it is in rows."""
        self.viewport.is_beyond = False
        self.state = GroupState()
        self.prices = Flow('price', ring, period_ns)
        self.prices.graphics = self.price_graphics
        self.price.view.flows = {'price': self.prices}
        self.volumes = Flow('volume', ring, period_ns, field='volume')
        if self.volume is not None:
            self.volumes.graphics = self.volume_graphics
            self.volume.view.flows = {'volume': self.volumes}

    @property
    def extent(self) -> tuple[int, int]:
        """The rows that exist, half-open."""
        return self.prices.ring.first, self.prices.ring.last

    @property
    def clock(self) -> Zone:
        """The zone in which times of the rows are told."""
        return self.time_ticks.clock(self.prices.period_ns)

    @property
    def time_axis(self) -> TimeAxis:
        """The time axis below the charts."""
        axis = self.charts[-1].time_axis
        assert axis is not None, 'the last chart of a group has one'
        return axis

    def news(self) -> News:
        """Return what has happened to the ring since the last frame."""
        return self.state.news(self.prices.state())

    def take_news(self) -> News:
        """Return the same, move with appended rows, and take it for what the frame shows."""
        news = self.news()
        self.state.ring = news.ring
        if news.last_before is not None and Change.APPENDED in news.change:
            self.viewport.follow(news.last_before, news.ring.last)
        return news

    @property
    def shows_last(self) -> bool:
        """Whether the live row is in view."""
        return self.prices.datums_range(self.viewport).shows_last

    def picture(self, chart: ChartPlotWidget, axis_widths: object) -> Picture:
        """Return what a chart's picture depends on besides the rows."""
        zoom, left, width = self.viewport.signature
        scale = (
            zoom,
            width,
            tuple(view.yrange.signature for view in chart.views),
            axis_widths,
            self.price_graphics.style,
            chart.tokens.theme.name,
            self.time_ticks.zone,
        )
        return Picture(left, scale)

    def resize(self, margin: int) -> None:
        """Take the plot's width, with so much room at the right of the newest row."""
        width = self.price.view.rect.width()
        self.keep_margin(margin)
        self.viewport.resize(width, *self.extent)
        if self.needs_default and self.extent[1] > self.extent[0]:
            self.default_view(margin)

    def default_view(self, margin: int) -> None:
        """Show the newest bars, the last one just left of the margin, all values in view.

        A short history is drawn wider, up to a bound, rather than leaving half the plot empty.
        """
        self.needs_default = False
        first, last = self.extent
        viewport = self.viewport
        viewport.is_beyond = False
        self.keep_margin(margin)
        usual = nearest_step(self.usual_step * self.price.ratio)
        viewport.zoom = min(usual, viewport.farthest(first, last), key=lambda zoom: zoom.uppx)
        if last > first:
            viewport.show_last(last, viewport.room)
        for chart in self.charts:
            for view in chart.views:
                view.yrange.is_static = False
        self.changed.emit()

    def keep_margin(self, margin: int) -> None:
        """Keep so many device pixels free at the right of the newest row."""
        self.viewport.margin = max(0, margin)
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

    def lay_out_ticks(self) -> None:
        """Lay out the ticks of all axes, and the grid behind them; have what differs painted."""
        ticks = self.time_axis_ticks()
        self.time_axis.set_ticks(ticks)
        self.time_axis.set_zone(self.time_ticks.clock_name(self.prices, self.viewport))
        for chart in self.charts:
            for view in chart.views:
                view.axis.layout_ticks(view.yrange)
                view.set_grid(ticks, [tick.pixel for tick in view.axis.ticks])

    def time_axis_ticks(self) -> list[AxisTick]:
        """Return the time ticks of the rows in view and of the room to their right."""
        viewport = self.viewport
        ticks = self.time_ticks.in_view(self.prices, viewport, TIME_GAP * self.price.em)
        return [AxisTick(viewport.pixel_of(tick.row), tick.text, tick.is_strong) for tick in ticks]
