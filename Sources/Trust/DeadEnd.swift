import SwiftASN1
import Wire
import X509

/// Where a chain ends that leads to no trusted authority, and what that says.
struct DeadEnd {
    private let chain: SentChain
    private let anchors: IssuingAnchors

    init(_ chain: SentChain, _ anchors: IssuingAnchors) {
        self.chain = chain
        self.anchors = anchors
    }

    var trust: ChainTrust {
        if let lacks = chain.lacks { return .undecided(lacks) }
        let path = self.path
        if path.contains(where: { !$0.hasKnownExtensions }) { return .undecided(.unsupportedExtension) }
        guard let tip = path.last else { return .undecided(.unreadable) }
        if !Self.verifiable.contains(tip.signatureAlgorithm) { return .undecided(.unsupportedAlgorithm) }
        if isNamed(by: anchors.unusable) { return .undecided(.unsupportedAlgorithm) }
        if isNamed(by: anchors.strict) { return .undecided(.unsupportedExtension) }
        let facts = facts(of: tip)
        if tip.issuer == tip.subject || facts?.isSelfIssued == true { return .untrusted(.unknownAuthority) }
        let knowsIssuer = anchors.subjects.contains(tip.issuer) || chain.others.contains { $0.subject == tip.issuer }
        if !knowsIssuer, let issuer = facts?.issuer, isKnown(byReading: FoldedName(issuer)) {
            return .undecided(.unsupportedName)
        }
        return .untrusted(knowsIssuer ? .notSignedByIssuer : path.count == 1 ? .incomplete : .unknownAuthority)
    }

    /// From the leaf upwards, as far as what was sent leads.
    private var path: [Certificate] {
        var path = [chain.leaf]
        while let tip = path.last, tip.issuer != tip.subject {
            let next = chain.others.first { other in
                other.subject == tip.issuer && !path.contains(other)
                    && other.publicKey.isValidSignature(tip.signature, for: tip)
            }
            guard let next else { break }
            path.append(next)
        }
        return path
    }

    /// One of these authorities of the bundle, which cannot be used here, may have signed one of those that were sent.
    private func isNamed(by names: Set<FoldedName>) -> Bool {
        !names.isEmpty && chain.facts.contains { names.contains(FoldedName($0.issuer)) }
    }

    /// An authority of the bundle, or a certificate that was sent, has this name, written in another way.
    private func isKnown(byReading name: FoldedName) -> Bool {
        anchors.names.contains(name) || chain.facts.contains { FoldedName($0.subject) == name }
    }

    private func facts(of certificate: Certificate) -> CertificateFacts? {
        chain.facts.first { (try? Certificate(derEncoded: $0.encoded)) == certificate }
    }

    /// Signatures that the library verifies.
    private static let verifiable: Set<Certificate.SignatureAlgorithm> = [
        .ecdsaWithSHA256, .ecdsaWithSHA384, .ecdsaWithSHA512, .sha1WithRSAEncryption, .sha256WithRSAEncryption,
        .sha384WithRSAEncryption, .sha512WithRSAEncryption, .ed25519,
    ]
}

extension Certificate {
    /// Every critical extension is one that the policies look at.
    var hasKnownExtensions: Bool {
        extensions.allSatisfy { !$0.critical || Self.knownExtensions.contains($0.oid) }
    }

    private static let knownExtensions: Set<ASN1ObjectIdentifier> = [
        .X509ExtensionID.basicConstraints, .X509ExtensionID.nameConstraints, .X509ExtensionID.keyUsage,
        .X509ExtensionID.extendedKeyUsage, .X509ExtensionID.subjectAlternativeName, [2, 5, 29, 32],
    ]
}
