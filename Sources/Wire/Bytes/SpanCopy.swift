import Glibc

extension Array where Element == UInt8 {
    /// An own copy of the octets, for what must outlive the packet.
    public init(copying octets: Span<UInt8>) {
        self.init()
        append(copying: octets)
    }

    /// Appends a copy of the octets.
    public mutating func append(copying octets: Span<UInt8>) {
        // At least twice the room: reserving just what is needed would copy all with every few octets that come.
        if capacity < count + octets.count { reserveCapacity(Swift.max(count + octets.count, 2 * capacity)) }
        // The C library copies many octets at a time.
        unsafe octets.withUnsafeBytes { unsafe append(contentsOf: $0) }
    }

    /// Appends a text of the program.
    public mutating func append(_ text: StaticString) {
        append(addingCapacity: text.utf8CodeUnitCount) { $0.append(text) }
    }

    /// Appends a copy of the octets. Where that takes more room, the former one is overwritten before it is given back.
    mutating func appendErasing(copying octets: Span<UInt8>) {
        if capacity < count + octets.count { move(from: 0, Swift.max(count + octets.count, 2 * capacity)) }
        append(copying: octets)
    }

    /// Takes out the leading octets, and leaves no copy of any.
    mutating func eraseFirst(_ dropped: Int) { move(from: dropped, capacity) }

    /// Moves the octets from `start` on into room for `capacity`, and overwrites the former one.
    private mutating func move(from start: Int, _ capacity: Int) {
        var moved: [UInt8] = []
        moved.reserveCapacity(capacity)
        moved.append(copying: span.extracting(droppingFirst: start))
        erase()
        self = moved
    }

    /// Overwrites the octets, so that their memory can be given back or used again without showing them, and keeps none.
    mutating func erase(keepingCapacity: Bool = false) {
        unsafe withUnsafeMutableBytes { room in
            if let base = room.baseAddress { unsafe explicit_bzero(base, room.count) }
        }
        removeAll(keepingCapacity: keepingCapacity)
    }
}

extension OutputSpan<UInt8> {
    /// Appends a text of the program: a few octets, as a rule.
    @inline(__always)
    @_lifetime(self: copy self)
    public mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { octets in
            for index in octets.indices { append(unsafe octets[index]) }
        }
    }
}

extension Span<UInt8> {
    /// Index of the first `octet` from `start` on, if there is one.
    public func firstIndex(of octet: UInt8, from start: Int = 0) -> Int? {
        guard start >= 0, start < count else { return nil }
        // The C library looks at many octets at a time.
        return unsafe withUnsafeBytes { octets in
            guard let base = octets.baseAddress,
                let found = unsafe memchr(base + start, Int32(octet), octets.count - start)
            else { return nil }
            return unsafe base.distance(to: UnsafeRawPointer(found))
        }
    }

    /// Whether both hold the same octets. Without a way out in the middle: so it is done many octets at a time.
    public func equals(_ other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        var difference: UInt8 = 0
        for index in 0..<count { difference |= self[index] ^ other[index] }
        return difference == 0
    }

    /// Whether one of the octets is `octet`: of a few octets, without a call, and eight or four at a time where they are words.
    @inlinable @inline(__always)
    func holds(_ octet: UInt8) -> Bool {
        let (ones, highs): (UInt64, UInt64) = (0x0101_0101_0101_0101, 0x8080_8080_8080_8080)
        let wanted = UInt64(octet) &* ones
        var found: UInt64 = 0
        var index = 0
        // An octet that is equal becomes zero, and only then does its highest bit appear by subtracting one.
        while index &+ 8 <= count {
            let word = u64(at: index) ^ wanted
            found |= (word &- ones) & ~word & highs
            index &+= 8
        }
        if index &+ 4 <= count {
            // Twice the same four.
            let word = UInt64(u32(at: index)) &* 0x1_0000_0001 ^ wanted
            found |= (word &- ones) & ~word & highs
            index &+= 4
        }
        while index < count {
            if self[index] == octet { return true }
            index &+= 1
        }
        return found != 0
    }

    /// The sum of the octets as 32-bit words in the machine's order, up to three last ones left out.
    var sumOfWords: UInt64 {
        // Without a way out in the middle, so that the compiler adds many words at a time.
        unsafe withUnsafeBytes { octets in
            var sum: UInt64 = 0
            for index in 0..<octets.count >> 2 {
                sum &+= UInt64(unsafe octets.loadUnaligned(fromByteOffset: index << 2, as: UInt32.self))
            }
            return sum
        }
    }

    /// The integer in network order at `index`; the caller has checked that its octets are there.
    @inlinable @inline(__always)
    func u16(at index: Int) -> UInt16 { UInt16(bigEndian: integer(at: index)) }

    @inlinable @inline(__always)
    func u32(at index: Int) -> UInt32 { UInt32(bigEndian: integer(at: index)) }

    @inlinable @inline(__always)
    func u64(at index: Int) -> UInt64 { UInt64(bigEndian: integer(at: index)) }

    /// One load with one look at the bounds, where octet by octet each would be checked; any octets make an integer.
    @inlinable @inline(__always)
    func integer<Number: FixedWidthInteger & BitwiseCopyable>(at index: Int) -> Number {
        unsafe bytes.unsafeLoadUnaligned(fromByteOffset: index, as: Number.self)
    }

    /// Whether the octets start with `text`, ASCII letters compared without regard to case.
    public func starts(withASCII text: StaticString) -> Bool {
        let length = text.utf8CodeUnitCount
        guard count >= length else { return false }
        return text.withUTF8Buffer { expected in
            for index in 0..<length where ASCII.upper(self[index]) != ASCII.upper(unsafe expected[index]) {
                return false
            }
            return true
        }
    }
}

/// Octets as ASCII characters.
public enum ASCII {
    public static let tab: UInt8 = 0x09
    public static let lineFeed: UInt8 = 0x0A
    public static let carriageReturn: UInt8 = 0x0D
    public static let space: UInt8 = 0x20

    public static func upper(_ octet: UInt8) -> UInt8 {
        octet >= 0x61 && octet <= 0x7A ? octet - 0x20 : octet
    }

    /// The value of a decimal digit.
    public static func digit(_ octet: UInt8) -> Int? {
        octet >= 0x30 && octet <= 0x39 ? Int(octet - 0x30) : nil
    }

    public static func isLetter(_ octet: UInt8) -> Bool {
        let upper = upper(octet)
        return upper >= 0x41 && upper <= 0x5A
    }

    public static func isBlank(_ octet: UInt8) -> Bool { octet == space || octet == tab }
}
