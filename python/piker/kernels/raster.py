"""Column raster: the line through M4 columns, or rectangles, painted straight into an image."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from piker import _rust
from piker.core.errors import InputError
from piker.kernels import arguments

if TYPE_CHECKING:
    from typing import SupportsFloat, SupportsIndex

    from numpy.typing import ArrayLike, NDArray

__all__ = ['paint_columns', 'paint_rects', 'premultiplied']

MOST_COLOUR = 2**32 - 1


def paint_columns(
    image: NDArray[np.uint32],
    columns: ArrayLike,
    *,
    factor: SupportsFloat,
    offset: SupportsFloat,
    colour: SupportsIndex,
    left: SupportsIndex = 0,
    width: SupportsIndex = 1,
) -> None:
    """Paint the line through the columns of a downsampled series over an image.

    Column k lies at pixel `left + k`. The line goes through its first, least, greatest and last
    value and on to the first of the next column, as Qt draws a path through these points at the
    middle of their pixels with a cosmetic pen of bevelled joints and square ends, without smoothed
    edges. Each pixel is covered once; a pen of Qt that is one pixel wide and not opaque covers it
    as often as the line crosses it. What lies outside of the image is left out.

    Parameters
    ----------
    image : ndarray of shape (height, width), uint32
        Pixels as `0xAARRGGBB` with colours multiplied by alpha, which `QImage` calls
        `Format_ARGB32_Premultiplied`; contiguous and writable. Painted in place.
    columns : array_like of shape (m, 4), float64
        First, min, max and last, as `ds_m4` and `Pyramid.columns` return them; a column with a
        value that is not finite is a gap, and the line is not drawn across it.
    factor, offset : float
        `value * factor + offset` is the row, downwards.
    colour : int
        As the image's pixels are; `premultiplied` makes one.
    left : int, optional
        The pixel of the first column; may lie outside of the image.
    width : int, optional
        Device pixels that the pen is wide, 1 to 64.

    Raises
    ------
    InputError
        When an argument is not so; the image is unchanged then.
    """
    check_image(image)
    pen = arguments.whole(width, 'width')
    if pen < 1:
        raise InputError(f'invalid width: not a number of pixels from 1 on, was {pen}')
    _rust.raster(
        image,
        arguments.table(columns, 4, 'columns'),
        arguments.whole(left, 'left'),
        (arguments.number(factor, 'factor'), arguments.number(offset, 'offset')),
        checked_colour(colour),
        pen,
    )


def paint_rects(image: NDArray[np.uint32], rects: ArrayLike, colour: SupportsIndex) -> None:
    """Paint rectangles on whole pixels over an image, one after another.

    Parameters
    ----------
    image : ndarray of shape (height, width), uint32
        As for `paint_columns`. Painted in place.
    rects : array_like of shape (n, 4), float64
        x, y, width and height in pixels, whole numbers; one with a value that is not finite is
        left out, and so is what lies outside of the image. Runs of neighbouring columns a pixel
        wide are painted together.
    colour : int
        As the image's pixels are.

    Raises
    ------
    InputError
        When an argument is not so; the image is unchanged then.
    """
    check_image(image)
    _rust.raster_rects(image, arguments.table(rects, 4, 'rects'), checked_colour(colour))


def premultiplied(red: int, green: int, blue: int, alpha: int = 255) -> int:
    """Return a colour as pixels hold it: `0xAARRGGBB`, multiplied by alpha.

    Parameters
    ----------
    red, green, blue, alpha : int
        Channels, 0 to 255.

    Returns
    -------
    int

    Raises
    ------
    InputError
        When a channel is out of range.
    """
    channels = [arguments.whole(part, 'channel') for part in (alpha, red, green, blue)]
    if not all(0 <= part <= 255 for part in channels):
        raise InputError(
            f'invalid channel: not within 0 and 255, were {channels[1:]}, {channels[0]}'
        )
    scaled = [alpha, *(round(part * channels[0] / 255) for part in channels[1:])]
    return scaled[0] << 24 | scaled[1] << 16 | scaled[2] << 8 | scaled[3]


def check_image(image: NDArray[np.uint32]) -> None:
    """Raise `InputError` unless an image can be painted in place."""
    if not (isinstance(image, np.ndarray) and image.dtype == np.uint32 and image.ndim == 2):
        raise InputError('invalid image: not an array of uint32 in two dimensions')
    arguments.require_writable(image, 'image')


def checked_colour(colour: SupportsIndex) -> int:
    """Return a colour that fits a pixel and whose channels are not above its alpha."""
    value = arguments.whole(colour, 'colour')
    if not 0 <= value <= MOST_COLOUR:
        raise InputError(f'invalid colour: not within 0 and 2**32 - 1, was {value}')
    alpha = value >> 24
    if any((value >> shift & 255) > alpha for shift in (16, 8, 0)):
        raise InputError(f'invalid colour: not multiplied by its alpha, was {value:#010x}')
    return value
