# A certificate authority for the lab, and one certificate for every name. Keys live as long as one run.

days_valid=180

make_certificates() (
    mkdir -p "$scratch/certificates/new"
    cd "$scratch/certificates"
    touch index.txt
    echo 01 >serial
    export certificate_name=none  # ca.cnf reads it from the environment
    authority_settings >ca.cnf
    openssl req -config ca.cnf -x509 -new -newkey rsa:2048 -noenc -days 3650 \
        -subj '/O=Earshot lab/CN=Earshot lab CA' -keyout ca.key -out ca.pem

    # One RSA key serves every server: a new one for each would only take time.
    openssl genrsa -out server.key 2048
    local name
    for name in "${!server_address[@]}"; do
        sign_certificate "$name" "$name"
    done
    sign_certificate mx6.example.org mx6.example.org
    sign_certificate mismatch.example.org www.example.com
    sign_certificate expired.example.org expired.example.org -startdate 20250101000000Z -enddate 20250401000000Z
    openssl req -x509 -new -key server.key -days $days_valid -subj /CN=self-signed.example.org \
        -addext subjectAltName=DNS:self-signed.example.org -out leaf.pem
    cat server.key leaf.pem >self-signed.example.org.pem
) >"$scratch/certificates.log" 2>&1

# sign_certificate FILE NAME [option of openssl ca]...: FILE.pem holds the key and a certificate for NAME.
sign_certificate() {
    local file=$1 name=$2
    openssl req -config ca.cnf -new -key server.key -subj "/CN=$name" -out request.pem
    certificate_name=$name openssl ca -config ca.cnf -batch -notext -days $days_valid \
        -in request.pem -out leaf.pem "${@:3}"
    cat server.key leaf.pem >"$file.pem"
}

authority_settings() {
    cat <<'END'
[ca]
default_ca = lab
[lab]
dir = .
database = index.txt
serial = serial
new_certs_dir = new
certificate = ca.pem
private_key = ca.key
default_md = sha256
policy = any_name
x509_extensions = leaf
unique_subject = no
[any_name]
commonName = supplied
[leaf]
basicConstraints = CA:FALSE
keyUsage = digitalSignature, keyEncipherment
extendedKeyUsage = serverAuth
subjectAltName = DNS:$ENV::certificate_name
[req]
distinguished_name = subject
x509_extensions = authority
[subject]
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
END
}
