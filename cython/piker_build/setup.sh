#!/bin/sh
# Set a checkout up: system packages, .venv, dependencies, compiled parts. Does only what is not done: a second run takes a second.
# Usage: setup.sh [test|bench], from the root of the checkout.
set -eu
here=$(dirname "$0")
unset VIRTUAL_ENV PYTHONHOME PYTHONPATH
say() { echo "piker: $*"; }
newer_than() { stamp=$1; shift; [ ! -e "$stamp" ] || [ -n "$(find "$@" -type f -newer "$stamp" -print -quit)" ]; }

sh "$here/system.sh" "${1:-}"

if ! .venv/bin/python -c '' 2>/dev/null; then
    say "making a virtual environment in .venv"
    "$(sh "$here/find-python.sh")" -m venv --clear .venv
fi
if newer_than .venv/dependencies.stamp pyproject.toml constraints.txt cython/piker_build/tractor_wheel.py; then
    say "installing Python packages (a minute or two on a new machine)"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt uv
    .venv/bin/uv pip install --quiet --constraint constraints.txt --group dev
    say "making the corrected tractor"
    rm -f dist/piker_tractor-*.whl
    PYTHONPATH=cython .venv/bin/python -m piker_build.tractor_wheel dist >/dev/null
    rm -f .venv/build.stamp
fi
if newer_than .venv/build.stamp Cargo.toml Cargo.lock rust cython/piker_build/backend.py pyproject.toml; then
    say "compiling (a minute on a new machine, seconds later)"
    .venv/bin/uv pip install --quiet --constraint constraints.txt --find-links dist --no-build-isolation \
        --reinstall-package piker --reinstall-package piker-tractor --editable '.[all]'
    touch .venv/build.stamp .venv/dependencies.stamp
fi
PYTHONPATH=cython .venv/bin/python -m piker_build.extensions
if [ "${1:-}" = bench ] && newer_than .venv/bench.stamp .venv/dependencies.stamp "$here/overrides.txt"; then
    say "installing what benchmarks race against"
    .venv/bin/uv pip install --quiet --constraint constraints.txt --overrides "$here/overrides.txt" --group bench
    touch .venv/bench.stamp
fi
