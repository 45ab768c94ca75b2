/// Reads a saved capture block by block: classic pcap and pcapng by itself, in large reads, decompressing gzip and zstd;
/// whatever else libpcap knows through libpcap.
///
/// A block holds whole packets only; what of a record is not there yet is carried over to the next one. All lengths are
/// checked here, and the user's filter is applied, so that walking a block is cheap and cannot fail. One thread reads;
/// any number of threads may walk what it read (`CaptureBlock`).
public struct BlockSource: ~Copyable, @unchecked Sendable {
    /// As the user named it; `-` for standard input.
    public let input: String
    /// Size in octets of a regular file, as it is stored.
    public var size: Int64? { stream.size }
    /// Link type of all its packets (DLT_…), where that is known from the start: in all formats but pcapng.
    public let linkType: Int32?
    /// Octet offset of the link type in the file, where it has that.
    public let linkTypeOffset: Int64?
    /// Packets in all blocks so far.
    public private(set) var packets: UInt64 = 0
    /// What else has a frame's number.
    private var otherFrames: UInt64 = 0

    private let file: UInt32
    private let pool: BlockPool
    private let filter: PacketFilter?
    private let stream: InputStream
    private var format: Format
    /// Octets that were read and belong to the next block.
    private var carried: [UInt8] = []
    /// Whether what is carried may hold whole records, so that nothing need be read.
    private var carriesWhole = false
    /// Offset of what is carried in the capture, after decompression.
    private var offset: Int64
    private var streamHasEnded = false
    /// What ends the reading behind the blocks that were handed out.
    private var failure: CaptureError?
    private var isDone = false

    private enum Format {
        case classic(ClassicFormat)
        case nextGeneration(NextGenerationFormat)
        case libpcap(LibpcapFormat)
        /// While it is being changed.
        case none
    }

    /// Opens `path`, or standard input for `-`.
    ///
    /// - Parameters:
    ///   - file: what blocks say of where they come from: the index of the input.
    ///   - filter: a BPF expression (pcap-filter(7)); packets that it leaves out are counted and marked.
    ///   - pool: where blocks take their memory from; several sources may share one.
    ///   - throughLibpcap: leaves a file to libpcap even if it could be read here, to compare.
    public init(
        _ path: String, file: UInt32 = 0, filter: String? = nil, pool: BlockPool = BlockPool(),
        throughLibpcap: Bool = false
    ) throws(CaptureError) {
        let stream = try InputStream(path)
        let format = try Self.format(of: stream, throughLibpcap)
        let filter = filter.map { PacketFilter($0, input: path) }
        var opening = Opening()
        switch format {
        case .classic(let classic):
            opening.linkType = classic.interfaces[0].linkType
            opening.linkTypeOffset = stream.compression == nil ? 20 : nil
            opening.offset = Int64(ClassicFormat.headerLength)
        case .libpcap(let libpcap): opening.linkType = libpcap.interfaces[0].linkType
        case .nextGeneration, .none: break
        }
        if let linkType = opening.linkType { try filter?.prepare(linkType) }
        input = path
        self.file = file
        self.pool = pool
        self.filter = filter
        self.stream = stream
        self.format = format
        linkType = opening.linkType
        linkTypeOffset = opening.linkTypeOffset
        offset = opening.offset
    }

    /// What the header tells.
    private struct Opening {
        var linkType: Int32?
        var linkTypeOffset: Int64?
        var offset: Int64 = 0
    }

    private static func format(of stream: InputStream, _ throughLibpcap: Bool) throws(CaptureError) -> Format {
        let magic = try stream.peek(4)
        guard !throughLibpcap else { return .libpcap(try libpcap(stream, magic)) }
        if ClassicFormat.isMagic(magic) { return .classic(try classic(stream)) }
        if NextGenerationFormat.isMagic(magic) { return .nextGeneration(NextGenerationFormat()) }
        return .libpcap(try libpcap(stream, magic))
    }

