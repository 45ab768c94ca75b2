# Real clients.

# message RECIPIENT: a short message with fixed contents.
message() {
    cat <<END
Date: Wed, 25 Nov 2026 12:00:00 +0000
From: Alice <alice@example.net>
To: <$1>
Subject: Lunch
Message-ID: <lunch@client.example.net>

Shall we have lunch on Friday?
END
}

# by_swaks [HOST:]NAME PORT [option]...: one delivery with swaks. It sends the server's name as SNI and verifies nothing.
by_swaks() {
    local host=client name=$1 port=$2
    [[ $name == *:* ]] && host=${name%%:*} && name=${name#*:}
    message bob@example.org >"$scratch/message"
    on "$host" swaks --server "${server_address[$name]}" --port "$port" --tls-sni "$name" \
        --helo "$host.example.net" --from alice@example.net --to bob@example.org \
        --data "@$scratch/message" "${@:3}" >>"$scratch/clients.log" 2>&1
}

# by_openssl NAME PORT [option]...: a TLS session with openssl s_client that says EHLO and QUIT.
# Each command waits for the reply to the one before; `Verify return code` ends the handshake's report.
by_openssl() {
    local name=$1 port=$2
    converse "$scratch/s_client.log" on client openssl s_client -connect "${server_address[$name]}:$port" \
        -servername "$name" -crlf -CAfile "$scratch/certificates/ca.pem" "${@:3}"
}

# Speaks to a program that is connected to a server: EHLO when the program is ready, QUIT after the reply.
converse() {
    local log=$1
    : >"$log"
    {
        until_true grep -qE '^(250 |220 )' "$log"
        echo 'EHLO client.example.net'
        until_true grep -qE '^250 (CHUNKING|HELP|SMTPUTF8|DSN)' "$log"
        echo 'QUIT'
        until_true grep -qE '^221 ' "$log"
    } | "${@:2}" >"$log" 2>&1
}

# Runs a client that must not succeed.
refused() {
    if "$@"; then
        echo "succeeded, but should not have: $*" >&2
        return 1
    fi
}
