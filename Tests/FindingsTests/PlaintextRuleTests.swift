import Findings
import Testing

@testable import Sessions
@testable import Wire

@Suite struct CredentialsInClearTests {
    private func finding(_ change: (MailSession) -> MailSession) -> Finding.Draft? {
        CredentialsInClear.judge(change(sample(port: 587).greet())).draft
    }

    @Test(arguments: [
        (Authentication.Outcome.accepted, 235 as UInt16?, Severity.critical), (.unanswered, nil, .high),
        (.refused, 535, .low), (.refused, 501, .low), (.refused, 538, .medium), (.refused, 454, .medium),
    ])
    func severityFollowsTheReply(_ outcome: Authentication.Outcome, _ code: UInt16?, _ severity: Severity) {
        let draft = finding { $0.logIn("PLAIN", outcome, code: code) }
        #expect(draft?.severity == severity)
        #expect(draft?.certainty == .certain)
        #expect(draft?.evidence.first?.frame == FrameNumber(12))
    }

    @Test(arguments: ["CRAM-MD5", "NTLM", "SCRAM-SHA-256", "DIGEST-MD5"])
    func guessableMechanismsWeighLess(_ mechanism: String) {
        #expect(finding { $0.logIn(mechanism, .accepted, code: 235, lines: 2) }?.severity == .medium)
    }

    @Test func anUnknownMechanismIsJustPossible() {
        #expect(finding { $0.logIn("X-HOUSE", .accepted, code: 235) }?.certainty == .possible)
    }

    @Test(arguments: ["EXTERNAL", "GSSAPI", "GS2-KRB5"])
    func mechanismsWithoutSecretsPass(_ mechanism: String) {
        #expect(finding { $0.logIn(mechanism, .accepted, code: 235) } == nil)
    }

    @Test func aCancelledExchangePasses() {
        #expect(finding { $0.logIn("LOGIN", .cancelled, lines: 2) } == nil)
    }

    @Test(arguments: ["LOGIN", "SCRAM-SHA-256"])
    func aUserNameAloneIsLow(_ mechanism: String) {
        let name = finding { $0.logIn(mechanism, .unanswered, lines: 1) }
        #expect(name?.severity == .low)
        #expect(name?.sentence.hasPrefix("The user name") == true)
        #expect((finding { $0.logIn(mechanism, .unanswered, lines: 2) }?.severity ?? .low) > .low)
        let initial = finding { $0.logIn(mechanism, .unanswered, lines: 1, hasInitialResponse: true) }
        #expect((initial?.severity ?? .low) > .low)
    }

    @Test func theOpeningOfNTLMExposesNothing() {
        #expect(finding { $0.logIn("NTLM", .unanswered, lines: 1) } == nil)
    }

    @Test func aCommandWithoutResponsePasses() {
        #expect(finding { $0.logIn("PLAIN", .refused, code: 504, lines: 0) } == nil)
    }

    @Test func acceptedWithoutItsOctetsIsLikely() {
        #expect(finding { $0.logIn("PLAIN", .accepted, code: 235, lines: 0) }?.certainty == .likely)
    }

    @Test func theWorstLeads() {
        let draft = finding {
            $0.logIn("PLAIN", .refused, code: 535).logIn("LOGIN", .accepted, code: 235, lines: 2, offset: 300)
        }
        #expect(draft?.severity == .critical)
        #expect(draft?.evidence.first?.offset == 320)
    }

    @Test func insideTLSNothingIsSeenAndThatIsAPass() {
        #expect(CredentialsInClear.judge(sample(port: 465).handshake()).passed)
        #expect(
            CredentialsInClear.judge(
                sample().with {
                    $0.transport.capture = .oneSided
                }.greet()
            ).unobservable == .oneSided)
        #expect(
            CredentialsInClear.judge(
                sample().with {
                    $0.application = .none
                }
            ).isNotApplicable)
    }
}

@Suite struct MessageAndEnvelopeInClearTests {
    @Test func aMessageIsFoundWhereItBegins() {
        let draft = MessageInClear.judge(sample().greet().sendMessage()).draft
        #expect(draft?.evidence.first?.frame == FrameNumber(14))
        #expect(draft?.certainty == .certain)
    }

