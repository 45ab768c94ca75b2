import Capture
import Wire

/// Counts the frames of one input whose link type cannot be read: they are passed over, and said in one sentence; an
/// input that holds nothing else cannot be read.
struct LinkTypeCount {
    private let input: String
    /// Link type of all frames, where it is known from the start, and where in the file it stands.
    private let linkType: LinkType?
    private let offset: Int64?
    private var frames: UInt64 = 0
    private var unsupported: UInt64 = 0
    /// The one that was met earliest.
    private var example: LinkType?

    init(_ source: borrowing BlockSource) {
        input = source.input
        linkType = source.linkType.map { LinkType(rawValue: $0) }
        offset = source.linkTypeOffset
    }

    /// Throws where the header says already that nothing can be read.
    func checkStart() throws(CaptureError) {
        if let linkType, !linkType.isSupported { throw failure(linkType) }
    }

    mutating func count(_ block: CaptureBlock) {
        frames += UInt64(block.count)
        // Hardly ever: so packets are not looked at without need.
        guard block.interfaces.contains(where: { !LinkType(rawValue: $0.linkType).isSupported }) else { return }
        var packets = block.packets
        while let packet = packets.next() {
            let linkType = LinkType(rawValue: packet.linkType)
            guard !linkType.isSupported else { continue }
            unsupported += 1
            example = example ?? linkType
        }
    }

    /// One sentence where some frames could not be read; throws where none could.
    func conclude() throws(CaptureError) -> String? {
        guard let example else { return nil }
        guard unsupported < frames else { throw failure(example) }
        return "\(input): \(unsupported) of \(frames) frames are of a link type that cannot be read "
            + "(\(BlockSource.name(ofLinkType: example.rawValue)), \(example.rawValue)); they are passed over"
    }

    private func failure(_ linkType: LinkType) -> CaptureError {
        CaptureError(
            input: input,
            problem:
                "link type \(BlockSource.name(ofLinkType: linkType.rawValue)) (\(linkType.rawValue)) cannot be read; "
                + "capture on an Ethernet, cooked, raw IP or loopback interface",
            offset: offset)
    }
}
