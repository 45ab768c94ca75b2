import Findings
import Testing

@testable import Sessions
@testable import Wire

@Suite struct NoPostQuantumTests {
    private func offering(_ groups: NamedGroup..., chosen: NamedGroup?, _ version: TLSVersion = .tls13) -> MailSession {
        sample().handshake(version, group: chosen) {
            $0.clientHello = $0.clientHello?.map { hello in
                var hello = hello
                hello.groups = groups
                return hello
            }
        }
    }

    @Test func theSentenceSaysWhatTheClientOffered() {
        let without = NoPostQuantum.judge(offering(.x25519, .secp256r1, chosen: .x25519)).draft
        #expect(without?.sentence.contains("did not offer any") == true)
        #expect(without?.evidence.first?.frame == FrameNumber(18))
        let with = NoPostQuantum.judge(offering(.x25519MLKEM768, .x25519, chosen: .x25519)).draft
        #expect(with?.sentence.contains("the server chose another one") == true)
        let unseen = sample().handshake(group: .x25519) {
            $0.hello = nil
        }
        #expect(NoPostQuantum.judge(unseen).draft?.sentence.contains("was not seen") == true)
        let hidden = sample().handshake(group: .x25519) {
            $0.clientHello = $0.clientHello?.map { hello in
                var hello = hello
                hello.mayHideAnother = true
                return hello
            }
        }
        #expect(NoPostQuantum.judge(hidden).draft?.sentence.contains("was not seen") == true)
    }

    @Test func isNeverMoreThanARemark() {
        #expect(NoPostQuantum.card.severity == .info)
        #expect(NoPostQuantum.judge(offering(.x25519, chosen: .x25519)).draft?.severity == nil)
    }

    @Test func theOfferAloneProtectsNothingAndTheChoiceDoes() {
        for group in [NamedGroup.x25519MLKEM768, .secP256r1MLKEM768, .secP384r1MLKEM1024, .mlkem768] {
            #expect(NoPostQuantum.judge(offering(group, .x25519, chosen: group)).passed)
        }
    }

    @Test(arguments: [NamedGroup.x25519Kyber768Draft00, .secP256r1Kyber768Draft00])
    func draftsOfKyberDoNotCount(_ group: NamedGroup) {
        #expect(NoPostQuantum.judge(offering(group, chosen: group)).draft?.sentence.contains("draft") == true)
    }

    @Test func olderVersionsHaveNone() {
        let session = sample().handshake(.tls12, .rsaAES128GCMSHA256, group: nil)
        #expect(NoPostQuantum.judge(session).draft?.evidence.first?.frame == FrameNumber(18))
    }

    @Test func whatIsResumedUnknownOrUnencryptedIsNotAccused() {
        let resumed = sample().handshake(group: .x25519) {
            $0.resumed = true
        }
        #expect(NoPostQuantum.judge(resumed).unobservable == .resumedSession)
        let unknown = sample().handshake(group: NamedGroup(rawValue: 0x4242))
        #expect(NoPostQuantum.judge(unknown).unobservable == .gap)
        #expect(NoPostQuantum.judge(sample().handshake(.tls12, CipherSuite(rawValue: 0xC010))).isNotApplicable)
        #expect(NoPostQuantum.judge(sample().handshake(group: .x25519, completed: false)).isNotApplicable)
        #expect(NoPostQuantum.judge(sample().greet()).isNotApplicable)
    }
}

@Suite struct WeakKeyExchangeTests {
    private func exchange(
        bits: Int? = nil, curve: NamedGroup? = nil, finiteField: NamedGroup? = nil, _ scheme: SignatureScheme? = nil,
        completed: Bool? = true
    ) throws -> MailSession {
        var facts = try Sample.prime(bits: 2048)
        facts.dhPrimeBits = bits
        facts.group = curve
        facts.finiteField = finiteField
        facts.signatureScheme = scheme
        return sample().handshake(.tls12, .dheRSAAES256GCMSHA384, group: curve, completed: completed) {
            $0.serverKeyExchange = Observed(facts, in: FrameNumber(19))
        }
    }

    @Test(arguments: [(512, Severity.medium), (1024, .medium), (1025, .low), (1536, .low), (2047, .low)])
    func shortPrimesAreFound(_ bits: Int, _ severity: Severity) throws {
        let draft = WeakKeyExchange.judge(try exchange(bits: bits)).draft
        #expect(draft?.severity == severity)
        #expect(draft?.evidence.first?.frame == FrameNumber(19))
        #expect(draft?.sentence.contains("\(bits) bits") == true)
    }

    @Test func onlyNamedPrimesOf2048BitsAreBeyondRemark() throws {
        let unnamed = WeakKeyExchange.judge(try exchange(bits: 2048)).draft
        #expect(unnamed?.severity == .info)
        #expect(WeakKeyExchange.judge(try exchange(bits: 2048, finiteField: .ffdhe2048)).passed)
        #expect(WeakKeyExchange.judge(try exchange(bits: 4096)).passed)
    }

    @Test(arguments: [
        (NamedGroup.secp160r1, true), (.secp192r1, true), (.sect193r1, true), (.secp224r1, false), (.secp256r1, false),
        (.x25519, false), (.sect233k1, false),
    ])
    func shortCurvesAreFound(_ curve: NamedGroup, _ isWeak: Bool) throws {
        let judgement = WeakKeyExchange.judge(try exchange(curve: curve))
        #expect(judgement.draft?.severity == (isWeak ? .low : nil))
        #expect(judgement.passed != isWeak)
    }

