"""The measured box on the chart: the mouse upon it, what moves it, and how much it repaints."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from piker.ui.model.theme import DARK
from piker.ui.qt.qtlib import QEvent, QKeyEvent, QRect, Qt
from tests.ui.stage import MINUTE, MakeStage, Stage, click, mouse, painted, shift_drag, walk

if TYPE_CHECKING:
    from piker.ui.model.measure import Measured

ACCENT = int(DARK.accent[1:], 16)


def figures(stage: Stage) -> Measured:
    """Return what is measured."""
    measure = stage.window.splits.measure.measure
    assert measure.measured is not None
    return measure.measured


def stands_at(stage: Stage) -> QRect:
    """Return the box's device pixels."""
    item = stage.window.splits.measure
    assert item.shown is not None
    return item.rect_of(item.shown)


def is_told(stage: Stage) -> bool:
    """Whether box and card are on show; the one is never without the other."""
    measure = stage.window.splits.measure
    assert (measure.shown is None) == (measure.card.title is None)
    return measure.shown is not None


def press(stage: Stage, key: Qt.Key) -> None:
    """Press a key in the window."""
    none = Qt.KeyboardModifier.NoModifier
    stage.window.keyPressEvent(QKeyEvent(QEvent.Type.KeyPress, key, none))
    stage.settle()


def test_shift_drag_draws_a_box_from_row_to_row(make_stage: MakeStage) -> None:
    """Its edges are an accent line in the middle of the rows that were pressed and left."""
    stage = make_stage(400)
    splits = stage.window.splits
    left = splits.viewport.left
    shift_drag(stage, (200, 300), (250, 200), (320, 120))
    stage.settle()
    assert splits.viewport.left == left
    rect = stands_at(stage)
    rows = [splits.viewport.row_at(x) for x in (200, 320)]
    assert [rect.left(), rect.right()] == [splits.viewport.pixel_of(row) for row in rows]
    assert figures(stage).stop.row - figures(stage).start.row == rows[1] - rows[0]
    assert figures(stage).stop.price > figures(stage).start.price
    pixels = stage.pixels()
    edge = pixels[rect.top(), rect.left() : rect.right() + 1]
    assert (edge == ACCENT).all()
    assert (pixels[rect.top() : rect.bottom() + 1, rect.left()] == ACCENT).all()


def test_a_click_or_escape_takes_the_box_away(make_stage: MakeStage) -> None:
    """The chart is left by Escape only where there is none; a drag keeps it."""
    stage = make_stage(400)
    stage.settle()
    before = stage.pixels()
    shift_drag(stage, (200, 300), (320, 120))
    stage.settle()
    click(stage, 100, 100)
    stage.settle()
    assert not is_told(stage)
    stage.window.splits.pointer = None
    stage.window.loop.request()
    stage.settle()
    assert (stage.pixels() == before).all()
    shift_drag(stage, (200, 300), (320, 120))
    mouse(stage, QEvent.Type.MouseButtonPress, 100, 100)
    mouse(stage, QEvent.Type.MouseMove, 160, 100)
    mouse(stage, QEvent.Type.MouseButtonRelease, 160, 100)
    stage.settle()
    assert is_told(stage)
    press(stage, Qt.Key.Key_Escape)
    assert not is_told(stage)
    seen = [stage.window.isVisible()]
    press(stage, Qt.Key.Key_Escape)
    assert [*seen, stage.window.isVisible()] == [True, False]


def test_escape_during_the_drag_ends_it(make_stage: MakeStage) -> None:
    """What is moved after it neither measures nor pans."""
    stage = make_stage(400)
    splits = stage.window.splits
    mouse(stage, QEvent.Type.MouseButtonPress, 200, 300, has_shift=True)
    mouse(stage, QEvent.Type.MouseMove, 300, 200, has_shift=True)
    stage.settle()
    left = splits.viewport.left
    press(stage, Qt.Key.Key_Escape)
    mouse(stage, QEvent.Type.MouseMove, 400, 100, has_shift=True)
    mouse(stage, QEvent.Type.MouseButtonRelease, 400, 100, has_shift=True)
    stage.settle()
    assert splits.measure.shown is None
    assert splits.viewport.left == left
    assert stage.window.isVisible()


def test_shift_drag_beside_the_prices_moves_as_any_drag(make_stage: MakeStage) -> None:
    """On an axis and on the volume there is nothing to measure."""
    stage = make_stage(2000)
    splits = stage.window.splits
    shift_drag(stage, (splits.price.width() - 10, 100), (splits.price.width() - 10, 150))
    stage.settle()
    assert splits.price.view.yrange.is_static
    assert splits.measure.shown is None


