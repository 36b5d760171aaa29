"""The command line: each command parses, calls the layer that does the work, and prints."""
