import Wire

/// A packet of a session, of which it is not known yet whether it has findings.
struct EvidencePacket: Sendable {
    let frame: FrameNumber
    /// In nanoseconds since 1970.
    let nanoseconds: Int64
    let originalLength: Int
    let linkType: Int32
    var side = Side.client
    /// The frame up to its payload.
    let headers: [UInt8]
    let layout: FrameLayout
    /// Captured octets of the payload.
    let payloadCount: Int
    /// Captured octets behind it, which belong to no header and no stream; what is beyond `maximumTrailing` is cut off.
    private let trailing: Int
    private var trailer: [UInt8]
    let integrity: Integrity
    /// It came in fragments, and was put together.
    let isReassembled: Bool
    /// Where the payload stands in its stream; `nil` where that is not known, or it belongs to none.
    var offset: Int64?
    /// The payload, until it is known what of it may be shown; then it is overwritten.
    private(set) var payload: [UInt8]
    private(set) var showing = Showing.undecided
    /// The payload is left out, as by a snapshot length.
    var isCut = false

    enum Showing: Sendable {
        /// It was not compared with what was read yet.
        case undecided
        /// As far as it may be shown it is what was read.
        case asRead
        /// Another copy of what was read: these octets of it may be shown, 0 for each that may not.
        case other([UInt8])
        case nothing
        /// Everything, since the user wants it so.
        case everything
    }

    /// Memory besides the octets, roughly.
    static let cost = 192
    /// Octets behind the payload that are kept: padding, a checksum, a stamp. Anybody may send more of them than a payload.
    static let maximumTrailing = 256

    init(
        _ segment: borrowing TCPSegment, in frame: Span<UInt8>, _ layout: FrameLayout, number: FrameNumber,
        nanoseconds: Int64, originalLength: Int, linkType: Int32, isReassembled: Bool = false
    ) {
        self.frame = number
        self.nanoseconds = nanoseconds
        self.originalLength = originalLength
        self.linkType = linkType
        self.layout = layout
        self.isReassembled = isReassembled
        let start = min(layout.payload, frame.count)
        payloadCount = min(segment.payload.count, frame.count - start)
        trailing = min(frame.count - start - payloadCount, Self.maximumTrailing)
        headers = [UInt8](copying: frame.extracting(0..<start))
        payload = [UInt8](copying: frame.extracting(start..<start + payloadCount))
        trailer = [UInt8](copying: frame.extracting(start + payloadCount..<start + payloadCount + trailing))
        integrity = segment.integrity
    }

    /// The place behind its payload.
    var end: Int64? { offset.map { $0 + Int64(payloadCount) } }

    /// Octets of memory that it takes.
    var memory: Int {
        let other = if case .other(let shown) = showing { shown.count } else { 0 }
        return Self.cost + headers.count + payload.count + trailer.count + other
    }

    // MARK: What may be shown

    mutating func showEverything() { showing = .everything }

    mutating func showNothing() {
        showing = .nothing
        erase()
    }

    /// Compares the payload with what of its stream may be shown, and forgets it. `mayDiffer` says that another copy of
    /// the same place may be shown, too: its codes and keywords.
    mutating func settle(_ stream: ShownOctets, mayDiffer: Bool) {
        defer { erase() }
        showing = .nothing
        guard payloadCount > 0, let offset else { return }
        let shown = stream.octets(at: offset, count: payloadCount)
        var isSame = true
        for index in payload.indices where shown[index] != ShownOctets.hidden {
            if UInt16(payload[index]) != shown[index] { isSame = false }
        }
        if isSame {
            showing = .asRead
        } else if mayDiffer {
            showing = .other(ReplyDisclosure.copy(payload.span))
        }
    }

    private mutating func erase() {
        for index in payload.indices { payload[index] = 0 }
        for index in trailer.indices { trailer[index] = 0 }
        payload = []
        trailer = []
    }

    // MARK: As it is written

    /// Stands for each octet that is hidden: no letter, so that no word is made of it.
    static let mask = UInt8(ascii: "#")

    /// The frame as it may be shown, with checksums that fit.
    func octets(_ disclosure: Disclosure) -> [UInt8] {
        if case .everything = showing { return headers + payload + trailer }
        guard !isCut else {
            var cut = headers
            layout.mend(&cut, payloadCount: 0, .unverifiable)
            return cut
        }
        var result = headers
        switch showing {
        case .asRead:
            let shown = offset.map { disclosure[side].octets(at: $0, count: payloadCount) } ?? []
            result += shown.map { $0 == ShownOctets.hidden ? Self.mask : UInt8(truncatingIfNeeded: $0) }
        case .other(let shown): result += shown.map { $0 == 0 ? Self.mask : $0 }
        case .undecided, .nothing, .everything: result += [UInt8](repeating: Self.mask, count: payloadCount)
        }
        result += [UInt8](repeating: 0, count: trailing)
        // Also where the snapshot length left nothing of the payload: its checksum would still tell of it.
        if payloadCount > 0 || originalLength > result.count {
            layout.mend(&result, payloadCount: payloadCount, integrity)
        }
        return result
    }
}
