/// Readings of ClientHello messages by what a client says each time. Random, session id, key shares' octets, tickets
/// and binders, which differ each time, are not kept of a hello and not compared.
struct ClientHelloCache: Sendable {
    private struct Entry: Sendable {
        let body: [UInt8]
        let hello: SharedClientHello
    }

    private var entries: [Entry?] = []
    private let seed = Unguessable.number(for: .clientHello)

    /// Memory of all hellos that had to be read, roughly, in octets.
    private(set) var octetsMade = 0

    private static let slots = 512
    /// Longer bodies are not kept.
    private static let longest = 2048

    /// Reads a message body.
    mutating func hello(_ body: Span<UInt8>) throws(WireError) -> SharedClientHello {
        let slot = slot(of: body)
        if let slot, !entries.isEmpty, let entry = entries[slot], Self.isSame(entry.body.span, body) {
            return entry.hello
        }
        var reader = ByteReader(body, layer: .tlsHandshake, offset: HandshakeMessage.headerSize)
        let hello = SharedClientHello(try ClientHelloFacts(parsing: &reader))
        octetsMade += 4 * body.count
        if entries.isEmpty { entries = Array(repeating: nil, count: Self.slots) }
        if let slot { entries[slot] = Entry(body: [UInt8](copying: body), hello: hello) }
        return hello
    }

    /// By the suites, and the name of the server that is asked for; `nil` where the body is not laid out as it should.
    private func slot(of body: Span<UInt8>) -> Int? {
        guard body.count <= Self.longest, var place = Self.endOfSessionID(body) else { return nil }
        var sum = seed ^ UInt64(truncatingIfNeeded: body.count)
        for index in place..<min(body.count, place + 16) { sum.mix(body[index]) }
        guard let start = Self.startOfExtensions(body, place) else { return nil }
        place = start
        while let header = ExtensionHeader(body, at: place) {
            sum.mix(UInt8(truncatingIfNeeded: header.type))
            if header.type == ExtensionType.serverName.rawValue {
                for index in header.start..<min(header.end, header.start + 48) { sum.mix(body[index]) }
            }
            place = header.end
        }
        guard place == body.count else { return nil }
        return Int(truncatingIfNeeded: sum ^ sum >> 29) & (Self.slots - 1)
    }

    /// Whether two bodies, of which the second is laid out as it should, say the same.
    private static func isSame(_ known: Span<UInt8>, _ body: Span<UInt8>) -> Bool {
        guard known.count == body.count, let start = endOfSessionID(body), endOfSessionID(known) == start,
            known[0] == body[0], known[1] == body[1], let extensions = startOfExtensions(body, start)
        else { return false }
        // What lies between two parts that differ each time is compared at once.
        var compared = start
        var place = extensions
        while let header = ExtensionHeader(body, at: place) {
            if header.differsEachTime {
                guard known.equals(body, compared..<header.start) else { return false }
                compared = header.end
                if header.isKeyShare, !hasSameShares(known, body, header.start..<header.end) { return false }
            }
            place = header.end
        }
        return known.equals(body, compared..<body.count)
    }

    /// Whether the key shares are of the same groups, in the same lengths.
    private static func hasSameShares(_ known: Span<UInt8>, _ body: Span<UInt8>, _ range: Range<Int>) -> Bool {
        var place = range.lowerBound + 2
        guard place <= range.upperBound, known.equals(body, range.lowerBound..<place) else { return false }
        while place < range.upperBound {
            guard place + 4 <= range.upperBound, known.equals(body, place..<place + 4) else { return false }
            place += 4 + (Int(body[place + 2]) << 8 | Int(body[place + 3]))
        }
        return place == range.upperBound
    }

    private static func endOfSessionID(_ body: Span<UInt8>) -> Int? {
        guard body.count > 34, body[34] <= 32, body.count > 35 + Int(body[34]) else { return nil }
        return 35 + Int(body[34])
    }

    /// Behind the length of the extensions; `nil` where there are none.
    private static func startOfExtensions(_ body: Span<UInt8>, _ suites: Int) -> Int? {
        guard suites + 2 <= body.count else { return nil }
        let methods = suites + 2 + (Int(body[suites]) << 8 | Int(body[suites + 1]))
        guard methods < body.count else { return nil }
        let extensions = methods + 1 + Int(body[methods])
        guard extensions + 2 <= body.count,
            extensions + 2 + (Int(body[extensions]) << 8 | Int(body[extensions + 1])) == body.count
        else { return nil }
        return extensions + 2
    }
}

/// Where an extension of a hello lies.
private struct ExtensionHeader {
    let type: UInt16
    let start: Int
    let end: Int

    /// `nil` where none lies whole at `place`.
    init?(_ body: Span<UInt8>, at place: Int) {
        guard place + 4 <= body.count else { return nil }
        type = UInt16(body[place]) << 8 | UInt16(body[place + 1])
        start = place + 4
        end = start + (Int(body[place + 2]) << 8 | Int(body[place + 3]))
        guard end <= body.count else { return nil }
    }

    var isKeyShare: Bool {
        type == ExtensionType.keyShare.rawValue || type == ExtensionType.draftKeyShare.rawValue
    }

    var differsEachTime: Bool {
        isKeyShare || type == ExtensionType.preSharedKey.rawValue || type == ExtensionType.sessionTicket.rawValue
    }
}

extension Span<UInt8> {
    /// Whether a range, which lies in both, holds the same octets in both.
    fileprivate func equals(_ other: Span<UInt8>, _ range: Range<Int>) -> Bool {
        extracting(range).equals(other.extracting(range))
    }
}
