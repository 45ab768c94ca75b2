import Findings
import Testing

@testable import Sessions
@testable import Wire

/// What looks like a fault and is none, or cannot be told: the rules and the verdict stay silent.
@Suite struct DoubtfulVerdictTests {
    private func verdict(_ session: MailSession) -> Verdict {
        ExposureJudge.judge(session, Sample.observing(session)).verdict
    }

    @Test func whatIsStillOpenIsNotIdle() {
        let open = sample().greet().with { $0.transport.state = .open }
        #expect(verdict(open) == .unknown)
        #expect(verdict(open.with { $0.smtp?.quit = FrameNumber(9) }) == .idle)
        #expect(verdict(open.with { $0.transport.state = .timedOut }) == .idle)
        #expect(verdict(open.handshake(completed: false)) == .idle)
    }

    @Test func aRefusedStartTLSAndQuitIsIdle() {
        let session = sample().greet().beginTLS().with {
            $0.startTLS.reply = Sample.reply(454, frame: 9)
            $0.startTLS.afterRefusal = .quit
        }
        #expect(verdict(session) == .idle)
    }

    @Test func withoutEncryptionItTakesRecordsToBeOpen() {
        let agreed = sample().greet().handshake(.tls12, CipherSuite(rawValue: 0x0002), completed: nil)
        #expect(verdict(agreed) == .unknown)
        #expect(verdict(agreed.with { $0.tls?.clientRecords.count = 2 }) == .open)
    }

    @Test func whereNothingIsEncryptedThereIsNoCodeToBreak() {
        let session = sample().greet().handshake(.tls12, CipherSuite(rawValue: 0xC010), group: .x25519)
        let exposure = ExposureJudge.judge(session, Sample.observing(session))
        #expect(exposure.listeners == [.anyone, .quantum])
    }

    @Test func weakSuitesThatWereNotSeenInUseAreUnknown() {
        #expect(verdict(sample().greet().handshake(.tls12, .rsaRC4128SHA, completed: nil)) == .unknown)
        #expect(verdict(sample().greet().handshake(.tls12, .rsaAES128GCMSHA256, completed: nil)) == .unknown)
    }

    @Test(arguments: [TLSVersion.tls12, .tls13])
    func aSuiteThatNobodyKnowsIsNotSealed(_ version: TLSVersion) {
        #expect(verdict(sample().greet().handshake(version, CipherSuite(rawValue: 0xEEEE), group: nil)) == .unknown)
    }

    @Test func aMirroredSessionExposesWhatCameBeforeThe220() {
        let session = sample(port: 587).greet().goOnInClear().logIn("PLAIN", .accepted, code: 235, offset: 5)
        #expect(verdict(session) == .open)
        let after = sample(port: 587).greet().goOnInClear().logIn("PLAIN", .accepted, code: 235, offset: 60)
        #expect(verdict(after) == .unknown)
    }
}

@Suite struct DoubtfulPlaintextTests {
    @Test func cancellingAfterTheSecretComesTooLate() {
        let late = sample(port: 587).greet().logIn("DIGEST-MD5", .cancelled, lines: 2)
        let draft = CredentialsInClear.judge(late).draft
        #expect(draft?.severity == .medium)
        #expect(draft?.evidence.first?.offset == 120)
        let early = sample(port: 587).greet().logIn("PLAIN", .cancelled, lines: 1)
        #expect(CredentialsInClear.judge(early).passed)
    }

    @Test func anAuthThatExposedNothingIsNoUse() {
        let session = sample(port: 587).greet().logIn("NTLM", .refused, code: 504, lines: 1)
        #expect(StartTLSUnused.judge(session).passed)
        #expect(CleartextSubmission.judge(session).passed)
        let holed = session.with { $0.transport.gapCount = 1 }
        #expect(StartTLSUnused.judge(holed).unobservable == .gap)
    }

    @Test func contentWithoutItsCommandsIsAUse() {
        let session = sample().greet().with {
            $0.smtp?.firstContent = Sample.client("(message content, not kept)", frame: 14)
            $0.startTLS.unusedBy = $0.smtp?.firstContent
        }
        #expect(StartTLSUnused.judge(session).draft?.evidence.first?.frame == FrameNumber(14))
    }

    @Test func mailBeforeTheOfferIsNoAnswerToIt() {
        let session = sample().greet().nameEnvelope().with { $0.startTLS.unusedBy = nil }
        #expect(StartTLSUnused.judge(session).isNotApplicable)
    }

