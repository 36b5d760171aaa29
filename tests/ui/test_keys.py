"""Real keys and a real mouse on a real chart of the demo market, judged by what is drawn."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import psutil
import pytest

from piker.ui.model.prices import PriceStyle
from piker.ui.model.theme import DARK, LIGHT, mix
from piker.ui.qt.palette import VOLUME_SHARE
from tests.support import require, wait_until
from tests.ui.x11 import NEEDED, XServer, has_x_server, open_x_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

WIDTH, HEIGHT = 1000, 700
PLOT = (slice(60, 400), slice(0, 760))
TIMES = (slice(650, 674), slice(0, WIDTH))
CORNER = (slice(650, 674), slice(945, WIDTH))
WHOLE_PLOT = (slice(0, 470), slice(0, 760))
VOLUME = (slice(530, 645), slice(0, 760))
STATUS = (slice(HEIGHT - 22, HEIGHT), slice(0, 600))
HEALTH = (slice(HEIGHT - 22, HEIGHT), slice(700, WIDTH))
BAR_COLOURS = [int(DARK.up[1:], 16), int(DARK.down[1:], 16)]
VOLUME_COLOURS = [
    int(mix(colour, DARK.canvas, VOLUME_SHARE)[1:], 16) for colour in (DARK.up, DARK.down)
]
RUN = 'from piker.cli.main import main; main()'
LEAVE_S = 20.0

pytestmark = pytest.mark.gui


@pytest.fixture(scope='module')
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[XServer]:
    """Return a display of its own."""
    require(has_x_server(), f'{" and ".join(NEEDED)} are needed for real keys')
    with open_x_server(tmp_path_factory.mktemp('screen'), WIDTH, HEIGHT) as server:
        yield server


class Chart:
    """A chart in a process of its own, paused, with the mouse outside of it."""

    def __init__(self, server: XServer, folder: Path) -> None:
        self.server = server
        environment = server.environment | {
            'XDG_RUNTIME_DIR': str(folder),
            'TZ': 'America/New_York',
        }
        arguments = ['chart', '--size', f'{WIDTH}x{HEIGHT}']
        self.process = subprocess.Popen(
            [sys.executable, '-c', RUN, *arguments], env=environment, stderr=subprocess.PIPE
        )
        window = server.wait_for_window('piker', self.process)
        server.do('windowmove', window, '0', '0', 'windowfocus', window)
        server.do('mousemove', str(WIDTH - 1), str(HEIGHT - 1))
        wait_until(lambda: np.isin(server.picture()[PLOT], BAR_COLOURS).any(), 'the first bars')
        before = server.picture()
        self.key('space')
        server.wait_for_change(before, HEALTH, 'the word that the replay is paused')
        server.wait_for_rest(PLOT)

    def key(self, *names: str) -> None:
        """Press and release keys."""
        self.server.do('key', '--delay', '30', *names)

    def changed_by(self, what: str, *command: str) -> NDArray[np.uint32]:
        """Return the screen at rest after a command that must change the plot."""
        before = self.server.picture()
        self.server.do(*command)
        self.server.wait_for_change(before, PLOT, what)
        return self.server.wait_for_rest(PLOT)

    def close(self) -> None:
        """End the process if it has not left by itself."""
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(LEAVE_S)
        assert self.process.stderr is not None
        self.process.stderr.close()


@pytest.fixture
def chart(server: XServer, tmp_path: Path) -> Iterator[Chart]:
    """Return a paused chart."""
    chart = Chart(server, tmp_path)
    yield chart
    chart.close()


def bars_in(screen: NDArray[np.uint32]) -> int:
    """Return how many steps of volume stand apart."""
    is_bar = np.isin(screen[VOLUME], VOLUME_COLOURS).any(axis=0)
    return int((np.diff(is_bar.astype(int)) > 0).sum())


def test_wheel_drag_and_keys_change_the_view(chart: Chart) -> None:
    """Each input changes what is drawn, and the inverse one restores it to the pixel."""
    server = chart.server
    start = server.picture()
    far = chart.changed_by('a zoom by the wheel', 'mousemove', '400', '200', 'click', '5')
    near = chart.changed_by('the zoom back', 'click', '4')
    chart.changed_by('the cursor leaving', 'mousemove', str(WIDTH - 1), str(HEIGHT - 1))
    assert bars_in(far) > bars_in(near) > 50
    assert (server.picture()[PLOT] == start[PLOT]).all()

    press = ['mousemove', '300', '200', 'mousedown', '1']
    chart.changed_by('a drag', *press, 'mousemove', '340', '200', 'mousemove', '460', '200')
    server.do('mouseup', '1', 'mousemove', str(WIDTH - 1), str(HEIGHT - 1))
    dragged = server.wait_for_rest(PLOT)
    assert (dragged[PLOT] != start[PLOT]).any()
    assert (chart.changed_by('the default view', 'key', 'r')[PLOT] == start[PLOT]).all()

    for style in [*PriceStyle][1:]:
        drawn = chart.changed_by(style.value, 'key', 'b')
        assert (drawn[PLOT] != start[PLOT]).any()
    assert (chart.changed_by('candles', 'key', 'b')[PLOT] == start[PLOT]).all()


def test_shift_drag_measures_and_escape_removes_the_box(chart: Chart) -> None:
    """The box and its card stand while the mouse is away; the first Escape takes only them."""
    server = chart.server
    away = ['mousemove', str(WIDTH - 1), str(HEIGHT - 1)]
    start = server.picture()
    server.do('mousemove', '300', '350', 'keydown', 'shift', 'mousedown', '1')
    chart.changed_by('a box', 'mousemove', '320', '320', 'mousemove', '460', '250')
    server.do('mouseup', '1', 'keyup', 'shift', *away)
    boxed = server.wait_for_rest(PLOT)
    accent = int(DARK.accent[1:], 16)
    assert (boxed[PLOT] == accent).sum() > 400
    assert (start[PLOT] == accent).sum() == 0
    assert (chart.changed_by('no box', 'key', 'Escape')[PLOT] == start[PLOT]).all()
    assert chart.process.poll() is None


def test_a_held_key_shows_the_readout_until_it_is_released(chart: Chart) -> None:
    """The server repeats a key that is held; the card stands still all the same."""
    pointed = chart.changed_by('the crosshair', 'mousemove', '300', '200')
    held = chart.changed_by('the readout', 'keydown', 'q')
    panel = int(DARK.panel[1:], 16)
    assert (held[PLOT] == panel).sum() > (pointed[PLOT] == panel).sum() + 5000
    moved = chart.changed_by('the readout moving', 'mousemove', '420', '250')
    assert (moved[PLOT] == panel).sum() > 5000
    chart.changed_by('the readout gone', 'keyup', 'q')
    assert (chart.changed_by('the cursor back', 'mousemove', '300', '200') == pointed)[PLOT].all()


def test_a_key_shows_the_lines_of_the_day(chart: Chart) -> None:
    """They are drawn from edge to edge, and the same key takes them away."""
    server = chart.server
    start = server.picture()
    chart.key('l')
    server.wait_for_change(start, WHOLE_PLOT, 'the lines')
    lined = server.wait_for_rest(WHOLE_PLOT)
    dim = int(DARK.dim[1:], 16)
    assert ((lined[WHOLE_PLOT] == dim).sum(axis=1) > 100).any()
    chart.key('l')
    server.wait_for_change(lined, WHOLE_PLOT, 'no lines')
    assert (server.wait_for_rest(WHOLE_PLOT)[WHOLE_PLOT] == start[WHOLE_PLOT]).all()


def test_a_key_tells_times_in_the_local_zone(chart: Chart) -> None:
    """The machine of the test is in New York; the name of its clock stands in the corner."""
    server = chart.server
    start = server.picture()
    chart.key('z')
    server.wait_for_change(start, CORNER, 'the name of the zone')
    there = server.wait_for_rest(CORNER)
    assert (there[TIMES] != start[TIMES]).any()
    chart.key('z')
    server.wait_for_change(there, CORNER, 'UTC')
    assert (server.wait_for_rest(TIMES)[TIMES] == start[TIMES]).all()


def test_copying_says_so_and_does_not_leave(chart: Chart) -> None:
    """Ctrl-Shift-c is not Ctrl-c."""
    server = chart.server
    before = server.picture()
    chart.key('ctrl+shift+c')
    server.wait_for_change(before, STATUS, 'the word that the picture was copied')
    assert (server.wait_for_rest(PLOT)[PLOT] == before[PLOT]).all()
    assert chart.process.poll() is None


def test_wheel_on_the_axis_scales_it_until_reset(chart: Chart) -> None:
    """The y axis is the user's from then on, and the data's again after `r`."""
    start = chart.server.picture()
    chart.changed_by('a scaled axis', 'mousemove', str(WIDTH - 20), '200', 'click', '5')
    chart.server.do('mousemove', str(WIDTH - 1), str(HEIGHT - 1))
    assert (chart.changed_by('the default view', 'key', 'r')[PLOT] == start[PLOT]).all()


def test_typed_timeframe_is_echoed_and_taken(chart: Chart) -> None:
    """The echo stands in the status bar; Enter folds the bars; nonsense is refused in words."""
    server = chart.server
    before = server.picture()
    chart.key('4', 'h')
    echoed = server.wait_for_change(before, STATUS, 'the echo')
    chart.key('Return')
    server.wait_for_change(echoed, PLOT, 'bars of four hours')
    before = server.wait_for_rest(STATUS)
    chart.key('7', 't', 'Return')
    refused = server.wait_for_change(before, STATUS, 'the refusal')
    assert (refused[PLOT] == before[PLOT]).all()


def test_theme_and_key_map(chart: Chart) -> None:
    """Ctrl-t turns every canvas pixel; `?` lays the key map over the chart, Escape takes it off."""
    server = chart.server
    start = server.picture()
    light = chart.changed_by('the light theme', 'key', 'ctrl+t')
    assert (light == int(LIGHT.canvas[1:], 16)).mean() > 0.4
    assert not (light == int(DARK.canvas[1:], 16)).any()
    assert (chart.changed_by('the dark theme', 'key', 'ctrl+t')[PLOT] == start[PLOT]).all()
    shown = chart.changed_by('the key map', 'key', 'question')
    panel = int(DARK.panel[1:], 16)
    assert (shown[PLOT] == panel).sum() > (start[PLOT] == panel).sum() + 10_000
    assert (chart.changed_by('the chart again', 'key', 'Escape')[PLOT] == start[PLOT]).all()


@pytest.mark.parametrize('key', ['Escape', 'ctrl+c'])
def test_leaving_takes_the_tree_down(chart: Chart, key: str) -> None:
    """The process ends well, and its daemons with it."""
    tree = psutil.Process(chart.process.pid).children(recursive=True)
    assert tree
    chart.key(key)
    code = chart.process.wait(LEAVE_S)
    assert chart.process.stderr is not None
    assert code == 0, chart.process.stderr.read().decode()
    _, alive = psutil.wait_procs(tree, LEAVE_S)
    assert alive == []


def test_a_dead_daemon_leaves_a_chart_that_says_so(chart: Chart) -> None:
    """The picture stays and can be zoomed; the status bar tells the loss; leaving still works."""
    (daemon,) = psutil.Process(chart.process.pid).children(recursive=True)
    before = chart.server.picture()
    daemon.kill()
    chart.server.wait_for_change(before, HEALTH, 'the word that the feed is lost')
    start = chart.server.wait_for_rest(PLOT)
    assert np.isin(start[PLOT], BAR_COLOURS).any()
    far = chart.changed_by('a zoom by the wheel', 'mousemove', '400', '200', 'click', '5')
    assert bars_in(far) > 50
    chart.key('Escape')
    assert chart.process.wait(LEAVE_S) == 1