def test_box_and_card_follow_rows_and_prices(make_stage: MakeStage) -> None:
    """Pans, zooms and new bars move the box by its rows; the card stays in the plot."""
    stage = make_stage(3000)
    splits = stage.window.splits
    shift_drag(stage, (200, 300), (320, 120))
    stage.settle()
    corners, told = splits.measure.measure.corners, figures(stage)
    assert corners is not None
    for pan, zoom in ((57, 0), (0, 9), (0, -12), (4000, 0), (0, 40)):
        splits.pan(pan)
        splits.zoom(zoom)
        splits.price.view.yrange.zoom_by(0.9, 10)
        stage.window.loop.request()
        stage.settle()
        rect, view = stands_at(stage), splits.price.view
        wide = view.rect.width() + 16
        for at, corner in zip((rect.left(), rect.right()), corners, strict=True):
            assert at == max(-16, min(splits.viewport.pixel_of(corner.row), wide))
        assert view.rect.contains(splits.measure.card.rect)
        assert figures(stage) is told


def test_a_drag_out_of_the_plot_ends_at_its_edge(make_stage: MakeStage) -> None:
    """The corner is the nearest one in view, and none is before the first row."""
    stage = make_stage(30)
    splits = stage.window.splits
    shift_drag(stage, (300, 200), (-500, 5000))
    stage.settle()
    view = splits.price.view
    assert stands_at(stage).left() == splits.viewport.pixel_of(0)
    assert view.rect.bottom() - 4 <= stands_at(stage).bottom() <= view.rect.bottom() + 4


def test_another_timeframe_has_other_rows(make_stage: MakeStage) -> None:
    """The box of the old ones goes with them."""
    stage = make_stage(3000)
    shift_drag(stage, (200, 300), (320, 120))
    stage.settle()
    stage.window.set_period(5 * MINUTE)
    stage.settle()
    assert not is_told(stage)


def test_a_low_plot_has_the_card_in_columns_or_none(make_stage: MakeStage) -> None:
    """It is whole wherever it is shown."""
    columns = set()
    for height in (600, 300, 220, 190, 150, 100):
        stage = make_stage(400, (800, height))
        shift_drag(stage, (200, 30), (320, 12))
        stage.settle()
        splits = stage.window.splits
        card = splits.measure.card
        if card.title is not None:
            assert splits.price.view.rect.contains(card.rect)
            columns.add(len(card.sheet.widths))
        else:
            columns.add(0)
    assert columns >= {0, 1, 2, 3}


def test_a_tick_under_a_box_repaints_no_more_than_the_card(make_stage: MakeStage) -> None:
    """The live bar, its labels, and the figures that it changes."""
    stage = make_stage(2000, (1440, 900))
    shift_drag(stage, (300, 300), (1200, 120))
    stage.settle()
    charts = stage.window.splits.charts
    before = sum(chart.pixels_painted for chart in charts)
    readings = stage.window.splits.measure.measure.readings
    live = stage.ring.live()
    assert live is not None
    live['close'] = round((float(live['high']) + float(live['low'])) / 2, 2)
    stage.ring.set_last(live)
    assert stage.frame()
    assert 0 < sum(chart.pixels_painted for chart in charts) - before < 0.05 * 1440 * 900
    assert stage.window.splits.measure.measure.readings - readings <= 1
    paints = [chart.paints for chart in charts]
    for _ in range(200):
        assert not stage.frame()
    assert [chart.paints for chart in charts] == paints


def test_a_pan_under_a_box_paints_what_it_uncovers(make_stage: MakeStage) -> None:
    """The box's pixels move with the others; the card alone is painted anew."""
    stage = make_stage(2000, (1440, 900))
    splits = stage.window.splits
    for chart in splits.charts:
        chart.view.yrange.is_static = True
    shift_drag(stage, (300, 300), (900, 120))
    splits.pointer = None
    splits.pan(3.0)
    stage.settle()
    before = painted(stage)
    for _ in range(10):
        splits.pan(3.0)
        assert stage.frame()
    spent = painted(stage) - before
    assert 0 < spent < 10 * 0.09 * 1440 * 900


@pytest.mark.parametrize('count', [20_000, 40_000])
def test_a_box_over_more_rows_than_it_looks_at_says_so(make_stage: MakeStage, count: int) -> None:
    """All rows in a box of a few hundred pixels: one of several closes is looked at."""
    stage = make_stage(walk(count))
    splits = stage.window.splits
    splits.zoom(60)
    stage.settle()
    shift_drag(stage, (2, 300), (splits.viewport.width - 2, 120))
    stage.settle()
    assert figures(stage).every == -(-(figures(stage).stop.row + 1) // 16_384) or 2
    assert splits.measure.card.entries[-1].name.startswith('σ, 1 of ')
