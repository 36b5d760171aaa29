"""Erratic use during a live market, in short; `bench/scenarios/erratic.py` does it for a minute."""

from __future__ import annotations

import threading

import numpy as np

from piker.ui.qt.qtlib import QEventLoop, QObject, QTimer
from tests.ui.monkey import anything, ghosts
from tests.ui.stage import MakeStage, Stage, tick

TICK_MS, TICKS_A_TIME = 10, 10
DEED_MS = 8
DEEDS = 250
WARM_DEEDS = 100


def objects(stage: Stage) -> int:
    """Return how many objects of Qt the window holds, timers among them."""
    return len(stage.window.findChildren(QObject)) + len(stage.window.loop.findChildren(QTimer))


def play(stage: Stage, random: np.random.Generator, deeds: int) -> None:
    """Let a market and a user go on in Qt's own loop, with frames by the window's timer."""
    loop = QEventLoop()
    left = deeds

    def trade() -> None:
        for move in random.normal(0, 0.02, TICKS_A_TIME).tolist():
            tick(stage.ring, move)

    def act() -> None:
        nonlocal left
        left -= 1
        if left < 0:
            loop.quit()
            return
        anything(stage, random)

    timers = []
    for milliseconds, job in ((TICK_MS, trade), (DEED_MS, act)):
        timer = QTimer()
        timer.timeout.connect(job)
        timer.start(milliseconds)
        timers.append(timer)
    stage.window.loop.start(60.0)
    loop.exec_()
    for timer in timers:
        timer.stop()
    stage.window.loop.stop()
    stage.settle()


def test_erratic_use_leaves_no_ghost_and_takes_nothing(make_stage: MakeStage) -> None:
    """A thousand ticks a second and a deed every 8 ms: frames go on, and nothing piles up."""
    stage = make_stage(3000, (800, 820), older=1000)
    random = np.random.default_rng(21)
    loop = stage.window.loop
    play(stage, random, WARM_DEEDS)
    held, threads = objects(stage), threading.active_count()
    frames = loop.state.frames
    play(stage, random, DEEDS)
    assert loop.state.frames - frames > DEEDS / 10
    assert objects(stage) == held
    assert threading.active_count() <= threads
    assert ghosts(stage) == 0
