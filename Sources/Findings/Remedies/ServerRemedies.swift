/// Steps of the receiving server. `Tests/settings.py` lets each program check its own.
extension Remedy {
    public static let offerStartTLS = Remedy(
        .server, "offer STARTTLS with a certificate",
        [
            Setting(
                .postfix, "main.cf",
                """
                smtpd_tls_chain_files = /etc/postfix/mx.example.org.pem
                smtpd_tls_security_level = may
                """),
            Setting(
                .exim, "main section",
                """
                tls_advertise_hosts = *
                tls_certificate = /etc/exim4/mx.example.org.crt
                tls_privatekey = /etc/exim4/mx.example.org.key
                """),
            Setting(
                .openSMTPD, "smtpd.conf",
                """
                pki mx.example.org cert "/etc/ssl/mx.example.org.crt"
                pki mx.example.org key "/etc/ssl/private/mx.example.org.key"
                listen on 0.0.0.0 tls pki mx.example.org
                """),
        ])

    public static let requireTLSOnSubmission = Remedy(
        .server, "refuse mail and logins in clear from mail clients, and offer port 465", scope: .submission,
        [
            Setting(
                .postfix, "master.cf",
                """
                submission  inet  n  -  n  -  -  smtpd
                  -o smtpd_tls_security_level=encrypt
                  -o smtpd_sasl_auth_enable=yes
                  -o smtpd_tls_auth_only=yes
                submissions  inet  n  -  n  -  -  smtpd
                  -o smtpd_tls_wrappermode=yes
                  -o smtpd_sasl_auth_enable=yes
                """),
            Setting(
                .exim, "main section, and the ACL that acl_smtp_mail names",
                """
                auth_advertise_hosts = ${if eq{$tls_in_cipher}{}{}{*}}
                daemon_smtp_ports = 25 : 465 : 587
                tls_on_connect_ports = 465
                acl_smtp_mail = acl_check_mail

                acl_check_mail:
                  deny condition = ${if eq{$received_port}{587}}
                       condition = ${if eq{$tls_in_cipher}{}}
                       message   = TLS is required here
                  accept
                """),
            Setting(
                .openSMTPD, "smtpd.conf",
                """
                listen on 0.0.0.0 port submission tls-require pki mx.example.org auth
                listen on 0.0.0.0 port smtps smtps pki mx.example.org auth
                """),
        ])

    public static let offerAuthInsideTLS = Remedy(
        .server, "offer AUTH inside TLS alone",
        [
            Setting(.postfix, "main.cf", "smtpd_tls_auth_only = yes"),
            Setting(.exim, "main section", "auth_advertise_hosts = ${if eq{$tls_in_cipher}{}{}{*}}"),
            Setting(
                .openSMTPD, "smtpd.conf", "listen on 0.0.0.0 port submission tls-require pki mx.example.org auth"),
        ])

    public static let speakTLSFromTheStart = Remedy(
        .server, "speak TLS from the start on port 465",
        [
            Setting(
                .postfix, "master.cf",
                """
                submissions  inet  n  -  n  -  -  smtpd
                  -o smtpd_tls_wrappermode=yes
                  -o smtpd_sasl_auth_enable=yes
                """),
            Setting(
                .exim, "main section",
                """
                daemon_smtp_ports = 25 : 465 : 587
                tls_on_connect_ports = 465
                """),
            Setting(.openSMTPD, "smtpd.conf", "listen on 0.0.0.0 port smtps smtps pki mx.example.org auth"),
        ])

    public static let raiseMinimumVersion = Remedy(
        .server, "make TLS 1.2 the least that mail clients may use", scope: .submission,
        [
            Setting(
                .postfix, "main.cf (3.6 and later; before: !SSLv2, !SSLv3, !TLSv1, !TLSv1.1)",
                "smtpd_tls_mandatory_protocols = >=TLSv1.2"),
            Setting(
                .exim,
                "main section (GnuTLS; OpenSSL's openssl_options = +no_sslv3 +no_tlsv1 +no_tlsv1_1 holds for port 25 too, "
                    + "where senders that need less then send in clear)",
                "tls_require_ciphers = ${if eq{$received_port}{25}{NORMAL}{NORMAL:-VERS-TLS1.0:-VERS-TLS1.1}}"),
            Setting(
                .openSMTPD,
                "smtpd.conf (for all listeners: on port 25 senders that need TLS 1.0 then send in clear)",
                "smtp ciphers \"HIGH:!aNULL:!MD5:!SHA1\""),
        ])

