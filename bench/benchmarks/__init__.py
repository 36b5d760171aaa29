"""Benchmarks of piker, one module a layer; each tracks a ratio to a peer or a floor of its run."""
