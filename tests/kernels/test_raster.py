"""Columns painted into an image."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from piker.errors import InputError
from piker.kernels import paint_columns, premultiplied
from tests.kernels import strategies

if TYPE_CHECKING:
    from collections.abc import Callable

HEIGHT, WIDTH = 30, 20

columns_of_m4 = st.integers(0, 25).flatmap(
    lambda count: hnp.arrays(
        np.float64, (count, 4), elements=st.one_of(st.floats(-40, 40), strategies.values)
    )
)


def row_of(value: float, factor: float, offset: float) -> int:
    """Return a pixel row; halves go up."""
    return math.floor(min(max(value * factor + offset, -1e8), 1e8) + 31 / 64)


def covered(columns: np.ndarray, factor: float, offset: float) -> list[tuple[int, int] | None]:
    """Return top and last row of each column, from the document of the kernel alone."""
    found: list[tuple[int, int] | None] = []
    before: int | None = None
    for column in columns:
        if not np.isfinite(column).all():
            found.append(None)
            before = None
            continue
        rows = [row_of(float(value), factor, offset) for value in column]
        mine = list(rows)
        if before is not None and found[-1] is not None:
            way = rows[0] - before
            half = int(way / 2)
            found[-1] = (min(found[-1][0], before + half), max(found[-1][1], before + half))
            if way:
                mine.append(before + half + (1 if way > 0 else -1))
        found.append((min(mine), max(mine)))
        before = rows[3]
    return found


def blended(colour: int, below: int) -> int:
    """Return a premultiplied colour over another, each channel rounded as Qt rounds."""
    rest = 255 - (colour >> 24)
    result = 0
    for shift in (0, 8, 16, 24):
        product = (below >> shift & 255) * rest
        scaled = (product + (product >> 8) + 128) >> 8
        result |= ((colour >> shift & 255) + scaled) << shift
    return result


@given(
    columns_of_m4,
    st.integers(-30, 30),
    st.sampled_from([0xFF336699, 0x80402010, 0x00000000]),
    st.sampled_from([1.0, -0.4, 3.3]),
)
def test_a_thin_line_equals_its_plain_twin(
    columns: np.ndarray, left: int, colour: int, factor: float
) -> None:
    image = np.full((HEIGHT, WIDTH), 0xFF99AABB, np.uint32)
    expected = image.copy()
    paint_columns(image, columns, factor=factor, offset=14.5, colour=colour, left=left)
    for place, span in enumerate(covered(columns, factor, 14.5), left):
        if span is None or not 0 <= place < WIDTH:
            continue
        for row in range(max(0, span[0]), min(HEIGHT, span[1] + 1)):
            expected[row, place] = blended(colour, int(expected[row, place]))
    np.testing.assert_array_equal(image, expected)


@given(columns_of_m4, st.integers(2, 4))
def test_a_wide_line_covers_what_a_narrower_one_does_but_for_its_ends(
    columns: np.ndarray, width: int
) -> None:
    """Rounding of both pens apart: a pixel at each end of a span."""
    wide, thin = np.zeros((2, HEIGHT, WIDTH), np.uint32)
    paint_columns(wide, columns, factor=1.0, offset=14.5, colour=0xFF000001, width=width)
    for place, span in enumerate(covered(columns, 1.0, 14.5)[:WIDTH]):
        if span is not None:
            thin[max(0, span[0] + 1) : max(0, span[1]), place] = 0xFF000001
    assert not np.any((thin != 0) & (wide == 0))


@given(columns_of_m4, st.integers(1, 4), st.integers(1, 24))
def test_a_line_painted_in_a_wider_image_is_the_same(
    columns: np.ndarray, width: int, before: int
) -> None:
    whole = np.zeros((HEIGHT, WIDTH + 60), np.uint32)
    paint_columns(whole, columns, factor=1.0, offset=14.5, colour=0xFF000001, width=width, left=30)
    part = np.zeros((HEIGHT, WIDTH), np.uint32)
    paint_columns(
        part, columns, factor=1.0, offset=14.5, colour=0xFF000001, width=width, left=30 - before
    )
    np.testing.assert_array_equal(part, whole[:, before : before + WIDTH])


GOLDEN = """
....................
....................
.....##.............
.....##.............
.....##.............
##########..........
##########..........
.....##...........##
................####
.................##.
"""
"""Looked at, and drawn alike by a painter: a level line with a spike, then a slope."""


def test_golden_wide_line() -> None:
    columns = np.full((20, 4), np.nan)
    columns[0:9] = 4.0
    columns[5] = [4.0, 2.0, 8.0, 4.0]
    columns[17:] = [[1.0] * 4, [1.5] * 4, [2.0] * 4]
    image = np.zeros((10, 20), np.uint32)
    paint_columns(image, columns, factor=-1.0, offset=10.0, colour=1 | 0xFF000000, width=2)
    drawn = '\n'.join(''.join('#' if pixel else '.' for pixel in row) for row in image)
    assert drawn == GOLDEN.strip()


def test_tall_and_short_columns_paint_the_same() -> None:
    """Both orders of filling: many rows of few columns and few rows of many."""
    for height in (20, 400):
        columns = np.tile([[1.0, 0.0, height - 1.0, 2.0]], (50, 1))
        image = np.zeros((height, 50), np.uint32)
        paint_columns(image, columns, factor=1.0, offset=0.0, colour=0xFF00FF00)
        assert np.all(image == 0xFF00FF00)


def test_nothing_and_one_column() -> None:
    image = np.zeros((5, 5), np.uint32)
    for width in (1, 3):
        paint_columns(
            image, np.empty((0, 4)), factor=1.0, offset=0.0, colour=0xFFFFFFFF, width=width
        )
        assert not image.any()
    paint_columns(image, [[2.0] * 4], factor=1.0, offset=0.0, colour=0xFFFFFFFF, left=1)
    assert np.argwhere(image).tolist() == [[2, 1]]
    paint_columns(
        np.zeros((0, 0), np.uint32), [[2.0] * 4], factor=1.0, offset=0.0, colour=0xFFFFFFFF
    )


def test_values_of_any_size_stay_in_the_image() -> None:
    big = np.finfo(np.float64).max
    for width in (1, 2, 64):
        image = np.zeros((7, 9), np.uint32)
        columns = np.array([[big, -big, big, -big], [0.0, 0.0, 1e308, 5e-324]])
        for left in (0, -(2**63), 2**63 - 1):
            paint_columns(
                image, columns, factor=1e300, offset=-3.0, colour=1 << 24, left=left, width=width
            )
        assert image[:, 0].all()
        assert not image[:, 2 + 2 * width :].any()


@pytest.mark.parametrize(
    ('channels', 'pixel'),
    [((255, 128, 0), 0xFFFF8000), ((255, 128, 0, 128), 0x80804000), ((9, 9, 9, 0), 0)],
)
def test_colours_are_multiplied_by_alpha(channels: tuple[int, ...], pixel: int) -> None:
    assert premultiplied(*channels) == pixel


IMAGE = np.zeros((4, 6), np.uint32)
READ_ONLY = IMAGE.copy()
READ_ONLY.flags.writeable = False
MISALIGNED = np.zeros(4 * 24 + 1, np.uint8)[1:].view(np.uint32).reshape(4, 6)
GOOD: dict[str, Any] = {
    'image': IMAGE,
    'columns': np.zeros((3, 4)),
    'factor': 1.0,
    'offset': 0.0,
    'colour': 0xFF000000,
}


def paint(**changed: Any) -> Callable[[], None]:
    def call() -> None:
        arguments = {**GOOD, **changed}
        paint_columns(arguments.pop('image'), arguments.pop('columns'), **arguments)

    return call


@pytest.mark.parametrize(
    ('message', 'call'),
    [
        ('invalid image: not an array of uint32', paint(image=IMAGE.astype(np.int32))),
        ('invalid image: not an array of uint32', paint(image=IMAGE.reshape(-1))),
        ('invalid image: not an array of uint32', paint(image=None)),
        ('invalid image: not contiguous', paint(image=IMAGE[:, ::2])),
        ('invalid image: not contiguous', paint(image=IMAGE[::-1])),
        ('invalid image: not contiguous', paint(image=READ_ONLY)),
        ('invalid image: not contiguous', paint(image=MISALIGNED)),
        ('invalid columns: not real numbers of shape', paint(columns=np.zeros((3, 3)))),
        ('invalid columns: not real numbers of shape', paint(columns=np.zeros(4))),
        ('invalid columns: not real numbers of shape', paint(columns=np.zeros((3, 4), complex))),
        ('invalid columns: not one number a row', paint(columns=[[1.0], [1.0, 2.0]])),
        ('invalid factor: not a finite', paint(factor=np.nan)),
        ('invalid offset: not a finite', paint(offset=np.inf)),
        ('invalid offset: not a number', paint(offset='1')),
        ('invalid colour: not within', paint(colour=2**32)),
        ('invalid colour: not within', paint(colour=-1)),
        ('invalid colour: not multiplied', paint(colour=0x80FF0000)),
        ('invalid left: not a whole number', paint(left=0.5)),
        ('invalid left: not within', paint(left=2**63)),
        ('invalid width: not a number of pixels', paint(width=0)),
        ('invalid width: not a number of pixels', paint(width=-3)),
        ('invalid width: not within 1 and 64', paint(width=65)),
        ('invalid width: not a whole number', paint(width=1.5)),
        ('invalid channel: not within', lambda: premultiplied(256, 0, 0)),
        ('invalid channel: not within', lambda: premultiplied(0, 0, 0, -1)),
    ],
)
def test_misuse_names_the_argument_and_paints_nothing(
    message: str, call: Callable[[], None]
) -> None:
    with pytest.raises(InputError, match=message):
        call()
    assert not IMAGE.any()


def test_columns_need_not_be_float64_or_contiguous() -> None:
    table = np.arange(24).reshape(6, 4)[::2] % 5
    expected, found = np.zeros((2, 6, 6), np.uint32)
    whole = np.ascontiguousarray(table, np.float64)
    paint_columns(expected, whole, factor=1.0, offset=0.0, colour=1 << 24)
    paint_columns(found, table, factor=1.0, offset=0.0, colour=1 << 24)
    np.testing.assert_array_equal(found, expected)
    assert expected.any()
