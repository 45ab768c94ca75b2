/// What tells fragmented packets apart (RFC 791 §3.2, RFC 8200 §4.5), and the networks they were seen in.
struct FragmentKey: Hashable, Sendable {
    let source: IPAddress
    let destination: IPAddress
    let identification: UInt32
    /// In IPv6 the fragments need not agree in it.
    let payloadProtocol: UInt8
    let network: UInt64

    init(_ ip: IPHeader, _ fragment: IPFragment, network: UInt64) {
        source = ip.source
        destination = ip.destination
        identification = fragment.identification
        payloadProtocol = ip.isV6 ? 0 : ip.payloadProtocol
        self.network = network
    }
}

/// Whether a fragmented packet may hold mail, as far as a fragment tells.
enum FragmentInterest: Sendable {
    case some, none
    /// The ports stand in another fragment.
    case unknown
}

/// A packet whose fragments are all there.
struct ReassembledPacket: Sendable {
    let ip: IPHeader
    /// Its payload; shorter than the header says where the capture lacks octets.
    let octets: [UInt8]
    let isAmbiguous: Bool
}

/// Puts IP packets together, in bounded memory.
///
/// The packet that came in earliest is given up where the budget is spent. One whose fragments come further apart than
/// the limit is given up as a host would.
struct FragmentTable: Sendable {
    private var packets: [FragmentKey: Entry] = [:]
    /// Keys in the order of their packets' coming; those that were completed are stepped over.
    private var queue: [(key: FragmentKey, serial: UInt64)] = []
    private var head = 0
    private var serial: UInt64 = 0
    private(set) var cost = 0
    private let budget: Budget
    private(set) var counters = Counters()
    /// The packets that were completed last, since copies of their fragments may follow.
    private var completed: [(key: FragmentKey, packet: FragmentedPacket)] = []
    private var completedCost = 0

    private static let maximumCompleted = 16

    private struct Entry: Sendable {
        var packet: FragmentedPacket
        /// The header of the leading fragment, once that came.
        var ip: IPHeader?
        let serial: UInt64
        /// How many fragments it has if all are copies of those of a packet that was completed of late; `nil` if not. Hosts that
        /// number all their packets alike send such, too, but nothing is missed where others do not follow.
        var copies: UInt64?

        /// More of it was sent than has come, as far as is known.
        var isAwaited: Bool { packet.state == .incomplete && copies == nil }

        /// Copies alone, of another packet than what comes next with their number: they came before it by more than copies and
        /// originals are apart, or are none that it could begin with.
        func isLeftOver(at time: Timestamp) -> Bool {
            copies != nil && (!packet.hasBeginning || time.since(packet.began) > Self.copiesLinger)
        }

        /// Nanoseconds.
        private static let copiesLinger: Int64 = 100_000_000
    }

    struct Budget: Sendable {
        /// Memory of all packets, in octets.
        let octets: Int
        let packets: Int
        /// Nanoseconds of the capture's clock from a packet's earliest fragment to its last.
        var timeoutV4: Int64 = 30_000_000_000
        var timeoutV6: Int64 = 60_000_000_000

        /// A packet has 2 KiB in the mean: what a link of Ethernet leaves of a large one.
        init(octets: Int = 8 << 20) { self.init(octets: octets, packets: max(1, octets / 2048)) }

        init(octets: Int, packets: Int) {
            self.octets = octets
            self.packets = packets
        }
    }

    struct Counters: Sendable, Equatable {
        /// Packets put together.
        var reassembled: UInt64 = 0
        /// Packets that may have held mail and were given up: for time, for memory, or since their fragments
        /// contradict each other.
        var abandoned: UInt64 = 0
        /// Those among them that were given up for memory.
        var evicted: UInt64 = 0
        /// Packets put together of fragments that overlapped with different octets.
        var ambiguous: UInt64 = 0
        /// Fragments that the capture holds twice.
        var copies: UInt64 = 0
    }

    init(budget: Budget = Budget()) { self.budget = budget }

    /// Packets that are not whole yet and may hold mail.
    var incomplete: Int { packets.values.count { $0.isAwaited } }

    /// Fragments that came twice, of those that are kept, too.
    var copies: UInt64 { packets.values.reduce(counters.copies) { $0 &+ ($1.copies ?? 0) } }

