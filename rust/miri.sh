#!/bin/sh
# Run the tests of the pure crates under Miri, which sees undefined behaviour that no processor shows. It takes the portable
# paths only: those for AVX2 are for AddressSanitizer (fuzz/asan.sh).
set -eu
cd "$(dirname "$0")/.."
toolchain=nightly-2026-03-01
say() { echo "piker: $*" >&2; }
give_up() {
    say "Miri did not run: $1"
    [ "${PIKER_TEST_STRICT:-}" != 1 ] || exit 1
    exit 0
}

command -v rustup >/dev/null || give_up "it needs rustup, which is not installed"
if ! cargo "+$toolchain" miri --version >/dev/null 2>&1; then
    say "fetching $toolchain with Miri"
    rustup toolchain install "$toolchain" --profile minimal --component miri --component rust-src >/dev/null ||
        give_up "rustup could not fetch $toolchain"
fi
# A ring tells its kernels addresses as integers.
MIRIFLAGS=-Zmiri-permissive-provenance cargo "+$toolchain" miri test --quiet --lib --target-dir target/miri \
    --package piker-series --package piker-path --package piker-raster --package piker-signal --package piker-trigger --package piker-fuzz
