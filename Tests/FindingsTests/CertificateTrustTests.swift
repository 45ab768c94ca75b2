import Findings
import Testing

@testable import Sessions
@testable import Wire

@Suite struct CertificateNotTrustedTests {
    private func leading(
        to trust: ChainTrust, port: UInt16 = 587, completed: Bool? = true,
        _ change: (inout CertificateFields) -> Void = { _ in }
    ) -> MailSession {
        certified(port: port, completed: completed, change).with { $0.tls?.trust = trust }
    }

    private func draft(
        _ session: MailSession, _ authorities: RuleSettings.Authorities = .machine
    ) -> Finding.Draft? {
        var settings = RuleSettings()
        settings.authorities = authorities
        return CertificateNotTrusted.judge(session, CaptureObservations(settings: settings)).draft
    }

    private func interceptor(_ session: MailSession, _ authorities: RuleSettings.Authorities) -> Interceptor {
        var settings = RuleSettings()
        settings.authorities = authorities
        return ExposureJudge.judge(session, CaptureObservations(settings: settings)).interceptor
    }

    @Test func whatLeadsToAnAuthorityPasses() {
        #expect(CertificateNotTrusted.judge(leading(to: .trusted)).passed)
    }

    @Test func whatWasNotAskedIsNoPass() {
        #expect(CertificateNotTrusted.judge(leading(to: .notChecked)).unobservable == .noAuthorities)
        #expect(CertificateNotTrusted.judge(leading(to: .undecided(.tooLong))).unobservable == .budget)
        let odd = leading(to: .undecided(.unsupportedAlgorithm))
        #expect(CertificateNotTrusted.judge(odd).unobservable == .unsupportedAlgorithm)
        #expect(interceptor(odd, .named) == .unknown)
    }

    @Test func whatIsHiddenIsNoPass() {
        let hidden = sample().handshake { $0.certificates = .notObservable(.encryptedByTLS13) }
        #expect(CertificateNotTrusted.judge(hidden).unobservable == .encryptedByTLS13)
        let resumed = sample().handshake(.tls12) { $0.certificates = .notObservable(.resumedSession) }
        #expect(CertificateNotTrusted.judge(resumed).unobservable == .resumedSession)
        #expect(CertificateNotTrusted.judge(sample().greet()).isNotApplicable)
    }

    @Test(arguments: ChainFlaw.allCases)
    func everyFlawIsFoundAndWorded(_ flaw: ChainFlaw) {
        let draft = draft(leading(to: .untrusted(flaw)))
        #expect(draft?.severity == .medium)
        #expect(draft?.sentence.hasSuffix(".") == true)
        #expect(draft?.evidence.first?.frame == FrameNumber(19))
        #expect(self.draft(leading(to: .untrusted(flaw), port: 25))?.severity == .low)
    }

    /// A client may trust an authority that this machine does not know, until the user says that it does not.
    @Test func theMachinesAuthoritiesAreNotTheClients() {
        let session = leading(to: .untrusted(.unknownAuthority))
        #expect(draft(session)?.certainty == .likely)
        #expect(draft(session, .named)?.certainty == .certain)
        #expect(interceptor(session, .machine) == .unknown)
        #expect(interceptor(session, .named) == .possible)
        #expect(interceptor(leading(to: .untrusted(.unknownAuthority), completed: false), .named) == .unknown)
    }

    @Test func anIncompleteChainIsCalledSo() {
        let draft = draft(leading(to: .untrusted(.incomplete)))
        #expect(draft?.sentence.contains("incomplete") == true)
        #expect(draft?.alternatives?.contains("AIA") == true)
    }

    @Test func dateOfIssuersDependOnTheClock() {
        let session = leading(to: .untrusted(.issuerExpired))
        #expect(draft(session)?.certainty == .likely)
        let odd = session.with {
            $0.transport.start = Timestamp(nanoseconds: 0)
            $0.transport.end = $0.transport.start
        }
        #expect(draft(odd)?.certainty == .possible)
    }

    @Test func whatVouchesForItselfHasARuleOfItsOwn() {
        let own = leading(to: .untrusted(.unknownAuthority)) { $0.isSelfIssued = true }
        #expect(CertificateNotTrusted.judge(own).passed)
        #expect(CertificateSelfSigned.judge(own).draft != nil)
        let known = leading(to: .trusted) { $0.isSelfIssued = true }
        #expect(CertificateNotTrusted.judge(known).passed)
        #expect(CertificateSelfSigned.judge(known).passed)
    }

    @Test func namesThatGenerousClientsAcceptAreARemark() {
        let session = certified(asking: "mx1.mail.test") { $0.dnsNames = ["mx*.mail.test"] }
        // The library does not take every certificate, and is not asked about those.
        #expect(CertificateHostMismatch.judge(session).draft?.severity == .info)
        let generous = session.with { $0.tls?.isHeldGenerously = true }
        #expect(CertificateHostMismatch.judge(generous).draft?.severity == .info)
        #expect(interceptor(generous, .named) == .unknown)
        let strict = session.with { $0.tls?.isHeldGenerously = false }
        #expect(CertificateHostMismatch.judge(strict).draft?.severity == .high)
    }
}
