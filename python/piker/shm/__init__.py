"""Rings of rows in shared memory: one writer, many readers, no locks."""

from piker._cython.sampling import BarFolder
from piker._cython.shmring import FieldView
from piker.shm.array import ShmArray, attach_shm_array, open_shm_array
from piker.shm.sharedint import SharedInt

__all__ = [
    'BarFolder',
    'FieldView',
    'SharedInt',
    'ShmArray',
    'attach_shm_array',
    'open_shm_array',
]
