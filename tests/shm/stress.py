"""One writer and four readers, as processes, until a reader has seen what no reader may see.

The ring is small, so that readers are lapped again and again. Every field of a row is a function of
its index and its version: pushed rows have version 0, updates of the live row 1, revisions 2 and
more, rows of history 1. So a row of version 0 that has been closed is stale, except in the blocks
that are pushed whole. Readers check windows of rows, columns in place, the live row and the
pyramid, and count: all rows read and all rows declared overrun are all rows there were.

Run as `python -m tests.shm.stress [--rows N]`.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from piker.core.messages import ShmToken
from piker.core.rows import BAR

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from piker.shm import ShmArray

__all__ = ['BUILD', 'Report', 'TornReadError', 'run']

BUILD = 'PIKER_STRESS_BUILD'
ROOT = Path(__file__).resolve().parents[2]
CAPACITY = 4096
READERS = 4
BLOCK = 1000
# Every eighth block is pushed by array, in parts, and its rows are not updated.
WHOLE = 7
WINDOW = 512
LIVES = 16
VERSIONS = 64
FIELDS = {'open': 1.0, 'high': 2.0, 'low': -1.0, 'close': 0.5, 'volume': 3.0}


class TornReadError(Exception):
    """A reader saw what no reader may see."""


class Report(msgspec.Struct):
    """What one reader, or all of them, did.

    Attributes
    ----------
    read, overrun : int
        Rows read in order; rows that the writer overwrote before they were read, as declared.
    laps : int
        How often the writer lapped the reader.
    lives, windows, histories, revisions : int
        Live rows checked; windows whose pyramid was checked; those of them that began in history
        while more of it was prepended; changes of the revision seen.
    """

    read: int = 0
    overrun: int = 0
    laps: int = 0
    lives: int = 0
    windows: int = 0
    histories: int = 0
    revisions: int = 0


def make(start: int, stop: int, version: int) -> NDArray[np.void]:
    """Return rows of a version."""
    rows = np.empty(stop - start, BAR)
    rows['time'] = np.arange(start, stop)
    code = rows['time'] * VERSIONS + version
    for name, factor in FIELDS.items():
        rows[name] = code * factor
    return rows


def require(condition: object, what: str, *values: object) -> None:
    """Fail unless a condition holds; text is made of the values only then, for it is slow."""
    if not condition:
        raise TornReadError(f'{what}: {values}')


def require_versions(code: NDArray[np.float64], index: NDArray[np.int64], closed: int) -> None:
    """Fail unless values are of their index, and not from before their row was closed."""
    version = code - index * VERSIONS
    is_fresh = (version >= 1) | (index >= closed) | (index // BLOCK % 8 == WHOLE)
    require(((version >= 0) & (version < VERSIONS)).all(), 'version of rows', index, code)
    require(is_fresh.all(), 'stale rows', closed, index[~is_fresh], code[~is_fresh])


def require_rows(rows: NDArray[np.void], index: NDArray[np.int64], closed: int) -> None:
    """Fail unless every row is one of its index, and of one version in all fields."""
    require((rows['time'] == index).all(), 'time of rows', index, rows)
    code = rows['open']
    require_versions(code, index, closed)
    for name, factor in FIELDS.items():
        require((rows[name] == code * factor).all(), name, index, rows)


def write(ring: ShmArray, count: int, seconds: float) -> None:
    """Prepend history, push rows, change the live row after each, revise a few."""
    ring.push(make(0, 1, 0))
    while ring.prepend(make(ring.first - 1, ring.first, 1)):
        for version in range(1, 9):
            ring.set_last(make(0, 1, version))
    deadline = time.monotonic() + seconds
    for block in range(0, count, BLOCK):
        start, stop = max(block, 1), min(block + BLOCK, count)
        if block // BLOCK % 8 == WHOLE:
            for begin in range(start, stop, 50):
                ring.push(make(begin, min(begin + 50, stop), 0))
        else:
            rows, updates = make(start, stop, 0).tolist(), make(start, stop, 1).tolist()
            push, set_last = ring.push, ring.set_last
            for row, update in zip(rows, updates, strict=True):
                push(row)
                set_last(update)
                if update[0] % 16 == 0:
                    # Who sees `last` move reads anew: keep it, so that a torn row can be seen.
                    for _ in range(16):
                        set_last(row)
                        set_last(update)
        middle = max(ring.first, stop - 700)
        ring.revise(middle, make(middle, stop - 400, 2 + block // BLOCK % 60))
        if time.monotonic() > deadline:
            break


def read(ring: ShmArray) -> Report:
    """Read all rows in order, and check everything on the way, until the writer closes the ring."""
    from piker.errors import Overrun

    report = Report()
    position = 0
    revision = 0
    turn = 0
    while True:
        is_closed = ring.is_closed
        last = ring.last
        stop = min(last, position + WINDOW)
        try:
            if stop > position:
                require_rows(ring.rows(position, stop), np.arange(position, stop), last - 1)
                report.read += stop - position
                position = stop
            with contextlib.suppress(Overrun):
                read_parts(ring, report, turn)
        except Overrun:
            first = ring.first
            require(first > position, 'overrun declared', position, first)
            report.overrun += first - position
            report.laps += 1
            position = first
        turn += 1
        report.revisions += ring.revision != revision
        revision = ring.revision
        if is_closed and position == ring.last:
            return report


def read_parts(ring: ShmArray, report: Report, turn: int) -> None:
    """Check the live row, a column in place, and the pyramid of a window."""
    before = ring.last
    lives = np.array(
        [live for live in (ring.live() for _ in range(LIVES)) if live is not None], BAR
    )
    index = lives['time']
    require((np.diff(index, prepend=before - 1, append=ring.last - 1) >= 0).all(), 'live', lives)
    require_rows(lives, index, before - 1)
    report.lives += len(lives)
    first, last = ring.first, ring.last
    start = max(first, last - 1 - (turn * 997) % (CAPACITY - 200))
    values = ring.column('open', start, last).copy()
    ring.check(start)
    require_versions(values, np.arange(start, last), last - 1)
    if last - 1 - start >= WINDOW:
        is_checked = check_pyramid(ring, start, last - 1)
        report.windows += is_checked
        report.histories += is_checked and start < 0 and ring.first < first


def check_pyramid(ring: ShmArray, start: int, stop: int) -> bool:
    """Compare what kernels make of a window with its rows, of the same revision."""
    from piker.kernels import ring_bounds, ring_sums

    revision = ring.revision
    first = ring.first
    edges = np.array([start, stop])
    bounds = ring_bounds(ring.field_view('open'), first, stop, start, stop)
    low = ring_bounds(ring.field_view('low'), first, stop, start, stop)
    total = float(ring_sums(ring.field_view('volume'), first, stop, edges)[0])
    rows = ring.rows(start, stop)
    ring.check(first)
    if ring.revision != revision:
        return False
    for name, found in (('open', bounds), ('low', low)):
        expected = (rows[name].min(), rows[name].max())
        require(found == expected, name, start, stop, found, expected)
    # All values are integers below 2 to the 53rd: their sum is exact in any order.
    expected_sum = rows['volume'].sum()
    require(total == expected_sum, 'sum', start, stop, total, expected_sum)
    return True


def child(role: str, text: str) -> None:
    """Be the writer or a reader."""
    if os.environ.get(BUILD):
        import piker._cython

        piker._cython.__path__.insert(0, os.environ[BUILD])
    import piker.kernels
    from piker.shm import attach_shm_array, open_shm_array

    if role == 'writer':
        count, seconds = text.split()
        with open_shm_array('stress', CAPACITY, BAR) as ring:
            sys.stdout.write(msgspec.json.encode(ring.token).decode() + '\n')
            sys.stdout.flush()
            sys.stdin.readline()
            write(ring, int(count), float(seconds))
        return
    ring = attach_shm_array(msgspec.json.decode(text, type=ShmToken))
    sys.stdout.write('ready\n')
    sys.stdout.flush()
    try:
        report = read(ring)
    except TornReadError as error:
        sys.stdout.write(f'torn: {" ".join(str(error).split())[:300]}\n')
        sys.exit(1)
    sys.stdout.write(msgspec.json.encode(report).decode() + '\n')
    require(report.read + report.overrun == ring.last, 'rows read and overrun', report, ring.last)


@contextlib.contextmanager
def process(role: str, text: str, build: Path | None) -> Iterator[subprocess.Popen[str]]:
    """Start a child; it is killed where it has not ended by itself."""
    environment = {
        **os.environ,
        'PYTHONPATH': os.pathsep.join([str(ROOT), *filter(None, sys.path)]),
    }
    if build is not None:
        environment[BUILD] = str(build)
    started = subprocess.Popen(
        [sys.executable, '-m', 'tests.shm.stress', '--role', role, '--text', text],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
        cwd=ROOT,
    )
    try:
        yield started
    finally:
        started.kill()
        started.communicate()


def answer(of: subprocess.Popen[str]) -> str:
    """Return the next line of a child."""
    assert of.stdout is not None
    line = of.stdout.readline().strip()
    if not line or line.startswith('torn: '):
        raise TornReadError(line or 'a process ended without an answer')
    return line


def run(rows: int, seconds: float = 3600.0, build: Path | None = None) -> list[Report]:
    """Run the writer and its readers.

    Parameters
    ----------
    rows : int
        How many the writer pushes.
    seconds : float
        When it ends at the latest.
    build : Path, optional
        Folder of other extension modules.

    Returns
    -------
    list of Report
        One of each reader.

    Raises
    ------
    TornReadError
        When a reader saw what no reader may see, or rows are missing from its count.
    """
    with contextlib.ExitStack() as stack:
        writer = stack.enter_context(process('writer', f'{rows} {seconds}', build))
        token = answer(writer)
        readers = [stack.enter_context(process('reader', token, build)) for _ in range(READERS)]
        for reader in readers:
            answer(reader)
        assert writer.stdin is not None
        writer.stdin.write('go\n')
        writer.stdin.flush()
        reports = [msgspec.json.decode(answer(reader), type=Report) for reader in readers]
        for reader in readers:
            if reader.wait(30):
                raise TornReadError('rows read and rows overrun are not all rows')
        return reports


def main() -> None:
    """Run by hand."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--rows', type=int, default=10_000_000)
    parser.add_argument('--seconds', type=float, default=3600.0)
    parser.add_argument('--role')
    parser.add_argument('--text', default='')
    options = parser.parse_args()
    if options.role:
        child(options.role, options.text)
        return
    start = time.monotonic()
    for report in run(options.rows, options.seconds):
        sys.stdout.write(f'{report}\n')
    sys.stdout.write(f'{time.monotonic() - start:.1f} s, nothing torn\n')


if __name__ == '__main__':
    main()
