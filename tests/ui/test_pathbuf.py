"""Path buffers: after any changes they draw what the whole would, and write what changed alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from piker.errors import InputError
from piker.kernels import BarSegmentsFormatter, bar_segments
from piker.ui.qt import memory
from piker.ui.qt.pathbuf import LineBuf, PathBuf
from piker.ui.qt.qtlib import QColor, QImage, QPainter, QPainterPath, QPen
from tests.ui.stage import pixels_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from piker.ui.qt.qtlib import QApplication

WIDTH, HEIGHT = 120, 80

heights = st.one_of(st.integers(0, 80).map(float), st.just(np.nan), st.just(np.inf))
runs = st.lists(heights, max_size=8)
changes = st.lists(
    st.one_of(
        st.tuples(st.just('append'), runs),
        st.tuples(st.just('prepend'), runs),
        st.tuples(st.just('replace'), st.tuples(st.integers(0, 5), runs)),
        st.tuples(st.just('look'), st.none()),
        st.tuples(st.just('invalidate'), st.none()),
    ),
    max_size=25,
)


def drawn(draw: Callable[[QPainter], object]) -> NDArray[np.uint32]:
    image = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)
    image.fill(0)
    painter = QPainter(image)
    pen = QPen(QColor(255, 255, 255), 1)
    pen.setCosmetic(True)
    painter.setPen(pen)
    draw(painter)
    painter.end()
    return pixels_of(image)


def pieces(points: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """Return the stretches between gaps that have two points at least."""
    found: list[list[list[float]]] = [[]]
    for point in points.tolist():
        if np.isfinite(point).all():
            found[-1].append(point)
        else:
            found.append([])
    return [np.array(piece) for piece in found if len(piece) > 1]


def path_of(points: NDArray[np.float64]) -> list[tuple[bool, float, float]]:
    """Return the elements of a path through points: whether it begins there, and the place."""
    return [
        (place == 0, x, y)
        for piece in pieces(points)
        for place, (x, y) in enumerate(piece.tolist())
    ]


def elements(path: QPainterPath) -> list[tuple[bool, float, float]]:
    # Qt counts the beginning of a path that has nothing else.
    count = 0 if path.isEmpty() else path.elementCount()
    found = (path.elementAt(place) for place in range(count))
    return [(element.isMoveTo(), element.x, element.y) for element in found]


class Series:
    """Points and their buffer, changed alike."""

    def __init__(self) -> None:
        self.buffer = PathBuf()
        self.first = 0
        self.y: list[float] = []

    def x(self, start: int, count: int) -> NDArray[np.float64]:
        return np.arange(start, start + count, dtype=np.float64)

    @property
    def last(self) -> int:
        return self.first + len(self.y)

    def points(self) -> NDArray[np.float64]:
        return np.column_stack([self.x(self.first, len(self.y)), np.array(self.y, float)])

    def apply(self, name: str, argument: Any) -> None:
        buffer = self.buffer
        if name == 'append':
            y = list(argument)
            buffer.append(self.x(self.last, len(y)), y)
            self.y += y
        elif name == 'prepend':
            y = list(argument)
            buffer.prepend(self.x(self.first - len(y), len(y)), y)
            self.y, self.first = y + self.y, self.first - len(y)
        elif name == 'replace':
            back, y = argument
            start = max(0, len(self.y) - back)
            buffer.replace_tail(
                buffer.last - len(self.y) + start, self.x(self.first + start, len(y)), y
            )
            self.y[start:] = y
        elif name == 'invalidate':
            buffer.invalidate()
            self.y, self.first = [], 0
        else:
            assert elements(buffer.path()) == path_of(self.points())


@given(changes)
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_incremental_buffers_equal_those_from_scratch(
    app: QApplication, changes: list[tuple[str, Any]]
) -> None:
    series = Series()
    for name, argument in changes:
        series.apply(name, argument)
        buffer = series.buffer
        points = series.points()
        assert len(buffer) == len(points)
        np.testing.assert_array_equal(buffer.window(buffer.first, buffer.last), points)
        assert buffer.gaps == len(points) - np.isfinite(points).all(axis=1).sum()
    assert elements(series.buffer.path()) == path_of(series.points())


def wave(count: int, phase: float = 0.0) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    x = np.arange(count, dtype=np.float64)
    return x, 40 + 30 * np.sin(x / 7 + phase)


@pytest.mark.parametrize('fault', ['', 'broken for a test'])
def test_polylines_draw_what_the_path_does_and_nothing_across_gaps(
    app: QApplication, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    monkeypatch.setattr(memory, 'fault', lambda: fault)
    x, y = wave(WIDTH)
    y[[30, 31, 60]] = np.nan
    buffer = PathBuf()
    buffer.append(x[40:], y[40:])
    buffer.prepend(x[:40], y[:40])
    expected = drawn(lambda painter: painter.drawPath(plain_path(x, y)))
    assert expected.any()
    assert not expected[:, 31].any()
    assert np.array_equal(drawn(buffer.draw), expected)
    assert np.array_equal(drawn(lambda painter: painter.drawPath(buffer.path())), expected)
    part = drawn(lambda painter: buffer.draw(painter, 0, 10))
    assert part.any()
    assert not np.any(part & ~expected)


def plain_path(x: NDArray[np.float64], y: NDArray[np.float64]) -> QPainterPath:
    path = QPainterPath()
    for is_first, left, top in path_of(np.column_stack([x, y])):
        (path.moveTo if is_first else path.lineTo)(left, top)
    return path


@pytest.mark.parametrize('count', [1000, 50_000])
def test_an_append_writes_and_moves_what_came_alone(app: QApplication, count: int) -> None:
    x, y = wave(count + 40)
    buffer = PathBuf()
    buffer.append(x[:count], y[:count])
    buffer.path()
    written, kept, allocations = buffer.written, buffer.kept, buffer.allocations
    for stop in range(count, count + 40):
        buffer.replace_tail(buffer.last - 1, x[stop - 1 : stop + 1], y[stop - 1 : stop + 1])
        path = buffer.path()
    assert buffer.written - written == 2 * 40
    assert (kept.rebuilds, kept.moves, kept.additions) == (1, 40, 40)
    assert buffer.allocations == allocations
    assert path.elementCount() == count + 40
    assert path.elementAt(count + 39).y == y[-1]


def test_warm_buffers_take_no_memory(app: QApplication) -> None:
    buffer = PathBuf()

    def frames() -> tuple[int, int]:
        for phase in range(20):
            buffer.invalidate()
            buffer.append(*wave(8000 + phase, float(phase)))
            buffer.path()
            drawn(buffer.draw)
        return buffer.allocations, buffer.kept.allocations

    assert frames() == frames()


def bars(count: int) -> NDArray[np.float64]:
    rows = np.random.default_rng(5).uniform(5, 75, (count, 4))
    rows[:, 1], rows[:, 2] = rows.max(axis=1), rows.min(axis=1)
    rows[3] = np.nan
    return rows


def test_strokes_equal_those_from_scratch_and_draw_alike(
    app: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = bars(20)
    columns = tuple(np.ascontiguousarray(rows[:, column]) for column in range(4))
    formatter = BarSegmentsFormatter()
    formatter.update_xy(tuple(column[:15] for column in columns), 0)
    scratch = bar_segments(rows).reshape(-1, 4)
    pictures = []
    for fault in ('', 'broken for a test'):
        monkeypatch.setattr(memory, 'fault', lambda found=fault: found)
        buffer = LineBuf()
        buffer.append(formatter.format_xy(5, 15))
        buffer.prepend(formatter.format_xy(0, 5))
        assert (buffer.first, buffer.last) == (-12, 30)
        buffer.replace_tail(27, bar_segments(rows[14:], np.arange(14.0, 20.0)))
        np.testing.assert_array_equal(buffer.window(buffer.first, buffer.last), scratch)
        assert buffer.written == 42 + 18
        pictures.append(drawn(buffer.draw))
        assert buffer.draw(QPainter(), 0, 0) == 0
    assert np.array_equal(pictures[0], pictures[1])
    assert pictures[0].any()
    allocations = buffer.allocations
    for _ in range(50):
        buffer.invalidate()
        buffer.append(scratch)
    assert buffer.allocations == allocations
    assert len(buffer) == len(scratch)


@pytest.mark.parametrize(
    ('message', 'call'),
    [
        (
            r'invalid window: not within the elements 0 to 9, was \[-1, 9\)',
            lambda p: p.replace_tail(-1, [1.0], [1.0]),
        ),
        (r'was \[10, 9\)', lambda p: p.replace_tail(10, [], [])),
        (r'was \[0, 10\)', lambda p: p.draw(QPainter(), 0, 10)),
        (r'was \[5, 2\)', lambda p: p.draw(QPainter(), 5, 2)),
        ('invalid x, y and out: not equally long', lambda p: p.append([1.0, 2.0], [1.0])),
        ('invalid x: not of one dimension', lambda p: p.append(np.ones((3, 3)), np.ones(3))),
        ('invalid y: not real numbers', lambda p: p.prepend([1.0], ['a'])),
        ('invalid y: not real numbers', lambda p: p.replace_tail(3, [1.0], [1j])),
    ],
)
def test_misuse_names_the_argument_and_changes_nothing(
    message: str, call: Callable[[PathBuf], object]
) -> None:
    buffer = PathBuf()
    buffer.append(*wave(9))
    before = buffer.window(0, 9).copy()
    with pytest.raises(InputError, match=message):
        call(buffer)
    assert (buffer.first, buffer.last, buffer.gaps, buffer.written) == (0, 9, 0, 9)
    np.testing.assert_array_equal(buffer.window(0, 9), before)


def test_strokes_of_another_form_are_refused() -> None:
    buffer = LineBuf()
    for strokes in (np.zeros((2, 3)), np.zeros(4), np.zeros((2, 4), np.float32), [[0.0] * 4], None):
        with pytest.raises(InputError, match='invalid strokes: not float64 of shape'):
            buffer.append(strokes)  # type: ignore[arg-type]
    assert len(buffer) == 0


def test_memory_of_points_is_held_by_who_looks_at_it(app: QApplication) -> None:
    """A window of a buffer stays as it was when the buffer goes on or is gone."""
    buffer = PathBuf()
    buffer.append(np.arange(10.0), np.arange(10.0))
    window = buffer.window(0, 10)
    expected = window.copy()
    buffer.append(np.arange(300_000.0), np.arange(300_000.0))
    del buffer
    others = [np.full((142, 2), 7e77) for _ in range(50)]
    assert np.array_equal(window, expected)
    assert len(others) == 50


def test_room_that_there_is_not_is_no_abort(app: QApplication) -> None:
    """More memory than a machine has is an error of Python."""
    buffer = PathBuf()
    with pytest.raises((MemoryError, ValueError)):
        buffer.reserve(0, 2**60)
    buffer.append([1.0, 2.0], [3.0, 4.0])
    assert len(buffer) == 2
