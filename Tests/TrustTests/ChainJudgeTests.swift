import Foundation
import Support
import Testing

@testable import Trust
@testable import Wire

/// Chains that a server may send to make somebody err, or work without end.
@Suite struct ChainJudgeTests {
    private static let moment = ChainBench.moment
    private static let day = ChainBench.day

    /// The judgement follows from chain and time alone: whoever asked before, and in which order.
    @Test func theOrderOfAskingDoesNotMatter() throws {
        guard let bench = try ChainBench() else { return }
        let turn = Self.moment + 30 * Self.day
        let issuing = try bench.workshop.issue(
            "/CN=Issuing", key: try bench.workshop.key("p256", for: "issuing"), by: bench.root,
            .init(from: Self.moment - 30 * Self.day, until: turn), extensions: ChainBench.authority)
        let chain = try bench.readings([try bench.leaf(by: issuing), issuing])
        let start = Self.moment - 30 * Self.day
        let expected: [(Int64, ChainTrust)] = [
            (start - 1, .untrusted(.issuerNotYetValid)), (start, .trusted), (Self.moment, .trusted), (turn, .trusted),
            (turn + 1, .untrusted(.issuerExpired)), (turn + 9 * Self.day, .untrusted(.issuerExpired)),
        ]
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<8 {
            var judge = ChainJudge(bench.store)
            for (time, trust) in expected.shuffled(using: &generator) {
                #expect(judge.trust(of: chain, at: time) == trust, "at \(time - Self.moment)")
            }
        }
        var judge = ChainJudge(bench.store)
        for second in 0..<1000 { _ = judge.trust(of: chain, at: Self.moment + Int64(second)) }
        #expect(judge.followed == 1)
    }

    /// One leaf that is sent with the same certificates in many orders.
    @Test func ordersOfAChainDoNotPushEachOtherOut() throws {
        guard let bench = try ChainBench() else { return }
        let issuing = try bench.authority("Issuing", by: bench.root)
        let leaf = try bench.leaf(by: issuing)
        let others = [issuing, bench.root, try bench.authority("Bystander", by: bench.root)]
        let orders = try (0..<3).map { turn in
            try bench.readings([leaf] + others[turn...] + others[..<turn])
        }
        var judge = ChainJudge(bench.store)
        for _ in 0..<5 {
            for chain in orders { #expect(judge.trust(of: chain, at: Self.moment) == .trusted) }
        }
        // Two of them may still have one slot by chance.
        #expect(judge.followed < 15)
    }

    @Test func withoutABundleNothingIsFollowed() throws {
        guard let bench = try ChainBench() else { return }
        var judge = ChainJudge(nil)
        #expect(judge.trust(of: try bench.readings([bench.root]), at: Self.moment) == .notChecked)
        #expect(judge.followed == 0)
    }

    /// Sixteen certificates of one name and key, each of which has signed every other: ways among them without end.
    @Test(.timeLimit(.minutes(1))) func authoritiesThatSignEachOtherComeToAnEnd() throws {
        guard let bench = try ChainBench() else { return }
        let key = try bench.workshop.key("p256", for: "circle")
        var circle: [CertificateWorkshop.Made] = []
        for number in 0..<14 {
            circle.append(
                try bench.workshop.issue(
                    "/CN=Circle", key: key, by: circle.first, ChainBench.years(9),
                    extensions: ChainBench.authority + ["subjectAltName = DNS:a\(number).test"]))
        }
        let chain = try bench.readings([try bench.leaf(by: circle[0])] + circle)
        var judge = ChainJudge(bench.store)
        #expect(judge.trust(of: chain, at: Self.moment) == .undecided(.tooLong))
    }

    /// Five authorities, each three times: 243 ways, of which few are followed.
    @Test(.timeLimit(.minutes(1))) func waysDoNotMultiply() throws {
        guard let bench = try ChainBench() else { return }
        let stranger = try bench.authority("Stranger", by: nil)
        var chain: [CertificateWorkshop.Made] = []
        var issuer = stranger
        for level in 0..<5 {
            let versions = try (0..<3).map { version in
                try bench.authority(
                    "Level \(level)", by: issuer, ChainBench.years(9), extensions: ["1.2.3.\(version) = DER:05:00"])
            }
            chain = versions + chain
            issuer = versions[0]
        }
        let readings = try bench.readings([try bench.leaf(by: issuer)] + chain)
        var judge = ChainJudge(bench.store)
        #expect(judge.trust(of: readings, at: Self.moment) == .undecided(.tooLong))
    }

    @Test func aChainThatWasCutIsNotAccused() throws {
        guard let bench = try ChainBench() else { return }
        let stranger = try bench.workshop.issue(
            "/CN=Stranger", key: try bench.workshop.key("p256", for: "stranger"), by: nil, ChainBench.years(9),
            extensions: ChainBench.authority)
        let leaf = try bench.leaf(by: stranger)
        var judge = ChainJudge(bench.store)
        let short = try bench.readings([leaf, stranger])
        #expect(judge.trust(of: short, at: Self.moment) == .untrusted(.unknownAuthority))
        let long = try bench.readings([leaf] + Array(repeating: stranger, count: 15))
        #expect(judge.trust(of: long, at: Self.moment) == .undecided(.tooLong))
    }

    @Test func whatCannotBeReadIsNotAccused() throws {
        guard let bench = try ChainBench() else { return }
        let odd = CertificateReading.unreadable(WireError(.malformed("odd"), layer: .x509, offset: 0), sha256: "00")
        let issuing = try bench.workshop.issue(
            "/CN=Issuing", key: try bench.workshop.key("p256", for: "issuing"), by: bench.root, ChainBench.years(9),
            extensions: ChainBench.authority)
        let leaf = try bench.leaf(by: issuing)
        var judge = ChainJudge(bench.store)
        #expect(judge.trust(of: try bench.readings([leaf]) + [odd], at: Self.moment) == .undecided(.unreadable))
        #expect(judge.trust(of: try bench.readings([leaf]), at: Self.moment) == .untrusted(.incomplete))
        let whole = try bench.readings([leaf, issuing]) + [odd]
        #expect(judge.trust(of: whole, at: Self.moment) == .trusted)
        #expect(judge.trust(of: [odd], at: Self.moment) == .undecided(.unreadable))
    }

    /// RSASSA-PSS is not verified by the library: whoever uses it is not accused.
    @Test func signaturesOfOtherKindsAreNotAccused() throws {
        guard let bench = try ChainBench() else { return }
        let issuing = try bench.workshop.issue(
            "/CN=Issuing", key: try bench.workshop.key("rsa", for: "issuing"), by: bench.root, ChainBench.years(9),
            extensions: ChainBench.authority)
        let leaf = try bench.workshop.issue(
            "/CN=mail.test", key: try bench.workshop.key("p256", for: "leaf"), by: issuing, ChainBench.years(9),
            extensions: ["subjectAltName = DNS:mail.test"],
            options: ["-md", "sha256", "-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32"])
        var judge = ChainJudge(bench.store)
        #expect(
            judge.trust(of: try bench.readings([leaf, issuing]), at: Self.moment) == .undecided(.unsupportedAlgorithm))
    }

