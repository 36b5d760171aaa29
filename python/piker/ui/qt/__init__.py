"""The Qt side of the chart: widgets and graphics that paint what the models say."""

import os

# Where another binding is installed too, pyqtgraph would take that one first.
os.environ['PYQTGRAPH_QT_LIB'] = 'PyQt5'
