import Foundation
import Support

/// Makes one chain: a leaf, those that vouch for it, and the root; a `ChainKind` says what is odd about it.
struct ChainMaker {
    let moment: Int64
    /// Kinds of keys, of leaf and authorities.
    private(set) var mix: (leaf: String, authority: String)
    let host: String
    let domain: String

    var names: [String]
    var commonName = "mail"
    /// The name that the client asks for.
    var asked: String
    var validity: CertificateWorkshop.Validity
    var usage = ["keyUsage = critical,digitalSignature", "extendedKeyUsage = serverAuth"]
    var extra: [String] = []
    var keyKind: String?
    private var digest: String?
    var signsItself = false
    var spoils = false
    var isTrustedItself = false
    var sendsRoot = false
    var sendsOthers = false
    /// Certificates of authorities next to the root that are not sent.
    var leavesOut = 0

    private let workshop: CertificateWorkshop
    private var generator: SeededGenerator
    private var root: CertificateWorkshop.Made
    private var rootIsTrusted = true
    private var chain: [CertificateWorkshop.Made] = []

    private static let day: Int64 = 86_400
    private static let authority = ["basicConstraints = critical,CA:true", "keyUsage = critical,keyCertSign,cRLSign"]

    init(_ workshop: CertificateWorkshop, mix: (leaf: String, authority: String), moment: Int64, seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        self.workshop = workshop
        self.mix = mix
        self.moment = moment
        domain = "d\(Int.random(in: 1...9999, using: &generator)).test"
        host = "m\(Int.random(in: 1...9999, using: &generator)).\(domain)"
        names = ["DNS:\(host)"]
        asked = host
        validity = .init(
            from: moment - Int64.random(in: 1...300, using: &generator) * Self.day,
            until: moment + Int64.random(in: 30...300, using: &generator) * Self.day)
        self.generator = generator
        root = try Self.makeRoot(workshop, "CN=Root", mix.authority, until: moment + 3000 * Self.day)
    }

    mutating func random(in range: ClosedRange<Int64>) -> Int64 { Int64.random(in: range, using: &generator) }

    // MARK: Authorities

    private static func makeRoot(
        _ workshop: CertificateWorkshop, _ name: String, _ kind: String, until: Int64, use: String = "root"
    ) throws -> CertificateWorkshop.Made {
        try workshop.issue(
            "/" + name, key: try workshop.key(kind, for: use), by: nil,
            .init(from: until - 4000 * day, until: until), extensions: authority + ["subjectKeyIdentifier = hash"])
    }

    /// Another root than the usual one; with a key of its own where it is not trusted.
    mutating func useRoot(_ name: String, isTrusted: Bool = true, until: Int64? = nil) throws {
        root = try Self.makeRoot(
            workshop, name, mix.authority, until: until ?? moment + 3000 * Self.day,
            use: isTrusted ? "root" : "stranger")
        rootIsTrusted = isTrusted
    }

    /// An authority below the last one; without any, the usual one vouches for the leaf.
    mutating func addAuthority(
        _ name: String, from: Int64? = nil, until: Int64? = nil, constraints: String = "critical,CA:true",
        keyUsage: String = "critical,keyCertSign,cRLSign", usage: String? = nil, constraining names: String? = nil,
        keyKind: String? = nil, digest: String? = nil
    ) throws {
        var extensions = ["basicConstraints = \(constraints)", "keyUsage = \(keyUsage)", "subjectKeyIdentifier = hash"]
        extensions += ["authorityKeyIdentifier = keyid"]
        if let usage { extensions.append("extendedKeyUsage = \(usage)") }
        if let names { extensions.append("nameConstraints = critical,\(names)") }
        chain.append(
            try workshop.issue(
                "/" + name, key: try workshop.key(keyKind ?? mix.authority, for: "authority-\(chain.count)"),
                by: chain.last ?? root,
                .init(from: from ?? moment - 900 * Self.day, until: until ?? moment + 900 * Self.day),
                extensions: extensions, options: options(digest, signer: chain.last ?? root)))
    }

    /// Authorities sign with RSA, which every hash goes with: Ed25519 has its own, and ECDSA none so old.
    mutating func useRSA() throws {
        mix.authority = "rsa"
        try useRoot("CN=Root")
    }

    /// The leaf is signed over this hash.
    mutating func sign(with digest: String) throws {
        try useRSA()
        self.digest = digest
    }

    private func options(_ digest: String?, signer: CertificateWorkshop.Made) -> [String] {
        guard let digest else { return [] }
        return ["-md", signer.key.contains("ed25519") ? "default" : digest]
    }

    // MARK: The chain

    struct Chain {
        /// As they are sent, leaf first; PEM files.
        let sent: [String]
        /// The bundle.
        let roots: String
        let asked: String
    }

    mutating func finish() throws -> Chain {
        if chain.isEmpty, !signsItself { try addAuthority("CN=Issuing") }
        let leaf = try makeLeaf()
        var sent = [leaf]
        if !signsItself {
            sent += chain.dropFirst(leavesOut).reversed().map(\.file)
            if sendsOthers { sent.insert(try stranger(), at: 1) }
            if sendsRoot { sent.append(root.file) }
        }
        let trusted = (rootIsTrusted ? [root.file] : [try other()]) + (isTrustedItself ? [leaf] : [])
        let roots = try workshop.folder.file("roots.pem", try CertificateWorkshop.joined(trusted))
        return Chain(sent: sent, roots: roots, asked: asked)
    }

    private func makeLeaf() throws -> String {
        let key = try workshop.key(keyKind ?? mix.leaf, for: "leaf")
        var extensions = ["basicConstraints = critical,CA:false", "subjectKeyIdentifier = hash"] + usage + extra
        if !signsItself { extensions.append("authorityKeyIdentifier = keyid") }
        if !names.isEmpty { extensions.append("subjectAltName = \(names.joined(separator: ","))") }
        let signer = signsItself ? CertificateWorkshop.Made(file: "", subject: "", key: key) : chain.last ?? root
        let leaf = try workshop.issue(
            "/CN=\(names.isEmpty ? host : commonName)", key: key, by: signsItself ? nil : signer, validity,
            extensions: extensions, options: options(digest, signer: signer))
        return spoils ? try spoiled(leaf.file) : leaf.file
    }

    /// A bit of the signature is another one.
    private func spoiled(_ file: String) throws -> String {
        let der = workshop.path("spoiled.der")
        try workshop.run(["x509", "-in", file, "-outform", "der", "-out", der])
        var octets = try Data(contentsOf: URL(fileURLWithPath: der))
        octets[octets.count - 3] ^= 1
        try octets.write(to: URL(fileURLWithPath: der))
        let result = workshop.path("spoiled-\(mix.leaf)-\(mix.authority).pem")
        try workshop.run(["x509", "-in", der, "-inform", "der", "-out", result])
        return result
    }

    private func stranger() throws -> String {
        try Self.makeRoot(workshop, "CN=Bystander", "p256", until: moment + 900 * Self.day, use: "bystander").file
    }

    /// The bundle must hold somebody.
    private func other() throws -> String {
        try Self.makeRoot(workshop, "CN=Root", mix.authority, until: moment + 3000 * Self.day).file
    }
}
