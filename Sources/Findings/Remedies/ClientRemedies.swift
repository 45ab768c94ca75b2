/// Steps of the sending side, of the network between, and of people with mail clients.
extension Remedy {
    public static let useTLSWhereOffered = Remedy(
        .client, "use TLS wherever it is offered", scope: .relay,
        [
            Setting(.postfix, "main.cf", "smtp_tls_security_level = may"),
            Setting(
                .exim, "the smtp transport (and nothing in hosts_avoid_tls)",
                """
                remote_smtp:
                  driver = smtp
                  hosts_try_dane = *
                """),
            Setting(.openSMTPD, "smtpd.conf", "action \"outbound\" relay"),
        ])

    public static let requireTLSTowards = Remedy(
        .client, "require TLS towards the servers that are known to have it", scope: .relay,
        [
            Setting(
                .postfix, "main.cf, and the map (postmap)",
                """
                smtp_tls_policy_maps = $default_database_type:/etc/postfix/tls_policy
                # /etc/postfix/tls_policy: example.org encrypt
                """),
            Setting(
                .exim, "the smtp transport",
                """
                remote_smtp:
                  driver = smtp
                  hosts_require_tls = mx.example.org
                """),
            Setting(
                .openSMTPD, "smtpd.conf, in front of other match lines (it wants a certificate of an authority, too)",
                """
                action "to_example" relay tls
                match for domain "example.org" action "to_example"
                match auth from any for domain "example.org" action "to_example"
                """),
        ])

    /// OpenSMTPD does not look up TLSA records; it verifies by the certificate's issuer instead.
    public static let verifyServers = Remedy(
        .client, "verify servers by DANE, where they publish it", scope: .relay,
        [
            Setting(
                .postfix, "main.cf (with a resolver on this host that validates DNSSEC)",
                """
                smtp_dns_support_level = dnssec
                smtp_tls_security_level = dane
                """),
            Setting(
                .exim,
                "the smtp transport, with dnssec_request_domains = * in its router, and a resolver that validates DNSSEC",
                """
                remote_smtp:
                  driver = smtp
                  hosts_try_dane = *
                """),
            Setting(
                .openSMTPD,
                "smtpd.conf, in front of other match lines (it has no DANE: this wants a certificate of an authority)",
                """
                action "to_example" relay tls
                match for domain "example.org" action "to_example"
                match auth from any for domain "example.org" action "to_example"
                """),
        ])

    public static let readTheSendersLog = Remedy(
        .client, "let the sending side say why",
        [
            Setting(.postfix, "main.cf", "smtp_tls_loglevel = 1"),
            Setting(.exim, "main section", "log_selector = +tls_cipher +tls_certificate_verified"),
            Setting(.openSMTPD, "command line", "smtpctl trace mta"),
        ])

    public static let setClientToTLS = Remedy(
        .user, "set the mail client to TLS from the start", scope: .submission,
        [Setting(.mailClient, "outgoing server", "Port 465, connection security SSL/TLS")])

    public static let changePasswords = Remedy(
        .user, "change the passwords that were accepted, from another network")

    public static let stopRewriting = Remedy(
        .network, "let mail pass as it is",
        [
            Setting(
                .ciscoASA, "configuration",
                """
                policy-map global_policy
                 class inspection_default
                  no inspect esmtp
                """)
        ])

    public static let compareBothEnds = Remedy(
        .network, "capture on both sides of each device between the two ends, and compare")

    public static let moveTheTap = Remedy(
        .network, "find out whether the tap sits behind TLS inspection, and capture in front of it")
}
