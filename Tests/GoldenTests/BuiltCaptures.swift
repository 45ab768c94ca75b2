import Foundation
import Support
import Testing
import Wire

/// Captures of what no server or network at hand produces, built packet by packet and committed as `built-*.pcap`.
struct BuiltCapture: CustomTestStringConvertible, Sendable {
    let name: String
    let octets: [UInt8]

    var testDescription: String { name }

    init(
        _ name: String, _ segments: [Segment], link: PacketBuilder.Link = .ethernet(),
        format: CaptureFileFormat = .pcap
    ) {
        let builder = PacketBuilder(link)
        self.name = name
        octets = format.file(builder.frames(segments), builder.linkType)
    }

    init(_ name: String, _ segments: [Segment], in wrappings: Wrapping..., isReversed: Bool = false) {
        var builder = PacketBuilder()
        builder.wrappings = wrappings
        let frames = segments.enumerated().flatMap { index, segment in
            let parts = builder.frames(segment, number: UInt32(index))
            return isReversed ? parts.reversed() : parts
        }
        self.name = name
        octets = CaptureFileFormat.pcap.file(frames, builder.linkType)
    }

    static let all = [
        BuiltCapture("built-decrypted-mirror.pcap", mirror),
        BuiltCapture("built-export-cipher.pcap", export),
        BuiltCapture("built-sslv2.pcap", sslv2),
        BuiltCapture("built-compression.pcap", compression),
        BuiltCapture("built-joined-in-auth.pcap", joinedInAuth),
        BuiltCapture("built-one-sided.pcap", oneSided),
        BuiltCapture("built-conflicting-retransmission.pcap", conflict),
        BuiltCapture("built-reset-injection.pcap", forgedReset),
        BuiltCapture("built-requiretls-in-clear.pcap", requireTLS),
        BuiltCapture("built-anonymous-tls.pcap", anonymousTLS),
        BuiltCapture("built-starttls-twice.pcap", startTLSTwice),
        BuiltCapture("built-not-mail.pcap", http),
        BuiltCapture("built-half-closed.pcap", halfClosed),
        BuiltCapture("built-mptcp.pcap", Subflows.both),
        BuiltCapture(
            "built-qinq.pcap", health(), link: .ethernet(tags: [.init(0x88A8, 100), .init(0x8100, 42)])),
        BuiltCapture(
            "built-mpls.pcap", health(),
            in: Wrap.mpls([PerSide(client: 100, server: 200), PerSide(client: 16, server: 17)])),
        BuiltCapture(
            "built-pppoe.pcap", health(), in: Wrap.vlan(0x88A8, 100), Wrap.vlan(42), Wrap.pppoe(17)),
        BuiltCapture("built-6in4.pcap", health(isV6: true), in: Wrap.ip()),
        BuiltCapture(
            "built-gtp.pcap", health(),
            in: Wrap.gtp(PerSide(client: 42, server: 43), sequence: true, extensions: [[0, 9]])),
        BuiltCapture("built-fragments.pcap", fragmented, in: Wrap.fragments(of: 64), isReversed: true),
        BuiltCapture("built-raw-ipv6.pcap", health(isV6: true), link: .raw(.rawFile)),
        BuiltCapture("built-bsd-loopback.pcapng", health(), link: .loop(familyV6: 24), format: .pcapng),
    ]

    // MARK: Dialogues

    /// Greeting and EHLO of a server that offers STARTTLS (RFC 3207 §2).
    private static func offer(_ talk: inout Conversation) {
        talk.open()
        talk.s("220 mx.example.org ESMTP")
        talk.c("EHLO client.example.net")
        talk.s("250-mx.example.org", "250-STARTTLS", "250 SIZE 1000000")
    }

    /// One message, QUIT and the end of the connection (RFC 5321 appendix D.1).
    private static func deliver(_ talk: inout Conversation, _ mail: String = "MAIL FROM:<alice@example.net>") {
        talk.c(mail)
        talk.s("250 2.1.0 Ok")
        talk.c("RCPT TO:<bob@example.org>")
        talk.s("250 2.1.5 Ok")
        talk.c("DATA")
        talk.s("354 End data with <CR><LF>.<CR><LF>")
        talk.c("Subject: test", "", "hello", ".")
        talk.s("250 2.0.0 Ok")
        talk.c("QUIT")
        talk.s("221 2.0.0 Bye")
        talk.close()
    }

    /// Behind a tap that shows decrypted TLS, the dialogue goes on in clear after the 220 (RFC 3207 §4) in every session.
    private static var mirror: [Segment] {
        (0..<3).flatMap { index in
            var talk = Conversation(
                clientPort: 40_000 + UInt16(index), at: Conversation.start + Int64(index) * 1_000_000_000)
            offer(&talk)
            talk.c("STARTTLS")
            talk.s("220 2.0.0 Ready to start TLS")
            talk.c("EHLO client.example.net")
            talk.s("250-mx.example.org", "250 SIZE 1000000")
            deliver(&talk)
            return talk.segments
        }
    }

