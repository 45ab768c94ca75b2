# One scenario, one capture.

# until CONDITION…: polls it, for ten seconds at most.
until_true() {
    local turn
    for turn in {1..500}; do
        "$@" >/dev/null 2>&1 && return 0
        sleep 0.02
    done
    echo "record.sh: waited in vain for: $*" >&2
    return 1
}

# Where the tap sits unless a scenario says otherwise (`tap HOST INTERFACE [tcpdump options]`), and what it takes.
tap_host=client tap_interface=eth0 tap_filter=tcp tap_options=()
tap() { tap_host=$1 tap_interface=$2 tap_options=("${@:3}"); }

record() {
    local name=$1 file=$lab/$1.pcap log=$lab/$1.tap
    tap client eth0
    tap_filter=tcp
    ! declare -F "before:$name" >/dev/null || "before:$name"
    # Not by `on`: the process to be ended must be tcpdump itself. (A background process ignores SIGINT.)
    nsenter --net="/run/netns/$tap_host" -- tcpdump -Z root --immediate-mode -U -s 0 -n -i "$tap_interface" "${tap_options[@]}" -w "$file" \
        "$tap_filter" 2>"$log" &
    local tcpdump=$!
    until_true grep -q "listening on" "$log"
    watch_begins "$name"
    "$name" >"$lab/$name.log" 2>&1 || true
    until_true quiet || true
    until_true settled "$file"
    kill -TERM "$tcpdump"
    wait "$tcpdump" || true
    watch_ends
    until_true quiet
    if ! tshark -r "$file" -Y tcp.payload -T fields -e frame.number 2>/dev/null | grep -q .; then
        echo "record.sh: $name: no session was recorded" >&2
        tail -n 20 "$lab/$name.log" >&2
        return 1
    fi
    if tshark -r "$file" -Y "tcp.analysis.lost_segment or tcp.analysis.ack_lost_segment" 2>/dev/null | grep -q .; then
        echo "record.sh: $name: the tap missed packets" >&2
        return 1
    fi
    cp "$file" "$out/$name.pcap"
    printf '%-40s %4d frames\n' "$name" "$(tshark -r "$file" 2>/dev/null | wc -l)"
}

# EARSHOT_LIVE, a program: Earshot listens at the same place, and what it says and keeps stands beside the recording.
watch_begins() {
    [[ -n ${EARSHOT_LIVE-} ]] || return 0
    live=$lab/$1.live
    rm -f "$out/$1.live.jsonl" "$out/$1".evidence*.pcapng
    nsenter --net="/run/netns/$tap_host" -- "$EARSHOT_LIVE" -i "$tap_interface" --format jsonl --repeat 0 ${EARSHOT_LIVE_OPTIONS-} \
        -o "$out/$1.live.jsonl" -w "$out/$1.evidence.pcapng" 2>"$live" &
    watcher=$!
    until_true grep -q "listening on" "$live"
}

watch_ends() {
    [[ -n ${EARSHOT_LIVE-} ]] || return 0
    kill -TERM "$watcher"
    wait "$watcher" || (($? == 1)) || { echo "record.sh: earshot ended with $?" >&2; cat "$live" >&2; }
}

# No mail connection is open any more, on either side.
quiet() {
    local host
    for host in client relay laptop tagged tunneled server; do
        [[ -z $(on "$host" ss -Htan '( sport = :25 or sport = :465 or sport = :587 or dport = :25 or dport = :465 or dport = :587 )' \
            | grep -vE '^(LISTEN|TIME-WAIT)') ]] || return 1
    done
}

# tcpdump has written what the kernel gave it: the file stops growing.
settled() {
    local before
    before=$(stat -c %s "$1")
    sleep 0.1
    [[ $before == "$(stat -c %s "$1")" ]]
}
