"""The slow chart: where it stands, what its band does, and what it costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from piker.ui.model.overview import STRIP_HEIGHT, Form, form_of
from piker.ui.model.theme import DARK
from piker.ui.qt.qtlib import (
    QEvent,
    QKeyEvent,
    QPoint,
    QPointF,
    Qt,
    QWheelEvent,
)
from tests.ui.monkey import anything, ghosts
from tests.ui.stage import (
    HOUR,
    MINUTE,
    MakeStage,
    Stage,
    append,
    hours_of,
    mouse,
    pixels_of,
    tick,
    walk,
)

if TYPE_CHECKING:
    from piker.shm import ShmArray

SIZE = (1440, 900)
COUNT, OLDER = 3000, 1000
BAND, EDGE = int(DARK.band[1:], 16), int(DARK.band_edge[1:], 16)
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def stage(make_stage: MakeStage) -> Stage:
    """Return a window with a slow chart, and nothing left to draw."""
    stage = make_stage(COUNT, SIZE, older=OLDER)
    stage.settle()
    return stage


def middle_move(ring: ShmArray) -> float:
    """Return a move of the last price to the middle of its bar."""
    live = ring.live()
    assert live is not None
    return round((float(live['high']) + float(live['low'])) / 2, 2) - float(live['close'])


def point(stage: Stage, kind: QEvent.Type, x: float, y: float) -> None:
    """Send an event of the left button to the slow chart, and draw what it changes."""
    mouse(stage, kind, x, y, chart=stage.window.splits.overview)
    stage.settle()


def drag(stage: Stage, *xs: float) -> None:
    """Drag from the first x to the last one by way of the others."""
    point(stage, QEvent.Type.MouseButtonPress, xs[0], 80)
    for x in xs[1:]:
        point(stage, QEvent.Type.MouseMove, x, 80)
    point(stage, QEvent.Type.MouseButtonRelease, xs[-1], 80)


def press(stage: Stage, *keys: Qt.Key) -> None:
    """Press keys in the window."""
    for key in keys:
        stage.window.keyPressEvent(
            QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier)
        )
    stage.settle()


def painted(stage: Stage) -> tuple[int, int]:
    """Return the device pixels painted so far of the slow chart, and of the others."""
    splits = stage.window.splits
    return splits.overview.pixels_painted, sum(chart.pixels_painted for chart in splits.fast.charts)


def since(stage: Stage, before: tuple[int, int]) -> tuple[int, int]:
    """Return what `painted` has grown by."""
    slow, fast = painted(stage)
    return slow - before[0], fast - before[1]


@pytest.mark.parametrize(
    ('size', 'form'),
    [
        ((1440, 900), Form.WHOLE),
        ((1920, 1080), Form.WHOLE),
        ((900, 800), Form.WHOLE),
        ((900, 799), Form.STRIP),
        ((640, 480), Form.STRIP),
        ((300, 200), Form.HIDDEN),
    ],
)
def test_charts_stand_above_each_other(
    make_stage: MakeStage, size: tuple[int, int], form: Form
) -> None:
    """Plots share their left and right edges; heights are 3 to 5 to 2, or a strip's."""
    stage = make_stage(COUNT, size, older=OLDER)
    stage.settle()
    splits = stage.window.splits
    assert splits.form is form
    plots = {(chart.plot_at.x(), chart.view.rect.width()) for chart in splits.charts}
    assert len(plots) == 1
    slow, price, volume = splits.sizes()
    room = slow + price + volume
    assert room == splits.height() - (4 if form is Form.HIDDEN else 8)
    expected = {Form.WHOLE: 0.3 * room, Form.STRIP: STRIP_HEIGHT, Form.HIDDEN: 0}[form]
    assert slow == pytest.approx(expected, abs=1)
    assert price == pytest.approx((room - slow) * 5 / 7, abs=2)
    assert splits.overview.isVisible() is (form is not Form.HIDDEN)
    if form is not Form.HIDDEN:
        pixels = [
            group.viewport.right_of(group.extent[1] - 1) for group in (splits.slow, splits.fast)
        ]
        assert pixels[0] == pixels[1]


