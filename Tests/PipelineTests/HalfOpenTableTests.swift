import Support
import Testing

@testable import Pipeline
@testable import Wire

/// The ring of unanswered SYNs against a list, through random insertions, repetitions and removals.
@Suite struct HalfOpenTableTests {
    /// What the list says of one.
    private struct Entry {
        let number: Int
        let firstFrame: FrameNumber
        let start: Timestamp
        var total: HalfOpenConnection.Total
        var lastSeen: Timestamp
    }

    fileprivate static let seed = FlowKey.Seed()

    /// The SYN of connection `number`: a third of them of IPv6, some with an identification, half of them from the lower end.
    @_lifetime(immortal)
    fileprivate static func syn(_ number: Int) -> TCPSegment {
        let isV6 = number.isMultiple(of: 3)
        let low = UInt64(number) << 3
        let client = isV6 ? IPAddress(high: 0x2001_0DB8 << 32, low: low) : IPAddress(v4: UInt32(low))
        let server = isV6 ? IPAddress(high: 0x2001_0DB8 << 32, low: 4096) : IPAddress(v4: 4096)
        return TCPSegment(
            empty: .syn, from: Endpoint(client, UInt16(number % 3000)), to: Endpoint(server, 25), path: .plain,
            sequence: TCPSequence(UInt32(truncatingIfNeeded: number) &* 2_654_435_761),
            acknowledgment: TCPSequence(UInt32(number % 2)))
    }

    /// A table and a list that is to say the same.
    private struct Both {
        let limit: Int
        var table: HalfOpenTable
        var list: [Entry] = []
        var step = 0
        var evicted = 0
        var copies = 0

        init(limit: Int) {
            self.limit = limit
            table = HalfOpenTable(limit: limit)
        }

        private func place(of number: Int) -> Int? {
            let key = FlowKey(HalfOpenTableTests.syn(number))
            return table.slot(of: key, key.hash(HalfOpenTableTests.seed))
        }

        var now = Timestamp(nanoseconds: 1_700_000_000_000_000_000)

        /// Another SYN of `number`, so many nanoseconds later.
        mutating func send(_ number: Int, after pause: Int64 = 40_000_000) throws {
            step += 1
            now = now.advanced(by: pause)
            let segment = HalfOpenTableTests.syn(number)
            let frame = FrameNumber(file: UInt32(step % 3), UInt64(step), order: UInt64(step))
            let octets = 60 + step % 20
            // Stamps may go back.
            let time = now.advanced(by: number.isMultiple(of: 5) ? -90_000_000 : 0)
            if let index = list.firstIndex(where: { $0.number == number }) {
                let slot = try #require(place(of: number))
                let isRepeated = table[slot].isRepeated(by: segment)
                #expect(isRepeated)
                var entry = list.remove(at: index)
                let isCopy = entry.total.count(segment, octets: octets, frame: frame, at: time)
                entry.lastSeen = now
                list.append(entry)
                let isCounted = table.count(slot, segment, octets: octets, frame: frame, at: time, now: now)
                #expect(isCounted == isCopy)
                copies += isCopy ? 1 : 0
            } else {
                #expect(place(of: number) == nil)
                guard let syn = LoneSYN(segment) else {
                    Issue.record("no SYN")
                    return
                }
                let isEvicted = table.insert(
                    syn, syn.key.hash(HalfOpenTableTests.seed), octets: octets, frame: frame, at: time, now: now)
                #expect(isEvicted == (list.count == limit))
                if isEvicted { list.removeFirst() }
                evicted += isEvicted ? 1 : 0
                list.append(
                    Entry(
                        number: number, firstFrame: frame, start: time,
                        total: .init(octets: octets, frame: frame, at: time, PacketPrint(segment, at: time)),
                        lastSeen: now))
            }
        }

        /// Another SYN, of which the list is told nothing.
        mutating func insertUnseen(_ number: Int) throws -> Bool {
            guard let syn = LoneSYN(HalfOpenTableTests.syn(number)) else { return false }
            return table.insert(
                syn, syn.key.hash(HalfOpenTableTests.seed), octets: 60, frame: FrameNumber(UInt64(step)), at: now,
                now: now)
        }

        /// Somebody answers the one that stands there in the list.
        mutating func answer(at index: Int) throws {
            table.remove(try #require(place(of: list[index].number)))
            #expect(place(of: list[index].number) == nil)
            list.remove(at: index)
        }

        func compareEnds() {
            #expect(table.count == list.count && table.isEmpty == list.isEmpty)
            #expect(table.stalest?.lastSeen == list.first?.lastSeen)
        }

        func compareAll() throws {
            for entry in list {
                let slot = try #require(place(of: entry.number))
                let connection = table[slot]
                #expect(connection.firstFrame == entry.firstFrame && connection.start == entry.start)
                #expect(connection.lastSeen == entry.lastSeen && connection.total == entry.total)
                let segment = HalfOpenTableTests.syn(entry.number)
                let opening = connection.segment(of: FlowKey(segment))
                #expect(opening.source == segment.source && opening.destination == segment.destination)
                #expect(opening.sequence == segment.sequence && opening.acknowledgment == segment.acknowledgment)
                #expect(opening.flags == segment.flags)
            }
        }
    }

