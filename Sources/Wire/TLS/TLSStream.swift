/// One direction of a TLS connection: records, and the handshake messages in them that are in clear.
///
/// Records that are protected are skipped by their length. Only what is unfinished at a packet's end is copied.
public struct TLSStream: Sendable, Equatable {
    private let sender: Side
    private var framing = Framing.header
    /// Octets of a record header that is split over packets.
    private var header: [UInt8] = []
    private var messages = HandshakeBuffer()
    private var alert: [UInt8] = []
    /// Where the record that was begun last starts in the stream.
    private var recordOffset: Int64 = 0
    /// This direction sent ChangeCipherSpec: what follows is protected.
    private var isProtected = false
    /// A HelloRetryRequest was sent: another hello in clear follows, whatever ChangeCipherSpec says.
    private var helloMayFollow = false
    private var isAtStart = true
    private var negotiated: Negotiated?
    /// Nothing more can be read: the framing is lost, or the octets are no TLS.
    public private(set) var isLost = false
    /// Records that were skipped.
    public private(set) var protectedRecords = 0
    /// Octets of unfinished messages.
    public private(set) var heldOctets = 0
    /// Further protected records that are reported one by one.
    private var reportsLeft: UInt8 = 16

    private struct Negotiated: Sendable, Equatable {
        let suite: CipherSuite
        let version: TLSVersion
    }

    private enum Framing: Sendable, Equatable {
        case header
        case skip(remaining: Int)
        case collect(TLSContentType, remaining: Int)
        case sslv2(remaining: Int)
    }

    public init(sender: Side) { self.sender = sender }

    /// The client will send a second hello, since the server asked for one (RFC 8446 §4.1.4).
    public mutating func expectHelloAfterRetry() { helloMayFollow = true }

    /// Protected records are only counted from now on.
    public mutating func reportNoMoreRecords() { reportsLeft = 0 }

    /// Octets that are to come of a record that is skipped: none where a record's header is next. `nil` where octets must be
    /// read.
    public var skippable: Int? {
        if isLost { return nil }
        switch framing {
        case .skip(let remaining): return remaining
        case .header: return header.isEmpty ? 0 : nil
        case .collect, .sslv2: return nil
        }
    }

    /// Takes so many further records of application data, the last of which has `left` octets that are to come. Only where
    /// `skippable` had an answer, and such records are only counted.
    public mutating func step(over records: Int, left: Int) {
        protectedRecords += records
        framing = left == 0 ? .header : .skip(remaining: left)
    }

    /// Takes octets that lie in a record that is skipped. Answers how many more of it are to come; `nil` where the octets
    /// lie elsewhere.
    public mutating func skip(_ count: Int) -> Int? {
        guard case .skip(let remaining) = framing, count <= remaining, !isLost else { return nil }
        framing = remaining == count ? .header : .skip(remaining: remaining - count)
        return remaining - count
    }

    /// Reads on and appends what it finds. `offset` is where the octets stand in the stream.
    public mutating func consume(
        _ octets: Span<UInt8>, at offset: Int64, _ context: inout SessionContext, into events: inout [TLSEvent]
    ) {
        var rest = octets
        while !rest.isEmpty, !isLost {
            let count: Int
            switch framing {
            case .header: count = readHeader(rest, at: offset + Int64(octets.count - rest.count), &context, &events)
            case .skip(let remaining):
                count = min(remaining, rest.count)
                framing = remaining == count ? .header : .skip(remaining: remaining - count)
            case .collect(let type, let remaining):
                count = min(remaining, rest.count)
                framing = remaining == count ? .header : .collect(type, remaining: remaining - count)
                let part = rest.extracting(first: count)
                context.disclosure?.hold(part, at: offset + Int64(octets.count - rest.count), from: sender)
                collect(part, type, &context, &events)
                if isLost { context.disclosure?.dropPending(sender) }
            case .sslv2(let remaining):
                count = min(remaining, rest.count)
                framing = remaining == count ? .header : .sslv2(remaining: remaining - count)
                let part = rest.extracting(first: count)
                context.disclosure?.hold(part, at: offset + Int64(octets.count - rest.count), from: sender)
                collectSSLv2(part, isWhole: remaining == count, &context, &events)
                if isLost { context.disclosure?.dropPending(sender) }
            }
            rest = rest.extracting(droppingFirst: count)
        }
        heldOctets = messages.octets.count
    }

    /// `count` octets will never be seen. The framing survives where they lie in a record that is skipped anyway.
    public mutating func gap(_ count: Int) {
        guard count > 0 else { return }
        if case .skip(let remaining) = framing, count <= remaining {
            framing = remaining == count ? .header : .skip(remaining: remaining - count)
        } else {
            isLost = true
        }
    }

    // MARK: Records

