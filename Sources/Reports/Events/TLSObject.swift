import Sessions
import Wire

extension EventEncoder {
    /// `mail_tls.tls`: what was negotiated, and how the handshake ended.
    func negotiation(_ tls: TLSFacts, into json: inout JSONWriter) {
        json.member("implicit", tls.isImplicit)
        json.member("client_hello", tls.hello != nil)
        json.member("server_hello", tls.serverHello != nil)
        json.member("completed", tls.completed)
        json.member("version", tls.version?.value.eveName)
        keys(tls, into: &json)
        extensions(tls, into: &json)
        serverName(tls, into: &json)
        json.member("resumed", tls.resumed)
        json.member("client_certificate", tls.clientCertificatePresented)
        alerts(tls.alerts, into: &json)
        if let failure = tls.failure {
            json.object("failure") { json in self.failure(failure, into: &json) }
        }
        certificates(tls.certificates, into: &json)
        if tls.certificates.observed != nil { json.member("trust", Self.word(for: tls.trust)) }
    }

    /// Where the chain leads; `nil` where that is not known.
    private static func word(for trust: ChainTrust) -> String? {
        switch trust {
        case .trusted: "trusted"
        case .untrusted(let flaw): flaw.word
        case .notChecked, .undecided: nil
        }
    }

    private func keys(_ tls: TLSFacts, into json: inout JSONWriter) {
        let suite = tls.cipherSuite?.value
        let group = tls.group?.value
        json.member("cipher_suite", suite?.name)
        json.member("cipher_suite_id", suite.map { Self.identifier($0.rawValue) })
        if let properties = suite?.properties {
            json.object("cipher_suite_level") { json in
                json.member("rfc9325", properties.levelRFC9325.name)
                json.member("ncsc_nl", properties.levelNCSC.name)
            }
        }
        json.member("group", group?.name)
        json.member("group_id", group.map { Self.identifier($0.rawValue) })
        json.member("post_quantum", tls.isPostQuantum)
        json.member("forward_secrecy", tls.isForwardSecret)
    }

    /// What TLS 1.3 has built in, or hides, is left out there.
    private func extensions(_ tls: TLSFacts, into json: inout JSONWriter) {
        if tls.earlyRecord != nil, tls.hello?.value.facts.offersEarlyData == true { json.member("early_data", true) }
        guard let hello = tls.serverHello?.value, !hello.version.isTLS13 else { return }
        json.member("extended_master_secret", hello.usesExtendedMasterSecret)
        json.member("secure_renegotiation", hello.usesRenegotiationInfo)
        json.member("compression", hello.compressionMethod != 0)
    }

    /// A registry's number as `0x` and four hexadecimal digits.
    private static func identifier(_ value: UInt16) -> String {
        let digits = String(value, radix: 16)
        return "0x" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
    }

    private func alerts(_ alerts: [SentAlert], into json: inout JSONWriter) {
        json.array("alerts") { json in
            for sent in alerts {
                json.object { json in
                    json.member("alert", sent.alert.description.name)
                    json.member("fatal", sent.alert.isFatal)
                    json.member("sender", sent.sender.rawValue)
                    json.member("frame", sent.frame.number)
                }
            }
        }
    }

    private func failure(_ failure: HandshakeFailure, into json: inout JSONWriter) {
        let (kind, side, frame) = Self.parts(of: failure)
        json.member("kind", kind)
        json.member("by", side.rawValue)
        json.member("frame", frame.number)
    }

    private static func parts(of failure: HandshakeFailure) -> (String, Side, FrameNumber) {
        switch failure {
        case .alert(let sent): ("alert", sent.sender, sent.frame)
        case .cut(let side, reset: true, let frame): ("reset", side, frame)
        case .cut(let side, reset: false, let frame): ("closed", side, frame)
        case .likelyEncryptedAlert(let side, let frame): ("likely-encrypted-alert", side, frame)
        }
    }

    /// The server's chain, leaf first; `null` where it was not seen.
    private func certificates(_ fact: Fact<[CertificateReading]>, into json: inout JSONWriter) {
        guard let chain = fact.observed?.value else { return json.member("certificates", nil as String?) }
        json.array("certificates") { json in
            for reading in chain {
                json.object { json in certificate(reading, into: &json) }
            }
        }
    }

    private func certificate(_ reading: CertificateReading, into json: inout JSONWriter) {
        switch reading {
        case .facts(let facts): members(of: facts, into: &json)
        case .unreadable(let error, let sha256):
            json.member("unreadable", "\(error)")
            json.member("sha256", sha256)
        }
    }

    private func members(of facts: CertificateFacts, into json: inout JSONWriter) {
        json.member("subject", privacy.text(facts.subject))
        json.member("issuer", privacy.text(facts.issuer))
        json.member("serial", facts.serial)
        json.member("not_before", CalendarTime(seconds: facts.notBefore).internet)
        json.member("not_after", CalendarTime(seconds: facts.notAfter).internet)
        json.member("san", names(of: facts))
        json.member("key", facts.publicKey.description)
        json.member("signature", facts.signatureAlgorithm)
        json.member("sha256", facts.sha256)
    }
}

extension TLSFacts {
    /// Whether the chosen key exchange is a post-quantum hybrid; no version before TLS 1.3 ever had one.
    fileprivate var isPostQuantum: Bool? {
        if let group = group?.value { return group.isPostQuantum }
        return version.flatMap { $0.value.isTLS13 ? nil : false }
    }

    /// Whether recorded traffic stays sealed when the server's key becomes known; `nil` where it cannot be told.
    fileprivate var isForwardSecret: Bool? {
        guard let version = version?.value, let suite = cipherSuite?.value else { return nil }
        guard version.isTLS13 else { return suite.properties?.isForwardSecret }
        if group != nil { return true }
        // A ServerHello that resumes without a key share: psk_ke (RFC 8446 §4.2.9).
        return resumed == true ? false : nil
    }
}

extension ChainFlaw {
    fileprivate var word: String {
        switch self {
        case .incomplete: "incomplete"
        case .unknownAuthority: "unknown-authority"
        case .notSignedByIssuer: "not-signed-by-issuer"
        case .issuerExpired: "issuer-expired"
        case .issuerNotYetValid: "issuer-not-yet-valid"
        case .notForServers: "not-for-servers"
        case .nameConstraints: "name-constraints"
        case .notAnAuthority: "not-an-authority"
        }
    }
}
