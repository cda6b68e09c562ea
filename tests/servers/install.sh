#!/usr/bin/env bash
# Installs the real programs that tests start: Dovecot, Postfix, PostgreSQL, on Debian also Chromium
# (Ubuntu has it as a snap alone), Knot and unbound for the DNS, OpenDKIM as another's opinion of
# signatures, groff for the manual page, and mbsync for the bench.
# For Debian and Ubuntu, as root or with sudo. Nothing is left running: the tests start each server
# themselves, on loopback, in a folder of their own.
set -euo pipefail

packages="dovecot-imapd dovecot-lmtpd dovecot-sqlite dovecot-pgsql postfix postgresql isync groff-base"
packages="$packages knot knot-dnsutils unbound opendkim opendkim-tools"
! grep -qx "ID=debian" /etc/os-release 2>/dev/null || packages="$packages chromium fonts-dejavu-core"
# It installs the programs of Node's (tests/node_programs.py), and a newer Node than Debian's.
command -v npm >/dev/null || packages="$packages npm"
policy=/usr/sbin/policy-rc.d

# What is not there counts as missing; so does everything where there is no dpkg.
is_there() { dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null | grep -qx installed; }

missing() { for package in $packages; do is_there "$package" || echo "$package"; done; }

quietly() { "$@" >"$log" 2>&1 </dev/null; }

install_once() {
  quietly apt-get -q update &&
    quietly env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 \
      apt-get -q -y --no-install-recommends -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=120 install $wanted
}

# Debian starts a server as it unpacks it, on public ports, unless this file forbids it (invoke-rc.d(8)).
forbid_starting() {
  [ -e "$policy" ] && return
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
  forbade=1
}

tidy() {
  [ -z "$forbade" ] || rm -f "$policy"
  rm -f "$log"
}

# A machine that had no mail server before shall have none after its next start either. One that had
# keeps it as it was.
keep_from_starting() {
  for service in dovecot:dovecot-imapd postfix:postfix postgresql:postgresql knot:knot unbound:unbound \
    opendkim:opendkim; do
    case " $new " in *" ${service#*:} "*) quietly update-rc.d "${service%:*}" disable || true ;; esac
  done
}

[ -n "$(missing)" ] || exit 0
command -v apt-get >/dev/null || { echo "This needs apt-get: Debian, or what derives from it." >&2; exit 1; }
wanted=$(missing)
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "This needs root, to install:" $wanted >&2; exit 1; }
  exec sudo bash "$0"
fi

new=$(echo $wanted) forbade="" log=$(mktemp)
trap tidy EXIT
forbid_starting
echo "Installing" $wanted
# Whoever starts Debian's own Postfix later gets one that listens on loopback alone.
is_there postfix || echo "postfix postfix/main_mailer_type select Local only" | debconf-set-selections
install_once || { echo "Once more." >&2; sleep 5; install_once; } || { tail -n 40 "$log" >&2; exit 1; }
keep_from_starting
