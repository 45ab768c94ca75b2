import Sessions
import Wire

/// The ephemeral key is short, or its signature rests on a broken hash (RFC 9325 §4.5, RFC 9155).
public enum WeakKeyExchange: SessionRule {
    public static let card = RuleCard(
        id: "weak-key-exchange", signatureID: 9_025_033, group: .tls,
        title: "The key exchange is weak", severity: .medium, certainty: .certain,
        citations: ["RFC 9325 §4.5", "RFC 7919 §1", "RFC 8422 §5.1.1", "RFC 9155 §4", "NCSC-NL TLS 2025-05"],
        explanation: """
            Diffie-Hellman primes of 1024 bits and below are within reach of states, and the same few are used \
            everywhere (Logjam); below 2048 bits the margin is thin, and so it is for curves below 224 bits. In TLS \
            1.2 a ServerKeyExchange that is signed over MD5 or SHA-1 can be forged in theory while the handshake \
            waits. A 2048-bit prime that RFC 7919 does not name may be as good, but few clients look at what it is.
            """,
        alternatives: """
            Old Java clients cannot do primes over 1024 bits. Before TLS 1.2 the signature is over SHA-1, or MD5 and \
            SHA-1 together, whatever the server wants: that is the version's fault (obsolete-tls-version) and not counted.
            """,
        remediation: """
            Prefer ECDHE, and use a group of RFC 7919 where DHE has to stay (Postfix from 3.7 smtpd_tls_dh1024_param_file = auto, \
            Exim tls_dhparam = ffdhe3072), or leave DHE out (smtpd_tls_exclude_ciphers = kDHE). For SHA-1 see which \
            signature_algorithms the client offers. On port 25 make sure first that no sender depends on it.
            """,
        remedies: [.useNamedGroups],
        example: "weak-key-exchange.pcap")

    public static let needs: SessionTraits = [.olderTLS, .doubtfulKey]

    public static func judge(_ session: MailSession, _ observations: CaptureObservations) -> Judgement {
        guard let tls = session.tls, tls.protection != .failed else { return .notApplicable }
        guard let exchange = tls.serverKeyExchange else { return withoutMessage(session, tls) }
        let facts = exchange.value
        guard let (what, severity) = small(facts) ?? signed(facts) ?? unnamed(facts) else { return .pass }
        return .finding(
            Finding.Draft(
                what, [Evidence(frame: exchange.frame, side: .server, "the ServerKeyExchange")], severity: severity,
                alternatives: severity == .info ? "The group may be as good as those that have names." : nil))
    }

    /// Whether there is anything to be looked at; asked of every session.
    static func mayBeWeak(_ facts: ServerKeyExchangeFacts) -> Bool {
        facts.dhPrimeBits != nil || facts.group?.bits.map { $0 < 224 } == true
            || facts.signatureScheme?.usesBrokenHash == true
    }

    /// A resumed session and a static key exchange have no such message.
    private static func withoutMessage(_ session: MailSession, _ tls: TLSFacts) -> Judgement {
        guard let hello = tls.serverHello else { return session.missingFromHandshake() }
        if tls.resumed == true { return .notObserved(.resumedSession) }
        switch hello.value.cipherSuite.properties?.keyExchange {
        case .dhe?, .dheExport?, .dhAnon?, .dhAnonExport?, .ecdhe?, .ecdhAnon?, .dhePsk?, .ecdhePsk?:
            return .notObserved(session.blindSpot ?? .gap)
        default: return .notApplicable
        }
    }

    private static func small(_ facts: ServerKeyExchangeFacts) -> (String, Severity)? {
        if let bits = facts.dhPrimeBits, bits > 0, bits < 2048 {
            return ("The Diffie-Hellman prime has \(bits) bits.", bits <= 1024 ? .medium : .low)
        }
        if let group = facts.group, let bits = group.bits, !group.isFiniteField, bits < 224 {
            return ("The curve \(group) has \(bits) bits.", .low)
        }
        return nil
    }

    private static func signed(_ facts: ServerKeyExchangeFacts) -> (String, Severity)? {
        guard let scheme = facts.signatureScheme, scheme.usesBrokenHash else { return nil }
        return ("The server's key is signed with \(scheme).", .low)
    }

    private static func unnamed(_ facts: ServerKeyExchangeFacts) -> (String, Severity)? {
        guard facts.dhPrimeBits == 2048, facts.finiteField == nil else { return nil }
        return ("The Diffie-Hellman prime of 2048 bits is none of RFC 7919.", .info)
    }
}
