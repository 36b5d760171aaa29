"""Options and output forms that several commands share."""

from __future__ import annotations

import functools
import math
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ['LOG_LEVELS', 'Number', 'common_options', 'echo_json', 'json_option']

LOG_LEVELS = ('error', 'warning', 'info', 'debug')


class Number(click.ParamType[float]):
    """A number from 0 on; what is no number (nan) is refused, infinity has to be allowed.

    Parameters
    ----------
    most : float
        The greatest finite one.
    min_open : bool
        Whether 0 itself is refused.
    takes_inf : bool
        Whether infinity is taken too.
    """

    name = 'number'

    def __init__(self, most: float, *, min_open: bool = False, takes_inf: bool = False) -> None:
        self.most = most
        self.min_open = min_open
        self.takes_inf = takes_inf

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return the number, or fail with the bound that it crosses."""
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        is_finite_in = (number > 0 or (number == 0 and not self.min_open)) and number <= self.most
        if not (is_finite_in or (self.takes_inf and number == math.inf)):
            least = 'above 0' if self.min_open else 'from 0'
            infinite = ', or inf' if self.takes_inf else ''
            self.fail(f'{value!r} is not a number {least} to {self.most:g}{infinite}', param, ctx)
        return number


def common_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--loglevel` and `--configdir`, which every command takes.

    Both are handed on through the environment, so that every process of the tree sees them.

    Parameters
    ----------
    function : callable
        The command's callback; it does not receive the two options.

    Returns
    -------
    callable
        The callback with the options added.
    """

    @click.option(
        '--loglevel',
        type=click.Choice(LOG_LEVELS, case_sensitive=False),
        default=None,
        help='Say more or less on stderr; debug shows tracebacks.  [default: warning]',
    )
    @click.option(
        '--configdir',
        type=click.Path(file_okay=False, exists=True, path_type=Path),
        default=None,
        help='Folder of the configuration files.  [default: the XDG one]',
    )
    @functools.wraps(function)
    def callback(*args: Any, loglevel: str | None, configdir: Path | None, **kwargs: Any) -> Any:
        if loglevel is not None:
            os.environ['PIKER_LOGLEVEL'] = loglevel
        if configdir is not None:
            os.environ['PIKER_CONFIG_DIR'] = str(configdir.expanduser().resolve())
        return function(*args, **kwargs)

    return callback


def json_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--json`, passed to the callback as `as_json`.

    Parameters
    ----------
    function : callable
        The command's callback.

    Returns
    -------
    callable
        The callback with the option added.
    """
    return click.option(
        '--json', 'as_json', is_flag=True, help='Print one JSON value and nothing else on stdout.'
    )(function)


def echo_json(value: object) -> None:
    """Print one JSON value on stdout.

    Parameters
    ----------
    value : object
        Anything that msgspec can encode.
    """
    click.echo(msgspec.json.format(msgspec.json.encode(value), indent=2))
