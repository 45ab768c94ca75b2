/// Steps against what a handshake lacks or has too much of. Nearly all of it is the TLS library's affair.
extension Remedy {
    public static let offerHybridGroups = Remedy(
        .server, "prefer a post-quantum group, and keep the classical ones for those who have none",
        [
            Setting(
                .postfix,
                "main.cf (3.10 and later, with OpenSSL 3.5, whose own list counts then; tls_ffdhe_auto_groups has to be empty, "
                    + "too)",
                "tls_eecdh_auto_curves ="),
            Setting(
                .exim,
                "main section (with OpenSSL 3.5; with GnuTLS from 3.8.10, where it was built with ML-KEM: tls_require_ciphers = "
                    + "NORMAL:-GROUP-ALL:+GROUP-X25519-MLKEM768:+GROUP-X25519:+GROUP-SECP256R1:+GROUP-SECP384R1)",
                "tls_eccurve = auto"),
            Setting(.openSMTPD, "smtpd.conf", "# nothing to set: the groups are those of its TLS library"),
        ])

    public static let dropAnonymousSuites = Remedy(
        .server, "leave out suites without a certificate where mail clients log in", scope: .submission,
        [
            Setting(
                .postfix, "main.cf",
                """
                smtpd_tls_mandatory_exclude_ciphers = aNULL
                """),
            Setting(
                .exim, "main section (GnuTLS; with OpenSSL: tls_require_ciphers = HIGH:!aNULL)",
                "tls_require_ciphers = NORMAL:-ANON-DH:-ANON-ECDH"),
            Setting(.openSMTPD, "smtpd.conf", "smtp ciphers \"HIGH:!aNULL\""),
        ])

    public static let checkTheCertificate = Remedy(
        .user, "let the mail client check the server's certificate", scope: .submission)

    public static let useNamedGroups = Remedy(
        .server, "use a large group that has a name, or elliptic curves alone",
        [
            Setting(
                .postfix,
                "main.cf (3.7 and later; curves below 224 bits are none of the default tls_eecdh_auto_curves)",
                "smtpd_tls_dh1024_param_file = auto"),
            Setting(.exim, "main section (OpenSSL; GnuTLS chooses such a group by itself)", "tls_dhparam = ffdhe3072"),
            Setting(.openSMTPD, "smtpd.conf", "pki mx.example.org dhe none"),
        ])

    public static let switchCompressionOff = Remedy(
        .server, "switch compression off",
        [
            Setting(.postfix, "main.cf", "tls_ssl_options = NO_COMPRESSION"),
            Setting(
                .exim, "main section (GnuTLS; with OpenSSL: openssl_options = +no_compression)",
                "tls_require_ciphers = NORMAL:-COMP-ALL:+COMP-NULL"),
            Setting(.openSMTPD, "smtpd.conf", "# nothing to set: it asks its TLS library for none"),
        ])

    public static let renegotiateSafely = Remedy(
        .server, "allow safe renegotiation alone, or none; refuse no client for lacking it",
        [
            Setting(.postfix, "main.cf", "tls_ssl_options = NO_RENEGOTIATION"),
            Setting(
                .exim, "main section (GnuTLS; with OpenSSL: openssl_options = +no_renegotiation)",
                "tls_require_ciphers = NORMAL:%PARTIAL_RENEGOTIATION"),
            Setting(.openSMTPD, "smtpd.conf", "# nothing to set: update its TLS library"),
        ])

    public static let bindMasterSecrets = Remedy(
        .server, "let the server speak TLS 1.3, which needs no such extension, on a TLS library of today",
        [
            Setting(
                .postfix, "main.cf (3.6 and later; no upper limit, the lower one is left to port 25)",
                "smtpd_tls_protocols = >=TLSv1"),
            Setting(
                .exim, "main section (GnuTLS; with OpenSSL: openssl_options without +no_tlsv1_3)",
                "tls_require_ciphers = NORMAL"),
            Setting(.openSMTPD, "smtpd.conf", "# nothing to set: update its TLS library"),
        ])

    public static let exchangeKeysAnew = Remedy(
        .server, "take no key without a new exchange",
        [
            Setting(
                .postfix, "main.cf",
                "# nothing to set: OpenSSL does it only with Options = AllowNoDHEKEX in openssl.cnf; take that out"),
            Setting(
                .exim, "main section (GnuTLS; with OpenSSL: take Options = AllowNoDHEKEX out of openssl.cnf)",
                "tls_require_ciphers = NORMAL:-PSK"),
            Setting(.openSMTPD, "smtpd.conf", "# nothing to set: it gives out no tickets"),
        ])

    public static let switchEarlyDataOff = Remedy(
        .network, "switch early data off in what terminates TLS in front of the server (0-RTT)")
}
