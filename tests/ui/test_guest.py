"""trio as Qt's guest: neither starves the other, and no error is lost."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NoReturn

import pytest
import trio

from piker.errors import InputError
from piker.ui.qt.guest import run_guest
from piker.ui.qt.qtlib import QEventLoop, QTimer

if TYPE_CHECKING:
    from piker.ui.qt.qtlib import QApplication

DEADLINE_S = 20


def test_a_trio_that_never_rests_leaves_frames_their_turn(app: QApplication) -> None:
    """Twenty frames come while a task spins and ten thousand messages are queued."""
    frames = []

    async def spin() -> NoReturn:
        while True:
            await trio.lowlevel.checkpoint()

    async def main() -> bool:
        sender, receiver = trio.open_memory_channel[int](10_000)
        for message in range(10_000):
            sender.send_nowait(message)
        done = trio.Event()
        timer = QTimer()

        def frame() -> None:
            frames.append(receiver.statistics().current_buffer_used)
            if len(frames) == 20:
                timer.stop()
                done.set()

        timer.timeout.connect(frame)
        timer.start(1)
        with trio.move_on_after(DEADLINE_S):
            async with trio.open_nursery() as nursery:
                nursery.start_soon(spin)
                await done.wait()
                nursery.cancel_scope.cancel()
        return done.is_set()

    assert run_guest(app, main)
    assert len(frames) == 20


def test_a_nested_event_loop_keeps_trio_alive(app: QApplication) -> None:
    """A menu or a dialog runs a loop of its own; a task inside of it still ends it."""

    async def main() -> bool:
        loop = QEventLoop()
        was_quit_inside = []

        async def quit_from_trio() -> None:
            await trio.sleep(0.01)
            was_quit_inside.append(loop.isRunning())
            loop.quit()

        ended = trio.Event()

        def open_dialog() -> None:
            loop.exec_()
            ended.set()

        async with trio.open_nursery() as nursery:
            QTimer.singleShot(0, open_dialog)
            nursery.start_soon(quit_from_trio)
            with trio.fail_after(DEADLINE_S):
                await ended.wait()
        return was_quit_inside == [True]

    assert run_guest(app, main)


def test_an_error_in_a_callback_cancels_the_run_and_is_raised(app: QApplication) -> None:
    """PyQt would end the process; here the run is cancelled and its clean-up done."""
    cleaned = []

    def fail() -> None:
        raise InputError('a callback failed')

    async def main() -> None:
        QTimer.singleShot(0, fail)
        try:
            await trio.sleep(DEADLINE_S)
        finally:
            cleaned.append(True)

    hook = sys.excepthook
    with pytest.raises(InputError, match='a callback failed'):
        run_guest(app, main)
    assert cleaned == [True]
    assert sys.excepthook is hook


def test_an_error_of_the_run_is_raised_as_it_is(app: QApplication) -> None:
    """Not as a group: the command line prints its one sentence."""

    async def child() -> None:
        raise InputError('no such thing')

    async def main() -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(child)
            await trio.sleep(DEADLINE_S)

    with pytest.raises(InputError, match='no such thing'):
        run_guest(app, main)
