import Capture
import Findings

/// One input while it is read: its blocks, what was counted of it, and what ended it before its end.
final class InputReader {
    let index: UInt32
    var summary: InputSummary
    private(set) var failure: CaptureError?
    /// What shall be said of it although it could be read.
    private(set) var warning: String?
    /// Time stamps of its leading packet and of the last one that was read, in nanoseconds since 1970.
    private(set) var span: (begin: Int64, end: Int64)?
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
        span = (span?.begin ?? block.nanoseconds(at: 0), block.nanoseconds(at: block.count - 1))
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
