import Sessions
import Wire

/// The server's certificate, held against what the session itself shows: its time, and the name that was asked for.
struct CertificateCheck {
    let leaf: CertificateFacts
    let frame: FrameNumber
    /// Seconds since 1970 by the capture's clock.
    let time: Int64
    /// The name in the ClientHello (SNI).
    let nameAskedFor: String?
    private let clockRunsBackwards: Bool

    /// `nil` where no certificate is visible and readable.
    init?(_ session: borrowing MailSession) {
        guard let leaf = session.tls?.leaf else { return nil }
        self.leaf = leaf.value
        frame = leaf.frame
        time = session.transport.start.seconds
        clockRunsBackwards = session.transport.end < session.transport.start
        nameAskedFor = session.tls?.hello?.value.facts.serverName
    }

    /// Nothing in the certificate ties it to the server that was asked for.
    var isDoubtful: Bool {
        isExpired && clockIsPlausible || selfSigned.map { $0 > .possible } == true || isForAnotherName
    }

    var isExpired: Bool { time > leaf.notAfter }

    /// Between 1995 and 2100: before SSL there was nothing to capture.
    var clockIsPlausible: Bool {
        !clockRunsBackwards && (788_918_400..<4_102_444_800).contains(time)
    }

    /// Subject and issuer are one, and so is the key, as far as the certificate names it; `nil` where another key
    /// signed it (a CA's key rollover looks like that).
    var selfSigned: Certainty? {
        guard leaf.isSelfIssued else { return nil }
        // Only a self-signed certificate may leave out who signed it (RFC 5280 §4.2.1.1).
        guard let authority = leaf.authorityKeyID else { return .likely }
        guard let subject = leaf.subjectKeyID else { return .possible }
        return authority == subject ? .certain : nil
    }

    var isForAnotherName: Bool { nameMatch == .differs }

    /// How the certificate's names meet the one that was asked for; `nil` where the client asked for none.
    var nameMatch: NameMatch? { nameAskedFor.map { leaf.match($0) } }

    func evidence(_ text: String) -> [Evidence] { [Evidence(frame: frame, side: .server, text)] }
}

extension MailSession {
    /// Judges the server's certificate, or says why it cannot be seen.
    func judgingCertificate(_ judge: (CertificateCheck) -> Judgement) -> Judgement {
        guard let tls else { return .notApplicable }
        if let check = CertificateCheck(self) { return judge(check) }
        if case .notObservable(let why) = tls.certificates { return .notObserved(why) }
        // An anonymous key exchange has no certificate.
        return tls.isAnonymous ? .notApplicable : missingFromHandshake()
    }

    /// Mail clients must check the certificate (RFC 8314 §5.3); senders on port 25 rarely do.
    var checksCertificates: Bool { role == .submission || role == .implicitTLS }

    /// How bad a certificate is that proves nothing: on port 25 few look at it; elsewhere it is worse where the
    /// client went on regardless.
    var doubtfulCertificateSeverity: Severity {
        guard checksCertificates else { return .low }
        return tls?.completed == true ? .high : .medium
    }
}
