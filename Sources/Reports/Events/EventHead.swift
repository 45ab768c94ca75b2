import Sessions
import Wire

/// What all events of a session begin with; written once per session.
struct EventHead: Sendable {
    let id: SessionHash
    let client: Endpoint
    let server: Endpoint
    /// What an event points at where nothing shows it better.
    let lastFrame: FrameNumber
    /// The members before the frame, and those behind the event's type.
    let leading: [UInt8]
    let trailing: [UInt8]

    /// Deterministic: of the session, the kind of event, and its number among those.
    func eventID(_ kind: String, _ ordinal: Int, to octets: inout [UInt8]) {
        sessionID(to: &octets)
        octets.append(UInt8(ascii: "-"))
        octets.append(contentsOf: kind.utf8)
        octets.append(UInt8(ascii: "-"))
        octets.append(decimal: UInt64(ordinal))
    }

    func sessionID(to octets: inout [UInt8]) {
        octets.append(hexadecimal: id.high)
        octets.append(hexadecimal: id.low)
    }
}

extension EventEncoder {
    func head(of session: MailSession) -> EventHead {
        let id = session.id.hash
        let leading = JSONWriter.fragment { json in
            json.member("timestamp", session.transport.end)
            json.member("flow_id", id.flowID)
        }
        let trailing = JSONWriter.fragment { json in
            json.memberIfPresent("host", options.sensorName)
            vlan(session.vlans, into: &json)
            json.key("src_ip")
            json.string { session.client.address.append(to: &$0) }
            json.member("src_port", session.client.port)
            json.key("dest_ip")
            json.string { session.server.address.append(to: &$0) }
            json.member("dest_port", session.server.port)
            json.member("proto", "TCP")
            application(session.application, into: &json)
            json.key("community_id")
            json.string { CommunityID.append(session.client, session.server, to: &$0) }
        }
        return EventHead(
            id: id, client: session.client, server: session.server, lastFrame: session.transport.lastFrame,
            leading: leading, trailing: trailing)
    }

    /// The members that Suricata writes on top of every event, in its order.
    func head(_ head: EventHead, _ type: String, frame: FrameNumber, into json: inout JSONWriter) {
        json.fragment(head.leading)
        source(frame, into: &json)
        json.member("event_type", type)
        json.fragment(head.trailing)
    }

    /// The input and the packet's number there; an interface has a name only.
    func source(_ frame: FrameNumber, into json: inout JSONWriter) {
        if options.isLive {
            json.member("in_iface", inputs[frame])
        } else {
            json.member("pcap_cnt", frame.number)
            json.member("pcap_filename", inputs[frame])
        }
    }

    func vlan(_ vlans: [UInt16], into json: inout JSONWriter) {
        guard !vlans.isEmpty else { return }
        json.array("vlan") { json in
            for vlan in vlans { json.value(vlan) }
        }
    }

    private func application(_ application: ApplicationProtocol, into json: inout JSONWriter) {
        switch application {
        case .smtp: json.member("app_proto", "smtp")
        case .tls: json.member("app_proto", "tls")
        case .smtpThenTLS:
            json.member("app_proto", "tls")
            json.member("app_proto_orig", "smtp")
        case .tlsHelloToPlaintextServer:
            json.member("app_proto", "smtp")
            json.member("app_proto_ts", "tls")
            json.member("app_proto_tc", "smtp")
        case .none, .notMail: json.member("app_proto", "failed")
        }
    }
}

extension IPAddress {
    /// The text of `description`, appended to `octets`.
    func append(to octets: inout [UInt8]) {
        guard !isV6 else { return octets.append(contentsOf: description.utf8) }
        for shift in stride(from: UInt64(24), through: 0, by: -8) {
            octets.append(decimal: low >> shift & 0xFF)
            if shift > 0 { octets.append(UInt8(ascii: ".")) }
        }
    }
}
