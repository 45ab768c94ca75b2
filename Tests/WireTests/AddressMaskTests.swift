import Testing

@testable import Wire

@Suite struct AddressMaskTests {
    @Test(arguments: [
        ("alice@example.org", "a•••@example.org"),
        ("MAIL FROM:<alice@example.org> SIZE=7", "MAIL FROM:<a•••@example.org> SIZE=7"),
        ("a@b, carol@d", "a•••@b, c•••@d"),
        (#""john doe"@example.org"#, #""•••@example.org"#),
        ("Ünal@example.org", "Ü•••@example.org"),
        ("no address", "no address"),
        ("@example.org", "@example.org"),
        ("x@@y", "x•••@@y"),
    ])
    func masksEveryAddressInText(_ text: String, _ masked: String) {
        #expect(AddressMask.masking(text) == masked)
    }

    @Test(arguments: [
        ("alice@example.org", "a•••@example.org"),
        (#""a b" c@example.org"#, #""•••@example.org"#),
        ("@relay,@other:bob@example.org", "@•••@example.org"),
        ("postmaster", "•••"),
        ("", ""),
    ])
    func masksAWholeMailbox(_ mailbox: String, _ masked: String) {
        #expect(AddressMask.maskingMailbox(mailbox) == masked)
    }

    /// What a command quotes is masked piece by piece; as a whole it must come to the same.
    @Test(arguments: [
        "alice@example.org", "a@b", "@b", "a", "", "@", "@@", "a@@b", "(a)@b", "\"a b\"@b", "\"@\"@b", "a b@c", "é@b",
        "a\u{301}@b", "<a@b", "a@b@c", "a=b@c", "•@b", "a\\x01@b", "1@[192.0.2.1]", "a@", "a@b\"",
    ])
    func aMailboxInACommandIsMaskedAsInAnyText(_ mailbox: String) {
        let masked = AddressMask.maskingMailbox(mailbox)
        if AddressMask.isMaskedOnce(mailbox) { #expect(AddressMask.masking(masked) == masked) }
        for line in [
            "MAIL FROM:<\(mailbox)> SIZE=1", "RCPT TO:<\(mailbox)>", "MAIL FROM:<\(mailbox)> X-A@B=c",
            "RCPT TO:\(mailbox)",
        ] {
            let command = SMTPCommand(parsing: Array(line.utf8).span)
            let whole = QuotedText(full: command.quoted.full, masked: command.quoted.masked)
            #expect(command.quoted.masked == whole.masked)
            #expect(command.quoted.keyword == whole.keyword)
        }
    }
}
