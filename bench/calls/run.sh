#!/usr/bin/env bash
# What a call into a module costs: run.sh WROUGHT
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
wrought=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
clang-22 --target=wasm32-wasi --no-wasm-opt -Wno-deprecated -O2 -nostartfiles \
  -Wl,--no-entry "$here/multiply.c" -o multiply.wasm
"$wrought" build multiply.wasm -o libmultiply.so
clang-22 -O2 -fPIC -shared "$here/multiply.c" -o libnative.so
clang-22 -O2 -I. "$here/host.c" ./libmultiply.so ./libnative.so -o host
LD_LIBRARY_PATH=. ./host
if command -v node >/dev/null; then
  node "$here/node_multiply.cjs" multiply.wasm
fi
