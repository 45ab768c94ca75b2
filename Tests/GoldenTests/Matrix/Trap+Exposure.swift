import Findings
import Support
import Wire

/// Traps around what crossed in clear: how much it weighs, and where it only looks as if it had.
extension Trap {
    static let inExposure: [Trap] = mirrors + weights + fallbacks

    private static func login(_ talk: inout Conversation, _ mechanism: String, _ reply: String) {
        talk.c("AUTH \(mechanism) AHVzZXIAZmFrZS1wYXNzd29yZA==")
        talk.s(reply)
    }

    /// A login with PLAIN on the port of submission.
    private static func plainLogin(_ reply: String) -> [Segment] {
        talk(port: 587) {
            $0.greet("AUTH PLAIN")
            login(&$0, "PLAIN", reply)
        }
    }

    /// What is said, and the same behind a 220 to STARTTLS, as a tap shows it that is handed decrypted TLS.
    private static func mirrored(_ rule: String, port: UInt16 = 25, _ say: (inout Conversation) -> Void) -> Trap {
        Trap(
            rule, "a decrypted mirror",
            fires: talk(port: port) {
                $0.greet()
                say(&$0)
                $0.quit()
            },
            trap: talk(port: port) {
                $0.greet("STARTTLS")
                $0.c("STARTTLS")
                $0.s("220 2.0.0 Ready to start TLS")
                $0.c("EHLO client.example.net")
                $0.s("250-mx.example.org", "250 SIZE 1000000")
                say(&$0)
                $0.quit()
            })
    }

    // MARK: Mirrors

    private static let mirrors: [Trap] = [
        mirrored("credentials-in-clear", port: 587) { login(&$0, "PLAIN", "235 ok") },
        mirrored("message-in-clear") { $0.deliver() },
        mirrored("cleartext-submission", port: 587) { $0.deliver() },
        mirrored("requiretls-in-clear") { $0.deliver(" REQUIRETLS") },
        mirrored("envelope-in-clear") {
            $0.c("MAIL FROM:<alice@example.net>")
            $0.s("250 2.1.0 Ok")
        },
        Trap(
            "cleartext-on-implicit-tls-port", "a decrypted mirror", .atMost(.likely),
            fires: talk(port: 465) { $0.c("EHLO client.example.net") },
            trap: talk(port: 465) {
                $0.greet()
                $0.deliver()
            }),
        Trap(
            "starttls-without-tls", "a decrypted mirror: every session shows it", .atMost(.possible),
            fires: [true, false].enumerated().flatMap { session($1, number: $0) },
            trap: [false, false].enumerated().flatMap { session($1, number: $0) }),
    ]

    /// A session whose STARTTLS is followed by TLS, or by more of the dialogue.
    private static func session(_ isEncrypted: Bool, number: Int) -> [Segment] {
        var talk = Conversation(
            clientPort: 40_000 + UInt16(number), at: Conversation.start + Int64(number) * 1_000_000_000)
        talk.open()
        talk.greet("STARTTLS")
        talk.c("STARTTLS")
        talk.s("220 2.0.0 Ready to start TLS")
        if isEncrypted {
            shake(&talk)
        } else {
            talk.c("EHLO client.example.net")
            talk.s("250-mx.example.org", "250 SIZE 1000000")
            talk.deliver()
        }
        talk.close()
        return talk.segments
    }

    private static func shake(_ talk: inout Conversation) {
        talk.send(Handshakes.clientHello, from: .client)
        talk.send(Handshakes.serverHello, from: .server)
        talk.send(Handshakes.clientKeys, from: .client)
        talk.send(Handshakes.serverKeys, from: .server)
    }

    // MARK: Weights

    private static let weights: [Trap] = [
        Trap(
            "credentials-in-clear", "an unknown mechanism", .atMost(.possible),
            fires: plainLogin("235 ok"),
            trap: talk(port: 587) {
                $0.greet("AUTH X-OUR-OWN")
                login(&$0, "X-OUR-OWN", "235 ok")
            }),
        Trap(
            "credentials-in-clear", "a guess that was refused as wrong", .severity(.low),
            fires: plainLogin("235 ok"),
            trap: plainLogin("535 wrong")),
        Trap(
            "auth-offered-in-clear", "mechanisms that show no password",
            fires: talk(port: 587) {
                $0.greet("AUTH PLAIN LOGIN")
                $0.deliver()
            },
            trap: talk(port: 587) {
                $0.greet("AUTH EXTERNAL GSSAPI SCRAM-SHA-256 CRAM-MD5")
                $0.deliver()
            }),
        Trap(
            "envelope-in-clear", "the sender was refused", .severity(.low), fires: envelope("250 2.1.0 Ok"),
            trap: envelope("550 5.7.1 go away")),
        Trap(
            "cleartext-submission", "MAIL was refused", .severity(.low), fires: envelope("250 2.1.0 Ok", port: 587),
            trap: envelope("530 5.7.0 Must issue a STARTTLS command first", port: 587)),
        Trap(
            "cleartext-submission", "a bot that guesses passwords", .severity(.low),
            fires: plainLogin("235 ok"),
            trap: plainLogin("535 wrong")),
        Trap(
            "cleartext-on-implicit-tls-port", "a client that gives up at once", .severity(.low),
            fires: talk(port: 465) {
                $0.greet()
                $0.deliver()
            },
            trap: talk(port: 465) {
                $0.greet()
                $0.quit()
            }),
        Trap(
            "requiretls-in-clear", "a test: the server refuses the parameter", .severity(.low),
            fires: talk {
                $0.greet("REQUIRETLS")
                $0.deliver(" REQUIRETLS")
            },
            trap: talk {
                $0.greet()
                $0.c("MAIL FROM:<alice@example.net> REQUIRETLS")
                $0.s("555 5.5.4 unknown parameter")
                $0.quit()
            }),
        Trap(
            "starttls-not-offered", "inside TLS no server offers it again",
            fires: talk {
                $0.greet()
                $0.deliver()
            },
            trap: talk {
                $0.greet("STARTTLS")
                $0.c("STARTTLS")
                $0.s("220 2.0.0 Ready to start TLS")
                shake(&$0)
                for side in [Side.client, .server, .client, .server] { $0.send(record(23, sealed), from: side) }
            }),
        Trap(
            "starttls-not-offered", "a line may have gone by another subflow of MPTCP", fires: Subflows.alone,
            trap: Subflows.both),
        Trap(
            "starttls-without-tls", "a 220 of two lines",
            fires: talk {
                $0.greet("STARTTLS")
                $0.c("STARTTLS")
                $0.s("220 2.0.0 Ready")
                $0.c("EHLO client.example.net")
            },
            trap: talk {
                $0.greet("STARTTLS")
                $0.c("STARTTLS")
                $0.s("220-2.0.0 Ready", "220 go on")
                shake(&$0)
            }),
        Trap(
            "starttls-command-mangled", "454 refuses: it was understood", fires: refused("502 5.5.2 what"),
            trap: refused("454 4.7.0 TLS not available")),
        Trap(
            "starttls-refused", "a reload or a limit: the client leaves, and may come again", .severity(.low),
            fires: refused("454 4.7.0 TLS not available"), trap: refused("454 4.7.0 TLS not available", goesOn: false)),
        Trap(
            "state-before-tls", "the transaction had been given up", .severity(.low), fires: begun(reset: false),
            trap: begun(reset: true)),
    ]

