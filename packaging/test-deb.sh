#!/usr/bin/env bash
# Tests the packages of packaging/package.sh on a bare Debian 12, made by
# debootstrap in a temporary folder (root only, some minutes, 1.5 GB):
#   - apt installs the .deb with what it depends on, and nothing more is needed
#     for a CMake project of three targets but cmake and ninja;
#   - ninja does nothing the second time;
#   - the tarball works in a root that has glibc and no other library;
#   - the packages have the same bytes when they are made again from another
#     folder, at another time.
# usage: packaging/test-deb.sh [PACKAGES]
# PACKAGES is a folder with a .deb and a tarball: they are tested, and none made.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=packaging/debian.sh
. packaging/debian.sh
[ "$(id -u)" -eq 0 ] || die "debootstrap and chroot want root"
install_packages debootstrap

folder=$(mktemp -d "${TMPDIR:-/tmp}/wrought-deb.XXXXXX")
root=$folder/root
source=$PWD/build/test-deb-source
trap 'rm -rf "$folder" "$source"' EXIT

# Makes the packages twice and compares, unless the sources are being changed.
make_packages() {
  packaging/package.sh
  if ! git diff --quiet HEAD; then
    say "made once only: there are changes that are not committed"
    return
  fi
  say "the packages are the same when made from another folder"
  rm -rf "$source"
  mkdir -p "$source"
  git archive HEAD | tar -x -C "$source"
  local epoch=${SOURCE_DATE_EPOCH-$(git log -1 --format=%ct)} package
  (cd "$source" && SOURCE_DATE_EPOCH=$epoch packaging/package.sh)
  for package in build/packages/*; do
    cmp "$package" "$source/$package"
  done
  rm -rf "$source"
}
if [ $# -eq 0 ]; then
  make_packages
fi
packages=$(cd "${1-build/packages}" && pwd)

say "debootstrap"
mirror=$(apt-cache policy | sed -nE \
  's#^ +[0-9]+ (https?://[^ ]+/debian)/? bookworm/main .*#\1#p' | head -n 1)
[ -n "$mirror" ] || die "no mirror of bookworm in the sources of apt"
debootstrap --variant=minbase bookworm "$root" "$mirror" >"$folder/log" ||
  { tail "$folder/log"; die "debootstrap failed"; }
rm "$folder/log"
printf 'deb %s bookworm main\ndeb %s-security bookworm-security main\n' \
  "$mirror" "$mirror" >"$root/etc/apt/sources.list"
if [ -d /etc/apt/apt.conf.d ]; then # a proxy, if there is one
  cp -n /etc/apt/apt.conf.d/*proxy* "$root/etc/apt/apt.conf.d/" 2>/dev/null || true
fi
inside() {
  chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin \
    HOME=/root DEBIAN_FRONTEND=noninteractive "$@" </dev/null
}

say "the tarball, without any library but glibc's"
[ ! -e "$root"/usr/lib/x86_64-linux-gnu/libLLVM* ] || die "LLVM is there already"
mkdir "$root/bare"
tar --zstd -xf "$packages"/wrought-*.tar.zst -C "$root/bare"
bare=$root/bare
mkdir -p "$bare/lib64" "$bare/lib/x86_64-linux-gnu" "$bare/tmp"
for library in ld-linux-x86-64.so.2 libc.so.6 libm.so.6 libdl.so.2 \
  libpthread.so.0 librt.so.1; do
  cp -L "$root/lib/x86_64-linux-gnu/$library" "$bare/lib/x86_64-linux-gnu/"
done
cp -L "$root/lib64/ld-linux-x86-64.so.2" "$bare/lib64/"
cp tests/e2e/cli/hello.wat "$bare/"
# The loader asks /proc where the program is, and there is none here.
bin=/$(cd "$bare" && echo wrought-*)/bin
LD_ORIGIN_PATH=$bin chroot "$bare" "$bin/wrought" build hello.wat -o hello
[ "$(chroot "$bare" /hello)" = "Hello, world" ] || die "hello from the tarball"
rm -rf "$bare"

say "apt installs the .deb"
inside apt-get -q update
cp "$packages"/wrought_*.deb "$root/tmp/"
inside sh -c 'apt-get -q -y install --no-install-recommends /tmp/wrought_*.deb'
say "installed with it: $(inside dpkg-query -W -f '${Package}\n' | wc -l) packages in all"
inside sh -c 'apt-get -q -y install --no-install-recommends cmake ninja-build' >/dev/null

say "a project of ten lines, three targets"
mkdir "$root/project"
sed -n '/^```cmake$/,/^```$/{/^```/d;p}' docs/installing.md \
  >"$root/project/CMakeLists.txt"
[ "$(wc -l <"$root/project/CMakeLists.txt")" -le 10 ]
cat "$root/project/CMakeLists.txt"
cp tests/e2e/cli/hello.wat "$root/project/"
inside cmake -S /project -B /project/build -G Ninja
inside ninja -C /project/build
inside ninja -C /project/build | tee "$root/second"
grep -q 'no work to do' "$root/second" || die "ninja builds twice"
for target in x86_64 aarch64 riscv64; do
  emulator=$(command -v "qemu-$target") || die "no qemu-$target"
  [ "$(uname -m)" != $target ] || emulator=
  [ "$($emulator "$root/project/build/$target/hello")" = "Hello, world" ] ||
    die "hello for $target"
done
inside apt-get -q -y purge wrought >/dev/null
[ ! -e "$root/usr/bin/wrought" ] && [ ! -e "$root/usr/lib/wrought" ] ||
  die "files are left after the package was removed"
say "test-deb: success"
