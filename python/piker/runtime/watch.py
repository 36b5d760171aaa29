"""Ends this process when its parent is gone, also while its own event loop hangs."""

from __future__ import annotations

import os
import select
import threading

__all__ = ['ORPHANED', 'watch_parent']

ORPHANED = 77
"""Exit code of a process that left because its parent was gone."""


def watch_parent() -> None:
    """Start a daemon thread that leaves the process when its parent ends.

    A pidfd and not PR_SET_PDEATHSIG: that signal follows the thread that started the child,
    which for trio is one that ends when idle, with its process alive.
    """
    parent = os.getppid()
    try:
        descriptor = os.pidfd_open(parent)
    except ProcessLookupError:
        os._exit(ORPHANED)
    if os.getppid() != parent:
        # It ended before it could be watched; the descriptor may be that of a stranger.
        os._exit(ORPHANED)
    threading.Thread(
        target=leave_after, args=(descriptor,), name='parent-watch', daemon=True
    ).start()


def leave_after(descriptor: int) -> None:
    """Leave the process at once when the process behind a pidfd ends.

    Parameters
    ----------
    descriptor : int
        A pidfd.
    """
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    poll.poll()
    # No clean-up: its owner is gone, memory files go with their last holder.
    os._exit(ORPHANED)
