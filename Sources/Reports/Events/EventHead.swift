import Sessions
import Wire

/// What all events of a session begin with; written once per session, all pieces into one array. An object, since each piece
/// is asked for several times.
final class EventHead: Sendable {
    /// What an event points at where nothing shows it better.
    let lastFrame: FrameNumber
    private let octets: [UInt8]
    private let pieces: Pieces

    fileprivate struct Pieces: Sendable {
        var leading = 0..<0
        var trailing = 0..<0
        var opening = 0..<0
        var closing = 0..<0
        var filter = 0..<0
    }

    fileprivate init(lastFrame: FrameNumber, _ octets: [UInt8], _ pieces: Pieces) {
        self.lastFrame = lastFrame
        self.octets = octets
        self.pieces = pieces
    }

    /// The members before the frame, and those behind the event's type.
    var leading: ArraySlice<UInt8> { octets[pieces.leading] }
    var trailing: ArraySlice<UInt8> { octets[pieces.trailing] }
    /// What `mail_tls` begins with: up to the session's id in that of the event, and behind what else that says.
    var opening: ArraySlice<UInt8> { octets[pieces.opening] }
    var closing: ArraySlice<UInt8> { octets[pieces.closing] }
    /// The session's id, in hexadecimal digits.
    var id: ArraySlice<UInt8> { octets[pieces.opening].suffix(SessionHash.digits) }
    /// The member that finds its packets; empty where no alert follows.
    var filter: ArraySlice<UInt8> { octets[pieces.filter] }
}

extension EventEncoder {
    func head(of session: MailSession, forAlerts: Bool) -> EventHead {
        let hash = session.id.hash
        var pieces = EventHead.Pieces()
        // As much as all pieces take, and no more than the allocator has at hand.
        var json = JSONWriter(capacity: 768)
        pieces.leading = json.piece { json in
            json.member("timestamp", time: session.transport.end)
            json.member("flow_id", number: hash.flowID)
        }
        pieces.trailing = json.piece { json in trailing(of: session, into: &json) }
        pieces.opening = json.text { octets in
            octets += beginning
            hash.append(to: &octets)
        }
        pieces.closing = json.text { octets in
            octets.append("\",\"session\":\"")
            hash.append(to: &octets)
            octets.append("\"")
        }
        if forAlerts {
            pieces.filter = json.piece { json in
                json.key("wireshark_filter")
                json.string { WiresharkFilter.append(connection: session.client, session.server, to: &$0) }
            }
        }
        return EventHead(lastFrame: session.transport.lastFrame, json.octets, pieces)
    }

    private func trailing(of session: MailSession, into json: inout JSONWriter) {
        json.memberIfPresent("host", options.sensorName)
        vlan(session.vlans, into: &json)
        json.key("src_ip")
        json.string { session.client.address.append(to: &$0) }
        json.member("src_port", number: session.client.port)
        json.key("dest_ip")
        json.string { session.server.address.append(to: &$0) }
        json.member("dest_port", number: session.server.port)
        json.member("proto", word: "TCP")
        application(session.application, into: &json)
        json.key("community_id")
        json.string { CommunityID.append(session.client, session.server, to: &$0) }
    }

    /// The members that Suricata writes on top of every event, in its order.
    func head(_ head: EventHead, _ type: StaticString, frame: FrameNumber, into json: inout JSONWriter) {
        json.fragment(head.leading)
        source(frame, into: &json)
        json.member("event_type", word: type)
        json.fragment(head.trailing)
    }

    /// The input and the packet's number there; an interface has a name only.
    func source(_ frame: FrameNumber, into json: inout JSONWriter) {
        if !options.isLive { json.member("pcap_cnt", number: frame.number) }
        json.fragment(input(frame).member)
    }

    func vlan(_ vlans: [UInt16], into json: inout JSONWriter) {
        guard !vlans.isEmpty else { return }
        json.array("vlan") { json in
            for vlan in vlans { json.value(vlan) }
        }
    }

    private func application(_ application: ApplicationProtocol, into json: inout JSONWriter) {
        switch application {
        case .smtp: json.member("app_proto", word: "smtp")
        case .tls: json.member("app_proto", word: "tls")
        case .smtpThenTLS:
            json.member("app_proto", word: "tls")
            json.member("app_proto_orig", word: "smtp")
        case .tlsHelloToPlaintextServer:
            json.member("app_proto", word: "smtp")
            json.member("app_proto_ts", word: "tls")
            json.member("app_proto_tc", word: "smtp")
        case .none, .notMail: json.member("app_proto", word: "failed")
        }
    }
}

extension SessionHash {
    /// Of both numbers.
    fileprivate static let digits = 32

    /// Lower-case hexadecimal digits.
    fileprivate func append(to octets: inout [UInt8]) {
        octets.append(hexadecimal: high)
        octets.append(hexadecimal: low)
    }
}

extension IPAddress {
    /// The text of `description`, appended to `octets`.
    func append(to octets: inout [UInt8]) {
        guard !isV6 else { return octets.append(contentsOf: description.utf8) }
        octets.append(addingCapacity: 15) { output in
            for shift in stride(from: UInt64(24), through: 0, by: -8) {
                output.append(decimal: low >> shift & 0xFF)
                if shift > 0 { output.append(UInt8(ascii: ".")) }
            }
        }
    }
}
