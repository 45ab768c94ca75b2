import Wire

/// Reads both directions of a TLS connection and collects what its handshake shows (RFC 5246 §7.4, RFC 8446 §4).
struct TLSHandshake: Sendable, Equatable {
    var facts: TLSFacts
    private(set) var errors: [Observed<WireError>] = []
    private(set) var errorCount = 0
    var client = TLSStream(sender: .client)
    var server = TLSStream(sender: .server)
    /// Octets of the server's handshake were read.
    private(set) var serverHasSpoken = false
    /// The version in `facts.serverHello`.
    private var chosen: TLSVersion?
    /// A fatal alert in clear ended a handshake that followed a dialogue in clear.
    private(set) var hasFailedAfterStartTLS = false
    /// Protected records of the client behind the ServerHello, of the server behind those, and of the client again.
    private var clientAnswered = false
    private var serverAnswered = false
    private var clientWentOn = false
    /// Handshake octets are missing.
    private(set) var hasGap = false
    /// How far the alert that failed the handshake acknowledged the other stream.
    private var acknowledgedByAlert: Int64?
    private static let keptEvents = 1024
    private var heldCost = 0
    private var helloCost = 0
    private var certificateCost = 0

    /// It began behind a dialogue in clear, to which both sides may return.
    private let followsClear: Bool

    init(isImplicit: Bool?, followsClear: Bool) {
        facts = TLSFacts(isImplicit: isImplicit)
        self.followsClear = followsClear
    }

    /// Answers how it stands then.
    mutating func read(
        _ octets: Span<UInt8>, from side: Side, _ position: StreamPosition, _ context: inout SessionContext
    ) -> HandshakeOutline {
        let (costBefore, helloOctets) = (context.certificates.costMade, context.helloOctetsMade)
        var events: [TLSEvent] = []
        swap(&events, &context.events)
        let newRecords: Int
        switch side {
        case .client:
            client.consume(octets, at: position.offset, &context, into: &events)
            newRecords = facts.clientRecords.note(client.protectedRecords, in: position.frame)
            if newRecords > 0, chosen == nil, facts.earlyRecord == nil {
                facts.earlyRecord = facts.clientRecords.first
            }
        case .server:
            serverHasSpoken = true
            server.consume(octets, at: position.offset, &context, into: &events)
            newRecords = facts.serverRecords.note(server.protectedRecords, in: position.frame)
        }
        for index in events.indices { take(events[index], from: side, position) }
        if newRecords > 0, facts.completed == nil { noteProgress(side, events) }
        // A packet full of tiny records must not leave its room behind.
        if events.capacity <= Self.keptEvents {
            // One by one, since they are few: to empty a list at once takes longer.
            while !events.isEmpty { events.removeLast() }
            swap(&events, &context.events)
        }
        heldCost = client.heldOctets + server.heldOctets
        helloCost += context.helloOctetsMade - helloOctets
        certificateCost += context.certificates.costMade - costBefore
        return nextOutline()
    }

    /// Takes octets that lie inside a record that is skipped, and after which nothing can be concluded. Answers how many
    /// more of it are to come; `nil` where the octets must be read.
    mutating func skip(_ count: Int, of side: Side) -> Int? {
        guard serverHasSpoken, !hasFailedAfterStartTLS else { return nil }
        switch side {
        case .client: return client.skip(count)
        case .server: return server.skip(count)
        }
    }

    /// Takes so many further records of application data, which are only counted, as `TLSStream.step(over:left:)`.
    mutating func step(over records: Int, left: Int, of side: Side) {
        switch side {
        case .client:
            client.step(over: records, left: left)
            facts.clientRecords.count = client.protectedRecords
        case .server:
            server.step(over: records, left: left)
            facts.serverRecords.count = server.protectedRecords
        }
    }

    /// Octets of memory that the connection's handshake holds, roughly.
    var cost: Int { heldCost + helloCost + certificateCost }

    /// `count` octets will never be seen. Answers how it stands then.
    mutating func lose(_ count: Int64, of side: Side) -> HandshakeOutline {
        if facts.completed != true { hasGap = true }
        if side == .client { client.gap(Int(clamping: count)) } else { server.gap(Int(clamping: count)) }
        return nextOutline()
    }

    // MARK: Events

