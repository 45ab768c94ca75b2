/// The extension block of a hello message (RFC 8446 §4.2), walked in place.
///
///     struct {
///         ExtensionType extension_type;
///         opaque extension_data<0..2^16-1>;
///     } Extension;
struct HelloExtensions: ~Escapable {
    private var reader: ByteReader
    private let offset: Int

    /// `block` is the content of the extensions vector; `offset` its place in the handshake message.
    @_lifetime(copy block)
    init(_ block: Span<UInt8>, at offset: Int) {
        reader = ByteReader(block, layer: .tlsHandshake, offset: offset)
        self.offset = offset
    }

    var isAtEnd: Bool { reader.isAtEnd }

    /// The next extension: its type, and a reader on its data.
    @_lifetime(copy self)
    mutating func next() throws(WireError) -> HelloExtension {
        let type = try reader.u16()
        let start = reader.offset + 2
        return HelloExtension(type: type, data: ByteReader(try reader.vector16(), layer: .tlsHandshake, offset: start))
    }
}

/// One extension of a hello message.
struct HelloExtension: ~Escapable {
    let type: UInt16
    var data: ByteReader

    @_lifetime(copy data)
    init(type: UInt16, data: ByteReader) {
        self.type = type
        self.data = data
    }
}

extension ByteReader {
    /// The two-octet values of a vector whose length prefix takes two octets; GREASE values left out (RFC 8701).
    mutating func values16(_ bounds: ClosedRange<Int> = 2...0xFFFE) throws(WireError) -> [UInt16] {
        try Self.values(in: try vector16(bounds), self)
    }

    /// The two-octet values of a vector whose length prefix takes one octet; GREASE values left out.
    mutating func values8(_ bounds: ClosedRange<Int> = 2...254) throws(WireError) -> [UInt16] {
        try Self.values(in: try vector8(bounds), self)
    }

    private static func values(in octets: Span<UInt8>, _ reader: borrowing ByteReader) throws(WireError) -> [UInt16] {
        guard octets.count.isMultiple(of: 2) else {
            throw reader.failure(.malformed("odd length of a vector of pairs"))
        }
        var values: [UInt16] = []
        values.reserveCapacity(octets.count / 2)
        for index in 0..<octets.count / 2 {
            let value = UInt16(octets[2 * index]) << 8 | UInt16(octets[2 * index + 1])
            if !GREASE.contains(value) { values.append(value) }
        }
        return values
    }

    /// The outer octets of the leading name of an ALPN extension (RFC 7301 §3.1); nothing is consumed.
    var leadingProtocolEnds: UInt16? {
        // A list length, then a name behind its own length.
        let octets = unread
        guard octets.count > 3, octets[2] > 0, octets.count >= 3 + Int(octets[2]) else { return nil }
        return UInt16(octets[3]) << 8 | UInt16(octets[2 + Int(octets[2])])
    }

    /// The octets of a vector whose length prefix takes one octet; none where it is not whole.
    var octetList: [UInt8] {
        let octets = unread
        guard let length = octets.isEmpty ? nil : Int(octets[0]), length < octets.count else { return [] }
        return [UInt8](copying: octets.extracting(1..<1 + length))
    }

    /// The protocol names of an ALPN extension (RFC 7301 §3.1), escaped; at most 16.
    mutating func protocolNames() throws(WireError) -> [String] {
        var names = ByteReader(try vector16(), layer: .tlsHandshake, offset: offset)
        var result: [String] = []
        while !names.isAtEnd {
            let name = try names.vector8()
            if result.count < 16 { result.append(Escaping.text(name, limit: 255)) }
        }
        return result
    }
}
