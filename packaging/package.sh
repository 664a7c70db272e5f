#!/usr/bin/env bash
# Makes a release build into packages: build/packages/wrought_*.deb and
# wrought-*.tar.zst. Their bytes depend on the sources and the tools only; their
# time is SOURCE_DATE_EPOCH, by default that of the last commit.
# Needs Debian 12, as root or with sudo (see packaging/debian.sh).
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=packaging/debian.sh
. packaging/debian.sh
[ $# -eq 0 ] || { sed -n '2,5s/^# \{0,1\}//p' "$0"; exit 2; }

install_packages "${BUILD_PACKAGES[@]}" "${PACKING_PACKAGES[@]}"
configure release -DWROUGHT_TESTS=OFF
cmake --build --preset release
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH
mkdir -p build/packages
packages=$PWD/build/packages
(cd build/release && cpack -G 'DEB;External' -B "$packages")
rm -rf build/packages/_CPack_Packages build/packages/*.json
say "packages:"
ls -l build/packages