    private static func classic(_ stream: InputStream) throws(CaptureError) -> ClassicFormat {
        let header = try stream.take(ClassicFormat.headerLength)
        do throws(FormatError) {
            return try ClassicFormat(header: header)
        } catch {
            switch error {
            case .isCut:
                throw CaptureError(input: stream.input, problem: Advice.onCutHeader, offset: Int64(header.count))
            case .unreadable(let reason):
                throw CaptureError(input: stream.input, problem: Advice.onOpening(reason), offset: 0)
            }
        }
    }

    private static func libpcap(_ stream: InputStream, _ magic: [UInt8]) throws(CaptureError) -> LibpcapFormat {
        guard magic.count == 4 else {
            let problem = magic.isEmpty ? Advice.onEmptyFile : Advice.onCutHeader
            throw CaptureError(input: stream.input, problem: problem, offset: Int64(magic.count))
        }
        if let other = OtherCompression(magic: magic) {
            let problem = Advice.onOtherCompression(other.rawValue, other.command)
            throw CaptureError(input: stream.input, problem: problem, offset: 0)
        }
        guard let file = unsafe stream.rewound() else {
            throw CaptureError(input: stream.input, problem: Advice.onUnknownFormat, offset: 0)
        }
        return unsafe try LibpcapFormat(file, input: stream.input)
    }

    /// Name of a link type, as libpcap gives it.
    public static func name(ofLinkType linkType: Int32) -> String { LinkTypeNumber.name(linkType) }

    /// The next packets of the capture, or `nil` at its end. Waits for them on a pipe, and hands out what came.
    ///
    /// Where the capture cannot be read any further, what stands before is handed out, and the next call throws.
    public mutating func next() throws(CaptureError) -> CaptureBlock? {
        guard !isDone else { return nil }
        do throws(CaptureError) {
            if let failure { throw failure }
            let block: CaptureBlock?
            if case .libpcap(let libpcap) = format {
                block = try nextCopied(libpcap)
            } else {
                block = try nextInPlace()
            }
            isDone = block == nil
            return block
        } catch {
            isDone = true
            throw error.after(packets)
        }
    }

    // MARK: Reading in place

    private mutating func nextInPlace() throws(CaptureError) -> CaptureBlock? {
        while true {
            var memory = pool.take(carried.count)
            do throws(CaptureError) {
                let filling = try fill(&memory)
                let leading = offset
                let leadingNumber = packets + otherFrames + 1
                conclude(filling)
                if filling.count > 0 {
                    try filter?.apply(to: filling, interfaces)
                    return block(
                        memory, filling,
                        CaptureBlock.Place(
                            file: file, leadingNumber: leadingNumber, position: stream.position, offset: leading))
                }
                if let failure { throw failure }
            } catch {
                pool.give(memory)
                throw error
            }
            pool.give(memory)
            if streamHasEnded { return nil }
        }
    }

    private var interfaces: [CaptureInterface] {
        switch format {
        case .classic(let format): format.interfaces
        case .nextGeneration(let format): format.interfaces
        case .libpcap(let format): format.interfaces
        case .none: []
        }
    }

