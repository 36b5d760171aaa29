"""A process that holds a feed as a chart does, and answers questions about it.

Run as `python -m tests.integration.feed_client FQSN OPTIONS`, OPTIONS being `FeedOptions` in JSON.
Each line of its input is a question, each line of its output one JSON answer; it leaves when its
input ends, or with an error's sentence when the feed does.
"""

from __future__ import annotations

import json
import sys
import warnings
from typing import Any

import msgspec
import trio

from piker.core.errors import PikerError
from piker.core.messages import FeedOptions
from piker.data.feed import Feed, open_feed
from piker.runtime import open_tree
from piker.service.recipes import RECIPES


def say(answer: object) -> None:
    """Write one answer."""
    sys.stdout.write(json.dumps(answer) + '\n')
    sys.stdout.flush()


def facts(feed: Feed) -> dict[str, Any]:
    """Return what the feed holds now."""
    quote = feed.quote.live()
    return {
        'fqsn': feed.symbol.fqsn,
        'note': feed.symbol.note,
        'mode': feed.mode,
        'first': feed.fast.first,
        'last': feed.fast.last,
        'slow': feed.slow.last - feed.slow.first,
        'seq': feed.fast.live_seq,
        'quote': None if quote is None else quote.item(),
        'state': msgspec.to_builtins(feed.state),
    }


async def answer(feed: Feed, question: str) -> object:
    """Answer a question, or do what is asked."""
    verb, _, rest = question.strip().partition(' ')
    if verb == 'facts':
        return facts(feed)
    if verb == 'bars':
        ring = feed.slow if rest == 'slow' else feed.fast
        return ring.rows(ring.first, ring.last).tolist()
    if verb == 'pause':
        await feed.pause()
    elif verb == 'resume':
        await feed.resume()
    elif verb == 'speed':
        await feed.set_speed(float(rest))
    return 'done'


async def main(fqsn: str, options: FeedOptions) -> None:
    """Hold the feed until input ends."""
    provider = fqsn.rpartition('.')[2] or 'replay'
    async with (
        open_tree('chart', RECIPES) as tree,
        tree.open_service(f'brokerd.{provider}') as portal,
        open_feed(portal, fqsn, options) as feed,
    ):
        say(facts(feed))
        while line := await trio.to_thread.run_sync(sys.stdin.readline, abandon_on_cancel=True):
            try:
                say(await answer(feed, line))
            except PikerError as error:
                say(f'{type(error).__name__}: {error}')


if __name__ == '__main__':
    with warnings.catch_warnings():
        warnings.simplefilter('ignore', trio.TrioDeprecationWarning)
        wanted = msgspec.json.decode(sys.argv[2], type=FeedOptions)
        try:
            trio.run(main, sys.argv[1], wanted, strict_exception_groups=False)
        except PikerError as error:
            sys.stderr.write(f'{type(error).__name__}: {error}\n')
            raise SystemExit(1) from None
