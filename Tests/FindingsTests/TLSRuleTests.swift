import Findings
import Testing

@testable import Sessions
@testable import Wire

@Suite struct ObsoleteTLSVersionTests {
    @Test(arguments: [
        (25 as UInt16, TLSVersion.tls10, Severity.low), (25, .tls11, .low), (25, .ssl3, .low), (25, .ssl2, .medium),
        (587, .tls11, .medium), (465, .tls10, .medium),
    ])
    func oldVersionsAreFound(_ port: UInt16, _ version: TLSVersion, _ severity: Severity) {
        let session = sample(port: port).greet().handshake(version, .ecdheRSAAES128CBCSHA, group: .x25519)
        let draft = ObsoleteTLSVersion.judge(session).draft
        #expect(draft?.severity == severity)
        #expect(draft?.evidence.first?.frame == FrameNumber(18))
    }

    @Test(arguments: [TLSVersion.tls12, .tls13])
    func newOnesPass(_ version: TLSVersion) {
        #expect(ObsoleteTLSVersion.judge(sample().handshake(version)).passed)
    }

    @Test func aMissingServerHelloIsNotAPass() {
        let session = sample().handshake(completed: nil) {
            $0.serverHello = nil
        }
        #expect(ObsoleteTLSVersion.judge(session).unobservable == .gap)
    }

    @Test func aFailedHandshakeUsedNoVersion() {
        #expect(ObsoleteTLSVersion.judge(sample().handshake(.tls10, completed: false)).isNotApplicable)
        #expect(ObsoleteTLSVersion.judge(sample().greet()).isNotApplicable)
    }
}

@Suite struct WeakCipherTests {
    private func severity(_ suite: CipherSuite, port: UInt16 = 25) -> Severity? {
        WeakCipher.judge(sample(port: port).handshake(.tls12, suite, group: nil)).draft?.severity
    }

    @Test(arguments: [
        (0x0002 as UInt16, Severity.high), (0xC006, .high), (0x0003, .medium), (0x0009, .medium), (0x0005, .medium),
        (0x0006, .medium), (0x000A, .low), (0xC013, .low),
    ])
    func severityFollowsTheWeakness(_ suite: UInt16, _ severity: Severity) {
        #expect(self.severity(CipherSuite(rawValue: suite)) == severity)
    }

    @Test func outdatedSuitesWeighMoreOnSubmission() {
        #expect(severity(.rsa3DESCBCSHA, port: 587) == .low)
        #expect(severity(.ecdheRSAAES128CBCSHA, port: 465) == .low)
    }

    @Test(arguments: [
        CipherSuite.ecdheRSAAES128GCMSHA256, .aes128GCMSHA256, CipherSuite(rawValue: 0xC027), .rsaAES128GCMSHA256,
    ])
    func othersPass(_ suite: CipherSuite) {
        #expect(WeakCipher.judge(sample().handshake(.tls12, suite)).passed)
    }

    @Test func unusedOrUnseenSuitesAreNotFound() {
        #expect(WeakCipher.judge(sample().handshake(.tls12, .rsaRC4128MD5, completed: false)).isNotApplicable)
        let unseen = sample().handshake(completed: nil) {
            $0.serverHello = nil
        }
        #expect(WeakCipher.judge(unseen).unobservable == .gap)
        #expect(WeakCipher.judge(sample().greet()).isNotApplicable)
    }
}

@Suite struct NoForwardSecrecyTests {
    @Test(arguments: [(25 as UInt16, Severity.low), (587, .medium), (465, .medium)])
    func staticRSAIsFound(_ port: UInt16, _ severity: Severity) {
        let session = sample(port: port).handshake(.tls12, .rsaAES256GCMSHA384, group: nil)
        #expect(NoForwardSecrecy.judge(session).draft?.severity == severity)
    }

    @Test func resumptionWithoutKeyShareIsFound() {
        let session = sample().handshake(group: nil) {
            $0.resumed = true
        }
        #expect(NoForwardSecrecy.judge(session).draft?.sentence.contains("resumed") == true)
    }

    @Test func ephemeralKeysPass() {
        #expect(NoForwardSecrecy.judge(sample().handshake()).passed)
        #expect(
            NoForwardSecrecy.judge(
                sample().handshake(group: .x25519) {
                    $0.resumed = true
                }
            ).passed)
        #expect(NoForwardSecrecy.judge(sample().handshake(.tls12, .ecdheRSAAES128GCMSHA256)).passed)
    }

    @Test func unknownSuitesAndFailuresAreNotFound() {
        let unknown = sample().handshake(.tls12, CipherSuite(rawValue: 0xEEEE), group: nil)
        #expect(NoForwardSecrecy.judge(unknown).unobservable == .gap)
        let failed = sample().handshake(.tls12, .rsaAES256GCMSHA384, group: nil, completed: false)
        #expect(NoForwardSecrecy.judge(failed).isNotApplicable)
    }
}
