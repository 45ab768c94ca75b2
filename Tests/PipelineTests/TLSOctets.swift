/// Octets of TLS as two hosts might send them, with nothing in them that a reader does not need.
enum TLSOctets {
    static func record(_ type: UInt8, _ body: [UInt8]) -> [UInt8] {
        [type, 3, 3, UInt8(body.count >> 8), UInt8(body.count & 0xFF)] + body
    }

    static func message(_ type: UInt8, _ body: [UInt8]) -> [UInt8] {
        [type, UInt8(body.count >> 16), UInt8(body.count >> 8 & 0xFF), UInt8(body.count & 0xFF)] + body
    }

    private static func hello(suites: [UInt8], extensions: [UInt8]) -> [UInt8] {
        [3, 3] + [UInt8](repeating: 7, count: 32) + [0] + suites
            + [UInt8(extensions.count >> 8), UInt8(extensions.count & 0xFF)] + extensions
    }

    /// A ClientHello that offers TLS 1.3 and 1.2.
    static let clientHello = record(
        22,
        message(
            1,
            hello(
                suites: [0, 4, 0x13, 0x01, 0xC0, 0x2F, 1, 0],
                extensions: [0, 43, 0, 5, 4, 3, 4, 3, 3, 0, 51, 0, 7, 0, 5, 0, 29, 0, 1, 9])))

    /// A ServerHello that chooses TLS 1.3 and X25519.
    static let serverHello13 = record(
        22,
        message(2, hello(suites: [0x13, 0x01, 0], extensions: [0, 43, 0, 2, 3, 4, 0, 51, 0, 5, 0, 29, 0, 1, 9])))

    /// A ServerHello that chooses TLS 1.2 with ECDHE.
    static let serverHello12 = serverHello12([0xC0, 0x2F])

    static func serverHello12(_ suite: [UInt8]) -> [UInt8] {
        record(22, message(2, hello(suites: suite + [0], extensions: [])))
    }

    /// The server resumes a session under RC4 at once.
    static let weakResumption =
        record(22, message(2, hello(suites: [0xC0, 0x11, 0], extensions: []))) + changeCipherSpec + finished12

    static let changeCipherSpec = record(20, [1])

    static func protected(_ count: Int) -> [UInt8] { record(23, [UInt8](repeating: 0xA5, count: count)) }

    /// Finished of TLS 1.2, protected.
    static let finished12 = record(22, [UInt8](repeating: 0x5A, count: 40))
}