    /// TLS 1.0 with TLS_RSA_EXPORT_WITH_RC4_40_MD5 (0x0003, RFC 2246 appendix A.5), as servers of the 1990s chose it.
    private static var export: [Segment] {
        var talk = Conversation()
        offer(&talk)
        talk.c("STARTTLS")
        talk.s("220 2.0.0 Ready to start TLS")
        talk.send(record(22, message(1, [3, 1] + random + [0, 0, 4, 0, 3, 0, 10, 1, 0])), from: .client)
        talk.send(
            record(22, message(2, [3, 1] + random + [0, 0, 3, 0])) + record(22, certificate)
                + record(22, message(14, [])), from: .server)
        // ClientKeyExchange with a 512-bit RSA secret, ChangeCipherSpec, an encrypted Finished (RFC 2246 §7.4.7, §7.4.9).
        talk.send(
            record(22, message(16, [UInt8](repeating: 0xA5, count: 64))) + record(20, [1])
                + record(22, [UInt8](repeating: 0x5A, count: 32)), from: .client)
        talk.send(record(20, [1]) + record(22, [UInt8](repeating: 0xC3, count: 32)), from: .server)
        talk.send(record(23, [UInt8](repeating: 0x3C, count: 48)), from: .client)
        talk.send(record(23, [UInt8](repeating: 0x69, count: 64)), from: .server)
        talk.close()
        return talk.segments
    }

    /// TLS 1.2 with DEFLATE (RFC 3749 §2.1), which no library of today has; all else is as it should be.
    private static var compression: [Segment] {
        var talk = Conversation()
        offer(&talk)
        talk.c("STARTTLS")
        talk.s("220 2.0.0 Ready to start TLS")
        // renegotiation_info (RFC 5746 §3.2), extended_master_secret (RFC 7627 §5.1), supported_groups (RFC 8422 §5.1.1).
        let shared: [UInt8] = [0xFF, 1, 0, 1, 0, 0, 23, 0, 0]
        let offered: [UInt8] = shared + [0, 10, 0, 4, 0, 2, 0, 23]
        talk.send(
            record(
                22,
                message(1, [3, 3] + random + [0, 0, 2, 0xC0, 0x2F, 2, 1, 0, 0, UInt8(offered.count)] + offered)),
            from: .client)
        // ServerKeyExchange: secp256r1 with a point of 65 octets, signed with rsa_pkcs1_sha256 (RFC 8422 §5.4).
        let point: [UInt8] = [65, 4] + [UInt8](repeating: 0x42, count: 64)
        let keys: [UInt8] = [3, 0, 23] + point + [4, 1, 1, 0] + [UInt8](repeating: 0x24, count: 256)
        talk.send(
            record(22, message(2, [3, 3] + random + [0, 0xC0, 0x2F, 1, 0, UInt8(shared.count)] + shared))
                + record(22, certificate) + record(22, message(12, keys)) + record(22, message(14, [])), from: .server)
        talk.send(
            record(22, message(16, point)) + record(20, [1]) + record(22, [UInt8](repeating: 0x5A, count: 40)),
            from: .client)
        talk.send(record(20, [1]) + record(22, [UInt8](repeating: 0xC3, count: 40)), from: .server)
        talk.send(record(23, [UInt8](repeating: 0x3C, count: 48)), from: .client)
        talk.send(record(23, [UInt8](repeating: 0x69, count: 64)), from: .server)
        talk.close()
        return talk.segments
    }

    /// An SSL 2.0 CLIENT-HELLO and SERVER-HELLO (draft-hickman-netscape-ssl-00 §5.4, RFC 5246 appendix E.2), on 465.
    private static var sslv2: [Segment] {
        var talk = Conversation(port: 465)
        talk.open()
        let challenge = [UInt8](repeating: 0x11, count: 16)
        let hello: [UInt8] = [1, 0, 2, 0, 6, 0, 0, 0, 16, 1, 0, 0x80, 7, 0, 0xC0] + challenge
        talk.send([0x80, UInt8(hello.count)] + hello, from: .client)
        // msg_type, session-id-hit, certificate-type, version, lengths of certificate, cipher specs and connection id.
        let answer: [UInt8] = [4, 0, 1, 0, 2, 0, 4, 0, 3, 0, 16, 0xDE, 0xAD, 0xBE, 0xEF, 1, 0, 0x80] + challenge
        talk.send([0x80, UInt8(answer.count)] + answer, from: .server)
        talk.close()
        return talk.segments
    }

