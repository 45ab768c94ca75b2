import Findings
import Sessions
import Wire

/// Writes JSON Lines under Suricata's EVE names (docs/formats.md, docs/events.schema.json).
///
/// The events of one session leave together, in a fixed order: `smtp`*, `tls`, `alert`*, `flow`. Their ids depend on the
/// session alone, never on the file, the order or the sensor.
public struct EventWriter: Sendable {
    private var encoder: EventEncoder
    private var json = JSONWriter()

    /// - Parameter inputs: the inputs' names in the order of `FrameNumber.file`.
    public init(options: ReportOptions, inputs: [String]) {
        encoder = EventEncoder(options: options, inputs: InputNames(names: inputs))
    }

    /// All events of one session; the last one is its `flow`.
    public mutating func write(_ judged: JudgedSession, to sink: inout OutputSink) throws(OutputError) {
        json.removeAll()
        encoder.events(of: judged, into: &json)
        try sink.write(json.octets)
    }

    /// Appends all events of one session to `octets`, for who writes them later, in an order of its own.
    public mutating func append(_ judged: JudgedSession, to octets: inout [UInt8]) {
        json.append(to: &octets) { json in encoder.events(of: judged, into: &json) }
    }

    /// Appends the events of a session that has ended, but for its alerts, which were told as they came.
    public mutating func append(ofEnded judged: JudgedSession, to octets: inout [UInt8]) {
        json.append(to: &octets) { json in encoder.events(of: judged, withAlerts: false, into: &json) }
    }

    /// Appends an alert that stands for `count` others like it on a hop.
    public mutating func append(
        repeated finding: Finding, on hop: HopKey, count: Int, at time: Timestamp, to octets: inout [UInt8]
    ) {
        json.append(to: &octets) { json in
            encoder.alert(finding, of: .repeated(hop, time, count), ordinal: finding.ordinal, into: &json)
        }
    }

    /// Appends alerts of a session that goes on.
    public mutating func append(
        alerts findings: [Finding], of session: MailSession, to octets: inout [UInt8]
    ) {
        json.append(to: &octets) { json in
            let subject = AlertSubject.session(encoder.head(of: session, forAlerts: true))
            for finding in findings { encoder.alert(finding, of: subject, ordinal: finding.ordinal, into: &json) }
        }
    }

    /// The same, of a hop that is watched.
    public mutating func append(
        _ finding: Finding, on hop: HopKey, at time: Timestamp, to octets: inout [UInt8]
    ) {
        json.append(to: &octets) { json in
            encoder.alert(finding, of: .hop(hop, time), ordinal: finding.ordinal, into: &json)
        }
    }

    /// One `alert` that needed several sessions of a hop. `ordinal` tells apart findings of one rule on the same hop.
    public mutating func write(
        _ finding: Finding, on hop: HopKey, ordinal: Int = 0, at time: Timestamp, to sink: inout OutputSink
    ) throws(OutputError) {
        json.removeAll()
        encoder.alert(finding, of: .hop(hop, time), ordinal: ordinal, into: &json)
        try sink.write(json.octets)
    }

    /// One `alert` on the capture as a whole.
    public mutating func write(
        _ finding: Finding, ordinal: Int = 0, at time: Timestamp, to sink: inout OutputSink
    ) throws(OutputError) {
        json.removeAll()
        encoder.alert(finding, of: .capture(time), ordinal: ordinal, into: &json)
        try sink.write(json.octets)
    }

    /// The closing `stats` event.
    public mutating func write(stats summary: CaptureSummary, to sink: inout OutputSink) throws(OutputError) {
        json.removeAll()
        encoder.stats(summary, into: &json)
        try sink.write(json.octets)
    }
}

/// Turns values into events; holds what all events share.
struct EventEncoder: Sendable {
    let options: ReportOptions
    let privacy: Privacy
    let inputs: InputNames
    private let writtenInputs: [WrittenInput]
    /// What `mail_tls` begins with in an event of a session, up to the session's id.
    let beginning: [UInt8]
    /// Of the rules that found something.
    var cards: [CardFragments] = []
    var fragments = FragmentCache()

    /// Version of `mail_tls`; grows when a member changes its meaning.
    static let schema = 1

    /// The name of an input as it is written: as it is, and as the member that says where an event's packet is.
    final class WrittenInput: Sendable {
        let name: [UInt8]
        let member: [UInt8]

        init(_ name: String, isLive: Bool) {
            self.name = JSONWriter.fragment { $0.value(name) }
            member = JSONWriter.fragment { $0.member(isLive ? "in_iface" : "pcap_filename", text: name) }
        }
    }

    init(options: ReportOptions, inputs: InputNames) {
        self.options = options
        self.inputs = inputs
        writtenInputs = inputs.all.map { WrittenInput($0, isLive: options.isLive) }
        beginning = JSONWriter.fragment { $0.member("schema", Self.schema) } + Array(",\"id\":\"".utf8)
        privacy = Privacy(showAddresses: options.showAddresses)
    }

    mutating func events(of judged: JudgedSession, withAlerts: Bool = true, into json: inout JSONWriter) {
        let tellsAlerts = withAlerts && !judged.findings.isEmpty
        let head = head(of: judged.session, forAlerts: tellsAlerts)
        for (ordinal, transaction) in (judged.session.smtp?.transactions ?? []).enumerated() {
            smtp(transaction, ordinal: ordinal, of: judged.session, head, into: &json)
        }
        var negotiation: [UInt8] = []
        if let tls = judged.session.tls {
            let fragments = handshake(tls)
            handshake(fragments, Self.frame(of: tls), head, into: &json)
            negotiation = fragments.negotiation
        }
        if tellsAlerts {
            let subject = AlertSubject.session(head)
            for finding in judged.findings { alert(finding, of: subject, ordinal: finding.ordinal, into: &json) }
        }
        flow(judged, head, negotiation, into: &json)
    }

    /// What `body` writes, if it follows from `number` and from nothing else.
    mutating func written(_ number: UInt64, _ body: (Self, inout JSONWriter) -> Void) -> [UInt8] {
        if let known = fragments.written(number) { return known }
        let made = JSONWriter.fragment { body(self, &$0) }
        fragments.keep(made, for: number)
        return made
    }

    /// The input that a frame is in.
    func input(_ frame: FrameNumber) -> WrittenInput {
        let place = Int(frame.file)
        return place < writtenInputs.count ? writtenInputs[place] : WrittenInput(inputs[frame], isLive: options.isLive)
    }
}

extension Finding {
    /// Tells a session's alerts apart: a rule speaks once of a session, whether while it lasts or at its end.
    fileprivate var ordinal: Int { card.signatureID % 1000 }
}
