/// What is given up while more comes in than can be looked at; worse ones include those before.
public enum Overload: Int, Comparable, Sendable {
    case none
    /// Packets of connections that are not followed, and whose beginning is not among them: little could be told of these.
    case strangers
    /// New connections. What is known goes on.
    case newcomers

    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// How far reading an interface lags behind what comes in, and what is to be given up therefore.
///
/// The kernel does not say how full its buffer is, but the packets that are read say when they came in: what came in since
/// then, at the rate of late, waits.
public struct OverloadGauge: Sendable {
    public private(set) var level = Overload.none
    private let bufferOctets: Int
    /// When nothing needs to be given up any more, if all goes well until then.
    private var holdUntil: Int64 = 0
    private var knownDrops: UInt64 = 0
    /// Of the packets that the rate is taken from.
    private var windowStart: Int64?
    private var windowOctets = 0
    /// Octets in a second, with what the kernel needs besides.
    private var rate = 0.0

    /// The rate is taken over this long, and a smaller lag is none: the kernel keeps packets together for a while. In
    /// nanoseconds, as all others.
    private static let window: Int64 = 100_000_000
    /// Less is given up once nothing was lost for this long, and little waits.
    private static let hold: Int64 = 5_000_000_000
    /// What the kernel's buffer needs for a packet besides its octets.
    private static let costOfPacket = 96

    public init(bufferOctets: Int) { self.bufferOctets = bufferOctets }

    /// What a block brought.
    public struct Reading: Sendable {
        let packets: Int
        let octets: Int
        /// When its latest packet came in, by the clock that stamps them.
        let latest: Int64

        public init(packets: Int, octets: Int, latest: Int64) {
            self.packets = packets
            self.octets = octets
            self.latest = latest
        }
    }

    /// Takes in what was read at `now`, by the same clock.
    public mutating func note(_ reading: Reading, at now: Int64) {
        windowOctets = windowOctets &+ reading.octets &+ reading.packets &* Self.costOfPacket
        let start = windowStart ?? reading.latest
        windowStart = start
        let span = reading.latest &- start
        // Clocks are set back and forth.
        if span < 0 || span > 100 * Self.window {
            windowStart = reading.latest
            windowOctets = 0
        } else if span >= Self.window {
            rate = Double(windowOctets) / Double(span)
            windowStart = reading.latest
            windowOctets = 0
        }
        let lag = now &- reading.latest
        let fill = lag > Self.window ? Double(lag) * rate / Double(bufferOctets) : 0
        if fill >= 0.75 { return raise(to: .newcomers, now) }
        if fill >= 0.5 { return raise(to: .strangers, now) }
        if fill >= 0.25 { holdUntil = max(holdUntil, now &+ Self.hold) }
    }

    /// Takes in how many packets the kernel has lost of all.
    public mutating func note(drops: UInt64, at now: Int64) {
        if drops > knownDrops { raise(to: .newcomers, now) }
        knownDrops = drops
        if level != .none, now >= holdUntil || holdUntil &- now > Self.hold { level = .none }
    }

    private mutating func raise(to level: Overload, _ now: Int64) {
        self.level = max(self.level, level)
        holdUntil = now &+ Self.hold
    }
}
