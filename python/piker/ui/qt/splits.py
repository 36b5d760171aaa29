"""`LinkedSplits`: the charts of one symbol above each other, on one axis width."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from piker.accounting.symbols import Symbol, price_digits
from piker.errors import Overrun
from piker.ui.model import formats
from piker.ui.model.band import band_of, time_at
from piker.ui.model.overview import STRIP_HEIGHT, Form, begin_at, centre_at, form_of
from piker.ui.model.prices import PriceStyle
from piker.ui.model.viewport import Viewport
from piker.ui.qt.chart import ChartPlotWidget
from piker.ui.qt.composed import Side
from piker.ui.qt.group import ChartGroup
from piker.ui.qt.hover import HoverReadout
from piker.ui.qt.levels import LevelLines
from piker.ui.qt.marks import L1Labels, LastLine, Notice
from piker.ui.qt.measure import MeasureBox
from piker.ui.qt.overview import OverviewChart
from piker.ui.qt.qtlib import QPainter, QPaintEvent, QSplitter, QSplitterHandle, Qt, pyqtSignal

if TYPE_CHECKING:
    from piker.ui.model.flow import Flow
    from piker.ui.model.source import BarSource
    from piker.ui.model.zones import Zone
    from piker.ui.qt.bars import PriceGraphics
    from piker.ui.qt.palette import Palette
    from piker.ui.qt.steps import StepGraphics

__all__ = ['LinkedSplits']

SLOW_SHARE, PRICE_SHARE, VOLUME_SHARE = 3, 5, 2
HANDLE = 4
USUAL_STEP, SLOW_STEP = 6, 4
VOLUME_MARGINS = 28, 0
TIME_AXIS_HEIGHT = 28


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
    """The slow chart above price above volume; the latter two are linked in x.

    The slow chart is there while the feed's slow ring has longer bars than those on show, the user
    wants it, and the window is not too low for it. While it is not, nothing of it is read.

    Parameters
    ----------
    symbol : Symbol
        What is charted.
    source : BarSource
        Its bars.
    palette : Palette
        Colours.

    Attributes
    ----------
    fast, slow : ChartGroup
        The charts of the bars on show; the slow chart.
    price, volume, overview : ChartPlotWidget
        The charts.
    form : Form
        How the slow chart is shown now.
    is_overview_wanted : bool
        The user has not put the slow chart away.
    pointer : tuple or None
        The chart under the mouse, and its logical pixel.
    """

    changed = pyqtSignal()

    def __init__(self, symbol: Symbol, source: BarSource, palette: Palette) -> None:
        super().__init__(Qt.Orientation.Vertical)
        self.symbol = symbol
        self.source = source
        self.tokens = palette
        self.digits = price_digits(symbol.price_tick)
        self.setHandleWidth(HANDLE)
        self.setChildrenCollapsible(False)
        tick_size = float(symbol.price_tick)
        texts = self.price_text, self.price_texts
        view, slow_view = Viewport(), Viewport()
        self.overview = OverviewChart(slow_view, palette, *texts, tick_size=tick_size)
        self.price = ChartPlotWidget(view, palette, *texts, tick_size=tick_size)
        self.volume = ChartPlotWidget(
            view,
            palette,
            formats.humanise,
            formats.humanised_ticks,
            margins=VOLUME_MARGINS,
            time_axis_height=TIME_AXIS_HEIGHT,
        )
        self.last_line = LastLine(self.price)
        self.l1 = L1Labels(self.price, self.digits)
        self.notice = Notice(self.price)
        self.levels = LevelLines(self.price)
        self.measure = self.price.measure = MeasureBox(self.price, self.digits)
        self.fast = ChartGroup(view, self.price, self.volume, usual_step=USUAL_STEP)
        self.slow = ChartGroup(slow_view, self.overview, usual_step=SLOW_STEP)
        self.hover = HoverReadout((self.slow, self.fast), self.digits)
        self.form = Form.HIDDEN
        self.is_overview_wanted = True
        self.pointer: tuple[ChartPlotWidget, tuple[float, float]] | None = None
        self.axis_widths: dict[Side, list[int]] = {}
        self.needs_layout = True
        self.overview.hide()
        self.overview.band_moved.connect(self.move_band)
        self.overview.band_called.connect(self.call_band)
        shares = SLOW_SHARE, PRICE_SHARE, VOLUME_SHARE
        for chart, share in zip(self.all_charts, shares, strict=True):
            self.addWidget(chart)
            self.setStretchFactor(self.indexOf(chart), share)
            chart.resized.connect(self.lay_out_later)
            chart.pointed.connect(self.point)
        for group in (self.fast, self.slow):
            group.changed.connect(self.changed)
        self.slow.set_bars(source.slow, source.slow_period_ns)
        self.set_bars()

    @property
    def all_charts(self) -> tuple[ChartPlotWidget, ...]:
        """The charts, shown or not, from the top."""
        return (*self.slow.charts, *self.fast.charts)

    @property
    def groups(self) -> tuple[ChartGroup, ...]:
        """The groups that are shown, from the top."""
        return (self.fast,) if self.form is Form.HIDDEN else (self.slow, self.fast)

    @property
    def charts(self) -> tuple[ChartPlotWidget, ...]:
        """The charts that are shown, from the top."""
        return tuple(chart for group in self.groups for chart in group.charts)

    @property
    def viewport(self) -> Viewport:
        """The x range of price and volume."""
        return self.fast.viewport

    @property
    def prices(self) -> Flow:
        """The bars on show."""
        return self.fast.prices

    @property
    def price_graphics(self) -> PriceGraphics:
        """What draws the bars on show."""
        return self.fast.price_graphics

    @property
    def volume_graphics(self) -> StepGraphics:
        """What draws their volume."""
        graphics = self.fast.volume_graphics
        assert graphics is not None, 'price stands above volume'
        return graphics

    @property
    def extent(self) -> tuple[int, int]:
        """The rows of the bars on show, half-open."""
        return self.fast.extent

    def createHandle(self) -> QSplitterHandle:  # noqa: N802
        """Return a seam."""
        return Handle(self)

    def price_text(self, value: float) -> str:
        """Return a price with the symbol's digits."""
        return formats.price(value, self.digits)

    def price_texts(self, values: list[float]) -> list[str]:
        """Return prices with the symbol's digits."""
        return formats.prices(values, self.digits)

    def set_bars(self) -> None:
        """Show what the source has on show; the view stays where it is in rows."""
        self.fast.set_bars(self.source.ring, self.source.period_ns)
        self.axis_widths = {}
        self.lay_out_later()

    def lay_out_later(self) -> None:
        """Have the next frame divide the widgets anew."""
        self.needs_layout = True
        self.changed.emit()

    def lay_out(self) -> None:
        """Divide the widgets among plots and axes, and keep the views' right edges."""
        self.arrange()
        self.needs_layout = False
        self.axis_widths = self.wanted_axis_widths()
        for chart in self.charts:
            chart.place(self.axis_widths)
        for group in self.groups:
            group.resize(self.margin)

    def wanted_form(self) -> Form:
        """Return how the slow chart is to be shown, at next to no cost."""
        if not (self.is_overview_wanted and self.source.has_overview):
            return Form.HIDDEN
        window = self.window() or self
        return form_of(window.height() / self.scale)

    def is_strip(self, group: ChartGroup) -> bool:
        """Whether a group is the slow chart as a strip."""
        return group is self.slow and self.form is Form.STRIP

    @property
    def scale(self) -> float:
        """Logical pixels of a pixel of the design."""
        return self.price.em / self.price.ratio

    def arrange(self) -> None:
        """Show the slow chart whole, as a strip, or not at all, and divide the height anew."""
        form, before = self.wanted_form(), self.form
        if form is before:
            return
        *_, price, volume = self.sizes()
        self.form = form
        self.overview.setVisible(form is not Form.HIDDEN)
        self.overview.set_form(is_strip=form is Form.STRIP)
        # Qt would count the seam in a turn of the event loop only.
        self.refresh()
        room = self.height() - (len(self.charts) - 1) * HANDLE
        shares = SLOW_SHARE + PRICE_SHARE + VOLUME_SHARE
        strip = min(round(STRIP_HEIGHT * self.scale), room)
        slow = {Form.HIDDEN: 0, Form.STRIP: strip, Form.WHOLE: room * SLOW_SHARE // shares}[form]
        top = round((room - slow) * price / max(1, price + volume))
        self.setStretchFactor(0, SLOW_SHARE if form is Form.WHOLE else 0)
        self.setSizes([slow, top, room - slow - top])
        if self.pointer is not None and self.pointer[0] is self.overview:
            self.pointer = None

    def toggle_overview(self) -> str:
        """Show or hide the slow chart, and return what to tell of it."""
        self.is_overview_wanted = not self.is_overview_wanted
        self.lay_out_later()
        if not self.is_overview_wanted:
            return 'slow chart hidden'
        if self.wanted_form() is not Form.HIDDEN:
            return 'slow chart'
        if self.source.has_overview:
            return 'the window is too low for a slow chart: make it higher'
        return 'no slow chart: the feed has no bars that are longer than these'

    @property
    def margin(self) -> int:
        """Device pixels at the right of the newest row, which level 1 labels take."""
        return self.price.view.rect.width() - max(1, self.l1.pre_l1_xs())

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
        """Show the newest bars of each ring."""
        self.slow.needs_default = True
        for group in self.groups:
            group.default_view(self.margin)

    def pan(self, logical: float) -> None:
        """Move price and volume to the right by logical pixels."""
        self.fast.pan(logical)

    def zoom(self, notches: float) -> None:
        """Zoom price and volume out by wheel notches."""
        self.fast.zoom(notches)

    def move_band(self, left: int) -> None:
        """Have price and volume begin at the time of a device pixel of the slow chart."""
        with suppress(Overrun):
            time = time_at(self.slow.prices, self.slow.viewport, left)
            begin_at(self.prices, self.viewport, time)
        self.changed.emit()

    def call_band(self, pixel: int) -> None:
        """Have price and volume show the time of a device pixel of the slow chart amid them."""
        with suppress(Overrun):
            time = time_at(self.slow.prices, self.slow.viewport, pixel)
            centre_at(self.prices, self.viewport, time)
        self.changed.emit()

    def update_band(self) -> None:
        """Mark on the slow chart, if it is shown, what price and volume show."""
        if self.form is Form.HIDDEN:
            return
        slow = self.slow
        self.overview.set_band(band_of(self.prices, self.viewport, slow.prices, slow.viewport))

    def point(self, at: tuple[float, float] | None) -> None:
        """Put the crosshair under the mouse; moves between two frames coalesce."""
        chart = self.sender()
        self.pointer = None
        if at is not None and isinstance(chart, ChartPlotWidget):
            self.pointer = (chart, at)
        self.changed.emit()

    def cycle_style(self) -> PriceStyle:
        """Go on to the next price style on all charts.

        On the slow chart an area is a line: its ground would hide the band.
        """
        style = self.price_graphics.cycle()
        is_area = style is PriceStyle.AREA
        self.slow.price_graphics.style = PriceStyle.LINE if is_area else style
        self.changed.emit()
        return style

    def set_zone(self, zone: Zone) -> None:
        """Tell times on another clock."""
        for group in (self.slow, self.fast):
            group.time_ticks.zone = zone
        self.changed.emit()

    def set_palette(self, palette: Palette) -> None:
        """Take the colours of another theme."""
        self.tokens = palette
        for chart in self.all_charts:
            chart.tokens = palette
        for index in range(1, self.count()):
            if (handle := self.handle(index)) is not None:
                handle.update()
        self.changed.emit()