def test_a_window_that_grows_unfolds_it(make_stage: MakeStage) -> None:
    """And folds it again when it shrinks, with prices and volume at their shares."""
    stage = make_stage(COUNT, (900, 560), older=OLDER)
    splits = stage.window.splits
    heights = (560, 900, 1000, 560, 700, 300, 900)
    for height in heights:
        stage.window.resize(900, height)
        stage.settle()
        form = form_of(height)
        assert splits.form is form
        slow, price, volume = splits.sizes()
        if form is Form.WHOLE:
            assert slow == pytest.approx(0.3 * (slow + price + volume), abs=2)
        else:
            assert slow == (STRIP_HEIGHT if form is Form.STRIP else 0)
        assert price / volume == pytest.approx(2.5, rel=0.05)
        assert slow + price + volume + 8 - 4 * (form is Form.HIDDEN) == splits.height()
        assert (pixels_of(stage.screen_image()) == stage.pixels()).all()


def test_the_band_is_drawn_on_whole_pixels(stage: Stage) -> None:
    """A tint with a line at each end, from the top of the plot to its foot, and nowhere else."""
    splits = stage.window.splits
    band = splits.overview.band
    assert band is not None
    plot = stage.pixels()[: splits.overview.view.rect.height(), : splits.slow.viewport.width]
    assert np.flatnonzero((plot == EDGE).mean(axis=0) > 0.5).tolist() == [band.left, band.right - 1]
    tinted = np.flatnonzero((plot == BAND).any(axis=0)).tolist()
    lines = {tick.pixel for tick in splits.slow.time_axis.ticks}
    assert sorted({*tinted, *lines} & set(range(band.left, band.right))) == list(
        range(band.left + 1, band.right - 1)
    )
    assert set(tinted) <= set(range(band.left + 1, band.right - 1))


def test_the_band_shows_the_time_that_the_fast_chart_does(stage: Stage) -> None:
    """The hours at its ends hold the first and the last minute in view."""
    splits = stage.window.splits
    splits.pan(2000.0)
    stage.settle()
    band = splits.overview.band
    assert band is not None
    start, stop = splits.viewport.rows()
    first, last = (int(splits.prices.times(row, row + 1)[0]) for row in (start, stop - 1))
    slow = splits.slow
    for pixel, time in ((band.left, first), (band.right - 1, last)):
        row = slow.viewport.row_at(pixel)
        assert slow.prices.times(row, row + 1)[0] == time // HOUR * HOUR


def test_an_idle_slow_chart_stays_idle(stage: Stage) -> None:
    before, reads = painted(stage), stage.window.splits.slow.prices.reads
    for _ in range(1000):
        assert not stage.window.loop.graphics_cycle()
    stage.app.processEvents()
    assert since(stage, before) == (0, 0)
    assert stage.window.splits.slow.prices.reads == reads


def test_a_tick_of_one_ring_repaints_its_chart_only(stage: Stage) -> None:
    """The last bar and its labels; the chart of the other ring is left alone."""
    area = SIZE[0] * SIZE[1]
    for ring, place in ((stage.slow, 0), (stage.ring, 1)):
        before = painted(stage)
        redraws = [group.price_graphics.current.redraws for group in stage.window.splits.groups]
        tick(ring, middle_move(ring))
        assert stage.frame()
        grown = since(stage, before)
        assert 0 < grown[place] < 0.03 * area
        assert grown[1 - place] == 0
        assert redraws == [
            group.price_graphics.current.redraws for group in stage.window.splits.groups
        ]


