import Foundation
import Sessions
import Testing
import Wire

/// Every session of the captures of `mail/` against what an independent reader found in them.
@Suite struct TruthTests {
    static let exceptions = Exceptions([])

    @Test func agreesWithTheTable() throws {
        guard SharedCaptures.names(in: "mail", count: 62) != nil else { return }
        let table = try TruthTable(SharedCaptures.root.appendingPathComponent("truth.jsonl"))
        var compared = 0
        var fields = 0
        for capture in table.captures {
            let ports = Ports.mail(and: capture.sessions.map(\.port))
            let seen = try sessions(of: SharedCaptures.path(capture.file), ports: ports)
            for expected in capture.sessions {
                fields += compare(expected, seen, capture.file)
                compared += 1
            }
            expectNoOthers(seen, capture)
        }
        Self.exceptions.expectAllUsed()
        print(
            "truth: \(table.captures.count) captures, \(compared) sessions, \(fields) fields compared;",
            "\(Self.exceptions.covered) differences listed")
        #expect(table.captures.count >= 62)
    }

    /// Answers how many fields were compared.
    private func compare(_ expected: TruthTable.Session, _ seen: [MailSession], _ capture: String) -> Int {
        let ends = Set([expected.client, expected.server])
        let match = seen.filter { Set([$0.client.text, $0.server.text]) == ends }
            .first { expected.frames.contains($0.transport.firstFrame.number) }
        let place = "\(expected.client) to \(expected.server)"
        guard expected.verdict != "no-payload" else {
            Self.exceptions.compare(capture, place, "session", expected: "none", seen: match == nil ? "none" : "one")
            return 1
        }
        guard let match else {
            Self.exceptions.compare(capture, place, "session", expected: "one", seen: "none")
            return 1
        }
        let facts = match.truthFields
        for (field, value) in expected.fields.sorted(by: { $0.key < $1.key }) {
            Self.exceptions.compare(capture, place, field, expected: value, seen: facts[field] ?? "unknown")
        }
        return facts.count
    }

    private func expectNoOthers(_ seen: [MailSession], _ capture: TruthTable.Capture) {
        for session in seen {
            let ends = Set([session.client.text, session.server.text])
            #expect(
                capture.sessions.contains { Set([$0.client, $0.server]) == ends },
                "\(capture.file): \(ends.sorted()) is not in the table")
        }
    }
}

extension Endpoint {
    /// As the table writes it, without brackets.
    fileprivate var text: String { "\(address):\(port)" }
}

extension MailSession {
    /// The facts under the table's names.
    fileprivate var truthFields: [String: String] {
        [
            "client": client.text, "server": server.text, "offered": "\(startTLS.offered?.value ?? false)",
            "starttls_sent": "\(startTLS.requests)", "starttls_reply": "\(startTLS.reply?.value.code.rawValue ?? 0)",
            "completed": "\(startTLS.completed)", "tls_version": tls?.version?.value.name ?? "none",
            "cipher_suite": tls?.cipherSuite?.value.name ?? "none",
            "sni": tls?.clientHello?.value.serverName ?? "none",
            "auth": (smtp?.authentications ?? []).map(\.mechanism.name).joined(separator: ","),
            "n_mail": "\(smtp?.mailCommands ?? 0)", "n_rcpt": "\(smtp?.rcptCommands ?? 0)",
            "n_data": "\(smtp?.dataCommands ?? 0)", "n_bdat": "\(smtp?.bdatCommands ?? 0)",
        ]
    }
}
