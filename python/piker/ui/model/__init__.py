"""What a chart shows, as values and numbers: no module below this one imports Qt."""
