"""The one graphics loop of a window: a Qt timer that reads the rings and repaints what changed."""

from __future__ import annotations

import math
from time import monotonic, perf_counter, time_ns
from typing import TYPE_CHECKING

from piker.core.log import get_logger
from piker.errors import Overrun
from piker.ui.model import formats
from piker.ui.model.display import Change, DisplayState, Pacing, ring_change
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
    from piker.ui.qt.splits import LinkedSplits

__all__ = ['DisplayLoop']

SLOWEST_HZ, FASTEST_HZ = 30.0, 240.0
NAN_QUOTE = (math.nan, math.nan)


class DisplayLoop(QObject):
    """Drives the frames of one chart set while it is shown.

    A frame is due when the rings or the input have changed; otherwise a cycle compares a few
    counters and returns. Nothing runs while it is stopped.

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
        self.frame_at = 0.0
        self.cycle_ms = 0.0
        self.interval_s = 1 / 60
        self.timer = QTimer(self)
        self.timer.setTimerType(Qt.TimerType.PreciseTimer)
        self.timer.timeout.connect(self.on_time)
        self.soon = QTimer(self)
        self.soon.setSingleShot(True)
        self.soon.timeout.connect(self.on_time)
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
        """Ask for a frame: at once if none was drawn within the display's period, else in turn."""
        self.state.is_due = True
        if self.timer.isActive() and monotonic() - self.frame_at >= self.interval_s:
            self.soon.start(0)

    def on_time(self) -> None:
        """Take a turn of a timer."""
        self.graphics_cycle()

    def quote_state(self) -> RingState:
        """Return the counters of the quote's ring."""
        quote = self.quote
        return RingState(quote.first, quote.last, quote.revision, quote.live_seq)

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
            self.source.update()
        ring, quote = self.splits.prices.state(), self.quote_state()
        change = ring_change(state.ring, ring)
        has_quote = quote != state.quote
        if change or has_quote:
            self.data_at = monotonic()
        second = 0 if self.is_recorded else int(time_ns() // 1_000_000_000)
        has_tick = second != self.clock_s
        if not (change or has_quote or state.is_due or has_tick):
            state.idle += 1
            return False
        self.close_frame()
        before, self.clock_s = state.ring, second
        state.ring, state.quote = ring, quote
        try:
            self.draw(change, None if before is None else before.last)
            # What drawing itself asked for (a first layout, say) is drawn already.
            state.is_due = False
        except Overrun:
            # The writer lapped what was being read: the next frame reads what is there then.
            state.is_due = True
        state.frames += 1
        self.frame_at = monotonic()
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

    def draw(self, change: Change, last_before: int | None) -> None:
        """Bring graphics, axes and labels up to date, and have what differs repainted."""
        splits = self.splits
        viewport = splits.viewport
        quote = self.quote.live()
        bid, ask = quote_sides(quote)
        splits.l1.set(bid, ask)
        if splits.needs_layout or splits.needs_default:
            splits.lay_out()
        if last_before is not None and Change.APPENDED in change:
            viewport.follow(last_before, splits.prices.ring.last)
        # Level 1 belongs to the last datum: far in the past it would only squeeze the bars.
        shows_last = splits.prices.datums_range(viewport).shows_last
        stage = self.profiler.stage
        with stage('range'):
            for chart in splits.charts:
                for view in chart.views:
                    is_quoted = view is splits.price.view and shows_last
                    view.set_yrange(*((bid[0], ask[0]) if is_quoted else ()))
        with stage('graphics'):
            before = self.state.pictures or (None,) * len(splits.charts)
            self.state.pictures = pictures = tuple(splits.picture(chart) for chart in splits.charts)
            for chart, was, now in zip(splits.charts, before, pictures, strict=True):
                shift = None if Change.HISTORY in change else now.shift_from(was)
                self.draw_chart(chart, shift, change, last_before)
        if pictures != before or Change.HISTORY in change:
            with stage('ticks'):
                splits.lay_out_ticks()
        with stage('labels'):
            self.update_labels(quote)
            self.update_cursor()

    def draw_chart(
        self, chart: ChartPlotWidget, shift: int | None, change: Change, last_before: int | None
    ) -> None:
        """Rebuild what differs of a chart, and have it painted.

        Parameters
        ----------
        chart : ChartPlotWidget
            The chart.
        shift : int or None
            By how many device pixels to the right its last picture became this one; None where
            nothing of it can be kept.
        change : Change
            What happened to the rows.
        last_before : int or None
            End of the rows at the last frame.
        """
        viewport = self.splits.viewport
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
            if shift is None or not change:
                continue
            if Change.APPENDED in change and last_before is not None:
                if shift == 0:
                    graphics.update_graphics(flow, reading)
                closed = last_before - 1 - graphics.reach
                left = viewport.column_of(closed) - viewport.left - 1
                chart.view.invalidate(chart.view.rect.adjusted(max(0, left), 0, 0, 0))
            else:
                # The last datum may reach out of the plot, where nothing of it is painted.
                chart.view.invalidate(graphics.draw_last(flow, reading) & chart.view.rect)

    def update_labels(self, quote: np.void | None) -> None:
        """Show the last price and volume, and the time to the close."""
        splits, price = self.splits, self.splits.price
        live = splits.prices.live()
        if live is None:
            name = splits.symbol.fqsn
            splits.notice.set(f'no bars of {name} yet: the first one comes with its first trade')
            return
        splits.notice.set('')
        token = 'dim' if self.is_stale else direction(live['open'], live['close'])
        close, volume = float(live['close']), float(live['volume'])
        pixel = price.view.yrange.pixel_of(close)
        texts = [splits.price_text(close), *self.countdown(live, quote)]
        is_in_view = 0 <= pixel < price.view.rect.height()
        price.axis.set_last(pixel, token, 'on_fill', *(texts if is_in_view else ()))
        splits.last_line.set(pixel if is_in_view else None, token)
        at = splits.volume.view.yrange.pixel_of(volume)
        texts = [formats.humanise(volume)] if math.isfinite(volume) else []
        splits.volume.axis.set_last(at, 'line', 'ink', *texts)

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
        for chart in splits.charts:
            is_under = chart is under
            chart.crosshair.set(x, y if is_under else None)
            for view in chart.views:
                text = view.axis.formatter(view.yrange.value_at(y)) if is_under else ''
                view.axis.set_cursor(y, text)
        time_axis = splits.volume.time_axis
        if time_axis is not None:
            time_axis.set_cursor(
                x or 0, '' if x is None else time_at(splits.prices, splits.viewport, x)
            )
        self.update_legend(x)

    def update_legend(self, pixel: int | None) -> None:
        """Show the values of the row (or column) under a device pixel, else of the last row."""
        splits = self.splits
        told = readout_at(splits.prices, splits.volumes, splits.viewport, pixel)
        symbol = splits.symbol
        title = (
            Part(symbol.name.upper(), 'ink', 0, Role.BODY_STRONG),
            Part(formats.period_name(splits.prices.period_ns), 'dim', 8),
        )
        if told is None:
            splits.price.legend.set(*title)
            return
        token = direction(told.open, told.close)
        parts = list(title)
        for letter, value in zip('OHLC', told[:4], strict=True):
            parts += [Part(letter, 'dim', 12, leads=True), Part(splits.price_text(value), token)]
        parts.append(Part(formats.change(told.close, told.base, splits.digits), told.move, 12))
        splits.price.legend.set(*parts)
        shown = (Part('Volume', 'dim', 0), Part(formats.humanise(told.volume), 'ink'))
        splits.volume.legend.set(*shown)

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
