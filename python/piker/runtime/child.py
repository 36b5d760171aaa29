"""Where every spawned process of the tree begins: watch and guard first, then tractor's start."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from piker.runtime.watch import watch_parent

__all__ = ['main']


def main() -> None:
    """Watch the parent, install the guard, and become the actor that the arguments name."""
    watch_parent()
    # Ctrl-C in a terminal reaches the whole group; the root takes the tree down in order.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    from piker.core.log import start_logging  # noqa: PLC0415  after the watch, which needs nothing
    from piker.runtime import guard, tractorlib  # noqa: PLC0415

    start_logging(f'pid {os.getpid()}')
    guard.install(Path(os.environ['PIKER_RUN_DIR'], 'token').read_bytes())
    tractorlib.become_child()


if __name__ == '__main__':
    main()
