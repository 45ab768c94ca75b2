import Wire

/// A connection of which nothing but one side's SYNs was seen: just enough to begin with when the other side answers.
struct HalfOpenConnection: Sendable, Equatable {
    /// Of the octet behind the SYN.
    private let sequence: TCPSequence
    private let acknowledgment: TCPSequence
    private let flags: TCPFlags
    /// The lower end of the flow's key sent it.
    private let isFromLow: Bool
    private let path: PathID
    /// What its SYN says of MPTCP.
    let multipath: MultipathRole?
    let firstFrame: FrameNumber
    let start: Timestamp
    /// By the capture's clock.
    let lastSeen: Timestamp
    /// What its SYNs come to.
    let total: Total

    /// How many SYNs there were, and until when.
    struct Total: Sendable, Equatable {
        private(set) var packets: UInt32 = 1
        /// Original lengths of the frames.
        private(set) var octets: UInt64
        private(set) var lastFrame: FrameNumber
        /// The latest time stamp.
        private(set) var end: Timestamp
        /// Of the SYN that was seen last.
        private(set) var print: PacketPrint

        init(octets: Int, frame: FrameNumber, at time: Timestamp, _ print: PacketPrint) {
            self.octets = UInt64(octets)
            lastFrame = frame
            end = time
            self.print = print
        }

        /// Counts the same SYN once more; answers whether it is the same packet, captured twice.
        mutating func count(
            _ segment: borrowing TCPSegment, octets: Int, frame: FrameNumber, at time: Timestamp
        ) -> Bool {
            let latest = PacketPrint(segment, at: time)
            defer { print = latest }
            packets &+= 1
            self.octets &+= UInt64(octets)
            lastFrame = max(lastFrame, frame)
            end = max(end, time)
            return latest.isCopy(of: print)
        }
    }

    init(
        _ sequence: TCPSequence, _ acknowledgment: TCPSequence, _ flags: TCPFlags, isFromLow: Bool, _ path: PathID,
        _ multipath: MultipathRole?, frame: FrameNumber, at start: Timestamp, lastSeen: Timestamp, _ total: Total
    ) {
        self.sequence = sequence
        self.acknowledgment = acknowledgment
        self.flags = flags
        self.isFromLow = isFromLow
        self.path = path
        self.multipath = multipath
        firstFrame = frame
        self.start = start
        self.lastSeen = lastSeen
        self.total = total
    }

    /// It answers a SYN that was not seen.
    var isAnswer: Bool { flags.contains(.ack) }

    /// Whether a segment is the same SYN once more.
    func isRepeated(by segment: borrowing TCPSegment) -> Bool {
        LoneSYN.isOne(segment) && segment.flags == flags && segment.sequence == sequence
            && segment.acknowledgment == acknowledgment && segment.isFromLow == isFromLow
    }

    /// Whether a segment belongs to another connection in its place: octets or a SYN of the same side with another number, or a
    /// SYN behind an answer that nobody had asked for; or a client's SYN to one of the watched ports, behind one that came from there.
    func isReplaced(by segment: borrowing TCPSegment, _ ports: PortSet) -> Bool {
        guard segment.flags.contains(.syn) else { return segment.isFromLow == isFromLow && isFar(segment) }
        let isAnswer = segment.flags.contains(.ack)
        if segment.isFromLow == isFromLow {
            return isAnswer == flags.contains(.ack) ? segment.sequence != sequence : !isAnswer
        }
        return !isAnswer && !flags.contains(.ack) && ports.contains(segment.destination.port)
            && !ports.contains(segment.source.port)
    }

    /// Whether a segment is none of its connection: one that answers another number, as late ones of a connection before it do, is
    /// reset by its receiver (RFC 9293 §3.10.7.3), and says nothing of the server's numbers.
    func isForeign(_ segment: borrowing TCPSegment) -> Bool {
        if segment.isFromLow == isFromLow {
            return segment.carriesNothing && !segment.flags.contains(.syn) && isFar(segment)
        }
        guard segment.flags.contains(.ack), !flags.contains(.ack) else { return false }
        if segment.flags.contains(.syn) { return segment.acknowledgment != sequence }
        return abs(segment.acknowledgment.distance(from: sequence)) > TCPReassembler.window
    }

    /// Whether its own side's number is another connection's.
    private func isFar(_ segment: borrowing TCPSegment) -> Bool {
        abs(segment.sequence.distance(from: sequence)) > TCPReassembler.window
    }

    /// The SYN as it was.
    @_lifetime(immortal)
    func segment(of key: FlowKey) -> TCPSegment {
        TCPSegment(
            empty: flags, from: isFromLow ? key.low : key.high, to: isFromLow ? key.high : key.low, path: path,
            sequence: sequence, acknowledgment: acknowledgment)
    }
}
