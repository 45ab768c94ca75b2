import SwiftASN1
import Wire
import X509

/// Whether a certificate is for a host, as the library sees it (RFC 6125 §6): wildcards may stand for a part of a label,
/// and a common name counts where there is no subjectAltName, as many clients have it.
enum NameVerifier {
    /// `nil` where the library does not take the certificate.
    static func holds(_ facts: CertificateFacts, _ name: String) -> Bool? {
        guard let leaf = try? Certificate(derEncoded: facts.encoded) else { return nil }
        let address = IPAddress(literal: name)?.description
        let result = CallerExecutor.run {
            var verifier = Verifier(rootCertificates: CertificateStore([leaf])) {
                ServerIdentityPolicy(serverHostname: address == nil ? name : nil, serverIP: address)
                AnyExtensionPolicy(leaf)
            }
            return await verifier.validate(leaf: leaf, intermediates: CertificateStore())
        }
        if case .validCertificate = result { return true }
        return false
    }
}

/// What else a certificate says does not matter for its names.
private struct AnyExtensionPolicy: VerifierPolicy, Sendable {
    let verifyingCriticalExtensions: [ASN1ObjectIdentifier]

    init(_ certificate: Certificate) { verifyingCriticalExtensions = certificate.extensions.map(\.oid) }

    func chainMeetsPolicyRequirements(chain: UnverifiedCertificateChain) -> PolicyEvaluationResult { .meetsPolicy }
}
