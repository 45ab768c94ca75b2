import Findings
@testable import Sessions
import Testing
@testable import Wire

@Suite struct CertificateExpiredTests {
    private func judge(port: UInt16 = 25, completed: Bool? = true, notAfter: Int64) -> Judgement {
        CertificateExpired.judge(
            sample(port: port) { $0.showCertificate(completed: completed) { $0.notAfter = notAfter } })
    }

    @Test(arguments: [
        (25 as UInt16, true as Bool?, Severity.low), (25, false, .low), (587, true, .high), (465, true, .high),
        (587, false, .medium), (587, nil, .medium),
    ])
    func severityFollowsPortAndClient(_ port: UInt16, _ completed: Bool?, _ severity: Severity) {
        let draft = judge(port: port, completed: completed, notAfter: Sample.start.seconds - 1).draft
        #expect(draft?.severity == severity)
        #expect(draft?.certainty == .certain)
        #expect(draft?.evidence.first?.frame == FrameNumber(19))
    }

    /// The last moment of validity is still valid (RFC 5280 §4.1.2.5).
    @Test func theLastSecondIsValid() {
        #expect(judge(notAfter: Sample.start.seconds).passed)
        #expect(judge(notAfter: .max).passed)
    }

    @Test(arguments: [
        (1 as Int64, "less than a day"), (86_400, "1 day"), (10 * 86_400 + 5, "10 days"),
    ])
    func theSentenceTellsTheAge(_ seconds: Int64, _ words: String) {
        #expect(judge(notAfter: Sample.start.seconds - seconds).draft?.sentence.contains(" \(words) before") == true)
    }

    @Test(arguments: [0 as Int64, 788_918_399, 4_102_444_800])
    func anImplausibleClockProvesNothing(_ seconds: Int64) {
        let session = sample(port: 587) {
            $0.transport.start = Timestamp(nanoseconds: seconds * 1_000_000_000)
            $0.transport.end = $0.transport.start
            $0.showCertificate { $0.notAfter = -1_000_000_000 }
        }
        let draft = CertificateExpired.judge(session).draft
        #expect(draft?.certainty == .possible)
        #expect(draft?.severity == .low)
    }

    @Test func aClockThatRunsBackwardsProvesNothing() {
        let session = sample(port: 587) {
            $0.transport.end = Timestamp(nanoseconds: $0.transport.start.nanoseconds - 1)
            $0.showCertificate { $0.notAfter = 0 }
        }
        #expect(CertificateExpired.judge(session).draft?.certainty == .possible)
    }

    @Test(arguments: [Int64.min, Int64.min + 1])
    func hostileDatesDoNotTrap(_ notAfter: Int64) {
        #expect(judge(notAfter: notAfter).draft != nil)
    }

    @Test func whatIsHiddenIsNotAPass() {
        let encrypted = sample {
            $0.handshake { $0.certificates = .notObservable(.encryptedByTLS13) }
        }
        #expect(CertificateExpired.judge(encrypted).unobservable == .encryptedByTLS13)
        let resumed = sample { $0.handshake(.tls12) { $0.certificates = .notObservable(.resumedSession) } }
        #expect(CertificateExpired.judge(resumed).unobservable == .resumedSession)
        let missing = sample { $0.handshake(.tls12, .ecdheRSAAES128GCMSHA256) }
        #expect(CertificateExpired.judge(missing).unobservable == .gap)
    }

    @Test func withoutCertificateThereIsNothingToJudge() {
        #expect(CertificateExpired.judge(sample { $0.greet() }).isNotApplicable)
        #expect(CertificateExpired.judge(sample { $0.handshake(.tls12, .dhAnonAES128CBCSHA) }).isNotApplicable)
        let failed = sample { $0.handshake(.tls12, completed: false) }
        #expect(CertificateExpired.judge(failed).isNotApplicable)
    }
}

@Suite struct CertificateSelfSignedTests {
    private func judge(port: UInt16 = 25, _ change: (inout CertificateFields) -> Void) -> Judgement {
        CertificateSelfSigned.judge(sample(port: port) { $0.showCertificate(change) })
    }

    @Test func theSameKeyIsCertain() {
        let draft = judge { $0.isSelfIssued = true; $0.authorityKeyID = $0.subjectKeyID }.draft
        #expect(draft?.certainty == .certain)
        #expect(draft?.severity == .low)
        #expect(draft?.evidence.first?.frame == FrameNumber(19))
    }

    @Test(arguments: [587, 465] as [UInt16])
    func mailClientsShouldNotAcceptIt(_ port: UInt16) {
        #expect(judge(port: port) { $0.isSelfIssued = true; $0.authorityKeyID = nil }.draft?.severity == .medium)
    }

    @Test func withoutKeyIdentifiersItIsNotCertain() {
        #expect(judge { $0.isSelfIssued = true; $0.authorityKeyID = nil }.draft?.certainty == .likely)
        #expect(judge { $0.isSelfIssued = true; $0.subjectKeyID = nil }.draft?.certainty == .possible)
    }

    @Test func anotherKeyUnderTheSameNameSignedIt() {
        #expect(judge { $0.isSelfIssued = true }.passed)
    }

    @Test func anotherIssuerPasses() {
        #expect(judge { _ in }.passed)
        #expect(judge { $0.authorityKeyID = $0.subjectKeyID }.passed)
    }
}

@Suite struct CertificateHostMismatchTests {
    private func judge(
        port: UInt16 = 25, asking name: String?, completed: Bool? = true, names: [String] = ["mx.test"],
        common: [String] = []
    ) -> Judgement {
        CertificateHostMismatch.judge(
            sample(port: port) {
                $0.showCertificate(asking: name, completed: completed) { $0.dnsNames = names; $0.commonNames = common }
            })
    }

    @Test(arguments: [
        (25 as UInt16, true as Bool?, Severity.low), (587, true, .high), (465, true, .high), (465, false, .medium),
    ])
    func anotherNameIsFound(_ port: UInt16, _ completed: Bool?, _ severity: Severity) {
        let draft = judge(port: port, asking: "mail.example.org", completed: completed).draft
        #expect(draft?.severity == severity)
        #expect(draft?.evidence.map(\.frame) == [FrameNumber(19), FrameNumber(16)])
        #expect(draft?.evidence.first?.octets?.full == "mx.test")
        #expect(draft?.sentence.contains("mail.example.org") == true)
    }

    @Test(arguments: ["mx.test", "MX.Test", "mx.test."])
    func theSameNamePasses(_ name: String) {
        #expect(judge(asking: name).passed)
    }

    @Test func aWildcardPassesForOneLabel() {
        #expect(judge(asking: "mx.example.org", names: ["*.example.org"]).passed)
        #expect(judge(asking: "a.mx.example.org", names: ["*.example.org"]).draft != nil)
    }

    @Test func aCommonNameAloneIsJustAnInfo() {
        let draft = judge(port: 587, asking: "mx.test", names: [], common: ["mx.test"]).draft
        #expect(draft?.severity == .info)
        #expect(draft?.evidence.first?.octets == nil)
    }

    @Test func withoutANameAskedForThereIsNothingToCompare() {
        #expect(judge(asking: nil).isNotApplicable)
    }

    @Test func aHiddenCertificateIsNotObserved() {
        let session = sample { $0.handshake { $0.certificates = .notObservable(.encryptedByTLS13) } }
        #expect(CertificateHostMismatch.judge(session).unobservable == .encryptedByTLS13)
    }
}
