import Findings
import Testing

@testable import Sessions
@testable import Wire

/// What is told of a session that goes on stands, whatever comes after.
@Suite struct EarlyFindingTests {
    private func early(_ session: MailSession) -> [Finding] {
        Judge().judgeOpen(session.with { $0.transport.state = .open }).findings
    }

    private func early(_ id: String, _ session: MailSession) -> Finding? { early(session).first { $0.card.id == id } }

    private func atTheEnd(_ id: String, _ session: MailSession) -> Finding? {
        var judge = Judge()
        return judge.judge(session).findings.first { $0.card.id == id }
    }

    private var submission: MailSession { sample(port: 587).greet(["AUTH PLAIN"]) }

    // MARK: Logins

    @Test func aLoginWithoutItsReplyWaits() throws {
        let asked = submission.logIn("PLAIN", .unanswered)
        #expect(early("credentials-in-clear", asked) == nil)
        #expect(early("cleartext-submission", asked) == nil)
        // Still open when the capture ended: no reply will come.
        #expect(atTheEnd("credentials-in-clear", asked.with { $0.transport.state = .open })?.severity == .high)
        #expect(early("credentials-in-clear", submission.logIn("PLAIN", .refused, code: 535))?.severity == .low)
        #expect(early("credentials-in-clear", submission.logIn("PLAIN", .accepted, code: 235))?.severity == .critical)
    }

    @Test func oneAnsweredLoginIsToldBesideAnother() {
        let two = submission.logIn("PLAIN", .refused, code: 535).logIn("LOGIN", .unanswered, lines: 2, offset: 200)
        #expect(early("credentials-in-clear", two)?.severity == .low)
        #expect(early("credentials-in-clear", two)?.sentence.contains("1 more") == false)
        #expect(atTheEnd("credentials-in-clear", two)?.severity == .high)
    }

    // MARK: Mail

    @Test(arguments: [("cleartext-submission", 587 as UInt16), ("cleartext-on-implicit-tls-port", 465)])
    func mailWithoutItsReplyWaits(_ id: String, _ port: UInt16) {
        let named = sample(port: port).greet().nameEnvelope(recipients: 0)
        let waits = early(id, named)
        #expect(waits == nil || waits?.severity == .low)
        func answered(_ code: UInt16) -> MailSession {
            named.with { $0.smtp?.transactions[0].mailReply = Observed(ReplyCode(code), in: FrameNumber(11)) }
        }
        #expect(early(id, answered(250))?.severity == .medium)
        #expect(early(id, answered(530))?.severity == .low)
        #expect(atTheEnd(id, answered(530))?.severity == .low)
        #expect(early(id, sample(port: port).greet().nameEnvelope())?.severity == .medium)
        #expect(early(id, sample(port: port).greet().sendMessage())?.severity == .medium)
    }

    @Test func aSenderThatWaitsBehindARefusedOneWaits() {
        let refused = sample(port: 587).greet().nameEnvelope(recipients: 0).with {
            let next = Sample.client("MAIL FROM:<b@example.org>", frame: 15, offset: 160)
            $0.smtp?.transactions[0].mailReply = Observed(ReplyCode(530), in: FrameNumber(11))
            $0.smtp?.transactions.append(MailTransaction(mail: next, sender: QuotedText("b@example.org")))
        }
        #expect(early("cleartext-submission", refused) == nil)
    }

    /// Neither how much content there was nor what became of it is known before its end.
    @Test func contentIsToldWithoutItsEnd() throws {
        let session = sample().greet().sendMessage()
        let told = try #require(early("message-in-clear", session.with { $0.smtp?.messagesAccepted = 0 }))
        #expect(told.sentence == "Message content crossed in clear.")
        #expect(told.certainty == .certain)
        #expect(atTheEnd("message-in-clear", session)?.sentence.contains("512 octets") == true)
    }

    // MARK: Doubt

    @Test func overlappingFragmentsDoubtWhatComesBehindThem() {
        let session = sample().greet().sendMessage().with {
            $0.transport.ambiguousSegments = 1
            $0.transport.ambiguousSince = FrameNumber(12)
        }
        #expect(atTheEnd("message-in-clear", session)?.certainty == .likely)
        #expect(atTheEnd("message-in-clear", session)?.alternatives.contains("Fragments") == true)
        let behind = session.with { $0.transport.ambiguousSince = FrameNumber(15) }
        #expect(atTheEnd("message-in-clear", behind)?.certainty == .certain)
        #expect(atTheEnd("message-in-clear", behind)?.alternatives.contains("Fragments") == false)
    }
}

