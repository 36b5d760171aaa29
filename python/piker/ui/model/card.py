"""What a small panel of figures says, how it divides them into columns, and where it stands."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ['Entry', 'Size', 'columns_for', 'placed_beside', 'placed_outside']


class Entry(NamedTuple):
    """A figure with its name in front of it, and the token of the figure's colour."""

    name: str
    text: str
    colour: str = 'ink'


class Size(NamedTuple):
    """Width and height in device pixels."""

    width: int
    height: int


def columns_for(count: int, lines: int) -> int | None:
    """Return the fewest columns in which entries fit a number of lines, None where none do."""
    return None if lines < 1 else max(1, -(-count // lines))


def within(at: int, size: int, room: int) -> int:
    """Return where something of a size begins nearest to `at`, so that it ends within the room."""
    return max(0, min(at, room - size))


def placed_beside(x: int, y: int, gap: int, size: Size, room: Size) -> tuple[int, int]:
    """Return the top left corner of a panel beside a point, which it does not cover.

    Parameters
    ----------
    x, y : int
        The point.
    gap : int
        Pixels between it and the panel.
    size, room : Size
        Of the panel, and of the plot that it stays in.

    Returns
    -------
    tuple of int
        Below the point at its right; where there is no room, above it or at its left.
    """
    left = x + gap if x + gap + size.width <= room.width else x - gap - size.width
    top = y + gap if y + gap + size.height <= room.height else y - gap - size.height
    return within(left, size.width, room.width), within(top, size.height, room.height)


def placed_outside(
    box: tuple[int, int, int, int], gap: int, size: Size, room: Size, *, is_above: bool
) -> tuple[int, int]:
    """Return the top left corner of a panel above or below a box, else at a side of it.

    Parameters
    ----------
    box : tuple of int
        Left, top, right and bottom of the box; the latter two are just outside of it.
    gap : int
        Pixels between the box and the panel.
    size, room : Size
        Of the panel, and of the plot that it stays in.
    is_above : bool
        The side of the box to stand on where that has room.

    Returns
    -------
    tuple of int
        Centred on the box, as far as the plot has room for that; upon it where no side has.
    """
    left, top, right, bottom = box
    above, below = top - gap - size.height, bottom + gap
    across = within((left + right - size.width) // 2, size.width, room.width)
    along = within((top + bottom - size.height) // 2, size.height, room.height)
    places = [(across, above), (across, below)]
    if not is_above:
        places.reverse()
    places += [(right + gap, along), (left - gap - size.width, along)]
    for x, y in places:
        if 0 <= x <= room.width - size.width and 0 <= y <= room.height - size.height:
            return x, y
    return across, along
