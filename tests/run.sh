#!/usr/bin/env bash
# Builds Wrought and runs its tests, from a clean checkout to a closing line.
#   tests/run.sh            everything, with the sanitizer build for bad inputs
#   tests/run.sh --quick    a sample: no sanitizers, one -O level, fewer copies
#   tests/run.sh --full     also the longest runs and all damaged modules and
#                           bundles, and under the sanitizers all unit tests and
#                           the spec suite's invalid modules
# Missing packages are installed on Debian 12 (root or sudo). The spec scripts
# are read from $WROUGHT_SPEC_DIR, by default ../shared/spec-testsuite; without
# them those tests are skipped. What is skipped is listed at the end.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=packaging/debian.sh
. packaging/debian.sh

mode=${1-}
case $mode in
'' | --quick | --full) ;;
--help) sed -n '2,10s/^# \{0,1\}//p' "$0"; exit 0 ;;
*) echo "usage: tests/run.sh [--quick|--full]" >&2; exit 2 ;;
esac

started=$(date +%s)
if is_debian_12; then
  install_packages "${BUILD_PACKAGES[@]}" "${WASM_C_PACKAGES[@]}" \
    "${TEST_PACKAGES[@]}"
  # Another Node.js than Debian's is as good, if it comes with npm.
  command -v node >/dev/null || install_packages nodejs
  command -v npm >/dev/null || install_packages npm
else
  check_tools cmake ninja clang++-22 ld.lld-22 python3
fi

# Per cent of the damaged modules and bundles, and of those under the sanitizers.
case $mode in
--quick) share=5 sanitized_share=5 ;;
--full) share=100 sanitized_share=100 ;;
*) share=40 sanitized_share=25 ;;
esac

say "building (dev: assertions, warnings are errors)"
cmake --preset dev -DWROUGHT_DAMAGE_SHARE=$share
cmake --build --preset dev

say "fetching the real programs that are tested"
python3 -B tests/e2e/packages.py build/dev/packages ||
  say "not all of them could be fetched: their tests will be skipped"

# run_ctest PRESET CTEST-ARGUMENTS…; the outcome is in results/*.xml.
results=$PWD/build/test-results
mkdir -p "$results"
rm -f "$results"/*.xml
status=0
runs=0
run_ctest() {
  local preset=$1
  shift
  runs=$((runs + 1))
  say "testing ($preset)"
  ctest --test-dir "build/$preset" -j2 --output-on-failure --no-tests=error \
    --output-junit "$results/$runs-$preset.xml" "$@" </dev/null || status=1
}

if [ "$mode" = --quick ]; then
  run_ctest dev -LE long -E '(_O2$|_O2_|_explicit$)'
else
  if [ "$mode" = --full ]; then
    run_ctest dev
  else
    run_ctest dev -LE long
  fi
  say "building (asan-ubsan)"
  cmake --preset asan-ubsan -DWROUGHT_DAMAGE_SHARE=$sanitized_share
  mkdir -p build/asan-ubsan/packages
  cp -n build/dev/packages/* build/asan-ubsan/packages/ || true
  if [ "$mode" = --full ]; then
    cmake --build --preset asan-ubsan
    run_ctest asan-ubsan -LE e2e -E '^spec_O|^regress_'
    run_ctest asan-ubsan -R '^e2e_bundles_(damage|hostile|many_parts)$'
  else
    cmake --build --preset asan-ubsan --target wrought_damage
    run_ctest asan-ubsan -L robustness
  fi
fi

python3 -B tests/e2e/summarize.py "$(($(date +%s) - started))" \
  "$results"/*.xml || status=1
exit $status