    @Test func aReplyWhoseBeginningIsMissingIsNoReply() {
        let session = sample().greet(["SIZE 1000"]).sendMessage()
        #expect(StartTLSNotOffered.judge(session).draft != nil)
        let joined = session.with {
            $0.smtp?.greeting = nil
            $0.transport.capture = .midStream
        }
        #expect(StartTLSNotOffered.judge(joined).unobservable == .midStream)
        #expect(StartTLSNotOffered.judge(session.with { $0.smtp?.isESMTP = nil }).unobservable == .midStream)
    }

    @Test func exchangesOwnKeywordIsAnOffer() {
        let session = sample().greet(["X-ANONYMOUSTLS", "SIZE"]).sendMessage()
        #expect(StartTLSNotOffered.judge(session).isNotApplicable)
    }
}

@Suite struct DoubtfulTLSTests {
    @Test(arguments: [0x0000, 0x0A0A, 0x0305] as [UInt16])
    func versionsThatNobodyKnowsAreNotOld(_ version: UInt16) {
        #expect(ObsoleteTLSVersion.judge(sample().handshake(TLSVersion(rawValue: version))).isNotApplicable)
    }

    @Test(arguments: [(0 as UInt8, TLSVersion.tls12), (1, .tls13), (2, .tls12)])
    func aMarkThatContradictsItselfSaysNothing(_ mark: UInt8, _ chosen: TLSVersion) {
        let session = sample().handshake(chosen, group: .x25519) {
            $0.clientHello = Observed(
                ClientHelloFacts(legacyVersion: .tls12, offeredVersions: [.tls13, .tls12]), in: FrameNumber(16))
            guard let hello = $0.serverHello else { return }
            var marked = hello.value
            let octets = [UInt8](repeating: 7, count: 24) + Array("DOWNGRD".utf8) + [mark]
            marked.random = HelloRandom(octets.span)
            $0.serverHello = Observed(marked, in: hello.frame)
        }
        #expect(TLSVersionRollback.judge(session).passed)
    }

    /// A session whose client asked for `mx.test` and refused this certificate.
    private func refusal(_ alert: UInt8, names: [String], common: [String] = []) throws -> MailSession {
        var fields = CertificateFields()
        fields.dnsNames = names
        fields.commonNames = common
        fields.notAfter = .max
        let leaf = CertificateFacts(fields)
        let sent = try Sample.alert(alert)
        return sample(port: 587).handshake(.tls12, .ecdheRSAAES128GCMSHA256, completed: false) {
            $0.clientHello = Observed(
                ClientHelloFacts(legacyVersion: .tls12, serverName: "mx.test"), in: FrameNumber(16))
            $0.certificates = .observed(Observed([.facts(leaf)], in: FrameNumber(19)))
            $0.leaf = Observed(leaf, in: FrameNumber(19))
            $0.failure = .alert(sent)
        }
    }

