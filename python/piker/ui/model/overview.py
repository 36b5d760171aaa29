"""What becomes of the slow chart in a window, and where it takes the fast one."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from piker.ui.model.band import row_of

if TYPE_CHECKING:
    from piker.ui.model.flow import Flow
    from piker.ui.model.viewport import Viewport

__all__ = ['STRIP_HEIGHT', 'Form', 'begin_at', 'centre_at', 'form_of']

STRIP_HEIGHT = 96
WHOLE_FROM = 800
STRIP_FROM = 4 * STRIP_HEIGHT


class Form(Enum):
    """How the slow chart is shown."""

    HIDDEN = 'hidden'
    STRIP = 'strip'
    WHOLE = 'whole'


def form_of(height: float) -> Form:
    """Return how it is shown in a window of a height in pixels of the design.

    A low window leaves it a strip, and one that is lower still leaves all room to the prices.
    """
    if height < STRIP_FROM:
        return Form.HIDDEN
    return Form.WHOLE if height >= WHOLE_FROM else Form.STRIP


def begin_at(flow: Flow, viewport: Viewport, time: int) -> None:
    """Have a view begin at a time; where there are no such rows it stops at the first or last.

    Raises
    ------
    Overrun
        The writer lapped the rows while their times were read.
    """
    row = row_of(flow, time)
    if row + 1 < flow.ring.last and int(flow.times(row, row + 1)[0]) < time:
        row += 1
    viewport.left = viewport.column_of(row)
    viewport.fill(flow.ring.first, flow.ring.last)


def centre_at(flow: Flow, viewport: Viewport, time: int) -> None:
    """Have the middle of the room for rows show a time, stopping as `begin_at` does."""
    viewport.show(row_of(flow, time), viewport.room // 2)
    viewport.fill(flow.ring.first, flow.ring.last)
