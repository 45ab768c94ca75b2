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
}
