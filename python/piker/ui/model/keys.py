"""The key map of the view mode: exact (modifiers, key) pairs and what they do."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

__all__ = ['HELP', 'VIEW_KEYS', 'Action', 'Chord', 'action_of']


class Action(Enum):
    """What a key asks of the view."""

    CYCLE_STYLE = 'cycle style'
    DEFAULT_VIEW = 'default view'
    OVERVIEW = 'overview'
    READOUT = 'readout'
    LEVELS = 'levels'
    ZONE = 'zone'
    PAUSE = 'pause'
    HELP = 'help'
    THEME = 'theme'
    COPY = 'copy'
    LEAVE = 'leave'
    ENTER = 'enter'
    ERASE = 'erase'


class Chord(NamedTuple):
    """A key and the modifiers held with it, both by name: a chord never matches its plain key."""

    key: str
    modifiers: frozenset[str] = frozenset()


CTRL = frozenset(['ctrl'])
SHIFT = frozenset(['shift'])

VIEW_KEYS: dict[Chord, Action] = {
    Chord('b'): Action.CYCLE_STYLE,
    Chord('r'): Action.DEFAULT_VIEW,
    Chord('o'): Action.OVERVIEW,
    Chord('q'): Action.READOUT,
    Chord('l'): Action.LEVELS,
    Chord('z'): Action.ZONE,
    Chord('space'): Action.PAUSE,
    Chord('?'): Action.HELP,
    Chord('?', SHIFT): Action.HELP,
    Chord('t', CTRL): Action.THEME,
    Chord('c', CTRL | SHIFT): Action.COPY,
    Chord('escape'): Action.LEAVE,
    Chord('c', CTRL): Action.LEAVE,
    Chord('return'): Action.ENTER,
    Chord('enter'): Action.ENTER,
    Chord('backspace'): Action.ERASE,
}

HELP: tuple[tuple[str, str], ...] = (
    ('wheel', 'zoom about the newest bar in view'),
    ('drag', 'pan; on a y axis: move that axis'),
    ('Shift-drag', 'measure a box; a click or Esc removes it'),
    ('wheel on a y axis', 'scale that axis until r'),
    ('hold q', 'time, prices and volume at the cursor'),
    ('l', "lines at the previous close and the day's high and low"),
    ('z', 'times in UTC or local time'),
    ('r', 'default view'),
    ('b', 'next of candles, hollow, OHLC bars, Heikin-Ashi, line, area'),
    ('o', 'show or hide the slow chart'),
    ('drag its band', 'move the fast chart in time; so does a click'),
    ('5 Enter', 'five-minute bars; also 30s, 4h, 1d'),
    ('Space', 'pause or resume the replay'),
    ('Ctrl-t', 'dark or light'),
    ('Ctrl-Shift-c', 'copy the chart as a picture'),
    ('?', 'show or hide this list'),
    ('Esc, Ctrl-c', 'leave'),
)


def action_of(key: str, modifiers: frozenset[str]) -> Action | None:
    """Return what a chord does, or None if nothing is bound to exactly that chord."""
    return VIEW_KEYS.get(Chord(key, modifiers))
