import Sessions
import Wire

/// The certificate does not hold the name that the client asked for (RFC 9525 §6).
public enum CertificateHostMismatch: SessionRule {
    public static let card = RuleCard(
        id: "certificate-host-mismatch", signatureID: 9_025_018, group: .certificate,
        title: "The certificate does not prove the name that was asked for", severity: .high, certainty: .certain,
        citations: ["RFC 9525 §6", "RFC 7817 §3", "RFC 6066 §3", "RFC 7672 §3.1.1"],
        explanation: """
            The client named the server it wanted (SNI), and the certificate that came back holds other names. It does \
            not prove that this is the server that was meant.
            """,
        alternatives: """
            The server may have fallen back to its default certificate because it does not know the name. The client \
            may compare with another name than the one it sent, or use DANE-EE, which ignores names; on port 25 most \
            senders compare nothing, so it counts as low there. Without SNI nothing tells which name the client meant: where the certificate \
            is not for the name in the banner either, that is no more than a remark.
            """,
        remediation: """
            Give the server a certificate that holds this name (Postfix tls_server_sni_maps for several, Exim \
            tls_certificate with $tls_in_sni, OpenSMTPD pki NAME cert), or set the client to a name that the certificate holds.
            """,
        remedies: [.certifyEachName, .replaceCertificate],
        example: "certificate-host-mismatch.pcap")

    public static let needs: SessionTraits = [.tls, .certificate, .nameInDoubt]

    public static let isFinalEarly = true

    public static func judge(_ session: MailSession, _ observations: CaptureObservations) -> Judgement {
        session.judgingCertificate { check in
            guard let name = check.nameAskedFor else { return withoutName(check, session) }
            guard let match = check.nameMatch else { return .notApplicable }
            guard match != .matches else { return .pass }
            let asked = AddressMask.masking(name)
            if check.isForAnotherName {
                return .finding(
                    Finding.Draft(
                        check.passesOverCommonName
                            ? "The client asked for \(asked), which is the certificate's common name; where subjectAltName holds "
                                + "other host names, that does not count."
                            : "The client asked for \(asked); the certificate is for another name.",
                        evidence(check, session), severity: session.doubtfulCertificateSeverity,
                        tlsrptResultType: .named("certificate-host-mismatch")))
            }
            if match == .differs || check.passesOverCommonName {
                return .finding(generous(asked, check, session))
            }
            return .finding(
                Finding.Draft(
                    "The client asked for \(asked), which the certificate holds as a common name only.",
                    evidence(check, session), severity: .info,
                    alternatives: "Many mail clients still take a common name for the server's; newer ones do not.",
                    remediation: "Put the name into subjectAltName when the certificate is renewed.",
                    tlsrptResultType: .named("certificate-host-mismatch")))
        }
    }

    /// For clients that go by the older rules it is the name that was asked for.
    private static func generous(_ asked: String, _ check: CertificateCheck, _ session: MailSession) -> Finding.Draft {
        Finding.Draft(
            "The client asked for \(asked), which the certificate holds by a wildcard inside a label only.",
            evidence(check, session), severity: .info,
            alternatives: """
                Many clients still let a wildcard stand for a part of a label (RFC 6125 §6.4.3); RFC 9525 §6.3 does \
                not, and newer ones refuse it.
                """,
            remediation:
                "Put the name itself, or a wildcard for a whole label, into subjectAltName when the certificate is renewed.",
            tlsrptResultType: .named("certificate-host-mismatch"))
    }

    /// The client named no server: the one that greeted it names itself, which proves nothing and decides nothing.
    private static func withoutName(_ check: CertificateCheck, _ session: MailSession) -> Judgement {
        guard let greeting = session.smtp?.greeting, let name = session.nameInGreeting else { return .notApplicable }
        guard check.leaf.match(name) == .differs else { return .pass }
        return .finding(
            Finding.Draft(
                "The client named no server (SNI), and the certificate is not for \(AddressMask.masking(name)), as the "
                    + "server calls itself: name not checked.",
                evidence(check, session)
                    + [
                        Evidence(
                            frame: greeting.frame, side: .server, offset: greeting.value.offset,
                            octets: greeting.value.text, "the name in the greeting")
                    ],
                severity: .info,
                alternatives: """
                    A server's greeting need not hold the name by which its clients know it (RFC 5321 §4.2): that name \
                    may well be in the certificate.
                    """,
                remediation: """
                    Let the certificate hold the name that clients and MX records use (Postfix smtpd_tls_chain_files, \
                    Exim tls_certificate, OpenSMTPD pki NAME cert); the greeting may follow it (Postfix myhostname, \
                    Exim primary_hostname, OpenSMTPD listen on … hostname NAME).
                    """))
    }

    private static func evidence(_ check: CertificateCheck, _ session: MailSession) -> [Evidence] {
        let names = check.leaf.dnsNames.prefix(4) + check.leaf.ipAddresses.prefix(4)
        var evidence = [
            Evidence(
                frame: check.frame, side: .server,
                octets: names.isEmpty ? nil : QuotedText(names.joined(separator: ", ")),
                names.isEmpty
                    ? "the certificate holds no host name or address in subjectAltName" : "the names in the certificate"
            )
        ]
        if check.nameAskedFor != nil, let hello = session.tls?.hello {
            evidence.append(Evidence(frame: hello.frame, side: .client, "the name in the ClientHello (SNI)"))
        }
        return evidence
    }
}
