# What the lab is made of. Says so when something is missing and cannot be installed.

declare -A package_of=(
    [postfix]=postfix [saslpasswd2]=sasl2-bin [swaks]=swaks [msmtp]=msmtp [gnutls-cli]=gnutls-bin [curl]=curl
    [openssl]=openssl [tcpdump]=tcpdump [ethtool]=ethtool [ip]=iproute2 [python3]=python3
)

install_tools() {
    (( EUID == 0 )) || { echo 'record.sh needs root: it makes network namespaces' >&2; exit 1; }
    local tool missing=()
    for tool in "${!package_of[@]}"; do
        command -v "$tool" >/dev/null || missing+=("${package_of[$tool]}")
    done
    dpkg -s libsasl2-modules >/dev/null 2>&1 || missing+=(libsasl2-modules)
    if (( ${#missing[@]} )); then
        echo "installing ${missing[*]}" >&2
        DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}" >"$scratch/apt.log" 2>&1 ||
            { echo "could not install ${missing[*]}:" >&2; tail -n 5 "$scratch/apt.log" >&2; exit 1; }
    fi
}
