@testable import Sessions
@testable import Wire

extension Sample {
    static func hello(_ name: String?, alpn: [String] = []) -> ClientHelloFacts {
        var hello = ClientHelloFacts(legacyVersion: .tls12)
        hello.serverName = name
        hello.alpn = alpn
        return hello
    }

    static func answer(_ version: TLSVersion, _ suite: CipherSuite, _ group: NamedGroup? = nil) -> ServerHelloFacts {
        ServerHelloFacts(
            legacyVersion: .tls12, version: version, random: .none, cipherSuite: suite, group: group)
    }

    /// TLS 1.3 after STARTTLS, completed.
    static func handshake() -> TLSFacts {
        var facts = TLSFacts(isImplicit: false)
        facts.clientHello = Observed(hello("pf.test", alpn: ["smtp"]), in: FrameNumber(9))
        facts.serverHello = Observed(answer(.tls13, .aes256GCMSHA384, .x25519), in: FrameNumber(10))
        facts.group = Observed(.x25519, in: FrameNumber(10))
        facts.certificates = .notObservable(.encryptedByTLS13)
        facts.clientRecords.first = FrameNumber(11)
        facts.completed = true
        facts.resumed = false
        return facts
    }

    /// An implicit TLS 1.2 session with a certificate in sight, from a client that names no server.
    static func older() -> MailSession {
        var session = encrypted()
        session.application = .tls
        session.smtp = nil
        session.startTLS = StartTLSFacts()
        var facts = TLSFacts(isImplicit: true)
        facts.clientHello = Observed(hello(nil), in: FrameNumber(4))
        facts.serverHello = Observed(answer(.tls12, .ecdheRSAAES128GCMSHA256), in: FrameNumber(5))
        facts.group = Observed(.secp256r1, in: FrameNumber(6))
        let unreadable = CertificateReading.unreadable(
            WireError(.malformed("no SEQUENCE"), layer: .x509, offset: 0), sha256: "00ff")
        facts.certificates = .observed(Observed([.facts(certificate()), unreadable], in: FrameNumber(6)))
        facts.leaf = Observed(certificate(), in: FrameNumber(6))
        facts.completed = true
        facts.resumed = false
        session.tls = facts
        session.notObservable = []
        return session
    }

    /// A handshake that the client ended with an alert in clear.
    static func refused() -> MailSession {
        var session = encrypted()
        let octets: [UInt8] = [2, 48]
        var reader = ByteReader(octets.span, layer: .tlsAlert)
        guard let alert = try? TLSAlert(parsing: &reader) else { return session }
        let sent = SentAlert(alert: alert, sender: .client, frame: FrameNumber(11), offset: 300)
        session.tls?.alerts = [sent]
        session.tls?.failure = .alert(sent)
        session.tls?.completed = false
        return session
    }

    /// A handshake that ended in a reset, its hellos unseen.
    static func cut() -> MailSession {
        var session = encrypted()
        session.tls = TLSFacts(isImplicit: false)
        session.tls?.completed = false
        session.tls?.failure = .cut(by: .client, reset: true, frame: FrameNumber(12))
        return session
    }

    static func certificate() -> CertificateFacts {
        var fields = CertificateFields()
        fields.subject = "CN=pf.test, emailAddress=root@pf.test"
        fields.issuer = "CN=Test CA"
        fields.serial = "0aff"
        fields.notBefore = 1_790_000_000
        fields.notAfter = .max
        fields.dnsNames = ["pf.test", "*.pf.test"]
        fields.ipAddresses = ["192.0.2.25"]
        fields.publicKey = PublicKeyFacts(.rsa, bits: 2048, description: "RSA 2048")
        fields.signature = SignatureFacts(name: "sha256WithRSAEncryption", digest: nil)
        fields.sha256 = String(repeating: "ab", count: 32)
        return CertificateFacts(fields)
    }
}