    /// Puts what was carried over into `memory`, reads, and looks for packets, until there is one, or a block without
    /// one was skipped, or there is nothing more.
    private mutating func fill(_ memory: inout BlockMemory) throws(CaptureError) -> Filling {
        unsafe memory.octets.copyBytes(from: carried)
        var available = carried.count
        if mayHoldSecrets {
            unsafe carried.withUnsafeMutableBytes { unsafe _ = $0.initializeMemory(as: UInt8.self, repeating: 0) }
        }
        var mayFind = carriesWhole
        while true {
            if !mayFind, !streamHasEnded {
                let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: memory.octets[available...])
                let count = unsafe try stream.read(into: rest)
                streamHasEnded = count == 0
                available += count
            }
            mayFind = false
            let filling = find(Filling(memory, available: available))
            if filling.consumed > 0 || filling.fault != nil || streamHasEnded { return filling }
            // A giant record gets its room as its octets come in, whatever length it claims.
            if available == memory.capacity { memory = grown(memory, to: min(filling.needed, 2 * available)) }
        }
    }

    private func grown(_ memory: BlockMemory, to capacity: Int) -> BlockMemory {
        let larger = BlockMemory(capacity: max(capacity, memory.capacity + 1))
        unsafe larger.octets.copyMemory(from: UnsafeRawBufferPointer(memory.octets))
        if mayHoldSecrets { memory.wipe(0..<memory.capacity) }
        pool.give(memory)
        return larger
    }

    private mutating func find(_ filling: Filling) -> Filling {
        var filling = filling
        switch format {
        case .classic(let classic): classic.find(in: &filling)
        case .nextGeneration(var nextGeneration):
            // The only reference, so that its tables are changed where they are.
            format = .none
            nextGeneration.beginBlock()
            nextGeneration.find(in: &filling)
            format = .nextGeneration(nextGeneration)
        case .libpcap, .none: break
        }
        return filling
    }

    /// Carries over what belongs to the next block, and notes what ends the reading.
    private mutating func conclude(_ filling: Filling) {
        carried.removeAll(keepingCapacity: true)
        unsafe carried.append(
            contentsOf: UnsafeRawBufferPointer(rebasing: filling.memory.octets[filling.consumed..<filling.available]))
        // A part of a block of secrets is overwritten, too, wherever it was.
        if mayHoldSecrets { filling.memory.wipe(filling.consumed..<filling.available) }
        carriesWhole = !filling.hasRoom
        offset += Int64(filling.consumed)
        otherFrames += filling.passedFrames
        if let fault = filling.fault {
            failure = error(hasBegun ? Advice.onDamage(fault.reason) : Advice.onOpening(fault.reason), at: offset)
        } else if streamHasEnded, !carriesWhole {
            if !carried.isEmpty {
                let advice = Advice.onCutRecord(there: carried.count, needed: filling.needed)
                failure = error(hasBegun ? advice : Advice.onCutHeader, at: offset + Int64(carried.count))
            } else if !hasBegun {
                failure = error(Advice.onOpening("the capture file has no Interface Description Blocks"), at: offset)
            } else if let size = stream.size, stream.position < size {
                failure = error(Advice.onShorterFile(from: size, to: stream.position), at: offset)
            }
        }
    }

    /// pcapng may bring what decrypts its packets; that is not kept in memory.
    private var mayHoldSecrets: Bool {
        if case .nextGeneration = format { return true }
        return false
    }

    /// Whether what stands before all packets was read.
    private var hasBegun: Bool {
        if case .nextGeneration(let format) = format { return format.state == .ready }
        return true
    }

    private func error(_ problem: String, at offset: Int64) -> CaptureError {
        CaptureError(input: input, problem: problem, offset: offset, isDecompressed: stream.compression != nil)
    }

    private mutating func block(_ memory: BlockMemory, _ filling: Filling, _ place: CaptureBlock.Place) -> CaptureBlock
    {
        packets += UInt64(filling.count)
        return CaptureBlock(memory, filling, place, interfaces, pool)
    }

    // MARK: Through libpcap

    private mutating func nextCopied(_ libpcap: LibpcapFormat) throws(CaptureError) -> CaptureBlock? {
        var room = 0
        while true {
            let memory = pool.take(room)
            var filling = Filling(memory, available: memory.capacity)
            do throws(CaptureError) {
                room = try libpcap.fill(&filling)
            } catch {
                // Packets that stand before are handed out.
                failure = error
            }
            if filling.count > 0 {
                do throws(CaptureError) {
                    try filter?.apply(to: filling, libpcap.interfaces)
                } catch {
                    pool.give(memory)
                    throw error
                }
                let position = libpcap.position
                return block(
                    memory, filling,
                    CaptureBlock.Place(
                        file: file, leadingNumber: packets + 1, position: position, offset: position))
            }
            pool.give(memory)
            if let failure { throw failure }
            guard room > 0 else { return nil }
        }
    }
}
