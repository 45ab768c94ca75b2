import Sessions
import Wire

/// The certificate does not hold the name that the client asked for (RFC 9525 §6).
package enum CertificateHostMismatch: SessionRule {
    package static let card = RuleCard(
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
            senders compare nothing, so it counts as low there. Without SNI the rule stays silent: the banner's name \
            alone proves nothing.
            """,
        remediation: """
            Give the server a certificate that holds this name (Postfix tls_server_sni_maps for several, Exim \
            tls_certificate with $tls_in_sni), or set the client to a name that the certificate holds.
            """,
        remedies: [.certifyEachName, .replaceCertificate],
        tlsrptResultType: "certificate-host-mismatch",
        example: "certificate-host-mismatch.pcap")

    package static let needs: SessionTraits = [.tls, .certificate]

    package static let isFinalEarly = true

    package static func judge(_ session: MailSession, _ observations: CaptureObservations) -> Judgement {
        session.judgingCertificate { check in
            guard let name = check.nameAskedFor else { return .notApplicable }
            guard check.nameMatch != .matches else { return .pass }
            let asked = QuotedText(name).masked
            if check.isForAnotherName {
                return .finding(
                    Finding.Draft(
                        "The client asked for \(asked); the certificate is for another name.",
                        evidence(check, session), severity: session.doubtfulCertificateSeverity))
            }
            return .finding(
                Finding.Draft(
                    "The client asked for \(asked), which the certificate holds as a common name only.",
                    evidence(check, session), severity: .info,
                    alternatives: "Many mail clients still take a common name for the server's; newer ones do not.",
                    remediation: "Put the name into subjectAltName when the certificate is renewed."))
        }
    }

    private static func evidence(_ check: CertificateCheck, _ session: MailSession) -> [Evidence] {
        let names = check.leaf.dnsNames.prefix(4) + check.leaf.ipAddresses.prefix(4)
        var evidence = [
            Evidence(
                frame: check.frame, side: .server,
                octets: names.isEmpty ? nil : QuotedText(names.joined(separator: ", ")),
                names.isEmpty ? "the certificate holds no subjectAltName" : "the names in the certificate")
        ]
        if let hello = session.tls?.hello {
            evidence.append(Evidence(frame: hello.frame, side: .client, "the name in the ClientHello (SNI)"))
        }
        return evidence
    }
}
