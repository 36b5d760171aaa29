"""How piker is built: the PEP 517/660 backend, the corrected tractor wheel, the set-up of a machine."""
