import Capture

/// Packets of a block that come one after the other.
struct BlockSlice: Sendable {
    let block: CaptureBlock
    /// A range of `0..<block.count`.
    var packets: Range<Int>
    /// What is given up of it.
    var overload = Overload.none
}
