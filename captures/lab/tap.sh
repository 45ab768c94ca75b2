# Recording: one tcpdump for one capture.

# tap HOST [INTERFACE [FILTER [tcpdump option]...]]: records into the current capture until `untap`.
tap() {
    local host=${1:-client} interface=${2:-eth0} filter=${3:-tcp}
    : >"$scratch/tap.log"
    on "$host" tcpdump -Z root -i "$interface" --immediate-mode -U -s 0 -n -w "$scratch/tap.pcap" \
        "${@:4}" "$filter" 2>"$scratch/tap.log" &
    tap_process=$!
    until_true grep -q 'listening on' "$scratch/tap.log"
}

# Ends the recording once every connection is closed and tcpdump has written all that it was given.
untap() {
    until_true all_closed
    until_true tap_has_written_all
    kill -INT "$tap_process"
    wait "$tap_process"
    tap_process=
}

# SIGUSR1 makes tcpdump print "N packets captured, M packets received by filter, 0 packets dropped by kernel".
tap_has_written_all() {
    local lines
    lines=$(wc -l <"$scratch/tap.log")
    kill -USR1 "$tap_process"
    until_true log_longer_than "$lines"
    tail -n 1 "$scratch/tap.log" |
        grep -qE '^(tcpdump: )?([0-9]+) packets? captured, \2 packets? received by filter, 0 packets? dropped'
}
log_longer_than() { (( $(wc -l <"$scratch/tap.log") > $1 )); }

# No connection is open, opening or closing anywhere in the lab.
all_closed() {
    local host
    for host in client server victim front back; do
        on "$host" ss -tnaH
    done | awk '$1 != "LISTEN" && $1 != "TIME-WAIT" { open = 1 } END { exit open }'
}

# ---- waiting -------------------------------------------------------------------------------------------------------

# Polls a condition, for half a minute at most.
until_true() {
    local attempt
    for attempt in {1..600}; do
        if "$@"; then return; fi
        sleep 0.05
    done
    echo "gave up waiting for: $*" >&2
    return 1
}

until_listening() { until_true listening "$@"; }
listening() { on "$1" ss -tlnH | awk -v local="$2" '$4 == local { found = 1 } END { exit !found }'; }
