import Wire

/// What is kept of a SYN that nobody has answered yet: 64 octets.
///
/// Floods of SYNs are rows of these. What few of them need lies elsewhere: `WideAddresses`, `HalfOpenConnection.Total`.
struct HalfOpenRecord: Sendable {
    let key: ShortFlowKey
    /// As in `LoneSYN`.
    private let numbers: UInt64
    private let pathFacts: UInt32
    private let identification: UInt16
    private let checksum: UInt16
    private let flags: TCPFlags
    private var traits: UInt8
    /// Original length of the frame: no IP packet is longer.
    private let octets: UInt16
    /// Of its frame.
    private let order: UInt32
    private let place: UInt64
    private let start: Timestamp
    /// By the capture's clock.
    var lastSeen: Timestamp

    private static let isFromLow: UInt8 = 1
    private static let isV6: UInt8 = 2
    private static let isRepeated: UInt8 = 4
    private static let isCapable: UInt8 = 8
    private static let isJoin: UInt8 = 16

    @inline(__always)
    init(_ syn: borrowing LoneSYN, octets: Int, frame: FrameNumber, at time: Timestamp, now: Timestamp) {
        key = ShortFlowKey(syn.key)
        pathFacts = syn.path.facts
        numbers = syn.numbers
        identification = syn.identification ?? 0
        checksum = syn.checksum
        flags = syn.flags
        traits = (syn.isFromLow ? Self.isFromLow : 0) | (syn.key.isV6 ? Self.isV6 : 0) | Self.traits(syn.multipath)
        self.octets = UInt16(clamping: octets)
        order = frame.shortOrder
        place = frame.place
        start = time
        lastSeen = now
    }

    /// Of a place that nothing was written to.
    init() {
        key = ShortFlowKey()
        pathFacts = 0
        numbers = 0
        identification = 0
        checksum = 0
        flags = []
        traits = 0
        octets = 0
        order = 0
        place = 0
        start = Timestamp(nanoseconds: 0)
        lastSeen = start
    }

    @inline(__always)
    private static func traits(_ multipath: MultipathRole?) -> UInt8 {
        switch multipath {
        case nil, .subflow: 0
        case .capable: isCapable
        case .join: isJoin
        }
    }

    @inline(__always)
    var isV6: Bool { traits & Self.isV6 != 0 }

    /// It came more than once: there is a `HalfOpenConnection.Total` of it.
    var isRepeated: Bool {
        get { traits & Self.isRepeated != 0 }
        set { traits = newValue ? traits | Self.isRepeated : traits & ~Self.isRepeated }
    }

    /// The same, taken apart. `total` is what is kept beside it where it `isRepeated`, `latest` the order of its frame or of a later
    /// one.
    func connection(_ total: HalfOpenConnection.Total?, before latest: UInt64) -> HalfOpenConnection {
        let frame = FrameNumber(place: place, order, before: latest)
        let sequence = TCPSequence(UInt32(truncatingIfNeeded: numbers >> 32))
        let acknowledgment = TCPSequence(UInt32(truncatingIfNeeded: numbers))
        let isFromLow = traits & Self.isFromLow != 0
        let print = PacketPrint(
            sequence, acknowledgment, identification, checksum, isFromLow ? key.lowPort : key.highPort, flags, 0, start)
        return HalfOpenConnection(
            sequence, acknowledgment, flags, isFromLow: isFromLow, PathID(facts: pathFacts, key: key.pathKey),
            multipath, frame: frame, at: start, lastSeen: lastSeen,
            total ?? .init(octets: Int(octets), frame: frame, at: start, print))
    }

    private var multipath: MultipathRole? {
        traits & Self.isCapable != 0 ? .capable : traits & Self.isJoin != 0 ? .join : nil
    }
}
