# The lab's hosts: one network namespace each, on one bridge.
#
#   client .10 ─┐                          ┌─ server .25 and the other servers' addresses
#   relay  .20 ─┼────────── bridge ────────┤
#   (back  .66)─┘                          └─ (access port of the VLAN switch) ══ trunk ══ tagged .70
#
#   tunneled .71 ── near ══ 198.51.100.1 ══ 198.51.100.2 ══ far ── bridge   (between near and far: see lab/tunnel.sh)
#
#   laptop .66 ── front, which answers for every server: what the laptop says passes through lab/tamper.py, which
#   speaks on from `back` with the laptop's own address and port, so both sides see one and the same connection.

# name → last octet of its address; every name is in example.org.
declare -gA hosts=(
    [client]=10 [relay]=20 [mx]=25 [laptop]=66 [tagged]=70 [tunneled]=71
    [tls12]=30 [tls11]=31 [tls10]=32 [old]=33 [broken]=34 [bare465]=35 [open]=36
    [expired]=37 [selfsigned]=38 [wrongname]=39 [retry]=40
    [strict]=41 [balanced]=42 [balanced2]=43 [teaser]=44 [asks]=45 [oldcurve]=46 [finitefield]=47 [lmtp]=62
    [exim]=50 [eximweak]=51 [eximbroken]=52 [exim12]=53 [nochain]=54 [eximlegacy]=55 [plain]=60 [hybrid]=61
    [notyet]=140 [expiring]=141 [weakkey]=142 [sha1]=143 [untrusted]=144 [incomplete]=145
)
server_addresses=(mx tls12 tls11 tls10 old broken bare465 open expired selfsigned wrongname retry
    strict balanced balanced2 teaser asks lmtp oldcurve finitefield
    exim eximweak eximbroken exim12 eximlegacy nochain plain hybrid
    notyet expiring weakkey sha1 untrusted incomplete)

address() { echo "192.0.2.${hosts[$1]}"; }

# on HOST COMMAND…: runs it in the network of that host.
on() { nsenter --net="/run/netns/$1" -- "${@:2}"; }

# Sets up one end of a cable. Without offloads, frames are as they would be on a wire: no larger than the MTU, with checksums.
plug() {
    local host=$1 interface=$2
    on "$host" ethtool -K "$interface" tso off gso off gro off tx off rx off >/dev/null 2>&1 || true
    on "$host" ip link set "$interface" up
}

# cable HOST INTERFACE HOST INTERFACE
cable() {
    ip link add "$2" netns "$1" type veth peer name "$4" netns "$3"
    plug "$1" "$2"
    plug "$3" "$4"
}

give() {
    local host=$1 interface=$2 name
    for name in "${@:3}"; do
        on "$host" ip address add "192.0.2.${hosts[$name]}/24" dev "$interface"
        on "$host" ip address add "2001:db8::${hosts[$name]}/64" dev "$interface" nodad
    done
}

# A recognizable hardware address, the same at every recording.
mac() { on "$1" ip link set "$2" address "02:00:00:00:00:$3"; }

build_network() {
    mount -t tmpfs tmpfs /run
    mkdir /run/netns
    hostname plain.example.org
    local host
    for host in client relay server lan laptop front back tagged switch tunneled near far; do
        ip netns add "$host"
        on "$host" sysctl -qw net.ipv6.conf.all.router_solicitations=0 net.ipv4.ip_unprivileged_port_start=0 2>/dev/null || true
        on "$host" ip link set lo up
    done
    on lan ip link add bridge0 type bridge
    on lan ip link set bridge0 up
    for host in client relay server back; do
        cable "$host" eth0 lan "$host"
        on lan ip link set "$host" master bridge0
    done
    cable laptop eth0 front eth0
    cable tagged eth0 switch access
    cable switch trunk0 switch trunk1
    cable switch uplink lan switch
    on lan ip link set switch master bridge0
    cable tunneled eth0 near access
    cable near under far under
    cable far uplink lan far
    on lan ip link set far master bridge0
    mac client eth0 10; mac relay eth0 20; mac server eth0 25; mac back eth0 66
    mac laptop eth0 66; mac front eth0 25; mac tagged eth0 70; mac tunneled eth0 71
    mac near under 01; mac far under 02
    give client eth0 client
    give relay eth0 relay
    give server eth0 "${server_addresses[@]}"
    give laptop eth0 laptop
    give front eth0 "${server_addresses[@]}"
    give back eth0 laptop
    give tagged eth0 tagged
    give tunneled eth0 tunneled
    name_hosts
}

# Bind mounts in the lab's own mount namespace: the machine's files stay as they are.
name_hosts() {
    local name
    {
        echo "127.0.0.1 localhost"
        for name in "${!hosts[@]}"; do
            echo "192.0.2.${hosts[$name]} $name.example.org"
            echo "2001:db8::${hosts[$name]} $name-v6.example.org"
        done
    } >"$lab/hosts"
    echo "hosts: files" >"$lab/nsswitch.conf"
    : >"$lab/resolv.conf"
    : >"$lab/openssl.cnf"
    cp /etc/passwd /etc/group "$lab/"
    grep -q ^Debian-exim: "$lab/passwd" || echo "Debian-exim:x:60025:60025::/:/usr/sbin/nologin" >>"$lab/passwd"
    grep -q ^Debian-exim: "$lab/group" || echo "Debian-exim:x:60025:" >>"$lab/group"
    local file
    for file in hosts nsswitch.conf resolv.conf passwd group; do
        mount --bind "$lab/$file" "/etc/$file"
    done
    # The distribution's minimum protocol would hide the old versions that the lab has to show.
    mount --bind "$lab/openssl.cnf" /etc/ssl/openssl.cnf
}
