import Capture
import Support
import Testing

@testable import Wire

/// What is said of a frame at a glance is what taking it apart says, whatever its octets are.
@Suite struct FrameGlanceTests {
    @Test func agreesWithTheDecoder() {
        #expect(Samples.paths.count > 60)
        var counts = Counts()
        for path in Samples.paths { Self.compare(path, &counts) }
        #expect(counts.mail > 10_000)
        #expect(counts.others > 100)
        #expect(counts.openings > 100)
        print("glances: \(counts.all) frames, \(counts.mail) mail, \(counts.others) others")
    }

    private static func compare(_ path: String, _ counts: inout Counts) {
        var random = SeededGenerator(seed: 7)
        do throws(CaptureError) {
            var file = try CaptureFile(path)
            while let packet = try file.next() {
                let frame = [UInt8](copying: packet.octets)
                for octets in variants(of: frame, &random) {
                    compare(octets, LinkType(rawValue: packet.linkType), &counts)
                }
            }
        } catch {
            // What stands before a cut was compared.
        }
    }

    private struct Counts {
        var all = 0
        var mail = 0
        var others = 0
        var openings = 0
    }

    /// The frame as it is, cut in its headers, and with octets of its headers changed.
    private static func variants(of frame: [UInt8], _ random: inout SeededGenerator) -> [[UInt8]] {
        var variants = [frame, Array(frame.prefix(Int.random(in: 0..<80, using: &random)))]
        for _ in 0..<4 where !frame.isEmpty {
            var changed = frame
            changed[Int.random(in: 0..<min(80, frame.count), using: &random)] = UInt8.random(
                in: 0...255, using: &random)
            variants.append(changed)
        }
        return variants
    }

    private static func compare(_ octets: [UInt8], _ linkType: LinkType, _ counts: inout Counts) {
        let ports = PortSet([25...25, 465...465, 587...587])
        let seed = FlowKey.Seed()
        var decoder = PacketDecoder(ports: ports)
        counts.all += 1
        switch FrameGlance(at: octets.span, linkType: linkType, ports: ports, seed: seed) {
        case .unknown: break
        case .other:
            counts.others += 1
            #expect(throws: Never.self) {
                guard case .other = try decoder.decode(octets.span, linkType: linkType, at: Timestamp(nanoseconds: 0))
                else {
                    Issue.record("a frame of mail passes for another: \(octets)")
                    return
                }
            }
        case .mail(let hostPair, let hash, let isSYN):
            counts.mail += 1
            compareSYN(octets, isSYN, &counts)
            let whole = whole(octets, linkType, seed, &decoder)
            #expect(whole.text == glanced(octets, hostPair), "\(octets)")
            if let expected = whole.hash { #expect(hash == expected, "\(octets)") }
        }
    }

    /// What is read of a SYN without its segment is what the segment says.
    private static func compareSYN(_ octets: [UInt8], _ isSYN: Bool, _ counts: inout Counts) {
        guard isSYN else { return }
        counts.openings += 1
        guard let segment = try? TCPSegment(ofGlanced: octets.span), let whole = LoneSYN(segment) else {
            Issue.record("passes for a SYN: \(octets)")
            return
        }
        #expect(text(LoneSYN(ofGlanced: octets.span)) == text(whole), "\(octets)")
    }

    private static func text(_ syn: borrowing LoneSYN) -> String {
        let numbers = "\(syn.numbers) \(syn.identification as Any) \(syn.checksum)"
        return "\(syn.key) \(syn.isFromLow) \(syn.path) \(syn.flags) \(numbers) \(syn.multipath as Any)"
    }

    /// Everything that a segment says, in words, and its flow key's hash.
    private static func whole(
        _ octets: [UInt8], _ linkType: LinkType, _ seed: FlowKey.Seed, _ decoder: inout PacketDecoder
    ) -> (text: String, hash: UInt64?) {
        do throws(WireError) {
            switch try decoder.decode(octets.span, linkType: linkType, at: Timestamp(nanoseconds: 0)) {
            case .segment(let segment):
                return (text(segment, FlowKey.hostPair(segment)), FlowKey(segment).hash(seed))
            case .reassembled, .fragment: return ("a fragment", nil)
            case .other: return ("no mail", nil)
            }
        } catch {
            return ("\(error)", nil)
        }
    }

    private static func glanced(_ octets: [UInt8], _ hostPair: UInt64) -> String {
        do throws(WireError) {
            return text(try TCPSegment(ofGlanced: octets.span), hostPair)
        } catch {
            return "\(error)"
        }
    }

    private static func text(_ segment: borrowing TCPSegment, _ hostPair: UInt64) -> String {
        "\(segment.source) \(segment.destination) \(segment.flags.rawValue) \(segment.sequence) \(segment.acknowledgment) "
            + "\(segment.payload.count) \(segment.missing) \(segment.path) \(segment.isAmbiguous) \(segment.integrity) \(hostPair)"
    }
}
