"""When frames are drawn and how much of the window they repaint: counters, not clocks."""

from __future__ import annotations

import math
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from piker.ui.model.prices import PriceStyle
from piker.ui.model.zones import UTC_ZONE, Zone
from piker.ui.model.zoom import Zoom
from piker.ui.qt.chart import ChartPlotWidget
from piker.ui.qt.qtlib import QRect
from piker.ui.qt.text import Role
from tests.ui.stage import (
    MINUTE,
    SMOOTHED,
    MakeStage,
    append,
    change_marks,
    difference,
    painted,
    pixels_of,
    tick,
    walk,
)


def test_no_change_no_repaint(make_stage: MakeStage) -> None:
    """A thousand cycles without news paint nothing."""
    stage = make_stage()
    stage.settle()
    paints = [chart.paints for chart in stage.window.splits.charts]
    frames = stage.window.loop.state.frames
    for _ in range(1000):
        assert not stage.window.loop.graphics_cycle()
    stage.app.processEvents()
    assert [chart.paints for chart in stage.window.splits.charts] == paints
    assert stage.window.loop.state.frames == frames


def test_hidden_window_runs_no_cycle(make_stage: MakeStage) -> None:
    """Hidden, its timers are off, whatever the rings do; shown again it catches up."""
    stage = make_stage()
    stage.window.resume_frames()
    assert stage.window.loop.timer.isActive()
    stage.window.hide()
    assert not stage.window.loop.timer.isActive()
    assert not stage.window.health.isActive()
    cycles = stage.window.loop.state.cycles
    append(stage.ring)
    stage.window.loop.request()
    for _ in range(50):
        stage.app.processEvents()
    assert stage.window.loop.state.cycles == cycles
    stage.window.show()
    assert stage.window.loop.timer.isActive()


def test_a_tick_repaints_the_last_bar_and_its_labels_only(make_stage: MakeStage) -> None:
    """A tick within the bar's range never repaints the plot."""
    stage = make_stage(2000, (1440, 900))
    stage.settle()
    live = stage.ring.live()
    assert live is not None
    middle = round((float(live['high']) + float(live['low'])) / 2, 2)
    before = painted(stage)
    redraws = stage.window.splits.price_graphics.current.redraws
    tick(stage.ring, middle - float(live['close']))
    assert stage.frame()
    assert 0 < painted(stage) - before < 0.03 * 1440 * 900
    assert stage.window.splits.price_graphics.current.redraws == redraws


def test_a_quote_alone_repaints_its_labels_only(make_stage: MakeStage) -> None:
    """A changed size is written where it stands."""
    stage = make_stage(2000, (1440, 900))
    stage.settle()
    before = painted(stage)
    quote = stage.quote.live()
    assert quote is not None
    quote['bid_size'] = 999.0
    stage.quote.set_last(quote)
    assert stage.frame()
    assert 0 < painted(stage) - before < 0.02 * 1440 * 900


def test_a_pan_paints_what_it_uncovers_and_lays_out_no_tick(make_stage: MakeStage) -> None:
    """What is painted moves; the strip at its edge, what stands still and the time axis are new."""
    stage = make_stage(2000, (1440, 900))
    stage.settle()
    splits = stage.window.splits
    for chart in splits.charts:
        # A range that the user set: the strip may bring no new extreme.
        chart.view.yrange.is_static = True
    splits.pan(3.0)
    stage.settle()
    before, layouts = painted(stage), splits.fast.time_ticks.layouts
    for _ in range(10):
        splits.pan(3.0)
        assert stage.frame()
    assert 0 < painted(stage) - before < 10 * 0.07 * 1440 * 900
    assert splits.fast.time_ticks.layouts == layouts


@pytest.mark.parametrize('style', PriceStyle)
def test_partial_repaints_leave_what_a_clean_render_draws(
    make_stage: MakeStage, style: PriceStyle
) -> None:
    """After any sequence of ticks, bars, pans, zooms and cursors and marks there is no ghost pixel.

    A smoothed line differs by a few shades of 256 by where the painter cuts it.
    """
    stage = make_stage(3000, (640, 480))
    stage.window.zones = [UTC_ZONE, Zone(ZoneInfo('Asia/Kathmandu'), 'Asia/Kathmandu')]
    splits = stage.window.splits
    splits.price_graphics.style = style
    tolerated = SMOOTHED if style.is_of_closes else 0
    random = np.random.default_rng(11)
    for turn in range(200):
        match random.integers(0, 15):
            case 0 | 1 | 2:
                tick(stage.ring, float(random.normal(0, 0.03)))
            case 3 | 4:
                append(stage.ring)
            case 5:
                splits.pan(float(random.integers(-200, 200)))
            case 6:
                splits.zoom(float(random.integers(-6, 7)))
            case 7:
                at = float(random.integers(0, 560)), float(random.integers(0, 300))
                splits.pointer = (splits.charts[turn % 2], at)
                stage.window.loop.request()
            case 8:
                splits.pointer = None
                stage.window.loop.request()
            case _:
                change_marks(stage, random)
        stage.frame()
        shades = difference(pixels_of(stage.screen_image()), stage.pixels())
        differing = np.argwhere(shades > tolerated)
        assert len(differing) == 0, f'turn {turn}: {len(differing)} from {differing.min(0)}'


