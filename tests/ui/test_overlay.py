"""Views over a plot: their axes, what the mouse does to them, and the pictures they leave."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from piker.core.rows import BAR
from piker.errors import InputError
from piker.shm import open_shm_array
from piker.ui.model import formats
from piker.ui.model.flow import Flow
from piker.ui.qt.axes import PriceAxis
from piker.ui.qt.bars import PriceGraphics
from piker.ui.qt.composed import Side
from piker.ui.qt.view import ChartView
from tests.ui.stage import MINUTE, MakeStage, Stage, pixels_of, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from piker.shm import ShmArray

COUNT = 2000


@pytest.fixture
def others() -> Iterator[list[ShmArray]]:
    """Return rings of three other walks over the same minutes."""
    rings = [open_shm_array(f'other-{seed}', 4096, BAR) for seed in range(3)]
    for seed, ring in enumerate(rings):
        rows = walk(COUNT, seed)
        for field in ('open', 'high', 'low', 'close'):
            rows[field] = rows[field] * 100**seed - 100
        ring.push(rows)
    yield rings
    for ring in rings:
        ring.close()


def lay_over(stage: Stage, ring: ShmArray, side: Side, title: str) -> ChartView:
    """Lay the line of a ring over the prices."""
    splits = stage.window.splits
    chart = splits.price
    axis = PriceAxis(chart, formats.humanise, formats.humanised_ticks, 0.0)
    view = ChartView(chart, splits.viewport, axis, (44, 24), has_grid=False)
    flow = Flow(title, ring, MINUTE)
    flow.graphics = PriceGraphics(view)
    view.flows[title] = flow
    chart.overlay.overlay_plotitem(view, side, title=title)
    stage.settle()
    return view


@pytest.fixture
def stage(make_stage: MakeStage) -> Stage:
    """Return a window of as many rows as the overlays have."""
    return make_stage(COUNT, (900, 600))


def test_axes_of_overlays_stand_beside_each_other(stage: Stage, others: list[ShmArray]) -> None:
    """Three overlays on two sides: no two axes share a pixel, and the plots are aligned."""
    splits = stage.window.splits
    for ring, side, title in zip(
        others, (Side.LEFT, Side.RIGHT, Side.LEFT), ('one', 'two', 'three'), strict=True
    ):
        lay_over(stage, ring, side, title)
    chart = splits.price
    layout = chart.overlay.layout
    left, right = layout.get_axes(Side.LEFT), layout.get_axes(Side.RIGHT)
    assert [len(left), len(right)] == [2, 2]
    strips = [axis.rect.translated(axis.origin) for axis in (*left, *right)]
    strips.append(chart.view.rect.translated(chart.plot_at))
    for index, strip in enumerate(strips):
        assert strip.width() > 20
        assert not any(strip.intersects(other) for other in strips[index + 1 :])
    assert sum(strip.width() for strip in strips) == 900
    assert splits.volume.plot_at.x() == chart.plot_at.x() == left[0].rect.right() + 1
    assert splits.volume.view.rect.width() == chart.view.rect.width()


def test_each_overlay_fills_its_own_axis(stage: Stage, others: list[ShmArray]) -> None:
    """The greatest value in view stands at the top margin of its own y range."""
    views = [stage.window.splits.price.view]
    views += [lay_over(stage, ring, Side.LEFT, str(index)) for index, ring in enumerate(others)]
    for view in views:
        (flow,) = view.flows.values()
        found = flow.maxmin(view.viewport)
        assert found is not None
        assert view.yrange.pixel_of(found[1]) == pytest.approx(44, abs=1)
        height = view.rect.height()
        assert view.yrange.pixel_of(found[0]) == pytest.approx(height - 24, abs=1)


def test_a_pan_moves_all_views_and_focus_chooses_whose_range(
    stage: Stage, others: list[ShmArray]
) -> None:
    splits = stage.window.splits
    chart = splits.price
    view = lay_over(stage, others[1], Side.LEFT, 'other')
    assert view.viewport is splits.viewport
    for one in chart.views:
        one.yrange.is_static = True
    for focused, still in ((view, chart.view), (chart.view, view)):
        chart.overlay.focus(focused)
        moved, kept = focused.yrange.low, still.yrange.low
        chart.overlay.focused.yrange.pan(10)
        assert focused.yrange.low != moved
        assert still.yrange.low == kept


def test_crosshair_tells_its_value_on_every_axis(stage: Stage, others: list[ShmArray]) -> None:
    """With axes at the left the label of the time stands under the cursor still."""
    splits = stage.window.splits
    chart = splits.price
    time_axis = splits.volume.time_axis
    assert time_axis is not None
    views = [chart.view]
    for count in range(3):
        splits.pointer = (chart, (450.0, 200.0))
        stage.window.loop.request()
        stage.settle()
        for view in views:
            value = view.yrange.value_at(200)
            assert view.axis.cursor.lines == (view.axis.formatter(value),)
        label = time_axis.cursor.rect.translated(time_axis.origin)
        assert label.center().x() == pytest.approx(450, abs=1)
        if count < 2:
            views.append(lay_over(stage, others[count], Side.LEFT, str(count)))


def test_an_overlay_that_was_removed_leaves_no_trace(stage: Stage, others: list[ShmArray]) -> None:
    """Its axis is gone, and the picture is what it was."""
    stage.settle()
    before = stage.pixels()
    chart = stage.window.splits.price
    view = lay_over(stage, others[0], Side.LEFT, 'other')
    assert (stage.pixels() != before).any()
    items = len(chart.scene().items())
    chart.overlay.remove(view)
    stage.settle()
    assert len(chart.scene().items()) < items
    assert (stage.pixels() == before).all()
    assert (pixels_of(stage.screen_image()) == before).all()


def test_partial_repaints_with_axes_at_the_left(stage: Stage, others: list[ShmArray]) -> None:
    """Pans and cursors leave no ghost beside a plot that does not begin at the window's edge."""
    splits = stage.window.splits
    lay_over(stage, others[0], Side.LEFT, 'other')
    random = np.random.default_rng(5)
    for _ in range(40):
        splits.pan(float(random.integers(-60, 60)))
        at = float(random.integers(0, 900)), float(random.integers(0, 300))
        splits.pointer = (splits.charts[int(random.integers(2))], at)
        stage.window.loop.request()
        stage.frame()
        assert (pixels_of(stage.screen_image()) == stage.pixels()).all()


def test_what_cannot_be_laid_over_is_refused(stage: Stage, others: list[ShmArray]) -> None:
    overlay = stage.window.splits.price.overlay
    view = lay_over(stage, others[0], Side.LEFT, 'other')
    with pytest.raises(InputError, match='already'):
        overlay.overlay_plotitem(view)
    with pytest.raises(InputError, match='does not lie over'):
        overlay.remove(overlay.main)
    overlay.remove(view)
    with pytest.raises(InputError, match='does not lie over'):
        overlay.focus(view)
    for side, index, reason in ((Side.TOP, None, 'side'), (Side.LEFT, 1, 'index')):
        with pytest.raises(InputError, match=reason):
            overlay.overlay_plotitem(view, side, index)
