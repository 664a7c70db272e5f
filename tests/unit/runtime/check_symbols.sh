#!/bin/sh
# check_symbols.sh NM ARCHIVE: the runtime needs nothing that neither it, the
# compiled module nor the linker defines, and defines nothing that could clash
# with a module's symbols.
set -eu
nm=$1
archive=$2

defined=$(mktemp)
undefined=$(mktemp)
trap 'rm -f "$defined" "$undefined"' EXIT

"$nm" --defined-only --extern-only --format=just-symbols --no-sort "$archive" |
  grep -v -e ':$' -e '^$' | sort -u >"$defined"
"$nm" --undefined-only --format=just-symbols --no-sort "$archive" |
  grep -v -e ':$' -e '^$' | sort -u >"$undefined"

allowed='wrought_module
wrought_config
__ehdr_start
_end
__start_wrought_text
__stop_wrought_text
__start_wrought_memory_calls
__stop_wrought_memory_calls
__start_wrought_functions
__stop_wrought_functions'

status=0
for symbol in $(comm -23 "$undefined" "$defined"); do
  if ! printf '%s\n' "$allowed" | grep -qx -e "$symbol"; then
    echo "undefined and not allowed: $symbol"
    status=1
  fi
done
# _start, wrought_*, libcalls (lower-case C names) and our own C++ namespace.
for symbol in $(cat "$defined"); do
  case $symbol in
  _start | wrought_* | _ZN7wrought* | _ZNK7wrought* | _ZZN7wrought*) ;;
  __multi3 | __muloti4 | __udivti3 | __umodti3 | __divti3 | __modti3) ;;
  mem* | bcmp | strlen | fma | fmaf) ;;
  floor* | ceil* | trunc* | rint* | nearbyint* | roundeven*) ;;
  *)
    echo "defined outside the runtime's names: $symbol"
    status=1
    ;;
  esac
done
if [ ! -s "$defined" ]; then
  echo "no symbols found in $archive"
  status=1
fi
exit $status