def test_figures_on_the_edge_of_a_repaint_are_whole(make_stage: MakeStage) -> None:
    """Their smoothing reaches past the pixels that count as theirs, and is painted again too."""
    stage = make_stage()
    stage.settle()
    axis = stage.window.splits.price.axis
    face = stage.window.splits.price.book.face(Role.AXIS)
    for shown in axis.shown_ticks():
        top, bottom = face.figures_at(shown.pixel)
        for begin in (bottom, top - 8):
            axis.invalidate(QRect(axis.rect.left(), begin, axis.rect.width(), 8))
            stage.app.processEvents()
            assert (pixels_of(stage.screen_image()) == stage.pixels()).all()


def test_a_last_price_that_turns_leaves_no_label_behind(make_stage: MakeStage) -> None:
    """Its label changes its colour and its place in one tick, within the range that is shown."""
    stage = make_stage(3000, (640, 480))
    stage.window.splits.price.view.yrange.is_static = True
    live = stage.ring.live()
    assert live is not None
    # Far enough for the labels before and after not to touch.
    for move in (0.3 + float(live['open']) - float(live['close']), -0.6):
        tick(stage.ring, move)
        stage.frame()
        assert (pixels_of(stage.screen_image()) == stage.pixels()).all()


def test_grid_lines_that_come_or_go_while_panning_leave_no_ghost(make_stage: MakeStage) -> None:
    """Across uneven gaps in time another stretch has other ticks, also where both overlap."""
    rows = walk(3000)
    gaps = np.random.default_rng(2).integers(0, 900, 3000) * (np.arange(3000) % 53 == 0)
    rows['time'] += np.cumsum(gaps) * MINUTE
    stage = make_stage(rows, (640, 480))
    splits = stage.window.splits
    for chart in splits.charts:
        chart.view.yrange.is_static = True
    layouts = splits.fast.time_ticks.layouts
    for _ in range(60):
        splits.pan(37.0)
        stage.frame()
        assert (pixels_of(stage.screen_image()) == stage.pixels()).all()
    assert splits.fast.time_ticks.layouts > layouts + 2


def test_new_bars_move_a_view_that_follows(make_stage: MakeStage) -> None:
    """The last bar keeps its pixel; scrolled back, the view stands."""
    stage = make_stage()
    viewport = stage.window.splits.viewport
    pixel = viewport.pixel_of(stage.ring.last - 1)
    append(stage.ring)
    stage.settle()
    assert viewport.pixel_of(stage.ring.last - 1) == pixel
    stage.window.splits.pan(2000)
    stage.settle()
    left = viewport.left
    append(stage.ring)
    stage.settle()
    assert viewport.left == left


def test_quote_beyond_the_bars_is_in_view_in_the_same_frame(make_stage: MakeStage) -> None:
    """Beside the newest bar, bid and ask are never out of the y range; in the past they are."""
    stage = make_stage()
    stage.settle()
    quote = stage.quote.live()
    assert quote is not None
    quote['ask'] = 250.0
    stage.quote.set_last(quote)
    assert stage.frame()
    assert stage.window.splits.price.view.yrange.high > 250
    stage.window.splits.pan(1500)
    stage.settle()
    assert stage.window.splits.price.view.yrange.high < 150


def test_users_y_range_holds_until_reset(make_stage: MakeStage) -> None:
    """Data does not move it; the default view gives it back to the data."""
    stage = make_stage()
    y = stage.window.splits.price.view.yrange
    y.zoom_by(3.0, 100)
    stage.window.loop.request()
    stage.settle()
    set_by_user = (y.low, y.high)
    append(stage.ring)
    tick(stage.ring, 0.1)
    stage.settle()
    assert (y.low, y.high) == set_by_user
    stage.window.splits.default_view()
    stage.settle()
    assert (y.low, y.high) != set_by_user


