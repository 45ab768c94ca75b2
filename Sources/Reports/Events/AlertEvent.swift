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
    func alert(_ finding: Finding, of subject: AlertSubject, ordinal: Int, into json: inout JSONWriter) {
        json.line { json in
            alertHead(finding, subject, into: &json)
            json.object("alert") { json in signature(finding, into: &json) }
            json.object("mail_tls") { json in
                alertIdentity(finding, subject, ordinal, into: &json)
                judgement(finding, into: &json)
                if case .repeated(_, _, let count) = subject { json.member("repeated", count) }
                filter(finding, subject, into: &json)
                json.memberIfPresent("tlsrpt_result_type", finding.tlsrptResultType)
            }
        }
    }

    private func alertHead(_ finding: Finding, _ subject: AlertSubject, into json: inout JSONWriter) {
        let frame = finding.evidence.first?.frame
        switch subject {
        case .session(let head):
            self.head(head, "alert", frame: frame ?? head.lastFrame, into: &json)
        case .hop(_, let time), .repeated(_, let time, _), .capture(let time):
            json.member("timestamp", CalendarTime(time).eve)
            if let frame { source(frame, into: &json) }
            json.member("event_type", "alert")
            json.memberIfPresent("host", options.sensorName)
        }
        if let key = subject.hop {
            vlan(key.vlans, into: &json)
            json.member("src_ip", key.client.description)
            json.member("dest_ip", key.server.address.description)
            json.member("dest_port", key.server.port)
            json.member("proto", "TCP")
        }
    }

    /// EVE's `alert`, so that a SIEM that knows Suricata shows the finding as it shows others.
    private func signature(_ finding: Finding, into json: inout JSONWriter) {
        let card = CardFragments.of(finding.card, in: cards, privacy)
        json.fragment(card.signature)
        json.member("severity", finding.severity.eve)
        json.object("metadata") { json in
            json.member("rule", [finding.card.id])
            json.member("severity", [finding.severity.name])
            json.member("certainty", [finding.certainty.rawValue])
            json.fragment(card.references)
        }
    }

    private func alertIdentity(
        _ finding: Finding, _ subject: AlertSubject, _ ordinal: Int, into json: inout JSONWriter
    ) {
        switch subject {
        case .session(let head): identity(of: head, "alert", ordinal, into: &json)
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

    private func judgement(_ finding: Finding, into json: inout JSONWriter) {
        json.member("rule", finding.card.id)
        json.member("severity", finding.severity.name)
        json.member("certainty", finding.certainty.rawValue)
        json.array("evidence") { json in
            for piece in finding.evidence {
                json.object { json in evidence(piece, into: &json) }
            }
        }
        json.member("explains", privacy.text(finding.sentence))
        if finding.alternatives == finding.card.alternatives, finding.remediation == finding.card.remediation {
            json.fragment(CardFragments.of(finding.card, in: cards, privacy).advice)
        } else {
            json.member("alternatives", privacy.text(finding.alternatives))
            json.member("remediation", privacy.text(finding.remediation))
        }
    }

    private func evidence(_ evidence: Evidence, into json: inout JSONWriter) {
        json.member("file", inputs[evidence.frame])
        json.member("frame", evidence.frame.number)
        json.memberIfPresent("side", evidence.side?.rawValue)
        json.memberIfPresent("offset", evidence.offset)
        json.memberIfPresent("octets", evidence.octets.map { privacy.text($0) })
        json.member("text", privacy.text(evidence.text))
        filter(evidence.frame, into: &json)
    }

    private func filter(_ frame: FrameNumber, into json: inout JSONWriter) {
        json.key("wireshark_filter")
        json.string { WiresharkFilter.append(frame: frame, to: &$0) }
    }

    private func filter(_ finding: Finding, _ subject: AlertSubject, into json: inout JSONWriter) {
        switch subject {
        case .session(let head):
            json.key("wireshark_filter")
            json.string { WiresharkFilter.append(connection: head.client, head.server, to: &$0) }
        case .hop(let key, _), .repeated(let key, _, _): json.member("wireshark_filter", WiresharkFilter.hop(key))
        case .capture:
            if let frame = finding.evidence.first?.frame { filter(frame, into: &json) }
        }
    }
}

extension Severity {
    /// EVE counts from 1, the worst.
    var eve: Int {
        switch self {
        case .critical, .high: 1
        case .medium: 2
        case .low: 3
        case .info: 4
        }
    }
}
