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
    /// The server's certificates as they were sent, leaf first.
    let chain: [CertificateReading]
    /// Where they lead.
    let trust: ChainTrust
    /// See `TLSFacts.isHeldGenerously`.
    let isHeldGenerously: Bool?
    /// See `TLSFacts.nameMatch`.
    private let knownMatch: NameMatch?
    /// When the session ended, in seconds since 1970.
    private let end: Int64
    private let stampsDisagree: Bool
    private let packets: UInt64

    /// `nil` where no certificate is visible and readable.
    init?(_ session: borrowing MailSession) {
        guard let leaf = session.tls?.leaf else { return nil }
        self.leaf = leaf.value
        frame = leaf.frame
        time = session.transport.start.seconds
        end = session.transport.end.seconds
        stampsDisagree = session.transport.stampsDisagree
        packets = session.transport.toServer.packets &+ session.transport.toClient.packets
        chain = session.tls?.certificates.observed?.value ?? []
        trust = session.tls?.trust ?? .notChecked
        isHeldGenerously = session.tls?.isHeldGenerously
        knownMatch = session.tls?.nameMatch
        nameAskedFor = session.tls?.hello?.value.facts.serverName
    }

    /// Nothing in the certificate ties it to the server that was asked for.
    func isDoubtful(_ authorities: RuleSettings.Authorities) -> Bool {
        (isExpired || isNotYetValid) && clockIsPlausible || selfSigned.map { $0 > .possible } == true
            || isForAnotherName
            || leadsNowhere(authorities)
    }

    private func leadsNowhere(_ authorities: RuleSettings.Authorities) -> Bool {
        guard case .untrusted(let flaw) = trust else { return false }
        return certainty(of: flaw, authorities) == .certain
    }

    var isExpired: Bool { time > leaf.notAfter }
    var isNotYetValid: Bool { time < leaf.notBefore }

    /// The session began between 1995 and 2100 (before SSL there was nothing to capture) and did not end before it had
    /// begun, nor later than its packets account for: else the capture's clock is wrong, or jumped.
    var clockIsPlausible: Bool {
        !stampsDisagree && (788_918_400..<4_102_444_800).contains(time) && (time...time + longestSession).contains(end)
    }

    /// A day, or as long as so many packets can keep a connection from being silent for half an hour, in seconds; at most
    /// 31 days.
    private var longestSession: Int64 { max(86_400, 1800 * Int64(min(packets, 1488))) }

    /// Subject and issuer are one, and so is the key, as far as the certificate names it; `nil` where another key
    /// signed it (a CA's key rollover looks like that).
    var selfSigned: Certainty? {
        // Who was told to trust this very certificate needs nobody to vouch for it.
        guard leaf.isSelfIssued, trust != .trusted else { return nil }
        // Only a self-signed certificate may leave out who signed it (RFC 5280 §4.2.1.1).
        guard let authority = leaf.authorityKeyID else { return isIssuedByNamesake ? .possible : .likely }
        guard let subject = leaf.subjectKeyID else { return .possible }
        return authority == subject ? .certain : nil
    }

    /// How certain it is that one moment, the session's or one in the certificate, was before the other: clocks are off by a time
    /// zone.
    func certainty(of earlier: Int64, before later: Int64) -> Certainty {
        guard clockIsPlausible else { return .possible }
        let (seconds, isTooLong) = later.subtractingReportingOverflow(earlier)
        return isTooLong || seconds >= 86_400 ? .certain : .likely
    }

    /// Another certificate with its name was sent, which may be the issuer that it names.
    private var isIssuedByNamesake: Bool {
        let issuer = FoldedName(leaf.issuer)
        return chain.contains { $0.facts.map { $0 != leaf && FoldedName($0.subject) == issuer } ?? false }
    }

    /// A client that reads it generously, as many do, comes to the same.
    var isForAnotherName: Bool {
        guard let match = nameMatch, match == .differs || passesOverCommonName else { return false }
        return !(isHeldGenerously ?? nameAskedFor.map { leaf.mayHoldByPartOfLabel($0) } ?? false)
    }

    /// Who takes a common name for the host's does so only where subjectAltName holds no host name (RFC 6125 §6.4.4).
    var passesOverCommonName: Bool { nameMatch == .onlyByCommonName && !leaf.dnsNames.isEmpty }

    /// How the certificate's names meet the one that was asked for; `nil` where the client asked for none, or did so in other
    /// letters than ASCII: RFC 4366 §3.1 had SNI in UTF-8 before RFC 6066 §3 had it in A-labels, and the certificate holds those
    /// (RFC 5280 §7.2).
    var nameMatch: NameMatch? {
        guard let name = nameAskedFor, name.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
        return knownMatch ?? leaf.match(name)
    }

    /// The leaf and those that were sent to vouch for it, one above the other, as far as their names and keys lead. What was
    /// sent besides vouches for nothing here.
    var path: [CertificateFacts] {
        var path = [leaf]
        while let tip = path.last, !tip.isSelfIssued, path.count < chain.count, let next = issuer(of: tip) {
            guard !path.contains(next) else { break }
            path.append(next)
        }
        return path
    }

    private func issuer(of tip: CertificateFacts) -> CertificateFacts? {
        let issuer = FoldedName(tip.issuer)
        let named = chain.compactMap(\.facts).filter { FoldedName($0.subject) == issuer }
        // Several authorities may have one name; then the keys tell, as far as both name them.
        return named.first { $0.subjectKeyID == tip.authorityKeyID }
            ?? named.first { $0.subjectKeyID == nil || tip.authorityKeyID == nil }
    }

    /// How long something is, in whole days.
    static func days(from earlier: Int64, to later: Int64) -> String {
        let (seconds, isTooLong) = later.subtractingReportingOverflow(earlier)
        let days = isTooLong ? .max : seconds / 86_400
        return days == 0 ? "less than a day" : days == 1 ? "1 day" : "\(days) days"
    }

    func evidence(_ text: String) -> [Evidence] { [Evidence(frame: frame, side: .server, text)] }
}

