import SwiftASN1
import Wire
@_spi(DisableValidityCheck) import X509

/// Follows one chain to an authority, by the library's verifier (RFC 5280 §6), and says what is wrong where it leads to none.
struct ChainVerifier {
    let anchors: IssuingAnchors
    /// Seconds since 1970.
    let moment: Int64

    /// - Parameters:
    ///   - facts: what could be read of the chain, leaf first.
    ///   - isWhole: everything that was sent is among them.
    func trust(of facts: [CertificateFacts], isWhole: Bool) -> ChainTrust {
        guard let first = facts.first else { return .undecided(.unreadable) }
        guard let leaf = try? Certificate(derEncoded: first.encoded) else { return .undecided(.unsupportedAlgorithm) }
        let others = facts.dropFirst().map { try? Certificate(derEncoded: $0.encoded) }
        let (distinct, areAll) = Self.distinct(others.compactMap { $0 })
        if NamedWays.areTooMany(from: leaf, among: distinct, to: anchors) { return .undecided(.tooLong) }
        let chain = SentChain(
            leaf: leaf, others: distinct, facts: facts,
            lacks: others.contains { $0 == nil }
                ? .unsupportedAlgorithm : !isWhole ? .unreadable : areAll ? nil : .tooLong)
        return trust(of: chain)
    }

    private func trust(of chain: SentChain) -> ChainTrust {
        switch validate(chain) {
        case .validCertificate: return .trusted
        case .couldNotValidate(let failures):
            let found = failures.map { judge($0.chain) }
            guard let flaw = found.last else { return DeadEnd(chain, anchors).trust }
            // One way that cannot be judged may be the one that clients go, as may one through what was left out.
            return found.first(where: \.isUndecided) ?? chain.lacks.map(ChainTrust.undecided) ?? flaw
        }
    }

    private func validate(_ chain: SentChain) -> CertificateValidationResult {
        let (store, moment) = (anchors.store, moment)
        return CallerExecutor.run {
            var verifier = Verifier(rootCertificates: store) {
                // Dates have a policy of their own: the leaf's are not part of its trust.
                RFC5280Policy.withValidityCheckDisabled()
                ServerPurposePolicy()
                SubjectNamesPolicy()
                IssuerValidityPolicy(at: moment)
            }
            return await verifier.validate(leaf: chain.leaf, intermediates: CertificateStore(chain.others))
        }
    }

    /// Certificates beyond the first of a name and key that are followed: ways multiply with them, eight of them at most.
    private static let maximumTwins = 3

    /// Each certificate once, and whether that is all. Those of one name and key lead to different issuers, and are ways of their
    /// own; the library goes no way through two of them unless their alternative names differ, which would make ways without end.
    private static func distinct(_ certificates: [Certificate]) -> (certificates: [Certificate], areAll: Bool) {
        var result: [Certificate] = []
        var twins = 0
        var areAll = true
        for certificate in certificates where !result.contains(certificate) {
            let twin = result.first { $0.subject == certificate.subject && $0.publicKey == certificate.publicKey }
            if let twin {
                guard twins < maximumTwins, twin.alternativeNames == certificate.alternativeNames else {
                    areAll = false
                    continue
                }
                twins += 1
            }
            result.append(certificate)
        }
        return (result, areAll)
    }

    /// What a chain that leads to an authority violates.
    private func judge(_ chain: UnverifiedCertificateChain) -> ChainTrust {
        if Self.hasUnknownConstraints(chain) { return .undecided(.unsupportedExtension) }
        switch ServerPurposePolicy.flaw(of: chain) {
        case .purpose?: return .untrusted(.notForServers)
        case .signing?: return .untrusted(.notAnAuthority)
        case nil: break
        }
        switch IssuerValidityPolicy(at: moment).flaw(of: chain) {
        case .expired?: return .untrusted(.issuerExpired)
        case .notYetValid?: return .untrusted(.issuerNotYetValid)
        case nil: break
        }
        return .untrusted(Self.isConstrained(chain) ? .nameConstraints : .notAnAuthority)
    }

    private static func isConstrained(_ chain: UnverifiedCertificateChain) -> Bool {
        chain.contains { $0.extensions[oid: .X509ExtensionID.nameConstraints] != nil }
    }

    /// Constraints on other names than hosts and addresses, which the library refuses unread.
    private static func hasUnknownConstraints(_ chain: UnverifiedCertificateChain) -> Bool {
        chain.contains { certificate in
            guard certificate.extensions[oid: .X509ExtensionID.nameConstraints] != nil else { return false }
            guard let constraints = try? certificate.extensions.nameConstraints else { return true }
            return constraints.permittedSubtrees.contains(where: \.isUnknownHere)
                || constraints.excludedSubtrees.contains(where: \.isUnknownHere)
        }
    }
}

extension Certificate {
    fileprivate var alternativeNames: Extension? { extensions[oid: .X509ExtensionID.subjectAlternativeName] }
}

extension ChainTrust {
    fileprivate var isUndecided: Bool {
        if case .undecided = self { return true }
        return false
    }
}

extension GeneralName {
    fileprivate var isUnknownHere: Bool {
        switch self {
        case .dnsName, .ipAddress, .uniformResourceIdentifier: false
        default: true
        }
    }
}

/// Names are compared elsewhere: a critical subjectAltName is understood.
private struct SubjectNamesPolicy: VerifierPolicy, Sendable {
    let verifyingCriticalExtensions: [ASN1ObjectIdentifier] = [.X509ExtensionID.subjectAlternativeName]

    func chainMeetsPolicyRequirements(chain: UnverifiedCertificateChain) -> PolicyEvaluationResult { .meetsPolicy }
}

/// The certificates that a server sent.
struct SentChain: Sendable {
    let leaf: Certificate
    let others: [Certificate]
    /// The same as they were read here, those among them that the library does not take.
    let facts: [CertificateFacts]
    /// Why some that were sent are not in `others`.
    let lacks: ChainDoubt?
}
