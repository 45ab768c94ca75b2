import Findings
import Support
import Wire

/// Traps in the dialogue: plaintext, and STARTTLS that is hidden, altered, refused or not followed by TLS.
extension Trap {
    static let inDialogues: [Trap] = logins + offers + masks + exchanges

    // MARK: What is said

    private static func login(_ mechanism: String, _ response: String?, _ code: String) -> [Segment] {
        talk(port: 587) {
            $0.greet("AUTH PLAIN LOGIN EXTERNAL GSSAPI")
            $0.c("AUTH \(mechanism)" + (response.map { " " + $0 } ?? ""))
            $0.s("\(code) ok")
            $0.quit()
        }
    }

    /// `\0user\0fake-password`.
    private static let plain = "AHVzZXIAZmFrZS1wYXNzd29yZA=="

    // MARK: Logins and mail

    private static let logins: [Trap] = [
        Trap(
            "credentials-in-clear", "EXTERNAL shows no secret", fires: login("PLAIN", plain, "235"),
            trap: login("EXTERNAL", "dXNlcg==", "235")),
        Trap(
            "credentials-in-clear", "GSSAPI shows no secret", fires: login("PLAIN", plain, "235"),
            trap: login("GSSAPI", "YIIB", "235")),
        Trap(
            "credentials-in-clear", "GS2-* shows no secret", fires: login("PLAIN", plain, "235"),
            trap: login("GS2-KRB5", "YIIB", "235")),
        Trap(
            "credentials-in-clear", "the client cancelled the exchange",
            fires: talk(port: 587) {
                $0.greet("AUTH PLAIN")
                $0.c("AUTH PLAIN")
                $0.s("334 ")
                $0.c(plain)
                $0.s("235 ok")
            },
            trap: talk(port: 587) {
                $0.greet("AUTH PLAIN")
                $0.c("AUTH PLAIN")
                $0.s("334 ")
                $0.c("*")
                $0.s("501 cancelled")
            }),
        Trap(
            "message-in-clear", "refused before any content",
            fires: talk {
                $0.greet()
                $0.deliver()
            },
            trap: talk {
                $0.greet()
                $0.c("MAIL FROM:<alice@example.net>")
                $0.s("250 2.1.0 Ok")
                $0.c("RCPT TO:<bob@example.org>")
                $0.s("550 5.1.1 no such user")
                $0.quit()
            }),
        Trap(
            "auth-offered-in-clear", "a health check logs in nowhere",
            fires: talk(port: 587) {
                $0.greet("AUTH PLAIN LOGIN")
                $0.deliver()
            },
            trap: talk(port: 587) {
                $0.greet("AUTH PLAIN LOGIN")
                $0.quit()
            }),
        Trap(
            "requiretls-in-clear", "the server offered REQUIRETLS, the client did not ask for it",
            fires: talk {
                $0.greet("REQUIRETLS")
                $0.c("MAIL FROM:<alice@example.net> REQUIRETLS")
                $0.s("250 2.1.0 Ok")
                $0.quit()
            },
            trap: talk {
                $0.greet("REQUIRETLS")
                $0.c("MAIL FROM:<alice@example.net>")
                $0.s("250 2.1.0 Ok")
                $0.quit()
            }),
        Trap(
            "cleartext-on-implicit-tls-port", "the capture joined in the middle",
            fires: talk(port: 465) {
                $0.greet()
                $0.deliver()
            },
            trap: Array(
                talk(port: 465) {
                    $0.c("some octets of a stream", "that began long before")
                    $0.s("and its answer")
                }.dropFirst(3))),
    ]

    // MARK: Offers of STARTTLS

