"""Types of the compiled memory of rings; the rules of access stand in cython/shmring.pyx."""

from typing import Any, Final, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from typing_extensions import disjoint_base

from piker.core.messages import ShmToken
from piker.shm import ShmArray
from piker.shm.layout import Layout

__all__ = [
    'HEADER_BYTES',
    'IDENTITY_BYTES',
    'FieldView',
    'Identity',
    'Ring',
    'WaiterSlot',
    'has_news',
    'read_identity',
    'take_changes',
]

HEADER_BYTES: Final[int]
"""Where the schema's text begins in a segment."""

IDENTITY_BYTES: Final[int]
"""How much of a segment `read_identity` needs."""

class FieldView(NamedTuple):
    """One float64 field in memory, for kernels; valid while its ring object lives."""

    data: int
    capacity: int
    levels: tuple[tuple[int, int], ...]
    reducer: str

class Identity(NamedTuple):
    """What the head of a segment says that it is."""

    is_ring: bool
    schema_hash: int
    nonce: int
    capacity: int
    generation: int
    writer_pid: int
    writer_start: int
    segment_bytes: int
    schema_bytes: int

def read_identity(head: bytes) -> Identity:
    """Return the identity in the first bytes of a segment."""

class Ring:
    """Columns of rows in a mapped segment; `piker.shm.ShmArray` adds where it comes from."""

    def __new__(
        cls, fd: int, layout: Layout, token: ShmToken, identity: Identity | None = None
    ) -> Self: ...
    @property
    def token(self) -> ShmToken:
        """What another process needs to attach it."""

    @property
    def key(self) -> str:
        """What its writer calls it."""

    @property
    def dtype(self) -> np.dtype[np.void]:
        """Of a row."""

    @property
    def capacity(self) -> int:
        """Rows that fit."""

    @property
    def is_writer(self) -> bool:
        """Whether this object may change rows."""

    @property
    def first(self) -> int:
        """Index of the oldest row."""

    @property
    def last(self) -> int:
        """Index behind the newest row, which is the live one."""

    @property
    def closed_last(self) -> int:
        """Index behind the newest closed row: last - 1, or `first` while the ring is empty."""

    @property
    def revision(self) -> int:
        """Counter of revisions, even: a revision under way is waited for."""

    @property
    def live_seq(self) -> int:
        """Counter of changes of the live row; odd while one is under way."""

    @property
    def changes(self) -> int:
        """Number that differs whenever something changed: rows, or that there is a successor."""

    @property
    def is_closed(self) -> bool:
        """Whether the writer has closed the ring."""

    @property
    def superseded(self) -> bool:
        """Whether the next generation is ready: attach `successor_token`."""

    @property
    def is_inherited(self) -> bool:
        """Whether another process opened this object, and this one was forked from it."""

    def require_writer(self) -> None:
        """Refuse changes through an attached ring, a closed one, and one inherited by a fork."""

    def push(self, rows: tuple[Any, ...] | np.void | NDArray[np.void]) -> None:
        """Append rows; the oldest ones fall out when the ring is full."""

    def prepend(self, rows: tuple[Any, ...] | np.void | NDArray[np.void]) -> int:
        """Put rows before the oldest one, and return how many fitted; nothing is evicted."""

    def set_last(self, row: tuple[Any, ...] | np.void | NDArray[np.void]) -> None:
        """Change the live row."""

    def revise(self, start: int, rows: tuple[Any, ...] | np.void | NDArray[np.void]) -> None:
        """Correct or refill closed rows; logged as a dirty range."""

    def notify(self) -> int:
        """Wake the readers that block until the ring changes; to be called behind a batch."""

    def column(self, field: str, start: int, stop: int) -> NDArray[Any]:
        """Return a read-only view of rows of one field, contiguous also across the wrap."""

    def field_view(self, field: str) -> FieldView:
        """Return where a float64 field and its pyramid are, for kernels."""

    def rows(self, start: int, stop: int) -> NDArray[np.void]:
        """Return a copy of rows that were all there together."""

    def live(self) -> np.void | None:
        """Return a copy of the live row, whole; None when the ring is empty."""

    def check(self, start: int) -> None:
        """Raise Overrun when the writer has evicted rows that were used from `start` on."""

    def dirty(self, since: int) -> list[tuple[int, int]]:
        """Return the ranges that were revised after a revision."""

    def mark_closed(self) -> None:
        """Tell readers that no row will be changed any more."""

    def mark_superseded(self, fd: int, nonce: int) -> None:
        """Tell readers which segment takes this one's place."""

    def successor(self) -> tuple[int, int] | None:
        """Return descriptor and nonce of what takes this ring's place, or None."""

@disjoint_base
class WaiterSlot:
    """The slot of a reader in the waiters' page of a ring; `piker.shm.waiter` uses it."""

    is_orphaned: bool
    """Set by whoever learns that the ring's writer has ended."""

    def __new__(cls, ring: ShmArray, fd: int, pipe: int) -> Self: ...
    @property
    def ring(self) -> ShmArray:
        """As given."""

    @property
    def is_armed(self) -> bool:
        """Whether it is to be woken and was not yet."""

    def arm(self) -> None:
        """Ask to be woken once; the counters have to be looked at behind it, before sleeping."""

    def leave(self) -> None:
        """Give the slot up, and tell the writer so; a fork's copy leaves it alone."""

def has_news(slots: list[WaiterSlot]) -> bool:
    """Return whether a ring has changed, or will never change again."""

def take_changes(slots: list[WaiterSlot]) -> tuple[ShmArray, ...]:
    """Return the rings that changed, and count what they are at now as seen."""
