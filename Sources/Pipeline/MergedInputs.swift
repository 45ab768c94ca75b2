import Capture

/// Several inputs put in the order of their packets' times (`InputTime`): of all next packets the earliest one comes, of equal
/// ones that of the input named earlier. Within an input the order stays as it is.
///
/// A file is opened when its leading packet's turn has come and closed at its end, and of each open one there is one
/// block in memory, so files of a rotation take no more than one.
struct MergedInputs {
    let readers: [InputReader]
    private var heads: [Head]
    private let pool: BlockPool

    /// Octets of all blocks together, as a rule.
    private static let memory = 64 << 20
    /// Packets that are handed over at once.
    private static let batch = 4096
    /// Files that are open beside the inputs.
    private static let reserve = 16

    /// What an input comes up with next.
    private struct Head {
        /// Time of its next packet; `.min` where it is not known yet.
        var time: Int64
        /// What the times of its packets are told by.
        var clock = InputTime()
        var block: CaptureBlock?
        /// The next packet in the block.
        var index = 0
        var isDone = false
    }

    init(_ names: [String], filter: String?, throughLibpcap: Bool = false) {
        let pool = BlockPool(
            blockSize: min(BlockPool.defaultBlockSize, max(64 << 10, Self.memory / max(1, names.count))))
        readers = names.enumerated().map {
            InputReader(
                $0.element, UInt32(truncatingIfNeeded: $0.offset), filter: filter, pool: pool,
                throughLibpcap: throughLibpcap)
        }
        // Pipes can be looked into once only, and what cannot be read is opened at once to say so.
        heads = names.map { Head(time: Self.leadingTime(of: $0, pool) ?? .min) }
        self.pool = pool
    }

    private static func leadingTime(of name: String, _ pool: BlockPool) -> Int64? {
        guard name != "-", FileSystem.isRegularFile(name) else { return nil }
        return BlockSource.leadingTime(of: name, pool)
    }

    /// Packets of all inputs, some thousands at once, so that handing them over costs little; `nil` at the end.
    mutating func nextBatch() -> [BlockSlice]? {
        var slices: [BlockSlice] = []
        var packets = 0
        while packets < Self.batch, let slice = next() {
            slices.append(slice)
            packets += slice.packets.count
        }
        return slices.isEmpty ? nil : slices
    }

    /// The next packets, all of one input, or `nil` at the end of all inputs.
    mutating func next() -> BlockSlice? {
        while let (earliest, bound) = order() {
            guard let block = heads[earliest].block else {
                load(earliest)
                continue
            }
            let start = heads[earliest].index
            var end = start + 1
            while end < block.count {
                heads[earliest].time = heads[earliest].clock.time(at: end, of: block)
                guard Self.precedes(heads[earliest].time, earliest, bound) else { break }
                end += 1
            }
            if end < block.count {
                heads[earliest].index = end
            } else {
                // The next block's time is not known, so it is looked at before anything else is handed out.
                heads[earliest].block = nil
                heads[earliest].time = .min
            }
            return BlockSlice(block: block, packets: start..<end)
        }
        return nil
    }

    /// The input whose turn it is, and the one that comes after it.
    private func order() -> (earliest: Int, bound: (time: Int64, input: Int))? {
        var earliest: Int?
        var next: Int?
        for index in heads.indices where !heads[index].isDone {
            if earliest.map({ heads[index].time < heads[$0].time }) ?? true {
                next = earliest
                earliest = index
            } else if next.map({ heads[index].time < heads[$0].time }) ?? true {
                next = index
            }
        }
        guard let earliest else { return nil }
        return (earliest, next.map { (heads[$0].time, $0) } ?? (.max, heads.count))
    }

    private static func precedes(_ time: Int64, _ input: Int, _ bound: (time: Int64, input: Int)) -> Bool {
        time < bound.time || time == bound.time && input < bound.input
    }

    private mutating func load(_ index: Int) {
        let reader = readers[index]
        if !reader.isOpen, let limit = FileSystem.openFiles,
            readers.count(where: \.isOpen) >= max(1, limit - Self.reserve)
        {
            reader.fail(
                CaptureError(
                    input: reader.summary.name,
                    problem: "more files overlap in time than may be open at once (\(limit)); raise the limit with "
                        + "ulimit -n, or merge some of them beforehand with mergecap"))
        }
        guard let block = reader.next() else {
            heads[index].isDone = true
            return
        }
        heads[index].block = block
        heads[index].index = 0
        heads[index].time = heads[index].clock.time(at: 0, of: block)
    }
}
