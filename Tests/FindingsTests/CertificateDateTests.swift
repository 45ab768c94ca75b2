import Findings
import Testing

@testable import Sessions
@testable import Wire

private let day: Int64 = 86_400

/// The same session, begun and ended at other times (seconds since 1970).
private func at(_ start: Int64, until end: Int64? = nil, _ session: MailSession) -> MailSession {
    session.with {
        $0.transport.start = Timestamp(nanoseconds: start * 1_000_000_000)
        $0.transport.end = Timestamp(nanoseconds: (end ?? start) * 1_000_000_000)
    }
}

@Suite struct CertificateNotYetValidTests {
    @Test(arguments: [
        (25 as UInt16, true as Bool?, Severity.low), (587, true, .high), (465, true, .high), (587, false, .medium),
    ])
    func itIsJudgedAtTheSessionsTime(_ port: UInt16, _ completed: Bool?, _ severity: Severity) {
        let early = certified(port: port, completed: completed) { $0.notBefore = Sample.start.seconds + 2 * day }
        let draft = CertificateNotYetValid.judge(early).draft
        #expect(draft?.severity == severity)
        #expect(draft?.certainty == .certain)
        #expect(draft?.sentence.contains("2 days") == true)
        #expect(draft?.evidence.first?.frame == FrameNumber(19))
        #expect(CertificateExpired.judge(early).passed)
        #expect(CertificateExpiringSoon.judge(early).passed)
    }

    @Test func theFirstMomentCounts() {
        #expect(CertificateNotYetValid.judge(certified { $0.notBefore = Sample.start.seconds }).passed)
    }

    @Test func clocksThatDifferByHoursLowerTheCertainty() {
        let early = certified { $0.notBefore = Sample.start.seconds + day - 1 }
        #expect(CertificateNotYetValid.judge(early).draft?.certainty == .likely)
    }

    @Test func aClockThatNeverWasSetLowersEverything() {
        let odd = at(3600, certified { _ in })
        let draft = CertificateNotYetValid.judge(odd).draft
        #expect(draft?.certainty == .possible)
        #expect(draft?.severity == .low)
    }

    /// Backwards by a second, and ahead by more than a session lasts.
    @Test(arguments: [-1, 2 * day])
    func aClockThatJumpsLowersEveryDate(_ length: Int64) {
        let start = Sample.start.seconds
        let early = at(start, until: start + length, certified { $0.notBefore = start + 9 * day })
        #expect(CertificateNotYetValid.judge(early).draft?.certainty == .possible)
        let late = at(start, until: start + length, certified { $0.notAfter = start - 9 * day })
        #expect(CertificateExpired.judge(late).draft?.certainty == .possible)
        let soon = at(start, until: start + length, certified { $0.notAfter = start + day })
        #expect(CertificateExpiringSoon.judge(soon).draft?.certainty == .possible)
    }

    /// A connection that is silent for half an hour is over: so many packets account for so many hours, and no more.
    @Test(arguments: [(60 as UInt64, 25 as Int64, Certainty.certain), (40, 25, .possible), (10_000, 800, .possible)])
    func aSessionOfManyHoursIsNoWrongClock(_ packets: UInt64, _ hours: Int64, _ certainty: Certainty) {
        let start = Sample.start.seconds
        let late = at(start, until: start + hours * 3600, certified { $0.notAfter = start - 9 * day }).with {
            $0.transport.toServer.packets = packets / 2
            $0.transport.toClient.packets = packets / 2
        }
        #expect(CertificateExpired.judge(late).draft?.certainty == certainty)
    }

    @Test func whatIsHiddenOrMissingIsNoPass() {
        let hidden = sample().handshake { $0.certificates = .notObservable(.encryptedByTLS13) }
        #expect(CertificateNotYetValid.judge(hidden).unobservable == .encryptedByTLS13)
        let resumed = sample().handshake(.tls12) { $0.certificates = .notObservable(.resumedSession) }
        #expect(CertificateNotYetValid.judge(resumed).unobservable == .resumedSession)
        #expect(CertificateNotYetValid.judge(sample().greet()).isNotApplicable)
    }
}

@Suite struct CertificateExpiringSoonTests {
    private func expiring(in days: Int64, of lifetime: Int64 = 397, port: UInt16 = 587) -> MailSession {
        certified(port: port) {
            $0.notAfter = Sample.start.seconds + days * day
            $0.notBefore = $0.notAfter - lifetime * day
        }
    }

    private func judge(_ session: MailSession, days: Int) -> Judgement {
        CertificateExpiringSoon.judge(
            session, CaptureObservations(settings: RuleSettings(expiringDays: days)))
    }

    @Test func threeWeeksCountUnlessToldOtherwise() {
        #expect(CertificateExpiringSoon.judge(expiring(in: 21)).draft?.severity == .low)
        #expect(CertificateExpiringSoon.judge(expiring(in: 21)).draft?.sentence.contains("21 days") == true)
        #expect(CertificateExpiringSoon.judge(expiring(in: 22)).passed)
        #expect(judge(expiring(in: 22), days: 22).draft != nil)
        #expect(judge(expiring(in: 21), days: 7).passed)
        #expect(judge(expiring(in: 1), days: 0).passed)
    }

    @Test func betweenServersItIsARemark() {
        #expect(CertificateExpiringSoon.judge(expiring(in: 3, port: 25)).draft?.severity == .info)
    }

    /// Certificates of six days are always about to expire.
    @Test func whatLivesShortlyMustHaveLessThanAThirdLeft() {
        #expect(CertificateExpiringSoon.judge(expiring(in: 5, of: 6)).passed)
        #expect(CertificateExpiringSoon.judge(expiring(in: 1, of: 6)).draft != nil)
        #expect(CertificateExpiringSoon.judge(expiring(in: 20, of: 45)).passed)
    }

    @Test func whatHasExpiredIsNotAboutTo() {
        #expect(CertificateExpiringSoon.judge(expiring(in: -1)).passed)
    }

    @Test func datesAtTheEndsOfTimeAreNoTrap() {
        let odd = certified {
            $0.notBefore = .min
            $0.notAfter = .max
        }
        #expect(CertificateExpiringSoon.judge(odd).passed)
        #expect(CertificateNotYetValid.judge(odd).passed)
    }
}
