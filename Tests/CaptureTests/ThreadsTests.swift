import Foundation
import Pipeline
import Reports
import Testing
import Wire

/// However many threads work on a capture, what is written is the same to the octet, order included.
@Suite struct ThreadsTests {
    @Test(arguments: RunOptions.Format.allCases, [2, 3, RunOptions.maximumThreads])
    func allSamplesAsOneObservation(_ format: RunOptions.Format, threads: Int) {
        #expect(Samples.paths.count > 60)
        let alone = WholeRun(Samples.paths, format: format)
        let together = WholeRun(Samples.paths, format: format, threads: threads)
        #expect(!alone.output.isEmpty)
        #expect(alone.output == together.output)
        #expect(alone.messages == together.messages)
        #expect(alone.status == together.status)
    }

    @Test(arguments: RunOptions.Format.allCases)
    func capturesByOthers(_ format: RunOptions.Format) {
        guard let names = SharedCaptures.names(in: "mail", count: 62) else { return }
        let paths = names.map { SharedCaptures.path($0) }
        let alone = WholeRun(paths, format: format)
        #expect(alone.output == WholeRun(paths, format: format, threads: 2).output)
    }

    /// A decrypted mirror is told by what the capture shows besides: those sessions are judged in order, whoever reads
    /// them.
    @Test func whatDependsOnTheOrderIsJudgedInOrder() throws {
        let mirrors = Samples.paths.filter { $0.contains("mirror") || $0.contains("starttls-without-tls") }
        try #require(!mirrors.isEmpty)
        for inputs in [mirrors, mirrors + Samples.paths, Samples.paths + mirrors] {
            #expect(WholeRun(inputs).output == WholeRun(inputs, threads: 2).output)
        }
    }
}
