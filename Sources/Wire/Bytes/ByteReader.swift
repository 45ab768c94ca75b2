/// A bounds-checked cursor over octets that it does not own. Integers are big-endian (network order).
///
/// Every parser of `Wire` reads through this type, so every bound is checked here and nowhere else.
/// A read past the end throws `.incomplete`; the caller decides whether more octets can come.
public struct ByteReader: ~Escapable {
    private var rest: Span<UInt8>
    /// Octets consumed since the start of `layer`.
    private(set) public var offset: Int
    private let layer: Layer

    @_lifetime(copy octets)
    public init(_ octets: Span<UInt8>, layer: Layer, offset: Int = 0) {
        rest = octets
        self.layer = layer
        self.offset = offset
    }

    public var isAtEnd: Bool { rest.isEmpty }

    /// Octets not yet read.
    public var remaining: Int { rest.count }

    /// The next octet, not consumed; `nil` at the end.
    public var peek: UInt8? { rest.isEmpty ? nil : rest[0] }

    /// All octets that are left, not consumed.
    public var unread: Span<UInt8> {
        @_lifetime(copy self) get { rest }
    }

    @_lifetime(copy self)
    public mutating func take(_ count: Int) throws(WireError) -> Span<UInt8> {
        guard count >= 0 else { throw failure(.malformed("negative length")) }
        guard count <= rest.count else { throw failure(.incomplete(needed: count - rest.count)) }
        let taken = rest.extracting(first: count)
        rest = rest.extracting(droppingFirst: count)
        offset += count
        return taken
    }

    /// All octets that are left; the reader is then at its end.
    @_lifetime(copy self)
    public mutating func takeRest() -> Span<UInt8> {
        let taken = rest
        rest = rest.extracting(droppingFirst: rest.count)
        offset += taken.count
        return taken
    }

    public mutating func skip(_ count: Int) throws(WireError) {
        _ = try take(count)
    }

    public mutating func u8() throws(WireError) -> UInt8 {
        guard !rest.isEmpty else { throw failure(.incomplete(needed: 1)) }
        let value = rest[0]
        rest = rest.extracting(droppingFirst: 1)
        offset += 1
        return value
    }

    public mutating func u16() throws(WireError) -> UInt16 {
        let octets = try take(2)
        return UInt16(octets[0]) << 8 | UInt16(octets[1])
    }

    public mutating func u24() throws(WireError) -> Int {
        let octets = try take(3)
        return Int(octets[0]) << 16 | Int(octets[1]) << 8 | Int(octets[2])
    }

    public mutating func u32() throws(WireError) -> UInt32 {
        let octets = try take(4)
        return UInt32(octets[0]) << 24 | UInt32(octets[1]) << 16 | UInt32(octets[2]) << 8 | UInt32(octets[3])
    }

    public mutating func u64() throws(WireError) -> UInt64 {
        UInt64(try u32()) << 32 | UInt64(try u32())
    }

    /// A TLS vector with a length prefix of one octet (RFC 8446 §3.4), its length within `bounds`.
    @_lifetime(copy self)
    public mutating func vector8(_ bounds: ClosedRange<Int> = 0...255) throws(WireError) -> Span<UInt8> {
        try bounded(Int(try u8()), bounds)
    }

    /// A TLS vector with a length prefix of two octets, its length within `bounds`.
    @_lifetime(copy self)
    public mutating func vector16(_ bounds: ClosedRange<Int> = 0...0xFFFF) throws(WireError) -> Span<UInt8> {
        try bounded(Int(try u16()), bounds)
    }

    /// A TLS vector with a length prefix of three octets, its length within `bounds`.
    @_lifetime(copy self)
    public mutating func vector24(_ bounds: ClosedRange<Int> = 0...0xFF_FFFF) throws(WireError) -> Span<UInt8> {
        try bounded(try u24(), bounds)
    }

    @_lifetime(copy self)
    private mutating func bounded(_ count: Int, _ bounds: ClosedRange<Int>) throws(WireError) -> Span<UInt8> {
        guard bounds.contains(count) else { throw failure(.malformed("vector length out of bounds")) }
        return try take(count)
    }

    public func failure(_ cause: WireError.Cause) -> WireError {
        WireError(cause, layer: layer, offset: offset)
    }
}
