"""The Qt side of the chart: widgets and graphics that paint what the models say."""
