#!/bin/sh
# install.sh PROGRAM DESTDIR PREFIX: puts the program, its manual page, completions and systemd's unit in place.
set -eu
program=$1 root=$2 prefix=$3
here=$(cd "$(dirname "$0")" && pwd)
manual=${EARSHOT_MANUAL:-$here/../.build/plugins/GenerateManual/outputs/earshot/earshot.1}

[ -n "${EARSHOT_MANUAL:-}" ] || (cd "$here/.." && "${SWIFT:-swift}" package plugin generate-manual >/dev/null)
if ldd "$program" | grep -q libswift; then
    echo "the program needs Swift's libraries where the toolchain has them: it will not start without" >&2
fi
place() { install -D -m "$1" "$2" "$root$3"; }
place 755 "$program" "$prefix/bin/earshot"
strip "$root$prefix/bin/earshot" 2>/dev/null || true
place 644 "$manual" "$prefix/share/man/man1/earshot.1"
place 644 "$here/earshot.service" "${UNITS:-$prefix/lib/systemd/system}/earshot.service"
sed -i "s|/usr/bin/earshot|$prefix/bin/earshot|" "$root${UNITS:-$prefix/lib/systemd/system}/earshot.service"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for shell in bash zsh fish; do "$program" --generate-completion-script "$shell" >"$folder/$shell"; done
place 644 "$folder/bash" "$prefix/share/bash-completion/completions/earshot"
place 644 "$folder/zsh" "$prefix/share/zsh/vendor-completions/_earshot"
place 644 "$folder/fish" "$prefix/share/fish/vendor_completions.d/earshot.fish"
echo "installed below $root$prefix"
