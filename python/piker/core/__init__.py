"""What every layer stands on: errors, configuration, row types, messages, folders, log."""