def test_rows_read_for_a_pan_do_not_grow_with_the_history(make_stage: MakeStage) -> None:
    """The same view over a hundred times the rows reads as many of them."""
    reads = []
    for count in (2000, 200_000):
        stage = make_stage(walk(count))
        flow = stage.window.splits.prices
        before = flow.reads
        stage.window.splits.pan(30)
        stage.settle()
        reads.append(flow.reads - before)
    # The axis may be a digit wider, and the plot a bar narrower.
    assert abs(reads[0] - reads[1]) <= 3
    assert reads[0] > 0


def test_axis_width_does_not_breathe(make_stage: MakeStage) -> None:
    """Panning over prices of fewer digits keeps the plot as wide as it is."""
    rows = walk(3000)
    for name in ('open', 'high', 'low', 'close'):
        rows[name] = np.round(rows[name] + np.linspace(-90, 1200, len(rows)), 2)
    stage = make_stage(rows)
    widths = set()
    for _ in range(60):
        stage.window.splits.pan(40)
        stage.settle()
        widths.add(stage.window.splits.viewport.width)
    assert len(widths) == 1


def test_warm_frames_allocate_no_rectangles(make_stage: MakeStage) -> None:
    """Panning to and fro reuses the batches' memory."""
    stage = make_stage(3000)
    splits = stage.window.splits
    curves = [*splits.price_graphics.curves, splits.volume_graphics.curve]
    batches = [
        batch for curve in curves for batch in (*curve.closed.values(), *curve.last.values())
    ]

    def sweep() -> int:
        for pixels in (300, -300) * 10:
            splits.pan(pixels)
            stage.settle()
        return sum(batch.allocations for batch in batches)

    assert sweep() == sweep()


def test_period_changes_keep_the_centre_in_time(make_stage: MakeStage) -> None:
    """Five-minute bars show the time that one-minute bars had in their middle."""
    stage = make_stage(3000)
    splits = stage.window.splits
    splits.viewport.zoom = Zoom(-3)
    splits.viewport.show_last(3000, 700)
    splits.pan(4000)
    stage.settle()

    def centre() -> int:
        row = splits.viewport.row_at(splits.viewport.width // 2)
        return int(splits.prices.times(row, row + 1)[0])

    before = centre()
    stage.window.set_period(5 * MINUTE)
    stage.settle()
    assert splits.prices.period_ns == 5 * MINUTE
    assert abs(centre() - before) <= 5 * MINUTE


def test_input_does_not_wait_behind_a_tick(make_stage: MakeStage) -> None:
    """A frame for data leaves the next input its own; input without end gets one a period."""
    stage = make_stage(400)
    loop, splits = stage.window.loop, stage.window.splits
    loop.interval_s = 3600.0
    loop.timer.start(3_600_000)
    loop.answered_at = -math.inf
    tick(stage.ring, 0.03)
    assert stage.frame()
    frames = loop.state.frames
    splits.pan(3.0)
    stage.app.processEvents()
    assert loop.state.frames == frames + 1
    splits.pan(3.0)
    stage.app.processEvents()
    assert loop.state.frames == frames + 1
    assert loop.state.is_due


def test_input_is_answered_while_bars_are_folded(make_stage: MakeStage) -> None:
    """A redraw that takes many frames leaves each of them to the input; the last picture stays."""
    stage = make_stage(2_000_000)
    window, splits = stage.window, stage.window.splits
    shown = splits.prices.ring
    window.set_period(15 * MINUTE)
    answered = 0
    while window.source.is_folding:
        assert splits.prices.ring is shown
        before = painted(stage)
        splits.pan(3.0 if answered % 2 else -3.0)
        assert stage.frame()
        assert painted(stage) > before
        answered += 1
    assert answered > 10
    stage.settle()
    assert window.source.period_ns == 15 * MINUTE
    assert splits.prices.ring is window.source.ring is not shown


def test_a_bar_that_closes_repaints_the_corner_of_the_line_before_it(
    make_stage: MakeStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There two strokes met, and one line turns: seen where lines are wide, as on fine screens."""
    monkeypatch.setattr(ChartPlotWidget, 'line', 3)
    stage = make_stage(400, (640, 480))
    splits = stage.window.splits
    splits.price_graphics.style = PriceStyle.LINE
    splits.zoom(-14)
    splits.price.view.yrange.set(90.0, 110.0)
    splits.pan(-200.0)
    stage.settle()
    for turn in range(8):
        tick(stage.ring, 6.0 if turn % 2 else -6.0)
        stage.settle()
        append(stage.ring)
        stage.settle()
        shades = difference(pixels_of(stage.screen_image()), stage.pixels())
        assert shades.max() <= SMOOTHED, f'turn {turn}'
