import Support

/// Dialogues as real hosts hold them.
struct Dialogue: Sendable {
    var port: UInt16 = 25
    let say: @Sendable (inout Conversation) -> Void

    init(port: UInt16 = 25, _ say: @escaping @Sendable (inout Conversation) -> Void) {
        self.port = port
        self.say = say
    }

    func speak(_ conversation: inout Conversation) {
        conversation.open()
        say(&conversation)
        conversation.close()
    }

    var segments: [Segment] {
        var conversation = Conversation(port: port)
        speak(&conversation)
        return conversation.segments
    }

    /// One message in clear.
    static let plain = Dialogue { talk in
        talk.s("220 mx.example.org ESMTP ready")
        talk.c("EHLO client.example.net")
        talk.s("250-mx.example.org", "250-PIPELINING", "250-SIZE 10240000", "250 8BITMIME")
        talk.c("MAIL FROM:<alice@example.net> SIZE=120")
        talk.s("250 2.1.0 Ok")
        talk.c("RCPT TO:<bob@example.org>")
        talk.s("250 2.1.5 Ok")
        talk.c("DATA")
        talk.s("354 End data with <CR><LF>.<CR><LF>")
        talk.c("Subject: hello", "", "..two dots", "text", ".")
        talk.s("250 2.0.0 Ok: queued as 1234")
        talk.c("QUIT")
        talk.s("221 2.0.0 Bye")
    }

    /// A sender that is accepted, and nothing more.
    static let brief = Dialogue { talk in
        talk.s("220 mx.example.org ESMTP")
        talk.c("EHLO client.example.org")
        talk.s("250 mx.example.org")
        talk.c("MAIL FROM:<a@example.org>")
        talk.s("250 ok")
        talk.c("QUIT")
        talk.s("221 bye")
    }

    /// STARTTLS is offered, and a sender named in clear.
    static let unused = Dialogue { talk in
        talk.hearOffer()
        talk.c("MAIL FROM:<a@example.net>")
        talk.s("250 ok")
    }

    /// AUTH in two forms, pipelining, BDAT, DATA, a refused STARTTLS: every state of the reader.
    static let full = Dialogue(port: 587) { talk in
        talk.s("220-mx.example.org ESMTP", "220 ready")
        talk.c("EHLO client.example.net")
        talk.s(
            "250-mx.example.org", "250-PIPELINING", "250-STARTTLS", "250-AUTH PLAIN LOGIN", "250-CHUNKING",
            "250 ENHANCEDSTATUSCODES")
        talk.c("STARTTLS")
        talk.s("454 4.7.0 TLS not available")
        talk.c("AUTH PLAIN AGFsaWNlAHNlY3JldA==")
        talk.s("535 5.7.8 authentication failed")
        talk.c("AUTH LOGIN")
        talk.s("334 VXNlcm5hbWU6")
        talk.c("YWxpY2U=")
        talk.s("334 UGFzc3dvcmQ6")
        talk.c("c2VjcmV0")
        talk.s("235 2.7.0 accepted")
        talk.c("MAIL FROM:<alice@example.net>", "RCPT TO:<bob@example.org>", "RCPT TO:<carol@example.org>", "DATA")
        talk.s("250 2.1.0 Ok", "250 2.1.5 Ok", "550 5.1.1 No such user", "354 go on")
        talk.c("From: <alice@example.net>", "", "hello", "..", "MAIL FROM:<not@a.command>", ".")
        talk.s("250 2.0.0 queued")
        talk.c("MAIL FROM:<alice@example.net>", "RCPT TO:<bob@example.org>", "BDAT 10")
        talk.send(Array("0123456789".utf8), from: .client)
        talk.c("BDAT 7 LAST", "QUIT\n", "QUIT")
        talk.s("250 ok", "250 ok", "250 10 octets", "250 2.0.0 queued", "221 bye")
    }

    /// STARTTLS, and the whole of a TLS 1.2 handshake.
    static let encrypted = Dialogue { talk in
        talk.hearOffer()
        talk.c("STARTTLS")
        talk.s("220 2.0.0 Ready")
        talk.shakeHands()
        talk.send([23, 3, 3, 0, 20] + [UInt8](repeating: 7, count: 20), from: .client)
        talk.send([23, 3, 3, 0, 24] + [UInt8](repeating: 9, count: 24), from: .server)
    }

    /// A client that begins with TLS on a port whose server does not speak it.
    static let mismatched = Dialogue(port: 465) { talk in
        talk.send(Handshakes.clientHello, from: .client)
        talk.s("220 mx.example.org ESMTP")
    }

    /// A client that does not wait for the answer to its STARTTLS.
    static let hasty = Dialogue { talk in
        talk.hearOffer()
        talk.send(Array("STARTTLS\r\n".utf8) + Handshakes.clientHello, from: .client)
        talk.s("220-2.0.0 Wait", "220 2.0.0 Ready")
        talk.send(Handshakes.serverHello, from: .server)
    }
}

extension Conversation {
    /// The server greets, and offers STARTTLS.
    mutating func hearOffer() {
        s("220 mx.example.org ESMTP")
        c("EHLO client.example.net")
        s("250-mx.example.org", "250 STARTTLS")
    }

    /// The whole of a TLS 1.2 handshake.
    mutating func shakeHands() {
        send(Handshakes.clientHello, from: .client)
        send(Handshakes.serverHello, from: .server)
        send(Handshakes.clientKeys, from: .client)
        send(Handshakes.serverKeys, from: .server)
    }

    /// Opens the connection, and goes as far as the ClientHello behind STARTTLS.
    mutating func openUpToHello() {
        open()
        hearOffer()
        c("STARTTLS")
        s("220 go ahead")
        send(TLSOctets.clientHello, from: .client)
    }
}
