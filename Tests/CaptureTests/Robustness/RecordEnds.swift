/// Where the records of a capture end: places at which the file may end, too. Read from the octets by the format's
/// rules (draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng), independently of libpcap.
struct RecordEnds {
    /// Octet offsets just behind a header, a record or a block.
    let places: Set<Int>
    let isClassic: Bool

    init(_ file: [UInt8]) {
        var places: Set<Int> = []
        let magic = Self.u32(file, 0, little: true)
        let little = magic == 0xA1B2_C3D4 || magic == 0xA1B2_3C4D
        let big = magic == 0xD4C3_B2A1 || magic == 0x4D3C_B2A1
        isClassic = little || big
        if isClassic {
            Self.walk(file, from: 24, into: &places) { 16 + Self.u32(file, $0 + 8, little: little) }
        } else {
            // Lengths are in the byte order of the section that they stand in.
            var order = true
            Self.walk(file, from: 0, into: &places) { start in
                if Self.u32(file, start, little: true) == 0x0A0D_0D0A {
                    order = Self.u32(file, start + 8, little: true) == 0x1A2B_3C4D
                }
                return max(12, Self.u32(file, start + 4, little: order))
            }
            places.remove(0)
        }
        self.places = places
    }

    private static func walk(_ file: [UInt8], from start: Int, into places: inout Set<Int>, length: (Int) -> Int) {
        var place = start
        while place <= file.count {
            places.insert(place)
            guard place < file.count else { return }
            place += length(place)
        }
    }

    /// 0 where the file has ended.
    private static func u32(_ file: [UInt8], _ place: Int, little: Bool) -> Int {
        guard place + 4 <= file.count else { return 0 }
        let octets = file[place..<place + 4]
        return (little ? Array(octets.reversed()) : Array(octets)).reduce(0) { $0 << 8 | Int($1) }
    }
}
