# The scenarios: one function each, named like its capture. `before:NAME` moves the tap or starts what else is needed.

live_scenarios() { sed -n 's/^\([a-z][a-z0-9-]*\)() {.*# live$/\1/p' "$here/lab/scenarios.sh"; }
scenarios() { sed -n 's/^\([a-z][a-z0-9-]*\)() {.*# scenario$/\1/p' "$here/lab/scenarios.sh"; }

# --- what the scenarios are made of

mail=(--from alice@example.org --to bob@example.org --h-Subject lab --body hello --suppress-data)

# swaks from the client; from HOST: the same from another host
swaks_from() {
    local host=$1 server=$2
    on "$host" swaks --helo "$host.example.org" "${mail[@]}" --server "$server.example.org" --tls-sni "$server.example.org" "${@:3}"
}
send() { swaks_from client "$@"; }

login=(--auth-user alice@example.org --auth-password fake-password)

# curl_send URL [options…]: one message by curl
curl_send() {
    local url=$1
    printf 'From: alice@example.org\r\nTo: bob@example.org\r\nSubject: lab\r\n\r\nhello\r\n' \
        | on client curl -sS --max-time 10 "$url/client.example.org" --mail-from alice@example.org --mail-rcpt bob@example.org \
            --upload-file - --cacert "$lab/tls/root.pem" "${@:2}"
}

# The rest of a session inside TLS, for programs that only do the handshake.
inside=(--say 'EHLO client.example.org' --say 'MAIL FROM:<alice@example.org>' --say 'rcpt TO:<bob@example.org>' --say DATA
    --say 'Subject: lab\n\nhello\n.' --say QUIT)

openssl_send() {
    on client python3 "$here/lab/talk.py" --say '<^250 ' "${inside[@]}" -- openssl s_client -starttls smtp -quiet \
        -name client.example.org -connect "$1.example.org:25" -servername "$1.example.org" -CAfile "$lab/tls/root.pem" "${@:2}"
}

gnutls_send() {
    on client python3 "$here/lab/talk.py" --say '<Simple Client Mode' "${inside[@]}" -- gnutls-cli --starttls-proto=smtp \
        --port 25 "$1.example.org" --x509cafile "$lab/tls/root.pem" --priority "$2"
}

# tampered MODE PORT: from here on the laptop's connection to mx passes through the proxy
tampered() {
    tap laptop eth0
    : >"$lab/tamper.log"
    on front python3 "$here/lab/tamper.py" "$1" 192.0.2.25 "$2" back >"$lab/tamper.log" 2>&1 &
    until_true grep -q listening "$lab/tamper.log"
}

# --- nothing to find

clean-starttls-tls13() { # scenario
    send mx --port 25 -tls
}

clean-starttls-tls12() { # scenario
    send tls12 --port 25 -tls
}

clean-exim-starttls-tls13() { # scenario
    gnutls_send exim NORMAL
}

# The client leaves without QUIT, and Exim says goodbye in clear, behind the end of TLS.
clean-exim-farewell-in-clear() { # scenario
    on client python3 "$here/lab/talk.py" --say '<Simple Client Mode' --say 'EHLO client.example.org' -- \
        gnutls-cli --starttls-proto=smtp --port 25 exim12.example.org --x509cafile "$lab/tls/root.pem"
}

clean-exim-starttls-tls12() { # scenario
    send exim12 --port 25 -tls
}

clean-implicit-tls13() { # scenario
    send mx -tlsc --port 465 --auth PLAIN "${login[@]}"
}

clean-implicit-tls12() { # scenario
    printf 'From: alice@example.org\nTo: bob@example.org\nSubject: lab\n\nhello\n' \
        | on client msmtp --host=tls12.example.org --port=465 --tls=on --tls-starttls=off --tls-trust-file="$lab/tls/root.pem" \
            --domain=client.example.org --auth=plain --user=alice@example.org --passwordeval='echo fake-password' \
            --from=alice@example.org bob@example.org
}

clean-submission-tls() { # scenario
    curl_send smtp://mx.example.org:587 --ssl-reqd --user alice@example.org:fake-password
}

# The relay hands on what it took from its own host: one Postfix speaks to another.
clean-relay() { # scenario
    on relay swaks --helo relay.example.org "${mail[@]}" --server 127.0.0.1 --port 2525
    until_true grep -q 'status=sent' "$lab/relay/log"
}
before:clean-relay() { tap relay eth0; }

health-check() { # scenario
    send mx --port 25 --quit-after EHLO
}

clean-ipv6() { # scenario
    curl_send smtp://mx.example.org --ssl-reqd --connect-to 'mx.example.org:25:[2001:db8::25]:25'
}

