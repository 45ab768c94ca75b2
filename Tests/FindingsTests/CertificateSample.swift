@testable import Sessions
@testable import Wire

/// A session whose server showed this certificate, and those that vouch for it; valid a million seconds before and after.
func certified(
    port: UInt16 = 587, completed: Bool? = true, asking name: String? = nil, by issuers: [CertificateFields] = [],
    _ change: (inout CertificateFields) -> Void
) -> MailSession {
    var fields = CertificateFields()
    fields.notBefore = Sample.start.seconds - 1_000_000
    fields.notAfter = Sample.start.seconds + 1_000_000
    fields.dnsNames = ["pf.test", "*.mail.test"]
    change(&fields)
    let facts = CertificateFacts(fields)
    let chain = [facts] + issuers.map { CertificateFacts($0) }
    return sample(port: port).greet().handshake(.tls12, .ecdheRSAAES128GCMSHA256, group: .x25519, completed: completed)
    {
        $0.certificates = .observed(Observed(chain.map { .facts($0) }, in: FrameNumber(19)))
        $0.leaf = Observed(facts, in: FrameNumber(19))
        guard let name else { return }
        $0.clientHello = Observed(ClientHelloFacts(legacyVersion: .tls12, serverName: name), in: FrameNumber(16))
    }
}

/// An authority's certificate.
func authority(
    _ subject: String, issuer: String? = nil, _ change: (inout CertificateFields) -> Void = { _ in }
) -> CertificateFields {
    var fields = CertificateFields()
    fields.subject = subject
    fields.issuer = issuer ?? subject
    fields.isSelfIssued = issuer == nil
    fields.isCA = true
    fields.notBefore = Sample.start.seconds - 100_000_000
    fields.notAfter = Sample.start.seconds + 100_000_000
    change(&fields)
    return fields
}
