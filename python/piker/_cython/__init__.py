"""The Cython modules; `piker.shm` is their only importer."""
