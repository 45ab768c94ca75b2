import Wire

/// What of the facts tells one session from others of its kind (`Particulars`).
extension SessionReader {
    /// Takes out what tells it from others, or puts it back. In the order of their frames, as a rule, which keeps numbers
    /// small.
    public mutating func exchange(_ particulars: inout Particulars) {
        proxy.value?.exchange(&particulars) { $0.exchange(&$1) }
        dialogue.facts.exchangeGreeting(&particulars)
        exchangeOwn(&particulars)
        dialogue.exchange(&particulars)
        tls?.exchange(&particulars)
        landmarks.exchange(&particulars)
    }

    /// The same for all sessions that are equal once their particulars were taken out, and another one for most others.
    /// Mutating, although it changes nothing: so it is asked where it lies.
    public mutating func kind() -> UInt64 {
        var kind = tls?.facts.hello?.value.identity ?? 0
        kind.mix(UInt8(truncatingIfNeeded: tls?.facts.serverHello?.value.cipherSuite.rawValue ?? 0))
        kind.mix(UInt8(truncatingIfNeeded: dialogue.facts.ehlo?.keywords.count ?? 0))
        return kind
    }
}

extension Landmarks {
    fileprivate mutating func exchange(_ particulars: inout Particulars) {
        hello?.exchange(&particulars)
        mail?.exchange(&particulars)
        handshake?.exchange(&particulars)
        protection?.exchange(&particulars)
        read.exchange(&particulars)
    }
}

extension BothSides where Value: FixedWidthInteger {
    mutating func exchange(_ particulars: inout Particulars) {
        particulars.exchange(&client)
        particulars.exchange(&server)
    }
}

extension Observed {
    /// Its frame, and what `exchange` names of the value.
    mutating func exchange(
        _ particulars: inout Particulars, _ exchange: (inout Value, inout Particulars) -> Void = { _, _ in }
    ) {
        var (value, frame) = (value, frame)
        exchange(&value, &particulars)
        particulars.exchange(&frame)
        self = Self(value, in: frame)
    }
}

extension Excerpt {
    /// `follows`: it stands behind the one before it in a reply.
    mutating func exchange(_ particulars: inout Particulars, follows: Bool = false) {
        var (frame, offset) = (frame, offset)
        particulars.exchange(&frame)
        if follows { particulars.relate(offset: &offset) } else { particulars.exchange(offset: &offset) }
        self = Self(frame: frame, side: side, offset: offset, octets: octets)
    }
}

extension SMTPReply {
    fileprivate mutating func exchange(_ particulars: inout Particulars, withText: Bool) {
        var (text, offset) = (text, offset)
        if withText { particulars.exchange(&text) }
        particulars.exchange(offset: &offset)
        self = Self(code: code, text: text, offset: offset)
    }
}

// MARK: In clear

extension SMTPDialogue {
    mutating func exchange(_ particulars: inout Particulars) {
        if let line = firstLine {
            // It holds the client's name.
            var text = line.octets
            particulars.exchange(&text)
            firstLine = Excerpt(frame: line.frame, side: line.side, offset: line.offset, octets: text)
            firstLine?.exchange(&particulars)
        }
        facts.exchange(&particulars)
        startTLS.exchange(&particulars)
    }
}

extension SMTPFacts {
    /// Many servers put the time, or a number of the session, into it.
    fileprivate mutating func exchangeGreeting(_ particulars: inout Particulars) {
        greeting?.exchange(&particulars) { $0.exchange(&$1, withText: true) }
    }

    fileprivate mutating func exchange(_ particulars: inout Particulars) {
        clientName?.exchange(&particulars) { $1.exchange(&$0) }
        if let reply = ehlo { ehlo = EHLOReply(reply, &particulars) }
        firstMail?.exchange(&particulars)
        firstAuth?.exchange(&particulars)
        firstContent?.exchange(&particulars)
        if hasUnusual { note { $0.exchange(&particulars) } }
    }
}

