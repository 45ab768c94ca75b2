import Foundation

/// Makes keys and certificates with openssl, in a folder of its own.
package final class CertificateWorkshop {
    package let folder: TemporaryFolder
    private let openssl: Tool
    private var requests: [String: String] = [:]
    /// What was made, by what it was made of.
    private var made: [String: Made] = [:]
    private var serial = 1000

    /// A certificate that was made.
    package struct Made {
        /// PEM.
        package let file: String
        package let subject: String
        package let key: String

        package init(file: String, subject: String, key: String) {
            self.file = file
            self.subject = subject
            self.key = key
        }
    }

    package struct Failure: Error, CustomStringConvertible {
        package let description: String

        package init(description: String) { self.description = description }
    }

    package init(_ openssl: Tool) throws {
        self.openssl = openssl
        folder = try TemporaryFolder()
    }

    /// When a certificate is valid, in seconds since 1970.
    package struct Validity {
        package var from: Int64
        package var until: Int64

        package init(from: Int64, until: Int64) {
            self.from = from
            self.until = until
        }
    }

    @discardableResult
    package func run(_ arguments: [String]) throws -> String {
        let outcome = try openssl.run(arguments)
        guard outcome.status == 0 else {
            throw Failure(description: "openssl \(arguments.joined(separator: " ")): \(outcome.errors)")
        }
        return outcome.output
    }

    package func path(_ name: String) -> String { folder.url.appendingPathComponent(name).path }

    // MARK: Keys

    private static let keyOptions: [String: [String]] = [
        "rsa": ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
        "rsa3072": ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:3072"],
        "rsa1024": ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"],
        "p256": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
        "p384": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
        "p192": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:prime192v1"],
        "ed25519": ["-algorithm", "ED25519"],
    ]

    /// A private key; one for each kind and use.
    package func key(_ kind: String, for use: String) throws -> String {
        let file = path("\(kind)-\(use).key")
        if !FileManager.default.fileExists(atPath: file) {
            try run(["genpkey", "-out", file] + (Self.keyOptions[kind] ?? []))
        }
        return file
    }

    // MARK: Certificates

    /// Signs a certificate, or finds the same one again. `issuer` is `nil` for one that signs itself.
    package func issue(
        _ subject: String, key: String, by issuer: Made?, _ validity: Validity, extensions: [String],
        options: [String] = []
    ) throws -> Made {
        let recipe = "\(subject) \(key) \(issuer?.file ?? "") \(validity) \(extensions) \(options)"
        if let known = made[recipe] { return known }
        serial += 1
        let request = try request(subject, key)
        let config = try self.config(extensions)
        let file = path("\(serial).pem")
        let signing = issuer.map { ["-cert", $0.file, "-keyfile", $0.key] } ?? ["-selfsign", "-keyfile", key]
        try run(
            [
                "ca", "-batch", "-notext", "-config", config, "-in", request, "-out", file, "-startdate",
                Self.text(validity.from),
            ]
                + ["-enddate", Self.text(validity.until), "-extensions", "wanted"] + signing + options)
        let result = Made(file: file, subject: subject, key: key)
        made[recipe] = result
        return result
    }

    private func request(_ subject: String, _ key: String) throws -> String {
        if let known = requests[subject + key] { return known }
        let file = path("request-\(requests.count).csr")
        let config = try config([])
        try run(["req", "-new", "-config", config, "-key", key, "-subj", subject, "-out", file])
        requests[subject + key] = file
        return file
    }

    private func config(_ extensions: [String]) throws -> String {
        let database = path("index.txt")
        // Nothing is revoked, and names may come again.
        try Data().write(to: URL(fileURLWithPath: database))
        let text = """
            [ca]
            default_ca = workshop
            [workshop]
            database = \(database)
            rand_serial = yes
            new_certs_dir = \(folder.url.path)
            default_md = default
            policy = any
            unique_subject = no
            [any]
            commonName = optional
            organizationName = optional
            [req]
            distinguished_name = name
            [name]
            [wanted]
            \(extensions.joined(separator: "\n"))
            """
        return try folder.file("openssl.cnf", Data(text.utf8))
    }

    /// `20261123153400Z`.
    package static func text(_ seconds: Int64) -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(secondsFromGMT: 0)!
        let parts = calendar.dateComponents(
            [.year, .month, .day, .hour, .minute, .second], from: Date(timeIntervalSince1970: Double(seconds)))
        func digits(_ number: Int?, _ count: Int) -> String {
            let text = String(number ?? 0)
            return String(repeating: "0", count: max(0, count - text.count)) + text
        }
        return digits(parts.year, 4)
            + [parts.month, parts.day, parts.hour, parts.minute, parts.second].map { digits($0, 2) }.joined() + "Z"
    }

    // MARK: What openssl says

    /// What openssl says of a chain: 0, or the number of its error and the depth where it was found.
    package func verdict(_ chain: [String], roots: String, asking name: String, at moment: Int64) throws -> (
        Int, depth: Int
    ) {
        let isAddress = name.allSatisfy { $0.isNumber || $0 == "." } || name.contains(":")
        let untrusted = try folder.file("untrusted.pem", try Self.joined(Array(chain.dropFirst())))
        var arguments = ["verify", "-attime", "\(moment)", "-purpose", "sslserver", "-auth_level", "2", "-no-CApath"]
        arguments += ["-no-CAstore", "-CAfile", roots, isAddress ? "-verify_ip" : "-verify_hostname", name]
        if chain.count > 1 { arguments += ["-untrusted", untrusted] }
        let outcome = try openssl.run(arguments + [chain[0]])
        if outcome.status == 0 { return (0, 0) }
        // "error 20 at 0 depth lookup: unable to get local issuer certificate"
        let words = (outcome.output + outcome.errors).split(whereSeparator: { " \n:".contains($0) })
        guard let place = words.firstIndex(of: "error"), place + 3 < words.count, let number = Int(words[place + 1]),
            let depth = Int(words[place + 3])
        else { throw Failure(description: outcome.output + outcome.errors) }
        return (number, depth)
    }

    package static func joined(_ files: [String]) throws -> Data {
        try files.reduce(into: Data()) { $0 += try Data(contentsOf: URL(fileURLWithPath: $1)) }
    }
}
