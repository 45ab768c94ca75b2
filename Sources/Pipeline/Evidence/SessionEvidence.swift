import Findings
import Wire

/// The packets of one session so far, and what of them may be shown.
final class SessionEvidence {
    /// Tells its connection from others in the same slot.
    let serial: UInt32
    private let isRaw: Bool
    var disclosure = Disclosure()
    private var packets: [EvidencePacket] = []
    /// Indices of packets that were not compared yet.
    private var undecided: [Int] = []
    private var undecidedOctets = 0
    private var hiddenPackets = 0
    private var packetMemory = 0
    /// Nothing of it is kept, since memory was short.
    private(set) var isGivenUp = false
    private(set) var packetsLeftOut: UInt64 = 0
    /// Packets that were taken while the session went on.
    private var packetsTaken = 0
    /// The memory that is counted in the total of all sessions.
    var countedMemory = 0

    /// Packets kept of a session; beyond them those that open and end it.
    static let maximumPackets = 1024
    private static let maximumEnds = 32
    /// Packets of which nothing may be shown that are written in full; of others the payload is left out.
    static let maximumHidden = 64
    /// Octets that wait to be compared; in a file of packets as they are, octets kept.
    static let maximumUndecided = 64 << 10
    static let maximumRaw = 256 << 10

    init(serial: UInt32, isRaw: Bool) {
        self.serial = serial
        self.isRaw = isRaw
    }

    /// Memory that it takes, roughly, in octets.
    var memory: Int { 256 + packetMemory + (isRaw ? 0 : disclosure.cost) }

    func giveUp() {
        isGivenUp = true
        packetsLeftOut &+= UInt64(packets.count)
        packets = []
        undecided = []
        packetMemory = 0
        disclosure = Disclosure()
    }

    /// Takes a packet. `isInside` says that all of it lies in a protected record; `isEnd` that it opens or ends its
    /// stream.
    func keep(_ packet: EvidencePacket, isInside: Bool, isEnd: Bool) {
        guard !isGivenUp, packetsTaken + packets.count < Self.maximumPackets + (isEnd ? Self.maximumEnds : 0) else {
            packetsLeftOut &+= 1
            return
        }
        var packet = packet
        if isRaw {
            packet.showEverything()
            if packetMemory > Self.maximumRaw { packet.isCut = true }
            if packet.isCut { packet.showNothing() }
        } else if packet.payloadCount == 0 || packet.offset == nil || isInside {
            hide(&packet)
        } else {
            undecided.append(packets.count)
            undecidedOctets += packet.payloadCount
        }
        packetMemory += packet.memory
        packets.append(packet)
        while undecidedOctets > Self.maximumUndecided, let oldest = undecided.first {
            undecided.removeFirst()
            decide(oldest) { $0.showNothing() }
        }
    }

    private func hide(_ packet: inout EvidencePacket) {
        packet.showNothing()
        guard packet.payloadCount > 0 else { return }
        hiddenPackets += 1
        packet.isCut = hiddenPackets > Self.maximumHidden
    }

    /// Compares what was read by now. At the end of the session that is all there will be.
    func settle(isLast: Bool = false) {
        guard !undecided.isEmpty else { return }
        let waiting = undecided
        undecided = []
        for index in waiting {
            let side = packets[index].side
            guard isLast || packets[index].end.map({ $0 <= disclosure[side].settled }) ?? true else {
                undecided.append(index)
                continue
            }
            let mayDiffer = side == .server && (packets[index].end.map { disclosure.mayDiffer(before: $0) } ?? false)
            decide(index) { $0.settle(disclosure[side], mayDiffer: mayDiffer) }
        }
    }

    private func decide(_ index: Int, _ change: (inout EvidencePacket) -> Void) {
        undecidedOctets -= packets[index].payloadCount
        packetMemory -= packets[index].memory
        change(&packets[index])
        packetMemory += packets[index].memory
        guard let offset = packets[index].offset,
            !disclosure[packets[index].side].shows(at: offset, count: packets[index].payloadCount)
        else { return }
        hiddenPackets += 1
        packets[index].isCut = hiddenPackets > Self.maximumHidden
    }

    /// The leading packets of which it is decided what may be shown, when something was found while the session goes on:
    /// they are kept no longer. `nil` where there are none.
    func takePart() -> EvidenceRecord? {
        settle()
        let count = undecided.first ?? packets.count
        guard count > 0 else { return nil }
        let part = EvidenceRecord(
            packets: Array(packets[..<count]), disclosure: disclosure, isContinuation: packetsTaken > 0)
        packets.removeFirst(count)
        for index in undecided.indices { undecided[index] -= count }
        packetMemory -= part.packets.reduce(0) { $0 + $1.memory }
        packetsTaken += count
        return part
    }

    /// What is left of it, when its session is over.
    func record() -> EvidenceRecord {
        settle(isLast: true)
        return EvidenceRecord(
            packets: packets, disclosure: disclosure, packetsLeftOut: packetsLeftOut, isContinuation: packetsTaken > 0)
    }
}

/// Packets of a session that are to be written: of one that is over, or those so far of one that goes on.
struct EvidenceRecord: Sendable {
    let packets: [EvidencePacket]
    let disclosure: Disclosure
    var packetsLeftOut: UInt64 = 0
    /// Others of the same session went before.
    let isContinuation: Bool
    /// What was found in the session, and on its hop when it was over.
    var findings: [Finding] = []

    /// It may have to be written.
    var isWanted: Bool { isContinuation || !findings.isEmpty }
}
