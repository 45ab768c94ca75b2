import Findings
import Settings
import Testing

@testable import Sessions
@testable import Wire

@Suite struct SuppressionTests {
    private static let rules = Set(RuleBook.cards.map(\.id))

    private static func read(_ text: String) throws -> [Suppression] {
        try SuppressionFile.parse(text, rules: rules)
    }

    private static func entry(_ lines: String) throws -> [Suppression] {
        try read("[[suppress]]\nrule = \"starttls-unused\"\nreason = \"known\"\nexpires = 2030-01-31\n" + lines)
    }

    /// A session that fires starttls-unused and message-in-clear.
    private static let session = sample().greet().sendMessage()

    private static func findings(_ entries: [Suppression]) -> ([String], Int) {
        var judge = Judge(suppressions: entries)
        let judged = judge.judge(session)
        return (judged.findings.map(\.card.id), judged.suppressed.count)
    }

    // MARK: What it covers

    @Test func anEntryTakesItsRuleAndNoOther() throws {
        let all = Self.findings([]).0
        #expect(all.contains("starttls-unused"))
        let (left, suppressed) = Self.findings(try Self.entry(""))
        #expect(left == all.filter { $0 != "starttls-unused" })
        #expect(suppressed == 1)
    }

    @Test func whatASessionExposedStays() throws {
        var plain = Judge()
        var suppressing = Judge(suppressions: try Self.entry(""))
        #expect(suppressing.judge(Self.session).exposure == plain.judge(Self.session).exposure)
    }

    @Test(arguments: [
        "client = \"%C\"", "client = \"%C/24\"", "server = \"%S\"", "port = 25",
        "client = \"%C\"\nserver = \"%S\"\nport = 25",
    ])
    func hopsAreMatched(_ lines: String) throws {
        let lines = lines.replacing("%C", with: Self.session.client.address.description)
            .replacing("%S", with: Self.session.server.address.description)
        #expect(Self.findings(try Self.entry(lines)).1 == 1)
    }

    @Test(arguments: [
        "client = \"203.0.113.9\"", "server = \"203.0.113.0/24\"", "port = 587", "server = \"2001:db8::/32\"",
    ])
    func otherHopsAreNot(_ lines: String) throws {
        #expect(Self.findings(try Self.entry(lines)).1 == 0)
    }

    @Test func theLastDayIsPartOfIt() throws {
        let day = Timestamp(nanoseconds: 1_893_456_000 * 1_000_000_000)  // 2030-01-01
        var judge = Judge(
            suppressions: try Self.read(
                "[[suppress]]\nrule = \"starttls-unused\"\nreason = \"known\"\nexpires = 2030-01-01\n"))
        let during = Self.session.with {
            $0.transport.start = Timestamp(nanoseconds: day.nanoseconds + 86_399_000_000_000)
        }
        let after = Self.session.with {
            $0.transport.start = Timestamp(nanoseconds: day.nanoseconds + 86_400_000_000_000)
        }
        #expect(judge.judge(during).suppressed == [0])
        #expect(judge.judge(after).suppressed.isEmpty)
    }

    @Test func whatIsPastItsDayIsNamed() throws {
        var summary = CaptureSummary()
        summary.suppressions = try Self.entry("")
        summary.end = Timestamp(nanoseconds: 1_800_000_000_000_000_000)
        #expect(summary.expiredSuppressions.isEmpty)
        summary.end = Timestamp(nanoseconds: 1_900_000_000_000_000_000)
        #expect(summary.expiredSuppressions == summary.suppressions)
    }

    // MARK: What is wrong with a file

    @Test(arguments: [
        (
            "[[suppress]]\nrule = \"no-such-rule\"\nreason = \"r\"\nexpires = 2030-01-01",
            "entry 1: there is no rule 'no-such-rule'"
        ),
        ("[[suppress]]\nreason = \"r\"\nexpires = 2030-01-01", "entry 1: it names no rule"),
        ("[[suppress]]\nrule = \"weak-cipher\"\nexpires = 2030-01-01", "entry 1: it gives no reason"),
        ("[[suppress]]\nrule = \"weak-cipher\"\nreason = \" \"\nexpires = 2030-01-01", "entry 1: it gives no reason"),
        ("[[suppress]]\nrule = \"weak-cipher\"\nreason = \"r\"", "entry 1: it has no day"),
        ("[[suppress]]\nrule = \"weak-cipher\"\nreason = \"r\"\nexpires = \"soon\"", "entry 1: it has no day"),
        (
            "[[suppress]]\nrule = \"weak-cipher\"\nreason = \"r\"\nexpires = 2030-01-01\nhost = \"x\"",
            "entry 1: 'host' means nothing"
        ),
        (
            "[[suppress]]\nrule = \"weak-cipher\"\nreason = \"r\"\nexpires = 2030-01-01\nclient = \"192.0.2.0/33\"",
            "entry 1: client takes"
        ),
        ("[[suppress]]\nrule = \"weak-cipher\"\nreason = \"r\"\nexpires = 2030-01-01\nport = 0", "entry 1: port takes"),
        ("suppress = 1", "entries begin with [[suppress]]"), ("[other]", "'other' means nothing"),
        ("[[suppress]]\nrule = ", "line 2:"),
    ])
    func mistakesAreNamed(_ text: String, _ why: String) {
        do throws(SettingsError) {
            _ = try SuppressionFile.parse(text, rules: Self.rules)
            Issue.record("it was taken: \(text)")
        } catch {
            #expect(error.description.contains(why), "\(error)")
        }
    }

    @Test func anEmptyFileSuppressesNothing() throws { #expect(try Self.read("# nothing\n").isEmpty) }
}

@Suite struct IPNetworkTests {
    @Test(arguments: [
        ("192.0.2.0/24", "192.0.2.255", true), ("192.0.2.0/24", "192.0.3.0", false), ("192.0.2.7", "192.0.2.7", true),
        ("192.0.2.7", "192.0.2.8", false), ("0.0.0.0/0", "203.0.113.1", true), ("0.0.0.0/0", "2001:db8::1", false),
        ("2001:db8::/32", "2001:db8:ffff::1", true), ("2001:db8::/32", "2001:db9::1", false),
        ("2001:db8::1/128", "2001:db8::1", true), ("2001:db8::/65", "2001:db8::8000:0:0:0", false),
        ("::/0", "::1", true),
    ])
    func prefixesAreCompared(_ network: String, _ address: String, _ isIn: Bool) throws {
        #expect(try #require(IPNetwork(network)).contains(try #require(IPAddress(literal: address))) == isIn)
    }

    @Test(arguments: [
        "", "/", "192.0.2.0/", "192.0.2.0/33", "192.0.2.0/-1", "192.0.2.0/24/24", "2001:db8::/129", "mx.example.org",
    ])
    func othersAreNone(_ text: String) { #expect(IPNetwork(text) == nil) }
}
