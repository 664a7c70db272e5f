#!/usr/bin/env bash
# From a checkout to a native program: installs what is missing, builds the
# compiler, builds examples/wordcount to Wasm, compiles that to native and runs
# it. Made for Debian 12, as root or with sudo; running it again is quick.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=packaging/debian.sh
. packaging/debian.sh

if [ "${1-}" = --help ]; then
  echo "usage: packaging/quickstart.sh"
  echo "Installs what Wrought needs, builds it, and builds and runs an example."
  exit 0
fi
[ $# -eq 0 ] || { echo "usage: packaging/quickstart.sh" >&2; exit 2; }

if is_debian_12; then
  install_packages "${BUILD_PACKAGES[@]}" "${WASM_C_PACKAGES[@]}"
else
  check_tools cmake ninja clang++-22 ld.lld-22
fi

say "building Wrought"
configure release -DWROUGHT_TESTS=OFF
cmake --build --preset release
wrought=$PWD/build/release/bin/wrought

say "compiling the example: C, to Wasm, to a native program"
out=$PWD/build/quickstart
mkdir -p "$out"
set -x
clang-22 --target=wasm32-wasi --no-wasm-opt -Wno-deprecated -O2 \
  examples/wordcount/wordcount.c -o "$out/wordcount.wasm"
"$wrought" build "$out/wordcount.wasm" -o "$out/wordcount" --dir .:ro
"$out/wordcount" -n 3 README.md LICENSE | tee "$out/wordcount.txt"
{ set +x; } 2>/dev/null

# The count that another tool comes to: words are runs of letters and digits.
counted=$(sed -n 's/ words.*//p' "$out/wordcount.txt")
expected=$(LC_ALL=C tr -cs '0-9A-Za-z\200-\377' '\n' <README.md | grep -c . || true)
expected=$((expected +
  $(LC_ALL=C tr -cs '0-9A-Za-z\200-\377' '\n' <LICENSE | grep -c . || true)))
[ "$counted" = "$expected" ] ||
  die "the example counted '$counted' words, there are $expected"

say "quickstart: success. The compiler is build/release/bin/wrought," \
  "the example build/quickstart/wordcount"
