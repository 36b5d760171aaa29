"""Points beside each other, and rectangles painted into an image, beside their plain twins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from piker.errors import InputError
from piker.kernels import paint_rects, weave_points
from tests.kernels import strategies

if TYPE_CHECKING:
    from collections.abc import Callable

HEIGHT, WIDTH = 12, 16


@given(strategies.series(), st.integers(0, 2**32 - 1))
def test_woven_points_equal_stacked_columns_bit_for_bit(y: np.ndarray, seed: int) -> None:
    x = np.random.default_rng(seed).permutation(y)
    out = np.empty((len(x), 2))
    gaps = weave_points(x, y, out)
    assert out.tobytes() == np.column_stack([x, y]).tobytes()
    assert gaps == np.count_nonzero(~(np.isfinite(x) & np.isfinite(y)))


def test_many_points_are_woven_as_few_are() -> None:
    x, y = np.random.default_rng(1).normal(size=(2, 1 << 15))
    out = np.empty((len(x), 2))
    assert weave_points(x, y, out) == 0
    np.testing.assert_array_equal(out, np.column_stack([x, y]))


@pytest.mark.parametrize(
    ('x', 'y', 'out', 'name'),
    [
        ([1.0], [1.0, 2.0], np.zeros((1, 2)), 'x, y'),
        ([1.0], [1.0], np.zeros((2, 2)), 'out'),
        ([1.0], [1.0], np.zeros(2), 'out'),
        ([1.0], [1.0], np.zeros((1, 2), np.float32), 'out'),
        ([1.0, 2.0], [1.0, 2.0], np.zeros((2, 4))[:, ::2], 'out'),
        (['a'], [1.0], np.zeros((1, 2)), 'x'),
        ([1.0], [[1.0]], np.zeros((1, 2)), 'y'),
    ],
)
def test_misuse_of_weaving_names_the_argument(x: Any, y: Any, out: Any, name: str) -> None:
    with pytest.raises(InputError, match=f'(invalid )?{name}'):
        weave_points(x, y, out)


rectangles = st.integers(0, 20).flatmap(
    lambda count: hnp.arrays(np.int64, (count, 4), elements=st.integers(-8, 24))
)


@given(rectangles, st.sampled_from([0xFF336699, 0xFF000000]))
def test_painted_rectangles_equal_their_plain_twin(rects: np.ndarray, colour: int) -> None:
    image = np.full((HEIGHT, WIDTH), 0xFF99AABB, np.uint32)
    expected = image.copy()
    paint_rects(image, rects, colour)
    for x, y, width, height in rects.tolist():
        expected[max(0, y) : max(0, y + height), max(0, x) : max(0, x + width)] = colour
    np.testing.assert_array_equal(image, expected)


def test_a_rectangle_that_is_not_finite_is_left_out() -> None:
    image = np.zeros((HEIGHT, WIDTH), np.uint32)
    paint_rects(image, [[0, 0, np.nan, 5], [np.inf, 0, 1, 1], [1e300] * 4], 0xFF000007)
    assert not image.any()


@pytest.mark.parametrize(
    ('call', 'name'),
    [
        (lambda image: paint_rects(image[:, ::2], [[0, 0, 1, 1]], 1), 'image'),
        (lambda image: paint_rects(image.astype(np.int32), [[0, 0, 1, 1]], 1), 'image'),
        (lambda image: paint_rects(image, [[0, 0, 1]], 1), 'rects'),
        (lambda image: paint_rects(image, [['a', 'b', 'c', 'd']], 1), 'rects'),
        (lambda image: paint_rects(image, [[0, 0, 1, 1], [0]], 1), 'rects'),
        (lambda image: paint_rects(image, [[0, 0, 1, 1]], -1), 'colour'),
        (lambda image: paint_rects(image, [[0, 0, 1, 1]], 2**32), 'colour'),
    ],
)
def test_misuse_of_painting_names_the_argument_and_paints_nothing(
    call: Callable[[np.ndarray], None], name: str
) -> None:
    image = np.zeros((HEIGHT, WIDTH), np.uint32)
    with pytest.raises(InputError, match=f'invalid {name}'):
        call(image)
    assert not image.any()
