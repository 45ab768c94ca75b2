import Findings
import Foundation
import Support
import Testing

/// Recordings in which nothing is wrong are accused of nothing.
@Suite struct FalseAlarmTests {
    private static let prefixes = ["clean-", "encapsulation-", "health-check", "normal-"]
    private static let recordings = SampleCapture.all.filter { capture in
        prefixes.contains { capture.name.hasPrefix($0) }
    }
    private static let golden = SampleCapture.folder.appendingPathComponent("false-alarms.tsv")
    /// What is true of them and no reproach, in a line for whoever wants to know.
    private static let remarks: Set = ["no-extended-master-secret", "no-post-quantum", "tls-version-rollback"]

    @Test func cleanRecordingsAreAccusedOfNothing() throws {
        var tally = FindingTally()
        for capture in Self.recordings {
            for alert in try Alert.all(in: capture.events()) {
                tally.add(rule: alert.rule, certainty: alert.certainty)
                #expect(Self.remarks.contains(alert.rule), "\(capture): \(alert)")
                let isOfNormal = alert.rule == "tls-version-rollback"
                #expect(!isOfNormal || alert.certainty != "certain", "\(capture): \(alert)")
                #expect(!isOfNormal || capture.name.hasPrefix("normal-"), "\(capture): \(alert)")
            }
        }
        print("false alarms in \(Self.recordings.count) clean recordings:\n\(tally.table)", terminator: "")
        #expect(Self.recordings.count >= 25)
        #expect(try tally.differences(from: Self.golden) == [], "EARSHOT_ACCEPT=1 accepts this")
    }
}