    public static let dropWeakCiphers = Remedy(
        .server,
        "leave out cipher suites that are broken, on port 25 only if no sender needs them: it would send in clear instead",
        [
            Setting(
                .postfix, "main.cf",
                """
                smtpd_tls_ciphers = medium
                smtpd_tls_exclude_ciphers = eNULL, EXPORT, DES, RC2, RC4, 3DES
                """),
            Setting(
                .exim, "main section (GnuTLS; with OpenSSL: tls_require_ciphers = HIGH:!aNULL:!eNULL:!3DES)",
                "tls_require_ciphers = NORMAL:-ARCFOUR-128:-3DES-CBC"),
            Setting(.openSMTPD, "smtpd.conf", "smtp ciphers \"HIGH:!aNULL:!eNULL:!MD5:!3DES\""),
        ])

    public static let preferForwardSecrecy = Remedy(
        .server,
        "leave out key exchanges without forward secrecy, on port 25 only if no sender needs them: it would send in clear",
        [
            Setting(
                .postfix, "main.cf",
                """
                tls_preempt_cipherlist = yes
                smtpd_tls_exclude_ciphers = kRSA
                """),
            Setting(
                .exim, "main section (GnuTLS; with OpenSSL: tls_require_ciphers = HIGH:!aNULL:!kRSA)",
                "tls_require_ciphers = NORMAL:-RSA"),
            Setting(.openSMTPD, "smtpd.conf", "smtp ciphers \"HIGH:!aNULL:!MD5:!kRSA\""),
        ])

    public static let replaceCertificate = Remedy(
        .server, "put a valid certificate with its whole chain in place, renewed by itself (ACME)",
        [
            Setting(
                .postfix, "main.cf, then: postfix reload",
                "smtpd_tls_chain_files = /etc/letsencrypt/live/mx.example.org/privkey.pem, "
                    + "/etc/letsencrypt/live/mx.example.org/fullchain.pem"),
            Setting(
                .exim, "main section (read anew for each connection)",
                """
                tls_certificate = /etc/exim4/mx.example.org.fullchain.crt
                tls_privatekey = /etc/exim4/mx.example.org.key
                """),
            Setting(
                .openSMTPD, "smtpd.conf, then: restart smtpd",
                """
                pki mx.example.org cert "/etc/ssl/mx.example.org.fullchain.crt"
                pki mx.example.org key "/etc/ssl/private/mx.example.org.key"
                """),
        ])

    public static let certifyEachName = Remedy(
        .server, "answer each name that clients ask for with a certificate that holds it",
        [
            Setting(
                .postfix, "main.cf (3.4 and later), and the map (postmap -F; each file holds key and chain)",
                """
                tls_server_sni_maps = $default_database_type:/etc/postfix/sni
                # /etc/postfix/sni: mail.example.org /etc/postfix/mail.example.org.pem
                """),
            Setting(
                .exim,
                "main section, without tls_privatekey: each file holds key and chain; the list has lines such as "
                    + "mail.example.org: /etc/exim4/mail.example.org.pem",
                "tls_certificate = ${lookup{$tls_in_sni}lsearch{/etc/exim4/certificates}{$value}{/etc/exim4/mx.example.org.pem}}"
            ),
            Setting(
                .openSMTPD, "smtpd.conf",
                """
                pki mail.example.org cert "/etc/ssl/mail.example.org.crt"
                pki mail.example.org key "/etc/ssl/private/mail.example.org.key"
                """),
        ])

    public static let readTheLog = Remedy(
        .server, "let the server say why",
        [
            Setting(.postfix, "main.cf", "smtpd_tls_loglevel = 1"),
            Setting(.exim, "main section", "log_selector = +tls_cipher +tls_peerdn +tls_sni"),
            Setting(.openSMTPD, "command line", "smtpctl trace smtp"),
        ])
}
