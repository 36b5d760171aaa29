"""`ChartWindow`: the window of one symbol: linked charts, status bar, keys."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from piker.core.messages import FeedState
from piker.errors import PikerError
from piker.ui.model import formats
from piker.ui.model.keys import Action, action_of
from piker.ui.model.theme import THEMES, ThemeName
from piker.ui.model.timeframe import LONGEST_TEXT, is_timeframe_key, parse_timeframe
from piker.ui.model.zones import UTC_ZONE, local_zone
from piker.ui.qt.display import DisplayLoop
from piker.ui.qt.help import KeyMapOverlay
from piker.ui.qt.palette import Palette
from piker.ui.qt.qtlib import (
    QApplication,
    QCloseEvent,
    QEvent,
    QFocusEvent,
    QHideEvent,
    QKeyEvent,
    QPixmap,
    QResizeEvent,
    QShowEvent,
    Qt,
    QTimer,
    QVBoxLayout,
    QWidget,
    pyqtSignal,
)
from piker.ui.qt.splits import LinkedSplits
from piker.ui.qt.status import StatusBar

if TYPE_CHECKING:
    from collections.abc import Callable

    from piker.accounting.symbols import Symbol
    from piker.shm import ShmArray
    from piker.ui.model.source import BarSource

__all__ = ['ChartWindow']

STALE_S = 10.0
HEALTH_MS = 1000
REPLAY = 'REPLAY'
KEY_NAMES: dict[int, str] = {
    Qt.Key.Key_Space: 'space',
    Qt.Key.Key_Escape: 'escape',
    Qt.Key.Key_Return: 'return',
    Qt.Key.Key_Enter: 'enter',
    Qt.Key.Key_Backspace: 'backspace',
    Qt.Key.Key_Question: '?',
}
MODIFIER_NAMES = (
    (Qt.KeyboardModifier.ControlModifier, 'ctrl'),
    (Qt.KeyboardModifier.ShiftModifier, 'shift'),
    (Qt.KeyboardModifier.AltModifier, 'alt'),
    (Qt.KeyboardModifier.MetaModifier, 'meta'),
)


def key_name(event: QKeyEvent) -> str:
    """Return the name of a key in the key map, '' where it can have none."""
    key = KEY_NAMES.get(event.key())
    if key is not None:
        return key
    return chr(event.key()).lower() if Qt.Key.Key_0 <= event.key() <= Qt.Key.Key_Z else ''


class ChartWindow(QWidget):
    """The window of one symbol.

    Parameters
    ----------
    symbol : Symbol
        What is charted.
    source : BarSource
        Its bars; closed with the window.
    quote : ShmArray
        Its quote.
    mode : str
        What the feed is: REPLAY, LIVE.
    theme : {'dark', 'light'}
        Colours to begin with.

    Attributes
    ----------
    zones : list of Zone
        Those that times can be told in.
    pause_asked : callable or None
        Called with whether the replay is to pause, when the user asks for it.
    """

    closed = pyqtSignal()
    painted = pyqtSignal()

    def __init__(
        self, symbol: Symbol, source: BarSource, quote: ShmArray, mode: str, theme: ThemeName
    ) -> None:
        super().__init__()
        self.mode = mode
        self.theme = theme
        self.source = source
        self.state = FeedState()
        self.is_lost = False
        self.zones = [UTC_ZONE, local_zone()]
        self.pause_asked: Callable[[bool], None] | None = None
        palette = Palette(THEMES[theme])
        self.setWindowTitle(f'{symbol.fqsn} – piker')
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.splits = LinkedSplits(symbol, source, palette)
        self.status = StatusBar(palette)
        self.help = KeyMapOverlay(self, palette)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.splits, 1)
        column.addWidget(self.status)
        self.splits.price.painted.connect(self.painted)
        self.loop = DisplayLoop(self.splits, source, quote, is_recorded=mode == REPLAY)
        self.loop.switched.connect(self.show_bars)
        self.loop.refused.connect(self.status.show_message)
        self.health = QTimer(self)
        self.health.setInterval(HEALTH_MS)
        self.health.timeout.connect(self.update_health)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.status.show_mode(mode)

    def showEvent(self, event: QShowEvent | None) -> None:  # noqa: N802
        """Draw frames from now on."""
        self.resume_frames()

    def hideEvent(self, event: QHideEvent | None) -> None:  # noqa: N802
        """Draw no frames while hidden."""
        self.loop.stop()
        self.health.stop()

    def changeEvent(self, event: QEvent | None) -> None:  # noqa: N802
        """Draw no frames while minimised."""
        if event is not None and event.type() == QEvent.Type.WindowStateChange and self.isVisible():
            if self.isMinimized():
                self.loop.stop()
                self.health.stop()
            else:
                self.resume_frames()

    def resume_frames(self) -> None:
        """Start the timers at the rate of the screen the window is on."""
        handle = self.windowHandle()
        screen = handle.screen() if handle is not None else None
        self.loop.start(screen.refreshRate() if screen else 60.0)
        self.health.start()
        self.update_health()

    def resizeEvent(self, event: QResizeEvent | None) -> None:  # noqa: N802
        """Keep the key map in the middle."""
        if self.help.isVisible():
            self.help.place()

    def closeEvent(self, event: QCloseEvent | None) -> None:  # noqa: N802
        """Tell whoever runs the window."""
        self.loop.stop()
        self.health.stop()
        if event is not None:
            event.accept()
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802
        """Act on a key chord, or take it as a part of a typed timeframe."""
        if event is None:
            return
        modifiers = frozenset(name for flag, name in MODIFIER_NAMES if event.modifiers() & flag)
        key = key_name(event)
        typed = self.status.typed
        if not modifiers and is_timeframe_key(key, typed):
            self.status.show_typed((typed + key)[:LONGEST_TEXT])
            return
        action = action_of(key, modifiers)
        if action is not None and not (event.isAutoRepeat() and action is not Action.ERASE):
            self.act(action)

    def act(self, action: Action) -> None:
        """Do what a key asks."""
        splits, say = self.splits, self.status.show_message
        deeds: dict[Action, Callable[[], object]] = {
            Action.CYCLE_STYLE: lambda: say(splits.cycle_style().value),
            Action.DEFAULT_VIEW: splits.default_view,
            Action.OVERVIEW: lambda: say(splits.toggle_overview()),
            Action.READOUT: lambda: self.hold_readout(is_held=True),
            Action.LEVELS: self.toggle_levels,
            Action.ZONE: self.next_zone,
            Action.PAUSE: self.toggle_pause,
            Action.HELP: self.help.toggle,
            Action.THEME: lambda: self.set_theme('light' if self.theme == 'dark' else 'dark'),
            Action.COPY: self.copy_picture,
            Action.ENTER: self.enter,
            Action.ERASE: lambda: self.status.show_typed(self.status.typed[:-1]),
            Action.LEAVE: self.leave,
        }
        deeds[action]()

    def keyReleaseEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802
        """Put the readout away with its key, whatever else is held by then."""
        if event is None or event.isAutoRepeat():
            return
        if action_of(key_name(event), frozenset()) is Action.READOUT:
            self.hold_readout(is_held=False)

    def focusOutEvent(self, event: QFocusEvent | None) -> None:  # noqa: N802
        """Put the readout away: its key may be released unseen."""
        self.hold_readout(is_held=False)

    def hold_readout(self, *, is_held: bool) -> None:
        """Show the readout at the cursor, or put it away."""
        if self.splits.hover.hold(is_held=is_held):
            self.loop.request()

    def toggle_levels(self) -> None:
        """Show the lines of the day and of the one before, or put them away."""
        levels = self.splits.levels
        levels.is_wanted = not levels.is_wanted
        self.status.show_message('day lines on' if levels.is_wanted else 'day lines off')
        self.loop.request()

    def copy_picture(self) -> None:
        """Give the clipboard the charts as they are painted, and say so for a moment."""
        clipboard = QApplication.clipboard()
        if clipboard is None:
            self.status.show_message('the picture was not copied: this screen has no clipboard')
            return
        picture = self.splits.grab()
        clipboard.setPixmap(picture)
        size = f'{picture.width()} × {picture.height()}'
        self.status.show_message(f'copied the chart as a picture of {size}', is_brief=True)

    def next_zone(self) -> None:
        """Tell times in the next zone, and say for a moment which one it is."""
        shown = self.splits.fast.time_ticks.zone
        zone = self.zones[(self.zones.index(shown) + 1) % len(self.zones)]
        self.splits.set_zone(zone)
        where = '' if zone is UTC_ZONE else 'local time: '
        self.status.show_message(f'times in {where}{zone.name}', is_brief=True)

    def leave(self) -> None:
        """Give up what is typed, the key map, a measured box or the window: the first there is."""
        if self.status.typed:
            self.status.show_typed('')
        elif self.help.isVisible():
            self.help.hide()
        elif self.splits.measure.clear():
            self.loop.request()
        else:
            self.close()

    def enter(self) -> None:
        """Show the timeframe that was typed, or say why it cannot be shown."""
        typed = self.status.typed
        if not typed:
            return
        self.status.show_typed('')
        try:
            self.set_period(parse_timeframe(typed))
        except PikerError as error:
            self.status.show_message(str(error))

    def set_period(self, period_ns: int) -> None:
        """Show bars of another period, now or once they are folded; meanwhile the others stay.

        Raises
        ------
        InputError
            The feed's bars cannot be folded to that period.
        ShmFull
            There is no room for them.
        """
        if self.source.select(period_ns):
            self.show_bars()
        elif self.source.is_folding:
            self.status.show_message(f'making bars of {formats.period_name(period_ns)} …')

    def show_bars(self) -> None:
        """Show the source's bars, with the view's centre kept in time."""
        splits = self.splits
        viewport, flow = splits.viewport, splits.prices
        first, last = flow.ring.first, flow.ring.last
        middle = viewport.width // 2
        centre = None
        if last > first and not viewport.rows()[1] > last:
            row = max(first, min(viewport.row_at(middle), last - 1))
            centre = int(flow.times(row, row + 1)[0])
        splits.set_bars()
        self.source.forget()
        first, last = splits.extent
        if centre is None or last <= first:
            splits.fast.needs_default = True
        else:
            found = splits.prices.times(first, last).searchsorted(centre, side='right')
            viewport.show(first + max(0, int(found) - 1), middle)
            viewport.clamp(first, last)
        self.loop.request()
        self.status.show_message(formats.period_name(self.source.period_ns))

    def toggle_pause(self) -> None:
        """Pause or resume a replay; a live feed is never paused."""
        if self.mode != REPLAY:
            self.status.show_message(f'{self.mode.lower()} data cannot be paused: scroll back')
            return
        if self.pause_asked is not None:
            self.pause_asked(not self.state.is_paused)

    def set_theme(self, theme: ThemeName) -> None:
        """Use the colours of another theme."""
        self.theme = theme
        palette = Palette(THEMES[theme])
        self.splits.set_palette(palette)
        self.status.set_palette(palette)
        self.help.tokens = palette
        self.help.update()

    def show_state(self, state: FeedState) -> None:
        """Show how the feed stands: paused, ended, its speed, what it refused to do."""
        self.state = state
        is_fast = self.mode == REPLAY and state.speed != 1
        self.status.show_mode(f'{self.mode} ×{state.speed:g}' if is_fast else self.mode)
        if state.refusal:
            self.status.show_message(state.refusal)
        self.update_health()

    def lose_feed(self, reason: str) -> None:
        """Say in place that no more data will come; what is shown stays, faded."""
        self.is_lost = True
        self.status.show_message(reason)
        self.update_health()

    def update_health(self) -> None:
        """Show how old the newest data is."""
        age = monotonic() - self.loop.data_at
        is_at_rest = self.state.is_paused or self.state.is_ended
        is_stale = self.is_lost or (not is_at_rest and age >= STALE_S)
        if self.is_lost:
            text = f'feed lost {formats.span(age)} ago'
        elif is_at_rest:
            text = 'end of the recording' if self.state.is_ended else 'paused'
        else:
            text = f'stale {formats.span(age)}' if is_stale else 'live'
        self.status.show_health(text, is_alarming=is_stale or is_at_rest)
        self.loop.set_stale(is_stale=is_stale)

    def picture(self) -> QPixmap:
        """Return the window as it is painted."""
        return self.grab()