extension MailSession {
    /// Judges the server's certificate, or says why it cannot be seen.
    func judgingCertificate(_ judge: (CertificateCheck) -> Judgement) -> Judgement {
        if let check = CertificateCheck(self) { return judge(check) }
        guard let tls else { return .notApplicable }
        if case .notObservable(let why) = tls.certificates { return .notObserved(why) }
        // An anonymous key exchange has no certificate.
        return tls.isAnonymous ? .notApplicable : missingFromHandshake()
    }

    /// The host's name that the server's greeting begins with (RFC 5321 §4.2), where it looks like one.
    var nameInGreeting: String? {
        guard let greeting = smtp?.greeting, greeting.value.code == .serviceReady else { return nil }
        let text = greeting.value.text.full
        let octets = text.utf8Span.span
        var length = 0
        var (hasDot, hasLetter) = (false, false)
        while length < octets.count, octets[length] != ASCII.space {
            let octet = octets[length]
            if ASCII.isLetter(octet) {
                hasLetter = true
            } else if octet == UInt8(ascii: ".") {
                hasDot = true
            } else if ASCII.digit(octet) == nil, octet != UInt8(ascii: "-") {
                return nil
            }
            length += 1
        }
        return hasDot && hasLetter ? String(Substring(text.utf8.prefix(length))) : nil
    }

    /// Mail clients must check the certificate (RFC 8314 §5.3); senders on port 25 rarely do.
    var checksCertificates: Bool { role == .submission || role == .implicitTLS }

    /// How bad a certificate is that proves nothing: on port 25 few look at it; elsewhere it is worse where the
    /// client went on regardless.
    var doubtfulCertificateSeverity: Severity {
        guard checksCertificates else { return .low }
        return wentOnRegardless ? .high : .medium
    }

    /// The client used TLS behind the handshake. Some look at the certificate only then, and leave: before a message, or a login,
    /// could have passed.
    var wentOnRegardless: Bool {
        guard let tls, tls.completed == true else { return false }
        let hasLeft = transport.state == .closed || transport.state == .reset
        return !hasLeft || !(1...FailedTLS.recordsWithoutMail).contains(tls.clientRecords.count)
    }
}
