"""What is drawn, pixel by pixel, against the rows it is drawn from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from piker.core.rows import BAR
from piker.ui.model.prices import PriceStyle
from piker.ui.model.theme import DARK
from piker.ui.model.zoom import Zoom
from piker.ui.qt.lines import LineCurve
from tests.ui.stage import MakeStage, Stage, walk

if TYPE_CHECKING:
    from numpy.typing import NDArray

UP, DOWN = int(DARK.up[1:], 16), int(DARK.down[1:], 16)
CURVE = int(DARK.curve[1:], 16)


def show(stage: Stage, level: int) -> None:
    """Zoom to a rung with the newest row at the right."""
    splits = stage.window.splits
    splits.viewport.zoom = Zoom(level)
    splits.viewport.show_last(stage.ring.last, splits.l1.pre_l1_xs())
    stage.window.loop.request()
    stage.settle()


def extent(column: NDArray[np.uint32], colours: set[int]) -> tuple[int, int]:
    """Return the first and last pixel of some colours in a column."""
    found = np.flatnonzero(np.isin(column, list(colours)))
    return int(found[0]), int(found[-1])


def test_every_candle_spans_its_high_and_low(make_stage: MakeStage) -> None:
    """The pixels of each wick's column are those of its prices, in the colour of its direction."""
    rows = walk(400)
    stage = make_stage(rows)
    splits = stage.window.splits
    splits.last_line.setVisible(False)
    pixels = stage.pixels()
    view = splits.price.view
    start, stop = splits.viewport.rows()
    checked = 0
    for row in range(max(0, start + 1), min(stop, len(rows))):
        x = splits.viewport.pixel_of(row) - (1 - splits.viewport.zoom.step % 2)
        bar = rows[row]
        colour = UP if bar['close'] >= bar['open'] else DOWN
        column = pixels[: view.rect.height(), x]
        legend = splits.price.legend.device_rect().height()
        top, bottom = extent(column[legend:], {colour})
        assert top + legend == view.yrange.pixel_of(float(bar['high']))
        assert bottom + legend == view.yrange.pixel_of(float(bar['low']))
        checked += 1
    assert checked > 80


def test_far_line_spans_the_extremes_of_every_column(make_stage: MakeStage) -> None:
    """Zoomed out, column k is drawn from the lowest to the highest price of its rows."""
    rows = walk(20_000)
    stage = make_stage(rows)
    show(stage, 16)
    splits = stage.window.splits
    splits.last_line.setVisible(False)
    splits.l1.setVisible(False)
    splits.price.legend.setVisible(False)
    pixels = stage.pixels()
    view = splits.price.view
    edges = splits.viewport.edges()
    checked = 0
    for pixel in range(1, splits.viewport.width):
        start, stop = max(0, edges[pixel]), min(len(rows), edges[pixel + 1])
        if start >= stop or edges[pixel - 1] < 0:
            continue
        window = rows[start:stop]
        before = rows[start - 1]['close']
        top, bottom = extent(pixels[: view.rect.height(), pixel], {CURVE})
        assert top == view.yrange.pixel_of(max(float(window['high'].max()), float(before)))
        assert bottom == view.yrange.pixel_of(min(float(window['low'].min()), float(before)))
        checked += 1
    assert checked > 500


def test_volume_columns_are_sums(make_stage: MakeStage) -> None:
    """Zoomed out, the volume of a column is the sum of its rows, not their maximum."""
    rows = walk(20_000)
    stage = make_stage(rows)
    show(stage, 12)
    splits = stage.window.splits
    view = splits.volume.view
    edges = splits.viewport.edges()
    curve = splits.volume_graphics.curve
    batch = curve.closed['sum']
    x = batch.rects.values[: batch.count, 0].astype(int)
    heights = batch.rects.values[: batch.count, 3]
    sums = np.array([rows['volume'][max(0, edges[k]) : edges[k + 1]].sum() for k in x])
    assert len(x) > 400
    assert np.abs(heights - sums * view.yrange.scale).max() <= 1


def test_exactly_one_of_bars_and_line_is_visible_and_works(make_stage: MakeStage) -> None:
    """Over a sweep of all distances; the hidden ones of the three do no work."""
    stage = make_stage(5000)
    graphics = stage.window.splits.price_graphics
    for level in [*range(-20, 30), *range(30, -20, -1)]:
        before = {curve: (curve.redraws, curve.last_draws) for curve in graphics.curves}
        show(stage, level)
        visible = [curve for curve in graphics.curves if curve.isVisible()]
        side = graphics.far if Zoom(level).uppx > 2 else graphics.near
        expected = side[PriceStyle.CANDLES]
        assert visible == [expected]
        idle = [curve for curve in graphics.curves if curve is not expected]
        assert all((curve.redraws, curve.last_draws) == before[curve] for curve in idle)


def test_zooming_out_and_in_restores_the_picture(make_stage: MakeStage) -> None:
    """A round trip to where all rows are in sight is invisible."""
    stage = make_stage(5000)
    before = stage.pixels()
    viewport = stage.window.splits.viewport
    near = viewport.zoom.level
    stage.window.splits.zoom(40)
    stage.settle()
    assert viewport.rows()[0] <= 0
    stage.window.splits.zoom(near - viewport.zoom.level)
    stage.settle()
    assert np.array_equal(before, stage.pixels())


