#!/bin/sh
# From a fresh clone to the demo: installs the system packages that are missing, builds taskhook, runs
# `taskhook demo`. Needs Debian 12 or newer with Swift 6.3, and root or sudo if packages are missing.
#
#     sh examples/quickstart.sh [PACKAGE...]     PACKAGE: further Debian packages to have installed
set -eu
cd "$(dirname "$0")/.."

say() { printf '==> %s\n' "$*"; }
fail() {
  printf 'quickstart: %s\n' "$*" >&2
  exit 69 # EX_UNAVAILABLE
}

# Whether this machine has what a package brings, however it came here.
has() {
  case $1 in
    ca-certificates) [ -s /etc/ssl/certs/ca-certificates.crt ] ;;
    libcurl4-openssl-dev) pkg-config --exists libcurl ;;
    libsqlite3-dev) pkg-config --exists sqlite3 ;;
    libyaml-dev) pkg-config --exists yaml-0.1 ;;
    *) command -v "$1" || dpkg -s "$1" | grep '^Status: .* installed$' ;;
  esac >/dev/null 2>&1
}

command -v swift >/dev/null || fail 'Swift 6.3 is needed and not in PATH: https://www.swift.org/install/linux'

missing=
for package in ca-certificates libcurl4-openssl-dev libsqlite3-dev libyaml-dev pkg-config "$@"; do
  has "$package" || missing="$missing $package"
done

if [ -n "$missing" ]; then
  command -v apt-get >/dev/null || fail "please install what is called here on Debian:$missing"
  if [ "$(id -u)" -eq 0 ]; then
    as_root=
  elif command -v sudo >/dev/null; then
    as_root=sudo
  else
    fail "root or sudo is needed to install:$missing"
  fi
  say "installing$missing"
  $as_root apt-get update -qq </dev/null
  # shellcheck disable=SC2086 # a list of words
  $as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -qq -y --no-install-recommends $missing </dev/null
fi

say 'building taskhook (the first build takes some minutes)'
swift build -c release --product taskhook
taskhook=$(swift build -c release --show-bin-path)/taskhook

say 'running the demo: a simulated task API, the daemon and a webhook receiver in one process'
"$taskhook" demo
say "all is well; the program is $taskhook"
