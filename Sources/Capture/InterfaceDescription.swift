/// What an Interface Description Block says of how to read its packets (draft-ietf-opsawg-pcapng, section 4.2).
///
///     link type u16, reserved u16, snapshot length u32, options
struct InterfaceDescription {
    let linkType: Int32
    /// Octets that a packet may have at most.
    let snapLength: UInt32
    let unit: TimestampUnit

    /// Reads the block whose body takes the octets `body`, at least 8.
    init(_ filling: Filling, body: Range<Int>, swapped: Bool) throws(FormatFault) {
        linkType = LinkTypeNumber.dataLink(ofFile: UInt32(filling.u16(body.lowerBound, swapped: swapped)))
        snapLength = LinkTypeNumber.snapLength(
            filling.u32(body.lowerBound &+ 4, swapped: swapped), of: linkType)
        var options = Options(filling, body.lowerBound &+ 8..<body.upperBound, swapped)
        while try options.readNext() {}
        unit = TimestampUnit(perSecond: options.perSecond ?? 1_000_000, offset: options.offset ?? 0)
    }

    /// Code and length of 16 bits each, then a value padded to 32 bits.
    private struct Options {
        private let filling: Filling
        private let swapped: Bool
        private var rest: Range<Int>
        private(set) var perSecond: UInt64?
        private(set) var offset: Int64?

        init(_ filling: Filling, _ rest: Range<Int>, _ swapped: Bool) {
            self.filling = filling
            self.rest = rest
            self.swapped = swapped
        }

        /// Reads one option; answers whether there may be more.
        mutating func readNext() throws(FormatFault) -> Bool {
            guard !rest.isEmpty else { return false }
            guard rest.count >= 4 else { throw Self.tooShort }
            let code = filling.u16(rest.lowerBound, swapped: swapped)
            let length = Int(filling.u16(rest.lowerBound &+ 2, swapped: swapped))
            let value = rest.lowerBound &+ 4
            let padded = (length &+ 3) & ~3
            guard rest.count &- 4 >= padded else { throw Self.tooShort }
            rest = value &+ padded..<rest.upperBound
            switch code {
            case 0:
                try require(length, 0, "opt_endofopt", isFirst: true)
                return false
            case 9:
                try require(length, 1, "if_tsresol", isFirst: perSecond == nil)
                perSecond = try Self.unitsPerSecond(filling.u8(value))
            case 14:
                try require(length, 8, "if_tsoffset", isFirst: offset == nil)
                offset = i64(value)
            default: break
            }
            return true
        }

        private func require(_ length: Int, _ expected: Int, _ name: String, isFirst: Bool) throws(FormatFault) {
            guard length == expected else {
                throw FormatFault("Interface Description Block has \(name) option with length \(length) != \(expected)")
            }
            guard isFirst else { throw FormatFault("Interface Description Block has more than one \(name) option") }
        }

        private func i64(_ place: Int) -> Int64 {
            let leading = UInt64(filling.u32(place, swapped: swapped))
            let trailing = UInt64(filling.u32(place &+ 4, swapped: swapped))
            return Int64(bitPattern: swapped ? leading << 32 | trailing : trailing << 32 | leading)
        }

        /// A negative power of two where the upper bit is set, of ten otherwise, as far as 64 bits can count them.
        private static func unitsPerSecond(_ option: UInt8) throws(FormatFault) -> UInt64 {
            let exponent = UInt64(option & 0x7F)
            if option & 0x80 != 0 {
                guard exponent <= 63 else { throw tooFine("2^-\(exponent)") }
                return 1 << exponent
            }
            guard exponent <= 19 else { throw tooFine("10^-\(exponent)") }
            return (0..<exponent).reduce(1) { product, _ in product &* 10 }
        }

        private static func tooFine(_ resolution: String) -> FormatFault {
            FormatFault("Interface Description Block if_tsresol option resolution \(resolution) is too high")
        }

        private static var tooShort: FormatFault {
            FormatFault("block of type 1 in pcapng dump file is too short")
        }
    }
}
