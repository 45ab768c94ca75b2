import Foundation
import Support
import Testing

@testable import Trust
@testable import Wire

/// A workshop, a trusted root in it, and a bundle of that root.
struct ChainBench {
    static let moment: Int64 = 1_795_448_040
    static let day: Int64 = 86_400

    let workshop: CertificateWorkshop
    let root: CertificateWorkshop.Made
    let store: TrustStore

    static let authority = [
        "basicConstraints = critical,CA:true", "keyUsage = critical,keyCertSign", "subjectKeyIdentifier = hash",
    ]

    init?() throws {
        guard let openssl = Tool("openssl") else {
            print("SKIPPED: openssl is not installed, so no chains were made")
            return nil
        }
        workshop = try CertificateWorkshop(openssl)
        root = try workshop.issue(
            "/CN=Root", key: try workshop.key("p256", for: "root"), by: nil, Self.years(10),
            extensions: Self.authority)
        store = try TrustStore(file: root.file)
    }

    static func years(_ count: Int64) -> CertificateWorkshop.Validity {
        .init(from: moment - count * 365 * day, until: moment + count * 365 * day)
    }

    /// An authority of this name with a key of its own; one for each name.
    func authority(
        _ name: String, key use: String? = nil, by issuer: CertificateWorkshop.Made?,
        _ validity: CertificateWorkshop.Validity = years(9), extensions: [String] = []
    ) throws -> CertificateWorkshop.Made {
        try workshop.issue(
            "/CN=\(name)", key: try workshop.key("p256", for: use ?? name), by: issuer, validity,
            extensions: Self.authority + extensions)
    }

    func leaf(by issuer: CertificateWorkshop.Made) throws -> CertificateWorkshop.Made {
        try workshop.issue(
            "/CN=mail.test", key: try workshop.key("p256", for: "leaf"), by: issuer, Self.years(9),
            extensions: ["subjectAltName = DNS:mail.test"])
    }

    func readings(_ made: [CertificateWorkshop.Made]) throws -> [CertificateReading] {
        var cache = CertificateCache()
        var readings: [CertificateReading] = []
        for one in made {
            let text = try String(contentsOfFile: one.file, encoding: .utf8)
            let body = text.split(separator: "\n").filter { !$0.hasPrefix("-") }.joined()
            let octets = [UInt8](try #require(Data(base64Encoded: body)))
            readings.append(cache.reading(of: octets.span))
        }
        return readings
    }
}
