import FoundationEssentials
import SwiftASN1
import X509

/// Certificates are there for servers, and those that signed others may sign (RFC 5280 §4.2.1.12, §4.2.1.3).
///
/// Extended key usage must name servers or anything wherever it stands, on issuers, too: by it authorities limit those
/// below them. The trusted authority itself is taken as it is.
struct ServerPurposePolicy: VerifierPolicy, Sendable {
    // Any policy is as good as another here, so certificate policies need no processing (RFC 5280 §6.1.1 c).
    let verifyingCriticalExtensions: [ASN1ObjectIdentifier] = [
        .X509ExtensionID.extendedKeyUsage, .X509ExtensionID.keyUsage, [2, 5, 29, 32],
    ]

    func chainMeetsPolicyRequirements(chain: UnverifiedCertificateChain) -> PolicyEvaluationResult {
        switch Self.flaw(of: chain) {
        case nil: .meetsPolicy
        case .purpose: .failsToMeetPolicy(reason: "not for servers")
        case .signing: .failsToMeetPolicy(reason: "not for signing certificates")
        }
    }

    enum Flaw {
        case purpose, signing
    }

    static func flaw(of chain: UnverifiedCertificateChain) -> Flaw? {
        let sent = chain.count > 1 ? chain.dropLast() : chain[...]
        if !sent.allSatisfy(isForServers) || !mayServe(chain.leaf) { return .purpose }
        return sent.dropFirst().allSatisfy(maySign) ? nil : .signing
    }

    private static func isForServers(_ certificate: Certificate) -> Bool {
        guard certificate.extensions[oid: .X509ExtensionID.extendedKeyUsage] != nil else { return true }
        guard let usage = try? certificate.extensions.extendedKeyUsage else { return false }
        return usage.contains { $0 == .serverAuth || $0 == .any }
    }

    /// A server's key signs, decrypts, or agrees on keys.
    private static func mayServe(_ leaf: Certificate) -> Bool {
        guard leaf.extensions[oid: .X509ExtensionID.keyUsage] != nil else { return true }
        guard let usage = try? leaf.extensions.keyUsage else { return false }
        return usage.digitalSignature || usage.keyEncipherment || usage.keyAgreement
    }

    private static func maySign(_ certificate: Certificate) -> Bool {
        guard certificate.extensions[oid: .X509ExtensionID.keyUsage] != nil else { return true }
        guard let usage = try? certificate.extensions.keyUsage else { return false }
        return usage.keyCertSign
    }
}

/// Every certificate but the leaf is valid at one moment: the leaf's dates are told apart from its trust.
struct IssuerValidityPolicy: VerifierPolicy, Sendable {
    /// Seconds since 1970.
    let moment: Double
    let verifyingCriticalExtensions: [ASN1ObjectIdentifier] = []

    init(at moment: Int64) { self.moment = Double(moment) }

    func chainMeetsPolicyRequirements(chain: UnverifiedCertificateChain) -> PolicyEvaluationResult {
        switch flaw(of: chain) {
        case nil: .meetsPolicy
        case .expired: .failsToMeetPolicy(reason: "an issuer has expired")
        case .notYetValid: .failsToMeetPolicy(reason: "an issuer is not valid yet")
        }
    }

    enum Flaw {
        case expired, notYetValid
    }

    func flaw(of chain: UnverifiedCertificateChain) -> Flaw? {
        for issuer in chain.dropFirst() {
            if moment > issuer.notValidAfter.timeIntervalSince1970 { return .expired }
            if moment < issuer.notValidBefore.timeIntervalSince1970 { return .notYetValid }
        }
        return nil
    }
}
