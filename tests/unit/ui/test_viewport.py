"""The x range: rungs of zoom, whole pixels, anchors."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from piker.ui.model.viewport import KEPT_IN_VIEW, WIDEST_ROW, Viewport
from piker.ui.model.zoom import STEPS, Zoom, fitting, level_of, nearest_step

levels = st.integers(1 - len(STEPS), 90)
widths = st.integers(1, 4000)
rows = st.integers(-(10**9), 10**9)


def view_of(level: int, width: int, left: int) -> Viewport:
    """Return a viewport as given."""
    view = Viewport(width, Zoom(level))
    view.left = left
    return view


@given(levels, rows)
def test_column_of_a_row_holds_that_row(level: int, row: int) -> None:
    """The edges of a row's column enclose it, at any distance."""
    view = view_of(level, 1, 0)
    view.left = view.column_of(row)
    start, stop = view.rows()
    assert start <= row < stop
    assert view.row_at(0) <= row


@given(st.integers(1, 60), widths, st.integers(-(10**6), 10**6), st.integers(-500, 500))
def test_panning_never_changes_what_a_column_holds(
    level: int, width: int, left: int, pixels: int
) -> None:
    """Columns are anchored to absolute x: after a pan the same edges stand elsewhere."""
    view = view_of(level, width, left)
    before = view.edges()
    view.left -= pixels
    after = view.edges(pixels, pixels + width)
    assert np.array_equal(before, after)


@given(levels, st.integers(-60, 60), st.integers(200, 3000))
def test_zooming_out_and_in_again_is_the_identity(level: int, by: int, width: int) -> None:
    """Every rung is of one fixed ladder, so a round trip restores the picture exactly."""
    first, last = 0, 10**7
    view = Viewport(width, Zoom(level))
    view.margin = 100
    assume(view.zoom.uppx < view.farthest(first, last).uppx)
    view.show_last(last, width - 100)
    before = view.signature
    view.zoom_by(by, first, last)
    view.zoom_by(-by if view.zoom.level - level == by else level - view.zoom.level, first, last)
    assert view.signature == before


@given(levels, st.integers(1, 40))
def test_zoom_keeps_the_right_edge_of_the_newest_row_in_view(level: int, by: int) -> None:
    """The datum at the right stays clear of the labels while zooming."""
    view = Viewport(1300, Zoom(level))
    view.margin = 100
    view.show_last(5000, 1200)
    view.zoom_by(-by, 0, 5000)
    assert view.right_of(4999) == 1200


@given(st.integers(0, 10**6), st.integers(1, 10**7), st.integers(150, 4000), st.integers(0, 9999))
def test_zooming_out_rests_where_all_rows_fill_the_width(
    first: int, count: int, width: int, pan: int
) -> None:
    """Every row is in sight, the last one beside the margin, and little is left free."""
    view = Viewport(width, Zoom(-5))
    view.margin = 100
    last = first + count
    view.show_last(last, width - 100)
    view.pan(pan, first, last)
    view.hold(first, last)
    while view.zoom.uppx < view.farthest(first, last).uppx:
        view.zoom_by(3, first, last)
    room = width - 100
    assert view.right_of(last - 1) == room
    free = view.column_of(first) - view.left
    assert free >= 0
    step = view.zoom.step
    if step >= 6:
        assert step == WIDEST_ROW or free < count
    else:
        assert free <= max(2, step)
    went_beyond = view.is_beyond
    assert not went_beyond
    for _ in range(500):
        view.zoom_by(1, first, last)
    assert view.column_of(first) == view.column_of(last - 1), 'and goes on to one column'
    assert view.right_of(last - 1) == room
    view.resize(width + 10, first, last)
    went_beyond = view.is_beyond
    assert went_beyond, 'which another size of the window leaves'
    view.zoom_by(-1000, first, last)
    assert not view.is_beyond