    private static let offers: [Trap] = [
        Trap(
            "starttls-not-offered", "octets of the EHLO reply are missing",
            fires: talk {
                $0.greet()
                $0.deliver()
            },
            trap: talk {
                $0.s("220 mx.example.org ESMTP")
                $0.c("EHLO client.example.net")
                $0.s("250-mx.example.org")
                $0.lose(14, from: .server)
                $0.s("250 SIZE 1000000")
                $0.deliver()
            }),
        Trap(
            "starttls-not-offered", "a client that says HELO is offered nothing",
            fires: talk {
                $0.greet()
                $0.deliver()
            },
            trap: talk {
                $0.s("220 mx.example.org ESMTP")
                $0.c("HELO client.example.net")
                $0.s("250 mx.example.org")
                $0.deliver()
            }),
        Trap(
            "starttls-unused", "the client left without sending mail",
            fires: talk {
                $0.greet("STARTTLS")
                $0.deliver()
            },
            trap: talk {
                $0.greet("STARTTLS")
                $0.quit()
            }),
        Trap(
            "starttls-contradiction", "530 asks for a login, not for TLS",
            fires: talk {
                $0.greet()
                $0.c("MAIL FROM:<alice@example.net>")
                $0.s("530 5.7.0 Must issue a STARTTLS command first")
            },
            trap: talk {
                $0.greet()
                $0.c("MAIL FROM:<alice@example.net>")
                $0.s("530 5.7.0 Authentication required")
            }),
        Trap(
            "starttls-contradiction", "530 asks for AUTH",
            fires: talk {
                $0.greet()
                $0.c("MAIL FROM:<alice@example.net>")
                $0.s("530 5.7.0 Must issue a STARTTLS command first")
            },
            trap: talk {
                $0.greet()
                $0.c("MAIL FROM:<alice@example.net>")
                $0.s("530 Must issue an AUTH command first")
            }),
        Trap(
            "starttls-contradiction", "538 is about the mechanism",
            fires: talk {
                $0.greet()
                $0.c("MAIL FROM:<alice@example.net>")
                $0.s("530 5.7.0 Must issue a STARTTLS command first")
            },
            trap: talk {
                $0.greet()
                $0.c("AUTH PLAIN")
                $0.s("538 5.7.11 Encryption required for requested authentication mechanism")
            }),
        Trap(
            "starttls-contradiction", "a client that says HELO is never offered STARTTLS",
            fires: talk {
                $0.greet()
                $0.c("MAIL FROM:<alice@example.net>")
                $0.s("530 5.7.0 Must issue a STARTTLS command first")
            },
            trap: talk {
                $0.s("220 mx.example.org ESMTP")
                $0.c("HELO client.example.net")
                $0.s("250 mx.example.org")
                $0.c("MAIL FROM:<alice@example.net>")
                $0.s("530 5.7.0 Must issue a STARTTLS command first")
            }),
        Trap(
            "helo-fallback", "the client never tried EHLO",
            fires: talk {
                $0.s("220 mx.example.org ESMTP")
                $0.c("EHLO client.example.net")
                $0.s("502 5.5.2 not implemented")
                $0.c("HELO client.example.net")
                $0.s("250 mx.example.org")
                $0.deliver()
            },
            trap: talk {
                $0.s("220 mx.example.org ESMTP")
                $0.c("HELO client.example.net")
                $0.s("250 mx.example.org")
                $0.deliver()
            }),
    ]

    // MARK: Keywords that look overwritten

    private static let masks: [Trap] =
        [
            "XCLIENT NAME ADDR", "XFORWARD NAME ADDR", "X-EXPS GSSAPI", "XEXCH50", "XVERP", "8BITMIME", "SMTPUTF8",
            "CHUNKING",
            "DELIVERBY", "--------",
        ].map { keyword in
            Trap(
                "starttls-masked", "\(keyword) is no overwritten keyword",
                fires: talk {
                    $0.greet("XXXXXXXA")
                    $0.deliver()
                },
                trap: talk {
                    $0.greet(keyword)
                    $0.deliver()
                })
        } + [
            Trap(
                "starttls-masked", "off by a letter or two: perhaps a mistake of the server", .atMost(.likely),
                fires: talk {
                    $0.greet("XXXXXXXX")
                    $0.deliver()
                },
                trap: talk {
                    $0.greet("STARTTXX")
                    $0.deliver()
                })
        ]

    // MARK: STARTTLS and what follows it

