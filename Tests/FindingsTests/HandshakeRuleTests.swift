import Findings
import Testing

@testable import Sessions
@testable import Wire

extension MailSession {
    /// A handshake with another ServerHello, and another offer.
    func handshake(
        _ version: TLSVersion, _ suite: CipherSuite = .ecdheRSAAES128GCMSHA256, group: NamedGroup? = .secp256r1,
        completed: Bool? = true, offer: (inout ClientHelloFacts) -> Void, answer: (inout ServerHelloFacts) -> Void
    ) -> MailSession {
        handshake(version, suite, group: group, completed: completed) {
            guard var client = $0.clientHello?.value, var server = $0.serverHello?.value else { return }
            offer(&client)
            answer(&server)
            $0.clientHello = Observed(client, in: FrameNumber(16))
            $0.serverHello = Observed(server, in: FrameNumber(18))
        }
    }
}

@Suite struct NoExtendedMasterSecretTests {
    private func session(
        _ version: TLSVersion = .tls12, offered: Bool, taken: Bool, completed: Bool? = true
    ) -> MailSession {
        sample().handshake(version, completed: completed) {
            $0.offersExtendedMasterSecret = offered
        } answer: {
            $0.usesExtendedMasterSecret = taken
        }
    }

    @Test(arguments: [TLSVersion.tls10, .tls11, .tls12])
    func theSentenceSaysWhoLacksIt(_ version: TLSVersion) {
        let server = NoExtendedMasterSecret.judge(session(version, offered: true, taken: false)).draft
        #expect(server?.sentence.contains("the server did not take it up") == true)
        #expect(server?.evidence.first?.frame == FrameNumber(18))
        let client = NoExtendedMasterSecret.judge(session(version, offered: false, taken: false)).draft
        #expect(client?.sentence.contains("did not offer") == true)
        #expect(NoExtendedMasterSecret.card.severity == .info)
        #expect(client?.severity == nil)
    }

    @Test func whatHasItBuiltInOrCannotHaveItIsSilent() {
        #expect(NoExtendedMasterSecret.judge(session(offered: true, taken: true)).passed)
        #expect(NoExtendedMasterSecret.judge(session(.tls13, offered: true, taken: false)).isNotApplicable)
        #expect(NoExtendedMasterSecret.judge(session(.ssl3, offered: false, taken: false)).isNotApplicable)
        let failed = session(offered: false, taken: false, completed: false)
        #expect(NoExtendedMasterSecret.judge(failed).isNotApplicable)
    }
}

@Suite struct InsecureRenegotiationTests {
    private func session(_ version: TLSVersion = .tls12, asked: Bool, confirmed: Bool) -> MailSession {
        sample().handshake(version) {
            $0.offersRenegotiationInfo = asked
        } answer: {
            $0.usesRenegotiationInfo = confirmed
        }
    }

    @Test func anUnansweredQuestionIsFound() {
        let draft = InsecureRenegotiation.judge(session(asked: true, confirmed: false)).draft
        #expect(draft?.evidence.map(\.frame) == [FrameNumber(18), FrameNumber(16)])
        #expect(InsecureRenegotiation.card.severity == .low)
    }

    @Test func whoDoesNotAskGetsNoAnswer() {
        #expect(InsecureRenegotiation.judge(session(asked: false, confirmed: false)).isNotApplicable)
        #expect(InsecureRenegotiation.judge(session(asked: true, confirmed: true)).passed)
        #expect(InsecureRenegotiation.judge(session(.tls13, asked: true, confirmed: false)).isNotApplicable)
        let unseen = session(asked: true, confirmed: false).with {
            $0.tls?.hello = nil
        }
        #expect(InsecureRenegotiation.judge(unseen).unobservable == .gap)
    }
}

@Suite struct TLSCompressionTests {
    private func session(_ method: UInt8, _ version: TLSVersion = .tls12, completed: Bool? = true) -> MailSession {
        sample().handshake(version, completed: completed) { _ in
        } answer: {
            $0.compressionMethod = method
        }
    }

