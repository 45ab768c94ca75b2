/// The catalogue: every rule, in the order in which it is printed.
public enum RuleBook {
    public static let rules: [any Rule.Type] = [
        CredentialsInClear.self,
        AuthOfferedInClear.self,
        MessageInClear.self,
        EnvelopeInClear.self,
        StartTLSNotOffered.self,
        StartTLSUnused.self,
        CleartextOnImplicitTLSPort.self,
        CleartextSubmission.self,
        RequireTLSInClear.self,
        StartTLSMasked.self,
        StartTLSContradiction.self,
        StartTLSCommandMangled.self,
        StartTLSRefused.self,
        HELOFallback.self,
        StartTLSWithoutTLS.self,
        CommandInjection.self,
        ResponseInjection.self,
        StateBeforeTLS.self,
        ConflictingRetransmission.self,
        ResetInjection.self,
        TLSHandshakeFailed.self,
        PlaintextAfterFailedTLS.self,
        TLSVersionRollback.self,
        TLSFallbackRetry.self,
        CipherNotOffered.self,
        ObsoleteTLSVersion.self,
        WeakCipher.self,
        UnauthenticatedKeyExchange.self,
        NoForwardSecrecy.self,
        WeakKeyExchange.self,
        NoPostQuantum.self,
        TLSCompression.self,
        InsecureRenegotiation.self,
        NoExtendedMasterSecret.self,
        EarlyData.self,
        PSKWithoutDH.self,
        CertificateExpired.self,
        CertificateNotYetValid.self,
        CertificateExpiringSoon.self,
        CertificateHostMismatch.self,
        CertificateSelfSigned.self,
        CertificateNotTrusted.self,
        CertificateWeakKey.self,
        CertificateWeakSignature.self,
    ]

    public static var cards: [RuleCard] { rules.map { $0.card } }

    /// The rule called `id`, in any letter case.
    public static func rule(_ id: String) -> (any Rule.Type)? {
        let id = id.lowercased()
        return rules.first { $0.card.id == id }
    }

    public static func card(_ id: String) -> RuleCard? { rule(id)?.card }
}
