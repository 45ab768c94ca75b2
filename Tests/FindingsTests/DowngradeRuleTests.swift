import Findings
import Testing

@testable import Sessions
@testable import Wire

@Suite struct StartTLSMaskedTests {
    @Test(arguments: ["XXXXXXXA", "XXXXXXXX", "xxxxxxxx", "XXXXXXAB"])
    func overwrittenKeywordsAreCertain(_ keyword: String) {
        let draft = StartTLSMasked.judge(sample().greet(["SIZE 1000", keyword])).draft
        #expect(draft?.certainty == .certain)
        #expect(draft?.severity == .high)
        #expect(draft?.evidence.first?.offset == 60)
    }

    @Test(arguments: ["STARTTLX", "STAXXTLS", "XTARTTLS"])
    func almostTheKeywordIsLikely(_ keyword: String) {
        let draft = StartTLSMasked.judge(sample().greet([keyword])).draft
        #expect(draft?.certainty == .likely)
        #expect(draft?.severity == .medium)
    }

    @Test(arguments: [
        "XCLIENT NAME ADDR", "XFORWARD NAME", "X-EXPS NTLM", "XEXCH50", "XVERP", "8BITMIME", "CHUNKING", "SMTPUTF8",
        "XXXXXXXXXX", "X-ANONYMOUSTLS", "HELP", "AUTH=LOGIN", "",
        "--------", "********", "XXXXXABC", "STARTXYZ",
    ])
    func vendorKeywordsPass(_ keyword: String) {
        #expect(StartTLSMasked.judge(sample().greet([keyword])).passed)
    }

    @Test func besidesAnOfferNothingIsMasked() {
        #expect(StartTLSMasked.judge(sample().greet(["XXXXXXXA", "STARTTLS"])).passed)
    }

    @Test func theBannerIsEvidenceAsWell() {
        let session = sample().greet(["XXXXXXXA"]).with {
            $0.smtp?.greeting = Sample.reply(220, "*****************", frame: 4, offset: 0)
        }
        #expect(StartTLSMasked.judge(session).draft?.evidence.map(\.frame) == [FrameNumber(6), FrameNumber(4)])
    }

    @Test func withoutAReplyThereIsNothingToSay() {
        let session = sample().greet().with {
            $0.smtp?.ehlo = nil
            $0.transport.capture = .oneSided
        }
        #expect(StartTLSMasked.judge(session).unobservable == .oneSided)
        let old = sample().greet().with {
            $0.smtp?.isESMTP = false
        }
        #expect(StartTLSMasked.judge(old).isNotApplicable)
    }
}

@Suite struct StartTLSRefusedTests {
    private func session(_ code: UInt16, then next: StartTLSFacts.AfterRefusal = .quit) -> MailSession {
        sample().greet().beginTLS().with {
            $0.startTLS.reply = Sample.reply(code, "4.7.0 TLS not available", frame: 9)
            $0.startTLS.afterRefusal = next
        }
    }

    @Test(arguments: [
        (StartTLSFacts.AfterRefusal.quit, Severity.low), (.nothing, .low), (.retried, .low),
        (.continuedInClear, .medium),
    ])
    func severityFollowsTheClient(_ next: StartTLSFacts.AfterRefusal, _ severity: Severity) {
        let draft = StartTLSRefused.judge(session(454, then: next)).draft
        #expect(draft?.severity == severity)
        #expect(draft?.evidence.first?.frame == FrameNumber(9))
    }

    @Test(arguments: [421, 454, 501, 554] as [UInt16])
    func otherCodesAreRefusals(_ code: UInt16) {
        #expect(StartTLSRefused.judge(session(code)).draft?.sentence.contains("\(code)") == true)
    }

    @Test func acceptancePasses() {
        #expect(StartTLSRefused.judge(session(220)).passed)
    }

    @Test(arguments: [500, 502] as [UInt16])
    func aCommandThatWasNotUnderstoodIsNoRefusal(_ code: UInt16) {
        #expect(StartTLSRefused.judge(session(code)).isNotApplicable)
    }

    @Test func withoutRequestOrReplyThereIsNoRefusal() {
        #expect(StartTLSRefused.judge(sample().greet()).isNotApplicable)
        let unanswered = sample().greet().beginTLS().with {
            $0.startTLS.reply = nil
        }
        #expect(StartTLSRefused.judge(unanswered).isNotApplicable)
        let unseen = unanswered.with { $0.transport.capture = .oneSided }
        #expect(StartTLSRefused.judge(unseen).unobservable == .oneSided)
    }
}

