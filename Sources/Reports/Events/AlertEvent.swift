import Findings
import Sessions
import Wire

/// What an alert is about.
enum AlertSubject: Sendable {
    case session(EventHead)
    case hop(HopKey, Timestamp)
    /// Alerts on a hop that were counted and not told.
    case repeated(HopKey, Timestamp, Int)

    fileprivate var hop: HopKey? {
        switch self {
        case .hop(let key, _), .repeated(let key, _, _): key
        case .session, .capture: nil
        }
    }

    case capture(Timestamp)
}

extension EventEncoder {
    mutating func alert(_ finding: Finding, of subject: AlertSubject, ordinal: Int, into json: inout JSONWriter) {
        let card = commonParts(finding.card, finding.severity, finding.certainty)
        json.line { json in
            alertHead(finding, subject, into: &json)
            json.object("alert") { json in json.fragment(card.signature) }
            json.object("mail_tls") { json in
                alertIdentity(finding, subject, ordinal, into: &json)
                judgement(finding, card, into: &json)
                if case .repeated(_, _, let count) = subject { json.member("repeated", count) }
                filter(finding, subject, into: &json)
                if let type = finding.tlsrptResultType { json.member("tlsrpt_result_type", text: type) }
            }
        }
    }

    /// What findings of a rule have in common.
    mutating func commonParts(_ card: RuleCard, _ severity: Severity, _ certainty: Certainty) -> CardFragments {
        for known in cards where known.fits(card, severity, certainty) { return known }
        let made = CardFragments(card, severity, certainty, privacy)
        cards.append(made)
        return made
    }

    private func alertHead(_ finding: Finding, _ subject: AlertSubject, into json: inout JSONWriter) {
        let frame = finding.evidence.first?.frame
        switch subject {
        case .session(let head):
            self.head(head, "alert", frame: frame ?? head.lastFrame, into: &json)
        case .hop(_, let time), .repeated(_, let time, _), .capture(let time):
            json.member("timestamp", CalendarTime(time).eve)
            if let frame { source(frame, into: &json) }
            json.member("event_type", word: "alert")
            json.memberIfPresent("host", options.sensorName)
        }
        if let key = subject.hop {
            vlan(key.vlans, into: &json)
            json.member("src_ip", key.client.description)
            json.member("dest_ip", key.server.address.description)
            json.member("dest_port", key.server.port)
            json.member("proto", word: "TCP")
        }
    }

    private func alertIdentity(
        _ finding: Finding, _ subject: AlertSubject, _ ordinal: Int, into json: inout JSONWriter
    ) {
        switch subject {
        case .session(let head): identity(of: head, "-alert-", ordinal, into: &json)
        case .hop(let key, let time), .repeated(let key, let time, _):
            let networks = key.networks.map { "\($0.kind.rawValue)-\($0.identifier ?? 0)." }
            let seenIn = key.vlans.map { "\($0)." }.joined() + networks.joined()
            // Over a hop that is watched the same may be told again, with more evidence.
            let kind =
                if case .repeated = subject { "repeated-\(time.nanoseconds)" } else {
                    options.isLive ? "hop-\(time.nanoseconds)" : "hop"
                }
            identity("\(kind)-\(seenIn)\(key.client)-\(key.server)-\(finding.card.id)-\(ordinal)", into: &json)
        case .capture: identity("capture-\(finding.card.id)-\(ordinal)", into: &json)
        }
    }

    private mutating func judgement(_ finding: Finding, _ card: CardFragments, into json: inout JSONWriter) {
        json.fragment(card.judgement)
        json.array("evidence") { json in
            for piece in finding.evidence {
                json.object { json in evidence(piece, into: &json) }
            }
        }
        json.member("explains", written: sentence(finding.sentence))
        if finding.alternatives == finding.card.alternatives, finding.remediation == finding.card.remediation {
            json.fragment(card.advice)
        } else {
            json.member("alternatives", written: sentence(finding.alternatives))
            json.member("remediation", written: sentence(finding.remediation))
        }
    }

    private mutating func evidence(_ evidence: Evidence, into json: inout JSONWriter) {
        json.member("file", written: input(evidence.frame).name)
        json.member("frame", number: evidence.frame.number)
        switch evidence.side {
        case .client: json.member("side", word: "client")
        case .server: json.member("side", word: "server")
        case nil: break
        }
        if let offset = evidence.offset { json.member("offset", number: offset) }
        if let octets = evidence.octets { json.member("octets", text: privacy.text(octets)) }
        json.member("text", written: sentence(evidence.text))
        filter(evidence.frame, into: &json)
    }

    /// A sentence as others had it before; it may repeat an address.
    private mutating func sentence(_ text: String) -> [UInt8] { fragments.sentence(text, privacy) }

    private func filter(_ frame: FrameNumber, into json: inout JSONWriter) {
        json.key("wireshark_filter")
        json.string { WiresharkFilter.append(frame: frame, to: &$0) }
    }

    private func filter(_ finding: Finding, _ subject: AlertSubject, into json: inout JSONWriter) {
        switch subject {
        case .session(let head): json.fragment(head.filter)
        case .hop(let key, _), .repeated(let key, _, _): json.member("wireshark_filter", WiresharkFilter.hop(key))
        case .capture:
            if let frame = finding.evidence.first?.frame { filter(frame, into: &json) }
        }
    }
}
