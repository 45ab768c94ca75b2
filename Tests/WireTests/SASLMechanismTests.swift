import Testing
import Wire

@Suite struct SASLMechanismTests {
    @Test(arguments: [
        ("PLAIN", SASLMechanism.Exposure.secret), ("login", .secret), ("XOAUTH2", .secret), ("OAUTHBEARER", .secret),
        ("CRAM-MD5", .guessable), ("DIGEST-MD5", .guessable), ("NTLM", .guessable), ("SCRAM-SHA-256", .guessable),
        ("SCRAM-SHA-384", .guessable), ("EXTERNAL", .harmless), ("GSSAPI", .harmless), ("GS2-KRB5", .harmless),
        ("gs2-krb5-plus", .harmless), ("GS2-NEW", .harmless), ("X-UNHEARD-OF", .unknown), ("", .unknown),
        ("GS2", .unknown), ("PLAINX", .unknown),
    ])
    func mechanismsExpose(_ name: String, _ exposure: SASLMechanism.Exposure) {
        #expect(SASLMechanism(named: name).exposure == exposure)
    }

    /// What stands in a mechanism's place could be a secret.
    @Test func namesThatNoRegistryHasAreNotKept() {
        #expect(SASLMechanism(named: "hunter2").name == "unrecognized")
        #expect(SASLMechanism(named: "GS2-hunter2").name == "GS2-*")
        #expect(SASLMechanism(named: "SCRAM-hunter2").name == "SCRAM-*")
    }
}
