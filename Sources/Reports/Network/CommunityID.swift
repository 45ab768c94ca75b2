import Crypto
import Wire

/// Community ID v1, seed 0: the hash by which other tools call the same connection
/// (https://github.com/corelight/community-id-spec).
enum CommunityID {
    private static let tcp: UInt8 = 6

    static func text(_ one: Endpoint, _ other: Endpoint) -> String {
        var octets: [UInt8] = []
        append(one, other, to: &octets)
        return String(decoding: octets, as: UTF8.self)
    }

    static func append(_ one: Endpoint, _ other: Endpoint, to octets: inout [UInt8]) {
        let (low, high) = one < other ? (one, other) : (other, one)
        var input: [UInt8] = []
        input.append(addingCapacity: 40) { output in
            output.append(networkOrder: 0, count: 2)
            append(low.address, to: &output)
            append(high.address, to: &output)
            output.append(tcp)
            output.append(0)
            output.append(networkOrder: UInt64(low.port), count: 2)
            output.append(networkOrder: UInt64(high.port), count: 2)
        }
        octets.append("1:")
        Base64.append(Insecure.SHA1.hash(data: input), to: &octets)
    }

    private static func append(_ address: IPAddress, to octets: inout OutputSpan<UInt8>) {
        if address.isV6 { octets.append(networkOrder: address.high, count: 8) }
        octets.append(networkOrder: address.low, count: address.isV6 ? 8 : 4)
    }
}

extension OutputSpan<UInt8> {
    /// The closing `count` octets of a number, the highest leading.
    @_lifetime(self: copy self)
    fileprivate mutating func append(networkOrder number: UInt64, count: Int) {
        for place in stride(from: 8 * (count - 1), through: 0, by: -8) {
            append(UInt8(truncatingIfNeeded: number >> UInt64(place)))
        }
    }
}

/// Base 64 with padding (RFC 4648 §4).
enum Base64 {
    static func append(_ octets: some Sequence<UInt8>, to text: inout [UInt8]) {
        var bits: UInt32 = 0
        var count = 0
        for octet in octets {
            bits = bits << 8 | UInt32(octet)
            count += 1
            guard count == 3 else { continue }
            append(bits, 3, to: &text)
            (bits, count) = (0, 0)
        }
        if count > 0 { append(bits << UInt32(8 * (3 - count)), count, to: &text) }
    }

    /// A group of three octets, of which `count` are there.
    private static func append(_ bits: UInt32, _ count: Int, to text: inout [UInt8]) {
        text.append(addingCapacity: 4) { output in
            for place in 0..<4 {
                let value = UInt8(truncatingIfNeeded: bits &>> UInt32(18 &- 6 &* place)) & 0x3F
                output.append(place <= count ? digit(value) : UInt8(ascii: "="))
            }
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        switch value {
        case 0..<26: UInt8(ascii: "A") + value
        case 26..<52: UInt8(ascii: "a") + value - 26
        case 52..<62: UInt8(ascii: "0") + value - 52
        case 62: UInt8(ascii: "+")
        default: UInt8(ascii: "/")
        }
    }
}
