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

# openssl_from HOST SERVER [options of s_client…]; `port=587 openssl_from …` for another port
openssl_from() {
    on "$1" python3 "$here/lab/talk.py" --say '<^250 ' "${inside[@]}" -- openssl s_client -starttls smtp -quiet \
        -name "$1.example.org" -connect "$2.example.org:${port:-25}" -servername "$2.example.org" -CAfile "$lab/tls/root.pem" "${@:3}"
}
openssl_send() { openssl_from client "$@"; }

# exim_from HOST SERVER: one message by an Exim that uses TLS where it can, and goes on without where it cannot
exim_from() {
    sed -e "s/^primary_hostname.*/primary_hostname = $1.example.org/" -e "s/mx\.example\.org/$2.example.org/" \
        -e '/hosts_avoid_tls/d' "$lab/exim/client.conf" >"$lab/exim/$1-$2.conf"
    printf 'From: alice@example.org\nTo: bob@example.org\nSubject: lab\n\nhello\n' \
        | on "$1" "$cache/exim/usr/sbin/exim4" -C "$lab/exim/$1-$2.conf" -odi -f alice@example.org bob@example.org
}

gnutls_send() {
    on client python3 "$here/lab/talk.py" --say '<Simple Client Mode' "${inside[@]}" -- gnutls-cli --starttls-proto=smtp \
        --port 25 "$1.example.org" --x509cafile "$lab/tls/root.pem" --priority "$2"
}

# gnutls_server PRIORITY [options…]: TLS and an echo on the relay's 465, for what no mail server has
gnutls_server() {
    # Not by `on`: the process to be ended must be the server itself.
    nsenter --net=/run/netns/relay -- gnutls-serv --echo --quiet --port 465 --priority "$1" \
        --x509certfile "$lab/tls/relay.pem" --x509keyfile "$lab/tls/server.key" "${@:2}" >"$lab/gnutls-serv.log" 2>&1 &
    gnutls_process=$!
    until_true listens relay 465
}

listens() { [[ -n $(on "$1" ss -Hltn "sport = :$2") ]]; }

end_gnutls_server() {
    kill "$gnutls_process"
    wait "$gnutls_process" || true
}

gnutls_client() {
    on client gnutls-cli --port 465 relay.example.org --x509cafile "$lab/tls/root.pem" "$@" </dev/null
    end_gnutls_server
}

