/// pcapng (draft-ietf-opsawg-pcapng): blocks in sections, each section with a byte order and interfaces of its own.
///
///     type u32, total length u32, body padded to 32 bits, total length u32
///
/// Read as libpcap reads it, and beyond: sections of different byte orders, and interfaces of different link types and
/// snapshot lengths. Blocks that carry no packet are skipped, and have a frame's number where Wireshark gives them one; secrets
/// that decrypt are overwritten where they lie.
struct NextGenerationFormat {
    /// What this section's interfaces, and those of sections before it in the same block, are numbered as.
    private(set) var interfaces: [CaptureInterface] = []
    /// The same, with what it takes to read their packets.
    private var descriptions: [InterfaceDescription] = []
    /// Index of this section's leading interface.
    private var sectionStart = 0
    private var isSwapped = false
    private var maximumBlock: UInt32 = 16 << 20
    private(set) var state = State.beforeSection

    enum State { case beforeSection, beforeInterface, ready }

    /// Block types.
    private enum Kind {
        static let section: UInt32 = 0x0A0D_0D0A
        static let interface: UInt32 = 1
        static let packet: UInt32 = 2
        static let simplePacket: UInt32 = 3
        static let enhancedPacket: UInt32 = 6
        static let decryptionSecrets: UInt32 = 10

        /// Whether Wireshark numbers such blocks as frames: an entry of systemd's journal, custom blocks, events of Sysdig.
        static func isFrame(_ kind: UInt32) -> Bool {
            switch kind {
            case 9, 0x0BAD, 0x4000_0BAD, 0x204, 0x216, 0x221: true
            default: false
            }
        }
    }

    private static let byteOrder: UInt32 = 0x1A2B_3C4D
    /// Interfaces of one section, and all that one block of packets may refer to.
    private static let maximumInterfaces = 65_536

    /// Whether four octets begin a file of this format.
    static func isMagic(_ octets: [UInt8]) -> Bool { octets == [0x0A, 0x0D, 0x0D, 0x0A] }

    /// The interfaces of sections that ended in the last block are not needed any more.
    mutating func beginBlock() {
        guard sectionStart > 0 else { return }
        interfaces.removeFirst(sectionStart)
        descriptions.removeFirst(sectionStart)
        sectionStart = 0
    }

    /// Notes the packets that lie wholly in what there is.
    mutating func find(in filling: inout Filling) {
        var place = filling.consumed
        while filling.hasRoom {
            do throws(FindingEnd) {
                place &+= try readBlock(place, &filling)
            } catch {
                switch error {
                case .needs(let count): filling.needed = count
                case .fault(let reason): filling.fault = FormatFault(reason)
                }
                break
            }
        }
        filling.consumed = place
    }

    /// Why no further block can be read.
    private enum FindingEnd: Error {
        /// The block takes so many octets, not all of which are there.
        case needs(Int)
        case fault(String)
    }

    /// Reads the block at `place`; answers its length.
    private mutating func readBlock(_ place: Int, _ filling: inout Filling) throws(FindingEnd) -> Int {
        guard filling.available &- place >= 12 else { throw .needs(12) }
        var kind = filling.u32(place, swapped: isSwapped)
        if kind == Kind.section {
            // Its type reads the same in both orders, and tells which one its length is in.
            try readByteOrder(place, filling)
            kind = Kind.section
        }
        let length = Int(try checkedLength(filling.u32(place &+ 4, swapped: isSwapped), kind))
        guard filling.available &- place >= length else { throw .needs(length) }
        if state != .beforeSection {
            let closing = filling.u32(place &+ length &- 4, swapped: isSwapped)
            guard closing == UInt32(truncatingIfNeeded: length) else {
                throw .fault("block total length in header \(length) and trailer \(closing) don't match")
            }
        }
        try readBody(kind, place, length, &filling)
        return length
    }

    private mutating func readBody(
        _ kind: UInt32, _ place: Int, _ length: Int, _ filling: inout Filling
    ) throws(FindingEnd) {
        switch kind {
        case Kind.enhancedPacket:
            guard length >= 32 else { throw Self.tooShort(kind) }
            try readPacket(
                kind, place, length, &filling, interface: Int(filling.u32(place &+ 8, swapped: isSwapped)))
        case Kind.packet:
            guard length >= 32 else { throw Self.tooShort(kind) }
            try readPacket(
                kind, place, length, &filling, interface: Int(filling.u16(place &+ 8, swapped: isSwapped)))
        case Kind.simplePacket: try readSimplePacket(place, length, &filling)
        case Kind.interface: try readInterface(place, length, filling)
        case Kind.section: try readSection(place, length, filling)
        case Kind.decryptionSecrets: filling.wipe(place &+ 8..<place &+ length &- 4)
        default: if Kind.isFrame(kind) { filling.passFrame() }
        }
    }

