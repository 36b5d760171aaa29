"""`pikerd`: the service tree alone, announced, so that charts join it."""

from __future__ import annotations

import signal
import warnings

import trio

from piker.core.log import get_logger, start_logging
from piker.runtime import open_tree
from piker.service.recipes import RECIPES

__all__ = ['run_pikerd']

LINGER_S = 60.0
"""A daemon takes a second to start: whoever closes a chart to open another should not wait."""

log = get_logger(__name__)


def run_pikerd() -> None:
    """Run the tree until SIGINT or SIGTERM.

    Raises
    ------
    TreeError
        When a pikerd runs already.
    """
    start_logging('pikerd')
    with warnings.catch_warnings():
        # tractor needs single errors unwrapped, of which trio warns at each run.
        warnings.simplefilter('ignore', trio.TrioDeprecationWarning)
        trio.run(serve, strict_exception_groups=False)


async def serve() -> None:
    """Hold the tree open until a signal asks to end."""
    with trio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        opened = open_tree('pikerd', RECIPES, announced_as_root=True, linger_s=LINGER_S)
        async with opened as tree:
            log.info('tree %s is up', tree.run_id)
            async for number in signals:
                log.info('ending on %s', signal.Signals(number).name)
                break
