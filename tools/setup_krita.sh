#!/bin/sh
# Install Krita, and what a screenless machine needs to run and drive it, where they are missing.
set -eu
missing=
for pair in krita:krita Xvfb:xvfb xdotool:xdotool; do
    command -v "${pair%%:*}" >/dev/null || missing="$missing ${pair##*:}"
done
for package in python3-pyqt5 python3-pyqt5.sip libgl1-mesa-dri; do
    command -v dpkg-query >/dev/null || continue
    state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$state" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0
if ! command -v apt-get >/dev/null || [ "$(id -u)" != 0 ]; then
    echo "setup: missing:$missing. Install them with your package manager (or run as root on Debian)." >&2
    exit 1
fi
echo "setup: installing$missing"
apt-get update -qq
# shellcheck disable=SC2086
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
