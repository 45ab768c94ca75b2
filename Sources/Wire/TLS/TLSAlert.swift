/// An alert in clear (RFC 8446 §6).
public struct TLSAlert: Equatable, Sendable {
    public let isFatal: Bool
    public let description: AlertDescription

    public init(parsing reader: inout ByteReader) throws(WireError) {
        let level = try reader.u8()
        guard level == 1 || level == 2 else { throw reader.failure(.malformed("alert level is neither 1 nor 2")) }
        isFatal = level == 2
        description = AlertDescription(rawValue: try reader.u8())
    }
}
