#!/usr/bin/env bash
# What a call into a module costs: run.sh WROUGHT
#
# Calls of one multiplication, then a simulator of a web proxy's cache that asks
# a module's policy a million times; beside native code, Node and wasm2c (Debian's
# wabt), where they are installed.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
wrought=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

compile() {
  clang-22 --target=wasm32-wasi --no-wasm-opt -Wno-deprecated -O2 -nostartfiles \
    -Wl,--no-entry "$here/$1.c" -o "$1.wasm"
  clang-22 -O2 -fPIC -shared "$here/$1.c" -o "libnative_$1.so"
}

# Sets `translated` to what adds a module by wasm2c to a host.
translate() {
  translated=()
  command -v wasm2c >/dev/null || return 0
  wasm2c "$1.wasm" -n "$1" -o "$1.wasm2c.c"
  clang-22 -O2 -I. -Wno-everything -c "$1.wasm2c.c"
  translated=(-DWASM2C "$1.wasm2c.o" -lwasm-rt-impl)
}

compile multiply
"$wrought" build multiply.wasm -o libmultiply.so
translate multiply
clang-22 -O2 -I. "$here/host.c" ./libmultiply.so ./libnative_multiply.so \
  "${translated[@]}" -o host
LD_LIBRARY_PATH=. ./host
if command -v node >/dev/null; then
  node "$here/node_multiply.cjs" multiply.wasm
fi

compile policy
"$wrought" build policy.wasm -o libproxy.so
translate policy
clang-22 -O2 -I. -Wno-unused-function "$here/simulator.c" ./libproxy.so \
  ./libnative_policy.so -lm "${translated[@]}" -o simulator
LD_LIBRARY_PATH=. ./simulator requests
if command -v node >/dev/null; then
  node "$here/node_simulator.cjs" policy.wasm requests
fi
