/// What tells one connection from others of its kind: frames, times, places in the streams, counts.
///
/// They are taken out of a value, which can be shared then, and put back later. One function of each type does both, so
/// that nothing is put back elsewhere than where it was taken from; and what it does not name stays in the value: to leave
/// something out makes fewer values equal, and none wrong.
public struct Particulars: Sendable {
    /// Numbers of variable length, the lowest seven bits leading (LEB128).
    public private(set) var octets: [UInt8]
    /// Texts that differ from client to client, or that some servers make anew for each session.
    public private(set) var texts: [QuotedText]
    private let isTaking: Bool
    /// What of `octets`, and of `texts`, was put back.
    private var place = 0
    private var textPlace = 0
    // What lies close to each other is kept as how far each is from the one before it.
    private var order: UInt64
    private var framePlace: UInt64
    private var time: Int64
    private var offset: Int64 = 0

    /// Takes out. What is kept besides, `frame` and `time`, is what the leading ones are told from; `room` is used again.
    public init(behind frame: FrameNumber, _ time: Timestamp, in room: consuming [UInt8]) {
        isTaking = true
        octets = room
        octets.removeAll(keepingCapacity: true)
        texts = []
        order = frame.order
        framePlace = frame.place
        self.time = time.nanoseconds
    }

    /// Puts back what was taken.
    public init(_ octets: [UInt8], _ texts: [QuotedText], behind frame: FrameNumber, _ time: Timestamp) {
        isTaking = false
        self.octets = octets
        self.texts = texts
        order = frame.order
        framePlace = frame.place
        self.time = time.nanoseconds
    }

    /// Hands out the room of what was taken, to be used again.
    public mutating func takeRoom() -> [UInt8] {
        var room: [UInt8] = []
        swap(&room, &octets)
        return room
    }

    /// Answers the number itself, as do all others.
    @discardableResult
    public mutating func exchange<Number: FixedWidthInteger>(_ number: inout Number) -> Number {
        let whole = Number(truncatingIfNeeded: pass(Int64(truncatingIfNeeded: number)))
        number = isTaking ? 0 : whole
        return whole
    }

    /// A number that is not much less than `last`, modulo 2³².
    public mutating func exchange(_ number: inout UInt32, before last: UInt32) -> UInt32 {
        let whole = last &- UInt32(truncatingIfNeeded: pass(Int64(last &- number)))
        number = isTaking ? 0 : whole
        return whole
    }

    /// Facts of one packet have the same frame: then the value keeps just that.
    public mutating func exchange(_ frame: inout FrameNumber) {
        let isOther = isTaking ? frame.order != order : frame.order > 0
        if isOther { passOther(frame) }
        frame = isTaking ? FrameNumber(isOther ? 1 : 0) : FrameNumber(place: framePlace, order: order)
    }

    /// In one file both numbers grow by the same; what the lowest bit says is how it is where they do not.
    private mutating func passOther(_ frame: FrameNumber) {
        let places = frame.place &- framePlace
        let later = frame.order &- order
        let passed = pass(Int64(bitPattern: later &<< 1 | (later == places ? 0 : 1)))
        let difference = UInt64(bitPattern: passed >> 1)
        order &+= difference
        framePlace &+= passed & 1 == 0 ? difference : UInt64(bitPattern: pass(Int64(bitPattern: places)))
    }

    public mutating func exchange(_ time: inout Timestamp) {
        self.time &+= pass(time.nanoseconds &- self.time)
        time.nanoseconds = isTaking ? 0 : self.time
    }

    /// A place in a stream.
    @discardableResult
    public mutating func exchange(offset: inout Int64) -> Int64 {
        self.offset &+= pass(offset &- self.offset)
        offset = isTaking ? 0 : self.offset
        return self.offset
    }

    /// A place in a stream that follows from the one before it, since what stands between them is part of the value: that
    /// keeps the distance.
    public mutating func relate(offset: inout Int64) {
        if isTaking {
            let difference = offset &- self.offset
            self.offset = offset
            offset = difference
        } else {
            self.offset &+= offset
            offset = self.offset
        }
    }

    /// A number that is `expected` in most values: then the value keeps just that.
    public mutating func exchange<Number: FixedWidthInteger>(_ number: inout Number, expected: Number) {
        let isOther = isTaking ? number != expected : number > 0
        let whole = isOther ? exchange(&number) : expected
        number = isTaking ? (isOther ? 1 : 0) : whole
    }

    public mutating func exchange(_ text: inout QuotedText) {
        if isTaking {
            texts.append(text)
            text = .empty
        } else {
            text = texts[textPlace]
            textPlace += 1
        }
    }

    /// Answers the number that was taken, which is the one given, or is put back.
    private mutating func pass(_ number: Int64) -> Int64 {
        guard isTaking else {
            let next = next()
            return Int64(bitPattern: next >> 1) ^ -Int64(bitPattern: next & 1)
        }
        // The sign last, so that small numbers are short whichever they have.
        append(UInt64(bitPattern: number << 1 ^ number >> 63))
        return number
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
