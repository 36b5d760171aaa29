"""What every layer stands on: errors, row types, wire messages, clock, folders, log."""
