import Findings
import Foundation
import Support
import Trust
import Wire

/// Traps around certificates, made anew with openssl; TLS 1.2 shows them in clear.
struct CertificateTraps {
    /// `nil` where openssl is not installed.
    static let all: Result<[Trap]?, any Error> = Result {
        try Tool("openssl").map { try CertificateTraps($0).traps() }
    }

    private typealias Made = CertificateWorkshop.Made
    private typealias Validity = CertificateWorkshop.Validity

    private let workshop: CertificateWorkshop
    private let root: Made
    private let store: TrustStore

    private static let now = Conversation.start / 1_000_000_000
    private static let day: Int64 = 86_400
    private static let name = "mx.example.org"
    private static let valid = Validity(from: now - 100 * day, until: now + 200 * day)
    private static let authority = [
        "basicConstraints = critical,CA:true", "keyUsage = critical,keyCertSign,cRLSign", "subjectKeyIdentifier = hash",
    ]

    private init(_ openssl: Tool) throws {
        workshop = try CertificateWorkshop(openssl)
        root = try Self.root(workshop, "Root")
        store = try TrustStore(file: root.file)
    }

    private static func root(
        _ workshop: CertificateWorkshop, _ name: String, key: String = "p256", options: [String] = []
    ) throws -> Made {
        try workshop.issue(
            "/CN=\(name)", key: try workshop.key(key, for: name), by: nil,
            Validity(from: now - 2000 * day, until: now + 2000 * day), extensions: authority, options: options)
    }

    // MARK: Certificates

    private func leaf(
        names: String = "DNS:\(name)", subject: String = "server", _ validity: Validity = valid, key: String = "p256",
        by issuer: Made? = nil,
        options: [String] = []
    ) throws -> Made {
        try workshop.issue(
            "/CN=\(subject)", key: try workshop.key(key, for: "leaf"), by: issuer ?? root, validity,
            extensions: [
                "basicConstraints = critical,CA:false", "subjectKeyIdentifier = hash",
                "authorityKeyIdentifier = keyid", "extendedKeyUsage = serverAuth", "subjectAltName = \(names)",
            ], options: options)
    }

    /// A session in which the server shows these certificates, leaf first.
    private func session(
        _ chain: [Made], asking name: String? = name, port: UInt16 = 587, at seconds: Int64 = now
    ) throws -> [Segment] {
        let certificates = try chain.map { try Self.der($0.file) }
        return Trap.older(
            Trap.Hello(serverName: name), port: port,
            Trap.Answer(certificates: certificates, time: seconds * 1_000_000_000))
    }

    private static func der(_ file: String) throws -> [UInt8] {
        let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
        let body = lines.drop { !$0.hasPrefix("-----BEGIN") }.dropFirst().prefix { !$0.hasPrefix("-----END") }
        guard let octets = Data(base64Encoded: body.joined()) else {
            throw CertificateWorkshop.Failure(description: "\(file) holds no certificate")
        }
        return [UInt8](octets)
    }

    private let hidden = Trap.newer(Trap.Hello(versions: [0x0304], serverName: name), group: 29)

    // MARK: Traps

    private func traps() throws -> [Trap] {
        try dates() + names() + issuers() + strength()
    }

    /// A firing capture, on port 25 as well, where few senders look at the certificate; and in TLS 1.3, which hides it.
    private func everywhere(
        _ rule: String, _ chain: [Made], onRelay severity: Severity = .low, asking name: String? = name
    ) throws -> [Trap] {
        let firing = try session(chain, asking: name)
        return [
            Trap(
                rule, "on port 25 few senders look", .severity(severity), fires: firing,
                trap: try session(chain, asking: name, port: 25), trusting: store),
            Trap(rule, "TLS 1.3 hides the certificate", fires: firing, trap: hidden, trusting: store),
        ]
    }

    private func dates() throws -> [Trap] {
        let (now, day) = (Self.now, Self.day)
        let old = [try leaf(Validity(from: now - 90 * day, until: now - 9 * day))]
        let early = [try leaf(Validity(from: now + 9 * day, until: now + 90 * day))]
        let almost = [try leaf(Validity(from: now + 3600, until: now + 90 * day))]
        let justOver = [try leaf(Validity(from: now - 90 * day, until: now - 3600))]
        let ending = [try leaf(Validity(from: now - 80 * day, until: now + 5 * day))]
        let brief = [try leaf(Validity(from: now - 2 * day, until: now + 4 * day))]
        return try everywhere("certificate-expired", old) + everywhere("certificate-not-yet-valid", early)
            + everywhere("certificate-expiring-soon", ending, onRelay: .info) + [
                Trap(
                    "certificate-expired", "clocks that differ by hours", .atMost(.likely), fires: session(old),
                    trap: session(justOver), trusting: store),
                Trap(
                    "certificate-expired", "a clock of the next century", .atMost(.possible), fires: session(old),
                    trap: session(old, at: 4_200_000_000), trusting: store),
                Trap(
                    "certificate-not-yet-valid", "a clock that was never set", .atMost(.possible),
                    fires: session(early), trap: session(early, at: 3600), trusting: store),
                Trap(
                    "certificate-not-yet-valid", "clocks that differ by hours", .atMost(.likely),
                    fires: session(early), trap: session(almost), trusting: store),
                Trap(
                    "certificate-expiring-soon", "certificates that live for days only", fires: session(ending),
                    trap: session(brief), trusting: store),
            ]
    }