    private static func envelope(_ reply: String, port: UInt16 = 25) -> [Segment] {
        talk(port: port) {
            $0.greet()
            $0.c("MAIL FROM:<alice@example.net>")
            $0.s(reply)
            $0.quit()
        }
    }

    private static func refused(_ reply: String, goesOn: Bool = true) -> [Segment] {
        talk {
            $0.greet("STARTTLS")
            $0.c("STARTTLS")
            $0.s(reply)
            if goesOn { $0.deliver() }
            $0.quit()
        }
    }

    private static func begun(reset: Bool) -> [Segment] {
        talk {
            $0.greet("STARTTLS")
            $0.c("MAIL FROM:<alice@example.net>")
            $0.s("250 2.1.0 Ok")
            if reset {
                $0.c("RSET")
                $0.s("250 2.0.0 Ok")
            }
            $0.c("STARTTLS")
            $0.s("220 2.0.0 Ready to start TLS")
            shake(&$0)
        }
    }

    // MARK: Plaintext behind a failure

    private static let fallbacks: [Trap] = [
        Trap(
            "plaintext-after-failed-tls", "a client that only checked the server", .atMost(.possible),
            fires: fallback(.alert), trap: fallback(.earlyLeave)),
        Trap(
            "plaintext-after-failed-tls", "several hosts behind one address", .atMost(.possible),
            fires: fallback(.alert), trap: fallback(.alert, name: "other.example.net")),
        Trap(
            "plaintext-after-failed-tls", "a scanner leaves without mail", fires: fallback(.alert),
            trap: fallback(.alert, delivers: false)),
        Trap(
            "plaintext-after-failed-tls", "an hour later", fires: fallback(.alert), trap: fallback(.alert, pause: 3600)),
        Trap(
            "plaintext-after-failed-tls", "a connection that was open before", fires: fallback(.alert),
            trap: fallback(.alert, isBeside: true)),
        Trap(
            "plaintext-after-failed-tls", "mail had passed inside TLS before", fires: fallback(.alert),
            trap: fallback(.nothing)),
    ]

    private enum Failure { case alert, earlyLeave, nothing }

    /// A session with TLS that fails or not, and one in clear `pause` seconds behind it, or beside it.
    private static func fallback(
        _ failure: Failure, name: String = "client.example.net", delivers: Bool = true, pause: Int64 = 5,
        isBeside: Bool = false
    ) -> [Segment] {
        var tried = Conversation(clientPort: 40_001, at: Conversation.start + 1_000_000_000)
        tried.open()
        tried.greet("STARTTLS")
        tried.c("STARTTLS")
        tried.s("220 2.0.0 Ready to start TLS")
        tried.send(Handshakes.clientHello, from: .client)
        if failure == .alert {
            tried.send(record(21, [2, 40]), from: .server)
        } else {
            tried.send(Handshakes.serverHello, from: .server)
            tried.send(Handshakes.clientKeys, from: .client)
            tried.send(Handshakes.serverKeys, from: .server)
        }
        if failure == .nothing {
            for _ in 0..<6 { for side in [Side.client, .server] { tried.send(record(23, sealed), from: side) } }
        }
        tried.close()
        var clear = Conversation(
            clientPort: 40_002, at: Conversation.start + (isBeside ? 999_000_000 : 1_000_000_000 * (1 + pause)))
        clear.open()
        if isBeside { clear.time += 500_000_000 }
        clear.s("220 mx.example.org ESMTP")
        clear.c("EHLO \(name)")
        clear.s("250-mx.example.org", "250 SIZE 1000000")
        if delivers { clear.deliver() }
        clear.quit()
        clear.close()
        return (tried.segments + clear.segments).sorted { $0.time < $1.time }
    }
}
