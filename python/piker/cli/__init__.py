"""The command line: each command parses its options, calls the layer that does the work, and prints."""
