import Glibc
import Testing

@testable import Reports

@Suite struct OutputSinkTests {
    /// Both ends of a pipe.
    private func pipePair() -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [0, 0]
        #expect(unsafe pipe(&ends) == 0)
        return (ends[0], ends[1])
    }

    private func readAll(_ descriptor: Int32, _ count: Int) -> [UInt8] {
        var octets = [UInt8](repeating: 0, count: count)
        let taken = unsafe read(descriptor, &octets, count)
        return Array(octets.prefix(max(0, taken)))
    }

    @Test func nothingIsWrittenBeforeTheFlush() throws {
        let (reading, writing) = pipePair()
        var sink = OutputSink(descriptor: writing)
        try sink.write("one\n")
        try sink.write("two\n")
        try sink.flush()
        #expect(readAll(reading, 100) == Array("one\ntwo\n".utf8))
        close(reading)
        close(writing)
    }

    @Test func aFullBufferLeavesByItself() throws {
        let null = unsafe open("/dev/null", O_WRONLY)
        var sink = OutputSink(descriptor: null)
        for _ in 0..<100 { try sink.write([UInt8](repeating: 0x61, count: 10_000)) }
        try sink.write([UInt8](repeating: 0x61, count: 1_000_000))
        try sink.flush()
        close(null)
    }

    @Test func aReaderThatWentAwayIsAnError() throws {
        signal(SIGPIPE, SIG_IGN)
        let (reading, writing) = pipePair()
        close(reading)
        var sink = OutputSink(descriptor: writing)
        try sink.write("lost")
        for _ in 0..<2 {
            var seen: OutputError?
            do throws(OutputError) { try sink.flush() } catch { seen = error }
            #expect(seen == .closed)
        }
        close(writing)
    }

    @Test func aFullDiskIsAnError() throws {
        let full = unsafe open("/dev/full", O_WRONLY)
        var sink = OutputSink(descriptor: full)
        try sink.write("lost")
        var seen: OutputError?
        do throws(OutputError) { try sink.flush() } catch { seen = error }
        #expect(seen == .full)
        close(full)
    }

    @Test func otherFailuresCarryTheirNumber() throws {
        var sink = OutputSink(descriptor: -1)
        try sink.write("lost")
        var seen: OutputError?
        do throws(OutputError) { try sink.flush() } catch { seen = error }
        #expect(seen == .system(EBADF))
    }

    @Test func memoryKeepsEverything() throws {
        var sink = OutputSink.inMemory()
        for _ in 0..<20 { try sink.write(String(repeating: "x", count: 10_000)) }
        try sink.flush()
        #expect(sink.collected.utf8.count == 200_000)
    }
}