    @Test func inferredContentIsLikely() {
        let session = sample().greet().sendMessage().with {
            $0.smtp?.contentInferred = true
        }
        #expect(MessageInClear.judge(session).draft?.certainty == .likely)
    }

    @Test func aDecryptedMirrorShowsNoMessageInClear() {
        let session = sample().greet().goOnInClear().sendMessage()
        #expect(MessageInClear.judge(session).unobservable == .insideTLS)
        #expect(EnvelopeInClear.judge(session).unobservable == .insideTLS)
    }

    @Test func anEnvelopeIsFoundOnlyWithoutContent() {
        #expect(EnvelopeInClear.judge(sample().greet().sendMessage()).isNotApplicable)
        let draft = EnvelopeInClear.judge(sample().greet().nameEnvelope()).draft
        #expect(draft?.evidence.first?.frame == FrameNumber(10))
        #expect(draft?.severity == nil)
    }

    @Test func aRefusedSenderWeighsLess() {
        let session = sample().greet().nameEnvelope(recipients: 0).with {
            $0.smtp?.transactions[0].mailReply = Observed(ReplyCode(530), in: FrameNumber(11))
        }
        #expect(EnvelopeInClear.judge(session).draft?.severity == .low)
    }

    @Test func aGapIsNoPass() {
        let session = sample().greet().with {
            $0.transport.gaps = [Gap(side: .client, offset: 100, length: 100)]
            $0.transport.gapCount = 1
        }
        #expect(MessageInClear.judge(session).unobservable == .gap)
        #expect(EnvelopeInClear.judge(session).unobservable == .gap)
    }
}

@Suite struct StartTLSOfferTests {
    private let bare = ["PIPELINING", "SIZE 1000"]

    @Test func noOfferAndMailInClearIsFound() {
        let draft = StartTLSNotOffered.judge(sample().greet(bare).sendMessage()).draft
        #expect(draft?.evidence.first?.frame == FrameNumber(7))
        #expect(draft?.severity == .medium)
        #expect(draft?.sentence.contains("cause undetermined") == true)
    }

    @Test func aProbeIsNoAlert() {
        let probe = sample().greet(bare).with {
            $0.smtp?.quit = FrameNumber(9)
        }
        #expect(StartTLSNotOffered.judge(probe).isNotApplicable)
    }

    @Test func anAuthWithoutSecretIsNoAlert() {
        let session = sample(port: 587).greet(bare).logIn("GSSAPI", .accepted, code: 235)
        #expect(StartTLSNotOffered.judge(session).isNotApplicable)
    }

    @Test func aHELOClientIsNotOfferedAnything() {
        let session = sample().greet(bare).with {
            $0.smtp?.ehlo = nil
            $0.smtp?.isESMTP = false
        }.sendMessage()
        #expect(StartTLSNotOffered.judge(session).isNotApplicable)
    }

    /// Offers of TLS are kept behind any number of other keywords.
    @Test func aReplyLongerThanWhatIsKeptOffersNothingEither() throws {
        let long = sample().greet(bare).with {
            $0.smtp?.ehlo = Sample.ehlo(bare, isCut: true)
        }.sendMessage()
        #expect(try #require(StartTLSNotOffered.judge(long).draft).certainty == .certain)
        let holed = long.with { $0.transport.gaps = [Gap(side: .server, offset: 4500, length: 5)] }
        #expect(StartTLSNotOffered.judge(holed).unobservable == .gap)
    }

    @Test func anIncompleteReplyIsNotObserved() {
        let missing = sample().greet(bare).with {
            $0.smtp?.ehlo = nil
        }.sendMessage()
        #expect(StartTLSNotOffered.judge(missing).unobservable == .gap)
        let unclear = sample().greet(bare).with {
            $0.smtp?.ehlo = EHLOReply(
                frame: FrameNumber(7), keywords: Sample.ehlo(bare).keywords, cut: .unclearReply)
        }.sendMessage()
        #expect(StartTLSNotOffered.judge(unclear).unobservable == .unclearReply)
        let holed = sample().greet(bare).sendMessage().with {
            $0.transport.gaps = [Gap(side: .server, offset: 45, length: 5)]
        }
        #expect(StartTLSNotOffered.judge(holed).unobservable == .gap)
        let truncated = sample().greet(bare).sendMessage().with {
            $0.transport.truncatedSegments = 1
        }
        #expect(StartTLSNotOffered.judge(truncated).unobservable == .truncatedPackets)
    }

