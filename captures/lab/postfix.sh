# Real Postfix: one instance with many faces on `server`, and one sending instance on each client host.

# ---- receiving -----------------------------------------------------------------------------------------------------

postfix_server() {
    [[ -e $scratch/postfix-server ]] && return
    postfix_directories "$scratch/postfix-server"
    make_password_database
    postfix_common >"$scratch/postfix-server/main.cf"
    postfix_server_settings >>"$scratch/postfix-server/main.cf"
    { postfix_listeners; postfix_services; } >"$scratch/postfix-server/master.cf"
    start_postfix server "$scratch/postfix-server"
    until_listening server 192.0.2.25:25
    until_listening server 192.0.2.38:465
}

postfix_server_settings() {
    cat <<END
myhostname = mx.example.org
mydestination = example.org
local_transport = discard:silently
local_recipient_maps = static:known
smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination
smtpd_recipient_restrictions = check_recipient_access inline:{ {nobody@example.org = 550 5.1.1 User unknown} }
smtpd_peername_lookup = no
smtpd_sasl_path = smtpd
cyrus_sasl_config_path = $scratch/postfix-server/sasl
smtpd_sasl_security_options = noanonymous
smtpd_tls_security_level = may
smtpd_tls_mandatory_protocols = >=TLSv1.2
smtpd_tls_protocols = >=TLSv1.2
tls_eecdh_auto_curves = X25519 prime256v1
tls_server_sni_maps =
tls_random_source = dev:/dev/urandom
END
}

# Every face of the server: an address with a name, its port, and what is special about it.
postfix_listeners() {
    local port
    for port in 25 587; do
        listener mx.example.org $port 'smtpd_tls_auth_only = yes'
        listener tls12.example.org $port "$only_tls12" 'smtpd_tls_auth_only = yes'
        listener lax.example.org $port
        listener no-tls.example.org $port 'smtpd_tls_security_level = none'
        listener expired.example.org $port "$only_tls12"
        listener self-signed.example.org $port "$only_tls12"
        listener mismatch.example.org $port "$only_tls12"
    done
    listener mx6.example.org 25 'smtpd_tls_auth_only = yes'
    listener mx.example.org 465 'smtpd_tls_wrappermode = yes'
    listener tls12.example.org 465 'smtpd_tls_wrappermode = yes' "$only_tls12"
    listener expired.example.org 465 'smtpd_tls_wrappermode = yes' "$only_tls12"
    listener self-signed.example.org 465 'smtpd_tls_wrappermode = yes' "$only_tls12"
    listener mismatch.example.org 465 'smtpd_tls_wrappermode = yes' "$only_tls12"
    listener unwrapped.example.org 465 'smtpd_tls_security_level = none'
    listener broken.example.org 25 'smtpd_tls_chain_files = /nonexistent'

    # OpenSSL refuses what is older than TLS 1.2 above security level 0.
    local anything='DEFAULT:@SECLEVEL=0'
    listener tls10.example.org 25 'smtpd_tls_protocols = >=TLSv1, <=TLSv1' "tls_medium_cipherlist = $anything"
    listener old.example.org 25 'smtpd_tls_protocols = >=TLSv1, <=TLSv1.2' "tls_medium_cipherlist = $anything"
    listener static-rsa.example.org 25 "$only_tls12" 'tls_medium_cipherlist = AES256-GCM-SHA384'
    listener null-cipher.example.org 25 "$only_tls12" 'tls_medium_cipherlist = NULL-SHA256:@SECLEVEL=0'
    listener anonymous.example.org 25 "$only_tls12" 'smtpd_tls_chain_files =' 'smtpd_tls_cert_file = none' \
        'tls_medium_cipherlist = ADH-AES256-GCM-SHA384:@SECLEVEL=0'
}
only_tls12='smtpd_tls_protocols = >=TLSv1.2, <=TLSv1.2'

# listener NAME PORT [SETTING]...: one line of master.cf. A later setting overrides an earlier one.
listener() {
    local name=$1 port=$2 setting
    local address=${server_address[$name]:-[2001:db8::25]}
    printf '%s:%s inet n - n - - smtpd\n' "$address" "$port"
    printf '  -o { myhostname = %s }\n' "$name"
    printf '  -o { smtpd_tls_chain_files = %s }\n' "$scratch/certificates/$name.pem"
    [[ $port == 25 && $name != lax.example.org ]] || printf '  -o { smtpd_sasl_auth_enable = yes }\n'
    for setting in "${@:3}"; do
        printf '  -o { %s }\n' "$setting"
    done
}