@given(st.integers(1, 3000), st.integers(2, 3000), rows)
def test_rows_spaced_by_parts_of_a_pixel_keep_their_columns(
    count: int, room: int, row: int
) -> None:
    """Off the ladder a row's first column leads back to it, and columns lie side by side."""
    view = Viewport(1, fitting(count, room, WIDEST_ROW))
    assume(view.zoom.step)
    view.left = view.column_of(row)
    assert view.row_at(0) == row
    assert view.row_at(-1) == row - 1
    assert view.rows() == (row, row + 1)
    assert view.column_of(row + 1) - view.left - view.zoom.step in (0, 1)
    ends = [view.column_of(row) - view.left, view.column_of(row + 1) - view.left]
    assert view.pixels_of(row, row + 2).tolist() == ends


def test_zooming_out_leaves_no_room_free_beside_hidden_rows() -> None:
    """Scrolled back to the first row, a zoom out shows more at the right instead."""
    view = Viewport(1000, Zoom(-5))
    view.left = 0
    view.zoom_by(3, 0, 2000)
    assert view.left == 0
    assert view.right_of(1999) > 1000


def test_short_history_is_spread_and_aligned_to_the_right() -> None:
    """Rows are as wide as they may be, and a view of more is brought to them."""
    view = Viewport(1000, Zoom(-5))
    view.margin = 100
    view.hold(0, 10)
    assert (view.zoom.step, view.right_of(9)) == (WIDEST_ROW, 900)
    view.hold(0, 44)
    assert view.zoom.step == WIDEST_ROW
    view.zoom_by(50, 0, 44)
    assert (view.zoom.step, view.pixel_of(0)) == (20, 30)


def test_wider_window_is_filled_again() -> None:
    """With all rows in sight they take the new room."""
    view = Viewport(1000, Zoom(40))
    view.resize(1000, 0, 50_000)
    assert view.column_of(0) - view.left <= 1
    assert view.right_of(49_999) == 1000
    view.resize(2000, 0, 50_000)
    assert view.column_of(0) - view.left <= 1
    assert view.right_of(49_999) == 2000


@given(levels, widths, st.integers(-(10**12), 10**12), st.integers(1, 10**7))
def test_some_data_stays_in_view(level: int, width: int, pixels: int, count: int) -> None:
    """No pan leads to an empty plot."""
    view = Viewport(width, Zoom(level))
    view.pan(pixels, 0, count)
    start, stop = view.rows()
    assert start < count
    assert stop > 0
    assert view.right_of(count - 1) >= min(KEPT_IN_VIEW, width)


@pytest.mark.parametrize(('uppx_level', 'is_followed'), [(-5, True), (8, True), (9, False)])
def test_follow_only_up_to_four_rows_a_pixel(uppx_level: int, *, is_followed: bool) -> None:
    """Level 8 is four rows a pixel: farther away the view stands still."""
    view = Viewport(1000, Zoom(uppx_level))
    view.show_last(10_000, 900)
    pixel = view.pixel_of(9_999)
    view.follow(10_000, 10_200)
    assert (view.pixel_of(10_199) == pixel) is is_followed


def test_scrolled_back_view_does_not_follow() -> None:
    """With the last datum out of view, new rows do not move it."""
    view = Viewport(1000, Zoom(-5))
    view.show_last(10_000, 900)
    view.pan(3000, 0, 10_000)
    before = view.left
    assert not view.follow(10_000, 10_001)
    assert view.left == before


def test_ladder_ascends_by_about_a_quarter_octave() -> None:
    """No notch of the wheel is a leap, apart from the first whole pixels."""
    uppx = [Zoom(level).uppx for level in range(1 - len(STEPS), 41)]
    ratios = np.array(uppx[1:]) / np.array(uppx[:-1])
    assert (ratios > 1).all()
    assert (ratios <= 2).all()
    assert np.allclose(ratios[-40:], 2**0.25)


def test_level_and_step_nearest_to_a_wish() -> None:
    """Rounded so that what is asked for fits."""
    assert nearest_step(6.9).step == 6
    assert nearest_step(0.3).step == 1
    assert level_of(4.0).level == 8
    assert level_of(4.1).level == 9
    assert level_of(0.1).level == 0


def test_resize_keeps_the_right_edge() -> None:
    """A wider window shows more of the past."""
    view = Viewport(1000, Zoom(-5))
    view.show_last(10_000, 900)
    view.resize(1500, 0, 10_000)
    assert view.right_of(9_999) == 1400
