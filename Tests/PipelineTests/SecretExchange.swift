import Foundation
import Support

/// An AUTH exchange whose user name and password are canaries.
struct SecretExchange: Sendable, CustomStringConvertible {
    static let user = "Kq7Zw2Xv9Rb4Nt6M"
    static let password = "jH3dY8sU5eP1gLc0"

    /// The command up to its initial response.
    let command: String
    /// What the client sends in answer to challenges, the initial response first.
    let responses: [String]

    var description: String { command }

    static let search = SecretSearch([user, password])

    static let all: [SecretExchange] = [
        .init(command: "AUTH PLAIN", responses: [encoded("\0\(user)\0\(password)")]),
        .init(command: "AUTH LOGIN", responses: [encoded(user), encoded(password)]),
        .init(command: "auth login", responses: [user, password]),
        .init(command: "AUTH CRAM-MD5", responses: [encoded("\(user) \(digest)")]),
        .init(
            command: "AUTH DIGEST-MD5",
            responses: [encoded("username=\"\(user)\",realm=\"mx\",nonce=\"\(password)\",response=\(digest)"), ""]),
        .init(command: "AUTH NTLM", responses: [encoded("NTLMSSP\0\u{1}\0\0\0"), ntlm]),
        .init(
            command: "AUTH SCRAM-SHA-256",
            responses: [encoded("n,,n=\(user),r=\(password)"), encoded("c=biws,r=\(password)abc,p=\(password)")]),
        .init(command: "AUTH XOAUTH2", responses: [encoded("user=\(user)\u{1}auth=Bearer \(password)\u{1}\u{1}")]),
        .init(
            command: "AUTH OAUTHBEARER",
            responses: [encoded("n,a=\(user),\u{1}host=mx\u{1}auth=Bearer \(password)\u{1}\u{1}")]),
        .init(command: "AUTH EXTERNAL", responses: [encoded(user)]),
        .init(command: "AUTH X-HOUSE-MADE", responses: [encoded(user), encoded(password)]),
        .init(command: "X-EXPS LOGIN", responses: [encoded(user), encoded(password)]),
        // No mechanism at all: what stands in its place may be the secret.
        .init(command: "AUTH", responses: [encoded("\(user):\(password)")]),
        .init(command: "AUTH \(user)", responses: [password]),
        // Octets of a token whose end looks like a command.
        .init(command: "AUTH LOGIN", responses: [encoded(user) + "QUIT", encoded(password) + "STARTTLS"]),
        .init(command: "AUTH PLAIN", responses: [encoded("\0\(user)\0\(password)") + "DATA"]),
        .init(command: "AUTH XOAUTH2", responses: [String(repeating: encoded(user + password), count: 90)]),
    ]

    private static let digest = String(repeating: "0123456789abcdef", count: 2)

    private static let ntlm: String = {
        let names: [UInt8] = (user + password).utf8.flatMap { [$0, 0] }
        return Data(Array("NTLMSSP\0\u{3}\0\0\0".utf8) + names).base64EncodedString()
    }()

    static func encoded(_ text: String) -> String { Data(text.utf8).base64EncodedString() }

    /// How the server takes it.
    enum Answer: CaseIterable, Sendable {
        case accepted, refused, refusedAtOnce, unknownCommand, cancelled, silent
    }

    /// The lines of the client, in order.
    func lines(initial: Bool) -> [String] {
        guard initial, let first = responses.first else { return [command] + responses }
        return ["\(command) \(first)"] + responses.dropFirst()
    }

    /// The exchange, line by line; every reply repeats what the client said.
    func speak(_ talk: inout Conversation, initial: Bool, _ answer: Answer, echo: Bool = true) {
        talk.s("220 mx.example.org ESMTP")
        talk.c("EHLO client.example.net")
        talk.s("250-mx.example.org", "250-PIPELINING", "250-STARTTLS", "250 AUTH PLAIN LOGIN")
        let lines = lines(initial: initial)
        for (index, line) in lines.enumerated() {
            talk.c(line)
            let text = echo ? line : "text"
            switch answer {
            case .refusedAtOnce: talk.s("535-5.7.8 refused: \(text)", "535 5.7.8 refused: \(text)")
            case .unknownCommand: talk.s("500 5.5.1 unrecognized: \(text)")
            case _ where index + 1 < lines.count: talk.s("334 \(text)")
            case .accepted: talk.s("235 2.7.0 \(text)")
            case .refused: talk.s("535-5.7.8 \(text)", "535 5.7.8 \(text)")
            case .cancelled:
                talk.s("334 \(text)")
                talk.c("*")
                talk.s("501 5.7.0 cancelled \(text)")
            case .silent: break
            }
        }
        talk.c("MAIL FROM:<alice@example.net>")
        talk.s("250 2.1.0 Ok")
        talk.c("QUIT")
        talk.s("221 bye")
    }

    func segments(initial: Bool, _ answer: Answer, echo: Bool = true) -> [Segment] {
        Conversation.segments(port: 587) { speak(&$0, initial: initial, answer, echo: echo) }
    }
}
