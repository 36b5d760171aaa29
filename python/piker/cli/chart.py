"""`piker chart`: open the chart window, or draw it once into a picture."""

from __future__ import annotations

import re
from pathlib import Path

import click

from piker.cli.options import Number, common_options, echo_json, json_option

__all__ = ['WindowSize', 'command']

MINIMUM_SIDE = 200
MAXIMUM_SIDE = 16384
MAXIMUM_SPEED = 1e6
MAXIMUM_SECONDS = 1e9


class WindowSize(click.ParamType[tuple[int, int]]):
    """A window's size as WIDTHxHEIGHT in pixels, for example 1440x900."""

    name = 'WxH'

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        """Return (width, height), or fail with the form that is wanted."""
        match = re.fullmatch(r'(\d{1,5})x(\d{1,5})', str(value).lower())
        sides = tuple(int(side) for side in match.groups()) if match else ()
        if len(sides) != 2 or not all(MINIMUM_SIDE <= side <= MAXIMUM_SIDE for side in sides):
            self.fail(
                f'{value!r} is not a size: give WIDTHxHEIGHT in pixels, each side between '
                f'{MINIMUM_SIDE} and {MAXIMUM_SIDE}, for example 1440x900',
                param,
                ctx,
            )
        return sides[0], sides[1]


def check_period(text: str) -> None:
    """Refuse a timeframe that cannot be, before anything is started.

    Raises
    ------
    click.UsageError
        When it is none, out of range, or might mean two.
    """
    from piker.errors import InputError
    from piker.ui.model.timeframe import parse_timeframe

    try:
        parse_timeframe(text)
    except InputError as error:
        raise click.UsageError(f'--period {error}') from error


@click.command('chart', short_help='Open the chart of one or more symbols, live.')
@click.argument('fqsns', metavar='[FQSN]', nargs=-1)
@click.option(
    '--replay',
    metavar='FILE',
    type=click.Path(path_type=Path),
    help='Play a recording: a raw Binance capture (.gz), or ticks or bars in CSV or Parquet.',
)
@click.option(
    '--speed',
    metavar='X',
    type=Number(MAXIMUM_SPEED, min_open=True, takes_inf=True),
    default=None,
    help='Replay speed as a multiple of recorded time.  [default: 1; the demo market: 60]',
)
@click.option(
    '--start',
    metavar='TIME',
    help='Where the replay goes live, ISO 8601 or epoch seconds.  [default: half of the file]',
)
@click.option(
    '--period', metavar='P', help='Timeframe of the chart: 30s, 5 or 5m (minutes), 4h, 1d, 2w.'
)
@click.option(
    '--screenshot',
    metavar='FILE.png',
    type=click.Path(dir_okay=False, path_type=Path),
    help='Save a picture of the window when leaving; works without a display too.',
)
@click.option(
    '--exit-after',
    metavar='SECONDS',
    type=Number(MAXIMUM_SECONDS),
    help='Leave by itself so long after the first painted bar.',
)
@click.option('--size', type=WindowSize(), default='1440x900', show_default=True)
@click.option(
    '--theme',
    type=click.Choice(['dark', 'light']),
    default=None,
    help='Colours.  [default: what conf.toml says under [ui], else dark]',
)
@click.option(
    '--profile',
    metavar='MS',
    type=Number(MAXIMUM_SECONDS),
    help='Print the stages of a frame that take longer than this.',
)
@json_option
@common_options
def command(
    fqsns: tuple[str, ...],
    replay: Path | None,
    speed: float | None,
    start: str | None,
    period: str | None,
    screenshot: Path | None,
    exit_after: float | None,
    size: tuple[int, int],
    theme: str | None,
    profile: float | None,
    *,
    as_json: bool,
) -> None:
    """Open the chart of FQSN, live; without a symbol the packaged demo market.

    FQSN is symbol.venue.provider, for example eurusd.demo.replay; a chart takes one for now. In
    the window, press ? for the keys. With --screenshot and no display it is drawn off screen.
    """
    if replay is not None and fqsns:
        raise click.UsageError(
            f'--replay plays {replay} and {" ".join(fqsns)} names a symbol: give one of the two'
        )
    if as_json and exit_after is None:
        raise click.UsageError('--json reports on a run that ends by itself: add --exit-after')
    if period is not None:
        check_period(period)
    from piker.core.config import load_config
    from piker.core.log import start_logging
    from piker.ui.app import ChartOptions, run_chart

    start_logging('chart')
    report = run_chart(
        ChartOptions(
            fqsns=fqsns,
            replay=None if replay is None else str(replay),
            speed=speed,
            start=start,
            period=period,
            screenshot=None if screenshot is None else str(screenshot),
            exit_after=exit_after,
            size=size,
            theme=theme or load_config().ui.theme,
            profile_ms=profile,
        )
    )
    if as_json:
        echo_json(report)
    elif screenshot is not None:
        click.echo(f'picture: {screenshot.resolve()}')
