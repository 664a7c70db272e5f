#!/bin/sh
# Validation side by side with Node's WebAssembly.validate on the same bytes:
#
#   bench/validate/run.sh BUILD_DIR MODULE [RUNS]
#
# BUILD_DIR has bench_validate (ninja bench_validate). Runs alternate, each in a
# process of its own, so that both meet the same noise; the medians and their
# ratio are printed.
set -eu
here=$(dirname "$0")
build=$1
module=$2
runs=${3:-9}
bench=$(find "$build" -name bench_validate -type f -perm -u+x | head -n 1)
[ -n "$bench" ] || { echo "no bench_validate in $build" >&2; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
i=0
while [ "$i" -lt "$runs" ]; do
  "$bench" "$module" 1 >>"$work/wrought" 2>"$work/memory"
  node "$here/node_validate.js" "$module" 1 >>"$work/node"
  i=$((i + 1))
done

median() { sort -g "$1" | sed -n "$(((runs + 1) / 2))p"; }
wrought=$(median "$work/wrought")
node=$(median "$work/node")
echo "wrought: $wrought ms (median of $runs), peak $(cat "$work/memory")"
echo "node $(node --version): $node ms"
awk -v a="$wrought" -v b="$node" 'BEGIN { printf "ratio: %.2f\n", a / b }'
