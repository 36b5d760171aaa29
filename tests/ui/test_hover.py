"""The readout at the cursor: when it is shown, what it says, and that it stays in the plot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from piker.ui.model.readout import time_at
from piker.ui.qt.qtlib import QEvent, QFocusEvent, QKeyEvent, Qt
from tests.ui.stage import MakeStage, Stage, painted, pixels_of

if TYPE_CHECKING:
    from piker.ui.qt.card import Card


def key(stage: Stage, kind: QEvent.Type, *, repeats: bool = False, modifier: str = 'No') -> None:
    """Press or release the readout's key."""
    event = QKeyEvent(
        kind, Qt.Key.Key_Q, getattr(Qt.KeyboardModifier, f'{modifier}Modifier'), 'q', repeats
    )
    if kind == QEvent.Type.KeyPress:
        stage.window.keyPressEvent(event)
    else:
        stage.window.keyReleaseEvent(event)


def point(stage: Stage, x: float, y: float, place: int = 0) -> None:
    """Move the mouse over a chart."""
    stage.window.splits.pointer = (stage.window.splits.charts[place], (x, y))
    stage.window.loop.request()


def shown(stage: Stage) -> list[Card]:
    """Return the cards that are on show."""
    return [card for card in stage.window.splits.hover.cards.values() if card.title is not None]


def test_holding_the_key_shows_the_bar_under_the_cursor(make_stage: MakeStage) -> None:
    """Time, four prices, change and volume of its row, as the legend says them."""
    stage = make_stage(400)
    point(stage, 200, 100)
    stage.settle()
    assert shown(stage) == []
    key(stage, QEvent.Type.KeyPress)
    stage.settle()
    (card,) = shown(stage)
    splits = stage.window.splits
    row = stage.ring.rows(splits.viewport.row_at(200), 400)[0]
    texts = [f'{row[name]:.2f}' for name in ('open', 'high', 'low', 'close')]
    assert [entry.text for entry in card.entries[:4]] == texts
    assert card.title is not None
    assert card.title.text == time_at(splits.prices, splits.viewport, 200)
    legend = [part.text for part in stage.window.splits.price.legend.parts]
    assert card.entries[4].text == legend[-1]
    assert card.entries[5].text == stage.window.splits.volume.legend.parts[-1].text


def test_far_away_it_tells_of_the_pixel_column(make_stage: MakeStage) -> None:
    """Of all rows that share the pixel under the cursor."""
    stage = make_stage(3000)
    splits = stage.window.splits
    splits.zoom(14)
    point(stage, 200, 100)
    key(stage, QEvent.Type.KeyPress)
    stage.settle()
    (card,) = shown(stage)
    start, stop = splits.viewport.edges(200, 201)
    assert stop - start > 1
    rows = stage.ring.rows(int(start), int(stop))
    assert card.entries[1].text == f'{rows["high"].max():.2f}'
    assert card.entries[2].text == f'{rows["low"].min():.2f}'


@pytest.mark.parametrize('way', ['release', 'focus', 'away', 'beside'])
def test_it_goes_with_key_focus_and_mouse(make_stage: MakeStage, way: str) -> None:
    """And leaves the picture as it was."""
    stage = make_stage(400)
    point(stage, 200, 100)
    stage.settle()
    before = stage.pixels()
    key(stage, QEvent.Type.KeyPress)
    stage.settle()
    assert len(shown(stage)) == 1
    match way:
        case 'release':
            key(stage, QEvent.Type.KeyRelease, modifier='Shift')
        case 'focus':
            stage.window.focusOutEvent(QFocusEvent(QEvent.Type.FocusOut))
        case 'away':
            stage.window.splits.price.leaveEvent(QEvent(QEvent.Type.Leave))
        case _:
            point(stage, stage.window.splits.viewport.width - 3, 100)
    stage.settle()
    assert shown(stage) == []
    point(stage, 200, 100)
    if way in {'release', 'focus'}:
        stage.settle()
        assert (pixels_of(stage.screen_image()) == before).all()


def test_auto_repeat_neither_shows_nor_hides_it(make_stage: MakeStage) -> None:
    """A key that repeats sends releases too; a chord is another key."""
    stage = make_stage(400)
    point(stage, 200, 100)
    key(stage, QEvent.Type.KeyPress, repeats=True)
    key(stage, QEvent.Type.KeyPress, modifier='Control')
    stage.settle()
    assert shown(stage) == []
    key(stage, QEvent.Type.KeyPress)
    for _ in range(5):
        key(stage, QEvent.Type.KeyRelease, repeats=True)
        key(stage, QEvent.Type.KeyPress, repeats=True)
    stage.settle()
    assert len(shown(stage)) == 1


def test_it_moves_once_a_frame_and_stays_in_the_plot(make_stage: MakeStage) -> None:
    """Of moves between two frames the last one counts; no place of the cursor cuts the card."""
    stage = make_stage(3000)
    splits = stage.window.splits
    splits.zoom(14)
    key(stage, QEvent.Type.KeyPress)
    random = np.random.default_rng(4)
    places = set()
    for _ in range(60):
        chart = splits.charts[int(random.integers(0, 2))]
        for x in random.integers(0, chart.view.rect.width() - 200, 5):
            y = int(random.integers(0, chart.view.rect.height()))
            point(stage, float(x), float(y), splits.charts.index(chart))
        assert stage.frame()
        assert not stage.frame()
        (card,) = shown(stage)
        assert card.chart is chart
        assert chart.view.rect.contains(card.rect)
        assert not card.rect.contains(int(x), y)
        places.add((card.rect.left() < x, card.rect.top() < y))
    assert len(places) >= 3


def test_over_the_slow_chart_it_tells_of_a_slow_bar(make_stage: MakeStage) -> None:
    """Of the ring that is drawn there, with its own volume, and in that plot."""
    stage = make_stage(3000, (800, 820), older=400)
    splits = stage.window.splits
    splits.pointer = (splits.overview, (200.0, 60.0))
    key(stage, QEvent.Type.KeyPress)
    stage.settle()
    (card,) = shown(stage)
    assert card.chart is splits.overview
    assert splits.overview.view.rect.contains(card.rect)
    row = splits.slow.viewport.row_at(200)
    bar = stage.slow.rows(row, row + 1)[0]
    assert card.entries[0].text == f'{bar["open"]:.2f}'
    assert card.entries[3].text == f'{bar["close"]:.2f}'


def test_it_follows_a_tick_and_rests_without_one(make_stage: MakeStage) -> None:
    """The live bar under it is told as it changes; a held key alone draws no frame."""
    stage = make_stage(400)
    splits = stage.window.splits
    point(stage, float(splits.viewport.pixel_of(399)), 100)
    key(stage, QEvent.Type.KeyPress)
    stage.settle()
    for _ in range(100):
        assert not stage.frame()
    live = stage.ring.live()
    assert live is not None
    live['volume'] = 1.25
    stage.ring.set_last(live)
    before = painted(stage)
    assert stage.frame()
    assert shown(stage)[0].entries[-1].text == '1.250'
    assert painted(stage) - before < 0.1 * 800 * 600
