# The lab's servers. Each configuration has an address of its own, so one Postfix and one Exim play many hosts.

start_servers() {
    make_passwords
    configure_postfix mx
    postfix_services >>"$lab/mx/etc/master.cf"
    start_postfix server mx
    configure_postfix relay
    cat >>"$lab/relay/etc/main.cf" <<END
relayhost = [mx.example.org]
smtp_dns_support_level = disabled
smtp_host_lookup = native
smtp_tls_security_level = may
smtp_tls_CAfile = $lab/tls/root.pem
smtp_address_preference = ipv4
END
    echo "127.0.0.1:2525 inet n - n - - smtpd" >>"$lab/relay/etc/master.cf"
    start_postfix relay relay
    start_exim
    on server "$cache/python/bin/aiosmtpd" -n -c aiosmtpd.handlers.Sink -l 192.0.2.60:25 >"$lab/aiosmtpd.log" 2>&1 &
    on server "$cache/python/bin/python" "$here/lab/hybrid.py" serve 192.0.2.61 25 \
        "$lab/tls/hybrid.pem" "$lab/tls/server.key" >"$lab/hybrid.log" 2>&1 &
    on server "$cache/python/bin/python" "$here/lab/lmtp.py" 192.0.2.62 25 >"$lab/lmtp.log" 2>&1 &
    until_true on client bash -c ': </dev/tcp/192.0.2.62/25'
    until_true on client bash -c ': </dev/tcp/192.0.2.60/25'
    until_true on client bash -c ': </dev/tcp/192.0.2.61/25'
}

# The users and their passwords are fake, and look it.
make_passwords() {
    mkdir -p "$lab/sasl"
    echo fake-password | saslpasswd2 -p -c -f "$lab/sasl/db" -u example.org alice
    chmod 644 "$lab/sasl/db"
    # Where Cyrus SASL looks when nothing else is configured.
    mount --bind "$lab/sasl/db" /etc/sasldb2
}

configure_postfix() {
    local name=$1 home=$lab/$1
    mkdir -p "$home/etc" "$home/queue" "$home/data"
    chown postfix "$home/data"
    echo "bob@example.org ok" >"$home/etc/recipients"
    cat >"$home/etc/main.cf" <<END
compatibility_level = 3.6
queue_directory = $home/queue
data_directory = $home/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = $home/log
maillog_file_prefixes = $lab
myhostname = $name.example.org
mydestination = 
virtual_mailbox_domains = example.org
virtual_mailbox_maps = texthash:$home/etc/recipients
virtual_transport = discard:
mynetworks = 127.0.0.0/8, 192.0.2.0/24, [2001:db8::]/64
inet_protocols = all
smtpd_peername_lookup = no
smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject
smtpd_sasl_local_domain = example.org
smtpd_tls_security_level = may
smtpd_tls_protocols = >=TLSv1.2
smtpd_tls_chain_files = $lab/tls/server.key, $lab/tls/$name.pem
smtpd_tls_loglevel = 1
END
    [[ $name != relay ]] || sed -i -e '/^virtual_/d' "$home/etc/main.cf"
    cat >"$home/etc/master.cf" <<END
postlog   unix-dgram n - n - 1 postlogd
cleanup   unix n - n - 0 cleanup
qmgr      unix n - n 300 1 qmgr
tlsmgr    unix - - n 1000? 1 tlsmgr
rewrite   unix - - n - - trivial-rewrite
bounce    unix - - n - 0 bounce
defer     unix - - n - 0 bounce
trace     unix - - n - 0 bounce
verify    unix - - n - 1 verify
proxymap  unix - - n - - proxymap
anvil     unix - - n - 1 anvil
smtp      unix - - n - - smtp
error     unix - - n - - error
retry     unix - - n - - error
discard   unix - - n - - discard
END
}

start_postfix() {
    on "$1" postfix -c "$lab/$2/etc" start >"$lab/$2.start" 2>&1 || { cat "$lab/$2.start" "$lab/$2/log" >&2; return 1; }
}

# service NAME PORT [option=value…]: one listening smtpd, by the name and with the certificate of that host
service() {
    local name=$1 port=$2 option
    echo "192.0.2.${hosts[$name]}:$port inet n - n - - smtpd"
    echo "  -o myhostname=$name.example.org"
    [[ ! -e $lab/tls/$name.pem ]] || echo "  -o { smtpd_tls_chain_files = $(key_of "$name"), $lab/tls/$name.pem }"
    for option in "${@:3}"; do
        echo "  -o { $option }"
    done
}

