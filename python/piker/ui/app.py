"""`run_chart`: one chart window from command line options to a report, with all it needs around it.

Imported before Qt is: what is heavy loads inside `run_chart`, beside the start of the daemon.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import msgspec

from piker.errors import InputError
from piker.ui.displays import choose_platform, is_off_screen
from piker.ui.model.display import FrameStatistics

__all__ = ['ChartOptions', 'ChartReport', 'run_chart']


OFF_SCREEN_S = 3.0


class ChartOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What a run of the chart is asked for.

    Attributes
    ----------
    fqsns : tuple of str
        Symbols; none means that of the replayed file, or the packaged demo market.
    replay : str, optional
        File to play.
    speed : float, optional
        Multiple of recorded time; None for the feed's own default.
    start : str, optional
        Where a replay goes live: ISO 8601 or epoch seconds.
    period : str, optional
        Timeframe to begin with, as it is typed: 30s, 5, 4h.
    screenshot : str, optional
        Where to save a picture of the window when leaving.
    exit_after : float, optional
        Seconds from the first painted bar after which to leave.
    size : tuple of int
        Width and height of the window in logical pixels.
    theme : {'dark', 'light'}, optional
        Colours; None for dark.
    profile_ms : float, optional
        Report the frames that take longer.
    """

    fqsns: tuple[str, ...] = ()
    replay: str | None = None
    speed: float | None = None
    start: str | None = None
    period: str | None = None
    screenshot: str | None = None
    exit_after: float | None = None
    size: tuple[int, int] = (1440, 900)
    theme: str | None = None
    profile_ms: float | None = None


class ChartReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a run of the chart did.

    Attributes
    ----------
    first_paint_s : float or None
        Seconds from the start of the process to the first painted bar.
    frames : int
        Frames drawn.
    frame_ms : FrameStatistics
        Their times in milliseconds.
    rows : int
        Bars there are at the end, in view or not.
    fqsns : list of str
        What was charted.
    """

    first_paint_s: float | None
    frames: int
    frame_ms: FrameStatistics
    rows: int
    fqsns: list[str]


def process_start() -> float:
    """Return when this process was started, in seconds of the epoch."""
    fields = Path('/proc/self/stat').read_text().rpartition(')')[2].split()
    ticks = int(fields[19]) / os.sysconf('SC_CLK_TCK')
    return time.time() - (time.clock_gettime(time.CLOCK_BOOTTIME) - ticks)


def check_picture(path: str | None) -> None:
    """Raise `InputError` where a picture could not be saved later."""
    if path is None:
        return
    try:
        # Whether a loop of links is followed differs between releases of Python.
        target = Path(path).resolve()
        target.stat()
    except (FileNotFoundError, NotADirectoryError):
        pass
    except (OSError, RuntimeError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise InputError(
            f'the picture {path!r} cannot be written ({reason}): name a file in a folder that '
            'exists'
        ) from error
    if target.is_dir() or not target.parent.is_dir():
        found = 'is a folder' if target.is_dir() else 'lies in a folder that is not there'
        raise InputError(f'the picture {path} {found}: name a file in a folder that exists')
    if Path(path).suffix.lower() != '.png':
        raise InputError(f'the picture {path!r} would be a PNG: name a file that ends in .png')
    # It is written beside its place first, so the folder has to take it.
    places = [target.parent, target] if target.exists() else [target.parent]
    if not all(os.access(place, os.W_OK) for place in places):
        raise InputError(f'the picture {path} may not be written: name a file that may be')


def run_chart(options: ChartOptions) -> ChartReport:
    """Open the chart window, run it until it is closed, and take everything down again.

    Parameters
    ----------
    options : ChartOptions
        What to show and when to leave.

    Returns
    -------
    ChartReport
        What the run did.

    Raises
    ------
    NoDisplay
        There is no display and no picture is asked for.
    PikerError
        The symbol, the file, an option or the daemon is at fault; nothing is left behind.
    """
    started_at = process_start()
    check_picture(options.screenshot)
    platform = choose_platform(is_picture=options.screenshot is not None)
    os.environ['QT_QPA_PLATFORM'] = platform
    if is_off_screen(platform) and options.exit_after is None:
        # Nobody can close a window that is drawn off screen.
        options = msgspec.structs.replace(options, exit_after=OFF_SCREEN_S)
    from piker.ui.qt.session import run_session  # noqa: PLC0415 Qt reads the environment

    return run_session(options, started_at)