    /// What a client answers to a failure is told by time, and by what was said.
    @Test func afterwardsIsToldBySureTimesAndOctetsAlone() throws {
        var session = try refusal(42, names: ["other.test"])
        guard case .failed(let sure) = RetryAttempt(session) else {
            Issue.record("no failure")
            return
        }
        #expect(!sure.isDoubtful)
        session.transport.noteDamage(FrameNumber(1), of: try #require(sure.evidence.side))
        guard case .failed(let damaged) = RetryAttempt(session) else {
            Issue.record("no failure")
            return
        }
        #expect(damaged.isDoubtful)
        session.transport.stampsDisagree = true
        #expect(RetryAttempt(session) == nil)
    }

    @Test func aRefusedCertificateForAnotherNameIsAMismatch() throws {
        let other = try refusal(42, names: ["other.test"])
        #expect(TLSHandshakeFailed.judge(other).draft?.tlsrptResultType == .named("certificate-host-mismatch"))
        let right = try refusal(42, names: ["mx.test"])
        #expect(TLSHandshakeFailed.judge(right).draft?.tlsrptResultType == .named("certificate-not-trusted"))
        let untrusted = try refusal(48, names: ["other.test"])
        #expect(TLSHandshakeFailed.judge(untrusted).draft?.tlsrptResultType == .named("certificate-not-trusted"))
    }

    @Test func aCommonNameAloneIsJustAnInfo() throws {
        let draft = CertificateHostMismatch.judge(try refusal(42, names: [], common: ["mx.test"])).draft
        #expect(draft?.severity == .info)
        #expect(draft?.evidence.first?.octets == nil)
    }

    @Test func aMismatchShowsTheNamesInTheCertificate() throws {
        let draft = CertificateHostMismatch.judge(try refusal(42, names: ["a.test", "b.test"])).draft
        #expect(draft?.severity == .medium)
        #expect(draft?.evidence.first?.octets?.full == "a.test, b.test")
    }

    /// Where the session's own stamps contradict each other, no date is certain.
    @Test func stampsThatDisagreeMakeDatesDoubtful() {
        var fields = CertificateFields()
        fields.notAfter = 0
        let leaf = CertificateFacts(fields)
        for disagree in [false, true] {
            let session = sample().with {
                $0.transport.start = Timestamp(nanoseconds: 1_600_000_000_000_000_000)
                $0.transport.end = $0.transport.start
                $0.transport.stampsDisagree = disagree
            }.handshake(.tls12) { $0.leaf = Observed(leaf, in: FrameNumber(19)) }
            #expect(CertificateExpired.judge(session).draft?.certainty == (disagree ? .possible : .certain))
        }
    }

    @Test(arguments: [Int64.min, -1, Int64.max])
    func hostileDatesDoNotTrap(_ notAfter: Int64) {
        for seconds in [Int64.min / 1_000_000_000, 0, Int64.max / 1_000_000_000] {
            var fields = CertificateFields()
            fields.notAfter = notAfter
            let leaf = CertificateFacts(fields)
            let session = sample().with {
                $0.transport.start = Timestamp(nanoseconds: seconds * 1_000_000_000)
                $0.transport.end = $0.transport.start
            }.handshake(.tls12) { $0.leaf = Observed(leaf, in: FrameNumber(19)) }
            #expect((CertificateExpired.judge(session).draft != nil) == (seconds > notAfter))
        }
    }
}

@Suite struct HopOrderTests {
    private func judged(_ host: UInt32, _ change: (inout MailSession) -> Void = { _ in }) -> JudgedSession {
        var judge = Judge()
        return judge.judge(sample().greet().with { $0.server = Endpoint(IPAddress(v4: host), 25) }.with(change))
    }

    @Test func theOrderOfTheSessionsDoesNotMatter() {
        let all = (1...9).map { host in
            judged(UInt32(host)) { if host % 3 == 0 { $0 = $0.sendMessage() } }
        }
        var forwards = HopTable()
        var backwards = HopTable()
        for one in all { forwards.add(one) }
        for one in all.reversed() { backwards.add(one) }
        #expect(forwards.sorted.map(\.key) == backwards.sorted.map(\.key))
        #expect(forwards.sorted.prefix(3).map(\.key.server.address.low) == [3, 6, 9])
    }

    @Test func hopsOverTheLimitAreToldApartInBoundedMemory() {
        var table = HopTable(limit: 2)
        for host in [1, 2, 3, 3, 4, 5, 1] as [UInt32] { table.add(judged(host)) }
        #expect(table.count == 2)
        #expect(table.sessionsNotItemized == 4)
        #expect(table.hopsNotItemized == 2)
    }

    /// A flood of hops on which nothing is found does not hide the others.
    @Test(arguments: [HopTable(limit: 8), HopTable(budget: 100_000)])
    func hopsWithoutFindingsLeaveRoom(_ empty: HopTable) {
        var table = empty
        #expect(judged(1).findings.isEmpty)
        for host in 1...200 as ClosedRange<UInt32> { table.add(judged(host)) }
        let quiet = table.count
        let refused = table.hopsNotItemized
        #expect(quiet > 4 && quiet < 90)
        for host in 199...200 as ClosedRange<UInt32> { table.add(judged(host)) }
        #expect(table.count == quiet)
        // The first one was refused before.
        for host in [UInt32(quiet) + 1, 300] { table.add(judged(host) { $0 = $0.sendMessage() }) }
        #expect(table.count == quiet + 2)
        #expect(table.hopsNotItemized == refused - 1)
        #expect(table.sorted.prefix(2).allSatisfy { !$0.findings.isEmpty })
        for host in 301...400 as ClosedRange<UInt32> { table.add(judged(host) { $0 = $0.sendMessage() }) }
        #expect(table.count < 100)
    }
}
