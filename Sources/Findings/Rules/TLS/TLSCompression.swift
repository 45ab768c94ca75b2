import Sessions
import Wire

/// The handshake switched compression on (RFC 3749), which leaks what is encrypted.
public enum TLSCompression: SessionRule {
    public static let card = RuleCard(
        id: "tls-compression", signatureID: 9_025_035, group: .tls,
        title: "TLS compression was chosen", severity: .low, certainty: .certain,
        citations: ["RFC 9325 §3.3", "RFC 7457 §2.6", "RFC 8446 §4.1.2", "NCSC-NL TLS 2025-05"],
        explanation: """
            Compression before encryption shows in the length of the records how often octets repeat. Who can make \
            a client send text of his choice beside a secret can guess the secret that way (CRIME). Mail gives little \
            opportunity for it, and no reason to run the risk.
            """,
        alternatives: """
            One side's library is very old, or compression was switched on by hand. Certificates may be compressed \
            without harm (RFC 8879): that is no compression of the session.
            """,
        remediation: """
            Switch it off on either side (Postfix tls_ssl_options = NO_COMPRESSION, Exim openssl_options = \
            +no_compression); libraries of today have none, or have it off unless told otherwise.
            """,
        remedies: [.switchCompressionOff],
        example: "built-compression.pcap")

    public static let needs: SessionTraits = [.olderTLS, .compression]

    public static func judge(_ session: MailSession, _ observations: CaptureObservations) -> Judgement {
        guard let tls = session.tls, tls.protection != .failed else { return .notApplicable }
        guard let hello = tls.serverHello else { return session.missingFromHandshake() }
        guard !hello.value.version.isTLS13 else { return .notApplicable }
        guard hello.value.compressionMethod != 0 else { return .pass }
        let method = name(hello.value.compressionMethod)
        return .finding(
            Finding.Draft(
                "The server chose to compress the session with \(method).",
                [Evidence(frame: hello.frame, side: .server, "the ServerHello chooses \(method)")]))
    }

    /// IANA "TLS Compression Method Identifiers".
    private static func name(_ method: UInt8) -> String {
        switch method {
        case 1: "DEFLATE"
        case 64: "LZS"
        default: "method \(method)"
        }
    }
}
