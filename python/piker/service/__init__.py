"""The tree of daemons: which there are, how each is started, and `pikerd`, their root."""
