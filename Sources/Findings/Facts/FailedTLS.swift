import Sessions
import Wire

/// A session in which TLS was tried and did not come to carry mail: what a client may answer with plaintext.
public struct FailedTLS: Sendable {
    public let session: SessionReference
    public let start: Timestamp
    public let end: Timestamp
    /// What the client called itself in clear, if it did.
    public let clientName: QuotedText?
    public let evidence: Evidence
    /// No failure was seen: both sides had their keys, and left before a message could have passed.
    public let isEarlyLeave: Bool
    /// It follows from what was not seen, in a session of which not all was.
    public let isDoubtful: Bool
    /// The highest version that the client offered; `nil` where the handshake did not fail by itself.
    public let offered: TLSVersion?

    /// Records of a client that were its Finished and at most one more: no message fits into them.
    static let recordsWithoutMail = 2

    init?(_ session: borrowing MailSession) {
        // Asked once: to look at what a session has of TLS is to copy it.
        let tls = session.tls?.ending
        guard tls != nil || session.startTLS.request != nil, let evidence = Self.evidence(session, tls) else {
            return nil
        }
        self.session = SessionReference(session)
        start = session.transport.start
        end = session.transport.end
        clientName = session.smtp?.clientName?.value
        self.evidence = evidence
        isEarlyLeave = tls != nil && tls?.failure == nil
        isDoubtful =
            session.blindSpot != nil && !Self.isSaid(tls?.failure)
            || session.transport.mayBeDamaged(evidence) || session.isHandshakeDamaged
        offered = tls?.failure == nil ? nil : tls?.offered
    }

    /// An alert in clear tells of the failure itself, whatever else was not seen.
    private static func isSaid(_ failure: HandshakeFailure?) -> Bool {
        if case .alert = failure { true } else { false }
    }

    private static func evidence(_ session: borrowing MailSession, _ tls: TLSEnding?) -> Evidence? {
        guard let tls else { return refusal(session) }
        switch tls.failure {
        case .alert(let sent)?:
            guard AlertReason(sent.alert.description) != .none else { return nil }
            return Evidence(
                frame: sent.frame, side: sent.sender, offset: sent.offset,
                "the \(sent.sender.rawValue)'s alert \(sent.alert.description) ends the handshake")
        case .cut(let side, let isReset, let frame)?:
            return Evidence(frame: frame, side: side, "\(isReset ? "RST" : "FIN") in the middle of the handshake")
        case .likelyEncryptedAlert(let side, let frame)?:
            return Evidence(frame: frame, side: side, "most likely an encrypted alert ends the handshake")
        case nil: return cutBehindHandshake(session, tls)
        }
    }

    /// The server did not agree to STARTTLS, and the client left.
    private static func refusal(_ session: borrowing MailSession) -> Evidence? {
        guard let reply = session.startTLS.reply, reply.value.code != .serviceReady,
            session.startTLS.afterRefusal != .continuedInClear
        else { return nil }
        return Evidence(
            frame: reply.frame, side: .server, offset: reply.value.offset, octets: reply.value.text,
            "STARTTLS is refused with \(reply.value.code)")
    }

    /// Both sides had their keys, and the connection ended before a message could have passed.
    private static func cutBehindHandshake(_ session: borrowing MailSession, _ tls: TLSEnding) -> Evidence? {
        guard let hello = tls.serverHello, (1...recordsWithoutMail).contains(tls.clientRecords),
            session.blindSpot == nil
        else { return nil }
        let text = "the connection ends right behind the handshake"
        if let reset = session.transport.reset { return Evidence(frame: reset.frame, side: reset.value, text) }
        guard session.transport.state == .closed else { return nil }
        guard let fin = session.transport.fin else { return Evidence(frame: hello, side: .server, text) }
        return Evidence(frame: fin.frame, side: fin.side, text)
    }
}

/// A session whose client sent something worth hiding in clear.
public struct ClearDelivery: Sendable {
    public let session: SessionReference
    public let start: Timestamp
    public let firstFrame: FrameNumber
    public let clientName: QuotedText?
    public let command: Excerpt
    public let weight: Severity

