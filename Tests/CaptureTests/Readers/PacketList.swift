import Capture
import Synchronization
import Wire

/// All that a reader says of a packet.
struct PacketFacts: Equatable {
    let number: UInt64
    var nanoseconds: Int64
    let originalLength: Int
    let captured: Int
    let linkType: Int32
    let interface: UInt32
    /// SHA-256 of the octets.
    let digest: SHA256Fingerprint

    init(_ packet: borrowing Packet) {
        number = packet.number
        nanoseconds = packet.nanoseconds
        originalLength = packet.originalLength
        captured = packet.octets.count
        linkType = packet.linkType
        interface = packet.interface
        digest = SHA256Fingerprint(of: packet.octets)
    }

    static func digest(of octets: [UInt8]) -> SHA256Fingerprint { SHA256Fingerprint(of: octets.span) }

    /// Whether all is the same but the time, which is one of `times`.
    func isSame(as other: Self, at times: [Int64]) -> Bool {
        var same = other
        same.nanoseconds = nanoseconds
        return same == self && times.contains(nanoseconds)
    }
}

/// The packets of a capture, and what ended the reading before the file ended.
struct PacketList {
    private(set) var packets: [PacketFacts] = []
    private(set) var failure: CaptureError?

    init(_ path: String, throughLibpcap: Bool = false, pool: BlockPool = BlockPool()) {
        do throws(CaptureError) {
            var source = try BlockSource(path, pool: pool, throughLibpcap: throughLibpcap)
            while let block = try source.next() {
                var walker = block.packets
                while let packet = walker.next() { packets.append(PacketFacts(packet)) }
            }
        } catch {
            failure = error
        }
    }
}

/// Packet lists of several threads.
final class Results: Sendable {
    private let lists = Mutex<[[PacketFacts]]>([])

    var all: [[PacketFacts]] { lists.withLock { $0 } }

    func append(_ list: [PacketFacts]) { lists.withLock { $0.append(list) } }
}
