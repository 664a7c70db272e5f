#!/bin/sh
# run.sh PROGRAM [N]: start-up time of PROGRAM against a hello world in C that is
# linked statically with the C library.
set -eu
if [ $# -lt 1 ]; then
  echo "usage: run.sh PROGRAM [N]" >&2
  exit 2
fi
cc=${CC:-clang-22}
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$cc" -O2 -o "$work/startup" "$here/startup.c"
"$cc" -O2 -static -o "$work/hello-static" "$here/hello.c"
"$work/startup" "$work/hello-static" "$1" "${2:-1000}"