    @Test(arguments: [
        (SignatureScheme.rsaPKCS1SHA1, true), (.rsaPKCS1MD5, true), (.ecdsaSHA1, true), (.rsaPKCS1SHA256, false),
        (.rsaPSSSHA256, false), (.ed25519, false), (SignatureScheme(rawValue: 0x0301), false),
    ])
    func brokenHashesAreFound(_ scheme: SignatureScheme, _ isWeak: Bool) throws {
        let judgement = WeakKeyExchange.judge(try exchange(curve: .secp256r1, scheme))
        #expect(judgement.draft?.severity == (isWeak ? .low : nil))
        #expect(judgement.passed != isWeak)
    }

    /// Before TLS 1.2 no scheme stands in the message: what is signed there is the version's affair.
    @Test func olderVersionsAreNotBlamedForTheirHash() throws {
        #expect(try Sample.prime(bits: 2048).signatureScheme == nil)
    }

    @Test func whereThereIsNoSuchMessageNothingIsSaid() throws {
        #expect(WeakKeyExchange.judge(sample().handshake(.tls12, .rsaAES128GCMSHA256, group: nil)).isNotApplicable)
        let resumed = sample().handshake(.tls12, .dheRSAAES256GCMSHA384, group: nil) {
            $0.resumed = true
        }
        #expect(WeakKeyExchange.judge(resumed).unobservable == .resumedSession)
        let lost = sample().handshake(.tls12, .dheRSAAES256GCMSHA384, group: nil)
        #expect(WeakKeyExchange.judge(lost).unobservable == .gap)
        #expect(WeakKeyExchange.judge(try exchange(bits: 512, completed: false)).isNotApplicable)
    }
}

@Suite struct UnauthenticatedKeyExchangeTests {
    @Test(arguments: [(25 as UInt16, Severity.info), (465, .high), (587, .high), (2525, .info)])
    func severityFollowsThePort(_ port: UInt16, _ severity: Severity) {
        let session = sample(port: port).handshake(.tls12, .dhAnonAES128CBCSHA, group: nil)
        #expect(UnauthenticatedKeyExchange.judge(session).draft?.severity == severity)
    }

    @Test func certificatesAndFailuresAreNoFinding() {
        #expect(UnauthenticatedKeyExchange.judge(sample(port: 587).handshake(.tls12, .rsaAES128CBCSHA)).passed)
        #expect(UnauthenticatedKeyExchange.judge(sample(port: 587).handshake()).passed)
        let failed = sample(port: 587).handshake(.tls12, .dhAnonAES128CBCSHA, group: nil, completed: false)
        #expect(UnauthenticatedKeyExchange.judge(failed).isNotApplicable)
    }
}

@Suite struct PSKWithoutDHTests {
    private func resumed(group: NamedGroup?, _ version: TLSVersion = .tls13, completed: Bool? = true) -> MailSession {
        sample().handshake(version, group: group, completed: completed) {
            $0.resumed = true
            $0.serverHello = $0.serverHello?.map { hello in
                var hello = hello
                hello.selectedPSK = 0
                return hello
            }
        }
    }

    @Test func aMissingKeyShareIsFound() {
        let draft = PSKWithoutDH.judge(resumed(group: nil)).draft
        #expect(draft?.evidence.first?.frame == FrameNumber(18))
        #expect(Judge.rules(resumed(group: nil)).contains("psk-without-dh"))
    }

    @Test func whatHasOneIsAsItShouldBe() {
        #expect(PSKWithoutDH.judge(resumed(group: .x25519)).passed)
        #expect(PSKWithoutDH.judge(sample().handshake()).isNotApplicable)
        #expect(PSKWithoutDH.judge(resumed(group: nil, completed: false)).isNotApplicable)
    }

    /// Drafts before 23 had key shares under a number that is not read.
    @Test func oldDraftsAreNotJudged() {
        #expect(PSKWithoutDH.judge(resumed(group: nil, TLSVersion(rawValue: 0x7F16))).passed)
        #expect(PSKWithoutDH.judge(resumed(group: nil, TLSVersion(rawValue: 0x7F1C))).draft != nil)
    }
}

@Suite struct EarlyDataTests {
    private func early(
        offered: Bool = true, sent: FrameNumber? = FrameNumber(17), selected: UInt16? = 0, retried: Bool = false
    ) -> MailSession {
        sample(port: 465).handshake(group: .x25519) {
            $0.resumed = selected != nil
            $0.earlyRecord = sent
            $0.clientHello = $0.clientHello?.map { hello in
                var hello = hello
                hello.offersEarlyData = offered
                return hello
            }
            $0.serverHello = $0.serverHello?.map { hello in
                var hello = hello
                hello.selectedPSK = selected
                return hello
            }
            if retried { $0.helloRetryRequest = $0.serverHello }
        }
    }

    @Test func dataBeforeTheServerHelloIsFound() {
        let draft = EarlyData.judge(early()).draft
        #expect(draft?.evidence.first?.frame == FrameNumber(17))
        #expect(Judge.rules(early()).contains("early-data"))
    }

    @Test func whatTheServerThrewAwayIsNoFinding() {
        #expect(EarlyData.judge(early(selected: nil)).passed)
        #expect(EarlyData.judge(early(selected: 1)).passed)
        #expect(EarlyData.judge(early(retried: true)).passed)
    }

    @Test func anOfferWithoutDataAndDataWithoutOfferAreNone() {
        #expect(EarlyData.judge(early(sent: nil)).passed)
        #expect(EarlyData.judge(early(offered: false)).passed)
        // Behind the ServerHello it is no early data.
        #expect(EarlyData.judge(early(sent: FrameNumber(19))).passed)
    }
}

extension Judge {
    /// The rules that fire on a session, traits and all.
    static func rules(_ session: MailSession) -> [String] {
        var judge = Judge()
        return judge.judge(session).findings.map(\.card.id)
    }
}