clean-vlan() { # scenario
    swaks_from tagged mx --port 25 -tls
}
before:clean-vlan() {
    tap switch trunk0
    tap_filter='vlan and tcp'
    on switch python3 "$here/lab/trunk.py" 25 access trunk0 trunk1 uplink >"$lab/trunk.log" 2>&1 &
    until_true grep -q switching "$lab/trunk.log"
}

# --- in tunnels, between near and far

encapsulation-vxlan() { # scenario
    swaks_from tunneled mx --port 25 -tls
}
before:encapsulation-vxlan() { kernel_tunnel vxlan id 42 dstport 4789; }

encapsulation-geneve() { # scenario
    swaks_from tunneled mx --port 25 -tls
}
before:encapsulation-geneve() { switch_tunnel geneve key=77; }

encapsulation-gre() { # scenario
    swaks_from tunneled mx --port 25 -tls
}
before:encapsulation-gre() { switch_tunnel gre; }

# Each direction has a key of its own.
encapsulation-gre-key() { # scenario
    swaks_from tunneled mx --port 25 -tls
}
before:encapsulation-gre-key() { switch_tunnel gre out_key=42 in_key=43; }

# The frames in the tunnel have a tag.
encapsulation-gre-vlan() { # scenario
    swaks_from tunneled mx --port 25 -tls
}
before:encapsulation-gre-vlan() { switch_tunnel gre key=9 vlan=25; }

encapsulation-erspan2() { # scenario
    swaks_from tunneled mx --port 25 -tls
}
before:encapsulation-erspan2() { switch_tunnel erspan key=7 erspan_ver=1 erspan_idx=3; }

encapsulation-erspan3() { # scenario
    swaks_from tunneled mx --port 25 -tls
}
before:encapsulation-erspan3() { switch_tunnel erspan key=7 erspan_ver=2 erspan_dir=1 erspan_hwid=4; }

clean-linux-cooked1() { # scenario
    send mx --port 25 -tls
}
before:clean-linux-cooked1() { tap client any -y LINUX_SLL; }

clean-linux-cooked2() { # scenario
    send mx --port 25 -tls
}
before:clean-linux-cooked2() { tap client any -y LINUX_SLL2; }

clean-hello-retry() { # scenario
    openssl_send retry
}

# Two connections: the first is given a ticket, the second uses it.
clean-resumption-tls13() { # scenario
    openssl_send mx -sess_out "$lab/session13"
    openssl_send mx -sess_in "$lab/session13"
}

clean-resumption-tls12() { # scenario
    openssl_send tls12 -sess_out "$lab/session12"
    openssl_send tls12 -sess_in "$lab/session12"
}

clean-post-quantum() { # scenario
    on client "$cache/python/bin/python" "$here/lab/hybrid.py" send hybrid.example.org 25 "$lab/tls/root.pem"
}

# A client without TLS 1.3 against a server with it: the sentinel in the server's random is as it should be.
normal-downgrade-sentinel() { # scenario
    send mx --port 25 -tls --tls-protocol tlsv1_2
}

# --- plaintext

credentials-in-clear-plain() { # scenario
    send open --port 587 --auth PLAIN "${login[@]}"
}

credentials-in-clear-login() { # scenario
    send open --port 587 --auth LOGIN "${login[@]}" --quit-after AUTH
}

credentials-in-clear-cram-md5() { # scenario
    send open --port 587 --auth CRAM-MD5 "${login[@]}" --quit-after AUTH
}

credentials-in-clear-refused() { # scenario
    send open --port 587 --auth PLAIN --auth-user alice@example.org --auth-password wrong-fake-password --quit-after AUTH
}

starttls-unused() { # scenario
    send mx --port 25
}

message-in-clear-bdat() { # scenario
    printf 'From: alice@example.org\nTo: bob@example.org\nSubject: lab\n\nhello\n' \
        | on client "$cache/exim/usr/sbin/exim4" -C "$lab/exim/client.conf" -odi -f alice@example.org bob@example.org
}

envelope-in-clear() { # scenario
    send mx --port 25 --to nobody@example.org
}

starttls-not-offered() { # scenario
    send plain --port 25
}

cleartext-on-465() { # scenario
    send bare465 --port 465
}

cleartext-submission() { # scenario
    send mx --port 587
}

# --- refused, masked, stripped

# Exim whose certificate is missing.
starttls-refused-quit() { # scenario
    printf 'From: alice@example.org\nTo: bob@example.org\nSubject: lab\n\nhello\n' \
        | on client msmtp --host=eximbroken.example.org --port=25 --tls=on --tls-trust-file="$lab/tls/root.pem" \
            --domain=client.example.org --auth=off --from=alice@example.org bob@example.org
}

# Postfix whose key is missing; the client goes on without TLS.
starttls-refused-continued() { # scenario
    send broken --port 25 -tlso
}

starttls-masked() { # scenario
    swaks_from laptop mx --port 25 -tlso
}
before:starttls-masked() { tampered mask 25; }

