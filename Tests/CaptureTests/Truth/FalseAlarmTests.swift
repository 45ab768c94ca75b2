import Foundation
import Support
import Testing

/// No session of the captures of `mail/` is accused with certainty of what the truth table does not say of it.
@Suite struct FalseAlarmTests {
    private static let golden = SharedCaptures.packageRoot.appendingPathComponent("captures/false-alarms-mail.tsv")

    @Test func theTruthTableSupportsWhatIsCertain() throws {
        guard SharedCaptures.names(in: "mail", count: 62) != nil else { return }
        let table = try TruthTable(SharedCaptures.root.appendingPathComponent("truth.jsonl"))
        let exceptions = Exceptions(TruthSupport.exceptions)
        var tally = FindingTally()
        var certain = 0
        for capture in table.captures {
            let ports = Ports.mail(and: capture.sessions.map(\.port))
            for alert in try Alert.all(in: WholeRun([SharedCaptures.path(capture.file)], ports: ports).output) {
                tally.add(rule: alert.rule, certainty: alert.certainty)
                guard alert.certainty == "certain" else { continue }
                certain += 1
                let answers = capture.sessions.filter { $0.isOf(alert) }
                    .map { TruthSupport.supports(alert.rule, $0) ?? false }
                exceptions.compare(
                    capture.file, "\(alert.client) to \(alert.server)", alert.rule, expected: "supported",
                    seen: answers.contains(true) ? "supported" : "certain without support in the table")
            }
        }
        exceptions.expectAllUsed()
        print(
            "false alarms: \(table.captures.count) captures, \(certain) certain findings,",
            "\(exceptions.covered) that no column tells, listed\n\(tally.table)", terminator: "")
        #expect(certain > 100)
        #expect(try tally.differences(from: Self.golden) == [], "EARSHOT_ACCEPT=1 accepts this")
    }
}

extension TruthTable.Session {
    /// The session, or another between the same ends, that the alert is about.
    fileprivate func isOf(_ alert: Alert) -> Bool {
        guard let frame = alert.frame, frames.count == 2 else { return false }
        return Set([client, server]) == Set([alert.client, alert.server]) && (frames[0]...frames[1]).contains(frame)
    }
}
