"""piker: real-time charting and trading on Linux.

Start at `piker.shm` (rings in shared memory), `piker.kernels` (compiled kernels), `piker.errors`,
or on the command line with `piker --help`. Importing `piker` itself loads none of these.
"""

__version__ = '0.1.0'

__all__ = ['__version__']
