import Crypto
import Wire

/// Community ID v1, seed 0: the hash by which other tools call the same connection
/// (https://github.com/corelight/community-id-spec).
enum CommunityID {
    private static let seed: [UInt8] = [0, 0]
    private static let tcp: UInt8 = 6

    static func text(_ one: Endpoint, _ other: Endpoint) -> String {
        let (low, high) = one < other ? (one, other) : (other, one)
        var octets = seed + octets(of: low.address) + octets(of: high.address) + [tcp, 0]
        for port in [low.port, high.port] { octets += [UInt8(port >> 8), UInt8(port & 0xFF)] }
        return "1:" + Base64.text(Array(Insecure.SHA1.hash(data: octets)))
    }

    private static func octets(of address: IPAddress) -> [UInt8] {
        let all = [address.high, address.low].flatMap { half in
            (0..<8).map { UInt8(truncatingIfNeeded: half >> (56 - 8 * UInt64($0))) }
        }
        return address.isV6 ? all : Array(all.suffix(4))
    }
}

/// Base 64 with padding (RFC 4648 §4).
enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func text(_ octets: [UInt8]) -> String {
        var result: [UInt8] = []
        for start in stride(from: 0, to: octets.count, by: 3) {
            let group = octets[start..<min(start + 3, octets.count)]
            let bits = (0..<3).reduce(UInt32(0)) { $0 << 8 | UInt32($1 < group.count ? group[start + $1] : 0) }
            for digit in 0..<4 {
                let sextet = Int(bits >> (18 - 6 * UInt32(digit)) & 0x3F)
                result.append(digit <= group.count ? alphabet[sextet] : UInt8(ascii: "="))
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
