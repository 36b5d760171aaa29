"""Entry points of the `piker` and `pikerd` commands.

A command's module is imported only when that command runs, so that `piker --help` starts neither
Qt nor the actor runtime. Every known failure is a `PikerError` and leaves as one sentence on
stderr with exit code 1; `--loglevel debug` adds the traceback. Wrong usage is one sentence too,
with exit code 2.
"""

from __future__ import annotations

import importlib
import os
import re
import signal
import traceback
from typing import TYPE_CHECKING, Any, NoReturn

import click
from click.exceptions import NoArgsIsHelpError

from piker import __version__
from piker.core.errors import PikerError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ['main', 'pikerd']

COMMANDS = {
    'chart': 'Open the chart of one or more symbols, live.',
    'services': 'List the running actors: name, pid, address, uptime, memory.',
    'doctor': 'Report what this machine has and lacks.',
}

EPILOG = """\b
First steps:
  piker chart                        the packaged demo market, live
  piker chart goog.demo.replay       another symbol of the demo market
  piker chart --replay ticks.csv     a recording or a table of your own
  pikerd                             the service tree alone; charts attach to it
  piker doctor                       what this machine has and lacks
"""


class LazyGroup(click.Group):
    """A click group that imports a command's module only when the command is asked for.

    The command `name` is the object `command` of module `piker.cli.<name>`.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands in the order they are shown."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command, or None where there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        command = importlib.import_module(f'piker.cli.{cmd_name}').command
        if not isinstance(command, click.Command):
            raise TypeError(f'piker.cli.{cmd_name}.command is not a click command')
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands' one-liners without importing the commands."""
        with formatter.section('Commands'):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command to run, and name the known ones where it is unknown."""
        if args and args[0] not in COMMANDS and not args[0].startswith('-'):
            known = ', '.join(COMMANDS)
            ctx.fail(f'no command {args[0]!r}; there are {known}')
        return super().resolve_command(ctx, args)


@click.group(
    cls=LazyGroup,
    context_settings={'help_option_names': ['-h', '--help'], 'max_content_width': 100},
    epilog=EPILOG,
)
@click.version_option(__version__, prog_name='piker')
def piker() -> None:
    """Real-time charting and trading for people who live on the keyboard.

    piker streams market data through shared memory into a chart that draws only what a pixel can
    show. Each command has its own --help.
    """


def usage_sentence(error: click.ClickException) -> str:
    """Return what is wrong with the arguments, and whose help says more, in one line."""
    text = ' '.join(error.format_message().split()).rstrip('.').replace('. (', ' (')
    text = re.sub(r'\. ([A-Z])', lambda start: f'; {start[1].lower()}', text)
    context = error.ctx if isinstance(error, click.UsageError) else None
    more = f' ({context.command_path} --help says more)' if context else ''
    return text[:1].lower() + text[1:] + more


def run(command: click.Command, args: Sequence[str] | None) -> NoReturn:
    """Run a command to its exit code, turning known errors into one sentence.

    Parameters
    ----------
    command : click.Command
        What to run.
    args : sequence of str, optional
        The arguments; those of the process by default.

    Raises
    ------
    SystemExit
        Always: 0 on success, 1 on a known error, 2 on wrong usage, 130 after Ctrl-C.
    """
    try:
        result: Any = command.main(args=args, prog_name=command.name, standalone_mode=False)
    except NoArgsIsHelpError as error:
        error.show()
        raise SystemExit(error.exit_code) from None
    except click.ClickException as error:
        click.echo(f'piker: {usage_sentence(error)}', err=True)
        raise SystemExit(error.exit_code) from None
    except (click.Abort, KeyboardInterrupt):
        raise SystemExit(128 + signal.SIGINT) from None
    except PikerError as error:
        if os.environ.get('PIKER_LOGLEVEL', '').lower() == 'debug':
            traceback.print_exc()
        click.echo(f'piker: {error}', err=True)
        raise SystemExit(1) from None
    except BrokenPipeError:
        # The reader of our output (`head`, say) left: nothing to tell anybody.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        raise SystemExit(0) from None
    raise SystemExit(result if isinstance(result, int) else 0)


def main(args: Sequence[str] | None = None) -> NoReturn:
    """Run the `piker` command.

    Parameters
    ----------
    args : sequence of str, optional
        The arguments; those of the process by default.
    """
    run(piker, args)


def pikerd(args: Sequence[str] | None = None) -> NoReturn:
    """Run the `pikerd` command.

    Parameters
    ----------
    args : sequence of str, optional
        The arguments; those of the process by default.
    """
    run(importlib.import_module('piker.cli.pikerd').command, args)
