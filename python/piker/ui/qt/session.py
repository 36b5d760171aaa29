"""One run of the chart: Qt application, actor tree, feed and window, opened and closed in order.

The window's modules load in a thread while the daemon starts in its own process, so that the two
longest parts of the way to the first bar overlap.
"""

from __future__ import annotations

import importlib
import math
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

import trio

from piker.accounting.symbols import parse_fqsn
from piker.core.log import get_logger
from piker.core.messages import FeedOptions
from piker.core.paths import resolve_file
from piker.data.feed import Feed, open_feed
from piker.errors import FeedError, InputError, ServiceError, SymbolError
from piker.runtime import open_tree
from piker.service.recipes import PROVIDERS, RECIPES
from piker.shm import attach_shm_array
from piker.ui.app import ChartOptions, ChartReport
from piker.ui.model.display import FrameStatistics
from piker.ui.model.timeframe import parse_timeframe
from piker.ui.qt.application import open_application
from piker.ui.qt.guest import run_guest
from piker.ui.qt.pictures import save_picture

if TYPE_CHECKING:
    from piker.ui.model.theme import ThemeName
    from piker.ui.qt.window import ChartWindow

__all__ = ['run_session']

DEMO = 'eurusd.demo.replay'
REPLAY_PROVIDER = 'replay'
FIRST_BAR_S = 30.0
LEAVE_S = 2.0
"""How long a chart says that a daemon of its own tree died before it follows it."""

log = get_logger(__name__)


def run_session(options: ChartOptions, started_at: float) -> ChartReport:
    """Run one chart window from start to end.

    Parameters
    ----------
    options : ChartOptions
        What to show and when to leave.
    started_at : float
        When the process started, in seconds of the epoch.

    Returns
    -------
    ChartReport
        What the run did.

    Raises
    ------
    PikerError
        What was asked for cannot be shown.
    """
    if options.period is not None:
        parse_timeframe(options.period)
    return run_guest(open_application(), ChartSession(options, started_at).run)


def feed_request(options: ChartOptions) -> tuple[str, str, FeedOptions]:
    """Return the provider, the fqsn ('' for whatever the file holds) and the feed's options."""
    if len(options.fqsns) > 1:
        raise InputError(
            f'{len(options.fqsns)} symbols were asked for, {" ".join(options.fqsns)}, and a '
            f'window shows one: start one chart for each'
        )
    file = None if options.replay is None else str(resolve_file(options.replay))
    wanted = FeedOptions(file=file, speed=options.speed, start=options.start)
    if file is not None:
        return REPLAY_PROVIDER, '', wanted
    fqsn = options.fqsns[0] if options.fqsns else DEMO
    provider = parse_fqsn(fqsn).provider
    if provider not in PROVIDERS:
        raise SymbolError(
            f'{fqsn} is of the provider {provider}, which piker does not have: '
            f'there is {", ".join(PROVIDERS)}'
        )
    return provider, fqsn, wanted


