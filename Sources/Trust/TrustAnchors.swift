import SwiftASN1
import Synchronization
import Wire
import X509

/// A bundle's certificates, found by the name of their subject.
///
/// A bundle holds some 150 of them, and a capture leads to a handful: the rest is not read any further than to its name.
final class TrustAnchors: Sendable {
    private let documents: [[UInt8]]
    /// By the name in the words of `CertificateFacts.subject`, which is the same for names that the library takes to be equal.
    private let bySubject: [String: [Int]]
    /// Those whose name cannot be read here.
    private let unnamed: [Int]
    private let read = Mutex<[Int: Anchor]>([:])

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
        var bySubject: [String: [Int]] = [:]
        var unnamed: [Int] = []
        for (index, document) in documents.enumerated() {
            if let subject = try? CertificateFacts.subject(of: document) {
                bySubject[subject, default: []].append(index)
            } else {
                unnamed.append(index)
            }
        }
        self.documents = documents
        self.bySubject = bySubject
        self.unnamed = unnamed
    }

    /// This very certificate is in the bundle.
    func contains(_ certificate: CertificateFacts) -> Bool {
        (bySubject[certificate.subject, default: []] + unnamed).contains { documents[$0] == certificate.encoded }
    }

    /// Those that may have signed one of a chain's certificates.
    func issuers(of chain: [CertificateFacts]) -> IssuingAnchors {
        let named = Set(chain.map(\.issuer)).flatMap { bySubject[$0, default: []] }
        return IssuingAnchors((named + unnamed).sorted().map(anchor))
    }

    private func anchor(_ index: Int) -> Anchor {
        read.withLock { known in
            if let anchor = known[index] { return anchor }
            let anchor = Anchor(documents[index])
            known[index] = anchor
            return anchor
        }
    }
}

/// The authorities of a bundle whose names a chain gives as its issuers.
struct IssuingAnchors: Sendable {
    let store: CertificateStore
    let subjects: Set<DistinguishedName>
    /// Names of the authorities whose certificates cannot be used (small keys, for example): whoever they vouch for is not
    /// accused.
    let unusable: Set<String>
    /// Moments at which one of them begins or ceases to be valid, in seconds since 1970.
    let turns: Set<Int64>

    init(_ anchors: [TrustAnchors.Anchor]) {
        let certificates = anchors.compactMap(\.certificate)
        store = CertificateStore(certificates)
        subjects = Set(certificates.map(\.subject))
        unusable = Set(anchors.filter { $0.certificate == nil }.compactMap { $0.facts?.subject })
        turns = Set(anchors.compactMap(\.facts).flatMap(\.turns))
    }
}

extension CertificateFacts {
    /// When it begins to be valid, and when it has ceased to be.
    var turns: [Int64] { [notBefore, notAfter == .max ? .max : notAfter + 1] }
}
