import Findings
import Testing

@testable import Sessions
@testable import Wire

@Suite struct ExposureJudgeTests {
    private func judge(_ session: MailSession) -> Exposure {
        ExposureJudge.judge(session, Sample.observing(session))
    }

    // MARK: In clear

    @Test func aMessageInClearIsOpenToAnyone() {
        let exposure = judge(sample().greet().sendMessage())
        #expect(exposure == Exposure(listeners: [.anyone, .interceptor], interceptor: .possible, verdict: .open))
    }

    @Test(arguments: ["PLAIN", "CRAM-MD5"])
    func credentialsInClearAreOpen(_ mechanism: String) {
        #expect(judge(sample(port: 587).greet().logIn(mechanism, .refused, code: 535)).verdict == .open)
    }

    @Test(arguments: ["GSSAPI", "EXTERNAL"])
    func mechanismsWithoutSecretsLeaveIdle(_ mechanism: String) {
        #expect(judge(sample(port: 587).greet().logIn(mechanism, .accepted, code: 235)).verdict == .idle)
    }

    @Test func anUnknownMechanismLeavesItUnknown() {
        #expect(judge(sample(port: 587).greet().logIn("X-HOUSE", .accepted, code: 235)).verdict == .unknown)
    }

    @Test func aSuiteThatNobodyKnowsSealsNothing() {
        #expect(judge(sample().greet().handshake(.tls13, CipherSuite(rawValue: 0x9A9B))).verdict == .unknown)
    }

    /// The suite's number is known; what it does there is not.
    @Test(arguments: [0x0305, 0xFEFD, 0x7A7A, 0x0100] as [UInt16])
    func aVersionThatNobodyKnowsSealsNothing(_ version: UInt16) {
        for suite in [CipherSuite.ecdheRSAAES128GCMSHA256, .rsaAES128GCMSHA256] {
            let session = sample().greet().handshake(TLSVersion(rawValue: version), suite, group: nil)
            #expect(judge(session) == Exposure(listeners: [], interceptor: .unknown, verdict: .unknown))
        }
    }

    /// Its key comes from a secret that both sides have, and from no public key (RFC 4279 §2).
    @Test func aSharedKeyIsNotRecordedForAQuantumComputer() {
        let session = sample().greet().handshake(.tls12, CipherSuite(rawValue: 0x008C), group: nil) { $0.resumed = nil }
        #expect(judge(session).listeners == [.keyholder])
        #expect(NoPostQuantum.judge(session).isNotApplicable)
    }

    /// Nor where it goes into the keys besides public ones: RSA_PSK, DHE_PSK, ECDHE_PSK.
    @Test(arguments: [(0x00AC, Verdict.recordable), (0x00AA, .sealed), (0xD001, .sealed)] as [(UInt16, Verdict)])
    func aSharedKeyBesidesPublicOnesIsNotEither(_ suite: UInt16, _ verdict: Verdict) {
        let session = sample().greet().handshake(.tls12, CipherSuite(rawValue: suite), group: nil)
        #expect(judge(session).verdict == verdict)
        #expect(!judge(session).listeners.contains(.quantum))
        #expect(NoPostQuantum.judge(session).isNotApplicable)
    }

    @Test func mailBeforeTLSIsOpen() {
        #expect(judge(sample().greet().nameEnvelope().handshake()).verdict == .open)
    }

    @Test func aProbeIsIdle() {
        let exposure = judge(
            sample().greet().with {
                $0.smtp?.quit = FrameNumber(9)
            })
        #expect(exposure == Exposure(listeners: [], interceptor: .unknown, verdict: .idle))
    }

