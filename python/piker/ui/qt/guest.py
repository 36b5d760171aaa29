"""Runs trio as a guest of Qt's event loop, so that one thread serves both and neither waits."""

from __future__ import annotations

import signal
import sys
import warnings
from collections import deque
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeVar

import trio

from piker.ui.qt.qtlib import QApplication, QCoreApplication, QEvent, QObject, QTimer

if TYPE_CHECKING:
    from types import TracebackType

    import outcome

__all__ = ['run_guest']

ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM)

Job = Callable[[], object]
T = TypeVar('T')


class JobEvent(QEvent):
    """Carries a job to Qt's thread."""

    KIND = QEvent.Type(QEvent.registerEventType())

    def __init__(self, job: Job) -> None:
        super().__init__(self.KIND)
        self.job = job


class Bridge(QObject):
    """Hands trio's turns to Qt's event loop."""

    def __init__(self) -> None:
        super().__init__()
        self.jobs: deque[Job] = deque()
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.timeout.connect(self.run_jobs)

    def post(self, job: Job) -> None:
        """Run a job in Qt's thread soon; may be called from any thread."""
        QCoreApplication.postEvent(self, JobEvent(job))

    def soon(self, job: Job) -> None:
        """Run a job soon; only from Qt's own thread.

        By a true timer of zero length: posted events (and `QTimer.singleShot(0, …)` is one) are
        sent until none is left, so a trio with work without end would keep frames and keys
        waiting, and a nested loop does not send those that were due before it began.
        """
        self.jobs.append(job)
        self.timer.start(0)

    def run_jobs(self) -> None:
        """Run the jobs that are due; what they ask for comes with the next turn."""
        for _ in range(len(self.jobs)):
            self.jobs.popleft()()

    def event(self, event: QEvent | None) -> bool:
        """Run the job of an event."""
        if isinstance(event, JobEvent):
            event.job()
            return True
        return super().event(event)


def run_guest(app: QApplication, main: Callable[[], Awaitable[T]]) -> T:
    """Run an async function under Qt's event loop until it returns.

    Parameters
    ----------
    app : QApplication
        Whose event loop is run; closing the last window does not end it.
    main : callable
        The async function. An error in one of Qt's callbacks cancels it and is raised here.

    Returns
    -------
    object
        What `main` returned.

    Raises
    ------
    SystemExit
        With 128 and the number of a signal that asked to end, after `main` was cancelled.
    """
    bridge = Bridge()
    outcomes: list[outcome.Outcome[T]] = []
    failures: list[BaseException] = []
    signals: list[int] = []
    scope = trio.CancelScope()

    def note_failure(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        # PyQt would abort the process on an error in a callback.
        failures.append(error)
        bridge.soon(scope.cancel)

    async def scoped() -> Any:
        with scope:
            return await main()

    def finish(result: outcome.Outcome[T]) -> None:
        outcomes.append(result)
        app.quit()

    def note_signal(number: int, frame: object) -> None:
        # A KeyboardInterrupt could strike between any two steps, also of taking the tree down.
        signals.append(number)
        bridge.post(scope.cancel)

    app.setQuitOnLastWindowClosed(False)
    hook, sys.excepthook = sys.excepthook, note_failure
    handlers = {number: signal.signal(number, note_signal) for number in ENDING_SIGNALS}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter('ignore', trio.TrioDeprecationWarning)
            trio.lowlevel.start_guest_run(
                scoped,
                run_sync_soon_threadsafe=bridge.post,
                run_sync_soon_not_threadsafe=bridge.soon,
                done_callback=finish,
                strict_exception_groups=False,
            )
        app.exec_()
    finally:
        sys.excepthook = hook
        for number, handler in handlers.items():
            signal.signal(number, handler)
    if signals:
        raise SystemExit(128 + signals[0])
    if failures:
        raise failures[0]
    return outcomes[0].unwrap()
