"""Property tests of kernels: no deadlines, because a busy machine is no mistake of theirs."""

from hypothesis import settings

settings.register_profile('kernels', deadline=None)
settings.load_profile('kernels')
