# The lab's certificate authority (root and one issuing authority) and the certificates of its servers.

make_certificates() {
    local tls=$lab/tls
    mkdir -p "$tls/issued"
    chmod 755 "$tls"
    : >"$tls/index.txt"
    echo 1000 >"$tls/serial"
    cat >"$tls/ca.cnf" <<END
[ca]
default_ca = lab
[lab]
database = $tls/index.txt
serial = $tls/serial
new_certs_dir = $tls/issued
default_md = sha256
default_days = 397
policy = any
unique_subject = no
copy_extensions = copy
[any]
organizationName = optional
commonName = supplied
[authority]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical,CA:false
keyUsage = critical,digitalSignature,keyEncipherment
extendedKeyUsage = serverAuth
END
    {
        openssl genrsa -out "$tls/root.key" 2048
        openssl genrsa -out "$tls/issuing.key" 2048
        openssl genrsa -out "$tls/server.key" 2048
        openssl req -x509 -key "$tls/root.key" -days 3650 -subj "/O=Example Lab/CN=Example Lab Root" \
            -config "$tls/ca.cnf" -extensions authority -out "$tls/root.pem"
        openssl req -new -key "$tls/issuing.key" -subj "/O=Example Lab/CN=Example Lab Issuing" -config "$tls/ca.cnf" -out "$tls/issuing.csr"
        openssl ca -batch -notext -config "$tls/ca.cnf" -cert "$tls/root.pem" -keyfile "$tls/root.key" -days 1825 \
            -extensions authority -in "$tls/issuing.csr" -out "$tls/issuing.pem"
        local name
        for name in mx relay tls12 tls11 tls10 old open retry strict balanced balanced2 teaser asks bare465 exim eximweak exim12 hybrid \
            oldcurve finitefield eximlegacy; do
            issue "$name" "$name"
        done
        issue expired expired -startdate 20240101000000Z -enddate 20240401000000Z
        issue wrongname elsewhere
        issue notyet notyet -startdate 20300101000000Z -enddate 20310101000000Z
        issue expiring expiring -startdate "$(date -ud '-392 days' +%Y%m%d%H%M%SZ)" -enddate "$(date -ud '+5 days' +%Y%m%d%H%M%SZ)"
        openssl genrsa -out "$tls/weakkey.key" 1024
        issue weakkey weakkey
        issue sha1 sha1 -md sha1
        issue incomplete incomplete
        cp "$tls/incomplete.leaf" "$tls/incomplete.pem"
        # An authority that nobody was told to trust.
        openssl genrsa -out "$tls/stranger.key" 2048
        openssl req -x509 -key "$tls/stranger.key" -days 3650 -subj "/O=Strange Lab/CN=Strange Lab Root" \
            -config "$tls/ca.cnf" -extensions authority -out "$tls/stranger.pem"
        authority=stranger issue untrusted untrusted
        openssl req -x509 -key "$tls/server.key" -days 397 -subj "/O=Example Lab/CN=selfsigned.example.org" \
            -addext "subjectAltName=DNS:selfsigned.example.org" -addext "basicConstraints=critical,CA:false" -out "$tls/selfsigned.pem"
        chmod 644 "$tls/server.key" "$tls/weakkey.key"
        # Large enough for a server of twenty years ago, and a prime that RFC 7919 has a name for.
        openssl dhparam -out "$tls/dh1024.pem" 1024
        openssl genpkey -genparam -algorithm DH -pkeyopt group:ffdhe2048 -out "$tls/ffdhe2048.pem"
    } >"$lab/certificates.log" 2>&1 || { cat "$lab/certificates.log" >&2; return 1; }
}

# The key of a server: most have the same one.
key_of() {
    local key=$lab/tls/$1.key
    [[ -e $key ]] && echo "$key" || echo "$lab/tls/server.key"
}

# The root of this lab will be trusted where its recordings are read.
keep_authority() {
    { echo "# $(openssl x509 -in "$lab/tls/root.pem" -noout -subject), made on $(date -u +%F)"; cat "$lab/tls/root.pem"; } \
        >>"$out/authorities.pem"
}

# issue FILE NAME [options of `openssl ca`]: a certificate for NAME.example.org and its issuer, in FILE.pem
issue() {
    local file=$1 name=$2 tls=$lab/tls by=${authority:-issuing}
    openssl req -new -key "$(key_of "$file")" -subj "/O=Example Lab/CN=$name.example.org" \
        -addext "subjectAltName=DNS:$name.example.org" -out "$tls/$file.csr"
    openssl ca -batch -notext -config "$tls/ca.cnf" -cert "$tls/$by.pem" -keyfile "$tls/$by.key" \
        -extensions server "${@:3}" -in "$tls/$file.csr" -out "$tls/$file.leaf"
    cat "$tls/$file.leaf" "$tls/$by.pem" >"$tls/$file.pem"
}