/// A clock that jumps before a session is over leaves less of what a certificate's dates had shown, so that waits.
@Suite struct EarlyDateTests {
    enum Doubt: String, CaseIterable {
        case expired = "certificate-expired"
        case notYetValid = "certificate-not-yet-valid"
        case expiringSoon = "certificate-expiring-soon"
        case issuerExpired, issuerNotYetValid
        case unknownAuthority
        case weakKey = "certificate-weak-key"

        var rule: String { rawValue.hasPrefix("certificate-") ? rawValue : "certificate-not-trusted" }

        var restsOnDates: Bool {
            switch self {
            case .unknownAuthority, .weakKey: false
            default: true
            }
        }

        var session: MailSession {
            let day: Int64 = 86_400
            return certified { certificate in
                switch self {
                case .expired: certificate.notAfter = Sample.start.seconds - 9 * day
                case .notYetValid: certificate.notBefore = Sample.start.seconds + 9 * day
                case .expiringSoon:
                    certificate.notBefore = Sample.start.seconds - 90 * day
                    certificate.notAfter = Sample.start.seconds + day
                case .weakKey: certificate.publicKey = PublicKeyFacts(.rsa, bits: 1024, description: "RSA 1024")
                default: break
                }
            }
            .with {
                switch self {
                case .issuerExpired: $0.tls?.trust = .untrusted(.issuerExpired)
                case .issuerNotYetValid: $0.tls?.trust = .untrusted(.issuerNotYetValid)
                case .unknownAuthority: $0.tls?.trust = .untrusted(.unknownAuthority)
                default: break
                }
            }
        }
    }

    private func early(_ session: MailSession) -> [Finding] {
        Judge().judgeOpen(session.with { $0.transport.state = .open }).findings
    }

    private func atTheEnd(_ session: MailSession) -> [Finding] {
        var judge = Judge()
        return judge.judge(session).findings
    }

    @Test(arguments: Doubt.allCases) func datesWaitForTheEnd(_ doubt: Doubt) {
        let isEarly = early(doubt.session).contains { $0.card.id == doubt.rule }
        #expect(isEarly == !doubt.restsOnDates)
        #expect(atTheEnd(doubt.session).contains { $0.card.id == doubt.rule })
    }

    /// A frame stamped ten years ahead, after everything that could be told early.
    @Test(arguments: Doubt.allCases) func whatWasToldStandsBehindALeap(_ doubt: Doubt) {
        let leapt = doubt.session.with { $0.transport.end = $0.transport.end.advanced(by: 315_360_000_000_000_000) }
        let final = atTheEnd(leapt)
        for told in early(doubt.session) {
            let same = final.first { $0.card.id == told.card.id }
            #expect(same?.severity == told.severity, "\(told.card.id)")
            #expect(same?.certainty == told.certainty, "\(told.card.id)")
            #expect(same?.sentence == told.sentence, "\(told.card.id)")
        }
        #expect(final.contains { $0.card.id == doubt.rule })
    }
}

/// What a tap behind TLS inspection shows, where no STARTTLS tells of it.
@Suite struct DecryptedMirrorTests {
    private func findings(_ session: MailSession) -> [Finding] {
        var judge = Judge()
        return judge.judge(session).findings
    }

    @Test func onPort465AnsweredPlaintextIsLikelyOnly() throws {
        let mirrored = findings(
            sample(port: 465).greet(["AUTH PLAIN"]).logIn("PLAIN", .accepted, code: 235).sendMessage())
        let plaintext = mirrored.filter { $0.card.group == .plaintext }
        #expect(plaintext.count >= 4)
        for finding in plaintext {
            #expect(finding.certainty == .likely, "\(finding.card.id)")
            #expect(finding.alternatives.contains("decrypted TLS"), "\(finding.card.id)")
        }
    }

    @Test func whoGetsNoAnswerIsNoMirror() {
        let silent = sample(port: 465).greet().with {
            $0.smtp?.greeting = nil
            $0.smtp?.ehlo = nil
            $0.transport.capture = .complete
        }
        let finding = findings(silent).first { $0.card.id == "cleartext-on-implicit-tls-port" }
        #expect(finding?.certainty == .certain)
    }

