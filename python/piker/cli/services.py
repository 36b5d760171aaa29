"""`piker services`: what runs."""

from __future__ import annotations

import click

from piker.cli.options import common_options, echo_json, json_option

__all__ = ['command', 'human_bytes', 'human_seconds']

HEADINGS = ('name', 'pid', 'address', 'uptime', 'memory')


def human_seconds(seconds: float) -> str:
    """Return a duration in its two largest units.

    Parameters
    ----------
    seconds : float
        Duration, not negative.

    Returns
    -------
    str
        For example '7s', '3m 04s', '5h 02m', '2d 11h'.
    """
    whole = int(seconds)
    minutes, rest = divmod(whole, 60)
    hours, minutes_rest = divmod(minutes, 60)
    days, hours_rest = divmod(hours, 24)
    if days:
        return f'{days}d {hours_rest:02}h'
    if hours:
        return f'{hours}h {minutes_rest:02}m'
    if minutes:
        return f'{minutes}m {rest:02}s'
    return f'{whole}s'


def human_bytes(count: float) -> str:
    """Return a size with one decimal in binary units.

    Parameters
    ----------
    count : float
        Bytes.

    Returns
    -------
    str
        For example '512 B', '81.3 MiB'.
    """
    for unit in ('B', 'KiB', 'MiB'):
        if count < 1024:
            return f'{count:.0f} {unit}' if unit == 'B' else f'{count:.1f} {unit}'
        count /= 1024
    return f'{count:.1f} GiB'


@click.command('services', short_help='List the running actors.')
@json_option
@common_options
def command(*, as_json: bool) -> None:
    """List the running actors: name, pid, address, uptime and resident memory."""
    from piker.runtime.records import list_services

    records = list_services()
    if as_json:
        echo_json(records)
        return
    if not records:
        click.echo('nothing runs: start `pikerd`, or a chart with `piker chart`', err=True)
        return
    rows = [
        HEADINGS,
        *(
            (
                record.name,
                str(record.pid),
                record.address,
                human_seconds(record.uptime_s),
                human_bytes(record.rss_bytes),
            )
            for record in records
        ),
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo('  '.join(cells).rstrip())
