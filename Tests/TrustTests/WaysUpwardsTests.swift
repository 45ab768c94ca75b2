import Support
import Testing

@testable import Trust
@testable import Wire

/// Of several ways from a certificate to an authority one that holds is enough, and one that cannot be judged accuses nobody.
@Suite struct WaysUpwardsTests {
    private static let moment = ChainBench.moment
    private static let day = ChainBench.day

    private static func trust(
        _ bench: ChainBench, _ made: [CertificateWorkshop.Made], in store: TrustStore? = nil
    ) throws -> ChainTrust {
        var judge = ChainJudge(store ?? bench.store)
        return judge.trust(of: try bench.readings(made), at: moment)
    }

    /// The same authority and key, once expired and once renewed, in either order.
    @Test func anAuthorityMayHaveBeenRenewed() throws {
        guard let bench = try ChainBench() else { return }
        let past = CertificateWorkshop.Validity(
            from: Self.moment - 900 * Self.day, until: Self.moment - 100 * Self.day)
        let old = try bench.authority("Issuing", by: bench.root, past)
        let new = try bench.authority("Issuing", by: bench.root)
        let leaf = try bench.leaf(by: new)
        #expect(try Self.trust(bench, [leaf, old]) == .untrusted(.issuerExpired))
        #expect(try Self.trust(bench, [leaf, old, new]) == .trusted)
        #expect(try Self.trust(bench, [leaf, new, old]) == .trusted)
    }

    /// Of one name and key, more than are followed: the one that holds may be among those that were left out.
    @Test func aFlawOfOneWayIsNoneWhereOthersWereLeftOut() throws {
        guard let bench = try ChainBench() else { return }
        let old = try (1...5).map { days in
            try bench.authority(
                "Issuing", by: bench.root,
                CertificateWorkshop.Validity(
                    from: Self.moment - 900 * Self.day, until: Self.moment - Int64(days) * Self.day))
        }
        let new = try bench.authority("Issuing", by: bench.root)
        let leaf = try bench.leaf(by: new)
        #expect(try Self.trust(bench, [leaf] + old + [new]) == .undecided(.tooLong))
        #expect(try Self.trust(bench, [leaf] + old.prefix(4)) == .untrusted(.issuerExpired))
    }

    @Test func anAuthorityMayHaveSeveralIssuers() throws {
        guard let bench = try ChainBench() else { return }
        let stranger = try bench.authority("Stranger", by: nil)
        let foreign = try bench.authority("Issuing", by: stranger)
        let own = try bench.authority("Issuing", by: bench.root)
        let leaf = try bench.leaf(by: own)
        #expect(try Self.trust(bench, [leaf, foreign]) == .untrusted(.unknownAuthority))
        #expect(try Self.trust(bench, [leaf, foreign, own]) == .trusted)
        #expect(try Self.trust(bench, [leaf, own, foreign]) == .trusted)
    }

    /// Names that two authorities bear by turns lead around in ways without end: none of their signatures is verified.
    @Test func aMeshOfNamesIsNotFollowed() throws {
        guard let bench = try ChainBench() else { return }
        let names = ["A", "B"]
        var issuer = bench.root
        var mesh: [CertificateWorkshop.Made] = []
        for number in 0..<14 {
            issuer = try bench.authority(names[number % 2], key: "mesh-\(number)", by: issuer)
            mesh.append(issuer)
        }
        let leaf = try bench.leaf(by: issuer)
        #expect(try Self.trust(bench, [leaf] + mesh) == .undecided(.tooLong))
        #expect(try Self.trust(bench, [leaf] + mesh.reversed()) == .undecided(.tooLong))
        // As many that bear names of their own are one way.
        var last = bench.root
        let straight = try (0..<13).map { number in
            last = try bench.authority("Level \(number)", by: last)
            return last
        }
        #expect(try Self.trust(bench, [try bench.leaf(by: last)] + straight) == .trusted)
    }

    /// Two authorities that have signed each other's certificates, all of it sent twice.
    @Test func crossSignedChainsAreFollowed() throws {
        guard let bench = try ChainBench() else { return }
        let other = try bench.authority("Other", by: nil)
        let own = try bench.authority("Own", by: nil)
        let crossed = [try bench.authority("Own", by: other), try bench.authority("Other", by: own)]
        let anchored = try bench.authority("Other", by: bench.root)
        let issuing = [try bench.authority("Issuing", by: own), try bench.authority("Issuing", by: other)]
        let chain = [try bench.leaf(by: issuing[0])] + issuing + [anchored, own, other] + crossed
        #expect(try Self.trust(bench, chain + chain.dropFirst()) == .trusted)
    }

    /// Whoever a trusted authority with a critical extension vouches for that is not understood here.
    @Test(arguments: [
        "policyConstraints = critical,requireExplicitPolicy:3", "inhibitAnyPolicy = critical,2",
        "1.2.3.4 = critical,DER:05:00",
    ])
    func anExtensionOfAnAuthorityMayNotBeUnderstood(_ line: String) throws {
        guard let bench = try ChainBench() else { return }
        let strict = try bench.authority("Strict", by: nil, extensions: [line])
        let issuing = try bench.authority("Issuing", by: strict)
        let store = try TrustStore(file: strict.file)
        #expect(try Self.trust(bench, [try bench.leaf(by: strict)], in: store) == .undecided(.unsupportedExtension))
        let chain = [try bench.leaf(by: issuing), issuing]
        #expect(try Self.trust(bench, chain, in: store) == .undecided(.unsupportedExtension))
        #expect(try Self.trust(bench, chain) == .untrusted(.unknownAuthority))
    }

    /// RFC 5280 §7.1 takes names for equal that the library does not.
    @Test func namesMayBeWrittenInTwoWays() throws {
        guard let bench = try ChainBench() else { return }
        let signing = try bench.authority("Some  Root CA", key: "names", by: nil)
        let known = try bench.authority("some root ca", key: "names", by: nil)
        let store = try TrustStore(file: known.file)
        #expect(try Self.trust(bench, [try bench.leaf(by: signing)], in: store) == .undecided(.unsupportedName))
        let issuing = try bench.authority("Issuing", by: signing)
        let chain = [try bench.leaf(by: issuing), issuing]
        #expect(try Self.trust(bench, chain, in: store) == .undecided(.unsupportedName))
        // Another name is another name.
        #expect(try Self.trust(bench, [try bench.leaf(by: signing)]) == .untrusted(.incomplete))
    }

    @Test(arguments: [
        ("CN=Some Root", "cn=some  root", true), ("CN=A,O=B", "CN=A,O=b", true), ("CN=SomeRoot", "CN=Some Root", false),
        ("CN=A", "O=A", false), ("O=Foo\\ ,C=US", "O=Foo,C=US", true), ("CN=\\ A B", "CN=a  b", true),
    ])
    func namesAreFolded(_ left: String, _ right: String, _ areEqual: Bool) {
        #expect((FoldedName(left) == FoldedName(right)) == areEqual)
    }
}