    @Test(arguments: ["cleartext-submission", "cleartext-on-implicit-tls-port", "credentials-in-clear"])
    func theCardsNameIt(_ id: String) { #expect(RuleBook.card(id)?.alternatives.contains("decrypted TLS") == true) }

    @Test(arguments: [Authentication.Outcome.accepted, .refused, .unanswered])
    func everyLoginNamesIt(_ outcome: Authentication.Outcome) {
        for (mechanism, code) in [("PLAIN", 535), ("X-OWN", 535), ("PLAIN", 535)] as [(String, UInt16)] {
            let session = sample(port: 587).greet(["AUTH PLAIN"])
                .logIn(mechanism, outcome, code: outcome == .accepted ? 235 : outcome == .refused ? code : nil)
            let finding = findings(session).first { $0.card.id == "credentials-in-clear" }
            #expect(finding?.alternatives.contains("decrypted TLS") == true, "\(mechanism) \(outcome)")
        }
    }
}

/// RFC 8460 §4.3: what is no failure of TLS has no type.
@Suite struct ResultTypeTests {
    private func type(_ id: String, _ session: MailSession) throws -> String? {
        var judge = Judge()
        return try #require(judge.judge(session).findings.first { $0.card.id == id }).tlsrptResultType
    }

    @Test func aServerThatSaysWhatItCanHasNotFailed() throws {
        let normal = sample().handshake(.tls12, group: .x25519) {
            $0.clientHello = Observed(ClientHelloFacts(legacyVersion: .tls12), in: FrameNumber(16))
            guard let hello = $0.serverHello else { return }
            var marked = hello.value
            let octets = [UInt8](repeating: 7, count: 24) + Array("DOWNGRD".utf8) + [1]
            marked.random = HelloRandom(octets.span)
            $0.serverHello = Observed(marked, in: hello.frame)
        }
        #expect(try type("tls-version-rollback", normal) == nil)
    }

    @Test func aServersAlertIsNoVerdictOnTheServer() throws {
        func failed(by side: Side) throws -> MailSession {
            let alert = try Sample.alert(40, from: side)
            return sample().greet().handshake(completed: false) { $0.failure = .alert(alert) }
        }
        #expect(try type("tls-handshake-failed", failed(by: .server)) == nil)
        #expect(try type("tls-handshake-failed", failed(by: .client)) == "validation-failure")
    }

    @Test func whereTLSCameItIsSupported() throws {
        let accepted = sample().greet(["SIZE"]).handshake()
        #expect(try type("starttls-contradiction", accepted) == nil)
        let demanded = sample().greet(["SIZE"]).with {
            var unusual = UnusualFacts()
            unusual.demandForTLS = Sample.server("530 Must issue a STARTTLS command first", frame: 12, offset: 300)
            $0.smtp?.unusual = unusual
        }
        #expect(try type("starttls-contradiction", demanded) == "starttls-not-supported")
    }
}

/// A keyword that is off by a letter or two proves nothing where STARTTLS may stand in another line.
@Suite struct NearlyMaskedTests {
    @Test func theWholeReplyHasToBeSeen() {
        let nearly = sample().greet(["SIZE 1000", "STARTTXX"])
        #expect(StartTLSMasked.judge(nearly).draft?.certainty == .likely)
        let holed = nearly.with {
            $0.transport.gaps = [Gap(side: .server, offset: 45, length: 14)]
            $0.transport.gapCount = 1
        }
        #expect(StartTLSMasked.judge(holed).unobservable == .gap)
        let cut = nearly.with { $0.smtp?.ehlo = Sample.ehlo(["SIZE 1000", "STARTTXX"], isCut: true) }
        #expect(StartTLSMasked.judge(cut).unobservable == .budget)
        #expect(
            StartTLSMasked.judge(nearly.with { $0.transport.truncatedSegments = 1 }).unobservable == .truncatedPackets)
        // Letters that are no keyword are altered, whatever else was said.
        let overwritten = sample().greet(["SIZE 1000", "XXXXXXXA"]).with { $0.transport.truncatedSegments = 1 }
        #expect(StartTLSMasked.judge(overwritten).draft?.certainty == .certain)
    }
}