    @Test(arguments: [(1 as UInt8, "DEFLATE"), (64, "LZS"), (224, "method 224")])
    func everyMethodButNoneIsFound(_ method: UInt8, _ name: String) {
        #expect(TLSCompression.judge(session(method)).draft?.sentence.contains(name) == true)
    }

    @Test func noneIsAsItShouldBe() {
        #expect(TLSCompression.judge(session(0)).passed)
        #expect(TLSCompression.judge(session(1, .tls13)).isNotApplicable)
        #expect(TLSCompression.judge(session(1, completed: false)).isNotApplicable)
    }
}

@Suite struct CipherNotOfferedTests {
    /// A client that offers TLS 1.3 and 1.2, two suites and two groups.
    private func session(
        _ version: TLSVersion = .tls12, _ suite: CipherSuite = .ecdheRSAAES128GCMSHA256,
        group: NamedGroup? = .secp256r1, completed: Bool? = true, isVersionExtended: Bool = false,
        offer: (inout ClientHelloFacts) -> Void = { _ in }
    ) -> MailSession {
        sample().handshake(version, suite, group: group, completed: completed) {
            $0.cipherSuites = [.ecdheRSAAES128GCMSHA256, .aes128GCMSHA256]
            $0.offeredVersions = [.tls13, .tls12]
            $0.groups = [.x25519, .secp256r1]
            $0.keyShareGroups = [.x25519]
            offer(&$0)
        } answer: {
            $0.isVersionExtended = isVersionExtended
        }
    }

