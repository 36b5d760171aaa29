"""That what is written can be read: widths of axes, covered figures, the legend, the status bar."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest

from piker.ui.model.theme import DARK
from piker.ui.model.zoom import Zoom
from piker.ui.qt.axes import MOST_WIDTH
from piker.ui.qt.chart import Region
from piker.ui.qt.composed import Side
from piker.ui.qt.qtlib import QEvent, QKeyEvent, QMouseEvent, QPointF, QRect, Qt
from piker.ui.qt.text import Role
from tests.ui.stage import MINUTE, SYMBOL, MakeStage, Stage, pixels_of, walk

if TYPE_CHECKING:
    from piker.ui.qt.qtlib import QApplication

CANVAS = int(DARK.canvas[1:], 16)
BARS = [int(colour[1:], 16) for colour in (DARK.up, DARK.down)]
PRICES = ('open', 'high', 'low', 'close')
NOTE = (
    'real hourly bars of 2017-04 to 2018-02; the path and the quotes inside each are '
    'interpolated, not recorded'
)


def point(stage: Stage, x: float, y: float) -> None:
    """Move the mouse, held down from an earlier press or not, over the price chart."""
    chart = stage.window.splits.price
    buttons = Qt.MouseButton.LeftButton if chart.pressed else Qt.MouseButton.NoButton
    chart.mouseMoveEvent(
        QMouseEvent(
            QEvent.Type.MouseMove,
            QPointF(x, y),
            Qt.MouseButton.NoButton,
            buttons,
            Qt.KeyboardModifier.NoModifier,
        )
    )
    stage.settle()


def press(stage: Stage, *keys: Qt.Key) -> None:
    """Press keys in the window."""
    for key in keys:
        stage.window.keyPressEvent(
            QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier)
        )
    stage.settle()


@pytest.mark.parametrize(
    ('scale', 'tick'), [(1e297, '0.01'), (1e-14, '1e-10'), (1e-14, '1e-18'), (1e10, '0.0001')]
)
def test_prices_of_any_size_leave_the_plot_its_room(
    make_stage: MakeStage, scale: float, tick: str
) -> None:
    """The axis is never wider than it may be, its figures fit it, differ and are several."""
    symbol = msgspec.structs.replace(SYMBOL, price_tick=Decimal(tick))
    rows = walk(400)
    for name in PRICES:
        rows[name] *= scale
    stage = make_stage(rows, symbol=symbol, has_quote=False)
    splits = stage.window.splits
    axis_width = splits.axis_widths[Side.RIGHT][0]
    assert axis_width <= MOST_WIDTH
    assert splits.viewport.width >= 800 - MOST_WIDTH
    face = splits.price.book.face(Role.AXIS)
    texts = [tick.text for tick in splits.price.axis.ticks]
    assert len(texts) >= 3
    assert len(set(texts)) == len(texts)
    for text in (*texts, *splits.price.axis.last.lines):
        assert face.width(text) <= axis_width - 8


def test_axis_is_never_wider_than_it_may_be(make_stage: MakeStage) -> None:
    """Not even for a text that no format makes."""
    axis = make_stage().window.splits.price.axis
    assert axis.needed_width('9' * 60) == MOST_WIDTH
    assert axis.needed_width('99.99') < MOST_WIDTH


def test_figures_are_left_out_only_under_a_label(make_stage: MakeStage) -> None:
    """A tick a pixel beside the last-price label is written, one that touches it is not."""
    stage = make_stage()
    splits = stage.window.splits
    axis = splits.price.axis
    ticks = list(axis.ticks)
    assert len(ticks) >= 4
    axis.cursor.hide()
    face = splits.price.book.face(Role.AXIS)
    tick = ticks[2]
    top, bottom = face.figures_at(tick.pixel)
    rect = axis.last.rect
    for shift, is_shown in ((bottom, True), (bottom - 1, False), (top, False)):
        axis.last.rect = type(rect)(rect.left(), shift, rect.width(), rect.height())
        assert (tick in axis.shown_ticks()) is is_shown
    axis.last.rect = type(rect)(rect.left(), top - rect.height(), rect.width(), rect.height())
    assert tick in axis.shown_ticks()


def test_figures_are_drawn_within_their_pixels(make_stage: MakeStage) -> None:
    """The rows of pixels a figure is said to stand on are those it is drawn on."""
    stage = make_stage()
    splits = stage.window.splits
    axis = splits.price.axis
    face = splits.price.book.face(Role.AXIS)
    pixels = stage.pixels()
    checked = 0
    for tick in axis.shown_ticks():
        top, bottom = face.figures_at(tick.pixel)
        strip = pixels[top - 6 : bottom + 6, axis.rect.left() + 4 : axis.rect.right() - 4]
        inked = np.flatnonzero((strip != CANVAS).any(axis=1)) + top - 6
        if axis.is_covered(top - 6, bottom + 6):
            continue
        assert inked[0] >= top - 1
        assert inked[-1] <= bottom
        checked += 1
    assert checked >= 3


def test_figures_beside_what_is_repainted_stay_whole(make_stage: MakeStage) -> None:
    """What is smoothed of them beside their rows is painted with the pixels there."""
    stage = make_stage()
    stage.settle()
    splits = stage.window.splits
    axis = splits.price.axis
    face = splits.price.book.face(Role.AXIS)
    before = stage.pixels()
    for tick in axis.shown_ticks():
        top, bottom = face.figures_at(tick.pixel)
        for start in (top - 3, bottom):
            axis.invalidate(QRect(axis.rect.left(), start, axis.rect.width(), 3))
            stage.app.processEvents()
            assert (pixels_of(stage.screen_image()) == before).all()


def test_legend_stands_on_canvas(make_stage: MakeStage) -> None:
    """Bars that reach under it are not seen between its letters."""
    stage = make_stage(400)
    splits = stage.window.splits
    row = splits.viewport.row_at(150)
    near = float(stage.ring.rows(row, row + 1)['close'][0])
    splits.price.view.yrange.set(near - 1.9, near + 0.1)
    stage.window.loop.request()
    stage.settle()
    legend = splits.price.legend
    box = legend.box(legend.placed())
    assert box.width() > 200
    legend.setVisible(False)
    bare = stage.pixels()[box.top() : box.bottom() + 1, box.left() : box.right() + 1]
    assert np.isin(bare, BARS).mean() > 0.05
    legend.setVisible(True)
    legend.set(*(part._replace(token='ink') for part in legend.parts))
    drawn = stage.pixels()[box.top() : box.bottom() + 1, box.left() : box.right() + 1]
    assert not np.isin(drawn, BARS).any()
    assert (drawn == CANVAS).mean() > 0.5


@pytest.mark.parametrize('is_dragged', [False, True])
def test_crosshair_labels_and_legend_leave_together(
    make_stage: MakeStage, *, is_dragged: bool
) -> None:
    """Out of the plots there is no line, no label, and the legend tells of the last bar."""
    stage = make_stage(4000)
    splits = stage.window.splits
    chart = splits.price
    if is_dragged:
        chart.pressed, chart.press_at = Region.PLOT, (300.0, 100.0)
    time_axis = splits.volume.time_axis
    assert time_axis is not None
    at_rest = None
    for x, y, is_in in ((300, 100, True), (790, 100, False), (300, 100, True), (300, -20, False)):
        point(stage, x, y)
        shown = [
            splits.price.crosshair.column is not None,
            splits.price.crosshair.row is not None,
            splits.volume.crosshair.column is not None,
            splits.price.axis.cursor.is_shown,
            time_axis.cursor.is_shown,
        ]
        assert shown == [is_in] * 5
        if not is_in:
            at_rest = at_rest or splits.price.legend.parts
            assert splits.price.legend.parts == at_rest
        else:
            assert splits.price.legend.parts != at_rest
    live = stage.ring.live()
    assert live is not None
    assert at_rest is not None
    assert splits.price_text(float(live['close'])) in [part.text for part in at_rest]


@pytest.mark.parametrize('width', [640, 800, 1440])
def test_status_bar_keeps_the_end_of_a_note(make_stage: MakeStage, width: int) -> None:
    """That the path was not recorded is read at any width, and all of it in the tooltip."""
    stage = make_stage(400, (width, 480))
    status = stage.window.status
    status.show_message(NOTE)
    status.show_health('live')
    stage.pixels()
    assert status.shown.startswith('real hourly')
    assert status.shown.endswith('not recorded')
    assert ('…' in status.shown) is (width < 800)
    assert status.toolTip() == NOTE
    status.show_message('')
    assert status.toolTip() == ''


def test_hint_gives_way_to_a_message(make_stage: MakeStage) -> None:
    """Beside a short message it stands; beside a long one its pixels are the message's."""
    stage = make_stage(400, (700, 480))
    status = stage.window.status
    hint = (slice(480 - 20, 480 - 4), slice(700 - 60, 700 - 10))
    status.show_health('')
    with_hint = stage.pixels()[hint]
    assert len(np.unique(with_hint)) > 1
    status.show_message('5m')
    assert (stage.pixels()[hint] == with_hint).all()
    status.show_message(NOTE)
    assert (stage.pixels()[hint] != with_hint).any()