extension UnusualFacts {
    fileprivate mutating func exchange(_ particulars: inout Particulars) {
        requireTLS?.exchange(&particulars)
        firstRecipient?.exchange(&particulars)
        demandForTLS?.exchange(&particulars)
        heloAccepted?.exchange(&particulars)
        behindReady?.exchange(&particulars)
        returnToClear?.exchange(&particulars)
        bareLineFeed?.exchange(&particulars)
        bareCarriageReturn?.exchange(&particulars)
        doubtfulCommand?.exchange(&particulars)
        if var end = doubtEnd {
            particulars.exchange(offset: &end)
            doubtEnd = end
        }
        if let seen = xClient {
            var frame = seen.frame
            particulars.exchange(&frame)
            xClient = XClient(frame: frame, reply: seen.reply)
        }
        xForward?.exchange(&particulars)
    }
}

extension EHLOReply {
    fileprivate init(_ reply: Self, _ particulars: inout Particulars) {
        var (frame, keywords) = (reply.frame, reply.keywords)
        for place in keywords.indices {
            keywords[place].exchange(&particulars, follows: place > 0)
        }
        particulars.exchange(&frame)
        self.init(frame: frame, keywords: keywords, cut: reply.cut)
    }
}

extension StartTLSFacts {
    fileprivate mutating func exchange(_ particulars: inout Particulars) {
        offered?.exchange(&particulars)
        unusedBy?.exchange(&particulars)
        request?.exchange(&particulars)
        reply?.exchange(&particulars) { $0.exchange(&$1, withText: false) }
        if case .tls(var frame) = afterReady {
            particulars.exchange(&frame)
            afterReady = .tls(frame)
        }
    }
}

// MARK: TLS

extension TLSHandshake {
    mutating func exchange(_ particulars: inout Particulars) {
        client.exchange(&particulars)
        server.exchange(&particulars)
        facts.exchange(&particulars)
    }
}

extension TLSFacts {
    fileprivate mutating func exchange(_ particulars: inout Particulars) {
        hello?.exchange(&particulars)
        earlyRecord?.exchange(&particulars)
        helloRetryRequest?.exchange(&particulars)
        serverHello?.exchange(&particulars)
        if case .observed(var chain) = certificates {
            chain.exchange(&particulars)
            certificates = .observed(chain)
        }
        leaf?.exchange(&particulars)
        serverKeyExchange?.exchange(&particulars)
        group?.exchange(&particulars)
        serverChangeCipherSpec?.exchange(&particulars)
        serverRecords.exchange(&particulars)
        clientChangeCipherSpec?.exchange(&particulars)
        clientRecords.exchange(&particulars)
    }
}

extension FrameNumber {
    fileprivate mutating func exchange(_ particulars: inout Particulars) { particulars.exchange(&self) }
}

extension ProtectedRecords {
    fileprivate mutating func exchange(_ particulars: inout Particulars) {
        particulars.exchange(&count)
        if var length = firstLength {
            particulars.exchange(&length)
            firstLength = length
        }
        first?.exchange(&particulars)
    }
}

// MARK: TCP

extension TransportFacts {
    /// Takes out what tells it from others, or puts it back.
    public mutating func exchange(_ particulars: inout Particulars) {
        particulars.exchange(&end)
        particulars.exchange(&start)
        particulars.exchange(&lastFrame)
        particulars.exchange(&firstFrame)
        toServer.exchange(&particulars)
        toClient.exchange(&particulars)
        for place in gaps.indices { gaps[place].exchange(&particulars) }
        particulars.exchange(&gapCount)
        particulars.exchange(&truncatedSegments)
        multipath?.exchange(&particulars)
    }
}

extension Gap {
    fileprivate mutating func exchange(_ particulars: inout Particulars) {
        var (offset, length) = (offset, length)
        particulars.exchange(offset: &offset)
        particulars.exchange(&length)
        self = Self(side: side, offset: offset, length: length)
    }
}

extension Traffic {
    fileprivate mutating func exchange(_ particulars: inout Particulars) {
        particulars.exchange(&packets)
        particulars.exchange(&octets)
        particulars.exchange(&payload)
    }
}