    /// An enhanced packet, or a packet as it was written before those: what differs is the interface's number.
    private func readPacket(
        _ kind: UInt32, _ place: Int, _ length: Int, _ filling: inout Filling, interface: Int
    ) throws(FindingEnd) {
        let slot = try slot(interface)
        let high = UInt64(filling.u32(place &+ 12, swapped: isSwapped))
        let low = UInt64(filling.u32(place &+ 16, swapped: isSwapped))
        let captured = filling.u32(place &+ 20, swapped: isSwapped)
        guard captured <= descriptions[slot].snapLength else {
            throw .fault(
                "invalid packet capture length \(captured), bigger than snaplen of \(descriptions[slot].snapLength)")
        }
        guard Int(captured) <= length &- 32 else { throw Self.tooShort(kind) }
        filling.append(
            PacketRecord(
                nanoseconds: descriptions[slot].unit.nanoseconds(high << 32 | low), offset: place &+ 28,
                captured: captured, original: filling.u32(place &+ 24, swapped: isSwapped), slot: slot))
    }

    /// A packet of the section's leading interface, without a time stamp.
    private func readSimplePacket(_ place: Int, _ length: Int, _ filling: inout Filling) throws(FindingEnd) {
        guard length >= 16 else { throw Self.tooShort(Kind.simplePacket) }
        let slot = try slot(0)
        let original = filling.u32(place &+ 8, swapped: isSwapped)
        let captured = min(original, descriptions[slot].snapLength)
        guard Int(captured) <= length &- 16 else { throw Self.tooShort(Kind.simplePacket) }
        filling.append(
            PacketRecord(
                nanoseconds: descriptions[slot].unit.nanoseconds(0), offset: place &+ 12, captured: captured,
                original: original, slot: slot))
    }

    private func slot(_ interface: Int) throws(FindingEnd) -> Int {
        let slot = sectionStart &+ interface
        guard slot < descriptions.count else {
            guard state == .ready else {
                throw .fault("the capture file has a packet block before any Interface Description Blocks")
            }
            throw .fault(
                "a packet arrived on interface \(interface), but there's no Interface Description Block for that "
                    + "interface")
        }
        return slot
    }

    // MARK: Sections and interfaces

    private mutating func readByteOrder(_ place: Int, _ filling: Filling) throws(FindingEnd) {
        let order = filling.u32(place &+ 8, swapped: false)
        guard order == Self.byteOrder || order == Self.byteOrder.byteSwapped else {
            throw .fault("the file has a section with a bad byte order magic field")
        }
        isSwapped = order != Self.byteOrder
    }

    private mutating func readSection(_ place: Int, _ length: Int, _ filling: Filling) throws(FindingEnd) {
        guard length >= 28 else { throw Self.tooShort(Kind.section) }
        let major = filling.u16(place &+ 12, swapped: isSwapped)
        let minor = filling.u16(place &+ 14, swapped: isSwapped)
        guard major == 1, state != .beforeSection || minor == 0 || minor == 2 else {
            throw .fault("unsupported pcapng savefile version \(major).\(minor)")
        }
        if state == .beforeSection { state = .beforeInterface }
        sectionStart = descriptions.count
    }

    private mutating func readInterface(_ place: Int, _ length: Int, _ filling: Filling) throws(FindingEnd) {
        guard length >= 20 else { throw Self.tooShort(Kind.interface) }
        guard descriptions.count &- sectionStart < Self.maximumInterfaces else {
            throw .fault("more than \(Self.maximumInterfaces) interfaces in one section")
        }
        let description: InterfaceDescription
        do throws(FormatFault) {
            description = try InterfaceDescription(
                filling, body: place &+ 8..<place &+ length &- 4, swapped: isSwapped)
        } catch {
            throw .fault(error.reason)
        }
        interfaces.append(
            CaptureInterface(
                linkType: description.linkType, number: UInt32(truncatingIfNeeded: descriptions.count &- sectionStart)))
        descriptions.append(description)
        // An enhanced packet of the longest kind, with 128 KiB of options.
        maximumBlock = max(maximumBlock, LinkTypeNumber.maximumSnapLength(description.linkType) &+ 131_104)
        state = .ready
    }

    /// A block's length where it can be believed. Of the leading section header libpcap asks less, and more.
    private func checkedLength(_ length: UInt32, _ kind: UInt32) throws(FindingEnd) -> UInt32 {
        if state == .beforeSection {
            guard (28...1 << 20).contains(length) else {
                throw .fault("the Section Header Block has an invalid length of \(length)")
            }
            return length
        }
        guard length >= 12 else { throw .fault("block in pcapng dump file has a length of \(length) < 12") }
        guard length % 4 == 0 else {
            throw .fault("block in pcapng dump file has a length of \(length) that is not a multiple of 4")
        }
        guard length <= maximumBlock else { throw .fault("pcapng block size \(length) > maximum \(maximumBlock)") }
        return length
    }

    private static func tooShort(_ kind: UInt32) -> FindingEnd {
        .fault("block of type \(kind) in pcapng dump file is too short")
    }
}
