import Findings
import Testing

@testable import Sessions
@testable import Wire

/// A session whose server showed this certificate.
private func session(
    port: UInt16 = 587, completed: Bool? = true, asking name: String? = nil,
    _ change: (inout CertificateFields) -> Void
) -> MailSession {
    var fields = CertificateFields()
    fields.notBefore = Sample.start.seconds - 1_000_000
    fields.notAfter = Sample.start.seconds + 1_000_000
    fields.dnsNames = ["pf.test", "*.mail.test"]
    change(&fields)
    let facts = CertificateFacts(fields)
    return sample(port: port).greet().handshake(.tls12, .ecdheRSAAES128GCMSHA256, group: .x25519, completed: completed)
    {
        $0.certificates = .observed(Observed([.facts(facts)], in: FrameNumber(19)))
        $0.leaf = Observed(facts, in: FrameNumber(19))
        guard let name else { return }
        $0.clientHello = Observed(ClientHelloFacts(legacyVersion: .tls12, serverName: name), in: FrameNumber(16))
    }
}

private func interceptor(_ session: MailSession) -> Interceptor {
    ExposureJudge.judge(session, Sample.observing(session)).interceptor
}

@Suite struct CertificateExpiredTests {
    @Test(arguments: [
        (25 as UInt16, true as Bool?, Severity.low), (587, true, .high), (465, true, .high), (587, false, .medium),
    ])
    func expiryIsJudgedAtTheSessionsTime(_ port: UInt16, _ completed: Bool?, _ severity: Severity) {
        let expired = session(port: port, completed: completed) { $0.notAfter = Sample.start.seconds - 1 }
        let draft = CertificateExpired.judge(expired).draft
        #expect(draft?.severity == severity)
        #expect(draft?.certainty == .certain)
        #expect(draft?.evidence.first?.frame == FrameNumber(19))
    }

    @Test func theLastMomentStillCounts() {
        #expect(CertificateExpired.judge(session { $0.notAfter = Sample.start.seconds }).passed)
    }

    @Test(arguments: [0, 5_000_000_000] as [Int64])
    func anImplausibleClockLowersTheCertainty(_ seconds: Int64) {
        var odd = session { $0.notAfter = -1 }
        odd.transport.start = Timestamp(nanoseconds: seconds * 1_000_000_000)
        odd.transport.end = odd.transport.start
        let draft = CertificateExpired.judge(odd).draft
        #expect(draft?.certainty == .possible)
        #expect(draft?.severity == .low)
        #expect(interceptor(odd) == .unknown)
    }

    @Test func goingOnRegardlessLetsAnInterceptorIn() {
        #expect(interceptor(session { $0.notAfter = Sample.start.seconds - 1 }) == .possible)
        #expect(interceptor(session(completed: false) { $0.notAfter = Sample.start.seconds - 1 }) == .unknown)
        #expect(interceptor(session { _ in }) == .unknown)
    }

    @Test func whatTLS13HidesIsNotObserved() {
        let hidden = sample().handshake { $0.certificates = .notObservable(.encryptedByTLS13) }
        #expect(CertificateExpired.judge(hidden).unobservable == .encryptedByTLS13)
        #expect(CertificateSelfSigned.judge(hidden).unobservable == .encryptedByTLS13)
        #expect(CertificateHostMismatch.judge(hidden).unobservable == .encryptedByTLS13)
    }

    @Test func withoutTLSOrWithAnonymousKeysNothingApplies() {
        #expect(CertificateExpired.judge(sample().greet()).isNotApplicable)
        let anonymous = sample().handshake(.tls12, .dhAnonAES128CBCSHA, group: nil)
        #expect(CertificateExpired.judge(anonymous).isNotApplicable)
    }
}

@Suite struct CertificateSelfSignedTests {
    private func draft(
        port: UInt16 = 587, subject: [UInt8]?, authority: [UInt8]?, isSelfIssued: Bool = true
    ) -> Finding.Draft? {
        CertificateSelfSigned.judge(
            session(port: port) {
                $0.isSelfIssued = isSelfIssued
                $0.subjectKeyID = subject
                $0.authorityKeyID = authority
            }
        ).draft
    }

    @Test func keyIdentifiersDecideTheCertainty() {
        #expect(draft(subject: [1], authority: [1])?.certainty == .certain)
        #expect(draft(subject: [1], authority: nil)?.certainty == .likely)
        #expect(draft(subject: nil, authority: nil)?.certainty == .likely)
        #expect(draft(subject: nil, authority: [1])?.certainty == .possible)
    }

    @Test func anotherKeyOrIssuerPasses() {
        #expect(draft(subject: [1], authority: [2]) == nil)
        #expect(draft(subject: [1], authority: [1], isSelfIssued: false) == nil)
    }

    @Test func relaysWeighLess() {
        #expect(draft(port: 25, subject: [1], authority: [1])?.severity == .low)
        #expect(draft(port: 465, subject: [1], authority: [1])?.severity == .medium)
    }
}

@Suite struct CertificateHostMismatchTests {
    @Test(arguments: ["pf.test", "PF.test.", "a.mail.test"])
    func itsOwnNamesPass(_ name: String) {
        #expect(CertificateHostMismatch.judge(session(asking: name) { _ in }).passed)
    }

    @Test func anotherNameIsFound() {
        let draft = CertificateHostMismatch.judge(session(asking: "other.test") { _ in }).draft
        #expect(draft?.severity == .high)
        #expect(draft?.sentence.contains("other.test") == true)
        #expect(draft?.evidence.map(\.frame) == [FrameNumber(19), FrameNumber(16)])
        #expect(CertificateHostMismatch.judge(session(port: 25, asking: "other.test") { _ in }).draft?.severity == .low)
    }

    @Test func theCommonNameAloneIsJustAnInfo() {
        let draft = CertificateHostMismatch.judge(session(asking: "cn.test") { $0.commonNames = ["cn.test"] }).draft
        #expect(draft?.severity == .info)
    }

    @Test func withoutANameThereIsNothingToCompare() {
        #expect(CertificateHostMismatch.judge(session { _ in }).isNotApplicable)
    }
}
