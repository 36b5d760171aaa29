"""Every error that piker raises for a cause outside of itself.

::

    PikerError
    ├── InputError (ValueError)    an argument, an option or a key that cannot be
    ├── ConfigError                a configuration file
    ├── InstallationError          something that piker needs is not on this machine
    ├── NoDisplay                  a window was asked for, and there is no display
    ├── SymbolError                no such symbol, or no such provider
    ├── DataFileError              a recording or a table that cannot be read
    ├── ShmError
    │   ├── ShmFull                no room for a segment
    │   ├── Overrun                the writer overwrote what was being read
    │   ├── SegmentGone            the writer of a segment has died or closed it
    │   └── SegmentForeign         a segment that is not ours, or not what the token says
    └── ServiceError
        ├── FeedError              a feed ended or cannot be had
        ├── DaemonDied             a process of the tree ended without being asked to
        ├── PeerRefused            a peer could not prove that it is ours
        └── TreeError              a tree is running already, or its record is damaged

Each message is one sentence: what was asked, what was found, what to do next. An `assert` that
fails, or any other exception, is a defect of piker.
"""

__all__ = [
    'ConfigError',
    'DaemonDied',
    'DataFileError',
    'FeedError',
    'InputError',
    'InstallationError',
    'NoDisplay',
    'Overrun',
    'PeerRefused',
    'PikerError',
    'SegmentForeign',
    'SegmentGone',
    'ServiceError',
    'ShmError',
    'ShmFull',
    'SymbolError',
    'TreeError',
]


class PikerError(Exception):
    """Anything that went wrong for a cause outside of piker; its text is for the user."""


class InputError(PikerError, ValueError):
    """An argument, an option or a key that cannot be."""


class ConfigError(PikerError):
    """A configuration file that cannot be read or holds what cannot be."""


class InstallationError(PikerError):
    """Something that piker needs is not on this machine."""


class NoDisplay(PikerError):
    """A window was asked for, and there is no display to open it on."""


class SymbolError(PikerError):
    """No such symbol, or no such provider."""


class DataFileError(PikerError):
    """A recording or a table that cannot be read."""


class ShmError(PikerError):
    """Shared memory."""


class ShmFull(ShmError):
    """There is no room for a segment."""


class Overrun(ShmError):
    """The writer has overwritten rows while they were read."""


class SegmentGone(ShmError):
    """The writer of a segment has died or closed it."""


class SegmentForeign(ShmError):
    """A segment belongs to somebody else, or is not what its token says."""


class ServiceError(PikerError):
    """The tree of processes."""


class FeedError(ServiceError):
    """A feed ended, or cannot be had."""


class DaemonDied(ServiceError):
    """A process of the tree ended without being asked to."""


class PeerRefused(ServiceError):
    """A peer could not prove that it is ours."""


class TreeError(ServiceError):
    """A tree is running already, or the record of one is damaged."""
