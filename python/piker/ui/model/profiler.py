"""Times the stages of a frame and reports the frames that take too long."""

from __future__ import annotations

from contextlib import nullcontext
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from types import TracebackType

__all__ = ['FrameProfiler']


class Stage:
    """Adds the time of its block to a frame, on every way out of it."""

    def __init__(self, times_ms: dict[str, float], name: str) -> None:
        self.times_ms = times_ms
        self.name = name

    def __enter__(self) -> None:
        self.started = perf_counter()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        spent = (perf_counter() - self.started) * 1e3
        self.times_ms[self.name] = self.times_ms.get(self.name, 0.0) + spent


class FrameProfiler:
    """Collects named stages of one frame after the other.

    Parameters
    ----------
    limit_ms : float or None
        Frames that take longer are reported; None: none is, and stages cost nothing.
    report : callable
        Takes one line a slow frame.
    """

    def __init__(self, limit_ms: float | None, report: Callable[[str], None]) -> None:
        self.limit_ms = limit_ms
        self.report = report
        self.times_ms: dict[str, float] = {}

    def stage(self, name: str) -> AbstractContextManager[None]:
        """Return a context manager whose block is a stage of the frame."""
        return nullcontext() if self.limit_ms is None else Stage(self.times_ms, name)

    def end_frame(self, total_ms: float) -> None:
        """Report the frame if it took too long, and begin the next one."""
        if self.limit_ms is not None and total_ms > self.limit_ms:
            stages = ', '.join(f'{name} {spent:.2f}' for name, spent in self.times_ms.items())
            self.report(f'frame of {total_ms:.2f} ms: {stages}')
        self.times_ms.clear()
