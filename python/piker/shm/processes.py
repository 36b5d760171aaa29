"""Which process is which: a pid together with its start, since pids are used again."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ['is_running', 'own_start_time', 'start_time']


def start_time(pid: int) -> int | None:
    """Return when a process started.

    Parameters
    ----------
    pid : int
        Its number.

    Returns
    -------
    int or None
        Clock ticks since boot (proc(5), `starttime`); None where there is no such process, or it
        has ended and only waits to be reaped.
    """
    try:
        stat = Path(f'/proc/{pid}/stat').read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The name in parentheses may hold spaces and parentheses itself.
    fields = stat[stat.rindex(b')') + 2 :].split()
    return None if fields[0] in (b'Z', b'X') else int(fields[19])


def own_start_time() -> int:
    """Return when this process started, in clock ticks since boot."""
    found = start_time(os.getpid())
    assert found is not None, 'a process that runs has a start'
    return found


def is_running(pid: int, started: int) -> bool:
    """Return whether the process that had this number and this start runs still.

    Parameters
    ----------
    pid : int
        Its number.
    started : int
        Its start, in clock ticks since boot.
    """
    return start_time(pid) == started