    /// The capture begins when the client answers a 334 (RFC 4954 §4): its line looks like a verb that nobody knows.
    private static var joinedInAuth: [Segment] {
        var talk = Conversation(port: 587)
        offer(&talk)
        talk.c("AUTH PLAIN")
        talk.s("334 ")
        let before = talk.segments.count
        talk.c("AGFsaWNlAGZha2UtcGFzc3dvcmQ=")
        talk.s("235 2.7.0 Authentication successful")
        talk.c("MAIL FROM:<alice@example.net>")
        talk.s("250 2.1.0 Ok")
        talk.c("QUIT")
        talk.s("221 2.0.0 Bye")
        talk.close()
        return Array(talk.segments.dropFirst(before))
    }

    /// Only the client's direction was captured: what the server offered is not observable.
    private static var oneSided: [Segment] {
        var talk = Conversation()
        offer(&talk)
        deliver(&talk)
        return talk.segments.only(.client)
    }

    /// The reply to EHLO comes twice with different octets: without STARTTLS, then as the server sent it.
    private static var conflict: [Segment] {
        var talk = Conversation()
        talk.open()
        talk.s("220 mx.example.org ESMTP")
        talk.c("EHLO client.example.net")
        talk.s("250-mx.example.org", "250-SIZE 1000000", "250 8BITMIME")
        let reply = talk.segments.count
        deliver(&talk)
        var segments = talk.segments
        var genuine = segments[reply - 1]
        genuine.payload = Conversation.octets(["250-mx.example.org", "250-STARTTLS", "250 SIZE 1000000"])
        genuine.time += 300_000
        segments.insert(genuine, at: reply)
        return segments
    }

    /// Resets in both names behind STARTTLS, as a device in between sends them; neither end believes them, since their
    /// numbers are not the next ones (RFC 5961 §3.2), and the handshake follows.
    private static var forgedReset: [Segment] {
        var talk = Conversation()
        offer(&talk)
        talk.c("STARTTLS")
        let forged = [Side.server, .client].map { side in
            var probe = talk
            probe.reset(by: side)
            var segment = probe.segments[probe.segments.count - 1]
            segment.sequence &+= 8
            segment.flags = .rst
            segment.acknowledgment = 0
            segment.hopLimit = 249
            segment.identification = 0xBEEF
            segment.window = 0
            segment.time -= side == .server ? 400_000 : 300_000
            return segment
        }
        talk.s("220 2.0.0 Ready to start TLS")
        shakeHands(&talk)
        talk.close()
        let own = talk.segments.enumerated().map { index, segment in
            var segment = segment
            segment.hopLimit = segment.from == .client ? 64 : 57
            segment.identification = UInt16(100 + index) + (segment.from == .client ? 0 : 20_000)
            segment.window = segment.from == .client ? 502 : 509
            return segment
        }
        return (own + forged).sorted { $0.time < $1.time }
    }

    /// REQUIRETLS outside TLS (RFC 8689 §2), to a server that offers it there: no server in the lab knows it.
    private static var requireTLS: [Segment] {
        var talk = Conversation()
        talk.open()
        talk.s("220 mx.example.org ESMTP")
        talk.c("EHLO client.example.net")
        talk.s("250-mx.example.org", "250-STARTTLS", "250-REQUIRETLS", "250 SIZE 1000000")
        deliver(&talk, "MAIL FROM:<alice@example.net> REQUIRETLS")
        return talk.segments
    }

    /// Exchange's own word for STARTTLS between its servers; the handshake as it is in `Handshakes`.
    private static var anonymousTLS: [Segment] {
        var talk = Conversation()
        talk.open()
        talk.s("220 mx.example.org Microsoft ESMTP MAIL Service ready")
        talk.c("EHLO client.example.net")
        talk.s(
            "250-mx.example.org Hello", "250-SIZE 1000000", "250-X-ANONYMOUSTLS", "250-X-EXPS GSSAPI NTLM",
            "250 CHUNKING")
        talk.c("X-ANONYMOUSTLS")
        talk.s("220 2.0.0 SMTP server ready")
        shakeHands(&talk)
        talk.close()
        return talk.segments
    }

    private static func shakeHands(_ talk: inout Conversation) {
        talk.send(Handshakes.clientHello, from: .client)
        talk.send(Handshakes.serverHello, from: .server)
        talk.send(Handshakes.clientKeys, from: .client)
        talk.send(Handshakes.serverKeys, from: .server)
        talk.send(record(23, [UInt8](repeating: 0x3C, count: 48)), from: .client)
        talk.send(record(23, [UInt8](repeating: 0x69, count: 64)), from: .server)
    }

