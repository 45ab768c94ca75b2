/// Stamps out a workload: sessions begin, go on beside each other, and end; what is kept is those that are under way.
struct Stamper: ~Copyable {
    private let recipe: Recipe
    private let templates: [Template]
    private var writer: CaptureWriter
    private var truth: Truth
    private var dice: Dice
    /// Groups of the sessions in the order in which they begin.
    private var order: [UInt8]
    private var sessions: [Session?] = []
    private var free: [Int] = []
    private var queue = TimeQueue()
    private var disturbed = Disturbance.Count()
    private var concurrent = 0
    private var last: UInt64 = 0
    /// Microseconds since the recipe's epoch at which the capture begins.
    private let offset: UInt64

    init(_ recipe: Recipe, recordings folder: String, into base: String, offset: UInt64) throws {
        let templates = try recipe.groups.map { try $0.template(folder) }
        let writer = try CaptureWriter(base + ".pcap")
        let truth = try Truth(base)
        self.recipe = recipe
        self.offset = offset
        self.templates = templates
        self.writer = writer
        self.truth = truth
        dice = Dice(seed: recipe.seed)
        order = recipe.groups.indices.flatMap { [UInt8](repeating: UInt8($0), count: recipe.groups[$0].count) }
        order.shuffle(using: &dice)
    }

    consuming func stamp(_ file: String) throws {
        var begun = 0
        var nextSession = offset
        var syns = 0
        var nextSYN = offset
        while true {
            let session = begun < order.count ? nextSession : .max
            let syn = syns < recipe.unansweredSYNs ? nextSYN : .max
            let packet = queue.earliest ?? .max
            if packet == .max, session == .max, syn == .max { break }
            if session <= packet, session <= syn {
                try begin(begun, at: session)
                begun += 1
                nextSession += step(recipe.rate)
            } else if syn < packet {
                try writer.writeUnansweredSYN(syns, at: syn, &dice)
                last = syn
                syns += 1
                nextSYN += step(recipe.synRate)
            } else {
                try proceed()
            }
        }
        try writer.close()
        try truth.close(
            recipe,
            Truth.Figures(
                file: file, packets: writer.packets, frameOctets: writer.frameOctets, fileOctets: writer.fileOctets,
                duration: last - offset, concurrent: concurrent, disturbed: disturbed))
    }

    /// Microseconds to the next event of so many a second, anything from none to twice the mean.
    private mutating func step(_ rate: Double) -> UInt64 { dice.below(UInt64(2_000_000 / rate) + 1) }

    private mutating func begin(_ ordinal: Int, at time: UInt64) throws {
        let group = Int(order[ordinal])
        var session = Session(
            template: group, start: time, stretch: recipe.groups[group].stretch,
            // 16,384 clients in turn; a client's next session has another port.
            client: 0x0A00_0002 + UInt32(truncatingIfNeeded: ordinal &* 40_503 & 0x3FFF) << 4,
            server: Recipe.server(&dice), clientPort: UInt16(1024 + ordinal >> 14 % 64_000),
            initial: (UInt32(truncatingIfNeeded: dice.next()), UInt32(truncatingIfNeeded: dice.next())),
            identification: UInt16(truncatingIfNeeded: dice.next()), isV6: dice.falls(recipe.v6),
            vlan: dice.falls(recipe.tagged) ? UInt16(100 + dice.below(8)) : nil)
        var missed = 0
        if !recipe.disturbance.isNone, templates[group].transport == .tcp {
            var itinerary = Itinerary(
                templates[group], recipe.disturbance, start: time, stretch: session.stretch)
            session.sightings = itinerary.sightings(&dice)
            missed = itinerary.count.missed
            disturbed.add(itinerary.count)
        }
        try truth.add(session, templates[group], missed: missed)
        guard let opening = session.sighting(0, of: templates[group]) else { return }
        let slot = free.popLast() ?? sessions.count
        if slot == sessions.count { sessions.append(session) } else { sessions[slot] = session }
        queue.insert(slot, at: opening.time)
        concurrent = max(concurrent, queue.count)
    }

    /// Writes the earliest packet of all sessions.
    private mutating func proceed() throws {
        guard let slot = queue.removeEarliest(), let session = sessions[slot] else { return }
        let template = session.template
        if let sighting = session.sighting(session.next, of: templates[template]) {
            try writer.write(sighting, of: session, templates[template])
            last = sighting.time
        }
        guard let following = session.sighting(session.next + 1, of: templates[template]) else {
            sessions[slot] = nil
            free.append(slot)
            return
        }
        sessions[slot]?.next += 1
        queue.insert(slot, at: following.time)
    }
}

extension Recipe.Group {
    fileprivate func template(_ folder: String) throws -> Template {
        switch source {
        case .recording(let name, let count): try Recording(name, in: folder).template(kind: kind).enlarged(by: count)
        case .handshake(let name): try Recording(name, in: folder).template(kind: kind).cutBehindHandshake()
        case .download(let count): Template.download(kind: kind, port: port, octets: count)
        case .datagrams(let count, let size): Template.datagrams(kind: kind, port: port, count: count, size: size)
        case .loris: Template.loris(kind: kind, port: port)
        }
    }
}

extension Disturbance.Count {
    fileprivate mutating func add(_ other: Self) {
        reordered += other.reordered
        duplicated += other.duplicated
        overlapped += other.overlapped
        lost += other.lost
        missed += other.missed
    }
}

/// Slots by the time at which they are due: a binary heap.
struct TimeQueue {
    private var entries: [(time: UInt64, slot: Int)] = []

    var count: Int { entries.count }
    var earliest: UInt64? { entries.first?.time }

    mutating func insert(_ slot: Int, at time: UInt64) {
        var index = entries.count
        entries.append((time, slot))
        while index > 0, entries[(index - 1) / 2].time > time {
            entries[index] = entries[(index - 1) / 2]
            index = (index - 1) / 2
        }
        entries[index] = (time, slot)
    }

    mutating func removeEarliest() -> Int? {
        guard let first = entries.first, let moved = entries.popLast() else { return nil }
        guard !entries.isEmpty else { return first.slot }
        var index = 0
        while true {
            var child = 2 * index + 1
            guard child < entries.count else { break }
            if child + 1 < entries.count, entries[child + 1].time < entries[child].time { child += 1 }
            guard entries[child].time < moved.time else { break }
            entries[index] = entries[child]
            index = child
        }
        entries[index] = moved
        return first.slot
    }
}