# One account, alice@example.org, with a password that nobody could mistake for a real one.
make_password_database() {
    mkdir -p "$scratch/postfix-server/sasl"
    cat >"$scratch/postfix-server/sasl/smtpd.conf" <<END
pwcheck_method: auxprop
auxprop_plugin: sasldb
sasldb_path: $scratch/postfix-server/sasl/users
mech_list: PLAIN LOGIN CRAM-MD5
END
    echo -n "$password" | saslpasswd2 -p -c -f "$scratch/postfix-server/sasl/users" -u mx.example.org alice
    local name
    for name in lax.example.org no-tls.example.org tls12.example.org; do
        echo -n "$password" | saslpasswd2 -p -c -f "$scratch/postfix-server/sasl/users" -u $name alice
    done
    chgrp postfix "$scratch/postfix-server/sasl/users"
    chmod 640 "$scratch/postfix-server/sasl/users"
}

# ---- sending -------------------------------------------------------------------------------------------------------

# postfix_sender HOST: a Postfix on HOST that hands mail over with opportunistic TLS. The name before the @ of the
# recipient says to which server, as in `send_by_postfix client mx`.
postfix_sender() {
    local host=$1 directory=$scratch/postfix-$1
    [[ -e $directory ]] && return
    postfix_directories "$directory"
    postfix_common >"$directory/main.cf"
    cat >>"$directory/main.cf" <<END
myhostname = $host.example.net
mydestination =
inet_interfaces = loopback-only
transport_maps = regexp:{ {/^([a-z0-9-]+)@example\.org\$/ smtp:[\$1.example.org]:25} }
smtp_tls_security_level = may
smtp_tls_servername = hostname
smtp_tls_CAfile = $scratch/certificates/ca.pem
smtp_connection_cache_on_demand = no
smtp_host_lookup = native
disable_dns_lookups = yes
tls_medium_cipherlist = aNULL:-aNULL:HIGH:@SECLEVEL=0
END
    postfix_services >"$directory/master.cf"
    start_postfix "$host" "$directory"
}

# Hands one message to the Postfix on a host and waits until it has been delivered.
send_by_postfix() {
    local directory=$scratch/postfix-$1 before
    before=$(grep -c 'status=sent' "$directory/log" || true)
    message "$2@example.org" | on "$1" sendmail -C "$directory" -i -f alice@example.net "$2@example.org"
    until_true delivered_more_than "$before" "$directory/log"
}
delivered_more_than() { (( $(grep -c 'status=sent' "$2") > $1 )); }

# ---- both ----------------------------------------------------------------------------------------------------------

postfix_directories() {
    mkdir -p "$1/queue" "$1/data"
    chown postfix "$1/data"
}

postfix_common() {
    local directory=${1:-}
    cat <<END
compatibility_level = 3.6
inet_protocols = all
maillog_file = \$config_directory/log
maillog_file_prefixes = $scratch
queue_directory = \$config_directory/queue
data_directory = \$config_directory/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
alias_maps =
END
}

# The services of master.cf that Postfix needs besides its listeners, none of them in a chroot.
postfix_services() {
    cat <<'END'
pickup    unix      n - n 60 1 pickup
cleanup   unix      n - n - 0 cleanup
qmgr      unix      n - n 300 1 qmgr
tlsmgr    unix      - - n 1000? 1 tlsmgr
rewrite   unix      - - n - - trivial-rewrite
bounce    unix      - - n - 0 bounce
defer     unix      - - n - 0 bounce
trace     unix      - - n - 0 bounce
proxymap  unix      - - n - - proxymap
smtp      unix      - - n - - smtp
relay     unix      - - n - - smtp
showq     unix      n - n - - showq
error     unix      - - n - - error
retry     unix      - - n - - error
discard   unix      - - n - - discard
anvil     unix      - - n - 1 anvil
scache    unix      - - n - 1 scache
postlog   unix-dgram n - n - 1 postlogd
END
}

start_postfix() {
    on "$1" postfix -c "$2" start >"$2/start.log" 2>&1 || { cat "$2/start.log" "$2/log" >&2; return 1; }
    at_exit "on $1 postfix -c $2 abort"
}
