/// What happens to packets between their sender and the tap, as probabilities for each packet.
struct Disturbance: Sendable {
    var reordered = 0.0
    /// Seen again as it is, up to 30 ms later.
    var duplicated = 0.0
    /// Octets sent again in a segment with other limits.
    var overlapped = 0.0
    /// Lost before the tap, and sent again after 200 ms.
    var lost = 0.0
    /// Missed by the tap alone: never seen.
    var missed = 0.0
    /// Who depends on a lost segment waits for it, as hosts do. Otherwise replies and FINs overtake late data.
    var waits = true

    var isNone: Bool { reordered + duplicated + overlapped + lost + missed == 0 }

    /// What was done, for the truth beside the capture.
    struct Count: Sendable {
        var reordered = 0
        var duplicated = 0
        var overlapped = 0
        var lost = 0
        var missed = 0
    }
}

/// A packet of a session as the tap sees it.
struct Sighting: Sendable {
    var time: UInt64
    var packet: Int
    /// Another part of the sender's stream than the packet has.
    var part: Range<Int>?
    /// It acknowledges no more than this.
    var acknowledges = UInt32.max
}

/// Lays out when the packets of one session are seen.
struct Itinerary {
    private let template: Template
    private let disturbance: Disturbance
    private let start: UInt64
    private let stretch: UInt64
    /// Microseconds that the session has fallen behind by waiting for retransmissions.
    private var delay: UInt64 = 0
    /// The segment that is on its way again: whose, which, until when.
    private var missing: (sender: Sender, sequence: UInt32, until: UInt64)?
    private var sightings: [Sighting] = []
    private(set) var count = Disturbance.Count()

    private static let timeout: UInt64 = 200_000
    /// From a retransmission to what depends on it.
    private static let roundTrip: UInt64 = 4_000

    init(_ template: Template, _ disturbance: Disturbance, start: UInt64, stretch: UInt64) {
        self.template = template
        self.disturbance = disturbance
        self.start = start
        self.stretch = stretch
    }

    mutating func sightings(_ dice: inout Dice) -> [Sighting] {
        sightings.reserveCapacity(template.packets.count * 5 / 4)
        for index in template.packets.indices { see(index, &dice) }
        // Equal times keep the order of sending.
        return sightings.enumerated()
            .sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }.map(\.element)
    }

    private mutating func see(_ index: Int, _ dice: inout Dice) {
        let packet = template.packets[index]
        var sighting = Sighting(time: time(of: index), packet: index)
        if disturbance.waits { holdBack(packet, &sighting) }
        if dice.falls(disturbance.missed) {
            count.missed += 1
            return
        }
        if packet.carriesOctets, missing == nil || !disturbance.waits, dice.falls(disturbance.lost) {
            count.lost += 1
            sighting.time += Self.timeout + (disturbance.waits ? 0 : dice.below(1000))
            if disturbance.waits { missing = (packet.sender, packet.sequence, sighting.time) }
            sightings.append(sighting)
            return
        }
        if packet.carriesOctets, dice.falls(disturbance.reordered) { reorder(&sighting, &dice) }
        sightings.append(sighting)
        if dice.falls(disturbance.duplicated) {
            count.duplicated += 1
            sighting.time += 1 + dice.below(30_000)
            sightings.append(sighting)
        }
        if packet.carriesOctets, dice.falls(disturbance.overlapped) { overlap(sighting, &dice) }
    }

    private func time(of index: Int) -> UInt64 { start + template.packets[index].time * stretch + delay }

    /// What the other side says beyond the missing segment waits for it; what only acknowledges stops before it.
    private mutating func holdBack(_ packet: TemplatePacket, _ sighting: inout Sighting) {
        guard let missing else { return }
        if sighting.time > missing.until {
            self.missing = nil
        } else if packet.sender != missing.sender, packet.acknowledgment > missing.sequence {
            guard packet.saysSomething else {
                sighting.acknowledges = missing.sequence
                return
            }
            delay += missing.until + Self.roundTrip - sighting.time
            sighting.time = missing.until + Self.roundTrip
            self.missing = nil
        }
    }

    /// Behind up to three segments that follow it in the same flight; a bad tap knows no flights.
    private mutating func reorder(_ sighting: inout Sighting, _ dice: inout Dice) {
        guard disturbance.waits else {
            count.reordered += 1
            sighting.time += 200 + dice.below(20_000)
            return
        }
        let packet = template.packets[sighting.packet]
        var places = 1 + dice.below(3)
        var last: Int?
        for index in sighting.packet + 1..<template.packets.count where places > 0 {
            let other = template.packets[index]
            if other.sender != packet.sender {
                if other.saysSomething || other.acknowledgment > packet.sequence { break }
            } else if other.carriesOctets {
                last = index
                places -= 1
            }
        }
        guard let last else { return }
        count.reordered += 1
        sighting.time = time(of: last) + 1
    }

    /// Sends octets around the packet's again. What lies behind it must have been sent by then.
    private mutating func overlap(_ sighting: Sighting, _ dice: inout Dice) {
        let packet = template.packets[sighting.packet]
        let length = template.stream(of: packet.sender).count
        var begin = max(0, packet.range.lowerBound - Int(dice.below(400)))
        if dice.falls(0.5) { begin = packet.range.lowerBound + packet.range.count / 2 }
        var end = packet.range.upperBound
        if !disturbance.waits { end = min(length, end + Int(dice.below(400))) }
        end = min(end, begin + 1400)
        var again = sighting
        for index in sighting.packet..<template.packets.count {
            let other = template.packets[index]
            guard other.sender == packet.sender, other.carriesOctets, other.range.lowerBound < end else { continue }
            again.time = max(again.time, time(of: index))
        }
        guard begin < end else { return }
        count.overlapped += 1
        again.time += 1 + dice.below(3000)
        again.part = begin..<end
        sightings.append(again)
    }
}
