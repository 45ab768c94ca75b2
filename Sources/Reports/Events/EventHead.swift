import Sessions
import Wire

/// What all events of a session begin with; written once per session.
struct EventHead: Sendable {
    /// The session's id, in hexadecimal digits.
    let id: [UInt8]
    /// What `mail_tls` begins with: before what tells an event from others of the session, and behind it.
    let identity: (leading: [UInt8], trailing: [UInt8])
    /// What an event points at where nothing shows it better.
    let lastFrame: FrameNumber
    /// The members before the frame, and those behind the event's type.
    let leading: [UInt8]
    let trailing: [UInt8]
    /// The member that finds its packets; empty where no alert follows.
    let filter: [UInt8]
}

extension EventEncoder {
    func head(of session: MailSession, forAlerts: Bool) -> EventHead {
        let hash = session.id.hash
        let id = hash.octets
        let leading = JSONWriter.fragment { json in
            json.member("timestamp", session.transport.end)
            json.member("flow_id", hash.flowID)
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
            json.member("proto", word: "TCP")
            application(session.application, into: &json)
            json.key("community_id")
            json.string { CommunityID.append(session.client, session.server, to: &$0) }
        }
        return EventHead(
            id: id, identity: identity(id), lastFrame: session.transport.lastFrame, leading: leading,
            trailing: trailing,
            filter: forAlerts ? filter(session.client, session.server) : [])
    }

    /// `"schema":1,"id":"0123…` and `","session":"0123…"`.
    private func identity(_ id: [UInt8]) -> (leading: [UInt8], trailing: [UInt8]) {
        var trailing: [UInt8] = []
        trailing.reserveCapacity(64)
        trailing.append("\",\"session\":\"")
        trailing += id
        trailing.append("\"")
        return (beginning + id, trailing)
    }

    private func filter(_ client: Endpoint, _ server: Endpoint) -> [UInt8] {
        JSONWriter.fragment { json in
            json.key("wireshark_filter")
            json.string { WiresharkFilter.append(connection: client, server, to: &$0) }
        }
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
        if !options.isLive { json.member("pcap_cnt", frame.number) }
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
    /// 32 lower-case hexadecimal digits.
    fileprivate var octets: [UInt8] {
        var octets: [UInt8] = []
        octets.append(hexadecimal: high)
        octets.append(hexadecimal: low)
        return octets
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
