"""Lines at the previous close and the day's high and low: where they are, and what they repaint."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from piker.ui.model.theme import DARK
from piker.ui.qt.qtlib import QEvent, QKeyEvent, Qt
from tests.ui.stage import painted

if TYPE_CHECKING:
    from tests.ui.stage import MakeStage, Stage

DIM = int(DARK.dim[1:], 16)


def press_l(stage: Stage) -> None:
    """Press the key of the lines."""
    none = Qt.KeyboardModifier.NoModifier
    stage.window.keyPressEvent(QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_L, none))
    stage.settle()


def test_a_key_shows_the_lines_and_hides_them(make_stage: MakeStage) -> None:
    """Each is dashed at its price, from edge to edge; hidden, the picture is as before."""
    stage = make_stage(3000)
    splits = stage.window.splits
    stage.settle()
    plot = (slice(0, splits.price.view.rect.height()), slice(0, 700))
    before = stage.pixels()[plot]
    press_l(stage)
    assert [level.kind for level in splits.levels.shown] == ['prev_close', 'day_high', 'day_low']
    pixels = stage.pixels()[plot]
    rows = stage.ring.rows(2880, 3000)
    wanted = [stage.ring.rows(2879, 2880)['close'][0], rows['high'].max(), rows['low'].min()]
    for level, price in zip(splits.levels.shown, wanted, strict=True):
        assert level.pixel == splits.price.view.yrange.pixel_of(price)
        assert (pixels[level.pixel] == DIM).sum() > 100
    assert stage.window.status.message == 'day lines on'
    press_l(stage)
    assert splits.levels.shown == []
    assert (stage.pixels()[plot] == before).all()


def test_the_first_day_has_no_previous_close(make_stage: MakeStage) -> None:
    """A line is drawn where the ring holds the day it is of."""
    stage = make_stage(400)
    stage.window.splits.zoom(60)
    press_l(stage)
    assert [level.kind for level in stage.window.splits.levels.shown] == ['day_high', 'day_low']


@pytest.mark.parametrize('height', [600, 300, 200, 140])
def test_names_are_whole_and_clear_of_each_other(make_stage: MakeStage, height: int) -> None:
    """Also where all three lines are a few pixels apart, or under the legend."""
    stage = make_stage(3000, (800, height))
    splits = stage.window.splits
    press_l(stage)
    for factor in (1.0, 4.0, 4.0, 4.0, 0.01):
        splits.price.view.yrange.zoom_by(factor, height / 4)
        stage.window.loop.request()
        stage.settle()
        boxes = [level.box for level in splits.levels.shown if not level.box.isNull()]
        legend = splits.price.legend
        for place, box in enumerate(boxes):
            assert splits.price.view.rect.contains(box)
            assert not box.intersects(legend.box(legend.placed()))
            assert not any(box.intersects(other) for other in boxes[:place])


def test_lines_rest_and_a_tick_moves_them_alone(make_stage: MakeStage) -> None:
    """No reading while off; on, one a change of the ring; a new high repaints its line's pixels."""
    stage = make_stage(3000, (1440, 900))
    splits = stage.window.splits
    live = stage.ring.live()
    assert live is not None
    stage.ring.set_last(live)
    stage.settle()
    assert splits.levels.levels.readings == 0
    for chart in splits.charts:
        chart.view.yrange.is_static = True
    press_l(stage)
    readings = splits.levels.levels.readings
    for _ in range(100):
        assert not stage.frame()
    assert splits.levels.levels.readings == readings == 1
    live['high'] = splits.levels.levels.found.day_high + 0.02
    stage.ring.set_last(live)
    before = painted(stage)
    assert stage.frame()
    assert splits.levels.levels.readings == 2
    assert 0 < painted(stage) - before < 0.05 * 1440 * 900
    splits.pan(3.0)
    stage.settle()
    before = painted(stage)
    for _ in range(10):
        splits.pan(3.0)
        assert stage.frame()
    spent = painted(stage) - before
    assert 0 < spent < 10 * 0.08 * 1440 * 900
