import Findings
import Foundation
import Sessions
import Testing
import Trust

@testable import Pipeline

/// A rule is not asked of a session that has not shown what it needs: so it must find nothing in one.
@Suite struct NeedsTests {
    private static let captures = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("captures")

    private static let rules = RuleBook.rules.flatMap { $0.questions }.compactMap { question in
        if case .session(let rule) = question { rule } else { nil }
    }

    @Test func nothingIsFoundWhereNobodyWouldAsk() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.captures.path).filter {
            $0.hasSuffix(".pcap") || $0.hasSuffix(".pcapng")
        }
        var chains = ChainJudge(try TrustStore(file: Self.captures.appendingPathComponent("authorities.pem").path))
        let observations = CaptureObservations()
        var (unasked, found) = (0, Set<String>())
        for name in names.sorted() {
            for var session in try sessions(of: Self.captures.appendingPathComponent(name).path, ports: Ports.mail) {
                chains.review(&session)
                let traits = SessionTraits(of: session)
                for rule in Self.rules {
                    guard case .finding = rule.judge(session, observations) else {
                        if !traits.isSuperset(of: rule.needs) { unasked += 1 }
                        continue
                    }
                    found.insert(rule.card.id)
                    #expect(traits.isSuperset(of: rule.needs), "\(rule.card.id) in \(name)")
                }
            }
        }
        // Most rules find something somewhere, and most are not asked most of the time.
        #expect(found.count >= 35, "\(found.sorted())")
        #expect(unasked > 1000)
    }
}
