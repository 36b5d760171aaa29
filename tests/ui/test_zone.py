"""Times in another zone: the key, the corner of the time axis, the labels, the status bar."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from piker.ui.model.zones import UTC_ZONE, Zone
from piker.ui.qt.qtlib import QEvent, QKeyEvent, Qt
from piker.ui.qt.text import Role
from tests.ui.stage import MINUTE, MakeStage, Stage, pixels_of, walk

if TYPE_CHECKING:
    from piker.ui.qt.axes import TimeAxis

NEW_YORK = Zone(ZoneInfo('America/New_York'), 'America/New_York')


def press_z(stage: Stage) -> None:
    """Press the key of zones."""
    none = Qt.KeyboardModifier.NoModifier
    stage.window.keyPressEvent(QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Z, none))
    stage.settle()


def axis_of(stage: Stage) -> TimeAxis:
    """Return the time axis."""
    axis = stage.window.splits.volume.time_axis
    assert axis is not None
    return axis


def abroad(stage: Stage) -> Stage:
    """Return a stage whose local time is that of New York."""
    stage.window.zones = [UTC_ZONE, NEW_YORK]
    return stage


def test_a_key_turns_all_times_and_back(make_stage: MakeStage) -> None:
    """Ticks, crosshair, readout and the name in the corner; the way back restores each pixel."""
    stage = abroad(make_stage(3000))
    splits, axis = stage.window.splits, axis_of(stage)
    splits.pointer = (splits.price, (300.0, 100.0))
    stage.window.hold_readout(is_held=True)
    splits.zoom(14)
    stage.settle()
    assert axis.zone == 'UTC'
    before, there = stage.pixels(), axis.cursor.lines[0]
    days = [tick.pixel for tick in axis.ticks if tick.is_strong]
    press_z(stage)
    assert axis.zone == 'EDT'
    assert stage.window.status.message == 'times in local time: America/New_York'
    (here,) = axis.cursor.lines
    assert (int(there[-5:-3]) - int(here[-5:-3])) % 24 == 4
    card = splits.hover.cards[splits.price]
    assert card.title is not None
    assert card.title.text == here
    assert days
    assert days != [tick.pixel for tick in axis.ticks if tick.is_strong]
    assert (pixels_of(stage.screen_image()) == stage.pixels()).all()
    press_z(stage)
    assert stage.window.status.message == 'times in UTC'
    stage.window.status.show_message('')
    stage.settle()
    assert (stage.pixels() == before).all()


def test_the_message_stands_for_a_moment(make_stage: MakeStage) -> None:
    """Its timer runs once; a sentence that came meanwhile stays."""
    stage = abroad(make_stage(400))
    status = stage.window.status
    press_z(stage)
    assert status.moment.isActive()
    assert status.moment.isSingleShot()
    status.moment.timeout.emit()
    assert status.message == ''
    press_z(stage)
    status.show_message('a refusal')
    assert not status.moment.isActive()
    assert status.message == 'a refusal'


@pytest.mark.parametrize('width', [360, 640, 1440])
def test_nothing_stands_upon_the_name_of_the_clock(make_stage: MakeStage, width: int) -> None:
    """Neither a tick nor the label of the crosshair, wherever the cursor is."""
    stage = abroad(make_stage(3000, (width, 480)))
    splits, axis = stage.window.splits, axis_of(stage)
    face = splits.volume.book.face(Role.AXIS)
    press_z(stage)
    for pan in range(0, 90, 7):
        splits.pan(float(pan))
        plot = splits.price.view.rect.width()
        splits.pointer = (splits.price, (float(plot - 1), 50.0))
        stage.window.loop.request()
        stage.settle()
        begin, end = axis.corner()
        assert end - begin == face.width('EDT')
        assert end < axis.rect.right()
        assert axis.cursor.rect.right() < begin


def test_the_clock_changes_its_name_where_it_is_put_back(make_stage: MakeStage) -> None:
    """The corner says what the newest row in view goes by."""
    rows = walk(3000)
    rows['time'] += int(np.datetime64('2024-11-02T12:00', 'ns').astype(np.int64)) - rows['time'][0]
    stage = abroad(make_stage(rows))
    press_z(stage)
    assert axis_of(stage).zone == 'EST'
    stage.window.splits.pan(14_000)
    stage.settle()
    assert axis_of(stage).zone == 'EDT'
    assert (pixels_of(stage.screen_image()) == stage.pixels()).all()


def test_both_charts_are_told_in_the_same_zone(make_stage: MakeStage) -> None:
    """The slow chart above turns with the fast one."""
    stage = abroad(make_stage(3000, (800, 820), older=400))
    press_z(stage)
    assert [group.time_axis.zone for group in stage.window.splits.groups] == ['EDT', 'EDT']
    assert (pixels_of(stage.screen_image()) == stage.pixels()).all()


def test_bars_of_a_day_are_told_in_utc(make_stage: MakeStage) -> None:
    """Their dates are those of UTC days in every zone, and the corner says so."""
    stage = abroad(make_stage(3000))
    press_z(stage)
    stage.window.set_period(1440 * MINUTE)
    stage.settle()
    assert axis_of(stage).zone == 'UTC'