def test_unknown_unit_is_refused_in_words(make_stage: MakeStage) -> None:
    """`9x` and Enter leave the bars as they are; `b` typed after a digit changes no style."""
    stage = make_stage()
    status, graphics = stage.window.status, stage.window.splits.price_graphics
    style = graphics.style
    press(stage, Qt.Key.Key_9, Qt.Key.Key_X)
    assert status.typed == '9x'
    press(stage, Qt.Key.Key_Return)
    assert status.message == "'9x' is no timeframe: type e.g. 5m, 1h or 1d"
    press(stage, Qt.Key.Key_5, Qt.Key.Key_B, Qt.Key.Key_Return)
    assert status.message == "'5b' is no timeframe: type e.g. 5m, 1h or 1d"
    assert graphics.style is style
    assert stage.window.source.period_ns == MINUTE
    press(stage, Qt.Key.Key_5, Qt.Key.Key_Return)
    assert stage.window.source.period_ns == 5 * MINUTE


@pytest.mark.parametrize('count', [5, 44, 300, 447, 700, 5000])
def test_all_bars_in_sight_fill_the_width(make_stage: MakeStage, count: int) -> None:
    """Where zooming out rests they reach from the left edge to the level 1 labels, all of them."""
    stage = make_stage(count, (1000, 600))
    splits = stage.window.splits
    if splits.viewport.zoom.uppx < splits.viewport.farthest(*splits.extent).uppx:
        splits.zoom(200)
    stage.settle()
    right = splits.l1.pre_l1_xs()
    colours = [*BARS, int(DARK.curve[1:], 16)]
    splits.last_line.setVisible(False)
    pixels = stage.pixels()[40 : splits.price.view.rect.height(), :right]
    inked = np.flatnonzero(np.isin(pixels, colours).any(axis=0))
    step = max(1, splits.viewport.zoom.step)
    assert inked[-1] >= right - step
    assert inked[0] <= right / 7 or step == 40
    assert inked[0] >= right - step * count - 2 or step < 6
    assert splits.viewport.rows()[0] <= 0


