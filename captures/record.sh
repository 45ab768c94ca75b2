#!/bin/bash
# Records real mail sessions between real servers and clients, one capture a scenario.
#
#   record.sh            records every capture
#   record.sh NAME...    records only these, e.g. `record.sh starttls-unused`
#
# Needs root and Debian: it makes network namespaces of its own, and installs the servers and clients where they are
# missing. No packet leaves those namespaces. Everything else lives in one scratch folder that is removed at the end;
# KEEP_SCRATCH=1 keeps it.
#
# Frame numbers may change from one recording to the next (when acknowledgements travel alone). So read a new recording
# in Wireshark, and correct expected.tsv by what is seen there.
set -euo pipefail

captures=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
scratch=$(mktemp -d "${TMPDIR:-/tmp}/earshot-lab.XXXXXX")
chmod 755 "$scratch"
password=not-a-real-password
tap_process=

for part in names network certificates postfix exim python tap clients scenarios install; do
    source "$captures/lab/$part.sh"
done

main() {
    local all name
    mapfile -t all < <(grep -oP '^scenario:\K[a-z0-9-]+' "$captures/lab/scenarios.sh")
    (( $# )) || set -- "${all[@]}"
    for name; do
        declare -F "scenario:$name" >/dev/null || { echo "no such scenario: $name" >&2; exit 2; }
    done

    install_tools
    build_network
    make_certificates
    for name; do
        record "$name"
    done
}

# Records one scenario; a capture appears only when all went well.
record() {
    "scenario:$1"
    untap
    mv "$scratch/tap.pcap" "$captures/$1.pcap"
    chmod 644 "$captures/$1.pcap"
    echo "$1.pcap"
}

# ---- tearing down, whatever happened ---------------------------------------------------------------------------------

exit_actions=()
at_exit() { exit_actions+=("$1"); }

tear_down() {
    local status=$? index
    set +e
    trap - EXIT INT TERM
    [[ -n $tap_process ]] && kill "$tap_process" 2>/dev/null
    for (( index = ${#exit_actions[@]} - 1; index >= 0; index-- )); do
        ${exit_actions[index]} >/dev/null 2>&1
    done
    remove_network
    if (( status )); then
        echo 'recording failed; the last words of all logs:' >&2
        tail -n 12 "$scratch"/*.log "$scratch"/*/log >&2 2>/dev/null
    fi
    if [[ -n ${KEEP_SCRATCH:-} ]]; then
        echo "scratch folder: $scratch" >&2
    else
        rm -rf "$scratch"
    fi
    exit "$status"
}
trap tear_down EXIT
trap 'exit 130' INT TERM

main "$@"
