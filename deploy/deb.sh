#!/bin/sh
# deb.sh PROGRAM FOLDER: builds the Debian package of a program that has Swift's libraries inside.
set -eu
program=$1 folder=$2
here=$(cd "$(dirname "$0")" && pwd)
if ldd "$program" | grep -q libswift; then
    echo "the program needs Swift's libraries, which the package would lack: this toolchain has none to be linked" >&2
    exit 1
fi
# Named by its version in some releases: it is the one that the program was linked with.
library=$(ldd "$program" | sed -n 's/.*=> \(.*libmimalloc[^ ]*\) .*/\1/p')
if [ -z "$library" ] || ! owner=$(dpkg-query -S "$(readlink -f "$library")"); then
    echo "the program was linked with a mimalloc that no package has installed, so the package could not ask for it" >&2
    exit 1
fi
mimalloc=${owner%%:*}
version=$("$program" --version)
architecture=$(dpkg --print-architecture)
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
chmod 755 "$root"

UNITS=/lib/systemd/system "$here/install.sh" "$program" "$root" /usr >/dev/null
gzip -9n "$root/usr/share/man/man1/earshot.1"
install -D -m 644 "$here/earshot.default" "$root/etc/default/earshot"
install -D -m 644 "$here/earshot.logrotate" "$root/etc/logrotate.d/earshot"
install -D -m 644 "$here/../LICENSE" "$root/usr/share/doc/earshot/copyright"
install -D -m 644 "$here/../README.md" "$root/usr/share/doc/earshot/README.md"
install -D -m 644 "$here/../docs/findings.md" "$root/usr/share/doc/earshot/findings.md"
mkdir "$root/DEBIAN"
printf '/etc/default/earshot\n/etc/logrotate.d/earshot\n' >"$root/DEBIAN/conffiles"
cat >"$root/DEBIAN/control" <<CONTROL
Package: earshot
Version: $version
Architecture: $architecture
Maintainer: Earshot <earshot@example.org>
Depends: libc6 (>= 2.34), libgcc-s1, libstdc++6, libpcap0.8 (>= 1.10), libseccomp2 (>= 2.5), zlib1g, libzstd1, $mimalloc
Recommends: ca-certificates
Section: net
Priority: optional
Installed-Size: $(du -sk "$root" | cut -f1)
Description: shows who could have read your mail on its way
 Earshot reads captured packets, or listens to interfaces, and says of every mail
 session on ports 25, 465 and 587 who could have read it, how that is known, and
 what to do. It never sends a packet and never decrypts.
 .
 Listening to other people's traffic may need authority or notice by law. The
 service is installed and not started: see /etc/default/earshot.
CONTROL
cat >"$root/DEBIAN/postinst" <<'SCRIPT'
#!/bin/sh
set -e
[ -d /run/systemd/system ] && systemctl daemon-reload >/dev/null 2>&1 || true
SCRIPT
cat >"$root/DEBIAN/prerm" <<'SCRIPT'
#!/bin/sh
set -e
[ "$1" = remove ] && [ -d /run/systemd/system ] && systemctl disable --now earshot.service >/dev/null 2>&1 || true
SCRIPT
cat >"$root/DEBIAN/postrm" <<'SCRIPT'
#!/bin/sh
set -e
[ -d /run/systemd/system ] && systemctl daemon-reload >/dev/null 2>&1 || true
[ "$1" = purge ] && rm -rf /var/log/earshot /var/log/private/earshot || true
SCRIPT
chmod 755 "$root/DEBIAN/postinst" "$root/DEBIAN/prerm" "$root/DEBIAN/postrm"
package=$folder/earshot_${version}_$architecture.deb
dpkg-deb --root-owner-group --build "$root" "$package" >/dev/null
echo "$package"