    private static func afterReady(_ say: (inout Conversation) -> Void) -> [Segment] {
        talk {
            $0.greet("STARTTLS")
            $0.c("STARTTLS")
            say(&$0)
        }
    }

    private static func handshake(_ talk: inout Conversation) {
        talk.send(Handshakes.clientHello, from: .client)
        talk.send(Handshakes.serverHello, from: .server)
        talk.send(Handshakes.clientKeys, from: .client)
        talk.send(Handshakes.serverKeys, from: .server)
    }

    private static let exchanges: [Trap] = [
        Trap(
            "starttls-command-mangled", "501 is about an argument",
            fires: afterReady {
                $0.s("502 5.5.2 not implemented")
                $0.deliver()
            },
            trap: afterReady {
                $0.s("501 5.5.4 no argument allowed")
                $0.deliver()
            }),
        Trap(
            "starttls-refused", "500 and 502 are another rule's",
            fires: afterReady {
                $0.s("454 4.7.0 TLS not available due to local problem")
                $0.deliver()
            },
            trap: afterReady {
                $0.s("502 5.5.2 not implemented")
                $0.deliver()
            }),
        Trap(
            "starttls-without-tls", "the client leaves with QUIT: a probe",
            fires: afterReady {
                $0.s("220 2.0.0 Ready")
                $0.c("EHLO client.example.net")
            },
            trap: afterReady {
                $0.s("220 2.0.0 Ready")
                $0.quit()
            }),
        Trap(
            "starttls-without-tls", "the client leaves without a word",
            fires: afterReady {
                $0.s("220 2.0.0 Ready")
                $0.c("EHLO client.example.net")
            },
            trap: afterReady { $0.s("220 2.0.0 Ready") }),
        Trap(
            "starttls-without-tls", "octets are missing just there",
            fires: afterReady {
                $0.s("220 2.0.0 Ready")
                $0.c("EHLO client.example.net")
            },
            trap: afterReady {
                $0.s("220 2.0.0 Ready")
                $0.lose(517, from: .client)
                $0.send(Handshakes.serverHello, from: .server)
            }),
        Trap(
            "command-injection", "the client began TLS early",
            fires: talk {
                $0.greet("STARTTLS")
                $0.c("STARTTLS", "RSET")
                $0.s("220 2.0.0 Ready")
                handshake(&$0)
            },
            trap: talk {
                $0.greet("STARTTLS")
                $0.send(Array("STARTTLS\r\n".utf8) + Handshakes.clientHello, from: .client)
                $0.s("220 2.0.0 Ready")
                $0.send(Handshakes.serverHello, from: .server)
                $0.send(Handshakes.clientKeys, from: .client)
                $0.send(Handshakes.serverKeys, from: .server)
            }),
        Trap(
            "response-injection", "a 220 of two lines",
            fires: afterReady {
                $0.s("220 2.0.0 Ready", "250 injected")
                handshake(&$0)
            },
            trap: afterReady {
                $0.s("220-2.0.0 Ready", "220 go on")
                handshake(&$0)
            }),
        Trap(
            "state-before-tls", "the sender was refused: nothing was begun",
            fires: talk {
                $0.greet("STARTTLS")
                $0.c("MAIL FROM:<alice@example.net>")
                $0.s("250 2.1.0 Ok")
                $0.c("STARTTLS")
                $0.s("220 2.0.0 Ready")
                handshake(&$0)
            },
            trap: talk {
                $0.greet("STARTTLS")
                $0.c("MAIL FROM:<alice@example.net>")
                $0.s("530 5.7.0 Must issue a STARTTLS command first")
                $0.c("STARTTLS")
                $0.s("220 2.0.0 Ready")
                handshake(&$0)
            }),
        Trap(
            "tls-handshake-failed", "the client leaves after the handshake",
            fires: afterReady {
                $0.s("220 2.0.0 Ready")
                $0.send(Handshakes.clientHello, from: .client)
                $0.send(Handshakes.serverHello, from: .server)
                $0.send([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x30], from: .client)
            },
            trap: afterReady {
                $0.s("220 2.0.0 Ready")
                handshake(&$0)
            }),
    ]
}
