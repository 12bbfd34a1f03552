#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what tools/dev/packages.txt lists and this machine lacks. Changes nothing, and needs no network, when nothing
# is missing. Never starts a service: Debian's own PostgreSQL cluster is neither created nor needed.
set -euo pipefail
cd "$(dirname "$0")/../.."

missing=()
while read -r entry _; do
  case $entry in '' | '#'*) continue ;; esac
  name=${entry%%\?*}
  if [ "$name" != "$entry" ]; then
    command -v "${entry#*\?}" >/dev/null 2>&1 && continue
  fi
  [ "$(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || missing+=("$name")
done <tools/dev/packages.txt

if [ ${#missing[@]} -eq 0 ]; then
  [ "${1:-}" = --quiet ] || echo "install: nothing is missing"
  exit 0
fi

root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null 2>&1 || {
    echo "install: missing: ${missing[*]}" >&2
    echo "install: run as root once, or install sudo: ./dev install" >&2
    exit 1
  }
  root=(sudo)
fi

echo "install: ${missing[*]}"
settings=/etc/postgresql-common/createcluster.conf
if [ ! -e "$settings" ]; then
  "${root[@]}" mkdir -p /etc/postgresql-common
  echo 'create_main_cluster = false' | "${root[@]}" tee "$settings" >/dev/null
fi

# Debian starts what it installs, unless this file says no.
guard=/usr/sbin/policy-rc.d
if [ ! -e "$guard" ]; then
  printf '#!/bin/sh\nexit 101\n' | "${root[@]}" tee "$guard" >/dev/null
  "${root[@]}" chmod 755 "$guard"
  trap '"${root[@]}" rm -f "$guard"' EXIT
fi

apt() {
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive UCF_FORCE_CONFFOLD=1 apt-get -q -o Dpkg::Use-Pty=0 \
    -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confold "$@" </dev/null
}
mkdir -p build
log=build/install.log
if ! { apt update && apt install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
  tail -n 30 "$log" >&2
  echo "install: failed; all of it is in $log" >&2
  exit 1
fi
echo "install: done"
