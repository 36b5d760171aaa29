"""`SharedInt`: one integer in shared memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import numpy as np

from piker.shm.array import attach_shm_array, open_shm_array

if TYPE_CHECKING:
    from types import TracebackType

    from numpy.typing import NDArray

    from piker.core.messages import ShmToken
    from piker.shm.array import ShmArray

__all__ = ['SharedInt']

ROW = np.dtype([('value', 'i8')])


class SharedInt:
    """A 64-bit integer that one process sets and others read, without a lock or a wait.

    It is never seen in halves, and whoever sees a value also sees what its writer had stored in any
    shared memory before it set the value.

    Parameters
    ----------
    ring : ShmArray
        Whose live row holds it; use `open` and `attach`.
    """

    def __init__(self, ring: ShmArray) -> None:
        self.ring = ring
        self.cell: NDArray[np.int64] = ring.column('value', 0, 1)

    @classmethod
    def open(cls, key: str, value: int = 0) -> Self:
        """Make a new one for writing.

        Parameters
        ----------
        key : str
            What to call it.
        value : int
            What it is at first.

        Raises
        ------
        ShmFull
            When there is no room.
        """
        ring = open_shm_array(key, 1, ROW)
        ring.push((value,))
        return cls(ring)

    @classmethod
    def attach(cls, token: ShmToken) -> Self:
        """Attach that of another process, for reading.

        Raises
        ------
        SegmentGone
            When its writer has ended or closed it.
        SegmentForeign
            When it is another user's.
        """
        return cls(attach_shm_array(token))

    @property
    def token(self) -> ShmToken:
        """What another process needs to attach it."""
        return self.ring.token

    @property
    def value(self) -> int:
        """The integer; setting it is the writer's."""
        # One aligned load: no sequence counter is needed, nor its wait for a writer amid a change.
        value = int(self.cell[0])
        # The acquire fence in it pairs with the release fence of `set_last`.
        self.ring.check(0)
        return value

    @value.setter
    def value(self, value: int) -> None:
        self.ring.set_last((value,))

    def close(self) -> None:
        """Give it up; what is attached can still be read."""
        self.ring.close()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close it."""
        self.close()