    /// STARTTLS refused, asked again, a handshake that fails, the dialogue in clear again, and STARTTLS at last.
    private static var startTLSTwice: [Segment] {
        var talk = Conversation()
        offer(&talk)
        talk.c("STARTTLS")
        talk.s("454 4.7.0 TLS not available due to temporary reason")
        talk.c("STARTTLS")
        talk.s("220 2.0.0 Ready to start TLS")
        talk.send(Handshakes.clientHello, from: .client)
        talk.send(record(21, [2, 40]), from: .server)
        talk.c("EHLO client.example.net")
        talk.s("250-mx.example.org", "250-STARTTLS", "250 SIZE 1000000")
        talk.c("STARTTLS")
        talk.s("220 2.0.0 Ready to start TLS")
        shakeHands(&talk)
        talk.close()
        return talk.segments
    }

    /// HTTP between two ends that both mean it.
    private static var http: [Segment] {
        var talk = Conversation()
        talk.open()
        talk.c("GET / HTTP/1.1", "Host: mx.example.org", "")
        talk.s("HTTP/1.1 200 OK", "Content-Length: 2", "", "hi")
        talk.close()
        return talk.segments
    }

    /// The client's FIN comes with its QUIT; what the server still has to say follows (RFC 9293 §3.6).
    private static var halfClosed: [Segment] {
        var talk = Conversation()
        offer(&talk)
        talk.c("MAIL FROM:<alice@example.net>")
        talk.s("250 2.1.0 Ok")
        talk.c("RCPT TO:<bob@example.org>")
        talk.s("250 2.1.5 Ok")
        talk.c("DATA")
        talk.s("354 End data with <CR><LF>.<CR><LF>")
        talk.send(
            Conversation.octets(["Subject: test", "", "hello", ".", "QUIT"]), from: .client, flags: [.fin, .ack])
        talk.s("250 2.0.0 Ok")
        talk.s("221 2.0.0 Bye")
        talk.send([], from: .server, flags: [.fin, .ack])
        talk.send([], from: .client, flags: .ack)
        return talk.segments
    }

    /// EHLO and QUIT: nothing is exposed, whatever the link.
    private static func health(isV6: Bool = false) -> [Segment] {
        var talk = Conversation(isV6: isV6)
        offer(&talk)
        talk.c("QUIT")
        talk.s("221 2.0.0 Bye")
        talk.close()
        return talk.segments
    }

    /// A message in clear whose text is long enough to be cut, on a server without STARTTLS.
    private static var fragmented: [Segment] {
        var talk = Conversation()
        talk.open()
        talk.s("220 mx.example.org ESMTP")
        talk.c("EHLO client.example.net")
        talk.s("250-mx.example.org", "250-STARTTLS", "250 SIZE 1000000")
        talk.c("MAIL FROM:<alice@example.net>")
        talk.s("250 2.1.0 Ok")
        talk.c("RCPT TO:<bob@example.org>")
        talk.s("250 2.1.5 Ok")
        talk.c("DATA")
        talk.s("354 End data with <CR><LF>.<CR><LF>")
        talk.c("Subject: test", "", String(repeating: "all work and no play ", count: 20), ".")
        talk.s("250 2.0.0 Ok")
        talk.c("QUIT")
        talk.s("221 2.0.0 Bye")
        talk.close()
        return talk.segments
    }

    // MARK: TLS octets

    private static let random = [UInt8](0..<32)

    /// ContentType, version 3.1, length (RFC 2246 §6.2.1).
    private static func record(_ type: UInt8, _ fragment: [UInt8]) -> [UInt8] {
        [type, 3, 1, UInt8(fragment.count >> 8), UInt8(fragment.count & 0xFF)] + fragment
    }

    /// HandshakeType and a length of three octets (RFC 2246 §7.4).
    private static func message(_ type: UInt8, _ body: [UInt8]) -> [UInt8] {
        [type, 0, UInt8(body.count >> 8), UInt8(body.count & 0xFF)] + body
    }

    /// A Certificate message whose one certificate is no DER: an unreadable certificate is a fact, no error.
    private static var certificate: [UInt8] {
        message(11, [0, 0, 7, 0, 0, 4, 0x30, 0x82, 0xFF, 0xFF])
    }
}

@Suite struct BuiltCaptureTests {
    /// The committed files are what the builder builds.
    @Test(arguments: BuiltCapture.all)
    func isAsCommitted(_ capture: BuiltCapture) throws {
        let file = SampleCapture.folder.appendingPathComponent(capture.name)
        if GoldenTests.accepts {
            try Data(capture.octets).write(to: file)
            return
        }
        #expect(try [UInt8](Data(contentsOf: file)) == capture.octets)
    }

    @Test func everyBuiltCaptureIsBuiltHere() {
        let built = SampleCapture.all.map(\.name).filter { $0.hasPrefix("built-") }
        #expect(built.sorted() == BuiltCapture.all.map(\.name).sorted())
    }
}
