"""Feeds and their bus, sampling of ticks, resampling of bars, and the join of rings and kernels."""
