import Sessions
import Wire

/// Whether TLS came to protect a session.
enum Protection {
    case established
    /// The handshake visibly failed: it protects nothing and exposes nothing.
    case failed
    case unknown
}

extension TLSFacts {
    var protection: Protection {
        switch completed {
        case true?: .established
        case false?: .failed
        case nil: carriesData ? .established : .unknown
        }
    }

    /// More protected records both ways than a handshake has: the keys are in use although its end was not seen.
    private var carriesData: Bool { serverHello != nil && clientRecords.count > 2 && serverRecords.count > 2 }

    /// The key exchange that is broken once the server's key is known; `nil` where it cannot be told.
    var lacksForwardSecrecy: Bool? {
        guard let version = version?.value, let suite = cipherSuite?.value else { return nil }
        // What a suite does in a version that nobody knows is not known either.
        guard version.isTLS13 else { return version.isKnown ? suite.properties?.isForwardSecret.map { !$0 } : nil }
        if group != nil { return false }
        // A ServerHello that resumes without a key share: psk_ke (RFC 8446 §4.2.9). Before draft 23 key shares had
        // another extension number, and are not seen.
        let showsKeyShares = version.draft.map { $0 >= 23 } ?? true
        return resumed == true && showsKeyShares ? true : nil
    }

    /// The key exchange falls to a quantum computer; `nil` where it cannot be told, as in a resumed session.
    var fallsToQuantum: Bool? {
        Self.fallsToQuantum(version?.value, cipherSuite?.value, group?.value, isResumed: resumed)
    }

    /// The same by the facts that tell it.
    static func fallsToQuantum(
        _ version: TLSVersion?, _ suite: CipherSuite?, _ group: NamedGroup?, isResumed: Bool?
    ) -> Bool? {
        guard isResumed != true, let version, version.isKnown else { return nil }
        // No post-quantum group was ever defined for TLS 1.2 and older.
        guard version.isTLS13 else { return suite.map { $0.mayExchangeKeysOtherwise } == true ? nil : true }
        return group?.fallsToQuantum
    }

    var isAnonymous: Bool { cipherSuite?.value.properties?.isAnonymous == true }
}

extension CipherSuite {
    /// Before TLS 1.3: its key does not come from public keys alone (RFC 4279 §2, RFC 2712), or nobody knows where from. Where
    /// a shared key goes into the premaster secret besides them (RFC 4279 §3 and §4, RFC 5489 §2), who computes the private
    /// keys lacks it still.
    var mayExchangeKeysOtherwise: Bool {
        switch properties?.keyExchange {
        case nil, .psk, .dhePsk, .ecdhePsk, .rsaPsk, .krb5, .krb5Export: true
        default: false
        }
    }
}

extension NamedGroup {
    /// `nil` for a group that no registry knows.
    fileprivate var fallsToQuantum: Bool? {
        if isPostQuantum || isKyberDraft { return false }
        return bits == nil ? nil : true
    }

    /// A hybrid with Kyber as it was before ML-KEM: no standard, yet no easier for a quantum computer.
    var isKyberDraft: Bool {
        switch self {
        case .x25519Kyber768Draft00, .secP256r1Kyber768Draft00, .x25519Kyber512Draft00, .x25519Kyber768Draft00Old,
            .p256Kyber768Draft00:
            true
        default: false
        }
    }
}
