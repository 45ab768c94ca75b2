import Capture
import Wire

/// Goes through packets once, before the workers do: keeps the clock, counts what cannot be mail, and says whose the others
/// are. So nobody takes apart what is another's, and on a link with little mail most packets are looked at once.
struct Triage {
    private let ports: PortSet
    private let seed: FlowKey.Seed
    private(set) var clock = CaptureClock()
    /// Packets of all blocks so far.
    private var packets: UInt64 = 0
    /// Items of the last block: the next one will have about as many.
    private var usualItems = 0

    init(_ options: TrackerOptions) {
        ports = options.ports
        seed = options.seed
    }

    /// Shards without packets of their own learn what time it is after so many packets of the run, not of a block, since a
    /// pipe's blocks end elsewhere than a file's.
    private static let packetsBetweenRests: UInt64 = 4096

    /// Another file follows, which may be of any other time.
    mutating func noteFile() { clock.noteFile() }

    mutating func sort(_ slice: BlockSlice, into batch: inout PacketBatch) {
        let start = batch.items.count
        batch.reserve(min(usualItems + usualItems / 8, slice.packets.count))
        let leading = FrameNumber(file: slice.block.file, 0)
        var octets = 0
        var walker = slice.block.packets(slice.packets)
        var index = UInt32(truncatingIfNeeded: slice.packets.lowerBound)
        while let packet = walker.next() {
            packets &+= 1
            let time = Timestamp(nanoseconds: packet.nanoseconds)
            if clock.observe(time) { batch.append(pause: clock, packets) }
            let (duty, hash, isSYN) = Duty.of(packet, ports, seed)
            if duty.isWork {
                octets &+= packet.octets.count
                let frame = FrameNumber(inFileOf: leading, packet.number, order: packets)
                batch.append(
                    PacketBatch.Item(
                        now: clock.now ?? time, frame: frame, hash: hash, index: index, duty: duty, isSYN: isSYN))
            } else {
                batch.count(duty)
            }
            if packets % Self.packetsBetweenRests == 0 {
                batch.append(
                    PacketBatch.Item(
                        now: clock.now ?? time, frame: FrameNumber(inFileOf: leading, 0, order: packets), hash: 0,
                        index: index, duty: .rest))
            }
            index &+= 1
        }
        usualItems = batch.items.count - start
        batch.close(slice, from: start, octets: octets, packets)
    }

    /// A batch of its own.
    mutating func sort(_ slice: BlockSlice) -> PacketBatch {
        var batch = PacketBatch()
        sort(slice, into: &batch)
        return batch
    }

    /// Time has gone by without packets; `now` is the time by the clock that stamps them. Answers the capture's clock, and
    /// whether it has just believed a leap.
    mutating func tick(_ now: Timestamp) -> (clock: CaptureClock, hasLeapt: Bool) {
        let hasLeapt = clock.isBehind(now) && clock.observe(now)
        return (clock, hasLeapt)
    }
}