starttls-masked-cisco() { # scenario
    swaks_from laptop mx --port 25 -tlso
}
before:starttls-masked-cisco() { tampered cisco 25; }

starttls-stripped() { # scenario
    swaks_from laptop mx --port 25 -tlso
}
before:starttls-stripped() { tampered strip 25; }

starttls-without-tls() { # scenario
    on client python3 "$here/lab/talk.py" --connect mx.example.org:25 --say '<^220 .*\n' --say 'EHLO client.example.org' \
        --say STARTTLS --say 'EHLO client.example.org'
}

# --- TLS

tls10() { # scenario
    send tls10 --port 25 -tls --tls-cipher DEFAULT:@SECLEVEL=0
}

tls11() { # scenario
    send tls11 --port 25 -tls --tls-cipher DEFAULT:@SECLEVEL=0
}

weak-cipher-null() { # scenario
    openssl_send old -tls1_2 -cipher ECDHE-RSA-NULL-SHA:@SECLEVEL=0
}

weak-cipher-3des() { # scenario
    gnutls_send eximweak "$gnutls_basis:+3DES-CBC:+SHA1"
}

weak-cipher-rc4() { # scenario
    gnutls_send eximweak "$gnutls_basis:+ARCFOUR-128:+SHA1"
}
gnutls_basis=NONE:+VERS-TLS1.2:+ECDHE-RSA:+COMP-NULL:+SIGN-ALL:+GROUP-ALL:+CTYPE-X509

weak-cipher-cbc-sha1() { # scenario
    send tls12 --port 25 -tls --tls-cipher ECDHE-RSA-AES256-SHA
}

no-forward-secrecy() { # scenario
    send tls12 --port 25 -tls --tls-cipher AES128-GCM-SHA256
}

anonymous-suite() { # scenario
    openssl_send old -tls1_2 -cipher ADH-AES256-GCM-SHA384:@SECLEVEL=0
}

tls-version-rollback() { # scenario
    swaks_from laptop mx --port 25 -tls
}
before:tls-version-rollback() { tampered rollback 25; }

# --- handshakes that fail

tls-handshake-failed-unknown-ca-tls12() { # scenario
    curl_send smtp://tls12.example.org:587 --ssl-reqd --user alice@example.org:fake-password --cacert /etc/ssl/certs/ca-certificates.crt
}

tls-handshake-failed-unknown-ca-tls13() { # scenario
    curl_send smtp://mx.example.org:587 --ssl-reqd --user alice@example.org:fake-password --cacert /etc/ssl/certs/ca-certificates.crt
}

tls-handshake-failed-version() { # scenario
    openssl_send mx -tls1_1 -cipher DEFAULT:@SECLEVEL=0
}

# The server says 220 and then finds that it has no certificate.
tls-handshake-failed-no-certificate() { # scenario
    send nochain --port 25 -tls
}

# The same, and the client goes on in clear on the connection that is about to be closed.
tls-handshake-failed-then-clear() { # scenario
    send nochain --port 25 -tlso
}

tls-handshake-failed-reset() { # scenario
    swaks_from laptop mx --port 25 -tls
}
before:tls-handshake-failed-reset() { tampered reset 25; }

# Both libraries answer the cut with an alert of their own, which is not the cause.
tls-handshake-failed-cut() { # scenario
    on laptop gnutls-cli --starttls-proto=smtp --port 25 mx.example.org --x509cafile "$lab/tls/root.pem" </dev/null
}

tls-handshake-failed-cut-openssl() { # scenario
    swaks_from laptop mx --port 25 -tls
}
before:tls-handshake-failed-cut-openssl() { tampered finish 25; }
before:tls-handshake-failed-cut() { tampered finish 25; }

# --- certificates, seen because the servers speak TLS 1.2; the clients do not look at them

certificate-expired() { # scenario
    curl_send smtp://expired.example.org:587 --ssl-reqd --user alice@example.org:fake-password --insecure
}

certificate-expired-implicit() { # scenario
    curl_send smtps://expired.example.org:465 --user alice@example.org:fake-password --insecure
}

certificate-self-signed() { # scenario
    curl_send smtp://selfsigned.example.org:587 --ssl-reqd --user alice@example.org:fake-password --insecure
}

certificate-host-mismatch() { # scenario
    curl_send smtp://wrongname.example.org:587 --ssl-reqd --user alice@example.org:fake-password --insecure
}

certificate-host-mismatch-implicit() { # scenario
    send wrongname -tlsc --port 465 --auth PLAIN "${login[@]}"
}

# --- while Earshot listens (EARSHOT_LIVE)

# A login in clear whose connection stays open until its alert has been told.
live-open() { # live
    on client python3 "$here/lab/hold.py" open.example.org 587 "$out/live-open.live.jsonl" credentials-in-clear >"$out/live-open.told"
}
