import Findings
import Foundation
import Support
import Testing

@testable import Pipeline
@testable import Sessions
@testable import Trust
@testable import Wire

/// What Earshot says of a server's certificates is what openssl says of them: over chains of every kind, with every mix of
/// keys, made anew each time by a seeded plan. Where both differ, the kind says why.
@Suite struct AgreementTests {
    /// Keys of the leaf, and of its authorities.
    private static let mixes: [(leaf: String, authority: String)] = [
        ("rsa", "rsa"), ("p256", "rsa"), ("p384", "p256"), ("ed25519", "ed25519"),
    ]
    /// 2026-11-23T15:34:00Z.
    private static let moment: Int64 = 1_795_448_040

    @Test func verdictsAreThoseOfOpenSSL() throws {
        guard let openssl = Tool("openssl") else {
            print("SKIPPED: openssl is not installed, so no verdict was compared with it")
            return
        }
        let workshop = try CertificateWorkshop(openssl)
        var table = AgreementTable()
        for (index, kind) in ChainKind.all.enumerated() {
            for (turn, mix) in Self.mixes.enumerated() {
                var maker = try ChainMaker(
                    workshop, mix: mix, moment: Self.moment, seed: UInt64(1000 * index + turn))
                try kind.make(&maker)
                let chain = try maker.finish()
                let theirs = try workshop.verdict(
                    chain.sent, roots: chain.roots, asking: chain.asked, at: Self.moment)
                table.note(kind, mix, ours: try Self.findings(on: chain), theirs)
            }
        }
        print(table.text)
        #expect(table.count >= 200)
        #expect(table.surprises.isEmpty, "\(table.surprises.joined(separator: "\n"))")
    }

    /// Rules that fire on a session in which a server showed this chain.
    private static func findings(on chain: ChainMaker.Chain) throws -> [String] {
        var context = SessionContext()
        var readings: [CertificateReading] = []
        for file in chain.sent {
            let octets = try der(file)
            readings.append(context.certificates.reading(of: octets.span))
        }
        var session = session(readings, asking: chain.asked)
        var chains = ChainJudge(try TrustStore(file: chain.roots))
        chains.review(&session)
        var settings = RuleSettings()
        settings.authorities = .named
        var judge = Judge(settings: settings)
        return judge.judge(session).findings
            .filter { $0.card.group == .certificate && $0.severity > .low }.map(\.card.id)
    }

    private static func der(_ file: String) throws -> [UInt8] {
        let text = try String(contentsOfFile: file, encoding: .utf8)
        let lines = text.split(separator: "\n").filter { !$0.hasPrefix("-") }
        return [UInt8](try #require(Data(base64Encoded: lines.joined())))
    }

    private static func session(_ chain: [CertificateReading], asking name: String) -> MailSession {
        var tls = TLSFacts(isImplicit: true)
        tls.clientHello = Observed(ClientHelloFacts(legacyVersion: .tls12, serverName: name), in: FrameNumber(4))
        tls.serverHello = Observed(
            ServerHelloFacts(
                legacyVersion: .tls12, version: .tls12, random: .none, cipherSuite: .ecdheRSAAES128GCMSHA256),
            in: FrameNumber(6))
        tls.certificates = .observed(Observed(chain, in: FrameNumber(7)))
        tls.leaf = chain.first?.facts.map { Observed($0, in: FrameNumber(7)) }
        tls.completed = true
        let start = Timestamp(nanoseconds: moment * 1_000_000_000)
        return MailSession(
            id: SessionID(high: 1, low: 2), client: Endpoint(IPAddress(v4: 0xC000_020A), 34004),
            server: Endpoint(IPAddress(v4: 0xC000_0219), 465), vlans: [], role: .implicitTLS,
            transport: TransportFacts(start: start, frame: FrameNumber(1)), application: .tls, smtp: nil,
            startTLS: StartTLSFacts(), tls: tls, firstClientOctets: nil, notObservable: [], errors: [], errorCount: 0)
    }
}

/// Who agrees with whom, by kind of chain.
struct AgreementTable {
    private var rows: [(kind: ChainKind, agreed: Int, all: Int, said: Set<String>)] = []
    /// Differences that no kind explains, and explanations without a difference.
    private(set) var surprises: [String] = []
    private(set) var count = 0
    private var differences: [String: (reason: String, examples: Set<String>)] = [:]

    mutating func note(
        _ kind: ChainKind, _ mix: (leaf: String, authority: String), ours: [String], _ theirs: (Int, depth: Int)
    ) {
        let expected = Self.rules(for: theirs.0, depth: theirs.depth)
        let agrees = theirs.0 == 0 ? ours.isEmpty : !expected.isDisjoint(with: ours)
        let said =
            "openssl \(theirs.0)\(theirs.0 == 0 ? "" : " at depth \(theirs.depth)"), earshot "
            + (ours.isEmpty ? "nothing" : ours.joined(separator: " "))
        count += 1
        if rows.last?.kind.name != kind.name { rows.append((kind, 0, 0, [])) }
        rows[rows.count - 1].all += 1
        rows[rows.count - 1].said.insert(said)
        if agrees { rows[rows.count - 1].agreed += 1 }
        switch (agrees, kind.difference) {
        case (false, let reason?): differences[kind.name, default: (reason, [])].examples.insert(said)
        case (false, nil): surprises.append("\(kind.name) (\(mix.leaf) by \(mix.authority)): \(said)")
        case (true, .some): surprises.append("\(kind.name) (\(mix.leaf) by \(mix.authority)): no difference: \(said)")
        case (true, nil): break
        }
    }

    /// What a verifier's error (X509_V_ERR_…) is called here.
    private static func rules(for error: Int, depth: Int) -> Set<String> {
        switch error {
        case 9: [depth == 0 ? "certificate-not-yet-valid" : "certificate-not-trusted"]
        case 10: [depth == 0 ? "certificate-expired" : "certificate-not-trusted"]
        case 18: ["certificate-self-signed"]
        // No issuer, a self-signed one that is not trusted, and what an issuer or the leaf may not do.
        case 2, 7, 19, 20, 21, 24, 25, 26, 32, 34, 47, 48, 79: ["certificate-not-trusted"]
        case 62, 64: ["certificate-host-mismatch"]
        case 66, 67: ["certificate-weak-key"]
        case 68: ["certificate-weak-signature"]
        default: []
        }
    }

    var text: String {
        var lines = ["\(count) chains; agreement of Earshot and openssl verify by kind:"]
        for row in rows {
            let label = row.kind.name.padding(toLength: 40, withPad: " ", startingAt: 0)
            lines.append("  \(label) \(row.agreed)/\(row.all)  \(row.said.sorted().joined(separator: "; "))")
        }
        lines.append("differences:")
        for (name, difference) in differences.sorted(by: { $0.key < $1.key }) {
            lines.append("  \(name): \(difference.reason) (\(difference.examples.sorted().joined(separator: "; ")))")
        }
        return lines.joined(separator: "\n")
    }
}