    /// Takes a record header, or what there is of it; answers how many octets it took.
    private mutating func readHeader(
        _ octets: Span<UInt8>, at offset: Int64, _ context: inout SessionContext, _ events: inout [TLSEvent]
    ) -> Int {
        recordOffset = offset - Int64(header.count)
        if header.isEmpty, octets.count >= TLSRecordHeader.size {
            if isAtStart, octets[0] & 0x80 != 0 { return beginSSLv2(octets, &context, &events) }
            begin(octets.extracting(first: TLSRecordHeader.size), &context, &events)
            return TLSRecordHeader.size
        }
        let count = min(TLSRecordHeader.size - header.count, octets.count)
        header.append(copying: octets.extracting(first: count))
        guard header.count == TLSRecordHeader.size else { return count }
        let whole = header
        header = []
        if isAtStart, whole[0] & 0x80 != 0 {
            let taken = beginSSLv2(whole.span, &context, &events)
            if case .sslv2(let remaining) = framing {
                framing = .sslv2(remaining: remaining - (whole.count - taken))
                messages.append(whole.span.extracting(droppingFirst: taken))
                context.disclosure?.hold(
                    whole.span.extracting(droppingFirst: taken), at: recordOffset + Int64(taken), from: sender)
            }
        } else {
            begin(whole.span, &context, &events)
        }
        return count
    }

    private mutating func begin(
        _ octets: Span<UInt8>, _ context: inout SessionContext, _ events: inout [TLSEvent]
    ) {
        isAtStart = false
        let record: TLSRecordHeader
        do { record = try TLSRecordHeader(octets) } catch { return lose(error, &events) }
        context.disclosure?.takeRecordHeader(octets, at: recordOffset, from: sender)
        if record.length == 0 { return }
        if isReadable(record) {
            framing = .collect(record.type, remaining: record.length)
        } else {
            framing = .skip(remaining: record.length)
            protectedRecords += 1
            if reportsLeft > 0 {
                reportsLeft -= 1
                events.append(.protected(record.type, length: record.length))
            }
        }
    }

    /// An alert of two octets is in clear even after ChangeCipherSpec: protection would make it longer.
    private func isReadable(_ record: TLSRecordHeader) -> Bool {
        switch record.type {
        // After a HelloRetryRequest the second hello is in clear, also where early data had ChangeCipherSpec sent before.
        case .handshake: !isProtected || helloMayFollow
        case .alert: !isProtected || record.length == 2
        case .changeCipherSpec: true
        default: false
        }
    }

    private mutating func collect(
        _ octets: Span<UInt8>, _ type: TLSContentType, _ context: inout SessionContext,
        _ events: inout [TLSEvent]
    ) {
        switch type {
        case .handshake: collectMessages(octets, &context, &events)
        case .alert: collectAlerts(octets, &context, &events)
        case .changeCipherSpec:
            guard case .header = framing else {
                // Else what follows would be taken for it.
                context.disclosure?.release(octets.count, from: sender, showing: [])
                return
            }
            // A single octet that is always the same (RFC 5246 §7.1).
            let isUsual = octets.count == 1 && octets[0] == 1
            context.disclosure?.release(octets.count, from: sender, showing: isUsual ? [0..<1] : [])
            events.append(.changeCipherSpec)
            isProtected = !helloMayFollow
        default: break
        }
    }

    private mutating func collectAlerts(
        _ octets: Span<UInt8>, _ context: inout SessionContext, _ events: inout [TLSEvent]
    ) {
        // What stands behind a malformed alert is not read: it would be taken for alerts that nobody sent.
        for index in octets.indices where !isLost {
            alert.append(octets[index])
            guard alert.count == 2 else { continue }
            var reader = ByteReader(alert.span, layer: .tlsAlert)
            do {
                events.append(.alert(try TLSAlert(parsing: &reader), offset: recordOffset))
                context.disclosure?.release(2, from: sender, showing: [0..<2])
            } catch {
                lose(error, &events)
            }
            alert = []
        }
    }

    private mutating func lose(_ error: WireError, _ events: inout [TLSEvent]) {
        events.append(.malformed(error))
        isLost = true
        messages.removeAll()
    }

    // MARK: Handshake messages

    private mutating func collectMessages(
        _ octets: Span<UInt8>, _ context: inout SessionContext, _ events: inout [TLSEvent]
    ) {
        var rest = octets
        while !isLost {
            do {
                if messages.isEmpty {
                    guard let message = try HandshakeMessage(in: rest) else { break }
                    read(message, &context, &events)
                    rest = rest.extracting(droppingFirst: message.size)
                } else {
                    rest = rest.extracting(droppingFirst: messages.fill(rest))
                    let whole = messages.octets
                    guard let message = try HandshakeMessage(in: whole.span) else { break }
                    messages.removeAll()
                    read(message, &context, &events)
                }
            } catch {
                return lose(error, &events)
            }
        }
        messages.append(rest)
    }

    /// A message whose body cannot be read is a fact; its length is known, so the messages behind it can be.
    private mutating func read(
        _ message: borrowing HandshakeMessage, _ context: inout SessionContext, _ events: inout [TLSEvent]
    ) {
        var isUnderstood = true
        do { try take(message, &context, &events) } catch {
            isUnderstood = false
            events.append(.malformed(error))
        }
        guard context.disclosure != nil else { return }
        context.disclosure?.release(
            message.size, from: sender,
            showing: isUnderstood
                ? MessageDisclosure.shown(message, from: sender) : [0..<HandshakeMessage.headerSize])
    }

