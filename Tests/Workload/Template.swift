/// Who sent a packet of a template: the side that opened the connection, or the other.
enum Sender: Int, Sendable {
    case client, server

    var other: Self { self == .client ? .server : .client }
}

/// One connection, to be stamped out many times under other addresses, ports and numbers.
struct Template: Sendable {
    enum Transport: UInt8, Sendable {
        case tcp = 6
        case udp = 17
    }

    /// What the connection is, in the words of the truth table: `starttls13`, `plain`, `nonmail_http`.
    var kind: String
    var transport = Transport.tcp
    var serverPort: UInt16
    var packets: [TemplatePacket] = []
    /// Everything that each side sent, in order: the client's, then the server's.
    var streams: [[UInt8]] = [[], []]

    /// Microseconds from its opening to its last packet.
    var duration: UInt64 { packets.last?.time ?? 0 }

    func stream(of sender: Sender) -> [UInt8] { streams[sender.rawValue] }

    /// Fills in the sums that depend on nothing but the template.
    mutating func sumUp() {
        for index in packets.indices {
            let packet = packets[index]
            packets[index].payloadSum = Checksum.sum(streams[packet.sender.rawValue][packet.range])
            packets[index].optionSum = Checksum.sum(packet.options[...])
        }
    }
}

/// A packet whose numbers count from its connection's beginning.
struct TemplatePacket: Sendable {
    var sender: Sender
    /// TCP flags as they stand on the wire (RFC 9293 §3.1).
    var flags: UInt8
    /// Relative to the sender's initial number: the SYN has 0, the first octet 1.
    var sequence: UInt32
    /// Relative to the other side's initial number.
    var acknowledgment: UInt32
    var window: UInt16
    var options: [UInt8] = []
    /// Its payload within the sender's stream.
    var range: Range<Int>
    /// Microseconds since the connection's opening.
    var time: UInt64
    var payloadSum: UInt64 = 0
    var optionSum: UInt64 = 0

    static let fin: UInt8 = 0x01
    static let syn: UInt8 = 0x02
    static let rst: UInt8 = 0x04
    static let push: UInt8 = 0x08
    static let ack: UInt8 = 0x10

    var carriesOctets: Bool { !range.isEmpty }
    /// It says more than what was received.
    var saysSomething: Bool { carriesOctets || flags & (Self.fin | Self.syn | Self.rst) != 0 }
}

/// The Internet checksum (RFC 1071).
enum Checksum {
    /// Sum of the 16-bit words, not folded; an odd octet is padded with zero.
    static func sum(_ octets: ArraySlice<UInt8>) -> UInt64 {
        var sum: UInt64 = 0
        var index = octets.startIndex
        while index + 1 < octets.endIndex {
            sum += UInt64(octets[index]) << 8 | UInt64(octets[index + 1])
            index += 2
        }
        if index < octets.endIndex { sum += UInt64(octets[index]) << 8 }
        return sum
    }

    static func folded(_ sum: UInt64) -> UInt16 {
        var sum = sum
        while sum >> 16 != 0 { sum = sum & 0xFFFF + sum >> 16 }
        return ~UInt16(truncatingIfNeeded: sum)
    }
}

/// Random numbers that can be had again by their seed (SplitMix64).
struct Dice: RandomNumberGenerator, Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 0x0123_4567 }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    /// 0 up to `bound`, without it; the bias is far below what a workload could show.
    mutating func below(_ bound: UInt64) -> UInt64 { next() % bound }

    mutating func falls(_ probability: Double) -> Bool {
        probability > 0 && Double(next() >> 11) < probability * 9_007_199_254_740_992
    }
}
