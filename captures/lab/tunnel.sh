# What lies between near and far: the kernel's own tunnels, and for kinds that a kernel may lack those of Open vSwitch,
# whose datapath runs as a program.

tunnel_down() {
    local host
    for host in near far; do
        [[ ! -e $lab/ovs-$host ]] || vsctl "$host" --if-exists del-br inner -- --if-exists del-br outer
        on "$host" ip link delete bridge0 2>/dev/null || true
        on "$host" ip link delete tunnel0 2>/dev/null || true
        on "$host" ip address flush dev under
    done
}

# inside HOST: the interface through which that host's own side reaches it
inside() { [[ $1 == near ]] && echo access || echo uplink; }
underlay() { [[ $1 == near ]] && echo 198.51.100.1 || echo 198.51.100.2; }
opposite() { [[ $1 == near ]] && echo far || echo near; }

# kernel_tunnel TYPE OPTIONS…: Ethernet in what the kernel calls TYPE
kernel_tunnel() {
    local host
    tunnel_down
    tap near under
    tap_filter=ip
    for host in near far; do
        on "$host" ip address add "$(underlay "$host")/24" dev under
        on "$host" ip link set under mtu 1600
        on "$host" ip link add tunnel0 type "$1" local "$(underlay "$host")" remote "$(underlay "$(opposite "$host")")" \
            dev under "${@:2}"
        on "$host" ip link add bridge0 type bridge
        on "$host" ip link set tunnel0 master bridge0
        on "$host" ip link set "$(inside "$host")" master bridge0
        on "$host" ip link set tunnel0 up
        on "$host" ip link set bridge0 up
    done
    until_true on tunneled timeout 1 bash -c ': </dev/tcp/192.0.2.25/25'
    until_true quiet
}

vsctl() { on "$1" env OVS_RUNDIR="$lab/ovs-$1" ovs-vsctl --no-wait "${@:2}"; }

# Starts the switches of near and far, once.
start_switches() {
    local host run
    for host in near far; do
        run=$lab/ovs-$host
        [[ ! -e $run ]] || continue
        mkdir "$run"
        ovsdb-tool create "$run/conf.db" /usr/share/openvswitch/vswitch.ovsschema
        on "$host" env OVS_RUNDIR="$run" OVS_LOGDIR="$run" ovsdb-server "$run/conf.db" --remote="punix:$run/db.sock" \
            --detach --no-chdir --pidfile --log-file >/dev/null 2>&1
        vsctl "$host" init
        vsctl "$host" set Open_vSwitch . other_config:vlan-limit=0
        on "$host" env OVS_RUNDIR="$run" OVS_LOGDIR="$run" ovs-vswitchd "unix:$run/db.sock" --detach --no-chdir \
            --pidfile --log-file >/dev/null 2>&1
    done
}

bridge() { vsctl "$1" add-br "$2" -- set bridge "$2" datapath_type=netdev "${@:3}"; }

# switch_tunnel TYPE OPTIONS…: Ethernet in what Open vSwitch calls TYPE. Keys of one direction change places; vlan=N tags
# the frames inside.
switch_tunnel() {
    local host type=$1 option options vlan
    tunnel_down
    start_switches
    tap near under
    tap_filter=ip
    for host in near far; do
        options=() vlan=()
        for option in "${@:2}"; do
            [[ $host == near ]] || option=$(sed 's/^out_/X_/; s/^in_/out_/; s/^X_/in_/' <<<"$option")
            case $option in
                vlan=*) vlan=(tag="${option#vlan=}") ;;
                *) options+=("options:$option") ;;
            esac
        done
        bridge "$host" outer
        bridge "$host" inner
        vsctl "$host" add-port outer under
        vsctl "$host" add-port inner "$(inside "$host")" "${vlan[@]}"
        vsctl "$host" add-port inner tunnel0 -- set interface tunnel0 type="$type" \
            options:remote_ip="$(underlay "$(opposite "$host")")" "${options[@]}"
        until_true on "$host" ip address add "$(underlay "$host")/24" dev outer
        on "$host" ip link set outer up
    done
    until_true on tunneled timeout 1 bash -c ': </dev/tcp/192.0.2.25/25'
    until_true quiet
}