postfix_services() {
    local submission=(smtpd_sasl_auth_enable=yes smtpd_tls_auth_only=yes)
    local only12=("smtpd_tls_protocols = >=TLSv1.2, <=TLSv1.2" "smtpd_tls_mandatory_protocols = >=TLSv1.2, <=TLSv1.2")
    service mx 25
    service mx 587 "${submission[@]}"
    service mx 465 "${submission[@]}" smtpd_tls_wrappermode=yes
    echo "[2001:db8::25]:25 inet n - n - - smtpd"
    # A server whose maximum is an old version puts no downgrade sentinel into its random.
    service tls12 25 "${only12[@]}"
    service tls12 587 "${submission[@]}" "${only12[@]}"
    service tls12 465 "${submission[@]}" "${only12[@]}" smtpd_tls_wrappermode=yes
    local weak="tls_medium_cipherlist = ALL:COMPLEMENTOFALL:@SECLEVEL=0"
    service tls11 25 "smtpd_tls_protocols = >=TLSv1.1, <=TLSv1.1" "$weak"
    service tls10 25 "smtpd_tls_protocols = >=TLSv1, <=TLSv1" "$weak"
    service old 25 "${only12[@]}" "$weak"
    service old 587 "${submission[@]}" "${only12[@]}" "$weak"
    service oldcurve 25 "${only12[@]}" "$weak" "tls_eecdh_auto_curves = prime192v1"
    service finitefield 25 "${only12[@]}" "$weak" "smtpd_tls_dh1024_param_file = $lab/tls/ffdhe2048.pem"
    # Of a chain file Postfix first learns at the handshake that it is missing; of a missing certificate, at once.
    service nochain 25 "smtpd_tls_chain_files = $lab/tls/missing.pem"
    service broken 25 smtpd_tls_chain_files= "smtpd_tls_cert_file = $lab/tls/missing.pem" "smtpd_tls_key_file = $lab/tls/missing.pem"
    service bare465 465 smtpd_tls_security_level=none
    service open 587 smtpd_sasl_auth_enable=yes
    local name
    for name in expired selfsigned wrongname notyet expiring weakkey sha1 untrusted incomplete; do
        service "$name" 587 "${submission[@]}" "${only12[@]}"
        service "$name" 465 "${submission[@]}" "${only12[@]}" smtpd_tls_wrappermode=yes
    done
    service retry 25 "tls_eecdh_auto_curves = secp384r1"
    service strict 25 smtpd_tls_security_level=encrypt
    service balanced 25 smtpd_upstream_proxy_protocol=haproxy
    service balanced2 25 smtpd_authorized_xclient_hosts=192.0.2.0/24 smtpd_authorized_xforward_hosts=192.0.2.0/24
    service asks 587 "${submission[@]}" "${only12[@]}" smtpd_tls_ask_ccert=yes
    teaser
}

# Postscreen looks at clients before smtpd does: its greeting comes in two parts.
teaser() {
    echo "192.0.2.${hosts[teaser]}:25 inet n - n - 1 postscreen"
    printf '  -o %s\n' myhostname=teaser.example.org postscreen_access_list= postscreen_greet_action=enforce \
        postscreen_greet_wait=1s postscreen_dnsbl_sites= postscreen_cache_map=
    service teaser 25 | sed 's/^192.*/smtpd pass - - n - - smtpd/'
    echo "tlsproxy unix - - n - 0 tlsproxy"
    echo "dnsblog unix - - n - 0 dnsblog"
}

start_exim() {
    local home=$lab/exim
    mkdir -p "$home/spool" "$home/log"
    chown -R Debian-exim:Debian-exim "$home/spool" "$home/log"
    cat >"$home/common" <<END
exim_path = $cache/exim/usr/sbin/exim4
spool_directory = $home/spool
log_file_path = $home/log/%s
host_lookup =
rfc1413_hosts =
keep_environment =
add_environment = PATH=/usr/bin:/bin
never_users =
END
    cat - "$home/common" >"$home/server.conf" <<'END'
primary_hostname = exim.example.org
smtp_active_hostname = ${lookup{$received_ip_address}iplsearch{LAB/exim/names}{$value}}
smtp_banner = $smtp_active_hostname ESMTP Exim $version_number
local_interfaces = 192.0.2.50 : 192.0.2.51 : 192.0.2.52 : 192.0.2.53 : 192.0.2.55
daemon_smtp_ports = 25
queue_only
acl_smtp_rcpt = accept
acl_smtp_data = accept
tls_advertise_hosts = *
tls_certificate = LAB/tls/${extract{1}{.}{$smtp_active_hostname}}.pem
tls_privatekey = LAB/tls/server.key
tls_require_ciphers = ${lookup{$smtp_active_hostname}lsearch{LAB/exim/priorities}{$value}{NORMAL}}
END
    sed -i "s|LAB|$lab|g" "$home/server.conf"
    cat >"$home/names" <<END
192.0.2.50: exim.example.org
192.0.2.51: eximweak.example.org
192.0.2.52: eximbroken.example.org
192.0.2.53: exim12.example.org
192.0.2.55: eximlegacy.example.org
END
    cat >"$home/priorities" <<END
eximweak.example.org: NORMAL:-VERS-ALL:+VERS-TLS1.2:+3DES-CBC:+ARCFOUR-128
exim12.example.org: NORMAL:-VERS-ALL:+VERS-TLS1.2
eximlegacy.example.org: NORMAL:-VERS-ALL:+VERS-TLS1.2:%DISABLE_SAFE_RENEGOTIATION
END
    # A sender that uses BDAT wherever CHUNKING is offered, and here no TLS.
    cat - "$home/common" >"$home/client.conf" <<END
primary_hostname = client.example.org
END
    cat >>"$home/client.conf" <<END
begin routers
all:
  driver = manualroute
  route_list = * mx.example.org byname
  self = send
  transport = out
begin transports
out:
  driver = smtp
  hosts_avoid_tls = *
END
    on server "$cache/exim/usr/sbin/exim4" -C "$home/server.conf" -bdf >"$lab/exim.start" 2>&1 &
    until_true on client bash -c ': </dev/tcp/192.0.2.50/25' || { cat "$lab/exim.start" >&2; return 1; }
}
