import Capture

/// Several inputs put in the order of their packets' times (`InputTime`): of all next packets the earliest one comes, of equal
/// ones that of the input named earlier. Within an input the order stays as it is.
///
/// A file is opened when its leading packet's turn has come and closed at its end, and of each open one there is one
/// block in memory, so files of a rotation take no more than one.
struct MergedInputs {
    let readers: [InputReader]
    private var heads: [Head]
    /// When each input's next packet is; `.min` where it is not known yet.
    private var turns: TurnOrder
    private var openReaders = 0
    private let pool: BlockPool
    private let blockSize: Int

    /// Octets of all blocks together, as a rule.
    private static let memory = 64 << 20
    /// Packets that are handed over at once.
    private static let batch = 4096
    /// Octets of the blocks that are handed over at once, where packets are large or blocks hold few of them.
    private static let batchOctets = 8 << 20
    /// Files that are open beside the inputs.
    private static let reserve = 16

    /// What is at hand of an input.
    private struct Head {
        /// What the times of its packets are told by.
        var clock = InputTime()
        var block: CaptureBlock?
        /// The next packet in the block.
        var index = 0
    }

    init(_ names: [String], filter: String?, throughLibpcap: Bool = false) {
        let blockSize = min(BlockPool.defaultBlockSize, max(64 << 10, Self.memory / max(1, names.count)))
        let pool = BlockPool(blockSize: blockSize)
        readers = names.enumerated().map {
            InputReader(
                $0.element, UInt32(truncatingIfNeeded: $0.offset), filter: filter, pool: pool,
                throughLibpcap: throughLibpcap)
        }
        // Pipes can be looked into once only, and what cannot be read is opened at once to say so.
        turns = TurnOrder(names.map { Self.leadingTime(of: $0, pool) ?? .min })
        heads = names.map { _ in Head() }
        self.pool = pool
        self.blockSize = blockSize
    }

    private static func leadingTime(of name: String, _ pool: BlockPool) -> Int64? {
        guard name != "-", FileSystem.isRegularFile(name) else { return nil }
        return BlockSource.leadingTime(of: name, pool)
    }

    /// Packets of all inputs, some thousands at once, so that handing them over costs little; `nil` at the end.
    mutating func nextBatch() -> [BlockSlice]? {
        var slices: [BlockSlice] = []
        var packets = 0
        var octets = 0
        while packets < Self.batch, octets < Self.batchOctets, let slice = next() {
            slices.append(slice)
            packets += slice.packets.count
            // A block stays in memory until its last slice is done with.
            if slice.packets.upperBound == slice.block.count { octets += max(slice.block.filled, blockSize) }
        }
        return slices.isEmpty ? nil : slices
    }

    /// The next packets, all of one input, or `nil` at the end of all inputs.
    mutating func next() -> BlockSlice? {
        while let turn = turns.first {
            guard let block = heads[turn.input].block else {
                load(turn.input)
                continue
            }
            return take(block, of: turn.input, before: turns.second)
        }
        return nil
    }

    /// The input's next packet, and those behind it that come before `other`.
    private mutating func take(_ block: CaptureBlock, of input: Int, before other: TurnOrder.Turn?) -> BlockSlice {
        let start = heads[input].index
        // The next block's time is not known, so it is looked at before anything else is handed out.
        var next = Int64.min
        var end = start + 1
        while end < block.count {
            next = heads[input].clock.time(at: end, of: block)
            if let other, other < TurnOrder.Turn(time: next, input: input) { break }
            end += 1
        }
        if end < block.count {
            heads[input].index = end
        } else {
            heads[input].block = nil
            next = .min
        }
        turns.move(to: next)
        return BlockSlice(block: block, packets: start..<end)
    }

    /// Reads on in the input whose turn it is.
    private mutating func load(_ input: Int) {
        let reader = readers[input]
        let wasOpen = reader.isOpen
        if !wasOpen, let limit = FileSystem.openFiles, openReaders >= max(1, limit - Self.reserve) {
            reader.fail(
                CaptureError(
                    input: reader.summary.name,
                    problem: "more files overlap in time than may be open at once (\(limit)); raise the limit with "
                        + "ulimit -n, or merge some of them beforehand with mergecap"))
        }
        let block = reader.next()
        openReaders += (reader.isOpen ? 1 : 0) - (wasOpen ? 1 : 0)
        guard let block else {
            turns.removeFirst()
            return
        }
        heads[input].block = block
        heads[input].index = 0
        turns.move(to: heads[input].clock.time(at: 0, of: block))
    }
}
