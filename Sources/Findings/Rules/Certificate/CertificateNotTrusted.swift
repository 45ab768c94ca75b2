import Sessions
import Wire

/// The server's certificates lead to no authority that is trusted (RFC 5280 §6.1).
public enum CertificateNotTrusted: SessionRule {
    public static let card = RuleCard(
        id: "certificate-not-trusted", signatureID: 9_025_072, group: .certificate,
        title: "The server's certificates lead to no trusted authority", severity: .medium, certainty: .certain,
        citations: ["RFC 5280 §6.1", "RFC 5246 §7.4.2", "RFC 8314 §5.3", "RFC 7672 §3.1.1"],
        explanation: """
            The certificates that the server sent were followed upwards, each signature checked, at the time of the \
            session: they end at an authority that is not trusted, or one of them may not stand where it stands. A \
            client that checks certificates refuses this server; one that went on does not check them, or trusts \
            somebody else. The authorities are those of --trust FILE, else this machine's.
            """,
        alternatives: """
            The clients may trust an authority of their own that is not in the bundle (name it with --trust FILE), pin \
            the certificate, or use DANE. The bundle is of today: an authority may have been trusted when an old \
            capture was made. A client may fetch a missing certificate where the one below says it lies (AIA), or know \
            it from elsewhere. On port 25 most senders check nothing, so it counts as low there. TLS 1.3 and resumed \
            sessions hide the certificates; --trust none switches this off.
            """,
        remediation: """
            Let the server send its certificate and every intermediate one, leaf first (Postfix smtpd_tls_chain_files = \
            KEY, fullchain.pem; Exim tls_certificate = fullchain.pem; OpenSMTPD pki NAME cert fullchain.pem), test it \
            with openssl s_client -connect HOST:587 -starttls smtp -verify_return_error, or give the clients the \
            authority (Postfix smtp_tls_CAfile, Exim tls_verify_certificates).
            """,
        remedies: [.replaceCertificate],
        tlsrptResultType: "certificate-not-trusted",
        example: "certificate-not-trusted.pcap")

    public static let needs: SessionTraits = [.tls, .certificate, .untrusted]
    public static let isFinalEarly = true

    public static func judge(_ session: MailSession, _ observations: CaptureObservations) -> Judgement {
        session.judgingCertificate { check in
            if let reason = check.trust.reason { return .notObserved(reason) }
            // A certificate that vouches for itself has a rule of its own.
            guard case .untrusted(let flaw) = check.trust, check.selfSigned == nil else { return .pass }
            // The clock may still jump, which leaves less of what dates prove.
            guard !observations.sessionGoesOn || !flaw.restsOnDates else { return .notApplicable }
            return .finding(draft(flaw, check, session, observations.settings.authorities))
        }
    }

    private static func draft(
        _ flaw: ChainFlaw, _ check: CertificateCheck, _ session: MailSession, _ authorities: RuleSettings.Authorities
    ) -> Finding.Draft {
        Finding.Draft(
            flaw.sentence(authorities), check.evidence("the certificates"),
            severity: session.checksCertificates ? .medium : .low,
            certainty: check.certainty(of: flaw, authorities), alternatives: flaw.alternatives)
    }
}

extension CertificateCheck {
    /// Which authorities the clients trust is known only where the user has said so; what a certificate says of itself
    /// does not depend on it.
    func certainty(of flaw: ChainFlaw, _ authorities: RuleSettings.Authorities) -> Certainty {
        switch flaw {
        case .incomplete, .unknownAuthority, .notSignedByIssuer: authorities == .named ? .certain : .likely
        case .issuerExpired, .issuerNotYetValid: clockIsPlausible ? .likely : .possible
        case .notForServers, .nameConstraints, .notAnAuthority: .certain
        }
    }
}

extension ChainFlaw {
    /// It may be the capture's clock that is wrong, and not the chain.
    fileprivate var restsOnDates: Bool { self == .issuerExpired || self == .issuerNotYetValid }

    fileprivate func sentence(_ authorities: RuleSettings.Authorities) -> String {
        let whose =
            authorities == .named ? "the authorities that were named" : "the authorities that this machine trusts"
        return switch self {
        case .incomplete:
            "The chain is incomplete: the server sent its own certificate without its issuer's, which is none of \(whose)."
        case .unknownAuthority: "The server's certificates lead to none of \(whose)."
        case .notSignedByIssuer:
            "A certificate of the server's chain is not signed by the key of the issuer that it names."
        case .issuerExpired: "A certificate that vouches for the server's had expired when this session began."
        case .issuerNotYetValid:
            "A certificate that vouches for the server's was not valid yet when this session began."
        case .notForServers:
            "A certificate of the server's chain is for other purposes than servers (extended key usage)."
        case .nameConstraints: "An authority of the server's chain may not vouch for the names in its certificate."
        case .notAnAuthority: "A certificate that vouches for the server's may not vouch for others."
        }
    }

    /// `nil` where the card says it.
    fileprivate var alternatives: String? {
        switch self {
        case .incomplete:
            """
            Some clients fetch the missing certificate from where the server's says it lies (AIA), or know it from other \
            servers; mail clients and servers rarely do. It may also be signed by an authority of the clients' own that \
            is not in the bundle (name it with --trust FILE).
            """
        case .notSignedByIssuer:
            """
            An authority may have several keys under one name, and the wrong certificate of it was sent, or is the one in \
            the bundle; or somebody who is not that authority uses its name.
            """
        case .unknownAuthority, .issuerExpired, .issuerNotYetValid: nil
        case .notForServers, .nameConstraints, .notAnAuthority:
            """
            Clients differ in what they heed of it: some look at none of these marks in certificates above the server's.
            """
        }
    }
}
