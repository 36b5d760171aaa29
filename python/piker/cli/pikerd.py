"""`pikerd`: the service tree alone, to which charts attach."""

from __future__ import annotations

import click

from piker import __version__
from piker.cli.options import common_options

__all__ = ['command']


@click.command('pikerd', context_settings={'help_option_names': ['-h', '--help']})
@click.version_option(__version__, prog_name='pikerd')
@common_options
def command() -> None:
    """Run the service tree until Ctrl-C.

    Charts that are started later attach to it and share its feeds; without it each chart brings
    a tree of its own and takes it down again.
    """
    from piker.service.pikerd import run_pikerd

    run_pikerd()
