import Findings
import Testing

@testable import Sessions
@testable import Wire

@Suite struct RuleBookTests {
    @Test func numbersAndNamesAreUnique() {
        let cards = RuleBook.cards
        #expect(!cards.isEmpty)
        #expect(Set(cards.map(\.id)).count == cards.count)
        #expect(Set(cards.map(\.signatureID)).count == cards.count)
    }

    @Test(arguments: RuleBook.cards.map(\.id))
    func cardsAreComplete(_ id: String) throws {
        let card = try #require(RuleBook.card(id))
        #expect(card.id.allSatisfy { $0.isLowercase || $0 == "-" })
        #expect((9_025_001...9_025_999).contains(card.signatureID))
        for text in [card.title, card.explanation, card.alternatives, card.remediation] {
            #expect(!text.isEmpty)
            #expect(!text.contains("\n"))
            #expect(!text.contains("  "))
        }
        #expect(!card.citations.isEmpty)
        #expect(card.example.hasSuffix(".pcap"))
    }

    /// Somebody has to do something about every finding, and where it is a mail server's administrator, in any of the three.
    @Test(arguments: RuleBook.cards.map(\.id))
    func remediesNameTheJobAndTheSettings(_ id: String) throws {
        let remedies = try #require(RuleBook.card(id)).remedies
        #expect(!remedies.isEmpty)
        for remedy in remedies where remedy.job == .server || remedy.job == .client {
            #expect(remedy.settings.map(\.program) == [.postfix, .exim, .openSMTPD], "\(remedy.purpose)")
        }
    }

    @Test func remediesFitThePort() {
        let card = StartTLSUnused.card
        let draft = Finding.Draft("…", [])
        #expect(Finding(card, draft, on: .relay).remedies == [.useTLSWhereOffered])
        #expect(Finding(card, draft, on: .submission).remedies == [.requireTLSOnSubmission, .setClientToTLS])
        #expect(Finding(card, draft).remedies == card.remedies)
    }

    @Test func rulesAreFoundByName() {
        #expect(RuleBook.card("Weak-Cipher")?.id == "weak-cipher")
        #expect(RuleBook.card("no-such-rule") == nil)
    }

    @Test func everyRuleHasAKindThatIsAsked() {
        for rule in RuleBook.rules {
            #expect(rule is any SessionRule.Type || rule is any HopRule.Type || rule is any CaptureRule.Type)
        }
    }
}

@Suite struct JudgeTests {
    @Test func findingsComeWorstFirst() {
        var judge = Judge()
        let judged = judge.judge(
            sample(port: 587).greet().logIn("PLAIN", .accepted, code: 235, offset: 60).sendMessage())
        #expect(
            judged.findings.map(\.card.id)
                == ["credentials-in-clear", "message-in-clear", "starttls-unused", "cleartext-submission"])
        #expect(judged.exposure.verdict == .open)
    }

    @Test func noFindingClaimsMoreThanItsCard() {
        var judge = Judge()
        let sessions = [
            sample().greet(["XXXXXXXA"]).sendMessage(), sample().greet().goOnInClear(),
            sample().greet().handshake(.tls10, .rsaRC4128SHA, group: nil),
            sample(port: 465).greet().sendMessage(),
        ]
        for session in sessions {
            for finding in judge.judge(session).findings { #expect(finding.certainty <= finding.card.certainty) }
        }
    }

    @Test func trafficWithinOneHostAccusesNobody() {
        var judge = Judge()
        let judged = judge.judge(
            sample().greet().sendMessage().with {
                $0.client = Endpoint($0.server.address, 40000)
            })
        #expect(!judged.findings.isEmpty)
        #expect(judged.findings.allSatisfy { $0.severity == .info && $0.alternatives.hasPrefix("Both ends") })
    }

    @Test func whatIsNotMailHasNoFindings() {
        var judge = Judge()
        #expect(
            judge.judge(
                sample().greet().sendMessage().with {
                    $0.application = .notMail
                }
            ).findings.isEmpty)
    }

    @Test func theEndOfTheCaptureTellsOfAMirror() {
        var judge = Judge()
        #expect(judge.conclude(at: Timestamp(nanoseconds: 0)).findings.isEmpty)
        _ = judge.judge(sample().greet().goOnInClear())
        #expect(judge.conclude(at: Timestamp(nanoseconds: 0)).findings.map(\.card.id) == ["starttls-without-tls"])
    }
}

@Suite struct HopTableTests {
    private func judged(_ host: UInt32, _ change: (MailSession) -> MailSession) -> JudgedSession {
        var judge = Judge()
        return judge.judge(change(sample().with { $0.server = Endpoint(IPAddress(v4: host), 25) }))
    }

    @Test func hopsComeWorstFirstThenByKey() {
        var table = HopTable()
        table.add(judged(5) { $0.greet() })
        table.add(judged(4) { $0.greet().handshake() })
        table.add(judged(3) { $0.greet().sendMessage() })
        table.add(judged(2) { $0.greet().handshake() })
        table.add(judged(2) { $0.greet().handshake(completed: nil) })
        table.add(judged(1) { $0.greet().sendMessage() })
        #expect(table.sorted.map(\.key.server.address.low) == [1, 3, 2, 4, 5])
        #expect(table.sorted.map(\.verdict) == [.open, .open, .unknown, .sealed, .idle])
    }

    @Test func hopsOverTheLimitAreCounted() {
        var table = HopTable(limit: 1)
        for host in [1, 2, 1, 3] as [UInt32] { table.add(judged(host) { $0.greet() }) }
        #expect(table.count == 1)
        #expect(table.sorted.first?.sessions == 2)
        #expect(table.sessionsNotItemized == 2)
    }

    @Test func whatIsNotMailIsNoHop() {
        var table = HopTable()
        table.add(
            judged(1) {
                $0.with {
                    $0.application = .notMail
                }
            })
        #expect(table.count == 0)
    }
}
