import SwiftASN1
import Synchronization
import Wire
import X509

/// A bundle's certificates, found by the name of their subject.
///
/// A bundle holds some 150 of them, and a capture leads to a handful: the rest is not even read to its name.
final class TrustAnchors: Sendable {
    private let documents: [[UInt8]]
    private let bySubject: [NameSketch: [Int]]
    /// Those without a sketch.
    private let others: [Int]
    private let known = Mutex(Known())

    /// What was read of them.
    private struct Known {
        /// `nil` for a name that cannot be read here.
        var subjects: [Int: FoldedName?] = [:]
        var anchors: [Int: Anchor] = [:]
    }

    /// One of them, as far as it can be used.
    struct Anchor: Sendable {
        let certificate: Certificate?
        let facts: CertificateFacts?

        init(_ encoded: [UInt8]) {
            certificate = try? Certificate(derEncoded: encoded)
            facts = try? CertificateFacts(parsing: encoded)
        }
    }

    /// - Parameter documents: certificates in DER.
    init(_ documents: [[UInt8]]) {
        var bySubject: [NameSketch: [Int]] = [:]
        var others: [Int] = []
        for (index, document) in documents.enumerated() {
            if let sketch = NameSketch(ofSubjectIn: document) {
                bySubject[sketch, default: []].append(index)
            } else {
                others.append(index)
            }
        }
        self.documents = documents
        self.bySubject = bySubject
        self.others = others
    }

    /// This very certificate is in the bundle.
    func contains(_ certificate: CertificateFacts) -> Bool { documents.contains(certificate.encoded) }

    /// Those that may have signed one of a chain's certificates.
    func issuers(of chain: [CertificateFacts]) -> IssuingAnchors {
        known.withLock { known in
            // Whose name cannot be read may be anybody.
            var places = Set(others.filter { subject($0, &known) == nil })
            for certificate in chain {
                let sketch = NameSketch(ofIssuerIn: certificate.encoded)
                // Any of them may be called by a name of which there is no sketch.
                let candidates = sketch.map { bySubject[$0, default: []] + others } ?? Array(documents.indices)
                let issuer = FoldedName(certificate.issuer)
                places.formUnion(candidates.filter { subject($0, &known) == issuer })
            }
            return IssuingAnchors(places.sorted().map { anchor($0, &known) })
        }
    }

    private func subject(_ index: Int, _ known: inout Known) -> FoldedName? {
        if let subject = known.subjects[index] { return subject }
        let subject = (try? CertificateFacts.subject(of: documents[index])).map { FoldedName($0) }
        known.subjects[index] = .some(subject)
        return subject
    }

    private func anchor(_ index: Int, _ known: inout Known) -> Anchor {
        if let anchor = known.anchors[index] { return anchor }
        let anchor = Anchor(documents[index])
        known.anchors[index] = anchor
        return anchor
    }
}

/// The authorities of a bundle whose names a chain gives as its issuers.
struct IssuingAnchors: Sendable {
    let store: CertificateStore
    let subjects: Set<DistinguishedName>
    /// Names of the authorities whose certificates cannot be used (small keys, for example): whoever they vouch for is not
    /// accused.
    let unusable: Set<FoldedName>
    /// Names of those that have a critical extension which is not understood here: likewise.
    let strict: Set<FoldedName>
    /// Names of all of them.
    let names: Set<FoldedName>
    /// Moments at which one of them begins or ceases to be valid, in seconds since 1970.
    let turns: Set<Int64>

    init(_ anchors: [TrustAnchors.Anchor]) {
        let certificates = anchors.compactMap(\.certificate)
        store = CertificateStore(certificates)
        subjects = Set(certificates.map(\.subject))
        unusable = Self.names(anchors) { $0 == nil }
        strict = Self.names(anchors) { $0?.hasKnownExtensions == false }
        names = Self.names(anchors) { _ in true }
        turns = Set(anchors.compactMap(\.facts).flatMap(\.turns))
    }

    private static func names(
        _ anchors: [TrustAnchors.Anchor], where isMeant: (Certificate?) -> Bool
    ) -> Set<FoldedName> {
        Set(anchors.filter { isMeant($0.certificate) }.compactMap { $0.facts.map { FoldedName($0.subject) } })
    }
}

extension CertificateFacts {
    /// When it begins to be valid, and when it has ceased to be.
    var turns: [Int64] { [notBefore, notAfter == .max ? .max : notAfter + 1] }
}
