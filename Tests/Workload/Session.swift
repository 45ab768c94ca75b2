/// One connection of a workload: a template under addresses, ports and numbers of its own.
struct Session {
    let template: Int
    let start: UInt64
    let stretch: UInt64
    let client: UInt32
    let server: UInt32
    let clientPort: UInt16
    let initial: (client: UInt32, server: UInt32)
    let identification: UInt16
    let isV6: Bool
    let vlan: UInt16?
    /// `nil` where the packets are seen as the template has them.
    var sightings: [Sighting]?
    var next = 0

    func sighting(_ index: Int, of template: borrowing Template) -> Sighting? {
        if let sightings { return index < sightings.count ? sightings[index] : nil }
        guard index < template.packets.count else { return nil }
        return Sighting(time: start + template.packets[index].time * stretch, packet: index)
    }

    func initial(of sender: Sender) -> UInt32 { sender == .client ? initial.client : initial.server }
    func address(of sender: Sender) -> UInt32 { sender == .client ? client : server }
}

extension CaptureWriter {
    /// Writes what the tap sees of a session.
    mutating func write(_ sighting: Sighting, of session: borrowing Session, _ template: borrowing Template) throws {
        let packet = template.packets[sighting.packet]
        let range = sighting.part ?? packet.range
        let header = template.transport == .tcp ? 20 + packet.options.count : 8
        let count = 14 + (session.vlan == nil ? 0 : 4) + (session.isV6 ? 40 : 20) + header + range.count
        try beginFrame(count, at: Recipe.epoch + sighting.time)
        link(packet.sender, session)
        // What is sent again is another IP packet; what is seen twice is the same one.
        let identification =
            session.identification &+ UInt16(truncatingIfNeeded: sighting.packet) &+ (sighting.part == nil ? 0 : 0x8000)
        let pseudo = internet(packet.sender, session, template.transport, header + range.count, identification)
        let octets = template.streams[packet.sender.rawValue][range]
        let sum = pseudo + (sighting.part == nil ? packet.payloadSum : Checksum.sum(octets))
        let ports =
            packet.sender == .client
            ? (session.clientPort, template.serverPort) : (template.serverPort, session.clientPort)
        switch template.transport {
        case .tcp: tcp(packet, sighting, session, ports, sum)
        case .udp: udp(ports, UInt16(8 + range.count), sum)
        }
        append(octets)
        endFrame(count)
    }

    /// A SYN of 44 octets that nobody answers.
    mutating func writeUnansweredSYN(_ ordinal: Int, at time: UInt64, _ dice: inout Dice) throws {
        // Every number below 2²⁴ once, in an order that no table likes.
        let source = 0x0B00_0000 | UInt32(truncatingIfNeeded: ordinal &* 10_368_889) & 0xFF_FFFF
        let session = Session(
            template: 0, start: time, stretch: 1, client: source, server: Recipe.server(&dice),
            clientPort: UInt16(1024 + dice.below(60_000)), initial: (UInt32(truncatingIfNeeded: dice.next()), 0),
            identification: UInt16(truncatingIfNeeded: dice.next()), isV6: false, vlan: nil)
        try write(Sighting(time: time, packet: 0), of: session, Self.syn)
    }

    private static let syn: Template = {
        var template = Template(kind: "syn", serverPort: 25)
        template.packets = [
            TemplatePacket(
                sender: .client, flags: TemplatePacket.syn, sequence: 0, acknowledgment: 0, window: 64_240,
                options: [2, 4, 5, 180], range: 0..<0, time: 0)
        ]
        template.sumUp()
        return template
    }()

    // MARK: Headers

    private mutating func link(_ sender: Sender, _ session: borrowing Session) {
        let host: UInt32 = 0x5E00_0000
        append(UInt16(0x0200))
        append(host | UInt32(sender.rawValue))
        append(UInt16(0x0200))
        append(host | UInt32(sender.other.rawValue))
        if let vlan = session.vlan {
            append(UInt16(0x8100))
            append(vlan)
        }
        append(session.isV6 ? UInt16(0x86DD) : 0x0800)
    }

    /// Answers the sum over the pseudo-header.
    private mutating func internet(
        _ sender: Sender, _ session: borrowing Session, _ transport: Template.Transport, _ count: Int,
        _ identification: UInt16
    ) -> UInt64 {
        let source = session.address(of: sender)
        let destination = session.address(of: sender.other)
        let hops: UInt8 = sender == .client ? 63 : 57
        let sum = Self.sum(source) + Self.sum(destination)
        let pseudo = UInt64(transport.rawValue) + UInt64(count)
        guard !session.isV6 else {
            append(0x6000_0000 as UInt32)
            append(UInt16(truncatingIfNeeded: count))
            append(transport.rawValue)
            append(hops)
            for address in [source, destination] {
                append(Recipe.prefixV6)
                append(0 as UInt32)
                append(0 as UInt32)
                append(address)
            }
            return sum + 2 * Self.sum(Recipe.prefixV6) + pseudo
        }
        let total = UInt16(truncatingIfNeeded: 20 + count)
        let protocolWord = UInt16(hops) << 8 | UInt16(transport.rawValue)
        append(0x4500 as UInt16)
        append(total)
        append(identification)
        append(0x4000 as UInt16)
        append(protocolWord)
        append(
            Checksum.folded(
                0x4500 + UInt64(total) + UInt64(identification) + 0x4000 + UInt64(protocolWord) + sum))
        append(source)
        append(destination)
        return sum + pseudo
    }

    private mutating func tcp(
        _ packet: TemplatePacket, _ sighting: Sighting, _ session: borrowing Session, _ ports: (UInt16, UInt16),
        _ payloadAndPseudoSum: UInt64
    ) {
        let relative = sighting.part.map { UInt32($0.lowerBound + 1) } ?? packet.sequence
        let sequence = session.initial(of: packet.sender) &+ relative
        let acknowledges = packet.flags & TemplatePacket.ack != 0
        let acknowledgment =
            acknowledges
            ? session.initial(of: packet.sender.other) &+ min(packet.acknowledgment, sighting.acknowledges) : 0
        // A part of the octets ends nothing.
        let flags = sighting.part == nil ? packet.flags : packet.flags & ~TemplatePacket.fin
        let offset = UInt16((20 + packet.options.count) / 4) << 12 | UInt16(flags)
        append(ports.0)
        append(ports.1)
        append(sequence)
        append(acknowledgment)
        append(offset)
        append(packet.window)
        let header =
            UInt64(ports.0) + UInt64(ports.1) + Self.sum(sequence) + Self.sum(acknowledgment) + UInt64(offset)
            + UInt64(packet.window)
        append(Checksum.folded(header + packet.optionSum + payloadAndPseudoSum))
        append(0 as UInt16)
        append(packet.options[...])
    }

    private mutating func udp(_ ports: (UInt16, UInt16), _ length: UInt16, _ payloadAndPseudoSum: UInt64) {
        append(ports.0)
        append(ports.1)
        append(length)
        append(Checksum.folded(UInt64(ports.0) + UInt64(ports.1) + UInt64(length) + payloadAndPseudoSum))
    }

    private static func sum(_ value: UInt32) -> UInt64 { UInt64(value >> 16) + UInt64(value & 0xFFFF) }
}
