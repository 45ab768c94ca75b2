/// A way in which a chain is right or wrong; each is made with several mixes of keys.
struct ChainKind: Sendable {
    let name: String
    /// Why Earshot and openssl differ on it; `nil` where they must agree.
    let difference: String?
    let make: @Sendable (inout ChainMaker) throws -> Void

    init(_ name: String, difference: String? = nil, _ make: @escaping @Sendable (inout ChainMaker) throws -> Void) {
        self.name = name
        self.difference = difference
        self.make = make
    }

    static let all: [ChainKind] = good + dates + names + paths + authorities + strength + usage + constraints

    private static let day: Int64 = 86_400

    private static let good = [
        ChainKind("valid") { _ in },
        ChainKind("valid, root sent as well") { $0.sendsRoot = true },
        ChainKind("valid, others sent in between") { $0.sendsOthers = true },
        ChainKind("valid, second name") { $0.names = ["DNS:other.test", "DNS:\($0.host)"] },
        ChainKind("valid, letters in another case") { $0.asked = $0.host.uppercased() },
        ChainKind("valid, two authorities in between") { try $0.addAuthority("CN=Second Issuing") },
        ChainKind("valid, critical usage") { $0.usage = ["extendedKeyUsage = critical,serverAuth,clientAuth"] },
        ChainKind("valid, no usage") { $0.usage = [] },
        ChainKind("valid, certificate policies") { $0.extra = ["certificatePolicies = critical,1.2.3.4"] },
    ]

    private static let dates = [
        ChainKind("expired") { $0.validity.until = $0.moment - $0.random(in: 1...400) * day },
        ChainKind("expired a second ago") { $0.validity.until = $0.moment - 1 },
        ChainKind("its last second", difference: "RFC 5280 §4.1.2.5 counts notAfter itself as valid; openssl does not")
        { $0.validity.until = $0.moment },
        ChainKind("future") { $0.validity.from = $0.moment + $0.random(in: 1...400) * day },
        ChainKind("its first second") { $0.validity.from = $0.moment },
        ChainKind("authority expired") { try $0.addAuthority("CN=Old Issuing", until: $0.moment - day) },
        ChainKind("authority in the future") { try $0.addAuthority("CN=New Issuing", from: $0.moment + day) },
        ChainKind("root expired") { try $0.useRoot("CN=Old Root", until: $0.moment - day) },
    ]

    private static let names = [
        ChainKind("wrong name") { $0.names = ["DNS:elsewhere.test"] },
        ChainKind("wildcard") { $0.names = ["DNS:*.\($0.domain)"] },
        ChainKind("wildcard, two labels deep") {
            $0.names = ["DNS:*.\($0.domain)"]
            $0.asked = "a.\($0.host)"
        },
        ChainKind("wildcard, the domain itself") {
            $0.names = ["DNS:*.\($0.domain)"]
            $0.asked = $0.domain
        },
        ChainKind("wildcard inside a label") { $0.names = ["DNS:\($0.host.prefix(1))*.\($0.domain)"] },
        ChainKind("wildcard inside a label, wrong") { $0.names = ["DNS:zz*.\($0.domain)"] },
        ChainKind("address") {
            $0.names = ["IP:192.0.2.25"]
            $0.asked = "192.0.2.25"
        },
        ChainKind("address of version 6") {
            $0.names = ["IP:2001:db8::25"]
            $0.asked = "2001:db8::25"
        },
        ChainKind("wrong address") {
            $0.names = ["IP:192.0.2.26", "DNS:192.0.2.25"]
            $0.asked = "192.0.2.25"
        },
        ChainKind("common name alone") { $0.names = [] },
        ChainKind("wrong common name alone") {
            $0.names = []
            $0.asked = "elsewhere.test"
        },
        ChainKind("common name beside other names") {
            $0.names = ["DNS:elsewhere.test"]
            $0.commonName = $0.host
        },
    ]

