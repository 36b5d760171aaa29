"""Processes as the kernel knows them: a pid alone may be somebody else's tomorrow."""

from __future__ import annotations

import os
import time
from pathlib import Path

import msgspec

__all__ = [
    'ProcessId',
    'is_running',
    'resident_bytes',
    'stat_process',
    'this_process',
    'uptime_s',
]

STATE = 0
START_TIME = 19
RESIDENT_PAGES = 21
ENDED = ('X', 'Z')


class ProcessId(msgspec.Struct, frozen=True):
    """One process, for good.

    Attributes
    ----------
    pid : int
        Its number.
    start_time : int
        When it started, in clock ticks since boot.
    """

    pid: int
    start_time: int


def stat_fields(pid: int) -> list[str] | None:
    """Return the fields of /proc/PID/stat behind the command's name, or None for no process."""
    try:
        text = Path('/proc', str(pid), 'stat').read_text(errors='replace')
    except (FileNotFoundError, ProcessLookupError):
        return None
    return text.rpartition(')')[2].split()


def this_process() -> ProcessId:
    """Return the process that calls."""
    fields = stat_fields(os.getpid())
    assert fields is not None, 'this process is in /proc'
    return ProcessId(os.getpid(), int(fields[START_TIME]))


def is_running(process: ProcessId) -> bool:
    """Return whether a process is there and no zombie.

    Parameters
    ----------
    process : ProcessId
        Which one.

    Returns
    -------
    bool
        False also where its number has passed to another, or it waits to be reaped.
    """
    fields = stat_fields(process.pid)
    return (
        fields is not None
        and int(fields[START_TIME]) == process.start_time
        and fields[STATE] not in ENDED
    )


def uptime_s(process: ProcessId) -> float:
    """Return the seconds since a process started."""
    ticks = process.start_time / os.sysconf('SC_CLK_TCK')
    return max(0.0, time.clock_gettime(time.CLOCK_BOOTTIME) - ticks)


def resident_bytes(process: ProcessId) -> int:
    """Return the resident memory of a process, 0 when it is gone."""
    fields = stat_fields(process.pid)
    return int(fields[RESIDENT_PAGES]) * os.sysconf('SC_PAGE_SIZE') if fields else 0


def stat_process(pid: int) -> ProcessId:
    """Return the process that has a number now.

    Parameters
    ----------
    pid : int
        Its number.

    Returns
    -------
    ProcessId
        With start time 0 where there is none: no process runs under that.
    """
    fields = stat_fields(pid)
    return ProcessId(pid, int(fields[START_TIME]) if fields else 0)