def test_five_hundred_notches_out_leave_one_column_and_nothing_to_do(make_stage: MakeStage) -> None:
    """There is no end to zooming out, and the way back leads to the same picture."""
    stage = make_stage(5000, (1000, 600))
    splits = stage.window.splits
    before = stage.pixels()
    for _ in range(500):
        splits.zoom(1)
        stage.settle()
    viewport = splits.viewport
    assert viewport.column_of(0) == viewport.column_of(4999)
    splits.last_line.setVisible(False)
    splits.l1.setVisible(False)
    pixels = stage.pixels()[40 : splits.price.view.rect.height(), : viewport.width]
    inked = np.flatnonzero((pixels == int(DARK.curve[1:], 16)).any(axis=0))
    assert inked.tolist() == [viewport.right_of(4999) - 1]
    assert not stage.window.loop.graphics_cycle()
    splits.last_line.setVisible(True)
    splits.l1.setVisible(True)
    splits.default_view()
    stage.settle()
    assert (stage.pixels() == before).all()


@pytest.mark.parametrize('points', [9, 16, 24])
def test_room_for_texts_grows_with_the_font_of_the_desktop(
    app: QApplication, make_stage: MakeStage, points: int
) -> None:
    """The last price and its countdown stand below each other, within their label."""
    font = app.font()
    larger = app.font()
    larger.setPointSize(points)
    app.setFont(larger)
    try:
        splits = make_stage(400, (1100, 640)).window.splits
    finally:
        app.setFont(font)
    face, axis = splits.price.book.face(Role.AXIS), splits.price.axis
    half = axis.last.rect.height() / 2
    assert len(axis.last.lines) == 2
    assert face.digit_height * 1.4 < half
    assert max(face.width(text) for text in axis.last.lines) < axis.last.rect.width() - 8
    for _, _, _, box in splits.l1.boxes():
        assert box.height() > face.digit_height * 1.4
    assert splits.volume.time_axis is not None
    assert splits.volume.time_axis.rect.height() > face.digit_height * 2