def test_a_pan_of_the_fast_chart_repaints_the_ends_of_the_band_only(stage: Stage) -> None:
    """Where these do not move, nothing at all; the slow chart reads no row to draw."""
    splits = stage.window.splits
    for chart in splits.charts:
        chart.view.yrange.is_static = True
    # Both ends of the band are to be those of minutes, not of the last hour.
    splits.pan(900.0)
    stage.settle()
    redraws = splits.slow.price_graphics.current.redraws
    paints = still = 0
    for _ in range(60):
        before, band = painted(stage), splits.overview.band
        splits.pan(30.0)
        assert stage.frame()
        slow, fast = since(stage, before)
        now = splits.overview.band
        assert band is not None
        assert now is not None
        moved = (now.left != band.left) + (now.right != band.right)
        height = splits.overview.view.rect.height()
        assert slow == moved * 2 * height
        assert 0 < fast < 0.1 * SIZE[0] * SIZE[1]
        paints += moved
        still += not moved
    assert paints
    assert still
    assert splits.slow.price_graphics.current.redraws == redraws


def test_a_pan_of_the_slow_chart_scrolls_it_and_leaves_the_others(stage: Stage) -> None:
    splits = stage.window.splits
    splits.overview.view.yrange.is_static = True
    splits.slow.pan(3.0)
    stage.settle()
    before, layouts = painted(stage), splits.slow.time_ticks.layouts
    for _ in range(10):
        splits.slow.pan(3.0)
        assert stage.frame()
    slow, fast = since(stage, before)
    assert 0 < slow < 10 * 0.035 * SIZE[0] * SIZE[1]
    assert fast == 0
    assert splits.slow.time_ticks.layouts == layouts


def test_new_rows_move_each_view_that_follows(stage: Stage) -> None:
    """Each ring moves its own charts; a view that is scrolled back stands."""
    splits = stage.window.splits
    groups = (splits.slow, stage.slow, HOUR), (splits.fast, stage.ring, MINUTE)
    for group, ring, period in groups:
        other = splits.fast if group is splits.slow else splits.slow
        pixel, left = group.viewport.pixel_of(ring.last - 1), other.viewport.left
        append(ring, period)
        stage.settle()
        assert group.viewport.pixel_of(ring.last - 1) == pixel
        assert other.viewport.left == left
    splits.slow.pan(900)
    stage.settle()
    left = splits.slow.viewport.left
    append(stage.slow, HOUR)
    stage.settle()
    assert splits.slow.viewport.left == left


@pytest.mark.parametrize('way', ['empty', 'toggled', 'same', 'longer', 'low'])
def test_a_hidden_slow_chart_costs_nothing(make_stage: MakeStage, way: str) -> None:
    """Its rows are not read, it is not painted, and its ring asks for no frame."""
    low = way == 'low'
    stage = make_stage(COUNT, (900, 300) if low else SIZE, older=None if way == 'empty' else OLDER)
    stage.settle()
    splits = stage.window.splits
    assert (splits.form is Form.HIDDEN) is (way in ('empty', 'low'))
    match way:
        case 'toggled':
            press(stage, Qt.Key.Key_O)
        case 'same' | 'longer':
            stage.window.set_period(HOUR if way == 'same' else 4 * HOUR)
            stage.settle()
    assert splits.form is Form.HIDDEN
    assert splits.groups == (splits.fast,)
    flow, paints = splits.slow.prices, splits.overview.paints
    reads = flow.reads
    if way in ('empty', 'low'):
        assert (reads, paints) == (0, 0)
    if way in ('toggled', 'low'):
        tick(stage.slow, 0.05)
        assert not stage.frame()
    for _ in range(20):
        tick(stage.ring, 0.01)
        append(stage.ring, MINUTE)
        splits.pan(30.0)
        stage.settle()
    assert (flow.reads, splits.overview.paints) == (reads, paints)


def test_it_appears_with_the_first_slow_bars(make_stage: MakeStage) -> None:
    """History that comes after the window is shown in the frame after it came."""
    stage = make_stage(COUNT, SIZE)
    stage.settle()
    splits = stage.window.splits
    assert splits.groups == (splits.fast,)
    stage.slow.push(hours_of(walk(COUNT), OLDER))
    stage.settle()
    assert splits.form is Form.WHOLE
    assert splits.overview.band is not None
    assert (pixels_of(stage.screen_image()) == stage.pixels()).all()


