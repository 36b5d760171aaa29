"""Providers of market data, one package each, all with the modules symbols, feed and history."""
