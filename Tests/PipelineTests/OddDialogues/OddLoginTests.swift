import Findings
import Sessions
import Support
import Testing
import Wire

/// Logins that are refused, asked for or sent in ways that few hosts have.
@Suite struct OddLoginTests {
    /// The client did not wait for the server's refusal.
    @Test(arguments: ["503", "530", "538"]) func aPasswordBehindARefusedLoginHasCrossed(_ code: String) throws {
        let seen = try OddDialogue(port: 587) { talk in
            talk.greet("250-mx.example.org", "250 HELP")
            talk.c("AUTH LOGIN", "YWxpY2U=", "c2VjcmV0")
            talk.send(Conversation.octets(["\(code) no", "500 what", "500 what"]), from: .server)
            talk.c("NOOP")
            talk.s("250 ok")
        }
        #expect(seen.certainty("credentials-in-clear") == .likely)
        #expect(seen.verdict == .open)
        #expect(seen.session.smtp?.authentications.first?.clientLines == 2)
        #expect(!seen.findings.contains { "\($0)".contains("c2VjcmV0") || "\($0)".contains("YWxpY2U=") })
    }

    @Test func commandsBehindARefusedLoginAreNoPassword() throws {
        let seen = try OddDialogue(port: 587) { talk in
            talk.greet("250-mx.example.org", "250 HELP")
            talk.c("AUTH LOGIN", "NOOP", "QUIT")
            talk.s("503 no", "250 ok", "221 bye")
        }
        #expect(seen.certainty("credentials-in-clear") == nil)
        #expect(seen.session.smtp?.quit != nil)
    }

    /// Base64 that comes once the refusal is known is a response to nothing.
    @Test func whatComesBehindAKnownRefusalIsNoPassword() throws {
        let seen = try OddDialogue(port: 587) { talk in
            talk.greet("250-mx.example.org", "250 HELP")
            talk.c("AUTH LOGIN")
            talk.s("503 no")
            talk.c("YWxpY2U=")
            talk.s("500 what")
        }
        #expect(seen.certainty("credentials-in-clear") == nil)
    }

    @Test func anotherIntermediateReplyAsksForAPassword() throws {
        let seen = try OddDialogue(port: 587) { talk in
            talk.greet("250-mx.example.org", "250 AUTH LOGIN")
            for line in ["AUTH LOGIN", "YWxpY2U=", "c2VjcmV0"] {
                talk.send(Conversation.octets([line]), from: .client)
                talk.send(Conversation.octets([line == "c2VjcmV0" ? "235 ok" : "330 go on"]), from: .server)
            }
        }
        #expect(seen.certainty("credentials-in-clear") == .certain)
    }

    /// Servers that say 250 to everything are asked for nothing less.
    @Test func aPasswordBehindAnyAnswerToAUTHHasCrossed() throws {
        let seen = try OddDialogue(port: 587) { talk in
            talk.greet("250-mx.example.org", "250 AUTH PLAIN")
            talk.c("AUTH PLAIN")
            talk.s("250 go on")
            talk.c("AGFsaWNlAHRlc3Q=")
            talk.s("235 ok")
        }
        #expect(seen.findings.first { $0.card.id == "credentials-in-clear" }?.severity == .critical)
        #expect(seen.verdict == .open)
    }

    @Test(arguments: ["XFOO", "xfoo", "AUTHINFO", "AUTHENTICATE", "HELPME12"])
    func anUnknownCommandBehindARefusedLoginIsNoPassword(_ word: String)
        throws
    {
        for mechanism in ["PLAIN", "LOGIN"] {
            let seen = try OddDialogue(port: 587) { talk in
                talk.greet("250-mx.example.org", "250 STARTTLS")
                talk.send(Conversation.octets(["AUTH \(mechanism)", word, "QUIT"]), from: .client)
                talk.s("503 no", "500 what", "221 bye")
            }
            #expect(seen.findings.isEmpty)
        }
    }

    @Test func whatLooksLikeAPasswordMakesNothingElseCertain() throws {
        let seen = try OddDialogue(port: 587) { talk in
            talk.greet("250-mx.example.org", "250 STARTTLS")
            talk.c("AUTH PLAIN", "AGFsaWNlAHRlc3Q=")
            talk.s("538 no", "500 what")
        }
        for rule in ["credentials-in-clear", "starttls-unused", "cleartext-submission"] {
            #expect(seen.certainty(rule) == .likely)
        }
    }
}