    @Test func aReplyWhoseCommandWasNotSeenMayLackItsStart() {
        let joined = sample().greet(bare).sendMessage().with {
            $0.transport.capture = .midStream
            $0.smtp?.greeting = nil
            $0.smtp?.clientName = nil
            $0.smtp?.isESMTP = nil
        }
        #expect(StartTLSNotOffered.judge(joined).unobservable == .midStream)
    }

    @Test func anOfferPassesAndMaskingIsAnotherRule() {
        #expect(StartTLSNotOffered.judge(sample().greet().sendMessage()).passed)
        #expect(StartTLSNotOffered.judge(sample().greet(["XXXXXXXA"]).sendMessage()).isNotApplicable)
        #expect(StartTLSNotOffered.judge(sample(port: 465).greet(bare).sendMessage()).isNotApplicable)
    }

    @Test func anUnusedOfferIsFoundAtTheFirstCommand() {
        let session = sample().greet().logIn("PLAIN", .accepted, code: 235, offset: 60).sendMessage()
        let draft = StartTLSUnused.judge(session).draft
        #expect(draft?.evidence.map(\.offset) == [60, 80])
        #expect(draft?.severity == .medium)
    }

    /// Who has named a sender may still ask for TLS (RFC 3207 §4) when the capture ends; who has sent content does not.
    @Test func aCaptureThatEndsBeforeTheContentLowersTheCertainty() {
        let whole = sample().greet().sendMessage().with { $0.smtp?.dataCommands = 1 }
        #expect(StartTLSUnused.judge(whole.with { $0.transport.state = .open }).draft?.certainty == .certain)
        let short = whole.with { $0.smtp?.dataCommands = 0 }
        #expect(StartTLSUnused.judge(short.with { $0.transport.state = .closed }).draft?.certainty == .certain)
        #expect(StartTLSUnused.judge(short.with { $0.transport.state = .open }).draft?.certainty == .likely)
    }

    @Test func leavingWithoutMailIsAPass() {
        let probe = sample().greet().with {
            $0.smtp?.quit = FrameNumber(9)
        }
        #expect(StartTLSUnused.judge(probe).passed)
    }

    @Test func refusedGuessesWeighLess() {
        let session = sample(port: 587).greet().logIn("PLAIN", .refused, code: 535)
        #expect(StartTLSUnused.judge(session).draft?.severity == .low)
        #expect(CleartextSubmission.judge(session).draft?.severity == .low)
    }

    @Test func aUsedOfferPassesAndNoneIsNotApplicable() {
        #expect(StartTLSUnused.judge(sample().greet().handshake()).passed)
        #expect(StartTLSUnused.judge(sample().greet(bare).sendMessage()).isNotApplicable)
    }
}

@Suite struct CleartextPortTests {
    @Test func plaintextOnImplicitTLSIsFoundAtTheFirstOctets() {
        let draft = CleartextOnImplicitTLSPort.judge(sample(port: 465).greet().sendMessage()).draft
        #expect(draft?.evidence.first?.frame == FrameNumber(5))
        #expect(draft?.severity == .medium)
        #expect(CleartextOnImplicitTLSPort.judge(sample(port: 465).greet()).draft?.severity == .low)
    }

    @Test func tlsPassesAndOtherPortsDoNotApply() {
        #expect(CleartextOnImplicitTLSPort.judge(sample(port: 465).handshake()).passed)
        #expect(CleartextOnImplicitTLSPort.judge(sample().greet().sendMessage()).isNotApplicable)
    }

    @Test func joinedMidStreamIsNotObserved() {
        let session = sample(port: 465).greet().with {
            $0.smtp?.greeting = nil
            $0.transport.capture = .midStream
        }
        #expect(CleartextOnImplicitTLSPort.judge(session).unobservable == .midStream)
    }

    @Test func submissionInClearIsFoundOn587Only() {
        #expect(CleartextSubmission.judge(sample(port: 587).greet().sendMessage()).draft?.severity == .medium)
        #expect(CleartextSubmission.judge(sample().greet().sendMessage()).isNotApplicable)
        #expect(CleartextSubmission.judge(sample(port: 587).greet().handshake()).passed)
        #expect(CleartextSubmission.judge(sample(port: 587).greet()).passed)
    }
}