def test_o_hides_and_shows_it(stage: Stage) -> None:
    """It comes back as it was, moved with the hours that came meanwhile, or says why not."""
    splits, status = stage.window.splits, stage.window.status
    shown = stage.pixels()
    press(stage, Qt.Key.Key_O)
    assert splits.form is Form.HIDDEN
    assert status.message == 'slow chart hidden'
    assert splits.sizes()[1] == pytest.approx((splits.height() - 4) * 5 / 7, abs=2)
    press(stage, Qt.Key.Key_O)
    status.show_message('')
    assert (stage.pixels() == shown).all()
    pixel = splits.slow.viewport.pixel_of(stage.slow.last - 1)
    press(stage, Qt.Key.Key_O)
    append(stage.slow, HOUR)
    press(stage, Qt.Key.Key_O)
    assert splits.slow.viewport.pixel_of(stage.slow.last - 1) == pixel
    stage.window.set_period(HOUR)
    press(stage, Qt.Key.Key_O)
    press(stage, Qt.Key.Key_O)
    assert status.message == 'no slow chart: the feed has no bars that are longer than these'
    stage.window.set_period(MINUTE)
    stage.window.resize(900, 300)
    stage.settle()
    press(stage, Qt.Key.Key_O, Qt.Key.Key_O)
    assert status.message == 'the window is too low for a slow chart: make it higher'


def test_it_takes_its_place_in_one_frame(stage: Stage) -> None:
    """Nothing is moved once more when Qt has caught up with its events."""
    splits = stage.window.splits
    press(stage, Qt.Key.Key_O)
    splits.toggle_overview()
    assert stage.window.loop.graphics_cycle()
    sizes = splits.sizes()
    layouts = splits.overview.axis.layouts
    stage.settle()
    assert splits.sizes() == sizes
    assert splits.overview.axis.layouts == layouts


def test_a_hidden_one_is_reset_too(stage: Stage) -> None:
    splits = stage.window.splits
    before = stage.pixels()
    splits.slow.pan(300)
    stage.settle()
    for key in (Qt.Key.Key_O, Qt.Key.Key_R, Qt.Key.Key_O):
        press(stage, key)
    stage.window.status.show_message('')
    assert (stage.pixels() == before).all()


def test_typed_timeframes_leave_it_while_they_are_shorter(stage: Stage) -> None:
    splits = stage.window.splits
    found = []
    for period in (5 * MINUTE, HOUR, 30 * MINUTE, 24 * HOUR, MINUTE):
        stage.window.set_period(period)
        stage.settle()
        found.append(splits.form is Form.WHOLE)
        assert (pixels_of(stage.screen_image()) == stage.pixels()).all()
    assert found == [True, False, True, False, True]


def test_dragging_the_band_moves_the_fast_chart(stage: Stage) -> None:
    """By as many pixels as the mouse moved; the slow chart stands."""
    splits = stage.window.splits
    band, left = splits.overview.band, splits.slow.viewport.left
    assert band is not None
    at = band.left + 4
    drag(stage, at, at - 20, at - 60, at - 40)
    now = splits.overview.band
    assert now is not None
    assert now.left == band.left - 40
    assert splits.slow.viewport.left == left
    start, _ = splits.viewport.rows()
    row = splits.slow.viewport.row_at(now.left)
    assert splits.prices.times(start, start + 1)[0] >= splits.slow.prices.times(row, row + 1)[0]


def test_the_band_stops_where_the_fast_rows_begin(stage: Stage) -> None:
    """There are no minutes of most hours: the fast view rests at its first row."""
    splits = stage.window.splits
    band = splits.overview.band
    assert band is not None
    stage.window.status.show_message('')
    drag(stage, band.left + 4, 700, 40)
    assert splits.viewport.pixel_of(0) == splits.viewport.zoom.step // 2
    assert stage.window.status.message == ''
    left = splits.viewport.left
    newest = splits.overview.band
    assert newest is not None
    drag(stage, newest.left + 4, SIZE[0] - 100)
    assert splits.viewport.left > left
    assert splits.viewport.right_of(COUNT - 1) == splits.viewport.room