    @Test func aSYNTakesALineOfTheCache() { #expect(MemoryLayout<HalfOpenRecord>.stride == 64) }

    @Test(arguments: [1, 2, 7, 60, 500], 0..<4 as Range<UInt64>)
    func doesWhatAListDoes(limit: Int, seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var both = Both(limit: limit)
        for step in 0..<4000 {
            // Now and then everybody is answered, and it begins anew.
            let isAnswered = (step / 700).isMultiple(of: 2) ? 5 : 2
            if !both.list.isEmpty, Int.random(in: 0..<isAnswered, using: &random) == 0 {
                // The latest one, the oldest one, any.
                let place = [both.list.count - 1, 0, Int.random(in: both.list.indices, using: &random)]
                try both.answer(at: place[Int.random(in: 0..<3, using: &random)])
            } else {
                let number = Int.random(in: 1..<max(4, 3 * limit), using: &random)
                try both.send(number)
                // A mirror of two ports.
                if step.isMultiple(of: 9) { try both.send(number, after: 300_000) }
            }
            both.compareEnds()
            if step.isMultiple(of: 50) { try both.compareAll() }
        }
        try both.compareAll()
        let left = both.table.removeAll()
        #expect(left == both.list.count && both.table.isEmpty && both.table.stalest == nil)
        both.list.removeAll()
        try both.send(1)
        try both.compareAll()
        if limit < 60 { #expect(both.evicted > 0) }
        #expect(both.copies > 0)
    }

    /// A flood: each takes the place of the one that was silent longest, and some come again.
    @Test func findsWhoIsLeftOfAFlood() throws {
        var both = Both(limit: 500)
        for number in 0..<20_000 { try both.send(number % 7001 + 1) }
        try both.compareAll()
        #expect(both.list.count == 500 && both.evicted == 19_500)
    }

    /// One SYN again and again, in a ring that a flood has made large: each costs the same.
    @Test(.timeLimit(.minutes(1))) func whatComesAgainAndAgainIsFoundAtOnce() throws {
        var both = Both(limit: 60_000)
        for number in 1...50_000 { _ = try both.insertUnseen(number) }
        while let stalest = both.table.stalest { both.table.remove(stalest.slot) }
        for _ in 0..<200_000 { try both.send(7, after: 1) }
        #expect(both.table.count == 1 && both.list.first?.total.packets == 200_000)
    }

    /// What an IPv6 address ends with may be what an IPv4 address is.
    @Test func familiesAreToldApart() throws {
        var table = HalfOpenTable(limit: 10)
        func segment(_ address: IPAddress) -> FlowKey {
            FlowKey(
                TCPSegment(
                    empty: .syn, from: Endpoint(address, 1), to: Endpoint(address, 2), path: .plain,
                    sequence: TCPSequence(1), acknowledgment: TCPSequence(0)))
        }
        let wide = segment(IPAddress(high: 0, low: 5))
        let short = segment(IPAddress(v4: 5))
        let syn = TCPSegment(
            empty: .syn, from: Endpoint(IPAddress(v4: 5), 1), to: Endpoint(IPAddress(v4: 5), 2), path: .plain,
            sequence: TCPSequence(1), acknowledgment: TCPSequence(0))
        let time = Timestamp(nanoseconds: 0)
        // Even with the same hash.
        guard let lone = LoneSYN(syn) else {
            Issue.record("no SYN")
            return
        }
        _ = table.insert(lone, 7 << 32, octets: 60, frame: FrameNumber(1), at: time, now: time)
        #expect(table.slot(of: short, 7 << 32) != nil)
        #expect(table.slot(of: wide, 7 << 32) == nil)
    }

    /// Keys whose hashes agree in all that the table keeps of them are told apart by themselves.
    @Test func equalHashesAreToldApart() throws {
        var table = HalfOpenTable(limit: 100)
        let time = Timestamp(nanoseconds: 0)
        for number in 1..<90 {
            guard let syn = LoneSYN(Self.syn(number)) else {
                Issue.record("no SYN")
                return
            }
            #expect(table.slot(of: syn.key, 0) == nil)
            _ = table.insert(syn, 0, octets: number, frame: FrameNumber(UInt64(number)), at: time, now: time)
        }
        for number in 1..<90 {
            let slot = try #require(table.slot(of: FlowKey(Self.syn(number)), 0))
            #expect(table[slot].firstFrame.number == UInt64(number))
        }
    }
}
