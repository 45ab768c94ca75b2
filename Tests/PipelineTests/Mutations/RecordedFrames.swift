import Capture
import Foundation
import Support
import Wire

/// The frames of a recording in `captures/` over Ethernet, in which single octets can be changed.
struct RecordedFrames: Sendable, CustomStringConvertible {
    let description: String
    let frames: [BuiltFrame]

    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("captures")

    /// Throws what reading the file threw.
    init(_ name: String) throws(CaptureError) {
        description = name
        var frames: [BuiltFrame] = []
        var file = try CaptureFile(Self.folder.appendingPathComponent(name).path)
        while let packet = try file.next() {
            var octets: [UInt8] = []
            for index in 0..<packet.octets.count { octets.append(packet.octets[index]) }
            frames.append(
                BuiltFrame(
                    octets: octets, originalLength: Int(packet.originalLength), nanoseconds: packet.nanoseconds))
        }
        self.frames = frames
    }

    /// How many octets there are in all frames.
    var octets: Int { frames.reduce(0) { $0 + $1.octets.count } }

    /// Which octets of a frame are the payload of its TCP segment.
    func payload(of frame: Int) -> Range<Int> {
        EthernetFrame(frames[frame].octets)?.payload ?? 0..<0
    }

    func isFromServer(_ frame: Int) -> Bool {
        EthernetFrame(frames[frame].octets).map { [25, 465, 587].contains($0.sourcePort) } ?? false
    }

    /// With one octet changed in a way that `seed` chooses, and checksums that are right again.
    func mutated(frame: Int, octet: Int, seed: UInt64) -> [BuiltFrame] {
        var random = SeededGenerator(seed: seed &+ UInt64(frame) << 32 &+ UInt64(octet))
        let flips = Bool.random(using: &random)
        let change: UInt8 =
            flips ? 1 << UInt8.random(in: 0..<8, using: &random) : UInt8.random(in: 1...255, using: &random)
        var result = frames
        result[frame].octets[octet] ^= change
        EthernetFrame(result[frame].octets)?.correctChecksums(of: &result[frame].octets, but: octet)
        return result
    }
}

/// Where things stand in an Ethernet frame with TCP over IPv4 or IPv6, without VLAN tags or extension headers.
struct EthernetFrame {
    private let ip = 14
    private let isV6: Bool
    private let tcp: Int
    let payload: Range<Int>
    let sourcePort: Int

    /// `nil` for anything else, or where a length contradicts another.
    init?(_ octets: [UInt8]) {
        guard octets.count >= 14 + 20 else { return nil }
        let end: Int
        switch (octets[12], octets[13]) {
        case (0x08, 0x00):
            let header = Int(octets[14] & 0x0F) * 4
            guard header >= 20, octets[14 + 9] == 6 else { return nil }
            isV6 = false
            tcp = 14 + header
            end = 14 + (Int(octets[16]) << 8 | Int(octets[17]))
        case (0x86, 0xDD):
            guard octets.count >= 14 + 40, octets[14 + 6] == 6 else { return nil }
            isV6 = true
            tcp = 14 + 40
            end = tcp + (Int(octets[18]) << 8 | Int(octets[19]))
        default: return nil
        }
        guard tcp + 20 <= end, end <= octets.count else { return nil }
        let start = tcp + Int(octets[tcp + 12] >> 4) * 4
        guard start >= tcp + 20, start <= end else { return nil }
        payload = start..<end
        sourcePort = Int(octets[tcp]) << 8 | Int(octets[tcp + 1])
    }

    /// Leaves alone a checksum that the octet `changed` is in.
    func correctChecksums(of octets: inout [UInt8], but changed: Int) {
        if !isV6, !(ip + 10..<ip + 12).contains(changed) {
            Self.write([UInt8](octets[ip..<tcp]), over: ip, at: ip + 10, in: &octets, ahead: [])
        }
        guard !(tcp + 16..<tcp + 18).contains(changed) else { return }
        let addresses = isV6 ? octets[ip + 8..<ip + 40] : octets[ip + 12..<ip + 20]
        var pseudo = Array(addresses)
        pseudo.append(integer: UInt32(payload.upperBound - tcp))
        pseudo.append(integer: UInt32(6))
        Self.write([UInt8](octets[tcp..<payload.upperBound]), over: tcp, at: tcp + 16, in: &octets, ahead: pseudo)
    }

    private static func write(
        _ covered: [UInt8], over start: Int, at place: Int, in octets: inout [UInt8], ahead: [UInt8]
    ) {
        var covered = covered
        covered[place - start] = 0
        covered[place - start + 1] = 0
        let checksum = (ahead + covered).internetChecksum
        octets[place] = UInt8(checksum >> 8)
        octets[place + 1] = UInt8(checksum & 0xFF)
    }
}
