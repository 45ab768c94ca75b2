/// A saved capture, packet by packet: for those who need no blocks (`BlockSource`) and no threads.
public struct CaptureFile: ~Copyable {
    private var source: BlockSource
    private var block: CaptureBlock?
    /// Packets of the block that were handed out.
    private var index = 0

    /// Opens `path`, or standard input for `-`.
    public init(_ path: String, throughLibpcap: Bool = false) throws(CaptureError) {
        source = try BlockSource(path, throughLibpcap: throughLibpcap)
    }

    /// The next packet, or `nil` at the end.
    @_lifetime(&self)
    public mutating func next() throws(CaptureError) -> Packet? {
        if block.map({ index == $0.count }) ?? true {
            block = try source.next()
            index = 0
        }
        guard let block else { return nil }
        var packets = block.packets(index..<index + 1)
        index += 1
        guard let packet = packets.next() else { return nil }
        return unsafe _overrideLifetime(packet, mutating: &self)
    }
}
