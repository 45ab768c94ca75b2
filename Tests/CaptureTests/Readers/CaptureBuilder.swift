import Support

/// Writes captures field by field, as no program would: what readers must survive.
struct CaptureBuilder {
    private(set) var octets: [UInt8] = []
    var isLittleEndian = true

    mutating func u16(_ value: Int) { octets.append(integer: UInt16(value), littleEndian: isLittleEndian) }
    mutating func u32(_ value: Int) { octets.append(integer: UInt32(value), littleEndian: isLittleEndian) }
    mutating func raw(_ more: [UInt8]) { octets += more }

    // MARK: Classic pcap

    mutating func header(
        magic: Int = 0xA1B2_C3D4, version: (Int, Int) = (2, 4), snapLength: Int = 262_144, linkType: Int = 1
    ) {
        u32(magic)
        u16(version.0)
        u16(version.1)
        u32(0)
        u32(0)
        u32(snapLength)
        u32(linkType)
    }

    /// A record whose lengths may lie; `extra` stands between them and the octets.
    mutating func record(
        _ seconds: Int, _ part: Int, _ content: [UInt8], captured: Int? = nil, original: Int? = nil, extra: [UInt8] = []
    ) {
        u32(seconds)
        u32(part)
        u32(captured ?? content.count)
        u32(original ?? content.count)
        raw(extra + content)
    }

    // MARK: pcapng

    mutating func block(_ type: Int, _ body: (inout Self) -> Void) {
        var inner = Self()
        inner.isLittleEndian = isLittleEndian
        body(&inner)
        inner.raw([UInt8](repeating: 0, count: (4 - inner.octets.count % 4) % 4))
        u32(type)
        u32(inner.octets.count + 12)
        raw(inner.octets)
        u32(inner.octets.count + 12)
    }

    mutating func section(version: (Int, Int) = (1, 0)) {
        block(0x0A0D_0D0A) {
            $0.u32(0x1A2B_3C4D)
            $0.u16(version.0)
            $0.u16(version.1)
            $0.raw([UInt8](repeating: 0xFF, count: 8))
        }
    }

    mutating func interface(_ linkType: Int = 1, snapLength: Int = 0, options: [(code: Int, value: [UInt8])] = []) {
        block(1) {
            $0.u16(linkType)
            $0.u16(0)
            $0.u32(snapLength)
            for option in options { $0.option(option.code, option.value) }
        }
    }

    mutating func option(_ code: Int, _ value: [UInt8]) {
        u16(code)
        u16(value.count)
        raw(value + [UInt8](repeating: 0, count: (4 - value.count % 4) % 4))
    }

    mutating func enhanced(
        _ time: UInt64, _ content: [UInt8], on interface: Int = 0, captured: Int? = nil, original: Int? = nil
    ) {
        block(6) {
            $0.u32(interface)
            $0.packet(time, content, captured, original)
            // A comment behind the packet.
            $0.option(1, [0x61, 0x62, 0x63])
        }
    }

    /// The block that enhanced packets replaced.
    mutating func old(_ time: UInt64, _ content: [UInt8], on interface: Int = 0) {
        block(2) {
            $0.u16(interface)
            $0.u16(7)
            $0.packet(time, content, nil, nil)
        }
    }

    mutating func simple(_ content: [UInt8], original: Int? = nil) {
        block(3) {
            $0.u32(original ?? content.count)
            $0.raw(content)
        }
    }

    private mutating func packet(_ time: UInt64, _ content: [UInt8], _ captured: Int?, _ original: Int?) {
        u32(Int(time >> 32))
        u32(Int(time & 0xFFFF_FFFF))
        u32(captured ?? content.count)
        u32(original ?? content.count)
        raw(content + [UInt8](repeating: 0, count: (4 - content.count % 4) % 4))
    }
}
