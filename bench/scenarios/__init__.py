"""Long runs of the real program on a virtual display, watched from outside."""
