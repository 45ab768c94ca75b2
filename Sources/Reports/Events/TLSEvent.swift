import Sessions
import Wire

extension EventEncoder {
    /// One handshake, in EVE's words. Members of a certificate that was not seen are `null`.
    func handshake(
        _ fragments: FragmentCache.Handshake, _ frame: FrameNumber?, _ head: EventHead, into json: inout JSONWriter
    ) {
        json.line { json in
            self.head(head, "tls", frame: frame ?? head.lastFrame, into: &json)
            json.object("tls") { json in json.fragment(fragments.eve) }
            json.object("mail_tls") { json in
                identity(of: head, "-tls-", 0, into: &json)
                json.fragment(fragments.negotiation)
            }
        }
    }

    /// What its events say that holds no frame.
    mutating func handshake(_ tls: TLSFacts) -> FragmentCache.Handshake {
        if let known = fragments.handshake(tls) { return known }
        let made = FragmentCache.Handshake(
            tls, eve: JSONWriter.fragment { json in eve(tls, into: &json) },
            negotiation: JSONWriter.fragment { negotiation(tls, into: &$0) })
        fragments.keep(made)
        return made
    }

    /// The frame that shows what was negotiated, or as much of it as there is.
    static func frame(of tls: TLSFacts) -> FrameNumber? {
        tls.serverHello?.frame ?? tls.hello?.frame ?? tls.clientRecords.first ?? tls.serverRecords.first
    }

    private mutating func eve(_ tls: TLSFacts, into json: inout JSONWriter) {
        json.member("version", tls.version?.value.eveName)
        serverName(tls, into: &json)
        certificate(tls.leaf?.value, into: &json)
        json.member("session_resumed", tls.resumed)
        if tls.isImplicit == false { json.member("from_proto", "smtp") }
        if let offer = tls.clientHello?.value, !offer.alpn.isEmpty {
            json.member("client_alpns", offer.alpn.map { privacy.text($0) })
        }
        fingerprints(tls, into: &json)
    }

    /// `null` where the hello was not seen, absent where it has no fingerprint.
    private mutating func fingerprints(_ tls: TLSFacts, into json: inout JSONWriter) {
        if let hello = tls.hello?.value {
            if let client = fragments.fingerprint(hello) {
                fingerprint("ja3", client.ja3, client.ja3String, into: &json)
                json.member("ja4", client.ja4)
            }
        } else {
            json.member("ja3", nil as String?)
            json.member("ja4", nil as String?)
        }
        if let text = tls.serverHello.flatMap({ JA3.text($0.value) }) {
            fingerprint("ja3s", JA3.digest(text), text, into: &json)
        } else {
            json.member("ja3s", nil as String?)
        }
    }

    private func fingerprint(_ name: StaticString, _ hash: String, _ text: String, into json: inout JSONWriter) {
        json.object(name) { json in
            json.member("hash", hash)
            json.member("string", text)
        }
    }

    /// `null` where no ClientHello was seen, absent where it named no server.
    func serverName(_ tls: TLSFacts, into json: inout JSONWriter) {
        guard let hello = tls.clientHello?.value else { return json.member("sni", nil as String?) }
        json.memberIfPresent("sni", hello.serverName.map { privacy.text($0) })
    }

    private func certificate(_ leaf: CertificateFacts?, into json: inout JSONWriter) {
        json.member("subject", leaf.map { privacy.text($0.subject) })
        json.member("issuerdn", leaf.map { privacy.text($0.issuer) })
        json.member("serial", leaf.map { Self.eveSerial($0.serial) })
        json.member("notbefore", leaf.map { CalendarTime(seconds: $0.notBefore).eveSeconds })
        json.member("notafter", leaf.map { CalendarTime(seconds: $0.notAfter).eveSeconds })
        json.member("subjectaltname", leaf.map { names(of: $0) })
    }

    /// `0a9f` as EVE writes it: `0A:9F`.
    static func eveSerial(_ digits: String) -> String {
        let sign = digits.hasPrefix("-") ? "-" : ""
        let digits = Array(digits.dropFirst(sign.count).uppercased())
        let octets = stride(from: 0, to: digits.count, by: 2).map { String(digits[$0..<min($0 + 2, digits.count)]) }
        return sign + octets.joined(separator: ":")
    }

    func names(of certificate: CertificateFacts) -> [String] {
        (certificate.dnsNames + certificate.ipAddresses.map { "\($0)" }).map { privacy.text($0) }
    }
}
