/// What tells one connection from others of its kind: frames, times, places in the streams, counts.
///
/// They are taken out of a value, which keeps zeros in their places and can be shared then, and put back later. One
/// function of each type does both, so that nothing is put back elsewhere than where it was taken from; and what it
/// does not name stays in the value, so that to leave something out makes fewer values equal, and none wrong.
public struct Particulars: Sendable {
    /// Numbers of variable length, the lowest seven bits leading (LEB128).
    public private(set) var octets: [UInt8] = []
    /// The one text that many servers make anew for each connection: their greeting.
    public private(set) var text: QuotedText?
    private let isTaking: Bool
    /// What of `octets` was put back.
    private var place = 0
    /// Frames and times lie close to each other: what is kept is how far each is from the one before it.
    private var lastFrame: Int64 = 0
    private var lastTime: Int64 = 0

    /// Takes out; `room` is used again.
    public init(in room: consuming [UInt8] = []) {
        isTaking = true
        octets = room
        octets.removeAll(keepingCapacity: true)
    }

    /// Puts back what was taken.
    public init(_ octets: [UInt8], _ text: QuotedText?) {
        isTaking = false
        self.octets = octets
        self.text = text
    }

    /// Hands out the room of what was taken, to be used again.
    public mutating func takeRoom() -> [UInt8] {
        defer { octets = [] }
        return octets
    }

    public mutating func exchange(_ number: inout Int64) {
        if isTaking {
            // Signs last, so that small numbers are short whichever they have.
            append(UInt64(bitPattern: number << 1 ^ number >> 63))
            number = 0
        } else {
            let next = next()
            number = Int64(bitPattern: next >> 1) ^ -Int64(bitPattern: next & 1)
        }
    }

    public mutating func exchange<Number: FixedWidthInteger>(_ number: inout Number) {
        var wide = Int64(truncatingIfNeeded: number)
        exchange(&wide)
        number = Number(truncatingIfNeeded: wide)
    }

    public mutating func exchange(_ frame: inout FrameNumber) {
        var order = Int64(bitPattern: frame.packed)
        lastFrame = exchange(&order, since: lastFrame)
        frame = FrameNumber(packed: UInt64(bitPattern: order))
    }

    public mutating func exchange(_ time: inout Timestamp) {
        lastTime = exchange(&time.nanoseconds, since: lastTime)
    }

    public mutating func exchange(_ sequence: inout TCPSequence) { exchange(&sequence.rawValue) }

    /// Of one text of a connection alone.
    public mutating func exchange(_ text: inout QuotedText) {
        if isTaking {
            self.text = text
            text = .empty
        } else if let taken = self.text {
            text = taken
        }
    }

    /// Answers the number.
    private mutating func exchange(_ number: inout Int64, since last: Int64) -> Int64 {
        var difference = number &- last
        let taken = number
        exchange(&difference)
        number = isTaking ? 0 : last &+ difference
        return isTaking ? taken : number
    }

    private mutating func append(_ number: UInt64) {
        var rest = number
        while rest > 0x7F {
            octets.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        octets.append(UInt8(truncatingIfNeeded: rest))
    }

    private mutating func next() -> UInt64 {
        var number: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let octet = octets[place]
            place += 1
            number |= UInt64(octet & 0x7F) << shift
            if octet < 0x80 { return number }
            shift += 7
        }
    }
}