    private mutating func take(_ event: TLSEvent, from side: Side, _ position: StreamPosition) {
        let frame = position.frame
        switch event {
        case .clientHello(let hello) where side == .client:
            if facts.hello == nil { facts.hello = Observed(hello, in: frame) }
        case .serverHello(let hello) where side == .server: takeServerHello(hello, frame)
        case .certificates(let chain): takeCertificates(chain, side, frame)
        case .serverKeyExchange(let exchange):
            facts.serverKeyExchange = Observed(exchange, in: frame)
            if facts.group == nil, let group = exchange.group { facts.group = Observed(group, in: frame) }
        case .alert(let alert, let offset):
            takeAlert(
                SentAlert(alert: alert, sender: side, frame: frame, offset: offset),
                acknowledging: position.acknowledged)
        case .changeCipherSpec: takeChangeCipherSpec(side, frame)
        case .sslv2ServerHello: takeSSLv2ServerHello(frame)
        case .malformed(let error):
            errorCount += 1
            if side == .client, error.layer == .tlsRecord { facts.clientLeftTLS = true }
            if error.layer != .tlsRecord { facts.hasUnreadMessage = true }
            if errors.count < MailSession.maximumErrors { errors.append(Observed(error, in: frame)) }
        default: break
        }
    }

    /// Only a client that spoke SSL 2.0 can be answered in it.
    private mutating func takeSSLv2ServerHello(_ frame: FrameNumber) {
        if facts.hello?.value.facts.isSSLv2Compatible == false {
            errorCount += 1
            if errors.count < MailSession.maximumErrors {
                let error = WireError(.malformed("an SSLv2 hello in answer to TLS"), layer: .tlsRecord, offset: 0)
                errors.append(Observed(error, in: frame))
            }
        } else {
            facts.sslv2ServerHello = facts.sslv2ServerHello ?? frame
        }
    }

    private mutating func takeServerHello(_ hello: ServerHelloFacts, _ frame: FrameNumber) {
        if hello.isHelloRetryRequest {
            facts.helloRetryRequest = Observed(hello, in: frame)
            client.expectHelloAfterRetry()
            return
        }
        guard facts.serverHello == nil else { return }
        facts.serverHello = Observed(hello, in: frame)
        chosen = hello.version
        if let group = hello.group { facts.group = Observed(group, in: frame) }
        if hello.version.isTLS13 {
            facts.resumed = hello.selectedPSK != nil
            facts.certificates = .notObservable(.encryptedByTLS13)
        }
    }

    private mutating func takeCertificates(_ chain: [CertificateReading], _ side: Side, _ frame: FrameNumber) {
        guard side == .server else {
            if !chain.isEmpty { facts.clientCertificatePresented = true }
            return
        }
        guard facts.certificates.observed == nil else { return }
        facts.certificates = .observed(Observed(chain, in: frame))
        facts.resumed = false
        if case .facts(let leaf) = chain.first { facts.leaf = Observed(leaf, in: frame) }
    }

    private mutating func takeAlert(_ alert: SentAlert, acknowledging acknowledged: Int64?) {
        if facts.alerts.count < TLSFacts.maximumAlerts { facts.alerts.append(alert) }
        guard facts.completed != true, facts.failure == nil, alert.endsHandshake(of: version) else {
            return
        }
        facts.failure = .alert(alert)
        hasFailedAfterStartTLS = followsClear
        acknowledgedByAlert = acknowledged
        facts.completed = false
    }

    /// In TLS 1.3 this record is for middleboxes and means nothing (RFC 8446 appendix D.4).
    private mutating func takeChangeCipherSpec(_ side: Side, _ frame: FrameNumber) {
        if side == .client {
            facts.clientChangeCipherSpec = facts.clientChangeCipherSpec ?? frame
        } else {
            facts.serverChangeCipherSpec = facts.serverChangeCipherSpec ?? frame
            noteResumption()
        }
    }

    /// A TLS ≤ 1.2 server that changes keys without having shown a certificate resumes (RFC 5246 §7.3), unless its
    /// suite needs none.
    private mutating func noteResumption() {
        // The certificate may have been in what could not be read.
        guard let hello = facts.serverHello?.value, !hello.version.isTLS13, facts.resumed == nil, !hasGap,
            !facts.hasUnreadMessage
        else { return }
        guard facts.serverKeyExchange == nil else {
            facts.resumed = false
            return
        }
        // Suites that are not known, or that need no certificate, show none in a full handshake either (RFC 4279 §2).
        guard facts.cipherSuite?.value.properties?.showsCertificate == true else { return }
        facts.resumed = true
        facts.certificates = .notObservable(.resumedSession)
    }

    // MARK: Who went on to use the keys

    /// Protected records have come that were not seen before.
    private mutating func noteProgress(_ side: Side, _ events: [TLSEvent]) {
        for case .protected(_, let length) in events { facts.noteLength(length, of: side) }
        // The length of the leading one is all that is asked for.
        switch side {
        case .client:
            client.reportNoMoreRecords()
            if serverAnswered { clientWentOn = true }
            // Early data comes before the ServerHello and answers nothing (RFC 8446 §2.3).
            if version != nil { clientAnswered = true }
        case .server:
            server.reportNoMoreRecords()
            if clientAnswered { serverAnswered = true }
        }
        facts.completed = isComplete() ? true : nil
    }

