import Findings
import Testing

@testable import Sessions
@testable import Wire

private let sha1 = SignatureFacts(name: "sha1WithRSAEncryption", digest: .sha1)

@Suite struct CertificateWeakKeyTests {
    private func draft(
        _ algorithm: PublicKeyFacts.Algorithm, _ bits: Int?, port: UInt16 = 587
    ) -> Finding.Draft? {
        CertificateWeakKey.judge(
            certified(port: port) { $0.publicKey = PublicKeyFacts(algorithm, bits: bits, description: "KEY") }
        ).draft
    }

    @Test(arguments: [
        (PublicKeyFacts.Algorithm.rsa, 2047), (.rsa, 512), (.rsaPSS, 1024), (.dsa, 1024), (.ecdsa, 192),
    ])
    func shortOnesAreFound(_ algorithm: PublicKeyFacts.Algorithm, _ bits: Int) {
        #expect(draft(algorithm, bits)?.severity == .medium)
        #expect(draft(algorithm, bits, port: 25)?.severity == .low)
        #expect(draft(algorithm, bits)?.sentence.contains("KEY") == true)
    }

    @Test(arguments: [
        (PublicKeyFacts.Algorithm.rsa, 2048 as Int?), (.ecdsa, 224), (.ecdsa, 256), (.ed25519, 255), (.mlDSA, nil),
        (.ecdsa, nil), (.rsa, nil), (.other, 64),
    ])
    func othersAreNotAccused(_ algorithm: PublicKeyFacts.Algorithm, _ bits: Int?) {
        #expect(draft(algorithm, bits) == nil)
    }

    private func vouched(by issuers: [CertificateFields]) -> Finding.Draft? {
        CertificateWeakKey.judge(
            certified(by: issuers) {
                $0.subject = "CN=pf.test"
                $0.issuer = "CN=Issuing"
                $0.publicKey = PublicKeyFacts(.rsa, bits: 2048, description: "RSA 2048")
            }
        ).draft
    }

    private func short(_ fields: inout CertificateFields) {
        fields.publicKey = PublicKeyFacts(.rsa, bits: 1024, description: "RSA 1024")
    }

    @Test func keysThatVouchForTheServersCount() {
        #expect(vouched(by: [authority("CN=Issuing", issuer: "CN=Root", short)])?.sentence.contains("vouches") == true)
        let second = [authority("CN=Issuing", issuer: "CN=Root"), authority("CN=Root", short)]
        #expect(vouched(by: second)?.sentence.contains("vouches") == true)
    }

    @Test func whatWasSentBesidesDoesNot() {
        #expect(vouched(by: [authority("CN=Issuing", issuer: "CN=Root"), authority("CN=Elsewhere", short)]) == nil)
        #expect(vouched(by: [authority("CN=Elsewhere", short)]) == nil)
    }

    /// Two authorities of one name: the key that the certificate names decides.
    @Test func theKeyIdentifierTellsWhoVouches() {
        let weak = authority("CN=Issuing", issuer: "CN=Root") {
            short(&$0)
            $0.subjectKeyID = [1]
        }
        let strong = authority("CN=Issuing", issuer: "CN=Root") { $0.subjectKeyID = [2] }
        let session = certified(by: [weak, strong]) {
            $0.issuer = "CN=Issuing"
            $0.authorityKeyID = [2]
        }
        #expect(CertificateWeakKey.judge(session).passed)
    }

    /// A namesake with another key vouches for nothing, though nobody else of that name was sent.
    @Test func aNamesakeDoesNotVouch() {
        let namesake = authority("CN=Issuing", issuer: "CN=Root") {
            short(&$0)
            $0.subjectKeyID = [1]
            $0.signature = sha1
        }
        let session = certified(by: [namesake]) {
            $0.issuer = "CN=Issuing"
            $0.authorityKeyID = [2]
        }
        #expect(CertificateWeakKey.judge(session).passed)
        #expect(CertificateWeakSignature.judge(session).passed)
    }

    /// The way to a trusted authority goes past short keys, and maybe past broken hashes.
    @Test func aTrustedChainMayNotNeedThem() {
        let session = certified(by: [
            authority("CN=Issuing", issuer: "CN=Old") {
                short(&$0)
                $0.signature = sha1
            }
        ]) {
            $0.issuer = "CN=Issuing"
        }
        let trusted = session.with { $0.tls?.trust = .trusted }
        #expect(CertificateWeakKey.judge(session).draft != nil && CertificateWeakKey.judge(trusted).passed)
        #expect(CertificateWeakSignature.judge(session).draft?.certainty == nil)
        #expect(CertificateWeakSignature.judge(trusted).draft?.certainty == .possible)
    }

    @Test func authoritiesThatVouchForEachOtherEnd() {
        let circle = [
            authority("CN=Issuing", issuer: "CN=Other"), authority("CN=Other", issuer: "CN=Issuing"),
            authority("CN=Third", short),
        ]
        #expect(vouched(by: circle) == nil)
    }
}

@Suite struct CertificateWeakSignatureTests {
    private func draft(
        _ signature: SignatureFacts, isSelfIssued: Bool = false, port: UInt16 = 587,
        by issuers: [CertificateFields] = []
    ) -> Finding.Draft? {
        CertificateWeakSignature.judge(
            certified(port: port, by: issuers) {
                $0.subject = "CN=pf.test"
                $0.issuer = isSelfIssued ? $0.subject : "CN=Issuing"
                $0.isSelfIssued = isSelfIssued
                $0.signature = signature
            }
        ).draft
    }

    private let sha256 = SignatureFacts(name: "sha256WithRSAEncryption", digest: .sha256)

    @Test(arguments: [SignatureFacts.Digest.md2, .md4, .md5, .sha1])
    func brokenHashesAreFound(_ digest: SignatureFacts.Digest) {
        let signature = SignatureFacts(name: "NAME", digest: digest)
        #expect(draft(signature)?.severity == .medium)
        #expect(draft(signature)?.sentence.contains("NAME") == true)
        #expect(draft(signature, port: 25)?.severity == .low)
    }

    @Test func soundAndUnknownOnesPass() {
        #expect(draft(sha256) == nil)
        #expect(draft(SignatureFacts(name: "1.2.3", digest: nil)) == nil)
    }

    @Test func aSignatureOfItsOwnProvesNothingAnyway() {
        #expect(draft(sha1, isSelfIssued: true) == nil)
        #expect(draft(sha256, by: [authority("CN=Issuing") { $0.signature = sha1 }]) == nil)
    }

    @Test func issuersCountWhereTheyVouch() {
        let issuing = authority("CN=Issuing", issuer: "CN=Root") { $0.signature = sha1 }
        #expect(draft(sha256, by: [issuing])?.sentence.contains("vouches") == true)
        let besides = authority("CN=Elsewhere", issuer: "CN=Root") { $0.signature = sha1 }
        #expect(draft(sha256, by: [besides]) == nil)
    }
}
