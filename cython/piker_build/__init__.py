"""How piker is built: the build backend, the corrected tractor wheel, the set-up of a machine."""