@Suite struct StartTLSWithoutTLSTests {
    private let mirrored = sample().greet().goOnInClear().sendMessage()
    private let encrypted = sample().greet().handshake()

    @Test func aloneItMayBeADecryptedMirror() {
        let draft = StartTLSWithoutTLS.judge(mirrored).draft
        #expect(draft?.severity == .info)
        #expect(draft?.certainty == .possible)
        #expect(draft?.evidence.first?.offset == 24)
    }

    @Test func besidesTLSItIsLikely() {
        let draft = StartTLSWithoutTLS.judge(mirrored, Sample.observing(mirrored, encrypted)).draft
        #expect(draft?.severity == .medium)
        #expect(draft?.certainty == .likely)
    }

    @Test func anUnansweredLineExposesLess() {
        #expect(StartTLSWithoutTLS.judge(sample().greet().goOnInClear(answered: false)).draft?.severity == .low)
    }

    @Test func probesAndTLSAreNoFinding() {
        let probe = sample().greet().beginTLS().with {
            $0.startTLS.afterReady = .quit(FrameNumber(10))
        }
        #expect(StartTLSWithoutTLS.judge(probe).isNotApplicable)
        #expect(StartTLSWithoutTLS.judge(encrypted).passed)
        #expect(StartTLSWithoutTLS.judge(sample().greet()).isNotApplicable)
        let holed = sample().greet().beginTLS().with {
            $0.startTLS.afterReady = .notObservable
        }
        #expect(StartTLSWithoutTLS.judge(holed).unobservable == .gap)
    }

    @Test func theCaptureAsAWholeTellsOfAMirror() {
        let one = StartTLSWithoutTLS.judge(Sample.observing(mirrored)).draft
        #expect(one?.certainty == .possible)
        #expect(one?.severity == .low)
        let many = StartTLSWithoutTLS.judge(Sample.observing(mirrored, mirrored, mirrored)).draft
        #expect(many?.certainty == .likely)
        #expect(many?.severity == .info)
        #expect(many?.sentence.contains("all 3 sessions") == true)
        #expect(StartTLSWithoutTLS.judge(Sample.observing(mirrored, encrypted)).passed)
        #expect(StartTLSWithoutTLS.judge(CaptureObservations()).isNotApplicable)
    }
}

@Suite struct TLSVersionRollbackTests {
    private func session(_ mark: UInt8?, chose: TLSVersion, offered: TLSVersion) -> MailSession {
        sample().greet().handshake(chose, .ecdheRSAAES128GCMSHA256, group: .x25519) {
            $0.clientHello = Observed(
                ClientHelloFacts(legacyVersion: .tls12, offeredVersions: [offered]), in: FrameNumber(16))
            guard let mark, let hello = $0.serverHello else { return }
            var marked = hello.value
            let octets = [UInt8](repeating: 7, count: 24) + Array("DOWNGRD".utf8) + [mark]
            marked.random = HelloRandom(octets.span)
            $0.serverHello = Observed(marked, in: hello.frame)
        }
    }

    @Test(arguments: [(1 as UInt8, TLSVersion.tls12, TLSVersion.tls13), (0, .tls11, .tls12), (0, .tls10, .tls13)])
    func aMarkAgainstTheOfferIsARollback(_ mark: UInt8, _ chose: TLSVersion, _ offered: TLSVersion) {
        let draft = TLSVersionRollback.judge(session(mark, chose: chose, offered: offered)).draft
        #expect(draft?.severity == nil)
        #expect(draft?.evidence.first?.frame == FrameNumber(18))
    }

    @Test func aMarkWithoutSuchAnOfferIsNormal() {
        let draft = TLSVersionRollback.judge(session(1, chose: .tls12, offered: .tls12)).draft
        #expect(draft?.severity == .info)
    }

