import Sessions
import Wire

/// A handshake ended before both sides had finished (RFC 8446 §6.2, RFC 5246 §7.2.2).
public enum TLSHandshakeFailed: SessionRule {
    public static let card = RuleCard(
        id: "tls-handshake-failed", signatureID: 9_025_015, group: .downgrade,
        title: "The TLS handshake failed", severity: .medium, certainty: .certain,
        citations: ["RFC 8446 §6.2", "RFC 5246 §7.2.2", "RFC 8460 §4.3"],
        explanation: """
            One side sent a fatal alert, or left, before both had finished the handshake. An alert in clear names the \
            reason and its sender; one about a certificate is the sender's own verdict on it, even where TLS 1.3 \
            hides the certificate from this capture.
            """,
        alternatives: """
            Scanners and monitoring break off handshakes all the time. A cut may come from the other side, from a \
            firewall, or from someone who resets connections; a client that rejects the certificate after the \
            handshake leaves without an alert.
            """,
        remediation: """
            Read the logs of both sides at this time (Postfix smtpd_tls_loglevel = 1 and smtp_tls_loglevel = 1, Exim \
            log_selector = +tls_cipher +tls_peerdn); for certificate alerts renew or complete the chain \
            (smtpd_tls_chain_files, tls_certificate).
            """,
        remedies: [.readTheLog, .readTheSendersLog, .replaceCertificate],
        tlsrptResultType: "validation-failure",
        example: "tls-handshake-failed-unknown-ca-tls12.pcap")

    public static let needs: SessionTraits = [.tls, .failure]

    public static func judge(_ session: MailSession, _ observations: CaptureObservations) -> Judgement {
        guard let tls = session.tls else { return .notApplicable }
        if session.application == .tlsHelloToPlaintextServer { return answeredInClear(session, tls) }
        switch tls.failure {
        case .alert(let sent)?: return alert(sent, session)
        case .cut(let side, let isReset, let frame)?:
            return .finding(cut(side, isReset: isReset, frame, session))
        case .likelyEncryptedAlert(let side, let frame)?: return .finding(left(side, frame, session))
        case nil where session.smtp?.unusual?.earlierFailure != nil: return earlier(session)
        case nil: return tls.protection == .established ? .pass : .notObserved(session.blindSpot ?? .gap)
        }
    }

    private static func alert(_ sent: SentAlert, _ session: MailSession) -> Judgement {
        let reason = AlertReason(sent.alert.description)
        guard reason != .none else { return .pass }
        let isVerdict = reason.isAboutCertificate && sent.sender == .client
        // Some clients answer with an alert to a server that leaves instead of saying hello.
        let mayBeAnswer =
            sent.sender == .client && !isVerdict && session.tls?.serverHello == nil && session.blindSpot != nil
        return .finding(
            Finding.Draft(
                "The \(sent.sender.rawValue) ended the handshake with the alert \(sent.alert.description): \(reason.text).",
                [
                    Evidence(
                        frame: sent.frame, side: sent.sender, offset: sent.offset,
                        "the alert \(sent.alert.description)")
                ],
                severity: isVerdict ? .medium : .low, certainty: mayBeAnswer ? .likely : nil,
                // A report is the sender's: what the server says of the client is no verdict on its own side.
                tlsrptResultType: sent.sender == .client ? .named(resultType(reason, session)) : .none))
    }

    /// The session went on to another handshake, which says how it ended itself.
    private static func earlier(_ session: MailSession) -> Judgement {
        guard let sent = session.smtp?.unusual?.earlierFailure else { return .pass }
        let reason = AlertReason(sent.alert.description)
        guard reason != .none else { return .pass }
        return .finding(
            Finding.Draft(
                "The \(sent.sender.rawValue) ended an earlier handshake of this session with the alert "
                    + "\(sent.alert.description): \(reason.text). Another one followed.",
                [
                    Evidence(
                        frame: sent.frame, side: sent.sender, offset: sent.offset, "the alert \(sent.alert.description)"
                    )
                ], severity: .low, tlsrptResultType: .none))
    }

    /// No alert says that a name differs; where certificate and name are both visible, they tell it themselves.
    private static func resultType(_ reason: AlertReason, _ session: MailSession) -> String {
        guard reason == .certificateRefused, CertificateCheck(session)?.isForAnotherName == true else {
            return reason.tlsrptResultType
        }
        return "certificate-host-mismatch"
    }

    private static func cut(
        _ side: Side, isReset: Bool, _ frame: FrameNumber, _ session: MailSession
    ) -> Finding.Draft {
        Finding.Draft(
            "The \(side.rawValue) \(isReset ? "reset" : "closed") the connection in the middle of the handshake.",
            [Evidence(frame: frame, side: side, isReset ? "RST" : "FIN")], severity: .low,
            certainty: session.blindSpot == nil ? .likely : .possible)
    }

    private static func left(_ side: Side, _ frame: FrameNumber, _ session: MailSession) -> Finding.Draft {
        Finding.Draft(
            """
            The \(side.rawValue) sent one short encrypted record, most likely an alert, and left before the handshake \
            was complete.
            """, [Evidence(frame: frame, side: side, "the short record")], severity: .low,
            certainty: session.blindSpot == nil ? .likely : .possible,
            alternatives: """
                Alerts of TLS 1.3 are encrypted: that it is one is inferred from its length. Most often such a client \
                rejects the certificate.
                """)
    }

    /// TLS met a server that speaks SMTP in clear on this port.
    private static func answeredInClear(_ session: MailSession, _ tls: TLSFacts) -> Judgement {
        let frame = tls.hello?.frame ?? session.firstClientOctets?.frame ?? session.transport.firstFrame
        return .finding(
            Finding.Draft(
                "The client began with TLS, and the server speaks SMTP in clear on port \(session.server.port).",
                [Evidence(frame: frame, side: .client, "the client's TLS handshake")], severity: .low,
                alternatives: "A client that is set to SSL/TLS instead of STARTTLS, or a scanner.",
                remediation: """
                    Set the client to STARTTLS for this port, or to port 465; a server that means to speak TLS from the \
                    start needs smtpd_tls_wrappermode = yes (Postfix) or tls_on_connect_ports (Exim).
                    """))
    }
}
