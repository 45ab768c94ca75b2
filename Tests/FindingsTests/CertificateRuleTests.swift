import Findings
import Testing

@testable import Sessions
@testable import Wire

private func interceptor(_ session: MailSession) -> Interceptor {
    ExposureJudge.judge(session, Sample.observing(session)).interceptor
}

@Suite struct CertificateExpiredTests {
    @Test(arguments: [
        (25 as UInt16, true as Bool?, Severity.low), (587, true, .high), (465, true, .high), (587, false, .medium),
    ])
    func expiryIsJudgedAtTheSessionsTime(_ port: UInt16, _ completed: Bool?, _ severity: Severity) {
        let expired = certified(port: port, completed: completed) { $0.notAfter = Sample.start.seconds - 86_400 }
        let draft = CertificateExpired.judge(expired).draft
        #expect(draft?.severity == severity)
        #expect(draft?.certainty == .certain)
        #expect(draft?.evidence.first?.frame == FrameNumber(19))
    }

    /// Who looks at the certificate behind the handshake leaves with no more than its Finished and one more record.
    @Test(arguments: [(1, true), (2, true), (3, false)])
    func whoLeavesAtOnceDidNotGoOn(_ records: Int, _ isRefusal: Bool) {
        let expired = certified { $0.notAfter = Sample.start.seconds - 86_400 }.with {
            $0.tls?.clientRecords.count = records
            $0.transport.state = .closed
        }
        #expect(CertificateExpired.judge(expired).draft?.severity == (isRefusal ? .medium : .high))
        #expect(interceptor(expired) == (isRefusal ? .unknown : .possible))
        // More may come.
        let open = expired.with { $0.transport.state = .open }
        #expect(CertificateExpired.judge(open).draft?.severity == .high)
    }

    @Test func clocksThatDifferByHoursLowerTheCertainty() {
        let late = certified { $0.notAfter = Sample.start.seconds - 86_399 }
        #expect(CertificateExpired.judge(late).draft?.certainty == .likely)
    }

    @Test func theLastMomentStillCounts() {
        #expect(CertificateExpired.judge(certified { $0.notAfter = Sample.start.seconds }).passed)
    }

    @Test(arguments: [0, 5_000_000_000] as [Int64])
    func anImplausibleClockLowersTheCertainty(_ seconds: Int64) {
        var odd = certified { $0.notAfter = -1 }
        odd.transport.start = Timestamp(nanoseconds: seconds * 1_000_000_000)
        odd.transport.end = odd.transport.start
        let draft = CertificateExpired.judge(odd).draft
        #expect(draft?.certainty == .possible)
        #expect(draft?.severity == .low)
        #expect(interceptor(odd) == .unknown)
    }

    @Test func goingOnRegardlessLetsAnInterceptorIn() {
        #expect(interceptor(certified { $0.notAfter = Sample.start.seconds - 1 }) == .possible)
        #expect(interceptor(certified(completed: false) { $0.notAfter = Sample.start.seconds - 1 }) == .unknown)
        #expect(interceptor(certified { _ in }) == .unknown)
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
            certified(port: port) {
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

    /// An authority that has the same name may have signed it: nothing says that it did not.
    @Test func anIssuerOfTheSameNameLeavesItOpen() {
        let issuer = authority("") { $0.subjectKeyID = [2] }
        let session = certified(by: [issuer]) {
            $0.isSelfIssued = true
            $0.subjectKeyID = [1]
        }
        #expect(CertificateSelfSigned.judge(session).draft?.certainty == .possible)
    }

    @Test func relaysWeighLess() {
        #expect(draft(port: 25, subject: [1], authority: [1])?.severity == .low)
        #expect(draft(port: 465, subject: [1], authority: [1])?.severity == .medium)
    }
}

@Suite struct CertificateHostMismatchTests {
    @Test(arguments: ["pf.test", "PF.test.", "a.mail.test"])
    func itsOwnNamesPass(_ name: String) {
        #expect(CertificateHostMismatch.judge(certified(asking: name) { _ in }).passed)
    }

    @Test func anotherNameIsFound() {
        let draft = CertificateHostMismatch.judge(certified(asking: "other.test") { _ in }).draft
        #expect(draft?.severity == .high)
        #expect(draft?.sentence.contains("other.test") == true)
        #expect(draft?.evidence.map(\.frame) == [FrameNumber(19), FrameNumber(16)])
        #expect(
            CertificateHostMismatch.judge(certified(port: 25, asking: "other.test") { _ in }).draft?.severity == .low)
    }

    /// Older clients send the letters themselves, and the certificate holds the name in A-labels.
    @Test func aNameInOtherLettersThanASCIIIsNotCompared() {
        let session = certified(asking: "mx.m\u{FC}ller.test") { $0.dnsNames = ["mx.xn--mller-kva.test"] }
        #expect(CertificateHostMismatch.judge(session).isNotApplicable)
        #expect(interceptor(session) == .unknown)
    }

    @Test func theCommonNameAloneIsJustAnInfo() {
        let session = certified(asking: "cn.test") {
            $0.commonNames = ["cn.test"]
            $0.dnsNames = []
        }
        #expect(CertificateHostMismatch.judge(session).draft?.severity == .info)
        #expect(interceptor(session) == .unknown)
    }

    /// RFC 6125 §6.4.4: the common name is looked at only where there is no other.
    @Test func aCommonNameBesideOtherNamesDoesNotCount() {
        let session = certified(asking: "cn.test") { $0.commonNames = ["cn.test"] }
        let draft = CertificateHostMismatch.judge(session).draft
        #expect(draft?.severity == .high)
        #expect(draft?.sentence.contains("does not count") == true)
        #expect(interceptor(session) == .possible)
        let generous = certified(asking: "cn.test") {
            $0.commonNames = ["cn.test"]
            $0.dnsNames = ["c*.test"]
        }
        #expect(CertificateHostMismatch.judge(generous).draft?.sentence.contains("wildcard inside a label") == true)
        #expect(interceptor(generous) == .unknown)
    }

    @Test func withoutANameThereIsNothingToCompare() {
        // The greeting of an implicit TLS port is encrypted.
        let silent = certified { _ in }.with { $0.smtp?.greeting = nil }
        #expect(CertificateHostMismatch.judge(silent).isNotApplicable)
        for text in ["ready", "[192.0.2.25] ESMTP", "**** ***", ""] {
            let nameless = certified { _ in }.with { $0.smtp?.greeting = Sample.reply(220, text, frame: 4, offset: 0) }
            #expect(CertificateHostMismatch.judge(nameless).isNotApplicable)
        }
    }

    @Test func theGreetingsNameAloneIsJustARemark() {
        #expect(CertificateHostMismatch.judge(certified { _ in }).passed)
        let other = certified { $0.dnsNames = ["elsewhere.test"] }
        let draft = CertificateHostMismatch.judge(other).draft
        #expect(draft?.severity == .info)
        #expect(draft?.sentence.contains("name not checked") == true)
        #expect(draft?.tlsrptResultType == .ofCard && CertificateHostMismatch.card.tlsrptResultType == nil)
        #expect(draft?.evidence.map(\.frame) == [FrameNumber(19), FrameNumber(4)])
        #expect(interceptor(other) == .unknown)
    }
}
