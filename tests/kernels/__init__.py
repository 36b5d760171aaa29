"""Tests of the compiled kernels against their twins in plain Python."""
