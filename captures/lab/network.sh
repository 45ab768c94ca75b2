# The lab's network: one namespace a host, veth pairs into one bridge, documentation addresses, no way out.
#
#   client  192.0.2.10, 2001:db8::10 ─┐
#                                     ├─ lan (bridge) ─ server  192.0.2.25 and up, 2001:db8::25
#   back    192.0.2.66 ───────────────┘
#   victim  192.0.2.66 ── front (every address of the server)
#
# A tampering proxy listens in `front`, as the server, and connects from `back`, as the victim. Both cables carry
# the same addresses and ports, with different octets.

network_prefix="earshot$$"
hosts=(client server lan victim front back)

# Runs a command on a host of the lab, which finds its own /etc/hosts there.
on() { ip netns exec "$network_prefix-$1" "${@:2}"; }

build_network() {
    local host
    for host in "${hosts[@]}"; do
        add_host "$host"
    done
    ip -n "$network_prefix-lan" link add bridge type bridge
    ip -n "$network_prefix-lan" link set bridge up

    cable client eth0 lan client
    cable server eth0 lan server
    cable back eth0 lan back
    cable victim eth0 front eth0
    for host in client server back; do
        ip -n "$network_prefix-lan" link set "$host" master bridge
    done

    address client 192.0.2.10/24 2001:db8::10/64
    address back 192.0.2.66/24
    address victim 192.0.2.66/24
    address server "${server_addresses[@]/%//24}" 2001:db8::25/64
    address front "${server_addresses[@]/%//24}"
}

# A namespace with its own names. `ip netns exec` lays the files of /etc/netns/NAME over those of /etc.
add_host() {
    local etc=/etc/netns/$network_prefix-$1
    ip netns add "$network_prefix-$1"
    ip -n "$network_prefix-$1" link set lo up
    mkdir -p "$etc"
    server_names >"$etc/hosts"
    echo 'hosts: files' >"$etc/nsswitch.conf"
    : >"$etc/resolv.conf"
    { cat /etc/passwd; echo 'Debian-exim:x:64999:64999::/nonexistent:/usr/sbin/nologin'; } >"$etc/passwd"
    { cat /etc/group; echo 'Debian-exim:x:64999:'; } >"$etc/group"
}

# Joins two hosts. Offloads are off on both ends, so that frames keep to the MTU and checksums are real.
cable() {
    local end
    ip link add "$2" netns "$network_prefix-$1" type veth peer name "$4" netns "$network_prefix-$3"
    for end in "$1 $2" "$3 $4"; do
        set -- $end
        ip -n "$network_prefix-$1" link set "$2" up
        on "$1" ethtool -K "$2" tx off rx off sg off tso off gso off gro off txvlan off rxvlan off >"$scratch/ethtool.log" 2>&1
    done
}

# Gives a host's eth0 its addresses; those of IPv6 are usable at once (no duplicate address detection).
address() {
    local host=$1 each
    for each in "${@:2}"; do
        case $each in
            *:*) ip -n "$network_prefix-$host" addr add "$each" dev eth0 nodad ;;
            *) ip -n "$network_prefix-$host" addr add "$each" dev eth0 ;;
        esac
    done
}

remove_network() {
    local host
    for host in $(ip netns list | awk -v lab="^$network_prefix-" '$1 ~ lab { print $1 }'); do
        ip netns del "$host"
        rm -rf "/etc/netns/$host"
    done
    rmdir --ignore-fail-on-non-empty /etc/netns 2>/dev/null || true
}