def test_a_long_name_leaves_the_legend_its_values(make_stage: MakeStage) -> None:
    """It loses its middle, and what it names is told all the same."""
    symbol = msgspec.structs.replace(SYMBOL, name='a very long name of a file ' * 9)
    stage = make_stage(400, (900, 560), symbol=symbol)
    legend = stage.window.splits.price.legend
    placed = legend.placed()
    assert len(placed) > 6
    assert '…' in placed[0].part.text
    assert legend.box(placed).right() < stage.window.splits.price.view.rect.right()


@pytest.mark.parametrize('size', [(200, 200), (300, 240), (420, 300)])
def test_a_small_window_shows_whole_legends_or_none(
    make_stage: MakeStage, size: tuple[int, int]
) -> None:
    """No letter without its value, and nothing cut by the foot of a low plot."""
    splits = make_stage(400, size).window.splits
    for chart in splits.charts:
        placed = chart.legend.placed()
        assert not placed or not placed[-1].part.leads
        assert not placed or chart.legend.box(placed).bottom() < chart.view.rect.height()
    assert splits.price.legend.placed()


def test_legend_beside_the_bars_tells_of_the_last_one(make_stage: MakeStage) -> None:
    """Left of the first bar and right of the last."""
    stage = make_stage(5, (900, 560))
    splits = stage.window.splits
    at_rest = splits.price.legend.parts
    for x in (2, splits.price.view.rect.width() - 2):
        point(stage, x, 100)
        assert splits.price.legend.parts == at_rest
    point(stage, splits.viewport.pixel_of(0), 100)
    assert splits.price.legend.parts != at_rest


@pytest.mark.parametrize('height', [560, 900])
def test_axes_of_flat_prices_and_low_charts_have_ticks(make_stage: MakeStage, height: int) -> None:
    """A price that never moves is named, and a low volume chart says more than one value."""
    rows = walk(400)
    for name in PRICES:
        rows[name] = 100.0
    stage = make_stage(rows, (900, height))
    splits = stage.window.splits
    assert splits.price.axis.ticks
    assert len(splits.volume.axis.ticks) >= 2
    splits.price.view.yrange.set(99.998, 100.004)
    splits.changed.emit()
    stage.settle()
    assert [tick.text for tick in splits.price.axis.ticks] == ['100.00']


def test_longer_bars_fill_the_width_too(make_stage: MakeStage) -> None:
    """A typed timeframe that leaves few bars spreads them to the right edge."""
    stage = make_stage(3000, (1000, 600))
    splits = stage.window.splits
    splits.pan(3000)
    stage.settle()
    stage.window.set_period(60 * MINUTE)
    stage.settle()
    viewport = splits.viewport
    assert viewport.right_of(49) == splits.l1.pre_l1_xs()
    assert 0 <= viewport.pixel_of(0) <= splits.l1.pre_l1_xs() / 7


def test_sessions_with_gaps_show_dates_and_enough_labels(make_stage: MakeStage) -> None:
    """Night gaps take no room, and every new day is named."""
    rows = walk(3900)
    days = np.arange(10) * 1440
    minutes = (days[:, None] + 810 + np.arange(390)).ravel()
    rows['time'] = rows['time'][0] + minutes * MINUTE
    stage = make_stage(rows, (1600, 600))
    time_axis = stage.window.splits.volume.time_axis
    assert time_axis is not None
    for _ in range(12):
        stage.window.splits.zoom(1)
        stage.settle()
        ticks = time_axis.ticks
        width = stage.window.splits.viewport.width
        assert width / 230 <= len(ticks) <= width / 88 + 1
        dates = [tick for tick in ticks if 'Aug' in tick.text]
        rows_in_view = stage.window.splits.viewport.rows()
        days_begun = rows_in_view[1] // 390 - max(0, rows_in_view[0]) // 390
        if stage.window.splits.viewport.zoom.step:
            assert len(dates) >= min(9, days_begun) - 1
            assert all(tick.is_strong for tick in dates)
    viewport = stage.window.splits.viewport
    viewport.zoom = Zoom(-3)
    viewport.left = viewport.column_of(5 * 390)
    stage.window.loop.request()
    stage.settle()
    assert time_axis.ticks[0].text == '13 Aug'
