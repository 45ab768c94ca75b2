import Findings
import Sessions
import Wire

extension EventEncoder {
    /// The closing event of a session: all its facts. `negotiation` is what its handshake comes to.
    mutating func flow(
        _ judged: JudgedSession, _ head: EventHead, _ negotiation: [UInt8], into json: inout JSONWriter
    ) {
        let session = judged.session
        json.line { json in
            self.head(head, "flow", frame: session.transport.lastFrame, into: &json)
            json.object("flow") { json in figures(of: session.transport, alerted: judged.findings, into: &json) }
            json.object("tcp") { json in ends(of: session.transport, into: &json) }
            json.object("mail_tls") { json in facts(of: judged, head, negotiation, into: &json) }
        }
    }

    private func figures(of transport: TransportFacts, alerted: [Finding], into json: inout JSONWriter) {
        json.member("pkts_toserver", number: transport.toServer.packets)
        json.member("pkts_toclient", number: transport.toClient.packets)
        json.member("bytes_toserver", number: transport.toServer.octets)
        json.member("bytes_toclient", number: transport.toClient.octets)
        json.member("start", time: transport.start)
        json.member("end", time: transport.end)
        json.member("age", number: max(0, transport.end.since(transport.start)) / 1_000_000_000)
        json.member("state", word: Self.state(of: transport))
        if let reason = Self.reason(transport.state) { json.member("reason", word: reason) }
        json.member("alerted", truth: !alerted.isEmpty)
    }

    private func ends(of transport: TransportFacts, into json: inout JSONWriter) {
        if transport.fin != nil { json.member("fin", truth: true) }
        if transport.reset != nil || !transport.resets.isEmpty { json.member("rst", truth: true) }
        json.member("state", word: Self.state(of: transport))
    }

    /// EVE's words for a connection's state.
    private static func state(of transport: TransportFacts) -> StaticString {
        switch transport.state {
        case .closed, .reset: "closed"
        case .open, .timedOut, .evicted: transport.capture == .halfOpen ? "new" : "established"
        }
    }

    /// EVE's words for who ended the flow where its own ends did not.
    private static func reason(_ state: ConnectionState) -> StaticString? {
        switch state {
        case .closed, .reset: nil
        case .timedOut: "timeout"
        case .evicted: "forced"
        case .open: "shutdown"
        }
    }

    private mutating func facts(
        of judged: JudgedSession, _ head: EventHead, _ negotiation: [UInt8], into json: inout JSONWriter
    ) {
        let session = judged.session
        json.member("schema", number: Self.schema)
        json.key("id")
        json.string { $0 += head.id }
        if !session.application.isForeign { json.fragment(exposure(judged.exposure)) }
        json.member("capture", text: session.transport.capture.rawValue)
        json.member("gaps", number: session.transport.gapCount)
        if session.transport.ambiguousSegments > 0 {
            json.member("ambiguous_segments", session.transport.ambiguousSegments)
        }
        json.memberIfPresent("multipath", session.transport.multipath?.value.rawValue)
        if let closed = session.transport.halfClosed {
            json.object("half_closed") { json in
                json.member("by", closed.side.rawValue)
                json.member("frame", closed.frame.number)
                json.member("octets", closed.octets)
            }
        }
        json.member("first_frame", number: session.transport.firstFrame.number)
        json.member("last_frame", number: session.transport.lastFrame.number)
        // The event's own file is that of its last frame.
        if session.transport.firstFrame.file != session.transport.lastFrame.file {
            json.member("first_pcap_filename", text: inputs[session.transport.firstFrame])
        }
        if !session.encapsulation.isEmpty { encapsulation(session.encapsulation, into: &json) }
        if let proxy = session.proxy {
            json.object("proxy") { json in self.proxy(proxy, into: &json) }
        }
        if let smtp = session.smtp {
            json.object("smtp") { json in
                json.fragment(opening(smtp))
                json.fragment(dialogue(smtp))
            }
            json.object("starttls") { json in json.fragment(upgrade(session.startTLS, smtp)) }
        }
        if !negotiation.isEmpty {
            json.object("tls") { json in json.fragment(negotiation) }
        }
        json.array("findings") { json in ruleIDs(judged.findings, into: &json) }
        notObservable(session.notObservable, into: &json)
    }

    private func encapsulation(_ layers: [Encapsulation], into json: inout JSONWriter) {
        json.array("encapsulation") { json in
            for layer in layers {
                json.object { json in
                    json.member("kind", layer.kind.rawValue)
                    json.memberIfPresent("id", layer.identifier)
                    json.memberIfPresent("src_ip", layer.source?.description)
                    json.memberIfPresent("dest_ip", layer.destination?.description)
                }
            }
        }
    }

    /// Whose connection a load balancer handed on; without addresses it was its own.
    private func proxy(_ header: Observed<ProxyHeader>, into json: inout JSONWriter) {
        json.member("version", header.value.version)
        json.member("frame", header.frame.number)
        json.memberIfPresent("src_ip", header.value.client?.address.description)
        json.memberIfPresent("src_port", header.value.client?.port)
        json.memberIfPresent("dest_ip", header.value.server?.address.description)
        json.memberIfPresent("dest_port", header.value.server?.port)
    }

    private mutating func exposure(_ exposure: Exposure) -> [UInt8] {
        written(FragmentCache.number(.exposure, exposure.number)) { _, json in
            json.member("verdict", exposure.verdict.rawValue)
            json.array("listeners") { json in
                for listener in exposure.listeners { json.value(listener.rawValue) }
            }
            json.member("interceptor", exposure.interceptor.rawValue)
        }
    }

    /// Each rule once, in the order of the findings.
    private mutating func ruleIDs(_ findings: [Finding], into json: inout JSONWriter) {
        for place in findings.indices {
            let card = findings[place].card
            guard !(0..<place).contains(where: { findings[$0].card === card }) else { continue }
            json.fragment(commonParts(card, findings[place].severity, findings[place].certainty).id)
        }
    }

    private mutating func notObservable(_ unobserved: [Unobserved], into json: inout JSONWriter) {
        json.array("not_observable") { json in
            for fact in unobserved { json.fragment(fragments.unobserved(fact)) }
        }
    }
}