    /// Takes a fragment; answers its packet when that is whole. `octets` may be cut short of the `stated` length.
    mutating func add(
        _ octets: Span<UInt8>, stated: Int, _ fragment: IPFragment, of ip: IPHeader, _ key: FragmentKey,
        _ interest: FragmentInterest, at time: Timestamp
    ) throws(WireError) -> ReassembledPacket? {
        guard stated > 0, fragment.isLast || stated.isMultiple(of: 8) else {
            throw WireError(.malformed("fragment length"), layer: ip.isV6 ? .ipv6 : .ipv4, offset: 0)
        }
        let isCopy = completed.contains {
            $0.key == key && $0.packet.holds(octets, stated: stated, at: fragment.offset, isLast: fragment.isLast)
        }
        var entry = removeEntry(key, at: time, isV6: ip.isV6, isCopy: isCopy)
        if entry.packet.holds(octets, stated: stated, at: fragment.offset, isLast: fragment.isLast) {
            counters.copies &+= 1
            keep(entry, key)
            return nil
        }
        entry.copies = isCopy ? entry.copies.map { $0 &+ 1 } : nil
        // A second leading fragment may be a forged one: what the first said of the ports stays.
        let isLeading = fragment.offset == 0 && entry.ip == nil
        if isLeading { entry.ip = ip }
        if isLeading, interest == .none {
            entry.packet.refuse()
        } else if entry.packet.state == .incomplete {
            entry.packet.add(octets, stated: stated, at: fragment.offset, isLast: fragment.isLast)
            if entry.packet.state == .refused { counters.abandoned &+= 1 }
        }
        if entry.packet.state == .complete, let ip = entry.ip {
            remember(entry.packet, key)
            return complete(entry.packet, ip)
        }
        keep(entry, key)
        return nil
    }

    private mutating func complete(_ packet: FragmentedPacket, _ ip: IPHeader) -> ReassembledPacket {
        counters.reassembled &+= 1
        if packet.isAmbiguous { counters.ambiguous &+= 1 }
        return ReassembledPacket(
            ip: ip.reassembled(length: packet.length), octets: packet.assembled(), isAmbiguous: packet.isAmbiguous)
    }

    private mutating func remember(_ packet: FragmentedPacket, _ key: FragmentKey) {
        completed.append((key, packet))
        completedCost += packet.cost
        while completed.count > Self.maximumCompleted || completedCost > budget.octets / 8, !completed.isEmpty {
            completedCost -= completed.removeFirst().packet.cost
        }
    }

    /// What is known of a packet, or a new one; it is not in the table then, so that it can be changed in place.
    private mutating func removeEntry(_ key: FragmentKey, at time: Timestamp, isV6: Bool, isCopy: Bool) -> Entry {
        if let entry = packets.removeValue(forKey: key) {
            cost -= entry.packet.cost
            let age = time.since(entry.packet.began)
            let limit = isV6 ? budget.timeoutV6 : budget.timeoutV4
            let isLeftOver = !isCopy && entry.isLeftOver(at: time)
            if age <= limit, age >= -limit, !isLeftOver { return entry }
            abandon(entry)
        }
        serial &+= 1
        queue.append((key, serial))
        return Entry(
            packet: FragmentedPacket(began: time, isV6: isV6), ip: nil, serial: serial, copies: 0)
    }

    private mutating func keep(_ entry: Entry, _ key: FragmentKey) {
        packets[key] = entry
        cost += entry.packet.cost
        while cost > budget.octets || packets.count > budget.packets, removeOldest() {}
        // Those completed meanwhile take room in the queue.
        if queue.count > 4 * budget.packets { compactQueue() }
    }

    private mutating func removeOldest() -> Bool {
        while head < queue.count {
            let (key, serial) = queue[head]
            head += 1
            guard let entry = packets[key], entry.serial == serial else { continue }
            packets[key] = nil
            cost -= entry.packet.cost
            if entry.isAwaited { counters.evicted &+= 1 }
            abandon(entry)
            return true
        }
        return false
    }

    /// One that was refused was counted then, or is of no interest.
    private mutating func abandon(_ entry: Entry) {
        if entry.isAwaited { counters.abandoned &+= 1 }
        counters.copies &+= entry.copies ?? 0
    }

    private mutating func compactQueue() {
        queue = queue[head...].filter { packets[$0.key]?.serial == $0.serial }
        head = 0
    }
}
