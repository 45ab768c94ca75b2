# What the lab needs and how it gets it. Runs outside the lab, where there is a network.

# Debian package → a program by which its presence is known.
install_packages() {
    local -A needed=(
        [tcpdump]=tcpdump [tshark]=tshark [iproute2]=ip [ethtool]=ethtool [openssl]=openssl [curl]=curl
        [postfix]=postfix [swaks]=swaks [msmtp]=msmtp [gnutls-bin]=gnutls-cli [sasl2-bin]=saslpasswd2
        [openvswitch-switch]=ovs-vswitchd
    )
    local missing=() package
    for package in "${!needed[@]}"; do
        command -v "${needed[$package]}" >/dev/null || missing+=("$package")
    done
    perl -MNet::SSLeay -e1 2>/dev/null || missing+=(libnet-ssleay-perl)
    perl -MDigest::HMAC_MD5 -e1 2>/dev/null || missing+=(libdigest-hmac-perl)
    # Exim, which is only unpacked, needs the others.
    for package in libsasl2-modules libdb5.3 libgnutls-dane0 libidn12 libnsl2; do
        dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package")
    done
    ((${#missing[@]})) || return 0
    echo "installing ${missing[*]}" >&2
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}" >&2 \
        || { echo "record.sh: cannot install ${missing[*]}" >&2; exit 1; }
}

# Exim and Postfix exclude each other as packages, so Exim is only unpacked.
unpack_exim() {
    [[ -x $cache/exim/usr/sbin/exim4 ]] && return
    local folder
    folder=$(mktemp -d)
    (cd "$folder" && apt-get download -q exim4-daemon-light >&2 && dpkg -x exim4-daemon-light_*.deb "$cache/exim") \
        || { echo "record.sh: cannot fetch exim4-daemon-light" >&2; exit 1; }
    rm -rf "$folder"
    if ldd "$cache/exim/usr/sbin/exim4" | grep "not found" >&2; then
        echo "record.sh: install these libraries for Exim" >&2
        exit 1
    fi
}

# aiosmtpd is a server without STARTTLS; pyOpenSSL's wheels carry an OpenSSL that has ML-KEM.
install_python() {
    [[ -x $cache/python/bin/aiosmtpd ]] && return
    python3 -m venv "$cache/python" >&2 \
        && "$cache/python/bin/pip" install -q aiosmtpd pyOpenSSL >&2 \
        || { echo "record.sh: cannot install aiosmtpd and pyOpenSSL" >&2; exit 1; }
}

mkdir -p "$cache"
install_packages
unpack_exim
install_python
