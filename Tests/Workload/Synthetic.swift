/// Connections that no recording is needed for.
extension Template {
    private static let maximumSegment: [UInt8] = [2, 4, 5, 180]

    /// A download over TCP: a request, and `count` octets of answer.
    static func download(kind: String, port: UInt16, octets count: Int) -> Self {
        var dice = Dice(seed: UInt64(port))
        var template = Self(kind: kind, serverPort: port)
        template.open()
        template.say((0..<400).map { _ in UInt8(truncatingIfNeeded: dice.next()) }, from: .client, after: 100)
        var left = count
        while left > 0 {
            for _ in 0..<2 where left > 0 {
                let size = min(1460, left)
                template.say((0..<size).map { _ in UInt8(truncatingIfNeeded: dice.next()) }, from: .server, after: 12)
                left -= size
            }
            template.say([], from: .client, after: 5)
        }
        template.close()
        template.sumUp()
        return template
    }

    /// A flow over UDP, one datagram in twelve from the client.
    static func datagrams(kind: String, port: UInt16, count: Int, size: Int) -> Self {
        var dice = Dice(seed: UInt64(size))
        var template = Self(kind: kind, transport: .udp, serverPort: port)
        for index in 0..<count {
            let sender: Sender = index % 12 == 0 ? .client : .server
            let octets = (0..<(sender == .client ? 60 : size)).map { _ in UInt8(truncatingIfNeeded: dice.next()) }
            template.append(octets, from: sender, flags: 0, at: UInt64(index) * 700)
        }
        template.sumUp()
        return template
    }

    /// A client that sends one octet and stays (the slow loris).
    static func loris(kind: String, port: UInt16) -> Self {
        var template = Self(kind: kind, serverPort: port)
        template.open()
        template.say([0x45], from: .client, after: 1_000_000)
        template.say([], from: .server, after: 50)
        template.sumUp()
        return template
    }

    /// The session up to where both sides use their keys; it stays open.
    func cutBehindHandshake() throws -> Self {
        // Behind the client's Finished comes its EHLO, which the server answers: both have used the keys by then.
        let encrypted = packets.indices.filter { index in
            let packet = packets[index]
            return packet.sender == .client && streams[0][packet.range].starts(with: [23, 3])
        }
        guard let hello = encrypted.first,
            let answer = packets[hello...].firstIndex(where: { $0.sender == .server && $0.carriesOctets })
        else { throw WorkloadError("the \(kind) session has no handshake that completes") }
        var template = self
        template.packets = Array(packets[...answer])
        return template
    }

    // MARK: Steps

    private mutating func open() {
        append([], from: .client, flags: TemplatePacket.syn, at: 0)
        append([], from: .server, flags: TemplatePacket.syn | TemplatePacket.ack, at: 40)
        say([], from: .client, after: 30)
    }

    private mutating func close() {
        append([], from: .client, flags: TemplatePacket.fin | TemplatePacket.ack, at: duration + 50)
        append([], from: .server, flags: TemplatePacket.fin | TemplatePacket.ack, at: duration + 50)
        say([], from: .client, after: 30)
    }

    private mutating func say(_ octets: [UInt8], from sender: Sender, after delay: UInt64) {
        append(octets, from: sender, flags: TemplatePacket.ack, at: duration + delay)
    }

    private mutating func append(_ octets: [UInt8], from sender: Sender, flags: UInt8, at time: UInt64) {
        let start = streams[sender.rawValue].count
        let acknowledges = flags & TemplatePacket.ack != 0
        let isOpening = flags & TemplatePacket.syn != 0
        packets.append(
            TemplatePacket(
                sender: sender, flags: octets.isEmpty || flags == 0 ? flags : flags | TemplatePacket.push,
                sequence: isOpening ? 0 : UInt32(start + 1 + ends(of: sender)),
                acknowledgment: acknowledges ? UInt32(stream(of: sender.other).count + 1 + ends(of: sender.other)) : 0,
                window: 64_240, options: isOpening ? Self.maximumSegment : [], range: start..<start + octets.count,
                time: time))
        streams[sender.rawValue] += octets
    }

    /// A FIN takes a number of its own.
    private func ends(of sender: Sender) -> Int {
        packets.count { $0.sender == sender && $0.flags & TemplatePacket.fin != 0 }
    }
}
