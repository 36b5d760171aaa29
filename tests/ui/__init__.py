"""The chart drawn off screen and under a virtual display."""
