#!/bin/sh
# The system packages that piker needs and this machine lacks: installs them by apt when root, else prints the one line to run.
# Usage: system.sh [test|bench]   (also what real windows are shown and driven with)
set -eu

QT_LIBRARIES="libGL.so.1:libgl1 libEGL.so.1:libegl1 libxcb-xinerama.so.0:libxcb-xinerama0 libxcb-icccm.so.4:libxcb-icccm4
libxcb-image.so.0:libxcb-image0 libxcb-keysyms.so.1:libxcb-keysyms1 libxcb-render-util.so.0:libxcb-render-util0
libxkbcommon-x11.so.0:libxkbcommon-x11-0 libxcb-shape.so.0:libxcb-shape0 libdbus-1.so.3:libdbus-1-3
libglib-2.0.so.0:libglib2.0-0 libfontconfig.so.1:libfontconfig1 libfreetype.so.6:libfreetype6"

missing=""
add() { missing="$missing $*"; }
has() { command -v "$1" >/dev/null 2>&1; }

python=$(sh "$(dirname "$0")/find-python.sh" || true)
[ -n "$python" ] || add python3 python3-venv python3-dev
has gcc || add gcc libc6-dev
cargo_minor=$(cargo --version 2>/dev/null | sed -n 's/^cargo 1\.\([0-9]*\)\..*/\1/p')
[ "${cargo_minor:-0}" -ge 88 ] || add rustc-web cargo-web
known=$(/sbin/ldconfig -p)
for pair in $QT_LIBRARIES; do
    case "$known" in *"${pair%%:*} "*) ;; *) add "${pair##*:}" ;; esac
done
if [ -n "${1:-}" ]; then
    has Xvfb || add xvfb
fi
if [ "${1:-}" = test ]; then
    has xdotool || add xdotool
    [ -e /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf ] || add fonts-dejavu-core
fi

[ -n "$missing" ] || exit 0
if ! has apt-get; then
    echo "piker: this machine lacks what these Debian packages hold, install it your system's way:$missing" >&2
    exit 1
fi
if [ "$(id -u)" != 0 ]; then
    echo "piker: system packages are missing; run this line, then make again:" >&2
    echo "sudo apt-get install -y --no-install-recommends$missing" >&2
    exit 1
fi
echo "piker: installing system packages:$missing"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# shellcheck disable=SC2086  # one word a package
apt-get install -y -qq --no-install-recommends $missing >/dev/null
