#!/bin/bash
# Installs the Debian package in a fresh Debian (debootstrap), reads a capture and listens there, and removes it again: nothing
# may be left. As root: package.sh PACKAGE
set -euo pipefail
package=$(realpath "$1")
here=$(cd "$(dirname "$0")/.." && pwd)
command -v debootstrap >/dev/null || apt-get install -y -qq debootstrap >/dev/null
root=$(mktemp -d /var/tmp/earshot-root.XXXXXX)
trap 'umount "$root/proc" 2>/dev/null; rm -rf "$root"' EXIT
debootstrap --variant=minbase bookworm "$root" http://deb.debian.org/debian >/dev/null
inside() { chroot "$root" /usr/bin/env DEBIAN_FRONTEND=noninteractive PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"; }
# What is there, but for what apt and dpkg keep of their own work.
contents() {
    (cd "$root" && find . -xdev \( -path ./proc -o -path ./sys -o -path ./dev -o -path ./var/lib/dpkg -o -path ./var/cache \
        -o -path ./var/lib/apt -o -path ./var/log -o -path ./tmp -o -path ./etc/ld.so.cache -o -path ./var/lib/systemd \) -prune -o -print) | sort
}
mount -t proc proc "$root/proc"
cp "$package" "$root/tmp/earshot.deb"
cp "$here/captures/starttls-masked.pcap" "$root/tmp/"
# What it depends on stays when it is removed, so it is there before.
inside apt-get install -y -qq --no-install-recommends $(dpkg-deb -f "$package" Depends | sed 's/([^)]*)//g; s/,/ /g') >/dev/null 2>&1
contents >"$root/tmp/before"
inside apt-get install -y -qq --no-install-recommends /tmp/earshot.deb >/dev/null 2>&1
echo "installed: $(inside dpkg-query -W -f '${Package} ${Version}\n' earshot)"
# 1: something was found.
{ inside earshot -r /tmp/starttls-masked.pcap --format summary || [ $? -eq 1 ]; } | sed -n '/^Findings/,/worst/p'
inside sh -c 'earshot -i lo >/tmp/out 2>/tmp/errors & listener=$!
    turns=0; until grep -q "listening on" /tmp/errors; do turns=$((turns + 1)); [ $turns -lt 1000 ] || { cat /tmp/errors; exit 1; }; sleep 0.02; done
    kill -TERM $listener; wait $listener; echo "earshot -i lo ended with $?"; cat /tmp/errors'
inside apt-get purge -y -qq earshot >/dev/null 2>&1
contents >"$root/tmp/after"
diff "$root/tmp/before" "$root/tmp/after" && echo "removed: nothing is left"
