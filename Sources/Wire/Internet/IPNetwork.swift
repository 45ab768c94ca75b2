/// An address with the length of its prefix (RFC 4632, RFC 4291 §2.3): `192.0.2.0/24`, or one address.
public struct IPNetwork: Hashable, Sendable, CustomStringConvertible {
    public let address: IPAddress
    /// Leading bits that count: 0 to 32, or to 128.
    public let prefixLength: Int

    /// Reads an address, or an address and a prefix length behind a slash; `nil` for everything else.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let first = parts.first, let address = IPAddress(literal: String(first)) else {
            return nil
        }
        let bits = address.isV6 ? 128 : 32
        self.address = address
        guard parts.count == 2 else {
            prefixLength = bits
            return
        }
        guard parts[1].utf8.count <= 3, parts[1].utf8.allSatisfy({ ASCII.digit($0) != nil }),
            let length = Int(parts[1]), length <= bits
        else { return nil }
        prefixLength = length
    }

    /// Addresses of the other family are never in it.
    public func contains(_ other: IPAddress) -> Bool {
        guard other.isV6 == address.isV6 else { return false }
        let difference = (high: other.high ^ address.high, low: other.low ^ address.low)
        guard address.isV6 else { return difference.low >> (32 - UInt64(prefixLength)) == 0 }
        if prefixLength <= 64 { return difference.high >> (64 - UInt64(prefixLength)) == 0 }
        return difference.high == 0 && difference.low >> (128 - UInt64(prefixLength)) == 0
    }

    public var description: String {
        prefixLength == (address.isV6 ? 128 : 32) ? address.description : "\(address)/\(prefixLength)"
    }
}
