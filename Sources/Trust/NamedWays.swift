import X509

/// Ways from a leaf upwards as far as names tell, counted before any signature is verified.
///
/// Among certificates that have few names there are ways without end, each step of which would have to be verified. An
/// honest chain has a dozen steps, also where it is cross-signed, or sent twice.
struct NamedWays {
    /// For each certificate, the leaf first: those whose subject is its issuer.
    private let issuers: [[Int]]
    /// For each of them: the bundle has its issuer.
    private let isAnchored: [Bool]
    private var isOnWay: [Bool]
    private var steps = 0

    private static let maximum = 48

    /// Whether there are more of them than are followed.
    static func areTooMany(from leaf: Certificate, among others: [Certificate], to anchors: IssuingAnchors) -> Bool {
        var ways = Self([leaf] + others, anchors)
        ways.climb(from: 0)
        return ways.areTooMany
    }

    private init(_ certificates: [Certificate], _ anchors: IssuingAnchors) {
        issuers = certificates.map { one in certificates.indices.filter { certificates[$0].subject == one.issuer } }
        isAnchored = certificates.map { anchors.subjects.contains($0.issuer) }
        isOnWay = certificates.map { _ in false }
    }

    private var areTooMany: Bool { steps > Self.maximum }

    private mutating func climb(from place: Int) {
        isOnWay[place] = true
        if isAnchored[place] { steps += 1 }
        for issuer in issuers[place] where !isOnWay[issuer] && !areTooMany {
            steps += 1
            climb(from: issuer)
        }
        isOnWay[place] = false
    }
}
