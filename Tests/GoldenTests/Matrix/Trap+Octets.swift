import Support
import Wire

/// Handshakes written down octet by octet (RFC 5246 §7.4, RFC 8446 §4).
extension Trap {
    /// What a ClientHello offers (RFC 5246 §7.4.1.2, RFC 8446 §4.1.2).
    struct Hello {
        var suites: [UInt16] = [0xC02F, 0x1301]
        var groups: [UInt16]? = [29, 23]
        var versions: [UInt16]?
        var serverName: String?
        var asksForRenegotiation = false
        var compresses = false
        /// compress_certificate (RFC 8879).
        var compressesCertificates = false
        var announcesEarlyData = false
        /// encrypted_client_hello, for the outer hello (RFC 9849 §5).
        var hidesAnother = false
        /// pre_shared_key with one identity, the last extension (RFC 8446 §4.2.11).
        var hasTicket = false

        var body: [UInt8] {
            let methods: [UInt8] = compresses ? [2, 1, 0] : [1, 0]
            var extensions: [UInt8] = []
            if let serverName {
                let name = Array(serverName.utf8)
                let entry = [0] + Trap.pairs([UInt16(name.count)]) + name
                extensions += Trap.block(0, Trap.pairs([UInt16(entry.count)]) + entry)
            }
            if let groups { extensions += Trap.block(10, Trap.vector16(groups)) }
            if let versions { extensions += Trap.block(43, [UInt8(2 * versions.count)] + Trap.pairs(versions)) }
            if asksForRenegotiation { extensions += Trap.block(0xFF01, [0]) }
            if compressesCertificates { extensions += Trap.block(27, [2, 0, 1]) }
            if announcesEarlyData { extensions += Trap.block(42, []) }
            if hidesAnother { extensions += Trap.block(0xFE0D, [0, 0, 1, 0, 1, 9, 0, 0, 0, 2, 6, 6]) }
            if hasTicket {
                let identity = Trap.pairs([4]) + [1, 2, 3, 4] + [0, 0, 0, 0]
                let binders = [32] + [UInt8](repeating: 5, count: 32)
                extensions += Trap.block(45, [1, 1])
                extensions += Trap.block(
                    41,
                    Trap.pairs([UInt16(identity.count)]) + identity + Trap.pairs([UInt16(binders.count)]) + binders)
            }
            return [3, 3] + [UInt8](repeating: 7, count: 32) + [0] + Trap.vector16(suites) + methods
                + Trap.pairs([UInt16(extensions.count)]) + extensions
        }
    }

    /// What a server of TLS 1.2 or older answers.
    struct Answer {
        var version: UInt16 = 0x0303
        var random = [UInt8](repeating: 9, count: 32)
        /// DER, leaf first.
        var certificates: [[UInt8]] = []
        /// What the key exchange is signed with, in TLS 1.2: rsa_pkcs1_sha256.
        var scheme: [UInt8] = [4, 1]
        /// The client ends the handshake with an alert.
        var fails = false
        var time = Conversation.start

        /// The marks of a server that can do TLS 1.3 (RFC 8446 §4.1.3).
        static let marked = [UInt8](repeating: 9, count: 24) + Array("DOWNGRD".utf8) + [1]

        /// ServerHello, Certificate, ServerKeyExchange and ServerHelloDone, as far as the suite has them.
        func flight(_ suite: UInt16, _ compression: UInt8, _ curve: UInt16) -> [UInt8] {
            let hello = Trap.pairs([version]) + random + [0] + Trap.pairs([suite]) + [compression]
            var messages = Trap.message(2, hello)
            if !certificates.isEmpty {
                let list = certificates.flatMap { (der: [UInt8]) -> [UInt8] in
                    [0] + Trap.pairs([UInt16(der.count)]) + der
                }
                messages += Trap.message(11, [0] + Trap.pairs([UInt16(list.count)]) + list)
            }
            if suite >= 0xC000 {
                // named_curve, a point, and a signature where the exchange is signed (RFC 8422 §5.4).
                let signature = (version < 0x0303 ? [] : scheme) + [0, 1, 9]
                messages += Trap.message(
                    12, [3] + Trap.pairs([curve]) + [2, 4, 4] + (suite == 0xC018 ? [] : signature))
            }
            return Trap.record(22, messages + Trap.message(14, []))
        }
    }

    /// What tells a HelloRetryRequest from a ServerHello: SHA-256 of its name (RFC 8446 §4.1.3).
    static let retryRandom = [UInt8](hex: "CF21AD74E59A6111BE1D8C021E65B891C2A211167ABB8C5E079E09E2C8A8339C")

    static let sealed = [UInt8](repeating: 0xA5, count: 60)

    static func record(_ type: UInt8, _ fragment: [UInt8]) -> [UInt8] {
        [type, 3, 3] + pairs([UInt16(fragment.count)]) + fragment
    }

    static func message(_ type: UInt8, _ body: [UInt8]) -> [UInt8] {
        [type, 0] + pairs([UInt16(body.count)]) + body
    }

    static func block(_ type: UInt16, _ data: [UInt8]) -> [UInt8] { pairs([type, UInt16(data.count)]) + data }

    static func vector16(_ values: [UInt16]) -> [UInt8] { pairs([UInt16(2 * values.count)]) + pairs(values) }

    static func pairs(_ values: [UInt16]) -> [UInt8] { values.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] } }
}
