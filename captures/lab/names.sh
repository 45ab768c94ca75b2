# Who is who. Every address of `server` is one mail server with its own habits; the names say which.

declare -A server_address=(
    [mx.example.org]=192.0.2.25           # Postfix as it should be: TLS 1.2 and 1.3, AUTH only inside TLS
    [lax.example.org]=192.0.2.26          # Postfix that takes AUTH before TLS
    [tls12.example.org]=192.0.2.27        # Postfix that stops at TLS 1.2
    [no-tls.example.org]=192.0.2.28       # Postfix with smtpd_tls_security_level = none
    [tls10.example.org]=192.0.2.29        # Postfix that stops at TLS 1.0
    [old.example.org]=192.0.2.30          # Postfix from TLS 1.0 up to 1.2
    [null-cipher.example.org]=192.0.2.31  # Postfix with the eNULL suites only
    [static-rsa.example.org]=192.0.2.32   # Postfix with static RSA only
    [anonymous.example.org]=192.0.2.33    # Postfix without a certificate
    [expired.example.org]=192.0.2.34      # Postfix whose certificate ran out
    [self-signed.example.org]=192.0.2.35  # Postfix whose certificate signs itself
    [mismatch.example.org]=192.0.2.36     # Postfix with the certificate of another name
    [broken.example.org]=192.0.2.37       # Postfix whose certificate file is missing
    [unwrapped.example.org]=192.0.2.38    # Postfix on 465 without smtpd_tls_wrappermode
    [exim.example.org]=192.0.2.40         # Exim with GnuTLS: TLS 1.2 and 1.3
    [exim-tls12.example.org]=192.0.2.41   # Exim that stops at TLS 1.2
    [exim-3des.example.org]=192.0.2.42    # Exim with 3DES only
    [exim-rc4.example.org]=192.0.2.43     # Exim with RC4 only
    [exim-broken.example.org]=192.0.2.44  # Exim whose certificate file is missing
    [aiosmtpd.example.org]=192.0.2.50     # aiosmtpd without TLS, takes AUTH
    [quantum.example.org]=192.0.2.51      # OpenSSL of pyOpenSSL, which knows X25519MLKEM768
)
mapfile -t server_addresses < <(printf '%s\n' "${server_address[@]}" | sort)

# The lines of /etc/hosts.
server_names() {
    local name
    echo '127.0.0.1 localhost'
    echo '192.0.2.10 client.example.net'
    echo '192.0.2.66 victim.example.net'
    for name in "${!server_address[@]}"; do
        echo "${server_address[$name]} $name"
    done
    echo '2001:db8::25 mx6.example.org'
}
