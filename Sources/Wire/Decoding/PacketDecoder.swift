/// What a frame turned out to be.
public enum DecodedPacket: ~Escapable {
    case segment(TCPSegment)
    /// It completes a fragmented packet: `PacketDecoder.reassembledSegment` has the segment.
    case reassembled
    /// No TCP over IP, or not on a port that is watched.
    case other
    /// A part of a fragmented IP packet that may hold mail; others are awaited.
    case fragment
}

/// Takes a frame apart, from its link header to its TCP segment.
///
/// Frames of the common forms are told apart at constant places, everything else is walked through header by header.
/// It keeps fragments and the paths it has met, so the frames of one connection all go to the same decoder.
public struct PacketDecoder: ~Copyable, Sendable {
    private var walker: PacketWalker
    /// The payload of the packet that was put together last.
    private var whole: [UInt8] = []
    private var place: SegmentPlace?

    /// Segments on other ports than these are `.other`.
    public init(ports: PortSet) { walker = PacketWalker(ports: ports) }

    /// The same within bounds for its memory, in octets: of incomplete packets, and of paths.
    public init(ports: PortSet, fragmentBudget: Int, pathBudget: Int) {
        walker = PacketWalker(
            ports: ports, fragments: FragmentTable.Budget(octets: fragmentBudget), pathBudget: pathBudget)
    }

    init(ports: PortSet, fragments: FragmentTable.Budget, paths: Int = PathTable.defaultLimit) {
        walker = PacketWalker(ports: ports, fragments: fragments, paths: paths)
    }

    /// Where the parts of a frame lie whose segment was told last; only then is the answer right.
    public func layout(of frame: Span<UInt8>, linkType: LinkType) -> FrameLayout? {
        if linkType == .ethernet {
            let common = CommonFrame(frame, walker.ports)
            if common.kind == .mail {
                let isV6 = frame[common.start] >> 4 == 6
                return FrameLayout(frame, ip: common.start, tcp: common.start + (isV6 ? 40 : 20), covers: [])
            }
        }
        return walker.found.flatMap {
            FrameLayout(frame, ip: $0.range.lowerBound, tcp: $0.range.lowerBound + $0.start, covers: walker.covers)
        }
    }

    /// The segment that was put together last as a packet of its own, under a header made anew (raw IP).
    public func reassembledPacket() -> (octets: [UInt8], layout: FrameLayout)? {
        guard let place, place.range.lowerBound + place.start <= whole.count else { return nil }
        let segment = Array(whole[place.range.lowerBound + place.start..<min(place.range.upperBound, whole.count)])
        let header = FrameLayout.header(of: place.ip, payload: segment.count)
        let octets = header + segment
        return FrameLayout(octets.span, ip: 0, tcp: header.count, covers: []).map { (octets, $0) }
    }

    /// What the segments' `PathID`s stand for.
    public var paths: PathTable { _read { yield walker.paths } }

    /// What a segment was wrapped in. A look into `paths` from another module would cost an allocation.
    public func path(_ id: PathID) -> NetworkPath { walker.paths[id] }

    public var counters: DecoderCounters {
        let fragments = walker.fragments.counters
        return DecoderCounters(
            reassembled: fragments.reassembled,
            notReassembled: fragments.abandoned &+ UInt64(walker.fragments.incomplete),
            evictedFragments: fragments.evicted, ambiguous: fragments.ambiguous, copies: walker.fragments.copies,
            nestedTooDeep: walker.nestedTooDeep, unnamedPaths: walker.paths.unnamedPackets)
    }

    /// The packet that was walked through last may have been cut inside of what is around it: by a mirror, or as a fragment.
    public var mayBeCut: Bool { walker.mayBeCut }

    /// Memory that incomplete packets take, roughly, in octets.
    public var fragmentCost: Int { walker.fragments.cost }

    /// `time` is the frame's, by the capture's clock.
    @_lifetime(copy octets)
    public mutating func decode(
        _ octets: Span<UInt8>, linkType: LinkType, at time: Timestamp
    ) throws(WireError) -> DecodedPacket {
        if linkType == .ethernet {
            let common = CommonFrame(octets, walker.ports)
            switch common.kind {
            case .other: return .other
            case .mail: return try mail(octets, common)
            case .uncommon: break
            }
        }
        return try walk(octets, linkType, time)
    }

    /// The segment of the packet that was put together last.
    @_lifetime(borrow self)
    public func reassembledSegment() throws(WireError) -> TCPSegment {
        guard let place else { throw WireError(.malformed("nothing was reassembled"), layer: .tcp, offset: 0) }
        return try TCPSegment(
            in: whole.span.extracting(place.range), at: place.start, ip: place.ip, path: place.path,
            isAmbiguous: place.isAmbiguous)
    }

    /// Apart, so that a frame which is no mail does not pay for this one's registers.
    @_lifetime(copy octets)
    @inline(never)
    private mutating func mail(_ octets: Span<UInt8>, _ frame: CommonFrame) throws(WireError) -> DecodedPacket {
        .segment(try walker.segment(in: octets, frame))
    }

    @_lifetime(copy octets)
    @inline(never)
    private mutating func walk(
        _ octets: Span<UInt8>, _ linkType: LinkType, _ time: Timestamp
    ) throws(WireError) -> DecodedPacket {
        switch try walker.walk(frame: octets, linkType: linkType, at: time) {
        case .segment(let segment): return .segment(segment)
        case .other: return .other
        case .fragment: return .fragment
        case .whole(let packet): return try reassemble(packet, time)
        }
    }

    /// What was put together may be a tunnel's packet, and hold a fragment again.
    @_lifetime(immortal)
    private mutating func reassemble(_ packet: ReassembledPacket, _ time: Timestamp) throws(WireError) -> DecodedPacket
    {
        var packet = packet
        while true {
            let octets = packet.octets
            switch try walker.walk(reassembled: octets.span, packet.ip, isAmbiguous: packet.isAmbiguous, at: time) {
            case .segment:
                whole = octets
                place = walker.found
                return .reassembled
            case .other: return .other
            case .fragment: return .fragment
            case .whole(let inner): packet = inner
            }
        }
    }
}

/// What a decoder met that it could not, or could not fully, make use of.
public struct DecoderCounters: Sendable, Equatable {
    /// Fragmented packets that were put together.
    public var reassembled: UInt64
    /// Fragmented packets that may have held mail, and were not.
    public var notReassembled: UInt64
    /// Those among them that were given up to stay within the memory budget.
    public var evictedFragments: UInt64
    /// Packets put together of fragments that overlapped with different octets.
    public var ambiguous: UInt64
    /// Fragments that the capture holds twice.
    public var copies: UInt64
    /// Packets in more headers than are read.
    public var nestedTooDeep: UInt64
    /// Mail packets on paths whose facts are not kept.
    public var unnamedPaths: UInt64
}
