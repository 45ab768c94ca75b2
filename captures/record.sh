#!/bin/bash
# Records real mail sessions between real servers and real clients, one small capture per scenario.
#
#   record.sh              record every scenario
#   record.sh NAME…        record only these
#   record.sh --list       name them
#
# Everything happens in namespaces of its own (processes, mounts, host name, network) with documentation addresses and no
# route out, so the machine's own mail, hosts file and interfaces are never touched, and nothing survives the script.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${EARSHOT_LAB_CACHE:-/var/tmp/earshot-lab}
out=${EARSHOT_CAPTURES:-$here}
export here cache out

source "$here/lab/scenarios.sh"

# EARSHOT_KEEP_LAB=1 keeps the servers' logs and configurations.
tear_down() {
    trap - EXIT
    # unshare defers other signals until the lab ends by itself.
    kill -KILL "$lab_process" 2>/dev/null && wait "$lab_process" 2>/dev/null || true
    [[ -n ${EARSHOT_KEEP_LAB-} ]] && echo "kept: $EARSHOT_LAB" >&2 || rm -rf -- "$EARSHOT_LAB"
}

if [[ ${1-} == --list ]]; then
    scenarios
    exit 0
fi

for name in "$@"; do
    grep -qxF -- "$name" <<<"$(scenarios; [[ -z ${EARSHOT_LIVE-} ]] || live_scenarios)" || { echo "record.sh: no scenario is called $name (see --list)" >&2; exit 2; }
done

if [[ -z ${EARSHOT_LAB-} ]]; then
    [[ $EUID == 0 ]] || { echo "record.sh: needs root, for network namespaces and for capturing" >&2; exit 1; }
    unshare --mount --net --pid --fork true 2>/dev/null \
        || { echo "record.sh: may not create namespaces here (needs CAP_SYS_ADMIN)" >&2; exit 1; }
    source "$here/lab/install.sh"
    EARSHOT_LAB=$(mktemp -d /tmp/mail-recordings.XXXXXX)
    export EARSHOT_LAB
    chmod 755 "$EARSHOT_LAB"
    # The lab's first process is this script again; when it ends, the kernel ends every other process of the lab.
    # In the background, so that a signal is acted on at once.
    unshare --mount --net --uts --ipc --pid --fork --mount-proc --kill-child=KILL "$0" "$@" &
    lab_process=$!
    trap tear_down EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
    wait "$lab_process"
    exit
fi

lab=$EARSHOT_LAB
source "$here/lab/network.sh"
source "$here/lab/tunnel.sh"
source "$here/lab/certificates.sh"
source "$here/lab/servers.sh"
source "$here/lab/tap.sh"

build_network
make_certificates
start_servers

status=0
for name in ${@:-$(scenarios)}; do
    record "$name" || status=1
done
# Of the labs before, nothing is left when everything was recorded.
(($#)) || : >"$out/authorities.pem"
keep_authority
exit $status
