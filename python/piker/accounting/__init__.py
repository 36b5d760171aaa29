"""Symbols and their ticks as values."""
