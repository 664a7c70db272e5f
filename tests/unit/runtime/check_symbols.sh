#!/bin/sh
# check_symbols.sh NM ARCHIVE…: a runtime needs nothing that neither it, the
# compiled module nor the linker defines, and defines nothing that could clash
# with a module's symbols; all of them define the same.
set -eu
nm=$1
shift

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# What every runtime may leave undefined.
allowed='wrought_config
wrought_fuel
_DYNAMIC
__ehdr_start
_end
__start_wrought_text
__stop_wrought_text
__start_wrought_memory_calls
__stop_wrought_memory_calls
__start_wrought_functions
__stop_wrought_functions
__start_wrought_profile
__stop_wrought_profile'

status=0
complain() {
  echo "$archive: $*"
  status=1
}

symbols() {
  "$nm" "$@" --format=just-symbols --no-sort "$archive" |
    grep -v -e ':$' -e '^$' | sort -u
}

for archive; do
  symbols --defined-only --extern-only >"$work/defined"
  symbols --undefined-only >"$work/undefined"
  for symbol in $(comm -23 "$work/undefined" "$work/defined"); do
    printf '%s\n' "$allowed" | grep -qx -e "$symbol" ||
      complain "undefined and not allowed: $symbol"
  done
  # _start, wrought_*, libcalls (lower-case C names) and our own C++ namespace.
  while read -r symbol; do
    case $symbol in
    _start | wrought_* | _ZN7wrought* | _ZNK7wrought* | _ZZN7wrought*) ;;
    __multi3 | __muloti4 | __udivti3 | __umodti3 | __divti3 | __modti3) ;;
    __ashlti3 | __lshrti3 | __ashrti3) ;;
    mem* | bcmp | strlen | fma | fmaf) ;;
    floor* | ceil* | trunc* | rint* | nearbyint* | roundeven*) ;;
    *) complain "defined outside the runtime's names: $symbol" ;;
    esac
  done <"$work/defined"
  # Only one CPU's kernel wants to be told where signal handlers return to; what
  # is inlined or not is the compiler's choice.
  grep -v -e '^wrought_signal_return$' -e '^_Z' "$work/defined" >"$work/common" ||
    complain "no symbols found"
  if [ -e "$work/first" ]; then
    diff "$work/first" "$work/common" || complain "other symbols than $first's"
  else
    mv "$work/common" "$work/first"
    first=$archive
  fi
done
exit $status