    private func names() throws -> [Trap] {
        let rule = "certificate-host-mismatch"
        let other = [try leaf(names: "DNS:elsewhere.example.com")]
        let firing = try session(other)
        return try everywhere(rule, other) + [
            Trap(
                rule, "a wildcard holds the name", fires: firing, trap: session([leaf(names: "DNS:*.example.org")]),
                trusting: store),
            Trap(
                rule, "nothing tells which name the client meant", .severity(.info), fires: firing,
                trap: session(other, asking: nil), trusting: store),
        ]
    }

    private func issuers() throws -> [Trap] {
        let own = try workshop.issue(
            "/CN=\(Self.name)", key: try workshop.key("p256", for: "own"), by: nil, Self.valid,
            extensions: [
                "subjectKeyIdentifier = hash", "authorityKeyIdentifier = keyid:always",
                "subjectAltName = DNS:\(Self.name)",
            ])
        let namesake = try Self.root(workshop, Self.name)
        let stranger = try Self.root(workshop, "Stranger")
        let strange = [try leaf(by: stranger)]
        return try everywhere("certificate-self-signed", [own]) + everywhere("certificate-not-trusted", strange) + [
            Trap(
                "certificate-self-signed", "the client was told to trust this very certificate", fires: session([own]),
                trap: session([own]), trusting: store, .only(try TrustStore(file: own.file))),
            Trap(
                "certificate-self-signed", "an authority of the same name, with another key", fires: session([own]),
                trap: session([leaf(subject: Self.name, by: namesake)]), trusting: store),
            Trap(
                "certificate-not-trusted", "an authority of their own, in the bundle", fires: session(strange),
                trap: session(strange), trusting: store, .only(try TrustStore(file: stranger.file))),
            Trap(
                "certificate-not-trusted", "no authorities to compare with", fires: session(strange),
                trap: session(strange), trusting: store, .nobody),
        ]
    }

    private func strength() throws -> [Trap] {
        let short = [try leaf(key: "rsa1024")]
        let bystander = try Self.root(workshop, "Bystander", key: "rsa1024")
        let signer = try Self.root(workshop, "Signer", key: "rsa")
        let broken = [try leaf(by: signer, options: ["-md", "sha1"])]
        let old = try Self.root(workshop, "Old", key: "rsa", options: ["-md", "sha1"])
        // One authority twice: signed by itself, which is trusted, and by others with a short key and a broken hash.
        let weak = try Self.root(workshop, "Weak", key: "rsa1024")
        let both = try Self.root(workshop, "Both")
        let crossed = try workshop.issue(
            "/CN=Both", key: try workshop.key("p256", for: "Both"), by: weak, Self.valid,
            extensions: Self.authority, options: ["-md", "sha1"])
        let past = try session([leaf(by: both), crossed, weak])
        let trustingBoth = Trap.Bystanders.only(try TrustStore(file: both.file))
        return try everywhere("certificate-weak-key", short) + everywhere("certificate-weak-signature", broken) + [
            Trap(
                "certificate-weak-key", "sent besides, and vouches for nobody", fires: session(short),
                trap: session([leaf(), bystander]), trusting: store),
            Trap(
                "certificate-weak-key", "the chain goes past it", fires: session([leaf(by: weak), weak]), trap: past,
                trusting: store, trustingBoth),
            Trap(
                "certificate-weak-signature", "an authority that the chain may go past", .atMost(.possible),
                fires: past,
                trap: past, trusting: store, trustingBoth),
            Trap(
                "certificate-weak-key", "a key of another kind", fires: session(short),
                trap: session([leaf(key: "ed25519")]), trusting: store),
            Trap(
                "certificate-weak-signature", "the signature of a self-signed certificate", fires: session(broken),
                trap: session([leaf(by: old, options: ["-md", "sha256"]), old]), trusting: store),
        ]
    }
}
