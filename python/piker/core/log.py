"""One log format for every process, on stderr."""

from __future__ import annotations

import logging
import os
import sys

__all__ = ['get_logger', 'start_logging']

FORMAT = '%(asctime)s %(levelname)-7s {process} %(name)s: %(message)s'
ROOT = 'piker'


def start_logging(process_name: str) -> None:
    """Send the log of this process to stderr, at the level of `--loglevel`.

    Parameters
    ----------
    process_name : str
        What the lines of this process are marked with, for example 'brokerd.replay'.
    """
    level = os.environ.get('PIKER_LOGLEVEL', 'warning').upper()
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter(FORMAT.format(process=process_name)))
    logger = logging.getLogger(ROOT)
    logger.handlers = [handler]
    logger.propagate = False
    logger.setLevel(level)


def get_logger(name: str) -> logging.Logger:
    """Return the logger of an area.

    Parameters
    ----------
    name : str
        The module's `__name__`.

    Returns
    -------
    logging.Logger
        Below the logger 'piker'.
    """
    return logging.getLogger(name)
