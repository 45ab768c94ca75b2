/// The octets of one direction that may be shown, by their places in the stream; all others are hidden.
///
/// It holds nothing else: whoever fills in a packet from it cannot show a secret, whatever the packet holds.
public struct ShownOctets: Sendable {
    /// Octets that follow each other.
    private struct Stretch: Sendable {
        let offset: Int64
        var octets: [UInt8]
        /// All of them are shown; else 0 stands for one that is hidden.
        let isWhole: Bool

        var end: Int64 { offset + Int64(octets.count) }
    }

    /// In order, without overlaps.
    private var stretches: [Stretch] = []
    /// Memory of what may be shown, roughly, in octets.
    private var costOfStretches = 0
    /// Everything before it is decided: what is not shown of it will never be.
    public private(set) var settled: Int64 = 0
    /// Octets whose meaning is not known before more of them came.
    var pending = PendingOctets()

    /// Memory of what may be shown of one direction at most: a dialogue, and a handshake with a long chain.
    static let limit = 96 << 10
    /// What a stretch takes besides its octets.
    private static let costOfStretch = 80

    public init() {}

    /// Memory that it takes, roughly, in octets.
    public var cost: Int { costOfStretches + pending.cost }

    /// Lets octets be shown: all of them, or, of text, those that are not 0. What is shown already stays as it is; beyond
    /// the limit nothing more is.
    public mutating func show(_ octets: [UInt8], at offset: Int64, isWhole: Bool = false) {
        guard !octets.isEmpty else { return }
        let end = offset + Int64(octets.count)
        let place = firstEnding(after: offset)
        guard place == stretches.count || end <= stretches[place].offset else { return }
        let goesOn = place > 0 && stretches[place - 1].end == offset && stretches[place - 1].isWhole == isWhole
        let growth = octets.count + (goesOn ? 0 : Self.costOfStretch)
        guard costOfStretches + growth <= Self.limit else { return }
        costOfStretches += growth
        if goesOn {
            stretches[place - 1].octets += octets
        } else {
            stretches.insert(Stretch(offset: offset, octets: octets, isWhole: isWhole), at: place)
        }
    }

    /// Index of the leading stretch that ends behind `offset`.
    private func firstEnding(after offset: Int64) -> Int {
        var (low, high) = (0, stretches.count)
        while low < high {
            let middle = (low + high) / 2
            if stretches[middle].end <= offset { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// All before `offset` is decided.
    public mutating func settle(upTo offset: Int64) { settled = max(settled, offset) }

    /// Stands for an octet that is hidden.
    public static let hidden: UInt16 = 0x100

    /// The `count` octets from `offset` on, `hidden` for each that is.
    public func octets(at offset: Int64, count: Int) -> [UInt16] {
        var result = [UInt16](repeating: Self.hidden, count: count)
        let end = offset.addingReportingOverflow(Int64(count)).partialValue
        var place = firstEnding(after: offset)
        while place < stretches.count, stretches[place].offset < end {
            let stretch = stretches[place]
            var position = max(offset, stretch.offset)
            while position < min(end, stretch.end) {
                let octet = stretch.octets[Int(position - stretch.offset)]
                if octet != 0 || stretch.isWhole { result[Int(position - offset)] = UInt16(octet) }
                position += 1
            }
            place += 1
        }
        return result
    }

    /// Any of the `count` octets from `offset` on may be shown.
    public func shows(at offset: Int64, count: Int) -> Bool {
        let place = firstEnding(after: offset)
        return place < stretches.count && stretches[place].offset - offset < Int64(count)
    }

    /// End of the octets that were shown last in place.
    public var end: Int64 { stretches.last?.end ?? 0 }
}
