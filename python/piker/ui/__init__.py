"""The desktop program: models without Qt, their Qt views, and the run of one chart window."""
