import Foundation
import Testing

@testable import Trust

@Suite struct TrustStoreTests {
    private func file(_ text: String) throws -> String {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("bundle-\(UUID().uuidString).pem")
        try Data(text.utf8).write(to: url)
        return url.path
    }

    @Test func whatIsNoBundleSaysSo() throws {
        #expect(throws: TrustError.unreadable("/nonexistent/bundle.pem")) {
            try TrustStore(file: "/nonexistent/bundle.pem")
        }
        let empty = try file("# nothing here\n")
        #expect(throws: TrustError.empty(empty)) { try TrustStore(file: empty) }
        let key = try file("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n")
        #expect(throws: TrustError.empty(key)) { try TrustStore(file: key) }
        let broken = try file("-----BEGIN CERTIFICATE-----\nAAAA\n")
        #expect {
            try TrustStore(file: broken)
        } throws: { error in
            "\(error)".hasPrefix("\(broken): this is no bundle of certificates")
        }
    }

    @Test func aMachineWithoutABundleIsToldOf() throws {
        let places = ["/nonexistent/one.pem", "/nonexistent/two.pem"]
        #expect {
            try TrustStore.system(places)
        } throws: { error in
            "\(error)".contains("/nonexistent/two.pem") && "\(error)".contains("--trust FILE")
        }
    }

    @Test func certificatesThatCannotBeUsedAreNoAuthorities() throws {
        let odd = try file("text\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
        let anchors = try TrustStore(file: odd).anchors.issuers(of: [])
        #expect(anchors.turns.isEmpty)
        #expect(anchors.unusable.isEmpty)
    }
}

@Suite struct CallerExecutorTests {
    @Test func workIsDoneToItsEnd() {
        #expect(CallerExecutor.run { await Self.sum(to: 100) } == 5050)
    }

    /// As many callers as there are threads in the shared pool, and more: none waits for another.
    @Test func callersFromThePoolWaitForNobody() async {
        await withTaskGroup(of: Int.self) { group in
            for count in 1...64 {
                group.addTask {
                    CallerExecutor.run { await Self.sum(to: count) }
                }
            }
            var total = 0
            for await sum in group { total += sum }
            #expect(total == (1...64).reduce(0) { $0 + $1 * ($1 + 1) / 2 })
        }
    }

    private static func sum(to count: Int) async -> Int {
        var sum = 0
        for number in 1...count {
            await Task.yield()
            sum += number
        }
        return sum
    }
}
