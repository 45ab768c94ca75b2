import Sessions
import Wire

/// What all events of a session begin with; computed once per session.
struct EventHead: Sendable {
    let id: SessionID
    let time: String
    let client: Endpoint
    let server: Endpoint
    let vlans: [UInt16]
    let application: ApplicationProtocol
    let communityID: String
    /// What an event points at where nothing shows it better.
    let lastFrame: FrameNumber

    init(_ session: MailSession) {
        id = session.id
        time = CalendarTime(session.transport.end).eve
        client = session.client
        server = session.server
        vlans = session.vlans
        application = session.application
        communityID = CommunityID.text(session.client, session.server)
        lastFrame = session.transport.lastFrame
    }

    /// Deterministic: of the session, the kind of event, and its number among those.
    func eventID(_ kind: String, _ ordinal: Int) -> String { "\(id)-\(kind)-\(ordinal)" }
}

extension EventEncoder {
    /// The members that Suricata writes on top of every event, in its order.
    func head(_ head: EventHead, _ type: String, frame: FrameNumber, into json: inout JSONWriter) {
        json.member("timestamp", head.time)
        json.member("flow_id", head.id.flowID)
        source(frame, into: &json)
        json.member("event_type", type)
        json.memberIfPresent("host", options.sensorName)
        vlan(head.vlans, into: &json)
        json.member("src_ip", head.client.address.description)
        json.member("src_port", head.client.port)
        json.member("dest_ip", head.server.address.description)
        json.member("dest_port", head.server.port)
        json.member("proto", "TCP")
        application(head.application, into: &json)
        json.member("community_id", head.communityID)
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
