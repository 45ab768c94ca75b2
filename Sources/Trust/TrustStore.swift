import FoundationEssentials
import Synchronization

/// The authorities that chains may lead to: a bundle of certificates in PEM (RFC 7468).
///
/// Their names are read when a chain is followed for the first time, on whichever thread that happens.
public final class TrustStore: Sendable {
    /// The bundle's file.
    public let name: String
    /// In DER.
    private let certificates: [[UInt8]]
    private let parsed = Mutex<TrustAnchors?>(nil)

    /// Where distributions keep the bundle of the authorities that they trust.
    public static let systemPaths = [
        "/etc/ssl/certs/ca-certificates.crt",  // Debian, Ubuntu, Arch, Alpine
        "/etc/pki/tls/certs/ca-bundle.crt",  // Fedora, RHEL
        "/etc/ssl/ca-bundle.pem",  // openSUSE
        "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  // CentOS
        "/etc/ssl/cert.pem",  // Alpine, OpenBSD, FreeBSD
        "/usr/local/share/certs/ca-root-nss.crt",  // FreeBSD
    ]

    /// Reads a bundle. What stands around the certificates is passed over.
    public init(file: String) throws(TrustError) {
        name = file
        guard let octets = try? Data(contentsOf: URL(fileURLWithPath: file)) else { throw .unreadable(file) }
        do {
            certificates = try PEMBundle.certificates(octets)
        } catch {
            throw .malformed(file, Self.reason("\(error)"))
        }
        guard !certificates.isEmpty else { throw .empty(file) }
    }

    /// What the library says was wrong, without the name of its error before it and its own source's behind it.
    private static func reason(_ said: String) -> String {
        let end = said.firstRange(of: " SwiftASN1/")?.lowerBound ?? said.endIndex
        let sentence = said[..<end]
        return String(sentence.firstRange(of: ": ").map { sentence[$0.upperBound...] } ?? sentence)
    }

    /// The bundle of this machine: the first of `paths` that there is and that holds certificates.
    public static func system(_ paths: [String] = systemPaths) throws(TrustError) -> TrustStore {
        for path in paths {
            if let store = try? TrustStore(file: path) { return store }
        }
        throw .none(paths)
    }

    /// The certificates themselves.
    var anchors: TrustAnchors {
        parsed.withLock { known in
            if let known { return known }
            let made = TrustAnchors(certificates)
            known = made
            return made
        }
    }
}

/// Why there is no bundle.
public enum TrustError: Error, Equatable, CustomStringConvertible {
    case none([String])
    case unreadable(String)
    case malformed(String, String)
    case empty(String)

    public var description: String {
        switch self {
        case .none(let paths):
            "no bundle of certificate authorities was found on this machine (\(paths.joined(separator: ", "))), so it is "
                + "not checked whether certificates lead to a trusted one; name a bundle with --trust FILE"
        case .unreadable(let file): "\(file): cannot be read"
        case .malformed(let file, let reason): "\(file): this is no bundle of certificates in PEM: \(reason)"
        case .empty(let file): "\(file): holds no certificate in PEM"
        }
    }
}
