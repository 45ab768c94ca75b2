import Capture

@testable import Pipeline

/// The packets of merged captures, each as its leading two octets.
enum MergeOrder {
    static func of(_ paths: [String]) throws -> [String] {
        var merged = MergedInputs(paths, filter: nil)
        var order: [String] = []
        while let slices = merged.nextBatch() {
            for slice in slices {
                var packets = slice.block.packets(slice.packets)
                while let packet = packets.next() { order.append("\(packet.octets[0]):\(packet.octets[1])") }
            }
        }
        return order
    }
}
