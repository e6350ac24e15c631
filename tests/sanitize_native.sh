#!/bin/sh
# Run the tests of the native engine with its library checked by the address and the undefined
# behaviour sanitizer: any finding ends the run with an error. Large images are left out: they
# take the same paths as small ones, only longer.
set -eu
cd "$(dirname "$0")/.."

compiler=${CXX:-c++}
XDG_CACHE_HOME=$(mktemp -d)
trap 'rm -rf "$XDG_CACHE_HOME"' EXIT
export XDG_CACHE_HOME
export FACEPATCH_CXXFLAGS="-fsanitize=address,undefined -fno-sanitize-recover=all -g -O2"
# Python and PyTorch keep memory until they end, so leaks are not looked for.
export ASAN_OPTIONS=detect_leaks=0
# The sanitizer's own library has to come before all others in a Python that was built without it.
LD_PRELOAD="$($compiler -print-file-name=libasan.so) $($compiler -print-file-name=libstdc++.so)" \
    python -m pytest -p no:cacheprovider tests/unit/test_native_engine.py \
    tests/unit/test_native_training.py -k "not 64px and not 256px and not layouts" "$@"
