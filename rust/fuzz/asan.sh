#!/bin/sh
# Run the fuzz targets under AddressSanitizer, which the stable compiler has. Usage: asan.sh OPTIONS, as src/main.rs tells them.
set -eu
cd "$(dirname "$0")/../.."
say() { echo "piker: $*" >&2; }
host=$(rustc -vV | sed -n 's/^host: //p')
folder=target/asan
mkdir -p "$folder"
fuzz() { "$folder/$host/fuzz/piker-fuzz" "$@" --note "$folder/input"; }

flags=-Zsanitizer=address
export RUSTC_BOOTSTRAP=1
# Debian's Rust comes without the sanitizer's runtime: gcc's serves as well.
# shellcheck disable=SC2086  # one word a flag
if ! echo 'fn main() {}' | rustc $flags --target "$host" -o "$folder/probe" - 2>/dev/null; then
    flags="$flags -Zexternal-clangrt -Zpre-link-arg=-Wl,--no-as-needed -Zpre-link-arg=-lasan"
fi
RUSTFLAGS=$flags cargo build --quiet --profile fuzz --package piker-fuzz --target "$host" --target-dir "$folder"
if fuzz --target outside --inputs 1 2>/dev/null; then
    say "the sanitizer did not see a read outside of memory: its silence means nothing"
    exit 1
fi
fuzz "$@" || { say "the input was $(cat "$folder/input")"; exit 1; }
