/// The primes that RFC 7919 has names for.
enum FiniteFieldGroup {
    /// The group whose prime this is, as it stands in ServerDHParams; `nil` for all others.
    static func group(of prime: Span<UInt8>) -> NamedGroup? {
        guard let (group, digest) = digest(forSize: prime.count), prime[0] == 0xFF, prime[8] == 0xAD else { return nil }
        return SHA256Fingerprint(of: prime).hex == digest ? group : nil
    }

    /// SHA-256 of the primes of RFC 7919 appendix A, big-endian. They follow from the digits of e (§A.1 and on): for a
    /// prime of b bits, 2^b - 2^(b-64) + (floor(2^(b-130) e) + X) 2^64 - 1, with X as given there.
    private static func digest(forSize octets: Int) -> (NamedGroup, String)? {
        switch octets {
        case 256: (.ffdhe2048, "9cd3b7f336872f46c09428d1bbc19877a4d440512cda8d1c1cf0cd6e33698966")
        case 384: (.ffdhe3072, "0eaf67db3a839156d5013494a5318a772b5697d270d721f37f092efc69ea5a17")
        case 512: (.ffdhe4096, "4648414224ac881b3d0dc59b466f96d06a558278776807797ecf1f66ff397b3e")
        case 768: (.ffdhe6144, "227ac9066b3ddd9e193670cda2388fa884f65ba0cf98b742d1fe77a6687c79c7")
        case 1024: (.ffdhe8192, "770b14efaf6f049929c523113b3fa99a8d11dab1b18af3609590122075d19833")
        default: nil
        }
    }
}