    /// The same as `facts.version` says, whose value would be copied with each look.
    private var version: TLSVersion? {
        mutating get { chosen ?? (facts.sslv2ServerHello == nil ? nil : .ssl2) }
    }

    /// TLS ≤ 1.2: both sides sent a protected record after ChangeCipherSpec (their Finished). TLS 1.3: the client
    /// sent more after the server had answered its Finished, which a client that refuses the certificate never does.
    private mutating func isComplete() -> Bool {
        guard let version else { return false }
        if version.isTLS13 { return clientWentOn }
        return facts.clientChangeCipherSpec != nil && facts.serverChangeCipherSpec != nil
            && facts.clientRecords.count > 0 && facts.serverRecords.count > 0
    }
}

extension ProtectedRecords {
    /// Takes note of how many there are by now; answers how many of them are new.
    fileprivate mutating func note(_ count: Int, in frame: FrameNumber) -> Int {
        let new = count - self.count
        if new > 0 {
            self.count = count
            first = first ?? frame
        }
        return new
    }
}

extension TLSHandshake {
    /// Both sides speak in clear again.
    mutating func giveUp() { facts.completed = false }

    /// The connection ended: was the handshake cut?
    mutating func finish(_ transport: TransportFacts) {
        guard let end = transport.firstEnd else { return }
        if case .alert(let alert) = facts.failure {
            // OpenSSL and GnuTLS answer a FIN inside the handshake with an alert: the FIN is what ended it.
            if let fin = transport.fin, fin.side != alert.sender, answers(fin, alert.frame) {
                facts.failure = .cut(by: fin.side, reset: false, frame: fin.frame)
            }
            return
        }
        guard facts.completed == nil, facts.failure == nil, !hasGap, facts.hello != nil else { return }
        // How an SSL 2.0 handshake went on is not read, nor one whose ServerHello cannot be, or that cannot be told apart any more.
        guard facts.sslv2ServerHello == nil else { return }
        if facts.hasUnreadMessage, version == nil || client.isLost || server.isLost { return }
        guard transport.capture == .complete || transport.capture == .midStream else { return }
        // Who uses keys has had an answer, unless it is early data (RFC 8446 §2.3): it came in octets that could not be read.
        if version == nil, facts.clientRecords.count > 0, facts.hello?.value.facts.offersEarlyData != true { return }
        // Early data came before the server had answered, and says nothing of how the handshake went on.
        let hasJudged = facts.clientRecords.count > 1 || facts.earlyRecord == nil
        if facts.version?.value.isTLS13 == true, hasJudged, let sent = facts.clientRecords.first {
            // A Finished takes 53 octets at least; an alert with its tag takes 19 (RFC 8446 §5.2).
            guard facts.clientRecords.count == 1, let length = facts.clientRecords.firstLength, length < 40 else {
                return
            }
            facts.failure = .likelyEncryptedAlert(by: .client, frame: sent)
        } else {
            facts.failure = .cut(by: end.by, reset: end.isReset, frame: end.frame)
        }
        facts.completed = false
    }

    /// A host acknowledges what it has received with everything that it sends, so an alert that does not acknowledge
    /// the FIN was sent before that came in, in whichever order a tap saw them.
    private func answers(_ fin: FINFacts, _ alert: FrameNumber) -> Bool {
        guard let offset = fin.offset, let acknowledgedByAlert else { return fin.frame < alert }
        return acknowledgedByAlert > offset
    }
}

extension TransportFacts {
    /// The FIN or RST that was sent before any other, as far as that is known.
    fileprivate var firstEnd: (by: Side, isReset: Bool, frame: FrameNumber)? {
        let ends = [
            fin.map { (by: $0.side, isReset: false, frame: $0.frame) }, reset.map { ($0.value, true, $0.frame) },
        ]
        return ends.compactMap { $0 }.min { $0.frame < $1.frame }
    }
}

extension SentAlert {
    /// close_notify and user_canceled end a connection, they do not fail a handshake (RFC 8446 §6.1). In TLS 1.3 every
    /// other alert is fatal whatever its level says (§6.2); before, the level tells.
    func endsHandshake(of version: TLSVersion?) -> Bool {
        if alert.description == .closeNotify || alert.description == .userCanceled { return false }
        return version?.isTLS13 == true || alert.isFatal
    }
}

extension TLSFacts {
    fileprivate mutating func noteLength(_ length: Int, of side: Side) {
        if side == .client, clientRecords.firstLength == nil { clientRecords.firstLength = length }
        if side == .server, serverRecords.firstLength == nil { serverRecords.firstLength = length }
    }
}