def test_a_click_beside_the_band_brings_it_there(stage: Stage) -> None:
    """Its middle; a hand that shakes by a pixel has clicked still."""
    splits = stage.window.splits
    band, left = splits.overview.band, splits.slow.viewport.left
    assert band is not None
    target = band.left - 80
    drag(stage, target, target + 1)
    now = splits.overview.band
    assert now is not None
    assert (now.left + now.right) / 2 == pytest.approx(target, abs=3)
    assert splits.slow.viewport.left == left


def test_a_drag_beside_the_band_pans_the_slow_chart(stage: Stage) -> None:
    splits = stage.window.splits
    left, fast = splits.slow.viewport.left, splits.viewport.left
    band = splits.overview.band
    assert band is not None
    drag(stage, 300, 340, 420)
    assert splits.slow.viewport.left == left - 120
    assert splits.viewport.left == fast
    assert splits.overview.band == band.shifted(120)


def test_the_wheel_zooms_the_slow_chart_alone_and_r_resets_both(stage: Stage) -> None:
    splits = stage.window.splits
    before = stage.pixels()
    zoom = splits.viewport.zoom
    event = QWheelEvent(
        QPointF(300, 80),
        QPointF(300, 80),
        QPoint(),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    level = splits.slow.viewport.zoom.level
    splits.overview.wheelEvent(event)
    stage.settle()
    assert splits.slow.viewport.zoom.level == level + 1
    assert splits.viewport.zoom == zoom
    splits.pan(700)
    splits.slow.pan(300)
    splits.overview.view.yrange.zoom_by(2.0, 60)
    stage.settle()
    press(stage, Qt.Key.Key_R)
    assert (stage.pixels() == before).all()


def test_the_crosshair_tells_of_the_chart_under_it(stage: Stage) -> None:
    """On the slow chart it tells of an hour, and the charts below of their last bar."""
    splits = stage.window.splits
    at_rest = [group.price.legend.parts for group in splits.groups]
    point(stage, QEvent.Type.MouseMove, 300, 100)
    assert splits.overview.crosshair.column == 300
    assert splits.price.crosshair.column is None
    assert splits.slow.time_axis.cursor.is_shown
    assert not splits.fast.time_axis.cursor.is_shown
    now = [group.price.legend.parts for group in splits.groups]
    assert now[0] != at_rest[0]
    assert now[1] == at_rest[1]
    press(stage, Qt.Key.Key_O)
    assert splits.pointer is None


def test_a_strip_names_its_period_only_until_it_is_pointed_at(make_stage: MakeStage) -> None:
    stage = make_stage(COUNT, (900, 560), older=OLDER)
    stage.settle()
    splits = stage.window.splits
    legend = splits.overview.legend
    assert [part.text for part, *_ in legend.placed()] == ['1h']
    assert splits.overview.axis.shown_ticks()
    # Bars reach under the legend.
    splits.overview.view.yrange.set(100.0, 101.0)
    stage.window.loop.request()
    stage.settle()
    point(stage, QEvent.Type.MouseMove, 300, 30)
    assert len(legend.placed()) > 6
    assert (pixels_of(stage.screen_image()) == stage.pixels()).all()


@pytest.mark.parametrize('size', [(640, 480), (640, 820)])
def test_partial_repaints_leave_what_a_clean_render_draws(
    make_stage: MakeStage, size: tuple[int, int]
) -> None:
    """After any sequence of ticks, rows, pans, zooms, drags and cursors there is no ghost pixel."""
    stage = make_stage(COUNT, size, older=OLDER)
    random = np.random.default_rng(12)
    for turn in range(200):
        anything(stage, random)
        stage.frame()
        assert ghosts(stage) == 0, f'turn {turn}'