    /// An authority of the bundle whose key the library does not take may be who signed.
    @Test func whoeverAnUnusableAuthorityVouchesForIsNotAccused() throws {
        guard let bench = try ChainBench() else { return }
        let old = try bench.workshop.issue(
            "/CN=Old Root", key: try bench.workshop.key("rsa1024", for: "old"), by: nil, ChainBench.years(9),
            extensions: ChainBench.authority)
        var judge = ChainJudge(try TrustStore(file: old.file))
        let chain = try bench.readings([try bench.leaf(by: old)])
        #expect(judge.trust(of: chain, at: Self.moment) == .undecided(.unsupportedAlgorithm))
    }

    @Test func aKeyThatDidNotSignIsToldApart() throws {
        guard let bench = try ChainBench() else { return }
        let impostor = try bench.workshop.issue(
            "/CN=Root", key: try bench.workshop.key("p256", for: "impostor"), by: nil, ChainBench.years(9),
            extensions: ChainBench.authority)
        var judge = ChainJudge(bench.store)
        let chain = try bench.readings([try bench.leaf(by: impostor)])
        #expect(judge.trust(of: chain, at: Self.moment) == .untrusted(.notSignedByIssuer))
    }

    @Test func namesAreAskedOnce() throws {
        guard let bench = try ChainBench() else { return }
        let leaf = try bench.workshop.issue(
            "/CN=x", key: try bench.workshop.key("p256", for: "leaf"), by: bench.root, ChainBench.years(9),
            extensions: ["subjectAltName = DNS:m*.mail.test,IP:192.0.2.1"])
        let facts = try #require(try bench.readings([leaf]).first?.facts)
        var judge = ChainJudge(nil)
        #expect(judge.holds(facts, "mx.mail.test") == true)
        #expect(judge.holds(facts, "mx.mail.test") == true)
        #expect(judge.holds(facts, "nx.mail.test") == false)
        #expect(judge.holds(facts, "[192.0.2.1]") == true)
        #expect(judge.holds(facts, "192.0.2.2") == false)
    }
}
