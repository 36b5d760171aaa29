"""The one graphics loop of a window: a Qt timer that reads the rings and repaints what changed."""

from __future__ import annotations

import math
from time import monotonic, perf_counter, time_ns
from typing import TYPE_CHECKING

from piker.core.log import get_logger
from piker.errors import Overrun, PikerError
from piker.ui.model import formats
from piker.ui.model.display import Change, DisplayState, News, Pacing
from piker.ui.model.flow import RingState
from piker.ui.model.profiler import FrameProfiler
from piker.ui.model.readout import direction, readout_at, time_at
from piker.ui.qt.legend import Part
from piker.ui.qt.qtlib import QObject, QPoint, Qt, QTimer, pyqtSignal
from piker.ui.qt.text import Role

if TYPE_CHECKING:
    import numpy as np

    from piker.shm import ShmArray
    from piker.ui.model.source import BarSource
    from piker.ui.qt.chart import ChartPlotWidget
    from piker.ui.qt.group import ChartGroup
    from piker.ui.qt.splits import LinkedSplits

__all__ = ['DisplayLoop']

SLOWEST_HZ, FASTEST_HZ = 30.0, 240.0
NAN_QUOTE = (math.nan, math.nan)


class DisplayLoop(QObject):
    """Drives the frames of one chart set while it is shown.

    A frame is due when the rings on show or the input have changed; otherwise a cycle compares a
    few counters and returns. Nothing runs while it is stopped.

    Parameters
    ----------
    splits : LinkedSplits
        What is drawn.
    source : BarSource
        The bars on show.
    quote : ShmArray
        The ring of one row with the latest quote.
    is_recorded : bool
        The feed's clock is that of its quotes, not the wall clock.

    Attributes
    ----------
    state : DisplayState
        What the last frame showed.
    pacing : Pacing
        Times of the frames.
    profiler : FrameProfiler
        Reports slow frames with their stages, once it has a limit.
    data_at : float
        Monotonic time at which the feed last changed something.
    """

    framed = pyqtSignal()
    switched = pyqtSignal()
    refused = pyqtSignal(str)

    def __init__(
        self, splits: LinkedSplits, source: BarSource, quote: ShmArray, *, is_recorded: bool
    ) -> None:
        super().__init__()
        self.splits = splits
        self.source = source
        self.quote = quote
        self.is_recorded = is_recorded
        self.state = DisplayState()
        self.profiler = FrameProfiler(None, get_logger(__name__).warning)
        self.pacing = Pacing()
        self.data_at = monotonic()
        self.is_stale = False
        self.clock_s = 0
        self.answered_at = 0.0
        self.cycle_ms = 0.0
        self.interval_s = 1 / 60
        self.timer = QTimer(self)
        self.timer.setTimerType(Qt.TimerType.PreciseTimer)
        self.timer.timeout.connect(self.on_time)
        self.soon = QTimer(self)
        self.soon.setSingleShot(True)
        self.soon.timeout.connect(self.answer)
        splits.changed.connect(self.request)

    def start(self, rate_hz: float) -> None:
        """Begin to draw frames at the display's rate."""
        self.interval_s = 1 / max(SLOWEST_HZ, min(FASTEST_HZ, rate_hz))
        self.state.is_due = True
        self.timer.start(max(1, int(self.interval_s * 1e3)))

    def stop(self) -> None:
        """Draw no more frames: the window is hidden."""
        self.timer.stop()
        self.soon.stop()

    def request(self) -> None:
        """Ask for a frame: at once, unless that was done within the display's period already.

        What data drew meanwhile does not count: input never waits for a turn of the timer because
        of a tick before it, and input without end gets a frame a period.
        """
        self.state.is_due = True
        if self.timer.isActive() and monotonic() - self.answered_at >= self.interval_s:
            self.soon.start(0)

    def answer(self) -> None:
        """Draw what input asks for."""
        self.answered_at = monotonic()
        self.graphics_cycle()

    def on_time(self) -> None:
        """Take a turn of the timer."""
        self.graphics_cycle()

    def quote_state(self) -> RingState:
        """Return the counters of the quote's ring."""
        quote = self.quote
        return RingState(quote.first, quote.last, quote.revision, quote.live_seq)

    def fold(self) -> None:
        """Keep the bars on show up with the feed's, or show others that are folded by now."""
        try:
            if self.source.update():
                self.switched.emit()
        except Overrun:
            # The writer lapped what was being folded: the next cycle folds what is there then.
            self.state.is_due = True
        except PikerError as error:
            self.refused.emit(str(error))

    def graphics_cycle(self) -> bool:
        """Draw a frame if anything has changed since the last one.

        Returns
        -------
        bool
            Whether something was repainted.
        """
        started = perf_counter()
        state = self.state
        state.cycles += 1
        with self.profiler.stage('fold'):
            self.fold()
        splits, quote = self.splits, self.quote_state()
        if splits.wanted_form() is not splits.form:
            splits.lay_out_later()
        has_news = quote != state.quote
        for group in splits.groups:
            has_news |= bool(group.news().change)
        if has_news:
            self.data_at = monotonic()
        second = 0 if self.is_recorded else int(time_ns() // 1_000_000_000)
        has_tick = second != self.clock_s
        if not (has_news or state.is_due or has_tick):
            state.idle += 1
            return False
        self.close_frame()
        self.clock_s = second
        state.quote = quote
        try:
            self.draw()
            # What drawing itself asked for (a first layout, say) is drawn already.
            state.is_due = False
        except Overrun:
            # The writer lapped what was being read: the next frame reads what is there then.
            state.is_due = True
        state.frames += 1
        self.cycle_ms = (perf_counter() - started) * 1e3
        self.framed.emit()
        return True

    def close_frame(self) -> None:
        """Count the time of the frame before, once its paint events have been handled."""
        if self.cycle_ms:
            paint_ms = sum(chart.paint_ms for chart in self.splits.charts)
            self.pacing.add(self.cycle_ms + paint_ms)
            self.profiler.times_ms['paint'] = paint_ms
            self.profiler.end_frame(self.cycle_ms + paint_ms)
            self.cycle_ms = 0.0
        for chart in self.splits.charts:
            chart.paint_ms = 0.0

    def draw(self) -> None:
        """Bring graphics, axes and labels up to date, and have what differs repainted."""
        splits = self.splits
        quote = self.quote.live()
        bid, ask = quote_sides(quote)
        splits.l1.set(bid, ask)
        if splits.needs_layout or any(group.needs_default for group in splits.groups):
            splits.lay_out()
        # All rings are looked at before one is drawn: the band tells of two.
        news = [group.take_news() for group in splits.groups]
        for group, found in zip(splits.groups, news, strict=True):
            # Level 1 belongs to the last datum: far in the past it would only squeeze the bars.
            is_quoted = group is splits.fast and group.shows_last
            self.draw_group(group, found, (bid[0], ask[0]) if is_quoted else ())
        stage = self.profiler.stage
        with stage('band'):
            splits.update_band()
        with stage('labels'):
            self.update_labels(quote)
            self.update_cursor()

    def draw_group(self, group: ChartGroup, news: News, beside: tuple[float, ...]) -> None:
        """Bring the charts of one ring up to date.

        Parameters
        ----------
        group : ChartGroup
            The charts.
        news : News
            What happened to their rows.
        beside : tuple of float
            Prices to keep in view besides the bars.
        """
        stage = self.profiler.stage
        is_new = Change.HISTORY in news.change
        with stage('range'):
            for chart in group.charts:
                for view in chart.views:
                    view.set_yrange(*(beside if view is group.price.view else ()))
        with stage('graphics'):
            before = group.state.pictures or (None,) * len(group.charts)
            widths = tuple(tuple(row) for row in self.splits.axis_widths.values())
            pictures = tuple(group.picture(chart, widths) for chart in group.charts)
            group.state.pictures = pictures
            for chart, was, now in zip(group.charts, before, pictures, strict=True):
                self.draw_chart(chart, None if is_new else now.shift_from(was), news)
        if pictures != before or is_new:
            with stage('ticks'):
                group.lay_out_ticks()

    def draw_chart(self, chart: ChartPlotWidget, shift: int | None, news: News) -> None:
        """Rebuild what differs of a chart, and have it painted.

        Parameters
        ----------
        chart : ChartPlotWidget
            The chart.
        shift : int or None
            By how many device pixels to the right its last picture became this one; None where
            nothing of it can be kept.
        news : News
            What happened to the rows.
        """
        viewport = chart.view.viewport
        if shift is None:
            chart.invalidate_all()
        elif shift:
            chart.shift(shift)
        for flow in (flow for view in chart.views for flow in view.flows.values()):
            graphics, reading = flow.graphics, flow.datums_range(viewport)
            if graphics is None:
                continue
            if shift != 0:
                graphics.update_graphics(flow, reading)
            if shift is None or not news.change:
                continue
            if Change.APPENDED in news.change and news.last_before is not None:
                if shift == 0:
                    graphics.update_graphics(flow, reading)
                closed = news.last_before - 1 - graphics.reach
                left = viewport.column_of(closed) - viewport.left - 1
                chart.view.invalidate(chart.view.rect.adjusted(max(0, left), 0, 0, 0))
            else:
                # The last datum may reach out of the plot, where nothing of it is painted.
                chart.view.invalidate(graphics.draw_last(flow, reading) & chart.view.rect)

    def update_labels(self, quote: np.void | None) -> None:
        """Show the last prices and volume, and the time to the close."""
        splits = self.splits
        for group in splits.groups:
            live = group.prices.live()
            if group is splits.fast:
                name = splits.symbol.fqsn
                empty = f'no bars of {name} yet: the first one comes with its first trade'
                splits.notice.set(empty if live is None else '')
            if live is not None:
                self.label_last(group, live, quote)

    def label_last(self, group: ChartGroup, live: np.void, quote: np.void | None) -> None:
        """Show a group's last price, and that of the bars on show with all that belongs to it."""
        splits, price = self.splits, group.price
        token = 'dim' if self.is_stale else direction(live['open'], live['close'])
        close, volume = float(live['close']), float(live['volume'])
        pixel = price.view.yrange.pixel_of(close)
        is_in_view = 0 <= pixel < price.view.rect.height()
        texts = [splits.price_text(close)] if is_in_view else []
        if group is splits.slow:
            # The colour of the same price stands on the chart below.
            price.axis.set_last(pixel, 'line', 'ink', *texts)
            return
        texts += self.countdown(live, quote) if is_in_view else []
        splits.last_line.set(pixel if is_in_view else None, token)
        price.axis.set_last(pixel, token, 'on_fill', *texts)
        if group.volume is not None:
            at = group.volume.view.yrange.pixel_of(volume)
            texts = [formats.humanise(volume)] if math.isfinite(volume) else []
            group.volume.axis.set_last(at, 'line', 'ink', *texts)

    def countdown(self, live: np.void, quote: np.void | None) -> list[str]:
        """Return the time to the live bar's close; nothing while the feed's clock is not known."""
        if self.is_stale or (self.is_recorded and quote is None):
            return []
        now = time_ns() if quote is None or not self.is_recorded else int(quote['time'])
        return [formats.countdown(int(live['time']) + self.splits.prices.period_ns - now)]

    def update_cursor(self) -> None:
        """Show the crosshair, its labels, and the legend of the row under it."""
        splits = self.splits
        x: int | None = None
        y = 0
        under = None
        if splits.pointer is not None:
            chart, (at_x, at_y) = splits.pointer
            at = QPoint(round(at_x * chart.ratio), round(at_y * chart.ratio)) - chart.plot_at
            # A drag may lead out of the plot: line, labels and values go together.
            if chart.view.rect.contains(at):
                under, x, y = chart, at.x(), at.y()
        for group in splits.groups:
            pixel = x if under in group.charts else None
            for chart in group.charts:
                is_under = chart is under
                chart.crosshair.set(pixel, y if is_under else None)
                for view in chart.views:
                    text = view.axis.formatter(view.yrange.value_at(y)) if is_under else ''
                    view.axis.set_cursor(y, text)
            time = ''
            if pixel is not None:
                time = time_at(group.prices, group.viewport, pixel, group.clock)
            group.time_axis.set_cursor(pixel or 0, time)
            self.update_legend(group, pixel)
        splits.levels.update_lines()
        splits.measure.update_box()
        splits.hover.update_card(under, x or 0, y)

    def update_legend(self, group: ChartGroup, pixel: int | None) -> None:
        """Show the values of the row (or column) under a device pixel, else of the last row."""
        splits, legend = self.splits, group.price.legend
        key = group.prices, group.state.ring, group.viewport.signature, pixel, splits.form
        if key == group.legend_key:
            return
        told = readout_at(group.prices, group.volumes, group.viewport, pixel)
        group.legend_key = key
        symbol = splits.symbol
        period = formats.period_name(group.prices.period_ns)
        if group is splits.fast:
            name = Part(symbol.name.upper(), 'ink', 0, Role.BODY_STRONG)
            parts = [name, Part(period, 'dim', 8)]
        else:
            # The name stands on the chart below.
            parts = [Part(period, 'ink', 0, Role.BODY_STRONG)]
        if told is None or (splits.is_strip(group) and pixel is None):
            legend.set(*parts)
            return
        token = direction(told.open, told.close)
        for letter, value in zip('OHLC', told[:4], strict=True):
            parts += [Part(letter, 'dim', 12, leads=True), Part(splits.price_text(value), token)]
        parts.append(Part(formats.change(told.close, told.base, splits.digits), told.move, 12))
        legend.set(*parts)
        if group.volume is not None:
            shown = (Part('Volume', 'dim', 0), Part(formats.humanise(told.volume), 'ink'))
            group.volume.legend.set(*shown)

    def set_stale(self, *, is_stale: bool) -> None:
        """Fade the last price, or show it in full again."""
        if is_stale != self.is_stale:
            self.is_stale = is_stale
            self.request()


def quote_sides(quote: np.void | None) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return (price, size) of bid and ask; NaN where unknown."""
    if quote is None:
        return NAN_QUOTE, NAN_QUOTE
    return (
        (float(quote['bid']), float(quote['bid_size'])),
        (float(quote['ask']), float(quote['ask_size'])),
    )