    /// RFC 5246 appendix E.1: who does not know supported_versions answers legacy_version with its highest one.
    @Test func anOlderServerDoesNotKnowTheExtension() {
        #expect(CipherNotOffered.judge(session(.tls10)).passed)
        #expect(
            CipherNotOffered.judge(session(.tls13, .aes128GCMSHA256) { $0.offeredVersions = [.tls12] }).draft != nil)
    }

    @Test func whatWasOfferedPasses() {
        #expect(CipherNotOffered.judge(session()).passed)
        #expect(CipherNotOffered.judge(session(.tls13, .aes128GCMSHA256)).passed)
    }

    @Test func aStrangeSuiteVersionOrGroupIsFound() {
        let suite = CipherNotOffered.judge(session(.tls12, .rsaAES128CBCSHA)).draft
        #expect(suite?.sentence.contains("TLS_RSA_WITH_AES_128_CBC_SHA") == true)
        #expect(suite?.evidence.map(\.frame) == [FrameNumber(18), FrameNumber(16)])
        #expect(
            CipherNotOffered.judge(session(.tls11, isVersionExtended: true)).draft?.sentence.contains("TLS 1.1") == true
        )
        #expect(CipherNotOffered.judge(session(group: .secp384r1)).draft?.sentence.contains("secp384r1") == true)
    }

    @Test(arguments: [0x0305, 0xFEFD, 0x0100] as [UInt16])
    func aVersionThatNobodyKnowsIsFound(_ version: UInt16) {
        let strange = session(TLSVersion(rawValue: version))
        #expect(CipherNotOffered.judge(strange).draft?.sentence.contains("which the client did not offer") == true)
        #expect(Judge.rules(strange).contains("cipher-not-offered"))
    }

    /// The client that follows the standard leaves: that is when it matters most.
    @Test func aFailedHandshakeIsJudgedToo() {
        #expect(CipherNotOffered.judge(session(.tls12, .rsaAES128CBCSHA, completed: false)).draft != nil)
    }

    /// A HelloRetryRequest asks for another key share; the group was offered all along.
    @Test func keySharesMayChangeAfterARetry() {
        var retried = session(.tls13, .aes128GCMSHA256)
        let hello = retried.tls?.serverHello
        retried.tls?.helloRetryRequest = hello
        #expect(CipherNotOffered.judge(retried).passed)
    }

    /// RFC 9849 §7: who reads the ClientHello that is encrypted inside answers that one, in TLS 1.3.
    @Test func anOfferInsideTheOfferIsNotSeen() {
        let suite = session(.tls13, .aes256GCMSHA384) { $0.mayHideAnother = true }
        #expect(CipherNotOffered.judge(suite).unobservable == .encryptedByTLS13)
        #expect(!Judge.rules(suite).contains("cipher-not-offered"))
        let group = session(.tls13, .aes128GCMSHA256, group: .x448) { $0.mayHideAnother = true }
        #expect(CipherNotOffered.judge(group).draft == nil)
        let older = session(.tls12, .rsaAES128CBCSHA) { $0.mayHideAnother = true }
        #expect(CipherNotOffered.judge(older).draft != nil)
        #expect(CipherNotOffered.judge(session(.tls13, .aes256GCMSHA384)).draft != nil)
    }

    @Test func withoutSupportedGroupsAnyGroupWillDo() {
        #expect(CipherNotOffered.judge(session(group: .secp521r1) { $0.groups = [] }).passed)
    }

    /// GREASE is left out of what is kept of the offer: a server that chooses it may have read it there.
    @Test func greaseIsNoAccusation() {
        #expect(CipherNotOffered.judge(session(.tls12, CipherSuite(rawValue: 0x3A3A))).passed)
        #expect(CipherNotOffered.judge(session(group: NamedGroup(rawValue: 0x4A4A))).passed)
    }

    @Test func withoutSupportedVersionsEveryOlderVersionIsOffered() {
        #expect(CipherNotOffered.judge(session(.tls10) { $0.offeredVersions = nil }).passed)
        #expect(CipherNotOffered.judge(session(.tls13, .aes128GCMSHA256) { $0.offeredVersions = nil }).draft != nil)
        let unknown = session(.tls12) {
            $0.offeredVersions = nil
            $0.legacyVersion = TLSVersion(rawValue: 0x0305)
        }
        #expect(CipherNotOffered.judge(unknown).passed)
    }

    /// The copy that the server read may have made the offer.
    @Test func aConflictingCopyMakesItPossibleOnly() {
        let doubtful = session(.tls12, .rsaAES128CBCSHA).with {
            $0.transport.conflictCount = 1
        }
        #expect(CipherNotOffered.judge(doubtful).draft?.certainty == .possible)
        #expect(CipherNotOffered.judge(session(.tls12, .rsaAES128CBCSHA)).draft?.certainty == nil)
    }

    @Test func withoutAnOfferInSightNothingIsSaid() {
        let unseen = session(.tls12, .rsaAES128CBCSHA).with {
            $0.tls?.hello = nil
        }
        #expect(CipherNotOffered.judge(unseen).unobservable == .gap)
        #expect(CipherNotOffered.judge(sample().greet()).isNotApplicable)
    }
}

@Suite struct TLSFallbackRetryTests {
    private func session(_ signals: Bool, completed: Bool? = true) -> MailSession {
        sample().handshake(.tls12, completed: completed) {
            $0.offersFallbackSCSV = signals
        } answer: { _ in
        }
    }

    @Test func theSignalIsFoundWhateverCameOfIt() {
        for completed in [true, false, nil] as [Bool?] {
            let draft = TLSFallbackRetry.judge(session(true, completed: completed)).draft
            #expect(draft?.evidence.first?.frame == FrameNumber(16))
            #expect(draft?.sentence.contains("TLS 1.2") == true)
        }
        #expect(TLSFallbackRetry.card.severity == .low)
    }

    /// An old client that offers no more is no retry.
    @Test func aLowOfferAloneIsNone() {
        #expect(TLSFallbackRetry.judge(session(false)).passed)
        #expect(TLSFallbackRetry.judge(sample().greet()).isNotApplicable)
        let unseen = session(true).with {
            $0.tls?.hello = nil
        }
        #expect(TLSFallbackRetry.judge(unseen).unobservable == .gap)
    }
}