# tampered MODE[,MODE…] PORT [SERVER]: from here on the laptop's connections to mx, or to SERVER, pass through the proxy
tampered() {
    tap laptop eth0
    : >"$lab/tamper.log"
    on front python3 "$here/lab/tamper.py" "$1" "$(address "${3-mx}")" "$2" back >"$lab/tamper.log" 2>&1 &
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

# The path answers in the server's place.
starttls-refused-on-path() { # scenario
    swaks_from laptop mx --port 25 -tlso
}
before:starttls-refused-on-path() { tampered refuse 25; }

# The line is removed, and the server insists on TLS.
starttls-contradiction() { # scenario
    swaks_from laptop strict --port 25 -tlso
}
before:starttls-contradiction() { tampered strip 25 strict; }

# The line is removed, and this client asks all the same.
starttls-contradiction-accepted() { # scenario
    openssl_from laptop mx
}
before:starttls-contradiction-accepted() { tampered strip 25; }

# The command is overwritten on its way; seen on the client's side, and on the server's.
starttls-command-mangled() { # scenario
    swaks_from laptop mx --port 25 -tlso
}
before:starttls-command-mangled() { tampered mangle 25; }

starttls-command-mangled-behind() { # scenario
    swaks_from laptop mx --port 25 -tlso
}
before:starttls-command-mangled-behind() { tampered mangle 25; tap back eth0; }

helo-fallback() { # scenario
    swaks_from laptop mx --port 25
}
before:helo-fallback() { tampered hide-ehlo 25; }

# Seen on the server's side: the client never sent it.
command-injection() { # scenario
    swaks_from laptop mx --port 25 -tls
}
before:command-injection() { tampered inject-command 25; tap back eth0; }

response-injection() { # scenario
    swaks_from laptop mx --port 25 -tls
}
before:response-injection() { tampered inject-response 25; }

state-before-tls() { # scenario
    on client python3 - "$lab/tls/root.pem" <<'END'
import smtplib, ssl, sys
client = smtplib.SMTP("mx.example.org", 25, "client.example.org")
client.ehlo()
client.mail("alice@example.org")
client.starttls(context=ssl.create_default_context(cafile=sys.argv[1]))
client.sendmail("alice@example.org", ["bob@example.org"], "Subject: lab\r\n\r\nhello\r\n")
client.quit()
END
}

# --- in clear after a failure

# An alert in the ServerHello's place; Exim tries again without TLS.
plaintext-after-failed-tls() { # scenario
    exim_from laptop mx
}
before:plaintext-after-failed-tls() { tampered replace-hello,pass 25; }

# Both sides have their keys when the path closes the connection.
plaintext-after-failed-tls-cut() { # scenario
    swaks_from laptop mx --port 25 -tls
    swaks_from laptop mx --port 25
}
before:plaintext-after-failed-tls-cut() { tampered cut,pass 25; }

# Nobody in between: the server has no certificate, and Exim tries again without TLS.
plaintext-after-failed-tls-refused() { # scenario
    exim_from client nochain
}

# --- what else real networks bring

# The offer alone: the client logs in nowhere, and uses TLS.
auth-offered-in-clear() { # scenario
    send open --port 587 -tls
}

proxy-protocol-v1() { # scenario
    send balanced --port 25 -tls --proxy-version 1 --proxy-family TCP4 --proxy-source 198.51.100.7 --proxy-source-port 34567 \
        --proxy-dest 192.0.2.42 --proxy-dest-port 25
}

proxy-protocol-v2() { # scenario
    send balanced --port 25 -tls --proxy-version 2 --proxy-family AF_INET --proxy-protocol STREAM --proxy-command PROXY \
        --proxy-source 198.51.100.7 --proxy-source-port 34567 --proxy-dest 192.0.2.42 --proxy-dest-port 25
}

# The client tells whom it speaks for; the server greets anew.
xclient() { # scenario
    send balanced2 --port 25 --xclient-addr 198.51.100.7 --xclient-name outside.example.net
}

xforward() { # scenario
    on client python3 "$here/lab/talk.py" --connect balanced2.example.org:25 --say '<^220 .*\n' --say 'EHLO client.example.org' \
        --say 'XFORWARD ADDR=198.51.100.7 NAME=outside.example.net' --say QUIT
}

lmtp() { # scenario
    send lmtp --port 25 --protocol LMTP --to bob@example.org,carol@example.org
}

# postscreen says one line, waits whether the client is too hasty, and says the other.
greeting-in-two-parts() { # scenario
    send teaser --port 25 -tls
}

client-certificate() { # scenario
    curl_send smtp://asks.example.org:587 --ssl-reqd --user alice@example.org:fake-password \
        --cert "$lab/tls/mx.pem" --key "$lab/tls/server.key"
}

# Lines that end in LF alone: what is behind them may be read in two ways.
bare-line-feeds() { # scenario
    on client python3 "$here/lab/talk.py" --connect mx.example.org:25 --say '<^220 .*\n' --say 'EHLO client.example.org' \
        --say 'MAIL FROM:<alice@example.org>' --say 'RCPT TO:<bob@example.org>' --say DATA \
        --say 'Subject: lab\n\nhello\l.\lMAIL FROM:<smuggled@example.net>\n.' --say QUIT
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

anonymous-suite-submission() { # scenario
    port=587 openssl_send old -tls1_2 -cipher ADH-AES256-GCM-SHA384:@SECLEVEL=0
}

# A prime of 1024 bits, which mail servers of today refuse to load.
weak-key-exchange() { # scenario
    on client python3 "$here/lab/talk.py" --say '<Verify return code' --say 'EHLO client.example.org' -- openssl s_client \
        -connect relay.example.org:465 -CAfile "$lab/tls/root.pem" -tls1_2 -cipher DHE-RSA-AES256-GCM-SHA384:@SECLEVEL=0
    end_gnutls_server
}
before:weak-key-exchange() { gnutls_server LEGACY --dhparams "$lab/tls/dh1024.pem"; }

# A curve of 192 bits.

weak-key-exchange-curve() { # scenario
    openssl_send oldcurve -tls1_2 -curves prime192v1 -cipher ECDHE-RSA-AES256-GCM-SHA384:@SECLEVEL=0
}

weak-key-exchange-sha1() { # scenario
    openssl_send old -tls1_2 -sigalgs RSA+SHA1 -cipher ECDHE-RSA-AES256-GCM-SHA384:@SECLEVEL=0
}

# Postfix's own choice of a prime, and one of RFC 7919.
weak-key-exchange-unnamed() { # scenario
    openssl_send old -tls1_2 -cipher DHE-RSA-AES256-GCM-SHA384:@SECLEVEL=0
}

clean-finite-field() { # scenario
    openssl_send finitefield -tls1_2 -cipher DHE-RSA-AES256-GCM-SHA384:@SECLEVEL=0
}

no-extended-master-secret() { # scenario
    gnutls_send tls12 NORMAL:%NO_SESSION_HASH
}

insecure-renegotiation() { # scenario
    openssl_send eximlegacy -legacy_server_connect
}

# Two connections: a ticket, then its use.
early-data() { # scenario
    printf 'EHLO client.example.org\r\n' >"$lab/early"
    gnutls_client --resume --earlydata "$lab/early"
}
before:early-data() { gnutls_server NORMAL --earlydata; }

# The key is known to both sides beforehand.
psk-without-dh() { # scenario
    gnutls_client --priority NORMAL:-KX-ALL:+PSK --pskusername alice --pskkey 66616b652d6b6579
}
before:psk-without-dh() {
    echo alice:66616b652d6b6579 >"$lab/psk"
    gnutls_server NORMAL:-KX-ALL:+PSK --pskpasswd "$lab/psk"
}

# The suite in the ServerHello becomes one that the client never offers.
cipher-not-offered() { # scenario
    swaks_from laptop tls12 --port 25 -tls
}
before:cipher-not-offered() { tampered suite 25 tls12; }

# The server can do no more than TLS 1.2; the client comes back with that, and then says so, which the server accepts.
tls-fallback-retry() { # scenario
    openssl_send tls12 -tls1_3
    openssl_send tls12 -tls1_2 -fallback_scsv
}

# The server can do more, and refuses the retry (inappropriate_fallback).
tls-fallback-retry-refused() { # scenario
    openssl_send mx -tls1_2 -fallback_scsv
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

certificate-not-yet-valid() { # scenario
    curl_send smtp://notyet.example.org:587 --ssl-reqd --user alice@example.org:fake-password --insecure
}

certificate-expiring-soon() { # scenario
    curl_send smtp://expiring.example.org:587 --ssl-reqd --user alice@example.org:fake-password
}

# A client that takes keys and hashes of long ago.
certificate-weak-key() { # scenario
    send weakkey --port 587 -tls --tls-cipher DEFAULT:@SECLEVEL=0 --auth PLAIN "${login[@]}"
}

certificate-weak-signature() { # scenario
    send sha1 --port 587 -tls --tls-cipher DEFAULT:@SECLEVEL=0 --auth PLAIN "${login[@]}"
}

certificate-not-trusted() { # scenario
    curl_send smtp://untrusted.example.org:587 --ssl-reqd --user alice@example.org:fake-password --insecure
}

certificate-not-trusted-incomplete() { # scenario
    curl_send smtp://incomplete.example.org:587 --ssl-reqd --user alice@example.org:fake-password --insecure
}

certificate-self-signed() { # scenario
    curl_send smtp://selfsigned.example.org:587 --ssl-reqd --user alice@example.org:fake-password --insecure
}

certificate-host-mismatch() { # scenario
    curl_send smtp://wrongname.example.org:587 --ssl-reqd --user alice@example.org:fake-password --insecure
}

# The client names no server, and the greeting names another than the certificate.
certificate-name-not-checked() { # scenario
    on client swaks --helo client.example.org "${mail[@]}" --server wrongname.example.org --port 587 -tls --auth PLAIN "${login[@]}"
}

certificate-host-mismatch-implicit() { # scenario
    send wrongname -tlsc --port 465 --auth PLAIN "${login[@]}"
}

# --- while Earshot listens (EARSHOT_LIVE)

# A login in clear whose connection stays open until its alert has been told.
live-open() { # live
    on client python3 "$here/lab/hold.py" open.example.org 587 "$out/live-open" credentials-in-clear >"$out/live-open.told"
}

# A client without the signal that comes back with less than what failed: told when its session is over, long before the end.
live-retry() { # live
    openssl_send tls12 -tls1_3
    openssl_send tls12 -tls1_2
    python3 "$here/lab/alert.py" "$out/live-retry.live.jsonl" tls-fallback-retry >"$out/live-retry.told"
}
