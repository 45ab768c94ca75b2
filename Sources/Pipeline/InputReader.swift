import Capture
import Findings

/// One input while it is read: its blocks, what was counted of it, and what ended it before its end.
final class InputReader {
    let index: UInt32
    var summary: InputSummary
    private(set) var failure: CaptureError?
    /// What shall be said of it although it could be read.
    private(set) var warning: String?
    /// When it begins, in nanoseconds since 1970, and the stamps of the last packets that were read.
    private var beginning: Int64?
    private var lastStamps: [Int64] = []
    private let filter: String?
    private let throughLibpcap: Bool
    private let pool: BlockPool
    private var source: BlockSource?
    private var links: LinkTypeCount?
    private var isDone = false

    init(_ name: String, _ index: UInt32, filter: String?, pool: BlockPool, throughLibpcap: Bool = false) {
        summary = InputSummary(name: name)
        self.index = index
        self.filter = filter
        self.throughLibpcap = throughLibpcap
        self.pool = pool
    }

    var isOpen: Bool { links != nil }

    /// From when to when it is as far as it was read, in nanoseconds since 1970, by stamps that those around them bear out.
    var span: (begin: Int64, end: Int64)? {
        guard let beginning, let end = StampVote.end(of: lastStamps) else { return nil }
        return (beginning, end)
    }

    /// Size in octets, while it is open and where it has one.
    private(set) var size: Int64?

    /// The next block; `nil` at the end, and where `failure` says that it can be read no further.
    func next() -> CaptureBlock? {
        do throws(CaptureError) {
            return try readNext()
        } catch {
            fail(error)
            return nil
        }
    }

    /// Ends the reading.
    func fail(_ error: CaptureError) {
        failure = error
        close()
    }

    private func readNext() throws(CaptureError) -> CaptureBlock? {
        guard !isDone else { return nil }
        if !isOpen { try open() }
        guard let block = try source?.next() else {
            warning = try links?.conclude()
            close()
            return nil
        }
        links?.count(block)
        beginning = beginning ?? StampVote.beginning(of: block.leadingStamps)
        lastStamps = (lastStamps + block.lastStamps).suffix(StampVote.voters)
        return block
    }

    private func open() throws(CaptureError) {
        let opened = try BlockSource(
            summary.name, file: index, filter: filter, pool: pool, throughLibpcap: throughLibpcap)
        let count = LinkTypeCount(opened)
        try count.checkStart()
        size = opened.size
        source = consume opened
        links = count
    }

    private func close() {
        source = nil
        links = nil
        isDone = true
    }
}