    private mutating func take(
        _ message: borrowing HandshakeMessage, _ context: inout SessionContext, _ events: inout [TLSEvent]
    ) throws(WireError) {
        var reader = ByteReader(message.body, layer: .tlsHandshake, offset: HandshakeMessage.headerSize)
        switch message.type {
        case .clientHello:
            events.append(.clientHello(try context.hello(message.body)))
            helloMayFollow = false
        case .serverHello:
            let hello = try ServerHelloFacts(parsing: &reader)
            helloMayFollow = hello.isHelloRetryRequest
            negotiated = Negotiated(suite: hello.cipherSuite, version: hello.version)
            events.append(.serverHello(hello))
        case .certificate where negotiated?.version.isTLS13 != true:
            events.append(.certificates(try Self.chain(message.body, &reader, &context)))
        case .serverKeyExchange:
            guard let negotiated, let exchange = negotiated.suite.properties?.keyExchange else {
                return events.append(.handshake(message.type))
            }
            events.append(
                .serverKeyExchange(
                    try ServerKeyExchangeFacts(parsing: &reader, keyExchange: exchange, version: negotiated.version)))
        default: events.append(.handshake(message.type))
        }
    }

    /// The certificates of a TLS ≤ 1.2 Certificate message (RFC 5246 §7.4.2); at most 16 are read.
    ///
    ///     opaque ASN.1Cert<1..2^24-1>;
    ///     struct { ASN.1Cert certificate_list<0..2^24-1>; } Certificate;
    private static func chain(
        _ body: Span<UInt8>, _ reader: inout ByteReader, _ context: inout SessionContext
    ) throws(WireError) -> [CertificateReading] {
        if let known = context.chains.find(body) { return known }
        var list = ByteReader(try reader.vector24(), layer: .tlsHandshake, offset: reader.offset)
        var chain: [CertificateReading] = []
        while !list.isAtEnd {
            let certificate = try list.vector24(1...0xFF_FFFF)
            if chain.count < CertificateReading.maximumChain {
                chain.append(context.certificates.reading(of: certificate))
            }
        }
        context.chains.insert(body, chain)
        return chain
    }

    // MARK: SSLv2

    /// A two-octet length, then CLIENT-HELLO (1) or SERVER-HELLO (4).
    private mutating func beginSSLv2(
        _ octets: Span<UInt8>, _ context: inout SessionContext, _ events: inout [TLSEvent]
    ) -> Int {
        isAtStart = false
        let length = Int(octets[0] & 0x7F) << 8 | Int(octets[1])
        switch octets[2] {
        case 1 where sender == .client && length >= 9:
            context.disclosure?.takeRecordHeader(octets.extracting(first: 2), at: recordOffset, from: sender)
            framing = .sslv2(remaining: length)
        case 4 where sender == .server && Self.isSSLv2ServerHello(octets, length):
            // Length, type, and what the server says of the lengths of what follows.
            context.disclosure?.takeRecordHeader(
                octets.extracting(first: min(octets.count, 13)), at: recordOffset, from: sender)
            events.append(.sslv2ServerHello)
            isLost = true
        default:
            lose(
                WireError(.malformed("neither a TLS record nor an SSLv2 hello"), layer: .tlsRecord, offset: 0), &events)
        }
        return 2
    }

    /// Whether the lengths that a SERVER-HELLO states of its parts make up its own, and it is of SSL 2.0
    /// (draft-hickman-netscape-ssl-00 §5.2.2). What there is of one in a header's five octets is believed.
    private static func isSSLv2ServerHello(_ octets: Span<UInt8>, _ length: Int) -> Bool {
        guard octets.count >= 13 else { return length >= 11 }
        let parts = Int(octets.u16(at: 7)) + Int(octets.u16(at: 9)) + Int(octets.u16(at: 11))
        return octets.u16(at: 5) == 2 && length == 11 + parts
    }

    private mutating func collectSSLv2(
        _ octets: Span<UInt8>, isWhole: Bool, _ context: inout SessionContext, _ events: inout [TLSEvent]
    ) {
        messages.append(octets)
        guard isWhole else { return }
        let whole = messages.octets
        messages.removeAll()
        var reader = ByteReader(whole.span, layer: .tlsHandshake)
        do {
            events.append(.clientHello(SharedClientHello(try ClientHelloFacts(parsingSSLv2: &reader))))
            context.disclosure?.release(whole.count, from: sender, showing: [0..<whole.count])
        } catch {
            lose(error, &events)
        }
    }
}

extension TLSStream {
    /// Takes out what tells it from others, or puts it back.
    public mutating func exchange(_ particulars: inout Particulars) {
        if case .skip(var remaining) = framing {
            particulars.exchange(&remaining)
            framing = .skip(remaining: remaining)
        }
        particulars.exchange(offset: &recordOffset)
        particulars.exchange(&protectedRecords)
        particulars.exchange(&reportsLeft)
    }
}