def test_far_closes_span_those_of_every_column(make_stage: MakeStage) -> None:
    """Zoomed out, the line of closes covers the closes of column k and the one it came from."""
    rows = walk(20_000)
    stage = make_stage(rows)
    graphics = stage.window.splits.price_graphics
    graphics.style = PriceStyle.LINE
    show(stage, 16)
    splits = stage.window.splits
    batch = graphics.current.closed['line']
    edges, y = splits.viewport.edges(), splits.price.view.yrange
    closes = rows['close']
    checked = 0
    for x, top, _, height in batch.rects.values[: batch.count].astype(int).tolist():
        start, stop = max(0, int(edges[x])), int(edges[x + 1])
        reached = closes[max(0, start - 1) : stop] if edges[x] > 0 else closes[start:stop]
        assert top == y.pixel_of(float(reached.max()))
        assert top + height - 1 == y.pixel_of(float(reached.min()))
        checked += 1
    assert checked > 500


def test_hollow_candles_are_coloured_from_close_to_close(make_stage: MakeStage) -> None:
    """Colour tells of the close before, emptiness of the open, for the live row too."""
    rows = walk(400)
    rows['open'] = (rows['high'] + rows['low']) / 2
    stage = make_stage(rows)
    graphics = stage.window.splits.price_graphics
    graphics.style = PriceStyle.HOLLOW
    stage.window.loop.request()
    stage.settle()
    curve = graphics.current
    start, stop = stage.window.splits.viewport.rows()
    shown = rows[max(0, start) : min(stop, len(rows))]
    before = rows['close'][max(0, start) - 1 :][: len(shown)]
    is_up, is_hollow = shown['close'] >= before, shown['close'] >= shown['open']
    assert 0 < is_up.sum() < len(shown)
    assert (is_up != is_hollow).any()
    for name, chosen in (('body_up', is_up), ('body_down', ~is_up), ('interior', is_hollow)):
        assert curve.closed[name].count + curve.last[name].count == chosen.sum()


def test_a_line_of_closes_writes_points_once(make_stage: MakeStage) -> None:
    """Pans back and forth, zooms in and y ranges write none, a bar that closes writes one."""
    stage = make_stage(3000)
    splits = stage.window.splits
    splits.price_graphics.style = PriceStyle.LINE
    stage.window.loop.request()
    stage.settle()
    curve = splits.price_graphics.current
    assert isinstance(curve, LineCurve)
    written = curve.points.written
    assert written > 50
    splits.zoom(-4)
    stage.settle()
    splits.price.view.yrange.zoom_by(2.0, 50)
    stage.window.loop.request()
    stage.settle()
    assert curve.points.written == written
    stage.ring.push(walk(3001)[-1:])
    stage.settle()
    assert curve.points.written == written + 1
    splits.pan(200.0)
    stage.settle()
    panned = curve.points.written
    for _ in range(5):
        splits.pan(-100.0)
        stage.settle()
        splits.pan(100.0)
        stage.settle()
    assert curve.points.written == panned
    closes = stage.ring.column(
        'close', curve.base + curve.points.first, curve.base + curve.points.last
    )
    points = curve.points.window(curve.points.first, curve.points.last)
    assert np.array_equal(points[:, 1], closes)


def test_last_bar_stands_left_of_the_labels(make_stage: MakeStage) -> None:
    """The default view is placed by the measured width of the level 1 labels."""
    for size in ((1440, 900), (800, 600), (2560, 1440)):
        stage = make_stage(3000, size)
        splits = stage.window.splits
        left = min(box.left() for *_, box in splits.l1.boxes())
        assert left - 16 <= splits.viewport.right_of(stage.ring.last - 1) <= left


def test_styles_cycle(make_stage: MakeStage) -> None:
    """`b` goes through six pictures and comes back to the first."""
    stage = make_stage()
    pictures = [stage.pixels()]
    for style in [*PriceStyle][1:]:
        assert stage.window.splits.cycle_style() is style
        stage.settle()
        pictures.append(stage.pixels())
    assert stage.window.splits.cycle_style() is PriceStyle.CANDLES
    stage.settle()
    assert np.array_equal(pictures[0], stage.pixels())
    for place, picture in enumerate(pictures):
        assert not any(np.array_equal(picture, other) for other in pictures[:place])


@pytest.mark.parametrize('count', [0, 1, 2])
def test_charts_of_next_to_nothing(make_stage: MakeStage, count: int) -> None:
    """No row, one row, two rows: a calm picture, and a sentence where there is none."""
    stage = make_stage(count)
    stage.settle()
    assert bool(stage.window.splits.notice.text) is (count == 0)
    stage.window.splits.zoom(7)
    stage.window.splits.pan(3000)
    stage.window.splits.default_view()
    stage.settle()


@pytest.mark.parametrize('value', [np.nan, np.inf, -5.0, 1e-12, 1e12])
def test_charts_of_odd_prices(make_stage: MakeStage, value: float) -> None:
    """All the same, and not finite, negative, tiny or huge: no exception, and axes with texts."""
    rows = np.zeros(300, BAR)
    rows['time'] = walk(300)['time']
    for name in ('open', 'high', 'low', 'close'):
        rows[name] = value
    rows['volume'] = value
    stage = make_stage(rows)
    for level in (-8, 0, 12):
        show(stage, level)


def test_a_window_of_one_pixel(make_stage: MakeStage) -> None:
    """Every size is survived."""
    stage = make_stage()
    stage.window.setMinimumSize(1, 1)
    for size in ((1, 1), (80, 40), (1, 900), (2000, 30), (800, 600)):
        stage.window.resize(*size)
        stage.settle()


def test_themes_change_every_colour(make_stage: MakeStage) -> None:
    """No pixel of the dark canvas is left in the light theme."""
    stage = make_stage()
    stage.window.set_theme('light')
    stage.settle()
    assert not np.isin(stage.pixels(), [int(DARK.canvas[1:], 16), int(DARK.panel[1:], 16)]).any()
