import Support
import Wire

/// A small capture to do harm to: one message in clear.
enum SampleFile {
    static let frames: [BuiltFrame] = PacketBuilder().frames(
        Conversation.segments { talk in
            talk.s("220 mx.example.org ESMTP ready")
            talk.c("EHLO client.example.net")
            talk.s("250-mx.example.org", "250 8BITMIME")
            talk.c("MAIL FROM:<alice@example.net>")
            talk.s("250 2.1.0 Ok")
            talk.c("RCPT TO:<bob@example.org>")
            talk.s("250 2.1.5 Ok")
            talk.c("DATA")
            talk.s("354 End data with <CR><LF>.<CR><LF>")
            talk.c("Subject: hello", "", "text", ".")
            talk.s("250 2.0.0 Ok: queued as 1234")
        })

    static func octets(_ format: CaptureFileFormat) -> [UInt8] { format.file(frames, .ethernet) }
}