    /// A server without TLS 1.1 answers an offer of it with TLS 1.0.
    @Test(arguments: [
        (0 as UInt8, TLSVersion.tls10, TLSVersion.tls11, "TLS 1.2 or higher"), (1, .tls11, .tls12, "TLS 1.3"),
        (0, .tls10, .tls10, "TLS 1.2 or higher"),
    ])
    func itSaysWhatTheClientAskedFor(_ mark: UInt8, _ chose: TLSVersion, _ offered: TLSVersion, _ supported: String) {
        let draft = TLSVersionRollback.judge(session(mark, chose: chose, offered: offered)).draft
        #expect(draft?.sentence == "The server supports \(supported); this client asked for \(offered) at most.")
    }

    /// TLS inspection that copies the origin's random looks the same.
    @Test func itIsNeverCertain() {
        #expect(TLSVersionRollback.card.certainty == .likely)
        #expect(TLSVersionRollback.judge(session(1, chose: .tls12, offered: .tls13)).draft?.certainty == nil)
    }

    @Test func aMarkThatItsOwnServerHelloContradictsSaysNothing() {
        #expect(TLSVersionRollback.judge(session(0, chose: .tls12, offered: .tls13)).passed)
        #expect(TLSVersionRollback.judge(session(1, chose: .tls13, offered: .tls13)).passed)
    }

    @Test func withoutMarkItPasses() {
        #expect(TLSVersionRollback.judge(session(nil, chose: .tls12, offered: .tls13)).passed)
    }

    @Test func withoutTheClientHelloItIsNotObserved() {
        var unseen = session(1, chose: .tls12, offered: .tls13)
        unseen.tls?.clientHello = nil
        #expect(TLSVersionRollback.judge(unseen).unobservable == .gap)
        #expect(TLSVersionRollback.judge(sample().greet()).isNotApplicable)
    }
}

@Suite struct TLSHandshakeFailedTests {
    private func session(_ failure: HandshakeFailure) -> MailSession {
        sample().greet().handshake(completed: false) {
            $0.failure = failure
        }
    }

    @Test(arguments: [
        (45 as UInt8, "certificate-expired"), (48, "certificate-not-trusted"), (42, "certificate-not-trusted"),
        (40, "validation-failure"), (70, "validation-failure"),
    ])
    func aClientsAlertNamesTheResultType(_ alert: UInt8, _ type: String) throws {
        let draft = TLSHandshakeFailed.judge(session(.alert(try Sample.alert(alert)))).draft
        #expect(draft?.tlsrptResultType == .named(type))
        #expect(draft?.severity == (type == "validation-failure" ? .low : .medium))
        #expect(draft?.evidence.first?.frame == FrameNumber(21))
        #expect(draft?.sentence.contains("client") == true)
    }

    @Test func aServersAlertSaysNothingAboutTheServer() throws {
        let draft = try #require(
            TLSHandshakeFailed.judge(session(.alert(try Sample.alert(48, from: .server)))).draft)
        #expect(Finding(TLSHandshakeFailed.card, draft).tlsrptResultType == nil)
        #expect(draft.severity == .low)
    }

    @Test(arguments: [0, 90] as [UInt8])
    func aCloseIsNoFailure(_ alert: UInt8) throws {
        #expect(TLSHandshakeFailed.judge(session(.alert(try Sample.alert(alert)))).passed)
    }

    @Test func aCutIsLikelyAndLow() {
        let draft = TLSHandshakeFailed.judge(session(.cut(by: .server, reset: true, frame: FrameNumber(22)))).draft
        #expect(draft?.severity == .low)
        #expect(draft?.certainty == .likely)
        #expect(draft?.sentence.contains("server reset") == true)
    }

    @Test func aShortRecordIsLikelyAnAlert() {
        let draft = TLSHandshakeFailed.judge(session(.likelyEncryptedAlert(by: .client, frame: FrameNumber(23)))).draft
        #expect(draft?.certainty == .likely)
        #expect(draft?.evidence.first?.frame == FrameNumber(23))
    }

    @Test func completedPassesAndUnknownIsNotObserved() {
        #expect(TLSHandshakeFailed.judge(sample().greet().handshake()).passed)
        #expect(TLSHandshakeFailed.judge(sample().greet().handshake(completed: nil)).unobservable == .gap)
        #expect(TLSHandshakeFailed.judge(sample().greet()).isNotApplicable)
    }

    @Test func tlsToAPlaintextServerIsExplained() {
        let session = sample().handshake(completed: nil).with {
            $0.application = .tlsHelloToPlaintextServer
        }
        #expect(TLSHandshakeFailed.judge(session).draft?.severity == .low)
    }
}