    @Test func aProbeSeenInPartIsUnknown() {
        let probe = sample().greet()
        let partial = [
            probe.with { $0.transport.capture = .oneSided },
            probe.with {
                $0.transport.capture = .midStream
                $0.smtp?.greeting = nil
            },
            probe.with { $0.transport.gapCount = 1 },
            probe.with { $0.transport.truncatedSegments = 1 },
            probe.with { $0.transport.state = .evicted },
            probe.beginTLS().with { $0.startTLS.afterReady = .notObservable },
        ]
        for session in partial { #expect(judge(session).verdict == .unknown) }
    }

    @Test func nobodyListensOnLoopback() {
        let exposure = judge(
            sample().greet().sendMessage().with {
                $0.client = Endpoint(IPAddress(v4: 0x7F00_0001), 40000)
                $0.server = Endpoint(IPAddress(v4: 0x7F00_0001), 25)
            })
        #expect(exposure == Exposure(listeners: [], interceptor: .unknown, verdict: .local))
    }

    @Test func whatIsNotMailIsNotJudged() {
        #expect(
            judge(
                sample().greet().sendMessage().with {
                    $0.application = .notMail
                }
            ) == Exposure(listeners: [], interceptor: .unknown, verdict: .unknown))
    }

    // MARK: A tap behind TLS inspection

    @Test func aDecryptedMirrorAccusesNobody() {
        let exposure = judge(sample().greet().goOnInClear().sendMessage())
        #expect(exposure == Exposure(listeners: [], interceptor: .unknown, verdict: .unknown))
    }

    @Test func mailBeforeTheMirroredPartCounts() {
        #expect(judge(sample().greet().goOnInClear().nameEnvelope(offset: 4)).verdict == .open)
    }

    @Test func besidesRealTLSTheSamePlaintextIsOpen() {
        let session = sample().greet().goOnInClear().sendMessage()
        let other = sample().greet().handshake()
        #expect(ExposureJudge.judge(session, Sample.observing(session, other)).verdict == .open)
    }

    // MARK: TLS

    @Test func aHybridGroupIsSealedFromAll() {
        let exposure = judge(sample().greet().handshake())
        #expect(exposure == Exposure(listeners: [], interceptor: .unknown, verdict: .sealed))
    }

    @Test(arguments: [NamedGroup.x25519, .secp256r1])
    func aClassicalGroupIsSealedButForQuantum(_ group: NamedGroup) {
        #expect(judge(sample().greet().handshake(group: group)).listeners == [.quantum])
    }

    @Test(arguments: [NamedGroup.x25519Kyber768Draft00, NamedGroup(rawValue: 0x7777)])
    func draftsAndUnknownGroupsAreNotAccused(_ group: NamedGroup) {
        #expect(judge(sample().greet().handshake(group: group)).listeners.isEmpty)
    }

    @Test func aResumedSessionIsNotListedForQuantum() {
        let exposure = judge(
            sample().greet().handshake(group: .x25519) {
                $0.resumed = true
            })
        #expect(exposure == Exposure(listeners: [], interceptor: .unknown, verdict: .sealed))
    }

    @Test func resumptionWithoutKeyShareIsRecordable() {
        let exposure = judge(
            sample().greet().handshake(group: nil) {
                $0.resumed = true
            })
        #expect(exposure == Exposure(listeners: [.keyholder], interceptor: .unknown, verdict: .recordable))
    }

    @Test func oldDraftsHideTheirKeyShares() {
        let draft = TLSVersion(rawValue: 0x7F13)
        #expect(judge(sample().greet().handshake(draft, group: nil) { $0.resumed = true }).verdict == .unknown)
    }

    @Test func staticRSAIsRecordable() {
        let exposure = judge(sample().greet().handshake(.tls12, .rsaAES128GCMSHA256, group: nil))
        #expect(exposure == Exposure(listeners: [.keyholder, .quantum], interceptor: .unknown, verdict: .recordable))
    }

    @Test func rc4IsWeak() {
        let exposure = judge(sample().greet().handshake(.tls12, .rsaRC4128SHA, group: nil))
        #expect(exposure.verdict == .weak)
        #expect(exposure.listeners == [.codebreaker, .keyholder, .quantum])
    }

    @Test func tripleDESIsNoListener() {
        #expect(judge(sample().greet().handshake(.tls12, .rsa3DESCBCSHA, group: nil)).verdict == .recordable)
    }