class ChartSession:
    """The chart's side of the tree.

    Parameters
    ----------
    options : ChartOptions
        What to show and when to leave.
    started_at : float
        When the process started, in seconds of the epoch.
    """

    def __init__(self, options: ChartOptions, started_at: float) -> None:
        self.options = options
        self.started_at = started_at
        self.window: ChartWindow | None = None
        self.first_paint_at: float | None = None
        self.fqsns: list[str] = []
        self.rows = self.frames = 0
        self.pacing = FrameStatistics(0.0, 0.0)
        self.is_finished = False
        self.has_own_tree = False
        self.is_loaded = trio.Event()
        self.is_closed = trio.Event()
        self.is_painted = trio.Event()

    async def run(self) -> ChartReport:
        """Open tree, feed and window, and wait until the window is closed.

        Cancelling it closes the window; the tree and the feed are closed on every way out.
        """
        provider, fqsn, wanted = feed_request(self.options)
        with ExitStack() as rings:
            try:
                async with (
                    open_tree('chart', RECIPES) as tree,
                    trio.open_nursery() as nursery,
                ):
                    self.has_own_tree = tree.is_owner
                    nursery.start_soon(self.load_window)
                    async with (
                        tree.open_service(f'brokerd.{provider}') as portal,
                        open_feed(portal, fqsn, wanted) as feed,
                    ):
                        await self.is_loaded.wait()
                        self.open_window(feed, rings)
                        await self.attend(feed)
                        self.finish()
            except ServiceError as error:
                if self.is_finished:
                    log.info('while leaving: %s', error)
                    return self.report()
                # While the window is up the chart itself says so; in the end the caller does.
                if self.window is not None:
                    self.window.lose_feed(str(error))
                    # What is left of a tree of its own ends with the rest; one that joined stays.
                    with trio.move_on_after(LEAVE_S if self.has_own_tree else math.inf):
                        await self.wait_for_end()
                    self.finish()
                raise
            finally:
                self.close_window()
        return self.report()

    async def load_window(self) -> None:
        """Import what the window needs, in a thread, while the daemon starts."""
        await trio.to_thread.run_sync(importlib.import_module, 'piker.ui.qt.window')
        self.is_loaded.set()

    def open_window(self, feed: Feed, rings: ExitStack) -> None:
        """Show the window over rings of its own, which outlive the feed."""
        # Loaded by now, in `load_window`.
        from piker.ui.model.source import BarSource  # noqa: PLC0415
        from piker.ui.qt.window import ChartWindow  # noqa: PLC0415

        fast, slow, quote = (
            rings.enter_context(attach_shm_array(ring.token))
            for ring in (feed.fast, feed.slow, feed.quote)
        )
        source = BarSource(
            fast, feed.fast_period_ns, slow, feed.slow_period_ns, phase_ns=feed.phase_ns
        )
        rings.callback(source.close)
        if self.options.period is not None:
            source.select(parse_timeframe(self.options.period))
        theme: ThemeName = 'light' if self.options.theme == 'light' else 'dark'
        window = ChartWindow(feed.symbol, source, quote, feed.mode, theme)
        self.window = window
        self.fqsns = [feed.symbol.fqsn]
        token = trio.lowlevel.current_trio_token()
        window.closed.connect(lambda: token.run_sync_soon(self.is_closed.set))
        window.painted.connect(self.note_paint)
        window.status.show_message(feed.symbol.note)
        window.loop.profiler.limit_ms = self.options.profile_ms
        window.resize(*self.options.size)
        window.show()

    def note_paint(self) -> None:
        """Remember when the first bar was painted."""
        self.first_paint_at = time.time()
        self.is_painted.set()

    async def attend(self, feed: Feed) -> None:
        """Pass the user's wish to pause on to the feed until the window is closed."""
        assert self.window is not None
        sender, receiver = trio.open_memory_channel[bool](1)
        token = trio.lowlevel.current_trio_token()

        def ask(is_paused: bool) -> None:
            try:
                sender.send_nowait(is_paused)
            except trio.WouldBlock:
                receiver.receive_nowait()
                sender.send_nowait(is_paused)

        self.window.pause_asked = lambda is_paused: token.run_sync_soon(ask, is_paused)

        async def relay() -> None:
            async for is_paused in receiver:
                await (feed.pause() if is_paused else feed.resume())

        async def follow(window: ChartWindow) -> None:
            window.show_state(feed.state)
            while True:
                window.show_state(await feed.wait_for_change())

        async with trio.open_nursery() as nursery:
            nursery.start_soon(relay)
            nursery.start_soon(follow, self.window)
            await self.wait_for_end()
            nursery.cancel_scope.cancel()

    async def wait_for_end(self) -> None:
        """Wait until the window is closed, or for as long as the options say.

        Raises
        ------
        FeedError
            The run is to end by itself, and no bar came to paint.
        """
        if self.options.exit_after is None:
            await self.is_closed.wait()
            return
        with trio.move_on_after(FIRST_BAR_S) as scope:
            await self.is_painted.wait()
        if scope.cancelled_caught:
            raise FeedError(
                f'the chart of {", ".join(self.fqsns)} got no bar within {FIRST_BAR_S:.0f} s: '
                f'look at the log of its daemon with --loglevel info'
            )
        with trio.move_on_after(self.options.exit_after):
            await self.is_closed.wait()

    def finish(self) -> None:
        """Take the figures and the picture of the run, and close the window at once.

        Raises
        ------
        InputError
            The picture could not be written.
        """
        window, path = self.window, self.options.screenshot
        assert window is not None
        ring = window.source.ring
        self.rows = ring.last - ring.first
        window.loop.close_frame()
        self.pacing = window.loop.pacing.statistics()
        self.frames = window.loop.state.frames
        try:
            if path is not None:
                save_picture(window.picture(), path)
        finally:
            self.close_window()
            self.is_finished = True

    def close_window(self) -> None:
        """Close the window, if one is open; nothing reads the rings from here on."""
        window, self.window = self.window, None
        if window is not None:
            window.close()
            window.deleteLater()

    def report(self) -> ChartReport:
        """Return what the run did."""
        first = self.first_paint_at
        return ChartReport(
            first_paint_s=None if first is None else round(first - self.started_at, 3),
            frames=self.frames,
            frame_ms=self.pacing,
            rows=self.rows,
            fqsns=self.fqsns,
        )
