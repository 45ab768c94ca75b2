/// Classic pcap (draft-ietf-opsawg-pcap): a header of 24 octets, then records, each with a header of 16.
///
///     magic u32, major u16, minor u16, zone i32, accuracy u32, snapshot length u32, link type u32
///     seconds u32, part u32, captured length u32, original length u32, octets
///
/// Read as libpcap reads it, old versions with other orders of the lengths and Kuznetzov's longer record headers
/// included, but for one thing: seconds are unsigned, as the format has them, so time goes on after January 2038.
struct ClassicFormat {
    /// Octets of the file header.
    static let headerLength = 24

    let interfaces: [CaptureInterface]
    private let isSwapped: Bool
    /// Nanoseconds of the smaller unit.
    private let scale: Int64
    private let lengths: LengthOrder
    /// Octets of a record header: 16, in Kuznetzov's format 24.
    private let recordHeader: Int
    /// What is longer was not captured this way: the file is damaged.
    private let maximumLength: UInt32
    /// Of what is longer than that, only so many octets are used.
    private let snapLength: UInt32

    private enum LengthOrder {
        case capturedThenOriginal, originalThenCaptured
        /// Version 2.3 was written both ways: the smaller one was captured.
        case smallerIsCaptured
    }

    private enum Magic: UInt32 {
        case microseconds = 0xA1B2_C3D4
        case nanoseconds = 0xA1B2_3C4D
        case kuznetzov = 0xA1B2_CD34
    }

    /// Whether four octets begin a file of this format.
    static func isMagic(_ octets: [UInt8]) -> Bool { magic(octets) != nil }

    private static func magic(_ octets: [UInt8]) -> (Magic, isSwapped: Bool)? {
        guard octets.count >= 4 else { return nil }
        let value = integer(octets, 0, 4, isSwapped: false)
        if let magic = Magic(rawValue: value) { return (magic, false) }
        return Magic(rawValue: value.byteSwapped).map { ($0, true) }
    }

    /// Reads the file header, which is `headerLength` octets long.
    init(header: [UInt8]) throws(FormatError) {
        guard header.count >= Self.headerLength, let (magic, isSwapped) = Self.magic(header) else { throw .isCut }
        let major = Self.integer(header, 4, 2, isSwapped: isSwapped)
        let minor = Self.integer(header, 6, 2, isSwapped: isSwapped)
        guard major >= 2 else { throw .unreadable("archaic pcap savefile format") }
        guard major == 2 && minor <= 4 || major == 543 && minor == 0 else {
            throw .unreadable("unsupported pcap savefile version \(major).\(minor)")
        }
        // The upper bits tell about a frame check sequence.
        let linkType = LinkTypeNumber.dataLink(
            ofFile: Self.integer(header, 20, 4, isSwapped: isSwapped) & 0x03FF_FFFF)
        var snapLength = LinkTypeNumber.snapLength(
            Self.integer(header, 16, 4, isSwapped: isSwapped), of: linkType)
        // What Kuznetzov's version captured in cooked mode got an Ethernet header on top.
        if magic == .kuznetzov, linkType == 1 { snapLength = min(snapLength &+ 14, UInt32(Int32.max)) }
        self.isSwapped = isSwapped
        self.snapLength = snapLength
        scale = magic == .nanoseconds ? 1 : 1000
        recordHeader = magic == .kuznetzov ? 24 : 16
        maximumLength = LinkTypeNumber.maximumSnapLength(linkType)
        interfaces = [CaptureInterface(linkType: linkType)]
        lengths =
            major == 543 || minor < 3
            ? .originalThenCaptured : minor == 3 ? .smallerIsCaptured : .capturedThenOriginal
    }

    /// Notes the packets that lie wholly in what there is.
    func find(in filling: inout Filling) {
        // Two loops, so that the one over files of this machine's byte order asks nothing about it.
        if isSwapped { find(in: &filling, swapped: true) } else { find(in: &filling, swapped: false) }
    }

    @inline(__always)
    private func find(in filling: inout Filling, swapped: Bool) {
        // A copy, and constants, that stay in registers.
        var here = filling
        let (recordHeader, snapLength, maximumLength, scale) = (recordHeader, snapLength, maximumLength, scale)
        let isPlain = lengths == .capturedThenOriginal
        while here.hasRoom {
            let place = here.consumed
            let rest = here.available &- place
            guard rest >= recordHeader else {
                here.needed = recordHeader
                break
            }
            var fields = here.fields(place, swapped: swapped)
            if !isPlain { arrange(&fields.third, &fields.fourth) }
            guard fields.third <= maximumLength else {
                here.fault = fault(fields.third)
                break
            }
            let length = recordHeader &+ Int(fields.third)
            guard rest >= length else {
                here.needed = length
                break
            }
            here.append(
                PacketRecord(
                    nanoseconds: Int64(fields.first) &* 1_000_000_000 &+ Int64(fields.second) &* scale,
                    offset: place &+ recordHeader, captured: min(fields.third, snapLength), original: fields.fourth,
                    slot: 0))
            here.consumed = place &+ length
        }
        filling = here
    }

    private func arrange(_ captured: inout UInt32, _ original: inout UInt32) {
        if lengths == .originalThenCaptured || captured > original { swap(&captured, &original) }
    }

    private func fault(_ captured: UInt32) -> FormatFault {
        let bound = captured > snapLength ? "snaplen of \(snapLength)" : "maximum of \(maximumLength)"
        return FormatFault("invalid packet capture length \(captured), bigger than \(bound)")
    }

    private static func integer(_ octets: [UInt8], _ offset: Int, _ count: Int, isSwapped: Bool) -> UInt32 {
        let field = octets[offset..<offset + count]
        return (isSwapped ? Array(field) : field.reversed()).reduce(0) { $0 << 8 | UInt32($1) }
    }
}

/// Why what begins like a capture is none that can be read.
enum FormatError: Error {
    /// It ends within its header.
    case isCut
    /// In libpcap's words, where it has some.
    case unreadable(String)
}