    @Test(arguments: [(1024, Verdict.weak), (2048, .sealed)])
    func aSmallPrimeIsWeak(_ bits: Int, _ verdict: Verdict) throws {
        let exchange = try Sample.prime(bits: bits)
        let exposure = judge(
            sample().greet().handshake(.tls12, .dheRSAAES256GCMSHA384, group: nil) {
                $0.serverKeyExchange = Observed(exchange, in: FrameNumber(18))
            })
        #expect(exposure.verdict == verdict)
    }

    @Test(arguments: [CipherSuite(rawValue: 0x0002), CipherSuite(rawValue: 0xC0B4)])
    func withoutEncryptionItIsOpen(_ suite: CipherSuite) {
        let version: TLSVersion = suite.rawValue == 0xC0B4 ? .tls13 : .tls12
        let exposure = judge(sample().greet().handshake(version, suite))
        #expect(exposure.verdict == .open)
        #expect(!exposure.listeners.contains(.codebreaker))
        #expect(judge(sample().greet().handshake(version, suite, completed: false)).verdict == .idle)
    }

    @Test func anonymousKeyExchangeLetsAnInterceptorIn() {
        let exposure = judge(sample().greet().handshake(.tls12, .dhAnonAES128CBCSHA, group: nil))
        #expect(exposure.verdict == .sealed)
        #expect(exposure.listeners == [.quantum, .interceptor])
    }

    @Test func aFailedHandshakeProtectsAndExposesNothing() {
        let exposure = judge(sample().greet().handshake(.tls12, .rsaRC4128SHA, group: nil, completed: false))
        #expect(exposure == Exposure(listeners: [], interceptor: .unknown, verdict: .idle))
    }

    @Test func octetsThatNobodyUnderstoodCouldBeMail() {
        let session = sample().greet().handshake(completed: false).with { $0.errorCount = 1 }
        #expect(judge(session).verdict == .unknown)
    }

    @Test func aHandshakeWithoutItsEndIsUnknown() {
        #expect(judge(sample().greet().handshake(completed: nil)).verdict == .unknown)
    }

    @Test func dataBothWaysShowsThatTheHandshakeEnded() {
        let exposure = judge(
            sample().greet().handshake(completed: nil) {
                $0.clientRecords.count = 5
                $0.serverRecords.count = 5
            })
        #expect(exposure.verdict == .sealed)
    }

    @Test func recordsAloneAreUnknown() {
        let exposure = judge(
            sample(port: 465).with {
                $0.transport.capture = .midStream
            }.handshake(completed: nil) {
                $0.clientHello = nil
                $0.serverHello = nil
                $0.clientRecords.count = 50
                $0.serverRecords.count = 50
            })
        #expect(exposure.verdict == .unknown)
    }

    @Test func aGapInsideTLSChangesNothing() {
        let sealed = sample().greet().handshake().with {
            $0.transport.gaps = [Gap(side: .client, offset: 900, length: 10)]
            $0.transport.gapCount = 1
        }
        #expect(judge(sealed).verdict == .sealed)
    }

    @Test func aGapBeforeTLSCouldHideMail() {
        let holed = sample().greet().handshake().with {
            $0.transport.gaps = [Gap(side: .client, offset: 5, length: 4)]
            $0.transport.gapCount = 1
        }
        #expect(judge(holed).verdict == .unknown)
    }

    @Test func tlsToAPlaintextServerIsIdle() {
        let exposure = judge(
            sample().handshake(completed: nil) {
                $0.isImplicit = true
                $0.serverHello = nil
            }.with {
                $0.application = .tlsHelloToPlaintextServer
            })
        #expect(exposure.verdict == .idle)
    }

    // MARK: Tampering

    @Test func aMaskedKeywordIsTamperingUnlessSomethingIsOpen() {
        let masked = ["PIPELINING", "XXXXXXXA"]
        #expect(judge(sample().greet(masked)).verdict == .tampered)
        let open = judge(sample().greet(masked).sendMessage())
        #expect(open.verdict == .open)
        #expect(open.interceptor == .happened)
    }

    @Test func aKeywordAlmostRightProvesNothing() {
        let exposure = judge(sample().greet(["STARTTLX"]))
        #expect(exposure == Exposure(listeners: [], interceptor: .unknown, verdict: .idle))
    }
}