    init?(_ session: borrowing MailSession) {
        // What a tap decrypted was not in clear on the wire; what followed a failure on the same connection is told there.
        guard session.smtp?.mayExpose == true, session.tls == nil, !session.dependsOnObservations else { return nil }
        let clear = ClearText(session, CaptureObservations())
        guard let command = clear.firstUse, let weight = clear.weight else { return nil }
        self.session = SessionReference(session)
        start = session.transport.start
        firstFrame = session.transport.firstFrame
        clientName = session.smtp?.clientName?.value
        self.command = command
        self.weight = weight
    }
}

/// A session in which TLS of less than 1.3 was all that the client offered, and carried enough for mail.
public struct LowerOffer: Sendable {
    public let session: SessionReference
    public let start: Timestamp
    public let firstFrame: FrameNumber
    public let clientName: QuotedText?
    public let offered: Observed<TLSVersion>

    /// Finished, EHLO, an envelope, content: who tries versions one after another leaves before that.
    fileprivate static let recordsWithMail = 4

    init?(_ session: borrowing MailSession) {
        guard let tls = session.tls, tls.completed == true, tls.clientRecords.count >= Self.recordsWithMail,
            let hello = tls.hello, !session.transport.isDamaged(hello.frame, of: .client)
        else { return nil }
        let maximum = hello.value.facts.maximumVersion
        // The signal is told of in the session itself.
        guard maximum.isKnown, !maximum.isTLS13, !hello.value.facts.offersFallbackSCSV else { return nil }
        self.session = SessionReference(session)
        start = session.transport.start
        firstFrame = session.transport.firstFrame
        clientName = session.smtp?.clientName?.value
        offered = Observed(maximum, in: hello.frame)
    }
}

// MARK: Memory

/// What attempts refer to, in octets, as if nobody shared it.
extension FailedTLS {
    var cost: Int {
        let text = evidence.text.utf8.count
        // A short text lies in place, and many others are the program's own.
        return session.cost + (clientName?.cost ?? 0) + (evidence.octets?.cost ?? 0) + (text > 15 ? text + 32 : 0)
    }
}

extension ClearDelivery {
    var cost: Int { session.cost + (clientName?.cost ?? 0) + command.octets.cost }
}

extension LowerOffer {
    var cost: Int { session.cost + (clientName?.cost ?? 0) }
}

extension SessionReference {
    fileprivate var cost: Int { vlans.isEmpty ? 0 : 32 + 2 * vlans.count }
}

/// What of a session's TLS says how it ended.
private struct TLSEnding {
    let failure: HandshakeFailure?
    /// The highest version that the client offered, where its hello was seen.
    let offered: TLSVersion?
    /// The frame of the ServerHello.
    let serverHello: FrameNumber?
    /// Protected records of the client.
    let clientRecords: Int
}

extension TLSFacts {
    fileprivate var ending: TLSEnding {
        TLSEnding(
            failure: failure, offered: hello?.value.facts.maximumVersion, serverHello: serverHello?.frame,
            clientRecords: Int(clamping: clientRecords.count))
    }

    /// Whether the session may mean something for others of its hop; asked of every session, in place.
    mutating func mayBeRetryAttempt() -> Bool {
        if case .some = failure { return true }
        if (1...FailedTLS.recordsWithoutMail).contains(clientRecords.count) { return true }
        guard completed == true, clientRecords.count >= LowerOffer.recordsWithMail, let hello = hello?.value else {
            return false
        }
        guard let offered = hello.facts.offeredVersions else { return !hello.facts.legacyVersion.isTLS13 }
        return !offered.contains { $0.isTLS13 }
    }
}

/// What a session may mean for others of its hop.
public enum RetryAttempt: Sendable {
    case failed(FailedTLS)
    case delivered(ClearDelivery)
    /// Means something behind a failure alone, and is not kept.
    case offeredLess(LowerOffer)

    var isKept: Bool {
        if case .offeredLess = self { false } else { true }
    }

    /// `nil` for most sessions. Within one host there is no path on which TLS could fail.
    public init?(_ session: borrowing MailSession) {
        guard session.application != .notMail, !session.isLocal else { return nil }
        // What follows what is told by time.
        guard !session.transport.stampsDisagree else { return nil }
        if let failure = FailedTLS(session) {
            self = .failed(failure)
        } else if let delivery = ClearDelivery(session) {
            self = .delivered(delivery)
        } else if let offer = LowerOffer(session) {
            self = .offeredLess(offer)
        } else {
            return nil
        }
    }
}
