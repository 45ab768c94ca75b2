import Wire

/// How frames are written to a capture file.
package enum CaptureFileFormat: Sendable, CaseIterable {
    case pcap, pcapSwapped, pcapNanoseconds, pcapNanosecondsSwapped, pcapng, pcapngSwapped

    private var isLittleEndian: Bool {
        switch self {
        case .pcap, .pcapNanoseconds, .pcapng: true
        case .pcapSwapped, .pcapNanosecondsSwapped, .pcapngSwapped: false
        }
    }

    package func file(_ frames: [BuiltFrame], _ linkType: LinkType, snapLength: UInt32 = 262_144) -> [UInt8] {
        switch self {
        case .pcap, .pcapSwapped: classic(frames, linkType, snapLength, 0xA1B2_C3D4, perSecond: 1_000_000)
        case .pcapNanoseconds, .pcapNanosecondsSwapped:
            classic(frames, linkType, snapLength, 0xA1B2_3C4D, perSecond: 1_000_000_000)
        case .pcapng, .pcapngSwapped: nextGeneration(frames, linkType, snapLength)
        }
    }

    /// A header of 24 octets, then records (draft-ietf-opsawg-pcap).
    private func classic(
        _ frames: [BuiltFrame], _ linkType: LinkType, _ snapLength: UInt32, _ magic: UInt32, perSecond: Int64
    ) -> [UInt8] {
        let little = isLittleEndian
        var octets: [UInt8] = []
        octets.append(integer: magic, littleEndian: little)
        octets.append(integer: UInt16(2), littleEndian: little)
        octets.append(integer: UInt16(4), littleEndian: little)
        octets.append(integer: UInt64(0), littleEndian: little)
        octets.append(integer: snapLength, littleEndian: little)
        octets.append(integer: UInt32(linkType.fileValue), littleEndian: little)
        for frame in frames {
            let part = frame.nanoseconds % 1_000_000_000 / (1_000_000_000 / perSecond)
            octets.append(integer: UInt32(frame.nanoseconds / 1_000_000_000), littleEndian: little)
            octets.append(integer: UInt32(part), littleEndian: little)
            octets.append(integer: UInt32(frame.octets.count), littleEndian: little)
            octets.append(integer: UInt32(frame.originalLength), littleEndian: little)
            octets += frame.octets
        }
        return octets
    }

    /// Section header, one interface with nanoseconds (option if_tsresol = 9), enhanced packets.
    private func nextGeneration(_ frames: [BuiltFrame], _ linkType: LinkType, _ snapLength: UInt32) -> [UInt8] {
        let little = isLittleEndian
        var section: [UInt8] = []
        section.append(integer: UInt32(0x1A2B_3C4D), littleEndian: little)
        section.append(integer: UInt16(1), littleEndian: little)
        section.append(integer: UInt16(0), littleEndian: little)
        section.append(integer: UInt64.max, littleEndian: little)
        var interface: [UInt8] = []
        interface.append(integer: UInt16(linkType.fileValue), littleEndian: little)
        interface.append(integer: UInt16(0), littleEndian: little)
        interface.append(integer: snapLength, littleEndian: little)
        interface.append(integer: UInt16(9), littleEndian: little)
        interface.append(integer: UInt16(1), littleEndian: little)
        interface += [9, 0, 0, 0, 0, 0, 0, 0]
        var octets = block(0x0A0D_0D0A, section) + block(1, interface)
        for frame in frames { octets += block(6, enhancedPacket(frame)) }
        return octets
    }

    private func enhancedPacket(_ frame: BuiltFrame) -> [UInt8] {
        let little = isLittleEndian
        let time = UInt64(bitPattern: frame.nanoseconds)
        var octets: [UInt8] = []
        octets.append(integer: UInt32(0), littleEndian: little)
        octets.append(integer: UInt32(time >> 32), littleEndian: little)
        octets.append(integer: UInt32(truncatingIfNeeded: time), littleEndian: little)
        octets.append(integer: UInt32(frame.octets.count), littleEndian: little)
        octets.append(integer: UInt32(frame.originalLength), littleEndian: little)
        octets += frame.octets
        return octets + [UInt8](repeating: 0, count: (4 - frame.octets.count % 4) % 4)
    }

    private func block(_ type: UInt32, _ body: [UInt8]) -> [UInt8] {
        var octets: [UInt8] = []
        octets.append(integer: type, littleEndian: isLittleEndian)
        octets.append(integer: UInt32(body.count + 12), littleEndian: isLittleEndian)
        octets += body
        octets.append(integer: UInt32(body.count + 12), littleEndian: isLittleEndian)
        return octets
    }
}

extension LinkType {
    /// The number that stands in files: raw IP has its own there.
    var fileValue: Int32 { self == .raw || self == .rawBSD ? LinkType.rawFile.rawValue : rawValue }
}
