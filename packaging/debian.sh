# Installing Debian packages, for quickstart.sh and tests/run.sh (sourced).
# Only what is missing is installed, and package lists are fetched only when
# something is. Works as root or through sudo, and never asks.

say() { printf '== %s\n' "$*"; }
die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    die "packages have to be installed: run this as root, or install sudo"
  fi
}

is_debian_12() {
  [ -r /etc/os-release ] || return 1
  # shellcheck disable=SC1091
  (. /etc/os-release && [ "${ID-}" = debian ] && [ "${VERSION_ID-}" = 12 ])
}

is_installed() {
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

has_candidate() {
  [[ $(apt-cache policy "$1" 2>/dev/null) == *"Candidate: "[0-9]* ]]
}

apt() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y "$@" </dev/null
}

# LLVM 22 is in bookworm's security updates. Every ordinary installation has
# them; a root straight from debootstrap does not. The suite is then taken from
# the mirror that serves the main archive.
add_security_suite() {
  local list=/etc/apt/sources.list.d/bookworm-security.list mirror
  mirror=$(apt-cache policy | sed -nE \
    's#^ +[0-9]+ (https?://[^ ]+/debian)/? bookworm/main .*#\1#p')
  mirror=${mirror%%$'\n'*}
  [ -n "$mirror" ] || return 1
  say "adding the suite bookworm-security ($list)"
  printf 'deb %s-security bookworm-security main\n' "$mirror" |
    as_root tee "$list" >/dev/null
  apt update
}

# Some packages bring a server: the tests start it by themselves.
without_services() {
  local policy=/usr/sbin/policy-rc.d status=0
  [ ! -e "$policy" ] || { "$@"; return; }
  printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
  as_root chmod 755 "$policy"
  "$@" || status=$?
  as_root rm -f "$policy"
  return $status
}

# install_packages NAME… installs those that are not installed.
install_packages() {
  local missing=() name
  for name in "$@"; do
    is_installed "$name" || missing+=("$name")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  say "installing ${missing[*]}"
  local updated=
  for name in "${missing[@]}"; do
    if ! has_candidate "$name" && [ -z "$updated" ]; then
      apt update || die "apt-get update failed"
      updated=yes
    fi
    has_candidate "$name" || { [[ $name == *-22* ]] && add_security_suite; } ||
      die "no package $name: are the suites bookworm and bookworm-security in" \
        "the sources of apt?"
  done
  # Lists that are there may be older than the archive: fetch them, try again.
  without_services apt install --no-install-recommends "${missing[@]}" ||
    { [ -z "$updated" ] && apt update &&
      without_services apt install --no-install-recommends "${missing[@]}"; } ||
    die "could not install: ${missing[*]}"
}

# What building Wrought takes; LLVM's and lld's libraries bring the rest.
BUILD_PACKAGES=(cmake ninja-build clang-22 lld-22 llvm-22-dev liblld-22-dev
  libcli11-dev libzstd-dev libsodium-dev zlib1g-dev libcurl4-openssl-dev)
# What compiling C for Wasm takes (examples and tests).
WASM_C_PACKAGES=(wasi-libc libclang-rt-22-dev-wasm32)
# What making packages takes.
PACKING_PACKAGES=(dpkg-dev zstd file)
# What the tests take besides.
TEST_PACKAGES=(python3 qemu-user libgtest-dev libgmock-dev libclang-rt-22-dev
  libc++-22-dev-wasm32 libc++abi-22-dev-wasm32 llvm-22 "${PACKING_PACKAGES[@]}"
  python3-yaml make gcc curl pkg-config openssl skopeo nginx
  binaryen libc6-dev-arm64-cross libc6-dev-riscv64-cross libgcc-12-dev-arm64-cross
  libgcc-12-dev-riscv64-cross)

# check_tools NAME… is for other distributions: nothing is installed there.
check_tools() {
  local missing=() name
  for name in "$@"; do
    command -v "$name" >/dev/null || missing+=("$name")
  done
  [ ${#missing[@]} -eq 0 ] && return
  die "this is not Debian 12, so nothing is installed for you." \
    "Not found: ${missing[*]}." \
    "Needed: CMake 3.25, Ninja, clang 22, the development files of LLVM 22," \
    "lld 22, CLI11, zstd, libsodium, zlib and libcurl, wasi-libc, and compiler-rt for wasm32."
}

# configure PRESET [CMAKE ARGUMENTS…]: once; cmake --build keeps it fresh.
configure() {
  local preset=$1
  shift
  [ -f "build/$preset/build.ninja" ] || cmake --preset "$preset" "$@"
}
