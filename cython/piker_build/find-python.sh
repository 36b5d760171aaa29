#!/bin/sh
# Print a Python 3.11 to 3.13 that can make virtual environments and compile extensions; fail where there is none.
for name in python3.11 python3.12 python3.13 python3; do
    found=$(command -v "$name") || continue
    # Run it: a name on the path may be a shim for a version that is not there.
    "$found" - 2>/dev/null <<'PYTHON' && exit 0
import ensurepip
import os
import sys
import sysconfig
import venv

header = os.path.join(sysconfig.get_path("include"), "Python.h")
if not (3, 11) <= sys.version_info < (3, 14) or not os.path.exists(header):
    sys.exit(1)
print(os.path.realpath(sys.executable))
PYTHON
done
exit 1