    private static let paths = [
        ChainKind("missing intermediate") { $0.leavesOut = 1 },
        ChainKind("missing the upper of two") {
            try $0.addAuthority("CN=Second Issuing")
            $0.leavesOut = 1
        },
        ChainKind("missing intermediate, root sent") {
            $0.leavesOut = 1
            $0.sendsRoot = true
        },
        ChainKind("unknown root, sent") {
            try $0.useRoot("CN=Strange Root", isTrusted: false)
            $0.sendsRoot = true
        },
        ChainKind("unknown root, not sent") { try $0.useRoot("CN=Strange Root", isTrusted: false) },
        ChainKind("another authority of the same name") { try $0.useRoot("CN=Root", isTrusted: false) },
        ChainKind("signature changed") { $0.spoils = true },
        ChainKind("self-signed") { $0.signsItself = true },
        ChainKind("self-signed and expired") {
            $0.signsItself = true
            $0.validity.until = $0.moment - day
        },
        ChainKind("self-signed and trusted") {
            $0.signsItself = true
            $0.isTrustedItself = true
        },
        ChainKind(
            "leaf trusted by itself", difference: "who names a certificate trusts it here; openssl wants -partial_chain"
        ) {
            try $0.useRoot("CN=Strange Root", isTrusted: false)
            $0.isTrustedItself = true
        },
    ]

    private static let authorities = [
        ChainKind("issuer is no authority") {
            try $0.addAuthority("CN=No Authority", constraints: "critical,CA:false")
        },
        ChainKind("issuer may not sign") { try $0.addAuthority("CN=No Signer", keyUsage: "critical,cRLSign") },
        ChainKind("path too long") {
            try $0.addAuthority("CN=Last Issuing", constraints: "critical,CA:true,pathlen:0")
            try $0.addAuthority("CN=Beyond")
        },
        ChainKind("path just long enough") {
            try $0.addAuthority("CN=Issuing One", constraints: "critical,CA:true,pathlen:1")
            try $0.addAuthority("CN=Issuing Two")
        },
    ]

    private static let strength = [
        ChainKind("weak key RSA") { $0.keyKind = "rsa1024" },
        ChainKind("weak key ECDSA") { $0.keyKind = "p192" },
        ChainKind("authority with a weak key") { try $0.addAuthority("CN=Weak Issuing", keyKind: "rsa1024") },
        ChainKind("SHA-1") { try $0.sign(with: "sha1") },
        ChainKind("MD5") { try $0.sign(with: "md5") },
        ChainKind("authority signed with SHA-1") {
            try $0.useRSA()
            try $0.addAuthority("CN=SHA-1 Issuing", digest: "sha1")
        },
        ChainKind("self-signed with SHA-1") {
            $0.signsItself = true
            try $0.sign(with: "sha1")
        },
    ]

    private static let usage = [
        ChainKind("for clients") { $0.usage = ["extendedKeyUsage = clientAuth"] },
        ChainKind("for mail") { $0.usage = ["extendedKeyUsage = critical,emailProtection"] },
        ChainKind(
            "for anything",
            difference: "RFC 5280 §4.2.1.12 lets anyExtendedKeyUsage stand for servers; openssl does not"
        ) {
            $0.usage = ["extendedKeyUsage = anyExtendedKeyUsage"]
        },
        ChainKind("key for lists only") { $0.usage = ["keyUsage = critical,cRLSign"] },
        ChainKind("authority for mail") { try $0.addAuthority("CN=Mail Issuing", usage: "emailProtection") },
        ChainKind("authority for servers") { try $0.addAuthority("CN=Server Issuing", usage: "serverAuth") },
        ChainKind(
            "unknown critical extension",
            difference:
                "what an extension means that is not understood here is not judged; RFC 5280 §4.2 has clients refuse it"
        ) { $0.extra = ["1.2.3.4.5 = critical,DER:0500"] },
    ]

    private static let constraints = [
        ChainKind("permitted name") { try $0.addAuthority("CN=Limited", constraining: "permitted;DNS:\($0.domain)") },
        ChainKind("name not permitted") {
            try $0.addAuthority("CN=Limited", constraining: "permitted;DNS:elsewhere.test")
        },
        ChainKind("excluded name") { try $0.addAuthority("CN=Limited", constraining: "excluded;DNS:\($0.domain)") },
        ChainKind("other name excluded") {
            try $0.addAuthority("CN=Limited", constraining: "excluded;DNS:elsewhere.test")
        },
        ChainKind("address not permitted") {
            try $0.addAuthority("CN=Limited", constraining: "permitted;IP:198.51.100.0/255.255.255.0")
            $0.names = ["IP:192.0.2.25"]
            $0.asked = "192.0.2.25"
        },
        ChainKind("constraint on mailboxes") {
            try $0.addAuthority("CN=Limited", constraining: "permitted;email:elsewhere.test")
        },
    ]
}
